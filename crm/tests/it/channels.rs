//! Channels: what somebody wants is what they get, where they want it, and they see what became of it; a "no" is a no.
use crate::house::House;
use crate::mail::deliver;
use crate::mail::server::{Mood, Server};
use crate::people::{Answer, Who};
use crate::reports::good;
use axum::http::Method;
use contract::cases::{CaseSummary, TaskKind};
use contract::channels::{Channel, Channels, Delivery, DeliveryState, NewTest, Topic, Wish, Wishes};
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::inbox::Message;
use contract::office::{Move, PaperLetter};
use contract::{Page, paths};

/// A certificate, as an office has it.
fn document() -> Vec<u8> {
    let rows = [("Nome".to_owned(), "Maria Rossi".to_owned())];
    let letter = crm::pdf::Letter { language: "it", title: "Certificato", town: "Comune", paragraphs: &[], rows: &rows, issued_on: "oggi" };
    crm::pdf::letter(&letter).unwrap()
}

const ADDRESS: &str = "Via Maggio 1\n50125 Firenze";

pub async fn channels(who: &Who) -> Channels {
    who.get(paths::MY_CHANNELS).await.is(200).json()
}

pub async fn choose(who: &Who, wishes: &Wishes) -> Answer {
    let who = who.clone().with("content-type", "application/json");
    who.ask(Method::PUT, paths::MY_CHANNELS, serde_json::to_vec(wishes).unwrap().into()).await
}

pub fn wish(topic: Topic, channel: Channel) -> Wish {
    Wish { topic, channel }
}

pub async fn test(who: &Who, key: &str, channel: Channel) -> Answer {
    who.create(paths::MY_CHANNEL_TESTS, key, &NewTest { channel }).await
}

pub async fn deliveries(who: &Who) -> Vec<Delivery> {
    who.get(paths::MY_DELIVERIES).await.is(200).json::<Page<Delivery>>().items
}

pub async fn report(who: &Who, key: &str) -> CaseId {
    who.create(paths::REPORTS, key, &good()).await.is(201).json::<CaseSummary>().id
}

pub async fn moved(house: &House, case: &CaseId, state: &str, task: Option<TaskKind>) {
    let note = "Una parola dell'ufficio.".to_owned();
    let moved = Move { state: StateCode(state.into()), note, task, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(case), &format!("{case}{state}"), &moved).await.is(200);
}

#[tokio::test]
async fn before_anything_is_chosen_letters_come_and_say_where_to_choose() {
    let (server, house) = Server::with_house().await;
    let maria = house.maria().await;
    let at_first = channels(&maria).await;
    assert_eq!(at_first.channels.iter().map(|state| (state.channel, state.is_ready)).collect::<Vec<_>>(), [(Channel::Email, true)]);
    assert_eq!(at_first.channels[0].reaches.as_deref(), Some("maria@example.org"));
    assert!(Topic::ALL.iter().all(|topic| at_first.wishes.wants(*topic, Channel::Email)));
    report(&maria, "k").await;
    deliver(&house).await;
    assert!(server.taken()[0].text.contains("/channels"), "{:?}", server.taken());
    let told = deliveries(&maria).await;
    assert_eq!(
        (told.len(), told[0].state, told[0].topic, told[0].to.as_str()),
        (1, DeliveryState::Done, Some(Topic::Cases), "maria@example.org")
    );
    assert!(deliveries(&house.luca().await).await.is_empty());
}

#[tokio::test]
async fn a_no_is_a_no_for_its_topic_alone_and_the_inbox_has_everything() {
    let (server, house) = Server::with_house().await;
    let maria = house.maria().await;
    let wishes = Wishes { wanted: vec![wish(Topic::Requests, Channel::Email)], ..Wishes::default() };
    assert_eq!(choose(&maria, &wishes).await.is(200).json::<Channels>().wishes, wishes);
    let case = report(&maria, "k").await;
    moved(&house, &case, "in_progress", None).await;
    assert_eq!(deliver(&house).await, 0);
    moved(&house, &case, "waiting_information", Some(TaskKind::Answer)).await;
    assert_eq!(deliver(&house).await, 1);
    assert_eq!(server.taken().len(), 1);
    assert_eq!(deliveries(&maria).await.iter().map(|told| told.topic).collect::<Vec<_>>(), [Some(Topic::Requests)]);
    let inbox: Page<Message> = maria.get(paths::INBOX).await.is(200).json();
    assert_eq!(inbox.items.iter().filter(|message| message.case.as_ref() == Some(&case)).count(), 3);
}

