//! A report being written: the report itself, the files chosen for it, and who is told how it goes when nobody signs in.
use crate::files::{Files, HoldsFiles};
use crate::form::field_id;
use crate::route::ReportStep;
use crate::words::{Key, key, t};
use contract::contact::Contact;
use contract::id::CaseId;
use contract::problem::FieldProblem;
use contract::reports::{AnonymousReports, NewReport, ReportForm};

/// What has been typed and chosen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The report. Its files are announced when it is kept.
    pub report: NewReport,
    /// Photos and documents.
    pub files: Files,
    /// What the text check found and the person wants to leave.
    pub left: Vec<String>,
    /// Whether its author has chosen not to sign in.
    pub without_login: bool,
    /// Who is told how it goes, when nobody signs in.
    pub told: Told,
    /// Where they are reached, as far as it is typed.
    pub contact: Contact,
    /// Whether it waits for the network, and the page must stay open: nobody's key is there to keep it.
    pub waits: bool,
    /// What became of the report that was sent from here last; the page that shows it takes it away.
    pub sent: Option<Sent>,
}

/// Who is told how a report goes (feature X11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Told {
    /// Nobody: the code says it.
    #[default]
    Nobody,
    /// Who writes it.
    Author,
    /// Somebody else.
    Other,
}

/// What became of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum Sent {
    /// It is this case now.
    Accepted(CaseId),
    /// It is a case, and a code leads to it.
    Tracked,
    /// It is kept, and will be sent by itself.
    Later,
    /// Not sent: another tab goes on with it.
    Elsewhere,
}

impl Draft {
    /// How to reach who is to be told; empty when nobody is.
    pub fn reached(&self) -> Contact {
        if self.told == Told::Nobody { Contact::default() } else { self.contact.clone() }
    }

    /// What is wrong with that, by the contract's rules: who is to be told needs an address, and a town may want one from everybody.
    pub fn contact_problems(&self, form: &ReportForm) -> Vec<FieldProblem> {
        self.reached().problems(form.anonymous == AnonymousReports::Contact || self.told != Told::Nobody)
    }

    /// The report's problems at their fields, with those of who is to be told where nobody is signed in.
    pub fn all_problems(&self, mut problems: Vec<FieldProblem>, nobodys: Option<&ReportForm>) -> Vec<FieldProblem> {
        problems.extend(nobodys.map(|form| self.contact_problems(form)).unwrap_or_default());
        self.at_fields(problems)
    }

    /// Problems at the fields where a person mends them: those of one file at the files, that of a point at the street.
    pub fn at_fields(&self, mut problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
        for problem in &mut problems {
            let (name, index) = problem.field.split_once('.').unwrap_or((&problem.field, ""));
            let photos = self.files.photos.iter().filter(|file| file.ready().is_some()).count();
            let field = match name {
                "files" if index.parse::<usize>().is_ok_and(|index| index >= photos) => "documents",
                "files" | "photos" => "photos",
                "documents" => "documents",
                "place" if index == "point" => "place.street",
                _ => continue,
            };
            problem.field = field.to_owned();
        }
        problems
    }
}

impl HoldsFiles for Draft {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

/// The step at which a field is asked.
pub fn step_of(field: &str) -> ReportStep {
    if field == "privacy_version" { ReportStep::Privacy } else { ReportStep::Data }
}

/// The id of the input that mends a field: for a question that is asked no longer, the category.
pub fn input_of(field: &str, form: &ReportForm, draft: &Draft) -> String {
    let code = field.strip_prefix("answers.");
    let category = form.categories.iter().find(|category| category.code == draft.report.category);
    let is_asked = |code| category.is_some_and(|category| category.fields.iter().any(|field| field.code == code));
    field_id(if code.is_none_or(is_asked) { field } else { "category" })
}

/// The label of a field, for the summary of what is wrong.
pub fn label(field: &str, form: &ReportForm, draft: &Draft) -> String {
    let key: Key = match field.split('.').next().unwrap_or_default() {
        "privacy_version" => key::reports::PRIVACY_LABEL,
        "place" if field.ends_with("house_number") => key::reports::HOUSE_NUMBER,
        "place" => key::reports::PLACE_TITLE,
        "category" => key::reports::CATEGORY,
        "title" => key::reports::SUBJECT,
        "details" => key::reports::DETAILS,
        "photos" => key::reports::PHOTOS,
        "documents" => key::reports::DOCUMENTS,
        "contact" if field.ends_with("phone") => key::reports::AUTHOR_PHONE,
        "contact" => key::reports::AUTHOR_EMAIL,
        "answers" => {
            let asked = form.categories.iter().find(|category| category.code == draft.report.category);
            let question = asked.and_then(|category| category.fields.iter().find(|f| field.ends_with(&f.code)));
            return question.map_or_else(|| t(key::reports::CATEGORY).to_owned(), |question| question.label.clone());
        }
        _ => key::reports::TITLE,
    };
    t(key).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Chosen, Readiness, ReadyFile};
    use contract::problem::FieldRule;
    use std::sync::Arc;

    fn photo() -> Chosen {
        let ready = ReadyFile { bytes: vec![1], sha256: String::new(), picture: None, place: None };
        Chosen { key: "k".into(), name: "a.jpg".into(), state: Readiness::Ready(Arc::new(ready)) }
    }

    fn at(draft: &Draft, field: &str) -> String {
        draft.at_fields(vec![FieldProblem::new(field, FieldRule::NotFound)])[0].field.clone()
    }

    #[test]
    fn what_is_wrong_stands_where_it_can_be_mended() {
        let refused = Chosen { state: Readiness::Refused(FieldProblem::new("file", FieldRule::FileType)), ..photo() };
        let mut draft = Draft::default();
        draft.files.photos = vec![refused, photo()];
        for (field, home) in [
            ("files.0", "photos"),
            ("files.1", "documents"),
            ("photos.3", "photos"),
            ("documents.0", "documents"),
            ("place.point", "place.street"),
            ("place.house_number", "place.house_number"),
            ("title", "title"),
        ] {
            assert_eq!(at(&draft, field), home, "{field}");
        }
    }

    #[test]
    fn who_wants_to_be_told_leaves_an_address_and_who_does_not_leaves_none() {
        let notice = contract::reports::PrivacyNotice { version: String::new(), summary: String::new(), url: String::new() };
        let form = |anonymous| ReportForm { categories: vec![], privacy_notice: notice.clone(), anonymous, mail: true };
        let typed = Contact { email: "maria@example.org".into(), phone: String::new() };
        let nobody = Draft { contact: typed.clone(), ..Draft::default() };
        assert_eq!(nobody.reached(), Contact::default());
        assert_eq!(nobody.contact_problems(&form(AnonymousReports::Anonymous)), vec![]);
        assert_eq!(nobody.contact_problems(&form(AnonymousReports::Contact)).len(), 1);
        let author = Draft { told: Told::Author, ..nobody.clone() };
        assert_eq!((author.reached(), author.contact_problems(&form(AnonymousReports::Anonymous))), (typed, vec![]));
        let silent = Draft { told: Told::Other, contact: Contact::default(), ..nobody };
        assert_eq!(silent.contact_problems(&form(AnonymousReports::Anonymous))[0].field, "contact.email");
    }
}
