//! Reports handed on from one CRM to another over HTTP, and the other's word read back.
use crate::attachments::picture;
use crate::house::House;
use crate::people::file;
use crate::reports::good;
use contract::attachments::Attachment;
use contract::cases::{Case, CaseSummary, Phase};
use contract::dictionary::StateCode;
use contract::office::{Move, OfficeCase, Publication, Undelivered, UndeliveredKind};
use contract::replies::Verdict;
use contract::reports::NewReport;
use contract::{Page, paths};
use crm::outbox::Kind;
use serde_json::json;
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

/// One round of the outbox's reports; how many were tried.
async fn deliver(house: &House) -> usize {
    crm::outbox::deliver(&house.crm, Kind::Open311).await.unwrap()
}

async fn there(second: &House) -> Vec<OfficeCase> {
    let page: Page<OfficeCase> = second.desk().get(&format!("{}?limit=100", paths::OFFICE_CASES)).await.is(200).json();
    page.items.into_iter().filter(|case| case.summary.kind.0 == "street_report").collect()
}

async fn moved(second: &House, state: &str, note: &str) {
    let case = there(second).await.remove(0);
    let moved = Move { state: StateCode(state.into()), note: note.into(), task: None, task_due_on: None, channel: None, files: vec![] };
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
    assert_eq!(deliver(&first).await, 1);
    // The first town died before it could write down that it was done: it sends again.
    let mut change = first.crm.db.begin().await.unwrap();
    let again = "UPDATE outbox SET state = 'waiting', payload = $1 WHERE id = $2";
    sqlx::query(again).bind(payload).bind(id).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(deliver(&first).await, 1);
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

/// Changes something behind the CRM's back.
async fn set(house: &House, sql: &str) {
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query(sql).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
}

async fn undelivered(house: &House) -> Vec<Undelivered> {
    house.desk().get(paths::OFFICE_UNDELIVERED).await.is(200).json::<Page<Undelivered>>().items
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again_and_its_key_and_address_are_nobody_s_to_read() {
    let away = House::with(&[("FILO_OPEN311_FORWARD_URL", "http://127.0.0.1:1/open311/v2"), ("FILO_OPEN311_FORWARD_KEY", KEY)]).await;
    away.bring(&file()).await;
    let case: CaseSummary = away.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    assert!(undelivered(&away).await.is_empty(), "nothing has failed yet");
    assert_eq!(deliver(&away).await, 1);
    assert_eq!(away.count("forwards").await, 0);
    let [waiting] = &undelivered(&away).await[..] else { panic!() };
    assert_eq!((waiting.kind, waiting.given_up, waiting.attempts), (UndeliveredKind::Open311, false, 1));
    assert_eq!((waiting.case.as_ref(), waiting.number.as_ref()), (Some(&case.id), Some(&case.number)));
    assert!(waiting.next_at.as_ref().is_some_and(|next| next.0.as_str() > "2026-11-22T09:00:00Z"));
    assert!(!waiting.failure.contains(KEY) && !waiting.failure.contains("127.0.0.1"), "{waiting:?}");
}

#[tokio::test]
async fn a_key_or_a_service_that_is_wrong_waits_for_whoever_mends_it_however_long() {
    let (first, second) = two_towns().await;
    first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201);
    set(&first, "UPDATE reports SET category = 'moon'").await;
    for attempts in 1..=32 {
        assert_eq!(deliver(&first).await, 1);
        // The other server, too, sees the hours pass: it counts requests by the hour.
        first.pass(8 * 3600);
        second.pass(8 * 3600);
        assert_eq!(undelivered(&first).await[0].attempts, attempts);
    }
    let [waiting] = &undelivered(&first).await[..] else { panic!() };
    assert_eq!((waiting.given_up, waiting.failure.as_str()), (false, "the Open311 server said 404"));
    // The office's word begins the counting anew, and with it the short pauses.
    first.desk().post(&paths::office_retry(&waiting.id), &()).await.is(204);
    assert_eq!(deliver(&first).await, 1);
    assert_eq!(undelivered(&first).await[0].attempts, 1);
    first.pass(60);
    set(&first, "UPDATE reports SET category = 'roads'").await;
    assert_eq!(deliver(&first).await, 1);
    assert_eq!((undelivered(&first).await.len(), there(&second).await.len()), (0, 1));
}

#[tokio::test]
async fn a_report_that_is_refused_is_given_up_until_the_office_says_again() {
    let (first, second) = two_towns().await;
    first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201);
    set(&first, "UPDATE reports SET answers = '{\"lamp\":\"purple\"}'").await;
    assert_eq!(deliver(&first).await, 1);
    let [refused] = &undelivered(&first).await[..] else { panic!() };
    assert_eq!((refused.given_up, refused.next_at.as_ref(), refused.failure.as_str()), (true, None, "the Open311 server said 400"));
    first.pass(86_400);
    assert_eq!(deliver(&first).await, 0);
    set(&first, "UPDATE reports SET answers = '{\"lamp\":\"off\"}'").await;
    for _ in 0..2 {
        first.desk().post(&paths::office_retry(&refused.id), &()).await.is(204);
    }
    assert_eq!(deliver(&first).await, 1);
    assert_eq!((undelivered(&first).await.len(), there(&second).await.len()), (0, 1));
    first.desk().post(&paths::office_retry(&refused.id), &()).await.is(409);
}

