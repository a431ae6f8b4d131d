//! App IO: a message to somebody by their codice fiscale (the national app's API for services, `io-functions-services` 4.0).
//!
//! The codice fiscale travels in bodies alone: no address and no log has it. IO knows no key that tells a repeat: a message
//! whose answer was lost is sent again, and may then be there twice.
use crate::config;
use crate::connect::answer::{self, SetupError};
use crate::outbox::Outcome;
use openidconnect::reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use openidconnect::reqwest::{Client, Response, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// Characters of a subject.
pub const SUBJECT_CHARS: RangeInclusive<usize> = 10..=120;
/// Characters of a text.
pub const MARKDOWN_CHARS: RangeInclusive<usize> = 80..=10_000;
/// Seconds for which IO tries to hand a message over.
pub const TIME_TO_LIVE_SECONDS: RangeInclusive<u32> = 3_600..=604_800;

/// What the service is called in failures.
const WHO: &str = "App IO";
/// Refusals that a person mends: our key, or what our service may do.
const MENDABLE: [StatusCode; 2] = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN];

/// IO, and our service there.
pub struct AppIo {
    http: Client,
    url: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IoMessage {
    /// Subject: [`SUBJECT_CHARS`].
    pub subject: String,
    /// Text in Markdown (headings, bold, italic, lists, links): [`MARKDOWN_CHARS`].
    pub markdown: String,
    /// Seconds for which IO tries to hand it over: [`TIME_TO_LIVE_SECONDS`].
    pub time_to_live: u32,
}

impl AppIo {
    /// Reads the settings; asks nobody yet.
    ///
    /// # Errors
    /// When the key cannot stand in a header, or no HTTP client can be made.
    pub fn new(io: &config::AppIo) -> Result<Self, SetupError> {
        let mut key = HeaderValue::from_str(&io.key).map_err(|error| SetupError::new("FILO_IO_KEY", error))?;
        key.set_sensitive(true);
        let headers = HeaderMap::from_iter([(openidconnect::http::HeaderName::from_static("ocp-apim-subscription-key"), key)]);
        let http = answer::client(io.answer_time).default_headers(headers).build();
        Ok(Self { http: http.map_err(|error| SetupError::new("FILO_IO_URL", error))?, url: io.url.clone() })
    }

    /// Whether somebody is on IO and lets us write to them.
    ///
    /// # Errors
    /// [`Outcome::Gone`] when they are not or do not; otherwise whether to ask again, and why.
    pub async fn check(&self, fiscal_code: &str) -> Result<(), Outcome> {
        let answer = self.post("profiles", &json!({ "fiscal_code": fiscal_code })).await?;
        let profile = answer.bytes().await.map_err(|error| answer::unanswered(WHO, &error))?;
        match serde_json::from_slice(&profile) {
            Ok(Profile { sender_allowed: true }) => Ok(()),
            Ok(_) => Err(Outcome::Gone("on App IO our messages are not wanted".to_owned())),
            Err(_) => Err(Outcome::Later("App IO's profile could not be read".to_owned())),
        }
    }

    async fn post(&self, what: &str, body: &Value) -> Result<Response, Outcome> {
        let request = self.http.post(format!("{}/{what}", self.url)).header(CONTENT_TYPE, "application/json").body(body.to_string());
        let answer = request.send().await.map_err(|error| answer::unanswered(WHO, &error))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            StatusCode::NOT_FOUND => Err(Outcome::Gone("not on App IO".to_owned())),
            status if MENDABLE.contains(&status) => Err(Outcome::Later(answer::said(WHO, status))),
            _ => Err(answer::refused(WHO, &answer)),
        }
    }
}

/// What IO tells of a person. Whoever is silent about wanting messages wants none.
#[derive(Deserialize)]
struct Profile {
    #[serde(default)]
    sender_allowed: bool,
}

impl IoMessage {
    /// Why IO would refuse it, if it would.
    fn problem(&self) -> Option<&'static str> {
        if !SUBJECT_CHARS.contains(&self.subject.chars().count()) {
            Some("a subject that App IO does not take")
        } else if !MARKDOWN_CHARS.contains(&self.markdown.chars().count()) {
            Some("a text that App IO does not take")
        } else if !TIME_TO_LIVE_SECONDS.contains(&self.time_to_live) {
            Some("a time that App IO does not take")
        } else {
            None
        }
    }
}

/// Sends a message, after asking whether it is wanted, as IO demands.
pub async fn send(io: &AppIo, fiscal_code: &str, message: &IoMessage) -> Outcome {
    if let Some(problem) = message.problem() {
        return Outcome::Never(problem.to_owned());
    }
    if let Err(outcome) = io.check(fiscal_code).await {
        return outcome;
    }
    let body = json!({
        "fiscal_code": fiscal_code,
        "time_to_live": message.time_to_live,
        "feature_level_type": "STANDARD",
        "content": { "subject": message.subject, "markdown": message.markdown },
    });
    io.post("messages", &body).await.map_or_else(|outcome| outcome, |_| Outcome::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_io_would_refuse_is_known_before() {
        let of = |subject: usize, markdown: usize, time_to_live| {
            IoMessage { subject: "è".repeat(subject), markdown: "ù".repeat(markdown), time_to_live }.problem()
        };
        for (subject, markdown, time_to_live) in [(10, 80, 3_600), (120, 10_000, 604_800)] {
            assert_eq!(of(subject, markdown, time_to_live), None);
        }
        for (subject, markdown, time_to_live) in
            [(9, 80, 3_600), (121, 80, 3_600), (10, 79, 3_600), (10, 10_001, 3_600), (10, 80, 3_599), (10, 80, 604_801)]
        {
            assert!(of(subject, markdown, time_to_live).is_some(), "{subject} {markdown} {time_to_live}");
        }
    }
}
