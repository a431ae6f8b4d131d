//! Delegations: given, accepted with a code, used within their scopes and their time, ended by both sides, and written down.
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use contract::cases::{ActorKind, Case, CaseSummary, StepKind};
use contract::delegates::{
    Acting, Delegation, DelegationCode, DelegationState, Delegations, GivenDelegation, NewActing, NewDelegation, OPEN_MAX,
    OfferedDelegation,
};
use contract::dictionary::StateCode;
use contract::help_desk::{HelpScope, LogAction, LogActor, LogEntry};
use contract::id::{CaseId, DelegationId};
use contract::inbox::{Message, MessageKind};
use contract::office::Move;
use contract::replies::NewMessage;
use contract::session::{Device, Me};
use contract::story::StoryEntry;
use contract::{Date, Page, ProblemCode, paths};
use crm::help_desk::log;

/// A delegation until the end of the year.
pub fn new(scopes: &[HelpScope]) -> NewDelegation {
    NewDelegation { name: "Luca Rossi".into(), scopes: scopes.into(), case: None, until: Some(Date("2026-12-31".into())), tells: false }
}

async fn give(giver: &Who, new: &NewDelegation) -> GivenDelegation {
    giver.create(paths::MY_DELEGATIONS, &uuid::Uuid::now_v7().to_string(), new).await.is(201).json()
}

fn code(text: &str) -> DelegationCode {
    DelegationCode { code: text.to_owned() }
}

/// A delegation that is given and accepted.
pub async fn delegated(house: &House, giver: &str, delegate: &str, new: &NewDelegation) -> Delegation {
    let given = give(&house.signed_in(giver, Device::Mine).await, new).await;
    house.pass(60);
    house.signed_in(delegate, Device::Mine).await.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(200).json()
}

/// A delegate who has just signed in, and acts.
pub async fn acts(house: &House, delegate: &str, delegation: &DelegationId) -> Who {
    let who = house.signed_in(delegate, Device::Mine).await;
    who.post(paths::MY_ACTING, &NewActing { delegation: delegation.clone() }).await.is(204);
    who
}

async fn lists(who: &Who) -> Delegations {
    who.get(paths::MY_DELEGATIONS).await.is(200).json()
}

async fn log_of(citizen: &Who) -> Vec<LogEntry> {
    citizen.get("/api/v1/me/access_log?limit=100").await.is(200).json::<Page<LogEntry>>().items
}

async fn cases(who: &Who) -> Vec<CaseSummary> {
    who.get(paths::CASES).await.is(200).json::<Page<CaseSummary>>().items
}

