//! Answers that somebody gives: to a question by its name, to a row, to the comment field.

use super::{Run, State};
use crate::compare::{STRICT, same};
use crate::definition::{Kind, Then};
use crate::value::{Map, Value};
use std::collections::BTreeSet;

impl Run {
    /// Gives an answer by the name it has in the data. `Undefined`, an empty text and an empty list take it back.
    /// Names that no question has are kept too: expressions may read them.
    pub fn answer_with(&mut self, name: &str, value: Value) {
        let spots = self.by_value.get(name).cloned().unwrap_or_default();
        let foreign: Vec<Option<String>> = spots.iter().map(|spot| self.foreign_words(*spot, &value)).collect();
        let value = spots.iter().fold(value, |value, spot| self.normal(*spot, value));
        let value = spots.iter().fold(value, |value, spot| self.with_other(*spot, value));
        if self.data.get(name).is_some_and(|before| same(before, &value, STRICT) && before.is_empty() == value.is_empty()) {
            return;
        }
        for (spot, words) in spots.iter().zip(foreign) {
            self.spots[*spot].hidden_answers.clear();
            self.note_other(*spot, words);
        }
        if !self.keep(name, value) {
            return;
        }
        self.changed_names(BTreeSet::from([name.to_lowercase()]));
        if self.definition.triggers.iter().any(|one| matches!(one.then, Then::Complete | Then::Skip(_))) {
            for spot in spots {
                if self.element(spot).kind.has_choices() {
                    self.drop_impossible(spot, false);
                }
            }
        }
        self.check_changed(&BTreeSet::from([name.to_lowercase()]));
        self.settle_page();
    }

    /// Takes an answer back, its comment too.
    pub fn take_back(&mut self, name: &str) {
        self.keep(&format!("{name}-Comment"), Value::Undefined);
        self.answer_with(name, Value::Undefined);
    }

    /// Gives an answer inside another one: an item, or a question in a row, by what [`super::QuestionView::key`] says.
    pub fn answer_at(&mut self, key: usize, value: Value) {
        let Some(spot) = self.spots.get(key).filter(|spot| !spot.gone) else { return };
        if spot.inside.is_none() {
            let name = self.element(key).value_name.clone();
            return self.answer_with(&name, value);
        }
        let value = self.normal(key, value);
        let name = self.key_of(key).to_owned();
        let whole = self.with_part(key, value);
        self.answer_with(&name, whole);
    }

    /// Writes the comment to an answer.
    pub fn comment_with(&mut self, name: &str, comment: &str) {
        let key = format!("{name}-Comment");
        if self.keep(&key, Value::from(comment)) {
            self.after_names(BTreeSet::from([key.to_lowercase(), name.to_lowercase()]));
        }
    }

    /// Puts other answers in place of all.
    pub fn replace(&mut self, data: Map) {
        let mut names: BTreeSet<String> = self.data.keys().map(|name| name.to_lowercase()).collect();
        self.data.clear();
        self.small.clear();
        for (name, value) in data {
            for spot in self.by_value.get(&name).cloned().unwrap_or_default() {
                self.spots[spot].hidden_answers.clear();
                let words = self.foreign_words(spot, &value);
                self.note_other(spot, words);
            }
            let spots = self.by_value.get(&name).cloned().unwrap_or_default();
            let value = spots.iter().fold(value, |value, spot| self.normal(*spot, value));
            let blank = value.is_empty() && !value.is_nothing();
            self.keep(&name, value.clone());
            if blank {
                self.data.insert(name, value);
            }
        }
        names.extend(self.data.keys().map(|name| name.to_lowercase()));
        if self.state != State::Completed {
            names.extend(self.work_all());
        }
        self.check_changed(&names);
        self.settle_page();
    }

    /// The comment to an answer.
    pub(crate) fn comment(&self, spot: usize) -> Option<&str> {
        self.data.get(&format!("{}-Comment", self.element(spot).value_name)).and_then(Value::as_text)
    }

    fn after_names(&mut self, names: BTreeSet<String>) {
        self.changed_names(names.clone());
        self.check_changed(&names);
        self.settle_page();
    }

    /// The answer as a question of this kind keeps it.
    fn normal(&self, spot: usize, value: Value) -> Value {
        match self.element(spot).kind {
            Kind::Ranking if !value.is_empty() => self.ranked(spot, &value),
            _ => value,
        }
    }

    /// Among several choices what is no choice is kept as "Other".
    fn with_other(&self, spot: usize, value: Value) -> Value {
        let several = self.element(spot).kind.has_several() && self.foreign_words(spot, &value).is_some();
        if several { self.chosen(spot, value) } else { value }
    }

    /// An answer that is no choice is what was written to "Other".
    fn note_other(&mut self, spot: usize, words: Option<String>) {
        if let Some(words) = words {
            let key = format!("{}-Comment", self.element(spot).value_name);
            self.keep(&key, Value::Text(words));
        }
    }
}
