//! Files that travel in pieces (tus 1.0): resumed where they were cut, checked when they are whole, attached to the report by themselves.
use crate::attachments::picture;
use crate::house::House;
use crate::people::{Answer, Who};
use crate::reports::good;
use crate::travelling::report;
use axum::body::Body;
use axum::http::Method;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::attachments::{Attachment, AttachmentKind, AttachmentState, BYTES_MAX};
use contract::id::AttachmentId;
use contract::reports::NewReport;
use contract::uploads::Announced;
use contract::{ProblemCode, paths};
use image::ImageFormat;
use sha1::Digest;

/// Files of a new house: one document for each nursery.
pub const OLD: usize = 2;
const PIECE: &str = "application/offset+octet-stream";

pub fn new_id() -> AttachmentId {
    AttachmentId(uuid::Uuid::now_v7().to_string())
}

pub fn announced(bytes: &[u8]) -> Announced {
    let sha256 = crm::secret::sha256_hex(bytes);
    Announced { id: new_id(), kind: AttachmentKind::Photo, name: "foto.png".into(), bytes: bytes.len() as u64, sha256 }
}

pub fn metadata(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key} {}", BASE64_STANDARD.encode(value))).collect::<Vec<_>>().join(",")
}

/// Whoever speaks tus.
pub fn tus(who: &Who) -> Who {
    who.clone().with("tus-resumable", "1.0.0")
}

pub async fn create(who: &Who, length: usize, metadata: &str) -> Answer {
    let who = tus(who).with("upload-length", &length.to_string()).with("upload-metadata", metadata);
    who.ask(Method::POST, paths::UPLOADS, Body::empty()).await
}

/// Begins the upload of an announced file; its address.
pub async fn begin(who: &Who, file: &Announced) -> String {
    let kind = if file.kind == AttachmentKind::Document { "document" } else { "photo" };
    let metadata = metadata(&[("filename", &file.name), ("attachment", file.id.as_str()), ("kind", kind)]);
    create(who, usize::try_from(file.bytes).unwrap(), &metadata).await.is(201).header("location").to_owned()
}

pub async fn patch(who: &Who, path: &str, offset: usize, bytes: &[u8]) -> Answer {
    let who = tus(who).with("upload-offset", &offset.to_string()).with("content-type", PIECE);
    who.ask(Method::PATCH, path, bytes.to_vec().into()).await
}

pub async fn offset(who: &Who, path: &str) -> usize {
    tus(who).ask(Method::HEAD, path, Body::empty()).await.is(200).header("upload-offset").parse().unwrap()
}

pub async fn bring(who: &Who, file: &Announced, bytes: &[u8]) {
    let path = begin(who, file).await;
    patch(who, &path, 0, bytes).await.is(204);
}

pub async fn state(who: &Who, id: &AttachmentId) -> Attachment {
    who.get(&paths::attachment_state(id)).await.is(200).json()
}

#[tokio::test]
async fn a_photo_in_pieces_becomes_an_attachment() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let id = new_id();
    let named = metadata(&[("filename", "Lampione è spento.png"), ("attachment", id.as_str())]);
    let made = create(&maria, bytes.len(), &named).await.is(201);
    let path = made.header("location").to_owned();
    assert_eq!(path, paths::upload(&id));
    assert_eq!(made.header("upload-expires"), "Sun, 29 Nov 2026 09:00:00 GMT");
    let half = bytes.len() / 2;
    assert_eq!(patch(&maria, &path, 0, &bytes[..half]).await.is(204).header("upload-offset"), half.to_string());
    let head = tus(&maria).ask(Method::HEAD, &path, Body::empty()).await.is(200);
    assert_eq!((head.header("upload-offset"), head.header("upload-length")), (half.to_string().as_str(), bytes.len().to_string().as_str()));
    assert_eq!((head.header("upload-metadata"), head.header("cache-control")), (named.as_str(), "no-store"));
    let before = state(&maria, &id).await;
    assert_eq!((before.state, before.sent_sha256.as_str(), before.bytes), (AttachmentState::Travelling, "", bytes.len() as u64));
    maria.get(&paths::attachment(&id)).await.is(404);
    let last = patch(&maria, &path, half, &bytes[half..]).await.is(204);
    assert_eq!((last.header("upload-offset"), last.header("tus-resumable")), (bytes.len().to_string().as_str(), "1.0.0"));
    let photo = state(&maria, &id).await;
    assert_eq!((photo.state, photo.kind, photo.name.as_str()), (AttachmentState::Ready, AttachmentKind::Photo, "Lampione è spento.jpg"));
    assert_eq!((photo.sent_sha256, photo.width, photo.height), (crm::secret::sha256_hex(&bytes), 64, 48));
    let kept = maria.get(&paths::attachment(&id)).await.is(200);
    assert_eq!((kept.body.len() as u64, image::guess_format(&kept.body).unwrap()), (photo.bytes, ImageFormat::Jpeg));
    // Whoever has lost the last answer learns that all of it is there.
    assert_eq!(offset(&maria, &path).await, bytes.len());
    assert_eq!(patch(&maria, &path, bytes.len(), b"").await.is(204).header("upload-offset"), bytes.len().to_string());
    assert_eq!(house.files(), OLD + 2, "the photo and its small image, nothing else");
}

