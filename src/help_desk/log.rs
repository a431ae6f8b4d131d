//! The page "Chi ha visto le mie cose": who helps now, with one press to end it, and everything that helpers and offices did.
use super::second::SecondScreen;
use super::words;
use crate::api::{Api, ApiError, unasked};
use crate::load::{Load, LoadList, load, load_pages};
use crate::markup::view;
use crate::route::{MyData, Route};
use crate::ui::{ActionButton, Link, Page, Section, error_key};
use crate::words::{fill, key, moment, t};
use contract::help_desk::{Disputed, Help, LogActor, LogEntry, MyHelp};
use contract::page::PartQuery;
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Entries asked for at once.
const AT_ONCE: u32 = 30;
/// So often it is looked whether there is a new one.
const LOOK: Duration = Duration::from_secs(4);

/// The page.
#[component]
pub fn LogPage() -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let shown = RwSignal::new(None::<LogActor>);
    let now = load(move |api| {
        round.get();
        async move { api.get::<MyHelp>(paths::MY_HELP).await }
    });
    let entries = load_pages(move |api, after| {
        round.get();
        async move { api.get::<contract::Page<LogEntry>>(&paths::my_log(&PartQuery { after, limit: Some(AT_ONCE) })).await }
    });
    follow(round);
    // Those that are there, and not of whoever was chosen: there may be more behind them.
    let is_none_left = move || {
        let Some(actor) = shown.get() else { return false };
        entries.all_now().is_some_and(|entries| !entries.is_empty() && entries.iter().all(|entry| entry.actor != actor))
    };
    let chip = move |(actor, words): (Option<LogActor>, crate::words::Key)| {
        view! {
            <li><button type="button" class="filo-chip" aria-pressed=move || (shown.get() == actor).to_string() on:click=move |_| shown.set(actor)>{t(words)}</button></li>
        }
    };
    let chips = [
        (None, key::help_desk::LOG_ALL),
        (Some(LogActor::Volunteer), key::help_desk::LOG_VOLUNTEERS),
        (Some(LogActor::Delegate), key::help_desk::LOG_DELEGATES),
        (Some(LogActor::Officer), key::help_desk::LOG_OFFICES),
    ];
    view! {
        <Page title=t(key::common::HELP_LOG) lead=t(key::help_desk::LOG_LEAD)>
            <Load from=now let:now>{now.help.clone().map(|help| view! { <Now help round/> })}</Load>
            <ul class="filo-list filo-log-links">
                <li><Link to=Route::HelpConsent>{t(key::help_desk::CONSENT_TITLE)}</Link></li>
                <li><Link to=Route::HelpPaper>{t(key::help_desk::PAPER_PAGE)}</Link></li>
                <li><Link to=Route::Sessions>{t(key::sessions::TITLE)}</Link></li>
                <li><Link to=Route::MyData(MyData::Copies)>{t(key::my_data::TITLE)}</Link></li>
                <li><Link to=Route::Delegates>{t(key::common::DELEGATES)}</Link></li>
            </ul>
            <Section id="log-title" title=t(key::help_desk::LOG_TITLE)>
                <ul class="filo-chips filo-log-filter" aria-label=t(key::help_desk::LOG_FILTER)>{chips.map(chip)}</ul>
                <p role="status">{move || is_none_left().then(|| t(key::help_desk::LOG_NONE_CHOSEN))}</p>
                <LoadList from=entries empty=ViewFn::from(|| view! { <p>{t(key::help_desk::LOG_NONE)}</p> }) let:entry>
                    <EntryRow entry shown/>
                </LoadList>
            </Section>
        </Page>
    }
}

