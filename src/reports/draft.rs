//! A report being written: the report itself, and the files chosen for it.
use crate::words::{Key, key, t};
use contract::id::CaseId;
use contract::problem::FieldProblem;
use contract::reports::{NewReport, ReportForm};
use std::sync::Arc;

/// What has been typed and chosen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The report. Its files are announced when it is kept.
    pub report: NewReport,
    /// Photos chosen.
    pub photos: Vec<Chosen>,
    /// PDF documents chosen.
    pub documents: Vec<Chosen>,
    /// What became of the report that was sent from here last; the page that shows it takes it away.
    pub sent: Option<Sent>,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// It is this case now.
    Accepted(CaseId),
    /// It is kept, and will be sent by itself.
    Later,
}

/// A file that was chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Its identifier, here and at the CRM: what tells it from the others, whatever its name.
    pub key: String,
    /// Its name.
    pub name: String,
    /// How far it is.
    pub state: Readiness,
}

impl Chosen {
    /// Itself, once it is ready to be sent.
    pub fn ready(&self) -> Option<&Arc<ReadyFile>> {
        match &self.state {
            Readiness::Ready(ready) => Some(ready),
            Readiness::Working | Readiness::Refused(_) => None,
        }
    }
}

/// How far a chosen file is.
#[derive(Clone, Debug, PartialEq)]
pub enum Readiness {
    /// Being read and, for a photo, made smaller.
    Working,
    /// Ready to be sent.
    Ready(Arc<ReadyFile>),
    /// Not acceptable, and why.
    Refused(FieldProblem),
}

/// A file ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct ReadyFile {
    /// What will be sent, to the byte.
    pub bytes: Vec<u8>,
    /// Their SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Address of a small picture of it, for a photo; lives as long as the page.
    pub picture: Option<String>,
}

impl Draft {
    /// The files that can be sent.
    pub fn is_working(&self) -> bool {
        self.photos.iter().chain(&self.documents).any(|file| file.state == Readiness::Working)
    }

    /// The file of that key, to change it; `None` once it has been taken back.
    pub fn file(&mut self, key: &str) -> Option<&mut Chosen> {
        self.photos.iter_mut().chain(&mut self.documents).find(|file| file.key == key)
    }
}

/// The label of a field, for the summary of what is wrong.
pub fn label(field: &str, form: &ReportForm, draft: &Draft) -> String {
    let key: Key = match field.split('.').next().unwrap_or_default() {
        "privacy_version" => key::reports::PRIVACY_LABEL,
        "place" => key::reports::STREET,
        "category" => key::reports::CATEGORY,
        "title" => key::reports::SUBJECT,
        "details" => key::reports::DETAILS,
        "photos" => key::reports::PHOTOS,
        "documents" => key::reports::DOCUMENTS,
        "answers" => {
            let asked = form.categories.iter().find(|category| category.code == draft.report.category);
            let question = asked.and_then(|category| category.fields.iter().find(|f| field.ends_with(&f.code)));
            return question.map_or_else(|| t(key::reports::CATEGORY).to_owned(), |question| question.label.clone());
        }
        _ => key::reports::TITLE,
    };
    t(key).to_owned()
}
