//! Photos and PDF documents that citizens send: checked, made harmless, kept until a report takes them.
use crate::db::new_id;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::photo::{self, Accepted};
use crate::secret;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::attachments::{Attachment, AttachmentKind, AttachmentState, BYTES_MAX};
use contract::headers::UPLOAD_METADATA;
use contract::id::{AttachmentId, CaseId, CitizenId};
use contract::problem::FieldRule;
use contract::{FieldProblem, UtcTime, paths, text};
use futures_util::StreamExt;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::sync::Arc;
use std::time::Duration;

/// The field that problems of an upload are about.
const FIELD: &str = "file";
/// Files of one person that no report holds yet, at most.
const UNUSED_MAX: i64 = 40;
/// Longest time for decoding and re-encoding one file.
const WORK_TIME: Duration = Duration::from_secs(5);
/// Most characters of a file's name.
const NAME_CHARS_MAX: usize = 120;
const COLUMNS: &str = "id, name, media_type, bytes, sent_sha256, width, height, added_at, file";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::ATTACHMENTS, post(add).layer(DefaultBodyLimit::disable()))
        .route(paths::ATTACHMENT, get(download).delete(take_back))
}

/// Send a photo or a PDF: the bytes as they are.
#[utoipa::path(post, path = paths::ATTACHMENTS, operation_id = "attachment_add", tag = "attachments",
    params(("idempotency-key" = String, Header), ("upload-metadata" = Option<String>, Header, description = "`filename <base64 of UTF-8>`")),
    request_body(content = crate::openapi::File, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = contract::Problem)))]
async fn add(State(crm): State<Crm>, citizen: Citizen, key: Key, headers: HeaderMap, body: Body) -> Result<Response> {
    let name = file_name(&headers);
    let sent = receive(body).await?;
    let once = Once::new(format!("citizen {} attachments", citizen.id), key, &[name.as_bytes(), &sent]);
    if let Some(answer) = once.answered(&crm).await? {
        return Ok(answer.into_response());
    }
    if unused(&crm, &citizen.id).await? >= UNUSED_MAX {
        return Err(Error::TooMany(3600));
    }
    let sent_sha256 = secret::sha256_hex(&sent);
    let accepted = accept(&crm, sent).await?;
    let file = crm.files.keep(&accepted.bytes).await?;
    let attachment = Attachment {
        id: AttachmentId(new_id()),
        kind: kind_of(accepted.media_type),
        state: AttachmentState::Ready,
        problem: None,
        name: with_extension(&name, accepted.media_type),
        media_type: accepted.media_type.to_owned(),
        bytes: accepted.bytes.len() as u64,
        sent_sha256,
        width: accepted.width,
        height: accepted.height,
        added_at: crm.clock.utc(),
    };
    let kept = insert(&crm, &citizen.id, once, &attachment, &file).await;
    // Whoever came with the same key in the meantime has kept it already.
    if !matches!(&kept, Ok((_, true))) {
        crm.files.forget(&file).await;
    }
    Ok(kept?.0.into_response())
}

/// Keeps the row and the answer together; whether it was this request that did.
async fn insert(crm: &Crm, owner: &CitizenId, once: Once, attachment: &Attachment, file: &str) -> Result<(Answer, bool)> {
    let mut effect = match once.begin(crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok((answer, false)),
        Begun::First(effect) => effect,
    };
    sqlx::query(
        "INSERT INTO attachments (id, owner_id, case_id, position, name, media_type, bytes, sent_sha256, width, height, added_at, file)
         VALUES ($1, $2, NULL, 0, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(attachment.id.as_str())
    .bind(owner.as_str())
    .bind(&attachment.name)
    .bind(&attachment.media_type)
    .bind(i64::try_from(attachment.bytes).unwrap_or(i64::MAX))
    .bind(&attachment.sent_sha256)
    .bind(i64::from(attachment.width))
    .bind(i64::from(attachment.height))
    .bind(&attachment.added_at.0)
    .bind(file)
    .execute(&mut *effect.change)
    .await?;
    let answer = Answer::created(attachment, paths::attachment(&attachment.id))?;
    Ok((effect.done(answer).await?, true))
}

/// Reads a body up to the limit. One that is larger is read on for a while and thrown away, so that the browser gets
/// the answer instead of a broken connection.
async fn receive(body: Body) -> Result<Vec<u8>> {
    let limit = usize::try_from(BYTES_MAX).unwrap_or(usize::MAX);
    let mut stream = body.into_data_stream();
    let (mut bytes, mut total) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Error::Malformed(vec![FieldProblem::new(FIELD, FieldRule::FileDamaged)]))?;
        total = total.saturating_add(chunk.len());
        if total <= limit {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
        if total > limit.saturating_mul(4) {
            break;
        }
    }
    if total > limit {
        Err(Error::TooLarge(vec![FieldProblem::new(FIELD, FieldRule::FileTooLarge).with("max", BYTES_MAX)]))
    } else {
        Ok(bytes)
    }
}

/// Checks and re-encodes on another thread, one file for each core, for a limited time.
async fn accept(crm: &Crm, sent: Vec<u8>) -> Result<Accepted> {
    let permit = Arc::clone(&crm.cores).acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
    let work = tokio::task::spawn_blocking(move || {
        let accepted = photo::accept(&sent);
        drop(permit);
        accepted
    });
    match tokio::time::timeout(WORK_TIME, work).await {
        Ok(done) => done?.map_err(refused),
        Err(_) => Err(Error::Unavailable("a file took too long to check".to_owned())),
    }
}

/// Why a file is refused, as a problem of the field.
fn refused(refused: photo::Refused) -> Error {
    let problem = refused.at(FIELD);
    match problem.code {
        FieldRule::FileTooLarge | FieldRule::TooManyPixels => Error::TooLarge(vec![problem]),
        _ => Error::Invalid(vec![problem]),
    }
}

async fn unused(crm: &Crm, owner: &CitizenId) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) FROM attachments WHERE owner_id = $1 AND case_id IS NULL")
        .bind(owner.as_str())
        .fetch_one(crm.db.reader())
        .await?;
    Ok(row.try_get(0)?)
}

