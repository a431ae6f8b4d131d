//! The office API: listing and moving cases along.
use crate::house::House;
use crate::reports::good;
use contract::cases::{Actor, Case, CaseSummary, Channel, Phase, Protocol, TaskKind};
use contract::dictionary::StateCode;
use contract::id::{AttachmentId, CaseId};
use contract::office::{Move, OfficeCase};
use contract::{Date, Page, ProblemCode, paths};

fn moved(state: &str) -> Move {
    Move { state: StateCode(state.into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] }
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
async fn closing_a_case_ends_what_was_expected_and_keeps_its_last_day() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let summary: CaseSummary = house.desk().create(&paths::office_moves(&id), "m1", &moved("accepted")).await.is(200).json();
    assert_eq!((summary.phase, summary.due_on.unwrap().0.as_str()), (Phase::Closed, "2027-01-30"));
    assert!(story(&house, &id).await.timeline.iter().all(|step| step.at.is_some()));
    assert_eq!(nursery(&house).await.next_states, vec![]);
}

#[tokio::test]
async fn a_report_that_is_registered_gets_the_next_number_of_the_year_once() {
    let house = House::new().await;
    let maria = house.maria().await;
    let mut reports = Vec::new();
    for n in 0..3 {
        reports.push(maria.create(paths::REPORTS, &format!("k{n}"), &good()).await.is(201).json::<CaseSummary>().id);
    }
    let protocol = async |id: &CaseId| maria.get(&paths::case(id, "it")).await.is(200).json::<Case>().protocol;
    assert_eq!(protocol(&reports[0]).await, None);
    for id in [&reports[1], &reports[0]] {
        house.desk().create(&paths::office_moves(id), "m1", &moved("registered")).await.is(200);
        house.desk().create(&paths::office_moves(id), "m2", &moved("in_progress")).await.is(200);
        house.desk().create(&paths::office_moves(id), "m3", &moved("registered")).await.is(200);
    }
    let numbered = |number: &str, day: &str| Some(Protocol { number: number.into(), registered_on: Date(day.into()) });
    assert_eq!(protocol(&reports[1]).await, numbered("0000001/2026", "2026-11-22"));
    assert_eq!(protocol(&reports[0]).await, numbered("0000002/2026", "2026-11-22"));
    // A move that fails uses up no number; each year begins anew; what an import brought keeps its own.
    let wrong = Move { files: vec![AttachmentId("none".into())], ..moved("registered") };
    house.desk().create(&paths::office_moves(&reports[2]), "m1", &wrong).await.is(422);
    house.pass(60 * 86_400);
    house.desk().create(&paths::office_moves(&reports[2]), "m2", &moved("registered")).await.is(200);
    let maria = house.maria().await;
    let case: Case = maria.get(&paths::case(&reports[2], "it")).await.is(200).json();
    assert_eq!(case.protocol, numbered("0000001/2027", "2027-01-21"));
    let nursery = nursery(&house).await.summary.id;
    for (key, state) in [("m1", "in_progress"), ("m2", "registered")] {
        house.desk().create(&paths::office_moves(&nursery), key, &moved(state)).await.is(200);
    }
    let case: Case = maria.get(&paths::case(&nursery, "it")).await.is(200).json();
    assert_eq!(case.protocol, numbered("0184532/2026", "2026-11-03"));
}

#[tokio::test]
async fn numbers_that_an_import_brought_are_passed_over() {
    let house = House::new().await;
    let mut change = house.crm.db.begin().await.unwrap();
    let imported =
        "UPDATE cases SET protocol_number = CASE protocol_number WHEN '0184532/2026' THEN '0000001/2026' ELSE '0000002/2026' END";
    sqlx::query(imported).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    let maria = house.maria().await;
    let report = maria.create(paths::REPORTS, "k", &good()).await.is(201).json::<CaseSummary>().id;
    house.desk().create(&paths::office_moves(&report), "m", &moved("registered")).await.is(200);
    let case: Case = maria.get(&paths::case(&report, "it")).await.is(200).json();
    assert_eq!(case.protocol.unwrap().number, "0000003/2026");
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

#[tokio::test]
async fn whoever_only_writes_moves_nothing_and_leaves_what_is_asked_for() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let path = paths::office_moves(&id);
    let due = Some(Date("2026-12-09".into()));
    let asked =
        Move { task: Some(TaskKind::SendDocuments), task_due_on: due.clone(), note: "L'ISEE.".into(), ..moved("waiting_documents") };
    house.desk().create(&path, "ask", &asked).await.is(200);
    for (key, said) in [
        ("wrote", Move { note: "Anche in fotocopia.".into(), ..moved("") }),
        ("called", Move { note: "Ha chiamato.".into(), channel: Some(Channel::Phone), ..moved("waiting_documents") }),
    ] {
        let now: CaseSummary = house.desk().create(&path, key, &said).await.is(200).json();
        let task = now.task.unwrap();
        assert_eq!((now.state.0.as_str(), task.kind, task.due_on), ("waiting_documents", TaskKind::SendDocuments, due.clone()), "{key}");
    }
    assert_eq!(house.desk().create(&path, "n", &moved("")).await.is(422).faults(), ["note:required"]);
    let task = Move { task: Some(TaskKind::Answer), note: "?".into(), ..moved("") };
    assert_eq!(house.desk().create(&path, "t", &task).await.is(422).faults(), ["task:not_a_choice"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_officers_at_once_one_writes_and_the_other_decides_and_nothing_is_undone() {
    let house = House::new().await;
    let id = nursery(&house).await.summary.id;
    let path = paths::office_moves(&id);
    let mut tasks = Vec::new();
    for n in 0..8 {
        let (desk, path) = (house.desk(), path.clone());
        // The same word under the same key, twice at once, and a decision between them.
        let said = Move { note: format!("Parola {}.", n / 2), ..moved("") };
        tasks.push(tokio::spawn(async move { desk.create(&path, &format!("said-{}", n / 2), &said).await.status.as_u16() }));
    }
    house.desk().create(&path, "decided", &moved("accepted")).await.is(200);
    for task in tasks {
        assert_eq!(task.await.unwrap(), 200);
    }
    let story = story(&house, &id).await;
    assert_eq!(story.summary.state.0, "accepted");
    for n in 0..4 {
        assert_eq!(story.timeline.iter().filter(|step| step.note == format!("Parola {n}.")).count(), 1);
    }
}
