//! Open311 on the wire: the two formats, and errors as the specification has them.
use crate::error::Error;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// JSON.
    Json,
    /// XML.
    Xml,
}

impl Format {
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Xml => "text/xml",
        }
    }
}

/// The path without its ending, and the format the ending asks for.
pub(super) fn format_of(path: &str) -> (String, Option<Format>) {
    match path.rsplit_once('.') {
        Some((path, "json")) => (path.to_owned(), Some(Format::Json)),
        Some((path, "xml")) => (path.to_owned(), Some(Format::Xml)),
        _ => (path.to_owned(), None),
    }
}

/// Why a request was refused: its status and some sentences.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    why: Vec<String>,
    retry_after: Option<u32>,
}

impl Refused {
    pub(super) fn new(status: StatusCode, why: &str) -> Self {
        Self { status, why: vec![why.to_owned()], retry_after: None }
    }

    pub(super) fn many(why: Vec<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, why, retry_after: None }
    }

    pub(super) fn broken() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the server failed")
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::new(StatusCode::NOT_FOUND, "service_request_id was not found"),
            Error::KeyReused => Self::new(StatusCode::BAD_REQUEST, "the Idempotency-Key came before with another request"),
            Error::Invalid(fields) => Self::many(fields.iter().map(|field| format!("{}: {:?}", field.field, field.code)).collect()),
            Error::TooMany(seconds) => {
                Self { retry_after: Some(seconds), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too many requests, wait a minute") }
            }
            other => {
                tracing::error!("open311: {other}");
                Self::broken()
            }
        }
    }
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Error::from(error).into()
    }
}

/// An answer in a format: the value under its root, or the errors.
pub(super) fn answer(format: Format, good: StatusCode, done: Result<(&'static str, Value), Refused>) -> Response {
    let (status, root, value, retry_after) = match done {
        Ok((root, value)) => (good, root, value, None),
        Err(refused) => {
            let code = refused.status.as_u16();
            let errors = refused.why.iter().map(|why| json!({ "code": code, "description": why })).collect();
            (refused.status, "errors", errors, refused.retry_after)
        }
    };
    let body = match format {
        Format::Json => value.to_string(),
        Format::Xml => {
            let mut xml = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n".to_owned();
            element(&mut xml, root, &value);
            xml
        }
    };
    let media_type = match format {
        Format::Json => "application/json; charset=utf-8",
        Format::Xml => "text/xml; charset=utf-8",
    };
    let mut response = (status, [(header::CONTENT_TYPE, media_type)], body).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// What an item of a list is called in XML.
fn item_of(list: &str) -> &str {
    match list {
        "service_requests" => "request",
        list => list.strip_suffix('s').unwrap_or("item"),
    }
}

fn element(xml: &mut String, name: &str, value: &Value) {
    xml.push_str(&format!("<{name}>"));
    match value {
        Value::Array(items) => items.iter().for_each(|item| element(xml, item_of(name), item)),
        Value::Object(members) => members.iter().for_each(|(name, member)| element(xml, name, member)),
        Value::String(text) => xml.push_str(&escape(text)),
        Value::Null => {}
        other => xml.push_str(&other.to_string()),
    }
    xml.push_str(&format!("</{name}>"));
}

/// Text as XML; characters that XML 1.0 cannot hold at all are left out.
fn escape(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r') || !(c.is_control() || ('\u{FFFE}'..='\u{FFFF}').contains(c));
    let text: String = text.chars().filter(allowed).collect();
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_elements_and_texts_stay_texts() {
        let mut xml = String::new();
        element(&mut xml, "services", &json!([{ "service_code": "a<b", "metadata": true, "group": null }]));
        assert_eq!(
            xml,
            "<services><service><group></group><metadata>true</metadata><service_code>a&lt;b</service_code></service></services>"
        );
        assert_eq!(escape("\u{1}a\u{FFFE}&\n"), "a&amp;\n");
    }

    #[test]
    fn the_ending_says_the_format() {
        assert_eq!(format_of("requests/FI-2026-1.xml"), ("requests/FI-2026-1".into(), Some(Format::Xml)));
        assert_eq!(format_of("requests"), ("requests".into(), None));
    }
}
