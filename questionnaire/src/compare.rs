//! When two answers are the same, and which is the smaller: the comparisons of SurveyJS, which are neither strict nor quite JavaScript's.

use crate::date;
use crate::value::{Map, Value, leading_number, number_of};

/// How strictly two values are compared.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// `[1, 2]` and `[2, 1]` are the same.
    pub any_order: bool,
    /// `Rome` and `rome` are different.
    pub case: bool,
}

/// As expressions compare.
pub const LOOSE: Manner = Manner { any_order: true, case: false };
/// As a new answer is compared with the old one.
pub const STRICT: Manner = Manner { any_order: false, case: true };

/// Whether two values say the same.
pub fn same(left: &Value, right: &Value, manner: Manner) -> bool {
    use Value::{Bool, Date, List, Null, Object, Text, Undefined};
    match (left, right) {
        (Undefined, List(list)) | (List(list), Undefined) => list.is_empty(),
        (Undefined | Null, Undefined | Null) => true,
        (Undefined | Null, Text(text)) | (Text(text), Undefined | Null) => text.is_empty(),
        (Text(left), Text(right)) => same_text(left, right, manner),
        (Date(left), Date(right)) => left == right || left.is_nan() && right.is_nan(),
        (Date(moment), Text(text)) | (Text(text), Date(moment)) => same_day_or_moment(*moment, text),
        _ if left.is_empty() != right.is_empty() => false,
        (Bool(answer), Text(text)) | (Text(text), Bool(answer)) => same_answer(*answer, text),
        (List(left), List(right)) => same_lists(left, right, manner),
        (List(list), Object(map)) | (Object(map), List(list)) => list.is_empty() && map.is_empty(),
        (Object(left), Object(right)) => same_objects(left, right, manner),
        (List(_) | Object(_), _) | (_, List(_) | Object(_)) => false,
        _ => same_scalars(left, right),
    }
}

fn same_text(left: &str, right: &str, manner: Manner) -> bool {
    let (left, right) = (left.trim(), right.trim());
    left == right || !manner.case && left.to_lowercase() == right.to_lowercase()
}

fn same_answer(answer: bool, text: &str) -> bool {
    text.eq_ignore_ascii_case(if answer { "true" } else { "false" })
}

/// A moment at midnight is a day: the hour of the text does not count then.
fn same_day_or_moment(moment: f64, text: &str) -> bool {
    let read = date::read(text, 0);
    let midnight = date::parts(moment).is_some_and(|at| at.rest == 0);
    read == moment || midnight && date::parts(read).is_some_and(|at| read - at.rest as f64 == moment)
}

fn same_scalars(left: &Value, right: &Value) -> bool {
    let (one, other) = (left.to_number(), right.to_number());
    if one.is_nan() || other.is_nan() {
        return false;
    }
    one == other || first_number(left) == first_number(right)
}

fn first_number(value: &Value) -> f64 {
    match value {
        Value::Text(text) => leading_number(text),
        Value::Bool(_) => f64::NAN,
        other => other.to_number(),
    }
}

fn same_lists(left: &[Value], right: &[Value], manner: Manner) -> bool {
    if left.len() != right.len() {
        return false;
    }
    if !manner.any_order {
        return left.iter().zip(right).all(|(one, other)| same(one, other, manner));
    }
    let mut free: Vec<&Value> = right.iter().collect();
    left.iter().all(|one| {
        let found = free.iter().position(|other| same(one, other, manner));
        found.map(|at| free.swap_remove(at)).is_some()
    })
}

fn same_objects(left: &Map, right: &Map, manner: Manner) -> bool {
    left.len() == right.len() && left.iter().all(|(key, one)| right.get(key).is_some_and(|other| same(one, other, manner)))
}

/// Which of two values is the smaller, where JavaScript can say so.
pub fn order(left: &Value, right: &Value) -> Option<std::cmp::Ordering> {
    if left.is_nothing() || right.is_nothing() {
        return None;
    }
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(order_texts(left, right)),
        (Value::Date(moment), Value::Text(text)) => moment.partial_cmp(&day_or_moment(*moment, text)),
        (Value::Text(text), Value::Date(moment)) => day_or_moment(*moment, text).partial_cmp(moment),
        (Value::List(_) | Value::Object(_) | Value::Text(_), Value::List(_) | Value::Object(_) | Value::Text(_)) => {
            Some(order_texts(&left.to_text(), &right.to_text()))
        }
        _ => left.to_number().partial_cmp(&right.to_number()),
    }
}

fn day_or_moment(moment: f64, text: &str) -> f64 {
    if same_day_or_moment(moment, text) { moment } else { date::read(text, 0) }
}

fn order_texts(left: &str, right: &str) -> std::cmp::Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// A text that is a number becomes one when an expression reads it from an answer; `007` and numbers of sixteen digits stay texts.
pub fn as_number(text: &str) -> Option<f64> {
    let trimmed = text.trim();
    let first = trimmed.bytes().next()?;
    if !(first.is_ascii_digit() || matches!(first, b'-' | b'+' | b'.')) {
        return None;
    }
    let bytes = trimmed.as_bytes();
    if bytes.len() > 1 && first == b'0' && !matches!(bytes[1], b'x' | b'X' | b'.' | b',') {
        return None;
    }
    let number = match trimmed.split_once(',') {
        Some((whole, part)) if !part.is_empty() => number_of(&format!("{whole}.{part}")),
        _ => number_of(trimmed),
    };
    (number.is_finite() && number.abs() < 1e15).then_some(number)
}
