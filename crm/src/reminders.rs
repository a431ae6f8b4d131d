//! "Sollecita": the day for the town's answer is past, and the citizen says so. Once in a number of days; each goes one level higher.
use crate::cases::{Happening, happen};
use crate::clock::{day, days_after};
use crate::credential::Author;
use crate::error::{Error, Result};
use crate::idempotency::Begun;
use crate::replies::{begin, done, lock};
use crate::state::Crm;
use crate::web::{At, Body};
use crate::{idempotency, notices};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use contract::cases::{CaseSummary, Channel, Phase, StepKind};
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use contract::replies::{NewReminder, Reminders};
use contract::{Date, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::CASE_REMINDER, post(remind))
}

/// Remind the office of an answer that is late.
#[utoipa::path(post, path = paths::CASE_REMINDER, operation_id = "case_reminder", tag = "cases", security(("session" = []), ("send_only" = [])), params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = NewReminder, responses((status = 201, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn remind(
    State(crm): State<Crm>,
    citizen: Author,
    At(id): At<CaseId>,
    key: idempotency::Key,
    Body(reminder): Body<NewReminder>,
) -> Result<Response> {
    let mut effect = match begin(&crm, &citizen.id, &id, key, ("reminder", &reminder), reminder.problems()).await? {
        Begun::Before(answer) => return citizen.told(answer),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    let now = lock(change, &citizen.id, &id).await?;
    let row = sqlx::query("SELECT due_on, reminders, reminded_on FROM cases WHERE owner_id = $1 AND id = $2")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_one(&mut **change)
        .await?;
    let (before, due_on) = (reminders(&crm, &row)?, row.try_get::<Option<String>, _>("due_on")?.map(Date));
    if !may(&crm, (now.phase, &now.state), due_on.as_ref(), &before) {
        return Err(Error::Conflict);
    }
    let count = before.count + 1;
    sqlx::query("UPDATE cases SET reminders = $1, reminded_on = $2 WHERE owner_id = $3 AND id = $4")
        .bind(i64::from(count))
        .bind(day(crm.clock.now()).0)
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    let step = Happening { kind: StepKind::Reminder, state: &now.state, note: &reminder.words, by_citizen: true, channel: Channel::App };
    happen(&crm, change, &id, step).await?;
    notices::reminded(&crm, change, &id, count, reminder.words.trim()).await?;
    done(&crm, effect, &citizen, &id).await
}

/// The reminders in a row with `reminders` and `reminded_on`.
fn reminders(crm: &Crm, row: &AnyRow) -> Result<Reminders> {
    let last = row.try_get::<Option<String>, _>("reminded_on")?.map(Date);
    Ok(Reminders {
        count: u32::try_from(row.try_get::<i64, _>("reminders")?).unwrap_or_default(),
        next_on: last.and_then(|last| days_after(&last, crm.reference.town.reminder_days)),
    })
}

/// The reminders of a case.
///
/// # Errors
/// When the database fails.
pub async fn of_case(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Reminders> {
    let row = sqlx::query("SELECT reminders, reminded_on FROM cases WHERE owner_id = $1 AND id = $2")
        .bind(owner.as_str())
        .bind(case.as_str())
        .fetch_one(crm.db.reader())
        .await?;
    reminders(crm, &row)
}

/// Whether a case may be reminded of now: it is the town's turn, its clock runs and is past the day, and the last reminder is long ago.
pub fn may(crm: &Crm, (phase, state): (Phase, &StateCode), due_on: Option<&Date>, before: &Reminders) -> bool {
    let today = day(crm.clock.now());
    let stopped = crm.reference.dictionary(crate::reference::BASE_LANGUAGE).state(state).is_some_and(|card| card.clock_stopped);
    // Days are written so that they sort as text.
    let is_late = due_on.is_some_and(|due| due.0 < today.0);
    phase == Phase::Open && !stopped && is_late && before.next_on.as_ref().is_none_or(|next| next.0 <= today.0)
}
