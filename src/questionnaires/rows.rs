//! Questions with rows: a matrix, several texts, panels that are added, a table of fields. On a phone one row stands below the other.
use super::choosing::option;
use super::questions::{fieldset, question};
use super::sheet::{Sheet, question_id};
use crate::form::focus;
use crate::markup::view;
use crate::ui::ActionButton;
use crate::words::{fill, key, t};
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::run::{ChoiceView, QuestionView};
use questionnaire::value::Map;

/// One choice in each row.
pub fn matrix(sheet: Sheet, view: QuestionView) -> AnyView {
    let group = question_id(view.key);
    let row = |(number, row): (usize, &ChoiceView)| {
        let name = row.value.to_text();
        let taken = view.value.member(&name).cloned().unwrap_or_default();
        let options: Vec<AnyView> = view
            .choices
            .iter()
            .enumerate()
            .map(|(at, choice)| {
                let is_on = !taken.is_empty() && taken.to_text() == choice.value.to_text();
                let (key, name, value, whole) = (view.key, name.clone(), choice.value.clone(), view.value.clone());
                let choose = move || sheet.answer(key, with_row(&whole, &name, value.clone()));
                option(
                    "radio",
                    &format!("{group}-{number}"),
                    at,
                    (choice.text.clone().into_any(), is_on, choice.enabled && !view.read_only),
                    choose,
                )
            })
            .collect();
        view! {
            <fieldset class="filo-matrix-row">
                <legend>{row.text.clone()}</legend>
                <div class="filo-answers is-row">{options}</div>
            </fieldset>
        }
    };
    let rows = view.rows.iter().enumerate().map(row).collect_view();
    fieldset(&view, view! { <div class="filo-matrix">{rows}</div> }.into_any())
}

fn with_row(whole: &Value, row: &str, value: Value) -> Value {
    let mut map = whole.as_object().cloned().unwrap_or_else(Map::new);
    map.insert(row.to_owned(), value);
    Value::Object(map)
}

fn inner(sheet: Sheet, views: &[QuestionView]) -> Vec<AnyView> {
    views.iter().map(|view| question(sheet, view.clone())).collect()
}

/// Several texts.
pub fn items(sheet: Sheet, view: QuestionView) -> AnyView {
    let items = inner(sheet, &view.items);
    fieldset(&view, view! { <div class="filo-parts">{items}</div> }.into_any())
}

/// Panels that somebody adds.
pub fn panels(sheet: Sheet, view: QuestionView) -> AnyView {
    let group = question_id(view.key);
    let panel = |(at, views): (usize, &Vec<QuestionView>)| {
        let (title, name, group) = ((at + 1).to_string(), view.name.clone(), group.clone());
        let remove = move |()| {
            sheet.panel(&name, Some(at));
            let group = group.clone();
            request_animation_frame(move || focus(&group));
        };
        let inner = inner(sheet, views);
        view! {
            <fieldset class="filo-panel">
                <legend>{fill(key::questionnaires::PANEL, &[("number", &title)])}</legend>
                {inner}
                <ActionButton look="outline-danger" icon="it-delete" on_press=remove>
                    {t(key::questionnaires::PANEL_REMOVE)}<span class="visually-hidden">" "{title.clone()}</span>
                </ActionButton>
            </fieldset>
        }
    };
    let all = view.panels.iter().enumerate().map(panel).collect_view();
    let name = view.name.clone();
    let add = move |()| sheet.panel(&name, None);
    let inputs = view! {
        <div class="filo-panels">{all}</div>
        <ActionButton look="outline-primary" icon="it-plus" on_press=add>{t(key::questionnaires::PANEL_ADD)}</ActionButton>
    };
    fieldset(&view, inputs.into_any())
}

/// A table of fields, row by row.
pub fn table(sheet: Sheet, view: QuestionView) -> AnyView {
    let row = |(at, views): (usize, &Vec<QuestionView>)| {
        let title = view.rows.get(at).map(|row| row.text.clone()).unwrap_or_default();
        let inner = inner(sheet, views);
        view! { <fieldset class="filo-panel"><legend>{title}</legend><div class="filo-parts">{inner}</div></fieldset> }
    };
    let rows = view.panels.iter().enumerate().map(row).collect_view();
    fieldset(&view, view! { <div class="filo-panels">{rows}</div> }.into_any())
}
