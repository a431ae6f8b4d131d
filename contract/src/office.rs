//! What another system or an officer's tool may tell the CRM: for now, to move a case along.
use crate::calendar::Date;
use crate::cases::{CaseSummary, TaskKind};
use crate::dictionary::StateCode;
use crate::id::AttachmentId;
use serde::{Deserialize, Serialize};

/// `POST /office/cases/{id}/moves`: bring a case into another state, or write to the citizen about the state it is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// The new state; must be in the dictionary.
    pub state: StateCode,
    /// A sentence for the citizen, or nothing. Needed when the state stays the same, and for a task that is a question.
    #[serde(default)]
    pub note: String,
    /// What the citizen must now do, when the new state waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKind>,
    /// The last day for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_due_on: Option<Date>,
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
    /// The states it is expected to go through from here, nearest first.
    pub next_states: Vec<StateCode>,
}
