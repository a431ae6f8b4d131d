//! Questionnaires over HTTP: brought in, answered, changed, closed, counted; and everything that is refused on the way.
mod anonymous;
mod files;
mod rate;
mod refused;

use crate::house::House;
use crate::people::{Answer, Who};
use axum::http::Method;
use contract::id::QuestionnaireId;
use contract::questionnaires::{Counts, OfficeQuestionnaire, Questionnaire, Questionnaires, Receipt, Results, Standing};
use contract::{Page, paths};
use serde_json::{Value, json};

/// A questionnaire with one definition for all tests, under a name.
pub fn named(key: &str) -> Value {
    let both = |it: &str, en: &str| json!({"it": it, "en": en});
    json!({
        "key": key,
        "title": both("Le strade", "The streets"),
        "asks": both("Ufficio Strade", "Roads Office"),
        "why": both("Per sapere.", "To know."),
        "readers": both("L'ufficio.", "The office."),
        "minutes": 3,
        "anonymous": false,
        "closes_on": "2026-12-31",
        "definition": {
            "locale": "it",
            "title": both("Le strade", "The streets"),
            "calculatedValues": [{"name": "doppio", "expression": "{eta} * 2", "includeIntoResult": true}],
            "pages": [{"name": "una", "elements": [
                {"type": "radiogroup", "name": "come", "isRequired": true, "title": both("Come?", "How?"),
                 "choices": [{"value": "piedi", "text": both("A piedi", "On foot")}, {"value": "auto", "text": both("In auto", "By car")}]},
                {"type": "text", "name": "targa", "visibleIf": "{come} = 'auto'"},
                {"type": "checkbox", "name": "cosa", "choices": ["a", "b", "c"], "maxSelectedChoices": 2, "hasOther": true},
                {"type": "text", "name": "eta", "inputType": "number", "min": 5, "max": 120}
            ]}, {"name": "due", "elements": [
                {"type": "matrix", "name": "voti", "rows": ["luci", "buche"], "columns": [1, 2, 3]},
                {"type": "rating", "name": "stelle"},
                {"type": "boolean", "name": "torna"},
                {"type": "comment", "name": "idee", "maxLength": 20}
            ]}]
        }
    })
}

/// Brings one in and opens it.
pub async fn open(desk: &Who, new: &Value) -> QuestionnaireId {
    let key = new["key"].as_str().unwrap();
    let brought: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, &format!("import {key}"), new).await.is(201).json();
    let id = brought.summary.id;
    desk.create(&paths::office_questionnaire_moves(&id), &format!("open {key}"), &json!({"to": "open"})).await.is(200);
    id
}

/// What the matrix sends.
pub fn sent(name: &str) -> Vec<u8> {
    let body = match name {
        name if name.ends_with("/draft") => json!({"version": 1, "answers": {}}),
        name if name.ends_with("/token") => json!({"blinded": ""}),
        name if name.ends_with("/ballots") => json!({"token": "", "signature": "", "version": 1, "language": "it", "answers": {}}),
        name if name.ends_with("/preview") => json!({"token": "", "language": "it"}),
        name if name.ends_with("/ballot") => json!({"token": ""}),
        name if name.ends_with("/moves") => json!({"to": "open"}),
        name if name.ends_with("/results") => json!({"decided": {"it": "Niente."}}),
        name if name.ends_with("/answers") => good(),
        _ => named("another"),
    };
    body.to_string().into_bytes()
}

fn good() -> Value {
    json!({"version": 1, "language": "it", "answers": {"come": "piedi", "eta": 40}})
}

fn with(answers: Value) -> Value {
    json!({"version": 1, "language": "it", "answers": answers})
}

async fn answer(who: &Who, id: &QuestionnaireId, key: &str, body: &Value) -> Answer {
    who.create(&paths::questionnaire_answers(id), key, body).await
}

async fn list(who: &Who) -> Questionnaires {
    who.get(&paths::questionnaires("en")).await.is(200).json()
}

async fn read(who: &Who, id: &QuestionnaireId) -> Questionnaire<Value> {
    who.get(&paths::questionnaire(id, "it")).await.is(200).json()
}

async fn close(desk: &Who, id: &QuestionnaireId) {
    desk.create(&paths::office_questionnaire_moves(id), "close", &json!({"to": "closed"})).await.is(200);
}

