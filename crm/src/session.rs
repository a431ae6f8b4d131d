//! Who is here: the session behind the cookie, how long it lasts, and how it ends.
//!
//! The cookie's value is 256 random bits and is kept only as its hash. A session ends after a time without requests and
//! after a time altogether, both shorter on a shared computer.
mod level;
mod token;
mod told;

use crate::channels::devices;
use crate::clock::{instant, later, utc};
use crate::config::{Config, SessionLengths};
use crate::db::Change;
use crate::delegates::{Delegate, acting};
use crate::error::{Error, Result};
use crate::help_desk::scope::Deputy;
use crate::help_desk::{Helper, helps, scope, volunteers};
use crate::state::Crm;
use crate::web::{self, NO_STORE};
use crate::{citizens, credential, secret, word};
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use contract::id::{CaseId, CitizenId};
use contract::session::{Device, Me, Scheme, SessionInfo};
use contract::{headers, paths};
use jiff::Timestamp;
pub use level::reached;
use sqlx::Row;
use std::sync::Arc;
pub use token::{revoke, sealed_token};
use told::Told;
pub use told::tell_whose;

/// The session's cookie. The prefix makes browsers insist on Secure, Path=/ and no Domain.
pub const COOKIE: &str = "__Host-sid";
/// The row remembers the last request only this often (seconds): reading must not cost a write each time. A session lives
/// that much longer than it says, never shorter.
pub(crate) const STEP: i64 = 15;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::ME, get(me)).route(paths::SESSION_EXTEND, post(extend)).route(paths::SESSION_LOGOUT, post(logout))
}

/// Somebody who is signed in. A handler that takes one is closed to everybody else; every query begins with its `id`.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// Who it is.
    pub id: CitizenId,
    session: Session,
}

#[derive(Clone, Debug)]
struct Session {
    id_hash: String,
    scheme: Scheme,
    device: Device,
    level: u8,
    seconds_left: i64,
    ends_at: Timestamp,
    deputy: Option<Deputy>,
}

impl Session {
    fn info(&self) -> SessionInfo {
        SessionInfo {
            device: self.device,
            scheme: self.scheme,
            level: self.level,
            seconds_left: u32::try_from(self.seconds_left).unwrap_or_default(),
            ends_at: utc(self.ends_at),
            help: None,
            acting: None,
        }
    }
}

impl FromRequestParts<Crm> for Citizen {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let (citizen, unseen) = look(crm, hash_of(&parts.headers).ok_or(Error::SignedOut)?).await?.ok_or(Error::SignedOut)?;
        expected(&parts.headers, citizen.id.clone())?;
        citizen.is_allowed(crm, parts).await?;
        Told::person(parts, &citizen.id);
        if parts.headers.contains_key(headers::UNASKED) {
            return Ok(citizen);
        }
        // Reading goes on when the database can only be read for a moment.
        if let Err(error) = citizen.was_seen(crm, unseen).await {
            tracing::warn!("a session's last request was not kept: {error}");
        }
        if let Some(told) = parts.extensions.get::<Told>() {
            let _ = told.seconds.set(citizen.session.seconds_left);
        }
        Ok(citizen)
    }
}

/// Somebody, unless the request says that it is somebody else's ([`headers::PERSON`]).
///
/// # Errors
/// [`Error::OtherPerson`].
pub fn expected(asked: &HeaderMap, citizen: CitizenId) -> Result<CitizenId> {
    let meant = asked.get(headers::PERSON).is_none_or(|person| person.as_bytes() == citizen.as_str().as_bytes());
    if meant { Ok(citizen) } else { Err(Error::OtherPerson) }
}

fn lengths(config: &Config, device: Device) -> SessionLengths {
    match device {
        Device::Mine => config.mine,
        Device::Shared => config.shared,
    }
}

/// Opens a session; the value of its cookie. The provider's token is kept sealed, to be revoked at logout.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn open(
    crm: &Crm,
    change: &mut Change,
    citizen: &CitizenId,
    (scheme, device): (Scheme, Device),
    token: Option<&str>,
) -> Result<String> {
    let secret = secret::random()?;
    let now = crm.clock.now();
    let lengths = lengths(&crm.config, device);
    sqlx::query(
        "INSERT INTO sessions (id_hash, citizen_id, scheme, device, idle_seconds, created_at, seen_at, ends_at, sealed_token)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)",
    )
    .bind(secret::sha256_hex(secret.as_bytes()))
    .bind(citizen.as_str())
    .bind(word::to(&scheme)?)
    .bind(word::to(&device)?)
    .bind(lengths.idle)
    .bind(utc(now).0)
    .bind(utc(later(now, lengths.total)).0)
    .bind(token.and_then(|token| secret::seal(&secret, token)))
    .execute(&mut **change)
    .await?;
    Ok(secret)
}

