//! Files between the office and a case: photos and letters that an officer's tool sends for a move, and those of the citizen.
use super::{May, Officer, SendFiles};
use crate::attachments::{self, Sender};
use crate::cases;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::Key;
use crate::notices::Enclosure;
use crate::state::Crm;
use crate::web::{Asked, At};
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::attachments::Attachment;
use contract::id::{AttachmentId, CaseId};
use contract::problem::FieldRule;
use contract::{FieldProblem, paths};
use sqlx::Row;

/// Send a photo or a PDF for a case: the bytes as they are. The next move that names it shows it to the citizen.
#[utoipa::path(post, path = paths::OFFICE_ATTACHMENTS, operation_id = "office_attachment_add", tag = "office", security(("office" = [])),
    params(("id" = String, Path), ("idempotency-key" = String, Header), ("upload-metadata" = Option<String>, Header, description = "`filename <base64 of UTF-8>`")),
    request_body(content = crate::openapi::File, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = contract::Problem)))]
pub async fn add(
    State(crm): State<Crm>,
    officer: May<SendFiles>,
    At(id): At<CaseId>,
    key: Key,
    headers: HeaderMap,
    body: Body,
) -> Result<Response> {
    let owner = cases::owner(&crm, &id).await?;
    let sender = Sender {
        scope: format!("office {} attachments {id}", officer.name()),
        owner: &owner,
        office: officer.name(),
        location: &|file| paths::OFFICE_ATTACHMENT.replace("{id}", id.as_str()).replace("{attachment}", file.as_str()),
    };
    attachments::take(&crm, sender, key, &headers, body).await
}

/// A file of a case, as a download, whoever sent it.
#[utoipa::path(get, path = paths::OFFICE_ATTACHMENT, operation_id = "office_attachment", tag = "office", security(("office" = [])),
    params(("id" = String, Path), ("attachment" = String, Path), attachments::InSize),
    responses((status = 200, body = crate::openapi::File, content_type = "application/octet-stream"), (status = "4XX", body = contract::Problem)))]
pub async fn download(
    State(crm): State<Crm>,
    officer: May<SendFiles>,
    At((id, file)): At<(CaseId, AttachmentId)>,
    Asked(asked): Asked<attachments::InSize>,
) -> Result<Response> {
    let row = sqlx::query(&format!(
        "SELECT {} FROM attachments WHERE owner_id = (SELECT owner_id FROM cases WHERE id = $1) AND id = $2
           AND (case_id = $1 OR case_id IS NULL AND office = $3)",
        attachments::COLUMNS
    ))
    .bind(id.as_str())
    .bind(file.as_str())
    .bind(officer.name())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::NotFound)?;
    attachments::as_download(&crm, &row, asked).await
}

/// Makes an officer's files part of a step. One that is gone, used already or not the officer's own is a problem.
pub(super) async fn hold(
    change: &mut Change,
    officer: &Officer,
    case: &CaseId,
    step: i64,
    files: &[AttachmentId],
) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let held = sqlx::query(
            "UPDATE attachments SET case_id = $1, step = $2, position = $3
             WHERE owner_id = (SELECT owner_id FROM cases WHERE id = $1) AND id = $4 AND office = $5 AND case_id IS NULL AND state = 'ready'",
        )
        .bind(case.as_str())
        .bind(step)
        .bind(i64::try_from(index).unwrap_or_default())
        .bind(file.as_str())
        .bind(officer.name())
        .execute(&mut **change)
        .await?;
        if held.rows_affected() == 0 {
            problems.push(FieldProblem::new(format!("files.{index}"), FieldRule::NotFound));
        }
    }
    Ok(problems)
}

/// The documents that came with a step of a case; photos are looked at in the app.
///
/// # Errors
/// When the database fails.
pub async fn documents(change: &mut Change, case: &CaseId, step: i64) -> Result<Vec<Enclosure>> {
    let rows = sqlx::query(
        "SELECT name, media_type, file FROM attachments WHERE case_id = $1 AND step = $2 AND media_type = 'application/pdf' ORDER BY position",
    )
    .bind(case.as_str())
    .bind(step)
    .fetch_all(&mut **change)
    .await?;
    rows.iter()
        .map(|row| Ok(Enclosure { name: row.try_get("name")?, media_type: row.try_get("media_type")?, file: row.try_get("file")? }))
        .collect()
}
