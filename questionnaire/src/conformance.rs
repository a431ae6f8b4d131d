//! Recorded cases of survey-core, held against this crate: expressions with their results, definitions with what is seen after each operation.

use crate::evaluate::{Clock, Scope, holds, run};
use crate::json::{Node, read_within};
use crate::syntax::Expression;
use crate::value::{Map, Value};
use crate::{Definition, Run, State, date, names};
use std::fmt::Write;
use std::sync::Arc;

/// What was compared and what was different.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Expressions that came to the recorded result, of how many.
    pub expressions: (usize, usize),
    /// Traces that were the same in every step, of how many.
    pub traces: (usize, usize),
    /// Each difference, with its reason.
    pub differences: Vec<String>,
}

/// The clock of the recordings: 15 January 2026, 10:00 UTC.
fn clock() -> Clock {
    Clock { now: date::read("2026-01-15T10:00Z", 0), offset: 0 }
}

/// Compares the cases of two files, `expr-cases.json` and `survey-traces.json`; `text` gives the text of a file, none where it is not there.
///
/// # Errors
/// When a file is no JSON.
pub fn compare(text: impl Fn(&str) -> Option<String>) -> Result<Outcome, String> {
    let mut outcome = Outcome::default();
    for case in cases("expr-cases.json", &text)? {
        let difference = expression(&case);
        outcome.expressions.0 += usize::from(difference.is_none());
        outcome.expressions.1 += 1;
        outcome.differences.extend(difference);
    }
    for case in cases("survey-traces.json", &text)? {
        let difference = trace(&case);
        outcome.traces.0 += usize::from(difference.is_none());
        outcome.traces.1 += 1;
        outcome.differences.extend(difference);
    }
    Ok(outcome)
}

fn cases(file: &str, text: impl Fn(&str) -> Option<String>) -> Result<Vec<Node>, String> {
    let Some(text) = text(file) else { return Ok(Vec::new()) };
    let root = read_within(&text, usize::MAX).map_err(|bad| format!("{file}:{}: {} expected", bad.place, bad.expected))?;
    Ok(root.get("cases").map(|cases| cases.elements().to_vec()).unwrap_or_default())
}

/// Values that JSON lacks travel as objects with a key `$`.
pub fn decode(value: Value) -> Value {
    let said = |map: &Map| map.get("v").and_then(Value::as_text).unwrap_or_default().to_owned();
    match value {
        Value::List(list) => Value::List(list.into_iter().map(decode).collect()),
        Value::Object(map) => match map.get("$").and_then(Value::as_text) {
            Some("undefined") => Value::Undefined,
            Some("date") => Value::Date(date::read(&said(&map), 0)),
            Some("number") => Value::Number(match said(&map).as_str() {
                "Infinity" => f64::INFINITY,
                "-Infinity" => f64::NEG_INFINITY,
                _ => f64::NAN,
            }),
            _ => Value::Object(map.into_iter().map(|(key, one)| (key, decode(one))).collect()),
        },
        other => other,
    }
}

/// The same value, NaN included.
pub fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) | (Value::Date(one), Value::Date(other)) => {
            one == other || one.is_nan() && other.is_nan()
        }
        (Value::List(one), Value::List(other)) => one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other)),
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len() && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| alike(one, other)))
        }
        _ => one == other,
    }
}

struct Given(Map);

impl Scope for Given {
    fn value(&self, path: &str) -> Value {
        match names::in_map(&self.0, path) {
            Value::Undefined => Value::Null,
            found => found,
        }
    }
    fn clock(&self) -> Clock {
        clock()
    }
    fn display(&self, _question: &str, _value: Option<&Value>) -> Value {
        Value::Bool(false)
    }
}

fn text<'a>(case: &'a Node, key: &str) -> &'a str {
    case.get(key).and_then(Node::text).unwrap_or_default()
}

fn expression(case: &Node) -> Option<String> {
    let values = case.get("values").map(|node| decode(node.value()));
    let scope = Given(values.and_then(|value| value.as_object().cloned()).unwrap_or_default());
    let wanted = case.get("result").map(|node| decode(node.value())).unwrap_or_default();
    let read = Expression::read(text(case, "expr"));
    let found = match (&read, text(case, "kind")) {
        (Ok(read), "condition") => Value::Bool(holds(read, &scope)),
        (Ok(read), _) => run(read, &scope),
        (Err(_), "condition") => Value::Bool(false),
        (Err(_), _) => Value::Null,
    };
    if alike(&found, &wanted) {
        return None;
    }
    Some(format!("{} `{}` over {:?}: {wanted:?} expected, {found:?} found", text(case, "id"), text(case, "expr"), scope.0))
}

