//! A help from its beginning to its end. It ends here, whatever the reason, and its session with it.
use super::finish::masked;
use super::log::{self, Entry};
use super::scope::Helper;
use super::shown;
use super::volunteers::Volunteer;
use crate::clock::{instant, later, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::{number, secret, session, word};
use axum::http::HeaderMap;
use contract::UtcTime;
use contract::help_desk::{ConsentWay, Help, HelpEnd, HelpScope, IDLE_SECONDS, LOCK_SECONDS, LogAction, LogActor};
use contract::id::CitizenId;
use contract::session::{Device, Me, Scheme};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns of `helps h JOIN volunteers v` and of its session `s` that [`help`] reads.
const COLUMNS: &str = "h.session, h.scopes, h.way, h.began_at, h.ends_at AS help_ends_at, v.name AS volunteer, s.seen_at AS help_seen_at";
/// Where they are.
const TABLES: &str = "helps h JOIN volunteers v ON v.id = h.volunteer_id JOIN sessions s ON s.help_id = h.id";

/// Scopes as they are stored: words with a blank between.
pub fn scopes_to_text(scopes: &[HelpScope]) -> String {
    let kept: Vec<&str> = HelpScope::ALL.into_iter().filter(|scope| scopes.contains(scope)).map(HelpScope::as_str).collect();
    kept.join(" ")
}

/// Scopes as they are read; a word that is none is left out.
pub fn scopes_from_text(text: &str) -> Vec<HelpScope> {
    HelpScope::ALL.into_iter().filter(|scope| text.split(' ').any(|word| word == scope.as_str())).collect()
}

/// A consent that was given, about to begin something.
pub struct Agreed {
    /// By whom.
    pub citizen: CitizenId,
    /// How.
    pub way: ConsentWay,
    /// To what.
    pub scopes: Vec<HelpScope>,
    /// For how many minutes.
    pub minutes: i64,
    /// The hash of the four digits.
    pub pin_hash: String,
}

/// What has begun: its identifier, the value of the session's cookie, and what only its page knows.
pub struct Begun {
    /// Identifier.
    pub id: String,
    /// Value of the session's cookie.
    pub cookie: String,
    /// Known to the page that began it.
    pub page: String,
}

/// Begins to help. One at a time for each volunteer and each citizen: the database refuses another.
///
/// # Errors
/// [`Error::Conflict`] when either has one going on; or the database.
pub async fn begin(crm: &Crm, change: &mut Change, volunteer: &Volunteer, agreed: &Agreed) -> Result<Begun> {
    let now = crm.clock.now();
    // No help outlives the volunteer's own session.
    let ends_at = utc(later(now, agreed.minutes * 60)).0.min(volunteer.ends_at.clone());
    let begun = Begun { id: new_id(), cookie: secret::random()?, page: secret::random()? };
    let session = number::help(change, crate::clock::year(now)).await?;
    let made = sqlx::query(
        "INSERT INTO helps (id, session, desk_hash, volunteer_id, citizen_id, way, scopes, pin_hash, pin_tries, page_hash, began_at, ends_at,
                            active_volunteer, active_citizen)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11, $4, $5) ON CONFLICT DO NOTHING",
    )
    .bind(&begun.id)
    .bind(&session)
    .bind(&volunteer.desk)
    .bind(&volunteer.id)
    .bind(agreed.citizen.as_str())
    .bind(word::to(&agreed.way)?)
    .bind(scopes_to_text(&agreed.scopes))
    .bind(&agreed.pin_hash)
    .bind(secret::sha256_hex(begun.page.as_bytes()))
    .bind(utc(now).0)
    .bind(&ends_at)
    .execute(&mut **change)
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::Conflict);
    }
    sqlx::query(
        "INSERT INTO sessions (id_hash, citizen_id, scheme, device, idle_seconds, created_at, seen_at, ends_at, help_id)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
    )
    .bind(secret::sha256_hex(begun.cookie.as_bytes()))
    .bind(agreed.citizen.as_str())
    .bind(word::to(&Scheme::Unknown)?)
    .bind(word::to(&Device::Shared)?)
    .bind(IDLE_SECONDS)
    .bind(utc(now).0)
    .bind(&ends_at)
    .bind(&begun.id)
    .execute(&mut **change)
    .await?;
    let why = word::to(&agreed.way)?;
    let entry = Entry { why: &why, session: &session, ..Entry::by(LogActor::Volunteer, &volunteer.name, LogAction::HelpBegun) };
    log::write(crm, change, &agreed.citizen, entry).await?;
    Ok(begun)
}

