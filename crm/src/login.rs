//! Logging in: to the identity provider and back.
//!
//! What belongs to a login under way stays here, keyed by its state; a short-lived Lax cookie ties the callback to the
//! browser that began it (the session's own Strict cookie does not travel with the provider's redirect).
use crate::channels::devices;
use crate::clock::utc;
use crate::connect::oidc::{Attempt, LoggedIn, LoginError, Provider};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::help_desk::{self, helps, volunteers};
use crate::state::Crm;
use crate::web::{self, Asked, Body};
use crate::{citizens, credential, secret, word};
use crate::{session, sessions};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use contract::paths;
use contract::problem::FieldRule;
use contract::session::{Device, LoginRequest, LoginStart, Scheme};
use serde::Deserialize;
use sqlx::Row;
use std::net::SocketAddr;

/// Ties the callback to the browser that began the login.
pub const COOKIE: &str = "__Host-login";
/// Seconds after which a login that has not come back is forgotten.
pub const KEPT_SECONDS: i64 = 600;
/// The app's page that explains what went wrong; `src/route.rs` of the app knows it by the same address.
const PROBLEM_PAGE: &str = "/login?problem=";
/// A step-up that brought somebody else.
const OTHER_PERSON: &str = "other_person";
/// Error numbers of SPID that the app has words for (messaggi di errore, AgID): the provider puts them into the description.
const SPID_ERRORS: [&str; 7] = ["19", "20", "21", "22", "23", "25", "30"];

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::SESSION_LOGIN, post(start)).route(paths::SESSION_CALLBACK, get(callback))
}

/// Begin a login: where the browser must go.
#[utoipa::path(post, path = paths::SESSION_LOGIN, operation_id = "session_login", tag = "session", request_body = LoginRequest,
    responses((status = 200, body = LoginStart), (status = "4XX", body = contract::Problem), (status = 503, body = contract::Problem)))]
async fn start(
    State(crm): State<Crm>,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    asked: HeaderMap,
    Body(request): Body<LoginRequest>,
) -> Result<Response> {
    if request.scheme == Scheme::Unknown {
        return Err(Error::field("scheme", FieldRule::NotAChoice));
    }
    if request.level.is_some_and(|level| !(1..=3).contains(&level)) {
        return Err(Error::field("level", FieldRule::NotAChoice));
    }
    begin(&crm, (&asked, peer), &request, Whom::Citizen).await
}

/// Who logs in: each has their own provider and their own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A citizen.
    Citizen,
    /// A volunteer of the help desk.
    Volunteer,
}

