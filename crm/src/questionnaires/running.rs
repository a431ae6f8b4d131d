//! Answers that arrive are run again: what the definition does not allow is refused, by the names of its questions.
use crate::clock::in_town;
use crate::error::{Error, Result};
use crate::state::Crm;
use contract::attachments::AttachmentKind;
use contract::problem::FieldRule;
use contract::questionnaires::{ANSWERS_BYTES_MAX, WRITTEN_CHARS_MAX};
use contract::uploads::Announced;
use contract::{FieldProblem, text};
use questionnaire::definition::Kind;
use questionnaire::evaluate::Clock;
use questionnaire::files::NamedFile;
use questionnaire::run::{IssueKind, QuestionView};
use questionnaire::value::{Map, Value};
use questionnaire::{Definition, Misfit, Run};
use std::sync::Arc;

/// The field that holds all answers.
const ANSWERS: &str = "answers";
/// Arrays and objects inside each other: more than any question asks for.
const DEPTH_MAX: usize = 12;

/// Answers that the definition allows.
pub struct Ran {
    /// What is kept of them, as JSON.
    pub answers: String,
    /// The files that they name.
    pub files: Vec<Wanted>,
}

/// A file that an answer names.
pub struct Wanted {
    /// The name of the question.
    pub question: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// Its bytes.
    pub bytes: u64,
    /// Their SHA-256.
    pub sha256: String,
}

impl Wanted {
    /// Whether it is this one that is announced.
    pub fn is(&self, file: &Announced) -> bool {
        (self.kind, self.bytes, &self.sha256) == (file.kind, file.bytes, &file.sha256)
    }
}

/// Runs answers through a definition.
///
/// # Errors
/// [`Error::Invalid`] with a problem for each question that is answered as it cannot be.
pub fn run(crm: &Crm, definition: &str, language: &str, answers: &Value) -> Result<Ran> {
    let Value::Object(given) = answers else { return Err(Error::field(ANSWERS, FieldRule::NotAChoice)) };
    let bytes = serde_json::to_vec(answers)?.len();
    if bytes > ANSWERS_BYTES_MAX {
        let problem = FieldProblem::new(ANSWERS, FieldRule::TooLong).with("max", ANSWERS_BYTES_MAX).with("actual", bytes);
        return Err(Error::TooLarge(vec![problem]));
    }
    let root = questionnaire::json::read_within(definition, usize::MAX)
        .map_err(|why| Error::Internal(format!("{}: {}", why.place, why.expected)))?;
    let mut definition = Definition::of(&root);
    definition.strict = true;
    let mut problems: Vec<FieldProblem> = given.iter().filter_map(|(name, value)| unwritable(name, value)).collect();
    problems.extend(definition.misfits(given).into_iter().map(|(name, misfit)| {
        let rule = if misfit == Misfit::Unknown { FieldRule::NotFound } else { FieldRule::NotAChoice };
        FieldProblem::new(name, rule)
    }));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let definition = Arc::new(definition);
    let kept = accept(crm, Arc::clone(&definition), language, given)?;
    let files = wanted(&definition, &kept);
    Ok(Ran { answers: serde_json::to_string(&Value::Object(kept))?, files })
}

/// The files that answers name.
fn wanted(definition: &Definition, answers: &Map) -> Vec<Wanted> {
    let mut all = Vec::new();
    for element in definition.top().map(|at| &definition.elements[at]).filter(|element| element.kind == Kind::File) {
        let named = answers.get(&element.value_name).and_then(Value::as_list).unwrap_or_default();
        all.extend(named.iter().filter_map(NamedFile::read).map(|file| Wanted {
            question: element.value_name.clone(),
            kind: if file.is_document { AttachmentKind::Document } else { AttachmentKind::Photo },
            bytes: file.size,
            sha256: file.digest,
        }));
    }
    all
}

/// Text that nobody could read, or far too much of it.
fn unwritable(name: &str, value: &Value) -> Option<FieldProblem> {
    let mut open = vec![(value, 0)];
    while let Some((one, depth)) = open.pop() {
        if depth > DEPTH_MAX {
            return Some(FieldProblem::new(name, FieldRule::NotAChoice));
        }
        match one {
            Value::Text(text) if text.chars().count() > WRITTEN_CHARS_MAX => {
                return Some(
                    FieldProblem::new(name, FieldRule::TooLong).with("max", WRITTEN_CHARS_MAX).with("actual", text.chars().count()),
                );
            }
            Value::Text(text) if !text.chars().all(text::is_safe) => return Some(FieldProblem::new(name, FieldRule::UnsafeCharacters)),
            Value::List(list) => open.extend(list.iter().map(|one| (one, depth + 1))),
            Value::Object(map) => open.extend(map.values().map(|one| (one, depth + 1))),
            _ => {}
        }
    }
    None
}

/// The clock of the town.
fn clock(crm: &Crm) -> Clock {
    let now = crm.clock.now();
    let minutes = in_town(now).offset().seconds() / 60;
    Clock { now: now.as_millisecond() as f64, offset: minutes }
}

fn accept(crm: &Crm, definition: Arc<Definition>, language: &str, given: &Map) -> Result<Map> {
    let mut run = Run::resume(Arc::clone(&definition), clock(crm), language, given.clone());
    let is_good = run.check_all();
    if !is_good {
        let mut problems = Vec::new();
        for question in run.all_questions().iter().filter(|question| question.visible) {
            issues(question, &question.name, &mut problems);
        }
        return Err(Error::Invalid(problems));
    }
    run.finish();
    let mut finished = run.data();
    // An answer that went at the end stands where nobody is asked, or is no choice that can be taken.
    let gone = given.iter().filter(|(name, value)| !value.is_empty() && !finished.contains_key(*name));
    let mut problems: Vec<FieldProblem> = gone.map(|(name, _)| FieldProblem::new(name, FieldRule::NotAChoice)).collect();
    let changed = given.iter().filter(|(name, value)| {
        let lists = (value.as_list().map(<[Value]>::len), finished.get(*name).and_then(Value::as_list).map(<[Value]>::len));
        matches!(lists, (Some(given), Some(kept)) if given > kept)
    });
    problems.extend(changed.map(|(name, _)| FieldProblem::new(name, FieldRule::NotAChoice)));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let is_worked_out = |name: &str| {
        definition.calculated.iter().any(|one| one.name == name)
            || definition.elements.iter().any(|one| one.kind == Kind::Expression && one.value_name == name)
    };
    // What nobody said and the definition only supposes is not kept.
    finished.retain(|name, _| given.contains_key(name) || is_worked_out(name));
    Ok(finished)
}

fn issues(question: &QuestionView, name: &str, problems: &mut Vec<FieldProblem>) {
    if let Some(issue) = question.issues.iter().find(|issue| !issue.only_hint) {
        let is_missing = matches!(issue.kind, IssueKind::Required | IssueKind::RequiredInAllRows | IssueKind::OtherEmpty);
        let rule = if is_missing { FieldRule::Required } else { FieldRule::NotAccepted };
        problems.push(FieldProblem::new(name, rule).with("says", &issue.text));
    }
    for part in question.items.iter().chain(question.panels.iter().flatten()) {
        issues(part, &format!("{name}.{}", part.name), problems);
    }
}
