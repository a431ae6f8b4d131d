//! The way back from the payment page: what its address says decides nothing; the CRM is asked, and the page waits with who came.
use super::words::{States, load_states, name, next_check};
use crate::lexicon::badge;
use crate::live::{Fresh, live};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Badge, Callout, LinkButton, Page};
use crate::words::{key, money, t};
use contract::id::CartId;
use contract::paths;
use contract::payments::{Cart, Fee, Standing};
use leptos::prelude::*;

/// The page.
#[component]
pub fn ReturnedPage(id: CartId) -> impl IntoView {
    let fresh = Fresh::new();
    fresh.follow(move || live().payment_changes(), || false);
    let cart = load(move |api| {
        fresh.track();
        let id = id.clone();
        // Saying it again is saying it once.
        async move { api.post::<Cart>(&paths::cart_returned(&id), &()).await }
    });
    let states = load_states();
    view! {
        <Page title=t(key::payments::RETURNED_TITLE)>
            <Load from=cart let:cart>
                <Load from=states let:states><CartView cart=cart.clone() states/></Load>
            </Load>
        </Page>
    }
}

#[component]
fn CartView(cart: Cart, states: States) -> impl IntoView {
    let is = |standing: Standing| cart.fees.iter().any(|fee| fee.standing == standing);
    let is_paid = !cart.fees.is_empty() && cart.fees.iter().all(|fee| fee.standing == Standing::Paid);
    let (kind, title, text) = if is(Standing::Checking) {
        ("warning", key::payments::CHECKING_TITLE, key::payments::CHECKING_TEXT)
    } else if is(Standing::ToPay) {
        ("note", key::payments::RETURNED_NOT_PAID, key::payments::PAY_HINT)
    } else if is_paid {
        ("success", key::payments::RETURNED_PAID, key::payments::RECEIPT_TEXT)
    } else {
        // What is over, or stands as this version does not know: each fee says how below.
        ("note", key::payments::RETURNED_OTHER, key::payments::RETURNED_OTHER_TEXT)
    };
    let check = cart.fees.iter().find(|fee| fee.standing == Standing::Checking).map(next_check);
    let row = move |fee: Fee| {
        let (what, label, amount) = (name(&fee), states.label(&fee.state), money(fee.amount));
        let heard = what.clone();
        view! {
            <li><article class="card">
                <p class="filo-case-line"><Badge kind=badge(fee.standing.phase()) label/><strong>{amount}</strong></p>
                <h3 class="h5">{what}</h3>
                <LinkButton to=Route::Payments(Payments::Fee(fee.id)) class="btn btn-outline-primary">
                    {t(key::payments::RETURNED_OPEN)}<span class="visually-hidden">": "{heard}</span>
                </LinkButton>
            </article></li>
        }
    };
    view! {
        <div role="status">
            <Callout kind title=t(title)>
                <p>{t(text)}</p>
                {check.map(|words| view! { <p><strong>{words}</strong></p> })}
            </Callout>
        </div>
        <h2 class="visually-hidden">{t(key::payments::RESULTS)}</h2>
        <ul class="filo-list">{cart.fees.into_iter().map(row).collect_view()}</ul>
        <LinkButton to=Route::Payments(Payments::List) class="btn btn-outline-primary">{t(key::payments::RETURNED_ALL)}</LinkButton>
    }
}
