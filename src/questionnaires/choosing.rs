//! Choosing: one, several, one of a list, yes or no, stars and steps. Native inputs with large labels.
use super::questions::{comment, described, field, fieldset};
use super::sheet::{Sheet, question_id, why_wrong};
use crate::markup::view;
use crate::ui::Icon;
use crate::words::{count, key, t};
use leptos::prelude::*;
use questionnaire::Value;
use questionnaire::definition::Kind;
use questionnaire::run::{ChoiceView, QuestionView};

/// The most steps of a rating that are drawn as stars.
const STARS: usize = 5;
/// The value of "None": it goes with no other.
const NONE: &str = "none";

/// One input with its words: `kind` is `radio` or `checkbox`; `group` names those that belong together.
pub fn option(
    kind: &'static str,
    group: &str,
    at: usize,
    (words, is_on, is_free): (AnyView, bool, bool),
    choose: impl Fn() + 'static,
) -> AnyView {
    let id = format!("{group}-{at}");
    view! {
        <div class="filo-answer">
            <input type=kind name=group.to_owned() id=id.clone() disabled=!is_free prop:checked=move || is_on on:change=move |_| choose()/>
            <label for=id>{words}</label>
        </div>
    }
    .into_any()
}

/// A choice in words, under its picture when it has one. The words say it all: the picture says nothing to who hears the page.
fn shown(choice: &ChoiceView) -> AnyView {
    let text = choice.text.clone();
    if choice.picture.is_empty() {
        return text.into_any();
    }
    let place = choice.picture.clone();
    view! { <img class="filo-answer-picture" src=place alt="" loading="lazy"/><span>{text}</span> }.into_any()
}

fn is_in(value: &Value, choice: &Value) -> bool {
    let is_same = |one: &Value| {
        let one = one.member("value").unwrap_or(one);
        one == choice || !one.is_empty() && one.to_text() == choice.to_text()
    };
    match value {
        Value::List(list) => list.iter().any(is_same),
        one => is_same(one),
    }
}

/// One or several of a few, and yes or no.
pub fn choices(sheet: Sheet, view: QuestionView) -> AnyView {
    let group = question_id(view.key);
    let is_one = matches!(view.kind, Kind::Radiogroup | Kind::Boolean);
    let all = if view.kind == Kind::Boolean { yes_and_no(&view) } else { view.choices.clone() };
    let inputs: Vec<AnyView> = all
        .iter()
        .enumerate()
        .map(|(at, choice)| {
            let (key, value, before, known) = (view.key, choice.value.clone(), view.value.clone(), all.clone());
            let is_all = !is_one && value.as_text() == Some("");
            let is_on = if is_all { known.iter().all(|one| is_special(one) || is_in(&before, &one.value)) } else { is_in(&before, &value) };
            let choose = move || sheet.answer(key, if is_one { value.clone() } else { turned(&before, &value, &known, is_on) });
            let is_free = choice.enabled && !view.read_only;
            option(if is_one { "radio" } else { "checkbox" }, &group, at, (shown(choice), is_on, is_free), choose)
        })
        .collect();
    let more = comment(sheet, &view);
    let has_pictures = all.iter().any(|choice| !choice.picture.is_empty());
    fieldset(&view, view! { <div class="filo-answers" class:has-pictures=move || has_pictures>{inputs}</div>{more} }.into_any())
}

fn yes_and_no(view: &QuestionView) -> Vec<ChoiceView> {
    if !view.choices.is_empty() {
        return view.choices.clone();
    }
    let choice =
        |value: bool, words| ChoiceView { value: Value::Bool(value), text: t(words).to_owned(), enabled: true, picture: String::new() };
    vec![choice(true, key::questionnaires::YES), choice(false, key::questionnaires::NO)]
}

/// "Select all", "None" and "Other" are no choices of their own.
fn is_special(choice: &ChoiceView) -> bool {
    matches!(choice.value.as_text(), Some("" | NONE | "other"))
}

/// Several choices, after one of them was turned on or off.
fn turned(before: &Value, value: &Value, all: &[ChoiceView], is_on: bool) -> Value {
    let taken = before.as_list().unwrap_or_default();
    let list: Vec<Value> = match value.as_text() {
        Some("") if is_on => Vec::new(),
        Some("") => all.iter().filter(|one| !is_special(one)).map(|one| one.value.clone()).collect(),
        Some(NONE) if !is_on => vec![value.clone()],
        _ if is_on => taken.iter().filter(|one| !is_in(one, value)).cloned().collect(),
        _ => taken.iter().filter(|one| one.as_text() != Some(NONE)).chain([value]).cloned().collect(),
    };
    Value::List(list)
}

/// One of a list: the browser's own.
pub fn dropdown(sheet: Sheet, view: QuestionView) -> AnyView {
    let (id, key) = (question_id(view.key), view.key);
    let chosen = view.choices.iter().position(|choice| is_in(&view.value, &choice.value));
    let row = |(at, choice): (usize, &ChoiceView)| {
        let is_chosen = chosen == Some(at);
        view! { <option value=at.to_string() disabled=!choice.enabled selected=is_chosen>{choice.text.clone()}</option> }
    };
    let values: Vec<Value> = view.choices.iter().map(|choice| choice.value.clone()).collect();
    let pick = move |text: String| {
        let value = text.parse().ok().and_then(|at: usize| values.get(at)).cloned();
        sheet.answer(key, value.unwrap_or_default());
    };
    let shown = chosen.map(|at| at.to_string()).unwrap_or_default();
    let input = view! {
        <select class="form-control" id=id aria-invalid=why_wrong(&view).is_some().then_some("true") aria-required=view.required.to_string()
            aria-describedby=described(&view) disabled=view.read_only prop:value=move || shown.clone()
            on:change:target=move |event| pick(event.target().value())>
            <option value="">{t(key::questionnaires::CHOOSE)}</option>
            {view.choices.iter().enumerate().map(row).collect_view()}
        </select>
    };
    let more = comment(sheet, &view);
    field(&view, view! { {input}{more} }.into_any())
}

/// Stars, or steps of a scale.
pub fn rating(sheet: Sheet, view: QuestionView) -> AnyView {
    let is_stars = view.choices.len() <= STARS && view.choices.iter().enumerate().all(|(at, rate)| rate.text == (at + 1).to_string());
    let group = question_id(view.key);
    let now = view.choices.iter().position(|rate| is_in(&view.value, &rate.value));
    let step = |(at, rate): (usize, &ChoiceView)| {
        let (id, key, value, is_on) = (format!("{group}-{at}"), view.key, rate.value.clone(), now == Some(at));
        let is_lit = is_stars && now.is_some_and(|now| at <= now);
        let choose = move |_| sheet.answer(key, value.clone());
        let words = if is_stars {
            view! { <Icon name="it-star"/><span class="visually-hidden">{count(key::questionnaires::STARS, at as i64 + 1)}</span> }
                .into_any()
        } else {
            view! { {rate.text.clone()} }.into_any()
        };
        view! {
            <span class={if is_stars { "filo-star" } else { "filo-rate" }} class:is-lit=move || is_lit>
                <input type="radio" name=group.clone() id=id.clone() disabled=view.read_only prop:checked=move || is_on on:change=choose/>
                <label for=id>{words}</label>
            </span>
        }
    };
    let steps = view.choices.iter().enumerate().map(step).collect_view();
    let class = if is_stars { "filo-stars" } else { "filo-rates" };
    fieldset(&view, view! { <div class=class>{steps}</div> }.into_any())
}
