//! Files that answers name, by the SHA-256 of their bytes: announced with the answers, on their way like those of a case, given to the office.
use super::any;
use super::running::Wanted;
use crate::attachments::{self, HeldBy, Holder, InSize, KeptFiles};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::office::{AskPeople, May};
use crate::state::Crm;
use crate::web::{Asked, At};
use crate::word;
use axum::extract::State;
use axum::response::Response;
use contract::attachments::{Attachment, BYTES_MAX};
use contract::id::{AttachmentId, CitizenId, QuestionnaireId};
use contract::problem::FieldRule;
use contract::questionnaires::AnswerFile;
use contract::uploads::Announced;
use contract::{FieldProblem, paths};
use sqlx::Row;
use std::collections::HashMap;

/// Makes the files of a citizen's answers theirs: those that are announced now, and those that an earlier answer brought. What no answer names
/// any more goes; its files, to be forgotten when the change has happened.
///
/// # Errors
/// [`Error::Invalid`] by question when a file is named that nobody announced, by `files.N` when one is announced that no answer names, or that
/// is somebody else's.
pub(super) async fn hold(
    crm: &Crm,
    change: &mut Change,
    (citizen, id): (&CitizenId, &QuestionnaireId),
    wanted: &[Wanted],
    announced: &[Announced],
) -> Result<Vec<KeptFiles>> {
    let mut problems = Vec::new();
    for (at, file) in announced.iter().enumerate() {
        if !wanted.iter().any(|one| one.is(file)) {
            problems.push(FieldProblem::new(format!("files.{at}"), FieldRule::NotAChoice));
        }
    }
    let rows = sqlx::query(
        "SELECT id, announced_sha256, kind, length FROM attachments WHERE owner_id = $1 AND questionnaire_id = $2 AND state <> 'refused'",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .fetch_all(&mut **change)
    .await?;
    let mut known = Vec::new();
    for row in &rows {
        known.push(Announced {
            id: AttachmentId(row.try_get("id")?),
            kind: word::from(row.try_get("kind")?)?,
            name: String::new(),
            bytes: u64::try_from(row.try_get::<i64, _>("length")?).unwrap_or_default(),
            sha256: row.try_get::<Option<String>, _>("announced_sha256")?.unwrap_or_default(),
        });
    }
    for one in wanted {
        if one.bytes > BYTES_MAX {
            problems.push(FieldProblem::new(&one.question, FieldRule::FileTooLarge).with("max", BYTES_MAX).with("actual", one.bytes));
        } else if !announced.iter().chain(&known).any(|file| one.is(file)) {
            problems.push(FieldProblem::new(&one.question, FieldRule::NotFound));
        }
    }
    if problems.is_empty() {
        let holder = Holder { owner: citizen, of: HeldBy::Questionnaire(id), step: None };
        problems = attachments::hold(crm, change, holder, announced, 0).await?;
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut gone = Vec::new();
    for file in known.iter().filter(|file| !wanted.iter().any(|one| one.is(file))) {
        let row = sqlx::query("DELETE FROM attachments WHERE owner_id = $1 AND id = $2 RETURNING file, thumbnail")
            .bind(citizen.as_str())
            .bind(file.id.as_str())
            .fetch_optional(&mut **change)
            .await?;
        gone.extend(row.as_ref().map(KeptFiles::of).transpose()?);
    }
    Ok(gone)
}

/// The files of all answers to a questionnaire, by their owner and SHA-256.
pub(super) async fn all(crm: &Crm, id: &QuestionnaireId) -> Result<HashMap<(String, String), Attachment>> {
    let rows = sqlx::query(&format!(
        "SELECT {}, owner_id, announced_sha256 FROM attachments WHERE questionnaire_id = $1 AND same_as IS NULL ORDER BY id",
        attachments::COLUMNS
    ))
    .bind(id.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let mut files = HashMap::new();
    for row in &rows {
        let sha256 = row.try_get::<Option<String>, _>("announced_sha256")?.unwrap_or_default();
        files.insert((row.try_get("owner_id")?, sha256), attachments::attachment(row)?);
    }
    Ok(files)
}

/// A file as the export names it.
pub(super) fn exported(question: &str, file: &Attachment) -> AnswerFile {
    AnswerFile {
        id: file.id.clone(),
        question: question.to_owned(),
        name: file.name.clone(),
        media_type: file.media_type.clone(),
        state: file.state,
    }
}

/// A file of an answer, as a download.
#[utoipa::path(get, path = paths::OFFICE_QUESTIONNAIRE_FILE, operation_id = "office_questionnaire_file", tag = "office",
    params(("id" = String, Path), ("attachment" = String, Path), InSize), security(("office" = [])),
    responses((status = 200, body = crate::openapi::File, content_type = "application/octet-stream"), (status = "4XX", body = contract::Problem)))]
pub async fn download(
    State(crm): State<Crm>,
    _: May<AskPeople>,
    At((id, file)): At<(QuestionnaireId, AttachmentId)>,
    Asked(asked): Asked<InSize>,
) -> Result<Response> {
    any(&crm, &id).await?;
    let row = sqlx::query(&format!("SELECT {} FROM attachments WHERE questionnaire_id = $1 AND id = $2", attachments::COLUMNS))
        .bind(id.as_str())
        .bind(file.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    attachments::as_download(&crm, &row.ok_or(Error::NotFound)?, asked).await
}
