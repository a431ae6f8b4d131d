//! The banner on every page while somebody acts for another: for whom, what, until when, and the way back.
use super::{acting, words};
use crate::api::{Api, ApiError, unasked};
use crate::form::is_anything_typed;
use crate::live::live;
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::Route;
use crate::session::{Over, Session};
use crate::ui::{ActionButton, Dialog, Icon, error_key};
use crate::words::{Key, day, fill, key, t};
use contract::delegates::Acting;
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;

/// So often it is looked whether the delegation still holds.
const LOOK: Duration = Duration::from_secs(30);

/// The banner.
#[component]
pub fn ActingBanner() -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let name = session.person_now().map_or_else(String::new, |me| format!("{} {}", me.given_name, me.family_name));
    let now = RwSignal::new(None::<Acting>);
    look(api, now);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    // Something would be lost: said once, and pressed again.
    let warned = RwSignal::new(false);
    let navigate = use_navigate();
    let leave = StoredValue::new_local(move |is_sure: bool| {
        if !is_sure && untrack(is_anything_here) {
            return warned.set(true);
        }
        if busy.try_update(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        failed.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = acting::back(api).await;
            busy.try_set(false);
            match answer {
                // What lies behind in the history is the other's, and says nothing to who is here now.
                Ok(()) => navigate(&Route::Home.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() }),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let go = move |is_sure: bool| leave.with_value(|leave| leave(is_sure));
    let go_on = move |()| {
        let Some(acting) = now.get_untracked() else { return };
        failed.set(None);
        spawn_local(async move {
            if let Err(error) = acting::go_on(api, acting.delegation).await {
                failed.try_set(Some(error));
            }
        });
    };
    // Another window went back, and nothing is lost: so does this one.
    Effect::new(move |_| {
        if session.over() == Some(Over::Elsewhere) && !untrack(is_anything_here) {
            go(true);
        }
    });
    let title = move || {
        let said = match session.over() {
            None => key::delegates::ACTING,
            Some(Over::Ended) => key::delegates::OVER_ENDED,
            Some(Over::Elsewhere) => key::delegates::OVER_ELSEWHERE,
        };
        fill(said, &[("name", &name)])
    };
    let small = move || match session.over() {
        None => {
            now.get().map(|now| format!("{} · {}", words::scopes(&now.scopes), fill(key::delegates::UNTIL, &[("date", &day(&now.until))])))
        }
        Some(_) => Some(t(key::delegates::OVER_TYPED).to_owned()),
    };
    let is_ended = Signal::derive(move || session.over() == Some(Over::Ended) && !untrack(is_anything_here));
    let may_go_on = move || session.over() == Some(Over::Elsewhere) && now.with(Option::is_some);
    view! {
        <section class="filo-desk-banner filo-acting-banner d-print-none" aria-label=t(key::delegates::BANNER)>
            <div class="container">
                <div role="status">
                    <p><Icon name="it-user"/><span>{title}</span></p>
                    <p><small>{small}</small></p>
                </div>
                <div class="filo-actions">
                    {move || may_go_on().then(|| view! { <ActionButton look="outline-primary" on_press=go_on>{t(key::delegates::GO_ON)}</ActionButton> })}
                    <ActionButton busy on_press=move |()| go(warned.get_untracked())>{move || t(back_words(warned.get()))}</ActionButton>
                </div>
                <p class="filo-acting-warning" role="alert">{move || warned.get().then(|| t(key::delegates::LOSES))}{move || failed.get().map(|error| t(error_key(&error)))}</p>
            </div>
        </section>
        <Dialog id="acting-over" open=is_ended title=Signal::stored(t(key::delegates::ENDED_TITLE).to_owned())>
            <p>{t(key::delegates::ENDED_TEXT)}</p>
            <div class="filo-actions"><ActionButton on_press=move |()| go(true)>{t(key::delegates::BACK)}</ActionButton></div>
        </Dialog>
    }
}

/// What the way back is called.
fn back_words(warned: bool) -> Key {
    if warned { key::delegates::BACK_ANYWAY } else { key::delegates::BACK }
}

/// Whether anything is in this page that ends with it.
fn is_anything_here() -> bool {
    is_anything_typed() || outbox().only_here() != (0, 0)
}

/// Asks for whom one acts, now and then, and when something is heard: one that holds no longer says so.
fn look(api: Api, now: RwSignal<Option<Acting>>) {
    let ask = move || {
        spawn_local(async move {
            if let Ok(acting) = api.get::<Acting>(paths::MY_ACTING).await {
                now.try_set(Some(acting));
            }
        });
    };
    Effect::new(move |_| {
        live().help_changes();
        ask();
    });
    let looks = move || {
        if !document().hidden() && api.session().is_in_now() {
            unasked();
            ask();
        }
    };
    if let Ok(clock) = set_interval_with_handle(looks, LOOK) {
        on_cleanup(move || clock.clear());
    }
}
