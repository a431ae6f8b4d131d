//! Dated steps, one under the other: what happened, what is happening, what is still to come.
use super::Icon;
use crate::markup::view;
use crate::words::{fill, key, t};
use leptos::prelude::*;

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// `done`, `current` or `expected`.
    pub kind: &'static str,
    /// When, in words.
    pub when: String,
    /// What.
    pub title: String,
    /// Who and how, in words.
    pub detail: String,
    /// A note in the office's own words.
    pub note: String,
    /// Addresses of the photos that came with it.
    pub photos: Vec<String>,
}

/// A timeline.
#[component]
pub fn Timeline(
    /// Its steps, oldest first.
    moments: Vec<Moment>,
) -> impl IntoView {
    let photo = |(index, address): (usize, String)| {
        let alt = fill(key::cases::STEP_PHOTO, &[("number", &(index + 1).to_string())]);
        view! { <li><a href=address.clone() target="_blank"><img src=address alt=alt loading="lazy"/></a></li> }
    };
    let row = move |moment: Moment| {
        let (icon, spoken) = match moment.kind {
            "done" => ("it-check", key::common::STEP_DONE),
            "current" => ("it-clock", key::common::STEP_CURRENT),
            _ => ("it-calendar", key::common::STEP_EXPECTED),
        };
        view! {
            <li class=format!("filo-timeline-step is-{}", moment.kind) aria-current=(moment.kind == "current").then_some("step")>
                <span class="filo-timeline-mark"><Icon name=icon class="icon-sm"/></span>
                <p class="filo-timeline-date">{moment.when}</p>
                <h3 class="filo-timeline-title"><span class="visually-hidden">{t(spoken)}": "</span>{moment.title}</h3>
                {(!moment.detail.is_empty()).then(|| view! { <p class="filo-timeline-detail">{moment.detail}</p> })}
                {(!moment.note.is_empty()).then(|| view! { <p class="filo-timeline-note">{moment.note}</p> })}
                {(!moment.photos.is_empty()).then(|| view! {
                    <ul class="filo-photos">{moment.photos.into_iter().enumerate().map(photo).collect_view()}</ul>
                })}
            </li>
        }
    };
    view! { <ol class="filo-timeline">{moments.into_iter().map(row).collect_view()}</ol> }
}
