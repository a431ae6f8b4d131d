//! Cases (pratiche): what a citizen asked the town for, and how far it has come.
use crate::attachments::Attachment;
use crate::calendar::{Date, UtcTime};
use crate::dictionary::{KindCode, StateCode};
use crate::id::{CaseId, DocumentId};
use crate::replies::{MayReply, Rating, Reminders};
use crate::reports::ReportDetails;
use serde::{Deserialize, Serialize};

/// The number people read on paper and say on the phone: `FI-2026-000123-K`. The last letter is a check character.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CaseNumber(pub String);

/// Letters a check character is taken from: those that are not mistaken for digits or for each other.
const CHECK: &[u8; 23] = b"ABCDEFGHJKLMNPQRSTUVWXY";

impl CaseNumber {
    /// Puts a number together: the town's two-letter prefix, the year, a counter of that year.
    pub fn new(prefix: &str, year: u16, counter: u32) -> Self {
        let body = format!("{prefix}-{year}-{counter:06}");
        let check = check_character(&body);
        Self(format!("{body}-{check}"))
    }

    /// Reads a number as people write it: in small letters, with spaces or strokes or nothing between its parts, without the zeros
    /// that fill it up. `None` when it is no number, or the check character does not fit.
    pub fn read(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect();
        let (prefix, rest) = plain.split_at(plain.find(|letter: char| letter.is_ascii_digit())?);
        let (digits, check) = rest.split_at_checked(rest.len().checked_sub(1)?)?;
        let (year, counter) = digits.split_at_checked(4)?;
        let number = Self::new(prefix, year.parse().ok()?, counter.parse().ok()?);
        (!prefix.is_empty() && number.0.ends_with(check)).then_some(number)
    }

    /// Whether the check character fits: false for a number that was misread.
    pub fn is_well_formed(&self) -> bool {
        match self.0.rsplit_once('-') {
            Some((body, check)) => body.matches('-').count() == 2 && check == check_character(body).to_string(),
            None => false,
        }
    }
}

/// Weighs every letter and digit by its place (modulus 23): one wrong character or two swapped neighbours change it.
fn check_character(body: &str) -> char {
    let sum: usize = body.bytes().filter(u8::is_ascii_alphanumeric).enumerate().map(|(place, byte)| (place + 2) * usize::from(byte)).sum();
    CHECK.get(sum % CHECK.len()).map_or('A', |byte| char::from(*byte))
}

/// The big phases of a case, for filters and for what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The town is working on it.
    Open,
    /// The citizen must do something.
    WaitingForYou,
    /// Over, whatever the outcome.
    Closed,
    /// A phase this version does not know.
    #[serde(other)]
    Unknown,
}

impl Phase {
    /// As it stands in a query: `?phase=waiting_for_you`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::WaitingForYou => "waiting_for_you",
            Self::Closed => "closed",
            Self::Unknown => "unknown",
        }
    }
}

/// A case in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseSummary {
    /// Its identifier in URLs.
    pub id: CaseId,
    /// Its human number.
    pub number: CaseNumber,
    /// What kind of request it is; the dictionary has its name.
    pub kind: KindCode,
    /// What it is about, in the citizen's or the office's words.
    pub title: String,
    /// Whom or what it concerns ("Sara", "targa AB 123 CD"), when it is not the citizen alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Where it stands; the dictionary explains it.
    pub state: StateCode,
    /// The phase that state belongs to.
    pub phase: Phase,
    /// When it was opened.
    pub opened_at: UtcTime,
    /// When the town last moved it: "Ultimo aggiornamento dal Comune".
    pub moved_at: UtcTime,
    /// Last legal day for the town's answer (L. 241/1990 art. 2); of a closed case, the day it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// What the citizen must do now, if anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Task>,
}

/// A case by its names alone: all that a send-only credential is told. Every [`CaseSummary`] can be read as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CaseReference {
    /// Its identifier in URLs.
    pub id: CaseId,
    /// Its human number.
    pub number: CaseNumber,
}

/// Something the citizen must do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// What to do.
    pub kind: TaskKind,
    /// The last day for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
}

/// The kinds of task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// Send documents that are missing.
    SendDocuments,
    /// Pay.
    Pay,
    /// Collect something at the office.
    Collect,
    /// Answer the office, which is about to refuse (L. 241/1990 art. 10-bis).
    Answer,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// A case with everything that happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Case {
    /// What the list shows.
    pub summary: CaseSummary,
    /// A sentence or two about what was asked.
    #[serde(default)]
    pub description: String,
    /// The official registration, once the town has taken charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<Protocol>,
    /// Most days the law or the town's own rules give for an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_days: Option<u32>,
    /// Who works on it.
    pub office: Office,
    /// What happened, oldest first, then what is still to come.
    pub timeline: Vec<Step>,
    /// What can be downloaded.
    pub documents: Vec<Document>,
    /// The street report behind this case, when it began as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportDetails>,
    /// What the citizen may add now.
    #[serde(default)]
    pub may: MayReply,
    /// The citizen's reminders of a late answer.
    #[serde(default)]
    pub reminders: Reminders,
    /// The citizen's rating, once given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The day on which its citizen has deleted their data: the law keeps it, to be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_on: Option<Date>,
}

