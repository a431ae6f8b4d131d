//! Open311 GeoReport v2: valid by the schemas where they are at hand, in both formats, with the errors of the specification.
mod parts;

use crate::attachments::picture;
use crate::house::House;
use crate::people::{Answer, Who};
use crate::reports::good;
use axum::http::Method;
use contract::attachments::Attachment;
use contract::cases::CaseSummary;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::office::{Move, OfficeCase, Publication};
use contract::reports::NewReport;
use contract::{Page, paths};
use serde_json::Value;
use std::path::{Path, PathBuf};

const KEY: &str = "key-of-the-neighbours";
const JSON: &str = "application/json; charset=utf-8";

async fn house() -> House {
    let house = House::with(&[
        ("FILO_OPEN311_KEYS", &format!("neighbours:{KEY},others:key-of-somebody-else")),
        ("FILO_OPEN311_JURISDICTION", "prova.example"),
    ])
    .await;
    house.bring(&crate::people::file()).await;
    house
}

/// A program of somebody else: it sends none of our headers.
fn program(house: &House) -> Who {
    house.anyone().without("x-filo").without("origin").without("sec-fetch-site")
}

async fn get(house: &House, path: &str) -> Answer {
    program(house).get(&format!("/open311/v2/{path}")).await
}

async fn post(house: &House, pairs: &[(&str, &str)]) -> Answer {
    let body = pairs.iter().map(|(name, value)| format!("{}={}", paths::escape(name), paths::escape(value))).collect::<Vec<_>>().join("&");
    program(house)
        .with("content-type", "application/x-www-form-urlencoded")
        .ask(Method::POST, "/open311/v2/requests.json", body.into())
        .await
}

fn value(answer: &Answer) -> Value {
    assert_eq!(answer.header("content-type"), JSON, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

/// A whole request that nothing is wrong with.
const GOOD: [(&str, &str); 9] = [
    ("api_key", KEY),
    ("jurisdiction_id", "prova.example"),
    ("service_code", "roads"),
    ("lat", "43.77"),
    ("long", "11.25"),
    ("address_string", "Via Maggio 12"),
    ("attribute[lamp]", "off"),
    ("description", "Il lampione <è> spento & freddo."),
    ("email", "vicino@example.org"),
];

fn without<'a>(name: &str) -> Vec<(&'a str, &'a str)> {
    GOOD.into_iter().filter(|(known, _)| *known != name).collect()
}

fn with<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut pairs = without(name);
    pairs.push((name, value));
    pairs
}

async fn case_of(house: &House, number: &str) -> CaseId {
    let page: Page<OfficeCase> = house.desk().get(&format!("{}?q={number}", paths::OFFICE_CASES)).await.is(200).json();
    page.items[0].summary.id.clone()
}

async fn moved(house: &House, case: &CaseId, state: &str) {
    let moved = Move { state: StateCode(state.into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(case), &format!("{case}{state}"), &moved).await.is(200);
}

/// A public report with words and a photo.
async fn published(house: &House) -> CaseSummary {
    let maria = house.maria().await;
    let photo: Attachment = maria.upload("p", "a.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let report = NewReport { photos: vec![photo.id.clone()], ..good() };
    let case: CaseSummary = maria.create(paths::REPORTS, "k", &report).await.is(201).json();
    moved(house, &case.id, "registered").await;
    let publication = Publication { citizen_text: true, photos: vec![photo.id], ..Publication::default() };
    house.desk().create(&paths::office_publication(&case.id), "p", &publication).await.is(200);
    case
}

#[tokio::test]
async fn what_is_served_keeps_to_the_schemas() {
    let named = std::env::var_os("FILO_OPEN311_SCHEMAS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/reference/specs");
    let Some(folder) = named.or_else(|| beside.join("open311_schema_request.json").is_file().then_some(beside)) else {
        eprintln!("SKIPPED: FILO_OPEN311_SCHEMAS names no folder with the schemas of GeoReport v2");
        return;
    };
    let house = house().await;
    let case = published(&house).await;
    post(&house, &GOOD).await.is(201);
    for (schema, path) in [
        ("services", "services.json".to_owned()),
        ("service-definition", "services/roads.json".to_owned()),
        ("requests", "requests.json".to_owned()),
        ("requests", format!("requests/{}.json", case.number.0)),
    ] {
        let answer = value(&get(&house, &path).await.is(200));
        assert!(answer.as_array().is_none_or(|items| !items.is_empty()), "{path} is empty");
        let mut wrong = Vec::new();
        check(&folder, &read(&folder, schema), &answer, &path, &mut wrong);
        assert_eq!(wrong, Vec::<String>::new());
    }
    let mut wrong = Vec::new();
    check(&folder, &read(&folder, "request"), &serde_json::json!({ "status": "lost" }), "", &mut wrong);
    assert!(wrong.len() >= 4, "the check itself finds what is wrong: {wrong:?}");
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(format!("open311_schema_{name}.json"))).unwrap()).unwrap()
}

