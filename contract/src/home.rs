//! The home page's first question: what must I do now (features B1, X18)?
use crate::calendar::Date;
use crate::cases::CaseSummary;
use crate::id::FeeId;
use serde::{Deserialize, Serialize};

/// Most tasks told at once.
pub const TASKS_MAX: usize = 3;
/// A fee is a task from so many days before its last day.
pub const FEE_SOON_DAYS: u32 = 14;

/// What the citizen must do, the nearest day first; what has no day comes last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tasks {
    /// The first ones, at most [`TASKS_MAX`].
    pub items: Vec<HomeTask>,
    /// Cases that wait for the citizen and are not among them.
    pub more_cases: u32,
    /// Fees that are due soon and are not among them.
    pub more_fees: u32,
}

/// One thing to do: for a case, or a fee. Neither is one that this version does not know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HomeTask {
    /// A case with its task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseSummary>,
    /// A fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<DueFee>,
}

/// A fee that is due soon, or late.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DueFee {
    /// Its identifier in URLs.
    pub id: FeeId,
    /// What it is ("Mensa scolastica").
    pub title: String,
    /// Whom and what it is for, and which time ("Sara", "ottobre 2026").
    pub about: Vec<String>,
    /// What is paid today, in cents.
    pub amount: i64,
    /// The last day to pay in time.
    pub due_on: Date,
}
