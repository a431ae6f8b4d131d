//! "I tuoi dati" (features N1 to N3): a copy of everything, what somebody has said yes and no to, and the end of it all.
use crate::calendar::{Date, UtcTime};
use crate::help_desk::{ConsentWay, HelpEnd, HelpScope};
use crate::id::{CaseId, DataCopyId};
use serde::{Deserialize, Serialize};

mod file;
pub use file::{Answered, DataFile, Followed, InTheArchive, Person, SentProof, TipsOff};

/// Days for which a copy can be taken (feature N2).
pub const COPY_DAYS: i64 = 15;

/// How a copy stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    /// It is being made.
    Preparing,
    /// It can be taken.
    Ready,
    /// It could not be made; it may be asked for again.
    Failed,
    /// Its time is over: it is deleted.
    Over,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// `POST /me/data/copies`: prepare a copy. While one is being made, the answer is that one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCopy {
    /// The language of the page in it, BCP 47.
    pub language: String,
}

/// A copy of everything that the town keeps of somebody: a zip file with `data.json` ([`DataFile`]), `index.html` to read, and the files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataCopy {
    /// Its identifier.
    pub id: DataCopyId,
    /// How it stands.
    pub state: CopyState,
    /// When it was asked for.
    pub asked_at: UtcTime,
    /// Until when it can be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UtcTime>,
    /// Its size in bytes; 0 until it is ready.
    #[serde(default)]
    pub bytes: u64,
}

/// `GET /me/data/choices`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choices {
    /// What can be withdrawn, whether it holds now or not.
    pub choices: Vec<Choice>,
    /// Whom somebody has let help them, the newest first.
    pub helps: Vec<HelpGiven>,
    /// Notices that somebody has said they have read, the newest first. They are no consents.
    pub notices: Vec<NoticeSeen>,
}

impl Choices {
    /// Whether something holds now.
    pub fn has(&self, subject: Subject) -> bool {
        self.choices.iter().any(|choice| choice.subject == subject && choice.is_given)
    }
}

/// What a choice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Tips made from what the town knows.
    Tips,
    /// E-mails.
    Email,
    /// Notifications on devices.
    Push,
    /// Messages of App IO.
    AppIo,
    /// Text messages.
    Sms,
    /// Letters on paper.
    Paper,
    /// A subject this version does not know.
    #[serde(other)]
    Unknown,
}

impl Subject {
    /// Every subject, in the order in which they are shown.
    pub const ALL: [Self; 6] = [Self::Tips, Self::Email, Self::Push, Self::AppIo, Self::Sms, Self::Paper];

    /// As it stands in a path.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tips => "tips",
            Self::Email => "email",
            Self::Push => "push",
            Self::AppIo => "app_io",
            Self::Sms => "sms",
            Self::Paper => "paper",
            Self::Unknown => "unknown",
        }
    }
}

/// One thing that somebody has said yes or no to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What it is about.
    pub subject: Subject,
    /// It holds now.
    pub is_given: bool,
    /// Where it reaches them: an address, a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaches: Option<String>,
    /// What was said, the newest first; empty while it is as the town begins.
    pub history: Vec<Said>,
}

/// A yes or a no. What was said once is never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    /// Yes.
    pub is_given: bool,
    /// When.
    pub at: UtcTime,
    /// Where.
    pub place: Place,
}

/// The page on which something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// "Come ti avvisiamo".
    Channels,
    /// Where tips are shown.
    Tips,
    /// "I tuoi dati".
    MyData,
    /// At the help desk, on the paper of who has nothing.
    Desk,
    /// A place this version does not know.
    #[serde(other)]
    Unknown,
}

/// Somebody was let help.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HelpGiven {
    /// The help's number.
    pub session: String,
    /// Who helps.
    pub volunteer: String,
    /// How it was agreed to.
    pub way: ConsentWay,
    /// To what.
    pub scopes: Vec<HelpScope>,
    /// Since when.
    pub at: UtcTime,
    /// Until when; it goes on now where this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<UtcTime>,
    /// Why it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<HelpEnd>,
}

