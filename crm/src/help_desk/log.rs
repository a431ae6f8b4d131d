//! The citizen's log: every access and every act of helpers and offices, one hash after another.
//!
//! An entry's hash is over the one before and over everything the entry says, so one that is changed, taken out or put in is found. Who cuts off
//! the end is found by a head that was kept elsewhere: `crm verify-log` prints it, and takes it back the next time.
use super::scope::Helper;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::{secret, word};
use contract::UtcTime;
use contract::help_desk::{LogAction, LogActor, LogEntry};
use contract::id::{CaseId, CitizenId, LogEntryId};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Entries read at once while the chain is verified.
const AT_ONCE: i64 = 1000;
/// The columns of `access_log l` that [`entry`] reads.
const COLUMNS: &str =
    "l.position, l.at, l.actor, l.name, l.action, l.why, l.session, c.id AS case_id, c.number, c.title, d.case_id AS disputed";
/// Where they are. A case is only told to whose it is.
const TABLES: &str = "access_log l LEFT JOIN cases c ON c.id = l.case_id AND (c.owner_id = l.citizen_id OR c.owner_id IN (SELECT p.taken_by FROM papers p WHERE p.citizen_id = l.citizen_id))
    LEFT JOIN disputes d ON d.position = l.position AND d.citizen_id = l.citizen_id";

/// Something to be written down.
#[derive(Clone, Copy)]
pub struct Entry<'a> {
    /// Who.
    pub actor: LogActor,
    /// By name.
    pub name: &'a str,
    /// What.
    pub action: LogAction,
    /// With which case.
    pub case: Option<&'a str>,
    /// Why.
    pub why: &'a str,
    /// The number of the help it belongs to.
    pub session: &'a str,
}

impl<'a> Entry<'a> {
    /// Somebody has done something.
    pub const fn by(actor: LogActor, name: &'a str, action: LogAction) -> Self {
        Self { actor, name, action, case: None, why: "", session: "" }
    }

    /// Who is helping has done something.
    pub fn of(helper: &'a Helper, action: LogAction, case: Option<&'a str>) -> Self {
        Self { case, session: &helper.session, ..Self::by(LogActor::Volunteer, &helper.volunteer, action) }
    }
}

/// A row of the chain as it is hashed.
struct Link {
    position: i64,
    at: String,
    citizen: String,
    actor: String,
    name: String,
    action: String,
    case: Option<String>,
    why: String,
    session: String,
}

impl Link {
    /// The hash of this row behind another.
    fn hash(&self, before: &str) -> Result<String> {
        let parts =
            (before, self.position, &self.at, &self.citizen, &self.actor, &self.name, &self.action, &self.case, (&self.why, &self.session));
        Ok(secret::sha256_hex(&serde_json::to_vec(&parts)?))
    }
}

/// Writes something down, as part of the change that does it. Changes that write here wait for one another.
///
/// # Errors
/// When the database fails.
pub async fn write(crm: &Crm, change: &mut Change, citizen: &CitizenId, entry: Entry<'_>) -> Result<()> {
    let head = sqlx::query("UPDATE access_log_head SET position = position + 1 WHERE id = 1 RETURNING position, hash")
        .fetch_one(&mut **change)
        .await?;
    let link = Link {
        position: head.try_get("position")?,
        at: crm.clock.utc().0,
        citizen: citizen.0.clone(),
        actor: word::to(&entry.actor)?,
        name: entry.name.to_owned(),
        action: word::to(&entry.action)?,
        case: entry.case.map(str::to_owned),
        why: entry.why.to_owned(),
        session: entry.session.to_owned(),
    };
    let hash = link.hash(head.try_get("hash")?)?;
    sqlx::query(
        "INSERT INTO access_log (position, citizen_id, at, actor, name, action, case_id, why, session, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(link.position)
    .bind(link.citizen)
    .bind(link.at)
    .bind(link.actor)
    .bind(link.name)
    .bind(link.action)
    .bind(link.case)
    .bind(link.why)
    .bind(link.session)
    .bind(&hash)
    .execute(&mut **change)
    .await?;
    sqlx::query("UPDATE access_log_head SET hash = $1 WHERE id = 1").bind(hash).execute(&mut **change).await?;
    Ok(())
}

/// An office is about to read or change a case: written down for whose it is. Nothing for a case that is none.
///
/// # Errors
/// When the database fails.
pub async fn office(crm: &Crm, name: &str, action: LogAction, case: &str) -> Result<()> {
    let mut change = crm.db.begin().await?;
    let owner = sqlx::query("SELECT owner_id FROM cases WHERE id = $1").bind(case).fetch_optional(&mut *change).await?;
    let Some(owner) = owner else { return Ok(()) };
    let entry = Entry { case: Some(case), ..Entry::by(LogActor::Officer, name, action) };
    write(crm, &mut change, &CitizenId(owner.try_get(0)?), entry).await?;
    Ok(change.commit().await?)
}

/// A citizen's entries, newest first, behind a position; those of papers that became theirs among them.
///
/// # Errors
/// When the database fails.
pub async fn of_citizen(crm: &Crm, citizen: &CitizenId, before: Option<i64>, limit: i64) -> Result<Vec<LogEntry>> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE (l.citizen_id = $1 OR l.citizen_id IN (SELECT p.citizen_id FROM papers p WHERE p.taken_by = $1)) AND l.position < $2
         ORDER BY l.position DESC LIMIT $3"
    ))
    .bind(citizen.as_str())
    .bind(before.unwrap_or(i64::MAX))
    .bind(limit)
    .fetch_all(crm.db.reader())
    .await?;
    rows.iter().map(entry).collect()
}

