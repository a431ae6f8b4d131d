//! The answers of a run: where each is kept, what expressions see of them, what the municipality gets.

use super::{Row, Run};
use crate::definition::Kind;
use crate::evaluate::{Clock, Scope};
use crate::names;
use crate::value::{Map, Value};

/// What expressions of one spot see.
pub(crate) struct Seen<'a> {
    pub run: &'a Run,
    /// The spot whose row `{panel.…}` and `{row.…}` mean.
    pub spot: Option<usize>,
    /// The choice or row that `{item}` means.
    pub item: Option<&'a Value>,
}

impl Scope for Seen<'_> {
    fn value(&self, path: &str) -> Value {
        let path = path.trim();
        if let Some(item) = self.item.filter(|_| path.eq_ignore_ascii_case("item") || path.eq_ignore_ascii_case("choice")) {
            return item.clone();
        }
        let inside = self.spot.and_then(|spot| self.run.spots[spot].inside.clone());
        if let Some(((owner, row), rest)) = inside.zip(path.strip_prefix("panel.").or_else(|| path.strip_prefix("row."))) {
            let row = self.run.row_value(owner, &row);
            return row.as_object().map_or(Value::Undefined, |map| names::in_map(map, rest));
        }
        if let Some(property) = path.strip_prefix('$') {
            return self.run.property(property, self.spot);
        }
        match self.run.named(path) {
            Value::Undefined if !self.run.asks(path) => Value::Null,
            found => found,
        }
    }

    fn clock(&self) -> Clock {
        self.run.clock
    }

    fn is_ready(&self, container: &str) -> bool {
        self.run.is_ready(container)
    }

    fn in_order(&self, path: &str) -> bool {
        self.run.find(path).is_some_and(|spot| self.run.element(spot).kind == Kind::Ranking)
    }

    fn display(&self, question: &str, value: Option<&Value>) -> Value {
        let Some(spot) = self.run.find(question) else { return Value::Undefined };
        let value = value.cloned().unwrap_or_else(|| self.run.answer(spot));
        if value.is_empty() { Value::Undefined } else { Value::Text(self.run.spoken(spot, &value)) }
    }
}

impl Run {
    /// The value of a name with its path: variables, calculated values, answers, questions by their own names.
    pub(crate) fn named(&self, path: &str) -> Value {
        static NONE: Value = Value::List(Vec::new());
        let of_choices = self.find(path).filter(|spot| self.element(*spot).kind.has_choices());
        if let Some(spot) = of_choices.filter(|spot| self.element(*spot).kind.has_several() || self.element(*spot).question.other) {
            return match self.answer(spot) {
                Value::Undefined if self.element(spot).kind.has_several() => NONE.clone(),
                answer => answer,
            };
        }
        names::resolve(path, |name| self.root(name))
    }

    /// Whether a question has this name whose answer is one value.
    fn asks(&self, name: &str) -> bool {
        self.find(name).is_some_and(|spot| !matches!(self.element(spot).kind, Kind::Matrix | Kind::MultipleText))
    }

    fn root(&self, name: &str) -> Option<&Value> {
        let calculated = self.definition.calculated.iter().position(|one| one.name.eq_ignore_ascii_case(name));
        if let Some(at) = calculated {
            return Some(&self.calculated[at]);
        }
        if let Some(found) = self.data.get(name) {
            return Some(found);
        }
        let small = name.to_lowercase();
        if let Some(found) = self.variables.get(&small) {
            return Some(found);
        }
        let key = self.small.get(&small)?;
        self.data.get(key)
    }

