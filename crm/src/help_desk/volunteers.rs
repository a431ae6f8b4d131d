//! Volunteers: a login of their own (an issuer or a role that the town names, with a second factor), a session of their own beside any citizen's.
use super::{PAGE, helps};
use crate::clock::{instant, later, utc};
use crate::connect::oidc::LoggedIn;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::login;
use crate::session::STEP;
use crate::state::Crm;
use crate::{secret, web};
use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::headers::UNASKED;
use contract::help_desk::HelpEnd;
use contract::paths;
use contract::session::{Device, LoginRequest, LoginStart, Scheme};
use sqlx::Row;
use std::net::SocketAddr;

/// The cookie of a volunteer's session.
pub const COOKIE: &str = "__Host-desk";

/// A volunteer who is signed in in this browser.
#[derive(Clone, Debug)]
pub struct Volunteer {
    /// Who it is.
    pub id: String,
    /// Given name and family name.
    pub name: String,
    /// The hash of the session: it stands for this browser.
    pub desk: String,
    /// When the session ends whatever happens.
    pub ends_at: String,
}

impl FromRequestParts<Crm> for Volunteer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        find(crm, &parts.headers).await?.ok_or(Error::NoVolunteer)
    }
}

impl OptionalFromRequestParts<Crm> for Volunteer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Option<Self>> {
        find(crm, &parts.headers).await
    }
}

/// The volunteer behind a request's cookie, unless their session is over or they are none any more. Asking begins the idle time anew.
async fn find(crm: &Crm, headers: &HeaderMap) -> Result<Option<Volunteer>> {
    let Some(cookie) = web::cookie(headers, COOKIE) else { return Ok(None) };
    let desk = secret::sha256_hex(cookie.as_bytes());
    let row = sqlx::query(
        "SELECT v.id, v.name, d.seen_at, d.ends_at FROM desk_sessions d JOIN volunteers v ON v.id = d.volunteer_id
         WHERE d.id_hash = $1 AND v.removed_at IS NULL",
    )
    .bind(&desk)
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (now, ends_at): (_, String) = (crm.clock.now(), row.try_get("ends_at")?);
    let seen = instant(row.try_get("seen_at")?).ok_or_else(|| Error::Internal("desk_sessions.seen_at is no instant".to_owned()))?;
    let unseen = now.as_second() - seen.as_second();
    if utc(now).0 >= ends_at || unseen > crm.config.desk.lengths.idle + STEP {
        return Ok(None);
    }
    // What the page asks by itself keeps nobody signed in.
    if unseen >= STEP && !headers.contains_key(UNASKED) {
        let mut change = crm.db.begin().await?;
        touch(crm, &mut change, &desk).await?;
        change.commit().await?;
    }
    Ok(Some(Volunteer { id: row.try_get("id")?, name: row.try_get("name")?, desk, ends_at }))
}

/// The desk was heard: its idle time begins anew.
///
/// # Errors
/// When the database fails.
pub async fn touch(crm: &Crm, change: &mut Change, desk: &str) -> Result<()> {
    sqlx::query("UPDATE desk_sessions SET seen_at = $1 WHERE id_hash = $2")
        .bind(crm.clock.utc().0)
        .bind(desk)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Begin a volunteer's login: where the browser must go.
#[utoipa::path(post, path = paths::HELP_DESK_LOGIN, operation_id = "help_desk_login", tag = "help_desk", security(()),
    responses((status = 200, body = LoginStart), (status = "4XX", body = contract::Problem), (status = 503, body = contract::Problem)))]
pub async fn log_in(
    State(crm): State<Crm>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    asked: HeaderMap,
    language: web::Asked<web::InLanguage>,
) -> Result<Response> {
    let request = LoginRequest {
        scheme: Scheme::Unknown,
        device: Device::Shared,
        back_to: PAGE.to_owned(),
        language: language.0.language,
        level: None,
    };
    login::begin(&crm, (&asked, peer), &request, login::Whom::Volunteer).await
}

/// A volunteer is back from the provider: the cookie of a new session, or the code of why there is none.
///
/// # Errors
/// When the database fails.
pub async fn arrive(crm: &Crm, logged_in: LoggedIn) -> Result<Result<HeaderValue, &'static str>> {
    let role = &crm.config.desk.role;
    if !role.is_empty() && !logged_in.roles.contains(role) {
        return Ok(Err("role"));
    }
    let identity = &logged_in.identity;
    let name = format!("{} {}", identity.given_name, identity.family_name);
    let mut change = crm.db.begin().await?;
    let opened = open(crm, &mut change, (&identity.issuer, &identity.subject, name.trim()), Some(&logged_in.access_token)).await?;
    let Some(secret) = opened else { return Ok(Err("removed")) };
    change.commit().await?;
    let cookie = format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict");
    HeaderValue::from_str(&cookie).map(Ok).map_err(|error| Error::Internal(error.to_string()))
}

