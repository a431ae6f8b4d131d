//! "Controlla una segnalazione con il codice" (features C11, A2): how a report goes, without a login and without a name.
use super::public_card::{Guide, load_guide};
use super::public_report::moments;
use crate::api::{Api, ApiError};
use crate::form::{field_id, focus};
use crate::lexicon::badge;
use crate::load::Load;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Badge, CallLink, Callout, Facts, FieldFrame, Page, PlainCard, Section, SubmitButton, Timeline, error_key};
use crate::words::{Key, day, key, office_language, t};
use contract::cases::Phase;
use contract::paths;
use contract::tracking::{TrackedReport, TrackingCode, TrackingQuery};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// The field's name in the contract.
const FIELD: &str = "code";

/// The page. The code stands in no URL that is sent or kept: a QR code brings it behind the `#`, which no server sees, and from there
/// it is taken at once.
#[component]
pub fn TrackingPage() -> impl IntoView {
    let api = expect_context::<Api>();
    let typed = RwSignal::new(String::new());
    let misread = RwSignal::new(None::<Key>);
    let failed = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let found = RwSignal::new(None::<TrackedReport>);
    let ask = move || {
        failed.set(None);
        // What was found belongs to another code.
        found.set(None);
        let Some(code) = TrackingCode::read(&typed.get_untracked()) else {
            misread.set(Some(if typed.with_untracked(|typed| typed.trim().is_empty()) {
                key::reports::TRACK_EMPTY
            } else {
                key::reports::TRACK_MISREAD
            }));
            focus(&field_id(FIELD));
            return;
        };
        busy.set(true);
        spawn_local(async move {
            let answer = api.post::<TrackedReport>(paths::PUBLIC_TRACKING, &TrackingQuery { code: code.0 }).await;
            // The page may have been left meanwhile.
            busy.try_set(false);
            match answer {
                Ok(report) => drop(found.try_set(Some(report))),
                Err(ApiError::NotFound) => drop(misread.try_set(Some(key::reports::TRACK_UNKNOWN))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let hash = use_location().hash;
    Effect::new(move |_| {
        let code = hash.get().trim_start_matches('#').to_owned();
        if !code.is_empty() {
            typed.set(code);
            Route::Tracking.forget_hash();
            ask();
        }
    });
    let guide = load_guide();
    view! {
        <Page title=t(key::reports::TRACK_TITLE) lead=t(key::reports::TRACK_LEAD)>
            <form novalidate=true class="card filo-form-card d-print-none" on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                ask();
            }>
                <FieldFrame name=FIELD label=t(key::reports::TRACK_CODE) help=t(key::reports::TRACK_HELP) required=true alone=true
                    problem=Signal::derive(move || misread.get().map(|why| t(why).to_owned()))>
                    <input class="form-control filo-code" type="text" id=field_id(FIELD) autocomplete="off" autocapitalize="characters" spellcheck="false"
                        aria-required="true" aria-describedby="field-code-help field-code-error" aria-invalid=move || misread.get().is_some().then_some("true")
                        prop:value=move || typed.get() on:input:target=move |event| {
                            typed.set(event.target().value());
                            misread.set(None);
                        }/>
                </FieldFrame>
                {move || failed.get().map(|error| view! {
                    <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
                })}
                <SubmitButton busy>{t(key::reports::TRACK_BUTTON)}</SubmitButton>
            </form>
            <p class="visually-hidden" role="status">{move || found.with(|found| found.as_ref().map(|report| format!("{}: {}", t(key::reports::TRACK_ANSWER), report.number.0)))}</p>
            {move || found.get().map(|report| view! { <Load from=guide let:guide><Answer report=report.clone() guide/></Load> })}
        </Page>
    }
}

/// How the report goes.
#[component]
fn Answer(report: TrackedReport, guide: Guide) -> impl IntoView {
    let label = guide.lexicon.label(&report.state);
    let card = guide.lexicon.card(&report.state).map(|card| view! { <PlainCard card date=report.due_on.clone()/> });
    let moments = moments(&report.steps, report.phase, &guide.lexicon);
    let rows = vec![
        (t(key::reports::TRACK_NUMBER), report.number.0),
        (t(key::reports::CATEGORY), guide.category(&report.category)),
        (t(key::reports::PUBLIC_SENT_ON), day(&report.sent_on)),
        (t(key::reports::PUBLIC_MOVED_ON), day(&report.moved_on)),
        (t(key::reports::TRACK_DUE), report.due_on.as_ref().filter(|_| report.phase != Phase::Closed).map_or_else(String::new, day)),
    ];
    let of_town = (t(key::reports::PUBLIC_OFFICE), report.office.name.clone());
    view! {
        <div class="filo-columns">
            <div>
                <Section id="tracked-title" title=t(key::reports::TRACK_ANSWER) class="card">
                    <p class="filo-case-line"><Badge kind=badge(report.phase) label/></p>
                    <Facts rows of_town/>
                </Section>
                {card}
                <Section id="story-title" title=t(key::reports::PUBLIC_STORY)><Timeline moments/></Section>
            </div>
            <aside>
                <Section id="office-title" title=t(key::reports::PUBLIC_OFFICE) class="card filo-side" look="h5">
                    <p lang=office_language()><strong>{report.office.name}</strong></p>
                    <p lang=office_language()>{report.office.address}<br/>{report.office.hours}</p>
                    <p><CallLink number=report.office.phone.clone() shown=report.office.phone/></p>
                </Section>
                <div class="d-print-none">
                    <ActionButton look="outline-primary" icon="it-print" on_press=|()| drop(window().print())>{t(key::reports::PRINT)}</ActionButton>
                </div>
            </aside>
        </div>
    }
}
