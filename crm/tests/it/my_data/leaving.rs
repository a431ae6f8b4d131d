//! The end of it all: what is told before, what stands in the way, what is gone, what is kept, and for how long.
use super::{ask, made};
use crate::channels::report;
use crate::help_desk::helped;
use crate::house::House;
use crate::mail::server::Server;
use crate::matrix::operations::things;
use crate::payments::{Shop, meals};
use crate::people::{Answer, Who, file};
use axum::http::Method;
use contract::cases::{Case, CaseQuery, CaseSummary};
use contract::channels::{Channel, Channels, Topic, Wish, Wishes};
use contract::dictionary::StateCode;
use contract::help_desk::HelpScope;
use contract::inbox::Message;
use contract::my_data::{Deleted, DeletionPlan, NewDeletion, Obstacle, Thing};
use contract::office::Move;
use contract::payments::{Chosen, NewPayment, PaymentStart};
use contract::public_reports::PublicReportDetails;
use contract::replies::{NewMessage, Rating};
use contract::session::{Device, Me};
use contract::{Page, paths};
use crm::help_desk::log;
use crm::my_data::leaving::{GOES, KEPT};
use crm::outbox::{self, Kind};
use sqlx::Row;

const YEAR: i64 = 366 * 24 * 3600;

async fn plan(who: &Who) -> DeletionPlan {
    who.get(&paths::my_deletion("it")).await.is(200).json()
}

async fn delete(who: &Who, plan: &DeletionPlan) -> Answer {
    let new = NewDeletion { word: plan.word.to_lowercase(), language: "it".into(), tag: plan.tag.clone() };
    who.post(paths::MY_DELETION, &new).await
}

async fn cases(who: &Who) -> Vec<CaseSummary> {
    who.get(&paths::cases(&CaseQuery::default())).await.is(200).json::<Page<CaseSummary>>().items
}

/// Everything that the database says in words, by table.
async fn everything(house: &House) -> Vec<(String, String)> {
    let tables = if house.crm.db.is_shared() {
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema()"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    };
    let tables = sqlx::query(tables).fetch_all(house.crm.db.reader()).await.unwrap();
    let mut found = Vec::new();
    for table in tables {
        let table: String = table.get(0);
        if table.starts_with('_') || table.starts_with("sqlite") {
            continue;
        }
        for row in sqlx::query(&format!("SELECT * FROM {table}")).fetch_all(house.crm.db.reader()).await.unwrap() {
            let texts = (0..row.len()).filter_map(|column| row.try_get::<Option<String>, _>(column).ok().flatten());
            found.push((table.clone(), texts.collect::<Vec<_>>().join("\u{1f}")));
        }
    }
    assert!(found.len() > 20, "nothing to search");
    found
}

/// The tables that still say a word.
async fn that_say(house: &House, word: &str) -> Vec<String> {
    let mut tables: Vec<_> = everything(house).await.into_iter().filter(|(_, text)| text.contains(word)).map(|(table, _)| table).collect();
    tables.dedup();
    tables
}

#[test]
fn every_table_that_speaks_of_a_citizen_is_accounted_for() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut known = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for block in text.split("CREATE TABLE ").skip(1) {
            let (name, body) = block.split_once('(').unwrap();
            let body = body.split("\n);").next().unwrap();
            if body.contains("REFERENCES citizens") {
                let name = name.trim();
                assert!(GOES.iter().any(|(table, _)| *table == name) || KEPT.contains(&name), "{name}: does it go, or is it kept?");
                known += 1;
            }
        }
    }
    assert!(known > 20, "{known}");
}

