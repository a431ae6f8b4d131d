//! "Sollecita": only when the town is late, once in a week, each one level higher, and over when the office moves.
use crate::house::House;
use crate::mail::deliver;
use crate::mail::server::Server;
use crate::people::{Answer, Who};
use contract::cases::{Case, CaseSummary, StepKind};
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::office::{Move, OfficeCase};
use contract::replies::{NewReminder, Reminders};
use contract::{Date, Page, paths};

const DAY: i64 = 24 * 3600;

async fn nursery(who: &Who) -> CaseId {
    who.get("/api/v1/cases?q=sara%20asilo").await.is(200).json::<Page<CaseSummary>>().items[0].id.clone()
}

async fn remind(who: &Who, id: &CaseId, key: &str, text: &str) -> Answer {
    who.create(&paths::case_reminder(id), key, &NewReminder { words: text.into() }).await
}

async fn story(who: &Who, id: &CaseId) -> Case {
    who.get(&paths::case(id, "it")).await.is(200).json()
}

async fn known_to_the_office(house: &House, id: &CaseId) -> u32 {
    let page: Page<OfficeCase> = house.desk().get("/api/v1/office/cases?q=sara%20asilo").await.is(200).json();
    page.items.iter().find(|case| case.summary.id == *id).unwrap().reminders
}

#[tokio::test]
async fn only_a_late_answer_is_reminded_of_and_not_every_day() {
    let house = House::new().await;
    let id = nursery(&house.maria().await).await;
    assert!(!story(&house.maria().await, &id).await.may.remind);
    remind(&house.maria().await, &id, "early", "Aspetto.").await.is(409);
    // The last day is the 30th of January, and it is the town's to the end.
    house.pass(69 * DAY);
    assert!(!story(&house.maria().await, &id).await.may.remind);
    house.pass(DAY);
    let maria = house.maria().await;
    assert!(story(&maria, &id).await.may.remind);
    assert_eq!(remind(&maria, &id, "empty", "  ").await.is(422).faults(), ["words:required"]);
    let first = remind(&maria, &id, "first", "Aspetto ancora.").await.is(201);
    assert_eq!(remind(&maria, &id, "first", "Aspetto ancora.").await.is(201).body, first.body);
    let now = story(&maria, &id).await;
    assert_eq!((now.may.remind, &now.reminders), (false, &Reminders { count: 1, next_on: Some(Date("2027-02-07".into())) }));
    let step = now.timeline.iter().rfind(|step| step.at.is_some()).unwrap();
    assert_eq!((step.kind, step.note.as_str(), step.state.0.as_str()), (StepKind::Reminder, "Aspetto ancora.", "registered"));
    remind(&maria, &id, "second", "Ancora.").await.is(409);
    remind(&house.luca().await, &id, "foreign", "Ancora.").await.is(404);
    house.pass(7 * DAY);
    remind(&house.sender().await, &id, "third", "Ancora.").await.is(201);
    assert_eq!(known_to_the_office(&house, &id).await, 2);
    let moved =
        Move { state: StateCode("in_progress".into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(&id), "m", &moved).await.is(200);
    assert_eq!(known_to_the_office(&house, &id).await, 0);
    let now = story(&house.maria().await, &id).await;
    assert_eq!((now.may.remind, now.reminders), (true, Reminders::default()));
}

#[tokio::test]
async fn who_is_reminded_gets_a_letter_and_the_second_time_so_does_who_stands_above() {
    let (server, house) = Server::with_house().await;
    let id = nursery(&house.maria().await).await;
    house.pass(80 * DAY);
    remind(&house.maria().await, &id, "1", "Aspetto <ancora>.").await.is(201);
    deliver(&house).await;
    house.pass(8 * DAY);
    remind(&house.maria().await, &id, "2", "Di nuovo.").await.is(201);
    deliver(&house).await;
    let letters = server.taken();
    let told: Vec<_> = letters.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(told, ["ufficio@example.org", "ufficio@example.org", "segreteria@comune.example"]);
    assert!(
        letters[0].subject.starts_with("Sollecito n. 1: pratica PR-2026-") && letters[2].subject.starts_with("Sollecito n. 2"),
        "{}",
        letters[0].subject
    );
    for part in ["Il termine era il 30 gennaio 2027.", "Aspetto <ancora>.", "Asilo di Sara"] {
        assert!(letters[0].text.contains(part), "{}", letters[0].text);
    }
    assert!(letters[0].html.contains("Aspetto &lt;ancora&gt;.") && !letters[0].text.contains("Maria"), "{}", letters[0].html);
}
