//! Step 2, "Dati di segnalazione": where, what, photos and documents, and who writes.
use super::draft::{Draft, input_of, label};
use super::ground::Ground;
use super::page::{Town, draft, is_nobody};
use super::personal::PersonalCheck;
use super::photo_place::{At, PhotoPlace, PhotoPlaceNote, PhotoStart};
use super::place::PlaceFields;
use super::updates::UpdatesFields;
use crate::files::{FilesField, PHOTO_TYPES};
use crate::form::{ErrorSummary, Form, focus_awaited};
use crate::markup::view;
use crate::outbox::StorageNote;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{CharsLeft, Facts, Link, RequiredNote, Section, SelectField, TextField};
use crate::words::{key, t};
use contract::reports::{ANSWER_CHARS_MAX, Category, CategoryField, DETAILS_CHARS_MAX, DOCUMENTS_MAX, PHOTOS_MAX, TITLE_CHARS_MAX};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use std::sync::Arc;

/// The second step.
#[component]
pub fn DataStep(town: Town) -> impl IntoView {
    let form = draft();
    let navigate = use_navigate();
    let (rules, is_nobody) = (town.clone(), is_nobody());
    focus_awaited();
    let next = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let problems = form.peek(|draft| {
            let problems = draft.report.data_problems(&rules.form, rules.boundary.as_deref());
            draft.all_problems(problems, is_nobody.then_some(&*rules.form))
        });
        if form.accept(problems) {
            navigate(&Route::NewReport { step: ReportStep::Summary }.to_string(), Default::default());
        }
    };
    let ground = Ground::of(town.clone());
    let photo_place = PhotoPlace::new(form, ground);
    let (labels, fields, categories) = (town.form.clone(), town.form.clone(), Arc::new(town.form.categories.clone()));
    let find = Callback::new(move |field: String| (None, form.peek(|draft| input_of(&field, &fields, draft))));
    let author = if is_nobody {
        let rules = town.form.clone();
        view! { <Section id="author-title" title=t(key::reports::TOLD_TITLE) class="card filo-form-card"><UpdatesFields form rules/></Section> }
    } else {
        view! { <Section id="author-title" title=t(key::reports::AUTHOR_TITLE) class="card filo-form-card"><Author/></Section> }
    };
    view! {
        <form novalidate=true on:submit=next>
            <RequiredNote/>
            <ErrorSummary form find label=move |field: &str| form.peek(|draft| label(field, &labels, draft))/>
            <PhotoStart place=photo_place/>
            <Section id="place-title" title=t(key::reports::PLACE_TITLE) class="card filo-form-card">
                <p>{t(key::reports::PLACE_TEXT)}</p>
                <PlaceFields form ground/>
            </Section>
            <Section id="trouble-title" title=t(key::reports::TROUBLE_TITLE) class="card filo-form-card">
                <super::emergency::EmergencyStop form categories=categories.clone()/>
                <CategoryFields form categories/>
                <super::near::NearReports form/>
                <TextField form name="title" label=t(key::reports::SUBJECT) help=t(key::reports::SUBJECT_HELP) required=true
                    chars_max=TITLE_CHARS_MAX text=|draft| &mut draft.report.title/>
                <PersonalCheck form field="title"/>
                <TextField form name="details" label=t(key::reports::DETAILS) help=t(key::reports::DETAILS_HELP) required=true lines=4
                    chars_max=DETAILS_CHARS_MAX text=|draft| &mut draft.report.details/>
                <PersonalCheck form field="details"/>
                <StorageNote/>
                <FilesField form name="photos" label=t(key::reports::PHOTOS) help=t(key::reports::PHOTOS_HELP) button=t(key::reports::PHOTOS_BUTTON)
                    accept=PHOTO_TYPES most=PHOTOS_MAX on_ready=photo_place.hears(At::Field)/>
                <PhotoPlaceNote place=photo_place at=At::Field/>
                <FilesField form name="documents" label=t(key::reports::DOCUMENTS) help=t(key::reports::DOCUMENTS_HELP)
                    button=t(key::reports::DOCUMENTS_BUTTON) accept="application/pdf" most=DOCUMENTS_MAX/>
            </Section>
            {author}
            <div class="filo-step-buttons">
                <Link to=Route::NewReport { step: ReportStep::Privacy } class="btn btn-link">{t(key::common::BACK)}</Link>
                <button type="submit" class="btn btn-primary">{t(key::common::NEXT)}</button>
            </div>
        </form>
    }
}

