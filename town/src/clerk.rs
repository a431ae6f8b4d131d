//! The clerk: an officer who lists everybody's cases through the CRM's office API and moves one along when asked to.
mod desk;
mod repair;

use crate::calendar::Day;
use crate::config::Config;
use crate::seed::{self, SeedState};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use contract::attachments::Attachment;
use contract::cases::{Case, CaseNumber, CaseSummary, Phase};
use contract::dictionary::StateCode;
use contract::id::{AttachmentId, CaseId};
use contract::office::{Move, OfficeCase, Publication};
use contract::{Page, Problem, headers, paths};
use rand::RngCore;
use rand::rngs::OsRng;
use reqwest::{Client, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use std::fmt;
use std::time::Duration;

pub(crate) use desk::router;

/// Cases asked for at once.
const AT_ONCE: u32 = 100;
/// Most lists that are asked for one after the other before giving up.
const LISTS_MOST: usize = 200;
/// The kind of case that everybody may see.
const STREET_REPORT: &str = "street_report";
/// The state in which a street report shows what was repaired.
const RESOLVED: &str = "resolved";

/// Why the clerk could not do something.
#[derive(Debug)]
pub enum ClerkError {
    /// No token was configured.
    NoToken,
    /// The CRM does not answer, or not in words we know.
    Unreachable(String),
    /// The CRM does not know the token.
    Token,
    /// The CRM refuses, and says why.
    Refused(Box<Problem>),
    /// There is no case with this number.
    NoCase(String),
    /// Nothing comes after the state the case is in.
    NothingNext(String),
    /// Not a state of the town's dictionary.
    NoState(String),
    /// The demo town's own files cannot be read.
    Seed(String),
}

impl fmt::Display for ClerkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("l'impiegato non ha un token per il CRM: imposta TOWN_OFFICE_TOKEN"),
            Self::Unreachable(why) => write!(f, "il CRM non risponde: {why}"),
            Self::Token => f.write_str("il CRM non riconosce il token dell'impiegato (TOWN_OFFICE_TOKEN)"),
            Self::Refused(problem) => {
                write!(f, "il CRM dice no: {} ({}, {:?})", problem.title, problem.status, problem.code)?;
                problem.fields.iter().try_for_each(|field| write!(f, "; {}: {:?}", field.field, field.code))
            }
            Self::NoCase(number) => write!(f, "nessuna pratica ha il numero {number}"),
            Self::NothingNext(number) => write!(f, "la pratica {number} è conclusa: non c'è un passo dopo"),
            Self::NoState(state) => write!(f, "nessuno stato si chiama {state}"),
            Self::Seed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ClerkError {}

/// The clerk, with a token for the CRM.
pub struct Clerk {
    crm_url: String,
    token: String,
    http: Client,
    states: Vec<SeedState>,
}

/// A case that was moved: where it was and where it is.
#[derive(Debug)]
pub struct Moved {
    /// The state before.
    pub before: StateCode,
    /// The case now.
    pub now: CaseSummary,
}

impl Clerk {
    /// A clerk for the CRM of a configuration.
    ///
    /// # Errors
    /// [`ClerkError::Unreachable`] when no HTTP client can be made, [`ClerkError::Seed`] when the states cannot be read.
    pub fn new(config: &Config) -> Result<Self, ClerkError> {
        let http = Client::builder().timeout(Duration::from_secs(15)).build().map_err(|error| unreachable(&error))?;
        let states = seed::states().map_err(ClerkError::Seed)?;
        Ok(Self { crm_url: config.crm_url.clone(), token: config.office_token.clone(), http, states })
    }

    /// The cases that `wanted` takes, as the CRM orders them (moved last first), at most `most`. `q` are words the CRM may search for.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn cases(&self, q: &str, most: usize, wanted: impl Fn(&OfficeCase) -> bool) -> Result<Vec<OfficeCase>, ClerkError> {
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..LISTS_MOST {
            let mut address = format!("{}{}?limit={AT_ONCE}", self.crm_url, paths::OFFICE_CASES);
            if !q.is_empty() {
                address.push_str(&format!("&q={}", paths::escape(q)));
            }
            if let Some(after) = &after {
                address.push_str(&format!("&after={}", paths::escape(after)));
            }
            let page: Page<OfficeCase> = self.ask(self.http.get(address)).await?;
            found.extend(page.items.into_iter().filter(&wanted));
            after = page.next;
            if after.is_none() || found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }

    /// The cases that are not over and have all these words, one a line for a terminal.
    ///
    /// # Errors
    /// As [`Self::cases`].
    pub async fn table(&self, words: &[&str]) -> Result<String, ClerkError> {
        let words = words.join(" ").to_lowercase();
        let cases = self.cases("", usize::MAX, |case| case.summary.phase != Phase::Closed && has_words(case, &words)).await?;
        let line = |case: &OfficeCase| {
            let next = next_state(case).map_or_else(String::new, |state| state.0);
            format!("{}  {:<18} → {:<18} {}, {}\n", case.summary.number.0, case.summary.state.0, next, case.citizen, case.summary.title)
        };
        Ok(cases.iter().map(line).collect())
    }

    /// The case with this number.
    ///
    /// # Errors
    /// [`ClerkError::NoCase`] when there is none; else when the CRM does not answer or refuses.
    pub async fn find(&self, number: &str) -> Result<OfficeCase, ClerkError> {
        let number = number.trim().to_ascii_uppercase();
        let missing = || ClerkError::NoCase(number.clone());
        if !CaseNumber(number.clone()).is_well_formed() {
            return Err(missing());
        }
        self.cases(&number, 1, |case| case.summary.number.0 == number).await?.pop().ok_or_else(missing)
    }

    /// Moves a case to the state that comes next.
    ///
    /// # Errors
    /// As [`Self::find`] and [`Self::bring`]; [`ClerkError::NothingNext`] for a case that is over.
    pub async fn next(&self, number: &str) -> Result<Moved, ClerkError> {
        let case = self.find(number).await?;
        let state = next_state(&case).ok_or_else(|| ClerkError::NothingNext(case.summary.number.0.clone()))?;
        self.bring(&case.summary, &state, None, &key()).await
    }

    /// Moves a case to a state of one's choice, with a note of one's own or the usual one.
    ///
    /// # Errors
    /// As [`Self::find`] and [`Self::bring`].
    pub async fn bring_to(&self, number: &str, state: &str, note: Option<&str>) -> Result<Moved, ClerkError> {
        let case = self.find(number).await?;
        self.bring(&case.summary, &StateCode(state.to_owned()), note, &key()).await
    }

    /// Moves a case; the same key moves it once.
    ///
    /// # Errors
    /// [`ClerkError::NoState`] for a state the town does not have; else when the CRM does not answer or refuses.
    async fn bring(&self, case: &CaseSummary, state: &StateCode, note: Option<&str>, key: &str) -> Result<Moved, ClerkError> {
        let known = self.states.iter().find(|known| known.state == state.0).ok_or_else(|| ClerkError::NoState(state.0.clone()))?;
        let repaired = case.kind.0 == STREET_REPORT && state.0 == RESOLVED;
        let files = if repaired { vec![self.photograph(case, key).await?] } else { Vec::new() };
        let body = Move {
            state: state.clone(),
            note: note.unwrap_or(&known.note).to_owned(),
            task: known.task,
            task_due_on: known.task.and(known.task_days).map(|days| Day::today().plus(days).date()),
            channel: None,
            files,
        };
        let address = format!("{}{}", self.crm_url, paths::office_moves(&case.id));
        let now = self.ask(self.http.post(address).header(headers::IDEMPOTENCY_KEY, key).json(&body)).await?;
        if case.kind.0 == STREET_REPORT && state.0 == "registered" {
            self.publish(&case.id, key).await?;
        }
        Ok(Moved { before: case.state.clone(), now })
    }

    /// Sends the photo of the repaired thing, for the closing notice.
    async fn photograph(&self, case: &CaseSummary, key: &str) -> Result<AttachmentId, ClerkError> {
        let (name, bytes) = repair::photo(case);
        let address = format!("{}{}", self.crm_url, paths::office_attachments(&case.id));
        let request = self.http.post(address).header(headers::IDEMPOTENCY_KEY, format!("{key}-photo"));
        let named = request.header(headers::UPLOAD_METADATA, format!("filename {}", BASE64.encode(name)));
        let photo: Attachment = self.ask(named.body(bytes)).await?;
        Ok(photo.id)
    }

    /// Says that everybody may see the words and photos of a street report. The demo's clerk finds them fit without reading.
    async fn publish(&self, id: &CaseId, key: &str) -> Result<(), ClerkError> {
        let address = paths::OFFICE_CASE.replace("{id}", &paths::escape(id.as_str()));
        let case: Case = self.ask(self.http.get(format!("{}{address}", self.crm_url))).await?;
        let photos = case.report.map(|report| report.photos.into_iter().map(|photo| photo.id).collect()).unwrap_or_default();
        let body = Publication { citizen_text: true, photos, ..Publication::default() };
        let address = format!("{}{}", self.crm_url, paths::office_publication(id));
        self.send(self.http.post(address).header(headers::IDEMPOTENCY_KEY, format!("{key}-publication")).json(&body)).await?;
        Ok(())
    }

    /// Sends a request with the token and reads the answer.
    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ClerkError> {
        self.send(request).await?.json().await.map_err(|error| unreachable(&error))
    }

    /// Sends a request with the token; the answer when it is a good one, else the problem.
    async fn send(&self, request: RequestBuilder) -> Result<Response, ClerkError> {
        if self.token.is_empty() {
            return Err(ClerkError::NoToken);
        }
        let answer = request.bearer_auth(&self.token).send().await.map_err(|error| unreachable(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        if status == reqwest::StatusCode::UNAUTHORIZED {
            return Err(ClerkError::Token);
        }
        match answer.json::<Problem>().await {
            Ok(problem) => Err(ClerkError::Refused(Box::new(problem))),
            Err(_) => Err(ClerkError::Unreachable(format!("risposta {status} senza spiegazione"))),
        }
    }

    /// What people call a state.
    fn name<'a>(&'a self, state: &'a StateCode) -> &'a str {
        self.states.iter().find(|known| known.state == state.0).map_or(&state.0, |known| &known.name)
    }
}

/// An error of the HTTP client with its cause, which is where "connection refused" stands.
fn unreachable(error: &reqwest::Error) -> ClerkError {
    let cause = std::iter::successors(std::error::Error::source(error), |error| error.source()).last();
    ClerkError::Unreachable(cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")))
}

/// A new Idempotency-Key.
fn key() -> String {
    let mut bytes = [0; 16];
    OsRng.fill_bytes(&mut bytes);
    BASE64URL.encode(bytes)
}

/// The state after the present one: the nearest one expected, else what an officer would usually do. Nothing for a case that is over.
fn next_state(case: &OfficeCase) -> Option<StateCode> {
    if case.summary.phase == Phase::Closed {
        return None;
    }
    if let Some(expected) = case.next_states.first() {
        return Some(expected.clone());
    }
    let is_report = case.summary.kind.0 == STREET_REPORT;
    let usual = match case.summary.state.0.as_str() {
        "submitted" => "registered",
        "registered" | "reopened" | "waiting_information" | "waiting_documents" | "waiting_answer" | "waiting_opinion" | "suspended" => {
            "in_progress"
        }
        "in_progress" if is_report => "planned",
        _ if is_report => "resolved",
        _ => "accepted",
    };
    Some(StateCode(usual.to_owned()))
}

/// Whether a case's number, title, subject or citizen has every one of these words, written in small letters.
fn has_words(case: &OfficeCase, words: &str) -> bool {
    let summary = &case.summary;
    let texts = [Some(&summary.number.0), Some(&summary.title), summary.subject.as_ref(), Some(&case.citizen)];
    let texts: Vec<String> = texts.into_iter().flatten().map(|text| text.to_lowercase()).collect();
    words.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)))
}
