//! The functions of days and moments.

use crate::date::{self, DAY, Parts, parts};
use crate::evaluate::Clock;
use crate::value::Value;

/// Calls a function; `Null` where none has this name.
pub(crate) fn call(name: &str, given: &[Value], clock: Clock) -> Value {
    let (first, second) = (given.first().unwrap_or(&Value::Null), given.get(1).unwrap_or(&Value::Null));
    let now = clock.local();
    match name {
        "today" => today(if given.len() == 1 { first } else { &Value::Null }, now),
        "currentDate" => Value::Date(now),
        "currentYear" => part_of(&Value::Null, now, clock, |at, _| at.year),
        "year" | "getYear" => part_of(first, now, clock, |at, _| at.year),
        "month" => part_of(first, now, clock, |at, _| at.month + 1),
        "day" => part_of(first, now, clock, |at, _| at.day),
        "weekday" => part_of(first, now, clock, |_, moment| date::weekday(moment)),
        "getDate" if !first.is_true() => Value::Null,
        "getDate" => Value::Date(moment_of(first, clock)),
        "age" if !first.is_true() => Value::Null,
        "age" => Value::Number(age(moment_of(first, clock), now)),
        "diffDays" if !first.is_true() || !second.is_true() => Value::Number(0.0),
        "diffDays" => difference(moment_of(first, clock), moment_of(second, clock), "days"),
        "dateAdd" if !first.is_true() || !second.is_true() => Value::Null,
        "dateAdd" => Value::Date(later(moment_of(first, clock), second.to_number(), unit(given))),
        "dateDiff" if !first.is_true() || !second.is_true() => Value::Null,
        "dateDiff" => difference(moment_of(first, clock), moment_of(second, clock), unit(given)),
        _ => Value::Null,
    }
}

fn unit(given: &[Value]) -> &str {
    match given.get(2) {
        None | Some(Value::Null | Value::Undefined) => "days",
        Some(unit) => unit.as_text().unwrap_or(""),
    }
}

/// The moment that a value means.
pub(crate) fn moment_of(value: &Value, clock: Clock) -> f64 {
    match value {
        Value::Date(moment) => *moment,
        Value::Text(text) => date::read(text, clock.offset),
        Value::Number(number) => number.trunc() + f64::from(clock.offset) * 60_000.0,
        Value::Bool(answer) => f64::from(u8::from(*answer)),
        _ => f64::NAN,
    }
}

fn today(days: &Value, now: f64) -> Value {
    let midnight = (now / DAY).floor() * DAY;
    let days = if days.is_empty() { 0.0 } else { days.to_number() };
    Value::Date(midnight + days.trunc() * DAY)
}

fn part_of(value: &Value, now: f64, clock: Clock, pick: fn(Parts, f64) -> i64) -> Value {
    let moment = if value.is_true() { moment_of(value, clock) } else { now };
    Value::Number(parts(moment).map_or(f64::NAN, |at| pick(at, moment) as f64))
}

fn age(birth: f64, now: f64) -> f64 {
    match (parts(birth), parts(now)) {
        (Some(birth), Some(now)) => years(birth, now).max(0) as f64,
        _ => 0.0,
    }
}

/// Months from one moment to another that are over, by the days of the month.
fn months(one: Parts, other: Parts) -> i64 {
    (other.year - one.year) * 12 + other.month - one.month - i64::from(other.day < one.day)
}

fn years(one: Parts, other: Parts) -> i64 {
    other.year - one.year - i64::from((other.month, other.day) < (one.month, one.day))
}

fn later(moment: f64, amount: f64, unit: &str) -> f64 {
    let Some(at) = parts(moment).filter(|_| amount.is_finite() && amount.abs() < 1e12) else { return f64::NAN };
    let whole = amount.trunc() as i64;
    match unit {
        "days" => date::moment(Parts { day: at.day.saturating_add(whole), ..at }),
        "months" => date::moment(Parts { month: at.month.saturating_add(whole), ..at }),
        "years" => date::moment(Parts { year: at.year.saturating_add(whole), ..at }),
        "hours" => moment + amount * 3_600_000.0,
        "minutes" => moment + amount * 60_000.0,
        "seconds" => moment + amount * 1000.0,
        _ => moment,
    }
}

/// Days are counted by the calendar, shorter units are begun ones; neither says which moment was first.
fn difference(from: f64, to: f64, unit: &str) -> Value {
    let passed = (to - from).abs();
    let (Some(one), Some(other)) = (parts(from), parts(to)) else { return Value::Number(f64::NAN) };
    Value::Number(match unit {
        "days" => ((to / DAY).floor() - (from / DAY).floor()).abs(),
        "months" => months(one, other) as f64,
        "hours" => (passed / 3_600_000.0).ceil(),
        "minutes" => (passed / 60_000.0).ceil(),
        "seconds" => (passed / 1000.0).ceil(),
        _ => years(one, other) as f64,
    })
}