/// Begins a login: where the browser must go, and the cookie that ties the answer to it.
///
/// # Errors
/// [`Error::TooMany`], or [`Error::Unavailable`] without a provider that answers.
pub async fn begin(
    crm: &Crm,
    (asked, peer): (&HeaderMap, Option<Extension<ConnectInfo<SocketAddr>>>),
    request: &LoginRequest,
    whom: Whom,
) -> Result<Response> {
    let address = crm.client_address(asked, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let provider =
        provider(crm, request.scheme, whom).ok_or_else(|| Error::Unavailable("no identity provider is configured".to_owned()))?;
    let attempt = Attempt {
        state: secret::random()?,
        nonce: secret::random()?,
        verifier: secret::random()?,
        level: request.level.unwrap_or_default(),
    };
    let location = provider.address(&attempt, language(&request.language)).await.map_err(|error| Error::Unavailable(error.to_string()))?;
    // Two tabs of one browser may log in at once: they share the cookie, each has its own state.
    let browser = match web::cookie(asked, COOKIE) {
        Some(value) if value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') => value.to_owned(),
        _ => secret::random()?,
    };
    remember(crm, (request, whom), &attempt, &browser, session::hash_of(asked)).await?;
    let cookie = format!("{COOKIE}={browser}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={KEPT_SECONDS}");
    let cookie = HeaderValue::from_str(&cookie).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(([(header::SET_COOKIE, cookie)], Json(LoginStart { location })).into_response())
}

/// The provider that knows who logs in.
fn provider(crm: &Crm, scheme: Scheme, whom: Whom) -> Option<&Provider> {
    match whom {
        Whom::Citizen => crm.provider(scheme),
        Whom::Volunteer => crm.desk_provider.as_ref(),
    }
}

/// A language tag for the provider's pages; Italian for anything that is none.
fn language(asked: &str) -> &str {
    let plain = (2..=16).contains(&asked.len()) && asked.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if plain { asked } else { "it" }
}

async fn remember(
    crm: &Crm,
    (request, whom): (&LoginRequest, Whom),
    attempt: &Attempt,
    browser: &str,
    old_session: Option<String>,
) -> Result<()> {
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO logins (state_hash, browser_hash, scheme, device, back_to, nonce, verifier, old_session, created_at, language, for_desk, level)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(secret::sha256_hex(attempt.state.as_bytes()))
    .bind(secret::sha256_hex(browser.as_bytes()))
    .bind(word::to(&request.scheme)?)
    .bind(word::to(&request.device)?)
    .bind(request.safe_back_to())
    .bind(&attempt.nonce)
    .bind(&attempt.verifier)
    .bind(old_session)
    .bind(crm.clock.utc().0)
    .bind(language(&request.language))
    .bind(i64::from(whom == Whom::Volunteer))
    .bind(i64::from(attempt.level))
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

/// What the provider sends back with the browser.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Callback {
    /// Ties it to a login under way.
    #[serde(default)]
    state: String,
    /// To be exchanged for tokens.
    code: Option<String>,
    /// The issuer (RFC 9207).
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The same in words, with SPID's number when the login was by SPID.
    error_description: Option<String>,
}

/// A login that began here and may be finished once.
struct Begun {
    scheme: Scheme,
    device: Device,
    back_to: String,
    attempt: Attempt,
    old_session: Option<String>,
    language: String,
    whom: Whom,
    /// It began too long ago.
    is_late: bool,
}

/// Where the provider sends the browser: on to the app, signed in, or to its login page with what went wrong.
#[utoipa::path(get, path = paths::SESSION_CALLBACK, operation_id = "session_callback", tag = "session", params(Callback), responses((status = 303, description = "On to the app")))]
async fn callback(State(crm): State<Crm>, asked: HeaderMap, query: Result<Asked<Callback>>) -> Response {
    let Ok(Asked(answer)) = query else { return go(&problem_page("failed", None), None) };
    let begun = match take(&crm, &answer.state, web::cookie(&asked, COOKIE)).await {
        Ok(Some(begun)) => begun,
        Ok(None) => return go(&problem_page("expired", None), None),
        Err(error) => return go(&problem_page(&broken(&error), None), None),
    };
    let back_to = begun.back_to.clone();
    match finish(&crm, begun, answer, &asked).await {
        Ok(cookie) => go(&back_to, Some(cookie)),
        Err(problem) => {
            // Neither of the two is here any more.
            let gone = if problem == OTHER_PERSON { volunteers::gone(session::COOKIE).ok() } else { None };
            go(&problem_page(&problem, Some(&back_to)), gone)
        }
    }
}

/// The login page with what went wrong, and where the person wanted to go. The desk has a page of its own.
fn problem_page(problem: &str, back_to: Option<&str>) -> String {
    if back_to == Some(help_desk::PAGE) {
        return format!("{}?problem={problem}", help_desk::PAGE);
    }
    let back = back_to.filter(|path| *path != "/").map(|path| format!("&back={}", paths::escape(path)));
    format!("{PROBLEM_PAGE}{problem}{}", back.unwrap_or_default())
}

fn broken(error: &Error) -> String {
    tracing::error!("a login broke: {error}");
    "failed".to_owned()
}

fn go(place: &str, cookie: Option<HeaderValue>) -> Response {
    let location = HeaderValue::from_str(place).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// The new session's cookie, or the code of what went wrong.
async fn finish(crm: &Crm, begun: Begun, answer: Callback, asked: &HeaderMap) -> Result<HeaderValue, String> {
    if begun.is_late {
        return Err("expired".to_owned());
    }
    if let Some(error) = &answer.error {
        return Err(provider_problem(error, answer.error_description.as_deref().unwrap_or_default()));
    }
    let provider = provider(crm, begun.scheme, begun.whom).ok_or("unavailable")?;
    let logged_in = exchange(provider, &begun, answer).await?;
    if begun.whom == Whom::Volunteer {
        return volunteers::arrive(crm, logged_in).await.map_err(|error| broken(&error))?.map_err(str::to_owned);
    }
    sign_in(crm, begun, logged_in, asked).await.map_err(|error| broken(&error))?.ok_or_else(|| OTHER_PERSON.to_owned())
}

/// Takes the login under way that a state belongs to, if it was begun by this browser.
async fn take(crm: &Crm, state: &str, browser: Option<&str>) -> Result<Option<Begun>> {
    let Some(browser) = browser else { return Ok(None) };
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "DELETE FROM logins WHERE state_hash = $1 AND browser_hash = $2
         RETURNING scheme, device, back_to, nonce, verifier, old_session, created_at, language, for_desk, level",
    )
    .bind(secret::sha256_hex(state.as_bytes()))
    .bind(secret::sha256_hex(browser.as_bytes()))
    .fetch_optional(&mut *change)
    .await?;
    change.commit().await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Begun {
        is_late: row.try_get::<String, _>("created_at")? < crm.clock.seconds_ago(KEPT_SECONDS).0,
        scheme: word::from(row.try_get("scheme")?)?,
        device: word::from(row.try_get("device")?)?,
        back_to: row.try_get("back_to")?,
        attempt: Attempt {
            state: state.to_owned(),
            nonce: row.try_get("nonce")?,
            verifier: row.try_get("verifier")?,
            level: u8::try_from(row.try_get::<i64, _>("level")?).unwrap_or_default(),
        },
        old_session: row.try_get("old_session")?,
        language: row.try_get("language")?,
        whom: if row.try_get::<i64, _>("for_desk")? == 0 { Whom::Citizen } else { Whom::Volunteer },
    }))
}

