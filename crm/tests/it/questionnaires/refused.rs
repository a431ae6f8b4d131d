//! What is refused: definitions that depart from the profile, answers that no definition allows.
use super::{answer, good, named, open, with};
use crate::house::House;
use contract::paths;
use contract::questionnaires::ANSWERS_BYTES_MAX;
use serde_json::{Value, json};

/// Brings in a definition; what is wrong with it: rule, line, what.
async fn wrong(house: &House, definition: Value) -> Vec<(String, String)> {
    let mut new = named("male");
    new["definition"] = definition;
    let problem = house.desk().create(paths::OFFICE_QUESTIONNAIRES, "k", &new).await.is(422).problem();
    let told = problem.fields.iter().map(|field| (field.field.clone(), field.params.get("what").cloned().unwrap_or_default()));
    told.collect()
}

#[tokio::test]
async fn a_definition_outside_the_profile_is_refused_with_its_place_and_a_hint() {
    let house = House::new().await;
    let text = "{\n \"key\": \"male\",\n \"definition\": {\n  \"elements\": [\n   {\"type\": \"radiogrup\", \"name\": \"a\"}\n  ]\n },\n \"title\": {\"it\": \"T\"}, \"asks\": {\"it\": \"A\"}, \"why\": {\"it\": \"P\"}, \"readers\": {\"it\": \"L\"}, \"minutes\": 1, \"anonymous\": false, \"closes_on\": \"2026-12-31\"\n}";
    let desk = house.desk().with("idempotency-key", "k").with("content-type", "application/json");
    let problem = desk.ask(axum::http::Method::POST, paths::OFFICE_QUESTIONNAIRES, text.to_owned().into()).await.is(422).problem();
    let found = &problem.fields[0];
    assert_eq!((found.field.as_str(), found.params["line"].as_str()), ("definition", "5"), "{problem:?}");
    assert!(found.params["what"].contains("radiogrup") && found.params["hint"].contains("radiogroup"), "{problem:?}");
    // What is no JSON at all, where it ends.
    let problem = desk.ask(axum::http::Method::POST, paths::OFFICE_QUESTIONNAIRES, "{\n \"key\": \"a\",\n".into()).await.is(400).problem();
    assert_eq!(problem.fields[0].params["line"], "3", "{problem:?}");
    assert_eq!(house.count("questionnaires").await, 0);
}

#[tokio::test]
async fn definitions_that_would_hurt_are_refused() {
    let house = House::new().await;
    let question = |name: &str| json!({"type": "text", "name": name});
    let deep = (0..200).fold(json!([question("a")]), |inside, at| json!([{"type": "panel", "name": format!("p{at}"), "elements": inside}]));
    let many: Vec<Value> = (0..10_000).map(|at| question(&format!("q{at}"))).collect();
    for (definition, what) in [
        (json!({"elements": [question("a"), question("a")]}), "twice the same name"),
        (json!({"elements": [{"type": "radiogroup", "name": "a", "choices": [1, 1]}]}), "choices with equal values"),
        (
            json!({"calculatedValues": [{"name": "x", "expression": "{y}"}, {"name": "y", "expression": "{x}"}], "elements": [question("a")]}),
            "a circle",
        ),
        (json!({"elements": [{"type": "text", "name": "a", "visibleIf": format!("{}1", "(".repeat(200))}]}), "an expression bomb"),
        (json!({"elements": [{"type": "text", "name": "a", "visibleIf": "{nobody} = 1"}]}), "a name that nobody has"),
        (
            json!({"elements": [{"type": "text", "name": "a", "validators": [{"type": "regex", "regex": "(((a{1000}){1000}){1000})"}]}]}),
            "a pattern too large",
        ),
        (json!({"locale": "it", "elements": [{"type": "text", "name": "a", "title": {"en": "A"}}]}), "no sentence in its own language"),
        (json!({"elements": many}), "too many questions"),
        (json!({"elements": [{"type": "file", "name": "a", "acceptedTypes": ".exe"}]}), "files of another type"),
        (json!({"elements": []}), "nothing"),
        (json!({"elements": [{"type": "text", "name": "a", "onChange": "alert(1)"}]}), "a script"),
    ] {
        assert!(!wrong(&house, definition).await.is_empty(), "{what}");
    }
    let mut new = named("profondo");
    new["definition"] = json!({"elements": deep});
    house.desk().create(paths::OFFICE_QUESTIONNAIRES, "deep", &new).await.is(400);
    let desk = house.desk().with("idempotency-key", "large").with("content-type", "application/json");
    let large = format!("{{\"key\": \"{}\"}}", "a".repeat(10_000_000));
    desk.ask(axum::http::Method::POST, paths::OFFICE_QUESTIONNAIRES, large.into()).await.is(413);
    assert_eq!(house.count("questionnaires").await, 0);
}

