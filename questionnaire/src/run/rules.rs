//! Which spots read which names, so that a change works out only what depends on it.

use super::Run;
use crate::definition::{Definition, Element, Formula, Kind};
use crate::syntax::Expression;
use std::collections::BTreeSet;

/// All formulas that conditions of an element work out.
fn formulas(element: &Element) -> impl Iterator<Item = &Formula> {
    let question = &element.question;
    let own = [&element.visible_if, &element.enable_if, &element.required_if, &question.default_formula, &question.formula];
    let more = [
        &question.min.formula,
        &question.max.formula,
        &question.choices_visible_if,
        &question.choices_enable_if,
        &question.rows_visible_if,
    ];
    let items = question.choices.iter().chain(&question.rows).flat_map(|one| [&one.visible_if, &one.enable_if]);
    own.into_iter().chain(more).chain(items).filter_map(Option::as_ref)
}

/// Whether something may follow from no name at all: a property, the words of an answer.
pub(crate) fn reads_anything(expression: &Expression) -> bool {
    expression.calls && expression.names.is_empty()
        || expression.names.iter().any(|name| name.starts_with('$'))
        || ["displayValue", "InArray", "isContainerReady", "getComment"].iter().any(|name| expression.source.contains(name))
}

/// The names whose change may matter to a path: `a`, `a.b` and `a.b.c` for `a.b.c`.
pub(crate) fn beginnings(path: &str) -> impl Iterator<Item = &str> {
    let cuts = path.char_indices().filter(|(at, one)| *at > 0 && matches!(one, '.' | '[')).map(|(at, _)| at);
    cuts.chain([path.len()]).map(|at| &path[..at])
}

/// Whether an expression reads one of the names that changed.
pub(crate) fn reads(expression: &Expression, changed: &BTreeSet<String>) -> bool {
    reads_anything(expression) || expression.names.iter().any(|name| beginnings(&name.to_lowercase()).any(|name| changed.contains(name)))
}

impl Run {
    /// Notes what a spot reads.
    pub(super) fn register(&mut self, spot: usize) {
        let definition = std::sync::Arc::clone(&self.definition);
        let element = &definition.elements[self.spots[spot].def];
        let mut names = BTreeSet::new();
        let mut anything = false;
        for expression in formulas(element).filter_map(Formula::expression) {
            anything |= reads_anything(expression);
            for name in &expression.names {
                names.extend(beginnings(&name.to_lowercase()).map(str::to_owned));
            }
        }
        if let Some((owner, _)) = self.spots[spot].inside.as_ref().filter(|_| !names.is_empty()) {
            names.insert(self.key_of(*owner).to_lowercase());
        }
        if matches!(element.kind, Kind::PanelDynamic | Kind::MatrixDropdown | Kind::Ranking) {
            names.insert(self.key_of(spot).to_lowercase());
        }
        for name in names {
            self.readers.entry(name).or_default().push(spot);
        }
        if anything {
            self.always.push(spot);
        }
    }

    /// The spots that read one of the names, in the order of the questionnaire.
    pub(super) fn readers_of(&self, changed: &BTreeSet<String>) -> BTreeSet<usize> {
        let named = changed.iter().filter_map(|name| self.readers.get(name)).flatten();
        named.chain(&self.always).copied().filter(|spot| !self.spots[*spot].gone).collect()
    }
}

/// The calculated values in an order in which each comes after those it reads, as far as there is one.
pub(crate) fn calculated_order(definition: &Definition) -> Vec<usize> {
    let all = &definition.calculated;
    let mut order = Vec::new();
    let mut visited = vec![false; all.len()];
    for start in 0..all.len() {
        let mut open = vec![(start, false)];
        while let Some((at, done)) = open.pop() {
            if done {
                order.push(at);
                continue;
            }
            if std::mem::replace(&mut visited[at], true) {
                continue;
            }
            open.push((at, true));
            let names = all[at].formula.as_ref().and_then(Formula::expression).map_or(&[][..], |one| &one.names);
            let read = names.iter().filter_map(|name| all.iter().position(|other| other.name.eq_ignore_ascii_case(name)));
            open.extend(read.filter(|other| !visited[*other]).map(|other| (other, false)));
        }
    }
    order
}
