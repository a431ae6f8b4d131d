//! Photos that a report announces: they join it by themselves, say why they are refused, and travel once.
use crate::attachments::picture;
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use crate::uploads::{OLD, announced, begin, bring, new_id, offset, patch, state, tus};
use axum::body::Body;
use axum::http::Method;
use contract::attachments::AttachmentState;
use contract::cases::{Case, CaseSummary};
use contract::id::AttachmentId;
use contract::problem::FieldRule;
use contract::reports::{NewReport, ReportDetails};
use contract::uploads::Announced;
use contract::{ProblemCode, paths};
use image::ImageFormat;

pub async fn report(who: &Who, files: &[Announced]) -> CaseSummary {
    who.create(paths::REPORTS, &new_id().0, &NewReport { files: files.to_vec(), ..good() }).await.is(201).json()
}

pub async fn shown(who: &Who, case: &CaseSummary) -> ReportDetails {
    who.get(&paths::case(&case.id, "it")).await.is(200).json::<Case>().report.unwrap()
}

#[tokio::test]
async fn a_report_does_not_wait_for_its_photos_which_join_it_by_themselves() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (one, two) = (picture(ImageFormat::Png), picture(ImageFormat::Jpeg));
    let files = [announced(&one), announced(&two)];
    // The second photo is there before the report, the first follows.
    bring(&maria, &files[1], &two).await;
    let case = report(&maria, &files).await;
    let states = |report: &ReportDetails| report.photos.iter().map(|photo| (photo.id.clone(), photo.state)).collect::<Vec<_>>();
    let expected = |first| vec![(files[0].id.clone(), first), (files[1].id.clone(), AttachmentState::Ready)];
    assert_eq!(states(&shown(&maria, &case).await), expected(AttachmentState::Travelling));
    bring(&maria, &files[0], &one).await;
    let report = shown(&maria, &case).await;
    assert_eq!((states(&report), report.documents.len()), (expected(AttachmentState::Ready), 0));
    house.luca().await.get(&paths::attachment_state(&files[0].id)).await.is(404);
    assert_eq!(maria.delete(&paths::attachment(&files[0].id)).await.is(409).problem().code, ProblemCode::Conflict);
    house.pass(40 * 86_400);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(states(&shown(&house.maria().await, &case).await), expected(AttachmentState::Ready));
}

#[tokio::test]
async fn an_announced_file_that_cannot_come_fails_the_report() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let bytes = picture(ImageFormat::Png);
    let (foreign, held, other, twice) = (announced(&bytes), announced(&bytes), announced(&bytes), announced(&bytes));
    begin(&luca, &foreign).await;
    report(&maria, std::slice::from_ref(&held)).await;
    bring(&maria, &other, &bytes).await;
    let other = Announced { sha256: "0".repeat(64), ..other };
    let strange = Announced { id: AttachmentId("../x".into()), ..twice.clone() };
    let files = vec![foreign, held, other, twice.clone(), twice];
    let answer = maria.create(paths::REPORTS, "r", &NewReport { files, ..good() }).await.is(422);
    assert_eq!(answer.faults(), ["files.0:not_found", "files.1:not_found", "files.2:not_found", "files.4:not_found"]);
    let answer = maria.create(paths::REPORTS, "r", &NewReport { files: vec![strange], ..good() }).await.is(422);
    assert_eq!(answer.faults(), ["files.0:not_found"]);
    assert_eq!(house.count("reports").await, 1);
}

#[tokio::test]
async fn a_file_that_is_not_the_one_announced_comes_again_from_its_beginning() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let file = announced(&bytes);
    let case = report(&maria, std::slice::from_ref(&file)).await;
    let mut damaged = bytes.clone();
    damaged[100] ^= 1;
    let path = begin(&maria, &file).await;
    patch(&maria, &path, 0, &damaged[..300]).await.is(204);
    assert_eq!(patch(&maria, &path, 300, &damaged[300..]).await.is(460).faults(), ["file:file_damaged"]);
    assert_eq!((offset(&maria, &path).await, house.files()), (0, OLD));
    assert_eq!(patch(&maria, &path, 0, &damaged).await.is(460).faults(), ["file:file_damaged"]);
    patch(&maria, &path, 0, &bytes).await.is(204);
    assert_eq!(shown(&maria, &case).await.photos[0].sent_sha256, file.sha256);
}

#[tokio::test]
async fn an_upload_left_alone_expires_and_can_begin_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let (loose, held) = (announced(&bytes), announced(&bytes));
    let case = report(&maria, std::slice::from_ref(&held)).await;
    let before = house.files();
    for file in [&loose, &held] {
        let path = begin(&maria, file).await;
        patch(&maria, &path, 0, &bytes[..200]).await.is(204);
    }
    assert_eq!(house.files(), before + 2);
    house.pass(7 * 86_400 - 60);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    let maria = house.maria().await;
    assert_eq!(offset(&maria, &paths::upload(&held.id)).await, 200);
    house.pass(120);
    let maria = house.maria().await;
    tus(&maria).ask(Method::HEAD, &paths::upload(&held.id), Body::empty()).await.is(410);
    patch(&maria, &paths::upload(&loose.id), 200, &bytes[200..]).await.is(410).problem();
    house.pass(3700);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    let maria = house.maria().await;
    assert_eq!(house.files(), before);
    for file in [&loose, &held] {
        tus(&maria).ask(Method::HEAD, &paths::upload(&file.id), Body::empty()).await.is(404);
    }
    maria.get(&paths::attachment_state(&loose.id)).await.is(404);
    // The report still expects its photo, and the photo can still come.
    assert_eq!(shown(&maria, &case).await.photos[0].state, AttachmentState::Travelling);
    bring(&maria, &held, &bytes).await;
    assert_eq!(shown(&maria, &case).await.photos[0].state, AttachmentState::Ready);
}