#[tokio::test]
async fn luca_sends_a_report_and_an_answer_for_maria_and_it_says_so_everywhere() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let given = give(&maria, &new(&[HelpScope::SendReport, HelpScope::UploadDocuments])).await;
    assert_eq!((given.delegation.name.as_str(), given.delegation.state), ("Luca Rossi", DelegationState::Pending));
    let offered: OfferedDelegation =
        luca.post(paths::DELEGATION_LOOK, &code(&given.code.to_lowercase().replace('-', " "))).await.is(200).json();
    assert_eq!((offered.giver.as_str(), offered.meant_for.as_str(), offered.until.0.as_str()), ("Maria Rossi", "Luca Rossi", "2026-12-31"));
    assert_eq!(offered.scopes, [HelpScope::SeeCases, HelpScope::SendReport, HelpScope::UploadDocuments]);
    let accepted: Delegation = luca.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(200).json();
    assert_eq!((accepted.name.as_str(), accepted.state), ("Maria Rossi", DelegationState::Active));
    let before: Me = luca.get(paths::ME).await.is(200).json();
    luca.post(paths::MY_ACTING, &NewActing { delegation: accepted.id.clone() }).await.is(204);
    let answer = luca.get(paths::ME).await.is(200);
    let me: Me = answer.json();
    assert_eq!((me.given_name.as_str(), me.fiscal_code, me.email, me.phone), ("Maria", None, None, None));
    assert_eq!((me.session.acting.as_ref(), answer.header("x-filo-person")), (Some(&before.id), me.id.as_str()));
    let acting: Acting = luca.get(paths::MY_ACTING).await.is(200).json();
    assert_eq!(
        (acting.giver.as_str(), acting.delegate.as_str(), acting.number),
        ("Maria Rossi", "Luca Rossi", given.delegation.number.clone())
    );
    let bus = cases(&luca).await.into_iter().find(|case| case.title.starts_with("Scuolabus")).unwrap();
    let message = NewMessage { text: "Ecco la risposta.".into(), files: vec![] };
    let may = luca.get(&paths::case(&bus.id, "it")).await.is(200).json::<Case>().may;
    assert_eq!((may.message, may.withdraw, may.rating), (true, false, false));
    luca.create(&paths::case_messages(&bus.id), "answer", &message).await.is(201);
    let sent: CaseSummary = luca.create(paths::REPORTS, "report", &good()).await.is(201).json();
    luca.delete(paths::MY_ACTING).await.is(204);
    assert_eq!(luca.get(paths::ME).await.is(200).json::<Me>(), Me { session: luca.get(paths::ME).await.json::<Me>().session, ..before });
    luca.get(&paths::case(&sent.id, "it")).await.is(404);
    // It is Maria's, and says who did it.
    let case: Case = maria.get(&paths::case(&sent.id, "it")).await.is(200).json();
    assert_eq!((case.timeline[0].by.kind, case.timeline[0].by.name.as_str()), (ActorKind::You, "Luca Rossi"));
    let case: Case = maria.get(&paths::case(&bus.id, "it")).await.is(200).json();
    let step = case.timeline.iter().find(|step| step.kind == StepKind::Message).unwrap();
    assert_eq!((step.by.kind, step.by.name.as_str(), step.note.as_str()), (ActorKind::You, "Luca Rossi", "Ecco la risposta."));
    let entries = log_of(&maria).await;
    let done: Vec<_> = entries.iter().rev().map(|entry| entry.action).collect();
    let expected = [
        LogAction::DelegationGiven,
        LogAction::DelegationAccepted,
        LogAction::ActingBegun,
        LogAction::CasesSeen,
        LogAction::CaseSeen,
        LogAction::MessageSent,
        LogAction::ReportSent,
        LogAction::ActingEnded,
    ];
    assert_eq!(done, expected);
    assert!(entries[..7].iter().all(|entry| (entry.actor, entry.name.as_str()) == (LogActor::Delegate, "Luca Rossi")));
    assert!(entries.iter().all(|entry| entry.session == given.delegation.number));
    assert!(log_of(&luca).await.is_empty());
    log::verify(&house.crm, None).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_code_is_used_once_by_another_in_time_and_not_guessed() {
    let house = House::with(&[("FILO_CODES_PER_MINUTE", "4")]).await;
    house.bring(&crate::people::file()).await;
    let (maria, luca, zoe) = (house.maria().await, house.luca().await, house.signed_in("zoe", Device::Mine).await);
    let given = give(&maria, &new(&[HelpScope::SeeCases])).await;
    // Not by who gave it: the other one still can.
    assert_eq!(maria.post(paths::DELEGATION_LOOK, &code(&given.code)).await.is(409).problem().code, ProblemCode::Conflict);
    maria.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(409);
    luca.post(paths::DELEGATION_ACCEPT, &code("AAAA-AAAA-AAAA")).await.is(404);
    luca.post(paths::DELEGATION_ACCEPT, &code("")).await.is(404);
    // Five in a minute are too many, the right one too.
    luca.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(429);
    house.pass(60);
    luca.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(200);
    zoe.post(paths::DELEGATION_LOOK, &code(&given.code)).await.is(404);
    zoe.post(paths::DELEGATION_ACCEPT, &code(&given.code)).await.is(404);
    let late = give(&maria, &new(&[HelpScope::SeeCases])).await;
    let taken_back = give(&maria, &new(&[HelpScope::SeeCases])).await;
    maria.delete(&paths::my_delegation(&taken_back.delegation.id)).await.is(204);
    house.pass(60);
    zoe.post(paths::DELEGATION_ACCEPT, &code(&taken_back.code)).await.is(404);
    house.pass(7 * 24 * 3600);
    let (maria, zoe) = (house.maria().await, house.signed_in("zoe", Device::Mine).await);
    zoe.post(paths::DELEGATION_ACCEPT, &code(&late.code)).await.is(404);
    let states: Vec<_> = lists(&maria).await.given.into_iter().map(|one| one.state).collect();
    assert_eq!(states, [DelegationState::EndedByGiver, DelegationState::Lapsed, DelegationState::Active]);
    // No delegation of anybody else's is mine to use or to end.
    zoe.post(paths::MY_ACTING, &NewActing { delegation: given.delegation.id.clone() }).await.is(404);
    zoe.delete(&paths::my_delegation(&given.delegation.id)).await.is(404);
}

