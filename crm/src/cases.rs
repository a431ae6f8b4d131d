//! Cases: the list, one case with everything that happened, its documents.
use crate::clock::{day, instant};
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage, NO_STORE};
use crate::{reminders, replies, reports, word};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use contract::cases::{Case, CaseNumber, CaseQuery, CaseSummary, Document, Office, Protocol, Task};
use contract::dictionary::{KindCode, StateCode};
use contract::id::{CaseId, CitizenId, DocumentId};
use contract::replies::MayReply;
use contract::{Date, Page, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

mod list;
mod timeline;
pub use list::{Whose, cursor, list, read_cursor};
pub use timeline::{Happening, expect_work, happen, step};

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::CASES, get(cases)).route(paths::CASE, get(case)).route(paths::DOCUMENT, get(document))
}

/// The columns that [`summary`] reads.
pub const SUMMARY: &str =
    "c.id, c.number, c.kind, c.title, c.subject, c.state, c.phase, c.opened_at, c.moved_at, c.due_on, c.task, c.task_due_on";

/// My cases, the one moved last first.
#[utoipa::path(get, path = paths::CASES, tag = "cases", params(CaseQuery), responses((status = 200, body = Page<CaseSummary>), (status = "4XX", body = contract::Problem)))]
async fn cases(State(crm): State<Crm>, citizen: Citizen, Asked(query): Asked<CaseQuery>, asked: HeaderMap) -> Result<Response> {
    let (rows, next) = list(&crm, Whose::Citizen(&citizen.id, citizen.only_case()), &query).await?;
    let items = rows.iter().map(summary).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next })
}

/// One of my cases.
#[utoipa::path(get, path = paths::CASE, tag = "cases", params(("id" = String, Path), InLanguage), responses((status = 200, body = Case), (status = "4XX", body = contract::Problem)))]
async fn case(
    State(crm): State<Crm>,
    citizen: Citizen,
    At(id): At<CaseId>,
    Asked(words): Asked<InLanguage>,
    asked: HeaderMap,
) -> Result<Response> {
    let mut case = find(&crm, &citizen.id, &id, &words.language).await?;
    if let Some(delegate) = citizen.delegate() {
        case.may = delegate.may(&case.may);
    }
    web::tagged(&asked, NO_STORE, &case)
}

/// A document of one of my cases, as a download.
#[utoipa::path(get, path = paths::DOCUMENT, tag = "cases", params(("id" = String, Path), ("document" = String, Path)),
    responses((status = 200, body = crate::openapi::File, content_type = "application/pdf"), (status = "4XX", body = contract::Problem)))]
async fn document(State(crm): State<Crm>, citizen: Citizen, At((id, document)): At<(CaseId, DocumentId)>) -> Result<Response> {
    let row = sqlx::query("SELECT name, media_type, file FROM documents WHERE owner_id = $1 AND case_id = $2 AND id = $3")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .bind(document.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let (name, media_type): (String, String) = (row.try_get("name")?, row.try_get("media_type")?);
    let bytes = crm.files.read(row.try_get("file")?).await?;
    let name = if media_type == "application/pdf" && !name.ends_with(".pdf") { format!("{name}.pdf") } else { name };
    web::download(&name, &media_type, bytes)
}

/// A row of a list as the contract says it.
///
/// # Errors
/// When a column is not what it should be.
pub fn summary(row: &AnyRow) -> Result<CaseSummary> {
    let task: Option<String> = row.try_get("task")?;
    let task_due_on: Option<String> = row.try_get("task_due_on")?;
    Ok(CaseSummary {
        id: CaseId(row.try_get("id")?),
        number: CaseNumber(row.try_get("number")?),
        kind: KindCode(row.try_get("kind")?),
        title: row.try_get("title")?,
        subject: row.try_get("subject")?,
        state: StateCode(row.try_get("state")?),
        phase: word::from(row.try_get("phase")?)?,
        opened_at: UtcTime(row.try_get("opened_at")?),
        moved_at: UtcTime(row.try_get("moved_at")?),
        due_on: row.try_get::<Option<String>, _>("due_on")?.map(Date),
        task: match task {
            Some(kind) => Some(Task { kind: word::from(&kind)?, due_on: task_due_on.map(Date) }),
            None => None,
        },
    })
}

/// One case of a citizen, with words in a language.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it is somebody else's.
pub async fn find(crm: &Crm, owner: &CitizenId, id: &CaseId, language: &str) -> Result<Case> {
    let row = sqlx::query(&format!(
        "SELECT {SUMMARY}, c.description, c.legal_days, c.sealed_at, c.protocol_number, c.protocol_on,
                o.name, o.address, o.hours, o.phone, o.email
         FROM cases c JOIN offices o ON o.key = c.office_key WHERE c.owner_id = $1 AND c.id = $2"
    ))
    .bind(owner.as_str())
    .bind(id.as_str())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::NotFound)?;
    let protocol = match (row.try_get("protocol_number")?, row.try_get("protocol_on")?) {
        (Some(number), Some(day)) => Some(Protocol { number, registered_on: Date(day) }),
        _ => None,
    };
    let summary = summary(&row)?;
    let timeline = timeline::timeline(crm, owner, id).await?;
    let rating = replies::rating(crm, owner, id).await?;
    let reminders = reminders::of_case(crm, owner, id).await?;
    let remind = reminders::may(crm, (summary.phase, &summary.state), summary.due_on.as_ref(), &reminders);
    let sealed_on = row.try_get::<Option<String>, _>("sealed_at")?.and_then(|at| instant(&at)).map(day);
    let may = MayReply { remind, ..replies::may(&summary, &timeline, rating.as_ref()) };
    Ok(Case {
        may: if sealed_on.is_some() { MayReply::default() } else { may },
        sealed_on,
        reminders,
        rating,
        summary,
        description: row.try_get("description")?,
        protocol,
        legal_days: row.try_get::<Option<i64>, _>("legal_days")?.and_then(|days| u32::try_from(days).ok()),
        office: Office {
            name: row.try_get("name")?,
            address: row.try_get("address")?,
            hours: row.try_get("hours")?,
            phone: row.try_get("phone")?,
            email: row.try_get("email")?,
        },
        timeline,
        documents: documents(crm, owner, id).await?,
        report: reports::details(crm, owner, id, language).await?,
    })
}

/// Whose case it is.
///
/// # Errors
/// [`Error::NotFound`] when there is none.
pub async fn owner(crm: &Crm, case: &CaseId) -> Result<CitizenId> {
    let row = sqlx::query("SELECT owner_id FROM cases WHERE id = $1").bind(case.as_str()).fetch_optional(crm.db.reader()).await?;
    Ok(CitizenId(row.ok_or(Error::NotFound)?.try_get(0)?))
}

async fn documents(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Vec<Document>> {
    let rows = sqlx::query(
        "SELECT id, name, media_type, bytes, added_at FROM documents WHERE owner_id = $1 AND case_id = $2 ORDER BY added_at DESC, id DESC",
    )
    .bind(owner.as_str())
    .bind(case.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Document {
                id: DocumentId(row.try_get("id")?),
                name: row.try_get("name")?,
                media_type: row.try_get("media_type")?,
                bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or_default(),
                added_at: UtcTime(row.try_get("added_at")?),
            })
        })
        .collect()
}
