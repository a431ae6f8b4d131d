//! Properties that hold for whatever is thrown at it: nothing panics, and the same input gives the same run.

use proptest::prelude::*;
use questionnaire::evaluate::{Clock, run};
use questionnaire::json::read;
use questionnaire::syntax::Expression;
use questionnaire::value::{Map, Value};
use questionnaire::{Definition, Run};
use std::sync::Arc;

struct Nothing;

impl questionnaire::evaluate::Scope for Nothing {
    fn value(&self, _path: &str) -> Value {
        Value::List(vec![Value::from("1"), Value::Null, Value::Object(Map::new()), Value::Date(f64::NAN)])
    }
    fn clock(&self) -> Clock {
        Clock { now: f64::MAX, offset: i32::MAX }
    }
}

fn piece() -> impl Strategy<Value = String> {
    let words = [
        "{a}",
        "{a[0].b}",
        "{a.length}",
        "1",
        "-2.5",
        "'x'",
        "\"\"",
        "[1, {a}]",
        "true",
        "null",
        "and",
        "or",
        "=",
        "<>",
        "<=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "contains",
        "anyof",
        "allof",
        "noneof",
        "empty",
        "notempty",
        "!",
        "(",
        ")",
        ",",
        "sum(",
        "iif(",
        "dateAdd({a}, 9999999999999, 'years')",
        "today(1e9)",
        "round({a}, 99)",
        "substring('àé', 1, 99)",
        "minInArray({a}, 'b', {b} > 1)",
        "age('0000-00-00')",
        "'2024-02-30T99:99'",
    ];
    prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Undefined),
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<f64>().prop_map(Value::Number),
        "[a-c0-9 ]{0,4}".prop_map(Value::Text),
        Just(Value::from("other")),
        any::<f64>().prop_map(Value::Date),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            proptest::collection::btree_map("[a-c]", inner, 0..3).prop_map(Value::Object),
        ]
    })
}

const DEFINITION: &str = r#"{"checkErrorsMode": "onValueChanged", "clearInvisibleValues": "onHidden",
  "calculatedValues": [{"name": "s", "expression": "{a} + {n}", "includeIntoResult": true}],
  "triggers": [{"type": "copyvalue", "expression": "{b} notempty", "fromName": "a", "setToName": "d"}, {"type": "complete", "expression": "{c} = 1"}],
  "pages": [
   {"name": "one", "elements": [
    {"type": "text", "name": "a", "validators": [{"type": "numeric"}, {"type": "regex", "regex": "^[a-z]$"}]},
    {"type": "checkbox", "name": "b", "choices": ["a", "b", {"value": "c", "visibleIf": "{a} = 1"}], "showOtherItem": true, "maxSelectedChoices": 2},
    {"type": "ranking", "name": "c", "choices": ["a", "b"], "choicesVisibleIf": "{b} contains {item}"},
    {"type": "paneldynamic", "name": "p", "panelCount": 1, "templateElements": [{"type": "text", "name": "a", "isRequired": true},
      {"type": "expression", "name": "b", "expression": "{panel.a} + 1", "visibleIf": "{panel.a} > 1"}]}]},
   {"name": "two", "visibleIf": "{a} notempty", "elements": [
    {"type": "matrix", "name": "d", "columns": ["a", "b"], "rows": ["a", {"value": "b", "visibleIf": "{b} empty"}], "eachRowRequired": true},
    {"type": "matrixdropdown", "name": "t", "rows": ["a", "b"], "columns": [{"name": "a", "cellType": "text"}, {"name": "b", "cellType": "expression", "expression": "{row.a}"}]},
    {"type": "multipletext", "name": "m", "title": "{a} {b} {d.a}", "items": [{"name": "a", "isRequired": true}, {"name": "b"}]},
    {"type": "text", "name": "n", "inputType": "date", "min": "2024-01-01", "setValueExpression": "{a}"}]}]}"#;

fn operation() -> impl Strategy<Value = (usize, String, Value)> {
    (0usize..10, "[a-dmnpt]", value())
}

fn performed(operations: &[(usize, String, Value)]) -> (Map, String) {
    let definition = Definition::checked(DEFINITION).unwrap();
    let mut run = Run::begin(Arc::new(definition), Clock { now: 1.7e12, offset: 60 }, "it");
    for (what, name, value) in operations {
        match what {
            0 => drop(run.next_page()),
            1 => drop(run.previous_page()),
            2 => run.comment_with(name, &value.to_text()),
            3 => drop(run.add_panel("p")),
            4 => drop(run.remove_panel("p", 0)),
            5 => drop(run.preview() && run.leave_preview()),
            6 => run.replace(Map::from([(name.clone(), value.clone())])),
            _ => run.answer_with(name, value.clone()),
        }
    }
    let shown = format!("{:?} {:?} {:?}", run.all_questions(), run.shown_page(), run.progress());
    run.finish();
    (run.data(), shown)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,80}") {
        let _ = read(&text);
        let _ = Expression::read(&text);
        let _ = Definition::checked(&text);
    }

    #[test]
    fn no_expression_makes_the_evaluation_panic(pieces in proptest::collection::vec(piece(), 0..12)) {
        if let Ok(expression) = Expression::read(&pieces.join(" ")) {
            let _ = run(&expression, &Nothing);
        }
    }

    #[test]
    fn the_same_operations_give_the_same_run(operations in proptest::collection::vec(operation(), 0..12)) {
        let (one, other) = (performed(&operations), performed(&operations));
        prop_assert_eq!(format!("{one:?}"), format!("{other:?}"));
    }

    #[test]
    fn what_is_kept_gives_the_same_answers_again(operations in proptest::collection::vec(operation(), 0..8)) {
        let (data, _) = performed(&operations);
        let definition = Arc::new(Definition::checked(DEFINITION).unwrap());
        let mut again = Run::resume(Arc::clone(&definition), Clock { now: 1.7e12, offset: 60 }, "it", data.clone());
        again.finish();
        let first = again.data();
        let mut third = Run::resume(definition, Clock { now: 1.7e12, offset: 60 }, "it", first.clone());
        third.finish();
        prop_assert_eq!(format!("{first:?}"), format!("{:?}", third.data()));
    }
}