/// As much of JSON Schema as these schemas use.
fn check(folder: &Path, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    if let Some(other) = schema["$ref"].as_str() {
        return check(folder, &read(folder, other.trim_end_matches(".json")), value, at, wrong);
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        let fits = |choice: &Value| {
            let mut wrong = Vec::new();
            check(folder, choice, value, at, &mut wrong);
            wrong.is_empty()
        };
        if !choices.iter().any(fits) {
            wrong.push(format!("{at}: {value} fits none of {choices:?}"));
        }
        return;
    }
    let typed = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("null") => value.is_null(),
        _ => true,
    };
    let chosen = schema["enum"].as_array().is_none_or(|values| values.contains(value));
    let text = value.as_str().unwrap_or_default();
    let formed = match schema["format"].as_str() {
        Some("date-time") => text.parse::<jiff::Timestamp>().is_ok(),
        Some("uri") => text.starts_with("http"),
        _ => true,
    };
    let short = schema["maxLength"].as_u64().is_none_or(|max| text.chars().count() as u64 <= max);
    if !(typed && chosen && formed && short) {
        wrong.push(format!("{at}: {value}"));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            wrong.push(format!("{at}: no {name}"));
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(value) = value.get(name) {
            check(folder, member, value, &format!("{at}.{name}"), wrong);
        }
    }
    if schema["items"].is_object() {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            check(folder, &schema["items"], item, &format!("{at}.{index}"), wrong);
        }
    }
}

#[tokio::test]
async fn discovery_services_and_definitions_say_what_can_be_reported() {
    let house = house().await;
    let discovery = value(&get(&house, "discovery.json").await.is(200));
    assert_eq!(discovery["endpoints"][0]["url"], "http://filo.test/open311/v2");
    let services = value(&get(&house, "services.json?locale=en").await.is(200));
    assert_eq!(
        (&services[0]["service_code"], &services[0]["service_name"], &services[0]["metadata"]),
        (&"roads".into(), &"Roads".into(), &true.into())
    );
    assert_eq!((&services[1]["service_code"], &services[1]["metadata"]), (&"green".into(), &false.into()));
    let roads = value(&get(&house, "services/roads.json").await.is(200));
    let lamp = &roads["attributes"][0];
    assert_eq!(
        (&lamp["code"], &lamp["datatype"], &lamp["required"], &lamp["order"]),
        (&"lamp".into(), &"singlevaluelist".into(), &true.into(), &1.into())
    );
    assert_eq!((&lamp["values"][0]["key"], &lamp["values"][0]["name"]), (&"off".into(), &"Spento".into()));
    let xml = get(&house, "services.xml").await.is(200);
    assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
    assert!(xml.text().contains("<services><service><description>Strade</description>"), "{}", xml.text());
    assert!(get(&house, "services/roads.xml").await.is(200).text().contains("<attributes><attribute><code>lamp</code>"));
    for (path, code) in [("services/moon.json", 404), ("nothing.json", 404), ("services.json?jurisdiction_id=milano.example", 404)] {
        let errors = value(&get(&house, path).await.is(code));
        assert_eq!(errors[0]["code"], code, "{path}");
        assert!(errors[0]["description"].is_string());
    }
    assert!(get(&house, "nothing.xml").await.is(404).text().contains("<errors><error><code>404</code><description>"));
    get(&house, "services.pdf").await.is(404);
}

