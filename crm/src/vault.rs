//! The vault key: what a person keeps on their own device is encrypted under it, so that it opens offline and for nobody else.
//!
//! A session on one's own device gets it once, right after the login; a shared computer never does. Script that gets into the page
//! later can use the key that the browser holds, but not carry it away (the browser keeps it non-extractable). With it goes the
//! send-only credential ([`credential`]).
use crate::clock::{instant, utc};
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::{credential, secret};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use axum::{Json, Router};
use contract::paths;
use contract::session::{Device, VaultKey};
use sqlx::Row;

/// An answer can be lost on its way: so many seconds after the first time the same session may ask again.
const GRACE_SECONDS: i64 = 120;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::SESSION_VAULT, post(hand_out))
}

/// The key of the person's vault and the send-only credential, once for each login on one's own device: 403 on a shared computer, 409 when it was given before.
#[utoipa::path(post, path = paths::SESSION_VAULT, operation_id = "session_vault", tag = "session", responses((status = 200, body = VaultKey), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn hand_out(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Json<VaultKey>> {
    let now = crm.clock.now();
    let mut change = crm.db.begin().await?;
    // Whoever was here before ends, also when nothing is given below.
    credential::displace(&mut change, &citizen, &asked).await?;
    change.commit().await?;
    if citizen.device() != Device::Mine {
        return Err(Error::Forbidden);
    }
    let mut change = crm.db.begin().await?;
    // The session is this change's own until it ends: a logout meanwhile waits, and finds what was given.
    let own = "UPDATE sessions SET vault_given_at = vault_given_at WHERE citizen_id = $1 AND id_hash = $2 RETURNING vault_given_at";
    let row = sqlx::query(own)
        .bind(citizen.id.as_str())
        .bind(citizen.session_hash())
        .fetch_optional(&mut *change)
        .await?
        .ok_or(Error::SignedOut)?;
    let given: Option<&str> = row.try_get("vault_given_at")?;
    match given.map(instant) {
        None => {
            sqlx::query("UPDATE sessions SET vault_given_at = $1 WHERE citizen_id = $2 AND id_hash = $3")
                .bind(utc(now).0)
                .bind(citizen.id.as_str())
                .bind(citizen.session_hash())
                .execute(&mut *change)
                .await?;
        }
        Some(Some(first)) if now.as_second() - first.as_second() <= GRACE_SECONDS => {}
        Some(_) => return Err(Error::Conflict),
    }
    sqlx::query("INSERT INTO vault_keys (citizen_id, vault_key, created_at) VALUES ($1, $2, $3) ON CONFLICT (citizen_id) DO NOTHING")
        .bind(citizen.id.as_str())
        .bind(secret::random()?)
        .bind(utc(now).0)
        .execute(&mut *change)
        .await?;
    let row =
        sqlx::query("SELECT vault_key FROM vault_keys WHERE citizen_id = $1").bind(citizen.id.as_str()).fetch_one(&mut *change).await?;
    let send = credential::give(&crm, &mut change, &citizen, &asked).await?;
    change.commit().await?;
    Ok(Json(VaultKey { key: row.try_get("vault_key")?, send: Some(send) }))
}