/// While somebody is being helped the page shows what is done as it is done: a second screen, in the citizen's own hand.
fn follow(round: RwSignal<u32>) {
    let api = expect_context::<Api>();
    let newest = StoredValue::new(None::<Option<String>>);
    let look = move || {
        if document().hidden() {
            return;
        }
        unasked();
        spawn_local(async move {
            let part = PartQuery { after: None, limit: Some(1) };
            let Ok(page) = api.get::<contract::Page<LogEntry>>(&paths::my_log(&part)).await else { return };
            let now = page.items.first().map(|entry| entry.id.0.clone());
            let before = newest.try_update_value(|newest| newest.replace(now.clone()));
            if before.flatten().is_some_and(|before| before != now) {
                round.try_update(|round| *round += 1);
            }
        });
    };
    // What stands there now is nothing new.
    look();
    if let Ok(clock) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || clock.clear());
    }
}

/// Who helps now, and one press that ends it.
#[component]
fn Now(help: Help, round: RwSignal<u32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None::<ApiError>);
    let stop = move |()| {
        failed.set(None);
        spawn_local(async move {
            match api.delete::<()>(paths::MY_HELP).await {
                Ok(()) => drop(round.try_update(|round| *round += 1)),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let until = moment(&help.ends_at);
    let told = fill(key::help_desk::NOW_TEXT, &[("name", &help.volunteer), ("session", &help.session), ("until", &until)]);
    view! {
        <Section id="now-title" title=t(key::help_desk::NOW_TITLE) class="card filo-form-card">
            <p>{told}</p>
            <ul>{help.scopes.iter().map(|scope| view! { <li>{words::scope(*scope)}</li> }).collect_view()}</ul>
            <SecondScreen/>
            <ActionButton look="outline-danger" on_press=stop>{t(key::help_desk::STOP)}</ActionButton>
            <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </Section>
    }
}

/// One entry; what its citizen does not recognise becomes a case.
#[component]
fn EntryRow(entry: LogEntry, shown: RwSignal<Option<LogActor>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let disputed = RwSignal::new(entry.disputed.clone());
    let failed = RwSignal::new(None::<ApiError>);
    let (id, actor) = (entry.id.clone(), entry.actor);
    let dispute = move || {
        let id = id.clone();
        failed.set(None);
        spawn_local(async move {
            match api.post::<Disputed>(&paths::my_log_dispute(&id), &()).await {
                Ok(made) => drop(disputed.try_set(Some(made.case))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let who = match entry.actor {
        LogActor::Citizen => t(key::help_desk::LOG_YOU).to_owned(),
        LogActor::Delegate => fill(key::help_desk::LOG_DELEGATE, &[("name", &entry.name)]),
        LogActor::Officer => fill(key::help_desk::LOG_OFFICE, &[("name", &entry.name)]),
        _ => fill(key::help_desk::LOG_VOLUNTEER, &[("name", &entry.name)]),
    };
    let session = (!entry.session.is_empty()).then(|| fill(key::help_desk::LOG_SESSION, &[("session", &entry.session)]));
    let about = entry.case.clone().map(|id| {
        let name = format!("{} ({})", entry.title, entry.number);
        view! { <p><Link to=Route::Case { id }>{name}</Link></p> }
    });
    let small = [Some(words::why(&entry)).filter(|why| !why.is_empty()), session].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let time = moment(&entry.at);
    let named = time.clone();
    let answer = move || match disputed.get() {
        Some(id) => view! { <p role="status"><Link to=Route::Case { id }>{t(key::help_desk::DISPUTED)}</Link></p> }.into_any(),
        None if actor == LogActor::Citizen => ().into_any(),
        None => {
            let (dispute, named) = (dispute.clone(), named.clone());
            view! {
                <ActionButton look="link" on_press=move |()| dispute()>{t(key::help_desk::DISPUTE)}<span class="visually-hidden">": "{named}</span></ActionButton>
            }
            .into_any()
        }
    };
    view! {
        <article class="card filo-subscription" hidden=move || shown.get().is_some_and(|shown| shown != actor)>
            <p class="filo-note">{time}</p>
            <h3 class="filo-subscription-name">{t(words::action(entry.action))}</h3>
            <p>{who}</p>
            {about}
            <p class="filo-note">{small}</p>
            {answer}
            <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </article>
    }
}