/// The official registration of a case (protocollo informatico, DPR 445/2000 art. 53).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Protocol {
    /// Registration number, as written on letters ("0184532/2026").
    pub number: String,
    /// The day it was registered.
    pub registered_on: Date,
}

/// The office that works on a case, and how to reach a person there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Office {
    /// Its name.
    pub name: String,
    /// Street address.
    pub address: String,
    /// Opening hours in words.
    pub hours: String,
    /// Phone number in international form (`+39055055`).
    pub phone: String,
    /// E-mail address.
    pub email: String,
}

/// One step of a case: done, happening, or expected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// What it is.
    #[serde(default)]
    pub kind: StepKind,
    /// The state it brought or will bring; for a message, the state the case was in after it.
    pub state: StateCode,
    /// When it happened; absent for a step still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<UtcTime>,
    /// When it is expected, for a step still to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_on: Option<Date>,
    /// What the office or the citizen added, in their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Who did it ("Ufficio Anagrafe", "tu").
    pub by: Actor,
    /// How it came.
    pub channel: Channel,
    /// Photos and documents that came with it, those still on their way among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The case came into another state.
    #[default]
    Move,
    /// The office asked the citizen something.
    Question,
    /// Somebody wrote; who, says [`Step::by`].
    Message,
    /// The citizen reminded the office of an answer that is late.
    Reminder,
    /// The citizen confirmed that the problem is gone.
    Confirmed,
    /// The citizen opened the report again, because the problem is not gone.
    Reopened,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// Who moved a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Actor {
    /// The citizen or an office.
    pub kind: ActorKind,
    /// The office's name; for the citizen that of the delegate who did it for them, empty when they did it themselves.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

impl Actor {
    /// The citizen who is reading.
    pub fn you() -> Self {
        Self { kind: ActorKind::You, name: String::new() }
    }

    /// An office, by name.
    pub fn office(name: impl Into<String>) -> Self {
        Self { kind: ActorKind::Office, name: name.into() }
    }
}

/// The kinds of people who move a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// The citizen who is reading.
    You,
    /// An office.
    Office,
    /// Somebody this version does not know.
    #[serde(other)]
    Unknown,
}

/// How something reached the town, or the town reached the citizen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Through this app.
    App,
    /// At a desk.
    Desk,
    /// On the phone.
    Phone,
    /// By letter.
    Letter,
    /// By e-mail.
    Email,
    /// Inside the office's own system.
    Office,
    /// A channel this version does not know.
    #[serde(other)]
    Unknown,
}

/// A document of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    /// Its identifier in URLs.
    pub id: DocumentId,
    /// Its name, as people call it ("Certificato di residenza").
    pub name: String,
    /// `application/pdf`, `image/jpeg`…
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// When it was added.
    pub added_at: UtcTime,
}

/// What a list of cases is asked for: `GET /cases?phase=&q=&after=&limit=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema, utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct CaseQuery {
    /// Only this phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Only cases whose number, title, subject, kind name, state name or office contain these words (accents and capitals do not matter).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Continue behind this cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misread_number_is_noticed() {
        let number = CaseNumber::new("FI", 2026, 123);
        assert!(number.0.starts_with("FI-2026-000123-"), "{}", number.0);
        assert!(number.is_well_formed());
        for wrong in [number.0.replace("123", "132"), number.0.replace("2026", "2025"), "FI-2026".into(), String::new()] {
            assert!(!CaseNumber(wrong.clone()).is_well_formed(), "{wrong}");
        }
    }

    #[test]
    fn a_number_is_read_as_people_write_it() {
        let number = CaseNumber::new("FI", 2026, 123);
        let check = number.0.chars().last().unwrap_or_default();
        let written =
            [format!("fi 2026 123 {check}"), format!(" FI/2026/000123{}", check.to_ascii_lowercase()), format!("FI2026000123{check}")];
        for written in written.iter().chain([&number.0]) {
            assert_eq!(CaseNumber::read(written).as_ref(), Some(&number), "{written}");
        }
        let long = CaseNumber::new("FI", 2026, 1_234_567);
        assert_eq!(CaseNumber::read(&long.0), Some(long));
        for wrong in
            ["", "FI", "fi 2026 123", "2026 123 K", &number.0.replace("123", "132"), "FI-2026-K", "FI-2026-99999999999-K", "è 2026 1 A"]
        {
            assert_eq!(CaseNumber::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn words_from_a_newer_crm_do_not_break_an_older_app() {
        assert_eq!(serde_json::from_str::<Phase>("\"frozen\"").ok(), Some(Phase::Unknown));
        assert_eq!(serde_json::from_str::<Channel>("\"pigeon\"").ok(), Some(Channel::Unknown));
        assert_eq!(serde_json::from_str::<ActorKind>("\"robot\"").ok(), Some(ActorKind::Unknown));
    }
}
