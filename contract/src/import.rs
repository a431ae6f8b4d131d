//! The file format of `crm import`: people and cases from another system, or of a demo town.
use crate::calendar::{Date, UtcTime};
use crate::cases::{Channel, Office, Protocol, TaskKind};
use crate::dictionary::{KindCode, StateCode};
use crate::payments::Receipt;
use crate::payments::office::NewFee;
use crate::place::Place;
use crate::reports::CategoryCode;
use serde::{Deserialize, Serialize};

/// A whole file. Importing it twice changes nothing the second time: `key` tells what is already there. Beside these members a file may have
/// `questionnaires`, each a [`crate::questionnaires::NewQuestionnaire`] with its `standing`, and perhaps `answers` (`times`, `answers`) that were
/// gathered elsewhere and `results` ([`crate::questionnaires::NewResults`]).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportFile {
    /// The offices that work on the cases.
    #[serde(default)]
    pub offices: Vec<ImportOffice>,
    /// The citizens.
    #[serde(default)]
    pub citizens: Vec<ImportCitizen>,
    /// Their cases.
    #[serde(default)]
    pub cases: Vec<ImportCase>,
    /// Their fees.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<ImportFee>,
}

/// A fee. Its creditor and number tell what is already there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportFee {
    /// Subject of the citizen whose it is.
    pub citizen: String,
    /// The fee.
    #[serde(flatten)]
    pub fee: NewFee,
    /// The receipt of one that is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
}

/// An office with a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportOffice {
    /// Key for [`ImportCase::office`].
    pub key: String,
    /// How to reach it.
    #[serde(flatten)]
    pub office: Office,
}

/// A citizen, told by who vouches for them (the provider's issuer) and the provider's name for them (subject).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCitizen {
    /// Issuer URL of the identity provider.
    pub issuer: String,
    /// The `sub` claim there.
    pub subject: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Codice fiscale, if they have one.
    #[serde(default)]
    pub fiscal_code: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone number.
    #[serde(default)]
    pub phone: Option<String>,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportCase {
    /// A name for this case that stays the same in every import.
    pub key: String,
    /// Subject of the citizen whose it is.
    pub citizen: String,
    /// Kind of case.
    pub kind: KindCode,
    /// What it is about.
    pub title: String,
    /// Whom or what it concerns.
    #[serde(default)]
    pub subject: Option<String>,
    /// A sentence or two.
    #[serde(default)]
    pub description: String,
    /// Key of the office.
    pub office: String,
    /// The official registration.
    #[serde(default)]
    pub protocol: Option<Protocol>,
    /// Most days for an answer.
    #[serde(default)]
    pub legal_days: Option<u32>,
    /// Last legal day for an answer.
    #[serde(default)]
    pub due_on: Option<Date>,
    /// What the citizen must do now.
    #[serde(default)]
    pub task: Option<TaskKind>,
    /// The last day for it.
    #[serde(default)]
    pub task_due_on: Option<Date>,
    /// What happened, oldest first (the last of these is the present state), then what is expected.
    pub steps: Vec<ImportStep>,
    /// Documents, written by the CRM as PDF from their text.
    #[serde(default)]
    pub documents: Vec<ImportDocument>,
    /// The street report it began as.
    #[serde(default)]
    pub report: Option<ImportReport>,
}

/// A street report; its title and details are the case's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportReport {
    /// What kind of problem; the report form must know it.
    pub category: CategoryCode,
    /// Where.
    pub place: Place,
    /// The office has read the citizen's words and finds them fit for everybody.
    #[serde(default)]
    pub approved: bool,
}

/// A step of an imported case: `at` when it happened, else `expected_on`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportStep {
    /// The state.
    pub state: StateCode,
    /// When it happened.
    #[serde(default)]
    pub at: Option<UtcTime>,
    /// When it is expected.
    #[serde(default)]
    pub expected_on: Option<Date>,
    /// A note in words.
    #[serde(default)]
    pub note: String,
    /// Whether the citizen did it (else the office).
    #[serde(default)]
    pub by_citizen: bool,
    /// How it came.
    pub channel: Channel,
    /// The citizen finds it among their messages, not read yet.
    #[serde(default)]
    pub told: bool,
}

/// A document given as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportDocument {
    /// Its name.
    pub name: String,
    /// When it was added.
    pub added_at: UtcTime,
    /// Its paragraphs.
    pub paragraphs: Vec<String>,
}