/// Prolongs what goes on, as somebody has just agreed.
///
/// # Errors
/// [`Error::Conflict`] when it has ended, or it is another citizen who agreed; or the database.
pub async fn prolong(crm: &Crm, change: &mut Change, volunteer: &Volunteer, (id, agreed): (&str, &Agreed)) -> Result<()> {
    let ends_at = utc(later(crm.clock.now(), agreed.minutes * 60)).0.min(volunteer.ends_at.clone());
    let row = sqlx::query(
        "UPDATE helps SET ends_at = $1, scopes = $2, way = $3 WHERE id = $4 AND active_volunteer = $5 AND citizen_id = $6 RETURNING session",
    )
    .bind(&ends_at)
    .bind(scopes_to_text(&agreed.scopes))
    .bind(word::to(&agreed.way)?)
    .bind(id)
    .bind(&volunteer.id)
    .bind(agreed.citizen.as_str())
    .fetch_optional(&mut **change)
    .await?
    .ok_or(Error::Conflict)?;
    sqlx::query("UPDATE sessions SET ends_at = $1, seen_at = $2 WHERE help_id = $3")
        .bind(&ends_at)
        .bind(crm.clock.utc().0)
        .bind(id)
        .execute(&mut **change)
        .await?;
    let why = word::to(&agreed.way)?;
    let entry =
        Entry { why: &why, session: row.try_get("session")?, ..Entry::by(LogActor::Volunteer, &volunteer.name, LogAction::HelpProlonged) };
    log::write(crm, change, &agreed.citizen, entry).await
}

/// Ends a help that goes on: nobody's any more, its session gone, the end written down. Nothing for one that has ended.
///
/// # Errors
/// When the database fails.
pub async fn end(crm: &Crm, change: &mut Change, id: &str, reason: HelpEnd) -> Result<()> {
    let row = sqlx::query(
        "UPDATE helps SET ended_at = $1, end_reason = $2, active_volunteer = NULL, active_citizen = NULL
         WHERE id = $3 AND ended_at IS NULL RETURNING session, citizen_id, volunteer_id",
    )
    .bind(crm.clock.utc().0)
    .bind(word::to(&reason)?)
    .bind(id)
    .fetch_optional(&mut **change)
    .await?;
    sqlx::query("DELETE FROM sessions WHERE help_id = $1").bind(id).execute(&mut **change).await?;
    shown::take_away(change, id).await?;
    let Some(row) = row else { return Ok(()) };
    let name: String = sqlx::query("SELECT name FROM volunteers WHERE id = $1")
        .bind(row.try_get::<&str, _>("volunteer_id")?)
        .fetch_one(&mut **change)
        .await?
        .try_get(0)?;
    let actor = match reason {
        HelpEnd::Finished => LogActor::Volunteer,
        HelpEnd::Revoked => LogActor::Citizen,
        _ => LogActor::System,
    };
    let (citizen, why) = (CitizenId(row.try_get("citizen_id")?), word::to(&reason)?);
    let entry = Entry { why: &why, session: row.try_get("session")?, ..Entry::by(actor, &name, LogAction::HelpEnded) };
    log::write(crm, change, &citizen, entry).await
}

/// Ends what a volunteer is doing.
///
/// # Errors
/// When the database fails.
pub async fn end_of_volunteer(crm: &Crm, change: &mut Change, volunteer: &str, reason: HelpEnd) -> Result<()> {
    let row = sqlx::query("SELECT id FROM helps WHERE active_volunteer = $1").bind(volunteer).fetch_optional(&mut **change).await?;
    if let Some(row) = row {
        end(crm, change, row.try_get(0)?, reason).await?;
    }
    Ok(())
}

/// The session behind a cookie ends, or another takes its place: the help ends that it belongs to, if it does.
///
/// # Errors
/// When the database fails.
pub async fn end_of_session(crm: &Crm, change: &mut Change, session_hash: &str) -> Result<()> {
    let row = sqlx::query("SELECT help_id FROM sessions WHERE id_hash = $1").bind(session_hash).fetch_optional(&mut **change).await?;
    if let Some(id) = row.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten() {
        end(crm, change, &id, HelpEnd::Finished).await?;
    }
    Ok(())
}

