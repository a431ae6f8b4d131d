//! Cases: list, search, one case, its documents and receipt.
use crate::house::House;
use crate::people::{Who, file, step};
use contract::cases::{Actor, Case, CaseQuery, CaseSummary, Phase, TaskKind};
use contract::import::{ImportCase, ImportFile};
use contract::{Page, ProblemCode, paths};

async fn titles(who: &Who, query: CaseQuery) -> Vec<String> {
    let page: Page<CaseSummary> = who.get(&paths::cases(&query)).await.is(200).json();
    page.items.into_iter().map(|case| case.title).collect()
}

fn containing(words: &str) -> CaseQuery {
    CaseQuery { q: Some(words.into()), ..CaseQuery::default() }
}

async fn first(who: &Who, words: &str) -> CaseSummary {
    let page: Page<CaseSummary> = who.get(&paths::cases(&containing(words))).await.is(200).json();
    page.items.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_citizen_sees_their_own_cases_the_last_moved_first() {
    let house = House::new().await;
    let all = titles(&house.maria().await, CaseQuery::default()).await;
    assert_eq!(all, ["Scuolabus per Età Prescolare", "Asilo di Sara", "Permesso di sosta"]);
    assert_eq!(titles(&house.luca().await, CaseQuery::default()).await, ["Asilo di Pietro"]);
    assert_eq!(titles(&house.signed_in("zoe", contract::session::Device::Mine).await, CaseQuery::default()).await, [""; 0]);
}

#[tokio::test]
async fn the_phase_filters() {
    let house = House::new().await;
    let maria = house.maria().await;
    for (phase, found) in
        [(Phase::Open, "Asilo di Sara"), (Phase::WaitingForYou, "Scuolabus per Età Prescolare"), (Phase::Closed, "Permesso di sosta")]
    {
        assert_eq!(titles(&maria, CaseQuery { phase: Some(phase), ..CaseQuery::default() }).await, [found]);
    }
    let answer = maria.get("/api/v1/cases?phase=frozen").await.is(422);
    assert_eq!(answer.faults(), ["phase:not_a_choice"]);
}

#[tokio::test]
async fn words_are_found_in_number_title_subject_kind_state_and_office_whatever_their_accents() {
    let house = House::new().await;
    let maria = house.maria().await;
    let number = first(&maria, "asilo sara").await.number.0;
    for (words, found) in [
        (number.as_str(), "Asilo di Sara"),
        ("ETA prescolare", "Scuolabus per Età Prescolare"),
        ("targa ab", "Permesso di sosta"),
        ("residenti", "Permesso di sosta"),
        ("mancano documenti", "Scuolabus per Età Prescolare"),
        ("taken in charge", "Asilo di Sara"),
    ] {
        assert_eq!(titles(&maria, containing(words)).await, [found], "{words}");
    }
    assert_eq!(titles(&maria, containing("citta scuola")).await.len(), 3);
    assert_eq!(titles(&maria, containing("  ")).await.len(), 3);
    for nothing in ["pietro", "sara targa", "100%zzz", "'; DROP TABLE cases; --"] {
        assert_eq!(titles(&maria, containing(nothing)).await, [""; 0], "{nothing}");
    }
}

/// A town where Maria has thirty cases that were all moved in the same second.
async fn thirty() -> House {
    let house = House::empty().await;
    let one = file().cases.remove(0);
    let cases = (0..30).map(|n| ImportCase { key: format!("n{n}"), title: format!("Caso {n}"), documents: vec![], ..one.clone() });
    house.bring(&ImportFile { cases: cases.collect(), ..file() }).await;
    house
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_even_when_something_moves() {
    let house = thirty().await;
    let maria = house.maria().await;
    let mut seen = Vec::new();
    let mut query = CaseQuery { limit: Some(7), ..CaseQuery::default() };
    loop {
        let page: Page<CaseSummary> = maria.get(&paths::cases(&query)).await.is(200).json();
        assert!(page.items.len() <= 7);
        if seen.is_empty() {
            let newer =
                ImportCase { key: "newer".into(), steps: vec![step("submitted", "2026-11-22T08:00:00Z", true)], ..file().cases.remove(0) };
            house.bring(&ImportFile { cases: vec![newer], ..file() }).await;
        }
        seen.extend(page.items.into_iter().map(|case| case.id));
        query.after = page.next;
        if query.after.is_none() {
            break;
        }
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((count, seen.len()), (30, 30));
}

#[tokio::test]
async fn a_limit_is_kept_within_bounds_and_a_made_up_cursor_is_refused() {
    let house = thirty().await;
    let maria = house.maria().await;
    assert_eq!(titles(&maria, CaseQuery { limit: Some(0), ..CaseQuery::default() }).await.len(), 1);
    assert_eq!(titles(&maria, CaseQuery { limit: Some(4_000_000), ..CaseQuery::default() }).await.len(), 30);
    assert_eq!(maria.get("/api/v1/cases?after=zzz").await.is(422).faults(), ["after:not_a_choice"]);
    assert_eq!(maria.get("/api/v1/cases?limit=-1").await.is(400).problem().code, ProblemCode::Invalid);
}

#[tokio::test]
async fn one_case_tells_its_whole_story() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = first(&maria, "sara asilo").await.id;
    let case: Case = maria.get(&paths::case(&id, "it")).await.is(200).json();
    assert!(case.summary.number.is_well_formed() && case.summary.number.0.starts_with("PR-2026-"));
    assert_eq!(case.protocol.unwrap().number, "0184532/2026");
    assert_eq!(case.legal_days, Some(90));
    assert_eq!(case.office.name, "Ufficio Scuola e Città");
    let story: Vec<(&str, bool)> = case.timeline.iter().map(|step| (step.state.0.as_str(), step.at.is_some())).collect();
    assert_eq!(story, [("submitted", true), ("registered", true), ("in_progress", false), ("accepted", false)]);
    assert_eq!(case.timeline[0].by, Actor::you());
    assert_eq!(case.timeline[1].by, Actor::office("Ufficio Scuola e Città"));
    assert_eq!(case.timeline[1].at.as_ref().unwrap().0, "2026-11-03T07:00:00Z");
    assert_eq!(case.summary.moved_at.0, "2026-11-03T07:00:00Z");
    assert_eq!(case.timeline[3].expected_on.as_ref().unwrap().0, "2027-01-30");
    assert_eq!(case.report, None);
}

#[tokio::test]
async fn a_closed_case_remembers_its_last_day_and_a_waiting_one_has_a_task() {
    let house = House::new().await;
    let maria = house.maria().await;
    assert_eq!(first(&maria, "sosta").await.due_on.unwrap().0, "2027-01-30");
    let task = first(&maria, "scuolabus").await.task.unwrap();
    assert_eq!((task.kind, task.due_on.unwrap().0.as_str()), (TaskKind::SendDocuments, "2026-12-05"));
}

#[tokio::test]
async fn somebody_else_s_case_looks_like_one_that_never_existed() {
    let house = House::new().await;
    let id = first(&house.maria().await, "sara asilo").await.id;
    let luca = house.luca().await;
    let foreign = luca.get(&paths::case(&id, "it")).await.is(404);
    for missing in ["0193", "..%2Fme", "%00", "%FF"] {
        let missing = luca.get(&format!("/api/v1/cases/{missing}")).await.is(404);
        assert_eq!((missing.body, missing.headers), (foreign.body.clone(), foreign.headers.clone()));
    }
}

#[tokio::test]
async fn a_document_is_a_download_of_its_owner() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = first(&maria, "sara asilo").await.id;
    let case: Case = maria.get(&paths::case(&id, "it")).await.is(200).json();
    let document = case.documents.first().unwrap();
    let path = paths::document(&id, &document.id);
    let answer = maria.get(&path).await.is(200);
    assert!(answer.body.starts_with(b"%PDF-") && answer.body.len() as u64 == document.bytes);
    assert_eq!(answer.header("content-type"), "application/pdf");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"Avvio del procedimento.pdf\"; filename*=UTF-8''Avvio%20del%20procedimento.pdf"
    );
    assert!(answer.header("content-security-policy").starts_with("sandbox"));
    assert_eq!((answer.header("cache-control"), answer.header("x-content-type-options")), ("no-store", "nosniff"));
    house.luca().await.get(&path).await.is(404);
    maria.get(&paths::document(&first(&maria, "sosta").await.id, &document.id)).await.is(404);
}

#[tokio::test]
async fn every_case_has_a_receipt_in_both_languages() {
    let house = House::new().await;
    let maria = house.maria().await;
    let case = first(&maria, "scuolabus").await;
    for (language, name) in [("it", "Ricevuta"), ("en", "Receipt"), ("xx", "Ricevuta")] {
        let answer = maria.get(&paths::receipt(&case.id, language)).await.is(200);
        assert!(answer.body.starts_with(b"%PDF-"));
        assert!(answer.header("content-disposition").contains(&format!("{name} {}.pdf", case.number.0)));
    }
    house.luca().await.get(&paths::receipt(&case.id, "it")).await.is(404);
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    for path in [paths::CASES.to_owned(), paths::case(&first(&maria, "sosta").await.id, "it")] {
        let answer = maria.get(&path).await.is(200);
        assert_eq!((answer.header("cache-control"), answer.header("vary")), ("no-store", "cookie"));
        let again = maria.clone().with("if-none-match", answer.header("etag")).get(&path).await.is(304);
        assert!(again.body.is_empty());
    }
}
