//! Another Open311 GeoReport v2 server: handing it a report, asking how one goes.
use crate::clock::instant;
use crate::config::Forward;
use crate::outbox::Outcome;
use contract::headers::IDEMPOTENCY_KEY;
use jiff::Timestamp;
use openidconnect::reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use std::time::Duration;

/// Longest wait for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(30);

/// Refusals that a person mends, or that pass: an unknown key, address or service; too much at once.
const MENDABLE: [StatusCode; 5] =
    [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];

/// What the server calls a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By its own name.
    Request(String),
    /// Not yet: the token says later.
    Token(String),
}

/// How a report stands at the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// It is closed there.
    pub is_closed: bool,
    /// The server's words on it; may be empty.
    pub notes: String,
    /// When it last changed there, if the server says so.
    pub updated_at: Option<Timestamp>,
}

/// The server and our key there.
pub struct Server {
    http: Client,
    forward: Forward,
}

/// No HTTP client could be made.
#[derive(Debug, thiserror::Error)]
#[error("FILO_OPEN311_FORWARD_URL: {0}")]
pub struct ServerError(String);

impl Server {
    /// Asks nobody yet.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(forward: Forward) -> Result<Self, ServerError> {
        let http = Client::builder().timeout(ANSWER_TIME).redirect(redirect::Policy::none()).build();
        Ok(Self { http: http.map_err(|error| ServerError(error.to_string()))?, forward })
    }

    /// Seconds between two questions about the same report.
    pub const fn every_seconds(&self) -> i64 {
        self.forward.every_seconds
    }

    /// Hands over a report; what the server calls it.
    ///
    /// # Errors
    /// Whether to try again, and why. An unknown key, address or service is for a person to mend, here or there: it is tried again.
    pub async fn send(&self, key: &str, mut pairs: Vec<(String, String)>) -> Result<Named, Outcome> {
        pairs.push(("api_key".to_owned(), self.forward.api_key.clone()));
        pairs.extend(self.jurisdiction());
        let request = self.http.post(format!("{}/requests.json", self.forward.url)).header(IDEMPOTENCY_KEY, key).form(&pairs);
        let (status, body) = ask(request).await.map_err(Outcome::Later)?;
        if !status.is_success() {
            let said = format!("the Open311 server said {}", status.as_u16());
            let for_good = status.is_client_error() && !MENDABLE.contains(&status);
            return Err(if for_good { Outcome::Never(said) } else { Outcome::Later(said) });
        }
        let named = text(&body, "service_request_id").map(Named::Request).or_else(|| text(&body, "token").map(Named::Token));
        // It may have taken the report: sent again by itself, there would be one more each time. A person looks first.
        named.ok_or_else(|| Outcome::Never("the Open311 server named no request".to_owned()))
    }

    /// The server's own name for a report that it answered with a token; none as long as it has none.
    ///
    /// # Errors
    /// Why nothing is known.
    pub async fn request_of(&self, token: &str) -> Result<Option<String>, String> {
        let (status, body) = ask(self.read(&format!("tokens/{}", contract::paths::escape(token)))).await?;
        if !status.is_success() {
            return Err(format!("the Open311 server said {} to a token", status.as_u16()));
        }
        Ok(text(&body, "service_request_id"))
    }

    /// How a report stands there.
    ///
    /// # Errors
    /// Why nothing is known.
    pub async fn status(&self, request_id: &str) -> Result<Standing, String> {
        let (status, body) = ask(self.read(&format!("requests/{}", contract::paths::escape(request_id)))).await?;
        if !status.is_success() {
            return Err(format!("the Open311 server said {}", status.as_u16()));
        }
        let closed = match body[0]["status"].as_str() {
            Some("closed") => true,
            Some("open") => false,
            _ => return Err("the Open311 server named no status".to_owned()),
        };
        let notes = body[0]["status_notes"].as_str().unwrap_or_default().to_owned();
        Ok(Standing { is_closed: closed, notes, updated_at: body[0]["updated_datetime"].as_str().and_then(instant) })
    }

    /// Asks for something of the server, as ourselves.
    fn read(&self, what: &str) -> RequestBuilder {
        let mut query = vec![("api_key".to_owned(), self.forward.api_key.clone())];
        query.extend(self.jurisdiction());
        self.http.get(format!("{}/{what}.json", self.forward.url)).query(&query)
    }

    fn jurisdiction(&self) -> Option<(String, String)> {
        let ours = &self.forward.jurisdiction;
        (!ours.is_empty()).then(|| ("jurisdiction_id".to_owned(), ours.clone()))
    }
}

/// The answer's status and its JSON, or nothing where it is none. What went wrong is told without the address: it holds the key.
async fn ask(request: RequestBuilder) -> Result<(StatusCode, Value), String> {
    let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| error.without_url().to_string())?;
    Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
}

/// A text of the first item; an empty one is as good as absent. Some servers write numbers.
fn text(body: &Value, name: &str) -> Option<String> {
    let text = match &body[0][name] {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    Some(text).filter(|text| !text.is_empty())
}
