//! Reports without signing in: what a town may ask for, the code that is given once, and what it leads to.
use crate::attachments::picture;
use crate::house::House;
use crate::people::{Answer, Who};
use crate::reports::good;
use crate::uploads::{announced, begin, patch};
use contract::attachments::{Attachment, AttachmentState};
use contract::cases::{CaseSummary, Phase};
use contract::contact::Contact;
use contract::dictionary::StateCode;
use contract::office::{Move, OfficeCase};
use contract::reports::NewReport;
use contract::tracking::{AnonymousReport, Tracked, TrackedReport, TrackingCode, TrackingQuery};
use contract::{Page, ProblemCode, paths};
use image::ImageFormat;

const KEY: &str = "a-key-of-the-device-01";

/// A report by somebody who leaves an address.
fn reachable() -> AnonymousReport {
    let contact = Contact { email: "passante@example.org".into(), phone: String::new() };
    AnonymousReport { report: good(), contact, language: "en".into(), website: String::new() }
}

async fn send(who: &Who, key: &str, report: &AnonymousReport) -> Answer {
    who.create(paths::PUBLIC_REPORTS, key, report).await
}

async fn ask(who: &Who, code: &str) -> Answer {
    who.post(paths::PUBLIC_TRACKING, &TrackingQuery { code: code.into() }).await
}

#[tokio::test]
async fn who_does_not_sign_in_gets_a_code_that_says_how_it_goes_and_nothing_else() {
    let house = House::new().await;
    let tracked: Tracked = send(&house.anyone(), KEY, &reachable()).await.is(201).json();
    assert!(tracked.number.is_well_formed() && tracked.upload_token.is_empty());
    let cases: Page<OfficeCase> = house.desk().get(&format!("{}?q={}", paths::OFFICE_CASES, tracked.number.0)).await.is(200).json();
    assert_eq!((cases.items.len(), cases.items[0].citizen.as_str()), (1, ""));
    house.pass(86_400);
    let moved = Move {
        state: StateCode("registered".into()),
        note: "Gentile passante".into(),
        task: None,
        task_due_on: None,
        channel: None,
        files: vec![],
    };
    house.desk().create(&paths::office_moves(&cases.items[0].summary.id), "m", &moved).await.is(200);
    let answer = ask(&house.anyone(), &tracked.code.0.to_lowercase().replace('-', " ")).await.is(200);
    let report: TrackedReport = answer.json();
    assert_eq!((report.number, report.category.0.as_str(), report.phase), (tracked.number.clone(), "roads", Phase::Open));
    assert_eq!((report.sent_on.0.as_str(), report.moved_on.0.as_str()), ("2026-11-22", "2026-11-23"));
    assert_eq!(report.steps.iter().map(|step| step.state.0.as_str()).collect::<Vec<_>>(), ["submitted", "registered"]);
    for secret in ["passante", "Lampione", "Maggio", "11.25", "tre giorni"] {
        assert!(!answer.text().contains(secret), "{secret} in {}", answer.text());
    }
    // It is nobody's to see in the app, and the code is nowhere in the database.
    for who in [house.maria().await, house.luca().await] {
        assert!(!who.get(paths::CASES).await.is(200).text().contains(&tracked.number.0));
    }
    let code = tracked.code.0.replace('-', "");
    for (table, column) in [("tracking", "code_hash"), ("answers", "body"), ("answers", "key")] {
        let sql = format!("{table} WHERE {column} LIKE '%{code}%' OR {column} LIKE '%{}%' OR {column} = '{KEY}'", tracked.code.0);
        assert_eq!(house.count(&sql).await, 0, "{table}.{column}");
    }
}

