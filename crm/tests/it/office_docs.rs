//! docs/office.md as one shell script: every example runs against a CRM, and does what the page says.
use crate::attachments::picture;
use crate::house::{House, OFFICE_TOKEN};
use crate::over_http::serve;
use crate::reports::good;
use contract::attachments::Attachment;
use contract::cases::{Case, CaseSummary, Channel};
use contract::office::Scope;
use contract::reports::NewReport;
use contract::{Page, paths};
use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../../../docs/office.md");

/// The fenced blocks, in their order. Each is `sh`: what stands in another kind of block would be proved by nobody.
fn blocks() -> Vec<&'static str> {
    let parts: Vec<&str> = PAGE.split("```").collect();
    assert_eq!(parts.len() % 2, 1, "a block is not closed");
    parts.iter().skip(1).step_by(2).map(|block| block.strip_prefix("sh\n").expect("a block of another language")).collect()
}

/// A street report of Maria's with a photo, and a letter that did not arrive.
async fn prepared(house: &House) -> CaseSummary {
    let maria = house.maria().await;
    let photo: Attachment = maria.upload("photo", "lampione.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let report = NewReport { photos: vec![photo.id], ..good() };
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO outbox (id, kind, payload, state, attempts, due_at, created_at, failure)
         VALUES ($1, 'mail', 'a letter', 'waiting', 3, $2, $2, 'no such mailbox')",
    )
    .bind(crm::db::new_id())
    .bind(house.crm.clock.utc().0)
    .execute(&mut *change)
    .await
    .unwrap();
    change.commit().await.unwrap();
    maria.create(paths::REPORTS, "report", &report).await.is(201).json()
}

/// Runs the page in a folder of its own; what it printed.
fn run(folder: &Path, address: &str) -> String {
    std::fs::write(folder.join("riparato.jpg"), picture(image::ImageFormat::Jpeg)).unwrap();
    let programs = Path::new(env!("CARGO_BIN_EXE_crm")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let script = Command::new("sh")
        .args(["-eu", "-c", &blocks().join("\n")])
        .current_dir(folder)
        .env("PATH", path)
        .env("FILO_OFFICE_URL", address)
        .env("FILO_OFFICE_TOKEN", OFFICE_TOKEN)
        .output()
        .unwrap();
    let said = format!("{}\n{}", String::from_utf8_lossy(&script.stdout), String::from_utf8_lossy(&script.stderr));
    assert!(script.status.success(), "{}: {said}", script.status);
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_example_of_the_page_does_what_it_says() {
    let house = House::new().await;
    let report = prepared(&house).await;
    let folder = tempfile::tempdir().unwrap();
    let said = run(folder.path(), &serve(&house).await);
    assert!(said.contains(&report.number.0) && said.contains("Da tre giorni.") && said.contains("no such mailbox"), "{said}");
    assert!(std::fs::read(folder.path().join("foto.jpg")).unwrap().starts_with(&[0xFF, 0xD8]));
    let case: Case = house.maria().await.get(&paths::case(&report.id, "it")).await.is(200).json();
    let told: Vec<(&str, &str, Channel)> =
        case.timeline.iter().skip(1).map(|step| (step.state.0.as_str(), step.note.as_str(), step.channel)).collect();
    assert_eq!(
        told,
        [
            ("registered", "Abbiamo letto la segnalazione.", Channel::Office),
            ("in_progress", "La squadra passa domani mattina.", Channel::Office),
            ("in_progress", "Serve ancora una settimana.", Channel::Office),
            ("in_progress", "Serve ancora un giorno.", Channel::Office),
            ("waiting_information", "Da che parte della strada?", Channel::Office),
            ("waiting_information", "A che altezza della strada?", Channel::Office),
            ("waiting_documents", "Manca l'ISEE.", Channel::Office),
            ("waiting_documents", "Manca la delega.", Channel::Office),
            ("waiting_documents", "Ha chiamato: il lampione ora lampeggia.", Channel::Phone),
            ("waiting_documents", "Ha richiamato: ora è spento.", Channel::Phone),
            ("waiting_documents", "Ha mostrato una foto allo sportello.", Channel::Desk),
            ("waiting_documents", "Ha scritto una lettera.", Channel::Letter),
            ("waiting_documents", "Ha mandato un messaggio di posta.", Channel::Email),
            ("resolved", "Riparato.", Channel::Office),
            ("resolved", "Ecco anche il lato opposto.", Channel::Office),
        ]
    );
    let files: Vec<usize> = case.timeline.iter().rev().take(2).map(|step| step.files.len()).collect();
    assert_eq!(files, [1, 1]);
    assert_eq!(house.count("outbox WHERE kind = 'mail' AND state = 'waiting' AND attempts = 0").await, 1);
    assert_eq!(house.count("notices WHERE street = 'Via Maggio'").await, 1);
    assert_eq!(house.count("public_reports WHERE title <> ''").await, 1);
    let listed: Page<CaseSummary> = house.desk().get("/api/v1/office/cases?q=lampione").await.is(200).json();
    assert_eq!(listed.items.len(), 1);
}

#[test]
fn the_page_names_every_scope() {
    for scope in Scope::ALL {
        assert!(PAGE.contains(&format!("| `{}` |", scope.as_str())), "{}", scope.as_str());
    }
}
