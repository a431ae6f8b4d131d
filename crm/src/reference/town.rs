//! The town's own facts, as `town.json` has them.
use super::{BASE_LANGUAGE, REOPENED, RESOLVED, SUBMITTED, WITHDRAWN, twice};
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::reports::AnonymousReports;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// The town's own facts (`town.json`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Town {
    /// Its name ("Comune di Firenze").
    pub town: String,
    /// Its fiscal code, as a creditor: 11 digits. Empty where no fees of its own are put.
    #[serde(default)]
    pub fiscal_code: String,
    /// The two letters that case numbers begin with.
    pub number_prefix: String,
    /// Key of the office that street reports go to.
    pub street_reports_office: String,
    /// Key of the office that looks after personal data; that of street reports where there is none.
    #[serde(default)]
    pub privacy_office: Option<String>,
    /// Most days for the answer to a street report.
    pub report_legal_days: u32,
    /// What usually happens to a street report, and after how many days.
    #[serde(default)]
    pub report_steps: Vec<ExpectedStep>,
    /// Whether somebody who does not sign in may send a report: `off`, `contact` or `anonymous`.
    #[serde(default)]
    pub anonymous_reports: AnonymousReports,
    /// The states in which everybody sees a street report: from when the office takes it in charge.
    #[serde(default)]
    pub public_states: Vec<StateCode>,
    /// What our categories are called by the Open311 server that reports are handed on to, where it calls them otherwise.
    #[serde(default)]
    pub open311_services: BTreeMap<String, String>,
    /// A citizen may remind the town of a late answer once in so many days.
    #[serde(default = "week")]
    pub reminder_days: u32,
    /// Most days of a delegation; a year unless it is said, and never more.
    #[serde(default)]
    pub delegation_days: Option<u32>,
    /// The topics that citizens can follow.
    #[serde(default)]
    pub topics: Vec<TownTopic>,
    /// Who answers in place of an office that does not (L. 241/1990 art. 2, c. 9-bis): a second reminder goes there too.
    #[serde(default)]
    pub substitute: Option<Substitute>,
}

const fn week() -> u32 {
    7
}

/// A topic that citizens can follow, with its names by language; Italian must be there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TownTopic {
    /// Its code.
    pub code: String,
    /// Its names.
    pub names: BTreeMap<String, String>,
}

/// Who answers in place of an office that does not.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitute {
    /// Name of the person or office.
    pub name: String,
    /// E-mail address.
    pub email: String,
}

/// A step that a new street report is expected to take.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedStep {
    /// The state.
    pub state: StateCode,
    /// Days after the report was sent.
    pub after_days: u32,
}

/// Whether the facts go with each other and with the dictionary.
pub(super) fn check(town: &Town, phases: &HashMap<StateCode, Phase>) -> Result<(), String> {
    if town.number_prefix.len() != 2 || !town.number_prefix.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err("number_prefix is two capital letters".to_owned());
    }
    if let Some(code) = twice(town.topics.iter().map(|topic| topic.code.as_str())) {
        return Err(format!("topic {code} stands there twice"));
    }
    if let Some(topic) = town.topics.iter().find(|topic| topic.code.trim().is_empty() || !topic.names.contains_key(BASE_LANGUAGE)) {
        return Err(format!("topic {:?} needs a code and a name in Italian", topic.code));
    }
    let ours = [SUBMITTED, RESOLVED, REOPENED, WITHDRAWN].map(|state| StateCode(state.to_owned()));
    let named = town.report_steps.iter().map(|step| &step.state).chain(&town.public_states);
    match ours.iter().chain(named).find(|state| !phases.contains_key(*state)) {
        Some(state) => Err(format!("the dictionary does not know state {}", state.0)),
        None => Ok(()),
    }
}
