//! A report being written: the report itself, and the files chosen for it.
use crate::files::{Files, HoldsFiles};
use crate::words::{Key, key, t};
use contract::id::CaseId;
use contract::reports::{NewReport, ReportForm};

/// What has been typed and chosen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The report. Its files are announced when it is kept.
    pub report: NewReport,
    /// Photos and documents.
    pub files: Files,
    /// What the text check found and the person wants to leave.
    pub left: Vec<String>,
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
    /// Not sent: another tab goes on with it.
    Elsewhere,
}

impl HoldsFiles for Draft {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
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
