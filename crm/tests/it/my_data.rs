//! "I tuoi dati": the copy with everything in it and nothing of others, the yes and no with its history, and (in `leaving`) the end.
mod leaving;

use crate::channels::{choose, deliveries, report, wish};
use crate::help_desk::helped;
use crate::house::House;
use crate::mail::server::Server;
use crate::matrix::operations::things;
use crate::people::Who;
use contract::channels::{Channel, Channels, DeliveryState, Quiet, Topic, Wishes};
use contract::help_desk::HelpScope;
use contract::inbox::{Message, MessageKind};
use contract::my_data::{Choice, Choices, CopyState, DataCopy, DataFile, NewCopy, Place, Subject};
use contract::tips::Tips;
use contract::{Page, ProblemCode, paths};
use crm::outbox::{self, Kind};
use serde_json::Value;
use sqlx::Row;
use std::collections::HashMap;
use std::io::{Cursor, Read};

async fn ask(who: &Who, key: &str) -> DataCopy {
    who.create(paths::MY_COPIES, key, &NewCopy { language: "it".into() }).await.is(202).json()
}

async fn copies(who: &Who) -> Vec<DataCopy> {
    who.get(paths::MY_COPIES).await.is(200).json()
}

async fn choices(who: &Who) -> Choices {
    who.get(paths::MY_CHOICES).await.is(200).json()
}

async fn choice(who: &Who, subject: Subject) -> Choice {
    choices(who).await.choices.into_iter().find(|choice| choice.subject == subject).unwrap()
}

/// The files of an archive by their paths.
fn unpacked(bytes: &[u8]) -> HashMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = HashMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        assert!(!files.contains_key(&name), "{name} is there twice");
        files.insert(name, bytes);
    }
    files
}

/// A copy that is asked for and made.
async fn made(house: &House, who: &Who, key: &str) -> HashMap<String, Vec<u8>> {
    let copy = ask(who, key).await;
    assert_eq!(outbox::deliver(&house.crm, Kind::Copy).await.unwrap(), 1);
    let taken = who.get(&paths::my_copy_file(&copy.id)).await.is(200);
    assert_eq!(taken.header("content-type"), "application/zip");
    assert_eq!(taken.header("content-length"), taken.body.len().to_string());
    unpacked(&taken.body)
}

#[tokio::test]
async fn a_copy_has_everything_in_the_contract_s_shapes_and_its_files() {
    let house = House::new().await;
    let maria = house.maria().await;
    let things = things(&maria).await;
    let files = made(&house, &maria, "k").await;
    let data: DataFile<Value> = serde_json::from_slice(&files["data.json"]).unwrap();
    assert_eq!((data.format, data.person.given_name.as_str(), data.person.fiscal_code.as_deref()), (1, "Maria", Some("RSSMRA70A41H501W")));
    // Three that were imported, one that is public, one that is resolved.
    assert_eq!(data.cases.len(), 5);
    assert!(data.cases.iter().all(|case| !case.timeline.is_empty()));
    let case = data.cases.iter().find(|case| case.summary.id.0 == things.case).unwrap();
    assert_eq!(case.documents[0].id.0, things.document);
    assert_eq!(data.drafts[0].summary.id.0, things.draft);
    assert!(data.messages.iter().any(|message| message.id.0 == things.message));
    assert_eq!(data.subscriptions[0].id.0, things.subscription);
    assert_eq!(data.payments[0].fee.id.0, things.fee);
    assert!(data.files.iter().any(|file| file.id.0 == things.attachment));
    assert_eq!(data.choices.notices.len(), 2);
    // Every file that is named is there, as it can be downloaded.
    assert!(data.archive.len() >= 3 && data.archive.iter().all(|file| files.contains_key(&file.path)), "{:?}", data.archive);
    let photo = maria.get(&paths::attachment(&contract::id::AttachmentId(things.attachment.clone()))).await.is(200).body;
    assert!(files.values().any(|bytes| *bytes == photo));
    let document = maria.get(&paths::document(&case.summary.id, &case.documents[0].id)).await.is(200).body;
    assert!(files.values().any(|bytes| *bytes == document));
    let page = String::from_utf8(files["index.html"].clone()).unwrap();
    assert!(page.contains("<html lang=\"it\">") && page.contains("Asilo di Sara") && page.contains(&case.summary.number.0), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"), "{page}");
    // Told among the messages, once.
    let told: Page<Message> = maria.get(paths::INBOX).await.is(200).json();
    assert_eq!(told.items.iter().filter(|message| message.kind == MessageKind::CopyReady).count(), 1);
    assert_eq!(copies(&maria).await[0].state, CopyState::Ready);
}

#[tokio::test]
async fn a_copy_has_nothing_of_others_and_no_secret() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    things(&maria).await;
    maria.post(paths::SESSION_VAULT, &()).await.is(200);
    report(&luca, "luca").await;
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    desk.over().await;
    let files = made(&house, &maria, "k").await;
    let text = [&files["data.json"], &files["index.html"]].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    for other in ["Luca", "Pietro", "Zoë"] {
        assert!(!text.contains(other), "{other}");
    }
    for column in [
        "id_hash FROM sessions",
        "vault_key FROM vault_keys",
        "token_hash FROM credentials",
        "pin_hash FROM helps",
        "page_hash FROM helps",
        "hash FROM access_log",
        "file FROM attachments",
        "file FROM documents",
    ] {
        let rows = sqlx::query(&format!("SELECT {column}")).fetch_all(house.crm.db.reader()).await.unwrap();
        assert!(!rows.is_empty(), "{column}: nothing to look for");
        for row in rows {
            let secret: String = row.get(0);
            assert!(secret.is_empty() || !text.contains(&secret), "{column}");
        }
    }
    // Who helped is theirs to know.
    assert!(text.contains("elena"));
}