/// Whose session it is, when it has not ended, and for how many seconds it was not seen.
async fn look(crm: &Crm, id_hash: String) -> Result<Option<(Citizen, i64)>> {
    // At the help desk the session belongs to a help, and ends with its volunteer. One that acts for somebody stays its own person's.
    let row = sqlx::query(&format!(
        "SELECT s.citizen_id, s.scheme, s.device, s.level, s.idle_seconds, s.seen_at, s.ends_at, s.help_id, h.session AS help_session, h.scopes,
                h.desk_hash, v.name AS volunteer, {}
         FROM sessions s LEFT JOIN helps h ON h.id = s.help_id AND h.ended_at IS NULL
              LEFT JOIN volunteers v ON v.id = h.volunteer_id AND v.removed_at IS NULL {}
         WHERE s.id_hash = $1 AND (s.help_id IS NULL OR v.id IS NOT NULL)",
        acting::COLUMNS,
        acting::TABLES,
    ))
    .bind(&id_hash)
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let stored = |column: &str| -> Result<Timestamp> {
        instant(row.try_get(column)?).ok_or_else(|| Error::Internal(format!("sessions.{column} is no instant")))
    };
    let (now, seen_at, ends_at) = (crm.clock.now(), stored("seen_at")?, stored("ends_at")?);
    let idle: i64 = row.try_get("idle_seconds")?;
    let unseen = now.as_second() - seen_at.as_second();
    if now >= ends_at || unseen > idle + STEP {
        return Ok(None);
    }
    let (id, deputy) = match (Delegate::of(crm, &row)?, Helper::of(&row, unseen)?) {
        (Some((giver, delegate)), _) => (giver, Some(Deputy::Delegate(delegate))),
        (None, helper) => (CitizenId(row.try_get("citizen_id")?), helper.map(Deputy::Helper)),
    };
    let citizen = Citizen {
        id,
        session: Session {
            id_hash,
            scheme: word::from(row.try_get("scheme")?)?,
            device: word::from(row.try_get("device")?)?,
            level: u8::try_from(row.try_get::<i64, _>("level")?).unwrap_or_default(),
            seconds_left: idle.min(ends_at.as_second() - now.as_second()),
            ends_at,
            deputy,
        },
    };
    Ok(Some((citizen, unseen)))
}

/// Somebody who is signed in and only watches: asking does not begin the idle time anew.
pub struct Watcher {
    /// Who it is.
    pub id: CitizenId,
    id_hash: String,
}

impl FromRequestParts<Crm> for Watcher {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let id_hash = hash_of(&parts.headers).ok_or(Error::SignedOut)?;
        let (citizen, _) = look(crm, id_hash).await?.ok_or(Error::SignedOut)?;
        let id = expected(&parts.headers, citizen.id.clone())?;
        citizen.is_allowed(crm, parts).await?;
        Told::person(parts, &id);
        Ok(Self { id, id_hash: citizen.session.id_hash })
    }
}

impl Watcher {
    /// Whether the session is still there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_here(&self, crm: &Crm) -> Result<bool> {
        let now = look(crm, self.id_hash.clone()).await?;
        // Whose line this is may be another by now, or nobody's to hear any more.
        Ok(now.is_some_and(|(citizen, _)| citizen.id == self.id && citizen.delegate().is_none_or(|delegate| !delegate.is_over)))
    }
}

/// The hash under which a request's session is kept, whether it still lives or not.
pub fn hash_of(headers: &HeaderMap) -> Option<String> {
    web::cookie(headers, COOKIE).map(|secret| secret::sha256_hex(secret.as_bytes()))
}

/// The cookie of a new session. On one's own device it outlives the browser's window, on a shared computer it does not.
///
/// # Errors
/// When the value cannot stand in a header.
pub fn set_cookie(crm: &Crm, device: Device, secret: &str) -> Result<HeaderValue> {
    let kept = match device {
        Device::Mine => format!("; Max-Age={}", crm.config.mine.total),
        Device::Shared => String::new(),
    };
    HeaderValue::from_str(&format!("{COOKIE}={secret}; Path=/; Secure; HttpOnly; SameSite=Strict{kept}"))
        .map_err(|error| Error::Internal(error.to_string()))
}

/// Who is signed in.
#[utoipa::path(get, path = paths::ME, tag = "session", responses((status = 200, body = Me), (status = "4XX", body = contract::Problem)))]
async fn me(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    if let Some(delegate) = citizen.delegate().filter(|delegate| delegate.is_over) {
        // Whoever asks who is here begins anew, as themselves.
        acting::stop(&crm, &citizen, delegate).await?;
        return web::tagged(&asked, NO_STORE, &citizens::me(&crm, &delegate.id, citizen.session.info()).await?);
    }
    let mut me = citizens::me(&crm, &citizen.id, citizen.session.info()).await?;
    if let Some(delegate) = citizen.delegate() {
        acting::show(&crm, delegate, &mut me).await?;
    }
    if let Some(helper) = citizen.helper() {
        helps::keep_to_page(&crm, helper, asked.get(headers::DESK_PAGE).and_then(|page| page.to_str().ok())).await?;
        helps::show(helper, &mut me);
    }
    web::tagged(&asked, NO_STORE, &me)
}