/// A notice that was read and acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NoticeSeen {
    /// Which notice: `street_report`.
    pub notice: String,
    /// Its version.
    pub version: String,
    /// When.
    pub at: UtcTime,
    /// With which case.
    pub case: CaseId,
    /// That case's number.
    pub number: String,
}

/// Something that goes, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Going {
    /// What.
    pub what: Thing,
    /// How many.
    pub count: u32,
}

/// What a deletion takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// Addresses, numbers, and what somebody wants to be told.
    Contacts,
    /// Reports that are over, were never public and are in no register.
    Reports,
    /// Drafts.
    Drafts,
    /// Messages.
    Messages,
    /// Files that no case holds.
    Files,
    /// Streets, areas, topics and reports that somebody follows.
    Followed,
    /// Answers to questionnaires under a name.
    Answers,
    /// Devices that are told, and sessions that are open.
    Devices,
    /// What somebody has chosen: tips, consents, how they read.
    Choices,
    /// Ratings of the service.
    Ratings,
    /// Copies of one's data.
    Copies,
    /// Delegations that were given or accepted.
    Delegations,
    /// A thing this version does not know.
    #[serde(other)]
    Unknown,
}

/// A case or a payment by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named {
    /// What people call it.
    pub title: String,
    /// Its number.
    pub number: String,
    /// Until when it is kept, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What the law keeps, by one rule of the town's table (`crm/seed/retention.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Kept {
    /// What it is called.
    pub what: String,
    /// Why, and by which law.
    pub why: String,
    /// How many years after its end.
    pub years: u32,
    /// How many there are.
    pub count: u32,
    /// Which ones, as far as they have names.
    #[serde(default)]
    pub items: Vec<Named>,
}

/// What must end first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// A payment is under way, or its confirmation has not come.
    Payment,
    /// Somebody is helping at the desk now.
    Help,
    /// An obstacle this version does not know.
    #[serde(other)]
    Unknown,
}

/// Something that stands in the way now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InTheWay {
    /// What.
    pub what: Obstacle,
    /// Which one: the payment's name and number, the volunteer and the number of the help.
    pub named: Named,
}

/// `GET /me/data/deletion`: what would happen, before it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeletionPlan {
    /// What must end first; nothing can be deleted while there is something.
    pub in_the_way: Vec<InTheWay>,
    /// What goes at once.
    pub goes: Vec<Going>,
    /// What the law keeps.
    pub kept: Vec<Kept>,
    /// Cases that are not over: the town goes on with them.
    pub open: Vec<Named>,
    /// Reports that stay without the person.
    pub unlinked: Vec<Named>,
    /// What is still to pay: it stays to be paid.
    pub to_pay: Vec<Named>,
    /// Where a last letter goes, as somebody knows it; nobody is written to where this is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_to: Option<String>,
    /// The word to type.
    pub word: String,
    /// What tells this plan from any other.
    pub tag: String,
}

/// `POST /me/data/deletion`: do it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDeletion {
    /// The word as it was typed; capitals do not matter.
    pub word: String,
    /// The language in which the plan was read.
    pub language: String,
    /// The tag of the plan that was read: another one is not carried out.
    pub tag: String,
}

impl NewDeletion {
    /// Whether the word that was typed is the one that was asked for.
    pub fn is_meant(&self, word: &str) -> bool {
        !word.is_empty() && self.word.trim().to_lowercase() == word.to_lowercase()
    }
}

/// It is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deleted {
    /// Where the last letter goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_to: Option<String>,
    /// How many cases are kept.
    pub kept: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_meant_however_it_is_written_and_no_other_is() {
        let typed = |word: &str| NewDeletion { word: word.into(), ..NewDeletion::default() };
        assert!(typed(" elimina ").is_meant("ELIMINA"));
        assert!(!typed("elimin").is_meant("ELIMINA"));
        assert!(!typed("").is_meant(""));
    }
}
