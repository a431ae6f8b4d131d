//! Files that travel in pieces by tus 1.0, so that a photo goes on where the tunnel cut it.
//!
//! An upload is an attachment that is not whole yet: it has the attachment's identifier and row. What is acknowledged
//! (`Upload-Offset`) has been flushed to the disk before. A piece is put away even when its connection is gone.
mod lanes;
mod protocol;
mod travel;

use crate::attachments::{self, UNUSED_MAX, kept_as, metadata};
use crate::db::{Change, is_id, new_id};
use crate::error::{Error, Result};
use crate::secret;
use crate::state::Crm;
use crate::tracking::Uploader;
use crate::web::At;
use crate::word;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{head, post};
use contract::attachments::{AttachmentKind, AttachmentState, BYTES_MAX};
use contract::headers::{
    IDEMPOTENCY_KEY, METHOD_OVERRIDE, TUS_CHECKSUM_ALGORITHM, TUS_EXTENSION, TUS_MAX_SIZE, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET,
};
use contract::id::{AttachmentId, CitizenId};
use contract::problem::FieldRule;
use contract::uploads::{CHECKSUM_ALGORITHMS, METADATA_ATTACHMENT, METADATA_KIND, METADATA_NAME, TUS_EXTENSIONS};
use contract::{FieldProblem, paths};
pub use lanes::Lanes;
use protocol::{Checksum, Tus, count, expiry, is_piece, malformed, say_expiry};
use sqlx::Row;
use travel::{COLUMNS, Upload};

/// Seconds after its expiry for which an upload is left alone: a piece may be on its way.
pub const GRACE_SECONDS: i64 = 3600;
/// Most bytes of `Upload-Metadata`.
const METADATA_BYTES_MAX: usize = 2048;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::UPLOADS, post(create).options(spoken))
        .route(paths::UPLOAD, head(offset).patch(piece).delete(give_up).post(instead))
        .layer(DefaultBodyLimit::disable())
        .layer(map_response(protocol::versioned))
}

/// What is spoken: the version, the extensions, the most bytes of a file.
#[utoipa::path(options, path = paths::UPLOADS, operation_id = "upload_spoken", tag = "uploads", responses((status = 204)), security(()))]
async fn spoken() -> Response {
    let words = [(TUS_EXTENSION, TUS_EXTENSIONS), (TUS_CHECKSUM_ALGORITHM, CHECKSUM_ALGORITHMS)];
    let mut headers: HeaderMap =
        words.into_iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
    headers.insert(HeaderName::from_static(TUS_MAX_SIZE), HeaderValue::from(BYTES_MAX));
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// What an upload is to be.
struct Plan {
    id: AttachmentId,
    length: u64,
    name: String,
    kind: AttachmentKind,
    metadata: String,
}

impl Plan {
    /// What the headers say. The identifier is the device's, or made from the `Idempotency-Key`, or new.
    fn of(headers: &HeaderMap, owner: &CitizenId) -> Result<Self> {
        let file = |rule| FieldProblem::new(attachments::FIELD, rule);
        let length = match count(headers, UPLOAD_LENGTH)? {
            None => return Err(malformed(UPLOAD_LENGTH)),
            Some(0) => return Err(Error::Invalid(vec![file(FieldRule::EmptyFile)])),
            Some(length) if length > BYTES_MAX => {
                return Err(Error::TooLarge(vec![file(FieldRule::FileTooLarge).with("max", BYTES_MAX).with("actual", length)]));
            }
            Some(length) => length,
        };
        let metadata = metadata::raw(headers);
        if metadata.len() > METADATA_BYTES_MAX {
            return Err(malformed(UPLOAD_METADATA));
        }
        let kind = match metadata::value(metadata, METADATA_KIND) {
            Some(kind) => word::from(&kind).ok().filter(|kind| *kind != AttachmentKind::Unknown).ok_or_else(|| malformed(METADATA_KIND))?,
            None => AttachmentKind::Unknown,
        };
        let key = headers.get(IDEMPOTENCY_KEY).map(HeaderValue::as_bytes).filter(|key| !key.is_empty());
        let id = match (metadata::value(metadata, METADATA_ATTACHMENT), key) {
            (Some(id), _) if is_id(&id) => id,
            (Some(_), _) => return Err(malformed(METADATA_ATTACHMENT)),
            (None, Some(key)) => of_key(owner, key),
            (None, None) => new_id(),
        };
        let name = metadata::harmless(&metadata::value(metadata, METADATA_NAME).unwrap_or_default());
        Ok(Self { id: AttachmentId(id), length, name, kind, metadata: metadata.to_owned() })
    }
}

/// The same identifier for the same citizen and key.
fn of_key(owner: &CitizenId, key: &[u8]) -> String {
    let hash = secret::sha256(&[b"upload ", owner.as_str().as_bytes(), b" ", key].concat());
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

/// Begin to send a file; its first bytes may come along.
#[utoipa::path(post, path = paths::UPLOADS, operation_id = "upload_create", tag = "uploads", security(("session" = []), ("send_only" = []), ("upload" = [])),
    params(("tus-resumable" = String, Header), ("upload-length" = u64, Header),
        ("upload-metadata" = Option<String>, Header, description = "`filename`, `kind` (photo, document), `attachment` (the identifier the device chose), in base64"),
        ("idempotency-key" = Option<String>, Header)),
    request_body(content = Option<crate::openapi::File>, content_type = "application/offset+octet-stream"),
    responses((status = 201), (status = "4XX", body = contract::Problem)))]