/// Opens a volunteer's session; the value of its cookie. Whoever they were helping in another browser is not helped any more. Nothing for
/// somebody who was removed.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn open(
    crm: &Crm,
    change: &mut Change,
    (issuer, subject, name): (&str, &str, &str),
    token: Option<&str>,
) -> Result<Option<String>> {
    let now = crm.clock.now();
    let row = sqlx::query(
        "INSERT INTO volunteers (id, issuer, subject, name, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name RETURNING id, removed_at",
    )
    .bind(new_id())
    .bind(issuer)
    .bind(subject)
    .bind(name)
    .bind(utc(now).0)
    .fetch_one(&mut **change)
    .await?;
    if row.try_get::<Option<String>, _>("removed_at")?.is_some() {
        return Ok(None);
    }
    let id: String = row.try_get("id")?;
    helps::end_of_volunteer(crm, change, &id, HelpEnd::Reopened).await?;
    let secret = secret::random()?;
    sqlx::query(
        "INSERT INTO desk_sessions (id_hash, volunteer_id, created_at, seen_at, ends_at, sealed_token) VALUES ($1, $2, $3, $3, $4, $5)",
    )
    .bind(secret::sha256_hex(secret.as_bytes()))
    .bind(&id)
    .bind(utc(now).0)
    .bind(utc(later(now, crm.config.desk.lengths.total)).0)
    .bind(token.and_then(|token| secret::seal(&secret, token)))
    .execute(&mut **change)
    .await?;
    Ok(Some(secret))
}

/// The volunteer leaves: whoever is being helped is not any more, and the token at the provider ends. Whoever is out already gets the same answer.
#[utoipa::path(post, path = paths::HELP_DESK_LOGOUT, operation_id = "help_desk_logout", tag = "help_desk", security(()),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn log_out(State(crm): State<Crm>, asked: HeaderMap) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    for name in [COOKIE, crate::session::COOKIE] {
        // Only a citizen whom this desk helps goes with it: somebody who is signed in by themselves stays.
        if name == COOKIE || helps::is_helped(&crm, &asked).await? {
            response.headers_mut().append(header::SET_COOKIE, gone(name)?);
        }
    }
    let Some(secret) = web::cookie(&asked, COOKIE) else { return Ok(response) };
    let mut change = crm.db.begin().await?;
    let row = sqlx::query("DELETE FROM desk_sessions WHERE id_hash = $1 RETURNING volunteer_id, sealed_token")
        .bind(secret::sha256_hex(secret.as_bytes()))
        .fetch_optional(&mut *change)
        .await?;
    let Some(row) = row else { return Ok(response) };
    helps::end_of_volunteer(&crm, &mut change, row.try_get("volunteer_id")?, HelpEnd::Finished).await?;
    change.commit().await?;
    let sealed: Option<String> = row.try_get("sealed_token")?;
    if let Some(token) = sealed.and_then(|sealed| secret::open(secret, &sealed)) {
        let crm = crm.clone();
        tokio::spawn(async move {
            if let Some(provider) = &crm.desk_provider
                && let Err(error) = provider.revoke(&token).await
            {
                tracing::warn!("a volunteer's token could not be revoked: {error}");
            }
        });
    }
    Ok(response)
}

/// A cookie that is no more.
///
/// # Errors
/// When its name cannot stand in a header.
pub fn gone(name: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(&format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// Everybody who has ever been a volunteer: subject, name, and since when they are none any more.
///
/// # Errors
/// When the database fails.
pub async fn all(crm: &Crm) -> Result<Vec<(String, String, Option<String>)>> {
    let rows = sqlx::query("SELECT subject, name, removed_at FROM volunteers ORDER BY name, subject").fetch_all(crm.db.reader()).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// Somebody is a volunteer no longer, or is one again. Whoever they are helping at this moment is not helped any more. Whether they are known.
///
/// # Errors
/// When the database fails.
pub async fn set_removed(crm: &Crm, subject: &str, is_removed: bool) -> Result<bool> {
    let mut change = crm.db.begin().await?;
    let rows = sqlx::query("UPDATE volunteers SET removed_at = $1 WHERE subject = $2 RETURNING id")
        .bind(is_removed.then(|| crm.clock.utc().0))
        .bind(subject)
        .fetch_all(&mut *change)
        .await?;
    for row in &rows {
        let id: &str = row.try_get(0)?;
        if is_removed {
            helps::end_of_volunteer(crm, &mut change, id, HelpEnd::Removed).await?;
            sqlx::query("DELETE FROM desk_sessions WHERE volunteer_id = $1").bind(id).execute(&mut *change).await?;
        }
    }
    change.commit().await?;
    Ok(!rows.is_empty())
}
