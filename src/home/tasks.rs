//! What the citizen must do first: at most three things, from cases and fees alike, each with its day and one button to its place.
use crate::cases::{Lexicon, TaskCard, day_and_distance, is_past};
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Icon, Link, LinkButton};
use crate::words::{count, key, money, t};
use contract::home::{DueFee, HomeTask, Tasks};
use leptos::prelude::*;

/// The tasks, and where the others are.
#[component]
pub fn TaskList(tasks: Tasks, lexicon: Lexicon) -> impl IntoView {
    if tasks.items.is_empty() {
        return view! { <p class="filo-all-done">{t(key::home::TASKS_NONE)}</p> }.into_any();
    }
    let row = move |task: HomeTask| {
        let card = match (task.case, task.fee) {
            (Some(case), _) => case.task.clone().map(|task| view! { <TaskCard case task lexicon=lexicon.clone()/> }.into_any()),
            (None, fee) => fee.map(|fee| view! { <FeeCard fee/> }.into_any()),
        };
        card.map(|card| view! { <li>{card}</li> })
    };
    let (cases, fees) = (i64::from(tasks.more_cases), i64::from(tasks.more_fees));
    view! {
        <ul class="filo-list filo-tasks">{tasks.items.into_iter().map(row).collect_view()}</ul>
        {(cases > 0).then(|| view! { <p class="filo-more"><a href=waiting_cases()>{count(key::home::MORE_CASES, cases)}</a></p> })}
        {(fees > 0).then(|| view! { <p class="filo-more"><Link to=Route::Payments(Payments::List)>{count(key::home::MORE_FEES, fees)}</Link></p> })}
    }
    .into_any()
}

/// The list of cases that wait for the citizen.
fn waiting_cases() -> String {
    format!("{}?phase={}", Route::Cases, contract::cases::Phase::WaitingForYou.as_str())
}

/// A fee that is due soon.
#[component]
fn FeeCard(fee: DueFee) -> impl IntoView {
    let late = is_past(&fee.due_on);
    let about = fee.about.into_iter().chain([money(fee.amount)]).collect::<Vec<_>>().join(" · ");
    let heard = format!("{} · {about}", fee.title);
    view! {
        <article class="card filo-task" class:is-overdue=move || late>
            <p class="filo-task-when"><Icon name="it-calendar" class="icon-sm"/><span>{day_and_distance(&fee.due_on)}</span></p>
            <h3 class="filo-task-title">{fee.title}</h3>
            <p class="filo-task-about">{about}</p>
            <LinkButton to=Route::Payments(Payments::Fee(fee.id)) icon="it-arrow-right">
                {t(key::cases::TASK_OPEN)}<span class="visually-hidden">": "{heard}</span>
            </LinkButton>
        </article>
    }
}