async fn exchange(provider: &Provider, begun: &Begun, answer: Callback) -> Result<LoggedIn, String> {
    let code = answer.code.ok_or("failed")?;
    provider.finish(&begun.attempt, code, answer.iss.as_deref()).await.map_err(|error| {
        tracing::warn!("a login was refused: {error}");
        let problem = match error {
            LoginError::Unavailable(_) => "unavailable",
            LoginError::Level => "level",
            LoginError::Refused(_) => "failed",
        };
        problem.to_owned()
    })
}

/// Opens the session; the old one of this browser ends with it. A step-up that brings somebody else ends both: nothing is opened.
async fn sign_in(crm: &Crm, begun: Begun, logged_in: LoggedIn, asked: &HeaderMap) -> Result<Option<HeaderValue>> {
    let mut change = crm.db.begin().await?;
    if let Some(old) = begun.old_session.as_ref().filter(|_| begun.attempt.level > 0)
        && is_another(&mut change, old, &logged_in).await?
    {
        helps::end_of_session(crm, &mut change, old).await?;
        sessions::close(&mut change, old).await?;
        change.commit().await?;
        session::revoke(Crm::clone(crm), begun.scheme, logged_in.access_token);
        return Ok(None);
    }
    let citizen = citizens::know(&mut change, &logged_in.identity, &utc(crm.clock.now()).0).await?;
    citizens::speaks(&mut change, &citizen, &begun.language).await?;
    let secret = session::open(crm, &mut change, &citizen, (begun.scheme, begun.device), Some(&logged_in.access_token)).await?;
    let new = secret::sha256_hex(secret.as_bytes());
    sessions::opened_on(&mut change, &new, asked).await?;
    session::reached(&mut change, &new, logged_in.level).await?;
    if let Some(old) = &begun.old_session {
        session::end(crm, &mut change, old).await?;
        credential::hand_over(&mut change, &citizen, old, &new).await?;
        devices::hand_over(&mut change, &citizen, old, &new).await?;
    }
    change.commit().await?;
    session::set_cookie(crm, begun.device, &secret).map(Some)
}

/// Whether a session is somebody else's than who has logged in.
async fn is_another(change: &mut Change, session: &str, logged_in: &LoggedIn) -> Result<bool> {
    let row = sqlx::query("SELECT c.issuer, c.subject FROM sessions s JOIN citizens c ON c.id = s.citizen_id WHERE s.id_hash = $1")
        .bind(session)
        .fetch_optional(&mut **change)
        .await?;
    let Some(row) = row else { return Ok(false) };
    let (issuer, subject): (String, String) = (row.try_get(0)?, row.try_get(1)?);
    Ok((issuer, subject) != (logged_in.identity.issuer.clone(), logged_in.identity.subject.clone()))
}

/// The code of what the provider says went wrong: SPID's number when there is one, else by OAuth's own word.
fn provider_problem(error: &str, description: &str) -> String {
    let numbers = description.split(|c: char| !c.is_ascii_digit()).find(|number| SPID_ERRORS.contains(number));
    if let Some(number) = numbers {
        return format!("spid_{number}");
    }
    let problem = match error {
        "access_denied" | "consent_required" => "denied",
        "login_required" | "interaction_required" | "account_selection_required" => "cancelled",
        "server_error" | "temporarily_unavailable" => "unavailable",
        "unmet_authentication_requirements" => "level",
        _ => "failed",
    };
    problem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_provider_says_becomes_a_code_the_app_has_words_for() {
        assert_eq!(provider_problem("access_denied", "ErrorCode nr25"), "spid_25");
        for number in SPID_ERRORS {
            for description in [format!("ErrorCode nr{number}"), format!("SPID error {number}: whatever")] {
                assert_eq!(provider_problem("access_denied", &description), format!("spid_{number}"));
            }
        }
        for (error, told) in [
            ("consent_required", "denied"),
            ("login_required", "cancelled"),
            ("server_error", "unavailable"),
            ("unmet_authentication_requirements", "level"),
            ("invalid_scope", "failed"),
            ("unauthorized_client", "failed"),
        ] {
            assert_eq!(provider_problem(error, ""), told);
        }
        assert_eq!(provider_problem("access_denied", "Consent refused"), "denied");
        assert_eq!(provider_problem("access_denied", "ErrorCode nr2500"), "denied");
        assert_eq!(provider_problem("temporarily_unavailable", ""), "unavailable");
        assert_eq!(provider_problem("<script>", "<script>"), "failed");
    }

    #[test]
    fn only_a_language_tag_is_passed_on() {
        assert_eq!(language("zh-Hans"), "zh-Hans");
        assert_eq!(language("it&prompt=none"), "it");
        assert_eq!(language(""), "it");
    }
}
