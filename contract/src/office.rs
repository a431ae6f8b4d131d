//! What another system or an officer's tool may tell the CRM: for now, to move a case along.
use crate::calendar::Date;
use crate::cases::{CaseSummary, TaskKind};
use crate::dictionary::StateCode;
use serde::{Deserialize, Serialize};

/// `POST /office/cases/{id}/moves`: bring a case into another state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Move {
    /// The new state; must be in the dictionary.
    pub state: StateCode,
    /// A sentence for the citizen, or nothing.
    #[serde(default)]
    pub note: String,
    /// What the citizen must now do, when the new state waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskKind>,
    /// The last day for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_due_on: Option<Date>,
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
    /// Whose it is, by name.
    pub citizen: String,
    /// The states it is expected to go through from here, nearest first.
    pub next_states: Vec<StateCode>,
}
