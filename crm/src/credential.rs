//! The send-only credential: what a person has written on their own device leaves by itself, also when their session is over.
//!
//! It goes to the device with the vault key, lasts 30 days, posts what waits in that person's outbox and reads nothing. It is made
//! from the session's cookie, so that the same session is given the same one again; the database has its hash alone.
use crate::clock::{later, utc};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::help_desk::scope::Deputy;
use crate::help_desk::{log, shown};
use crate::idempotency::Answer;
use crate::session::{self, Citizen};
use crate::state::Crm;
use crate::{secret, web};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::cases::{CaseReference, Channel};
use contract::help_desk::{LogAction, Updates};
use contract::id::{CaseId, CitizenId};
use contract::reports::NewReport;
use contract::session::{Device, SendCredential};
use sqlx::Row;

/// Tells it from the other tokens that travel as `Authorization: Bearer`.
const PREFIX: &str = "send_";
/// Seconds for which it may send.
const KEPT_SECONDS: i64 = 30 * 24 * 3600;

/// Whose words arrive: somebody who is signed in, or whose device has a send-only credential.
#[derive(Clone, Debug)]
pub struct Author {
    /// Who it is.
    pub id: CitizenId,
    /// By the credential: the answer tells nothing but identifier and number.
    pub only_sends: bool,
    /// Who writes for them.
    deputy: Option<Deputy>,
}

impl FromRequestParts<Crm> for Author {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        match token(&parts.headers) {
            Some(token) => Ok(Self { id: holder(crm, &parts.headers, token).await?, only_sends: true, deputy: None }),
            None => {
                let citizen = Citizen::from_request_parts(parts, crm).await?;
                Ok(Self { deputy: citizen.deputy().cloned(), id: citizen.id, only_sends: false })
            }
        }
    }
}

impl Author {
    /// How their words come.
    pub fn channel(&self) -> Channel {
        if matches!(self.deputy, Some(Deputy::Helper(_))) { Channel::Desk } else { Channel::App }
    }

    /// At the help desk a report leaves as its citizen has read and confirmed it; who gets its updates, which is asked there each time.
    ///
    /// # Errors
    /// [`Error::AtTheDesk`] without their word, or the database.
    pub async fn confirmed(&self, change: &mut Change, report: &NewReport) -> Result<Option<Updates>> {
        match &self.deputy {
            Some(Deputy::Helper(helper)) => shown::confirmed(change, &self.id, helper, report).await.map(Some),
            _ => Ok(None),
        }
    }

    /// What somebody else sends for them is written down, in the change that makes it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acts(&self, crm: &Crm, change: &mut Change, action: LogAction, case: &CaseId) -> Result<()> {
        match &self.deputy {
            Some(deputy) => log::write(crm, change, &self.id, deputy.entry(action, Some(case.as_str()))).await,
            None => Ok(()),
        }
    }

    /// A step that a delegate has made for them says so in the case's own story.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signs(&self, change: &mut Change, case: &CaseId, position: i64) -> Result<()> {
        let Some(Deputy::Delegate(delegate)) = &self.deputy else { return Ok(()) };
        let own =
            "UPDATE steps SET by_delegate = $1 WHERE case_id = (SELECT id FROM cases WHERE owner_id = $2 AND id = $3) AND position = $4";
        let signed = sqlx::query(own).bind(&delegate.name).bind(self.id.as_str()).bind(case.as_str()).bind(position);
        signed.execute(&mut **change).await?;
        Ok(())
    }

    /// An answer about a case, as its author may see it.
    ///
    /// # Errors
    /// When the answer is not about a case.
    pub fn told(&self, answer: Answer) -> Result<Response> {
        Ok(if self.only_sends { answer.cut::<CaseReference>()? } else { answer }.into_response())
    }
}

/// The credential that a request shows, if it shows one.
pub fn token(headers: &HeaderMap) -> Option<&str> {
    web::bearer(headers).filter(|token| token.starts_with(PREFIX))
}