#[tokio::test]
async fn the_small_image_of_a_photo_is_served_to_its_owner() {
    let house = House::new().await;
    let maria = house.maria().await;
    let large = image::DynamicImage::new_rgb8(1200, 900);
    let mut bytes = std::io::Cursor::new(Vec::new());
    large.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let photo: Attachment = maria.upload("k", "a.jpg", bytes.get_ref()).await.is(201).json();
    let small = maria.get(&paths::thumbnail(&photo.id)).await.is(200);
    let size = image::load_from_memory(&small.body).unwrap();
    assert_eq!((size.width(), size.height(), small.header("content-type")), (320, 240, "image/jpeg"));
    house.luca().await.get(&paths::thumbnail(&photo.id)).await.is(404);
    maria.get(&format!("{}?size=huge", paths::attachment(&photo.id))).await.is(400);
    maria.delete(&paths::attachment(&photo.id)).await.is(204);
    assert_eq!(house.files(), OLD);
}

#[tokio::test]
async fn the_first_bytes_may_come_with_the_creation() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let who = tus(&maria).with("upload-length", &bytes.len().to_string()).with("content-type", PIECE);
    let part = who.ask(Method::POST, paths::UPLOADS, bytes[..100].to_vec().into()).await.is(201);
    assert_eq!(part.header("upload-offset"), "100");
    patch(&maria, part.header("location"), 100, &bytes[100..]).await.is(204);
    let whole = who.ask(Method::POST, paths::UPLOADS, bytes.clone().into()).await.is(201);
    assert_eq!(whole.header("upload-offset"), bytes.len().to_string());
    let id = AttachmentId(whole.header("location").rsplit('/').next().unwrap().to_owned());
    let photo = state(&maria, &id).await;
    assert_eq!((photo.state, photo.name.as_str()), (AttachmentState::Ready, "foto.jpg"));
    // Loose as it is, a report may take it as one that was sent before.
    maria.create(paths::REPORTS, "r", &NewReport { photos: vec![id], ..good() }).await.is(201);
}

#[tokio::test]
async fn a_piece_must_begin_where_the_last_one_ended() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let path = begin(&maria, &announced(&bytes)).await;
    patch(&maria, &path, 0, &bytes[..200]).await.is(204);
    for wrong in [0, 199, 201, 100_000] {
        assert_eq!(patch(&maria, &path, wrong, &bytes[200..300]).await.is(409).problem().code, ProblemCode::Conflict);
    }
    for wrong in ["", "-1", "2.5", "99999999999999999999"] {
        let who = tus(&maria).with("upload-offset", wrong).with("content-type", PIECE);
        who.ask(Method::PATCH, &path, "a".into()).await.is(400);
    }
    assert_eq!(offset(&maria, &path).await, 200);
    tus(&maria).with("upload-offset", "200").ask(Method::PATCH, &path, "a".into()).await.is(415);
    patch(&maria, &path, 200, &bytes[200..]).await.is(204);
}

#[tokio::test]
async fn a_piece_that_is_not_what_its_checksum_says_leaves_nothing() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    let checked = async |from: usize, sent: &[u8], sum: String| {
        let who = tus(&maria).with("upload-offset", &from.to_string()).with("content-type", PIECE).with("upload-checksum", &sum);
        who.ask(Method::PATCH, &path, sent.to_vec().into()).await
    };
    let sha1 = |bytes: &[u8]| format!("sha1 {}", BASE64_STANDARD.encode(sha1::Sha1::digest(bytes)));
    let sha256 = |bytes: &[u8]| format!("sha256 {}", BASE64_STANDARD.encode(crm::secret::sha256(bytes)));
    for wrong in [sha1(b"x"), sha256(b"x"), sha256(&bytes)] {
        let refused = checked(0, &bytes[..99], wrong).await.is(460);
        assert_eq!(refused.faults(), ["file:file_damaged"]);
    }
    for nonsense in ["md5 AAAA".to_owned(), "sha1".to_owned(), "sha1 %%".to_owned()] {
        checked(0, &bytes[..99], nonsense).await.is(400);
    }
    assert_eq!(offset(&maria, &path).await, 0);
    checked(0, &bytes[..99], sha1(&bytes[..99])).await.is(204);
    checked(99, &bytes[99..], sha256(b"x")).await.is(460);
    assert_eq!(offset(&maria, &path).await, 99);
    checked(99, &bytes[99..], sha256(&bytes[99..])).await.is(204);
    assert_eq!(state(&maria, &file.id).await.state, AttachmentState::Ready);
}

