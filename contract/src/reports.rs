//! Street reports (segnalazioni di disservizio): what they ask, the rules they must meet, what comes back.
use crate::attachments::Attachment;
use crate::id::AttachmentId;
use crate::place::{Boundary, Place};
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use crate::uploads::{self, Announced};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most characters of a title.
pub const TITLE_CHARS_MAX: usize = 100;
/// Most characters of the details (Modello Comuni: "Inserire al massimo 200 caratteri").
pub const DETAILS_CHARS_MAX: usize = 200;
/// Most characters of an answer to a category's own question.
pub const ANSWER_CHARS_MAX: usize = 100;
/// Most photos.
pub const PHOTOS_MAX: usize = 5;
/// Most PDF documents.
pub const DOCUMENTS_MAX: usize = 3;

/// The code of a category (`street_lighting`…).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct CategoryCode(pub String);

/// `GET /reports/form?language=it`: everything the report form needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportForm {
    /// The categories, in the order of the Modello Comuni.
    pub categories: Vec<Category>,
    /// The privacy notice to acknowledge.
    pub privacy_notice: PrivacyNotice,
    /// Whether somebody who does not sign in may send a report, and what they must leave.
    #[serde(default)]
    pub anonymous: AnonymousReports,
    /// Whether the town hall writes letters: without a mail server nobody is promised one.
    #[serde(default)]
    pub mail: bool,
}

/// What a town allows who does not sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnonymousReports {
    /// An e-mail address or a phone number is needed.
    Contact,
    /// Nothing is needed; whoever wants to be told leaves an address.
    Anonymous,
    /// Reports are for people who sign in. Also what an unknown word means.
    #[default]
    #[serde(other)]
    Off,
}

/// Danger that a report is too slow for: stop, and call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Emergency {
    /// Whom to call ("112").
    pub phone: String,
    /// What to tell the person.
    pub text: String,
    /// Answers that mean danger, as `code of the question=code of the choice` ("danger=yes").
    #[serde(default)]
    pub answers: Vec<String>,
    /// Words in title or details that mean danger, in small letters ("gas").
    #[serde(default)]
    pub words: Vec<String>,
}

impl Emergency {
    /// Whether a report meets it: by an answer, by a whole word of its texts, or always when neither is named.
    pub fn meets(&self, report: &NewReport) -> bool {
        let answered = |wanted: &String| {
            wanted.split_once('=').is_some_and(|(field, choice)| report.answers.get(field).is_some_and(|answer| answer == choice))
        };
        let text = format!("{} {}", report.title, report.details).to_lowercase();
        let said = |wanted: &String| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == wanted);
        (self.answers.is_empty() && self.words.is_empty()) || self.answers.iter().any(answered) || self.words.iter().any(said)
    }
}

/// A privacy notice: shown, and acknowledged in exactly this version (GDPR art. 13; an acknowledgement, not a consent).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrivacyNotice {
    /// The version to send back in [`NewReport::privacy_version`].
    pub version: String,
    /// The prescribed sentence of step 1.
    pub summary: String,
    /// Where the whole notice stands, absolute URL or path.
    pub url: String,
}

/// A category of reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Category {
    /// Which one.
    pub code: CategoryCode,
    /// Its name, literally the official one in Italian.
    pub name: String,
    /// Its own questions.
    #[serde(default)]
    pub fields: Vec<CategoryField>,
    /// When to call instead of writing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Emergency>,
}

/// A question that only one category asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CategoryField {
    /// Key of its answer.
    pub code: String,
    /// The question.
    pub label: String,
    /// A sentence of help.
    #[serde(default)]
    pub help: String,
    /// Whether an answer is needed.
    #[serde(default)]
    pub required: bool,
    /// The answers to choose from; free text when there are none.
    #[serde(default)]
    pub choices: Vec<Choice>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// What is sent.
    pub code: String,
    /// What is shown.
    pub label: String,
}

/// `POST /reports`: a new street report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewReport {
    /// Version of the privacy notice the person acknowledged; empty when not.
    #[serde(default)]
    pub privacy_version: String,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// What kind of problem.
    #[serde(default)]
    pub category: CategoryCode,
    /// In a few words.
    #[serde(default)]
    pub title: String,
    /// In more words.
    #[serde(default)]
    pub details: String,
    /// Answers to the category's own questions, by code.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Photos, sent before.
    #[serde(default)]
    pub photos: Vec<AttachmentId>,
    /// PDF documents, sent before.
    #[serde(default)]
    pub documents: Vec<AttachmentId>,
    /// Photos and documents on their way, in their order: the report does not wait for them.
    #[serde(default)]
    pub files: Vec<Announced>,
}

impl NewReport {
    /// The rules both sides apply: the form before sending, the CRM before storing.
    pub fn problems(&self, form: &ReportForm, boundary: Option<&Boundary>) -> Vec<FieldProblem> {
        let mut problems = self.privacy_problems(form);
        problems.extend(self.data_problems(form, boundary));
        problems
    }

    /// The rules of step 1.
    pub fn privacy_problems(&self, form: &ReportForm) -> Vec<FieldProblem> {
        if self.privacy_version == form.privacy_notice.version {
            Vec::new()
        } else {
            vec![FieldProblem::new("privacy_version", FieldRule::NotAcknowledged)]
        }
    }

    /// The rules of step 2.
    pub fn data_problems(&self, form: &ReportForm, boundary: Option<&Boundary>) -> Vec<FieldProblem> {
        let mut problems = self.place.problems("place", boundary);
        match form.categories.iter().find(|category| category.code == self.category) {
            Some(category) => problems.extend(self.answer_problems(category)),
            None if self.category.0.is_empty() => problems.push(FieldProblem::new("category", FieldRule::Required)),
            None => problems.push(FieldProblem::new("category", FieldRule::NotAChoice)),
        }
        problems.extend(text::problems("title", &self.title, true, TITLE_CHARS_MAX));
        problems.extend(text::problems("details", &self.details, true, DETAILS_CHARS_MAX));
        problems.extend(uploads::problems(&self.files, self.photos.len(), self.documents.len()));
        problems
    }

