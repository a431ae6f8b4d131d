//! What the CRM knows of a citizen, as the rules of tips ask for it.
use crate::clock;
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::word;
use contract::Date;
use contract::cases::Phase;
use contract::dictionary::{KindCode, StateCode};
use contract::id::{CaseId, CitizenId};
use sqlx::Row;
use sqlx::any::AnyRow;

/// What is known of somebody.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Codice fiscale, if they have one.
    pub fiscal_code: Option<String>,
    /// They have left an e-mail address.
    pub has_email: bool,
    /// They do not want tips.
    pub wants_none: bool,
    /// Their cases.
    pub cases: Vec<CaseFacts>,
}

/// What is known of a case.
#[derive(Clone, Debug)]
pub struct CaseFacts {
    /// Which.
    pub id: CaseId,
    /// What kind it is.
    pub kind: KindCode,
    /// What it is about.
    pub title: String,
    /// Where it stands.
    pub state: StateCode,
    /// The phase of that.
    pub phase: Phase,
    /// The day it began.
    pub opened_on: Date,
    /// The day it came into its present state.
    pub in_state_since: Date,
    /// The last day for the town's answer.
    pub due_on: Option<Date>,
    /// The last day for the citizen.
    pub task_due_on: Option<Date>,
    /// The citizen has reminded the office since it last moved.
    pub reminded: bool,
}

/// Everything that is known of a citizen.
///
/// # Errors
/// [`Error::SignedOut`] when the citizen is gone, or when the database fails.
pub async fn of(crm: &Crm, citizen: &CitizenId) -> Result<Facts> {
    let person = sqlx::query("SELECT fiscal_code, email, tips_off FROM citizens WHERE id = $1")
        .bind(citizen.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::SignedOut)?;
    // In its present state since the first step behind the last one of another state; a case without such a step, since it began.
    let rows = sqlx::query(
        "SELECT c.id, c.kind, c.title, c.state, c.phase, c.opened_at, c.due_on, c.task_due_on, c.reminders,
            (SELECT MIN(s.happened_at) FROM steps s WHERE s.case_id = c.id AND s.happened_at IS NOT NULL AND s.position >
                (SELECT COALESCE(MAX(o.position), -1) FROM steps o
                 WHERE o.case_id = c.id AND o.happened_at IS NOT NULL AND o.state <> c.state)) AS state_at
         FROM cases c WHERE c.owner_id = $1",
    )
    .bind(citizen.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    Ok(Facts {
        fiscal_code: person.try_get("fiscal_code")?,
        has_email: person.try_get::<Option<String>, _>("email")?.is_some_and(|email| !email.is_empty()),
        wants_none: person.try_get::<i64, _>("tips_off")? != 0,
        cases: rows.iter().map(case).collect::<Result<_>>()?,
    })
}

fn case(row: &AnyRow) -> Result<CaseFacts> {
    let opened_on = day(row.try_get("opened_at")?)?;
    let state_at: Option<String> = row.try_get("state_at")?;
    Ok(CaseFacts {
        id: CaseId(row.try_get("id")?),
        kind: KindCode(row.try_get("kind")?),
        title: row.try_get("title")?,
        state: StateCode(row.try_get("state")?),
        phase: word::from(row.try_get("phase")?)?,
        in_state_since: state_at.as_deref().map_or_else(|| Ok(opened_on.clone()), day)?,
        opened_on,
        due_on: row.try_get::<Option<String>, _>("due_on")?.map(Date),
        task_due_on: row.try_get::<Option<String>, _>("task_due_on")?.map(Date),
        reminded: row.try_get::<i64, _>("reminders")? > 0,
    })
}

fn day(instant: &str) -> Result<Date> {
    clock::instant(instant).map(clock::day).ok_or_else(|| Error::Internal("a case with an instant that is none".to_owned()))
}
