//! The reference CRM: what `contract` promises, kept on SQLite or PostgreSQL, and the built app served beside it.
//!
//! One file is one slice, top to bottom: routes, handlers, SQL. Around them: [`state`] is what a handler can reach,
//! [`session`] and [`office`] say who asks, [`csrf`] refuses what another site may have forged, [`idempotency`] makes a
//! POST happen once, [`error`] turns every failure into a problem.
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use contract::{ProblemCode, paths};
use error::Error;
use state::Crm;
use std::time::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

pub mod app_files;
pub mod attachments;
pub mod calendar;
pub mod cases;
pub mod channels;
pub mod citizens;
pub mod clock;
pub mod comfort;
pub(crate) mod conditions;
pub mod config;
pub mod connect;
pub mod credential;
pub mod csrf;
pub mod db;
pub mod delegates;
pub mod dictionary;
pub mod drafts;
pub mod error;
pub mod events;
pub mod files;
pub mod fold;
pub mod follows;
pub mod forwarding;
pub mod headers;
pub mod help_desk;
pub mod home;
pub mod housekeeping;
pub mod idempotency;
pub mod import;
pub mod inbox;
pub mod light;
pub mod live;
pub mod login;
pub mod mail;
pub mod map_source;
pub mod my_data;
pub mod notices;
pub mod number;
pub mod office;
pub mod open311;
pub mod openapi;
pub mod outbox;
pub mod payments;
pub mod pdf;
pub mod photo;
pub mod public_reports;
pub mod publication;
pub mod questionnaires;
pub mod receipt;
pub mod reference;
pub mod reminders;
pub mod replies;
pub mod reports;
pub mod secret;
pub mod session;
pub mod sessions;
pub mod state;
pub mod story;
pub mod subscriptions;
pub mod throttle;
pub mod tips;
pub mod tracking;
pub mod uploads;
pub mod vault;
pub mod web;
pub mod withdrawal;
pub mod word;
pub mod words;

/// Most bytes of a JSON body.
const JSON_BYTES_MAX: usize = 64 * 1024;
/// Uploads get so many times the time of other requests.
const UPLOAD_TIMES: u32 = 6;

/// Everything the CRM answers: the API, and the built app for every other address.
///
/// # Errors
/// When a configured host cannot stand in the Content-Security-Policy.
pub fn app(crm: Crm) -> Result<Router, headers::Error> {
    let map = map_source::hosts(&crm.config.app);
    let policy = headers::Policy {
        image_hosts: [crm.config.image_hosts.clone(), map.images].concat(),
        connect_hosts: [crm.config.connect_hosts.clone(), map.data].concat(),
        https: crm.config.public_url.starts_with("https://"),
    };
    let files = app_files::service(crm.config.app.clone());
    Ok(api(crm)
        .fallback_service(files)
        .layer(CatchPanicLayer::custom(|_| error::problem(StatusCode::INTERNAL_SERVER_ERROR, ProblemCode::Internal, vec![])))
        .layer(headers::layer(&policy)?))
}

/// The API alone.
fn api(crm: Crm) -> Router {
    Router::new()
        .route(paths::HEALTH, get(health))
        .merge(session::router())
        .merge(help_desk::router())
        .merge(delegates::router())
        .merge(vault::router())
        .merge(login::router())
        .merge(dictionary::router())
        .merge(cases::router())
        .merge(home::router())
        .merge(receipt::router())
        .merge(reports::router())
        .merge(drafts::router())
        .merge(attachments::router())
        .merge(uploads::router())
        .merge(replies::router())
        .merge(story::router())
        .merge(reminders::router())
        .merge(withdrawal::router())
        .merge(calendar::router())
        .merge(inbox::router())
        .merge(events::router())
        .merge(office::router())
        .merge(channels::settings::router())
        .merge(public_reports::router())
        .route(paths::PUBLIC_REPORTS, get(public_reports::list).post(tracking::send))
        .merge(light::router())
        .merge(tracking::router())
        .merge(publication::router())
        .merge(follows::router())
        .merge(tips::router())
        .merge(comfort::router())
        .merge(sessions::router())
        .merge(my_data::router())
        .merge(subscriptions::router())
        .merge(questionnaires::router())
        .merge(payments::router())
        .method_not_allowed_fallback(|| async { Error::MethodNotAllowed })
        .layer(middleware::from_fn_with_state(crm.clone(), csrf::guard))
        .merge(open311::router())
        .route("/api", any(|| async { Error::NotFound }))
        .route("/api/{*path}", any(|| async { Error::NotFound }))
        .layer(middleware::from_fn(session::tell_whose))
        .layer(DefaultBodyLimit::max(JSON_BYTES_MAX))
        .layer(middleware::from_fn_with_state(crm.clone(), in_time))
        .layer(middleware::from_fn(for_one_person))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(512).and(is_json)))
        .layer(middleware::from_fn(logged))
        .with_state(crm)
}

fn is_json(_: StatusCode, _: axum::http::Version, headers: &axum::http::HeaderMap, _: &axum::http::Extensions) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json")
}

/// Is the CRM alive, and its database with it?
#[utoipa::path(get, path = paths::HEALTH, tag = "health", responses((status = 200), (status = 503, body = contract::Problem)), security(()))]
async fn health(State(crm): State<Crm>) -> error::Result<Response> {
    sqlx::query("SELECT 1").fetch_one(crm.db.reader()).await.map_err(|error| Error::Unavailable(error.to_string()))?;
    Ok(Json(serde_json::json!({ "status": "ok" })).into_response())
}

/// A request that takes too long ends with a problem instead of holding its place.
async fn in_time(State(crm): State<Crm>, path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let upload = path.is_some_and(|path| {
        [paths::ATTACHMENTS, paths::UPLOADS, paths::UPLOAD, paths::OFFICE_ATTACHMENTS, open311::PATHS].contains(&path.as_str())
    });
    let longest = crm.config.request_time * if upload { UPLOAD_TIMES } else { 1 };
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Error::Unavailable("the request took too long".to_owned()).into_response(),
    }
}

/// Answers belong to one person: nobody keeps them, and a proxy tells people apart, unless the answer says it is for everybody.
async fn for_one_person(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(web::NO_STORE));
    if headers.get(header::CACHE_CONTROL).is_none_or(|caching| caching != web::PUBLIC) {
        headers.append(header::VARY, HeaderValue::from_static("cookie"));
    }
    response
}

/// One line for each request: what was asked by its pattern, never with its parameters, and how it ended.
async fn logged(path: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let (method, began) = (request.method().clone(), Instant::now());
    let response = next.run(request).await;
    let path = path.as_ref().map_or("(unknown)", MatchedPath::as_str);
    tracing::info!(%method, path, status = response.status().as_u16(), ms = began.elapsed().as_millis(), "answered");
    response
}