/// Stay signed in: like every request, it begins the idle time anew.
#[utoipa::path(post, path = paths::SESSION_EXTEND, operation_id = "session_extend", tag = "session", responses((status = 200, body = SessionInfo), (status = "4XX", body = contract::Problem)))]
async fn extend(citizen: Citizen) -> Json<SessionInfo> {
    Json(citizen.session.info())
}

/// Log out: the session ends here and the token at the provider. Whoever is signed out already gets the same answer.
#[utoipa::path(post, path = paths::SESSION_LOGOUT, operation_id = "session_logout", tag = "session", responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn logout(State(crm): State<Crm>, asked: HeaderMap) -> Result<Response> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::SET_COOKIE, volunteers::gone(COOKIE)?);
    let secret = web::cookie(&asked, COOKIE).map(str::to_owned).unwrap_or_default();
    let mut change = crm.db.begin().await?;
    helps::end_of_session(&crm, &mut change, &secret::sha256_hex(secret.as_bytes())).await?;
    // The session first: a credential that is just being given to it is there afterwards, and is revoked.
    let row = sqlx::query("DELETE FROM sessions WHERE id_hash = $1 RETURNING scheme, device, sealed_token")
        .bind(secret::sha256_hex(secret.as_bytes()))
        .fetch_optional(&mut *change)
        .await?;
    credential::revoke(&mut change, &asked).await?;
    devices::leave(&mut change, &secret::sha256_hex(secret.as_bytes())).await?;
    change.commit().await?;
    let Some(row) = row else { return Ok(response) };
    if word::from::<Device>(row.try_get("device")?)? == Device::Shared {
        // A help only: the app itself wipes what it wrote.
        response.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cookies\", \"storage\""));
    }
    let sealed: Option<String> = row.try_get("sealed_token")?;
    if let Some(token) = sealed.and_then(|sealed| secret::open(&secret, &sealed)) {
        revoke(Arc::clone(&crm), word::from(row.try_get("scheme")?)?, token);
    }
    Ok(response)
}

/// Ends a session by its hash, when another one takes its place; what a volunteer did in it ends too.
///
/// # Errors
/// When the database fails.
pub async fn end(crm: &Crm, change: &mut Change, id_hash: &str) -> Result<()> {
    helps::end_of_session(crm, change, id_hash).await?;
    sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(&mut **change).await?;
    Ok(())
}

impl Citizen {
    /// Whose device this session is on.
    pub fn device(&self) -> Device {
        self.session.device
    }

    /// The hash of this session, to be ended when another takes its place.
    pub fn session_hash(&self) -> &str {
        &self.session.id_hash
    }

    /// Who has this session for the citizen, at the help desk.
    pub fn helper(&self) -> Option<&Helper> {
        match &self.session.deputy {
            Some(Deputy::Helper(helper)) => Some(helper),
            _ => None,
        }
    }

    /// Who has this session and acts for the citizen, by a delegation.
    pub fn delegate(&self) -> Option<&Delegate> {
        match &self.session.deputy {
            Some(Deputy::Delegate(delegate)) => Some(delegate),
            _ => None,
        }
    }

    /// The only case there is in this session: that of a delegation about one.
    pub fn only_case(&self) -> Option<&CaseId> {
        self.delegate().and_then(|delegate| delegate.case.as_ref())
    }

    /// Who does things for the citizen in this session.
    pub fn deputy(&self) -> Option<&Deputy> {
        self.session.deputy.as_ref()
    }

    /// Nothing but what a citizen has agreed to is done for them, and by themselves what their session reaches.
    async fn is_allowed(&self, crm: &Crm, parts: &Parts) -> Result<()> {
        match &self.session.deputy {
            Some(deputy) => scope::allow(crm, parts, &self.id, deputy).await,
            None => level::allow(crm, parts, self),
        }
    }

    /// Begins the idle time anew; that of the desk too.
    async fn was_seen(&self, crm: &Crm, unseen: i64) -> Result<()> {
        if unseen < STEP {
            return Ok(());
        }
        let mut change = crm.db.begin().await?;
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE id_hash = $2")
            .bind(crm.clock.utc().0)
            .bind(&self.session.id_hash)
            .execute(&mut *change)
            .await?;
        if let Some(helper) = self.helper() {
            volunteers::touch(crm, &mut change, &helper.desk).await?;
        }
        Ok(change.commit().await?)
    }
}
