//! Drafts that the CRM keeps for a citizen, so that what was begun on one device goes on on another. Photos stay on their device.
use crate::calendar::UtcTime;
use crate::id::{CaseId, DraftId};
use crate::replies::NewMessage;
use crate::reports::NewReport;
use serde::{Deserialize, Serialize};

/// Most bytes of what a draft is to become, as compact JSON.
pub const BYTES_MAX: usize = 32 * 1024;
/// Most drafts of one citizen.
pub const DRAFTS_MAX: u32 = 20;
/// Days after its last change for which a draft is kept.
pub const KEPT_DAYS: u32 = 90;

/// What a draft is to become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// A street report.
    #[default]
    Report,
    /// A message about a case, or the answer that its office waits for.
    Message,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// `PUT /drafts/{id}`: a draft as it is now. Its identifier is chosen by the device, and is the `Idempotency-Key` with which it will be sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDraft {
    /// What it is to become.
    #[serde(default)]
    pub kind: DraftKind,
    /// The case that a message is about; a report has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The report so far; no rule applies to it yet. `files` announces what the device holds, by name and checksum.
    #[serde(default)]
    pub report: NewReport,
    /// The message so far, by the same rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<NewMessage>,
}

/// A draft in the list of `GET /drafts`, and the answer to `PUT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftSummary {
    /// Which one.
    pub id: DraftId,
    /// What it is to become.
    pub kind: DraftKind,
    /// The case that a message is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// Its title so far, that of the case when it is a message; may be empty.
    pub title: String,
    /// When it was changed last.
    pub changed_at: UtcTime,
    /// Counts its changes, from 1. `If-Match` takes it in quotes, as `ETag` gives it.
    pub version: u32,
}

/// `GET /drafts/{id}`: a draft as it was kept last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    /// What the list says of it.
    pub summary: DraftSummary,
    /// The report so far; empty when it is none.
    #[serde(default)]
    pub report: NewReport,
    /// The message so far, when it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<NewMessage>,
}
