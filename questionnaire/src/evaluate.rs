//! Works out expressions: operators over values, with names looked up in a [`Scope`].

use crate::compare::{LOOSE, Manner, as_number, order, same};
use crate::functions;
use crate::syntax::{Expression, Operator, Part, Unary};
use crate::value::{Value, text_of};
use std::cmp::Ordering;

/// Bytes of the longest text that an expression may build: calculated values that double each other end here.
pub const MOST_TEXT: usize = 64 * 1024;
/// Elements of the longest list that an expression may build.
pub const MOST_ELEMENTS: usize = 10_000;

/// The clock of a run: nothing else in the crate knows what time it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// The moment, in milliseconds of UTC after the beginning of 1970.
    pub now: f64,
    /// What the local clock is ahead of UTC, in minutes.
    pub offset: i32,
}

impl Clock {
    /// The moment as the local clock shows it.
    pub fn local(self) -> f64 {
        self.now + f64::from(self.offset) * 60_000.0
    }
}

/// Where an expression finds what its names mean.
pub trait Scope {
    /// The value of a name with its path: `Null` where nothing has it, `Undefined` for a question without an answer.
    fn value(&self, path: &str) -> Value;
    /// The clock.
    fn clock(&self) -> Clock;
    /// Whether everything in a page or panel is answered well.
    fn is_ready(&self, _container: &str) -> bool {
        false
    }
    /// Whether the order of a value's elements counts when it is compared, as it does for a ranking.
    fn in_order(&self, _path: &str) -> bool {
        false
    }
    /// The words that stand for a question's answer, or for `value` in its place.
    fn display(&self, _question: &str, _value: Option<&Value>) -> Value {
        Value::Undefined
    }
}

/// What an expression comes to.
pub fn run(expression: &Expression, scope: &dyn Scope) -> Value {
    match part(&expression.root, scope) {
        // Zero has no sign here.
        Value::Number(number) => Value::Number(number + 0.0),
        value => value,
    }
}

/// Whether a condition holds.
pub fn holds(expression: &Expression, scope: &dyn Scope) -> bool {
    part(&expression.root, scope).is_yes()
}

/// Whether a condition of a questionnaire holds: nothing but `true` will do.
pub fn is_met(expression: &Expression, scope: &dyn Scope) -> bool {
    part(&expression.root, scope) == Value::Bool(true)
}

/// What a part of an expression comes to.
pub(crate) fn part(part_of: &Part, scope: &dyn Scope) -> Value {
    match part_of {
        Part::Literal(value) => value.clone(),
        Part::Variable { name, convert } => variable(scope.value(name), *convert),
        Part::List(parts) => Value::List(parts.iter().map(|one| part(one, scope)).collect()),
        Part::Call { name, given } => functions::call(name, given, scope),
        Part::One(operator, inner) => one(*operator, &part(inner, scope)),
        Part::Two(operator @ (Operator::Equal | Operator::NotEqual), left, right) if ranks(left, scope) || ranks(right, scope) => {
            let manner = Manner { any_order: false, ..LOOSE };
            Value::Bool(same(&part(left, scope), &part(right, scope), manner) == (*operator == Operator::Equal))
        }
        Part::Two(operator, left, right) => two(*operator, part(left, scope), part(right, scope)),
    }
}

fn ranks(side: &Part, scope: &dyn Scope) -> bool {
    matches!(side, Part::Variable { name, .. } if scope.in_order(name))
}

fn variable(value: Value, convert: bool) -> Value {
    match value {
        Value::Text(text) if convert => match as_number(&text) {
            Some(number) => Value::Number(number),
            None if text.eq_ignore_ascii_case("true") => Value::Bool(true),
            None if text.eq_ignore_ascii_case("false") => Value::Bool(false),
            None => Value::Text(text),
        },
        other => other,
    }
}

fn one(operator: Unary, value: &Value) -> Value {
    Value::Bool(match operator {
        Unary::Not => !value.is_true(),
        Unary::Empty => value.is_empty(),
        Unary::NotEmpty => !value.is_empty(),
    })
}

fn two(operator: Operator, left: Value, right: Value) -> Value {
    match operator {
        Operator::Equal => Value::Bool(equal(&left, &right)),
        Operator::NotEqual => Value::Bool(!equal(&left, &right)),
        Operator::Less => Value::Bool(ordered(&left, &right, Ordering::Less, false)),
        Operator::LessOrEqual => Value::Bool(ordered(&left, &right, Ordering::Less, true)),
        Operator::Greater => Value::Bool(ordered(&left, &right, Ordering::Greater, false)),
        Operator::GreaterOrEqual => Value::Bool(ordered(&left, &right, Ordering::Greater, true)),
        Operator::Contains => Value::Bool(contains(&left, &right)),
        Operator::NotContains => Value::Bool(contains_not(&left, &right)),
        Operator::AnyOf => Value::Bool(any_of(&left, &right)),
        Operator::AllOf => Value::Bool(all_of(&left, &right)),
        Operator::NoneOf => Value::Bool(!any_of(&left, &right)),
        _ => {
            let left = for_sums(left, &right);
            let right = for_sums(right, &left);
            match operator {
                Operator::Or => {
                    if left.is_true() {
                        left
                    } else {
                        right
                    }
                }
                Operator::And => {
                    if left.is_true() {
                        right
                    } else {
                        left
                    }
                }
                _ => arithmetic(operator, left, right),
            }
        }
    }
}

