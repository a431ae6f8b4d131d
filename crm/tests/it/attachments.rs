//! Photos and documents: sent, checked, taken by a report, served to their owner only.
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use axum::http::Method;
use contract::attachments::{Attachment, BYTES_MAX};
use contract::cases::{Case, CaseSummary};
use contract::reports::NewReport;
use contract::{ProblemCode, paths};
use image::{ImageFormat, RgbImage};
use std::io::Cursor;

pub fn picture(format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5, 90]));
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub fn pdf() -> Vec<u8> {
    let letter =
        crm::pdf::Letter { language: "it", title: "Prova", town: "Comune", paragraphs: &["Ciao.".into()], rows: &[], issued_on: "oggi" };
    crm::pdf::letter(&letter).unwrap()
}

async fn sent(who: &Who, key: &str, name: &str, bytes: &[u8]) -> Attachment {
    who.upload(key, name, bytes).await.is(201).json()
}

#[tokio::test]
async fn a_photo_is_written_anew_and_kept_for_its_owner() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let answer = maria.upload("k", "Lampione è spento.png", &bytes).await.is(201);
    let photo: Attachment = answer.json();
    assert_eq!(answer.header("location"), paths::attachment(&photo.id));
    assert_eq!(
        (photo.name.as_str(), photo.media_type.as_str(), photo.width, photo.height),
        ("Lampione è spento.jpg", "image/jpeg", 64, 48)
    );
    assert_eq!(photo.sent_sha256, crm::secret::sha256_hex(&bytes));
    let kept = maria.get(&paths::attachment(&photo.id)).await.is(200);
    assert_eq!((kept.body.len() as u64, kept.header("content-type")), (photo.bytes, "image/jpeg"));
    assert!(kept.header("content-disposition").starts_with("attachment;") && kept.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(image::guess_format(&kept.body).unwrap(), ImageFormat::Jpeg);
    house.luca().await.get(&paths::attachment(&photo.id)).await.is(404);
}

#[tokio::test]
async fn a_pdf_is_kept_as_it_is() {
    let house = House::new().await;
    let maria = house.maria().await;
    let document = sent(&maria, "k", "perizia", &pdf()).await;
    assert_eq!((document.name.as_str(), document.media_type.as_str(), document.width), ("perizia.pdf", "application/pdf", 0));
    assert_eq!(crm::secret::sha256_hex(&maria.get(&paths::attachment(&document.id)).await.is(200).body), document.sent_sha256);
}

#[tokio::test]
async fn bad_files_are_refused_with_the_reason_and_leave_nothing() {
    let house = House::new().await;
    let maria = house.maria().await;
    let jpeg = picture(ImageFormat::Jpeg);
    let kept = house.files();
    for (status, fault, bytes) in [
        (422, "file:empty_file", vec![]),
        (422, "file:file_type", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()),
        (422, "file:file_type", b"\0\0\0\x18ftypheic\0\0\0\0heic".to_vec()),
        (422, "file:file_damaged", jpeg[..jpeg.len() / 2].to_vec()),
        (413, "file:file_too_large", vec![0xFF; usize::try_from(BYTES_MAX).unwrap() + 1]),
        (413, "file:file_too_large", vec![0xFF; 30_000_000]),
        (413, "file:too_many_pixels", huge_png(12_000)),
        (413, "file:too_many_pixels", huge_png(50_000)),
    ] {
        assert_eq!(maria.upload("k", "foto.jpg", &bytes).await.is(status).faults(), [fault]);
    }
    assert_eq!((house.count("attachments").await, house.count("answers").await, house.files()), (0, 0, kept));
}

/// A PNG that says it has so many pixels in its height and width.
pub fn huge_png(side: u32) -> Vec<u8> {
    let mut bytes = picture(ImageFormat::Png);
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let crc = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

/// CRC-32 as PNG wants it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

#[tokio::test]
async fn the_same_file_sent_again_with_its_key_is_one_file() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Jpeg);
    let first = maria.upload("k", "a.jpg", &bytes).await.is(201);
    let files = house.files();
    let again = maria.upload("k", "a.jpg", &bytes).await.is(201);
    assert_eq!((first.body, house.files(), house.count("attachments").await), (again.body, files, 1));
    assert_eq!(maria.upload("k", "a.jpg", &picture(ImageFormat::Png)).await.is(422).problem().code, ProblemCode::KeyReused);
    let keyless = maria.clone().with("content-type", "image/jpeg").ask(Method::POST, paths::ATTACHMENTS, bytes.into()).await;
    assert_eq!(keyless.is(400).faults(), ["idempotency-key:required"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sent_many_times_at_once_one_file_is_kept() {
    let house = House::new().await;
    let maria = house.maria().await;
    let before = house.files();
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let maria = maria.clone();
            tokio::spawn(async move { sent(&maria, "k", "a.jpg", &picture(ImageFormat::Jpeg)).await.id })
        })
        .collect();
    let mut ids = Vec::new();
    for task in tasks {
        ids.push(task.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), house.count("attachments").await, house.files()), (1, 1, before + 2), "the photo and its small image");
}

