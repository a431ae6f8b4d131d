//! Logging out: what lives in this page alone would be lost, so that is asked first; what was typed last reaches the CRM before.
use super::outbox;
use crate::api::Api;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Dialog, Icon};
use crate::vault;
use crate::words::{count, key, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// "Esci": the button, and the question when something would be lost. `failed` hears whether the CRM could be told.
#[component]
pub fn LogOut(failed: RwSignal<bool>) -> impl IntoView {
    let api = expect_context::<Api>();
    let navigate = use_navigate();
    let asked = RwSignal::new(0);
    let leave = move || {
        asked.set(0);
        let navigate = navigate.clone();
        spawn_local(async move {
            vault::call("flush", &[]).await;
            let done = api.log_out().await.is_ok();
            failed.set(!done);
            if done {
                navigate(&Route::Login.to_string(), Default::default());
            }
        });
    };
    let anyway = leave.clone();
    let press = move |_| match outbox().only_here() {
        0 => leave(),
        some => asked.set(some),
    };
    view! {
        <button type="button" on:click=press><Icon name="it-external-link"/>{t(key::common::LOG_OUT)}</button>
        <Dialog id="leave-title" open=Signal::derive(move || asked.get() > 0) title=Signal::stored(t(key::outbox::LEAVE_TITLE).to_owned())
            on_cancel=Callback::new(move |()| asked.set(0))>
            <p>{move || count(key::outbox::LEAVE_TEXT, asked.get() as i64)}</p>
            <div class="filo-actions">
                <ActionButton look="outline-danger" on_press=move |()| anyway()>{t(key::outbox::LEAVE)}</ActionButton>
                <ActionButton on_press=move |()| asked.set(0)>{t(key::outbox::STAY)}</ActionButton>
            </div>
        </Dialog>
    }
}