#[tokio::test]
async fn sent_again_it_is_the_same_report_with_the_same_code() {
    let mut house = House::new().await;
    let first = send(&house.anyone(), KEY, &reachable()).await.is(201);
    house.restart().await;
    let again = send(&house.anyone(), KEY, &reachable()).await.is(201);
    assert_eq!((first.json::<Tracked>(), house.count("reports").await), (again.json::<Tracked>(), 1));
    let other = AnonymousReport { report: NewReport { title: "Altro".into(), ..good() }, ..reachable() };
    assert_eq!(send(&house.anyone(), KEY, &other).await.is(422).problem().code, ProblemCode::KeyReused);
    assert_eq!(send(&house.anyone(), "short", &reachable()).await.is(400).faults(), ["idempotency-key:required"]);
    let two: Tracked = send(&house.anyone(), "another-key-of-a-device", &reachable()).await.is(201).json();
    assert_ne!(two.code, again.json::<Tracked>().code);
}

#[tokio::test]
async fn a_town_may_want_an_address_or_nothing_or_no_such_reports() {
    let house = House::new().await;
    let nobody = AnonymousReport { contact: Contact::default(), ..reachable() };
    assert_eq!(send(&house.anyone(), KEY, &nobody).await.is(422).faults(), ["contact.email:email_or_phone"]);
    let wrong = Contact { email: "passante".into(), phone: "boh".into() };
    let faults = send(&house.anyone(), KEY, &AnonymousReport { contact: wrong, ..reachable() }).await.is(422).faults();
    assert_eq!(faults, ["contact.email:not_an_email", "contact.phone:not_a_phone"]);
    let phone = AnonymousReport { contact: Contact { email: String::new(), phone: "055 123456".into() }, ..reachable() };
    send(&house.anyone(), KEY, &phone).await.is(201);
    for (setting, status) in [("anonymous", 201), ("off", 403)] {
        let house = with_setting(setting).await;
        house.bring(&crate::people::file()).await;
        send(&house.anyone(), KEY, &nobody).await.is(status);
    }
}

/// A house whose town allows something else.
async fn with_setting(anonymous: &str) -> House {
    let seed = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed");
    let folder = tempfile::tempdir().unwrap().keep();
    for name in ["dictionary/it.json", "dictionary/en.json", "report_form/it.json", "report_form/en.json", "town.json"] {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(seed.join(name)).unwrap();
        let text = text.replace("\"anonymous_reports\": \"contact\"", &format!("\"anonymous_reports\": \"{anonymous}\""));
        std::fs::write(folder.join(name), text).unwrap();
    }
    let house = House::with(&[("FILO_SEED", folder.to_str().unwrap())]).await;
    std::fs::remove_dir_all(folder).unwrap();
    house
}

#[tokio::test]
async fn what_is_wrong_with_a_report_is_said_as_to_everybody_and_a_machine_s_mark_is_refused_aloud() {
    let house = House::new().await;
    let empty = AnonymousReport { report: NewReport { title: String::new(), ..good() }, ..reachable() };
    assert_eq!(send(&house.anyone(), KEY, &empty).await.is(422).faults(), ["title:required"]);
    let machine = AnonymousReport { website: "https://spam.example".into(), ..reachable() };
    assert_eq!(send(&house.anyone(), KEY, &machine).await.is(422).faults(), ["website:not_a_choice"]);
    assert_eq!((house.count("reports").await, house.count("tracking").await), (0, 0));
}

#[tokio::test]
async fn a_wrong_code_is_answered_like_one_that_never_was_and_not_for_ever() {
    let house = House::new().await;
    let never = TrackingCode::new(&[7; 13]).unwrap();
    for code in [never.0.as_str(), "AB2CD-EF3GH-J4KM", "", "'; DROP TABLE tracking"] {
        assert_eq!(ask(&house.anyone(), code).await.is(404).problem().code, ProblemCode::NotFound);
    }
    for _ in 0..26 {
        ask(&house.anyone(), &never.0).await.is(404);
    }
    let answer = ask(&house.anyone(), &never.0).await.is(429);
    assert_eq!(answer.header("retry-after"), "60");
    house.pass(60);
    ask(&house.anyone(), &never.0).await.is(404);
}

#[tokio::test]
async fn one_address_cannot_send_reports_without_end() {
    let house = House::new().await;
    for n in 0..30 {
        send(&house.anyone(), &format!("a-key-of-the-device-{n}"), &reachable()).await.is(201);
    }
    send(&house.anyone(), "a-key-of-the-device-x", &reachable()).await.is(429);
}