/// A report that the first town has handed on and heard of once, and that the second has closed since.
async fn closed_there(first: &House, second: &House) -> CaseSummary {
    let case: CaseSummary = first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    deliver(first).await;
    asked(first, &case).await;
    moved(second, "resolved", "").await;
    case
}

async fn moved_here(first: &House, case: &CaseSummary, state: &str, key: &str) {
    let moved = Move { state: StateCode(state.into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    first.desk().create(&paths::office_moves(&case.id), key, &moved).await.is(200);
}

/// Its author opens it again.
async fn reopened(first: &House, case: &CaseSummary, key: &str) {
    let verdict = Verdict { reason: "È ancora buio.".into(), ..Verdict::default() };
    first.maria().await.create(&paths::case_verdict(&case.id), key, &verdict).await.is(201);
}

#[tokio::test]
async fn what_is_opened_again_here_is_handed_on_anew_with_its_number_there() {
    let (first, second) = two_towns().await;
    let case = closed_there(&first, &second).await;
    assert_eq!(asked(&first, &case).await.summary.phase, Phase::Closed);
    reopened(&first, &case, "v").await;
    first.pass(900);
    assert_eq!(crm::forwarding::ask(&first.crm).await.unwrap(), 0, "what was closed there does not close it here again");
    assert_eq!(deliver(&first).await, 1);
    let cases = there(&second).await;
    let [again, before] = &cases[..] else { panic!("{cases:?}") };
    let whole: Case = second.desk().get(&paths::OFFICE_CASE.replace("{id}", again.summary.id.as_str())).await.is(200).json();
    let said = whole.report.unwrap().details;
    assert!(said.contains(&before.summary.number.0) && said.contains("È ancora buio.") && said.contains("Da tre giorni."), "{said}");
    assert_eq!(asked(&first, &case).await.summary.state.0, "reopened");
    moved(&second, "registered", "").await;
    assert_eq!(asked(&first, &case).await.summary.state.0, "registered");
    moved(&second, "resolved", "Fatto ora.").await;
    assert_eq!(asked(&first, &case).await.summary.phase, Phase::Closed);
}

/// The first town's office closes a report, and its author opens it again.
async fn closed_and_reopened_here(first: &House, case: &CaseSummary, key: &str) {
    moved_here(first, case, "resolved", key).await;
    reopened(first, case, key).await;
}

#[tokio::test]
async fn what_is_closed_here_before_it_could_be_handed_on_goes_only_when_its_author_opens_it_again() {
    let (first, second) = two_towns().await;
    let case: CaseSummary = first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    moved_here(&first, &case, "resolved", "m").await;
    assert_eq!(deliver(&first).await, 1);
    let [ended] = &undelivered(&first).await[..] else { panic!() };
    assert_eq!((ended.given_up, ended.failure.as_str()), (true, "closed here meanwhile"));
    reopened(&first, &case, "v").await;
    assert_eq!(there(&second).await.len(), 0);
    assert_eq!(deliver(&first).await, 1);
    assert_eq!((there(&second).await.len(), first.count("forwards WHERE status = 'open'").await), (1, 1));
}

#[tokio::test]
async fn opened_again_twice_before_it_could_leave_it_is_handed_on_once() {
    let (first, second) = two_towns().await;
    let case = closed_there(&first, &second).await;
    assert_eq!(asked(&first, &case).await.summary.phase, Phase::Closed);
    reopened(&first, &case, "v").await;
    closed_and_reopened_here(&first, &case, "again").await;
    assert_eq!(first.count("outbox WHERE state = 'waiting'").await, 1);
    assert_eq!((deliver(&first).await, there(&second).await.len()), (1, 2));
}

#[tokio::test]
async fn a_closing_there_older_than_the_opening_again_here_hands_it_on_anew() {
    let (first, second) = two_towns().await;
    let case = closed_there(&first, &second).await;
    closed_and_reopened_here(&first, &case, "1").await;
    assert_eq!(asked(&first, &case).await.summary.state.0, "reopened");
    assert_eq!((deliver(&first).await, there(&second).await.len()), (1, 2));
    // One that came after is its answer.
    closed_and_reopened_here(&first, &case, "2").await;
    second.pass(86_400);
    moved(&second, "resolved", "Fatto ora.").await;
    assert_eq!(asked(&first, &case).await.summary.phase, Phase::Closed);
}

/// A server that takes reports without naming them.
async fn mute_server() -> String {
    let app = axum::Router::new().route("/requests.json", axum::routing::post(|| async { axum::Json(json!([])) }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn a_server_that_takes_a_report_and_names_none_is_not_sent_it_again_and_again() {
    let first = House::with(&[("FILO_OPEN311_FORWARD_URL", &mute_server().await)]).await;
    first.bring(&file()).await;
    first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201);
    assert_eq!(deliver(&first).await, 1);
    let [ended] = &undelivered(&first).await[..] else { panic!() };
    assert_eq!((ended.given_up, ended.failure.as_str()), (true, "the Open311 server named no request"));
    first.pass(86_400);
    assert_eq!(deliver(&first).await, 0);
}

#[tokio::test]
async fn a_photo_is_handed_on_by_its_public_address_and_only_when_it_has_one() {
    let (first, second) = two_towns().await;
    let maria = first.maria().await;
    let mut cases = Vec::new();
    for key in ["public", "private"] {
        let photo: Attachment = maria.upload(key, "a.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
        let report = NewReport { photos: vec![photo.id.clone()], title: key.into(), ..good() };
        let case: CaseSummary = maria.create(paths::REPORTS, key, &report).await.is(201).json();
        cases.push((case.id, photo.id));
    }
    let (case, photo) = cases.remove(0);
    let registered =
        Move { state: StateCode("registered".into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    first.desk().create(&paths::office_moves(&case), "m", &registered).await.is(200);
    let publication = Publication { photos: vec![photo], ..Publication::default() };
    first.desk().create(&paths::office_publication(&case), "p", &publication).await.is(200);
    assert_eq!(deliver(&first).await, 2);
    for case in there(&second).await {
        let whole = second.desk().get(&paths::OFFICE_CASE.replace("{id}", case.summary.id.as_str())).await.is(200).text();
        assert_eq!(whole.contains("http://filo.test/api/v1/public/photos/"), whole.contains("public\\n"), "{whole}");
    }
}

/// A server that answers with a token, and with a name for it when it is asked the second time.
async fn slow_server() -> String {
    use axum::Json;
    use axum::extract::Path;
    use axum::routing::{get, post};
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let token = move |Path(token): Path<String>| async move {
        assert_eq!(token, "t 1.json");
        let first = asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        Json(if first { json!([{ "token": "t 1" }]) } else { json!([{ "token": "t 1", "service_request_id": 638_344 }]) })
    };
    let status = |Path(id): Path<String>| async move {
        assert_eq!(id, "638344.json");
        Json(json!([{ "service_request_id": "638344", "status": "closed", "status_notes": "Fatto." }]))
    };
    let app = axum::Router::new()
        .route("/requests.json", post(|| async { Json(json!([{ "service_request_id": null, "token": "t 1" }])) }))
        .route("/tokens/{token}", get(token))
        .route("/requests/{id}", get(status));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    url
}

#[tokio::test]
async fn a_token_is_asked_about_until_it_has_become_a_report() {
    let first = House::with(&[("FILO_OPEN311_FORWARD_URL", &slow_server().await)]).await;
    first.bring(&file()).await;
    let case: CaseSummary = first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    deliver(&first).await;
    assert_eq!(first.count("forwards WHERE request_id = '' AND token = 't 1'").await, 1);
    assert_eq!(asked(&first, &case).await.summary.state.0, "submitted");
    assert_eq!(asked(&first, &case).await.summary.state.0, "resolved");
    assert_eq!(first.count("forwards WHERE request_id = '638344' AND status = 'closed'").await, 1);
}

#[tokio::test]
async fn a_closing_without_its_time_counts_as_older_until_something_has_happened_here() {
    let first = House::with(&[("FILO_OPEN311_FORWARD_URL", &slow_server().await)]).await;
    first.bring(&file()).await;
    let case: CaseSummary = first.maria().await.create(paths::REPORTS, "k", &good()).await.is(201).json();
    deliver(&first).await;
    assert_eq!(asked(&first, &case).await.summary.state.0, "submitted");
    closed_and_reopened_here(&first, &case, "1").await;
    assert_eq!(asked(&first, &case).await.summary.state.0, "reopened");
    assert_eq!(first.count("forwards WHERE status = 'again'").await, 1);
    assert_eq!(deliver(&first).await, 1);
    closed_and_reopened_here(&first, &case, "2").await;
    moved_here(&first, &case, "in_progress", "m").await;
    assert_eq!(asked(&first, &case).await.summary.state.0, "resolved");
}