/// What was done in one help, in order.
///
/// # Errors
/// When the database fails.
pub async fn of_session(change: &mut Change, citizen: &CitizenId, session: &str) -> Result<Vec<LogEntry>> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE l.citizen_id = $1 AND l.session = $2 ORDER BY l.position"))
        .bind(citizen.as_str())
        .bind(session)
        .fetch_all(&mut **change)
        .await?;
    rows.iter().map(entry).collect()
}

fn entry(row: &AnyRow) -> Result<LogEntry> {
    let text = |name: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(name)?.unwrap_or_default()) };
    Ok(LogEntry {
        id: LogEntryId(row.try_get::<i64, _>("position")?.to_string()),
        at: UtcTime(row.try_get("at")?),
        actor: word::from(row.try_get("actor")?)?,
        name: row.try_get("name")?,
        action: word::from(row.try_get("action")?)?,
        case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId),
        number: text("number")?,
        title: text("title")?,
        why: row.try_get("why")?,
        session: row.try_get("session")?,
        disputed: row.try_get::<Option<String>, _>("disputed")?.map(CaseId),
    })
}

/// The end of a chain: how many entries there are, and the last one's hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Position of the last entry; 0 for none.
    pub position: i64,
    /// Its hash; empty for none.
    pub hash: String,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.position, self.hash)
    }
}

impl std::str::FromStr for Head {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(position, hash)| Some((position.parse().ok()?, hash.to_owned())));
        let (position, hash) = parts.ok_or("a head is a position, a colon and a hash")?;
        Ok(Self { position, hash })
    }
}

/// Reads the whole chain: its head, or what is wrong with it. `known` is a head that was kept elsewhere: the chain must still contain it.
///
/// # Errors
/// When the database fails.
pub async fn verify(crm: &Crm, known: Option<&Head>) -> Result<Result<Head, String>> {
    let mut head = Head { position: 0, hash: String::new() };
    let mut is_known = known.is_none_or(|known| *known == head);
    let mut before = None;
    loop {
        let rows = sqlx::query(
            "SELECT position, citizen_id, at, actor, name, action, case_id, why, session, hash FROM access_log
             WHERE position > $1 ORDER BY position LIMIT $2",
        )
        .bind(head.position)
        .bind(AT_ONCE)
        .fetch_all(crm.db.reader())
        .await?;
        for row in &rows {
            let (link, hash) = (link(row)?, row.try_get::<String, _>("hash")?);
            if link.position != head.position + 1 {
                return Ok(Err(format!("entry {} is missing", head.position + 1)));
            }
            if link.hash(&head.hash)? != hash {
                return Ok(Err(format!("entry {} is not what was written", link.position)));
            }
            head = Head { position: link.position, hash };
            is_known |= known == Some(&head);
        }
        if !rows.is_empty() {
            continue;
        }
        let row = sqlx::query("SELECT position, hash FROM access_log_head WHERE id = 1").fetch_optional(crm.db.reader()).await?;
        let kept = row.map(|row| Ok::<_, Error>(Head { position: row.try_get(0)?, hash: row.try_get(1)? })).transpose()?;
        if kept.as_ref() == Some(&head) {
            break;
        }
        // An entry may have been written meanwhile: then there is one more to read.
        if kept == before {
            return Ok(Err(format!("the chain ends with entry {}, and its head says otherwise", head.position)));
        }
        before = kept;
    }
    Ok(if is_known { Ok(head) } else { Err("the head that was kept elsewhere is not in the chain".to_owned()) })
}

fn link(row: &AnyRow) -> Result<Link> {
    Ok(Link {
        position: row.try_get("position")?,
        at: row.try_get("at")?,
        citizen: row.try_get("citizen_id")?,
        actor: row.try_get("actor")?,
        name: row.try_get("name")?,
        action: row.try_get("action")?,
        case: row.try_get("case_id")?,
        why: row.try_get("why")?,
        session: row.try_get("session")?,
    })
}
