//! Tips: what the town can tell a citizen from what it knows of them. Each says why it is shown, and can be switched off.
use crate::id::CaseId;
use serde::{Deserialize, Serialize};

/// Most tips at once.
pub const TIPS_MAX: usize = 3;

/// `GET /me/tips?language=`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tips {
    /// The citizen wants tips; without, there are none.
    pub on: bool,
    /// Those that hold today, at most [`TIPS_MAX`].
    pub tips: Vec<Tip>,
    /// Those that the citizen has switched off, by their keys.
    #[serde(default)]
    pub off: Vec<String>,
}

/// A tip, in the language of its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tip {
    /// Its name, to switch it off.
    pub key: String,
    /// A heading of a few words.
    pub title: String,
    /// What the citizen may want to do.
    pub what: String,
    /// Why they see it: the fact that the town knows.
    pub why: String,
    /// The language of the words, BCP 47: Italian where there is no translation.
    pub language: String,
    /// Where it leads.
    pub link: TipLink,
}

/// Where a tip leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TipLink {
    /// What the link says.
    pub text: String,
    /// A page of the app, or of another site.
    pub page: TipPage,
    /// With [`TipPage::Case`]: which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// With [`TipPage::Site`]: its address, https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The pages that a tip can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TipPage {
    /// The case that it is about.
    Case,
    /// The messages.
    Inbox,
    /// Everything that happened in all cases.
    Story,
    /// A new street report.
    NewReport,
    /// Everybody's street reports.
    PublicReports,
    /// A page of the town or of another office.
    Site,
    /// A page this version does not know.
    #[serde(other)]
    Unknown,
}
