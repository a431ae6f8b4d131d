//! Another Open311 GeoReport v2 server: handing it a report, asking how one goes.
use crate::config::Forward;
use crate::outbox::Outcome;
use contract::headers::IDEMPOTENCY_KEY;
use openidconnect::reqwest::{Client, RequestBuilder, StatusCode, redirect};
use serde_json::Value;
use std::time::Duration;

/// Longest wait for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(30);

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

    /// Hands over a report; the server's own name for it.
    ///
    /// # Errors
    /// Whether to try again, and why.
    pub async fn send(&self, key: &str, mut pairs: Vec<(String, String)>) -> Result<String, Outcome> {
        pairs.push(("api_key".to_owned(), self.forward.api_key.clone()));
        pairs.extend(self.jurisdiction());
        let request = self.http.post(format!("{}/requests.json", self.forward.url)).header(IDEMPOTENCY_KEY, key).form(&pairs);
        let (status, body) = ask(request).await.map_err(Outcome::Later)?;
        if !status.is_success() {
            let said = format!("the Open311 server said {}", status.as_u16());
            let for_good = status.is_client_error() && status != StatusCode::TOO_MANY_REQUESTS && status != StatusCode::REQUEST_TIMEOUT;
            return Err(if for_good { Outcome::Never(said) } else { Outcome::Later(said) });
        }
        let first = &body[0];
        let id = first["service_request_id"].as_str().or_else(|| first["token"].as_str()).filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| Outcome::Later("the Open311 server named no request".to_owned()))
    }

    /// Whether a report is closed there, and the server's words on it.
    ///
    /// # Errors
    /// Why nothing is known.
    pub async fn status(&self, request_id: &str) -> Result<(bool, String), String> {
        let mut query = vec![("api_key".to_owned(), self.forward.api_key.clone())];
        query.extend(self.jurisdiction());
        let address = format!("{}/requests/{}.json", self.forward.url, contract::paths::escape(request_id));
        let (status, body) = ask(self.http.get(address).query(&query)).await?;
        if !status.is_success() {
            return Err(format!("the Open311 server said {}", status.as_u16()));
        }
        let closed = match body[0]["status"].as_str() {
            Some("closed") => true,
            Some("open") => false,
            _ => return Err("the Open311 server named no status".to_owned()),
        };
        Ok((closed, body[0]["status_notes"].as_str().unwrap_or_default().to_owned()))
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
