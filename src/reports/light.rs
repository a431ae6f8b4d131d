//! "Le tue segnalazioni, con un codice" (feature A2): an address, six digits that come by e-mail, and how the reports go that were sent with it.
use super::public_card::{Guide, load_guide};
use super::public_report::moments;
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form, field_id, focus};
use crate::lexicon::badge;
use crate::load::Load;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Badge, Callout, Facts, LinkButton, Page, Section, SubmitButton, TextField, Timeline, error_key};
use crate::words::{Key, day, fill, key, language, moment, t};
use contract::cases::Phase;
use contract::light::{LightCode, LightReports, NewLightCode};
use contract::paths;
use contract::tracking::TrackedReport;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What has just happened, said where the focus goes.
const TOLD: &str = "light-told";

/// Where somebody is.
#[derive(Clone, PartialEq)]
enum At {
    /// The address is asked for.
    Address,
    /// A code is on its way to it.
    Code(String),
    /// The code was right.
    In(LightReports),
}

/// The page.
#[component]
pub fn LightPage() -> impl IntoView {
    let api = expect_context::<Api>();
    let at = RwSignal::new(At::Address);
    let told = RwSignal::new(None::<Key>);
    // `came`: by the code, just now.
    let look = move |came: bool| {
        spawn_local(async move {
            // Nobody is in: then the address is asked for.
            if let Ok(reports) = api.get::<LightReports>(paths::LIGHT_REPORTS).await {
                at.try_set(At::In(reports));
                if came {
                    told.try_set(Some(key::reports::LIGHT_IN));
                    focus(TOLD);
                }
            }
        });
    };
    look(false);
    let leave = move || {
        spawn_local(async move {
            if api.delete::<()>(paths::LIGHT_SESSION).await.is_ok() {
                told.try_set(Some(key::reports::LIGHT_LEFT));
                at.try_set(At::Address);
                focus(TOLD);
            }
        });
    };
    let guide = load_guide();
    let drawn = move || {
        match at.get() {
        At::Address => view! { <AddressForm at told/> }.into_any(),
        At::Code(email) => view! { <CodeForm email at told look=Callback::new(move |()| look(true))/> }.into_any(),
        At::In(found) => view! {
            <Load from=guide let:guide><Reports found=found.clone() guide/></Load>
            <div class="filo-actions filo-light-out d-print-none"><ActionButton look="outline-primary" on_press=move |()| leave()>{t(key::reports::LIGHT_LEAVE)}</ActionButton></div>
        }
        .into_any(),
    }
    };
    view! {
        <Page title=t(key::reports::LIGHT_TITLE) lead=t(key::reports::LIGHT_LEAD)>
            <p role="status" id=TOLD tabindex="-1">{move || told.get().map(t)}</p>
            {drawn}
            <Section id="light-more" title=t(key::reports::LIGHT_MORE_TITLE) class="card filo-form-card d-print-none" look="h5">
                <p>{t(key::reports::LIGHT_MORE)}</p>
                <p><LinkButton to=Route::Login class="btn btn-outline-primary">{t(key::reports::LIGHT_MORE_BUTTON)}</LinkButton></p>
            </Section>
        </Page>
    }
}

/// What went wrong, above a form.
#[component]
fn Failed(failed: RwSignal<Option<Key>>) -> impl IntoView {
    let drawn = move || {
        failed.get().map(|why| {
            view! { <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(why)}</p></Callout> }
        })
    };
    view! { {drawn} }
}

/// One field: the address.
#[component]
fn AddressForm(at: RwSignal<At>, told: RwSignal<Option<Key>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<NewLightCode>::kept("light");
    let failed = RwSignal::new(None::<Key>);
    let ask = move || {
        let new = NewLightCode { language: language().to_owned(), ..form.peek(Clone::clone) };
        failed.set(None);
        told.set(None);
        if form.is_sending() || !form.accept(new.problems()) {
            return;
        }
        form.set_sending(true);
        spawn_local(async move {
            let answer = api.post::<()>(paths::LIGHT_CODES, &new).await;
            form.set_sending(false);
            match answer {
                Ok(()) => drop(at.try_set(At::Code(new.email.trim().to_owned()))),
                Err(ApiError::Invalid(problems)) => drop(form.accept(problems)),
                Err(ApiError::NotFound) => drop(failed.try_set(Some(key::reports::LIGHT_OFF))),
                Err(error) => drop(failed.try_set(Some(error_key(&error)))),
            }
        });
    };
    view! {
        <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            untrack(ask);
        }>
            <ErrorSummary form label=|_| t(key::reports::LIGHT_EMAIL).to_owned()/>
            <Failed failed/>
            <TextField form name="email" label=t(key::reports::LIGHT_EMAIL) help=t(key::reports::LIGHT_EMAIL_HELP) required=true chars_max=254
                autocomplete="email" kind="email" text=|new: &mut NewLightCode| &mut new.email/>
            <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(key::reports::LIGHT_ASK)}</SubmitButton>
        </form>
    }
}

