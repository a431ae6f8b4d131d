//! A question on the page: its title, its help, its input, what is wrong with it. The choices are in `choosing`, what has rows in `rows`.
use super::attached;
use super::choosing;
use super::numbers;
use super::ranking;
use super::rows;
use super::sheet::{Sheet, question_id, why_wrong};
use crate::markup::view;
use crate::words::{count, key, t};
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::definition::Kind;
use questionnaire::run::QuestionView;

/// A question.
pub fn question(sheet: Sheet, view: QuestionView) -> AnyView {
    match view.kind {
        Kind::Html => view! { <p class="filo-question-text">{view.html}</p> }.into_any(),
        Kind::Expression => worked_out(&view),
        Kind::Text | Kind::Comment => text(sheet, view),
        Kind::Dropdown => choosing::dropdown(sheet, view),
        Kind::Radiogroup | Kind::Boolean | Kind::Checkbox | Kind::Tagbox => choosing::choices(sheet, view),
        Kind::Rating => choosing::rating(sheet, view),
        Kind::Ranking => ranking::ranking(sheet, view),
        Kind::Matrix => rows::matrix(sheet, view),
        Kind::MultipleText => rows::items(sheet, view),
        Kind::PanelDynamic => rows::panels(sheet, view),
        Kind::MatrixDropdown => rows::table(sheet, view),
        Kind::File => attached::attached(sheet, view),
        Kind::Page | Kind::Panel => ().into_any(),
    }
}

fn worked_out(view: &QuestionView) -> AnyView {
    let value = if view.value.is_empty() { String::new() } else { numbers::written(&view.value) };
    view! { <p class="filo-question-text" role="status"><strong>{view.title.clone()}": "</strong>{value}</p> }.into_any()
}

/// The mark of what must be answered.
pub fn mark(view: &QuestionView) -> &'static str {
    if view.required { " *" } else { "" }
}

/// The ids of what describes a question: its help and its mistake.
pub fn described(view: &QuestionView) -> String {
    let id = question_id(view.key);
    format!("{id}-help {id}-error")
}

/// A question of several inputs: its title as a legend.
pub fn fieldset(view: &QuestionView, inputs: AnyView) -> AnyView {
    let (id, why) = (question_id(view.key), why_wrong(view));
    let is_wrong = why.is_some();
    view! {
        <fieldset class="filo-question" class:has-error=move || is_wrong id=id.clone() tabindex="-1" aria-describedby=described(view)>
            <legend>{view.title.clone()}{mark(view)}</legend>
            <small class="form-text" id=format!("{id}-help")>{view.description.clone()}</small>
            {inputs}
            <p class="filo-field-error" id=format!("{id}-error")>{why}</p>
        </fieldset>
    }
    .into_any()
}

/// A question of one input: its title as a label.
pub fn field(view: &QuestionView, input: AnyView) -> AnyView {
    let (id, why) = (question_id(view.key), why_wrong(view));
    let is_wrong = why.is_some();
    view! {
        <div class="filo-field filo-question" class:has-error=move || is_wrong>
            <label for=id.clone()>{view.title.clone()}{mark(view)}</label>
            <small class="form-text" id=format!("{id}-help")>{view.description.clone()}</small>
            {input}
            <p class="filo-field-error" id=format!("{id}-error")>{why}</p>
        </div>
    }
    .into_any()
}

fn text(sheet: Sheet, view: QuestionView) -> AnyView {
    let (id, key) = (question_id(view.key), view.key);
    let invalid = why_wrong(&view).is_some().then_some("true");
    let is_number = view.kind == Kind::Text && view.input == "number";
    let shown = if is_number { sheet.shown_number(&view) } else { written(&view.value) };
    let typed = move |text: String| if is_number { sheet.answer_number(key, text) } else { sheet.answer(key, Value::Text(text)) };
    let left = view.max_length.map(|most| most as i64 - shown.encode_utf16().count() as i64);
    let input = if view.kind == Kind::Comment {
        view! {
            <textarea class="form-control" id=id rows="4" aria-invalid=invalid aria-required=view.required.to_string()
                aria-describedby=described(&view) disabled=view.read_only
                prop:value=move || shown.clone() on:input:target=move |event| typed(event.target().value())></textarea>
        }
        .into_any()
    } else {
        let (kind, mode) = kinds(&view.input);
        view! {
            <input class="form-control" type=kind inputmode=mode id=id autocomplete="off" aria-invalid=invalid
                aria-required=view.required.to_string() aria-describedby=described(&view) disabled=view.read_only
                prop:value=move || shown.clone() on:input:target=move |event| typed(event.target().value())/>
        }
        .into_any()
    };
    let told = left.map(|left| if left < 0 { count(key::form::CHARS_OVER, -left) } else { count(key::form::CHARS_LEFT, left) });
    field(&view, view! { {input}<small class="form-text filo-count">{told}</small> }.into_any())
}

fn written(value: &Value) -> String {
    if value.is_empty() { String::new() } else { value.to_text() }
}

/// The browser's own field for a kind of text, and the keyboard on a screen.
fn kinds(input: &str) -> (&'static str, &'static str) {
    match input {
        "number" => ("text", "decimal"),
        "email" => ("text", "email"),
        "tel" => ("text", "tel"),
        "url" => ("text", "url"),
        "date" => ("date", "text"),
        "datetime-local" => ("datetime-local", "text"),
        "month" => ("month", "text"),
        "time" => ("time", "text"),
        _ => ("text", "text"),
    }
}

/// The field of what is written beside a choice.
pub fn comment(sheet: Sheet, view: &QuestionView) -> Option<AnyView> {
    view.asks_comment.then(|| {
        let (id, name, shown) = (format!("{}-comment", question_id(view.key)), view.value_name.clone(), view.comment.clone());
        view! {
            <div class="filo-field filo-question-comment">
                <label for=id.clone()>{t(key::questionnaires::COMMENT)}</label>
                <input class="form-control" type="text" id=id autocomplete="off" prop:value=move || shown.clone()
                    on:input:target=move |event| sheet.comment(&name, &event.target().value())/>
            </div>
        }
        .into_any()
    })
}