/// Marked strings in whatever a person can write.
async fn mark(house: &House, maria: &Who) {
    house.sql("UPDATE citizens SET email = 'zebra@example.org', phone = '+39333zebra' WHERE subject = 'maria'").await;
    let wishes = Wishes {
        wanted: vec![Wish { topic: Topic::Cases, channel: Channel::Email }],
        postal_address: "Via Zebra 1".into(),
        ..Wishes::default()
    };
    crate::channels::choose(maria, &wishes).await.is(200).json::<Channels>();
    let zebra = contract::reports::NewReport { title: "Zebra".into(), details: "La zebra".into(), ..crate::reports::good() };
    let sent: CaseSummary = maria.create(paths::REPORTS, "zebra", &zebra).await.is(201).json();
    maria.create(&paths::case_messages(&sent.id), "zebra", &NewMessage { text: "Una zebra".into(), files: vec![] }).await.is(201);
    maria
        .create(&paths::case_rating(&sent.id), "zebra", &Rating { stars: 5, details: "Brava zebra".into(), ..Rating::default() })
        .await
        .is(201);
    let withdrawal = contract::replies::NewWithdrawal { reason: "Niente zebra".into() };
    maria.create(&paths::case_withdrawal(&sent.id), "zebra", &withdrawal).await.is(201);
    let draft = contract::drafts::NewDraft { report: zebra.clone(), ..contract::drafts::NewDraft::default() };
    let json = maria.clone().with("content-type", "application/json");
    json.ask(Method::PUT, "/api/v1/drafts/draft-of-a-zebra", serde_json::to_vec(&draft).unwrap().into()).await.is(201);
    let street =
        contract::subscriptions::NewSubscription { street: "Via Zebra".into(), ..contract::subscriptions::NewSubscription::default() };
    maria.post(paths::SUBSCRIPTIONS, &street).await.is(200);
    maria.upload("zebra", "zebra.jpg", &crate::attachments::picture(image::ImageFormat::Jpeg)).await.is(201);
}

#[tokio::test]
async fn what_goes_leaves_nothing_anywhere_and_the_rest_is_what_was_told() {
    let (server, house) = Server::with_house().await;
    let (maria, phone) = (house.maria().await, house.maria().await);
    let things = things(&maria).await;
    maria.post(paths::SESSION_VAULT, &()).await.is(200);
    mark(&house, &maria).await;
    made(&house, &maria, "k").await;
    assert!(that_say(&house, "ebra").await.len() >= 8, "{:?}", that_say(&house, "ebra").await);
    crate::mail::deliver(&house).await;
    let letters = server.taken().len();

    let before = plan(&maria).await;
    assert!(before.in_the_way.is_empty());
    assert_eq!((before.word.as_str(), before.letter_to.as_deref()), ("ELIMINA", Some("zebra@example.org")));
    assert!(before.goes.iter().any(|going| going.what == Thing::Reports && going.count == 1));
    // Five that are kept or go on without her, and the one that goes.
    let kept: usize = before.kept.iter().map(|kept| kept.items.len()).sum();
    assert_eq!(kept + before.unlinked.len(), 5);
    let done: Deleted = delete(&maria, &before).await.is(200).json();
    assert_eq!((done.letter_to.as_deref(), done.kept as usize), (Some("zebra@example.org"), kept));
    // The letter is the last thing that knows the address; then nothing does.
    assert_eq!(that_say(&house, "ebra").await, ["outbox"]);
    crate::mail::deliver(&house).await;
    assert_eq!(that_say(&house, "ebra").await, Vec::<String>::new());
    let last = server.taken().remove(letters);
    assert_eq!((last.to.as_str(), last.subject.as_str()), ("zebra@example.org", "Abbiamo cancellato i tuoi dati"));
    // Nor does anything say which person the reports were of.
    let tables = that_say(&house, &id_of(&house).await).await;
    assert!(
        tables.iter().all(|table| ["citizens", "cases", "documents", "reports", "attachments", "access_log"].contains(&table.as_str())),
        "{tables:?}"
    );
    for (table, column) in GOES {
        assert_eq!(
            house.count(&format!("{table} WHERE {column} IN (SELECT id FROM citizens WHERE subject = 'maria')")).await,
            0,
            "{table}"
        );
    }
    // Everywhere at once.
    for who in [&maria, &phone] {
        who.get(paths::ME).await.is(401);
    }
    assert_eq!(delete(&maria, &before).await.status.as_u16(), 401);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    let report: PublicReportDetails = house.anyone().get(&format!("/api/v1/public/reports/{}", things.report)).await.is(200).json();
    assert_eq!(report.report.photo.map(|photo| photo.0), Some(things.photo.clone()));
    house.anyone().get(&format!("/api/v1/public/photos/{}", things.photo)).await.is(200);
    assert!(log::verify(&house.crm, None).await.unwrap().is_ok());
}

