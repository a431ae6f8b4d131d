//! Photos and PDF documents that citizens send: checked, made harmless, kept until a report takes them.
//!
//! Here they come in one request; in pieces they come through [`crate::uploads`].
mod announced;
mod check;
pub mod metadata;
mod row;

use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::photo::{Accepted, Refused};
use crate::session::Citizen;
use crate::state::Crm;
use crate::tracking::Uploader;
use crate::web::{self, Asked, At, NO_STORE};
use crate::{secret, word};
pub use announced::{HeldBy, Holder, hold, kept_as};
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
pub use check::accept;
use contract::attachments::{Attachment, AttachmentKind, AttachmentState, BYTES_MAX};
use contract::id::{AttachmentId, CitizenId};
use contract::problem::FieldRule;
use contract::{FieldProblem, paths};
use futures_util::StreamExt;
use metadata::{file_name, with_extension};
pub use row::{COLUMNS, attachment, of_report, of_steps};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The field that problems of an upload are about.
pub const FIELD: &str = "file";
/// Files of one person that no report holds yet, at most.
pub const UNUSED_MAX: i64 = 40;
/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::ATTACHMENTS, post(add).layer(DefaultBodyLimit::disable()))
        .route(paths::ATTACHMENT, get(download).delete(take_back))
        .route(paths::ATTACHMENT_STATE, get(state))
}

/// Send a photo or a PDF: the bytes as they are.
#[utoipa::path(post, path = paths::ATTACHMENTS, operation_id = "attachment_add", tag = "attachments",
    params(("idempotency-key" = String, Header), ("upload-metadata" = Option<String>, Header, description = "`filename <base64 of UTF-8>`")),
    request_body(content = crate::openapi::File, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = contract::Problem)))]
async fn add(State(crm): State<Crm>, citizen: Citizen, key: Key, headers: HeaderMap, body: Body) -> Result<Response> {
    let scope = format!("citizen {} attachments", citizen.id);
    take(&crm, Sender { scope, owner: &citizen.id, office: "", location: &paths::attachment }, key, &headers, body).await
}

/// Who sends a file in one request.
pub struct Sender<'a> {
    /// Whose idempotency keys these are.
    pub scope: String,
    /// The citizen whose file it is, or whose case it is for.
    pub owner: &'a CitizenId,
    /// The office's tool that sends it; empty for the citizen.
    pub office: &'a str,
    /// Where the sender finds it again.
    pub location: &'a (dyn Fn(&AttachmentId) -> String + Sync),
}

/// Takes a file that comes in one request: once for each key, checked, written anew, kept.
///
/// # Errors
/// Why it is refused; [`Error::TooMany`] when nothing has used the last ones.
pub async fn take(crm: &Crm, sender: Sender<'_>, key: Key, headers: &HeaderMap, body: Body) -> Result<Response> {
    let name = file_name(headers);
    let sent = receive(body).await?;
    let once = Once::new(sender.scope.clone(), key, &[name.as_bytes(), &sent]);
    if let Some(answer) = once.answered(crm).await? {
        return Ok(answer.into_response());
    }
    if unused(crm, sender.owner, sender.office).await? >= UNUSED_MAX {
        return Err(Error::TooMany(3600));
    }
    let sent_sha256 = secret::sha256_hex(&sent);
    let length = sent.len();
    let accepted = accept(crm, sent).await?.map_err(refused)?;
    let files = keep(crm, &accepted).await?;
    let attachment = accepted_as(crm, &name, sent_sha256, &accepted);
    let kept = insert(crm, &sender, once, &attachment, (&files, length)).await;
    // Whoever came with the same key in the meantime has kept it already.
    if !matches!(&kept, Ok((_, true))) {
        files.forget(crm).await;
    }
    Ok(kept?.0.into_response())
}

