//! Attachments as the database has them: one row as the contract says it, and those of a case.
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::word;
use contract::UtcTime;
use contract::attachments::Attachment;
use contract::id::{AttachmentId, CaseId, CitizenId};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// The columns of an attachment and its files.
pub const COLUMNS: &str = "id, kind, state, problem, name, media_type, bytes, sent_sha256, width, height, added_at, file, thumbnail, step";

/// The files of the report behind a citizen's case, in the order they were given.
///
/// # Errors
/// When the database fails.
pub async fn of_report(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Vec<Attachment>> {
    let rows = of_case(crm, owner, case).await?;
    let own = rows.into_iter().filter(|(step, _)| step.is_none());
    Ok(own.map(|(_, file)| file).collect())
}

/// The files that came with later steps of a citizen's case, by the step's position.
///
/// # Errors
/// When the database fails.
pub async fn of_steps(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<HashMap<i64, Vec<Attachment>>> {
    let mut steps: HashMap<i64, Vec<Attachment>> = HashMap::new();
    for (step, file) in of_case(crm, owner, case).await? {
        if let Some(step) = step {
            steps.entry(step).or_default().push(file);
        }
    }
    Ok(steps)
}

async fn of_case(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Vec<(Option<i64>, Attachment)>> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM attachments WHERE owner_id = $1 AND case_id = $2 AND same_as IS NULL ORDER BY position, id"
    ))
    .bind(owner.as_str())
    .bind(case.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    rows.iter().map(|row| Ok((row.try_get("step")?, attachment(row)?))).collect()
}

/// A row as the contract says it.
///
/// # Errors
/// When a column is not what it should be.
pub fn attachment(row: &AnyRow) -> Result<Attachment> {
    let number = |column: &str| Ok::<i64, Error>(row.try_get(column)?);
    let problem: Option<String> = row.try_get("problem")?;
    Ok(Attachment {
        id: AttachmentId(row.try_get("id")?),
        kind: word::from(row.try_get("kind")?)?,
        state: word::from(row.try_get("state")?)?,
        problem: problem.map(|problem| serde_json::from_str(&problem)).transpose()?,
        name: row.try_get("name")?,
        media_type: row.try_get("media_type")?,
        bytes: u64::try_from(number("bytes")?).unwrap_or_default(),
        sent_sha256: row.try_get("sent_sha256")?,
        width: u32::try_from(number("width")?).unwrap_or_default(),
        height: u32::try_from(number("height")?).unwrap_or_default(),
        added_at: UtcTime(row.try_get("added_at")?),
    })
}
