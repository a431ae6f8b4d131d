//! People without anything (feature J14): an identity that the desk makes, and the paper code that leads back to it.
use super::ConsentWay;
use crate::contact::{EMAIL_CHARS_MAX, is_email, is_phone};
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// Letters and digits of a paper code: each one of 32, so 60 bits.
pub const PAPER_LETTERS: usize = 12;
/// Most characters of a name as it is said.
pub const NAME_CHARS_MAX: usize = 100;
/// Most characters of where somebody is reached.
pub const REACH_CHARS_MAX: usize = EMAIL_CHARS_MAX;

/// How somebody wants to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Not at all: they come back with their paper.
    Nothing,
    /// By phone.
    Phone,
    /// By letter.
    Letter,
    /// By e-mail.
    Email,
    /// A way this version does not know.
    #[serde(other)]
    Unknown,
}

/// Somebody whom the town does not know, as they say it themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPerson {
    /// The name as it is said.
    #[serde(default)]
    pub name: String,
    /// The language to write to them in, BCP 47 ("it").
    #[serde(default)]
    pub language: String,
    /// How they want to be reached.
    #[serde(default)]
    pub reach: Option<Reach>,
    /// Where: a phone number, a postal address or an e-mail address; empty for [`Reach::Nothing`].
    #[serde(default)]
    pub address: String,
}

impl NewPerson {
    /// The rules, at fields that begin with `person.`.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = text::problems("person.name", &self.name, true, NAME_CHARS_MAX);
        let language = &self.language;
        if language.is_empty() {
            problems.push(FieldProblem::new("person.language", FieldRule::Required));
        } else if language.len() > 16 || !language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            problems.push(FieldProblem::new("person.language", FieldRule::NotAChoice));
        }
        let address = self.address.trim();
        let rule = match self.reach {
            None => return [problems, vec![FieldProblem::new("person.reach", FieldRule::Required)]].concat(),
            Some(Reach::Unknown) => return [problems, vec![FieldProblem::new("person.reach", FieldRule::NotAChoice)]].concat(),
            Some(Reach::Nothing) => None,
            Some(_) if address.is_empty() => Some(FieldRule::Required),
            Some(Reach::Phone) => (!is_phone(address)).then_some(FieldRule::NotAPhone),
            Some(Reach::Email) => (!is_email(address)).then_some(FieldRule::NotAnEmail),
            Some(Reach::Letter) => None,
        };
        match rule {
            Some(rule) => problems.push(FieldProblem::new("person.address", rule)),
            None => problems.extend(text::problems("person.address", &self.address, false, REACH_CHARS_MAX)),
        }
        problems
    }
}

/// What a consent asks of somebody without a fiscal code: who they are, or the code on their paper.
pub(super) fn problems(way: Option<ConsentWay>, person: &NewPerson, paper: &str, is_more: bool) -> Vec<FieldProblem> {
    match way {
        // Whoever is being helped is somebody already.
        Some(ConsentWay::New) if is_more => vec![FieldProblem::new("way", FieldRule::NotAChoice)],
        Some(ConsentWay::New) => person.problems(),
        Some(ConsentWay::Paper) if paper.trim().is_empty() => vec![FieldProblem::new("paper", FieldRule::Required)],
        _ => Vec::new(),
    }
}

/// `POST /me/papers`: "Ho un codice del Comune".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaperCode {
    /// The code, whatever stands between its letters.
    pub code: String,
}

/// What has become one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PaperTaken {
    /// The name under which it was.
    pub name: String,
    /// How many cases.
    pub cases: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amina() -> NewPerson {
        NewPerson { name: "Amina".into(), language: "en".into(), reach: Some(Reach::Phone), address: "+39 333 1234567".into() }
    }

    fn faults(person: &NewPerson) -> Vec<String> {
        person.problems().into_iter().map(|problem| problem.field).collect()
    }

    #[test]
    fn a_name_a_language_and_a_way_to_be_reached_are_enough() {
        assert!(faults(&amina()).is_empty());
        assert!(faults(&NewPerson { reach: Some(Reach::Nothing), address: String::new(), ..amina() }).is_empty());
        assert_eq!(faults(&NewPerson::default()), ["person.name", "person.language", "person.reach"]);
        assert_eq!(faults(&NewPerson { reach: Some(Reach::Email), ..amina() }), ["person.address"]);
        assert_eq!(faults(&NewPerson { address: " ".into(), ..amina() }), ["person.address"]);
        assert_eq!(faults(&NewPerson { name: "x".repeat(101), language: "<b>".into(), ..amina() }), ["person.name", "person.language"]);
        assert_eq!(faults(&NewPerson { reach: Some(Reach::Unknown), ..amina() }), ["person.reach"]);
    }
}