#[tokio::test]
async fn requests_are_what_everybody_may_see() {
    let house = house().await;
    let case = published(&house).await;
    house.luca().await.create(paths::REPORTS, "k", &good()).await.is(201);
    let answer = get(&house, "requests.json").await.is(200);
    let requests = value(&answer);
    let [request] = requests.as_array().unwrap().as_slice() else { panic!("{requests}") };
    assert_eq!(request["service_request_id"], case.number.0.as_str());
    assert_eq!((&request["status"], &request["service_name"], &request["lat"]), (&"open".into(), &"Strade".into(), &43.77.into()));
    assert_eq!((&request["description"], &request["address"]), (&"Da tre giorni.".into(), &"Via Maggio 12/R".into()));
    assert_eq!(
        (&request["requested_datetime"], &request["agency_responsible"]),
        (&"2026-11-22T09:00:00Z".into(), &"Ufficio Strade".into())
    );
    let media = request["media_url"].as_str().unwrap().strip_prefix("http://filo.test").unwrap();
    assert_eq!(program(&house).get(media).await.is(200).header("content-type"), "image/jpeg");
    assert!(!answer.text().contains("Maria") && !answer.text().contains(case.id.as_str()));
    let one = value(&get(&house, &format!("requests/{}.json", case.number.0)).await.is(200));
    assert_eq!(&one[0], request);
    let token = value(&get(&house, &format!("tokens/{}.json", case.number.0)).await.is(200));
    assert_eq!(token[0]["service_request_id"], case.number.0.as_str());
    for (query, found) in [
        ("service_code=roads", 1),
        ("service_code=green", 0),
        ("service_code=ro%00ads", 0),
        ("status=closed", 0),
        ("status=open,closed", 1),
        ("start_date=2026-11-22T08:00:00Z&end_date=2026-11-22T10:00:00Z", 1),
        ("end_date=2026-11-21T00:00:00Z", 0),
        (&format!("service_request_id={},PR-2026-000000-A,x%00", case.number.0), 1),
    ] {
        let requests = value(&get(&house, &format!("requests.json?{query}")).await.is(200));
        assert_eq!(requests.as_array().unwrap().len(), found, "{query}");
    }
    for wrong in ["status=lost", "start_date=yesterday"] {
        assert_eq!(value(&get(&house, &format!("requests.json?{wrong}")).await.is(400))[0]["code"], 400);
    }
    for path in ["requests/PR-2026-000000-A.json", "requests/x%00.json", "tokens/x.json"] {
        get(&house, path).await.is(404);
    }
    house.pass(91 * 86_400);
    assert_eq!(value(&get(&house, "requests.json").await.is(200)), serde_json::json!([]));
}

#[tokio::test]
async fn a_client_with_a_key_sends_a_report_and_sees_it_before_others_do() {
    let house = house().await;
    let made = value(&post(&house, &GOOD).await.is(201));
    let number = made[0]["service_request_id"].as_str().unwrap();
    let case = case_of(&house, number).await;
    let path = format!("requests/{number}.json");
    get(&house, &path).await.is(404);
    get(&house, &format!("{path}?api_key=key-of-somebody-else")).await.is(404);
    let own = value(&get(&house, &format!("{path}?api_key={KEY}")).await.is(200));
    assert_eq!((&own[0]["status"], &own[0]["service_code"]), (&"open".into(), &"roads".into()));
    moved(&house, &case, "resolved").await;
    let closed = value(&get(&house, &path).await.is(200));
    assert_eq!((&closed[0]["status"], &closed[0]["description"]), (&"closed".into(), &Value::Null));
    let whole = house.desk().get(&paths::OFFICE_CASE.replace("{id}", case.as_str())).await.is(200).text();
    assert!(whole.contains("Il lampione <è> spento & freddo.") && whole.contains("Via Maggio 12"), "{whole}");
}

