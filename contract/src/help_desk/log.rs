//! The citizen's log: who did what with their data, when, why, and what they make of it.
use super::{Help, Shown};
use crate::calendar::UtcTime;
use crate::id::{CaseId, LogEntryId};
use serde::{Deserialize, Serialize};

/// Who did something with a citizen's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogActor {
    /// A volunteer of the help desk.
    Volunteer,
    /// Somebody to whom the citizen has given a delegation.
    Delegate,
    /// An office.
    Officer,
    /// The citizen.
    Citizen,
    /// The CRM itself.
    System,
    /// Somebody this version does not know.
    #[serde(other)]
    Unknown,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LogAction {
    /// A consent was asked by code or in the room.
    ConsentAsked,
    /// A second member of the desk has confirmed.
    ConsentConfirmed,
    /// A code was guessed at too often.
    CodeGuessed,
    /// A help began.
    HelpBegun,
    /// It was prolonged.
    HelpProlonged,
    /// It ended.
    HelpEnded,
    /// The list of cases was read.
    CasesSeen,
    /// A case was read.
    CaseSeen,
    /// A document or a file was read.
    DocumentSeen,
    /// The whole story was read.
    StorySeen,
    /// A report was sent.
    ReportSent,
    /// A message was sent about a case.
    MessageSent,
    /// A file was sent.
    FileSent,
    /// A questionnaire was read, with what had been answered.
    QuestionnaireSeen,
    /// A questionnaire was answered.
    QuestionnaireAnswered,
    /// Something was tried that had not been agreed to.
    Refused,
    /// An office has moved the case.
    CaseMoved,
    /// An office has said what everybody may see.
    CasePublished,
    /// Somebody without anything was given an identity of the desk, and a paper.
    PaperMade,
    /// What was under a paper is somebody's own now.
    PaperTaken,
    /// What was about to be sent was read once more, and is right.
    ContentConfirmed,
    /// There was a mistake in it.
    ContentWrong,
    /// The citizen has given a delegation.
    DelegationGiven,
    /// Somebody has accepted it.
    DelegationAccepted,
    /// It was ended.
    DelegationEnded,
    /// A delegate began to act for the citizen.
    ActingBegun,
    /// A delegate acts for themselves again.
    ActingEnded,
    /// A thing this version does not know.
    #[serde(other)]
    Unknown,
}

/// One entry of a citizen's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogEntry {
    /// Its identifier.
    pub id: LogEntryId,
    /// When.
    pub at: UtcTime,
    /// Who.
    pub actor: LogActor,
    /// By name.
    pub name: String,
    /// What.
    pub action: LogAction,
    /// With which case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Its number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub number: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Why: a word of [`super::ConsentWay`] or [`super::HelpEnd`] where something begins or ends, else a reason in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The number of the help it belongs to.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub session: String,
    /// The case that the citizen has opened about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disputed: Option<CaseId>,
}

/// `GET /me/help`: who is helping me now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyHelp {
    /// What goes on; none when nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// What is about to be sent, and waits for the citizen's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Shown>,
}

/// The citizen does not recognise an entry: the case that is about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Disputed {
    /// The case.
    pub case: CaseId,
}
