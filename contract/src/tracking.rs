//! Reports without signing in, and asking how one is going by the code that was given for it.
use crate::calendar::Date;
use crate::cases::{CaseNumber, Office, Phase};
use crate::contact::Contact;
use crate::dictionary::StateCode;
use crate::public_reports::PublicStep;
use crate::reports::{CategoryCode, NewReport};
use serde::{Deserialize, Serialize};

/// The characters of a code: 31, a prime number, without those that are mistaken for each other (0 O, 1 I L).
const ALPHABET: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// Characters chosen by chance: 13 × log₂ 31 = 64 bits.
pub const RANDOM_CHARACTERS: usize = 13;
/// Where a dash makes a written code easier to read.
const GROUPS: [usize; 2] = [5, 10];

/// The code that leads to one report, for a card and for the phone: `AB2CD-EF3GH-J4KM`. The last character checks the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct TrackingCode(pub String);

impl TrackingCode {
    /// Makes a code of chance: `choices` are numbers below 31, taken in their order. `None` when one is missing or too large.
    pub fn new(choices: &[u8; RANDOM_CHARACTERS]) -> Option<Self> {
        let mut code = String::new();
        for choice in choices {
            code.push(char::from(*ALPHABET.get(usize::from(*choice))?));
        }
        code.push(check(&code)?);
        Some(Self(grouped(&code)))
    }

    /// Reads what somebody typed: small letters, spaces and dashes do not matter. `None` when it was misread or is no code.
    pub fn read(typed: &str) -> Option<Self> {
        let code: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        if !code.is_ascii() || code.len() != RANDOM_CHARACTERS + 1 {
            return None;
        }
        let (body, last) = code.split_at(RANDOM_CHARACTERS);
        (check(body)?.to_string() == last).then(|| Self(grouped(&code)))
    }
}

/// Weighs every character by its place, modulo a prime: one wrong character, or two that changed places, give another check.
fn check(body: &str) -> Option<char> {
    let mut sum = 0;
    for (place, byte) in body.bytes().enumerate() {
        sum += (place + 2) * ALPHABET.iter().position(|known| *known == byte)?;
    }
    ALPHABET.get(sum % ALPHABET.len()).map(|byte| char::from(*byte))
}

fn grouped(code: &str) -> String {
    let mut text = String::new();
    for (place, character) in code.chars().enumerate() {
        if GROUPS.contains(&place) {
            text.push('-');
        }
        text.push(character);
    }
    text
}

/// `POST /public/reports`: a report by somebody who does not sign in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnonymousReport {
    /// The report.
    pub report: NewReport,
    /// How to reach the person; may be needed, see [`crate::reports::ReportForm::anonymous`].
    #[serde(default)]
    pub contact: Contact,
    /// The language to write to them in, BCP 47 ("it").
    #[serde(default)]
    pub language: String,
    /// A field that people never see: what fills in everything it finds is no person.
    #[serde(default)]
    pub website: String,
}

/// The answer to a report without signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tracked {
    /// The case's number.
    pub number: CaseNumber,
    /// The code that leads to it. The CRM keeps only its hash: whoever loses it cannot be given it again.
    pub code: TrackingCode,
    /// Lets the files announced with the report travel (`Authorization: Bearer` on the paths of uploads), until the report has them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub upload_token: String,
}

/// `POST /public/tracking`. The code stands in the body: addresses are written into logs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackingQuery {
    /// As it was typed.
    pub code: String,
}

/// A report as its code shows it: how it goes, and nothing about who wrote it or what they wrote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TrackedReport {
    /// The case's number.
    pub number: CaseNumber,
    /// What kind of problem; the report form has its name.
    pub category: CategoryCode,
    /// Where it stands; the dictionary explains it.
    pub state: StateCode,
    /// The phase that state belongs to.
    pub phase: Phase,
    /// The day it was sent.
    pub sent_on: Date,
    /// The day the town last moved it.
    pub moved_on: Date,
    /// Last day for the town's answer; absent once closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<Date>,
    /// Who works on it.
    pub office: Office,
    /// What happened, oldest first.
    pub steps: Vec<PublicStep>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_typed_and_a_misread_one_is_not() {
        let code = TrackingCode::new(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 28, 29, 30, 15]).expect("thirteen numbers below 31");
        assert_eq!(code.0.len(), 16);
        assert_eq!(TrackingCode::read(&format!(" {} ", code.0.to_lowercase().replace('-', " "))), Some(code.clone()));
        let plain = code.0.replace('-', "");
        for place in 0..plain.len() {
            let wrong = if plain.as_bytes()[place] == b'2' { "3" } else { "2" };
            let misread = format!("{}{wrong}{}", &plain[..place], &plain[place + 1..]);
            assert_eq!(TrackingCode::read(&misread), None, "{misread}");
            if place > 0 && plain.as_bytes()[place - 1] != plain.as_bytes()[place] {
                let mut swapped = plain.clone().into_bytes();
                swapped.swap(place - 1, place);
                assert_eq!(TrackingCode::read(&String::from_utf8_lossy(&swapped)), None, "{place}");
            }
        }
        for wrong in ["", "ABC", "àààààààààààààà", "00000-00000-0000"] {
            assert_eq!(TrackingCode::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_number_out_of_the_alphabet_makes_no_code() {
        assert_eq!(TrackingCode::new(&[31; 13]), None);
    }
}
