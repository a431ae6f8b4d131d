//! The words of cases: the dictionary of states and kinds, and what the app adds to it.
use crate::load::{Loaded, load};
use crate::words::{Key, count, day_short, days_left, key, language, t};
use contract::cases::{CaseSummary, Channel, Phase, TaskKind};
use contract::dictionary::{Dictionary, KindCode, StateCard, StateCode};
use contract::{Date, paths};
use std::sync::Arc;

/// The dictionary, shared by all that is on a page.
#[derive(Clone)]
pub struct Lexicon(Arc<Dictionary>);

/// Asks for the dictionary in the current language.
pub fn load_lexicon() -> Loaded<Lexicon> {
    load(|api| async move { Ok(Lexicon(Arc::new(api.get(&paths::dictionary(language())).await?))) })
}

impl Lexicon {
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
        self.0.kind_name(&case.kind).to_owned()
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

/// What a task asks, as the words of a button or title.
pub fn task_key(kind: TaskKind) -> Key {
    match kind {
        TaskKind::SendDocuments => key::cases::TASK_SEND_DOCUMENTS,
        TaskKind::Pay => key::cases::TASK_PAY,
        TaskKind::Collect => key::cases::TASK_COLLECT,
        TaskKind::Answer => key::cases::TASK_ANSWER,
        TaskKind::Unknown => key::cases::TASK_UNKNOWN,
    }
}

/// How something came, in words.
pub fn channel_key(channel: Channel) -> Key {
    match channel {
        Channel::App => key::cases::CHANNEL_APP,
        Channel::Desk => key::cases::CHANNEL_DESK,
        Channel::Phone => key::cases::CHANNEL_PHONE,
        Channel::Letter => key::cases::CHANNEL_LETTER,
        Channel::Email => key::cases::CHANNEL_EMAIL,
        Channel::Office | Channel::Unknown => key::cases::CHANNEL_OFFICE,
    }
}

/// A day with how far it is: "15 dic 2026 · mancano 23 giorni".
pub fn day_and_distance(date: &Date) -> String {
    let distance = match days_left(date) {
        Some(0) => t(key::cases::TODAY).to_owned(),
        Some(days) if days < 0 => count(key::cases::DAYS_OVER, -days),
        Some(days) => count(key::cases::DAYS_LEFT, days),
        None => return date.0.clone(),
    };
    format!("{} · {distance}", day_short(date))
}

/// Whether a day is past.
pub fn is_past(date: &Date) -> bool {
    days_left(date).is_some_and(|days| days < 0)
}

/// The icon of a kind of case: a picture beside the words, never instead of them.
pub fn kind_icon(kind: &KindCode) -> &'static str {
    match kind.0.as_str() {
        "street_report" => "it-lamp",
        "nursery_enrolment" => "it-school",
        "school_meals" => "it-meal",
        "school_bus" => "it-bus",
        "resident_parking" => "it-car",
        "disabled_parking_badge" => "it-wheelchair",
        "residence_certificate" => "it-document",
        "change_of_residence" => "it-home",
        "identity_card" => "it-id",
        "waste_tax_correction" => "it-trash",
        "building_notice" => "it-building",
        "public_space_occupation" => "it-stall",
        "rent_contribution" => "it-euro",
        _ => "it-files",
    }
}
