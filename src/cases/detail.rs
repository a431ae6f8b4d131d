//! One case: what its state means, its story, its dates, its office, its documents, its report.
use super::done::{Done, DoneNote};
use super::late::Overdue;
use super::replies::Replies;
use super::story::moments;
use super::words::{Lexicon, badge, day_and_distance, is_past, load_lexicon, title_language};
use crate::api::Api;
use crate::files::ShownFiles;
use crate::form::is_writing;
use crate::live::{Fresh, FreshNote, Ready, live};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Badge, CalendarLink, CallLink, Callout, DocumentList, Facts, LinkButton, Page, PlainCard, Section, ShowFiles, Timeline};
use crate::vault;
use crate::words::{day, day_of, fill, key, language, moment, office_language, t};
use contract::attachments::AttachmentState;
use contract::cases::{ActorKind, Case, Office, Phase};
use contract::id::CaseId;
use contract::paths;
use contract::reports::ReportDetails;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page of one case.
#[component]
pub fn CasePage(id: CaseId) -> impl IntoView {
    let changed = RwSignal::new(0);
    let (watched, seen) = (id.clone(), id.clone());
    let api = expect_context::<Api>();
    let ask = move || {
        let id = id.clone();
        async move { api.get::<Case>(&paths::case(&id, language())).await }
    };
    let (fresh, ready) = (Fresh::new(), Ready::new(None));
    // Drawn anew, a page would take the words from under the hands of whoever writes on it.
    fresh.follow_ready(move || live().changes_of(&watched), is_writing, ready, ask.clone());
    let case = load(move |_| {
        changed.get();
        fresh.take(ready, ask())
    });
    let lexicon = load_lexicon();
    let done = Done::new();
    live().see(api, seen);
    // What another device has begun to write about it.
    spawn_local(async { drop(vault::call("look", &[]).await) });
    view! {
        <Load from=case whole_page=true let:case>
            <Load from=lexicon whole_page=true let:lexicon><CaseView case=case.clone() lexicon changed done fresh/></Load>
        </Load>
    }
}

#[component]
fn CaseView(case: Case, lexicon: Lexicon, changed: RwSignal<u32>, done: Done, fresh: Fresh) -> impl IntoView {
    let summary = case.summary.clone();
    let task_date = summary.task.as_ref().and_then(|task| task.due_on.clone());
    let due = lexicon.answer_due(&summary);
    let date = match summary.phase {
        Phase::WaitingForYou => task_date,
        Phase::Closed => summary.due_on.clone(),
        Phase::Open | Phase::Unknown => due.clone(),
    };
    let card = lexicon.card(&summary.state).map(|card| view! { <PlainCard card date/> });
    let story = moments(&case, &lexicon);
    let show_files: ShowFiles = Callback::new(move |files| view! { <ShownFiles files alt=key::cases::STEP_PHOTO changed/> }.into_any());
    let kind = lexicon.kind(&summary);
    let label = lexicon.label(&summary.state);
    let overdue = due.filter(is_past);
    // The town's own last step: what the citizen has written since moves nothing there.
    let of_town = case.timeline.iter().filter(|step| step.by.kind != ActorKind::You).filter_map(|step| step.at.as_ref()).next_back();
    let updated = of_town.map(|at| fill(key::cases::LAST_UPDATE, &[("date", &moment(at))]));
    let sealed = case.sealed_on.as_ref().map(|on| fill(key::cases::SEALED_TEXT, &[("day", &day(on))]));
    let sealed = sealed.map(|text| view! { <Callout kind="note" title=t(key::cases::SEALED)><p>{text}</p></Callout> });
    let receipt = Route::Receipt { id: summary.id.clone() };
    view! {
        <Page title=summary.title.clone() lang=title_language(&summary.kind)>
            <p class="filo-case-line"><Badge kind=badge(summary.phase) label/><span>{kind}</span><span>{summary.number.0.clone()}</span></p>
            <p class="filo-updated">{updated}</p>
            <DoneNote done/>
            <div class="filo-columns">
                <div>
                    {overdue.map(|due| view! { <Overdue case=case.clone() due=day(&due) done/> })}
                    {sealed}
                    {card}
                    <FreshNote fresh/>
                    <Replies case=case.clone() changed done/>
                    <Section id="story-title" title=t(key::cases::STORY)>
                        <Timeline moments=story show_files/>
                    </Section>
                    {case.report.clone().map(|report| view! { <ReportView report changed/> })}
                </div>
                <aside>
                    <CaseFacts case=case.clone()/>
                    <CaseDocuments case=case.clone()/>
                    <OfficeView office=case.office/>
                    <LinkButton to=receipt class="btn btn-outline-primary d-print-none" icon="it-print">{t(key::cases::RECEIPT_OPEN)}</LinkButton>
                </aside>
            </div>
        </Page>
    }
}

