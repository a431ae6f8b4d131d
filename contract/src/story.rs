//! A person's whole story with the town: everything that happened in all of their cases, by whichever channel.
use crate::cases::{CaseNumber, Step};
use crate::dictionary::KindCode;
use crate::id::CaseId;
use serde::{Deserialize, Serialize};

/// Something that happened, and in which case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoryEntry {
    /// The case.
    pub case: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// What kind of case it is.
    pub kind: KindCode,
    /// What it is about.
    pub title: String,
    /// What happened. Its files are in the case.
    pub step: Step,
}

/// What the story is asked for: `GET /story?q=&after=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct StoryQuery {
    /// Only what happened in cases whose number, title, subject, kind or office contain these words, or brought a state that does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Continue behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}