    fn answer_problems(&self, category: &Category) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        for field in &category.fields {
            let name = format!("answers.{}", field.code);
            let answer = self.answers.get(&field.code).map_or("", String::as_str);
            problems.extend(text::problems(&name, answer, field.required, ANSWER_CHARS_MAX));
            if !answer.is_empty() && !field.choices.is_empty() && !field.choices.iter().any(|choice| choice.code == answer) {
                problems.push(FieldProblem::new(&name, FieldRule::NotAChoice));
            }
        }
        for code in self.answers.keys() {
            if !category.fields.iter().any(|field| field.code == *code) {
                problems.push(FieldProblem::new(format!("answers.{code}"), FieldRule::NotAChoice));
            }
        }
        problems
    }
}

/// The report behind a case, as its author reads it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportDetails {
    /// What kind of problem.
    pub category: CategoryCode,
    /// The category's name in the language asked for.
    pub category_name: String,
    /// Where.
    pub place: Place,
    /// In more words.
    pub details: String,
    /// Answers to the category's own questions: question and answer in words.
    #[serde(default)]
    pub answers: Vec<AnsweredField>,
    /// The photos, those still on their way among them.
    pub photos: Vec<Attachment>,
    /// The PDF documents, those still on their way among them.
    pub documents: Vec<Attachment>,
}

/// A question of a category with the answer given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnsweredField {
    /// The question.
    pub label: String,
    /// The answer.
    pub answer: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Point;

    fn form() -> ReportForm {
        let lamp = CategoryField {
            code: "lamp".into(),
            label: "Il lampione è…".into(),
            help: String::new(),
            required: true,
            choices: vec![Choice { code: "off".into(), label: "Spento".into() }],
        };
        ReportForm {
            categories: vec![Category { code: CategoryCode("roads".into()), name: "Strade".into(), fields: vec![lamp], emergency: None }],
            anonymous: AnonymousReports::Off,
            mail: false,
            privacy_notice: PrivacyNotice { version: "2026-1".into(), summary: String::new(), url: "/privacy".into() },
        }
    }
    fn good() -> NewReport {
        NewReport {
            privacy_version: "2026-1".into(),
            place: Place {
                street: "Via Maggio".into(),
                point: Some(Point { lon: 11.25, lat: 43.77, accuracy_m: Some(12.0) }),
                ..Place::default()
            },
            category: CategoryCode("roads".into()),
            title: "Lampione spento".into(),
            details: "Da tre giorni.".into(),
            answers: BTreeMap::from([("lamp".into(), "off".into())]),
            ..NewReport::default()
        }
    }
    fn fields(report: &NewReport) -> Vec<(String, FieldRule)> {
        report.problems(&form(), None).into_iter().map(|p| (p.field, p.code)).collect()
    }

    #[test]
    fn a_whole_report_has_no_problem() {
        assert_eq!(fields(&good()), vec![]);
    }

    #[test]
    fn an_empty_report_names_every_missing_field_at_once() {
        let names: Vec<String> = fields(&NewReport::default()).into_iter().map(|(field, _)| field).collect();
        assert_eq!(names, ["privacy_version", "place.street", "category", "title", "details"]);
    }

    #[test]
    fn a_category_that_is_gone_and_an_answer_that_is_no_choice_are_named() {
        let gone = NewReport { category: CategoryCode("moon".into()), ..good() };
        assert_eq!(fields(&gone), vec![("category".into(), FieldRule::NotAChoice)]);
        let odd = NewReport { answers: BTreeMap::from([("lamp".into(), "purple".into()), ("x".into(), "y".into())]), ..good() };
        assert_eq!(fields(&odd), vec![("answers.lamp".into(), FieldRule::NotAChoice), ("answers.x".into(), FieldRule::NotAChoice)]);
    }

    #[test]
    fn danger_is_told_by_an_answer_or_a_whole_word() {
        let danger = Emergency { phone: "112".into(), text: String::new(), answers: vec!["lamp=off".into()], words: vec!["gas".into()] };
        assert!(danger.meets(&good()));
        let harmless = NewReport { answers: BTreeMap::new(), ..good() };
        assert!(!danger.meets(&NewReport { details: "Il gasolio puzza".into(), ..harmless.clone() }));
        assert!(danger.meets(&NewReport { title: "Odore di GAS!".into(), ..harmless }));
    }

    #[test]
    fn six_photos_are_one_too_many() {
        let photos = (0..6).map(|n| AttachmentId(n.to_string())).collect();
        assert_eq!(fields(&NewReport { photos, ..good() }), vec![("photos".into(), FieldRule::TooManyItems)]);
    }

    #[test]
    fn announced_files_count_with_those_already_sent_and_must_be_sane() {
        let file = |bytes| Announced { bytes, sha256: "0".repeat(64), ..Announced::default() };
        let photos: Vec<AttachmentId> = (0..4).map(|n| AttachmentId(n.to_string())).collect();
        let report = |files| NewReport { photos: photos.clone(), files, ..good() };
        assert_eq!(fields(&report(vec![file(9)])), vec![]);
        assert_eq!(fields(&report(vec![file(9), file(9)])), vec![("photos".into(), FieldRule::TooManyItems)]);
        assert_eq!(fields(&report(vec![file(0)])), vec![("files.0".into(), FieldRule::EmptyFile)]);
    }
}