async fn create(State(crm): State<Crm>, citizen: Uploader, _: Tus, headers: HeaderMap, body: Body) -> Result<Response> {
    let mut plan = Plan::of(&headers, &citizen.id)?;
    let checksum = Checksum::of(&headers)?;
    match kept_as(&crm, &citizen.id, &plan.id).await {
        Ok(kept) => plan.id = kept,
        Err(Error::NotFound) => {}
        Err(other) => return Err(other),
    }
    begin(&crm, &citizen.id, &plan).await?;
    let mut answer = HeaderMap::new();
    if is_piece(&headers) {
        let turn = crm.lanes.enter(plan.id.as_str()).await?;
        let upload = find(&crm, &citizen.id, &plan.id).await?;
        let mut received = upload.received;
        if upload.state == AttachmentState::Travelling && received == 0 {
            received = travel(&crm, turn, upload, body, checksum).await?;
        }
        answer.insert(HeaderName::from_static(UPLOAD_OFFSET), HeaderValue::from(received));
    }
    say_expiry(&mut answer, &expiry(&crm).0);
    let location = HeaderValue::from_str(&paths::upload(&plan.id)).map_err(|error| Error::Internal(error.to_string()))?;
    answer.insert(header::LOCATION, location);
    Ok((StatusCode::CREATED, answer).into_response())
}

/// Makes the upload, or finds the one that the same identifier began; one that has expired begins again.
async fn begin(crm: &Crm, owner: &CitizenId, plan: &Plan) -> Result<()> {
    let mut change = crm.db.begin().await?;
    let length = i64::try_from(plan.length).unwrap_or(i64::MAX);
    let made = sqlx::query(
        "INSERT INTO attachments (id, owner_id, case_id, position, name, media_type, bytes, sent_sha256, width, height, added_at, file,
                                  kind, state, length, metadata, expires_at)
         VALUES ($1, $2, NULL, 0, $3, '', $4, '', 0, 0, $5, '', $6, 'travelling', $4, $7, $8) ON CONFLICT (id) DO NOTHING",
    )
    .bind(plan.id.as_str())
    .bind(owner.as_str())
    .bind(&plan.name)
    .bind(length)
    .bind(crm.clock.utc().0)
    .bind(word::to(&plan.kind)?)
    .bind(&plan.metadata)
    .bind(expiry(crm).0)
    .execute(&mut *change)
    .await?;
    if made.rows_affected() == 1 {
        let row =
            sqlx::query("SELECT COUNT(*) FROM attachments WHERE owner_id = $1 AND case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND office = ''")
                .bind(owner.as_str())
                .fetch_one(&mut *change)
                .await?;
        if row.try_get::<i64, _>(0)? > UNUSED_MAX {
            return Err(Error::TooMany(3600));
        }
        return Ok(change.commit().await?);
    }
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND id = $2"))
        .bind(owner.as_str())
        .bind(plan.id.as_str())
        .fetch_optional(&mut *change)
        .await?;
    let upload = Upload::from(&row.ok_or(Error::NotFound)?)?;
    let kinds = [upload.kind, plan.kind];
    if upload.length != plan.length || (!kinds.contains(&AttachmentKind::Unknown) && upload.kind != plan.kind) {
        return Err(Error::Conflict);
    }
    let lost = again(crm, &mut change, &upload, plan).await?;
    change.commit().await?;
    if let Some(file) = lost {
        crm.files.forget(&file).await;
    }
    Ok(())
}

