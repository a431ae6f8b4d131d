//! What the home page shows of payments: fees that are due soon, each with one button to it. Its words are the first page's own.
use crate::cases::day_and_distance;
use crate::live::{Fresh, live};
use crate::load::load;
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Icon, LinkButton, Section};
use crate::words::{days_left, key, money, t};
use contract::payments::{Fee, FeeQuery, Standing};
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// A fee is shown so many days before its term.
const SOON_DAYS: i64 = 14;
/// Most fees shown.
const MOST: usize = 2;

/// The part; nothing when nothing is due soon.
#[component]
pub fn FeesPart() -> impl IntoView {
    let fresh = Fresh::new();
    let fees = load(move |api| {
        fresh.track();
        async move {
            let query = FeeQuery { show: Some(Standing::ToPay), limit: Some(20), ..FeeQuery::default() };
            api.get::<Part<Fee>>(&paths::payments(&query)).await.map(|part| part.items)
        }
    });
    fresh.follow(|| live().payment_changes(), || false);
    let drawn = move || {
        let soon: Vec<Fee> = fees.now()?.into_iter().filter(is_soon).take(MOST).collect();
        (!soon.is_empty()).then(|| {
            view! {
                <Section id="fees-title" title=t(key::home::FEES_TITLE)>
                    <ul class="filo-list filo-tasks">{soon.into_iter().map(row).collect_view()}</ul>
                </Section>
            }
        })
    };
    view! { {drawn} }
}

fn is_soon(fee: &Fee) -> bool {
    fee.due_on.as_ref().and_then(days_left).is_some_and(|days| days <= SOON_DAYS)
}

fn row(fee: Fee) -> AnyView {
    let is_late = fee.due_on.as_ref().and_then(days_left).is_some_and(|days| days < 0);
    let when = fee.due_on.as_ref().map_or_else(String::new, day_and_distance);
    let parts = [fee.person.clone(), fee.object.clone(), fee.period.clone(), money(fee.amount)];
    let about = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let heard = format!("{} · {about}", fee.title);
    view! {
        <li><article class="card filo-task" class:is-overdue=move || is_late>
            <p class="filo-task-when"><Icon name="it-calendar" class="icon-sm"/><span>{when}</span></p>
            <h3 class="filo-task-title">{fee.title}</h3>
            <p class="filo-task-about">{about}</p>
            <LinkButton to=Route::Payments(Payments::Fee(fee.id)) icon="it-arrow-right">
                {t(key::cases::TASK_OPEN)}<span class="visually-hidden">": "{heard}</span>
            </LinkButton>
        </article></li>
    }
    .into_any()
}
