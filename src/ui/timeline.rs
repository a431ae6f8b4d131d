//! Dated steps, one under the other: what happened, what is happening, what is still to come.
use super::Icon;
use crate::markup::view;
use crate::words::{key, t};
use contract::attachments::Attachment;
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
    /// A note in its author's own words.
    pub note: String,
    /// The note's language, when it is not the page's.
    pub note_lang: Option<&'static str>,
    /// The files that came with it.
    pub files: Vec<Attachment>,
}

/// Draws the files of a step.
pub type ShowFiles = Callback<Vec<Attachment>, AnyView>;

/// A timeline.
#[component]
pub fn Timeline(
    /// Its steps, oldest first.
    moments: Vec<Moment>,
    /// Draws the files of a step.
    #[prop(optional)]
    show_files: Option<ShowFiles>,
) -> impl IntoView {
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
                {(!moment.note.is_empty()).then(|| view! { <p class="filo-timeline-note" lang=moment.note_lang>{moment.note}</p> })}
                {show_files.filter(|_| !moment.files.is_empty()).map(|show| show.run(moment.files))}
            </li>
        }
    };
    view! { <ol class="filo-timeline">{moments.into_iter().map(row).collect_view()}</ol> }
}
