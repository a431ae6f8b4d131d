//! The dictionary of states and kinds, as pages speak of them: labels, plain cards, badges.
use crate::api::{Api, ApiError};
use crate::load::{Loaded, load};
use crate::words::language;
use contract::cases::{CaseSummary, Phase};
use contract::dictionary::{Dictionary, KindCode, StateCard, StateCode};
use contract::{Date, paths};
use std::sync::Arc;

/// The dictionary, shared by all that is on a page.
#[derive(Clone)]
pub struct Lexicon(Arc<Dictionary>);

/// Asks for the dictionary in the current language.
pub fn load_lexicon() -> Loaded<Lexicon> {
    load(Lexicon::ask)
}

impl Lexicon {
    /// The dictionary in the current language.
    ///
    /// # Errors
    /// Why the CRM did not give it.
    pub async fn ask(api: Api) -> Result<Self, ApiError> {
        Ok(Self(Arc::new(api.get(&paths::dictionary(language())).await?)))
    }

    /// A state's label. A state the dictionary does not know is shown as its code: never an invented meaning.
    pub fn label(&self, state: &StateCode) -> String {
        self.0.state(state).map_or_else(|| state.0.replace('_', " "), |card| card.label.clone())
    }

    /// What a state is called while it is still to come: never a promise of its outcome.
    pub fn expected(&self, state: &StateCode) -> String {
        match self.0.state(state) {
            Some(card) if !card.expected.is_empty() => card.expected.clone(),
            _ => self.label(state),
        }
    }

    /// A state's plain card.
    pub fn card(&self, state: &StateCode) -> Option<StateCard> {
        self.0.state(state).cloned()
    }

    /// The day by which the town must answer, while it is the town's turn: not when the case waits for the citizen, rests or is over.
    pub fn answer_due(&self, case: &CaseSummary) -> Option<Date> {
        let stopped = self.0.state(&case.state).is_some_and(|card| card.clock_stopped);
        case.due_on.clone().filter(|_| case.phase == Phase::Open && !stopped)
    }

    /// The name of a case's kind.
    pub fn kind(&self, case: &CaseSummary) -> String {
        self.kind_name(&case.kind)
    }

    /// The name of a kind.
    pub fn kind_name(&self, kind: &KindCode) -> String {
        self.0.kind_name(kind).to_owned()
    }
}

/// The badge of a phase.
pub fn badge(phase: Phase) -> &'static str {
    match phase {
        Phase::WaitingForYou => "waiting",
        Phase::Closed => "closed",
        Phase::Open | Phase::Unknown => "open",
    }
}
