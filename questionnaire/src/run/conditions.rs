//! Works out what follows from a change: calculated values, what is shown, enabled and required, answers that formulas give.

use super::data::Seen;
use super::rules::reads;
use super::{Run, State};
use crate::compare::{STRICT, same};
use crate::date;
use crate::definition::{Clear, Formula, Kind, expression};
use crate::evaluate::{is_met, run};
use crate::syntax::Expression;
use crate::value::{Map, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rounds after which answers that keep changing each other are left as they are.
const MOST_ROUNDS: usize = 11;
/// Formulas that set each other off, one inside the other.
const MOST_CHAIN: usize = 60;
/// Changes that follow from one answer before the rest is left as it is: answers that set each other off multiply.
const MOST_CHANGES: usize = 300;

impl Run {
    /// Takes over answers, gives the first ones, works everything out.
    pub(super) fn load(&mut self, data: Map) {
        let restored: BTreeSet<String> = data.keys().cloned().collect();
        for (name, value) in data {
            self.keep(&name, value);
        }
        self.at_work = true;
        let mut spot = 0;
        while spot < self.spots.len() {
            self.settle_rows(spot);
            if !self.element(spot).kind.is_container() && self.kept(spot).is_empty() {
                self.give_default(spot);
            }
            spot += 1;
        }
        self.at_work = false;
        let before = self.data.clone();
        let plain =
            |spot: &usize| restored.contains(&self.element(*spot).value_name) || self.element(*spot).question.default_formula.is_none();
        let first: BTreeSet<String> = self.questions().filter(plain).map(|spot| self.key_of(spot).to_lowercase()).collect();
        let first: BTreeSet<String> = before.keys().map(|name| name.to_lowercase()).filter(|name| first.contains(name)).collect();
        let mut all = self.work_all();
        self.at_work = true;
        for page in self.pages.clone() {
            self.clear_hidden_at_start(page, true);
        }
        self.at_work = false;
        let cleared = std::mem::take(&mut self.changed);
        all.extend(self.work(cleared));
        self.check_given(&all);
        self.set_by_formulas(&first, true);
        let given = self.data.iter().filter(|(name, _)| !restored.contains(*name) || before.get(*name) != self.data.get(*name));
        let given: BTreeSet<String> = given.map(|(name, _)| name.to_lowercase()).collect();
        self.settle_page();
        self.fire(&given);
        self.settle_page();
    }

    /// Works out everything, whatever changed.
    pub(super) fn work_all(&mut self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.data.keys().map(|name| name.to_lowercase()).collect();
        self.at_work = true;
        self.changed.clear();
        for at in self.calculated_order.clone() {
            self.calculate(at);
        }
        let mut spot = 0;
        while spot < self.spots.len() {
            self.work_spot(spot, None);
            spot += 1;
        }
        let changed = std::mem::take(&mut self.changed);
        self.at_work = false;
        names.extend(self.work(changed));
        names
    }

    /// Works out what reads the names, and what reads the names that change by that. Gives all names back.
    pub(super) fn work(&mut self, changed: BTreeSet<String>) -> BTreeSet<String> {
        let mut all = changed.clone();
        let mut now = changed;
        self.at_work = true;
        for _ in 0..MOST_ROUNDS {
            if now.is_empty() {
                break;
            }
            self.changed.clear();
            self.calculate_readers(&mut now);
            for spot in self.readers_of(&now) {
                self.work_spot(spot, Some(&now));
            }
            all.append(&mut now);
            now = std::mem::take(&mut self.changed);
        }
        all.append(&mut now);
        self.at_work = false;
        all
    }

    /// All that follows when values changed.
    pub(super) fn changed_names(&mut self, names: BTreeSet<String>) {
        if self.at_work {
            self.changed.extend(names);
            return;
        }
        if self.depth == 0 {
            self.budget = MOST_CHANGES;
        }
        if self.state == State::Completed && self.depth == 0 {
            self.depth += 1;
            self.set_by_formulas(&names, false);
            self.depth -= 1;
        }
        if self.state == State::Completed || self.depth >= MOST_CHAIN || self.budget == 0 {
            return;
        }
        self.budget -= 1;
        self.depth += 1;
        let all = self.work(names);
        self.set_by_formulas(&all, false);
        self.fire(&all);
        self.depth -= 1;
        self.check_changed(&all);
    }

    fn calculate_readers(&mut self, now: &mut BTreeSet<String>) {
        if self.definition.calculated.is_empty() {
            return;
        }
        let definition = Arc::clone(&self.definition);
        for at in self.calculated_order.clone() {
            let one = &definition.calculated[at];
            let read = expression(&one.formula).is_some_and(|expression| reads(expression, now));
            if read && self.calculate(at) {
                now.insert(one.name.to_lowercase());
            }
        }
    }

    /// Works out a calculated value; says whether it is another.
    fn calculate(&mut self, at: usize) -> bool {
        let definition = Arc::clone(&self.definition);
        let Some(read) = expression(&definition.calculated[at].formula) else { return false };
        let value = match run(read, &Seen { run: self, spot: None, item: None }) {
            value if value.is_nothing() => Value::Undefined,
            value => value,
        };
        let other = !same(&self.calculated[at], &value, STRICT);
        if other {
            self.calculated[at] = value;
        }
        other
    }

    pub(super) fn holds(&self, expression: &Expression, spot: usize) -> bool {
        is_met(expression, &Seen { run: self, spot: Some(spot), item: None })
    }

    pub(super) fn result(&self, expression: &Expression, spot: usize) -> Value {
        run(expression, &Seen { run: self, spot: Some(spot), item: None })
    }

    /// Works out all of a spot; answers that formulas give only where those read one of the names, or at the beginning.
    fn work_spot(&mut self, spot: usize, names: Option<&BTreeSet<String>>) {
        let definition = Arc::clone(&self.definition);
        let element = &definition.elements[self.spots[spot].def];
        let asked = |formula: &Option<Formula>, otherwise: bool, run: &Self| {
            expression(formula).map_or(otherwise, |expression| run.holds(expression, spot))
        };
        let shown = asked(&element.visible_if, element.visible, self);
        let refused = |read| self.result(read, spot) == Value::Bool(false);
        self.spots[spot].enabled = !expression(&element.enable_if).is_some_and(refused);
        self.spots[spot].required = asked(&element.required_if, element.required, self);
        if shown != self.spots[spot].shown {
            self.spots[spot].shown = shown;
            let only_own =
                self.definition.clear == Clear::OnHidden && (element.kind == Kind::Page || names.is_none() && element.kind == Kind::Panel);
            if !only_own {
                self.shown_or_hidden(spot);
            }
        }
        if element.kind.is_container() {
            return;
        }
        self.settle_rows(spot);
        self.work_choices(spot);
        self.work_rows(spot);
        let question = &element.question;
        self.spots[spot].bounds = (self.bound(&question.min, spot), self.bound(&question.max, spot));
        let touched = |read: &&Expression| names.is_none_or(|names| reads(read, names) || self.spots[spot].inside.is_some());
        let formula =
            expression(&question.formula).filter(|_| element.kind == Kind::Expression && !self.is_read_only(spot)).filter(touched);
        let default = expression(&question.default_formula).filter(touched);
        if let Some(read) = default.filter(|_| self.still_given(spot) && !self.drops_hidden(spot)) {
            let value = self.fitting(spot, self.result(read, spot));
            self.give(spot, value);
        }
        if let Some(read) = formula {
            let value = self.result(read, spot);
            self.put(spot, value);
        }
    }

    fn bound(&self, bound: &crate::definition::Bound, spot: usize) -> Value {
        match &bound.formula {
            Some(formula) => formula.expression().map_or(Value::Undefined, |expression| self.result(expression, spot)),
            None => bound.value.clone(),
        }
    }

    /// Whether the answer is still the one that a default gave.
    fn still_given(&self, spot: usize) -> bool {
        let kept = self.kept(spot);
        self.spots[spot].given.as_ref().map_or(kept.is_empty(), |given| *given == kept || given.is_empty() && kept.is_empty())
    }

    fn give(&mut self, spot: usize, value: Value) {
        let value = if value.is_nothing() { Value::Undefined } else { value };
        self.spots[spot].given = Some(value.clone());
        self.put(spot, value);
    }

    /// Gives the answer of the beginning.
    pub(super) fn give_default(&mut self, spot: usize) {
        let definition = Arc::clone(&self.definition);
        let element = &definition.elements[self.spots[spot].def];
        let question = &element.question;
        if let Some(read) = expression(&question.default_formula) {
            let value = self.fitting(spot, self.result(read, spot));
            self.give(spot, value);
        } else if !question.default.is_empty() && !matches!(self.spots[spot].inside, Some((_, super::Row::Only))) {
            self.give_choice_default(spot, question.default.clone());
        }
    }

    /// Writes an answer that a formula found.
    pub(super) fn put(&mut self, spot: usize, value: Value) {
        let key = self.key_of(spot).to_owned();
        let whole = self.with_part(spot, value);
        if self.keep(&key, whole) {
            self.changed_names(BTreeSet::from([key.to_lowercase()]));
        }
    }

    /// A day as the field of its question holds it.
    pub(super) fn fitting(&self, spot: usize, value: Value) -> Value {
        let value = match value {
            Value::List(list) if matches!(self.element(spot).kind, Kind::Text | Kind::Comment) => {
                Value::Text(list.iter().map(Value::to_text).collect::<Vec<_>>().join(", "))
            }
            value => value,
        };
        match (&value, self.element(spot).question.input.as_str()) {
            (Value::Text(_) | Value::List(_) | Value::Object(_), "number" | "range") => match crate::functions::numeric(&value) {
                Value::Number(number) => Value::Number(number),
                _ => Value::Undefined,
            },
            (Value::Date(moment), "date") => Value::Text(date::day(*moment)),
            (Value::Date(moment), "datetime-local") => Value::Text(date::minute(*moment)),
            (Value::Date(moment), "month") => Value::Text(date::day(*moment).get(..7).unwrap_or_default().to_owned()),
            (Value::Date(moment), "time") => Value::Text(date::minute(*moment).get(11..).unwrap_or_default().to_owned()),
            _ => value,
        }
    }

    /// Whether the answers to hidden questions go at once, and this one is hidden.
    fn drops_hidden(&self, spot: usize) -> bool {
        matches!(self.definition.clear, Clear::OnHidden | Clear::OnHiddenContainer) && !self.is_visible(spot)
    }

    /// Drops or gives answers of what was shown or hidden.
    fn shown_or_hidden(&mut self, spot: usize) {
        let drops = matches!(self.definition.clear, Clear::OnHidden | Clear::OnHiddenContainer);
        let mut open = vec![spot];
        while let Some(one) = open.pop() {
            open.extend(self.spots[one].children.iter().rev());
            if self.element(one).kind.is_container() || self.spots[one].inside.is_some() {
                continue;
            }
            if !self.is_visible(one) && !drops {
                continue;
            }
            if !self.is_visible(one) {
                self.put(one, Value::Undefined);
                self.spots[one].given = None;
            } else if self.kept(one).is_empty() {
                self.give_default(one);
            }
        }
    }

    /// At the beginning an answer in a hidden panel goes only where containers count.
    fn clear_hidden_at_start(&mut self, spot: usize, around: bool) {
        if self.definition.clear != Clear::OnHiddenContainer {
            return;
        }
        let shown = around && self.spots[spot].shown;
        if self.element(spot).kind.is_container() {
            for child in self.spots[spot].children.clone() {
                self.clear_hidden_at_start(child, shown);
            }
        } else if !shown && self.element(spot).kind != Kind::Expression {
            self.put(spot, Value::Undefined);
            self.spots[spot].given = None;
        }
    }

    /// Answers that formulas write when something they read changes, and answers that go back to their beginning.
    fn set_by_formulas(&mut self, names: &BTreeSet<String>, at_start: bool) {
        let definition = Arc::clone(&self.definition);
        for spot in 0..self.spots.len() {
            let question = &definition.elements[self.spots[spot].def].question;
            if self.spots[spot].at_work || self.spots[spot].gone || (question.reset_if.is_none() && question.set_formula.is_none()) {
                continue;
            }
            let touched = |one: Option<&Expression>| one.is_some_and(|one| reads(one, names) || at_start && one.names.is_empty());
            self.spots[spot].at_work = true;
            let reset = expression(&question.reset_if).filter(|when| !at_start || when.names.is_empty());
            if reset.is_some_and(|when| touched(Some(when)) && self.holds(when, spot)) {
                self.reset(spot);
            }
            let (when, formula) = (expression(&question.set_if), expression(&question.set_formula));
            let wanted = match (&question.set_if, when) {
                (Some(_), Some(when)) => (touched(Some(when)) || touched(formula)) && self.holds(when, spot),
                (Some(_), None) => false,
                (None, _) => touched(formula),
            };
            if let Some(formula) = formula.filter(|_| wanted) {
                let value = self.fitting(spot, self.result(formula, spot));
                self.put(spot, value);
            }
            self.spots[spot].at_work = false;
        }
    }

    fn reset(&mut self, spot: usize) {
        let question = self.element(spot).question.clone();
        if question.default.is_empty() && question.default_formula.is_none() {
            self.put(spot, Value::Undefined);
        } else {
            self.give_default(spot);
        }
    }
}
