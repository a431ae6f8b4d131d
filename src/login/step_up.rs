//! Step-up: something takes a higher level than the session has. Why, and the way to it in a second window; this one stays as it is.
use super::start::{self, How};
use crate::api::{Api, ApiError};
use crate::form::is_anything_typed;
use crate::markup::view;
use crate::session::{Session, Who};
use crate::ui::{ActionButton, Dialog, error_key};
use crate::words::{key, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The dialog, open until the session has the level, or until the person lets it be.
#[component]
pub fn StepUp() -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let failed = RwSignal::new(None::<ApiError>);
    let is_open = Memo::new(move |_| session.wanted() > 0);
    let let_be = move || {
        failed.set(None);
        session.wants(0);
    };
    let enter = move || {
        let Who::In(me) = untrack(|| session.who()) else { return };
        let how = How { scheme: me.session.scheme, device: me.session.device, level: Some(untrack(|| session.wanted())) };
        // Opened while the finger is still on the button: browsers block it later.
        let second = window().open_with_url_and_target("", "_blank").ok().flatten();
        spawn_local(async move {
            let answer = match second {
                Some(second) => start::leave_in(second, api, how).await,
                None if is_anything_typed() => Err(ApiError::Forbidden),
                None => start::leave(api, how, start::here()).await,
            };
            failed.set(answer.err());
        });
    };
    let why = move || {
        failed.get().map(|error| match error {
            // The browser did not let us open a second window.
            ApiError::Forbidden => t(key::login::WINDOW_BLOCKED),
            error => t(error_key(&error)),
        })
    };
    view! {
        <Dialog id="step-up-title" open=is_open title=Signal::stored(t(key::login::STEP_UP_TITLE).to_owned()) on_cancel=Callback::new(move |()| let_be())>
            <p>{move || t(if session.wanted() > 2 { key::login::STEP_UP_HIGHER } else { key::login::STEP_UP_TEXT })}</p>
            <p>{t(key::login::STEP_UP_STAYS)}</p>
            <p role="alert">{why}</p>
            <div class="filo-actions">
                <ActionButton icon="it-user" on_press=move |()| enter()>{t(key::login::STEP_UP_ENTER)}</ActionButton>
                <ActionButton look="outline-primary" on_press=move |()| let_be()>{t(key::common::CANCEL)}</ActionButton>
            </div>
        </Dialog>
    }
}
