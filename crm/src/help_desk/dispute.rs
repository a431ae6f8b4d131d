//! "Non lo riconosco": an entry of the log becomes a case of its citizen, for the office that looks after personal data.
use crate::cases::{Happening, happen};
use crate::clock::{self, day, days_after, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::inbox;
use crate::number;
use crate::reference::{ACCESS_DISPUTE, SUBMITTED};
use crate::reports::search_text;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::At;
use crate::words::Words;
use axum::Json;
use axum::extract::State;
use contract::cases::{Channel, StepKind};
use contract::dictionary::{KindCode, StateCode};
use contract::help_desk::Disputed;
use contract::id::{CaseId, LogEntryId};
use contract::inbox::MessageKind;
use contract::{UtcTime, paths};
use sqlx::Row;

/// I do not recognise this entry: it becomes a case. Saying it twice is saying it once.
#[utoipa::path(post, path = paths::MY_LOG_DISPUTE, operation_id = "my_log_dispute", tag = "help_desk", params(("id" = String, Path)),
    responses((status = 200, body = Disputed), (status = "4XX", body = contract::Problem)))]
pub async fn dispute(State(crm): State<Crm>, citizen: Citizen, At(id): At<LogEntryId>) -> Result<Json<Disputed>> {
    let position: i64 = id.as_str().parse().map_err(|_| Error::NotFound)?;
    let mut change = crm.db.begin().await?;
    // The citizen's row first: two devices that dispute at once come one after the other.
    let row = sqlx::query("UPDATE citizens SET events = events WHERE id = $1 RETURNING language")
        .bind(citizen.id.as_str())
        .fetch_one(&mut *change)
        .await?;
    let words = Words::of(row.try_get(0)?)?;
    let entry = sqlx::query(
        "SELECT at, name, session FROM access_log
         WHERE (citizen_id = $1 OR citizen_id IN (SELECT p.citizen_id FROM papers p WHERE p.taken_by = $1)) AND position = $2",
    )
    .bind(citizen.id.as_str())
    .bind(position)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let known = sqlx::query("SELECT case_id FROM disputes WHERE citizen_id = $1 AND position = $2")
        .bind(citizen.id.as_str())
        .bind(position)
        .fetch_optional(&mut *change)
        .await?;
    if let Some(known) = known {
        return Ok(Json(Disputed { case: CaseId(known.try_get(0)?) }));
    }
    let text = words
        .desk
        .dispute_text
        .replace("{name}", entry.try_get("name")?)
        .replace("{when}", &words.instant(&UtcTime(entry.try_get("at")?))?)
        .replace("{entry}", id.as_str());
    let case = open(&crm, &mut change, &citizen, (&words.desk.dispute_title, &text)).await?;
    sqlx::query("INSERT INTO disputes (position, citizen_id, case_id) VALUES ($1, $2, $3)")
        .bind(position)
        .bind(citizen.id.as_str())
        .bind(case.as_str())
        .execute(&mut *change)
        .await?;
    inbox::write(&crm, &mut change, &case, MessageKind::Received, (&StateCode(SUBMITTED.to_owned()), "")).await?;
    change.commit().await?;
    Ok(Json(Disputed { case }))
}

async fn open(crm: &Crm, change: &mut Change, citizen: &Citizen, (title, text): (&str, &str)) -> Result<CaseId> {
    let (id, now, town) = (CaseId(new_id()), crm.clock.now(), &crm.reference.town);
    let number = number::next(change, &town.number_prefix, clock::year(now)).await?;
    let days = crm.reference.legal_days(&KindCode(ACCESS_DISPUTE.to_owned())).unwrap_or(town.report_legal_days);
    sqlx::query(
        "INSERT INTO cases (id, owner_id, number, kind, title, description, state, phase, opened_at, moved_at, due_on, legal_days,
                            office_key, search_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $8, $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(citizen.id.as_str())
    .bind(&number.0)
    .bind(ACCESS_DISPUTE)
    .bind(title)
    .bind(text)
    .bind(SUBMITTED)
    .bind(utc(now).0)
    .bind(days_after(&day(now), days).map(|day| day.0))
    .bind(i64::from(days))
    .bind(town.privacy_office.as_ref().unwrap_or(&town.street_reports_office))
    .bind(search_text(&number, title, None))
    .execute(&mut **change)
    .await?;
    let state = StateCode(SUBMITTED.to_owned());
    happen(crm, change, &id, Happening { kind: StepKind::Move, state: &state, note: "", by_citizen: true, channel: Channel::App }).await?;
    Ok(id)
}
