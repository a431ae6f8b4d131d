//! A gateway for text messages, as the CRM expects one (`crm/src/connect/sms.rs`): a message that comes twice is shown once.
use crate::config::Config;
use crate::phone::{Behaviour, Channel, Notice, Phones};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

/// Ten joined messages of the GSM alphabet.
const TEXT_CHARS_MAX: usize = 1530;

#[derive(Clone)]
struct Gateway {
    token: String,
    phones: Phones,
}

/// The routes of the gateway. Without a token in the settings nobody gets in.
pub(crate) fn router(config: &Config, phones: Phones) -> Router {
    let gateway = Gateway { token: config.sms_token.clone(), phones };
    Router::new().route("/sms", post(take)).route("/sms/behaviour", post(behave)).with_state(gateway)
}

#[derive(Deserialize)]
struct Message {
    id: String,
    to: String,
    text: String,
    from: String,
}

/// `POST /sms`.
async fn take(State(gateway): State<Gateway>, headers: HeaderMap, Json(message): Json<Message>) -> Response {
    if let Some(answer) = gateway.phones.misbehaviour("sms").await {
        return answer;
    }
    let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if gateway.token.is_empty() || token != Some(&gateway.token) {
        return refused(StatusCode::UNAUTHORIZED, "nobody has this token");
    }
    if !is_mobile(&message.to) {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "no number of a mobile phone");
    }
    if message.text.is_empty() || message.text.chars().count() > TEXT_CHARS_MAX || message.id.is_empty() {
        return refused(StatusCode::UNPROCESSABLE_ENTITY, "no identifier, or no text, or one that is too long");
    }
    if !gateway.phones.by(Channel::Sms).iter().any(|known| known.id == message.id) {
        let notice = Notice::new(Channel::Sms, message.id.clone(), message.to);
        gateway.phones.take(Notice { text: Some(message.text), from: message.from, ..notice });
    }
    (StatusCode::ACCEPTED, Json(json!({ "id": message.id }))).into_response()
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

/// E.164, and in Italy a number of a mobile phone.
fn is_mobile(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
    is_number && digits.strip_prefix("39").is_none_or(|italian| italian.starts_with('3'))
}

/// `POST /sms/behaviour`: how the gateway answers from now on.
async fn behave(State(gateway): State<Gateway>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    gateway.phones.tell("sms", behaviour);
    StatusCode::NO_CONTENT
}
