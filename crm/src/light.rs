//! Light login (feature A2): a code sent to an e-mail address leads to the reports that were sent with it.
//!
//! What it opens is no citizen's session: it has a cookie and a table of its own, which nothing but [`reports`] takes. It stands for an
//! address, which the code proves, and shows what the code of a report shows: nothing about who wrote it or what they wrote. Whether an address is
//! known is told to nobody: the same statements run, the same letter is written (and thrown away), and the answer is the same.
use crate::clock::{later, utc};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::help_desk::volunteers::gone;
use crate::notices::{self, Notice};
use crate::outbox::{self, Kind};
use crate::state::Crm;
use crate::web::{self, Body, NO_STORE};
use crate::words::Words;
use crate::{citizens, mail, secret, tracking};
use axum::Router;
use axum::extract::{ConnectInfo, Extension, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use contract::channels::Topic;
use contract::light::{CODE_DIGITS, CODE_SECONDS, LightCode, LightReports, NewLightCode, TRIES_MAX};
use contract::problem::FieldRule;
use contract::{UtcTime, paths};
use sqlx::Row;
use std::net::SocketAddr;

/// The cookie of who is in by a code.
pub const COOKIE: &str = "__Host-light";
/// Ties a code to the browser that asked for it.
const ASKED: &str = "__Host-light-asked";
/// Seconds for which somebody is in.
const SESSION_SECONDS: i64 = 1800;
/// Seconds in which codes for one address are counted, and how many are sent in them: who guesses has five tries at each.
const COUNTED_SECONDS: i64 = 3600;
const CODES_MAX: i64 = 5;
/// Reports that are shown.
const REPORTS_MAX: i64 = 100;

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The routes of this file; none where the town does not want it, or writes no letters.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::LIGHT_CODES, post(ask))
        .route(paths::LIGHT_SESSION, post(enter).delete(leave))
        .route(paths::LIGHT_REPORTS, get(reports))
}

/// An address that a code has proved.
#[derive(Clone, Debug)]
pub struct Light {
    email: String,
    ends_at: String,
}

impl FromRequestParts<Crm> for Light {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let cookie = web::cookie(&parts.headers, COOKIE).filter(|_| is_on(crm)).ok_or(Error::NoLight)?;
        let row = sqlx::query("SELECT email, ends_at FROM light_sessions WHERE id_hash = $1 AND ends_at > $2")
            .bind(secret::sha256_hex(cookie.as_bytes()))
            .bind(crm.clock.utc().0)
            .fetch_optional(crm.db.reader())
            .await?
            .ok_or(Error::NoLight)?;
        Ok(Self { email: row.try_get(0)?, ends_at: row.try_get(1)? })
    }
}

fn is_on(crm: &Crm) -> bool {
    crm.config.light_login && crm.post.is_some()
}

/// Each network address may ask and try so often in a minute.
fn throttle(crm: &Crm, asked: &HeaderMap, peer: Peer) -> Result<()> {
    if !is_on(crm) {
        return Err(Error::NotFound);
    }
    let address = crm.client_address(asked, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)
}

/// Send a code to an address. The answer says nothing of whether it is known.
#[utoipa::path(post, path = paths::LIGHT_CODES, operation_id = "light_code", tag = "light", request_body = NewLightCode, security(()),
    responses((status = 204), (status = 404, description = "The town does not offer it", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
async fn ask(State(crm): State<Crm>, peer: Peer, asked: HeaderMap, Body(new): Body<NewLightCode>) -> Result<Response> {
    throttle(&crm, &asked, peer)?;
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (email, browser, code) = (new.address(), secret::random()?, digits()?);
    let mut change = crm.db.begin().await?;
    let is_known = is_known(&mut change, &email).await?;
    let is_quiet = asked_for(&crm, &mut change, &email).await? < CODES_MAX;
    let goes = is_known && is_quiet;
    let letter = outbox::put(&crm, &mut change, Kind::Mail, &letter(&crm, &new, &code)?).await?;
    // Written all the same: it takes as long, and goes nowhere.
    sqlx::query("DELETE FROM outbox WHERE id = $1").bind(if goes { "" } else { &letter }).execute(&mut *change).await?;
    sqlx::query("INSERT INTO light_codes (browser_hash, email, code_hash, is_known, tries, created_at) VALUES ($1, $2, $3, $4, 0, $5)")
        .bind(secret::sha256_hex(browser.as_bytes()))
        .bind(&email)
        .bind(code_hash(&browser, &code))
        .bind(i64::from(goes))
        .bind(crm.clock.utc().0)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    let cookie = format!("{ASKED}={browser}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={CODE_SECONDS}");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, value(&cookie)?)]).into_response())
}

/// Whether somebody gave that address: with their identity, or with a report.
async fn is_known(change: &mut Change, email: &str) -> Result<bool> {
    let row = sqlx::query("SELECT COUNT(*) FROM citizens WHERE LOWER(email) = $1 AND issuer <> $2 AND left_at IS NULL")
        .bind(email)
        .bind(citizens::DESK)
        .fetch_one(&mut **change)
        .await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}

/// How many codes were asked for that address lately, by whomever.
async fn asked_for(crm: &Crm, change: &mut Change, email: &str) -> Result<i64> {
    let row = sqlx::query("SELECT COUNT(*) FROM light_codes WHERE email = $1 AND created_at > $2")
        .bind(email)
        .bind(crm.clock.seconds_ago(COUNTED_SECONDS).0)
        .fetch_one(&mut **change)
        .await?;
    Ok(row.try_get(0)?)
}

