//! Questionnaires: what the town asks, what somebody answers, what came of it. `J` is JSON as each side has it: definitions and answers
//! are those of the crate `questionnaire` (docs/questionnaires.md).
use crate::calendar::{Date, UtcTime};
use crate::id::QuestionnaireId;
use crate::problem::{FieldProblem, FieldRule};
use crate::uploads::Announced;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod office;
pub use office::*;

/// Answers fewer than this are never told apart: neither in counts nor in groups.
pub const GROUP_MIN: u32 = 10;
/// Most bytes of answers, as compact JSON.
pub const ANSWERS_BYTES_MAX: usize = 60 * 1024;
/// Most bytes of what an office sends with a definition in it.
pub const IMPORT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most characters of one of the sentences about a questionnaire.
pub const SENTENCE_CHARS_MAX: usize = 2_000;
/// Most characters of what is written in an answer.
pub const WRITTEN_CHARS_MAX: usize = 10_000;
/// Most comments that are published.
pub const COMMENTS_MAX: usize = 200;
/// Most files that come with answers.
pub const ANSWER_FILES_MAX: usize = 20;
/// Most people that a questionnaire names.
pub const INVITED_MAX: usize = 10_000;

/// A sentence in several languages, by their codes; Italian is always there.
pub type Sentences = BTreeMap<String, String>;

/// A sentence in a language, in Italian when it lacks that one.
pub fn said<'a>(sentences: &'a Sentences, language: &str) -> &'a str {
    let plain = language.split('-').next().unwrap_or_default();
    sentences.get(plain).or_else(|| sentences.get("it")).map_or("", String::as_str)
}

/// How a questionnaire stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Brought in, and shown to nobody yet.
    #[default]
    Draft,
    /// It can be answered, and answers changed.
    Open,
    /// It is over.
    Closed,
    /// A standing this version does not know.
    #[serde(other)]
    Unknown,
}

/// A questionnaire in a list, in the language that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Summary {
    /// Which one.
    pub id: QuestionnaireId,
    /// What it is called.
    pub title: String,
    /// Who asks.
    pub asks: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Nobody can tell whose an answer is.
    pub anonymous: bool,
    /// The last day for answers.
    pub closes_on: Date,
    /// How it stands.
    pub standing: Standing,
    /// When I answered last; never known of an anonymous one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<UtcTime>,
    /// I have begun and not sent it yet.
    #[serde(default)]
    pub begun: bool,
    /// What came of it can be read.
    #[serde(default)]
    pub has_results: bool,
}

/// `GET /questionnaires`: those that ask me something, the one that ends first before the others; then those that are over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Questionnaires {
    /// All of them.
    pub items: Vec<Summary>,
}

/// `GET /questionnaires/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Questionnaire<J> {
    /// What the list says of it.
    pub summary: Summary,
    /// Why the town asks.
    pub why: String,
    /// Who reads the answers.
    pub readers: String,
    /// What happened after the last one; may be empty.
    pub before: String,
    /// One question at a time, unless the person wants whole pages.
    pub one_by_one: bool,
    /// The version of the definition; answers name it.
    pub version: u32,
    /// The definition.
    pub definition: J,
    /// What I have answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Given<J>>,
    /// What I have begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun: Option<Begun<J>>,
    /// Of an anonymous one that is open: the RSA modulus that its tokens are signed under (URL-safe base64; the exponent is 65537).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub token_key: String,
}

/// Answers as they are kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Given<J> {
    /// The version of the definition that was answered.
    pub version: u32,
    /// The language it was read in.
    pub language: String,
    /// The answers, by the names of the questions.
    pub answers: J,
    /// Counts my answers: 1 is the first, each change one more. 0 for an anonymous one.
    pub number: u32,
}

/// `PUT /questionnaires/{id}/draft`: answers that are not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Begun<J> {
    /// The version of the definition.
    pub version: u32,
    /// The answers so far; no rule applies to them yet.
    pub answers: J,
    /// The name of the question that was shown last.
    #[serde(default)]
    pub place: String,
    /// Which draft it is; `If-Match` names the one it was made from. Not read in a request.
    #[serde(default)]
    pub revision: u32,
}

