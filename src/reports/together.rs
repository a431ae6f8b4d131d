//! At the help desk, before a report leaves: who gets the updates, then its citizen reads it once more (features J13, X14). Without their yes it does not leave.
use super::keep::{submit, whole};
use super::page::draft;
use crate::api::{Api, ApiError, unasked};
use crate::form::focus;
use crate::markup::view;
use crate::readback::{Readback, say};
use crate::ui::{ActionButton, Callout, ChoiceCards, Section, error_key};
use crate::words::{key, language, t};
use contract::help_desk::{MyHelp, NewShown, Shown, ShownState, Updates};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// So often it is looked whether the citizen has said something.
const LOOK: Duration = Duration::from_secs(2);

/// The question, then what is read.
#[component]
pub fn Together() -> impl IntoView {
    let api = expect_context::<Api>();
    let updates = RwSignal::new(None::<Updates>);
    let shown = RwSignal::new(None::<Shown>);
    let (busy, failed, missing) = (RwSignal::new(false), RwSignal::new(None::<ApiError>), RwSignal::new(false));
    let show = move || {
        let Some(chosen) = updates.get_untracked() else {
            missing.set(true);
            return focus("updates-0");
        };
        busy.set(true);
        failed.set(None);
        let new = NewShown { report: draft().peek(whole), updates: Some(chosen) };
        spawn_local(async move {
            let answer = api.put::<Shown>(&format!("{}?language={}", paths::MY_HELP_SHOWN, language()), &new).await;
            busy.try_set(false);
            match answer {
                Ok(now) => drop(shown.try_set(Some(now))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    watch(api, shown);
    // Once, whatever is heard twice.
    Effect::new(move |sent: Option<bool>| {
        let is_confirmed = shown.with(|shown| shown.as_ref().is_some_and(|shown| shown.state == ShownState::Confirmed));
        if is_confirmed && sent != Some(true) {
            submit(api);
        }
        is_confirmed
    });
    let choices = vec![
        (Updates::Citizen, "it-user", t(key::help_desk::TOLD_CITIZEN), t(key::help_desk::TOLD_CITIZEN_TEXT)),
        (Updates::Nobody, "it-card", t(key::help_desk::TOLD_NOBODY), t(key::help_desk::TOLD_NOBODY_TEXT)),
    ];
    let is_asking = move || shown.with(|shown| shown.as_ref().is_none_or(|shown| shown.state == ShownState::Wrong));
    view! {
        <div hidden=move || !is_asking()>
            <Section id="together-title" title=t(key::help_desk::TOGETHER_TITLE) class="card filo-form-card">
                <p>{t(key::help_desk::TOGETHER_TEXT)}</p>
                <ChoiceCards legend=t(key::help_desk::UPDATES) name="updates" choices chosen=updates/>
                <p class="filo-field-error" role="alert">{move || (missing.get() && updates.get().is_none()).then(|| t(key::help_desk::TOLD_MISSING))}</p>
                <ActionButton busy on_press=move |()| show()>{t(key::help_desk::SHOW)}</ActionButton>
            </Section>
        </div>
        <Said shown busy failed/>
    }
}

/// What the citizen reads, or what the desk waits for.
#[component]
fn Said(shown: RwSignal<Option<Shown>>, busy: RwSignal<bool>, failed: RwSignal<Option<ApiError>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let answer = Callback::new(move |yes: bool| {
        let Some(mut now) = shown.get_untracked() else { return };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let said = say(api, now.id.clone(), yes).await;
            busy.try_set(false);
            match said {
                Ok(()) => {
                    now.state = if yes { ShownState::Confirmed } else { ShownState::Wrong };
                    shown.try_set(Some(now));
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let told = move || {
        let now = shown.with(|shown| shown.as_ref().map(|shown| (shown.state, shown.on_phone)))?;
        Some(t(match now {
            (ShownState::Asked, true) => key::help_desk::SHOWN_PHONE,
            (ShownState::Asked, false) => key::help_desk::SHOWN_TURN,
            (ShownState::Wrong, _) => key::help_desk::SHOWN_WRONG,
            _ => key::help_desk::READ_CONFIRMED,
        }))
    };
    let drawn = move || {
        let now = shown.get()?;
        Some(match (now.state, now.on_phone) {
            (ShownState::Asked, true) => {
                view! { <Callout kind="note" title=t(key::help_desk::SHOWN_PHONE)><p>{t(key::help_desk::SHOWN_PHONE_TEXT)}</p></Callout> }.into_any()
            }
            (ShownState::Asked, false) => view! {
                <p>{t(key::help_desk::SHOWN_TURN)}</p>
                <Readback shown=now busy answer/>
            }
            .into_any(),
            (ShownState::Wrong, _) => {
                view! { <Callout kind="warning" title=t(key::help_desk::SHOWN_WRONG)><p>{t(key::help_desk::SHOWN_WRONG_TEXT)}</p></Callout> }.into_any()
            }
            _ => view! { <p><strong>{t(key::help_desk::READ_CONFIRMED)}</strong></p> }.into_any(),
        })
    };
    view! {
        <p class="visually-hidden" role="status">{told}</p>
        {drawn}
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
    }
}

/// Looks again and again, while the citizen reads on their phone.
fn watch(api: Api, shown: RwSignal<Option<Shown>>) {
    let look = move || {
        let waits =
            shown.try_with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.on_phone && shown.state == ShownState::Asked));
        if waits != Some(true) {
            return;
        }
        unasked();
        spawn_local(async move {
            let Ok(MyHelp { shown: Some(now), .. }) = api.get::<MyHelp>(&paths::my_help(language())).await else { return };
            let is_same =
                shown.try_with_untracked(|before| before.as_ref().is_some_and(|before| before.id == now.id && before.state != now.state));
            if is_same == Some(true) {
                shown.try_set(Some(now));
            }
        });
    };
    if let Ok(clock) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || clock.clear());
    }
}
