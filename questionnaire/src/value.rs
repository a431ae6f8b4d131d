//! Values of answers and expressions, with the conversions that JavaScript makes between them.

use crate::date;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// An object: its members by name.
pub type Map = BTreeMap<String, Value>;

/// A value of an answer or of an expression. JSON has neither `Undefined` nor `Date`: the first is left out, the second is written as ISO 8601.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing was ever said.
    #[default]
    Undefined,
    /// Nothing, said so.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A number; NaN is possible inside expressions.
    Number(f64),
    /// A text.
    Text(String),
    /// A moment of the local clock, in milliseconds after the beginning of 1970; NaN where a text was no date.
    Date(f64),
    /// Several values.
    List(Vec<Value>),
    /// Values with names.
    Object(Map),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}
impl From<bool> for Value {
    fn from(answer: bool) -> Self {
        Self::Bool(answer)
    }
}

impl Value {
    /// Undefined, null, an empty text, an empty list, an object of nothing but empty members. Zero and `false` are answers.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(list) => list.is_empty(),
            Self::Object(map) => map.values().all(Self::is_empty),
            Self::Number(number) => number.is_nan(),
            _ => false,
        }
    }

    /// Undefined or null.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }

    /// What counts as true in JavaScript.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(answer) => *answer,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            _ => true,
        }
    }

    /// What a condition takes for yes: `true`, and whatever JavaScript finds loosely equal to it, such as 1.
    pub fn is_yes(&self) -> bool {
        match self {
            Self::Bool(answer) => *answer,
            Self::Undefined | Self::Null | Self::Object(_) | Self::Date(_) => false,
            other => other.to_number() == 1.0,
        }
    }

    /// The number that JavaScript makes of it; NaN where there is none.
    pub fn to_number(&self) -> f64 {
        match self {
            Self::Undefined | Self::Object(_) => f64::NAN,
            Self::Null => 0.0,
            Self::Bool(answer) => f64::from(u8::from(*answer)),
            Self::Number(number) | Self::Date(number) => *number,
            Self::Text(text) => number_of(text),
            Self::List(_) => number_of(&self.to_text()),
        }
    }

    /// The text that JavaScript makes of it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Undefined => "undefined".into(),
            Self::Null => "null".into(),
            Self::Bool(answer) => answer.to_string(),
            Self::Number(number) => text_of(*number),
            Self::Text(text) => text.clone(),
            Self::Date(moment) => date::long(*moment),
            Self::List(list) => {
                let parts: Vec<String> = list.iter().map(|one| if one.is_nothing() { String::new() } else { one.to_text() }).collect();
                parts.join(",")
            }
            Self::Object(_) => "[object Object]".into(),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Self::List(list) => Some(list),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Map> {
        match self {
            Self::Object(map) => Some(map),
            _ => None,
        }
    }

    /// A member of an object, nothing else.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.as_object().and_then(|map| map.get(name))
    }
}

/// Reads a whole text as JavaScript's `Number()` does.
pub(crate) fn number_of(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).map_or(f64::NAN, |number| number as f64);
    }
    match text.trim_start_matches(['+', '-']) {
        "Infinity" if text.len() <= 9 => {
            return if text.starts_with('-') { f64::NEG_INFINITY } else { f64::INFINITY };
        }
        digits if digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') => {}
        _ => return f64::NAN,
    }
    text.parse().unwrap_or(f64::NAN)
}

/// The number at the beginning of a text, as JavaScript's `parseFloat` finds it.
pub(crate) fn leading_number(text: &str) -> f64 {
    let text = text.trim_start();
    let mut end = 0;
    let mut digits = false;
    let mut point = false;
    for (at, one) in text.char_indices() {
        match one {
            '+' | '-' if at == 0 => {}
            '0'..='9' => digits = true,
            '.' if !point => point = true,
            _ => break,
        }
        end = at + one.len_utf8();
    }
    if !digits {
        return f64::NAN;
    }
    if let Some(power) = text[end..].strip_prefix(['e', 'E']) {
        let sign = usize::from(power.starts_with(['+', '-']));
        let count = power[sign..].bytes().take_while(u8::is_ascii_digit).count();
        if count > 0 {
            end += 1 + sign + count;
        }
    }
    text[..end].parse().unwrap_or(f64::NAN)
}

/// A number as JavaScript writes it.
pub fn text_of(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity".into() } else { "-Infinity".into() };
    }
    if number == 0.0 {
        return "0".into();
    }
    let size = number.abs();
    if (1e-6..1e21).contains(&size) {
        return format!("{number}");
    }
    let text = format!("{number:e}");
    if text.contains("e-") { text } else { text.replace('e', "e+") }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Undefined | Self::Null => out.serialize_unit(),
            Self::Bool(answer) => out.serialize_bool(*answer),
            Self::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => out.serialize_i64(*number as i64),
            Self::Number(number) if number.is_finite() => out.serialize_f64(*number),
            Self::Number(_) => out.serialize_unit(),
            Self::Text(text) => out.serialize_str(text),
            Self::Date(moment) if moment.is_nan() => out.serialize_unit(),
            Self::Date(moment) => out.serialize_str(&date::iso(*moment)),
            Self::List(list) => out.collect_seq(list),
            Self::Object(map) => out.collect_map(map.iter().filter(|(_, value)| **value != Self::Undefined)),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value of JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, answer: bool) -> Result<Value, E> {
        Ok(Value::Bool(answer))
    }
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }
    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }
    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(one) = from.next_element()? {
            list.push(one);
        }
        Ok(Value::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, one)) = from.next_entry()? {
            map.insert(key, one);
        }
        Ok(Value::Object(map))
    }
}
