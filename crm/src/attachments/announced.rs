//! Files that a citizen announces: they belong to the case at once, whether they have arrived, are travelling, or have not left yet.
use super::metadata::harmless;
use crate::db::{Change, is_id};
use crate::error::Result;
use crate::state::Crm;
use crate::word;
use contract::FieldProblem;
use contract::id::{AttachmentId, CaseId, CitizenId, QuestionnaireId};
use contract::problem::FieldRule;
use contract::uploads::Announced;
use sqlx::Row;

/// What files belong to.
#[derive(Clone, Copy)]
pub enum HeldBy<'a> {
    /// A case.
    Case(&'a CaseId),
    /// The answers to a questionnaire.
    Questionnaire(&'a QuestionnaireId),
}

impl<'a> HeldBy<'a> {
    /// The columns `case_id` and `questionnaire_id`.
    fn columns(self) -> (Option<&'a str>, Option<&'a str>) {
        match self {
            Self::Case(case) => (Some(case.as_str()), None),
            Self::Questionnaire(id) => (None, Some(id.as_str())),
        }
    }
}

/// What takes files.
#[derive(Clone, Copy)]
pub struct Holder<'a> {
    /// Whose case it is.
    pub owner: &'a CitizenId,
    /// What they belong to.
    pub of: HeldBy<'a>,
    /// The step they come with; none for the report's own files.
    pub step: Option<i64>,
}

/// Makes announced files part of a citizen's case or answers, in their order from `first` on. The problems say which cannot be:
/// one that is somebody else's, belongs to something else, or came before with other bytes.
///
/// The same bytes announced twice are one file under two identifiers: they travel, and are shown, once.
///
/// # Errors
/// When the database fails.
pub async fn hold(crm: &Crm, change: &mut Change, holder: Holder<'_>, files: &[Announced], first: usize) -> Result<Vec<FieldProblem>> {
    let mut problems = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let before = files.iter().take(index);
        let same = before.clone().find(|other| (other.kind, other.bytes, &other.sha256) == (file.kind, file.bytes, &file.sha256));
        let again = before.clone().any(|other| other.id == file.id);
        let position = i64::try_from(first + index).unwrap_or_default();
        let fits = is_id(file.id.as_str()) && !again;
        if !fits || !hold_one(crm, change, holder, file, position, same.map(|other| &other.id)).await? {
            problems.push(FieldProblem::new(format!("files.{index}"), FieldRule::NotFound));
        }
    }
    Ok(problems)
}

async fn hold_one(
    crm: &Crm,
    change: &mut Change,
    Holder { owner, of, step }: Holder<'_>,
    file: &Announced,
    position: i64,
    same: Option<&AttachmentId>,
) -> Result<bool> {
    let (case, questionnaire) = of.columns();
    let kind = word::to(&file.kind)?;
    let length = i64::try_from(file.bytes).unwrap_or(i64::MAX);
    let made = sqlx::query(
        "INSERT INTO attachments (id, owner_id, case_id, position, name, media_type, bytes, sent_sha256, width, height, added_at, file,
                                  kind, state, length, announced_sha256, same_as, step, questionnaire_id)
         VALUES ($1, $2, $3, $4, $5, '', $6, '', 0, 0, $7, '', $8, 'travelling', $6, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING",
    )
    .bind(file.id.as_str())
    .bind(owner.as_str())
    .bind(case)
    .bind(position)
    .bind(harmless(&file.name))
    .bind(length)
    .bind(crm.clock.utc().0)
    .bind(&kind)
    .bind(&file.sha256)
    .bind(same.map(AttachmentId::as_str))
    .bind(step)
    .bind(questionnaire)
    .execute(&mut **change)
    .await?;
    if made.rows_affected() == 1 {
        return Ok(true);
    }
    // Its upload has begun before the report came, and may be over.
    let held = sqlx::query(
        "UPDATE attachments SET case_id = $1, position = $2, announced_sha256 = $3, same_as = $4, kind = $5, step = $9, questionnaire_id = $10
         WHERE owner_id = $6 AND id = $7 AND case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND office = '' AND length = $8
           AND kind IN ($5, 'unknown') AND (sent_sha256 = $3 OR state = 'travelling')",
    )
    .bind(case)
    .bind(position)
    .bind(&file.sha256)
    .bind(same.map(AttachmentId::as_str))
    .bind(&kind)
    .bind(owner.as_str())
    .bind(file.id.as_str())
    .bind(length)
    .bind(step)
    .bind(questionnaire)
    .execute(&mut **change)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// The identifier under which a citizen's file travels and is kept: its own, or that of the same bytes announced before.
///
/// # Errors
/// [`crate::error::Error::NotFound`] when there is none, or it is somebody else's.
pub async fn kept_as(crm: &Crm, owner: &CitizenId, id: &AttachmentId) -> Result<AttachmentId> {
    let row = sqlx::query(
        "SELECT COALESCE(same_as, id) FROM attachments WHERE owner_id = $1 AND id = $2 AND (office = '' OR case_id IS NOT NULL)",
    )
    .bind(owner.as_str())
    .bind(id.as_str())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(crate::error::Error::NotFound)?;
    Ok(AttachmentId(row.try_get(0)?))
}