#[tokio::test]
async fn what_cannot_be_wished_for_is_refused_and_changes_nothing() {
    let house = House::with(&[("FILO_PAPER", "yes")]).await;
    house.bring(&crate::people::file()).await;
    let maria = house.maria().await;
    let before = channels(&maria).await;
    let quiet = |from: &str, to: &str| Some(contract::channels::Quiet { from: from.into(), to: to.into() });
    let paper = vec![wish(Topic::Cases, Channel::Paper)];
    for (wishes, fault) in [
        (Wishes { quiet: quiet("22:00", "22:00"), ..Wishes::default() }, "quiet:not_hours"),
        (Wishes { quiet: quiet("25:00", "08:00"), ..Wishes::default() }, "quiet:not_hours"),
        (Wishes { wanted: paper.clone(), ..Wishes::default() }, "postal_address:required"),
        (Wishes { postal_address: "x".repeat(201), ..Wishes::default() }, "postal_address:too_long"),
        (Wishes { wanted: vec![paper[0]; 16], postal_address: ADDRESS.into(), ..Wishes::default() }, "wanted:not_a_choice"),
    ] {
        assert_eq!(choose(&maria, &wishes).await.is(422).faults(), [fault]);
    }
    assert_eq!(channels(&maria).await, before);
}

#[tokio::test]
async fn a_test_arrives_once_for_each_key_and_only_a_few_in_ten_minutes() {
    let (server, house) = Server::with_house().await;
    let maria = house.maria().await;
    for _ in 0..2 {
        test(&maria, "a", Channel::Email).await.is(202);
    }
    assert_eq!(deliver(&house).await, 1);
    let letters = server.taken();
    assert_eq!((letters[0].subject.as_str(), letters[0].to.as_str()), ("Questa è una prova", "maria@example.org"));
    let told = deliveries(&maria).await;
    assert_eq!((told.len(), told[0].topic, told[0].state), (1, None, DeliveryState::Done));
    for key in ["b", "c", "d", "e"] {
        test(&maria, key, Channel::Email).await.is(202);
    }
    test(&maria, "f", Channel::Email).await.is(429);
    house.pass(601);
    test(&maria, "g", Channel::Email).await.is(202);
    // What the town has not, or is no channel to try, is said.
    test(&maria, "h", Channel::Push).await.is(409);
    assert_eq!(test(&maria, "i", Channel::Paper).await.is(422).faults(), ["channel:not_a_choice"]);
    assert_eq!(test(&maria, "j", Channel::Unknown).await.is(422).faults(), ["channel:not_a_choice"]);
}

