//! A citizen's consent: what they allow, for how long, and how they say so.
use super::paper::{self, NewPerson};
use crate::calendar::UtcTime;
use crate::fiscal_code;
use crate::id::ConsentId;
use crate::problem::{FieldProblem, FieldRule};
use serde::{Deserialize, Serialize};

/// What a citizen may allow. What is not named here is never done at the desk: payments, contact data, keys, what they follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HelpScope {
    /// Read the cases, their documents and their story.
    SeeCases,
    /// Send a street report.
    SendReport,
    /// Fill in a questionnaire.
    AnswerQuestionnaire,
    /// Send documents and answers about a case.
    UploadDocuments,
    /// A scope this version does not know: it allows nothing.
    #[serde(other)]
    Unknown,
}

impl HelpScope {
    /// Every scope, in the order in which people read them.
    pub const ALL: [Self; 4] = [Self::SeeCases, Self::SendReport, Self::AnswerQuestionnaire, Self::UploadDocuments];

    /// The word of JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SeeCases => "see_cases",
            Self::SendReport => "send_report",
            Self::AnswerQuestionnaire => "answer_questionnaire",
            Self::UploadDocuments => "upload_documents",
            Self::Unknown => "unknown",
        }
    }
}

/// How a citizen agrees. Each is written down as what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentWay {
    /// By a login of their own, on their own phone, after a QR code.
    Phone,
    /// By a code that is sent to the e-mail address the town knows.
    Code,
    /// In the room: a document is shown, and a second member of the desk confirms.
    Room,
    /// With the paper code that the desk once gave them.
    Paper,
    /// In the room, by somebody whom the town does not know: a second member of the desk confirms.
    New,
    /// A way this version does not know.
    #[serde(other)]
    Unknown,
}

/// The document that is shown in the room. Its kind alone is written down, never its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShownDocument {
    /// An identity card.
    IdentityCard,
    /// A passport.
    Passport,
    /// A driving licence.
    DrivingLicence,
    /// A residence permit.
    ResidencePermit,
    /// A document this version does not know.
    #[serde(other)]
    Unknown,
}

/// The lengths, in minutes, that can be agreed to.
pub const MINUTES: [u32; 4] = [15, 30, 45, 60];
/// Digits of the number that unlocks the screen.
pub const PIN_DIGITS: usize = 4;
/// Digits of the code that is sent to the citizen.
pub const CODE_DIGITS: usize = 6;
/// How often a code may be tried.
pub const TRIES_MAX: u32 = 5;
/// `POST /help_desk/consents`: ask a citizen for their consent. While somebody is being helped it asks them for more time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewConsent {
    /// How they will agree.
    #[serde(default)]
    pub way: Option<ConsentWay>,
    /// Whom it is asked of, in the body and never in an address. Nobody is named when the citizen logs in themselves, or when it is more time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fiscal_code: String,
    /// What will be done.
    pub scopes: Vec<HelpScope>,
    /// For how many minutes: one of [`MINUTES`].
    pub minutes: u32,
    /// The language in which the citizen was told, BCP 47 ("it").
    pub language: String,
    /// What is shown in the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<ShownDocument>,
    /// Four digits that unlock the screen; not asked again for more time.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub pin: String,
    /// Who it is, when the town does not know them.
    #[serde(default, skip_serializing_if = "is_nobody")]
    pub person: NewPerson,
    /// The code on their paper, in the body and never in an address.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub paper: String,
}

/// Whether nobody is described.
fn is_nobody(person: &NewPerson) -> bool {
    *person == NewPerson::default()
}

impl NewConsent {
    /// The rules. `is_more` says that somebody is being helped already.
    pub fn problems(&self, is_more: bool) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut add = |field: &str, rule| problems.push(FieldProblem::new(field, rule));
        match self.way {
            None => add("way", FieldRule::Required),
            Some(ConsentWay::Unknown) => add("way", FieldRule::NotAChoice),
            Some(ConsentWay::Phone | ConsentWay::Paper | ConsentWay::New) => {}
            Some(ConsentWay::Code | ConsentWay::Room) if is_more => {}
            Some(ConsentWay::Code | ConsentWay::Room) if self.fiscal_code.trim().is_empty() => add("fiscal_code", FieldRule::Required),
            Some(ConsentWay::Code | ConsentWay::Room) if !fiscal_code::is_valid(&self.fiscal_code) => {
                add("fiscal_code", FieldRule::NotAFiscalCode);
            }
            Some(ConsentWay::Code | ConsentWay::Room) => {}
        }
        if self.way == Some(ConsentWay::Room) && self.document.is_none_or(|document| document == ShownDocument::Unknown) {
            add("document", FieldRule::Required);
        }
        problems.extend(paper::problems(self.way, &self.person, &self.paper, is_more));
        let mut add = |field: &str, rule| problems.push(FieldProblem::new(field, rule));
        if self.scopes.is_empty() {
            add("scopes", FieldRule::Required);
        } else if self.scopes.contains(&HelpScope::Unknown) || self.scopes.len() > HelpScope::ALL.len() {
            add("scopes", FieldRule::NotAChoice);
        }
        if !MINUTES.contains(&self.minutes) {
            add("minutes", if self.minutes == 0 { FieldRule::Required } else { FieldRule::NotAChoice });
        }
        if self.language.is_empty() || self.language.len() > 16 || !self.language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            add("language", FieldRule::NotAChoice);
        }
        if !is_more && !is_digits(&self.pin, PIN_DIGITS) {
            add("pin", FieldRule::NotDigits);
        }
        problems
    }
}

