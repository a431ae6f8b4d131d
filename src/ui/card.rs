//! Pieces of cards: a badge that never speaks by colour alone, and rows of facts.
use super::Icon;
use crate::markup::view;
use crate::words::office_language;
use leptos::prelude::*;

/// A state in a word or two, with an icon: colour is never the only sign.
#[component]
pub fn Badge(
    /// `open`, `waiting` or `closed`.
    kind: &'static str,
    /// The words.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let icon = match kind {
        "waiting" => "it-warning-circle",
        "closed" => "it-check-circle",
        _ => "it-clock",
    };
    view! { <span class=format!("filo-badge is-{kind}")><Icon name=icon class="icon-sm"/><span>{label}</span></span> }
}

/// Rows of a name and a value.
#[component]
pub fn Facts(
    /// The rows; empty values are left out.
    rows: Vec<(&'static str, String)>,
    /// A last row whose value the town has written, in its own language.
    #[prop(optional)]
    of_town: Option<(&'static str, String)>,
) -> impl IntoView {
    let row = |(name, value): (&'static str, String)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> };
    let last = of_town.map(|(name, value)| view! { <div><dt>{name}</dt><dd lang=office_language()>{value}</dd></div> });
    view! { <dl class="filo-facts">{rows.into_iter().filter(|(_, value)| !value.is_empty()).map(row).collect_view()}{last}</dl> }
}
