//! Questions with rows: a matrix, an order, several texts, panels that are added, a table of fields. On a phone one row stands below the other.
use super::choosing::option;
use super::questions::{fieldset, question};
use super::sheet::{Sheet, question_id};
use crate::form::focus;
use crate::markup::view;
use crate::ui::{ActionButton, Icon};
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
                option("radio", &format!("{group}-{number}"), at, (choice.text.clone(), is_on, choice.enabled && !view.read_only), choose)
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

/// An order: each one up or down, by buttons or by hand; the order that stands there may be right as it is.
pub fn ranking(sheet: Sheet, view: QuestionView) -> AnyView {
    let (key, group) = (view.key, question_id(view.key));
    let is_chosen = !view.value.is_empty();
    let order: Vec<Value> = match view.value.as_list() {
        Some(list) if !list.is_empty() => list.to_vec(),
        _ => view.choices.iter().map(|choice| choice.value.clone()).collect(),
    };
    let last = order.len().saturating_sub(1);
    let text = |value: &Value| {
        let known = view.choices.iter().find(|choice| choice.value.to_text() == value.to_text());
        known.map_or_else(|| value.to_text(), |choice| choice.text.clone())
    };
    let button = |at: usize, to: Option<usize>, (words, icon): (&'static str, &'static str), name: &str| {
        let (moved, id, group) = (order.clone(), format!("{group}-{at}-{icon}"), group.clone());
        let press = move |_| {
            let Some(to) = to else { return };
            let mut moved = moved.clone();
            moved.swap(at, to);
            sheet.answer(key, Value::List(moved));
            // The button that moved it goes with it.
            let id = format!("{group}-{to}-{icon}");
            request_animation_frame(move || focus(&id));
        };
        view! {
            <button type="button" class="btn btn-outline-primary" id=id aria-disabled=to.is_none().then_some("true") on:click=press>
                <Icon name=icon/><span class="visually-hidden">{format!("{words}: {name}")}</span>
            </button>
        }
        .into_any()
    };
    let row = |(at, value): (usize, &Value)| {
        let name = text(value);
        let up = button(at, at.checked_sub(1), (t(key::questionnaires::UP), "it-arrow-up"), &name);
        let down = button(at, (at < last).then_some(at + 1), (t(key::questionnaires::DOWN), "it-arrow-down"), &name);
        view! { <li class="filo-rank"><span>{name}</span>{up}{down}</li> }
    };
    let rows = order.iter().enumerate().map(row).collect_view();
    let as_it_is = order.clone();
    let fine = (!is_chosen).then(|| {
        let take = move |()| sheet.answer(key, Value::List(as_it_is.clone()));
        view! { <ActionButton look="outline-primary" icon="it-check" on_press=take>{t(key::questionnaires::ORDER_FINE)}</ActionButton> }
    });
    let told = is_chosen.then(|| t(key::questionnaires::ORDER_TAKEN));
    fieldset(&view, view! { <ol class="filo-ranks">{rows}</ol>{fine}<p class="filo-note" role="status">{told}</p> }.into_any())
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