/// One field: six digits.
#[component]
fn CodeForm(email: String, at: RwSignal<At>, told: RwSignal<Option<Key>>, look: Callback<()>) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<LightCode>::kept("light-code");
    form.clear();
    let failed = RwSignal::new(None::<Key>);
    Effect::new(move |_| focus(&field_id("code")));
    let enter = move || {
        let typed = form.peek(Clone::clone);
        failed.set(None);
        if form.is_sending() || !form.accept(typed.problems()) {
            return;
        }
        form.set_sending(true);
        spawn_local(async move {
            let answer = api.post::<()>(paths::LIGHT_SESSION, &typed).await;
            form.set_sending(false);
            match answer {
                Ok(()) => {
                    form.clear();
                    Form::<NewLightCode>::kept("light").clear();
                    look.run(());
                }
                Err(ApiError::Invalid(problems)) => drop(form.accept(problems)),
                Err(ApiError::NotFound) => {
                    told.try_set(Some(key::reports::LIGHT_GONE));
                    at.try_set(At::Address);
                    focus(TOLD);
                }
                Err(error) => drop(failed.try_set(Some(error_key(&error)))),
            }
        });
    };
    view! {
        <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            untrack(enter);
        }>
            <p role="status">{fill(key::reports::LIGHT_SENT, &[("email", &email)])}</p>
            <ErrorSummary form label=|_| t(key::reports::LIGHT_CODE).to_owned()/>
            <Failed failed/>
            <TextField form name="code" label=t(key::reports::LIGHT_CODE) help=t(key::reports::LIGHT_CODE_HELP) required=true chars_max=20
                autocomplete="one-time-code" kind="numeric" text=|typed: &mut LightCode| &mut typed.code/>
            <div class="filo-actions">
                <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(key::reports::LIGHT_ENTER)}</SubmitButton>
                <ActionButton look="outline-primary" on_press=move |()| at.set(At::Address)>{t(key::reports::LIGHT_OTHER)}</ActionButton>
            </div>
        </form>
    }
}

/// How they go.
#[component]
fn Reports(found: LightReports, guide: Guide) -> impl IntoView {
    let until = moment(&found.until);
    let is_none = found.reports.is_empty();
    let row = move |report: TrackedReport| view! { <li><ReportCard report guide=guide.clone()/></li> };
    view! {
        <p>{fill(key::reports::LIGHT_FOR, &[("email", &found.email), ("time", &until)])}</p>
        {is_none.then(|| view! { <p>{t(key::reports::LIGHT_NONE)}</p> })}
        <ul class="filo-list">{found.reports.into_iter().map(row).collect_view()}</ul>
    }
}

/// One of them, as its own code would show it.
#[component]
fn ReportCard(report: TrackedReport, guide: Guide) -> impl IntoView {
    let label = guide.lexicon.label(&report.state);
    // In the town's language where there is no other.
    let meaning = guide.lexicon.card(&report.state).map(|card| view! { <p lang=card.language>{card.meaning}</p> });
    let moments = moments(&report.steps, report.phase, &guide.lexicon);
    let rows = vec![
        (t(key::reports::TRACK_NUMBER), report.number.0),
        (t(key::reports::PUBLIC_SENT_ON), day(&report.sent_on)),
        (t(key::reports::PUBLIC_MOVED_ON), day(&report.moved_on)),
        (t(key::reports::TRACK_DUE), report.due_on.as_ref().filter(|_| report.phase != Phase::Closed).map_or_else(String::new, day)),
    ];
    let of_town = (t(key::reports::PUBLIC_OFFICE), report.office.name);
    view! {
        <article class="card filo-form-card">
            <h2 class="h5">{guide.category(&report.category)}</h2>
            <p class="filo-case-line"><Badge kind=badge(report.phase) label/></p>
            <Facts rows of_town/>
            {meaning}
            <details><summary>{t(key::reports::LIGHT_STORY)}</summary><Timeline moments/></details>
        </article>
    }
}
