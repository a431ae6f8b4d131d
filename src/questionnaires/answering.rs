//! Answers on their way: what is kept while somebody answers, and what is sent of it.
use crate::api::{parse, write};
use crate::command::{Command, Sending};
use crate::files::{Files, HoldsFiles};
use contract::id::{CaseId, QuestionnaireId};
use contract::paths;
use questionnaire::Value;
use serde::{Deserialize, Serialize};

/// What is kept: the members of [`contract::questionnaires::NewAnswers`] or [`contract::questionnaires::Ballot`], and where somebody stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// The version of the definition.
    pub version: u32,
    /// The language it is read in.
    pub language: String,
    /// The answers so far.
    pub answers: Value,
    /// The number of the answers that these take the place of.
    pub changes: u32,
    /// The name of the question shown last.
    pub place: String,
    /// The revision of what the CRM keeps of this.
    pub from: u32,
    /// The token of an anonymous one, and its signature.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token: String,
    /// See [`Kept::token`].
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
}

/// The same, as the outbox takes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answering {
    /// What is kept.
    pub kept: Kept,
    /// There are none.
    files: Files,
}

impl HoldsFiles for Answering {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl Command for Answering {
    fn is_blind(&self) -> bool {
        !self.kept.token.is_empty()
    }

    fn body(&self) -> Option<String> {
        write(&self.kept)
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse(body).map(|kept| Self { kept, files })
    }
}

/// The answers to a questionnaire, as they were left.
pub fn sending(id: &QuestionnaireId, anonymous: bool, title: &str) -> Sending<Answering> {
    let path = if anonymous { paths::public_ballots(id) } else { paths::questionnaire_answers(id) };
    Sending::new("questionnaire", &CaseId(id.0.clone()), path, title.to_owned())
}