#[tokio::test]
async fn one_is_brought_in_opened_answered_changed_and_closed() {
    let house = House::new().await;
    let (desk, maria) = (house.desk(), house.maria().await);
    let brought: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "k", &named("strade")).await.is(201).json();
    assert_eq!((brought.key.as_str(), brought.version, brought.summary.standing), ("strade", 1, Standing::Draft));
    assert!(list(&maria).await.items.is_empty(), "nobody sees what is not open");
    maria.get(&paths::questionnaire(&brought.summary.id, "it")).await.is(404);
    let id = open(&desk, &named("aperto")).await;
    let listed = list(&maria).await.items;
    let one = &listed[0];
    assert_eq!((listed.len(), one.title.as_str(), one.asks.as_str(), one.minutes), (1, "The streets", "Roads Office", 3));
    assert_eq!((one.standing, one.answered_at.is_some(), one.begun), (Standing::Open, false, false));
    let first: Receipt = answer(&maria, &id, "a1", &good()).await.is(201).json();
    assert_eq!(first.number, 1);
    // Its answer was lost: said again it is one answer.
    let again: Receipt = answer(&maria, &id, "a1", &good()).await.is(201).json();
    assert_eq!((again.number, house.count("questionnaire_answers").await), (1, 1));
    let given = read(&maria, &id).await.given.unwrap();
    assert_eq!((given.number, &given.answers), (1, &json!({"come": "piedi", "eta": 40, "doppio": 80})));
    let change = json!({"version": 1, "language": "en", "answers": {"come": "auto", "targa": "AB"}, "changes": 1});
    assert_eq!(answer(&maria, &id, "a2", &change).await.is(201).json::<Receipt>().number, 2);
    assert_eq!(read(&maria, &id).await.given.unwrap().answers, json!({"come": "auto", "targa": "AB", "doppio": 0}));
    assert!(list(&maria).await.items[0].answered_at.is_some());
    assert!(read(&house.luca().await, &id).await.given.is_none(), "nobody else's answers");
    close(&desk, &id).await;
    assert_eq!(list(&maria).await.items[0].standing, Standing::Closed);
    answer(&maria, &id, "a3", &json!({"version": 1, "language": "it", "answers": {"come": "piedi"}, "changes": 2})).await.is(409);
    answer(&house.luca().await, &id, "l", &good()).await.is(409);
    desk.create(&paths::office_questionnaire_moves(&id), "again", &json!({"to": "open"})).await.is(409);
}

#[tokio::test]
async fn a_definition_is_tried_until_it_is_opened_or_a_week_is_over() {
    let house = House::new().await;
    let desk = house.desk();
    let ask = async |address: &str| {
        let body = json!({"token": address.rsplit('/').next().unwrap(), "language": "en"});
        house.anyone().post(paths::PUBLIC_QUESTIONNAIRE_PREVIEW, &body).await
    };
    let brought: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "k", &named("prova")).await.is(201).json();
    let address = brought.preview.unwrap();
    assert!(address.contains("/questionnaires/preview/"), "{address}");
    let shown: Questionnaire<Value> = ask(&address).await.is(200).json();
    assert_eq!((shown.summary.title.as_str(), shown.version, shown.given.is_none()), ("The streets", 1, true));
    assert_eq!(shown.definition, named("prova")["definition"]);
    ask("nobody").await.is(404);
    // Each that is brought in has its own; what came before is still there to compare.
    let mut other = named("prova");
    other["definition"]["title"] = json!("Altro");
    let second: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "k2", &other).await.is(201).json();
    let second = second.preview.unwrap();
    assert_eq!(ask(&second).await.is(200).json::<Questionnaire<Value>>().version, 2);
    ask(&address).await.is(200);
    house.pass(7 * 24 * 3600 + 1);
    ask(&address).await.is(404);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("questionnaire_previews").await, 0);
    let third: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "k3", &other).await.is(201).json();
    ask(third.preview.as_deref().unwrap()).await.is(200);
    desk.create(&paths::office_questionnaire_moves(&third.summary.id), "o", &json!({"to": "open"})).await.is(200);
    ask(third.preview.as_deref().unwrap()).await.is(404);
    let fourth: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "k4", &other).await.is(201).json();
    assert_eq!(fourth.preview, None, "what can be answered is no preview");
}

