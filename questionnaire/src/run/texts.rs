//! Words: titles and choices in the reader's language, with answers piped into them.

use super::Run;
use super::choices::{NONE, OTHER};
use crate::compare::{LOOSE, same};
use crate::definition::{Choice, Kind};
use crate::evaluate::MOST_TEXT;
use crate::messages::{Message, say};
use crate::value::Value;
use crate::words::Words;

impl Run {
    /// The title of a spot; its name where it has none.
    pub(crate) fn title(&self, spot: usize) -> String {
        let element = self.element(spot);
        let otherwise = if element.kind.is_container() { "" } else { &element.name };
        self.piped_at(element.title.to(&self.language).unwrap_or(otherwise), Some(spot))
    }

    pub(crate) fn said(&self, words: &Words) -> String {
        words.to(&self.language).map(|text| self.piped(text)).unwrap_or_default()
    }

    pub(crate) fn choice_words(&self, choice: &Choice) -> String {
        choice.text.to(&self.language).map_or_else(|| choice.value.to_text(), |text| self.piped(text))
    }

    pub(crate) fn special_words(&self, spot: usize, value: &str) -> String {
        let question = &self.element(spot).question;
        let (own, message) = match value {
            OTHER => (&question.other_text, Message::Other),
            NONE => (&question.none_text, Message::None),
            _ => (&question.select_all_text, Message::SelectAll),
        };
        own.to(&self.language).map_or_else(|| say(message, &self.language).to_owned(), |text| self.piped(text))
    }

    /// A text with the answers in place of the names between braces. What is no name stays as it is.
    pub(crate) fn piped(&self, text: &str) -> String {
        self.piped_at(text, None)
    }

    pub(crate) fn piped_at(&self, text: &str, spot: Option<usize>) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let Some(length) = rest[at..].find('}') else { break };
            out.push_str(&rest[..at]);
            let written = &rest[at..=at + length];
            let name = written[1..written.len() - 1].trim();
            match self.words_of(name, spot) {
                Some(words) => out.push_str(&words),
                None => out.push_str(written),
            }
            rest = &rest[at + length + 1..];
            if out.len() > MOST_TEXT {
                return out;
            }
        }
        out.push_str(rest);
        out
    }

    /// The words that stand for a name; none where nothing has it.
    fn words_of(&self, name: &str, spot: Option<usize>) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        if let Some(found) = self.question_of_words(name) {
            return self.answer_words(found);
        }
        let inside = spot.is_some_and(|spot| self.spots[spot].inside.is_some());
        if name.starts_with('$') || inside && (name.starts_with("panel.") || name.starts_with("row.")) {
            use crate::evaluate::Scope;
            let value = super::data::Seen { run: self, spot, item: None }.value(name);
            return Some(if value.is_nothing() { String::new() } else { value.to_text() });
        }
        let value = self.named(name);
        if !value.is_nothing() {
            let owner = name.find(['.', '[']).and_then(|at| self.question_of_words(&name[..at]));
            return Some(owner.map_or_else(|| value.to_text(), |owner| self.part_words(owner, &value)));
        }
        let known = super::rules::beginnings(name).any(|name| self.question_of_words(name).is_some());
        (known || self.variables.contains_key(&name.to_lowercase())).then(String::new)
    }

    /// The question whose answer has a name, in large or small letters.
    fn question_of_words(&self, name: &str) -> Option<usize> {
        if let Some(spot) = self.by_value.get(name).and_then(|spots| spots.first()) {
            return Some(*spot);
        }
        let spot = self.find(name)?;
        self.element(spot).value_name.eq_ignore_ascii_case(name).then_some(spot)
    }

    fn answer_words(&self, spot: usize) -> Option<String> {
        let answer = self.answer(spot);
        if !answer.is_empty() {
            let raw = self.element(spot).question.raw_in_texts;
            return Some(if raw { answer.to_text() } else { self.spoken(spot, &answer) });
        }
        if matches!(self.element(spot).kind, Kind::Matrix | Kind::MultipleText) { None } else { Some(String::new()) }
    }

    /// The words for an answer to a question.
    pub(crate) fn spoken(&self, spot: usize, answer: &Value) -> String {
        let element = self.element(spot);
        let question = &element.question;
        match answer {
            Value::List(list) if element.kind.has_choices() => {
                let known = |one: &&Value| !self.is_hidden(spot, one) && self.is_choice(spot, one);
                let known: Vec<&Value> = list.iter().filter(known).collect();
                let all = if known.is_empty() { list.iter().collect() } else { known };
                all.into_iter().map(|one| self.spoken(spot, one)).collect::<Vec<_>>().join(", ")
            }
            one if element.kind.has_choices() && question.other && one.as_text() == Some(OTHER) => {
                self.comment(spot).map_or_else(|| self.special_words(spot, OTHER), str::to_owned)
            }
            one if element.kind.has_choices() && question.none && one.as_text() == Some(NONE) => self.special_words(spot, NONE),
            one if element.kind.has_choices() && self.is_hidden(spot, one) => one.to_text(),
            one if element.kind.has_choices() => self.choice_of(&question.choices, one),
            one if element.kind == Kind::Rating => self.choice_of(&question.rates, one),
            one if element.kind == Kind::Boolean => self.spoken_boolean(spot, one),
            one => one.to_text(),
        }
    }

    fn part_words(&self, owner: usize, value: &Value) -> String {
        match self.element(owner).kind {
            Kind::Matrix => self.choice_of(&self.element(owner).question.choices, value),
            kind if kind.has_choices() => self.spoken(owner, value),
            _ => value.to_text(),
        }
    }

    fn choice_of(&self, choices: &[Choice], value: &Value) -> String {
        let found = choices.iter().find(|choice| same(&choice.value, value, LOOSE));
        found.map_or_else(|| value.to_text(), |choice| self.choice_words(choice))
    }

    fn spoken_boolean(&self, spot: usize, value: &Value) -> String {
        let question = &self.element(spot).question;
        let (own, message) = if same(value, &question.value_true, LOOSE) {
            (&question.label_true, Message::Yes)
        } else if same(value, &question.value_false, LOOSE) {
            (&question.label_false, Message::No)
        } else {
            return value.to_text();
        };
        own.to(&self.language).map_or_else(|| say(message, &self.language).to_owned(), |text| self.piped(text))
    }
}
