//! What a page does with a run: draws it, answers, goes on, comes back.

use questionnaire::evaluate::Clock;
use questionnaire::value::{Map, Value};
use questionnaire::{Definition, Run, State, date};
use std::sync::Arc;

fn begin(text: &str) -> Run {
    let definition = Definition::checked(text).unwrap_or_else(|found| panic!("{found:?}"));
    Run::begin(Arc::new(definition), Clock { now: date::read("2026-01-15T10:00Z", 0), offset: 60 }, "it")
}

fn names(run: &Run) -> Vec<String> {
    run.shown_page().1.into_iter().map(|question| question.name).collect()
}

const PANELS: &str = r#"{"elements": [
  {"type": "paneldynamic", "name": "children", "panelCount": 1, "maxPanelCount": 2, "templateElements": [
    {"type": "text", "name": "name", "isRequired": true, "title": {"default": "Name", "it": "Nome"}},
    {"type": "text", "name": "school", "visibleIf": "{panel.name} notempty", "title": "Scuola di {panel.name}"}]},
  {"type": "expression", "name": "count", "expression": "countInArray({children}, 'name')"}]}"#;

#[test]
fn panels_are_added_answered_and_removed() {
    let mut run = begin(PANELS);
    let view = |run: &Run| run.shown_page().1[0].panels.clone();
    assert_eq!(view(&run).len(), 1);
    assert_eq!(view(&run)[0].len(), 1, "the school waits for a name");
    let key = view(&run)[0][0].key;
    assert_eq!(view(&run)[0][0].title, "Nome");
    run.answer_at(key, Value::from("Ada"));
    assert_eq!(view(&run)[0][1].title, "Scuola di Ada");
    assert_eq!(run.data()["count"], Value::from(1.0));
    assert!(run.add_panel("children"));
    assert!(!run.add_panel("children"), "two are the most");
    assert!(!run.complete(), "the second name is missing");
    assert_eq!(view(&run)[1][0].issues.len(), 1);
    assert!(run.remove_panel("children", 1));
    assert!(run.complete());
    let child = Value::Object(Map::from([("name".into(), Value::from("Ada"))]));
    assert_eq!(run.data()["children"], Value::List(vec![child]));
}

#[test]
fn rows_of_a_table_have_fields() {
    let mut run = begin(
        r#"{"elements": [{"type": "matrixdropdown", "name": "t", "rows": ["a", "b"], "columns": [
        {"name": "n", "cellType": "text", "inputType": "number", "max": 5}, {"name": "double", "cellType": "expression", "expression": "{row.n} * 2"}]}]}"#,
    );
    let table = run.shown_page().1[0].clone();
    assert_eq!(table.panels.len(), 2);
    run.answer_at(table.panels[1][0].key, Value::from(9.0));
    let row = run.data()["t"].member("b").cloned().unwrap();
    assert_eq!(row.member("double"), Some(&Value::from(18.0)));
    assert!(!run.complete());
    assert_eq!(run.shown_page().1[0].panels[1][0].issues.len(), 1);
}

#[test]
fn answers_that_were_kept_are_gone_on_with() {
    let text = r#"{"pages": [{"name": "p1", "elements": [{"type": "text", "name": "a", "defaultValue": 1}]},
        {"name": "p2", "visibleIf": "{a} = 2", "elements": [{"type": "text", "name": "b", "isRequired": true}]}]}"#;
    let mut run = begin(text);
    run.answer_with("a", Value::from(2.0));
    assert!(run.next_page());
    assert!(!run.complete());
    let definition = Arc::new(Definition::checked(text).unwrap());
    let again = Run::resume(definition, Clock::default(), "it", run.data());
    assert_eq!(again.page_names(), ["p1", "p2"]);
    assert_eq!(again.data(), run.data());
}

