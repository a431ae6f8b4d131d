//! Reports handed on from one CRM to another over HTTP, and the other's word read back.
use crate::house::House;
use crate::people::file;
use crate::reports::good;
use contract::cases::{Case, CaseSummary, Phase};
use contract::dictionary::StateCode;
use contract::office::{Move, OfficeCase};
use contract::reports::NewReport;
use contract::{Page, paths};
use sqlx::Row;
use tokio::net::TcpListener;

const KEY: &str = "key-of-the-first-town";

/// Two towns: the first hands its reports on to the second, which listens at an address.
async fn two_towns() -> (House, House) {
    let second = House::with(&[("FILO_OPEN311_KEYS", &format!("first:{KEY}")), ("FILO_OPEN311_JURISDICTION", "second.example")]).await;
    second.bring(&file()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/open311/v2/", listener.local_addr().unwrap());
    let app = second.app.clone();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let first = House::with(&[
        ("FILO_OPEN311_FORWARD_URL", &url),
        ("FILO_OPEN311_FORWARD_KEY", KEY),
        ("FILO_OPEN311_FORWARD_JURISDICTION", "second.example"),
    ])
    .await;
    first.bring(&file()).await;
    (first, second)
}

async fn there(second: &House) -> Vec<OfficeCase> {
    let page: Page<OfficeCase> = second.desk().get(&format!("{}?limit=100", paths::OFFICE_CASES)).await.is(200).json();
    page.items.into_iter().filter(|case| case.summary.kind.0 == "street_report").collect()
}

async fn moved(second: &House, state: &str, note: &str) {
    let case = there(second).await.remove(0);
    let moved = Move { state: StateCode(state.into()), note: note.into(), task: None, task_due_on: None, files: vec![] };
    second.desk().create(&paths::office_moves(&case.summary.id), &format!("{state}{note}"), &moved).await.is(200);
}

/// A quarter of an hour later the first town asks.
async fn asked(first: &House, case: &CaseSummary) -> Case {
    first.pass(900);
    assert_eq!(crm::forwarding::ask(&first.crm).await.unwrap(), 1);
    first.maria().await.get(&paths::case(&case.id, "it")).await.is(200).json()
}

fn states(case: &Case) -> Vec<&str> {
    case.timeline.iter().filter(|step| step.at.is_some()).map(|step| step.state.0.as_str()).collect()
}

#[tokio::test]
async fn a_report_is_handed_on_once_and_its_way_there_is_told_here() {
    let (first, second) = two_towns().await;
    let case: CaseSummary = first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    let row = sqlx::query("SELECT id, payload FROM outbox").fetch_one(first.crm.db.reader()).await.unwrap();
    let (id, payload): (String, String) = (row.get(0), row.get(1));
    assert_eq!(crm::outbox::deliver(&first.crm).await.unwrap(), 1);
    // The first town died before it could write down that it was done: it sends again.
    let mut change = first.crm.db.begin().await.unwrap();
    let again = "UPDATE outbox SET state = 'waiting', payload = $1 WHERE id = $2";
    sqlx::query(again).bind(payload).bind(id).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(crm::outbox::deliver(&first.crm).await.unwrap(), 1);
    let there = there(&second).await;
    assert_eq!((there.len(), there[0].citizen.as_str()), (1, ""));
    let whole = second.desk().get(&paths::OFFICE_CASE.replace("{id}", there[0].summary.id.as_str())).await.is(200).text();
    assert!(whole.contains("Da tre giorni.") && whole.contains("Via Maggio 12/R") && !whole.contains("Maria"), "{whole}");
    assert_eq!(states(&asked(&first, &case).await), ["submitted"]);
    moved(&second, "registered", "").await;
    assert_eq!(states(&asked(&first, &case).await), ["submitted", "registered"]);
    assert_eq!(states(&asked(&first, &case).await).len(), 2, "nothing new is nothing");
    moved(&second, "resolved", "").await;
    let over = asked(&first, &case).await;
    assert_eq!((states(&over), over.summary.phase), (vec!["submitted", "registered", "resolved"], Phase::Closed));
    assert!(!over.timeline.last().unwrap().note.is_empty());
    first.pass(900);
    assert_eq!(crm::forwarding::ask(&first.crm).await.unwrap(), 0, "what is closed is not asked about again");
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again_and_one_that_refuses_is_not() {
    let (first, second) = two_towns().await;
    let away = House::with(&[("FILO_OPEN311_FORWARD_URL", "http://127.0.0.1:1/open311/v2"), ("FILO_OPEN311_FORWARD_KEY", KEY)]).await;
    away.bring(&file()).await;
    away.maria().await.create(paths::REPORTS, "k", &good()).await.is(201);
    assert_eq!(crm::outbox::deliver(&away.crm).await.unwrap(), 1);
    assert_eq!((away.count("outbox WHERE state = 'waiting' AND attempts = 1").await, away.count("forwards").await), (1, 0));
    let failure = sqlx::query("SELECT failure FROM outbox").fetch_one(away.crm.db.reader()).await.unwrap().get::<String, _>(0);
    assert!(!failure.contains(KEY) && !failure.contains("127.0.0.1"), "{failure}");
    // A place that the second town does not know.
    let report = NewReport { answers: [("lamp".to_owned(), "off".to_owned())].into(), ..good() };
    first.maria().await.create(paths::REPORTS, "k", &report).await.is(201);
    let mut change = first.crm.db.begin().await.unwrap();
    sqlx::query("UPDATE reports SET category = 'moon'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(crm::outbox::deliver(&first.crm).await.unwrap(), 1);
    assert_eq!((first.count("outbox WHERE state = 'given_up'").await, there(&second).await.len()), (1, 0));
}