/// `POST /questionnaires/{id}/answers`: my answers, the first or others in their place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAnswers<J> {
    /// The version of the definition that was answered.
    pub version: u32,
    /// The language it was read in, BCP 47 ("it").
    pub language: String,
    /// The answers, by the names of the questions.
    pub answers: J,
    /// The number of my answers that these take the place of; 0 when they are the first.
    #[serde(default)]
    pub changes: u32,
    /// The files that the answers name (by their SHA-256) and the CRM does not have yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Announced>,
}

/// What is wrong with the files that come with answers, whatever the questions ask for.
pub fn file_problems(files: &[Announced]) -> Vec<FieldProblem> {
    if files.len() > ANSWER_FILES_MAX {
        return vec![FieldProblem::new("files", FieldRule::TooManyItems).with("max", ANSWER_FILES_MAX)];
    }
    files.iter().enumerate().filter_map(|(at, file)| file.problem(&format!("files.{at}"))).collect()
}

/// The answer to answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Of which questionnaire.
    pub id: QuestionnaireId,
    /// Counts my answers, or the changes of my draft; 0 for an anonymous one.
    pub number: u32,
}

/// `POST /questionnaires/{id}/token`: a token that the CRM signs without seeing it (RFC 9474, RSABSSA-SHA384-PSSZERO-Deterministic).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Blinded {
    /// The blinded message: 256 bytes in URL-safe base64.
    pub blinded: String,
}

/// The token's signature, still blinded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Signed {
    /// 256 bytes in URL-safe base64.
    pub signed: String,
}

/// `POST /public/questionnaires/{id}/ballots`: anonymous answers. The same token again puts others in their place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ballot<J> {
    /// The token: 16 bytes that the device chose, in URL-safe base64.
    pub token: String,
    /// Its signature: 256 bytes in URL-safe base64.
    pub signature: String,
    /// The version of the definition that was answered.
    pub version: u32,
    /// The language it was read in.
    pub language: String,
    /// The answers.
    pub answers: J,
}

/// `POST /public/questionnaires/{id}/ballot`. The token stands in the body: addresses are written into logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BallotQuery {
    /// The token.
    pub token: String,
}

/// `GET /public/questionnaires/{id}/results`: what came of a questionnaire ("avete detto – abbiamo cambiato").
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Results {
    /// Which one.
    pub summary: Summary,
    /// How many answered; absent when they were fewer than [`GROUP_MIN`], and then nothing is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u32>,
    /// What was answered, question by question.
    pub questions: Vec<Counted>,
    /// What was written, as far as the office has published it.
    pub comments: Vec<String>,
    /// What was decided.
    pub decided: String,
}

/// What the numbers of a question count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Counts {
    /// Each answer is in one row.
    One,
    /// An answer may be in several rows.
    Several,
    /// Who put it in the first place.
    First,
    /// Only how many have answered: what they wrote is nobody's to count.
    #[default]
    Only,
    /// Something this version does not know.
    #[serde(other)]
    Unknown,
}

/// The answers to a question, counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Counted {
    /// The question.
    pub title: String,
    /// The row of a matrix; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub row: String,
    /// What the numbers count.
    pub counts: Counts,
    /// How many have answered it; absent when fewer than [`GROUP_MIN`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u32>,
    /// The mean, of numbers and ratings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The choices.
    pub rows: Vec<CountedRow>,
}

/// A choice, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CountedRow {
    /// The choice.
    pub text: String,
    /// How many; absent when they are fewer than [`GROUP_MIN`], or when the number would tell another one that is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_that_is_missing_is_italian() {
        let both = Sentences::from([("it".into(), "Sì".into()), ("en".into(), "Yes".into())]);
        assert_eq!([said(&both, "en-GB"), said(&both, "fr"), said(&Sentences::new(), "it")], ["Yes", "Sì", ""]);
    }
}