#[tokio::test]
async fn what_is_given_keeps_to_the_rules_and_its_code_is_kept_nowhere() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let refused = |new: NewDelegation| {
        let maria = maria.clone();
        async move { maria.create(paths::MY_DELEGATIONS, &uuid::Uuid::now_v7().to_string(), &new).await.is(422).faults() }
    };
    assert_eq!(refused(NewDelegation::default()).await, ["name:required", "scopes:required", "until:required"]);
    let good = new(&[HelpScope::SeeCases]);
    for until in ["2026-11-21", "2027-11-23", "2027-02-30"] {
        assert_eq!(refused(NewDelegation { until: Some(Date(until.into())), ..good.clone() }).await, ["until:not_a_choice"], "{until}");
    }
    assert_eq!(refused(NewDelegation { scopes: vec![HelpScope::AnswerQuestionnaire], ..good.clone() }).await, ["scopes:not_a_choice"]);
    assert_eq!(refused(NewDelegation { name: "\u{202e}acuL".into(), ..good.clone() }).await, ["name:unsafe_characters"]);
    // Of somebody else's case it is not told that there is one.
    let foreign = cases(&luca).await.remove(0).id;
    for case in [foreign, CaseId("0193-none".into()), CaseId("\0".into())] {
        assert_eq!(refused(NewDelegation { case: Some(case), ..good.clone() }).await, ["case:not_found"]);
    }
    maria.create(paths::MY_DELEGATIONS, "short", &good).await.is(400);
    let key = uuid::Uuid::now_v7().to_string();
    let first: GivenDelegation = maria.create(paths::MY_DELEGATIONS, &key, &good).await.is(201).json();
    let again: GivenDelegation = maria.create(paths::MY_DELEGATIONS, &key, &good).await.is(201).json();
    assert_eq!((&first.code, &first.delegation.id), (&again.code, &again.delegation.id));
    let plain = first.code.replace('-', "");
    for kept in ["answers WHERE body", "delegations WHERE code_hash"] {
        assert_eq!(
            house.count(&format!("{kept} LIKE '%{plain}%'")).await + house.count(&format!("{kept} LIKE '%{}%'", first.code)).await,
            0
        );
    }
    for _ in 1..OPEN_MAX {
        give(&maria, &good).await;
    }
    assert_eq!(refused(good).await, ["delegations:too_many_items"]);
}

#[tokio::test]
async fn of_one_case_there_is_that_case_and_no_other() {
    let house = House::new().await;
    let maria = house.maria().await;
    let all = cases(&maria).await;
    let bus = all.iter().find(|case| case.title.starts_with("Scuolabus")).unwrap().id.clone();
    let nursery = all.iter().find(|case| case.title.starts_with("Asilo")).unwrap().id.clone();
    let scopes = [HelpScope::SeeCases, HelpScope::UploadDocuments];
    let delegation = delegated(&house, "maria", "luca", &NewDelegation { case: Some(bus.clone()), ..new(&scopes) }).await;
    assert_eq!((delegation.case.as_ref(), delegation.title.as_str()), (Some(&bus), "Scuolabus per Età Prescolare"));
    let luca = acts(&house, "luca", &delegation.id).await;
    assert_eq!(cases(&luca).await.into_iter().map(|case| case.id).collect::<Vec<_>>(), std::slice::from_ref(&bus));
    let story: Page<StoryEntry> = luca.get(paths::STORY).await.is(200).json();
    assert!(!story.items.is_empty() && story.items.iter().all(|entry| entry.case == bus));
    luca.get(&paths::case(&bus, "it")).await.is(200);
    luca.get(&paths::case(&nursery, "it")).await.is(404);
    let document = maria.get(&paths::case(&nursery, "it")).await.is(200).json::<Case>().documents[0].id.clone();
    luca.get(&paths::document(&nursery, &document)).await.is(404);
    let message = NewMessage { text: "Ciao".into(), files: vec![] };
    luca.create(&paths::case_messages(&nursery), "other", &message).await.is(404);
    luca.create(&paths::case_messages(&bus), "own", &message).await.is(201);
    luca.get(paths::EVENTS).await.is(404);
    luca.create(paths::REPORTS, "report", &good()).await.is(403);
}

