//! What could not be delivered yet, or not at all: letters, and reports for another Open311 server. The office sees it and tries again.
use super::{May, SeeOutbox};
use crate::error::{Error, Result};
use crate::forwarding;
use crate::state::Crm;
use crate::web::{self, At, NO_STORE};
use crate::word;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::cases::CaseNumber;
use contract::office::Undelivered;
use contract::{Page, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most of one answer.
const AT_ONCE: i64 = 100;

/// What has failed at least once and has not arrived, the newest first, at most 100.
#[utoipa::path(get, path = paths::OFFICE_UNDELIVERED, operation_id = "office_undelivered", tag = "office", security(("office" = [])),
    responses((status = 200, body = Page<Undelivered>), (status = "4XX", body = contract::Problem)))]
pub async fn list(State(crm): State<Crm>, _: May<SeeOutbox>, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(
        "SELECT id, kind, payload, state, attempts, due_at, created_at, failure FROM outbox
         WHERE state <> 'done' AND failure IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT $1",
    )
    .bind(AT_ONCE)
    .fetch_all(crm.db.reader())
    .await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        items.push(undelivered(&crm, row).await?);
    }
    web::tagged(&asked, NO_STORE, &Page { items, next: None })
}

async fn undelivered(crm: &Crm, row: &AnyRow) -> Result<Undelivered> {
    let given_up = row.try_get::<String, _>("state")? == "given_up";
    let case = forwarding::case_of(row.try_get("payload")?);
    let number = match &case {
        Some(case) => {
            let row = sqlx::query("SELECT number FROM cases WHERE id = $1").bind(case.as_str()).fetch_optional(crm.db.reader()).await?;
            row.map(|row| row.try_get(0)).transpose()?.map(CaseNumber)
        }
        None => None,
    };
    Ok(Undelivered {
        id: row.try_get("id")?,
        kind: word::from(row.try_get("kind")?)?,
        case,
        number,
        given_up,
        attempts: u32::try_from(row.try_get::<i64, _>("attempts")?).unwrap_or(u32::MAX),
        since: UtcTime(row.try_get("created_at")?),
        next_at: (!given_up).then(|| row.try_get("due_at").map(UtcTime)).transpose()?,
        failure: row.try_get("failure")?,
    })
}

/// Try again now: the other server's settings have been mended, say. Its attempts are counted anew. A letter that was given up is gone (409).
#[utoipa::path(post, path = paths::OFFICE_RETRY, operation_id = "office_retry", tag = "office", params(("id" = String, Path)), security(("office" = [])),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn retry(State(crm): State<Crm>, _: May<SeeOutbox>, At(id): At<String>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let due = sqlx::query(
        "UPDATE outbox SET state = 'waiting', due_at = $1, ended_at = NULL, attempts = 0 WHERE id = $2 AND state <> 'done' AND payload <> ''",
    )
    .bind(crm.clock.utc().0)
    .bind(&id)
    .execute(&mut *change)
    .await?;
    let known = sqlx::query("SELECT state FROM outbox WHERE id = $1").bind(&id).fetch_optional(&mut *change).await?;
    change.commit().await?;
    match (due.rows_affected(), known) {
        (1, _) => Ok(StatusCode::NO_CONTENT),
        (_, None) => Err(Error::NotFound),
        _ => Err(Error::Conflict),
    }
}