#[tokio::test]
async fn one_copy_is_made_at_a_time_also_for_two_devices_at_once() {
    let house = House::new().await;
    let (phone, computer) = (house.maria().await, house.maria().await);
    let (one, other) = tokio::join!(ask(&phone, "a"), ask(&computer, "b"));
    assert_eq!((&one.id, one.state), (&other.id, CopyState::Preparing));
    assert_eq!(ask(&phone, "c").await.id, one.id);
    assert_eq!((house.count("data_copies").await, house.count("outbox WHERE kind = 'copy'").await), (1, 1));
    // Not there yet, and never anybody else's.
    phone.get(&paths::my_copy_file(&one.id)).await.is(404);
    outbox::deliver(&house.crm, Kind::Copy).await.unwrap();
    house.luca().await.get(&paths::my_copy_file(&one.id)).await.is(404);
    house.anyone().get(&paths::my_copy_file(&one.id)).await.is(401);
    house.sender().await.get(&paths::my_copy_file(&one.id)).await.is(401);
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    let refused = desk.page().get(&paths::my_copy_file(&one.id)).await.is(403).problem();
    assert_eq!(refused.code, ProblemCode::Forbidden);
    assert_eq!(refused.fields[0].params["reason"], "never");
    desk.over().await;
    phone.get(&paths::my_copy_file(&one.id)).await.is(200);
    // The same key is the same answer; another one asks anew, a few times a day.
    assert_eq!(ask(&phone, "a").await.id, one.id);
    for n in 0..4 {
        assert_ne!(ask(&phone, &format!("d{n}")).await.id, one.id);
        outbox::deliver(&house.crm, Kind::Copy).await.unwrap();
    }
    phone.create(paths::MY_COPIES, "e", &NewCopy::default()).await.is(429);
    phone.post(paths::MY_COPIES, &NewCopy::default()).await.is(400);
}

#[tokio::test]
async fn after_fifteen_days_a_copy_is_gone_and_so_is_its_file() {
    let house = House::new().await;
    let maria = house.maria().await;
    let before = house.files();
    made(&house, &maria, "k").await;
    let id = copies(&maria).await[0].id.clone();
    assert_eq!(house.files(), before + 1);
    house.pass(15 * 24 * 3600 - 60);
    let maria = house.maria().await;
    maria.get(&paths::my_copy_file(&id)).await.is(200);
    house.pass(60);
    maria.get(&paths::my_copy_file(&id)).await.is(410);
    assert_eq!(copies(&maria).await[0].state, CopyState::Over);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.files(), before);
    maria.get(&paths::my_copy_file(&id)).await.is(410);
    house.pass(90 * 24 * 3600);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("data_copies").await, 0);
}

#[tokio::test]
async fn a_copy_that_a_restart_cut_off_is_made_all_the_same() {
    let mut house = House::new().await;
    let maria = house.maria().await;
    ask(&maria, "k").await;
    // Taken, begun, and cut off: the lease is a dead process's, and there is half an archive.
    house.sql("UPDATE outbox SET lease = 'dead', leased_until = '2026-11-22T09:10:00Z', attempts = 1 WHERE kind = 'copy'").await;
    house.sql("UPDATE data_copies SET attempts = 1").await;
    house.crm.files.begin().await.unwrap();
    assert_eq!(outbox::deliver(&house.crm, Kind::Copy).await.unwrap(), 0);
    house.restart().await;
    outbox::take_over(&house.crm).await.unwrap();
    house.pass(700);
    assert_eq!(outbox::deliver(&house.crm, Kind::Copy).await.unwrap(), 1);
    let maria = house.maria().await;
    let copy = copies(&maria).await.remove(0);
    assert_eq!((copy.state, house.count("data_copies").await), (CopyState::Ready, 1));
    assert!(unpacked(&maria.get(&paths::my_copy_file(&copy.id)).await.is(200).body).contains_key("data.json"));
}

