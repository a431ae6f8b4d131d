//! What is about to be sent at the desk, as the citizen reads it once more (features X14, J13): nothing leaves before they say yes.
use crate::id::ShownId;
use crate::problem::{FieldProblem, FieldRule};
use crate::reports::{AnsweredField, NewReport};
use serde::{Deserialize, Serialize};

/// Who gets the updates of what is sent at the desk. The desk itself never does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Updates {
    /// The citizen, as they are always told.
    Citizen,
    /// Nobody: they stand in the personal area alone.
    Nobody,
    /// A choice this version does not know.
    #[serde(other)]
    Unknown,
}

/// `PUT /me/help/shown`: the desk shows the citizen what it is about to send.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewShown {
    /// The report, exactly as it will be sent.
    pub report: NewReport,
    /// Who gets the updates.
    #[serde(default)]
    pub updates: Option<Updates>,
}

impl NewShown {
    /// The rule that the report's own do not have: it is asked each time.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let rule = match self.updates {
            Some(Updates::Citizen | Updates::Nobody) => return Vec::new(),
            Some(Updates::Unknown) => FieldRule::NotAChoice,
            None => FieldRule::Required,
        };
        vec![FieldProblem::new("updates", rule)]
    }
}

/// What the citizen has said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShownState {
    /// Nothing yet.
    Asked,
    /// It is right: it may be sent, once.
    Confirmed,
    /// There is a mistake.
    Wrong,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// What is about to be sent, in the words of whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shown {
    /// Its identifier: what is changed gets another one, and is confirmed anew.
    pub id: ShownId,
    /// What the citizen has said.
    pub state: ShownState,
    /// They say it on their own phone; else on the screen that is turned to them.
    pub on_phone: bool,
    /// Street and house number.
    pub place: String,
    /// The kind of problem.
    pub category: String,
    /// Its own questions.
    pub answers: Vec<AnsweredField>,
    /// In a few words.
    pub title: String,
    /// In more words.
    pub details: String,
    /// How many photos and documents go along.
    pub files: u32,
    /// Who gets the updates.
    pub updates: Updates,
    /// Where, as far as it is shown; empty when nobody is told.
    #[serde(default)]
    pub updates_to: String,
}

/// `POST /me/help/shown`: "Confermo", or "C'è un errore".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShownAnswer {
    /// What was read.
    pub id: ShownId,
    /// Whether it is right.
    pub yes: bool,
}