/// The category, and its own questions.
#[component]
fn CategoryFields(form: Form<Draft>, categories: Arc<Vec<Category>>) -> impl IntoView {
    let choices = categories.iter().map(|category| (category.code.0.clone(), category.name.clone())).collect();
    let code = Memo::new(move |_| form.with(|draft| draft.report.category.clone()));
    view! {
        <SelectField form name="category" label=t(key::reports::CATEGORY) required=true prompt=t(key::reports::CATEGORY_PROMPT) choices
            read=|draft| draft.report.category.0.clone()
            write=|draft, code| {
                draft.report.category.0 = code;
                // The questions of another category have no answers here.
                draft.report.answers.clear();
            }/>
        {move || {
            // The draft is emptied when somebody logs out, while this page is being taken down.
            let code = code.try_get()?;
            let chosen = categories.iter().find(|category| category.code == code);
            chosen.map(|category| category.fields.iter().map(|field| view! { <QuestionField form field=field.clone()/> }).collect_view())
        }}
    }
}

/// A question of a category.
#[component]
fn QuestionField(form: Form<Draft>, field: CategoryField) -> impl IntoView {
    let code = StoredValue::new(field.code.clone());
    let name = format!("answers.{}", field.code);
    let read = move |draft: &Draft| code.with_value(|code| draft.report.answers.get(code).cloned().unwrap_or_default());
    let write = move |draft: &mut Draft, answer: String| {
        if answer.is_empty() {
            code.with_value(|code| draft.report.answers.remove(code));
        } else {
            draft.report.answers.insert(code.get_value(), answer);
        }
    };
    if field.choices.is_empty() {
        let id = crate::form::field_id(&name);
        let (asked, typed, invalid) = (name.clone(), name.clone(), name.clone());
        let left = Signal::derive(move || ANSWER_CHARS_MAX as i64 - form.with(read).trim().chars().count() as i64);
        return view! {
            <crate::ui::FieldFrame name label=field.label help=field.help required=field.required problem=Signal::derive(move || form.problem(&asked))>
                <input class="form-control" type="text" id=id.clone() autocomplete="off"
                    aria-required=field.required.to_string() aria-describedby=format!("{id}-help {id}-count {id}-error")
                    aria-invalid=move || form.problem(&invalid).is_some().then_some("true")
                    prop:value=move || form.with(read) on:input:target=move |event| form.edit(&typed, |draft| write(draft, event.target().value()))/>
                <CharsLeft id=format!("{id}-count") left/>
            </crate::ui::FieldFrame>
        }
        .into_any();
    }
    let choices = field.choices.into_iter().map(|choice| (choice.code, choice.label)).collect();
    view! {
        <SelectField form name label=field.label help=field.help required=field.required prompt=t(key::reports::ANSWER_PROMPT) choices read write/>
    }
    .into_any()
}

/// Who writes: what the login already told, never asked again.
#[component]
pub fn Author() -> impl IntoView {
    let me = expect_context::<Session>().person();
    me.map(|me| {
        let rows = vec![
            (t(key::reports::AUTHOR_NAME), format!("{} {}", me.given_name, me.family_name)),
            (t(key::common::FISCAL_CODE), me.fiscal_code.unwrap_or_default()),
            (t(key::reports::AUTHOR_PHONE), me.phone.unwrap_or_default()),
            (t(key::reports::AUTHOR_EMAIL), me.email.unwrap_or_default()),
        ];
        view! { <Facts rows/> }
    })
}
