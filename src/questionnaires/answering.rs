//! Answers on their way: what is kept while somebody answers, and what is sent of it.
use crate::api::{parse, write};
use crate::command::{Command, Sending};
use crate::files::{Files, HoldsFiles};
use contract::id::{CaseId, QuestionnaireId};
use contract::paths;
use contract::uploads::Announced;
use questionnaire::Value;
use questionnaire::files::NamedFile;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

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
    /// The files that the answers name and the CRM does not have, as they are sent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Announced>,
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
    /// The files that the answers name, or that are being made ready.
    files: Files,
}

impl Kept {
    /// The SHA-256 of every file that an answer names.
    fn digests(&self) -> HashSet<String> {
        digests(&self.answers)
    }

    /// Leaves out files whose bytes are neither here nor at the CRM: they are on the device where they were chosen. Whether there were any.
    pub fn forget_missing(&mut self, files: &Files, given: Option<&Value>) -> bool {
        let mut there = given.map(digests).unwrap_or_default();
        there.extend(files.announced().into_iter().map(|file| file.sha256));
        if self.digests().is_subset(&there) {
            return false;
        }
        if let Value::Object(map) = &mut self.answers {
            let is_lost = |value: &Value| NamedFile::read(value).is_some_and(|file| !there.contains(&file.digest));
            map.values_mut().for_each(|value| {
                if let Value::List(list) = value {
                    list.retain(|value| !is_lost(value));
                }
            });
            map.retain(|_, value| !value.is_empty());
        }
        true
    }
}

/// The SHA-256 of every file that answers name.
fn digests(answers: &Value) -> HashSet<String> {
    let lists = answers.as_object().into_iter().flat_map(|map| map.values()).filter_map(Value::as_list);
    lists.flatten().filter_map(NamedFile::read).map(|file| file.digest).collect()
}

impl Answering {
    /// Takes back the files that no answer names.
    pub fn drop_unnamed(&mut self) {
        let named = self.kept.digests();
        let all = ["photos", "documents"].map(|list| self.files.list(list).clone()).concat();
        for file in all {
            if file.ready().is_some_and(|ready| !named.contains(&ready.sha256)) {
                self.files.remove(&file.key);
            }
        }
    }
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
        write(&Kept { files: self.files.announced(), ..self.kept.clone() })
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse(body).map(|kept| Self { kept: Kept { files: Vec::new(), ..kept }, files })
    }
}

/// The answers to a questionnaire, as they were left.
pub fn sending(id: &QuestionnaireId, anonymous: bool, title: &str) -> Sending<Answering> {
    let path = if anonymous { paths::public_ballots(id) } else { paths::questionnaire_answers(id) };
    Sending::new("questionnaire", &CaseId(id.0.clone()), path, title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Value {
        serde_json::from_str(json).unwrap_or_default()
    }

    fn kept(json: &str) -> Kept {
        Kept { answers: read(json), ..Kept::default() }
    }

    #[test]
    fn files_that_are_on_another_device_are_left_out_and_said() {
        let [known, lost] = ["a0", "b1"].map(|two| two.repeat(32));
        let file = |digest: &str| format!(r#"{{"name": "a.jpg", "type": "image/jpeg", "size": 7, "content": "{digest}"}}"#);
        let given = Some(read(&format!(r#"{{"foto": [{}]}}"#, file(&known))));
        let mut here = kept(&format!(r#"{{"foto": [{}, {}], "altra": [{}], "testo": "ciao"}}"#, file(&known), file(&lost), file(&lost)));
        assert!(here.forget_missing(&Files::default(), given.as_ref()));
        assert_eq!(here, kept(&format!(r#"{{"foto": [{}], "testo": "ciao"}}"#, file(&known))));
        assert!(!here.forget_missing(&Files::default(), given.as_ref()), "what the CRM has is not missing");
        assert!(!kept(r#"{"cosa": ["a", "b"]}"#).forget_missing(&Files::default(), None), "other lists are no files");
    }
}
