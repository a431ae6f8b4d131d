//! The help desk (features X12, X13): a volunteer helps one citizen at a time, within what that citizen has agreed to, and every step is written down.
use crate::calendar::UtcTime;
use crate::id::ConsentId;
use serde::{Deserialize, Serialize};

mod consent;
mod log;
mod paper;
mod shown;
pub use consent::{
    AskedConsent, Begin, CODE_DIGITS, Consent, ConsentAnswer, ConsentCode, ConsentState, ConsentWay, HelpScope, MINUTES, NewConsent,
    PIN_DIGITS, ShownDocument, TRIES_MAX, is_digits,
};
pub use log::{Disputed, LogAction, LogActor, LogEntry, MyHelp};
pub use paper::{NAME_CHARS_MAX, NewPerson, PAPER_LETTERS, PaperCode, PaperTaken, REACH_CHARS_MAX, Reach};
pub use shown::{NewShown, Shown, ShownAnswer, ShownState, Updates};

/// Seconds without a touch after which the screen locks.
pub const LOCK_SECONDS: i64 = 180;
/// Seconds without a touch after which the help ends.
pub const IDLE_SECONDS: i64 = 600;

/// Somebody is being helped now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Begun {
    /// Known to this page alone: `GET /me` asks for it ([`crate::headers::DESK_PAGE`]). A page that does not know it ends the help.
    pub page: String,
    /// What goes on.
    pub help: Help,
    /// The code of the paper that a new person takes away: told once.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub paper: String,
}

/// A help that goes on, as everybody who takes part in it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Help {
    /// Its number, which people can say on the phone.
    pub session: String,
    /// The volunteer's name.
    pub volunteer: String,
    /// What may be done.
    pub scopes: Vec<HelpScope>,
    /// How the citizen agreed.
    pub way: ConsentWay,
    /// Since when.
    pub began_at: UtcTime,
    /// When it ends whatever happens.
    pub ends_at: UtcTime,
    /// Seconds until then.
    pub seconds_left: u32,
    /// Nobody has touched the screen for [`LOCK_SECONDS`]: it waits for its four digits.
    pub is_locked: bool,
}

/// Why a help ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HelpEnd {
    /// "Finisci".
    Finished,
    /// Its time was over.
    Time,
    /// Nobody touched the screen.
    Idle,
    /// The citizen ended it.
    Revoked,
    /// The page was opened anew, or the browser was.
    Reopened,
    /// The volunteer is none any more.
    Removed,
    /// The four digits were guessed at.
    Guessed,
    /// An end this version does not know.
    #[serde(other)]
    Unknown,
}

/// `GET /help_desk`: how things stand at this desk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Desk {
    /// The volunteer's name; nobody is signed in here without it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub volunteer: String,
    /// The consent that was asked for last, until it has begun something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Help>,
    /// Why the last one ended, while this browser has not been shown to be clean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<HelpEnd>,
    /// Consents in the room that wait for a second member of the desk.
    #[serde(default)]
    pub to_confirm: Vec<ToConfirm>,
}

/// A consent in the room that somebody else of the desk is to confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ToConfirm {
    /// Its identifier.
    pub id: ConsentId,
    /// Who asks.
    pub volunteer: String,
    /// Whose document it must be; empty when the town knows nobody with that codice fiscale.
    pub citizen: String,
    /// The codice fiscale that stands on the document.
    pub fiscal_code: String,
    /// What is shown; nothing for somebody who has no document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<ShownDocument>,
    /// Somebody whom the town does not know yet: the name is as they say it.
    #[serde(default)]
    pub is_new: bool,
    /// What will be done.
    pub scopes: Vec<HelpScope>,
    /// For how many minutes.
    pub minutes: u32,
    /// Until when.
    pub until: UtcTime,
}

/// `POST /help_desk/confirmations/{id}`, and the citizen's own answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agreed {
    /// Yes.
    pub yes: bool,
}

/// `POST /help_desk/unlock`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Unlock {
    /// The four digits.
    pub pin: String,
}

/// `POST /help_desk/finish`: what was done, for the citizen to take away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HelpReceipt {
    /// The number of the help.
    pub session: String,
    /// Who was helped.
    pub citizen: String,
    /// By whom.
    pub volunteer: String,
    /// How the citizen agreed.
    pub way: ConsentWay,
    /// To what.
    pub scopes: Vec<HelpScope>,
    /// Since when.
    pub began_at: UtcTime,
    /// Until when.
    pub ended_at: UtcTime,
    /// Why it ended.
    pub end: HelpEnd,
    /// What was done, in order.
    pub done: Vec<LogEntry>,
    /// Where the updates go: the citizen's own address, as far as it is shown ("m•••@example.org"); empty when there is none.
    pub updates_to: String,
}

/// Something that was looked at on the computer between two citizens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckedThing {
    /// The session's cookie opens nothing any more.
    Session,
    /// No cookie that pages can read.
    Cookies,
    /// Local and session storage.
    Storage,
    /// IndexedDB.
    Databases,
    /// Caches: nothing of the API is in them.
    Caches,
    /// The page was loaded anew, so nothing is in its memory.
    Memory,
    /// A thing this version does not know.
    #[serde(other)]
    Unknown,
}

impl CheckedThing {
    /// All that must be clean.
    pub const ALL: [Self; 6] = [Self::Session, Self::Cookies, Self::Storage, Self::Databases, Self::Caches, Self::Memory];
}

/// `POST /help_desk/checked`: what was found clean. The next citizen's turn comes when everything was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checked {
    /// The things that are clean.
    pub clean: Vec<CheckedThing>,
}