fn digits() -> Result<String> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:0CODE_DIGITS$}", u64::from_le_bytes(bytes) % 10_u64.pow(6)))
}

/// How a code is kept: of one browser alone.
fn code_hash(browser: &str, code: &str) -> String {
    secret::sha256_hex(format!("light {browser} {code}").as_bytes())
}

/// The letter with the code, in the language in which it was asked for.
fn letter(crm: &Crm, new: &NewLightCode, code: &str) -> Result<mail::Letter> {
    let words = Words::of(&new.language)?;
    let light = &words.light;
    let mut notice: Notice = notices::empty(Topic::Requests);
    notice.subject = light.subject.replace("{code}", code);
    notice.paragraphs = vec![light.text.clone(), light.warning.clone()];
    notice.facts = vec![(light.code.clone(), code.to_owned())];
    Ok(mail::letter(crm, &words, (String::new(), new.address()), &mail::greeting(&words, ""), &notice))
}

fn value(cookie: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(cookie).map_err(|error| Error::Internal(error.to_string()))
}

/// Come in by the code. A code of another browser, one that is used or too old, or after five wrong ones: 410, ask for another.
#[utoipa::path(post, path = paths::LIGHT_SESSION, operation_id = "light_enter", tag = "light", request_body = LightCode, security(()),
    responses((status = 204), (status = 410, description = "No code waits here any more", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
async fn enter(State(crm): State<Crm>, peer: Peer, asked: HeaderMap, Body(typed): Body<LightCode>) -> Result<Response> {
    throttle(&crm, &asked, peer)?;
    let problems = typed.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let browser = web::cookie(&asked, ASKED).unwrap_or_default();
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "UPDATE light_codes SET tries = tries + 1 WHERE browser_hash = $1 AND used_at IS NULL AND tries < $2 AND created_at > $3
         RETURNING email, code_hash, is_known",
    )
    .bind(secret::sha256_hex(browser.as_bytes()))
    .bind(TRIES_MAX)
    .bind(crm.clock.seconds_ago(CODE_SECONDS).0)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::Gone)?;
    let (email, hash): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    if hash != code_hash(browser, &typed.digits()) || row.try_get::<i64, _>(2)? == 0 {
        change.commit().await?;
        return Err(Error::field("code", FieldRule::WrongCode));
    }
    let now = crm.clock.now();
    sqlx::query("UPDATE light_codes SET used_at = $1 WHERE browser_hash = $2")
        .bind(utc(now).0)
        .bind(secret::sha256_hex(browser.as_bytes()))
        .execute(&mut *change)
        .await?;
    let session = secret::random()?;
    sqlx::query("INSERT INTO light_sessions (id_hash, email, created_at, ends_at) VALUES ($1, $2, $3, $4)")
        .bind(secret::sha256_hex(session.as_bytes()))
        .bind(&email)
        .bind(utc(now).0)
        .bind(utc(later(now, SESSION_SECONDS)).0)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    let cookie = format!("{COOKIE}={session}; Path=/; Secure; HttpOnly; SameSite=Strict");
    response.headers_mut().append(header::SET_COOKIE, value(&cookie)?);
    response.headers_mut().append(header::SET_COOKIE, gone(ASKED)?);
    Ok(response)
}

/// The reports that were sent with the address, and how they go.
#[utoipa::path(get, path = paths::LIGHT_REPORTS, operation_id = "light_reports", tag = "light", security(("light" = [])),
    responses((status = 200, body = LightReports), (status = "4XX", body = contract::Problem)))]
async fn reports(State(crm): State<Crm>, light: Light, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!(
        "SELECT {} FROM citizens p JOIN cases c ON c.owner_id = p.id {}
         WHERE LOWER(p.email) = $1 AND p.issuer <> $2 AND p.left_at IS NULL ORDER BY c.moved_at DESC, c.id DESC LIMIT $3",
        tracking::COLUMNS,
        tracking::TABLES,
    ))
    .bind(&light.email)
    .bind(citizens::DESK)
    .bind(REPORTS_MAX)
    .fetch_all(crm.db.reader())
    .await?;
    let mut reports = Vec::with_capacity(rows.len());
    for row in &rows {
        reports.push(tracking::tracked(&crm, row).await?);
    }
    web::tagged(&asked, NO_STORE, &LightReports { email: light.email, until: UtcTime(light.ends_at), reports })
}

/// Out again. Whoever is out already gets the same answer.
#[utoipa::path(delete, path = paths::LIGHT_SESSION, operation_id = "light_leave", tag = "light", security(()),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn leave(State(crm): State<Crm>, asked: HeaderMap) -> Result<Response> {
    let session = web::cookie(&asked, COOKIE).unwrap_or_default();
    let mut change = crm.db.begin().await?;
    sqlx::query("DELETE FROM light_sessions WHERE id_hash = $1").bind(secret::sha256_hex(session.as_bytes())).execute(&mut *change).await?;
    change.commit().await?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone(COOKIE)?)]).into_response())
}

/// Forgets what is over.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<()> {
    sqlx::query("DELETE FROM light_codes WHERE created_at < $1")
        .bind(crm.clock.seconds_ago(COUNTED_SECONDS).0)
        .execute(&mut **change)
        .await?;
    sqlx::query("DELETE FROM light_sessions WHERE ends_at <= $1").bind(crm.clock.utc().0).execute(&mut **change).await?;
    Ok(())
}
