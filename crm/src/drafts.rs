//! Drafts of reports and messages that a citizen goes on with on another device.
//!
//! A draft's identifier is chosen by its device and is the `Idempotency-Key` it will be sent with: what arrives under it ends it in
//! the same change. A device that is behind is told so and overwrites nothing.
use crate::db::Change;
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE, under_tag, version_tag};
use crate::{replies, reports, word};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::drafts::{BYTES_MAX, DRAFTS_MAX, Draft, DraftKind, DraftSummary, KEPT_DAYS, NewDraft};
use contract::id::{CaseId, CitizenId, DraftId};
use contract::problem::FieldRule;
use contract::reports::{NewReport, TITLE_CHARS_MAX};
use contract::{FieldProblem, Page, UtcTime, paths, text};
use sqlx::Row;
use sqlx::any::AnyRow;

const DAY_SECONDS: i64 = 24 * 3600;
/// The columns that [`summary`] reads.
pub(crate) const COLUMNS: &str = "id, kind, case_id, title, version, changed_at";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::DRAFTS, get(mine)).route(paths::DRAFT, get(one).put(keep).delete(forget))
}

/// My drafts, changed last first.
#[utoipa::path(get, path = paths::DRAFTS, operation_id = "drafts", tag = "drafts",
    responses((status = 200, body = Page<DraftSummary>), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM drafts WHERE citizen_id = $1 ORDER BY changed_at DESC, id DESC"))
        .bind(citizen.id.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    let items = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next: None })
}

/// One of my drafts.
#[utoipa::path(get, path = paths::DRAFT, operation_id = "draft", tag = "drafts", params(("id" = String, Path)),
    responses((status = 200, body = Draft), (status = "4XX", body = contract::Problem)))]
async fn one(State(crm): State<Crm>, citizen: Citizen, At(id): At<DraftId>, asked: HeaderMap) -> Result<Response> {
    let row = sqlx::query(&format!("SELECT {COLUMNS}, content FROM drafts WHERE citizen_id = $1 AND id = $2"))
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let draft = draft(&row)?;
    under_tag(&asked, NO_STORE, &version_tag(draft.summary.version), serde_json::to_vec(&draft)?)
}

/// Keep a draft as it is now. `If-Match` names the version it was made from; without it a new draft is begun. The same draft
/// twice is one change, so that an answer that was lost can be asked for again.
#[utoipa::path(put, path = paths::DRAFT, operation_id = "draft_keep", tag = "drafts",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "The version the draft was made from, as `ETag` gave it")),
    request_body = NewDraft,
    responses((status = 200, body = DraftSummary), (status = 201, body = DraftSummary), (status = 412, description = "Changed elsewhere since: ETag is the version kept now", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
async fn keep(
    State(crm): State<Crm>,
    citizen: Citizen,
    At(id): At<DraftId>,
    asked: HeaderMap,
    Body(draft): Body<NewDraft>,
) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    let so_far = so_far(&mut change, &citizen.id, draft).await?;
    if is_sent(&mut change, (&citizen.id, &id), &so_far).await? {
        return Err(Error::Conflict);
    }
    let from = matched(&asked)?;
    let made = from.is_none() && begin(&crm, &mut change, (&citizen.id, &id), &so_far).await?;
    // Its own until this change ends: of two devices at once, the second sees what the first one wrote.
    let kept = sqlx::query("UPDATE drafts SET version = version WHERE citizen_id = $1 AND id = $2 RETURNING version, case_id, content")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut *change)
        .await?
        .ok_or(Error::NotFound)?;
    if kept.try_get::<Option<String>, _>("case_id")? != so_far.case.as_ref().map(|case| case.0.clone()) {
        return Err(Error::field("case", FieldRule::NotAChoice));
    }
    let is_same = kept.try_get::<&str, _>("content")? == so_far.content;
    let stored = version_of(&kept)?;
    if !is_same && from != Some(stored) {
        return Err(Error::Stale(stored));
    }
    if !is_same {
        renew(&crm, &mut change, (&citizen.id, &id), &so_far).await?;
    }
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM drafts WHERE citizen_id = $1 AND id = $2"))
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_one(&mut *change)
        .await?;
    change.commit().await?;
    let kept = summary(&row)?;
    let mut answer = under_tag(&HeaderMap::new(), NO_STORE, &version_tag(kept.version), serde_json::to_vec(&kept)?)?;
    if made {
        *answer.status_mut() = StatusCode::CREATED;
    }
    Ok(answer)
}

/// The version that an `If-Match` names, when there is one.
///
/// # Errors
/// [`Error::Malformed`] when it names none.
pub(crate) fn matched(asked: &HeaderMap) -> Result<Option<u32>> {
    asked.get(header::IF_MATCH).map(version).transpose()
}

/// The version in a row.
///
/// # Errors
/// When the row has none.
pub(crate) fn version_of(row: &AnyRow) -> Result<u32> {
    Ok(u32::try_from(row.try_get::<i64, _>("version")?).unwrap_or(u32::MAX))
}