#[tokio::test]
async fn a_file_must_have_the_length_it_said() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    for (length, status) in [("", 400), ("-5", 400), ("0", 422), (&(BYTES_MAX + 1).to_string() as &str, 413)] {
        tus(&maria).with("upload-length", length).ask(Method::POST, paths::UPLOADS, Body::empty()).await.is(status).problem();
    }
    tus(&maria).with("upload-defer-length", "1").ask(Method::POST, paths::UPLOADS, Body::empty()).await.is(400);
    assert_eq!(create(&maria, 0, "").await.is(422).faults(), ["file:empty_file"]);
    let path = begin(&maria, &file).await;
    let named = metadata(&[("attachment", file.id.as_str())]);
    create(&maria, bytes.len() + 1, &named).await.is(409);
    // A file that grows while it is read: more comes than was said.
    let mut grown = bytes.clone();
    grown.extend_from_slice(b"more");
    assert_eq!(patch(&maria, &path, 0, &grown).await.is(413).faults(), ["file:file_too_large"]);
    let unsaid = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(grown.clone())]));
    let who = tus(&maria).with("upload-offset", "0").with("content-type", PIECE);
    assert_eq!(who.ask(Method::PATCH, &path, unsaid).await.is(413).problem().code, ProblemCode::TooLarge);
    assert_eq!((offset(&maria, &path).await, house.files()), (0, OLD));
    patch(&maria, &path, 0, &bytes).await.is(204);
    assert_eq!(patch(&maria, &path, bytes.len(), b"more").await.is(413).problem().code, ProblemCode::TooLarge);
}

#[tokio::test]
async fn another_person_s_upload_does_not_exist() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    patch(&maria, &path, 0, &bytes[..100]).await.is(204);
    tus(&luca).ask(Method::HEAD, &path, Body::empty()).await.is(404);
    patch(&luca, &path, 100, &bytes[100..]).await.is(404).problem();
    tus(&luca).delete(&path).await.is(404).problem();
    create(&luca, bytes.len(), &metadata(&[("attachment", file.id.as_str())])).await.is(404);
    tus(&luca).ask(Method::HEAD, &paths::upload(&new_id()), Body::empty()).await.is(404);
    // Announced and not begun: there is no upload yet.
    let other = announced(&bytes);
    report(&maria, std::slice::from_ref(&other)).await;
    tus(&maria).ask(Method::HEAD, &paths::upload(&other.id), Body::empty()).await.is(404);
    patch(&maria, &path, 100, &bytes[100..]).await.is(204);
}

#[tokio::test]
async fn the_same_identifier_or_key_is_the_same_upload() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    patch(&maria, &path, 0, &bytes[..50]).await.is(204);
    assert_eq!((begin(&maria, &file).await, offset(&maria, &path).await), (path.clone(), 50));
    let keyed = async |who: &Who| {
        let who = tus(who).with("idempotency-key", "k").with("upload-length", "10");
        who.ask(Method::POST, paths::UPLOADS, Body::empty()).await.is(201).header("location").to_owned()
    };
    let (first, again, foreign) = (keyed(&maria).await, keyed(&maria).await, keyed(&luca).await);
    assert!(first == again && first != foreign && first != path);
    patch(&maria, &path, 50, &bytes[50..]).await.is(204);
    assert_eq!((begin(&maria, &file).await, offset(&maria, &path).await), (path, bytes.len()));
}

#[tokio::test]
async fn an_expired_upload_begins_again_at_once() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    patch(&maria, &path, 0, &bytes[..200]).await.is(204);
    house.pass(8 * 86_400);
    let maria = house.maria().await;
    begin(&maria, &file).await;
    assert_eq!((offset(&maria, &path).await, house.files()), (0, OLD));
    patch(&maria, &path, 0, &bytes).await.is(204);
}

#[tokio::test]
async fn the_version_is_asked_for_and_told() {
    let house = House::new().await;
    let maria = house.maria().await;
    let spoken = maria.ask(Method::OPTIONS, paths::UPLOADS, Body::empty()).await.is(204);
    assert_eq!((spoken.header("tus-version"), spoken.header("tus-max-size")), ("1.0.0", BYTES_MAX.to_string().as_str()));
    assert_eq!(spoken.header("tus-extension"), "creation,creation-with-upload,checksum,expiration,termination");
    assert_eq!(spoken.header("tus-checksum-algorithm"), "sha1,sha256");
    for version in ["", "0.2.2"] {
        let who = maria.clone().with("tus-resumable", version).with("upload-length", "10");
        let refused = who.ask(Method::POST, paths::UPLOADS, Body::empty()).await.is(412);
        assert_eq!(refused.header("tus-version"), "1.0.0");
    }
    for metadata in [metadata(&[("attachment", "../x")]), metadata(&[("kind", "film")]), "a ".repeat(2000)] {
        create(&maria, 10, &metadata).await.is(400);
    }
    assert_eq!(house.count("attachments").await, 0);
}

