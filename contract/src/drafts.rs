//! Drafts that the CRM keeps for a citizen, so that what was begun on one device goes on on another. Photos stay on their device.
use crate::calendar::UtcTime;
use crate::id::DraftId;
use crate::reports::NewReport;
use serde::{Deserialize, Serialize};

/// Most bytes of a draft's report, as compact JSON.
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
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// `PUT /drafts/{id}`: a draft as it is now. Its identifier is chosen by the device, and is the `Idempotency-Key` with which the report will be sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDraft {
    /// What it is to become.
    #[serde(default)]
    pub kind: DraftKind,
    /// The report so far; no rule applies to it yet. `files` announces what the device holds, by name and checksum.
    pub report: NewReport,
}

/// A draft in the list of `GET /drafts`, and the answer to `PUT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftSummary {
    /// Which one.
    pub id: DraftId,
    /// What it is to become.
    pub kind: DraftKind,
    /// Its title so far; may be empty.
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
    /// The report so far.
    pub report: NewReport,
}
