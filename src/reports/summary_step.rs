//! Step 3, "Riepilogo": everything once more, then the terms, then sending.
use super::data_step::Author;
use super::draft::{Draft, input_of, label, step_of};
use super::keep::submit;
use super::page::{Town, draft, is_nobody};
use super::personal::PersonalCheck;
use super::together::Together;
use super::updates::UpdatesTold;
use crate::api::Api;
use crate::files::{Chosen, Readiness};
use crate::form::{ErrorSummary, focus, sentence};
use crate::markup::view;
use crate::outbox::outbox;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Dialog, Facts, Link, Section};
use crate::vault::call;
use crate::words::{Key, key, size, t};
use contract::reports::ReportForm;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The third step.
#[component]
pub fn SummaryStep(town: Town) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = draft();
    let asking = RwSignal::new(false);
    let (rules, is_nobody) = (town.clone(), is_nobody());
    let check = move || {
        // A report with something missing cannot be sent, however this page was reached.
        let problems = form.peek(|draft| {
            let problems = draft.report.problems(&rules.form, rules.boundary.as_deref());
            draft.all_problems(problems, is_nobody.then_some(&*rules.form))
        });
        if form.accept(problems) {
            asking.set(true);
        }
    };
    // At the help desk its citizen reads it first: it leaves when they say yes.
    let (is_helped, together) = (expect_context::<Session>().is_helped_now(), RwSignal::new(false));
    let confirm = move || {
        asking.set(false);
        if is_helped {
            together.set(true);
            // After the dialog, which gives the focus back when it closes.
            return request_animation_frame(|| focus("together-title"));
        }
        submit(api);
    };
    let busy = Signal::derive(move || form.is_sending() || outbox().on_device().is_none() || form.with(|draft| draft.files.is_working()));
    let (labels, fields) = (town.form.clone(), town.form.clone());
    // Nothing is mended on this page: each problem leads to its field, on the step that asks it.
    let find = Callback::new(move |field: String| {
        let page = Route::NewReport { step: step_of(&field) };
        (Some(page), form.peek(|draft| input_of(&field, &fields, draft)))
    });
    view! {
        <Callout kind="warning" title=t(key::reports::ATTENTION)><p>{t(key::reports::ATTENTION_TEXT)}</p></Callout>
        <ErrorSummary form find label=move |field: &str| form.peek(|draft| label(field, &labels, draft))/>
        <section class="card filo-form-card" aria-labelledby="summary-title">
            <div class="filo-card-head">
                <h2 id="summary-title" class="h4" tabindex="-1">{t(key::reports::TROUBLE_TITLE)}</h2>
                {move || (!form.is_sending()).then(|| view! {
                    <Link to=Route::NewReport { step: ReportStep::Data }>{t(key::common::EDIT)}<span class="visually-hidden">" "{t(key::reports::TROUBLE_TITLE)}</span></Link>
                })}
            </div>
            {move || form.with(|draft| view! { <Facts rows=rows(draft, &town.form)/> })}
            <Pictures/>
            <PersonalCheck form field="title"/>
            <PersonalCheck form field="details"/>
            <LeftBehind/>
        </section>
        {if is_nobody {
            view! { <Section id="author-title" title=t(key::reports::TOLD_TITLE) class="card filo-form-card"><UpdatesTold/></Section> }
        } else {
            view! { <Section id="author-title" title=t(key::reports::AUTHOR_TITLE) class="card filo-form-card"><Author/></Section> }
        }}
        <Waits/>
        {move || together.get().then(|| view! { <Together/> })}
        <div class="filo-step-buttons" hidden=move || together.get()>
            {move || (!form.is_sending()).then(|| view! { <Link to=Route::NewReport { step: ReportStep::Data } class="btn btn-link">{t(key::common::BACK)}</Link> })}
            <ActionButton busy on_press=move |()| check()>
                {move || if form.is_sending() { t(key::reports::SENDING) } else { t(key::reports::SEND) }}
            </ActionButton>
        </div>
        <Dialog id="terms-title" open=asking title=Signal::stored(t(key::reports::TERMS_TITLE).to_owned()) on_cancel=Callback::new(move |()| asking.set(false))>
            <p>{t(key::reports::TERMS_TEXT)}</p>
            <p><Link to=Route::LegalNotes>{t(key::reports::TERMS_LINK)}</Link></p>
            <div class="filo-actions">
                <ActionButton on_press=move |()| confirm()>{t(key::reports::TERMS_CONFIRM)}</ActionButton>
                <ActionButton look="outline-primary" on_press=move |()| asking.set(false)>{t(key::common::CANCEL)}</ActionButton>
            </div>
        </Dialog>
    }
}