#[tokio::test]
async fn of_two_devices_the_second_overwrites_nothing() {
    let house = House::new().await;
    let id = open(&house.desk(), &named("due")).await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    answer(&phone, &id, "phone", &good()).await.is(201);
    answer(&desk, &id, "desk", &with(json!({"come": "auto"}))).await.is(409);
    assert_eq!(read(&desk, &id).await.given.unwrap().answers["come"], "piedi");
    let knows = json!({"version": 1, "language": "it", "answers": {"come": "auto"}, "changes": 1});
    answer(&desk, &id, "desk 2", &knows).await.is(201);
}

#[tokio::test]
async fn what_is_begun_goes_on_elsewhere_by_the_rules_of_drafts() {
    let house = House::new().await;
    let id = open(&house.desk(), &named("bozza")).await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    let put = async |who: &Who, from: Option<u32>, answers: Value| {
        let who = who.clone().with("content-type", "application/json");
        let who = if let Some(from) = from { who.with("if-match", &format!("\"{from}\"")) } else { who };
        let body = json!({"version": 1, "answers": answers, "place": "eta"});
        who.ask(Method::PUT, &paths::questionnaire_draft(&id), body.to_string().into()).await
    };
    let first: Receipt = put(&phone, None, json!({"come": "auto"})).await.is(200).json();
    let begun = read(&desk, &id).await.begun.unwrap();
    assert_eq!((begun.revision, begun.place.as_str(), &begun.answers), (first.number, "eta", &json!({"come": "auto"})));
    let second: Receipt = put(&desk, Some(first.number), json!({"come": "piedi"})).await.is(200).json();
    put(&phone, Some(first.number), json!({"come": "treno"})).await.is(412);
    assert_eq!(put(&desk, Some(first.number), json!({"come": "piedi"})).await.is(200).json::<Receipt>(), second, "no change is no change");
    assert!(list(&phone).await.items[0].begun);
    assert!(read(&house.luca().await, &id).await.begun.is_none());
    answer(&phone, &id, "a", &good()).await.is(201);
    assert!(read(&phone, &id).await.begun.is_none(), "what was sent is begun no more");
}

#[tokio::test]
async fn only_who_is_invited_knows_of_it() {
    let house = House::new().await;
    let mut new = named("invito");
    new["invited"] = json!(["rssmra70a41h501w"]);
    let id = open(&house.desk(), &new).await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    assert_eq!((list(&maria).await.items.len(), list(&luca).await.items.len()), (1, 0));
    luca.get(&paths::questionnaire(&id, "it")).await.is(404);
    answer(&luca, &id, "l", &good()).await.is(404);
    answer(&maria, &id, "m", &good()).await.is(201);
}

#[tokio::test]
async fn another_definition_is_another_version_and_answers_to_the_old_one_are_refused() {
    let house = House::new().await;
    let desk = house.desk();
    let id = open(&desk, &named("versioni")).await;
    let maria = house.maria().await;
    answer(&maria, &id, "m", &good()).await.is(201);
    let mut new = named("versioni");
    new["definition"]["pages"][0]["elements"][0]["choices"][1]["value"] = json!("macchina");
    let brought: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "v2", &new).await.is(201).json();
    assert_eq!((brought.summary.id.clone(), brought.version, brought.answers), (id.clone(), 2, 1));
    let same: OfficeQuestionnaire = desk.create(paths::OFFICE_QUESTIONNAIRES, "v2 again", &new).await.is(201).json();
    assert_eq!(same.version, 2, "the same definition is no new version");
    assert_eq!(answer(&house.luca().await, &id, "l", &good()).await.is(422).faults(), ["version:not_a_choice"]);
    let now = json!({"version": 2, "language": "it", "answers": {"come": "macchina"}});
    answer(&house.luca().await, &id, "l2", &now).await.is(201);
    assert_eq!(read(&maria, &id).await.given.unwrap().version, 1, "what was answered stays");
}

