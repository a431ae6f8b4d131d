//! The second screen: on the citizen's own phone, what the desk is about to send, as it is shown; yes, or there is a mistake.
use crate::api::{Api, ApiError, unasked};
use crate::live::live;
use crate::markup::view;
use crate::readback::{Readback, say};
use crate::ui::{Callout, error_key};
use crate::words::{key, language, t};
use contract::help_desk::{MyHelp, Shown, ShownState};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// So often it is looked where the live line is cut.
const LOOK: Duration = Duration::from_secs(3);

/// What is shown now, and what was said of it.
#[component]
pub fn SecondScreen() -> impl IntoView {
    let api = expect_context::<Api>();
    let shown = RwSignal::new(None::<Shown>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    // What was confirmed has left when nothing is shown any more.
    let has_left = RwSignal::new(false);
    let look = move || {
        unasked();
        spawn_local(async move {
            let Ok(now) = api.get::<MyHelp>(&paths::my_help(language())).await else { return };
            let before = shown.try_get_untracked().flatten();
            if before == now.shown {
                return;
            }
            has_left.try_set(now.shown.is_none() && before.is_some_and(|before| before.state == ShownState::Confirmed));
            shown.try_set(now.shown);
        });
    };
    Effect::new(move |_| {
        live().help_changes();
        look();
    });
    if let Ok(clock) = set_interval_with_handle(move || (!document().hidden()).then(look).unwrap_or_default(), LOOK) {
        on_cleanup(move || clock.clear());
    }
    let answer = Callback::new(move |yes: bool| {
        let Some(id) = shown.with_untracked(|shown| shown.as_ref().map(|shown| shown.id.clone())) else { return };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            failed.try_set(say(api, id, yes).await.err());
            busy.try_set(false);
            look();
        });
    });
    let told = move || match shown.with(|shown| shown.as_ref().map(|shown| (shown.state, shown.on_phone))) {
        Some((ShownState::Asked, true)) => t(key::help_desk::READ_TITLE),
        Some((ShownState::Confirmed, _)) => t(key::help_desk::READ_CONFIRMED),
        Some((ShownState::Wrong, _)) => t(key::help_desk::READ_WRONG),
        _ if has_left.get() => t(key::help_desk::READ_LEFT),
        _ => "",
    };
    let drawn = move || {
        match shown.get() {
        Some(shown) if shown.state == ShownState::Asked && shown.on_phone => view! { <Readback shown busy answer/> }.into_any(),
        Some(shown) if shown.state == ShownState::Confirmed => {
            view! { <Callout kind="success" title=t(key::help_desk::READ_CONFIRMED)><p>{t(key::help_desk::READ_CONFIRMED_TEXT)}</p></Callout> }.into_any()
        }
        Some(shown) if shown.state == ShownState::Wrong => {
            view! { <Callout kind="note" title=t(key::help_desk::READ_WRONG)><p>{t(key::help_desk::READ_WRONG_TEXT)}</p></Callout> }.into_any()
        }
        _ if has_left.get() => {
            view! { <Callout kind="success" title=t(key::help_desk::READ_LEFT)><p>{t(key::help_desk::READ_LEFT_TEXT)}</p></Callout> }.into_any()
        }
        _ => view! { <p>{t(key::help_desk::READ_NOTHING)}</p> }.into_any(),
    }
    };
    view! {
        // That there is something, in one sentence: what it is has buttons, and is read where it stands.
        <p class="visually-hidden" role="status">{told}</p>
        {drawn}
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
    }
}