#[tokio::test]
async fn both_sides_end_it_at_once_and_both_directions_go_side_by_side() {
    let house = House::new().await;
    let forth = delegated(&house, "maria", "luca", &new(&[HelpScope::SeeCases])).await;
    let back = delegated(&house, "luca", "maria", &new(&[HelpScope::SendReport])).await;
    let (luca, maria) = (acts(&house, "luca", &forth.id).await, acts(&house, "maria", &back.id).await);
    assert_eq!(luca.get(paths::ME).await.is(200).json::<Me>().given_name, "Maria");
    assert_eq!(maria.get(paths::ME).await.is(200).json::<Me>().given_name, "Luca");
    luca.get(paths::CASES).await.is(200);
    maria.get(paths::CASES).await.is(403);
    // Who acts gives nothing on, and ends nothing of the other's.
    luca.create(paths::MY_DELEGATIONS, &uuid::Uuid::now_v7().to_string(), &new(&[HelpScope::SeeCases])).await.is(403);
    luca.delete(&paths::my_delegation(&forth.id)).await.is(403);
    // The delegate ends it from another device: at the next request it holds no longer.
    let elsewhere = house.luca().await;
    elsewhere.delete(&paths::my_delegation(&forth.id)).await.is(204);
    elsewhere.delete(&paths::my_delegation(&forth.id)).await.is(204);
    assert_eq!(luca.get(paths::CASES).await.is(403).problem().fields[0].params["reason"], "ended");
    let told = lists(&elsewhere).await;
    assert_eq!((told.received[0].state, told.given[0].state), (DelegationState::EndedByDelegate, DelegationState::Active));
    assert_eq!(lists(&house.maria().await).await.given[0].state, DelegationState::EndedByDelegate);
    // The giver ends the other.
    elsewhere.delete(&paths::my_delegation(&back.id)).await.is(204);
    maria.create(paths::REPORTS, "late", &good()).await.is(403);
    // Whoever asks who is here is themselves again.
    let me: Me = maria.get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.session.acting), ("Maria", None));
    maria.get(paths::CASES).await.is(200);
}

#[tokio::test]
async fn the_last_day_ends_it_and_what_another_window_believes_changes_nothing() {
    let house = House::new().await;
    // Ten to midnight in the town.
    house.pass(13 * 3600 + 50 * 60);
    let today = NewDelegation { until: Some(Date("2026-11-22".into())), ..new(&[HelpScope::SeeCases, HelpScope::SendReport]) };
    let delegation = delegated(&house, "maria", "luca", &today).await;
    let luca = house.luca().await;
    let own: Me = luca.get(paths::ME).await.is(200).json();
    luca.post(paths::MY_ACTING, &NewActing { delegation: delegation.id.clone() }).await.is(204);
    let other: Me = luca.get(paths::ME).await.is(200).json();
    let (as_self, as_maria) = (luca.clone().with("x-filo-person", own.id.as_str()), luca.clone().with("x-filo-person", other.id.as_str()));
    // A window that still shows Luca sends nothing as Maria, and reads nothing of hers.
    assert_eq!(as_self.create(paths::REPORTS, "mine", &good()).await.is(409).problem().code, ProblemCode::OtherPerson);
    as_self.get(paths::CASES).await.is(409);
    assert_eq!(as_maria.get(paths::CASES).await.is(200).header("x-filo-person"), other.id.as_str());
    luca.delete(paths::MY_ACTING).await.is(204);
    // And one that still shows Maria sends nothing as Luca.
    as_maria.create(paths::REPORTS, "hers", &good()).await.is(409);
    as_self.create(paths::REPORTS, "mine", &good()).await.is(201);
    assert_eq!((cases(&luca).await.len(), house.count("reports").await), (2, 1));
    luca.post(paths::MY_ACTING, &NewActing { delegation: delegation.id.clone() }).await.is(204);
    luca.get(paths::CASES).await.is(200);
    house.pass(15 * 60);
    assert_eq!(luca.get(paths::CASES).await.is(403).problem().fields[0].params["reason"], "ended");
    assert_eq!(luca.get(paths::ME).await.is(200).json::<Me>().given_name, "Luca");
    luca.post(paths::MY_ACTING, &NewActing { delegation: delegation.id }).await.is(404);
    assert_eq!(lists(&luca).await.received[0].state, DelegationState::EndedByTime);
}