/// Lets an upload go on; the file of one that had expired, which is no longer needed.
async fn again(crm: &Crm, change: &mut Change, upload: &Upload, plan: &Plan) -> Result<Option<String>> {
    let fresh = upload.state == AttachmentState::Travelling && upload.has_expired(crm).unwrap_or(true);
    sqlx::query(
        "UPDATE attachments SET expires_at = $1, metadata = $2, received = CASE WHEN $3 = 1 THEN 0 ELSE received END,
                file = CASE WHEN $3 = 1 THEN '' ELSE file END WHERE owner_id = $4 AND id = $5",
    )
    .bind(expiry(crm).0)
    .bind(&plan.metadata)
    .bind(i64::from(fresh))
    .bind(upload.owner.as_str())
    .bind(upload.id.as_str())
    .execute(&mut **change)
    .await?;
    Ok(fresh.then(|| upload.file().to_owned()))
}

/// A citizen's upload that has begun.
async fn find(crm: &Crm, owner: &CitizenId, id: &AttachmentId) -> Result<Upload> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND id = $2"))
        .bind(owner.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    let upload = Upload::from(&row.ok_or(Error::NotFound)?)?;
    match upload.has_expired(crm) {
        None => Err(Error::NotFound),
        Some(true) if upload.state == AttachmentState::Travelling => Err(Error::Gone),
        Some(_) => Ok(upload),
    }
}

/// The same when nobody else touches it any more.
async fn enter(crm: &Crm, owner: &CitizenId, id: &AttachmentId) -> Result<(lanes::Turn, Upload)> {
    // First whose it is: nobody stops another person's upload.
    find(crm, owner, id).await?;
    let turn = crm.lanes.enter(id.as_str()).await?;
    Ok((turn, find(crm, owner, id).await?))
}

/// How much of a file has arrived.
#[utoipa::path(head, path = paths::UPLOAD, operation_id = "upload_offset", tag = "uploads", security(("session" = []), ("send_only" = []), ("upload" = [])), params(("id" = String, Path), ("tus-resumable" = String, Header)),
    responses((status = 200), (status = "4XX", body = contract::Problem)))]
async fn offset(State(crm): State<Crm>, citizen: Uploader, _: Tus, At(id): At<AttachmentId>) -> Result<Response> {
    let (_turn, upload) = enter(&crm, &citizen.id, &id).await?;
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static(UPLOAD_OFFSET), HeaderValue::from(upload.received));
    headers.insert(HeaderName::from_static(UPLOAD_LENGTH), HeaderValue::from(upload.length));
    if let Some(metadata) = HeaderValue::from_str(&upload.metadata).ok().filter(|metadata| !metadata.is_empty() && !citizen.only_sends) {
        headers.insert(HeaderName::from_static(UPLOAD_METADATA), metadata);
    }
    if let Some(expires_at) = upload.expires_at.filter(|_| upload.state == AttachmentState::Travelling) {
        say_expiry(&mut headers, &expires_at);
    }
    Ok((StatusCode::OK, headers).into_response())
}

