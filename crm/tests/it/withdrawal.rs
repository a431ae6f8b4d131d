//! A case that its citizen does not need any more.
use crate::house::House;
use crate::travelling::report;
use contract::cases::{ActorKind, Case, CaseSummary, Phase};
use contract::public_reports::PublicReports;
use contract::replies::{MayReply, NewMessage, NewWithdrawal};
use contract::{Page, paths};

#[tokio::test]
async fn it_is_over_once_and_for_all_and_nothing_more_is_expected() {
    let house = House::new().await;
    let maria = house.maria().await;
    let page: Page<CaseSummary> = maria.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    let (id, moved_at) = (page.items[0].id.clone(), page.items[0].moved_at.clone());
    let withdrawal = NewWithdrawal { reason: "Abbiamo trovato un altro nido.".into() };
    let long = NewWithdrawal { reason: "a".repeat(1001) };
    assert_eq!(maria.create(&paths::case_withdrawal(&id), "long", &long).await.is(422).faults(), ["reason:too_long"]);
    house.luca().await.create(&paths::case_withdrawal(&id), "luca", &withdrawal).await.is(404);
    let first = maria.create(&paths::case_withdrawal(&id), "k", &withdrawal).await.is(201);
    assert_eq!(maria.create(&paths::case_withdrawal(&id), "k", &withdrawal).await.is(201).body, first.body);
    maria.create(&paths::case_withdrawal(&id), "again", &withdrawal).await.is(409);
    maria.create(&paths::case_messages(&id), "m", &NewMessage { text: "Ciao".into(), files: vec![] }).await.is(409);
    let case: Case = maria.get(&paths::case(&id, "it")).await.is(200).json();
    let last = case.timeline.last().unwrap();
    assert_eq!((case.summary.phase, case.summary.state.0.as_str(), &case.summary.moved_at), (Phase::Closed, "withdrawn", &moved_at));
    assert_eq!((last.by.kind, last.note.as_str(), last.at.is_some()), (ActorKind::You, "Abbiamo trovato un altro nido.", true));
    assert_eq!(case.may, MayReply { rating: true, ..MayReply::default() });
}

#[tokio::test]
async fn a_report_that_is_withdrawn_is_nobody_else_s_to_see() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    let moved = serde_json::json!({ "state": "registered" });
    house.desk().create(&paths::office_moves(&id), "m", &moved).await.is(200);
    assert_eq!(house.anyone().get(paths::PUBLIC_REPORTS).await.is(200).json::<PublicReports>().items.len(), 1);
    maria.create(&paths::case_withdrawal(&id), "k", &NewWithdrawal::default()).await.is(201);
    assert!(house.anyone().get(paths::PUBLIC_REPORTS).await.is(200).json::<PublicReports>().items.is_empty());
}
