//! Letters on paper: what a citizen wants by post waits here until the office has printed and posted it.
use super::Reader;
use super::deliveries::{self, Told};
use crate::clock;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::mail;
use crate::notices::Notice;
use crate::office::{May, SeeOutbox};
use crate::receipt::{OwnedLetter, write as write_pdf};
use crate::state::Crm;
use crate::web::{self, At, NO_STORE};
use crate::words::Words;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::channels::DeliveryState;
use contract::id::LetterId;
use contract::office::PaperLetter;
use contract::{Page, UtcTime, paths};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Most of one answer.
const AT_ONCE: i64 = 100;

/// What a letter says.
#[derive(Serialize, Deserialize)]
struct Content {
    paragraphs: Vec<String>,
    rows: Vec<(String, String)>,
}

/// Writes a letter for the office to post; how many.
///
/// # Errors
/// When the database fails.
pub async fn write(crm: &Crm, change: &mut Change, words: &Words, reader: &Reader, (told, notice): (Told<'_>, &Notice)) -> Result<usize> {
    let address = reader.wishes.postal_address.trim();
    if !crm.config.paper || address.is_empty() {
        return Ok(0);
    }
    let greeting = mail::greeting(words, &reader.name);
    let link = notice.link.as_ref().map(|(words, address)| format!("{words}: {address}"));
    let paragraphs =
        [greeting].into_iter().chain(notice.paragraphs.iter().cloned()).chain(link).chain(notice.small.iter().cloned()).collect();
    let id = new_id();
    sqlx::query(
        "INSERT INTO letters (id, citizen_id, name, address, language, subject, content, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(reader.id.as_str())
    .bind(&reader.full_name)
    .bind(address)
    .bind(words.language)
    .bind(&notice.subject)
    .bind(serde_json::to_string(&Content { paragraphs, rows: notice.facts.clone() })?)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    deliveries::note(crm, change, reader, (&id, address), told, None).await?;
    Ok(1)
}

/// Letters that wait to be posted, the oldest first, at most 100.
#[utoipa::path(get, path = paths::OFFICE_LETTERS, operation_id = "office_letters", tag = "office", security(("office" = [])),
    responses((status = 200, body = Page<PaperLetter>), (status = "4XX", body = contract::Problem)))]
pub async fn list(State(crm): State<Crm>, _: May<SeeOutbox>, asked: HeaderMap) -> Result<Response> {
    let rows =
        sqlx::query("SELECT id, name, address, subject, created_at FROM letters WHERE posted_at IS NULL ORDER BY created_at, id LIMIT $1")
            .bind(AT_ONCE)
            .fetch_all(crm.db.reader())
            .await?;
    let items = rows.iter().map(letter).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next: None })
}

/// A row that waits to be posted, as the contract says it.
pub(crate) fn letter(row: &AnyRow) -> Result<PaperLetter> {
    Ok(PaperLetter {
        id: LetterId(row.try_get("id")?),
        name: row.try_get("name")?,
        address: row.try_get("address")?,
        subject: row.try_get("subject")?,
        since: UtcTime(row.try_get("created_at")?),
    })
}

/// A letter to print (tagged PDF); gone (410) once it was posted.
#[utoipa::path(get, path = paths::OFFICE_LETTER, operation_id = "office_letter", tag = "office", params(("id" = String, Path)), security(("office" = [])),
    responses((status = 200, body = crate::openapi::File, content_type = "application/pdf"), (status = "4XX", body = contract::Problem)))]
pub async fn one(State(crm): State<Crm>, _: May<SeeOutbox>, At(id): At<LetterId>) -> Result<Response> {
    let row = sqlx::query("SELECT name, address, language, subject, content, posted_at FROM letters WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    if row.try_get::<Option<String>, _>("posted_at")?.is_some() {
        return Err(Error::Gone);
    }
    let words = Words::of(row.try_get("language")?)?;
    let (name, address, subject): (String, String, String) = (row.try_get("name")?, row.try_get("address")?, row.try_get("subject")?);
    let Content { mut paragraphs, rows } = serde_json::from_str(row.try_get("content")?)?;
    paragraphs.insert(0, format!("{name}\n{address}"));
    let letter = OwnedLetter {
        language: words.language,
        title: subject.clone(),
        town: crm.reference.town.town.clone(),
        paragraphs,
        rows,
        issued_on: words.day(&crm.clock.today())?,
    };
    web::download(&format!("{subject}.pdf"), "application/pdf", write_pdf(&crm, letter).await?)
}

/// It has been posted. Saying it twice is saying it once.
#[utoipa::path(post, path = paths::OFFICE_LETTER_POSTED, operation_id = "office_letter_posted", tag = "office", params(("id" = String, Path)), security(("office" = [])),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn posted(State(crm): State<Crm>, _: May<SeeOutbox>, At(id): At<LetterId>) -> Result<StatusCode> {
    let now = crm.clock.now();
    let mut change = crm.db.begin().await?;
    let known = sqlx::query("UPDATE letters SET posted_at = COALESCE(posted_at, $1), content = '', name = '', address = '' WHERE id = $2")
        .bind(clock::utc(now).0)
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    if known.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    deliveries::ended(&crm, &mut change, id.as_str(), (DeliveryState::Done, now)).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
