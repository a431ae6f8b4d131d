//! The dictionary: what every state and every kind of case means, in words that people understand. States are data, not code.
use serde::{Deserialize, Serialize};

/// The code of a state (`registered`, `waiting_documents`…). The dictionary has its words; an unknown code is shown plainly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct StateCode(pub String);

/// The code of a kind of case (`nursery_enrolment`, `street_report`…).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct KindCode(pub String);

/// `GET /dictionary?language=it`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dictionary {
    /// The language that was asked for, BCP 47.
    pub language: String,
    /// One card for each state.
    pub states: Vec<StateCard>,
    /// One entry for each kind of case.
    pub kinds: Vec<Kind>,
}

impl Dictionary {
    /// The card of a state, if the dictionary has one.
    pub fn state(&self, code: &StateCode) -> Option<&StateCard> {
        self.states.iter().find(|card| card.code == *code)
    }

    /// The name of a kind of case; its bare code when the dictionary does not know it.
    pub fn kind_name<'a>(&'a self, code: &'a KindCode) -> &'a str {
        self.kinds.iter().find(|kind| kind.code == *code).map_or(code.0.as_str(), |kind| kind.name.as_str())
    }
}

/// A state in plain words (feature X4): four short answers and the original term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateCard {
    /// Which state.
    pub code: StateCode,
    /// A label of one to four words for lists and badges.
    pub label: String,
    /// What the step is called while it is still to come, where the label would promise an outcome ("Risposta del Comune"); empty when it is the label.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expected: String,
    /// Whether the town's time for an answer stands still in this state (L. 241/1990 art. 2 c. 7): it is then neither counted nor late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_stopped: bool,
    /// The office's own term, kept visible beside the plain one ("istruttoria").
    pub term: String,
    /// Cosa significa.
    pub meaning: String,
    /// A chi tocca adesso, as a sentence.
    pub whose_turn: String,
    /// Cosa devi fare.
    pub what_to_do: String,
    /// Entro quando, with `{date}` where the case's date goes.
    pub by_when: String,
    /// Entro quando, for a case without a date.
    pub by_when_undated: String,
    /// The language these words are in: not the one asked for when a translation is missing.
    pub language: String,
}

/// A kind of case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kind {
    /// Which kind.
    pub code: KindCode,
    /// Its name in the language of the dictionary.
    pub name: String,
    /// The language of that name.
    pub language: String,
}
