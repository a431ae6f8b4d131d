//! Sending a street report: the rules, one effect for one key, and what it becomes.
use crate::house::House;
use crate::people::{Who, file};
use contract::cases::{Actor, Case, CaseSummary, Channel, Phase};
use contract::place::{Place, Point};
use contract::reports::{CategoryCode, NewReport};
use contract::{ProblemCode, paths};
use std::collections::BTreeMap;

pub fn good() -> NewReport {
    NewReport {
        privacy_version: "1".into(),
        place: Place {
            street: "Via Maggio".into(),
            house_number: "12/R".into(),
            point: Some(Point { lon: 11.25, lat: 43.77, accuracy_m: Some(12.5) }),
        },
        category: CategoryCode("roads".into()),
        title: "  Lampione spento ".into(),
        details: "Da tre giorni.".into(),
        answers: BTreeMap::from([("lamp".into(), "off".into())]),
        ..NewReport::default()
    }
}

async fn send(who: &Who, key: &str, report: &NewReport) -> crate::people::Answer {
    who.create(paths::REPORTS, key, report).await
}

#[tokio::test]
async fn reports_with_a_point_and_without_come_in_any_order() {
    let house = House::new().await;
    let maria = house.maria().await;
    for n in 0..24 {
        let mut report = good();
        report.place.point = report.place.point.filter(|_| n % 2 == 1);
        send(&maria, &format!("k{n}"), &report).await.is(201);
    }
}

#[tokio::test]
async fn a_report_becomes_a_case_with_a_number_a_last_day_and_what_comes_next() {
    let house = House::new().await;
    let maria = house.maria().await;
    let answer = send(&maria, "k", &good()).await.is(201);
    let summary: CaseSummary = answer.json();
    assert_eq!(answer.header("location"), format!("/api/v1/cases/{}", summary.id));
    assert_eq!((summary.title.as_str(), summary.kind.0.as_str(), summary.phase), ("Lampione spento", "street_report", Phase::Open));
    assert!(summary.number.is_well_formed());
    assert_eq!((summary.opened_at.0.as_str(), summary.due_on.unwrap().0.as_str()), ("2026-11-22T09:00:00Z", "2026-12-22"));
    let case: Case = maria.get(&paths::case(&summary.id, "en")).await.is(200).json();
    let report = case.report.unwrap();
    assert_eq!((report.category_name.as_str(), report.place, report.details.as_str()), ("Roads", good().place, "Da tre giorni."));
    assert_eq!((report.answers[0].label.as_str(), report.answers[0].answer.as_str()), ("The lamp is…", "Off"));
    assert_eq!((case.office.name.as_str(), case.legal_days), ("Ufficio Strade", Some(30)));
    let first = &case.timeline[0];
    assert_eq!((first.state.0.as_str(), &first.by, first.channel), ("submitted", &Actor::you(), Channel::App));
    let next: Vec<(&str, &str)> =
        case.timeline[1..].iter().map(|step| (step.state.0.as_str(), step.expected_on.as_ref().unwrap().0.as_str())).collect();
    assert_eq!(next, [("registered", "2026-11-24"), ("resolved", "2026-12-22")]);
    assert!(maria.get(paths::CASES).await.text().contains(&summary.number.0));
    maria.get(&paths::receipt(&summary.id, "it")).await.is(200);
    house.luca().await.get(&paths::case(&summary.id, "it")).await.is(404);
}

#[tokio::test]
async fn what_is_wrong_is_said_field_by_field_and_nothing_happens() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bad: [(&str, NewReport); 9] = [
        ("title:too_long", NewReport { title: "a".repeat(5000), ..good() }),
        ("title:unsafe_characters", NewReport { title: "Lampione\u{7}".into(), ..good() }),
        ("details:unsafe_characters", NewReport { details: "a\u{202E}b".into(), ..good() }),
        (
            "place.point:outside_town",
            NewReport { place: Place { point: Some(Point { lon: 9.19, lat: 45.46, accuracy_m: None }), ..good().place }, ..good() },
        ),
        ("category:not_a_choice", NewReport { category: CategoryCode("moon".into()), ..good() }),
        ("answers.lamp:not_a_choice", NewReport { answers: BTreeMap::from([("lamp".into(), "purple".into())]), ..good() }),
        ("privacy_version:not_acknowledged", NewReport { privacy_version: "0".into(), ..good() }),
        ("documents.0:not_found", NewReport { documents: vec![contract::id::AttachmentId("\0".into())], ..good() }),
        ("photos.0:not_found", NewReport { photos: vec![contract::id::AttachmentId("0193".into())], ..good() }),
    ];
    for (fault, report) in bad {
        assert_eq!(send(&maria, "k", &report).await.is(422).faults(), [fault]);
    }
    assert_eq!((house.count("reports").await, house.count("answers").await, house.count("counters").await), (0, 0, 1));
    // The same key is free for the corrected report.
    send(&maria, "k", &good()).await.is(201);
}