fn version(value: &HeaderValue) -> Result<u32> {
    let number = value.to_str().ok().and_then(|text| text.trim().strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    number.ok_or_else(|| Error::Malformed(vec![FieldProblem::new("if-match", FieldRule::NotAChoice)]))
}

/// A draft as its row has it.
struct SoFar {
    kind: DraftKind,
    case: Option<CaseId>,
    title: String,
    content: String,
}

/// What a device has of a draft. A message is about a case of the citizen's own.
async fn so_far(change: &mut Change, citizen: &CitizenId, draft: NewDraft) -> Result<SoFar> {
    let (case, title, content, field) = match (draft.kind, draft.case, draft.message) {
        (DraftKind::Report, _, _) => (None, draft.report.title.clone(), serde_json::to_string(&draft.report)?, "report"),
        (DraftKind::Message, Some(case), Some(message)) => {
            let title = replies::title(change, citizen, &case).await?.ok_or_else(|| Error::field("case", FieldRule::NotFound))?;
            (Some(case), title, serde_json::to_string(&message)?, "message")
        }
        (DraftKind::Message, None, _) => return Err(Error::field("case", FieldRule::Required)),
        (DraftKind::Message, Some(_), None) => return Err(Error::field("message", FieldRule::Required)),
        (DraftKind::Unknown, _, _) => return Err(Error::field("kind", FieldRule::NotAChoice)),
    };
    if content.len() > BYTES_MAX {
        let problem = FieldProblem::new(field, FieldRule::TooLong).with("max", BYTES_MAX).with("actual", content.len());
        return Err(Error::TooLarge(vec![problem]));
    }
    let title = title.trim().chars().filter(|c| text::is_safe(*c)).take(TITLE_CHARS_MAX).collect();
    Ok(SoFar { kind: draft.kind, case, title, content })
}

/// Whether what a draft was to become has been sent already.
async fn is_sent(change: &mut Change, (citizen, id): (&CitizenId, &DraftId), so_far: &SoFar) -> Result<bool> {
    let scope = so_far.case.as_ref().map_or_else(|| reports::scope(citizen), |case| replies::scope(citizen, replies::MESSAGES, case));
    let row = sqlx::query("SELECT COUNT(*) FROM answers WHERE scope = $1 AND key = $2")
        .bind(scope)
        .bind(id.as_str())
        .fetch_one(&mut **change)
        .await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}

/// Begins a draft; false when there is one already. Versions begin with the seconds since 1970: a draft that was thrown away and begun
/// again has none that a device knows from before.
async fn begin(crm: &Crm, change: &mut Change, (citizen, id): (&CitizenId, &DraftId), so_far: &SoFar) -> Result<bool> {
    let made = sqlx::query(
        "INSERT INTO drafts (citizen_id, id, kind, case_id, title, content, version, changed_at) VALUES ($1, $2, $3, $8, $4, $5, $7, $6)
         ON CONFLICT (citizen_id, id) DO NOTHING",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .bind(word::to(&so_far.kind)?)
    .bind(&so_far.title)
    .bind(&so_far.content)
    .bind(crm.clock.utc().0)
    .bind(crm.clock.now().as_second())
    .bind(so_far.case.as_ref().map(|case| case.0.clone()))
    .execute(&mut **change)
    .await?;
    let row = sqlx::query("SELECT COUNT(*) FROM drafts WHERE citizen_id = $1").bind(citizen.as_str()).fetch_one(&mut **change).await?;
    if made.rows_affected() == 1 && row.try_get::<i64, _>(0)? > i64::from(DRAFTS_MAX) {
        return Err(Error::Invalid(vec![FieldProblem::new("drafts", FieldRule::TooManyItems).with("max", DRAFTS_MAX)]));
    }
    Ok(made.rows_affected() == 1)
}

/// Writes a draft anew: one more version.
async fn renew(crm: &Crm, change: &mut Change, (citizen, id): (&CitizenId, &DraftId), so_far: &SoFar) -> Result<()> {
    sqlx::query("UPDATE drafts SET title = $1, content = $2, version = version + 1, changed_at = $3 WHERE citizen_id = $4 AND id = $5")
        .bind(&so_far.title)
        .bind(&so_far.content)
        .bind(crm.clock.utc().0)
        .bind(citizen.as_str())
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Throw one of my drafts away. One that is gone already is gone.
#[utoipa::path(delete, path = paths::DRAFT, operation_id = "draft_forget", tag = "drafts", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn forget(State(crm): State<Crm>, citizen: Citizen, At(id): At<DraftId>) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    end(&mut change, &citizen.id, &id).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Ends a draft: what it was to become has arrived, or it was thrown away.
///
/// # Errors
/// When the database fails.
pub async fn end(change: &mut Change, citizen: &CitizenId, id: &DraftId) -> Result<()> {
    sqlx::query("DELETE FROM drafts WHERE citizen_id = $1 AND id = $2")
        .bind(citizen.as_str())
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Forgets drafts that nobody has touched for long, and those that were sent at the very moment they were kept.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<()> {
    sqlx::query(
        "DELETE FROM drafts WHERE changed_at < $1
            OR EXISTS (SELECT 1 FROM answers a WHERE a.key = drafts.id
                AND a.scope = 'citizen ' || drafts.citizen_id || COALESCE(' messages ' || drafts.case_id, ' reports'))",
    )
    .bind(crm.clock.seconds_ago(i64::from(KEPT_DAYS) * DAY_SECONDS).0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// A row with its `content` as the contract says it.
pub(crate) fn draft(row: &AnyRow) -> Result<Draft> {
    let (summary, content): (_, &str) = (summary(row)?, row.try_get("content")?);
    Ok(match summary.kind {
        DraftKind::Message => Draft { report: NewReport::default(), message: serde_json::from_str(content)?, summary },
        DraftKind::Report | DraftKind::Unknown => Draft { report: serde_json::from_str(content)?, message: None, summary },
    })
}

fn summary(row: &AnyRow) -> Result<DraftSummary> {
    Ok(DraftSummary {
        id: DraftId(row.try_get("id")?),
        kind: word::from(row.try_get("kind")?)?,
        case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId),
        title: row.try_get("title")?,
        changed_at: UtcTime(row.try_get("changed_at")?),
        version: version_of(row)?,
    })
}
