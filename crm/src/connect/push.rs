//! Web Push: a few words to a browser through its maker's push service (RFC 8030), signed (RFC 8292) and encrypted (RFC 8291).
mod cipher;
mod reach;
mod vapid;

pub use vapid::KeyPair;

use crate::config;
use crate::connect::answer::{self, SetupError};
use crate::outbox::Outcome;
use contract::push::Subscription;
use openidconnect::reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use openidconnect::reqwest::{Error, StatusCode};
use reach::{PrivateAddress, Reach};
use std::error::Error as _;

/// Most characters of a topic (RFC 8030 §5.4).
const TOPIC_CHARS_MAX: usize = 32;
/// What the service is called in failures.
const WHO: &str = "the push service";

/// Our keys, and the push services that we speak with.
pub struct WebPush {
    keys: KeyPair,
    subject: String,
    reach: Reach,
}

impl WebPush {
    /// Reads the settings; connects to nobody yet.
    ///
    /// # Errors
    /// When the key or the list of push services cannot be read.
    pub fn new(push: &config::Push) -> Result<Self, SetupError> {
        let keys = KeyPair::read(&push.key)
            .ok_or_else(|| SetupError::new("FILO_PUSH_KEY", "is no private key of P-256; `crm push-key` makes one"))?;
        Ok(Self { keys, subject: push.subject.clone(), reach: Reach::new(&push.hosts, push.answer_time)? })
    }

    /// Our public key, for `pushManager.subscribe()`: a whole point of P-256 in base64url.
    pub fn public_key(&self) -> &str {
        self.keys.public()
    }

    /// Whether an address belongs to a push service that we speak with. Asked before it is kept, and again whenever something is sent.
    pub fn accepts(&self, endpoint: &str) -> bool {
        self.reach.way(endpoint).is_some()
    }
}

/// Sends a few words to a browser.
///
/// `payload` has at most 3,993 bytes. A later push with the same `topic` (at most 32 characters of base64url; empty for none)
/// replaces one that the service still keeps. After `ttl_seconds` the service forgets what it could not hand over.
pub async fn send(push: &WebPush, subscription: &Subscription, payload: &[u8], topic: &str, ttl_seconds: u32) -> Outcome {
    let Some((url, client)) = push.reach.way(&subscription.endpoint) else {
        return Outcome::Never("no address of a push service that we speak with".to_owned());
    };
    if !is_topic(topic) {
        return Outcome::Never("no topic that a push can have".to_owned());
    }
    let body = match cipher::encrypt(subscription, payload) {
        Ok(body) => body,
        Err(why) => return why.into(),
    };
    let token = push.keys.authorization(&url.origin().ascii_serialization(), &push.subject);
    let mut request = client
        .post(url)
        .header(AUTHORIZATION, token)
        .header(CONTENT_TYPE, "application/octet-stream")
        .header(CONTENT_ENCODING, "aes128gcm")
        .header("TTL", ttl_seconds)
        .body(body);
    if !topic.is_empty() {
        request = request.header("Topic", topic);
    }
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Outcome::Done,
        Ok(answer) if [StatusCode::NOT_FOUND, StatusCode::GONE].contains(&answer.status()) => {
            Outcome::Gone(answer::said(WHO, answer.status()))
        }
        Ok(answer) => answer::refused(WHO, &answer),
        Err(error) if leads_inside(&error) => Outcome::Later("the push service's name leads to a private address".to_owned()),
        Err(error) => answer::unanswered(WHO, &error),
    }
}

fn is_topic(topic: &str) -> bool {
    topic.len() <= TOPIC_CHARS_MAX && topic.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Whether a connection was not even tried because of where the name leads.
fn leads_inside(error: &Error) -> bool {
    std::iter::successors(error.source(), |cause| (*cause).source()).any(|cause| cause.is::<PrivateAddress>())
}