fn trace(case: &Node) -> Option<String> {
    let definition = Arc::new(Definition::of(case.get("json")?));
    let mut run = Run::begin(definition, clock(), "");
    for (at, step) in case.get("steps")?.elements().iter().enumerate() {
        let op = step.get("op").map(Node::value).unwrap_or_default();
        perform(&mut run, op.as_list().unwrap_or_default());
        let wanted = decode(step.get("s").map(Node::value).unwrap_or_default());
        let found = snapshot(&run);
        if let Some(why) = different(&wanted, &found, "") {
            return Some(format!("{} \"{}\" step {at} {}:{why}", text(case, "id"), text(case, "test"), op.to_text()));
        }
    }
    None
}

fn perform(run: &mut Run, op: &[Value]) {
    let [what, given @ ..] = op else { return };
    let given: Vec<Value> = given.iter().cloned().map(decode).collect();
    let first = given.first().cloned().unwrap_or_default();
    let name = first.to_text();
    let second = given.get(1).cloned().unwrap_or_default();
    match what.as_text().unwrap_or_default() {
        "setValue" => run.answer_with(&name, second),
        "setVariable" => run.set_variable(&name, second),
        "setComment" => run.comment_with(&name, second.as_text().unwrap_or_default()),
        "clearValue" => run.take_back(&name),
        "=data" => run.replace(first.as_object().cloned().unwrap_or_default()),
        "=locale" => run.speak(&name),
        "=currentPageNo" => run.open_page(first.to_number().max(-1.0) as usize),
        "nextPage" => drop(run.next_page()),
        "prevPage" => drop(run.previous_page()),
        "tryComplete" => drop(run.complete()),
        "doComplete" => run.finish(),
        "showPreview" => drop(run.preview()),
        "cancelPreview" => drop(run.leave_preview()),
        "start" => drop(run.start()),
        "validate" if first != Value::Bool(false) => drop(run.check_all()),
        "clearIncorrectValues" => run.drop_incorrect(first == Value::Bool(true)),
        _ => {}
    }
}

/// What a recording shows of a run.
fn snapshot(run: &Run) -> Value {
    let texts = |list: Vec<&str>| Value::List(list.into_iter().map(Value::from).collect());
    let preview = run.state() == State::Preview;
    let mut seen = Map::new();
    let state = match run.state() {
        State::Empty => "empty",
        State::Starting => "starting",
        State::Running => "running",
        State::Preview => "preview",
        State::Completed => "completed",
    };
    seen.insert("state".into(), Value::from(state));
    let page = if preview { Some("preview-page") } else { run.page_name() };
    seen.insert("page".into(), page.map_or(Value::Null, Value::from));
    seen.insert("pages".into(), texts(if preview { vec!["preview-page"] } else { run.page_names() }));
    seen.insert("data".into(), Value::Object(run.data()));
    seen.insert("q".into(), Value::Object(run.all_questions().into_iter().map(question).collect()));
    let calculated = run.calculated();
    if !calculated.is_empty() {
        seen.insert("calc".into(), Value::Object(calculated));
    }
    let hidden = run.hidden_panels();
    if !hidden.is_empty() {
        seen.insert("hiddenPanels".into(), texts(hidden));
    }
    Value::Object(seen)
}

fn question(view: crate::run::QuestionView) -> (String, Value) {
    let mut seen = Map::from([("v".to_owned(), Value::Bool(view.visible))]);
    let mut put = |key: &str, value: Value, there: bool| there.then(|| seen.insert(key.to_owned(), value));
    put("ro", Value::Bool(true), view.read_only);
    put("req", Value::Bool(true), view.required);
    if view.visible {
        let kind = view.kind;
        put("title", Value::Text(view.title.clone()), view.title != view.name);
        let values = |choices: &[crate::run::ChoiceView]| Value::List(choices.iter().map(|one| one.value.clone()).collect());
        put("choices", values(&view.choices), kind.has_choices() || kind == crate::definition::Kind::Rating);
        let off: Vec<_> = view.choices.iter().filter(|one| !one.enabled).cloned().collect();
        put("disabled", values(&off), !off.is_empty());
        put("rows", values(&view.rows), kind == crate::definition::Kind::Matrix);
        let blank = matches!(&view.value, Value::Text(text) if text.trim().is_empty());
        put("value", view.value.clone(), !view.value.is_empty() && !blank);
        let issues = view.issues.iter().map(|one| Value::Text(format!("{}: {}", one.kind.name(), one.text)));
        put("errors", Value::List(issues.collect()), !view.issues.is_empty());
    }
    (view.name, Value::Object(seen))
}

/// The first place where two snapshots differ.
fn different(wanted: &Value, found: &Value, path: &str) -> Option<String> {
    if let (Value::Object(wanted), Value::Object(found)) = (wanted, found) {
        let mut said = String::new();
        for key in wanted.keys().chain(found.keys().filter(|key| !wanted.contains_key(*key))) {
            let (one, other) = (wanted.get(key).cloned().unwrap_or_default(), found.get(key).cloned().unwrap_or_default());
            if let Some(why) = different(&one, &other, &format!("{path}.{key}")) {
                let _ = write!(said, "{why}");
            }
        }
        return (!said.is_empty()).then_some(said);
    }
    (!alike(wanted, found)).then(|| format!(" {path} {wanted:?} expected, {found:?} found;"))
}