#[tokio::test]
async fn a_client_that_can_only_post_says_what_it_means() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let path = begin(&maria, &announced(&bytes)).await;
    let post = async |method: &str, from: usize, body: &[u8]| {
        let who = tus(&maria).with("x-http-method-override", method).with("upload-offset", &from.to_string()).with("content-type", PIECE);
        who.ask(Method::POST, &path, body.to_vec().into()).await
    };
    post("PATCH", 0, &bytes[..100]).await.is(204);
    assert_eq!(post("HEAD", 0, b"").await.is(200).header("upload-offset"), "100");
    post("GET", 0, b"").await.is(405).problem();
    post("DELETE", 0, b"").await.is(204);
    post("HEAD", 0, b"").await.is(404);
}

#[tokio::test]
async fn cut_anywhere_a_file_arrives_as_it_was() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let sha256 = crm::secret::sha256_hex(&bytes);
    for cut in (0..bytes.len()).step_by(bytes.len() / 23) {
        let file = announced(&bytes);
        let path = begin(&maria, &file).await;
        let broken = futures_util::stream::iter([Ok(bytes[..cut].to_vec()), Err(std::io::Error::other("the tunnel"))]);
        let who = tus(&maria).with("upload-offset", "0").with("content-type", PIECE);
        who.ask(Method::PATCH, &path, Body::from_stream(broken)).await.is(400);
        assert_eq!(offset(&maria, &path).await, cut, "what came before the cut is safe");
        patch(&maria, &path, cut, &bytes[cut..]).await.is(204);
        assert_eq!(state(&maria, &file.id).await.sent_sha256, sha256, "cut at {cut}");
        maria.delete(&paths::attachment(&file.id)).await.is(204);
    }
    assert_eq!(house.files(), OLD);
}

#[tokio::test]
async fn a_checked_piece_that_is_cut_leaves_nothing() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let path = begin(&maria, &announced(&bytes)).await;
    let broken = futures_util::stream::iter([Ok(bytes[..300].to_vec()), Err(std::io::Error::other("the tunnel"))]);
    let sum = format!("sha256 {}", BASE64_STANDARD.encode(crm::secret::sha256(&bytes)));
    let who = tus(&maria).with("upload-offset", "0").with("content-type", PIECE).with("upload-checksum", &sum);
    who.ask(Method::PATCH, &path, Body::from_stream(broken)).await.is(400);
    assert_eq!(offset(&maria, &path).await, 0);
    who.ask(Method::PATCH, &path, bytes.into()).await.is(204);
}

#[tokio::test]
async fn a_disk_that_forgot_gets_the_whole_file_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    patch(&maria, &path, 0, &bytes[..200]).await.is(204);
    let row = sqlx::query("SELECT file FROM attachments").fetch_one(house.crm.db.reader()).await.unwrap();
    let name: String = sqlx::Row::get(&row, 0);
    std::fs::write(std::path::Path::new(&house.settings["FILO_FILES"]).join(&name[..2]).join(&name), b"short").unwrap();
    patch(&maria, &path, 200, &bytes[200..]).await.is(409);
    assert_eq!(offset(&maria, &path).await, 0);
    patch(&maria, &path, 0, &bytes).await.is(204);
    assert_eq!(state(&maria, &file.id).await.sent_sha256, file.sha256);
}

#[tokio::test]
async fn uploads_count_among_the_files_that_nobody_uses() {
    let house = House::new().await;
    let maria = house.maria().await;
    for _ in 0..40 {
        create(&maria, 10, "").await.is(201);
    }
    assert_eq!(create(&maria, 10, "").await.is(429).problem().code, ProblemCode::TooMany);
    report(&maria, &[announced(b"123")]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_pieces_at_once_make_one_whole_file() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let path = begin(&maria, &file).await;
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (maria, path, bytes) = (maria.clone(), path.clone(), bytes.clone());
            tokio::spawn(async move { patch(&maria, &path, 0, &bytes).await.status.as_u16() })
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        let status = task.await.unwrap();
        assert!([204, 409].contains(&status), "{status}");
        taken += usize::from(status == 204);
    }
    let photo = state(&maria, &file.id).await;
    assert_eq!((taken, photo.state, house.files()), (1, AttachmentState::Ready, OLD + 2));
}