/// Ends every help whose time is over, or that nobody has touched.
///
/// # Errors
/// When the database fails.
pub async fn end_what_is_over(crm: &Crm, change: &mut Change) -> Result<()> {
    let rows = sqlx::query(
        "SELECT h.id, h.ends_at FROM helps h LEFT JOIN sessions s ON s.help_id = h.id
         WHERE h.ended_at IS NULL AND (h.ends_at <= $1 OR s.seen_at IS NULL OR s.seen_at < $2)",
    )
    .bind(crm.clock.utc().0)
    .bind(crm.clock.seconds_ago(IDLE_SECONDS + session::STEP).0)
    .fetch_all(&mut **change)
    .await?;
    for row in &rows {
        let reason = if row.try_get::<String, _>("ends_at")? <= crm.clock.utc().0 { HelpEnd::Time } else { HelpEnd::Idle };
        end(crm, change, row.try_get("id")?, reason).await?;
    }
    Ok(())
}

/// The page that a help began in, told by what it knows. Any other page ends it: it was opened anew, or the browser was.
///
/// # Errors
/// [`Error::SignedOut`] for another page; or the database.
pub async fn keep_to_page(crm: &Crm, helper: &Helper, page: Option<&str>) -> Result<()> {
    let row = sqlx::query("SELECT page_hash FROM helps WHERE id = $1").bind(&helper.id).fetch_optional(crm.db.reader()).await?;
    let known: String = row.ok_or(Error::SignedOut)?.try_get(0)?;
    if page.is_some_and(|page| secret::sha256_hex(page.as_bytes()) == known) {
        return Ok(());
    }
    let mut change = crm.db.begin().await?;
    end(crm, &mut change, &helper.id, HelpEnd::Reopened).await?;
    change.commit().await?;
    Err(Error::SignedOut)
}

/// Whether a request's cookie is that of somebody who is being helped.
///
/// # Errors
/// When the database fails.
pub async fn is_helped(crm: &Crm, asked: &HeaderMap) -> Result<bool> {
    let Some(hash) = session::hash_of(asked) else { return Ok(false) };
    let row =
        sqlx::query("SELECT help_id FROM sessions WHERE id_hash = $1 AND help_id IS NOT NULL").bind(hash).fetch_optional(crm.db.reader());
    Ok(row.await?.is_some())
}

/// What goes on at a desk.
///
/// # Errors
/// When the database fails.
pub async fn of_desk(crm: &Crm, volunteer: &Volunteer) -> Result<Option<Help>> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE h.active_volunteer = $1 AND h.desk_hash = $2"))
        .bind(&volunteer.id)
        .bind(&volunteer.desk)
        .fetch_optional(crm.db.reader())
        .await?;
    row.map(|row| help(crm, &row)).transpose()
}

/// What goes on with a citizen.
///
/// # Errors
/// When the database fails.
pub async fn of_citizen(crm: &Crm, citizen: &CitizenId) -> Result<Option<Help>> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE h.active_citizen = $1"))
        .bind(citizen.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    row.map(|row| help(crm, &row)).transpose()
}

/// Who is being helped, as the desk sees them: addresses are masked, and that it is a help is told.
pub fn show(helper: &Helper, me: &mut Me) {
    me.email = me.email.as_deref().map(|email| masked(email, ""));
    me.phone = me.phone.as_deref().map(|phone| masked("", phone));
    me.session.help = Some(helper.session.clone());
}

/// Why a volunteer's last help ended, perhaps in a browser that has crashed, while nobody has shown that nothing is left of it.
///
/// # Errors
/// When the database fails.
pub async fn unchecked(change: &mut Change, volunteer: &Volunteer) -> Result<Option<HelpEnd>> {
    let row = sqlx::query(
        "SELECT end_reason FROM helps WHERE volunteer_id = $1 AND ended_at IS NOT NULL AND checked_at IS NULL ORDER BY began_at DESC LIMIT 1",
    )
    .bind(&volunteer.id)
    .fetch_optional(&mut **change)
    .await?;
    row.map(|row| word::from(row.try_get(0)?)).transpose()
}

fn help(crm: &Crm, row: &AnyRow) -> Result<Help> {
    let ends_at: String = row.try_get("help_ends_at")?;
    let now = crm.clock.now().as_second();
    let seconds = |text: &str| instant(text).map_or(now, |at| at.as_second());
    Ok(Help {
        session: row.try_get("session")?,
        volunteer: row.try_get("volunteer")?,
        scopes: scopes_from_text(row.try_get("scopes")?),
        way: word::from(row.try_get("way")?)?,
        began_at: UtcTime(row.try_get("began_at")?),
        seconds_left: u32::try_from(seconds(&ends_at) - now).unwrap_or_default(),
        is_locked: is_locked(now - seconds(row.try_get("help_seen_at")?)),
        ends_at: UtcTime(ends_at),
    })
}

/// Whether the screen is locked after so many seconds without a touch.
pub fn is_locked(unseen: i64) -> bool {
    unseen > LOCK_SECONDS + session::STEP
}