#[tokio::test]
async fn who_is_helped_and_who_leaves_stand_in_nobody_s_way() {
    let house = House::new().await;
    let delegation = delegated(&house, "maria", "luca", &new(&[HelpScope::SeeCases])).await;
    let luca = acts(&house, "luca", &delegation.id).await;
    // A volunteer helps Maria at the same time; one who helps Luca acts for nobody.
    let desk = crate::help_desk::helped(&house, "maria", "elena", &HelpScope::ALL).await;
    desk.page().get(paths::CASES).await.is(200);
    luca.get(paths::CASES).await.is(200);
    desk.page().post(paths::MY_ACTING, &NewActing { delegation: delegation.id.clone() }).await.is(403);
    // Logging in again is being oneself again.
    assert_eq!(house.luca().await.get(paths::ME).await.is(200).json::<Me>().given_name, "Luca");
    // An account that is gone takes its delegations along, on both sides.
    let of_zoe = delegated(&house, "zoe", "luca", &new(&[HelpScope::SeeCases])).await;
    let acting = acts(&house, "luca", &of_zoe.id).await;
    let zoe: Me = acting.get(paths::ME).await.is(200).json();
    house.sql("DELETE FROM citizens WHERE subject = 'zoe'").await;
    acting.clone().with("x-filo-person", zoe.id.as_str()).get(paths::CASES).await.is(409);
    assert_eq!(acting.get(paths::ME).await.is(200).json::<Me>().given_name, "Luca");
}

#[tokio::test]
async fn who_is_to_be_told_hears_for_whom_there_is_news_and_not_what_it_is() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bus = cases(&maria).await.into_iter().find(|case| case.title.starts_with("Scuolabus")).unwrap().id;
    let told = |scopes: &[HelpScope]| NewDelegation { tells: true, ..new(scopes) };
    let sees = delegated(&house, "maria", "luca", &told(&[HelpScope::SeeCases])).await;
    // Twice over, without being told, and without seeing: nobody hears more for that.
    delegated(&house, "maria", "luca", &NewDelegation { case: Some(bus.clone()), ..told(&[HelpScope::SeeCases]) }).await;
    delegated(&house, "maria", "zoe", &told(&[HelpScope::SendReport])).await;
    delegated(&house, "maria", "zoe", &new(&[HelpScope::SeeCases])).await;
    let (luca, zoe) = (house.luca().await, house.signed_in("zoe", Device::Mine).await);
    let delegated = |who: Who| async move {
        let page: Page<Message> = who.get(paths::INBOX).await.is(200).json();
        page.items.into_iter().filter(|message| message.kind == MessageKind::Delegated).collect::<Vec<_>>()
    };
    let moved = |key: &'static str, note: &'static str| {
        let (desk, path) = (house.desk(), paths::office_moves(&bus));
        let state = StateCode("in_progress".into());
        let moved = Move { state, note: note.into(), task: None, task_due_on: None, channel: None, files: vec![] };
        async move { desk.create(&path, key, &moved).await.is(200) }
    };
    moved("one", "Il certificato medico va bene.").await;
    let heard = delegated(luca.clone()).await;
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].title.as_str(), heard[0].note.as_str(), &heard[0].case, &heard[0].number), ("Maria Rossi", "", &None, &None));
    assert!(delegated(zoe.clone()).await.is_empty());
    // The last of them ends, and with it what is told.
    for one in lists(&luca).await.received {
        luca.delete(&paths::my_delegation(&one.id)).await.is(204);
    }
    moved("two", "Una nota in più.").await;
    assert_eq!((delegated(luca).await.len(), sees.tells), (1, true));
}
