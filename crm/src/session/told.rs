//! What every answer to somebody who is signed in says: whose things are in it, and how long the session lasts.
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use contract::headers;
use contract::id::CitizenId;
use std::sync::{Arc, OnceLock};

/// Where the extractors leave whose things the answer has, and the seconds left, for [`tell_whose`] to put on it.
#[derive(Clone, Default)]
pub struct Told {
    person: Arc<OnceLock<CitizenId>>,
    /// Seconds left.
    pub seconds: Arc<OnceLock<i64>>,
}

impl Told {
    /// What is answered is about this person.
    pub fn person(parts: &Parts, id: &CitizenId) {
        if let Some(told) = parts.extensions.get::<Self>() {
            // The first one stands: there is one person in a request.
            let _ = told.person.set(id.clone());
        }
    }
}

/// The layer that tells somebody who is signed in whose things an answer has, and how long the session still lasts.
pub async fn tell_whose(mut request: Request, next: Next) -> Response {
    let told = Told::default();
    request.extensions_mut().insert(told.clone());
    let mut response = next.run(request).await;
    if let Some(seconds) = told.seconds.get() {
        response.headers_mut().insert(HeaderName::from_static(headers::SESSION_SECONDS_LEFT), HeaderValue::from(*seconds));
    }
    if let Some(person) = told.person.get().and_then(|id| HeaderValue::from_str(id.as_str()).ok()) {
        response.headers_mut().insert(HeaderName::from_static(headers::PERSON), person);
    }
    response
}
