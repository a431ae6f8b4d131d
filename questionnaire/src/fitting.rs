//! Whether an answer has a form that an answer to its question can have at all: what comes from outside is looked at before it is run.

use crate::compare::{LOOSE, same};
use crate::definition::{Choice, Definition, Element, Kind, Question};
use crate::files::FileRules;
use crate::run::{NONE, OTHER};
use crate::value::{Map, Value};

/// What stands behind the name of a question in the name of its comment.
const COMMENT: &str = "-Comment";

/// What is wrong with a name among answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// No question has this name.
    Unknown,
    /// The answer has another form than the question asks for, or is none of its choices.
    Form,
}

impl Definition {
    /// The names whose answers nobody can have given, each with what is wrong. Says nothing about what must be answered or is hidden: that is
    /// for a run to tell.
    pub fn misfits(&self, answers: &Map) -> Vec<(String, Misfit)> {
        let wrong = |(name, value): (&String, &Value)| self.misfit(name, value).map(|misfit| (name.clone(), misfit));
        answers.iter().filter_map(wrong).collect()
    }

    fn misfit(&self, name: &str, value: &Value) -> Option<Misfit> {
        if self.calculated.iter().any(|one| one.in_result && one.name == name) {
            return None;
        }
        let mut asking = self.asking(name).peekable();
        if asking.peek().is_some() {
            return asking.all(|at| !self.fits(at, value)).then_some(Misfit::Form);
        }
        match name.strip_suffix(COMMENT).filter(|name| self.asking(name).next().is_some()) {
            Some(_) if value.as_text().is_some() => None,
            Some(_) => Some(Misfit::Form),
            None => Some(Misfit::Unknown),
        }
    }

    /// The questions whose answer has this name; what stands in rows and items is not among them.
    fn asking<'a>(&'a self, name: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.top().filter(move |at| self.elements[*at].value_name == name)
    }

    /// The questions of the pages, in their order: not what stands in the rows or items of a question.
    pub fn top(&self) -> impl Iterator<Item = usize> + '_ {
        let mut open: Vec<usize> = self.pages.iter().rev().copied().collect();
        std::iter::from_fn(move || {
            while let Some(at) = open.pop() {
                let element = &self.elements[at];
                if !element.kind.is_container() {
                    return Some(at);
                }
                open.extend(element.children.iter().rev());
            }
            None
        })
    }

    fn fits(&self, at: usize, value: &Value) -> bool {
        let element = &self.elements[at];
        let question = &element.question;
        match element.kind {
            Kind::Text if question.input == "number" => value.to_number().is_finite() && is_scalar(value),
            Kind::Text | Kind::Comment => value.as_text().is_some() || matches!(value, Value::Number(_)),
            Kind::Radiogroup | Kind::Dropdown => is_choice(question, value),
            Kind::Checkbox | Kind::Tagbox | Kind::Ranking => value.as_list().is_some_and(|list| {
                let is_too_many = question.max_selected > 0 && list.len() > question.max_selected;
                !is_too_many && list.iter().all(|one| is_choice(question, one)) && !repeats(list)
            }),
            Kind::Boolean => value == &question.value_true || value == &question.value_false,
            Kind::Rating => has(&question.rates, value),
            Kind::Matrix => members(value, |row, value| has(&question.rows, &Value::from(row)) && has(&question.choices, value)),
            Kind::MultipleText => members(value, |name, value| self.part_fits(&element.children, name, value)),
            Kind::PanelDynamic => value
                .as_list()
                .is_some_and(|panels| panels.len() <= question.max_panels && panels.iter().all(|panel| self.row_fits(element, panel))),
            Kind::MatrixDropdown => members(value, |row, value| has(&question.rows, &Value::from(row)) && self.row_fits(element, value)),
            Kind::Expression => is_scalar(value),
            Kind::File => FileRules::of(question).fit(value),
            Kind::Html | Kind::Page | Kind::Panel => false,
        }
    }

    fn row_fits(&self, element: &Element, row: &Value) -> bool {
        members(row, |name, value| self.part_fits(&element.template, name, value))
    }

    /// An answer inside another one: by its name, in panels too.
    fn part_fits(&self, parts: &[usize], name: &str, value: &Value) -> bool {
        let name = name.strip_suffix(COMMENT).map_or((name, false), |name| (name, true));
        parts.iter().any(|part| {
            let element = &self.elements[*part];
            match element.kind.is_container() {
                true => self.part_fits(&element.children, name.0, value),
                false => element.value_name == name.0 && if name.1 { value.as_text().is_some() } else { self.fits(*part, value) },
            }
        })
    }
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Number(_) | Value::Bool(_))
}

fn has(choices: &[Choice], value: &Value) -> bool {
    is_scalar(value) && choices.iter().any(|choice| same(&choice.value, value, LOOSE))
}

fn is_choice(question: &Question, value: &Value) -> bool {
    // A choice that takes a comment of its own is kept with it.
    let value = value.member("value").unwrap_or(value);
    let is_special = |word: &str| value.as_text() == Some(word);
    has(&question.choices, value) || question.other && is_special(OTHER) || question.none && is_special(NONE)
}

fn repeats(list: &[Value]) -> bool {
    list.iter().enumerate().any(|(at, one)| list[..at].iter().any(|before| same(before, one, LOOSE)))
}

fn members(value: &Value, fits: impl Fn(&str, &Value) -> bool) -> bool {
    value.as_object().is_some_and(|map| map.iter().all(|(name, value)| fits(name, value)))
}
