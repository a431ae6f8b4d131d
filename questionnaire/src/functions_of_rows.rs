//! The functions that go over the rows of a table: sum, count, average, smallest and largest of a column.

use crate::compare::{as_number, order};
use crate::evaluate::{Clock, Scope, add, holds, part};
use crate::names;
use crate::syntax::{Expression, Part};
use crate::value::{Map, Value};
use std::cmp::Ordering;

/// What is asked of the column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Count,
    Average,
    Smallest,
    Largest,
}

impl Fold {
    /// The function of a name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "sumInArray" => Self::Sum,
            "countInArray" => Self::Count,
            "avgInArray" => Self::Average,
            "minInArray" => Self::Smallest,
            "maxInArray" => Self::Largest,
            _ => return None,
        })
    }
}

/// A row seen by the condition: its own members come before all other names.
struct Row<'a> {
    row: &'a Map,
    around: &'a dyn Scope,
}

impl Scope for Row<'_> {
    fn value(&self, path: &str) -> Value {
        match names::in_map(self.row, path) {
            Value::Undefined => self.around.value(path),
            found => found,
        }
    }
    fn clock(&self) -> Clock {
        self.around.clock()
    }
    fn is_ready(&self, container: &str) -> bool {
        self.around.is_ready(container)
    }
    fn in_order(&self, path: &str) -> bool {
        self.around.in_order(path)
    }
    fn display(&self, question: &str, value: Option<&Value>) -> Value {
        self.around.display(question, value)
    }
}

/// Works a column out: rows, the column's name, then (for smallest and largest) the column to give back, then a condition.
pub(crate) fn call(fold: Fold, given: &[Part], scope: &dyn Scope) -> Value {
    let nothing = if matches!(fold, Fold::Smallest | Fold::Largest) { Value::Undefined } else { Value::Number(0.0) };
    let [rows, column, rest @ ..] = given else { return nothing };
    let (rows, column) = (part(rows, scope), part(column, scope));
    let rows: Vec<&Map> = match &rows {
        Value::List(list) => list.iter().filter_map(Value::as_object).collect(),
        Value::Object(map) => map.values().filter_map(Value::as_object).collect(),
        _ => Vec::new(),
    };
    let Value::Text(column) = column else { return nothing };
    let (back, condition) = match rest {
        [back, condition, ..] if matches!(fold, Fold::Smallest | Fold::Largest) => (Some(part(back, scope)), Some(condition)),
        [Part::Literal(Value::Text(name)), ..] if matches!(fold, Fold::Smallest | Fold::Largest) && !name.contains('{') => {
            (Some(Value::Text(name.clone())), None)
        }
        [condition, ..] => (None, Some(condition)),
        [] => (None, None),
    };
    let condition = match condition.map(|one| (one, written_as_text(one, scope))) {
        Some((_, Some(text))) => Expression::read(&text).ok(),
        Some((part, None)) => Some(Expression { source: String::new(), root: part.clone(), names: Vec::new(), calls: false }),
        None => None,
    };
    let kept = rows.into_iter().filter(|row| condition.as_ref().is_none_or(|one| holds(one, &Row { row, around: scope })));
    let back = back.and_then(|name| name.as_text().map(str::to_owned));
    fold_column(fold, kept, &column, back.as_deref())
}

/// A condition may be a text, written in place or in an answer.
fn written_as_text(condition: &Part, scope: &dyn Scope) -> Option<String> {
    match condition {
        Part::Literal(Value::Text(text)) => Some(text.clone()),
        Part::Variable { name, .. } => scope.value(name).as_text().map(str::to_owned),
        _ => None,
    }
}

fn fold_column<'a>(fold: Fold, rows: impl Iterator<Item = &'a Map>, column: &str, back: Option<&str>) -> Value {
    let (mut sum, mut count, mut best): (f64, usize, Option<(&Value, &Map)>) = (0.0, 0, None);
    for row in rows {
        let Some(cell) = row.get(column).filter(|cell| !cell.is_empty()) else { continue };
        count += 1;
        sum = add(sum, number(cell));
        let wanted = if fold == Fold::Smallest { Ordering::Less } else { Ordering::Greater };
        if best.is_none_or(|(before, _)| order(&converted(cell), &converted(before)) == Some(wanted)) {
            best = Some((cell, row));
        }
    }
    match fold {
        Fold::Sum => Value::Number(sum),
        Fold::Count => Value::Number(count as f64),
        Fold::Average => Value::Number(if count == 0 { 0.0 } else { sum / count as f64 }),
        Fold::Smallest | Fold::Largest => match (best, back) {
            (Some((_, row)), Some(back)) => row.get(back).cloned().unwrap_or_default(),
            (Some((cell, _)), None) => converted(cell),
            (None, _) => Value::Undefined,
        },
    }
}

fn converted(cell: &Value) -> Value {
    cell.as_text().and_then(as_number).map_or_else(|| cell.clone(), Value::Number)
}

fn number(cell: &Value) -> f64 {
    match converted(cell) {
        Value::Number(number) => number,
        Value::Bool(answer) => f64::from(u8::from(answer)),
        _ => 0.0,
    }
}
