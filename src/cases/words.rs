//! The words of cases: what the app adds to the dictionary.
use crate::words::{Key, count, day_short, days_left, key, office_language, t};
use contract::Date;
use contract::cases::{Channel, TaskKind};
use contract::dictionary::KindCode;

pub use crate::lexicon::{Lexicon, badge, load_lexicon};

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

/// The kind of case whose title is its author's own, in whatever language they write.
const STREET_REPORT: &str = "street_report";

/// The language of a case's title, when it is known and not the page's.
pub fn title_language(kind: &KindCode) -> Option<&'static str> {
    office_language().filter(|_| kind.0 != STREET_REPORT)
}

/// The icon of a kind of case: a picture beside the words, never instead of them.
pub fn kind_icon(kind: &KindCode) -> &'static str {
    match kind.0.as_str() {
        STREET_REPORT => "it-lamp",
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