#[tokio::test]
async fn a_body_that_is_no_report_is_a_problem_too() {
    let house = House::new().await;
    let maria = house.maria().await.with("idempotency-key", "k").with("content-type", "application/json");
    let ask = |body: &'static str| maria.ask(axum::http::Method::POST, paths::REPORTS, body.into());
    assert_eq!(ask("{").await.is(400).problem().code, ProblemCode::Invalid);
    assert_eq!(ask("").await.is(400).problem().code, ProblemCode::Invalid);
    assert_eq!(ask("{\"title\":5}").await.is(422).problem().code, ProblemCode::Invalid);
    let deep = "[".repeat(10_000);
    maria.ask(axum::http::Method::POST, paths::REPORTS, deep.into()).await.is(422).problem();
    let long = format!("{{\"details\":\"{}\"}}", "a".repeat(100_000));
    assert_eq!(maria.ask(axum::http::Method::POST, paths::REPORTS, long.into()).await.is(413).problem().code, ProblemCode::TooLarge);
    let form = maria.clone().with("content-type", "application/x-www-form-urlencoded");
    form.ask(axum::http::Method::POST, paths::REPORTS, "title=a".into()).await.is(415).problem();
}

#[tokio::test]
async fn a_key_is_needed_and_a_sane_one() {
    let house = House::new().await;
    let maria = house.maria().await;
    assert_eq!(maria.post(paths::REPORTS, &good()).await.is(400).faults(), ["idempotency-key:required"]);
    assert_eq!(send(&maria, " ", &good()).await.is(400).faults(), ["idempotency-key:required"]);
    assert_eq!(send(&maria, &"k".repeat(201), &good()).await.is(400).faults(), ["idempotency-key:too_long"]);
}

#[tokio::test]
async fn sent_again_it_is_the_same_report_even_after_a_restart_and_a_changed_notice() {
    let mut house = House::new().await;
    let maria = house.maria().await;
    let first = send(&maria, "k", &good()).await.is(201);
    house.restart().await;
    let maria = maria.at(&house.app);
    let again = send(&maria, "k", &good()).await.is(201);
    assert_eq!((&again.body, again.header("location")), (&first.body, first.header("location")));
    assert_eq!(house.count("reports").await, 1);
    let other = NewReport { title: "Altro".into(), ..good() };
    assert_eq!(send(&maria, "k", &other).await.is(422).problem().code, ProblemCode::KeyReused);
    assert_eq!(house.count("reports").await, 1);
}

#[tokio::test]
async fn a_report_s_answer_is_kept_for_ever() {
    let house = House::new().await;
    let first = send(&house.maria().await, "k", &good()).await.is(201);
    house.pass(400 * 86_400);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(send(&house.maria().await, "k", &good()).await.is(201).body, first.body);
}

#[tokio::test]
async fn two_people_may_use_the_same_key() {
    let house = House::new().await;
    let one: CaseSummary = send(&house.maria().await, "k", &good()).await.is(201).json();
    let other: CaseSummary = send(&house.luca().await, "k", &good()).await.is(201).json();
    assert_ne!(one.id, other.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sent_many_times_at_once_it_happens_once() {
    let house = House::new().await;
    let maria = house.maria().await;
    let sent: Vec<_> = (0..20)
        .map(|_| {
            let maria = maria.clone();
            tokio::spawn(async move { send(&maria, "k", &good()).await.is(201).json::<CaseSummary>().id })
        })
        .collect();
    let mut ids = Vec::new();
    for one in sent {
        ids.push(one.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), house.count("reports").await), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_reports_at_once_get_numbers_that_differ() {
    let house = House::new().await;
    let people = [house.maria().await, house.luca().await];
    let mut tasks = Vec::new();
    for n in 0..20 {
        let who = people[n % 2].clone();
        tasks.push(tokio::spawn(async move { send(&who, &format!("k{n}"), &good()).await.is(201).json::<CaseSummary>().number.0 }));
    }
    let mut numbers = Vec::new();
    for task in tasks {
        numbers.push(task.await.unwrap());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 20);
}

#[tokio::test]
async fn a_report_without_its_office_is_not_lost_in_silence() {
    let house = House::empty().await;
    house.bring(&contract::import::ImportFile { offices: vec![], cases: vec![], ..file() }).await;
    assert_eq!(send(&house.maria().await, "k", &good()).await.is(500).problem().code, ProblemCode::Internal);
    assert_eq!((house.count("cases").await, house.count("answers").await), (0, 0));
}