#[tokio::test]
async fn what_was_given_up_is_gone_and_withdrawn_from_its_report() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let (loose, held, done) = (announced(&bytes), announced(&picture(ImageFormat::Jpeg)), announced(&bytes));
    let case = report(&maria, &[held.clone(), done.clone()]).await;
    bring(&maria, &done, &bytes).await;
    let files = house.files();
    for file in [&loose, &held] {
        let path = begin(&maria, file).await;
        patch(&maria, &path, 0, &bytes[..20]).await.is(204);
        let gone = tus(&maria).delete(&path).await.is(204);
        assert_eq!(gone.header("tus-resumable"), "1.0.0");
        tus(&maria).ask(Method::HEAD, &path, Body::empty()).await.is(404);
        tus(&maria).delete(&path).await.is(404);
    }
    assert_eq!(house.files(), files);
    assert_eq!(tus(&maria).delete(&paths::upload(&done.id)).await.is(409).problem().code, ProblemCode::Conflict);
    assert_eq!(shown(&maria, &case).await.photos.iter().map(|photo| &photo.id).collect::<Vec<_>>(), [&done.id]);
}

#[tokio::test]
async fn the_same_photo_twice_in_one_report_travels_and_is_shown_once() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let (one, two) = (announced(&bytes), announced(&bytes));
    let case = report(&maria, &[one.clone(), two.clone()]).await;
    assert_eq!(begin(&maria, &two).await, paths::upload(&one.id));
    bring(&maria, &one, &bytes).await;
    // Whoever insists on sending the second finds it there.
    assert_eq!(begin(&maria, &two).await, paths::upload(&one.id));
    assert_eq!(offset(&maria, &paths::upload(&one.id)).await, bytes.len());
    let state = state(&maria, &two.id).await;
    assert_eq!((state.id, state.state, state.sent_sha256), (two.id.clone(), AttachmentState::Ready, two.sha256));
    maria.get(&paths::attachment(&two.id)).await.is(200);
    assert_eq!(shown(&maria, &case).await.photos.iter().map(|photo| &photo.id).collect::<Vec<_>>(), [&one.id]);
    assert_eq!(house.files(), OLD + 2);
    // Two reports with the same photo have it each.
    report(&maria, &[announced(&bytes)]).await;
}

#[tokio::test]
async fn the_twin_of_a_photo_that_was_given_up_travels_by_itself() {
    let house = House::new().await;
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let (one, two) = (announced(&bytes), announced(&bytes));
    let case = report(&maria, &[one.clone(), two.clone()]).await;
    maria.delete(&paths::attachment(&one.id)).await.is(204);
    assert_eq!(begin(&maria, &two).await, paths::upload(&two.id));
    bring(&maria, &two, &bytes).await;
    assert_eq!(shown(&maria, &case).await.photos.iter().map(|photo| &photo.id).collect::<Vec<_>>(), [&two.id]);
}

#[tokio::test]
async fn a_refused_file_says_why_in_its_report() {
    let house = House::new().await;
    let maria = house.maria().await;
    let jpeg = picture(ImageFormat::Jpeg);
    let script = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    let bad = [
        (FieldRule::FileType, script),
        (FieldRule::FileType, b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj\nstartxref\n0\n%%EOF".to_vec()),
        (FieldRule::FileDamaged, jpeg[..jpeg.len() - 40].to_vec()),
        (FieldRule::TooManyPixels, crate::attachments::huge_png(50_000)),
        (FieldRule::FileType, crate::attachments::pdf()),
    ];
    let kept = house.files();
    for (rule, bytes) in bad {
        let file = announced(&bytes);
        let case = report(&maria, std::slice::from_ref(&file)).await;
        bring(&maria, &file, &bytes).await;
        let photo = shown(&maria, &case).await.photos.remove(0);
        let problem = photo.problem.unwrap();
        assert_eq!((photo.state, problem.field.as_str(), problem.code), (AttachmentState::Refused, "file", rule));
        assert_eq!((photo.sent_sha256, photo.media_type.as_str()), (file.sha256, ""));
        assert_eq!(offset(&maria, &paths::upload(&file.id)).await, bytes.len(), "it need not be sent again");
        maria.get(&paths::attachment(&file.id)).await.is(404);
        assert_eq!(house.files(), kept, "nothing of it is kept");
    }
}

#[tokio::test]
async fn a_photo_that_is_something_else_too_is_kept_as_a_photo_alone() {
    let house = House::new().await;
    let maria = house.maria().await;
    let mut bytes = picture(ImageFormat::Jpeg);
    bytes.extend_from_slice(b"PK\x03\x04<script>alert(1)</script>%PDF-1.4 /JavaScript");
    let file = announced(&bytes);
    bring(&maria, &file, &bytes).await;
    let kept = maria.get(&paths::attachment(&file.id)).await.is(200);
    assert!(!kept.body.windows(6).any(|part| part == b"script" || part == b"%PDF-1"));
    assert_eq!(kept.header("content-type"), "image/jpeg");
}