/// In a comparison the text `undefined` means that nothing was said.
fn equal(left: &Value, right: &Value) -> bool {
    let plain = |value: &Value| if value.as_text() == Some("undefined") { Value::Undefined } else { value.clone() };
    same(&plain(left), &plain(right), LOOSE)
}

fn ordered(left: &Value, right: &Value, wanted: Ordering, or_equal: bool) -> bool {
    order(left, right) == Some(wanted) || or_equal && equal(left, right)
}

fn contains(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(list), Value::List(wanted)) => !list.is_empty() && wanted.iter().all(|one| has(list, one)),
        (Value::List(list), one) => has(list, one),
        (Value::Undefined | Value::Null, _) => false,
        (Value::Text(text), _) if text.is_empty() => false,
        (text, wanted) => wanted.is_true() && text.to_text().to_lowercase().contains(&wanted.to_text().to_lowercase()),
    }
}

fn contains_not(left: &Value, right: &Value) -> bool {
    match left {
        Value::List(_) => !contains(left, right),
        _ if !left.is_true() && !right.is_empty() => true,
        Value::Undefined | Value::Null => false,
        Value::Text(text) if text.is_empty() => false,
        _ => right.is_true() && !contains(left, right),
    }
}

fn has(list: &[Value], wanted: &Value) -> bool {
    list.iter().any(|one| equal(one, wanted))
}

fn any_of(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (_, right) if right.is_empty() => true,
        (left, _) if left.is_empty() => false,
        (Value::List(list), Value::List(wanted)) => wanted.iter().any(|one| has(list, one)),
        (Value::List(list), one) => has(list, one),
        (one, Value::List(wanted)) => has(wanted, one),
        _ => contains(right, left),
    }
}

fn all_of(left: &Value, right: &Value) -> bool {
    match right {
        Value::List(wanted) => wanted.iter().all(|one| contains(left, one)),
        _ => contains(left, right),
    }
}

/// Nothing counts as zero beside a number, as an empty text beside a text, as an empty list beside a list.
fn for_sums(value: Value, beside: &Value) -> Value {
    match (&value, beside) {
        _ if !value.is_empty() => value,
        (Value::Text(_), Value::Number(_)) => Value::Number(0.0),
        (Value::Text(_), _) => value,
        (_, Value::Text(_)) => Value::Text(String::new()),
        (_, Value::List(_)) => Value::List(Vec::new()),
        _ => Value::Number(0.0),
    }
}

fn arithmetic(operator: Operator, left: Value, right: Value) -> Value {
    let (one, other) = (left.to_number(), right.to_number());
    match operator {
        Operator::Plus => plus(left, right),
        Operator::Minus => Value::Number(tidy(one - other, decimals(one).max(decimals(other)))),
        Operator::Times => Value::Number(tidy(one * other, decimals(one) + decimals(other))),
        Operator::Divide | Operator::Modulo if !right.is_true() => Value::Null,
        Operator::Divide => Value::Number(one / other),
        Operator::Modulo => Value::Number(one % other),
        _ if other.is_nan() || one.abs() == 1.0 && other.is_infinite() => Value::Number(f64::NAN),
        _ => Value::Number(one.powf(other)),
    }
}

/// Numbers add up; lists join; everything else becomes a text.
pub(crate) fn plus(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Number(one), Value::Number(other)) => Value::Number(add(one, other)),
        (Value::List(mut list), Value::List(more)) => {
            list.extend(more);
            list.truncate(MOST_ELEMENTS);
            Value::List(list)
        }
        (Value::List(list), Value::Number(number)) | (Value::Number(number), Value::List(list)) if list.len() != 1 => {
            Value::Number(list.iter().filter(|one| matches!(one, Value::Number(_))).map(Value::to_number).fold(number, add))
        }
        (Value::Bool(one), Value::Bool(other)) => Value::Number(f64::from(u8::from(one) + u8::from(other))),
        (left @ (Value::Bool(_) | Value::Number(_)), right @ (Value::Bool(_) | Value::Number(_))) => {
            Value::Number(add(left.to_number(), right.to_number()))
        }
        (left, right) => {
            let mut text = beside_text(&left, &right);
            text.push_str(&beside_text(&right, &left));
            cut(&mut text);
            Value::Text(text)
        }
    }
}

/// A list beside a text is read aloud with a space after each comma.
fn beside_text(value: &Value, beside: &Value) -> String {
    match (value, beside) {
        (Value::List(list), Value::Text(_)) => list.iter().map(Value::to_text).collect::<Vec<_>>().join(", "),
        _ => value.to_text(),
    }
}

fn cut(text: &mut String) {
    if text.len() > MOST_TEXT {
        let end = (0..=MOST_TEXT).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
}

/// `0.1 + 0.2` is `0.3`.
pub(crate) fn add(one: f64, other: f64) -> f64 {
    tidy(one + other, decimals(one).max(decimals(other)))
}

fn decimals(number: f64) -> usize {
    let text = text_of(number);
    let (digits, power) = text.split_once('e').unwrap_or((text.as_str(), "0"));
    let after = digits.split_once('.').map_or(0, |(_, after)| after.len() as i64);
    (after - power.parse::<i64>().unwrap_or(0)).clamp(0, 100) as usize
}

fn tidy(number: f64, decimals: usize) -> f64 {
    if decimals == 0 || decimals > 20 || !number.is_finite() { number } else { format!("{number:.decimals$}").parse().unwrap_or(number) }
}