    /// The question of a name.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).or_else(|| self.by_name.get(&name.to_lowercase())).copied()
    }

    /// The answer of a spot as it is kept.
    pub(crate) fn kept(&self, spot: usize) -> Value {
        let name = &self.element(spot).value_name;
        match &self.spots[spot].inside {
            None => self.data.get(name).cloned().unwrap_or_default(),
            Some((owner, row)) => self.row_value(*owner, row).member(name).cloned().unwrap_or_default(),
        }
    }

    pub(crate) fn row_value(&self, owner: usize, row: &Row) -> Value {
        let whole = self.kept(owner);
        match row {
            Row::Only => whole,
            Row::Numbered(at) => whole.as_list().and_then(|list| list.get(*at)).cloned().unwrap_or_default(),
            Row::Named(name) => whole.member(name).cloned().unwrap_or_default(),
        }
    }

    /// The name under which the answer of a spot, or the one it is part of, is kept.
    pub(crate) fn key_of(&self, spot: usize) -> &str {
        match &self.spots[spot].inside {
            None => &self.element(spot).value_name,
            Some((owner, _)) => self.key_of(*owner),
        }
    }

    /// Writes into the data without consequences; says whether it made a difference.
    pub(crate) fn keep(&mut self, name: &str, value: Value) -> bool {
        if value.is_empty() {
            self.small.remove(&name.to_lowercase());
            return self.data.remove(name).is_some();
        }
        if self.data.get(name) == Some(&value) {
            return false;
        }
        self.small.insert(name.to_lowercase(), name.to_owned());
        self.data.insert(name.to_owned(), value);
        true
    }

    /// The value with a part of it changed, as the answer of the spot's owner has to be.
    pub(crate) fn with_part(&self, spot: usize, value: Value) -> Value {
        let Some((owner, row)) = &self.spots[spot].inside else { return value };
        let name = &self.element(spot).value_name;
        let put = |map: &mut Map| {
            if value.is_empty() {
                map.remove(name)
            } else {
                map.insert(name.clone(), value.clone())
            };
        };
        let mut whole = self.kept(*owner);
        if !matches!(whole, Value::Object(_) | Value::List(_)) {
            whole = if matches!(row, Row::Numbered(_)) { Value::List(Vec::new()) } else { Value::Object(Map::new()) };
        }
        match (&mut whole, row) {
            (Value::Object(map), Row::Only) => put(map),
            (Value::Object(map), Row::Named(row)) => {
                let inner = map.entry(row.clone()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(inner) = inner {
                    put(inner);
                }
                if map.get(row).is_some_and(Value::is_empty) {
                    map.remove(row);
                }
            }
            (Value::List(list), Row::Numbered(at)) => {
                while list.len() <= *at {
                    list.push(Value::Object(Map::new()));
                }
                if let Some(Value::Object(inner)) = list.get_mut(*at) {
                    put(inner);
                }
            }
            _ => {}
        }
        let nothing = matches!(&whole, Value::Object(map) if map.is_empty());
        let whole = if nothing { Value::Undefined } else { whole };
        self.with_part(*owner, whole)
    }

    /// The answers, with the calculated values that belong to them.
    pub fn data(&self) -> Map {
        let mut data = self.data.clone();
        for (one, value) in self.definition.calculated.iter().zip(&self.calculated) {
            if one.in_result && !value.is_nothing() {
                data.insert(one.name.clone(), value.clone());
            }
        }
        data
    }

    /// Properties of questions and of the questionnaire that expressions may name: `$question.isVisible`, `$survey.locale`.
    fn property(&self, path: &str, spot: Option<usize>) -> Value {
        let Some((owner, rest)) = path.rsplit_once('.').map(|_| names_of(path, |name| self.find(name).is_some())) else {
            return Value::Undefined;
        };
        match (owner, rest) {
            ("survey", "title") => self.definition.title.to(&self.language).map_or(Value::Undefined, Value::from),
            ("survey", "locale") => Value::from(self.language.as_str()),
            ("survey", "readOnly") => Value::Bool(self.definition.read_only),
            (owner, rest) => {
                let found = if owner == "self" { spot } else { self.find(owner) };
                found.map_or(Value::Undefined, |spot| self.question_property(spot, rest))
            }
        }
    }

    fn question_property(&self, spot: usize, path: &str) -> Value {
        if let Some((index, part)) = path.strip_prefix("choices[").and_then(|rest| rest.split_once("].")) {
            let choice = index.parse::<usize>().ok().and_then(|at| self.element(spot).question.choices.get(at));
            return match (choice, part) {
                (Some(choice), "text") => Value::Text(self.choice_words(choice)),
                (Some(choice), "value") => choice.value.clone(),
                _ => Value::Undefined,
            };
        }
        match path {
            "isVisible" | "visible" => Value::Bool(self.spots[spot].shown),
            "isReadOnly" => Value::Bool(self.is_read_only(spot)),
            "isRequired" => Value::Bool(self.spots[spot].required),
            "title" => Value::Text(self.title(spot)),
            "value" => self.answer(spot),
            "name" => Value::from(self.element(spot).name.as_str()),
            _ => Value::Undefined,
        }
    }

    /// The answer of a spot as the question shows it.
    pub(crate) fn answer(&self, spot: usize) -> Value {
        let kept = self.kept(spot);
        let element = self.element(spot);
        match element.kind {
            Kind::Text | Kind::Comment => match kept {
                Value::List(list) => Value::Text(list.iter().map(Value::to_text).collect::<Vec<_>>().join(", ")),
                kept => kept,
            },
            Kind::Ranking if kept.is_empty() => self.only_choice(spot),
            kind if kind.has_choices() => self.chosen(spot, kept),
            _ => kept,
        }
    }
}

/// Where the name of a question ends and the path of its property begins.
fn names_of(path: &str, known: impl Fn(&str) -> bool) -> (&str, &str) {
    let cuts = path.match_indices('.').map(|(at, _)| (&path[..at], &path[at + 1..]));
    let all: Vec<(&str, &str)> = cuts.collect();
    all.iter().rev().find(|(name, _)| known(name)).or_else(|| all.first()).copied().unwrap_or((path, ""))
}