#[tokio::test]
async fn it_ends_by_itself_with_its_last_day() {
    let house = House::new().await;
    let id = open(&house.desk(), &named("fine")).await;
    answer(&house.maria().await, &id, "m", &good()).await.is(201);
    house.pass(39 * 24 * 3600);
    answer(&house.luca().await, &id, "l", &good()).await.is(201);
    house.pass(24 * 3600);
    answer(&house.signed_in("zoe", contract::session::Device::Mine).await, &id, "z", &good()).await.is(409);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("questionnaires WHERE closed_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn results_are_counted_and_small_groups_are_not_shown() {
    let house = House::new().await;
    let desk = house.desk();
    let id = open(&desk, &named("conti")).await;
    answer(&house.maria().await, &id, "m", &good()).await.is(201);
    let results = paths::office_questionnaire_results(&id);
    desk.create(&results, "early", &json!({"decided": {"it": "Niente."}})).await.is(409);
    close(&desk, &id).await;
    house.anyone().get(&paths::public_results(&id, "it")).await.is(404);
    assert_eq!(desk.create(&results, "bad", &json!({"decided": {"en": "Nothing."}})).await.is(422).faults(), ["decided:required"]);
    let new = json!({"decided": {"it": "Luci nuove.", "en": "New lights."}, "comments": ["Grazie."]});
    desk.create(&results, "r", &new).await.is(200);
    let shown: Results = house.anyone().get(&paths::public_results(&id, "en")).await.is(200).json();
    assert_eq!((shown.answers, shown.questions.len(), shown.decided.as_str()), (None, 0, "New lights."), "one answer is nobody's to see");
    assert_eq!(shown.comments, ["Grazie."]);
    assert!(list(&house.maria().await).await.items[0].has_results);
}

#[tokio::test]
async fn the_town_s_file_brings_questionnaires_with_their_answers_once() {
    let house = House::new().await;
    let mut new = named("parco");
    new["anonymous"] = json!(true);
    new["closes_on"] = json!("2026-11-01");
    new["standing"] = json!("closed");
    new["answers"] = json!([{"times": 30, "answers": {"come": "piedi", "voti": {"luci": 1}}}, {"times": 11, "answers": {"come": "auto"}}]);
    new["results"] = json!({"decided": {"it": "Fatto."}});
    for expected in [1, 0] {
        let file = serde_json::from_value(json!([new])).unwrap();
        assert_eq!(crm::questionnaires::imports::import(&house.crm, file).await.unwrap(), expected);
    }
    let id = list(&house.maria().await).await.items[0].id.clone();
    let shown: Results = house.anyone().get(&paths::public_results(&id, "en")).await.is(200).json();
    let come = &shown.questions[0];
    assert_eq!((shown.answers, come.title.as_str(), come.counts, come.answers), (Some(41), "How?", Counts::One, Some(41)));
    assert_eq!(
        come.rows.iter().map(|row| (row.text.as_str(), row.count)).collect::<Vec<_>>(),
        [("On foot", Some(30)), ("By car", Some(11))]
    );
    assert_eq!(house.count("questionnaires WHERE token_key IS NULL AND register_file IS NULL").await, 1);
}

#[tokio::test]
async fn the_office_reads_the_answers_as_json_and_as_a_table() {
    let house = House::new().await;
    let desk = house.desk();
    let id = open(&desk, &named("elenco")).await;
    let answers = json!({"come": "auto", "targa": "=1+1", "cosa": ["a", "other"], "cosa-Comment": "un \"gatto\"", "voti": {"luci": 2}, "torna": false, "doppio": 0});
    answer(&house.maria().await, &id, "m", &with(answers.clone())).await.is(201);
    let all: contract::questionnaires::Exported<Value> = desk.get(&paths::office_questionnaire_answers(&id, "json")).await.is(200).json();
    assert_eq!((all.answers[0].citizen.as_deref(), &all.answers[0].answers), (Some("Maria Rossi"), &answers));
    let table = desk.get(&paths::office_questionnaire_answers(&id, "csv")).await.is(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8");
    let text = table.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        r#""citizen","day","version","language","come","targa","cosa","cosa-Comment","eta","voti.luci","voti.buche","stelle","torna","idee""#
    );
    assert_eq!(lines[1], r#""Maria Rossi","2026-11-22","1","it","auto","'=1+1","a; other","un ""gatto""","","2","","","false","""#);
    assert_eq!(desk.get(&paths::office_questionnaire_answers(&id, "xml")).await.is(422).faults(), ["format:not_a_choice"]);
    let page: Page<OfficeQuestionnaire> = desk.get(paths::OFFICE_QUESTIONNAIRES).await.is(200).json();
    assert_eq!((page.items[0].key.as_str(), page.items[0].answers), ("elenco", 1));
}
