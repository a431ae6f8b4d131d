//! Citizens as the CRM knows them: by issuer and subject, with what the provider last said of them.
use crate::comfort;
use crate::connect::oidc::Identity;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::state::Crm;
use contract::id::CitizenId;
use contract::session::{Me, SessionInfo};
use sqlx::Row;

/// The issuer of people who did not sign in: nobody vouches for them, and no provider calls itself so.
pub const NOBODY: &str = "nobody";
/// The issuer of people for whom the help desk has made an identity: they have a paper, and sign in nowhere.
pub const DESK: &str = "desk";

/// Remembers the language to write to somebody in.
///
/// # Errors
/// When the database fails.
pub async fn speaks(change: &mut Change, citizen: &CitizenId, language: &str) -> Result<()> {
    sqlx::query("UPDATE citizens SET language = $1 WHERE id = $2").bind(language).bind(citizen.as_str()).execute(&mut **change).await?;
    Ok(())
}

/// The citizen an identity belongs to, made when new, with names and contacts as the provider just said them. What it does not say
/// stays as it was: a provider that leaves out the address this time has not taken it back.
///
/// # Errors
/// When the database fails.
pub async fn know(change: &mut Change, identity: &Identity, now: &str) -> Result<CitizenId> {
    let id: String = sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, fiscal_code, email, phone, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (issuer, subject) DO UPDATE SET
            given_name = excluded.given_name, family_name = excluded.family_name,
            fiscal_code = COALESCE(excluded.fiscal_code, citizens.fiscal_code),
            email = COALESCE(excluded.email, citizens.email), phone = COALESCE(excluded.phone, citizens.phone), left_at = NULL
         RETURNING id",
    )
    .bind(new_id())
    .bind(&identity.issuer)
    .bind(&identity.subject)
    .bind(&identity.given_name)
    .bind(&identity.family_name)
    .bind(&identity.fiscal_code)
    .bind(&identity.email)
    .bind(&identity.phone)
    .bind(now)
    .fetch_one(&mut **change)
    .await?
    .try_get(0)?;
    Ok(CitizenId(id))
}

/// A citizen's name, in a change.
///
/// # Errors
/// When the citizen is gone, or when the database fails.
pub async fn name_in(change: &mut Change, citizen: &CitizenId) -> Result<String> {
    let row =
        sqlx::query("SELECT given_name, family_name FROM citizens WHERE id = $1").bind(citizen.as_str()).fetch_one(&mut **change).await?;
    Ok(format!("{} {}", row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?).trim().to_owned())
}

/// A citizen's name, as it stands on a receipt.
///
/// # Errors
/// [`Error::NotFound`] when the citizen is gone, or when the database fails.
pub async fn name(crm: &Crm, citizen: &CitizenId) -> Result<String> {
    let row = sqlx::query("SELECT given_name, family_name FROM citizens WHERE id = $1")
        .bind(citizen.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(format!("{} {}", row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?).trim().to_owned())
}

/// A citizen with their session, as the app shows them.
///
/// # Errors
/// [`Error::SignedOut`] when the citizen is gone, or when the database fails.
pub async fn me(crm: &Crm, citizen: &CitizenId, session: SessionInfo) -> Result<Me> {
    let row = sqlx::query("SELECT given_name, family_name, fiscal_code, email, phone FROM citizens WHERE id = $1")
        .bind(citizen.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::SignedOut)?;
    Ok(Me {
        id: citizen.clone(),
        given_name: row.try_get(0)?,
        family_name: row.try_get(1)?,
        fiscal_code: row.try_get(2)?,
        email: row.try_get(3)?,
        phone: row.try_get(4)?,
        comfort: comfort::of(crm, citizen).await?,
        session,
    })
}
