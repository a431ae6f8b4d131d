//! The banner on every page while somebody is being helped: who, by when, "Finisci"; and the screen that locks when nobody touches it.
use super::ended::finish;
use crate::api::{Api, ApiError, unasked};
use crate::form::{field_id, sentence};
use crate::markup::view;
use crate::route::Route;
use crate::session::{News, Session};
use crate::ui::{ActionButton, Dialog, FieldFrame, Icon, Link, SubmitButton, error_key};
use crate::words::{count, fill, key, t};
use contract::help_desk::{Help, LOCK_SECONDS, MyHelp, Unlock};
use contract::paths;
use contract::session::SessionInfo;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// The CRM hears of touches at most this often, in milliseconds.
const HEARTBEAT_MS: f64 = 30_000.0;
/// Every so many seconds the CRM is asked whether it still goes on.
const LOOK_SECONDS: u32 = 5;
/// A touch is told aloud to nobody; the last minutes are.
const TOLD_MINUTES: [i64; 3] = [10, 5, 1];
/// The field of the four digits.
const FIELD: &str = "unlock";

/// When somebody touched the screen last, and when the CRM heard of it (milliseconds of the device's clock).
#[derive(Clone, Copy)]
struct Touch {
    last: StoredValue<f64>,
    told: StoredValue<f64>,
}

/// The banner, and what goes with it.
#[component]
pub fn HelpBanner() -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let name = session.person_now().map_or_else(String::new, |me| format!("{} {}", me.given_name, me.family_name));
    // The device's clock may be wrong: what counts is how many seconds were left when the CRM said so.
    let ends = RwSignal::new(None::<f64>);
    let left = RwSignal::new(None::<i64>);
    let look = move || {
        spawn_local(async move {
            let Ok(MyHelp { help: Some(help), .. }) = api.get::<MyHelp>(paths::MY_HELP).await else { return };
            let end = Date::now() + f64::from(help.seconds_left) * 1000.0;
            if ends.try_set(Some(end)).is_none() {
                left.try_set(seconds_left(Some(end)));
            }
        });
    };
    look();
    let locked = RwSignal::new(false);
    let touch = Touch { last: StoredValue::new(Date::now()), told: StoredValue::new(Date::now()) };
    heed_touches(api, locked, touch);
    let looks = StoredValue::new(0_u32);
    let clock = set_interval_with_handle(
        move || {
            if looks.try_update_value(|looks| std::mem::replace(looks, (*looks + 1) % LOOK_SECONDS)) == Some(LOOK_SECONDS - 1) {
                // Somebody may have ended it elsewhere, or prolonged it.
                unasked();
                look();
            }
            let Some(ends) = ends.try_get_untracked() else { return };
            left.try_set(seconds_left(ends));
            let is_idle = touch.last.try_get_value().is_some_and(|last| Date::now() - last > LOCK_SECONDS as f64 * 1000.0);
            if is_idle && locked.try_get_untracked() == Some(false) {
                locked.set(true);
            }
        },
        Duration::from_secs(1),
    );
    on_cleanup(move || {
        if let Ok(clock) = clock {
            clock.clear();
        }
    });
    let end = ends_here(api);
    let over = end.clone();
    // Its time is over, or somebody has ended it elsewhere.
    Effect::new(move |_| {
        if session.is_expired() || left.get() == Some(0) {
            over();
        }
    });
    let clock = move || left.get().map(|left| format!("{}:{:02}", left / 60, left % 60));
    let told = move || {
        left.get().filter(|left| left % 60 == 0 && TOLD_MINUTES.contains(&(left / 60))).map(|left| count(key::help_desk::LEFT, left / 60))
    };
    view! {
        <section class="filo-desk-banner d-print-none" aria-label=t(key::help_desk::BANNER)>
            <div class="container">
                <p><Icon name="it-user"/><span>{fill(key::help_desk::HELPING, &[("name", &name)])}" · "<span role="timer">{clock}</span></span></p>
                <p class="visually-hidden" role="status">{told}</p>
                <div class="filo-desk-banner-actions">
                    <Link to=Route::HelpDesk class="btn btn-outline-primary">{t(key::help_desk::TITLE_SHORT)}</Link>
                    <ActionButton on_press=move |()| end()>{t(key::help_desk::FINISH)}</ActionButton>
                </div>
            </div>
        </section>
        <Lock locked touch/>
    }
}