#[tokio::test]
async fn its_photos_travel_by_the_token_of_the_report_alone() {
    let house = House::new().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let report = AnonymousReport { report: NewReport { files: vec![file.clone()], ..good() }, ..reachable() };
    let tracked: Tracked = send(&house.anyone(), KEY, &report).await.is(201).json();
    let sender = house.anyone().bearer(&tracked.upload_token);
    let path = begin(&sender, &file).await;
    for stranger in [house.anyone(), house.anyone().bearer("guessed"), house.luca().await] {
        assert!(patch(&stranger, &path, 0, &bytes).await.status.is_client_error());
    }
    let state = async || sender.get(&paths::attachment_state(&file.id)).await.is(200).json::<Attachment>();
    assert_eq!(state().await.state, AttachmentState::Travelling);
    patch(&sender, &path, 0, &bytes).await.is(204);
    let arrived = state().await;
    assert_eq!((arrived.state, &arrived.sent_sha256), (AttachmentState::Ready, &file.sha256));
    for stranger in [house.anyone(), house.anyone().bearer("guessed"), house.luca().await] {
        assert!(stranger.get(&paths::attachment_state(&file.id)).await.status.is_client_error());
    }
    assert_eq!(house.count("attachments WHERE state = 'ready' AND case_id IS NOT NULL AND media_type = 'image/jpeg'").await, 1);
    // The token opens nothing else, and not for ever.
    sender.get(paths::CASES).await.is(401);
    sender.get(&paths::attachment(&file.id)).await.is(401);
    house.pass(8 * 86_400);
    patch(&sender, &path, 0, &bytes).await.is(401);
}

#[tokio::test]
async fn the_desk_can_reach_who_left_an_address_and_hears_none_of_who_signed_in() {
    let house = House::new().await;
    let tracked: Tracked = send(&house.anyone(), KEY, &reachable()).await.is(201).json();
    let cases: Page<OfficeCase> = house.desk().get(&format!("{}?q={}", paths::OFFICE_CASES, tracked.number.0)).await.is(200).json();
    assert_eq!(cases.items[0].contact, reachable().contact);
    let cases: Page<OfficeCase> = house.desk().get(&format!("{}?q=sara", paths::OFFICE_CASES)).await.is(200).json();
    assert!(cases.items.iter().all(|case| case.contact == Contact::default()) && !cases.items.is_empty());
}

#[tokio::test]
async fn who_signed_in_may_give_somebody_a_code_and_take_it_back_by_asking_for_another() {
    let house = House::new().await;
    let maria = house.maria().await;
    let case: CaseSummary = maria.create(paths::REPORTS, "hers", &good()).await.is(201).json();
    let path = paths::case_tracking(&case.id);
    let given: Tracked = maria.create(&path, KEY, &()).await.is(201).json();
    assert_eq!(maria.create(&path, KEY, &()).await.is(201).json::<Tracked>(), given);
    assert_eq!((given.number.clone(), given.upload_token.as_str()), (case.number, ""));
    let answer = ask(&house.anyone(), &given.code.0).await.is(200);
    assert_eq!(answer.json::<TrackedReport>().number, given.number);
    assert!(!answer.text().contains("Maria") && !answer.text().contains("Lampione"));
    let other: Tracked = maria.create(&path, "another-key-of-a-device", &()).await.is(201).json();
    assert_ne!(other.code, given.code);
    ask(&house.anyone(), &given.code.0).await.is(404);
    ask(&house.anyone(), &other.code.0).await.is(200);
    // Nobody else's to ask for, not for a case that is no report, and not with a key that seals nothing.
    house.luca().await.create(&path, KEY, &()).await.is(404);
    let others: Page<CaseSummary> = maria.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    maria.create(&paths::case_tracking(&others.items[0].id), KEY, &()).await.is(404);
    assert_eq!(maria.create(&path, "short", &()).await.is(400).faults(), ["idempotency-key:required"]);
    assert_eq!(house.count(&format!("answers WHERE body LIKE '%{}%'", other.code.0)).await, 0);
}
