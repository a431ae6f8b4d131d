//! The functions of expressions, but for those of days (`functions_of_days`) and of rows (`functions_of_rows`).

use crate::evaluate::{Scope, part, plus};
use crate::functions_of_days as days;
use crate::functions_of_rows as rows;
use crate::syntax::Part;
use crate::value::{Value, number_of, text_of};

/// The names of all functions.
pub const NAMES: [&str; 30] = [
    "age",
    "avg",
    "avgInArray",
    "count",
    "countInArray",
    "currentDate",
    "currentYear",
    "dateAdd",
    "dateDiff",
    "day",
    "diffDays",
    "displayValue",
    "getComment",
    "getDate",
    "getYear",
    "iif",
    "isContainerReady",
    "max",
    "maxInArray",
    "min",
    "minInArray",
    "month",
    "round",
    "substring",
    "sum",
    "sumInArray",
    "today",
    "trunc",
    "weekday",
    "year",
];

/// Whether a function of this name exists.
pub fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Calls a function; `Null` where none has this name.
pub(crate) fn call(name: &str, given: &[Part], scope: &dyn Scope) -> Value {
    if let Some(fold) = rows::Fold::named(name) {
        return rows::call(fold, given, scope);
    }
    if name == "iif" {
        return choose(given, scope);
    }
    let values: Vec<Value> = given.iter().map(|one| part(one, scope)).collect();
    match name {
        "sum" => flat(&values).into_iter().fold(Value::Number(0.0), |sum, one| plus(sum, numeric(one))),
        "min" => extreme(&values, std::cmp::Ordering::Less),
        "max" => extreme(&values, std::cmp::Ordering::Greater),
        "avg" => average(&values),
        "count" => Value::Number(flat(&values).len() as f64),
        "round" => Value::Number(rounded(&values, f64::round)),
        "trunc" => Value::Number(rounded(&values, f64::trunc)),
        "substring" => substring(&values),
        "displayValue" => display(&values, scope),
        "isContainerReady" => Value::Bool(values.first().is_some_and(|name| scope.is_ready(&name.to_text()))),
        "getComment" => scope.value(&format!("{}-Comment", values.first().unwrap_or(&Value::Null).to_text())),
        _ => days::call(name, &values, scope.clock()),
    }
}

fn choose(given: &[Part], scope: &dyn Scope) -> Value {
    match given {
        [condition, yes, no] => part(if part(condition, scope).is_true() { yes } else { no }, scope),
        [condition, yes] if part(condition, scope).is_true() => part(yes, scope),
        [_, _] => Value::Undefined,
        _ => Value::Null,
    }
}

/// All values, lists opened, without those that say nothing.
fn flat(values: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    let mut open: Vec<&Value> = values.iter().rev().collect();
    while let Some(one) = open.pop() {
        match one {
            Value::List(list) => open.extend(list.iter().rev()),
            one if one.is_nothing() => {}
            one => found.push(one),
        }
    }
    found
}

/// A text that is a number, as a number.
pub(crate) fn numeric(value: &Value) -> Value {
    match value {
        Value::Text(text) if !text.trim().is_empty() => {
            let number = number_of(&text.replacen(',', ".", 1));
            if number.is_finite() && number.abs() < 1e15 { Value::Number(number) } else { value.clone() }
        }
        other => other.clone(),
    }
}

fn extreme(values: &[Value], wanted: std::cmp::Ordering) -> Value {
    let mut best: Option<Value> = None;
    for one in flat(values).into_iter().map(numeric) {
        if best.as_ref().is_none_or(|best| crate::compare::order(&one, best) == Some(wanted)) {
            best = Some(one);
        }
    }
    best.unwrap_or_default()
}

fn average(values: &[Value]) -> Value {
    let numbers = flat(values);
    let sum = numbers.iter().fold(0.0, |sum, one| {
        let number = match one {
            Value::Date(_) => f64::NAN,
            one => numeric(one).to_number(),
        };
        crate::evaluate::add(sum, number)
    });
    Value::Number(if numbers.is_empty() { 0.0 } else { sum / numbers.len() as f64 })
}

/// Rounds to a number of decimals, away from zero at the half; `1.005` counts as written, not as a computer keeps it.
fn rounded(values: &[Value], round: fn(f64) -> f64) -> f64 {
    let mut given = flat(values).into_iter().map(numeric);
    let (Some(Value::Number(number)), precision) = (given.next(), given.next()) else { return f64::NAN };
    let places = match precision {
        None => 0,
        Some(Value::Number(places)) if places.abs() <= 100.0 => places as i32,
        Some(_) => return f64::NAN,
    };
    shifted(round(shifted(number, places)), -places)
}

fn shifted(number: f64, places: i32) -> f64 {
    let text = text_of(number);
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power = power.parse::<i32>().unwrap_or(0) + places;
    format!("{digits}e{power}").parse().unwrap_or(f64::NAN)
}

fn substring(values: &[Value]) -> Value {
    let [Value::Text(text), Value::Number(_), rest @ ..] = values else { return Value::from("") };
    if !matches!(rest.first(), None | Some(Value::Number(_))) {
        return Value::from("");
    }
    let units: Vec<u16> = text.encode_utf16().collect();
    let bound = |value: Option<&Value>, otherwise: usize| match value {
        None => otherwise,
        Some(value) => value.to_number().clamp(0.0, units.len() as f64) as usize,
    };
    let (one, other) = (bound(values.get(1), 0), bound(values.get(2), units.len()));
    Value::Text(String::from_utf16_lossy(&units[one.min(other)..one.max(other)]))
}

fn display(values: &[Value], scope: &dyn Scope) -> Value {
    match values {
        [question, rest @ ..] => scope.display(&question.to_text(), rest.first()),
        [] => Value::Bool(false),
    }
}