/// What will be sent, in words.
fn rows(draft: &Draft, form: &ReportForm) -> Vec<(&'static str, String)> {
    let report = &draft.report;
    let category = form.categories.iter().find(|category| category.code == report.category);
    let answers = category.map(|category| {
        let told = category.fields.iter().filter_map(|field| {
            let answer = report.answers.get(&field.code)?;
            let shown = field.choices.iter().find(|choice| choice.code == *answer).map_or(answer, |choice| &choice.label);
            Some(format!("{} {shown}", field.label))
        });
        told.collect::<Vec<_>>().join(" · ")
    });
    let files = |key: Key, files: &[Chosen]| {
        let names = files.iter().filter_map(|file| file.ready().map(|ready| format!("{} ({})", file.name, size(ready.bytes.len() as u64))));
        (t(key), names.collect::<Vec<_>>().join(", "))
    };
    vec![
        (t(key::reports::STREET), [report.place.street.as_str(), report.place.house_number.as_str()].join(" ").trim().to_owned()),
        (t(key::reports::CATEGORY), category.map_or_else(String::new, |category| category.name.clone())),
        (t(key::reports::ANSWERS), answers.unwrap_or_default()),
        (t(key::reports::SUBJECT), report.title.clone()),
        (t(key::reports::DETAILS), report.details.clone()),
        files(key::reports::PHOTOS, &draft.files.photos),
        files(key::reports::DOCUMENTS, &draft.files.documents),
    ]
}

/// The photos, small.
#[component]
fn Pictures() -> impl IntoView {
    let form = draft();
    let picture = |file: &Chosen| file.ready()?.picture.clone().map(|address| (address, file.name.clone()));
    let pictures = move || form.with(|draft| draft.files.photos.iter().filter_map(picture).collect::<Vec<_>>());
    let drawn = move || {
        let row = |(address, name): (String, String)| view! { <li><img src=address alt=name/></li> };
        view! { <ul class="filo-photos">{pictures().into_iter().map(row).collect_view()}</ul> }
    };
    view! { {drawn} }
}

/// Files that could not be used: said before the report leaves without them.
#[component]
fn LeftBehind() -> impl IntoView {
    let form = draft();
    let told = |file: &Chosen| match &file.state {
        Readiness::Refused(problem) => Some(format!("{}: {}", file.name, sentence(problem))),
        Readiness::Working | Readiness::Ready(_) => None,
    };
    let left = move || form.with(|draft| draft.files.photos.iter().chain(&draft.files.documents).filter_map(told).collect::<Vec<_>>());
    let drawn = move || {
        let left = left();
        (!left.is_empty()).then(|| {
            let row = |told: String| view! { <li>{told}</li> };
            view! {
                <Callout kind="warning" title=t(key::reports::LEFT_TITLE)>
                    <ul>{left.into_iter().map(row).collect_view()}</ul>
                    <p>{t(key::reports::LEFT_TEXT)}</p>
                </Callout>
            }
        })
    };
    view! { {drawn} }
}

/// Who does not sign in keeps the page open until the report has left: nobody's key is there to keep it.
#[component]
fn Waits() -> impl IntoView {
    let form = draft();
    let retry = move |()| spawn_local(async move { drop(call("retry", &[form.key().into()]).await) });
    let drawn = move || {
        (form.is_sending() && form.with(|draft| draft.waits)).then(|| {
            view! {
                <Callout kind="warning" title=t(key::reports::WAITS_TITLE) alert=true>
                    <p>{t(key::reports::WAITS_TEXT)}</p>
                    <ActionButton look="outline-primary" icon="it-refresh" on_press=retry>{t(key::outbox::RETRY)}</ActionButton>
                </Callout>
            }
        })
    };
    view! { {drawn} }
}