/// Keeps the row and the answer together; whether it was this request that did.
async fn insert(
    crm: &Crm,
    sender: &Sender<'_>,
    once: Once,
    attachment: &Attachment,
    (files, length): (&KeptFiles, usize),
) -> Result<(Answer, bool)> {
    let mut effect = match once.begin(crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok((answer, false)),
        Begun::First(effect) => effect,
    };
    put(&mut effect.change, (sender.owner, sender.office), attachment, (files, length)).await?;
    let answer = Answer::created(attachment, (sender.location)(&attachment.id))?;
    Ok((effect.done(answer).await?, true))
}

/// A file as it was accepted from somebody, not yet anybody's row.
pub fn accepted_as(crm: &Crm, name: &str, sent_sha256: String, accepted: &Accepted) -> Attachment {
    Attachment {
        id: AttachmentId(new_id()),
        kind: kind_of(accepted.media_type),
        state: AttachmentState::Ready,
        problem: None,
        name: with_extension(name, accepted.media_type),
        media_type: accepted.media_type.to_owned(),
        bytes: accepted.bytes.len() as u64,
        sent_sha256,
        width: accepted.width,
        height: accepted.height,
        added_at: crm.clock.utc(),
    }
}

/// Makes the row of a file that came whole. No case holds it yet.
///
/// # Errors
/// When the database fails.
pub async fn put(
    change: &mut Change,
    (owner, office): (&CitizenId, &str),
    attachment: &Attachment,
    (files, length): (&KeptFiles, usize),
) -> Result<()> {
    sqlx::query(
        "INSERT INTO attachments (id, owner_id, case_id, position, name, media_type, bytes, sent_sha256, width, height, added_at, file,
                                  thumbnail, kind, length, received, office)
         VALUES ($1, $2, NULL, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)",
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
    .bind(&files.file)
    .bind(&files.thumbnail)
    .bind(word::to(&attachment.kind)?)
    .bind(i64::try_from(length).unwrap_or(i64::MAX))
    .bind(office)
    .execute(&mut **change)
    .await?;
    Ok(())
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

/// The files behind an attachment.
pub struct KeptFiles {
    /// The photo or document.
    pub file: String,
    /// The small image of a photo.
    pub thumbnail: Option<String>,
}

impl KeptFiles {
    /// Those that a row names in its columns `file` and `thumbnail`.
    ///
    /// # Errors
    /// When the row has no such columns.
    pub fn of(row: &AnyRow) -> Result<Self> {
        Ok(Self { file: row.try_get("file")?, thumbnail: row.try_get("thumbnail")? })
    }

    /// Forgets them.
    pub async fn forget(&self, crm: &Crm) {
        for name in [Some(&self.file), self.thumbnail.as_ref()].into_iter().flatten() {
            crm.files.forget(name).await;
        }
    }
}

/// Keeps what was accepted, and its small image.
///
/// # Errors
/// When the disk refuses.
pub async fn keep(crm: &Crm, accepted: &Accepted) -> Result<KeptFiles> {
    let file = crm.files.keep(&accepted.bytes).await?;
    let thumbnail = match &accepted.thumbnail {
        Some(bytes) => Some(crm.files.keep(bytes).await?),
        None => None,
    };
    Ok(KeptFiles { file, thumbnail })
}

/// Why a file is refused, as a problem of the field.
fn refused(refused: Refused) -> Error {
    let problem = refused.at(FIELD);
    match problem.code {
        FieldRule::FileTooLarge | FieldRule::TooManyPixels => Error::TooLarge(vec![problem]),
        _ => Error::Invalid(vec![problem]),
    }
}

/// How many files of a citizen, sent by the citizen or by an office, nothing holds.
async fn unused(crm: &Crm, owner: &CitizenId, office: &str) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) FROM attachments WHERE owner_id = $1 AND case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND office = $2")
        .bind(owner.as_str())
        .bind(office)
        .fetch_one(crm.db.reader())
        .await?;
    Ok(row.try_get(0)?)
}

/// `?size=thumb`: the small image of a photo instead of the photo.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InSize {
    /// `thumb`; the whole photo when absent.
    size: Option<Size>,
}

#[derive(Debug, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Size {
    Thumb,
}

