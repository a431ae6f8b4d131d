//! Input that is large, deep, circular or wrong: refused, or worked out within bounds. Nothing here may panic or go on for ever.

use questionnaire::evaluate::Clock;
use questionnaire::syntax::Expression;
use questionnaire::{Definition, Run, State, Value};
use std::sync::Arc;

fn begin(text: &str) -> Run {
    let definition = Definition::lenient(text).unwrap();
    Run::begin(Arc::new(definition), Clock::default(), "")
}

fn refused(text: &str) -> String {
    let found = Definition::checked(text).unwrap_err();
    found.first().unwrap().to_string()
}

#[test]
fn ten_megabytes_are_refused_unread() {
    let long = format!(r#"{{"title": "{}"}}"#, "x".repeat(10 * 1024 * 1024));
    assert_eq!(refused(&long), "1:1: a shorter text expected");
    assert!(Definition::lenient(&long).is_err());
}

#[test]
fn ten_thousand_questions_are_too_many_for_a_town_and_still_run() {
    let question = |at: usize| format!(r#"{{"type": "text", "name": "q{at}", "visibleIf": "{{q{}}} notempty"}}"#, at.saturating_sub(1));
    let all: Vec<String> = (0..10_000).map(question).collect();
    let text = format!(r#"{{"elements": [{}]}}"#, all.join(","));
    assert!(refused(&text).contains("more than 1000 pages, panels and questions"));
    let mut run = begin(&text);
    run.answer_with("q0", Value::from("yes"));
    assert_eq!(run.state(), State::Running);
    assert_eq!(run.shown_page().1.len(), 2);
}

#[test]
fn two_hundred_panels_inside_each_other_are_refused() {
    let text = format!("{{\"elements\": [{}{}]}}", r#"{"type": "panel", "name": "p", "elements": ["#.repeat(200), "]}".repeat(200));
    assert!(refused(&text).contains("fewer arrays and objects inside each other"));
}

#[test]
fn arrays_without_end_do_not_fill_the_stack() {
    assert!(Definition::lenient(&"[".repeat(1_000_000)).is_err());
    assert!(Definition::lenient(&"{\"a\":".repeat(1_000_000)).is_err());
}

#[test]
fn expression_bombs_are_refused() {
    assert!(Expression::read(&"(".repeat(9_000)).is_err());
    assert!(Expression::read(&"!".repeat(9_000)).is_err());
    assert!(Expression::read(&"[".repeat(9_000)).is_err());
    assert!(Expression::read(&"iif(".repeat(2_000)).is_err());
    assert!(Expression::read(&format!("1{}", "+1".repeat(4_000))).is_err());
    assert!(Expression::read(&format!("'{}'", "x".repeat(20_000))).is_err());
    assert!(Expression::read(&format!("1{}", "+1".repeat(300))).is_ok());
}

#[test]
fn texts_that_double_each_other_stay_short() {
    let doubled: Vec<String> =
        (1..60).map(|at| format!(r#"{{"name": "c{at}", "expression": "{{c{}}} + {{c{}}}"}}"#, at - 1, at - 1)).collect();
    let text = format!(r#"{{"calculatedValues": [{{"name": "c0", "expression": "'ab'"}}, {}], "elements": []}}"#, doubled.join(","));
    let run = begin(&text);
    assert!(run.calculated()["c59"].to_text().len() <= 64 * 1024);
    let text = text.replace("'ab'", "[1, 2]");
    assert!(begin(&text).calculated()["c59"].as_list().unwrap().len() <= 10_000);
}

#[test]
fn pattern_bombs_are_refused_or_answered_at_once() {
    let of = |pattern: &str| {
        format!(r#"{{"elements": [{{"type": "text", "name": "a", "validators": [{{"type": "regex", "regex": "{pattern}"}}]}}]}}"#)
    };
    assert!(refused(&of("(a{1,1000}){1,1000}")).contains("cannot be read or is too large"));
    assert!(refused(&of("(unclosed")).contains("cannot be read or is too large"));
    let mut run = begin(&of("^(a+)+$"));
    run.answer_with("a", Value::Text(format!("{}!", "a".repeat(50_000))));
    assert!(!run.check_all());
}

#[test]
fn conditions_and_values_that_go_in_circles_end() {
    let mut run = begin(
        r#"{"clearInvisibleValues": "onHidden", "calculatedValues": [{"name": "x", "expression": "{y} + 1"}, {"name": "y", "expression": "{x} + 1"}],
        "elements": [{"type": "text", "name": "a", "visibleIf": "{b} empty", "defaultValue": 1},
                     {"type": "text", "name": "b", "visibleIf": "{a} empty", "defaultValueExpression": "{a}"},
                     {"type": "text", "name": "c", "setValueExpression": "{d} + 1"}, {"type": "text", "name": "d", "setValueExpression": "{c} + 1"},
                     {"type": "text", "name": "e", "setValueExpression": "{f} + {d}"}, {"type": "text", "name": "f", "setValueExpression": "{e} + {c}"}],
        "triggers": [{"type": "setvalue", "expression": "{g} notempty", "setToName": "h", "setValue": 1},
                     {"type": "runexpression", "expression": "{h} notempty", "setToName": "g", "runExpression": "{h} + {g}"}]}"#,
    );
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        run.answer_with(name, Value::from(2.0));
    }
    assert_eq!(run.state(), State::Running);
}

#[test]
fn many_formulas_that_set_each_other_off_end() {
    let formula = |at: usize| {
        let others: Vec<String> = (0..12).filter(|other| *other != at).map(|other| format!("{{q{other}}}")).collect();
        format!(r#"{{"type": "text", "name": "q{at}", "setValueExpression": "sum({}, 1)"}}"#, others.join(", "))
    };
    let all: Vec<String> = (0..12).map(formula).collect();
    let mut run = begin(&format!(r#"{{"elements": [{}]}}"#, all.join(",")));
    run.answer_with("q0", Value::from(1.0));
    assert_eq!(run.state(), State::Running);
}

#[test]
fn names_twice_and_choices_twice_run_all_the_same() {
    let mut run = begin(
        r#"{"elements": [{"type": "text", "name": "a", "title": {"de": "A"}}, {"type": "checkbox", "name": "a", "choices": [1, 1, "1"]},
        {"type": "nothing"}, {"name": 7}, 5, null, {"type": "panel"}, {"type": "dropdown", "name": "", "choices": [null, [], {}]}], "pages": 3, "triggers": {}}"#,
    );
    run.answer_with("a", Value::List(vec![Value::from(1.0)]));
    assert_eq!(run.all_questions().len(), 4);
    assert!(run.complete());
}