/// Number, dates, protocol.
#[component]
fn CaseFacts(case: Case) -> impl IntoView {
    let summary = case.summary;
    let has_days =
        summary.task.as_ref().is_some_and(|task| task.due_on.is_some()) || (summary.phase == Phase::Open && summary.due_on.is_some());
    let (id, title) = (summary.id.clone(), summary.title.clone());
    let legal = case.legal_days.map_or_else(String::new, |days| crate::words::count(key::cases::LEGAL_DAYS, i64::from(days)));
    let rows = vec![
        (t(key::cases::NUMBER), summary.number.0),
        (t(key::cases::SUBJECT), summary.subject.unwrap_or_default()),
        (t(key::cases::OPENED), day(&day_of(&summary.opened_at))),
        (t(key::cases::PROTOCOL), case.protocol.as_ref().map_or_else(String::new, |p| p.number.clone())),
        (t(key::cases::REGISTERED), case.protocol.as_ref().map_or_else(String::new, |p| day(&p.registered_on))),
        (t(key::cases::DUE), summary.due_on.as_ref().filter(|_| summary.phase != Phase::Closed).map_or_else(String::new, day_and_distance)),
        (t(key::cases::LEGAL_TERM), legal),
    ];
    view! {
        <Section id="facts-title" title=t(key::cases::FACTS) class="card filo-side" look="h5">
            {(!case.description.is_empty()).then(|| view! { <p lang=office_language()>{case.description}</p> })}
            <Facts rows/>
            {has_days.then(|| view! { <CalendarLink case=id about=title/> })}
        </Section>
    }
}

/// What can be downloaded.
#[component]
fn CaseDocuments(case: Case) -> impl IntoView {
    let api = expect_context::<Api>();
    let id = case.summary.id;
    let file = |document: contract::cases::Document| {
        let address = api.address(&paths::document(&id, &document.id));
        (document.name, document.media_type, document.bytes, address)
    };
    // What the office gave with a step is a document of the case like those that came before.
    let given = case.timeline.into_iter().filter(|step| step.by.kind != ActorKind::You).flat_map(|step| step.files);
    let given = given.filter(|file| file.state == AttachmentState::Ready && file.width == 0).map(|file| {
        let address = api.address(&paths::attachment(&file.id));
        (file.name, file.media_type, file.bytes, address)
    });
    let mut files: Vec<_> = given.collect();
    files.reverse();
    files.extend(case.documents.into_iter().map(file));
    view! {
        <Section id="documents-title" title=t(key::cases::DOCUMENTS) class="card filo-side" look="h5">
            {if files.is_empty() { view! { <p>{t(key::cases::DOCUMENTS_NONE)}</p> }.into_any() } else { view! { <DocumentList files/> }.into_any() }}
        </Section>
    }
}

/// Who works on it, and how to reach a person there.
#[component]
fn OfficeView(office: Office) -> impl IntoView {
    view! {
        <Section id="office-title" title=t(key::cases::OFFICE) class="card filo-side" look="h5">
            <p lang=office_language()><strong>{office.name}</strong></p>
            <p lang=office_language()>{office.address}<br/>{office.hours}</p>
            <p><CallLink number=office.phone.clone() shown=office.phone/></p>
            <p><a href=format!("mailto:{}", office.email)>{office.email.clone()}</a></p>
        </Section>
    }
}

/// The report behind the case, as its author wrote it.
#[component]
fn ReportView(report: ReportDetails, changed: RwSignal<u32>) -> impl IntoView {
    let place = [report.place.street.as_str(), report.place.house_number.as_str()].join(" ");
    let mut rows = vec![
        (t(key::cases::REPORT_PLACE).to_owned(), place),
        (t(key::cases::REPORT_CATEGORY).to_owned(), report.category_name),
        (t(key::cases::REPORT_DETAILS).to_owned(), report.details),
    ];
    rows.extend(report.answers.into_iter().map(|answered| (answered.label, answered.answer)));
    let row = |(name, value): (String, String)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    let files: Vec<_> = report.photos.into_iter().chain(report.documents).collect();
    view! {
        <Section id="report-title" title=t(key::cases::REPORT)>
            <dl class="filo-facts">{rows.into_iter().filter(|(_, value)| !value.trim().is_empty()).map(row).collect_view()}</dl>
            <ShownFiles files alt=key::cases::PHOTO_ALT changed/>
        </Section>
    }
}