/// Whether a text is so many digits.
pub fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// How far a consent has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    /// It was asked.
    Asked,
    /// It was given, and nothing has begun.
    Given,
    /// It was refused.
    Refused,
    /// Its time is over, or its code was guessed at too often.
    Lapsed,
    /// It has begun something; it begins nothing more.
    Used,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// A consent, as the desk sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// Its identifier.
    pub id: ConsentId,
    /// How it is given.
    pub way: ConsentWay,
    /// How far it has come.
    pub state: ConsentState,
    /// What will be done.
    pub scopes: Vec<HelpScope>,
    /// For how many minutes.
    pub minutes: u32,
    /// It prolongs what goes on.
    pub is_more: bool,
    /// Until when it can be given.
    pub until: UtcTime,
    /// What stands in the QR code: told once, to who asked.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
}

/// `POST /help_desk/consents/{id}/begin`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Begin {
    /// The code that the citizen was sent; empty for the other ways.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
}

/// `POST /me/consents/look`: what is behind a code on the desk's screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentCode {
    /// The code.
    pub code: String,
}

/// `POST /me/consents/answer`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConsentAnswer {
    /// The code.
    pub code: String,
    /// Whether the citizen agrees.
    pub yes: bool,
}

/// What a citizen is asked to agree to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedConsent {
    /// Who asks.
    pub volunteer: String,
    /// What will be done.
    pub scopes: Vec<HelpScope>,
    /// For how many minutes.
    pub minutes: u32,
    /// It prolongs what goes on.
    pub is_more: bool,
    /// How far it has come.
    pub state: ConsentState,
    /// Until when.
    pub until: UtcTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_the_room() -> NewConsent {
        NewConsent {
            way: Some(ConsentWay::Room),
            fiscal_code: "RSSMRA70A41H501W".into(),
            scopes: vec![HelpScope::SeeCases],
            minutes: 30,
            language: "it".into(),
            document: Some(ShownDocument::Passport),
            pin: "1234".into(),
            ..NewConsent::default()
        }
    }

    fn faults(consent: &NewConsent, is_more: bool) -> Vec<String> {
        consent.problems(is_more).into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_consent_says_who_what_how_long_and_how() {
        assert!(faults(&in_the_room(), false).is_empty());
        assert_eq!(faults(&NewConsent::default(), false), ["way", "scopes", "minutes", "language", "pin"]);
        assert_eq!(
            faults(&NewConsent { document: None, fiscal_code: "RSSMRA70A41H501X".into(), ..in_the_room() }, false),
            ["fiscal_code", "document"]
        );
        assert_eq!(faults(&NewConsent { minutes: 600, pin: "12a4".into(), ..in_the_room() }, false), ["minutes", "pin"]);
        assert_eq!(faults(&NewConsent { scopes: vec![HelpScope::Unknown], ..in_the_room() }, false), ["scopes"]);
    }

    #[test]
    fn who_has_nothing_says_who_they_are_and_who_has_a_paper_shows_it() {
        let new = NewConsent { way: Some(ConsentWay::New), fiscal_code: String::new(), document: None, ..in_the_room() };
        assert_eq!(faults(&new, false), ["person.name", "person.language", "person.reach"]);
        assert_eq!(faults(&new, true), ["way"]);
        let paper = NewConsent { way: Some(ConsentWay::Paper), ..new };
        assert_eq!(faults(&paper, false), ["paper"]);
        assert!(faults(&NewConsent { paper: "ABCD EFGH JKLM".into(), ..paper }, false).is_empty());
    }

    #[test]
    fn more_time_asks_for_nobody_s_code_again() {
        let more = NewConsent { fiscal_code: String::new(), pin: String::new(), ..in_the_room() };
        assert!(faults(&more, true).is_empty());
        assert_eq!(faults(&more, false), ["fiscal_code", "pin"]);
    }

    #[test]
    fn a_scope_of_a_later_version_allows_nothing() {
        assert_eq!(serde_json::from_str::<HelpScope>("\"pay\"").ok(), Some(HelpScope::Unknown));
        for scope in HelpScope::ALL {
            assert_eq!(serde_json::to_string(&scope).ok(), Some(format!("\"{}\"", scope.as_str())));
        }
    }
}
