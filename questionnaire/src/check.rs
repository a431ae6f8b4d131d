//! Checks a town's own definition against the closed profile: what is unknown or wrong is refused with its place and a hint.

use crate::check_meaning::meaning;
use crate::definition::Definition;
use crate::json::{self, Kind, Node, Place};
use crate::profile::{Object, Properties, Shape, nearest, of_object, types};
use crate::syntax::Expression;
use crate::value::Value;
use std::fmt;

/// Something that is wrong in a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// What may have been meant; empty where nobody can say.
    pub hint: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.place, self.what)?;
        if self.hint.is_empty() { Ok(()) } else { write!(out, " ({})", self.hint) }
    }
}

pub(crate) fn finding(place: Place, what: impl Into<String>, hint: impl Into<String>) -> Finding {
    Finding { place, what: what.into(), hint: hint.into() }
}

impl Definition {
    /// Takes a definition that keeps to the profile, and nothing else.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the text.
    pub fn checked(text: &str) -> Result<Self, Vec<Finding>> {
        let root = json::read(text).map_err(|broken| vec![finding(broken.place, format!("{} expected", broken.expected), "")])?;
        Self::checked_in(&root)
    }

    /// The same for a definition that stands inside a larger text: places are those of that text.
    ///
    /// # Errors
    /// All that is wrong with it, in the order of the text.
    pub fn checked_in(root: &Node) -> Result<Self, Vec<Finding>> {
        let mut found = Vec::new();
        object(root, Object::Survey, &mut found);
        let mut definition = Self::of(root);
        definition.strict = true;
        meaning(&definition, &mut found);
        found.sort_by_key(|one| one.place);
        if found.is_empty() { Ok(definition) } else { Err(found) }
    }
}

fn object(node: &Node, what: Object, found: &mut Vec<Finding>) {
    if !matches!(node.kind, Kind::Object(_)) {
        found.push(finding(node.place, "an object is expected here", ""));
        return;
    }
    let key = if what == Object::Column { "cellType" } else { "type" };
    let kind = node.get(key).and_then(json::Node::text).unwrap_or_default();
    let Some(known) = of_object(what, kind) else {
        let place = node.get(key).map_or(node.place, |node| node.place);
        let hint = nearest(kind, types(what).into_iter()).map(|one| format!("is \"{one}\" meant?"));
        let all = || format!("there are {}", types(what).join(", "));
        let said = if kind.is_empty() { "a type is missing".to_owned() } else { format!("the type \"{kind}\" is unknown") };
        found.push(finding(place, said, hint.unwrap_or_else(all)));
        return;
    };
    let wants_name = matches!(what, Object::Element | Object::Item | Object::Column);
    if wants_name && node.get("name").and_then(json::Node::text).is_none_or(str::is_empty) {
        found.push(finding(node.place, "a name is missing", ""));
    }
    for (at, (name, place, value)) in node.members().iter().enumerate() {
        if node.members()[..at].iter().any(|(other, _, _)| other == name) {
            found.push(finding(*place, format!("\"{name}\" stands here twice"), ""));
        }
        match shape_of(&known, name) {
            Some(shape) => property(name, value, shape, found),
            None => found.push(unknown(&known, name, *place, kind)),
        }
    }
}

fn shape_of(known: &[Properties], name: &str) -> Option<Shape> {
    known.iter().rev().flat_map(|some| some.iter()).find(|(one, _)| *one == name).map(|(_, shape)| *shape)
}

fn unknown(known: &[Properties], name: &str, place: Place, kind: &str) -> Finding {
    let names = known.iter().flat_map(|some| some.iter()).map(|(name, _)| *name);
    let hint = nearest(name, names).map(|one| format!("is \"{one}\" meant?")).unwrap_or_default();
    let of = if kind.is_empty() { String::new() } else { format!(" for \"{kind}\"") };
    finding(place, format!("the property \"{name}\" is unknown{of}"), hint)
}

fn property(name: &str, node: &Node, shape: Shape, found: &mut Vec<Finding>) {
    let mut wrong = |what: &str| found.push(finding(node.place, format!("\"{name}\" wants {what}"), ""));
    match (shape, &node.kind) {
        (Shape::Flag, Kind::Scalar(Value::Bool(_))) | (Shape::Number, Kind::Scalar(Value::Number(_))) | (Shape::Any, _) => {}
        (Shape::Flag, _) => wrong("true or false"),
        (Shape::Number, _) => wrong("a number"),
        (Shape::Text, Kind::Scalar(Value::Text(text))) if text.trim() == text && !text.is_empty() => {}
        (Shape::Text, Kind::Scalar(Value::Text(_))) => wrong("a text without spaces at its ends"),
        (Shape::Text, _) => wrong("a text"),
        (Shape::OneOf(known), Kind::Scalar(Value::Text(text))) if known.contains(&text.as_str()) => {}
        (Shape::OneOf(known), _) => wrong(&format!("one of {}", known.join(", "))),
        (Shape::Words, Kind::Scalar(Value::Text(_) | Value::Number(_))) => {}
        (Shape::Words, Kind::Object(members)) if members.iter().all(|(_, _, one)| one.text().is_some()) => {}
        (Shape::Words, _) => wrong("a sentence, or one for each language"),
        (Shape::Formula, Kind::Scalar(Value::Text(text))) => formula(node.place, text, found),
        (Shape::Formula, Kind::Scalar(Value::Bool(_) | Value::Number(_))) => {}
        (Shape::Formula, _) => wrong("an expression"),
        (Shape::Choices, Kind::Array(items)) => items.iter().for_each(|item| choice(item, found)),
        (Shape::Choices, _) => wrong("an array of choices"),
        (Shape::Several(what), Kind::Array(items)) => items.iter().for_each(|item| object(item, what, found)),
        (Shape::Several(_), _) => wrong("an array"),
    }
}

fn choice(node: &Node, found: &mut Vec<Finding>) {
    match &node.kind {
        Kind::Object(_) => {
            object(node, Object::Choice, found);
            if node.get("value").is_none() {
                found.push(finding(node.place, "a choice wants a \"value\"", ""));
            }
        }
        Kind::Array(_) => found.push(finding(node.place, "a choice is a value or an object", "")),
        Kind::Scalar(_) => {}
    }
}

fn formula(place: Place, text: &str, found: &mut Vec<Finding>) {
    if let Err(bad) = Expression::read(text) {
        found.push(finding(place, format!("the expression `{}` cannot be read: {bad}", shortened(text)), ""));
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() > 80 { format!("{}…", text.chars().take(80).collect::<String>()) } else { text.to_owned() }
}
