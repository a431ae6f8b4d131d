//! The clerk: an officer who lists everybody's cases through the CRM's office API and moves one along when asked to.
mod desk;
mod repair;

use crate::calendar::Day;
use crate::config::Config;
use crate::seed::{self, SeedState};
use contract::cases::{CaseNumber, CaseSummary, Phase};
use contract::dictionary::StateCode;
use contract::id::{AttachmentId, CaseId};
use contract::office::{Move, OfficeCase, Publication};
use office_client::{Office, OfficeError, new_key};
use std::fmt;

pub(crate) use desk::router;

/// The kind of case that everybody may see.
const STREET_REPORT: &str = "street_report";
/// The state in which a street report shows what was repaired.
const RESOLVED: &str = "resolved";

/// Why the clerk could not do something.
#[derive(Debug)]
pub enum ClerkError {
    /// The office API did not do it.
    Office(OfficeError),
    /// This is no case number.
    NoNumber(String),
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
            Self::Office(OfficeError::NoToken) => f.write_str("l'impiegato non ha un token per il CRM: imposta TOWN_OFFICE_TOKEN"),
            Self::Office(OfficeError::Unreachable(why)) => write!(f, "il CRM non risponde: {why}"),
            Self::Office(OfficeError::Token) => f.write_str("il CRM non riconosce il token dell'impiegato (TOWN_OFFICE_TOKEN)"),
            Self::Office(OfficeError::Refused(problem)) => {
                write!(f, "il CRM dice no: {} ({}, {:?})", problem.title, problem.status, problem.code)?;
                problem.fields.iter().try_for_each(|field| write!(f, "; {}: {:?}", field.field, field.code))
            }
            Self::Office(OfficeError::NoCase(CaseNumber(number))) | Self::NoNumber(number) => {
                write!(f, "nessuna pratica ha il numero {number}")
            }
            Self::NothingNext(number) => write!(f, "la pratica {number} è conclusa: non c'è un passo dopo"),
            Self::NoState(state) => write!(f, "nessuno stato si chiama {state}"),
            Self::Seed(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ClerkError {}

impl From<OfficeError> for ClerkError {
    fn from(error: OfficeError) -> Self {
        Self::Office(error)
    }
}

/// The clerk, with a token for the CRM.
pub struct Clerk {
    office: Office,
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
    /// [`OfficeError::Unreachable`] when no HTTP client can be made, [`ClerkError::Seed`] when the states cannot be read.
    pub fn new(config: &Config) -> Result<Self, ClerkError> {
        let office = Office::new(&config.crm_url, &config.office_token)?;
        Ok(Self { office, states: seed::states().map_err(ClerkError::Seed)? })
    }

    /// The cases that `wanted` takes, moved last first, at most `most`.
    ///
    /// # Errors
    /// When the CRM does not answer or refuses.
    pub async fn cases(&self, most: usize, wanted: impl Fn(&OfficeCase) -> bool) -> Result<Vec<OfficeCase>, ClerkError> {
        Ok(self.office.cases("", most, wanted).await?)
    }

    /// The cases that are not over and have all these words, one a line for a terminal.
    ///
    /// # Errors
    /// As [`Self::cases`].
    pub async fn table(&self, words: &[&str]) -> Result<String, ClerkError> {
        let words = words.join(" ").to_lowercase();
        let cases = self.cases(usize::MAX, |case| case.summary.phase != Phase::Closed && has_words(case, &words)).await?;
        let line = |case: &OfficeCase| {
            let next = next_state(case).map_or_else(String::new, |state| state.0);
            format!("{}  {:<18} → {:<18} {}, {}\n", case.summary.number.0, case.summary.state.0, next, case.citizen, case.summary.title)
        };
        Ok(cases.iter().map(line).collect())
    }

    /// The case with this number.
    ///
    /// # Errors
    /// [`ClerkError::NoNumber`] or [`OfficeError::NoCase`] when there is none; else when the CRM does not answer or refuses.
    pub async fn find(&self, number: &str) -> Result<OfficeCase, ClerkError> {
        let number = CaseNumber::read(number).ok_or_else(|| ClerkError::NoNumber(number.trim().to_owned()))?;
        Ok(self.office.find(&number).await?)
    }

    /// Moves a case to the state that comes next.
    ///
    /// # Errors
    /// As [`Self::find`] and [`Self::bring`]; [`ClerkError::NothingNext`] for a case that is over.
    pub async fn next(&self, number: &str) -> Result<Moved, ClerkError> {
        let case = self.find(number).await?;
        let state = next_state(&case).ok_or_else(|| ClerkError::NothingNext(case.summary.number.0.clone()))?;
        self.bring(&case.summary, &state, None, &new_key()).await
    }

    /// Moves a case to a state of one's choice, with a note of one's own or the usual one.
    ///
    /// # Errors
    /// As [`Self::find`] and [`Self::bring`].
    pub async fn bring_to(&self, number: &str, state: &str, note: Option<&str>) -> Result<Moved, ClerkError> {
        let case = self.find(number).await?;
        self.bring(&case.summary, &StateCode(state.to_owned()), note, &new_key()).await
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
        let now = self.office.bring(&case.id, key, &body).await?;
        if case.kind.0 == STREET_REPORT && state.0 == "registered" {
            self.publish(&case.id, key).await?;
        }
        Ok(Moved { before: case.state.clone(), now })
    }

    /// Sends the photo of the repaired thing, for the closing notice.
    async fn photograph(&self, case: &CaseSummary, key: &str) -> Result<AttachmentId, ClerkError> {
        let (name, bytes) = repair::photo(case);
        Ok(self.office.send_file(&case.id, &format!("{key}-photo"), name, bytes).await?.id)
    }

    /// Says that everybody may see the words and photos of a street report. The demo's clerk finds them fit without reading.
    async fn publish(&self, id: &CaseId, key: &str) -> Result<(), ClerkError> {
        let report = self.office.case(id).await?.report;
        let photos = report.map(|report| report.photos.into_iter().map(|photo| photo.id).collect()).unwrap_or_default();
        let body = Publication { citizen_text: true, photos, ..Publication::default() };
        Ok(self.office.publish(id, &format!("{key}-publication"), &body).await?)
    }

    /// What people call a state.
    fn name<'a>(&'a self, state: &'a StateCode) -> &'a str {
        self.states.iter().find(|known| known.state == state.0).map_or(&state.0, |known| &known.name)
    }
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