/// Send the next piece of a file. With the last one the file is checked; `/attachments/{id}/state` says what became of it.
#[utoipa::path(patch, path = paths::UPLOAD, operation_id = "upload_piece", tag = "uploads", security(("session" = []), ("send_only" = []), ("upload" = [])),
    params(("id" = String, Path), ("tus-resumable" = String, Header), ("upload-offset" = u64, Header),
        ("upload-checksum" = Option<String>, Header, description = "`sha1` or `sha256`, a blank, the digest in base64")),
    request_body(content = crate::openapi::File, content_type = "application/offset+octet-stream"),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn piece(
    State(crm): State<Crm>,
    citizen: Uploader,
    _: Tus,
    At(id): At<AttachmentId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    if !is_piece(&headers) {
        return Err(Error::MediaType);
    }
    let from = count(&headers, UPLOAD_OFFSET)?.ok_or_else(|| malformed(UPLOAD_OFFSET))?;
    let checksum = Checksum::of(&headers)?;
    let (turn, upload) = enter(&crm, &citizen.id, &id).await?;
    if from != upload.received {
        return Err(Error::Conflict);
    }
    if body.size_hint().lower() > upload.length - upload.received {
        return Err(travel::too_much(upload.length));
    }
    let received = if upload.state == AttachmentState::Travelling { travel(&crm, turn, upload, body, checksum).await? } else { from };
    let mut answer = HeaderMap::new();
    answer.insert(HeaderName::from_static(UPLOAD_OFFSET), HeaderValue::from(received));
    say_expiry(&mut answer, &expiry(&crm).0);
    Ok((StatusCode::NO_CONTENT, answer).into_response())
}

/// Takes a piece on a task of its own, which puts it away even when nobody waits for the answer any more.
async fn travel(crm: &Crm, turn: lanes::Turn, upload: Upload, body: Body, checksum: Option<Checksum>) -> Result<u64> {
    let crm = Crm::clone(crm);
    tokio::spawn(async move { travel::piece(&crm, turn, upload, body, checksum).await }).await?
}

/// Give a file up. One that a report has announced is withdrawn from it, unless it has arrived.
#[utoipa::path(delete, path = paths::UPLOAD, operation_id = "upload_give_up", tag = "uploads", security(("session" = []), ("upload" = [])), params(("id" = String, Path), ("tus-resumable" = String, Header)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn give_up(State(crm): State<Crm>, citizen: Uploader, _: Tus, At(id): At<AttachmentId>) -> Result<StatusCode> {
    if citizen.only_sends {
        return Err(Error::Forbidden);
    }
    let (_turn, upload) = enter(&crm, &citizen.id, &id).await?;
    attachments::remove(&crm, &citizen.id, &upload.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// HEAD, PATCH or DELETE for a client that can only POST: `X-HTTP-Method-Override` says which (tus 1.0).
#[utoipa::path(post, path = paths::UPLOAD, operation_id = "upload_instead", tag = "uploads", security(("session" = []), ("send_only" = []), ("upload" = [])),
    params(("id" = String, Path), ("tus-resumable" = String, Header), ("x-http-method-override" = String, Header)),
    responses((status = 200), (status = 204), (status = "4XX", body = contract::Problem)))]
async fn instead(state: State<Crm>, citizen: Uploader, tus: Tus, at: At<AttachmentId>, headers: HeaderMap, body: Body) -> Result<Response> {
    match headers.get(METHOD_OVERRIDE).map(HeaderValue::as_bytes) {
        Some(b"HEAD") => offset(state, citizen, tus, at).await,
        Some(b"PATCH") => piece(state, citizen, tus, at, headers, body).await,
        Some(b"DELETE") => Ok(give_up(state, citizen, tus, at).await?.into_response()),
        _ => Err(Error::MethodNotAllowed),
    }
}

/// Forgets what arrived of files that reports announced and whose time is over. They stay announced, and can come anew.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm) -> Result<()> {
    let late = crm.clock.seconds_ago(GRACE_SECONDS).0;
    let mut change = crm.db.begin().await?;
    let files = sqlx::query("SELECT file FROM attachments WHERE state = 'travelling' AND expires_at < $1 AND file <> ''")
        .bind(&late)
        .fetch_all(&mut *change)
        .await?;
    sqlx::query("UPDATE attachments SET received = 0, file = '', expires_at = NULL WHERE state = 'travelling' AND expires_at < $1")
        .bind(&late)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    for row in &files {
        crm.files.forget(row.try_get("file")?).await;
    }
    Ok(())
}
