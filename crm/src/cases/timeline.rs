//! What happened to a case and what is expected, step by step.
use crate::attachments;
use crate::clock::{day, days_after, utc};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::word;
use contract::cases::{Actor, Channel, Step, StepKind};
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use contract::{Date, UtcTime};
use sqlx::Row;
use sqlx::any::AnyRow;

/// What happened, oldest first, then what is expected.
///
/// # Errors
/// When the database fails.
pub async fn timeline(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Vec<Step>> {
    let rows = sqlx::query(
        "SELECT s.kind, s.state, s.happened_at, s.expected_on, s.note, s.by_citizen, s.office_name, s.channel, s.position, s.by_delegate
         FROM steps s JOIN cases c ON c.id = s.case_id WHERE c.owner_id = $1 AND s.case_id = $2
         ORDER BY CASE WHEN s.happened_at IS NULL THEN 1 ELSE 0 END, s.position",
    )
    .bind(owner.as_str())
    .bind(case.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let mut files = attachments::of_steps(crm, owner, case).await?;
    rows.iter()
        .map(|row| {
            let mut step = step(row, "kind")?;
            step.files = files.remove(&row.try_get::<i64, _>("position")?).unwrap_or_default();
            Ok(step)
        })
        .collect()
}

/// A row of steps as the contract says it, without its files; `kind` is what the column of its kind is called.
///
/// # Errors
/// When a column is not what it should be.
pub fn step(row: &AnyRow, kind: &str) -> Result<Step> {
    let by_citizen = row.try_get::<i64, _>("by_citizen")? != 0;
    Ok(Step {
        kind: word::from(row.try_get(kind)?)?,
        state: StateCode(row.try_get("state")?),
        at: row.try_get::<Option<String>, _>("happened_at")?.map(UtcTime),
        expected_on: row.try_get::<Option<String>, _>("expected_on")?.map(Date),
        note: row.try_get("note")?,
        by: if by_citizen {
            Actor { name: row.try_get("by_delegate")?, ..Actor::you() }
        } else {
            Actor::office(row.try_get::<String, _>("office_name")?)
        },
        channel: word::from(row.try_get("channel")?)?,
        files: Vec::new(),
    })
}

/// Something that happens now.
pub struct Happening<'a> {
    /// What it is.
    pub kind: StepKind,
    /// The state the case is in after it.
    pub state: &'a StateCode,
    /// What was said.
    pub note: &'a str,
    /// Whether the citizen did it (else the case's office).
    pub by_citizen: bool,
    /// How it came.
    pub channel: Channel,
}

/// Adds what happens now; its position. The caller has made the case's row its own in the same change.
///
/// # Errors
/// [`Error::NotFound`] when there is no such case.
pub async fn happen(crm: &Crm, change: &mut Change, case: &CaseId, step: Happening<'_>) -> Result<i64> {
    let row = sqlx::query(
        "INSERT INTO steps (case_id, position, kind, state, happened_at, expected_on, note, by_citizen, office_name, channel)
         SELECT c.id, (SELECT COALESCE(MAX(position), -1) + 1 FROM steps WHERE case_id = $1), $2, $3, $4, NULL, $5, $6, o.name, $7
         FROM cases c JOIN offices o ON o.key = c.office_key WHERE c.id = $1 RETURNING position",
    )
    .bind(case.as_str())
    .bind(word::to(&step.kind)?)
    .bind(&step.state.0)
    .bind(utc(crm.clock.now()).0)
    .bind(step.note.trim())
    .bind(i64::from(step.by_citizen))
    .bind(word::to(&step.channel)?)
    .fetch_optional(&mut **change)
    .await?;
    Ok(row.ok_or(Error::NotFound)?.try_get(0)?)
}

/// Adds what usually follows when a street report begins, or begins again, now: each step with the day it is expected on.
///
/// # Errors
/// When the database fails.
pub async fn expect_work(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    for step in &crm.reference.town.report_steps {
        sqlx::query(
            "INSERT INTO steps (case_id, position, state, happened_at, expected_on, note, by_citizen, office_name, channel)
             SELECT c.id, (SELECT COALESCE(MAX(position), -1) + 1 FROM steps WHERE case_id = $1), $2, NULL, $3, '', 0, o.name, 'office'
             FROM cases c JOIN offices o ON o.key = c.office_key WHERE c.id = $1",
        )
        .bind(case.as_str())
        .bind(&step.state.0)
        .bind(days_after(&day(crm.clock.now()), step.after_days).map(|day| day.0))
        .execute(&mut **change)
        .await?;
    }
    Ok(())
}
