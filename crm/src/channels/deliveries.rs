//! What somebody was told outside of the app, and what became of it: written with its cause, brought up to date as it ends.
use super::Reader;
use crate::clock;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::events::Happened;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, NO_STORE};
use crate::{cases, word};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::channels::{Channel, Delivery, DeliveryState, Topic};
use contract::id::{CaseId, CitizenId, DeliveryId};
use contract::inbox::NewsKind;
use contract::page::PartQuery;
use contract::problem::FieldRule;
use contract::{Page, UtcTime, paths};
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Days for which it is kept.
pub const KEPT_DAYS: i64 = 90;

pub(crate) const COLUMNS: &str = "id, channel, topic, case_id, sent_to, state, due_at, created_at";

/// What a delivery is about.
#[derive(Clone, Copy)]
pub struct Told<'a> {
    /// Where.
    pub channel: Channel,
    /// What about; none for a test.
    pub topic: Option<Topic>,
    /// About which case.
    pub case: Option<&'a CaseId>,
}

/// Writes down that something is on its way, under the parcel's identifier. `quiet` is when the quiet hours are over that hold it back.
///
/// # Errors
/// When the database fails.
pub async fn note(
    crm: &Crm,
    change: &mut Change,
    reader: &Reader,
    (id, to): (&str, &str),
    told: Told<'_>,
    quiet: Option<Timestamp>,
) -> Result<()> {
    if !reader.signs_in {
        return Ok(());
    }
    let now = crm.clock.now();
    sqlx::query(
        "INSERT INTO deliveries (id, citizen_id, channel, topic, case_id, sent_to, state, due_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(reader.id.as_str())
    .bind(word::to(&told.channel)?)
    .bind(word::to_option(told.topic.as_ref())?)
    .bind(told.case.map(CaseId::as_str))
    .bind(to)
    .bind(word::to(&if quiet.is_some() { DeliveryState::Quiet } else { DeliveryState::Waiting })?)
    .bind(clock::utc(quiet.unwrap_or(now)).0)
    .bind(clock::utc(now).0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// How it ended, or when it is tried again, in the change that says so of the parcel. Open pages hear of a test at once.
///
/// # Errors
/// When the database fails.
pub async fn ended(crm: &Crm, change: &mut Change, id: &str, (state, due): (DeliveryState, Timestamp)) -> Result<()> {
    let row = sqlx::query("UPDATE deliveries SET state = $1, due_at = $2 WHERE id = $3 RETURNING citizen_id, topic")
        .bind(word::to(&state)?)
        .bind(clock::utc(due).0)
        .bind(id)
        .fetch_optional(&mut **change)
        .await?;
    if let Some(row) = row
        && row.try_get::<Option<String>, _>("topic")?.is_none()
    {
        let citizen = CitizenId(row.try_get("citizen_id")?);
        change.tell(&citizen, Happened { kind: NewsKind::Delivery, case: None, at: crm.clock.utc() });
    }
    Ok(())
}

/// What I was told outside of the app in the last months, newest first.
#[utoipa::path(get, path = paths::MY_DELIVERIES, operation_id = "deliveries", tag = "channels", params(PartQuery),
    responses((status = 200, body = Page<Delivery>), (status = "4XX", body = contract::Problem)))]
pub async fn list(State(crm): State<Crm>, citizen: Citizen, Asked(query): Asked<PartQuery>, asked: HeaderMap) -> Result<Response> {
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let (at, id) = match &query.after {
        Some(after) => cases::read_cursor(after).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?,
        None => ("9999".to_owned(), String::new()),
    };
    let mut rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM deliveries WHERE citizen_id = $1 AND (created_at, id) < ($2, $3) ORDER BY created_at DESC, id DESC LIMIT $4"
    ))
    .bind(citizen.id.as_str())
    .bind(at)
    .bind(id)
    .bind(i64::from(limit) + 1)
    .fetch_all(crm.db.reader())
    .await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => Some(cases::cursor(last.try_get("created_at")?, last.try_get("id")?)),
        _ => None,
    };
    let items = rows.iter().map(delivery).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next })
}

/// A row as the contract says it.
pub(crate) fn delivery(row: &AnyRow) -> Result<Delivery> {
    let state: DeliveryState = word::from(row.try_get("state")?)?;
    let is_ahead = matches!(state, DeliveryState::Quiet | DeliveryState::Again);
    Ok(Delivery {
        id: DeliveryId(row.try_get("id")?),
        channel: word::from(row.try_get("channel")?)?,
        topic: row.try_get::<Option<String>, _>("topic")?.map(|topic| word::from(&topic)).transpose()?,
        case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId),
        to: row.try_get("sent_to")?,
        at: UtcTime(row.try_get("created_at")?),
        state,
        due_at: is_ahead.then(|| row.try_get("due_at").map(UtcTime)).transpose()?,
    })
}
