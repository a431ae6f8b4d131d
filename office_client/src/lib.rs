//! The office API asked over HTTP with a service token: finding a case, reading it, moving it, what could not be delivered.
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use contract::attachments::Attachment;
use contract::cases::{Case, CaseNumber, CaseQuery, CaseSummary};
use contract::id::CaseId;
use contract::office::{Move, OfficeCase, Publication, Undelivered};
use contract::payments::office::PlatformReceipt;
use contract::{FieldProblem, Page, Problem, headers, paths};
use reqwest::{Client, RequestBuilder, Response, StatusCode, redirect};
use serde::de::DeserializeOwned;
use std::time::Duration;

mod questionnaires;

/// Cases asked for at once.
const AT_ONCE: u32 = 100;
/// Most lists that are asked for one after the other before giving up.
const LISTS_MOST: usize = 200;
/// Longest wait for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(15);
/// The same for a file.
const FILE_TIME: Duration = Duration::from_secs(120);

/// Why the office API did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// There is no token to ask with.
    #[error("there is no token")]
    NoToken,
    /// The CRM does not answer, or not in words we know. What was asked may have happened all the same.
    #[error("the CRM does not answer: {0}")]
    Unreachable(String),
    /// The CRM does not know the token.
    #[error("the CRM does not know this token")]
    Token,
    /// The CRM refuses, and says why.
    #[error("{}", refusal(.0))]
    Refused(Box<Problem>),
    /// There is no case with this number.
    #[error("no case has the number {}", .0.0)]
    NoCase(CaseNumber),
}

/// A refusal in words: the scope that the token lacks, or the problem with its fields.
fn refusal(problem: &Problem) -> String {
    if let Some(scope) = problem.fields.iter().find_map(|field| field.params.get("scope")) {
        return format!("this token may not do that: it lacks the scope {scope}");
    }
    let field = |field: &FieldProblem| {
        let params: String = field.params.iter().map(|(name, value)| format!(" ({name} {value})")).collect();
        format!("; {}: {:?}{params}", field.field, field.code)
    };
    let fields: String = problem.fields.iter().map(field).collect();
    format!("the CRM refuses: {} ({}, {:?}){fields}", problem.title, problem.status, problem.code)
}

/// The office API of one CRM.
pub struct Office {
    url: String,
    token: String,
    http: Client,
}

impl Office {
    /// `url` is the CRM's origin; nothing is asked yet.
    ///
    /// # Errors
    /// [`OfficeError::Unreachable`] when no HTTP client can be made.
    pub fn new(url: &str, token: &str) -> Result<Self, OfficeError> {
        let http = Client::builder().timeout(ANSWER_TIME).redirect(redirect::Policy::none()).build();
        Ok(Self { url: url.trim_end_matches('/').to_owned(), token: token.to_owned(), http: http.map_err(|error| unreachable(&error))? })
    }

    /// The cases that `wanted` takes, as the CRM orders them (moved last first), at most `most`. `q` are words the CRM searches for.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn cases(&self, q: &str, most: usize, wanted: impl Fn(&OfficeCase) -> bool) -> Result<Vec<OfficeCase>, OfficeError> {
        let mut found = Vec::new();
        let mut query = CaseQuery { q: Some(q.to_owned()), limit: Some(AT_ONCE), ..CaseQuery::default() };
        for _ in 0..LISTS_MOST {
            let page: Page<OfficeCase> = self.ask(self.http.get(self.at(&paths::office_cases(&query)))).await?;
            found.extend(page.items.into_iter().filter(&wanted));
            query.after = page.next;
            if query.after.is_none() || found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// The case with this number.
    ///
    /// # Errors
    /// [`OfficeError::NoCase`] when there is none; else as [`Self::cases`].
    pub async fn find(&self, number: &CaseNumber) -> Result<OfficeCase, OfficeError> {
        let found = self.cases(&number.0, 1, |case| case.summary.number == *number).await?.pop();
        found.ok_or_else(|| OfficeError::NoCase(number.clone()))
    }

    /// A case with its story and everything that the citizen wrote and sent.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn case(&self, id: &CaseId) -> Result<Case, OfficeError> {
        self.ask(self.http.get(self.at(&paths::office_case(id)))).await
    }

    /// Brings a case into another state, or writes about it; the same key does it once.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn bring(&self, id: &CaseId, key: &str, moved: &Move) -> Result<CaseSummary, OfficeError> {
        self.ask(self.post(&paths::office_moves(id), key).json(moved)).await
    }

    /// Sends a photo or a PDF for a move that will name it; the same key sends it once.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn send_file(&self, id: &CaseId, key: &str, name: &str, bytes: impl Into<Vec<u8>>) -> Result<Attachment, OfficeError> {
        let request = self.post(&paths::office_attachments(id), key).timeout(FILE_TIME);
        let named = request.header(headers::UPLOAD_METADATA, format!("filename {}", BASE64.encode(name)));
        self.ask(named.body(bytes.into())).await
    }

    /// Says what everybody may see of a street report; the same key says it once.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn publish(&self, id: &CaseId, key: &str, publication: &Publication) -> Result<(), OfficeError> {
        self.send(self.post(&paths::office_publication(id), key).json(publication)).await.map(|_| ())
    }

    /// What could not be delivered, the newest first.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn undelivered(&self) -> Result<Vec<Undelivered>, OfficeError> {
        Ok(self.ask::<Page<Undelivered>>(self.http.get(self.at(paths::OFFICE_UNDELIVERED))).await?.items)
    }

    /// Asks the CRM to try again now to deliver something.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn retry(&self, id: &str) -> Result<(), OfficeError> {
        self.send(self.http.post(self.at(&paths::office_retry(id)))).await.map(|_| ())
    }

    /// Hands over a receipt, as the payment platform does: with its own token.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn receipt(&self, receipt: &PlatformReceipt) -> Result<(), OfficeError> {
        self.send(self.http.post(self.at(paths::PLATFORM_RECEIPTS)).json(receipt)).await.map(|_| ())
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    fn post(&self, path: &str, key: &str) -> RequestBuilder {
        self.http.post(self.at(path)).header(headers::IDEMPOTENCY_KEY, key)
    }

    /// Sends a request with the token and reads the answer.
    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, OfficeError> {
        self.send(request).await?.json().await.map_err(|error| unreachable(&error))
    }

    /// Sends a request with the token; the answer when it is a good one, else the problem.
    async fn send(&self, request: RequestBuilder) -> Result<Response, OfficeError> {
        if self.token.is_empty() {
            return Err(OfficeError::NoToken);
        }
        let answer = request.bearer_auth(&self.token).send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status == StatusCode::UNAUTHORIZED {
            return Err(OfficeError::Token);
        }
        match answer.json::<Problem>().await {
            Ok(problem) => Err(OfficeError::Refused(Box::new(problem))),
            Err(_) => Err(OfficeError::Unreachable(format!("{status} without a reason"))),
        }
    }
}

/// An error of the HTTP client with its cause, which is where "connection refused" stands.
fn unreachable(error: &reqwest::Error) -> OfficeError {
    let cause = std::iter::successors(std::error::Error::source(error), |error| error.source()).last();
    OfficeError::Unreachable(cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")))
}

/// A new Idempotency-Key.
pub fn new_key() -> String {
    uuid::Uuid::new_v4().to_string()
}
