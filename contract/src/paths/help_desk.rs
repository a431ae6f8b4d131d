//! The URLs of the help desk, and of what a citizen sees and ends of it.
use super::{escape, list_parts, with_parts};
use crate::id::{ConsentId, LogEntryId};
use crate::page::PartQuery;

/// GET → [`crate::help_desk::Desk`]: how things stand at this desk.
pub const HELP_DESK: &str = "/api/v1/help_desk";
/// POST nothing → [`crate::session::LoginStart`]: where a volunteer logs in.
pub const HELP_DESK_LOGIN: &str = "/api/v1/help_desk/login";
/// POST nothing → 204: the volunteer leaves, and whoever is being helped with them.
pub const HELP_DESK_LOGOUT: &str = "/api/v1/help_desk/logout";
/// POST [`crate::help_desk::NewConsent`] → 201 [`crate::help_desk::Consent`].
pub const HELP_DESK_CONSENTS: &str = "/api/v1/help_desk/consents";
/// POST [`crate::help_desk::Begin`] → [`crate::help_desk::Begun`].
pub const HELP_DESK_BEGIN: &str = "/api/v1/help_desk/consents/{id}/begin";
/// POST [`crate::help_desk::Agreed`] → 204: the word of a second member of the desk.
pub const HELP_DESK_CONFIRMATION: &str = "/api/v1/help_desk/confirmations/{id}";
/// POST [`crate::help_desk::Unlock`] → [`crate::help_desk::Help`].
pub const HELP_DESK_UNLOCK: &str = "/api/v1/help_desk/unlock";
/// POST nothing → [`crate::help_desk::HelpReceipt`]: "Finisci"; also for one that has ended by itself.
pub const HELP_DESK_FINISH: &str = "/api/v1/help_desk/finish";
/// POST [`crate::help_desk::Checked`] → 204: this browser is clean.
pub const HELP_DESK_CHECKED: &str = "/api/v1/help_desk/checked";
/// POST [`crate::help_desk::ConsentCode`] → [`crate::help_desk::AskedConsent`].
pub const MY_CONSENT: &str = "/api/v1/me/consents/look";
/// POST [`crate::help_desk::ConsentAnswer`] → [`crate::help_desk::AskedConsent`].
pub const MY_CONSENT_ANSWER: &str = "/api/v1/me/consents/answer";
/// GET `?language=` → [`crate::help_desk::MyHelp`]; DELETE → 204: end it now.
pub const MY_HELP: &str = "/api/v1/me/help";
/// PUT [`crate::help_desk::NewShown`] → [`crate::help_desk::Shown`], by the desk; POST [`crate::help_desk::ShownAnswer`] → 204.
pub const MY_HELP_SHOWN: &str = "/api/v1/me/help/shown";
/// POST [`crate::help_desk::PaperCode`] → [`crate::help_desk::PaperTaken`]: "Ho un codice del Comune".
pub const MY_PAPERS: &str = "/api/v1/me/papers";
/// GET `?after=&limit=` → a page of [`crate::help_desk::LogEntry`], newest first.
pub const MY_LOG: &str = "/api/v1/me/access_log";
/// POST nothing → [`crate::help_desk::Disputed`]: "Non lo riconosco".
pub const MY_LOG_DISPUTE: &str = "/api/v1/me/access_log/{id}/dispute";

/// Where a consent begins something.
pub fn help_desk_begin(id: &ConsentId) -> String {
    HELP_DESK_BEGIN.replace("{id}", &escape(id.as_str()))
}

/// Where a second member of the desk confirms.
pub fn help_desk_confirmation(id: &ConsentId) -> String {
    HELP_DESK_CONFIRMATION.replace("{id}", &escape(id.as_str()))
}

/// Who is helping me now, with what is about to be sent in the words of a language.
pub fn my_help(language: &str) -> String {
    format!("{MY_HELP}?language={}", escape(language))
}

/// Who has seen my things.
pub fn my_log(query: &PartQuery) -> String {
    with_parts(MY_LOG, list_parts(None, query.after.as_deref(), query.limit))
}

/// Where an entry is disputed.
pub fn my_log_dispute(id: &LogEntryId) -> String {
    MY_LOG_DISPUTE.replace("{id}", &escape(id.as_str()))
}
