//! What an office says about a questionnaire, and reads of its answers.
use super::{COMMENTS_MAX, INVITED_MAX, SENTENCE_CHARS_MAX, Sentences, Standing, Summary};
use crate::attachments::AttachmentState;
use crate::calendar::Date;
use crate::id::AttachmentId;
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// What an office says about a questionnaire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Info {
    /// A name that stays the same: bringing in the same key again is a new version.
    pub key: String,
    /// What it is called.
    pub title: Sentences,
    /// Who asks.
    pub asks: Sentences,
    /// Why.
    pub why: Sentences,
    /// Who reads the answers.
    pub readers: Sentences,
    /// What happened after the last one.
    #[serde(default)]
    pub before: Sentences,
    /// How many minutes it takes.
    pub minutes: u32,
    /// Nobody can tell whose an answer is.
    pub anonymous: bool,
    /// One question at a time.
    #[serde(default)]
    pub one_by_one: bool,
    /// The last day for answers.
    pub closes_on: Date,
    /// Who is asked, by codice fiscale; everybody when it is empty.
    #[serde(default)]
    pub invited: Vec<String>,
}

impl Info {
    /// The rules that ask nothing of the town. `today` is the town's day.
    pub fn problems(&self, today: &Date) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let is_key = (1..=60).contains(&self.key.len()) && self.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !is_key {
            problems.push(FieldProblem::new("key", FieldRule::NotAChoice));
        }
        let sentences = [
            ("title", &self.title, true),
            ("asks", &self.asks, true),
            ("why", &self.why, true),
            ("readers", &self.readers, true),
            ("before", &self.before, false),
        ];
        for (field, sentences, required) in sentences {
            problems.extend(in_italian(field, sentences, required));
        }
        if !(1..=240).contains(&self.minutes) {
            problems.push(FieldProblem::new("minutes", FieldRule::NotAChoice).with("min", 1).with("max", 240));
        }
        if today.days_until(&self.closes_on).is_none_or(|days| days < 0) {
            problems.push(FieldProblem::new("closes_on", FieldRule::NotAChoice));
        }
        if self.invited.len() > INVITED_MAX {
            problems.push(FieldProblem::new("invited", FieldRule::TooManyItems).with("max", INVITED_MAX));
        }
        problems
    }
}

/// The problems of a sentence in several languages: Italian may be needed, and no language is too long.
pub fn in_italian(field: &str, sentences: &Sentences, required: bool) -> Vec<FieldProblem> {
    let italian = sentences.get("it").map_or("", String::as_str);
    let mut problems = text::problems(field, italian, required || !sentences.is_empty(), SENTENCE_CHARS_MAX);
    for (language, sentence) in sentences.iter().filter(|(language, _)| *language != "it") {
        problems.extend(text::problems(&format!("{field}.{language}"), sentence, false, SENTENCE_CHARS_MAX));
    }
    problems
}

/// `POST /office/questionnaires`: brings one in, or a new version of one that is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewQuestionnaire<J> {
    /// What is said about it.
    #[serde(flatten)]
    pub info: Info,
    /// The definition, in the profile.
    pub definition: J,
}

/// `POST /office/questionnaires/{id}/moves`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuestionnaireMove {
    /// `open` or `closed`.
    pub to: Standing,
}

/// `POST /office/questionnaires/{id}/results`: what came of one that is closed. The last word holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewResults {
    /// What was decided.
    pub decided: Sentences,
    /// What was written and may be read by all, as the office has looked it through.
    #[serde(default)]
    pub comments: Vec<String>,
}

impl NewResults {
    /// The rules that ask nothing of the town.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = in_italian("decided", &self.decided, true);
        if self.comments.len() > COMMENTS_MAX {
            problems.push(FieldProblem::new("comments", FieldRule::TooManyItems).with("max", COMMENTS_MAX));
        }
        let comments = self.comments.iter().enumerate();
        problems.extend(comments.flat_map(|(at, comment)| text::problems(&format!("comments.{at}"), comment, true, SENTENCE_CHARS_MAX)));
        problems
    }
}

/// A questionnaire as an office sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeQuestionnaire {
    /// What everybody sees of it, in Italian.
    pub summary: Summary,
    /// Its key.
    pub key: String,
    /// The version of its definition.
    pub version: u32,
    /// How many have answered.
    pub answers: u32,
    /// How many people it names; 0 when it is for everybody.
    pub invited: u32,
    /// Where it can be tried, for seven days or until it is opened; in the answer to who brings it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
}

/// `POST /public/questionnaires/preview`. The token stands in the body: the API writes no token into its logs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreviewQuery {
    /// The last part of the preview's address.
    pub token: String,
    /// The language it is shown in, BCP 47 ("it").
    pub language: String,
}

/// `GET /office/questionnaires/{id}/answers`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exported<J> {
    /// Its key.
    pub key: String,
    /// The answers; of an anonymous one in no order, and only when it is closed.
    pub answers: Vec<ExportedAnswers<J>>,
}

/// One person's answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportedAnswers<J> {
    /// Whose; absent for an anonymous one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citizen: Option<String>,
    /// The day of the last change.
    pub day: Date,
    /// The version of the definition that was answered.
    pub version: u32,
    /// The language it was read in.
    pub language: String,
    /// The answers.
    pub answers: J,
    /// The files that they name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AnswerFile>,
}

/// A file of an answer, as the office gets it from `/office/questionnaires/{id}/files/{file}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnswerFile {
    /// Which one.
    pub id: AttachmentId,
    /// The name of the question.
    pub question: String,
    /// Its name.
    pub name: String,
    /// Its media type; empty until it is there.
    pub media_type: String,
    /// Whether it is there.
    pub state: AttachmentState,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info() -> Info {
        let words = || Sentences::from([("it".to_owned(), "Parole".to_owned())]);
        Info {
            key: "strade-2026".into(),
            title: words(),
            asks: words(),
            why: words(),
            readers: words(),
            minutes: 4,
            closes_on: Date("2026-12-01".into()),
            ..Info::default()
        }
    }

    #[test]
    fn what_is_said_about_a_questionnaire_is_said_in_italian_at_least() {
        let today = Date("2026-12-01".into());
        assert_eq!(info().problems(&today), vec![]);
        let fields = |info: Info| info.problems(&today).into_iter().map(|problem| problem.field).collect::<Vec<_>>();
        assert_eq!(fields(Info { title: Sentences::from([("en".into(), "Words".into())]), ..info() }), ["title"]);
        assert_eq!(fields(Info { why: Sentences::new(), minutes: 0, ..info() }), ["why", "minutes"]);
        assert_eq!(fields(Info { key: "a b".into(), closes_on: Date("2026-11-30".into()), ..info() }), ["key", "closes_on"]);
    }
}
