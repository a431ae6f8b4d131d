//! A push service as browsers' makers run one (RFC 8030): it checks who sends, keeps what it cannot read, and makes room for what is newer.
//!
//! Any name is a subscription here. One whose keys were made here (`POST /push/{id}/keys`) is a phone of the town: its pushes are read.
mod sender;

use crate::phone::{Behaviour, Channel, Notice, Phones, Sealed};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use contract::push::Subscription;
use rand::RngCore;
use rand::rngs::OsRng;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::{Auth, decrypt};

/// Most bytes of a body.
const BODY_BYTES_MAX: usize = 4096;
/// Most characters of a topic.
const TOPIC_CHARS_MAX: usize = 32;
/// Before the record of aes128gcm: salt, record size, length of the key, the key.
const HEAD_BYTES: usize = 16 + 4 + 1 + 65;

/// The push service.
#[derive(Clone)]
struct Service {
    origin: String,
    phones: Phones,
    keys: Arc<Mutex<Keys>>,
}

/// What is known of subscriptions, by their names.
#[derive(Default)]
struct Keys {
    /// Who sends to them: the first that did.
    senders: HashMap<String, String>,
    /// The keys of the town's own phones.
    own: HashMap<String, (SecretKey, Auth)>,
}

/// The routes of the push service, known to the world by an origin.
pub(crate) fn router(origin: &str, phones: Phones) -> Router {
    Router::new()
        .route("/push/{id}", post(take))
        .route("/push/{id}/keys", post(make_keys))
        .route("/push/{id}/behaviour", post(behave))
        .route("/push/{id}/messages.json", get(messages))
        .route("/push/{id}/messages/{number}", get(message))
        .with_state(Service { origin: origin.to_owned(), phones, keys: Arc::default() })
}

/// `POST /push/{id}`: a push for a subscription.
async fn take(State(service): State<Service>, Path(id): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(answer) = service.phones.misbehaviour(&format!("push/{id}")).await {
        return answer;
    }
    match service.read(&id, &headers, &body) {
        Ok((text, push)) => {
            let ttl = push.ttl;
            let notice = Notice::new(Channel::Push, String::new(), id.clone());
            let number = service.phones.take(Notice { text, push: Some(push), ..notice });
            let location = format!("{}/push/{id}/messages/{number}", service.origin);
            (StatusCode::CREATED, [(header::LOCATION, location)], [("ttl", HeaderValue::from(ttl))]).into_response()
        }
        Err((status, why)) => (status, why).into_response(),
    }
}

impl Service {
    /// The words, where the keys are ours, and the push as it came; or what is wrong with it.
    fn read(&self, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<(Option<String>, Sealed), (StatusCode, &'static str)> {
        let bad = |why| (StatusCode::BAD_REQUEST, why);
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = text("authorization").ok_or((StatusCode::UNAUTHORIZED, "no VAPID token"))?;
        let sender = sender::check(authorization, &self.origin).map_err(|why| (StatusCode::UNAUTHORIZED, why))?;
        let ttl = text("ttl").and_then(|ttl| ttl.parse().ok()).ok_or_else(|| bad("no TTL"))?;
        let topic = text("topic").unwrap_or_default().to_owned();
        if topic.len() > TOPIC_CHARS_MAX || !topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(bad("no topic is like this"));
        }
        if body.len() > BODY_BYTES_MAX {
            return Err((StatusCode::PAYLOAD_TOO_LARGE, "more than 4,096 bytes"));
        }
        let is_record = body.len() > HEAD_BYTES + 16 && body.get(20) == Some(&65) && body.get(21) == Some(&4);
        if text("content-encoding") != Some("aes128gcm") || !is_record {
            return Err(bad("not aes128gcm as RFC 8291 writes it"));
        }
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if *keys.senders.entry(id.to_owned()).or_insert_with(|| sender.clone()) != sender {
            return Err((StatusCode::FORBIDDEN, "the subscription is another sender's"));
        }
        let words = match keys.own.get(id) {
            Some((key, auth)) => {
                let bytes = decrypt(body.to_vec(), key, auth).map_err(|_| bad("encrypted for somebody else"))?;
                Some(String::from_utf8_lossy(&bytes).into_owned())
            }
            None => None,
        };
        Ok((words, Sealed { topic, ttl, body: BASE64_URL_SAFE_NO_PAD.encode(body) }))
    }

