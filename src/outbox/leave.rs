//! Logging out: what lives in this page alone would be lost, so that is asked first; what was typed last reaches the CRM before.
use super::outbox;
use crate::api::Api;
use crate::markup::view;
use crate::push;
use crate::route::Route;
use crate::ui::{ActionButton, Dialog, Icon};
use crate::vault;
use crate::words::{count, key, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// "Esci". When something would be lost it leads to the list of that, where the question is. `failed` hears that the CRM was not told.
#[component]
pub fn LogOut(failed: RwSignal<bool>) -> impl IntoView {
    let leave = leave(failed);
    let navigate = use_navigate();
    let press = move |_| {
        if outbox().only_here() == (0, 0) {
            return leave();
        }
        outbox().leaving.set(true);
        navigate(&Route::Outbox.to_string(), NavigateOptions::default());
    };
    view! { <button type="button" on:click=press><Icon name="it-external-link"/>{t(key::common::LOG_OUT)}</button> }
}

/// Logs out and leads to the login page.
fn leave(failed: RwSignal<bool>) -> impl Fn() + Clone + 'static {
    let api = expect_context::<Api>();
    let navigate = use_navigate();
    move || {
        let navigate = navigate.clone();
        spawn_local(async move {
            vault::call("flush", &[]).await;
            let is_shared = untrack(|| api.session().is_shared());
            let done = api.log_out().await.is_ok();
            failed.try_set(!done);
            if done {
                push::leave().await;
                // That nothing is left is said when nothing is.
                let is_wiped = is_shared && vault::try_call("close", &[]).await.is_ok();
                outbox().wiped.set(is_wiped);
                navigate(&Route::Login.to_string(), NavigateOptions::default());
            }
        });
    }
}

/// "Vuoi uscire lo stesso?", when reports are in this page alone.
#[component]
pub fn LeaveDialog() -> impl IntoView {
    let failed = RwSignal::new(false);
    let leave = leave(failed);
    let leaving = outbox().leaving;
    let told = move || {
        let (drafts, unsent) = outbox().entries.with(|_| outbox().only_here());
        let parts = [(key::outbox::LEAVE_TEXT, unsent), (key::outbox::LEAVE_DRAFTS, drafts)];
        let some = parts.into_iter().filter(|(_, number)| *number > 0);
        some.map(|(words, number)| count(words, number as i64)).collect::<Vec<_>>().join(" ")
    };
    view! {
        <Dialog id="leave-title" open=leaving title=Signal::stored(t(key::outbox::LEAVE_TITLE).to_owned()) on_cancel=Callback::new(move |()| leaving.set(false))>
            <p>{told}</p>
            <p role="alert">{move || failed.get().then(|| t(key::error::LOG_OUT_FAILED))}</p>
            <div class="filo-actions">
                <ActionButton look="outline-danger" on_press=move |()| leave()>{t(key::outbox::LEAVE)}</ActionButton>
                <ActionButton on_press=move |()| leaving.set(false)>{t(key::outbox::STAY)}</ActionButton>
            </div>
        </Dialog>
    }
}