#[tokio::test]
async fn what_is_said_about_it_is_asked_too() {
    let house = House::new().await;
    let mut new = named("male");
    new["title"] = json!({"en": "Only English"});
    new["minutes"] = json!(0);
    new["closes_on"] = json!("2026-11-21");
    let faults = house.desk().create(paths::OFFICE_QUESTIONNAIRES, "k", &new).await.is(422).faults();
    assert_eq!(faults, ["title:required", "minutes:not_a_choice", "closes_on:not_a_choice"]);
}

#[tokio::test]
async fn answers_that_the_definition_does_not_allow_are_refused_by_name() {
    let house = House::new().await;
    let id = open(&house.desk(), &named("rifiuti")).await;
    let maria = house.maria().await;
    for (answers, faults) in [
        (json!({}), vec!["come:required"]),
        (json!({"come": "treno"}), vec!["come:not_a_choice"]),
        (json!({"come": ["piedi"]}), vec!["come:not_a_choice"]),
        (json!({"come": {"a": 1}}), vec!["come:not_a_choice"]),
        (json!({"come": "piedi", "nessuna": 1}), vec!["nessuna:not_found"]),
        (json!({"come": "piedi", "targa": "AB"}), vec!["targa:not_a_choice"]),
        (json!({"come": "piedi", "eta": "quaranta"}), vec!["eta:not_a_choice"]),
        (json!({"come": "piedi", "eta": 121}), vec!["eta:not_accepted"]),
        (json!({"come": "piedi", "cosa": "a"}), vec!["cosa:not_a_choice"]),
        (json!({"come": "piedi", "cosa": ["a", "a"]}), vec!["cosa:not_a_choice"]),
        (json!({"come": "piedi", "cosa": ["a", "z"]}), vec!["cosa:not_a_choice"]),
        (json!({"come": "piedi", "cosa": ["other"]}), vec!["cosa:required"]),
        (json!({"come": "piedi", "cosa-Comment": 7}), vec!["cosa-Comment:not_a_choice"]),
        (json!({"come": "piedi", "voti": {"altro": 1}}), vec!["voti:not_a_choice"]),
        (json!({"come": "piedi", "voti": {"luci": 9}}), vec!["voti:not_a_choice"]),
        (json!({"come": "piedi", "stelle": 6}), vec!["stelle:not_a_choice"]),
        (json!({"come": "piedi", "torna": "forse"}), vec!["torna:not_a_choice"]),
        (json!({"come": "piedi", "idee": "a".repeat(21)}), vec!["idee:not_accepted"]),
        (json!({"come": "piedi", "idee": "a\u{202E}b"}), vec!["idee:unsafe_characters"]),
        (json!({"eta": 200, "come": null}), vec!["come:not_a_choice"]),
        (json!("piedi"), vec!["answers:not_a_choice"]),
    ] {
        assert_eq!(answer(&maria, &id, "k", &with(answers.clone())).await.is(422).faults(), faults, "{answers}");
    }
    let long = with(json!({"come": "piedi", "idee": "a".repeat(ANSWERS_BYTES_MAX)}));
    answer(&maria, &id, "long", &long).await.is(413);
    let deep = (0..100).fold(json!(1), |inside, _| json!([inside]));
    assert_eq!(answer(&maria, &id, "deep", &with(json!({"come": deep}))).await.is(422).faults()[0], "come:not_a_choice");
    let more = json!({"version": 1, "language": "it", "answers": {"come": "piedi", "cosa": ["a", "b", "c"]}});
    answer(&maria, &id, "more", &more).await.is(422);
    assert_eq!(house.count("questionnaire_answers").await, 0);
    maria.post(&paths::questionnaire_answers(&id), &good()).await.is(400);
    answer(&maria, &id, "k", &good()).await.is(201);
    answer(&maria, &id, "k", &with(json!({"come": "auto"}))).await.is(422);
}
