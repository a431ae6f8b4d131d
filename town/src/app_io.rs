//! App IO as services see it: who has a profile, which messages are taken, and how many in a minute.
use crate::config::Config;
use crate::people::{self, OnIo};
use crate::phone::{Behaviour, Channel, Notice, Phones};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Messages taken from a service in any minute.
const MESSAGES_PER_MINUTE: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);
const SUBJECT_CHARS: RangeInclusive<usize> = 10..=120;
const MARKDOWN_CHARS: RangeInclusive<usize> = 80..=10_000;
const TIME_TO_LIVE: RangeInclusive<u32> = 3_600..=604_800;

#[derive(Clone)]
struct AppIo {
    key: String,
    phones: Phones,
    sent: Arc<Mutex<VecDeque<Instant>>>,
}

/// The routes of App IO. Without a key in the settings nobody gets in.
pub(crate) fn router(config: &Config, phones: Phones) -> Router {
    let io = AppIo { key: config.io_key.clone(), phones, sent: Arc::default() };
    Router::new()
        .route("/io/profiles", post(profile))
        .route("/io/messages", post(message))
        .layer(middleware::from_fn_with_state(io.clone(), door))
        .route("/io/behaviour", post(behave))
        .with_state(io)
}

/// Lets in who has the key, unless the service was told to do otherwise.
async fn door(State(io): State<AppIo>, headers: HeaderMap, request: Request, next: Next) -> Response {
    if let Some(answer) = io.phones.misbehaviour("io").await {
        return answer;
    }
    let key = headers.get("ocp-apim-subscription-key").map(|key| key.as_bytes()).unwrap_or_default();
    if io.key.is_empty() || key != io.key.as_bytes() {
        return problem(StatusCode::UNAUTHORIZED, "no subscription has this key");
    }
    next.run(request).await
}

fn problem(status: StatusCode, detail: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "title": status.canonical_reason(), "detail": detail });
    (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}

#[derive(Deserialize)]
struct Asked {
    fiscal_code: String,
}

/// Whether somebody is on IO, and takes our messages.
fn standing(fiscal_code: &str) -> OnIo {
    let people = people::all().unwrap_or_default();
    people.iter().find(|person| person.fiscal_code.as_deref() == Some(fiscal_code)).map_or(OnIo::Absent, |person| person.app_io)
}

/// `POST /io/profiles`.
async fn profile(Json(asked): Json<Asked>) -> Response {
    match standing(&asked.fiscal_code) {
        OnIo::Absent => problem(StatusCode::NOT_FOUND, "no user has this fiscal code"),
        standing => Json(json!({ "sender_allowed": standing == OnIo::Welcome, "preferred_languages": ["it_IT"] })).into_response(),
    }
}

#[derive(Deserialize)]
struct Message {
    fiscal_code: String,
    time_to_live: u32,
    content: Content,
}

#[derive(Deserialize)]
struct Content {
    subject: String,
    markdown: String,
}

/// `POST /io/messages`. As with the real one, a message for somebody who does not want it is taken and never shown.
async fn message(State(io): State<AppIo>, Json(message): Json<Message>) -> Response {
    let content = message.content;
    if !SUBJECT_CHARS.contains(&content.subject.chars().count())
        || !MARKDOWN_CHARS.contains(&content.markdown.chars().count())
        || !TIME_TO_LIVE.contains(&message.time_to_live)
    {
        return problem(StatusCode::BAD_REQUEST, "a subject, a text or a time out of its limits");
    }
    if let Some(seconds) = io.over_quota() {
        let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too many messages");
        answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        return answer;
    }
    let id = format!("{:032X}", rand::random::<u128>());
    if standing(&message.fiscal_code) == OnIo::Welcome {
        let notice = Notice::new(Channel::AppIo, id.clone(), message.fiscal_code);
        io.phones.take(Notice { subject: content.subject, text: Some(content.markdown), ..notice });
    }
    (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
}

impl AppIo {
    /// Counts a message; the seconds until there is room when it is one too many.
    fn over_quota(&self) -> Option<u64> {
        let now = Instant::now();
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        while sent.front().is_some_and(|oldest| now.duration_since(*oldest) >= MINUTE) {
            sent.pop_front();
        }
        match sent.front() {
            Some(oldest) if sent.len() >= MESSAGES_PER_MINUTE => Some((MINUTE - now.duration_since(*oldest)).as_secs() + 1),
            _ => {
                sent.push_back(now);
                None
            }
        }
    }
}

/// `POST /io/behaviour`: how IO answers from now on.
async fn behave(State(io): State<AppIo>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    io.phones.tell("io", behaviour);
    StatusCode::NO_CONTENT
}
