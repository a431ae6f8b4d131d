//! Choices and rows: which are shown, which can be taken, and what becomes of answers whose choice is hidden.

use super::Run;
use super::data::Seen;
use crate::compare::{LOOSE, same};
use crate::definition::{Choice, Formula, Kind};
use crate::evaluate::is_met;
use crate::value::{Map, Value};
use std::sync::Arc;

/// The value of the choice "Other".
pub const OTHER: &str = "other";
/// The value of the choice "None".
pub const NONE: &str = "none";

fn is_word(value: &Value, word: &str) -> bool {
    value.as_text() == Some(word)
}

/// The value of a choice that was taken with a comment of its own, `{"value": 1, "comment": "…"}`.
fn plain(value: &Value) -> &Value {
    value.member("value").unwrap_or(value)
}

impl Run {
    /// Works out which choices are shown and can be taken.
    pub(super) fn work_choices(&mut self, spot: usize) {
        let definition = Arc::clone(&self.definition);
        let element = &definition.elements[self.spots[spot].def];
        let question = &element.question;
        if question.choices.is_empty() {
            return;
        }
        let shown = self.which(spot, &question.choices, &question.choices_visible_if, |choice| &choice.visible_if);
        self.spots[spot].choices_enabled = self.which(spot, &question.choices, &question.choices_enable_if, |choice| &choice.enable_if);
        let before = std::mem::replace(&mut self.spots[spot].choices_shown, shown);
        if before != self.spots[spot].choices_shown && element.kind.has_choices() {
            self.choices_changed(spot, &question.choices);
        }
        if element.kind == Kind::Ranking {
            let kept = self.kept(spot);
            if !kept.is_empty() {
                let ranked = self.ranked(spot, &kept);
                self.put(spot, ranked);
            }
        }
    }

    /// Works out which rows are shown.
    pub(super) fn work_rows(&mut self, spot: usize) {
        let definition = Arc::clone(&self.definition);
        let question = &definition.elements[self.spots[spot].def].question;
        if !question.rows.is_empty() {
            self.spots[spot].rows_shown = self.which(spot, &question.rows, &question.rows_visible_if, |row| &row.visible_if);
        }
    }

    /// A formula of its own comes before the one for all. One that cannot be read holds for no choice.
    fn which(&self, spot: usize, items: &[Choice], all: &Option<Formula>, own: fn(&Choice) -> &Option<Formula>) -> Vec<bool> {
        let asked = |item: &Choice| match own(item).as_ref().or(all.as_ref()) {
            None => true,
            Some(formula) => {
                formula.expression().is_some_and(|one| is_met(one, &Seen { run: self, spot: Some(spot), item: Some(&item.value) }))
            }
        };
        items.iter().map(asked).collect()
    }

    /// Takes answers back whose choice was hidden, and brings back those whose choice is there again.
    fn choices_changed(&mut self, spot: usize, choices: &[Choice]) {
        let hidden = |value: &Value| !self.is_possible(spot, value);
        let waits = |value: &Value| choices.iter().any(|choice| same(&choice.value, plain(value), LOOSE));
        let kept = self.kept(spot);
        if !self.element(spot).kind.has_several() {
            let one = if let Value::List(list) = &kept { list.first() } else { Some(&kept) };
            if one.is_some_and(|one| !one.is_empty() && hidden(one)) {
                self.put(spot, Value::Undefined);
            }
            return;
        }
        let kept = kept.as_list().map(<[Value]>::to_vec).unwrap_or_default();
        let (mut gone, mut stay): (Vec<Value>, Vec<Value>) = kept.iter().cloned().partition(|value| hidden(value));
        gone.retain(waits);
        let before = self.spots[spot].hidden_answers.iter().cloned();
        let (waiting, mut back): (Vec<Value>, Vec<Value>) = before.partition(|value| hidden(value));
        back.retain(|value| !stay.iter().any(|other| same(other, value, LOOSE)));
        stay.append(&mut back);
        gone.extend(waiting);
        self.spots[spot].hidden_answers = gone;
        if stay != kept {
            if self.spots[spot].given.is_some() {
                self.spots[spot].given = Some(Value::List(stay.clone()));
            }
            self.put(spot, Value::List(stay));
        }
    }

    /// A ranking holds every choice that is shown, in its order, the missing ones at the end.
    pub(super) fn ranked(&self, spot: usize, value: &Value) -> Value {
        let question = &self.element(spot).question;
        let shown = question.choices.iter().zip(&self.spots[spot].choices_shown).filter(|(_, shown)| **shown);
        let shown: Vec<&Value> = shown.map(|(choice, _)| &choice.value).collect();
        if shown.is_empty() {
            return value.clone();
        }
        let given = value.as_list().unwrap_or_default();
        let mut ranked: Vec<Value> = given.iter().filter(|one| shown.iter().any(|choice| same(choice, one, LOOSE))).cloned().collect();
        let missing = shown.iter().filter(|choice| !ranked.iter().any(|one| same(choice, one, LOOSE)));
        let missing: Vec<Value> = missing.map(|one| (*one).clone()).collect();
        ranked.extend(missing);
        Value::List(ranked)
    }

