//! `data.json` of a copy: everything, in the shapes that the API has for it. What is not in it: docs/my_data.md.
use crate::attachments::Attachment;
use crate::calendar::UtcTime;
use crate::cases::Case;
use crate::channels::{Channels, Delivery};
use crate::comfort::Comfort;
use crate::drafts::Draft;
use crate::help_desk::LogEntry;
use crate::id::{CaseId, FeeId, PublicReportId, QuestionnaireId};
use crate::inbox::Message;
use crate::my_data::Choices;
use crate::office::PaperLetter;
use crate::payments::FeeDetails;
use crate::subscriptions::Subscription;
use serde::{Deserialize, Serialize};

/// The whole file. `J` is JSON as each side has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DataFile<J> {
    /// The version of this shape: 1.
    pub format: u32,
    /// When it was made.
    pub made_at: UtcTime,
    /// Whose data it is that keeps them: the town's name.
    pub town: String,
    /// Who it is about.
    pub person: Person,
    /// Where they are reached, what they want to be told, the devices that are told.
    pub channels: Channels,
    /// What they have said yes and no to, and the notices that they have read.
    pub choices: Choices,
    /// Tips that they do not want.
    pub tips: TipsOff,
    /// What they were told outside of the app.
    pub deliveries: Vec<Delivery>,
    /// Letters on paper that are not posted yet.
    pub letters: Vec<PaperLetter>,
    /// Cases with everything that happened, the one moved last first.
    pub cases: Vec<Case>,
    /// Files that no case holds.
    pub files: Vec<Attachment>,
    /// Drafts.
    pub drafts: Vec<Draft>,
    /// Messages, the newest first.
    pub messages: Vec<Message>,
    /// Public reports that they follow.
    pub followed: Vec<Followed>,
    /// Streets, areas and topics that they follow.
    pub subscriptions: Vec<Subscription>,
    /// Answers under their name.
    pub answers: Vec<Answered<J>>,
    /// Answers that are not sent yet.
    pub begun: Vec<Answered<J>>,
    /// Payments.
    pub payments: Vec<FeeDetails>,
    /// "Ho la ricevuta".
    pub proofs: Vec<SentProof>,
    /// Who did what with their data, the newest first.
    pub log: Vec<LogEntry>,
    /// The files beside this one.
    pub archive: Vec<InTheArchive>,
}

/// Somebody, as the identity provider and they themselves have said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Codice fiscale.
    pub fiscal_code: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// The language they are written to in.
    pub language: String,
    /// Since when the town knows them here.
    pub since: UtcTime,
    /// How they read most easily.
    pub comfort: Comfort,
}

/// Tips.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TipsOff {
    /// They want some.
    pub on: bool,
    /// But none of these.
    pub off: Vec<String>,
}

/// A public report that somebody follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Which.
    pub report: PublicReportId,
    /// Its title, as everybody sees it.
    pub title: String,
    /// Since when.
    pub since: UtcTime,
}

/// Answers to a questionnaire. Anonymous ones are nobody's: they are not here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answered<J> {
    /// To which.
    pub questionnaire: QuestionnaireId,
    /// What it is called.
    pub title: String,
    /// Its version.
    pub version: u32,
    /// The answers, by the names of the questions.
    pub answers: J,
    /// When they were changed last.
    pub at: UtcTime,
}

/// What somebody has sent about a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentProof {
    /// About which.
    pub fee: FeeId,
    /// In their words.
    pub text: String,
    /// When.
    pub at: UtcTime,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InTheArchive {
    /// Where it is in the zip file; empty where it could not be read.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// The case it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
}