    fn messages(&self, id: &str) -> Vec<Notice> {
        self.phones.by(Channel::Push).into_iter().filter(|notice| notice.to == id).collect()
    }
}

/// `POST /push/{id}/keys`: makes the subscription a phone of the town; what a browser would tell of it.
async fn make_keys(State(service): State<Service>, Path(id): Path<String>) -> Json<Subscription> {
    let key = SecretKey::random(&mut OsRng);
    let mut auth = Auth::default();
    OsRng.fill_bytes(&mut auth);
    let subscription = Subscription {
        endpoint: format!("{}/push/{id}", service.origin),
        p256dh: BASE64_URL_SAFE_NO_PAD.encode(key.public_key().to_encoded_point(false)),
        auth: BASE64_URL_SAFE_NO_PAD.encode(auth),
    };
    service.keys.lock().unwrap_or_else(PoisonError::into_inner).own.insert(id, (key, auth));
    Json(subscription)
}

/// `POST /push/{id}/behaviour`: how the service answers to pushes for this subscription from now on.
async fn behave(State(service): State<Service>, Path(id): Path<String>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    service.phones.tell(&format!("push/{id}"), behaviour);
    StatusCode::NO_CONTENT
}

/// `GET /push/{id}/messages.json`: what the subscription has, oldest first.
async fn messages(State(service): State<Service>, Path(id): Path<String>) -> Json<Vec<Notice>> {
    Json(service.messages(&id))
}

/// `GET /push/{id}/messages/{number}`: one of them.
async fn message(State(service): State<Service>, Path((id, number)): Path<(String, usize)>) -> Response {
    match service.messages(&id).into_iter().find(|notice| notice.number == number) {
        Some(notice) => Json(notice).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ORIGIN: &str = "https://push.example";

    fn body(length: usize) -> Vec<u8> {
        let mut body = vec![4; length];
        body[20] = 65;
        body
    }

    #[test]
    fn a_push_is_taken_only_as_the_standards_write_it() {
        let service = Service { origin: ORIGIN.into(), phones: Phones::default(), keys: Arc::default() };
        let claims = json!({ "aud": ORIGIN, "exp": crate::phone::now() + 60, "sub": "mailto:filo@comune.example" });
        let (ours, other) = (SecretKey::random(&mut OsRng), SecretKey::random(&mut OsRng));
        let token = |key: &SecretKey| sender::authorization(key, key, "ES256", &claims);
        let good =
            [("authorization", token(&ours)), ("ttl", "60".into()), ("content-encoding", "aes128gcm".into()), ("topic", String::new())];
        let with = |name: &'static str, value: &str, body: &[u8]| {
            let mut headers = HeaderMap::new();
            for (known, text) in good.iter().map(|(known, text)| (*known, if *known == name { value } else { text.as_str() })) {
                headers.insert(known, HeaderValue::try_from(text).expect("a header"));
            }
            if value.is_empty() {
                headers.remove(name);
            }
            service.read("a", &headers, body).err().map_or(201, |(status, _)| status.as_u16())
        };
        assert_eq!(with("topic", "aZ09-_", &body(4096)), 201);
        assert_eq!(with("topic", "a", &body(4097)), 413);
        assert_eq!(with("topic", &"a".repeat(33), &body(200)), 400);
        assert_eq!(with("topic", "a.b", &body(200)), 400);
        assert_eq!(with("ttl", "", &body(200)), 400);
        assert_eq!(with("ttl", "-1", &body(200)), 400);
        assert_eq!(with("authorization", "", &body(200)), 401);
        assert_eq!(with("content-encoding", "aesgcm", &body(200)), 400);
        assert_eq!(with("topic", "", &[4; 200]), 400);
        assert_eq!(with("topic", "", &[]), 400);
        // Whoever sent first is the sender of a subscription.
        assert_eq!(with("authorization", &token(&other), &body(200)), 403);
    }
}