async fn id_of(house: &House) -> String {
    sqlx::query("SELECT id FROM citizens WHERE subject = 'maria'").fetch_one(house.crm.db.reader()).await.unwrap().get(0)
}

#[tokio::test]
async fn who_comes_back_begins_anew_and_reads_what_is_kept() {
    let house = House::new().await;
    let maria = house.maria().await;
    let luca = house.luca().await;
    let before: Me = maria.get(paths::ME).await.is(200).json();
    let key = maria.post(paths::SESSION_VAULT, &()).await.is(200).json::<contract::session::VaultKey>().key;
    let told = plan(&maria).await;
    assert_eq!((told.kept.iter().map(|kept| kept.items.len()).sum::<usize>(), told.open.len()), (3, 2));
    let parking = told.kept.iter().flat_map(|kept| &kept.items).find(|item| item.title == "Permesso di sosta").unwrap();
    assert_eq!(parking.until.as_ref().map(|day| day.0.as_str()), Some("2036-03-20"));
    delete(&maria, &told).await.is(200);
    let again = house.signed_in("maria", Device::Mine).await;
    let me: Me = again.get(paths::ME).await.is(200).json();
    assert_eq!((me.id, me.email), (before.id, None));
    assert_ne!(again.post(paths::SESSION_VAULT, &()).await.is(200).json::<contract::session::VaultKey>().key, key);
    assert!(again.get(paths::INBOX).await.is(200).json::<Page<Message>>().items.is_empty());
    let kept = cases(&again).await;
    assert_eq!(kept.len(), 3);
    for case in &kept {
        let whole: Case = again.get(&paths::case(&case.id, "it")).await.is(200).json();
        assert!(whole.sealed_on.is_some());
        assert_eq!(whole.may, contract::replies::MayReply::default());
        let message = NewMessage { text: "Ciao".into(), files: vec![] };
        again.create(&paths::case_messages(&case.id), &case.id.0, &message).await.is(409);
        again.create(&paths::case_rating(&case.id), &case.id.0, &Rating { stars: 1, ..Rating::default() }).await.is(409);
        luca.get(&paths::case(&case.id, "it")).await.is(404);
    }
    // The office goes on with what is open.
    let open = kept.iter().find(|case| case.title == "Asilo di Sara").unwrap();
    let moved =
        Move { state: StateCode("accepted".into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(&open.id), "k", &moved).await.is(200);
    assert_eq!(house.count("outbox").await, 0);
    assert_eq!(cases(&again).await.iter().find(|case| case.id == open.id).unwrap().state.0, "accepted");
}

#[tokio::test]
async fn money_on_its_way_and_a_help_that_goes_on_stand_in_the_way() {
    let shop = Shop::open().await;
    let maria = shop.house.maria().await;
    let fee = shop.put(&meals("302000000000000184")).await;
    assert_eq!(plan(&maria).await.to_pay.len(), 1);
    let payment = NewPayment { fees: vec![Chosen { id: fee.clone(), amount: 6450 }] };
    maria.create(paths::PAYMENTS, "k", &payment).await.is(200).json::<PaymentStart>();
    let told = plan(&maria).await;
    assert_eq!(
        told.in_the_way.iter().map(|one| (one.what, one.named.number.as_str())).collect::<Vec<_>>(),
        [(Obstacle::Payment, "302000000000000184")]
    );
    delete(&maria, &told).await.is(409);
    shop.push(&crate::payments::pushed("302000000000000184", "r1", 64.5)).await;
    let told = plan(&maria).await;
    assert!(told.in_the_way.is_empty());
    assert!(told.kept.iter().any(|kept| kept.years == 10 && kept.items.iter().any(|item| item.number == "302000000000000184")));
    let desk = helped(&shop.house, "maria", "elena", &HelpScope::ALL).await;
    let told = plan(&maria).await;
    assert_eq!((told.in_the_way[0].what, told.in_the_way[0].named.title.as_str()), (Obstacle::Help, "elena"));
    delete(&maria, &told).await.is(409);
    desk.page().get(&paths::my_deletion("it")).await.is(403);
    desk.over().await;
    delete(&maria, &plan(&maria).await).await.is(200);
    // The town's accounts are whole, and hers again should she come back.
    assert_eq!((shop.house.count("receipts").await, shop.house.count("fee_holders").await), (1, 0));
    let again = shop.house.maria().await;
    again.get(&paths::fee(&fee)).await.is(404);
    again.get(paths::PAYMENTS).await.is(200);
    again.get(&paths::fee(&fee)).await.is(200);
}

#[tokio::test]
async fn only_the_plan_that_was_read_is_carried_out_and_only_with_its_word() {
    let house = House::new().await;
    let maria = house.maria().await;
    let read = plan(&maria).await;
    report(&maria, "k").await;
    delete(&maria, &read).await.is(409);
    let now = plan(&maria).await;
    let wrong = NewDeletion { word: "DELETE".into(), language: "it".into(), tag: now.tag.clone() };
    assert_eq!(maria.post(paths::MY_DELETION, &wrong).await.is(422).faults(), ["word:not_a_choice"]);
    house.luca().await.post(paths::MY_DELETION, &NewDeletion { word: "ELIMINA".into(), ..wrong.clone() }).await.is(409);
    assert_eq!(cases(&maria).await.len(), 4);
    // In another language it is another word and another plan.
    let english: DeletionPlan = maria.get(&paths::my_deletion("en")).await.is(200).json();
    assert_eq!(english.word, "DELETE");
    // Two at once: one does it, the other finds nobody or nothing to do it with.
    let (one, other) = tokio::join!(delete(&maria, &now), delete(&maria, &now));
    let mut answers = [one.status.as_u16(), other.status.as_u16()];
    answers.sort_unstable();
    assert_eq!(answers[0], 200);
    assert!([401, 409].contains(&answers[1]), "{answers:?}");
}

#[tokio::test]
async fn what_is_kept_goes_when_its_time_has_passed_and_the_person_with_it() {
    let house = House::new().await;
    let mut brought = file();
    brought.cases.retain(|case| case.key == "parking");
    let maria = house.maria().await;
    let sent = report(&maria, "k").await;
    delete(&maria, &plan(&maria).await).await.is(200);
    assert_eq!(house.count("citizens WHERE subject = 'maria' AND given_name = 'Maria' AND email IS NULL AND left_at IS NOT NULL").await, 1);
    // A report that the office still works on goes on without her, and ends without a trace.
    assert_eq!(house.count("cases c JOIN citizens p ON p.id = c.owner_id WHERE p.issuer = 'nobody'").await, 1);
    let moved =
        Move { state: StateCode("withdrawn".into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(&sent), "k", &moved).await.is(200);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("reports").await, 0);
    // Open ones are kept as long as they are open; a closed one ten years from then.
    house.pass(10 * YEAR);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("cases WHERE sealed_at IS NOT NULL").await, 2);
    assert_eq!(house.count("cases WHERE title = 'Permesso di sosta'").await, 0);
    house.sql("UPDATE cases SET state = 'accepted', phase = 'closed', moved_at = '2036-12-01T00:00:00Z' WHERE sealed_at IS NOT NULL").await;
    house.pass(9 * YEAR);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("citizens WHERE subject = 'maria'").await, 1);
    house.pass(2 * YEAR);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("citizens WHERE subject = 'maria'").await, 0);
    assert_eq!(house.count("documents WHERE case_id NOT IN (SELECT id FROM cases)").await, 0);
    // Luca has left nothing: nothing of his has passed.
    assert_eq!(house.count("cases WHERE title = 'Asilo di Pietro'").await, 1);
    // The log was cut, and is whole from there on.
    assert!(log::verify(&house.crm, None).await.unwrap().is_ok());
    assert_eq!(house.count("access_log").await, 0);
}

#[tokio::test]
async fn somebody_without_anything_leaves_no_row() {
    let house = House::new().await;
    let zoe = house.signed_in("zoe", Device::Mine).await;
    ask(&zoe, "k").await;
    let told = plan(&zoe).await;
    assert!(told.kept.is_empty() && told.open.is_empty() && told.letter_to.is_none());
    delete(&zoe, &told).await.is(200);
    assert_eq!(house.count("citizens WHERE subject = 'zoe'").await, 0);
    // The copy that was asked for is nobody's: nothing is made.
    assert_eq!(outbox::deliver(&house.crm, Kind::Copy).await.unwrap(), 1);
    assert_eq!(house.count("data_copies").await, 0);
}
