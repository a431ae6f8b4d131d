//! Where: a street with its number, typed or chosen; or the device's position, an object nearby, a spot on the map.
use super::assets::NearObjects;
use super::draft::Draft;
use super::gps::PositionButton;
use super::ground::Ground;
use super::map::SpotMap;
use crate::form::Form;
use crate::markup::view;
use crate::ui::{SUGGESTIONS_MAX, SuggestField, TextField};
use crate::words::{key, t};
use contract::place::HOUSE_NUMBER_CHARS_MAX;
use leptos::prelude::*;

/// Street, number, position.
#[component]
pub fn PlaceFields(form: Form<Draft>, ground: Ground) -> impl IntoView {
    let on_text = move |text: String, is_chosen: bool| {
        if is_chosen {
            take_number(form);
        }
        ground.name(form, text);
    };
    view! {
        <SuggestField name="place.street" label=t(key::reports::STREET) help=t(key::reports::STREET_HELP) required=true
            problem=Signal::derive(move || form.problem("place.street").or_else(|| form.problem("place.point")))
            text=Signal::derive(move || form.with(|draft| draft.report.place.street.clone()))
            suggest=move |typed| ground.streets(|streets| streets.matching(typed, SUGGESTIONS_MAX)) on_text/>
        <TextField form name="place.house_number" label=t(key::reports::HOUSE_NUMBER) help=t(key::reports::HOUSE_NUMBER_HELP)
            chars_max=HOUSE_NUMBER_CHARS_MAX text=|draft| &mut draft.report.place.house_number/>
        <PositionButton form ground/>
        <NearObjects form ground/>
        <SpotMap form ground/>
    }
}

/// A house number that was typed behind the street ("via maggio 12 r") moves to its own field when the street is chosen.
fn take_number(form: Form<Draft>) {
    let typed = form.peek(|draft| draft.report.place.street.clone());
    let begins = |word: &str| word.starts_with(|first: char| first.is_ascii_digit());
    let at = typed.split_whitespace().position(begins);
    if let Some(at) = at.filter(|at| *at > 0) {
        let number = typed.split_whitespace().skip(at).collect::<Vec<_>>().join(" ");
        form.edit("place.house_number", |draft| {
            if draft.report.place.house_number.is_empty() && number.len() <= HOUSE_NUMBER_CHARS_MAX {
                draft.report.place.house_number = number;
            }
        });
    }
}
