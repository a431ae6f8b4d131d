//! Paying: the CRM is asked for a payment page, and the browser goes there. What failed is said in words, and nothing is tried by itself.
use crate::api::{Api, ApiError, new_key};
use crate::form::sentence;
use crate::markup::view;
use crate::ui::{ActionButton, error_key};
use crate::words::{fill, key, money, t};
use contract::paths;
use contract::payments::{Chosen, NewPayment, PaymentStart};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The button that pays what is chosen, what it is doing, and why it could not.
#[component]
pub fn PayButton(
    /// What is paid; nothing: there is nothing to press.
    #[prop(into)]
    fees: Signal<Vec<Chosen>>,
    /// Its words, with the amount; empty: "Paga" and the amount.
    #[prop(optional)]
    words: &'static str,
    /// Why it could not be paid, in words: it outlives the button, which is drawn anew with what has changed.
    failed: RwSignal<Option<String>>,
    /// What changed is shown: called when the CRM refuses.
    #[prop(into)]
    on_refused: UnsyncCallback<()>,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let busy = RwSignal::new(false);
    let total = move || fees.with(|fees| fees.iter().map(|fee| fee.amount).sum::<i64>());
    let press = move || {
        let new = NewPayment { fees: fees.get_untracked() };
        failed.set(None);
        busy.set(true);
        spawn_local(async move {
            let begun = api.create::<PaymentStart>(paths::PAYMENTS, &new, &new_key()).await;
            let went = begun.and_then(|start| go(&start.location));
            // The page may have been left meanwhile. Whoever leaves for the payment page leaves the button at work.
            if let Err(error) = went {
                busy.try_set(false);
                failed.try_set(Some(why(&error)));
                if matches!(error, ApiError::Invalid(_)) {
                    on_refused.run(());
                }
            }
        });
    };
    // Back from elsewhere the browser may show this page as it was left.
    let shown = window_event_listener_untyped("pageshow", move |_| {
        busy.try_set(false);
    });
    on_cleanup(move || shown.remove());
    let label = move || if words.is_empty() { fill(key::payments::PAY, &[("amount", &money(total()))]) } else { words.to_owned() };
    let told = move || busy.get().then(|| t(key::payments::OPENING));
    view! {
        <div class="filo-pay d-print-none">
            <ActionButton icon="it-card" busy off=Signal::derive(move || fees.with(Vec::is_empty)) on_press=move |()| press()>{label}</ActionButton>
            <p class="filo-note" role="status">{told}</p>
            <p class="filo-field-error" role="alert">{move || failed.get()}</p>
        </div>
    }
}

/// Goes to the payment page.
fn go(address: &str) -> Result<(), ApiError> {
    // The address came from the CRM; a browser that refuses to go there leaves the person where they are.
    window().location().assign(address).map_err(|_| ApiError::Broken)
}

/// Why it could not be paid.
fn why(error: &ApiError) -> String {
    match error {
        ApiError::Offline => t(key::payments::CHECKOUT_DOWN).to_owned(),
        ApiError::Invalid(problems) => {
            let why = problems.first().map(sentence).unwrap_or_default();
            fill(key::payments::REFUSED, &[("why", &why)])
        }
        other => t(error_key(other)).to_owned(),
    }
}
