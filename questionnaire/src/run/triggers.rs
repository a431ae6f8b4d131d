//! Triggers: what happens by itself when answers change or a page is left.

use super::Run;
use super::data::Seen;
use super::rules::reads;
use crate::definition::{Formula, Kind, Then, Trigger};
use crate::evaluate::{is_met, run};
use crate::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Rounds after which triggers that keep setting each other off are left alone.
const MOST_ROUNDS: usize = 20;

impl Run {
    /// Lets the triggers act that read one of the names.
    pub(super) fn fire(&mut self, names: &BTreeSet<String>) {
        if self.definition.triggers.is_empty() || self.definition.read_only {
            return;
        }
        if self.triggers_at_work {
            self.trigger_names.extend(names.iter().cloned());
            return;
        }
        self.triggers_at_work = true;
        self.trigger_names = names.clone();
        for _ in 0..MOST_ROUNDS {
            let before = std::mem::take(&mut self.trigger_names);
            if before.is_empty() {
                break;
            }
            self.fire_round(before);
        }
        self.triggers_at_work = false;
    }

    /// One round over all triggers; a later one sees what an earlier one changed.
    fn fire_round(&mut self, mut names: BTreeSet<String>) {
        let definition = Arc::clone(&self.definition);
        for trigger in &definition.triggers {
            if matches!(trigger.then, Then::Complete) || self.undoes(&trigger.then, &names) || !self.ready(trigger, &names) {
                continue;
            }
            if matches!(trigger.then, Then::Skip(_)) && !names.iter().all(|name| self.is_good(name)) {
                continue;
            }
            self.act(&trigger.then);
            names.extend(self.trigger_names.iter().cloned());
        }
    }

    /// What was just changed is not changed again by what follows from it.
    fn undoes(&self, then: &Then, names: &BTreeSet<String>) -> bool {
        match then {
            Then::Set(to, _) | Then::Copy(_, to) | Then::Run(_, Some(to)) => names.contains(&to.to_lowercase()),
            _ => false,
        }
    }

    fn ready(&self, trigger: &Trigger, names: &BTreeSet<String>) -> bool {
        let Some(expression) = trigger.when.as_ref().and_then(Formula::expression) else { return false };
        let copied = matches!(&trigger.then, Then::Copy(from, _) if names.contains(&from.to_lowercase()));
        (copied || reads(expression, names)) && is_met(expression, &Seen { run: self, spot: None, item: None })
    }

    fn act(&mut self, then: &Then) {
        match then {
            Then::Complete => self.completing = true,
            Then::Set(name, value) => self.set_by_trigger(name, value.clone()),
            Then::Copy(from, to) => self.set_by_trigger(to, self.named(from)),
            Then::Run(formula, to) => {
                let Some(expression) = formula.as_ref().and_then(Formula::expression) else { return };
                let value = run(expression, &Seen { run: self, spot: None, item: None });
                if let Some(name) = to {
                    let value = self.find(name).map_or(value.clone(), |spot| self.fitting(spot, value));
                    self.set_by_trigger(name, value);
                }
            }
            Then::Skip(name) => {
                if let Some(spot) = self.find(name).filter(|spot| self.is_visible(*spot)) {
                    self.open_page_of(spot);
                }
            }
        }
    }

    fn set_by_trigger(&mut self, name: &str, value: Value) {
        let name = self.find(name).map_or_else(|| name.to_owned(), |spot| self.element(spot).value_name.clone());
        if !name.is_empty() {
            self.answer_with(&name, value);
        }
    }

    /// Lets the triggers act that end the questionnaire when a page is left.
    pub(super) fn fire_on_page(&mut self, page: usize) {
        let definition = Arc::clone(&self.definition);
        if definition.triggers.is_empty() {
            return;
        }
        let mut names: BTreeSet<String> = definition.calculated.iter().map(|one| one.name.to_lowercase()).collect();
        let mut open = vec![page];
        while let Some(spot) = open.pop() {
            open.extend(&self.spots[spot].children);
            if !self.element(spot).kind.is_container() && self.element(spot).kind != Kind::Html {
                names.insert(self.key_of(spot).to_lowercase());
            }
        }
        for trigger in &definition.triggers {
            if matches!(trigger.then, Then::Complete) && self.ready(trigger, &names) {
                self.completing = true;
            }
        }
    }
}
