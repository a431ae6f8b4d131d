//! Drafts kept by the CRM: gone on with elsewhere, never overwritten by who is behind, over when they have arrived.
use crate::house::House;
use crate::people::{Answer, Who};
use crate::reports::good;
use axum::http::Method;
use contract::cases::CaseSummary;
use contract::drafts::{BYTES_MAX, DRAFTS_MAX, Draft, DraftKind, DraftSummary, NewDraft};
use contract::id::{CaseId, DraftId};
use contract::place::Place;
use contract::replies::NewMessage;
use contract::reports::NewReport;
use contract::{Page, ProblemCode, paths};

/// The version of a draft begun when the house opens.
const FIRST: u32 = 1_795_338_000;

fn titled(title: &str) -> NewDraft {
    NewDraft { report: NewReport { title: title.into(), ..NewReport::default() }, ..NewDraft::default() }
}

async fn put(who: &Who, id: &str, draft: &NewDraft) -> Answer {
    let who = who.clone().with("content-type", "application/json");
    who.ask(Method::PUT, &paths::draft(&DraftId(id.into())), serde_json::to_vec(draft).unwrap().into()).await
}

async fn put_over(who: &Who, id: &str, version: u32, draft: &NewDraft) -> Answer {
    put(&who.clone().with("if-match", &format!("\"{version}\"")), id, draft).await
}

async fn list(who: &Who) -> Vec<DraftSummary> {
    who.get(paths::DRAFTS).await.is(200).json::<Page<DraftSummary>>().items
}

async fn read(who: &Who, id: &str) -> Answer {
    who.get(&paths::draft(&DraftId(id.into()))).await
}

#[tokio::test]
async fn a_draft_begun_on_one_device_goes_on_on_another() {
    let house = House::new().await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    let begun = put(&phone, "d1", &titled(" Buca ")).await.is(201);
    assert_eq!(begun.header("etag"), format!("\"{FIRST}\""));
    house.pass(60);
    put(&phone, "d2", &NewDraft::default()).await.is(201);
    let drafts = list(&desk).await;
    assert_eq!(drafts.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(), ["d2", "d1"]);
    assert_eq!(
        (drafts[1].kind, drafts[1].title.as_str(), drafts[1].changed_at.0.as_str(), drafts[1].version),
        (DraftKind::Report, "Buca", "2026-11-22T09:00:00Z", FIRST)
    );
    let answer = read(&desk, "d1").await.is(200);
    let draft: Draft = answer.json();
    assert_eq!((answer.header("etag"), draft.report.title.as_str()), (begun.header("etag"), " Buca "));
    desk.clone().with("if-none-match", begun.header("etag")).get(&paths::draft(&DraftId("d1".into()))).await.is(304);
    house.pass(60);
    let changed: DraftSummary = put_over(&desk, "d1", FIRST, &titled("Buca in via Maggio")).await.is(200).json();
    assert_eq!((changed.version, list(&phone).await[0].title.as_str()), (FIRST + 1, "Buca in via Maggio"));
}