#[tokio::test]
async fn a_report_takes_its_photos_and_documents_in_their_order() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Jpeg);
    let (one, two) = (sent(&maria, "1", "uno.jpg", &bytes).await, sent(&maria, "2", "due.jpg", &bytes).await);
    let document = sent(&maria, "3", "perizia.pdf", &pdf()).await;
    let report = NewReport { photos: vec![two.id.clone(), one.id.clone()], documents: vec![document.id.clone()], ..good() };
    let case: CaseSummary = maria.create(paths::REPORTS, "r", &report).await.is(201).json();
    let report = maria.get(&paths::case(&case.id, "it")).await.is(200).json::<Case>().report.unwrap();
    assert_eq!(report.photos.iter().map(|photo| photo.name.as_str()).collect::<Vec<_>>(), ["due.jpg", "uno.jpg"]);
    assert_eq!(report.documents, [document]);
    assert_eq!(maria.delete(&paths::attachment(&one.id)).await.is(409).problem().code, ProblemCode::Conflict);
    maria.get(&paths::attachment(&one.id)).await.is(200);
}

#[tokio::test]
async fn a_report_may_not_take_what_is_used_foreign_or_of_the_wrong_kind() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let foreign = sent(&luca, "1", "a.jpg", &picture(ImageFormat::Jpeg)).await.id;
    let document = sent(&maria, "2", "a.pdf", &pdf()).await.id;
    let used = sent(&maria, "3", "a.jpg", &picture(ImageFormat::Jpeg)).await.id;
    maria.create(paths::REPORTS, "r1", &NewReport { photos: vec![used.clone()], ..good() }).await.is(201);
    let report = NewReport { photos: vec![foreign.clone(), document.clone(), used], documents: vec![foreign.clone()], ..good() };
    let answer = maria.create(paths::REPORTS, "r2", &report).await.is(422);
    assert_eq!(answer.faults(), ["photos.0:not_found", "photos.1:not_found", "photos.2:not_found", "documents.0:not_found"]);
    assert_eq!(house.count("reports").await, 1);
    let twice = NewReport { documents: vec![document.clone(), document.clone()], ..good() };
    assert_eq!(maria.create(paths::REPORTS, "r3", &twice).await.is(422).faults(), ["documents.1:not_found"]);
    maria.create(paths::REPORTS, "r4", &NewReport { documents: vec![document], ..good() }).await.is(201);
    luca.delete(&paths::attachment(&foreign)).await.is(204);
}

#[tokio::test]
async fn an_unused_file_can_be_taken_back_and_is_forgotten_after_a_day() {
    let house = House::new().await;
    let maria = house.maria().await;
    let before = house.files();
    let bytes = picture(ImageFormat::Jpeg);
    let (back, old, used) = (
        sent(&maria, "1", "a.jpg", &bytes).await.id,
        sent(&maria, "2", "b.jpg", &bytes).await.id,
        sent(&maria, "3", "c.jpg", &bytes).await.id,
    );
    house.luca().await.delete(&paths::attachment(&back)).await.is(404);
    maria.delete(&paths::attachment(&back)).await.is(204);
    maria.get(&paths::attachment(&back)).await.is(404);
    maria.delete(&paths::attachment(&back)).await.is(404);
    maria.create(paths::REPORTS, "r", &NewReport { photos: vec![used.clone()], ..good() }).await.is(201);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.files(), before + 4);
    house.pass(25 * 3600);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    let maria = house.maria().await;
    maria.get(&paths::attachment(&old)).await.is(404);
    maria.get(&paths::attachment(&used)).await.is(200);
    assert_eq!(house.files(), before + 2);
}

#[tokio::test]
async fn one_person_cannot_fill_the_disk_with_files_nobody_uses() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Jpeg);
    for n in 0..40 {
        sent(&maria, &n.to_string(), "a.jpg", &bytes).await;
    }
    let answer = maria.upload("one more", "a.jpg", &bytes).await.is(429);
    assert_eq!((answer.problem().code, answer.header("retry-after")), (ProblemCode::TooMany, "3600"));
    sent(&house.luca().await, "1", "a.jpg", &bytes).await;
}