#[test]
fn the_answers_of_hidden_questions_stay_until_the_end() {
    let mut run =
        begin(r#"{"elements": [{"type": "boolean", "name": "more"}, {"type": "comment", "name": "what", "visibleIf": "{more} = true"}]}"#);
    run.answer_with("more", Value::from(true));
    run.answer_with("what", Value::from("words"));
    run.answer_with("more", Value::from(false));
    assert_eq!(names(&run), ["more"]);
    assert!(run.data().contains_key("what"));
    assert!(run.complete());
    assert_eq!(run.state(), State::Completed);
    assert!(!run.data().contains_key("what"));
}

#[test]
fn a_text_has_a_longest_length_for_the_engine_too() {
    let mut run = begin(r#"{"elements": [{"type": "text", "name": "a", "maxLength": 3}]}"#);
    run.answer_with("a", Value::from("four"));
    assert!(!run.complete(), "the browser's field is not the only one who counts");
    run.answer_with("a", Value::from("tre"));
    assert!(run.complete());
}

#[test]
fn days_follow_the_local_clock() {
    let text = r#"{"elements": [{"type": "text", "inputType": "date", "name": "d", "defaultValueExpression": "today()"}]}"#;
    let definition = Arc::new(Definition::checked(text).unwrap());
    let clock = Clock { now: date::read("2026-01-15T23:30Z", 0), offset: 60 };
    assert_eq!(Run::begin(definition, clock, "").data()["d"], Value::from("2026-01-16"));
}

#[test]
fn progress_is_counted_as_the_definition_says() {
    let mut run = begin(
        r#"{"progressBarType": "requiredQuestions", "elements": [{"type": "text", "name": "a", "isRequired": true},
        {"type": "text", "name": "b", "isRequired": true}, {"type": "text", "name": "c"}, {"type": "html", "name": "h", "html": "x"}]}"#,
    );
    assert_eq!(run.progress().percent(), 0);
    run.answer_with("a", Value::from("x"));
    run.answer_with("c", Value::from("x"));
    assert_eq!((run.progress().done, run.progress().all, run.progress().percent()), (1, 2, 50));
}

#[test]
fn no_page_is_left_out_at_the_end() {
    let mut run = begin(
        r#"{"pages": [{"name": "a", "elements": [{"type": "text", "name": "x", "isRequired": true}]}, {"name": "b", "elements": [{"type": "text", "name": "y"}]}]}"#,
    );
    run.open_page(1);
    assert!(!run.complete());
    assert_eq!(run.page_name(), Some("a"));
    assert_eq!(run.shown_page().1[0].issues.len(), 1);
    run.answer_with("x", Value::from("words"));
    assert!(run.complete());
}

#[test]
fn expressions_know_words_comments_and_whether_a_page_is_good() {
    let mut run = begin(
        r#"{"pages": [{"name": "one", "elements": [
        {"type": "radiogroup", "name": "how", "isRequired": true, "choices": [{"value": 1, "text": {"default": "Well", "it": "Bene"}}], "showCommentArea": true,
         "validators": [{"type": "expression", "expression": "!isContainerReady('one')"}]}]},
        {"name": "two", "elements": [{"type": "expression", "name": "said", "expression": "displayValue('how') + ': ' + getComment('how')"},
        {"type": "expression", "name": "good", "expression": "isContainerReady('one')"}]}]}"#,
    );
    assert_eq!(run.data()["good"], Value::from(false));
    run.answer_with("how", Value::from(1.0));
    run.comment_with("how", "very");
    assert_eq!(run.data()["said"], Value::from("Bene: very"));
    assert_eq!(run.data()["good"], Value::from(true));
}

#[test]
fn everything_is_shown_before_it_is_sent() {
    let mut run = begin(
        r#"{"pages": [{"name": "a", "elements": [{"type": "text", "name": "x"}]}, {"name": "b", "elements": [{"type": "text", "name": "y"}]}]}"#,
    );
    assert!(run.next_page());
    assert!(run.preview());
    assert_eq!(names(&run), ["x", "y"]);
    assert!(run.shown_page().1.iter().all(|question| question.read_only));
    assert!(run.leave_preview());
    assert_eq!(run.page_name(), Some("b"));
    assert!(run.preview() && run.complete());
}
