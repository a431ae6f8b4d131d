//! What a town's definition may not have: refused with its place and a hint.

use questionnaire::Definition;

/// What is said about a definition, one line each.
fn said(text: &str) -> Vec<String> {
    Definition::checked(text).map_or_else(|found| found.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

fn question(inside: &str) -> String {
    format!("{{\"elements\": [\n{{{inside}}}]}}")
}

#[test]
fn a_good_definition_is_good() {
    let text = question(r#""type": "text", "name": "a", "visibleIf": "{b} = 1"}, {"type": "rating", "name": "b""#);
    assert!(said(&text).is_empty(), "{:?}", said(&text));
}

#[test]
fn what_is_no_json_is_refused_where_it_ends() {
    assert_eq!(said("{\n  \"pages\": [,]}"), ["2:13: a value expected"]);
    assert_eq!(said("{\"pages\": []} x"), ["1:15: the end expected"]);
}

#[test]
fn unknown_types_and_properties_are_refused_with_a_hint() {
    let text = question(r#""type": "radiogrup", "name": "a""#);
    assert_eq!(said(&text), [r#"2:10: the type "radiogrup" is unknown (is "radiogroup" meant?)"#]);
    let text = question(r#""type": "text", "name": "a", "visibelIf": "{a} = 1""#);
    assert_eq!(said(&text), [r#"2:31: the property "visibelIf" is unknown for "text" (is "visibleIf" meant?)"#]);
    let text = question(r#""type": "signaturepad", "name": "a""#);
    assert!(said(&text)[0].starts_with(r#"2:10: the type "signaturepad" is unknown (there are panel, text,"#));
    let text = question(r#""type": "dropdown", "name": "a", "choicesByUrl": {"url": "x"}"#);
    assert_eq!(said(&text), [r#"2:35: the property "choicesByUrl" is unknown for "dropdown""#]);
    let text = question(r#""type": "text", "name": "a", "validators": [{"type": "numeric", "min": 3}]"#);
    assert_eq!(said(&text), [r#"2:66: the property "min" is unknown for "numeric""#]);
}

#[test]
fn values_of_another_shape_are_refused() {
    let text = question(r#""type": "text", "name": "", "isRequired": "yes", "title": [1], "inputType": "colour""#);
    let found = said(&text);
    assert_eq!(found[0], "2:1: a name is missing");
    assert_eq!(found[1], r#"2:26: "name" wants a text without spaces at its ends"#);
    assert_eq!(found[2], r#"2:44: "isRequired" wants true or false"#);
    assert_eq!(found[3], r#"2:60: "title" wants a sentence, or one for each language"#);
    assert!(found[4].starts_with(r#"2:78: "inputType" wants one of text, number,"#));
}

#[test]
fn expressions_are_read_and_their_names_known() {
    let text = question(r#""type": "text", "name": "city", "visibleIf": "{city} = = 1""#);
    assert_eq!(said(&text), ["2:47: the expression `{city} = = 1` cannot be read: a side of an operator is missing at character 10"]);
    let text = question(r#""type": "text", "name": "city", "visibleIf": "{ciity} = 1""#);
    assert_eq!(said(&text), ["2:1: no question is called {ciity} (is {city} meant?)"]);
    let text = question(r#""type": "text", "name": "city", "visibleIf": "tooday() = 1""#);
    assert_eq!(said(&text), ["2:1: the function tooday is unknown (is today meant?)"]);
}

#[test]
fn names_stand_once_and_choices_too() {
    let text = question("\"type\": \"text\", \"name\": \"a\"},\n{\"type\": \"text\", \"name\": \"A\"");
    assert_eq!(said(&text), [r#"3:1: the name "A" is taken (it stands first at 2:1)"#]);
    let text = question(r#""type": "dropdown", "name": "a", "choices": [1, 2, {"value": "1"}]"#);
    assert_eq!(said(&text), [r#"2:53: the value "1" stands twice in "a""#]);
    assert_eq!(said(&question(r#""type": "text""#)), ["2:1: a name is missing"]);
    let text = question(r#""type": "text", "name": "a", "name": "b""#);
    assert_eq!(said(&text), [r#"2:31: "name" stands here twice"#]);
}

#[test]
fn a_language_that_is_missing_is_said() {
    let text = r#"{"locale": "it", "elements": [{"type": "text", "name": "a", "title": {"de": "Stadt"}}]}"#;
    assert_eq!(said(text), [r#"1:31: a sentence of "a" is not there in "it" (or give it a "default")"#]);
}

#[test]
fn values_that_follow_from_themselves_are_refused() {
    let text = question(
        r#""type": "text", "name": "a", "setValueExpression": "{b} + 1"}, {"type": "expression", "name": "b", "expression": "{a}""#,
    );
    assert_eq!(said(&text).len(), 2);
    let text = r#"{"calculatedValues": [{"name": "x", "expression": "{y}"}, {"name": "y", "expression": "{x}"}], "elements": []}"#;
    assert!(said(text).iter().all(|one| one.contains("follows from itself")));
}

#[test]
fn triggers_name_questions_that_exist() {
    let text = r#"{"elements": [{"type": "text", "name": "city"}], "triggers": [{"type": "skip", "expression": "{city} = 1", "gotoName": "cyti"}]}"#;
    assert_eq!(said(text), [r#"1:63: no question is called "cyti" (is "city" meant?)"#]);
}
