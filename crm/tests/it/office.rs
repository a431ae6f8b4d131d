//! The office API: listing and moving cases along.
use crate::house::House;
use contract::cases::{Actor, Case, CaseSummary, Channel, Phase, TaskKind};
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::office::{Move, OfficeCase};
use contract::{Date, Page, ProblemCode, paths};

fn moved(state: &str) -> Move {
    Move { state: StateCode(state.into()), note: String::new(), task: None, task_due_on: None, files: vec![] }
}

async fn nursery(house: &House) -> OfficeCase {
    let page: Page<OfficeCase> = house.desk().get("/api/v1/office/cases?q=sara%20asilo").await.is(200).json();
    page.items.into_iter().next().unwrap()
}

async fn story(house: &House, id: &CaseId) -> Case {
    house.maria().await.get(&paths::case(id, "it")).await.is(200).json()
}

#[tokio::test]
async fn the_desk_sees_everybody_s_cases_with_names_and_what_comes_next() {
    let house = House::new().await;
    let page: Page<OfficeCase> = house.desk().get(paths::OFFICE_CASES).await.is(200).json();
    assert_eq!(page.items.len(), 4);
    let nursery = nursery(&house).await;
    assert_eq!(nursery.citizen, "Maria Rossi");
    let next: Vec<&str> = nursery.next_states.iter().map(|state| state.0.as_str()).collect();
    assert_eq!(next, ["in_progress", "accepted"]);
}

#[tokio::test]
async fn a_move_is_a_step_that_the_citizen_sees() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    house.pass(3600);
    let sent = Move { note: "La pratica è sul tavolo di Anna.".into(), ..moved("in_progress") };
    let summary: CaseSummary = house.desk().create(&paths::office_moves(&id), "m1", &sent).await.is(200).json();
    assert_eq!((summary.state.0.as_str(), summary.moved_at.0.as_str()), ("in_progress", "2026-11-22T10:00:00Z"));
    let case = story(&house, &id).await;
    let step = &case.timeline[2];
    assert_eq!((step.note.as_str(), step.channel), ("La pratica è sul tavolo di Anna.", Channel::Office));
    assert_eq!(step.by, Actor::office("Ufficio Scuola e Città"));
    let states: Vec<&str> = case.timeline.iter().map(|step| step.state.0.as_str()).collect();
    assert_eq!(states, ["submitted", "registered", "in_progress", "accepted"]);
}

#[tokio::test]
async fn a_move_that_waits_for_the_citizen_leaves_a_task_and_the_next_one_takes_it_away() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let ask = Move { task: Some(TaskKind::SendDocuments), task_due_on: Some(Date("2026-12-10".into())), ..moved("waiting_documents") };
    let summary: CaseSummary = house.desk().create(&paths::office_moves(&id), "m1", &ask).await.is(200).json();
    assert_eq!((summary.phase, summary.task.unwrap().due_on.unwrap().0.as_str()), (Phase::WaitingForYou, "2026-12-10"));
    let summary: CaseSummary = house.desk().create(&paths::office_moves(&id), "m2", &moved("in_progress")).await.is(200).json();
    assert_eq!(summary.task, None);
}

#[tokio::test]
async fn closing_a_case_ends_its_last_day_and_what_was_expected() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let summary: CaseSummary = house.desk().create(&paths::office_moves(&id), "m1", &moved("accepted")).await.is(200).json();
    assert_eq!((summary.phase, summary.due_on), (Phase::Closed, None));
    assert!(story(&house, &id).await.timeline.iter().all(|step| step.at.is_some()));
    assert_eq!(nursery(&house).await.next_states, vec![]);
}

#[tokio::test]
async fn the_same_move_sent_twice_is_one_step() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let path = paths::office_moves(&id);
    let first = house.desk().create(&path, "m1", &moved("in_progress")).await.is(200);
    let again = house.desk().create(&path, "m1", &moved("in_progress")).await.is(200);
    assert_eq!(first.body, again.body);
    assert_eq!(story(&house, &id).await.timeline.iter().filter(|step| step.at.is_some()).count(), 3);
    let other = house.desk().create(&path, "m1", &moved("accepted")).await.is(422);
    assert_eq!(other.problem().code, ProblemCode::KeyReused);
}

#[tokio::test]
async fn a_move_that_makes_no_sense_is_refused() {
    let house = House::new().await;
    let path = paths::office_moves(&nursery(&house).await.summary.id);
    let desk = house.desk();
    assert_eq!(desk.create(&path, "k", &moved("frozen")).await.is(422).faults(), ["state:not_a_choice"]);
    let task = Move { task: Some(TaskKind::Pay), ..moved("in_progress") };
    assert_eq!(desk.create(&path, "k", &task).await.is(422).faults(), ["task:not_a_choice"]);
    let day = Move { task: Some(TaskKind::Pay), task_due_on: Some(Date("domani".into())), ..moved("waiting_documents") };
    assert_eq!(desk.create(&path, "k", &day).await.is(422).faults(), ["task_due_on:not_a_choice"]);
    let note = Move { note: "a\u{202E}b".into(), ..moved("in_progress") };
    assert_eq!(desk.create(&path, "k", &note).await.is(422).faults(), ["note:unsafe_characters"]);
    assert_eq!(desk.post(&path, &moved("in_progress")).await.is(400).faults(), ["idempotency-key:required"]);
    desk.create("/api/v1/office/cases/0193/moves", "k", &moved("in_progress")).await.is(404);
    assert_eq!(nursery(&house).await.summary.state.0, "registered");
}
