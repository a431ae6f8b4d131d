//! What is about to be sent at the desk is read by its citizen first, and what leaves is what they have read.
use super::{Desk, acts, asked, begin, begun, helped, in_the_room, log_of};
use crate::house::House;
use crate::mail::deliver;
use crate::mail::server::Server;
use crate::people::{Answer, Who};
use crate::reports::good;
use axum::http::Method;
use contract::cases::CaseSummary;
use contract::help_desk::{Agreed, HelpScope, LogAction, LogActor, MyHelp, NewShown, Shown, ShownAnswer, ShownState, Updates};
use contract::paths;
use contract::reports::NewReport;

async fn show(desk: &Desk, report: &NewReport, updates: Option<Updates>) -> Answer {
    let body = serde_json::to_vec(&NewShown { report: report.clone(), updates }).unwrap();
    desk.page().with("content-type", "application/json").ask(Method::PUT, "/api/v1/me/help/shown?language=it", body.into()).await
}

async fn say(who: &Who, shown: &Shown, yes: bool) -> Answer {
    who.post(paths::MY_HELP_SHOWN, &ShownAnswer { id: shown.id.clone(), yes }).await
}

/// The citizen has read on their own phone what will be sent, and says yes.
pub async fn read_and_confirmed(desk: &Desk, citizen: &Who, report: &NewReport) {
    let shown: Shown = show(desk, report, Some(Updates::Citizen)).await.is(200).json();
    say(citizen, &shown, true).await.is(204);
}

#[tokio::test]
async fn nothing_leaves_that_its_citizen_has_not_read_on_their_own_phone() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &[HelpScope::SendReport]).await;
    let maria = house.maria().await;
    assert_eq!(desk.page().create(paths::REPORTS, "k", &good()).await.is(403).problem().fields[0].params["reason"], "unconfirmed");
    // Who gets the updates is asked each time, and the report's own rules hold here too.
    assert_eq!(show(&desk, &good(), None).await.is(422).faults(), ["updates:required"]);
    assert_eq!(
        show(&desk, &NewReport { title: String::new(), ..good() }, Some(Updates::Nobody)).await.is(422).faults(),
        ["title:required"]
    );
    let shown: Shown = show(&desk, &good(), Some(Updates::Citizen)).await.is(200).json();
    let told = maria.get(&paths::my_help("en")).await.is(200).json::<MyHelp>().shown.unwrap();
    assert_eq!((told.id.clone(), told.place.as_str(), told.on_phone), (shown.id.clone(), "Via Maggio 12/R", true));
    assert_eq!((told.state, told.details.as_str(), told.answers.len()), (ShownState::Asked, "Da tre giorni.", 1));
    // In the language of whoever reads.
    assert_ne!(told.category, maria.get(&paths::my_help("it")).await.json::<MyHelp>().shown.unwrap().category);
    // The desk cannot say it in her place, and another citizen knows nothing of it.
    assert_eq!(say(&desk.page(), &shown, true).await.is(403).problem().fields[0].params["reason"], "unconfirmed");
    say(&house.luca().await, &shown, true).await.is(404);
    say(&maria, &shown, false).await.is(204);
    say(&maria, &shown, true).await.is(404);
    desk.page().create(paths::REPORTS, "k", &good()).await.is(403);
    read_and_confirmed(&desk, &maria, &good()).await;
    // Another report than the one she has read.
    desk.page().create(paths::REPORTS, "k", &NewReport { details: "Altro.".into(), ..good() }).await.is(403);
    desk.page().create(paths::REPORTS, "k", &good()).await.is(201);
    desk.page().create(paths::REPORTS, "k", &good()).await.is(201);
    // A yes sends one thing.
    desk.page().create(paths::REPORTS, "again", &good()).await.is(403);
    assert_eq!(house.count("shown").await, 0);
    let log = log_of(&maria).await;
    let said: Vec<_> = log.iter().filter(|entry| entry.actor == LogActor::Citizen).map(|entry| entry.action).collect();
    assert_eq!(said, [LogAction::ContentConfirmed, LogAction::ContentWrong]);
    show(&desk, &good(), Some(Updates::Citizen)).await.is(200);
    desk.over().await;
    assert_eq!(house.count("shown").await, 0);
    assert_eq!(maria.get(paths::MY_HELP).await.json::<MyHelp>(), MyHelp::default());
}

#[tokio::test]
async fn without_a_phone_the_screen_is_turned_and_it_is_written_down_as_that() {
    let house = House::new().await;
    let (elena, omar) = (house.volunteer("elena").await, house.volunteer("omar").await);
    let consent = asked(&elena, &in_the_room()).await;
    omar.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: true }).await.is(204);
    let desk = begun(&elena, "maria", &begin(&elena, &consent, "").await.is(200));
    desk.page().create(paths::REPORTS, "k", &good()).await.is(403);
    let shown: Shown = show(&desk, &good(), Some(Updates::Citizen)).await.is(200).json();
    assert!(!shown.on_phone);
    say(&desk.page(), &shown, true).await.is(204);
    desk.page().create(paths::REPORTS, "k", &good()).await.is(201);
    let log = log_of(&house.maria().await).await;
    let said = log.iter().find(|entry| entry.action == LogAction::ContentConfirmed).unwrap();
    assert_eq!((said.actor, said.name.as_str(), said.why.as_str()), (LogActor::Volunteer, "elena", "screen"));
}

#[tokio::test]
async fn who_wants_no_updates_gets_none_of_that_case() {
    let (server, house) = Server::with_house().await;
    let desk = helped(&house, "maria", "elena", &[HelpScope::SendReport]).await;
    let maria = house.maria().await;
    for (key, updates) in [("quiet", Updates::Nobody), ("told", Updates::Citizen)] {
        let shown: Shown = show(&desk, &good(), Some(updates)).await.is(200).json();
        assert_eq!(shown.updates_to, if updates == Updates::Citizen { "m•••@example.org" } else { "" });
        say(&maria, &shown, true).await.is(204);
        let sent: CaseSummary = desk.page().create(paths::REPORTS, key, &good()).await.is(201).json();
        let moved = serde_json::json!({ "state": "registered", "note": "Vista." });
        house.desk().create(&paths::office_moves(&sent.id), key, &moved).await.is(200);
    }
    deliver(&house).await;
    assert_eq!(server.taken().len(), 2);
    assert!(acts(&maria).await.contains(&LogAction::ReportSent));
}
