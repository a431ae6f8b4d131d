//! Two dialogs: the session is about to end ("stay"), and it has ended (log in again; nothing is lost).
use super::start::{self, How};
use crate::api::{Api, ApiError};
use crate::form::is_anything_typed;
use crate::markup::view;
use crate::outbox::outbox;
use crate::session::{Session, Who};
use crate::ui::{ActionButton, Dialog, error_key};
use crate::words::{count, key, t};
use contract::paths;
use contract::session::SessionInfo;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long before the end the warning comes (feature A3; WCAG 2.2.1 asks for at least 20 seconds).
const WARNING_MS: f64 = 120_000.0;

/// Both dialogs, and the clock behind them.
#[component]
pub fn ExpiryDialogs() -> impl IntoView {
    let session = expect_context::<Session>();
    let seconds = RwSignal::new(None::<i64>);
    // Near the end that comes whatever happens, who has answered is not asked again and may finish.
    let answered = RwSignal::new(false);
    let clock = set_interval_with_handle(
        move || {
            // A clock that could not be stopped outlives its dialogs.
            let Some(before) = seconds.try_get_untracked() else { return };
            let left = session.ms_left();
            if session.is_in_now() && left <= 0.0 {
                session.refused();
            }
            // At the help desk the banner tells the time, and what is over ends.
            let is_near = session.is_in_now() && left <= WARNING_MS && !session.is_helped_now();
            let shown = is_near.then_some((left / 1000.0).ceil() as i64);
            if before != shown {
                seconds.set(shown);
                if shown.is_none() {
                    answered.set(false);
                }
            }
        },
        Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    view! { <Warning seconds answered/> <Expired/> }
}

/// "Your session is about to end", with the time left and a button to stay.
#[component]
fn Warning(seconds: RwSignal<Option<i64>>, answered: RwSignal<bool>) -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let failed = RwSignal::new(None::<ApiError>);
    let is_open = Memo::new(move |_| seconds.get().is_some() && !answered.get());
    let stay = move || {
        spawn_local(async move {
            let answer = api.post::<SessionInfo>(paths::SESSION_EXTEND, &()).await;
            if answer.is_ok() && session.ms_left() > WARNING_MS {
                seconds.set(None);
            } else {
                answered.set(answer.is_ok());
            }
            failed.set(answer.err().filter(|error| *error != ApiError::SignedOut));
        });
    };
    let minutes = move || {
        let left = seconds.get().unwrap_or_default();
        if left >= 60 { count(key::login::MINUTES_LEFT, left / 60) } else { count(key::login::SECONDS_LEFT, (left / 10 + 1) * 10) }
    };
    view! {
        <Dialog id="warning-title" open=is_open title=Signal::stored(t(key::login::WARNING_TITLE).to_owned()) on_cancel=Callback::new(move |()| stay())>
            <p role="timer" aria-live="polite">{minutes}</p>
            <p>{t(key::login::WARNING_TEXT)}</p>
            <p role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
            <div class="filo-actions"><ActionButton on_press=move |()| stay()>{t(key::login::STAY)}</ActionButton></div>
        </Dialog>
    }
}

/// "Your session has ended; what you typed is still here": the same person goes on, another begins anew.
#[component]
fn Expired() -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let failed = RwSignal::new(None::<ApiError>);
    let leaving = RwSignal::new(false);
    let leave = move |()| {
        leaving.set(true);
        spawn_local(async move {
            api.log_out_expired().await;
            leaving.set(false);
        });
    };
    let is_open = Memo::new(move |_| session.is_expired() && session.help().is_none());
    let enter = move || {
        let Who::Expired(me) = session.who() else { return };
        let how = How { scheme: me.session.scheme, device: me.session.device, level: None };
        start::again(api, how, is_anything_typed().then(start::second_window).flatten(), failed);
    };
    view! {
        <Dialog id="expired-title" open=is_open title=Signal::stored(t(key::login::EXPIRED_TITLE).to_owned())>
            <p>{move || if is_open.get() && is_anything_typed() { t(key::login::EXPIRED_TYPED) } else { t(key::login::EXPIRED_TEXT) }}</p>
            <p role="alert">{move || failed.get().map(|error| start::why(&error))}</p>
            <div class="filo-actions">
                <ActionButton icon="it-user" on_press=move |()| enter()>{t(key::login::ENTER_AGAIN)}</ActionButton>
                <ActionButton look="outline-primary" busy=leaving on_press=leave>{move || if outbox().on_device() == Some(true) { t(key::login::LEAVE_KEPT) } else { t(key::login::LEAVE) }}</ActionButton>
            </div>
        </Dialog>
    }
}