#[tokio::test]
async fn who_has_no_address_hears_that_a_test_cannot_reach_them() {
    let (_server, house) = Server::with_house().await;
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query("UPDATE citizens SET email = NULL WHERE subject = 'luca'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    let luca = house.luca().await;
    assert!(!channels(&luca).await.channels[0].is_ready);
    test(&luca, "a", Channel::Email).await.is(409);
}

#[tokio::test]
async fn a_letter_that_bounces_or_waits_is_shown_as_what_it_is() {
    let (server, house) = Server::with_house().await;
    let maria = house.maria().await;
    server.will(&[Mood::Refuse(451), Mood::Refuse(550)]);
    test(&maria, "a", Channel::Email).await.is(202);
    assert_eq!(deliver(&house).await, 1);
    let told = deliveries(&maria).await;
    assert_eq!(told[0].state, DeliveryState::Again);
    assert!(told[0].due_at.as_ref().is_some_and(|due| due.0 > told[0].at.0), "{told:?}");
    house.pass(60);
    assert_eq!(deliver(&house).await, 1);
    let told = deliveries(&maria).await;
    assert_eq!((told.len(), told[0].state, &told[0].due_at), (1, DeliveryState::Failed, &None));
}

#[tokio::test]
async fn a_certificate_comes_with_the_letter_for_who_wants_it_and_the_letter_names_it_for_all() {
    let (server, house) = Server::with_house().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let wishes = Wishes { attaches: true, ..channels(&maria).await.wishes };
    choose(&maria, &wishes).await.is(200);
    for who in [&maria, &luca] {
        let case = report(who, "k").await;
        let desk = house.desk().with("idempotency-key", "certificate").with("upload-metadata", "filename Q2VydGlmaWNhdG8ucGRm");
        let sent = desk.ask(Method::POST, &paths::office_attachments(&case), document().into()).await.is(201);
        let files = vec![sent.json::<contract::attachments::Attachment>().id];
        let moved = Move { state: StateCode("resolved".into()), note: String::new(), task: None, task_due_on: None, channel: None, files };
        house.desk().create(&paths::office_moves(&case), "m", &moved).await.is(200);
    }
    deliver(&house).await;
    let finished: Vec<_> = server.taken().into_iter().filter(|letter| letter.text.contains("Documenti per te: Certificato")).collect();
    let files = |to: &str| finished.iter().find(|letter| letter.to == to).unwrap().files.clone();
    let [(name, bytes)] = &files("maria@example.org")[..] else { panic!("{finished:?}") };
    assert!(name.starts_with("Certificato") && bytes.starts_with(b"%PDF"), "{name}");
    assert!(files("luca@example.org").is_empty());
}

#[tokio::test]
async fn a_document_that_is_gone_from_the_store_keeps_no_letter_back() {
    let (server, house) = Server::with_house().await;
    let maria = house.maria().await;
    choose(&maria, &Wishes { attaches: true, ..channels(&maria).await.wishes }).await.is(200);
    let case = report(&maria, "k").await;
    let desk = house.desk().with("idempotency-key", "certificate");
    let sent = desk.ask(Method::POST, &paths::office_attachments(&case), document().into()).await.is(201);
    let files = vec![sent.json::<contract::attachments::Attachment>().id];
    let moved = Move { state: StateCode("resolved".into()), note: String::new(), task: None, task_due_on: None, channel: None, files };
    house.desk().create(&paths::office_moves(&case), "m", &moved).await.is(200);
    std::fs::remove_dir_all(&house.settings["FILO_FILES"]).unwrap();
    deliver(&house).await;
    let last = server.taken().pop().unwrap();
    assert!(last.files.is_empty() && last.text.contains("/cases/"), "{last:?}");
}

#[tokio::test]
async fn a_letter_on_paper_waits_for_the_office_and_is_emptied_when_posted() {
    let house = House::with(&[("FILO_PAPER", "yes")]).await;
    house.bring(&crate::people::file()).await;
    let maria = house.maria().await;
    let wanted = vec![wish(Topic::Cases, Channel::Paper)];
    choose(&maria, &Wishes { wanted, postal_address: ADDRESS.into(), ..Wishes::default() }).await.is(200);
    report(&maria, "k").await;
    let letters: Page<PaperLetter> = house.desk().get(paths::OFFICE_LETTERS).await.is(200).json();
    let [letter] = &letters.items[..] else { panic!("{letters:?}") };
    assert_eq!((letter.name.as_str(), letter.address.as_str()), ("Maria Rossi", ADDRESS));
    assert_eq!(deliveries(&maria).await[0].state, DeliveryState::Waiting);
    let printed = house.desk().get(&paths::office_letter(&letter.id)).await.is(200);
    assert!(printed.body.starts_with(b"%PDF"));
    for _ in 0..2 {
        house.desk().post(&paths::office_letter_posted(&letter.id), &()).await.is(204);
    }
    house.desk().get(&paths::office_letter(&letter.id)).await.is(410);
    assert!(house.desk().get(paths::OFFICE_LETTERS).await.is(200).json::<Page<PaperLetter>>().items.is_empty());
    assert_eq!(deliveries(&maria).await[0].state, DeliveryState::Done);
    assert_eq!(house.count("letters WHERE content <> '' OR address <> ''").await, 0);
    house.desk().post("/api/v1/office/letters/nothing/posted", &()).await.is(404);
}