/// One of my files, as a download.
#[utoipa::path(get, path = paths::ATTACHMENT, operation_id = "attachment", tag = "attachments", params(("id" = String, Path)),
    responses((status = 200, body = crate::openapi::File, content_type = "application/octet-stream"), (status = "4XX", body = contract::Problem)))]
async fn download(State(crm): State<Crm>, citizen: Citizen, At(id): At<AttachmentId>) -> Result<Response> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND id = $2"))
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let attachment = attachment(&row)?;
    web::download(&attachment.name, &attachment.media_type, crm.files.read(row.try_get("file")?).await?)
}

/// Take a file back, while no report holds it.
#[utoipa::path(delete, path = paths::ATTACHMENT, operation_id = "attachment_take_back", tag = "attachments", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn take_back(State(crm): State<Crm>, citizen: Citizen, At(id): At<AttachmentId>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query("DELETE FROM attachments WHERE owner_id = $1 AND id = $2 AND case_id IS NULL RETURNING file")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_optional(&mut *change)
        .await?;
    let Some(row) = row else {
        let held = sqlx::query("SELECT id FROM attachments WHERE owner_id = $1 AND id = $2")
            .bind(citizen.id.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *change)
            .await?;
        return Err(if held.is_some() { Error::Conflict } else { Error::NotFound });
    };
    change.commit().await?;
    crm.files.forget(row.try_get("file")?).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The files that a citizen's case holds, in the order they were given.
///
/// # Errors
/// When the database fails.
pub async fn of_case(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Vec<Attachment>> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND case_id = $2 ORDER BY position, id"))
        .bind(owner.as_str())
        .bind(case.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    rows.iter().map(attachment).collect()
}

fn attachment(row: &AnyRow) -> Result<Attachment> {
    let number = |column: &str| Ok::<i64, Error>(row.try_get(column)?);
    let media_type: String = row.try_get("media_type")?;
    Ok(Attachment {
        id: AttachmentId(row.try_get("id")?),
        kind: kind_of(&media_type),
        state: AttachmentState::Ready,
        problem: None,
        name: row.try_get("name")?,
        media_type,
        bytes: u64::try_from(number("bytes")?).unwrap_or_default(),
        sent_sha256: row.try_get("sent_sha256")?,
        width: u32::try_from(number("width")?).unwrap_or_default(),
        height: u32::try_from(number("height")?).unwrap_or_default(),
        added_at: UtcTime(row.try_get("added_at")?),
    })
}

fn kind_of(media_type: &str) -> AttachmentKind {
    if media_type == "application/pdf" { AttachmentKind::Document } else { AttachmentKind::Photo }
}

/// The name in `Upload-Metadata` (tus 1.0: pairs separated by commas, value in base64), without folders and unsafe characters.
fn file_name(headers: &HeaderMap) -> String {
    let pairs = headers.get(UPLOAD_METADATA).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let encoded = pairs.split(',').find_map(|pair| pair.trim().strip_prefix("filename "));
    let name = encoded.and_then(|encoded| String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()).unwrap_or_default();
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let safe = last.chars().filter(|c| text::is_safe(*c) && !c.is_control() && !"\"<>:|?*".contains(*c));
    safe.take(NAME_CHARS_MAX).collect::<String>().trim().trim_start_matches('.').to_owned()
}

/// The name with the extension of what the file now is: a PNG that was re-encoded is a JPEG.
fn with_extension(name: &str, media_type: &str) -> String {
    let (extensions, fallback): (&[&str], &str) = match media_type {
        "application/pdf" => (&["pdf"], "documento"),
        _ => (&["jpg", "jpeg"], "foto"),
    };
    let first = extensions.first().copied().unwrap_or_default();
    match name.rsplit_once('.') {
        _ if name.is_empty() => format!("{fallback}.{first}"),
        Some((_, extension)) if extensions.contains(&extension.to_ascii_lowercase().as_str()) => name.to_owned(),
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 && !extension.contains(' ') => format!("{stem}.{first}"),
        _ => format!("{name}.{first}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> String {
        let mut headers = HeaderMap::new();
        let value = format!("filetype aW1hZ2U=,filename {}", BASE64_STANDARD.encode(name));
        headers.insert(UPLOAD_METADATA, value.parse().expect("a header"));
        file_name(&headers)
    }

    #[test]
    fn a_file_name_is_made_harmless() {
        assert_eq!(named("Lampione è spento.jpg"), "Lampione è spento.jpg");
        assert_eq!(named("../../etc/passwd"), "passwd");
        assert_eq!(named("C:\\foto\\a\u{202E}gpj.exe"), "agpj.exe");
        assert_eq!(named(".."), "");
        assert_eq!(file_name(&HeaderMap::new()), "");
    }

    #[test]
    fn the_extension_says_what_the_file_now_is() {
        assert_eq!(with_extension("IMG_1.JPG", "image/jpeg"), "IMG_1.JPG");
        assert_eq!(with_extension("schermata.png", "image/jpeg"), "schermata.jpg");
        assert_eq!(with_extension("n. 3 del 2026", "application/pdf"), "n. 3 del 2026.pdf");
        assert_eq!(with_extension("", "image/jpeg"), "foto.jpg");
    }
}