    /// Where one choice alone is shown there is nothing to rank.
    pub(super) fn only_choice(&self, spot: usize) -> Value {
        let choices = &self.element(spot).question.choices;
        let mut shown = choices.iter().zip(&self.spots[spot].choices_shown).filter(|(_, shown)| **shown);
        match (shown.next(), shown.next()) {
            (Some((choice, _)), None) => Value::List(vec![choice.value.clone()]),
            _ => Value::Undefined,
        }
    }

    /// What the question shows of a kept answer: its choices' own values, "other" for what is no choice.
    pub(super) fn chosen(&self, spot: usize, kept: Value) -> Value {
        let element = self.element(spot);
        match kept {
            kept if kept.is_empty() => Value::Undefined,
            Value::List(list) if element.kind.has_several() && list.iter().any(|one| is_word(one, OTHER)) => Value::List(list),
            Value::List(list) if element.kind.has_several() => Value::List(list.iter().map(|one| self.one_chosen(spot, one)).collect()),
            kept if element.kind.has_several() => Value::List(vec![self.one_chosen(spot, &kept)]),
            Value::List(list) => Value::List(list),
            kept => self.one_chosen(spot, &kept),
        }
    }

    fn one_chosen(&self, spot: usize, value: &Value) -> Value {
        let question = &self.element(spot).question;
        let single = value.as_object().is_some_and(|map| map.len() == 1);
        let value = if single && self.element(spot).kind.has_several() && question.choices.iter().all(|one| !one.value.is_empty()) {
            if self.takes_comment(spot, plain(value)) { value } else { plain(value) }
        } else {
            value
        };
        let foreign = question.other && self.is_foreign(spot, value);
        if let Some(choice) = question.choices.iter().find(|choice| !foreign && same(&choice.value, value, LOOSE)) {
            return choice.value.clone();
        }
        if question.other && !question.comment && !question.choices.is_empty() && self.is_foreign(spot, value) {
            Value::from(OTHER)
        } else {
            value.clone()
        }
    }

    fn takes_comment(&self, spot: usize, value: &Value) -> bool {
        let question = &self.element(spot).question;
        question.choices.iter().any(|choice| choice.comment && same(&choice.value, value, LOOSE))
    }

    /// No choice has this value.
    pub(super) fn is_foreign(&self, spot: usize, value: &Value) -> bool {
        let one_of_all = self.is_choice(spot, value);
        !one_of_all || !self.element(spot).kind.has_several() && self.is_hidden(spot, value)
    }

    /// What of an answer is the comment to "Other": the first value that is no choice.
    pub(super) fn foreign_words(&self, spot: usize, value: &Value) -> Option<String> {
        let question = &self.element(spot).question;
        if !question.other || question.comment || question.choices.is_empty() {
            return None;
        }
        let values = if let Value::List(list) = value { list.as_slice() } else { std::slice::from_ref(value) };
        if values.iter().any(|one| is_word(one, OTHER)) {
            return None;
        }
        let foreign = values.iter().find(|one| !one.is_empty() && self.is_foreign(spot, one));
        foreign.filter(|one| !matches!(one, Value::Object(_))).map(Value::to_text)
    }

    /// Gives a default answer; what is no choice becomes the comment to "Other".
    pub(super) fn give_choice_default(&mut self, spot: usize, value: Value) {
        let kind = self.element(spot).kind;
        let value = self.one_other(spot, value);
        let value = match value {
            value if !kind.has_choices() => self.fitting_default(spot, value),
            value => match self.foreign_words(spot, &value) {
                None if kind == Kind::Ranking => self.ranked(spot, &value),
                None => value,
                Some(words) => {
                    let key = format!("{}-Comment", self.element(spot).value_name);
                    self.keep(&key, Value::Text(words));
                    self.chosen_default(spot, value)
                }
            },
        };
        self.spots[spot].given = Some(value.clone());
        self.put(spot, value);
    }

    /// Where "Other" is among the answers of the beginning, what is no choice stands for it.
    fn one_other(&self, spot: usize, value: Value) -> Value {
        let question = &self.element(spot).question;
        match value {
            Value::List(list) if question.other && list.iter().any(|one| self.is_foreign(spot, one)) => {
                Value::List(list.into_iter().filter(|one| !is_word(one, OTHER)).collect())
            }
            value => value,
        }
    }

