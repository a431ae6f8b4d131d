//! The smaller parts of a definition: choices, steps of a rating, validators, triggers.

use crate::definition::{Choice, Rule, Then, Trigger, Validator};
use crate::json::{Kind, Node};
use crate::reading::{flag, formula, list, number, text, words};
use crate::value::Value;
use crate::words::Words;
use regex_lite::RegexBuilder;

/// Steps of a rating that says nothing about them.
const MOST_RATES: f64 = 100.0;
/// Bytes that a compiled pattern may take.
const MOST_PATTERN: usize = 64 * 1024;

/// Choices, rows or columns: values, or objects with a value and its words.
pub(crate) fn choices(node: &Node, key: &str) -> Vec<Choice> {
    list(node, key).iter().map(choice).collect()
}

fn choice(node: &Node) -> Choice {
    let value = node.get("value").or_else(|| node.get("name"));
    match (&node.kind, value) {
        (Kind::Object(_), Some(value)) => Choice {
            place: node.place,
            value: value.value(),
            text: words(node, "text"),
            visible_if: formula(node, "visibleIf"),
            enable_if: formula(node, "enableIf"),
            picture: text(node, "imageLink").unwrap_or_default().to_owned(),
            comment: flag(node, "showCommentArea", false),
        },
        _ => match node.value() {
            Value::Text(written) if written.contains('|') => {
                let (value, said) = written.split_once('|').unwrap_or((&written, ""));
                let said = Node { place: node.place, kind: Kind::Scalar(Value::from(said)) };
                Choice { place: node.place, value: Value::from(value), text: Words::read(&said), ..Choice::default() }
            }
            value => Choice { place: node.place, value, ..Choice::default() },
        },
    }
}

/// The steps of a rating: named ones, or numbers from the smallest to the largest.
pub(crate) fn rates(node: &Node) -> Vec<Choice> {
    let named = choices(node, "rateValues");
    if !named.is_empty() {
        return named;
    }
    let (min, step) = (number(node, "rateMin", 1.0), number(node, "rateStep", 1.0).max(0.1));
    let count = number(node, "rateCount", 5.0).max(2.0);
    let max = if node.get("rateMax").is_some() { number(node, "rateMax", 5.0) } else { min + step * (count - 1.0) };
    let count = (((max - min) / step).floor() + 1.0).clamp(0.0, MOST_RATES) as usize;
    (0..count).map(|at| Choice { place: node.place, value: Value::Number(min + step * at as f64), ..Choice::default() }).collect()
}

pub(crate) fn validators(node: &Node) -> Vec<Validator> {
    list(node, "validators").iter().filter_map(validator).collect()
}

fn validator(node: &Node) -> Option<Validator> {
    let bound = |key: &str| node.get(key).map(|node| node.value().to_number()).filter(|number| !number.is_nan());
    let count = |key: &str| number(node, key, 0.0).max(0.0) as usize;
    let rule = match text(node, "type")? {
        "numeric" => Rule::Numeric(bound("minValue"), bound("maxValue")),
        "text" => Rule::Text(count("minLength"), count("maxLength"), flag(node, "allowDigits", true)),
        "regex" => {
            let pattern = text(node, "regex").unwrap_or_default();
            let small = flag(node, "caseInsensitive", false) || flag(node, "insensitive", false);
            let read = RegexBuilder::new(pattern).case_insensitive(small).size_limit(MOST_PATTERN).nest_limit(50).build();
            Rule::Regex(read.ok(), pattern.to_owned())
        }
        "email" => Rule::Email,
        "answercount" => Rule::AnswerCount(count("minCount"), count("maxCount")),
        "expression" => Rule::Expression(formula(node, "expression")),
        _ => return None,
    };
    let only_hint = matches!(text(node, "notificationType"), Some("warning" | "info"));
    Some(Validator { place: node.place, rule, text: words(node, "text"), only_hint })
}

pub(crate) fn reading_triggers(root: &Node) -> Vec<Trigger> {
    list(root, "triggers").iter().filter_map(trigger).collect()
}

fn trigger(node: &Node) -> Option<Trigger> {
    let name = |key: &str| text(node, key).unwrap_or_default().to_owned();
    let then = match text(node, "type")? {
        "complete" => Then::Complete,
        "setvalue" => Then::Set(name("setToName"), node.get("setValue").map(Node::value).unwrap_or_default()),
        "copyvalue" => Then::Copy(name("fromName"), name("setToName")),
        "runexpression" => Then::Run(formula(node, "runExpression"), Some(name("setToName")).filter(|name| !name.is_empty())),
        "skip" => Then::Skip(name("gotoName")),
        _ => return None,
    };
    Some(Trigger { place: node.place, when: formula(node, "expression"), then })
}
