//! The provider's token behind a session: kept sealed under the cookie's value, and revoked when the session is over.
use super::COOKIE;
use crate::db::Change;
use crate::error::Result;
use crate::state::Crm;
use crate::{secret, web, word};
use axum::http::HeaderMap;
use contract::session::Scheme;
use sqlx::Row;

/// The provider's token behind a request's session, and whose it is.
///
/// # Errors
/// When the database fails.
pub async fn sealed_token(change: &mut Change, asked: &HeaderMap) -> Result<Option<(Scheme, String)>> {
    let Some(secret) = web::cookie(asked, COOKIE) else { return Ok(None) };
    let row = sqlx::query("SELECT scheme, sealed_token FROM sessions WHERE id_hash = $1")
        .bind(secret::sha256_hex(secret.as_bytes()))
        .fetch_optional(&mut **change)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let token = row.try_get::<Option<String>, _>("sealed_token")?.and_then(|sealed| secret::open(secret, &sealed));
    token.map(|token| Ok((word::from(row.try_get("scheme")?)?, token))).transpose()
}

/// Revokes a token behind the person's back: logging out must not wait for the provider.
pub fn revoke(crm: Crm, scheme: Scheme, token: String) {
    tokio::spawn(async move {
        if let Some(provider) = crm.provider(scheme)
            && let Err(error) = provider.revoke(&token).await
        {
            tracing::warn!("a token could not be revoked: {error}");
        }
    });
}