    fn chosen_default(&self, spot: usize, value: Value) -> Value {
        match self.chosen(spot, value) {
            Value::List(list) if !self.element(spot).kind.has_several() => self.one_chosen(spot, &list[0]),
            value => value,
        }
    }

    fn fitting_default(&self, spot: usize, value: Value) -> Value {
        let element = self.element(spot);
        match (element.kind, &value) {
            (Kind::Boolean, Value::Text(text)) if element.question.value_true == Value::Bool(true) && text == "true" => Value::Bool(true),
            (Kind::Boolean, Value::Text(text)) if element.question.value_false == Value::Bool(false) && text == "false" => {
                Value::Bool(false)
            }
            (Kind::Matrix, Value::Object(rows)) => {
                let one = |value: &Value| value.as_list().and_then(<[Value]>::first).unwrap_or(value).clone();
                Value::Object(rows.iter().map(|(row, value)| (row.clone(), one(value))).collect::<Map>())
            }
            (Kind::Text, _) => self.fitting(spot, value),
            _ => value,
        }
    }

    /// A choice has this value, or it is one of the special ones.
    pub(super) fn is_choice(&self, spot: usize, value: &Value) -> bool {
        let question = &self.element(spot).question;
        let special = is_word(value, OTHER) && question.other || is_word(value, NONE) && question.none;
        special || question.choices.iter().any(|choice| same(&choice.value, plain(value), LOOSE))
    }

    /// A choice has this value, and it is not shown.
    pub(super) fn is_hidden(&self, spot: usize, value: &Value) -> bool {
        let choices = self.element(spot).question.choices.iter().zip(&self.spots[spot].choices_shown);
        let mut found = choices.filter(|(choice, _)| same(&choice.value, plain(value), LOOSE)).peekable();
        found.peek().is_some() && found.all(|(_, shown)| !shown)
    }

    /// Drops answers that are no choice, and those of rows that are hidden or unknown.
    pub(super) fn drop_impossible(&mut self, spot: usize, strictly: bool) {
        let element = self.element(spot);
        let kept = self.kept(spot);
        let possible = |run: &Self, value: &Value| run.is_possible(spot, value);
        let left = match element.kind {
            _ if kept.is_empty() => return,
            Kind::Matrix if !element.question.rows.is_empty() => self.possible_rows(spot, &kept, strictly),
            Kind::Rating if strictly => {
                if element.question.rates.iter().any(|rate| same(&rate.value, &kept, LOOSE)) {
                    kept.clone()
                } else {
                    Value::Undefined
                }
            }
            kind if kind.has_several() => match &kept {
                Value::List(list) => {
                    let other = list.iter().any(|one| is_word(one, OTHER));
                    let stays = |one: &&Value| possible(self, one) && (!other || self.is_choice(spot, one));
                    Value::List(list.iter().filter(stays).cloned().collect())
                }
                _ => kept.clone(),
            },
            kind if kind.has_choices() => {
                let one = if let Value::List(list) = &kept { list.first().unwrap_or(&kept) } else { &kept };
                if possible(self, one) { kept.clone() } else { Value::Undefined }
            }
            _ => return,
        };
        if left != kept {
            self.put(spot, left);
        }
    }

    fn is_possible(&self, spot: usize, value: &Value) -> bool {
        let question = &self.element(spot).question;
        let foreign = !question.choices.iter().any(|choice| same(&choice.value, plain(value), LOOSE));
        if question.choices.is_empty() || question.other && foreign {
            return true;
        }
        let special = is_word(value, OTHER) && question.other || is_word(value, NONE) && question.none;
        let mut shown = question.choices.iter().zip(&self.spots[spot].choices_shown).filter(|(_, shown)| **shown);
        special || shown.any(|(choice, _)| same(&choice.value, plain(value), LOOSE))
    }

    fn possible_rows(&self, spot: usize, kept: &Value, strictly: bool) -> Value {
        let Value::Object(rows) = kept else { return kept.clone() };
        let question = &self.element(spot).question;
        let others: Vec<usize> = self.by_value.get(&self.element(spot).value_name).cloned().unwrap_or_default();
        let known = |name: &str| {
            others.iter().any(|other| {
                let rows = self.element(*other).question.rows.iter().zip(&self.spots[*other].rows_shown);
                rows.into_iter().any(|(row, shown)| *shown && row.value.to_text() == name)
            })
        };
        let column =
            |value: &Value| !strictly || question.choices.is_empty() || question.choices.iter().any(|one| same(&one.value, value, LOOSE));
        let left = rows.iter().filter(|(name, value)| known(name) && column(value));
        let left: Map = left.map(|(name, value)| (name.clone(), value.clone())).collect();
        if left.is_empty() { Value::Undefined } else { Value::Object(left) }
    }
}
