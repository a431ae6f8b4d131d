//! What a message service's answer means for a delivery, and the HTTP client that asks such services.
use crate::outbox::Outcome;
use openidconnect::reqwest::header::{HeaderMap, RETRY_AFTER};
use openidconnect::reqwest::{ClientBuilder, Error, Response, StatusCode, redirect};
use std::time::{Duration, SystemTime};

/// A setting that a connector cannot use.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {why}")]
pub struct SetupError {
    /// Environment variable.
    pub name: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl SetupError {
    pub(super) fn new(name: &'static str, why: impl std::fmt::Display) -> Self {
        Self { name, why: why.to_string() }
    }
}

/// A client that follows nobody elsewhere, and waits so long for an answer.
pub(super) fn client(answer_time: Duration) -> ClientBuilder {
    ClientBuilder::new().timeout(answer_time).redirect(redirect::Policy::none())
}

/// What it means that no answer came. Addresses are left out: they may be somebody's secret.
pub(super) fn unanswered(who: &str, error: &Error) -> Outcome {
    Outcome::Later(if error.is_timeout() {
        format!("{who} did not answer in time")
    } else if error.is_connect() {
        format!("no connection to {who}")
    } else {
        format!("the connection to {who} failed")
    })
}

/// What an answer means that is no success: some refusals pass by themselves, the others are for good.
pub(super) fn refused(who: &str, answer: &Response) -> Outcome {
    let status = answer.status();
    let said = said(who, status);
    let passes = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status) || status.is_server_error();
    if passes { later(said, answer.headers()) } else { Outcome::Never(said) }
}

/// Only the number of an answer is kept: its words may hold a person's address.
pub(super) fn said(who: &str, status: StatusCode) -> String {
    format!("{who} said {}", status.as_u16())
}

/// Try again, and not before the service says so (`Retry-After`, RFC 9110 §10.2.3: seconds or a date).
fn later(said: String, headers: &HeaderMap) -> Outcome {
    let wanted = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| seconds(text, SystemTime::now()));
    match wanted {
        Some(seconds) => Outcome::After(said, seconds),
        None => Outcome::Later(said),
    }
}

fn seconds(text: &str, now: SystemTime) -> Option<i64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.parse().unwrap_or(i64::MAX));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now).map_or(0, |wait| i64::try_from(wait.as_secs()).unwrap_or(i64::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_told_in_seconds_or_as_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(seconds(" 120 ", now), Some(120));
        assert_eq!(seconds("99999999999999999999", now), Some(i64::MAX));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(0));
        for nothing in ["", "-1", "soon"] {
            assert_eq!(seconds(nothing, now), None, "{nothing}");
        }
    }
}