#[tokio::test]
async fn every_field_that_is_missing_or_wrong_is_named() {
    let house = house().await;
    for (pairs, status, said) in [
        (without("api_key"), 403, "api_key was not provided"),
        (with("api_key", "guessed-by-somebody"), 403, "api_key is not known"),
        (without("service_code"), 400, "service_code was not provided"),
        (with("service_code", "moon"), 404, "service_code was not found"),
        (with("jurisdiction_id", "milano.example"), 404, "jurisdiction_id was not found"),
        (without("attribute[lamp]"), 400, "attribute[lamp]: required"),
        (with("attribute[lamp]", "purple"), 400, "attribute[lamp]: not a choice"),
        (with("attribute[moon]", "x"), 400, "attribute[moon]: not a choice"),
        (with("first_name", "Ma\0ria"), 400, "first_name: unsafe characters"),
        (with("lat", "north"), 400, "lat is no number"),
        (with("lat", "9.19"), 400, "location: outside town"),
        (with("email", "vicino"), 400, "email is no address"),
        (with("description", &"a".repeat(4001)), 400, "description: too long"),
        (with("description", "a\u{202E}b"), 400, "unsafe characters"),
        (vec![("api_key", KEY), ("service_code", "green")], 400, "lat and long, or address_string must be provided"),
        (vec![("api_key", KEY), ("service_code", "green"), ("address_id", "7")], 400, "address_id is not known here"),
    ] {
        let answer = post(&house, &pairs).await.is(status);
        assert!(value(&answer)[0]["description"].as_str().unwrap().contains(said), "{said}: {}", answer.text());
        assert_eq!(value(&answer)[0]["code"], status);
    }
    assert_eq!(house.count("open311_received").await, 0);
    // All at once when several are wrong; a body that is no form has no key in it.
    let several = value(&post(&house, &[("api_key", KEY), ("service_code", "roads"), ("lat", "x"), ("email", "y")]).await.is(400));
    assert!(several.as_array().unwrap().len() >= 3, "{several}");
    program(&house).ask(Method::POST, "/open311/v2/requests.json", "{".into()).await.is(403);
    program(&house).ask(Method::POST, "/open311/v2/services.json", "".into()).await.is(405);
    post(&house, &with("description", &"a".repeat(4000))).await.is(201);
    post(&house, &without("description")).await.is(201);
    post(&house, &without("lat")).await.is(201);
}

#[tokio::test]
async fn a_client_that_names_its_request_makes_it_once() {
    let house = house().await;
    let body = GOOD.map(|(name, value)| format!("{}={}", paths::escape(name), paths::escape(value))).join("&");
    let client = program(&house).with("content-type", "application/x-www-form-urlencoded").with("idempotency-key", "their-own-1");
    let mut made = Vec::new();
    for _ in 0..2 {
        let answer = client.ask(Method::POST, "/open311/v2/requests.xml", body.clone().into()).await.is(201);
        assert!(answer.text().contains("<service_request_id>PR-2026-"), "{}", answer.text());
        made.push(answer.text());
    }
    assert_eq!((&made[0], house.count("open311_received").await), (&made[1], 1));
}

#[tokio::test]
async fn many_requests_come_by_the_page() {
    let house = house().await;
    let mut numbers = Vec::new();
    for n in 0..5 {
        let case: CaseSummary = house.maria().await.create(paths::REPORTS, &format!("k{n}"), &good()).await.is(201).json();
        moved(&house, &case.id, "registered").await;
        numbers.push(case.number.0);
        house.pass(60);
    }
    numbers.reverse();
    let page = async |query: &str| -> Vec<String> {
        let requests = value(&get(&house, &format!("requests.json?{query}")).await.is(200));
        requests.as_array().unwrap().iter().map(|request| request["service_request_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(page("page_size=2").await, numbers[..2]);
    assert_eq!(page("page_size=2&page=2").await, numbers[2..4]);
    assert_eq!(page("page_size=2&page=3").await, numbers[4..]);
    assert_eq!((page("page_size=2&page=4").await.len(), page("page=1").await.len()), (0, 5));
    for wrong in ["page_size=0", "page_size=1001", "page=0", "page=x", "page_size=-1", "page=99999999999999999999"] {
        assert!(get(&house, &format!("requests.json?{wrong}")).await.is(400).text().contains("is a number from 1 to"), "{wrong}");
    }
}

#[tokio::test]
async fn an_answer_may_be_a_list() {
    let house = house().await;
    let lamp = |value| with("attribute[lamp][]", value);
    let mut one = lamp("off");
    one.retain(|(name, _)| *name != "attribute[lamp]");
    post(&house, &one).await.is(201);
    one.push(("attribute[lamp][]", "off"));
    assert!(post(&house, &one).await.is(400).text().contains("attribute[lamp]: not a choice"), "a lamp is one thing or the other");
}
