//! The inbox: what the town tells a citizen, each once, read and unread; and the live line that says when there is something new.
use crate::calendar::{Date, UtcTime};
use crate::cases::CaseNumber;
use crate::dictionary::{KindCode, StateCode};
use crate::id::{CaseId, CitizenId, FeeId, MessageId, PublicReportId};
use serde::{Deserialize, Serialize};

/// What a message says; the app and the letters have the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// A report has arrived.
    Received,
    /// A case came into another state.
    Moved,
    /// The office asks the citizen something.
    Question,
    /// The office asks for documents.
    Documents,
    /// The office writes about a case.
    Written,
    /// A public report that the citizen follows came into another state.
    Followed,
    /// The author of a public report that the citizen follows says that the problem is gone.
    FollowedConfirmed,
    /// A street report has become public where the citizen follows a street or an area.
    StreetReport,
    /// A street report there is closed.
    StreetClosed,
    /// The town gives notice of something: of a topic, a street or an area that the citizen follows.
    Notice,
    /// There is something new in the cases of somebody for whom the citizen may act.
    Delegated,
    /// A fee is to be paid soon.
    FeeDue,
    /// A fee is paid: the receipt is there.
    FeePaid,
    /// The copy of one's data that was asked for is ready.
    CopyReady,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its identifier in URLs.
    pub id: MessageId,
    /// What it says.
    pub kind: MessageKind,
    /// When it was written.
    pub at: UtcTime,
    /// What the case or the public report is about; may be empty.
    pub title: String,
    /// The case it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// That case's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<CaseNumber>,
    /// What kind of case it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_kind: Option<KindCode>,
    /// The public report it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<PublicReportId>,
    /// The fee it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<FeeId>,
    /// The state that the case or report came into, or was in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<StateCode>,
    /// What the office wrote, in its own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Of a notice: a page with more, https.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// Of a notice: the last day on which it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The citizen has seen it.
    #[serde(default)]
    pub read: bool,
    /// The citizen has put it away.
    #[serde(default)]
    pub archived: bool,
}

/// Which messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// All that are not put away.
    #[default]
    Inbox,
    /// Those of them that are not read.
    Unread,
    /// Those put away.
    Archived,
}

impl Shown {
    /// As it stands in a query: `?show=unread`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Unread => "unread",
            Self::Archived => "archived",
        }
    }
}

/// What a list of messages is asked for: `GET /inbox?show=&q=&after=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct InboxQuery {
    /// Which ones.
    #[serde(default)]
    pub show: Shown,
    /// Only messages whose title, number, note, state or kind of case contain these words (accents and capitals do not matter).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Continue behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// `POST /inbox/{id}`: what becomes of a message. What is absent stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    /// Seen, or to be shown as new again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
    /// Put away, or taken out again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<bool>,
}

/// `POST /inbox/read`: messages that the citizen has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Seen {
    /// Those about this case; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}

/// How many messages are not read: `GET /inbox/count`, and the answer to `POST /inbox/read`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InboxCount {
    /// Not read, and not put away.
    pub unread: u32,
}

/// What the live line says (`GET /events`, server-sent events): each as the JSON `data` of one event, its place as `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct News {
    /// What has changed.
    pub kind: NewsKind,
    /// The case that has changed, if one has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// With [`NewsKind::Here`]: whose line this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<CitizenId>,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// The line stands; nothing has changed.
    Here,
    /// A case, without a word to the citizen: they did it themselves, on this or another device.
    Case,
    /// There is a message, perhaps about a case that has changed.
    Message,
    /// Messages were read or put away.
    Marked,
    /// A test of a channel has ended, or goes on.
    Delivery,
    /// A fee stands otherwise than before.
    Payment,
    /// Something is shown at the help desk, or was answered there.
    Help,
    /// The place the line was to go on from is gone: whatever is shown may be old.
    Reset,
    /// The session is over, and the line with it.
    Over,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_crm_says_is_read_all_the_same() {
        let message: Message =
            serde_json::from_str(r#"{"id":"1","kind":"sung","at":"2026-11-30T08:00:00Z","title":"","tune":"la"}"#).expect("a message");
        assert_eq!((message.kind, message.read), (MessageKind::Unknown, false));
        assert_eq!(serde_json::from_str::<News>(r#"{"kind":"quake"}"#).expect("news").kind, NewsKind::Unknown);
    }
}
