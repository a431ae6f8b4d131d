//! A case in a list, and a task of a case: the cards that the home page shows too.
use super::words::{Lexicon, badge, day_and_distance, is_past, kind_icon, task_key, title_language};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Badge, CalendarLink, Icon, Link, LinkButton};
use crate::words::{day_of, day_short, fill, key, t};
use contract::cases::{CaseSummary, Task};
use leptos::prelude::*;

/// A case in a list.
#[component]
pub fn CaseCard(case: CaseSummary, lexicon: Lexicon) -> impl IntoView {
    let kind = lexicon.kind(&case);
    let label = lexicon.label(&case.state);
    let due = lexicon.answer_due(&case);
    let overdue = due.as_ref().is_some_and(is_past);
    let moved = fill(key::cases::MOVED, &[("date", &day_short(&day_of(&case.moved_at)))]);
    view! {
        <article class="card filo-case" class:is-overdue=move || overdue>
            <Icon name=kind_icon(&case.kind) class="filo-case-icon"/>
            <div class="filo-case-head"><Badge kind=badge(case.phase) label/><span class="filo-case-kind">{kind}</span></div>
            <h3 class="filo-case-title" lang=title_language(&case.kind)><Link to=Route::Case { id: case.id }>{case.title}</Link></h3>
            {case.subject.map(|subject| view! { <p class="filo-case-subject">{subject}</p> })}
            {due.map(|due| view! {
                <p class="filo-case-due"><Icon name="it-calendar" class="icon-sm"/>
                    <span>{if overdue { t(key::cases::OVERDUE) } else { t(key::cases::DUE) }}" "{day_and_distance(&due)}</span></p>
            })}
            <p class="filo-case-foot"><span>{case.number.0}</span><span>{moved}</span></p>
        </article>
    }
}

/// A task of a case: what, by when, and one button to the exact place.
#[component]
pub fn TaskCard(case: CaseSummary, task: Task, lexicon: Lexicon) -> impl IntoView {
    let kind = lexicon.kind(&case);
    let when = task.due_on.as_ref().map_or_else(|| t(key::cases::TASK_NO_DATE).to_owned(), day_and_distance);
    let late = task.due_on.as_ref().is_some_and(is_past);
    let lang = title_language(&case.kind);
    let to_calendar = task.due_on.as_ref().map(|_| (case.id.clone(), case.title.clone()));
    let (about, about_lang) = case.subject.clone().map_or_else(|| (case.title.clone(), lang), |subject| (subject, None));
    view! {
        <article class="card filo-task" class:is-overdue=move || late>
            <p class="filo-task-when"><Icon name="it-calendar" class="icon-sm"/><span>{when}</span></p>
            <h3 class="filo-task-title">{t(task_key(task.kind))}</h3>
            <p class="filo-task-about">{kind}" · "<span lang=about_lang>{about}</span></p>
            <LinkButton to=Route::Case { id: case.id } icon="it-arrow-right">
                {t(key::cases::TASK_OPEN)}<span class="visually-hidden">": "<span lang=lang>{case.title}</span></span>
            </LinkButton>
            {to_calendar.map(|(case, about)| view! { <CalendarLink case about/> })}
        </article>
    }
}