/// Whole seconds until then; nothing when nobody is being helped.
fn seconds_left(ends: Option<f64>) -> Option<i64> {
    ends.map(|ends| ((ends - Date::now()) / 1000.0).ceil().max(0.0) as i64)
}

/// Ends it once, and leads to the receipt.
fn ends_here(api: Api) -> impl Fn() + Clone + 'static {
    let navigate = use_navigate();
    let is_ending = StoredValue::new(false);
    move || {
        if is_ending.try_update_value(|ending| std::mem::replace(ending, true)) != Some(false) {
            return;
        }
        let navigate = navigate.clone();
        spawn_local(async move {
            finish(api).await;
            // What lies behind in the history is not what the next person comes back to.
            navigate(&Route::HelpDesk.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        });
    }
}

/// Every touch counts, and the CRM hears of it now and then; a page with somebody on it is not left by mistake.
fn heed_touches(api: Api, locked: RwSignal<bool>, touch: Touch) {
    let heed = move || {
        if locked.try_get_untracked() != Some(false) {
            return;
        }
        let now = Date::now();
        touch.last.try_set_value(now);
        if touch.told.try_get_value().is_some_and(|told| now - told > HEARTBEAT_MS) {
            touch.told.try_set_value(now);
            spawn_local(async move { drop(api.post::<SessionInfo>(paths::SESSION_EXTEND, &()).await) });
        }
    };
    let handles = ["pointerdown", "keydown"].map(|event| window_event_listener_untyped(event, move |_| heed()));
    let leaving = window_event_listener_untyped("beforeunload", |event| event.prevent_default());
    on_cleanup(move || {
        handles.into_iter().for_each(|handle| handle.remove());
        leaving.remove();
    });
}

/// The locked screen: nothing of what is behind it can be seen until the four digits are typed.
#[component]
fn Lock(locked: RwSignal<bool>, touch: Touch) -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let typed = RwSignal::new(String::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    Effect::new(move |_| {
        // On every window of this browser, and also to whoever looks at it from behind.
        let _ = document().body().map(|body| body.class_list().toggle_with_force("filo-locked", locked.get()));
    });
    on_cleanup(|| drop(document().body().map(|body| body.class_list().remove_1("filo-locked"))));
    let unlock = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let pin = typed.get_untracked();
        spawn_local(async move {
            let answer = api.post::<Help>(paths::HELP_DESK_UNLOCK, &Unlock { pin }).await;
            busy.try_set(false);
            typed.try_set(String::new());
            match answer {
                Ok(_) => {
                    touch.last.try_set_value(Date::now());
                    touch.told.try_set_value(Date::now());
                    locked.try_set(false);
                }
                Err(ApiError::NotFound | ApiError::Forbidden) => {
                    session.tell(News::LoggedOut);
                    session.refused();
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let problem = move || match failed.get()? {
        ApiError::Invalid(problems) => problems.first().map(|problem| crate::form::capitalised(&sentence(problem))),
        error => Some(t(error_key(&error)).to_owned()),
    };
    view! {
        <Dialog id="locked-title" open=locked title=Signal::stored(t(key::help_desk::LOCKED).to_owned())>
            <p>{t(key::help_desk::LOCKED_TEXT)}</p>
            <form novalidate=true on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                unlock();
            }>
                <FieldFrame name=FIELD label=t(key::help_desk::PIN) alone=true problem=Signal::derive(problem)>
                    <input class="form-control filo-code" type="password" inputmode="numeric" id=field_id(FIELD) autocomplete="one-time-code"
                        aria-describedby="field-unlock-error" aria-invalid=move || failed.get().is_some().then_some("true")
                        prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
                </FieldFrame>
                <SubmitButton busy>{t(key::help_desk::UNLOCK)}</SubmitButton>
            </form>
        </Dialog>
    }
}