/// One of my files, as a download.
#[utoipa::path(get, path = paths::ATTACHMENT, operation_id = "attachment", tag = "attachments", params(("id" = String, Path), InSize),
    responses((status = 200, body = crate::openapi::File, content_type = "application/octet-stream"), (status = "4XX", body = contract::Problem)))]
async fn download(State(crm): State<Crm>, citizen: Citizen, At(id): At<AttachmentId>, Asked(asked): Asked<InSize>) -> Result<Response> {
    as_download(&crm, &find(&crm, &citizen.id, &id).await?, asked).await
}

/// The file of a row as a download, or its small image.
///
/// # Errors
/// [`Error::NotFound`] when it is not there yet, or has no small image.
pub async fn as_download(crm: &Crm, row: &AnyRow, asked: InSize) -> Result<Response> {
    let attachment = attachment(row)?;
    if attachment.state != AttachmentState::Ready || (asked.size.is_some() && attachment.kind != AttachmentKind::Photo) {
        return Err(Error::NotFound);
    }
    // A photo from before there were small images is its own.
    let files = KeptFiles::of(row)?;
    let file = asked.size.and(files.thumbnail).unwrap_or(files.file);
    web::download(&attachment.name, &attachment.media_type, crm.files.read(&file).await?)
}

/// How far one of my files has come.
#[utoipa::path(get, path = paths::ATTACHMENT_STATE, operation_id = "attachment_state", tag = "attachments", security(("session" = []), ("send_only" = []), ("upload" = [])), params(("id" = String, Path)),
    responses((status = 200, body = Attachment), (status = "4XX", body = contract::Problem)))]
async fn state(State(crm): State<Crm>, citizen: Uploader, At(id): At<AttachmentId>, asked: HeaderMap) -> Result<Response> {
    let kept = attachment(&find(&crm, &citizen.id, &id).await?)?;
    let name = if citizen.only_sends { String::new() } else { kept.name.clone() };
    web::tagged(&asked, NO_STORE, &Attachment { id, name, ..kept })
}

/// A citizen's file, under its own identifier or that of the same bytes.
async fn find(crm: &Crm, owner: &CitizenId, id: &AttachmentId) -> Result<AnyRow> {
    let id = kept_as(crm, owner, id).await?;
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND id = $2"))
        .bind(owner.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    row.ok_or(Error::NotFound)
}

/// Take a file back, while no report holds it or it has not arrived.
#[utoipa::path(delete, path = paths::ATTACHMENT, operation_id = "attachment_take_back", tag = "attachments", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn take_back(State(crm): State<Crm>, citizen: Citizen, At(id): At<AttachmentId>) -> Result<StatusCode> {
    remove(&crm, &citizen.id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a citizen's file that no case holds, or that a case holds in vain because it never came or was refused.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when a case holds it.
pub async fn remove(crm: &Crm, owner: &CitizenId, id: &AttachmentId) -> Result<()> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "DELETE FROM attachments WHERE owner_id = $1 AND id = $2 AND office = '' AND proof_id IS NULL
            AND (case_id IS NULL AND questionnaire_id IS NULL OR state <> 'ready')
         RETURNING file, thumbnail",
    )
    .bind(owner.as_str())
    .bind(id.as_str())
    .fetch_optional(&mut *change)
    .await?;
    let Some(row) = row else {
        let held = sqlx::query("SELECT id FROM attachments WHERE owner_id = $1 AND id = $2 AND (office = '' OR case_id IS NOT NULL)")
            .bind(owner.as_str())
            .bind(id.as_str())
            .fetch_optional(&mut *change)
            .await?;
        return Err(if held.is_some() { Error::Conflict } else { Error::NotFound });
    };
    // What was the same as this one must now travel by itself.
    sqlx::query("UPDATE attachments SET same_as = NULL WHERE owner_id = $1 AND same_as = $2")
        .bind(owner.as_str())
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    KeptFiles::of(&row)?.forget(crm).await;
    Ok(())
}

/// What a file is for, when nobody said so.
pub fn kind_of(media_type: &str) -> AttachmentKind {
    if media_type == "application/pdf" { AttachmentKind::Document } else { AttachmentKind::Photo }
}
