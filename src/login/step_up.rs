//! Step-up: something takes a higher level than the session has. Why, and the way to it in a second window; this one stays as it is.
use super::start::{self, How};
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::session::{Session, Who};
use crate::ui::{ActionButton, Dialog};
use crate::words::{key, t};
use leptos::prelude::*;

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
        start::again(api, how, start::second_window(), failed);
    };
    view! {
        <Dialog id="step-up-title" open=is_open title=Signal::stored(t(key::login::STEP_UP_TITLE).to_owned()) on_cancel=Callback::new(move |()| let_be())>
            <p>{move || t(if session.wanted() > 2 { key::login::STEP_UP_HIGHER } else { key::login::STEP_UP_TEXT })}</p>
            <p>{t(key::login::STEP_UP_STAYS)}</p>
            <p role="alert">{move || failed.get().map(|error| start::why(&error))}</p>
            <div class="filo-actions">
                <ActionButton icon="it-user" on_press=move |()| enter()>{t(key::login::STEP_UP_ENTER)}</ActionButton>
                <ActionButton look="outline-primary" on_press=move |()| let_be()>{t(key::common::CANCEL)}</ActionButton>
            </div>
        </Dialog>
    }
}
