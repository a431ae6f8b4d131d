//! What another system or an officer's tool says to the CRM, and reads there: moves, publications, what could not be delivered.
use crate::calendar::{Date, UtcTime};
use crate::cases::{CaseNumber, CaseSummary, Channel, TaskKind};
use crate::contact::Contact;
use crate::dictionary::StateCode;
use crate::id::{AttachmentId, CaseId, LetterId};
use serde::{Deserialize, Serialize};

/// What a service token may do. It stands in the settings of the CRM, and in the problem (403, `params.scope`) of a request whose token lacks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// List cases, and read one with all that the citizen wrote.
    CasesRead,
    /// Move a case, ask, write, register a call.
    CasesWrite,
    /// Send files for a case, and fetch those it has.
    Files,
    /// See what could not be delivered, and try again.
    Outbox,
    /// Say what everybody may see of a street report.
    Publication,
    /// Give notice to those who follow a topic, a street or an area.
    Notices,
    /// Bring in questionnaires, open and close them, read the answers, publish what came of them.
    Questionnaires,
    /// Put fees, see which payments are stuck, settle them.
    Payments,
}

impl Scope {
    /// Every scope there is.
    pub const ALL: [Self; 8] = [
        Self::CasesRead,
        Self::CasesWrite,
        Self::Files,
        Self::Outbox,
        Self::Publication,
        Self::Notices,
        Self::Questionnaires,
        Self::Payments,
    ];

    /// As it is written in the settings and in problems.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CasesRead => "cases.read",
            Self::CasesWrite => "cases.write",
            Self::Files => "files",
            Self::Outbox => "outbox",
            Self::Publication => "publication",
            Self::Notices => "notices",
            Self::Questionnaires => "questionnaires",
            Self::Payments => "payments",
        }
    }
}

/// The state of a case that waits for the citizen's answer to a question.
pub const WAITING_INFORMATION: &str = "waiting_information";
/// The state of a case that waits for documents.
pub const WAITING_DOCUMENTS: &str = "waiting_documents";

/// `POST /office/cases/{id}/moves`: bring a case into another state, or write to the citizen about the state it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// The new state; must be in the dictionary. Empty or left out: the case stays where it is, wherever somebody else has brought it meanwhile.
    #[serde(default)]
    pub state: StateCode,
    /// A sentence for the citizen, or nothing. Needed when the state stays the same, and for a task that is a question. What the citizen
    /// has to do stays too, then, unless there is a new task.
    #[serde(default)]
    pub note: String,
    /// What the citizen must now do, when the new state waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKind>,
    /// The last day for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_due_on: Option<Date>,
    /// How it came about, when it was not in the office: a phone call, a visit at the desk, a letter. It stands in the citizen's story.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Photos and documents for the citizen (the repaired thing), sent before to `/office/cases/{id}/attachments`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachmentId>,
}

/// Most files of a move.
pub const MOVE_FILES_MAX: usize = 8;

/// `POST /office/cases/{id}/publication`: what everybody may see of a street report. Until an officer says so, only its
/// category, place and state are public, and those only once it is taken in charge.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publication {
    /// Nothing of this report is shown.
    #[serde(default)]
    pub hidden: bool,
    /// The citizen's own title and details are fit for everybody. Texts in which personal data are found stay withheld all the same.
    #[serde(default)]
    pub citizen_text: bool,
    /// The office's own words, shown in place of the citizen's.
    #[serde(default)]
    pub text: String,
    /// The photos fit for everybody: none shows a face, a name or a plate.
    #[serde(default)]
    pub photos: Vec<AttachmentId>,
}

/// Most characters of the office's public text.
pub const PUBLIC_TEXT_CHARS_MAX: usize = 300;

/// What could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UndeliveredKind {
    /// A letter.
    Mail,
    /// A street report for another Open311 server.
    Open311,
    /// A notification by Web Push.
    Push,
    /// A message of App IO.
    AppIo,
    /// A text message.
    Sms,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// `GET /office/undelivered`: a letter or a report for another server that has failed at least once and has not arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undelivered {
    /// Its identifier, for `/office/undelivered/{id}/retry`.
    pub id: String,
    /// What it is.
    pub kind: UndeliveredKind,
    /// The case it is about; absent for letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// That case's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<CaseNumber>,
    /// Nobody tries any more: the other side has refused it, or it was tried for days.
    pub given_up: bool,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it waits.
    pub since: UtcTime,
    /// When it is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<UtcTime>,
    /// What went wrong last, for whoever runs the CRM.
    pub failure: String,
}

/// `GET /office/letters`: a letter that somebody gets on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaperLetter {
    /// Its identifier.
    pub id: LetterId,
    /// Whom it is for.
    pub name: String,
    /// Where it goes.
    pub address: String,
    /// What it is about.
    pub subject: String,
    /// Since when it waits to be posted.
    pub since: UtcTime,
}

/// Most characters of a note.
pub const NOTE_CHARS_MAX: usize = 1000;

/// `GET /office/cases`: a case as an officer's tool lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeCase {
    /// The case.
    #[serde(flatten)]
    pub summary: CaseSummary,
    /// Whose it is, by name; empty for somebody who did not sign in.
    pub citizen: String,
    /// How to reach somebody who did not sign in, as they left it.
    #[serde(default)]
    pub contact: Contact,
    /// The states it is expected to go through from here, nearest first.
    pub next_states: Vec<StateCode>,
    /// How often the citizen has reminded the office that the answer is late, since it last moved the case.
    #[serde(default)]
    pub reminders: u32,
}