#[tokio::test]
async fn a_copy_that_cannot_be_made_fails_in_the_end_and_can_be_asked_for_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    let things = things(&maria).await;
    house.sql("UPDATE drafts SET content = 'no json'").await;
    let before = house.files();
    let id = ask(&maria, "k").await.id;
    for _ in 0..5 {
        outbox::deliver(&house.crm, Kind::Copy).await.unwrap();
        house.pass(1000);
        maria.get(paths::ME).await.is(200);
    }
    assert_eq!(copies(&maria).await[0].state, CopyState::Failed);
    assert_eq!(outbox::deliver(&house.crm, Kind::Copy).await.unwrap(), 0);
    assert_eq!(house.files(), before, "half an archive is none");
    maria.get(&paths::my_copy_file(&id)).await.is(404);
    maria.delete(&paths::draft(&contract::id::DraftId(things.draft))).await.is(204);
    made(&house, &maria, "again").await;
}

#[tokio::test]
async fn four_hundred_cases_are_in_a_copy() {
    let house = House::new().await;
    let mut file = crate::people::file();
    let first = file.cases[0].clone();
    let documents = |n| if n < 40 { first.documents.clone() } else { vec![] };
    file.cases = (0..400)
        .map(|n| contract::import::ImportCase {
            key: format!("many-{n}"),
            title: format!("Pratica {n}"),
            documents: documents(n),
            ..first.clone()
        })
        .collect();
    house.bring(&file).await;
    let files = made(&house, &house.maria().await, "k").await;
    let data: DataFile<Value> = serde_json::from_slice(&files["data.json"]).unwrap();
    assert_eq!(data.cases.len(), 403);
    // Forty of them have a document, and so has one that was there before.
    assert_eq!(files.len(), 41 + 2);
}

#[tokio::test]
async fn what_was_said_has_a_history_and_is_withdrawn_at_once() {
    let (_server, house) = Server::with_house().await;
    let maria = house.maria().await;
    let email = choice(&maria, Subject::Email).await;
    assert!(email.is_given && email.history.is_empty() && email.reaches.as_deref() == Some("maria@example.org"));
    // Waiting to be sent when she changes her mind: it does not leave.
    let case = report(&maria, "k").await;
    assert_eq!(house.count("outbox WHERE state = 'waiting'").await, 1);
    house.pass(60);
    let left: Choices = maria.delete(&paths::my_choice(Subject::Email)).await.is(200).json();
    assert!(!left.has(Subject::Email));
    assert_eq!(crate::mail::deliver(&house).await, 0);
    assert_eq!(deliveries(&maria).await[0].state, DeliveryState::Gone);
    let channels: Channels = maria.get(paths::MY_CHANNELS).await.is(200).json();
    assert!(!channels.wishes.wants_any(Channel::Email));
    crate::channels::moved(&house, &case, "in_progress", None).await;
    assert_eq!(house.count("outbox WHERE state = 'waiting'").await, 0);
    // Withdrawing twice is withdrawing once; a new yes is a new row, and the old ones stay as they were.
    maria.delete(&paths::my_choice(Subject::Email)).await.is(200);
    house.pass(60);
    let quiet = Some(Quiet { from: "22:00".into(), to: "07:00".into() });
    choose(&maria, &Wishes { wanted: vec![wish(Topic::Cases, Channel::Email)], quiet, ..Wishes::default() }).await.is(200);
    let email = choice(&maria, Subject::Email).await;
    let told: Vec<_> = email.history.iter().map(|said| (said.is_given, said.place)).collect();
    assert_eq!(told, [(true, Place::Channels), (false, Place::MyData)]);
    assert!(email.history[0].at > email.history[1].at);
    // Notices that were read are no consents.
    let all = choices(&maria).await;
    assert_eq!((all.notices.len(), all.notices[0].version.as_str(), &all.notices[0].case), (1, "1", &case));
    assert!(choices(&house.luca().await).await.notices.is_empty());
}

#[tokio::test]
async fn tips_and_helps_are_withdrawn_where_they_stand() {
    let house = House::new().await;
    let maria = house.maria().await;
    maria.delete(&paths::my_choice(Subject::Tips)).await.is(200);
    assert!(!maria.get(&paths::tips("it")).await.is(200).json::<Tips>().on);
    maria.post(paths::TIPS_ON, &()).await.is(204);
    maria.post(paths::TIPS_ON, &()).await.is(204);
    let told: Vec<_> = choice(&maria, Subject::Tips).await.history.iter().map(|said| (said.is_given, said.place)).collect();
    assert_eq!(told, [(true, Place::Tips), (false, Place::MyData)]);
    let desk = helped(&house, "maria", "elena", &[HelpScope::SeeCases]).await;
    let helps = choices(&maria).await.helps;
    assert_eq!((helps.len(), helps[0].volunteer.as_str(), helps[0].ended_at.is_none()), (1, "elena", true));
    desk.page().delete(&paths::my_choice(Subject::Tips)).await.is(403);
    maria.delete(paths::MY_HELP).await.is(204);
    desk.page().get(paths::CASES).await.is(401);
    assert!(choices(&maria).await.helps[0].ended_at.is_some());
    maria.delete(&paths::my_choice(Subject::Unknown)).await.is(404);
    maria.delete("/api/v1/me/data/choices/app-io").await.is(200);
    maria.delete("/api/v1/me/data/choices/%00").await.is(404);
}