/// Whose credential it is.
///
/// # Errors
/// [`Error::SignedOut`] when it is none, ended or revoked; [`Error::OtherPerson`].
pub async fn holder(crm: &Crm, headers: &HeaderMap, token: &str) -> Result<CitizenId> {
    let row = sqlx::query("SELECT citizen_id FROM credentials WHERE token_hash = $1 AND ends_at > $2")
        .bind(secret::sha256_hex(token.as_bytes()))
        .bind(crm.clock.utc().0)
        .fetch_optional(crm.db.reader())
        .await?;
    session::expected(headers, CitizenId(row.ok_or(Error::SignedOut)?.try_get(0)?))
}

/// Gives a session its credential: the same one again, should the answer have been lost. The one the device had before ends.
///
/// # Errors
/// [`Error::SignedOut`] without a cookie; or the database.
pub async fn give(crm: &Crm, change: &mut Change, citizen: &Citizen, asked: &HeaderMap) -> Result<SendCredential> {
    let cookie = web::cookie(asked, session::COOKIE).ok_or(Error::SignedOut)?;
    let token = format!("{PREFIX}{}", secret::derived("send", cookie));
    let token_hash = secret::sha256_hex(token.as_bytes());
    let shown = self::token(asked).map(|old| secret::sha256_hex(old.as_bytes())).unwrap_or_default();
    sqlx::query("DELETE FROM credentials WHERE (session_hash = $1 OR token_hash = $2) AND token_hash <> $3")
        .bind(citizen.session_hash())
        .bind(shown)
        .bind(&token_hash)
        .execute(&mut **change)
        .await?;
    sqlx::query(
        "INSERT INTO credentials (token_hash, citizen_id, session_hash, ends_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (token_hash) DO NOTHING",
    )
    .bind(&token_hash)
    .bind(citizen.id.as_str())
    .bind(citizen.session_hash())
    .bind(utc(later(crm.clock.now(), KEPT_SECONDS)).0)
    .execute(&mut **change)
    .await?;
    let row = sqlx::query("SELECT ends_at FROM credentials WHERE token_hash = $1").bind(&token_hash).fetch_one(&mut **change).await?;
    Ok(SendCredential { token, ends_at: contract::UtcTime(row.try_get(0)?) })
}

/// Somebody has come to a device that shows a credential: another person's ends, and on a shared computer anybody's.
///
/// # Errors
/// When the database fails.
pub async fn displace(change: &mut Change, citizen: &Citizen, asked: &HeaderMap) -> Result<()> {
    let Some(shown) = token(asked).map(|token| secret::sha256_hex(token.as_bytes())) else { return Ok(()) };
    let kept = if citizen.device() == Device::Mine { citizen.id.as_str() } else { "" };
    sqlx::query("DELETE FROM credentials WHERE token_hash = $1 AND citizen_id <> $2").bind(shown).bind(kept).execute(&mut **change).await?;
    Ok(())
}

/// A new session takes an old one's place on a device: the credential stays with the same person, and ends for another.
///
/// # Errors
/// When the database fails.
pub async fn hand_over(change: &mut Change, citizen: &CitizenId, old_session: &str, new_session: &str) -> Result<()> {
    sqlx::query("DELETE FROM credentials WHERE session_hash = $1 AND citizen_id <> $2")
        .bind(old_session)
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    sqlx::query("UPDATE credentials SET session_hash = $1 WHERE session_hash = $2")
        .bind(new_session)
        .bind(old_session)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Revokes what a device holds when its person logs out: every credential of its session, the one it shows, and whatever else was given
/// to the session of that one.
///
/// # Errors
/// When the database fails.
pub async fn revoke(change: &mut Change, asked: &HeaderMap) -> Result<()> {
    let shown = token(asked).map(|token| secret::sha256_hex(token.as_bytes())).unwrap_or_default();
    sqlx::query(
        "DELETE FROM credentials WHERE session_hash = $1 OR token_hash = $2
            OR session_hash IN (SELECT session_hash FROM credentials WHERE token_hash = $2)",
    )
    .bind(session::hash_of(asked).unwrap_or_default())
    .bind(shown)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Forgets those that have ended.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<()> {
    sqlx::query("DELETE FROM credentials WHERE ends_at <= $1").bind(crm.clock.utc().0).execute(&mut **change).await?;
    Ok(())
}
