//! The recorded cases of survey-core, where they are, and the runs over our own definitions.

use questionnaire::conformance::{alike, compare, decode};
use questionnaire::evaluate::Clock;
use questionnaire::json::{Node, read};
use questionnaire::value::{Map, Value};
use questionnaire::{Definition, Run, State, date};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/data")
}

#[test]
fn recorded_cases_of_survey_core_come_out_the_same() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/questionnaires/conformance");
    let folder = std::env::var("FILO_CONFORMANCE_DIR").map_or_else(|_| beside(), PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: {} is not there", folder.display());
        return;
    }
    let outcome = compare(|file| std::fs::read_to_string(folder.join(file)).ok()).unwrap();
    let ((good, all), (same, traces)) = (outcome.expressions, outcome.traces);
    let said = outcome.differences.join("\n");
    assert!(all > 0 && traces > 0, "no cases in {}", folder.display());
    assert_eq!(good, all, "{said}");
    assert!(same * 100 >= traces * 99, "{same} of {traces} traces: {said}");
}

#[test]
fn our_own_definitions_run_as_survey_core_runs_them() {
    let traces = read(&std::fs::read_to_string(data().join("traces.json")).unwrap()).unwrap();
    let mut snapshots = 0;
    for trace in traces.elements() {
        let file = trace.get("definition").and_then(Node::text).unwrap();
        let text = std::fs::read_to_string(data().join(file)).unwrap();
        Definition::checked(&text).unwrap();
        // Recorded without what the engine does more: one answer is longer than its field allows.
        let definition = Definition::lenient(&text).unwrap();
        let mut run = Run::begin(Arc::new(definition), Clock { now: date::read("2026-08-01T10:00Z", 0), offset: 0 }, "");
        for step in trace.get("steps").unwrap().elements() {
            perform(&mut run, step);
            let wanted = decode(step.get("after").unwrap().value());
            let found = own_words(shown(&run, wanted.member("questions").unwrap()), &text);
            let wanted = own_words(wanted, &text);
            let name = trace.get("id").and_then(Node::text).unwrap();
            assert!(alike(&wanted, &found), "{name} after {:?}:\nwanted {wanted:?}\nfound  {found:?}", step.get("op").unwrap().value());
            snapshots += 1;
        }
    }
    assert_eq!(snapshots, 94);
}

/// Without the words of the engine itself: in Italian it speaks in ours. Those of the definition stay.
fn own_words(value: Value, definition: &str) -> Value {
    match value {
        Value::Object(map) if map.contains_key("type") && map.get("text").is_some_and(|text| !definition.contains(&text.to_text())) => {
            Value::Object(map.into_iter().filter(|(key, _)| key != "text").collect())
        }
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, one)| (key, own_words(one, definition))).collect()),
        Value::List(list) => Value::List(list.into_iter().map(|one| own_words(one, definition)).collect()),
        other => other,
    }
}

fn perform(run: &mut Run, step: &Node) {
    let returned = step.get("returned").map(Node::value);
    let answer = match step.get("op").unwrap().value() {
        Value::Null => return,
        Value::List(answer) => {
            let name = answer[0].to_text();
            match name.strip_prefix('#') {
                Some(name) => run.comment_with(name, &answer[1].to_text()),
                None => run.answer_with(&name, answer[1].clone()),
            }
            return;
        }
        Value::Text(what) if what == "next" => run.next_page(),
        Value::Text(what) if what == "prev" => run.previous_page(),
        Value::Text(what) if what == "complete" => run.complete(),
        Value::Text(what) => {
            let language = what.strip_prefix("locale:").expect("an operation that is known");
            run.speak(if language == "default" { "" } else { language });
            return;
        }
        other => panic!("an operation that is unknown: {other:?}"),
    };
    let wanted = returned.unwrap_or(Value::Bool(answer));
    assert_eq!(wanted, Value::Bool(answer), "{:?} on {:?}", step.get("op").map(Node::value), run.page_name());
}

/// The run as the recording shows it: the questions of the page alone.
fn shown(run: &Run, recorded: &Value) -> Value {
    let names: Vec<&String> = recorded.as_object().unwrap().keys().collect();
    let questions = run.all_questions().into_iter().filter(|question| names.contains(&&question.name)).map(question);
    let state = match run.state() {
        State::Completed => "completed",
        _ => "running",
    };
    let texts = run.page_names().into_iter().map(Value::from).collect();
    Value::Object(Map::from([
        ("state".into(), Value::from(state)),
        ("page".into(), run.page_name().map_or(Value::Null, Value::from)),
        ("pageTitle".into(), Value::Text(run.shown_page().0)),
        ("visiblePages".into(), Value::List(texts)),
        ("questions".into(), Value::Object(questions.collect())),
        ("calculated".into(), Value::Object(run.calculated())),
        ("data".into(), Value::Object(run.data())),
    ]))
}

fn question(view: questionnaire::run::QuestionView) -> (String, Value) {
    let mut seen = Map::from([("v".to_owned(), Value::Bool(view.visible))]);
    if view.visible {
        seen.insert("title".into(), Value::Text(view.title));
        if view.required {
            seen.insert("req".into(), Value::Bool(true));
        }
        let item = |key: &str, one: questionnaire::run::ChoiceView| {
            Value::Object(Map::from([(key.to_owned(), one.value), ("text".into(), Value::Text(one.text))]))
        };
        if !view.choices.is_empty() && view.kind != questionnaire::definition::Kind::Matrix {
            seen.insert("choices".into(), Value::List(view.choices.into_iter().map(|one| item("value", one)).collect()));
        }
        if !view.rows.is_empty() {
            seen.insert("rows".into(), Value::List(view.rows.into_iter().map(|row| item("name", row)).collect()));
        }
        if !view.value.is_empty() {
            seen.insert("value".into(), view.value);
        }
        let issue = |one: questionnaire::run::Issue| {
            Value::Object(Map::from([("type".into(), Value::from(one.kind.name())), ("text".into(), Value::Text(one.text))]))
        };
        if !view.issues.is_empty() {
            seen.insert("errors".into(), Value::List(view.issues.into_iter().map(issue).collect()));
        }
    }
    (view.name, Value::Object(seen))
}