#[tokio::test]
async fn a_device_that_is_behind_overwrites_nothing() {
    let house = House::new().await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    put(&phone, "d", &titled("one")).await.is(201);
    put_over(&desk, "d", FIRST, &titled("two")).await.is(200);
    for answer in [put_over(&phone, "d", FIRST, &titled("three")).await, put(&phone, "d", &titled("three")).await] {
        let answer = answer.is(412);
        assert_eq!((answer.problem().code, answer.header("etag")), (ProblemCode::Stale, format!("\"{}\"", FIRST + 1).as_str()));
    }
    assert_eq!(read(&phone, "d").await.json::<Draft>().report.title, "two");
    // The answer was lost: the same draft again is no change.
    let again: DraftSummary = put_over(&desk, "d", FIRST, &titled("two")).await.is(200).json();
    assert_eq!(again.version, FIRST + 1);
    for bad in ["2", "W/\"2\"", "\"two\"", "*"] {
        put(&phone.clone().with("if-match", bad), "d", &titled("x")).await.is(400);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_goes_on() {
    let house = House::new().await;
    let maria = house.maria().await;
    put(&maria, "d", &titled("first")).await.is(201);
    let mut tasks = Vec::new();
    for n in 0..8 {
        let maria = maria.clone();
        tasks.push(tokio::spawn(async move { put_over(&maria, "d", FIRST, &titled(&format!("n{n}"))).await.status.as_u16() }));
    }
    let mut codes = Vec::new();
    for task in tasks {
        codes.push(task.await.unwrap());
    }
    codes.sort_unstable();
    assert_eq!(codes, [200, 412, 412, 412, 412, 412, 412, 412]);
}

#[tokio::test]
async fn another_person_s_draft_does_not_exist_and_its_identifier_is_free() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    put(&maria, "d", &titled("Maria's")).await.is(201);
    read(&luca, "d").await.is(404);
    put_over(&luca, "d", FIRST, &titled("Luca's")).await.is(404);
    put(&luca, "d", &titled("Luca's")).await.is(201);
    luca.delete(&paths::draft(&DraftId("d".into()))).await.is(204);
    assert_eq!(read(&maria, "d").await.is(200).json::<Draft>().report.title, "Maria's");
}

#[tokio::test]
async fn a_draft_begun_anew_is_not_overwritten_by_who_knows_the_one_before() {
    let house = House::new().await;
    let maria = house.maria().await;
    put(&maria, "d", &titled("before")).await.is(201);
    maria.delete(&paths::draft(&DraftId("d".into()))).await.is(204);
    house.pass(1);
    put(&maria, "d", &titled("anew")).await.is(201);
    put_over(&maria, "d", FIRST, &titled("late")).await.is(412);
    assert_eq!(read(&maria, "d").await.json::<Draft>().report.title, "anew");
}

#[tokio::test]
async fn what_is_too_much_or_unknown_is_refused() {
    let house = House::new().await;
    let maria = house.maria().await;
    let long = NewDraft { report: NewReport { details: "a".repeat(BYTES_MAX), ..NewReport::default() }, ..NewDraft::default() };
    assert_eq!(put(&maria, "d", &long).await.is(413).faults(), ["report:too_long"]);
    let unknown = NewDraft { kind: DraftKind::Unknown, ..NewDraft::default() };
    assert_eq!(put(&maria, "d", &unknown).await.is(422).faults(), ["kind:not_a_choice"]);
    put(&maria, "not%20one", &titled("x")).await.is(404);
    for n in 0..DRAFTS_MAX {
        put(&maria, &format!("d{n}"), &NewDraft::default()).await.is(201);
    }
    assert_eq!(put(&maria, "more", &NewDraft::default()).await.is(422).faults(), ["drafts:too_many_items"]);
    put_over(&maria, "d0", FIRST, &titled("still")).await.is(200);
    assert_eq!(list(&maria).await.len(), DRAFTS_MAX as usize);
}

#[tokio::test]
async fn what_is_not_yet_right_is_kept_all_the_same() {
    let house = House::new().await;
    let maria = house.maria().await;
    let place = Place { street: "?".repeat(500), ..Place::default() };
    let odd = NewDraft { report: NewReport { title: "a\0b\u{202E}".into(), place, ..NewReport::default() }, ..NewDraft::default() };
    put(&maria, "d", &odd).await.is(201);
    assert_eq!(list(&maria).await[0].title, "ab");
    assert_eq!(read(&maria, "d").await.json::<Draft>().report, odd.report);
}

#[tokio::test]
async fn a_report_that_arrives_ends_its_draft_and_it_does_not_come_back() {
    let house = House::new().await;
    let maria = house.maria().await;
    put(&maria, "d", &NewDraft { report: good(), ..NewDraft::default() }).await.is(201);
    maria.create(paths::REPORTS, "d", &NewReport { title: String::new(), ..good() }).await.is(422);
    assert_eq!(list(&maria).await.len(), 1);
    maria.create(paths::REPORTS, "d", &good()).await.is(201);
    assert!(list(&maria).await.is_empty());
    for answer in [put(&maria, "d", &titled("late")).await, put_over(&maria, "d", FIRST, &titled("late")).await] {
        assert_eq!(answer.is(409).problem().code, ProblemCode::Conflict);
    }
    put(&house.luca().await, "d", &titled("Luca's own")).await.is(201);
}

#[tokio::test]
async fn a_draft_is_thrown_away_at_once_or_after_ninety_days() {
    let house = House::new().await;
    put(&house.maria().await, "old", &NewDraft::default()).await.is(201);
    put(&house.maria().await, "gone", &NewDraft::default()).await.is(201);
    for _ in 0..2 {
        house.maria().await.delete(&paths::draft(&DraftId("gone".into()))).await.is(204);
    }
    house.pass(50 * 24 * 3600);
    let maria = house.maria().await;
    put(&maria, "young", &NewDraft::default()).await.is(201);
    house.pass(40 * 24 * 3600 + 1);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(list(&house.maria().await).await.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(), ["young"]);
}

/// A case of somebody's.
async fn a_case(who: &Who) -> CaseSummary {
    who.get(paths::CASES).await.is(200).json::<Page<CaseSummary>>().items.remove(0)
}

fn saying(case: &CaseId, text: &str) -> NewDraft {
    let message = NewMessage { text: text.into(), files: vec![] };
    NewDraft { kind: DraftKind::Message, case: Some(case.clone()), message: Some(message), ..NewDraft::default() }
}

#[tokio::test]
async fn a_message_is_begun_here_gone_on_with_there_and_over_when_it_has_arrived() {
    let house = House::new().await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    let case = a_case(&phone).await;
    let begun: DraftSummary = put(&phone, "m", &saying(&case.id, "Buongiorno, ")).await.is(201).json();
    assert_eq!((begun.kind, begun.case.as_ref(), &begun.title), (DraftKind::Message, Some(&case.id), &case.title));
    assert_eq!(list(&desk).await, [begun]);
    let draft: Draft = read(&desk, "m").await.is(200).json();
    assert_eq!((draft.message.unwrap().text.as_str(), draft.report), ("Buongiorno, ", NewReport::default()));
    put_over(&desk, "m", FIRST, &saying(&case.id, "Buongiorno, arrivo domani.")).await.is(200);
    put_over(&phone, "m", FIRST, &saying(&case.id, "Buongiorno, arrivo oggi.")).await.is(412);
    assert_eq!(read(&phone, "m").await.json::<Draft>().message.unwrap().text, "Buongiorno, arrivo domani.");
    let sent = NewMessage { text: "Buongiorno, arrivo domani.".into(), files: vec![] };
    desk.create(&paths::case_messages(&case.id), "m", &sent).await.is(201);
    assert!(list(&phone).await.is_empty());
    for late in [put(&phone, "m", &saying(&case.id, "x")).await, put_over(&phone, "m", FIRST, &saying(&case.id, "x")).await] {
        assert_eq!(late.is(409).problem().code, ProblemCode::Conflict);
    }
}

#[tokio::test]
async fn a_message_is_about_a_case_of_ones_own_and_stays_with_it() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let cases: Vec<CaseSummary> = maria.get(paths::CASES).await.is(200).json::<Page<CaseSummary>>().items;
    let draft = saying(&cases[0].id, "Mio");
    for (wrong, fault) in [
        (NewDraft { case: None, ..draft.clone() }, "case:required"),
        (NewDraft { message: None, ..draft.clone() }, "message:required"),
        (saying(&CaseId("never".into()), "x"), "case:not_found"),
    ] {
        assert_eq!(put(&maria, "m", &wrong).await.is(422).faults(), [fault]);
    }
    assert_eq!(put(&luca, "m", &draft).await.is(422).faults(), ["case:not_found"]);
    assert_eq!(put(&maria, "m", &saying(&cases[0].id, &"a".repeat(BYTES_MAX))).await.is(413).faults(), ["message:too_long"]);
    put(&maria, "m", &draft).await.is(201);
    for other in [saying(&cases[1].id, "Mio"), titled("Mio")] {
        assert_eq!(put_over(&maria, "m", FIRST, &other).await.is(422).faults(), ["case:not_a_choice"]);
    }
    // What arrived at the very moment its draft was kept is cleared away later.
    let message = NewMessage { text: "Mio".into(), files: vec![] };
    maria.create(&paths::case_messages(&cases[0].id), "n", &message).await.is(201);
    put(&maria, "other", &draft).await.is(201);
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query("UPDATE drafts SET id = 'n' WHERE id = 'other'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(list(&house.maria().await).await.iter().map(|draft| draft.id.as_str()).collect::<Vec<_>>(), ["m"]);
}
