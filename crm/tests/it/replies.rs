//! After the report: the office asks and the citizen answers, the repair is shown and judged, the service is rated.
use crate::attachments::{pdf, picture};
use crate::house::House;
use crate::people::{Answer, Who};
use crate::travelling::report;
use crate::uploads::{announced, bring};
use axum::http::Method;
use contract::attachments::{Attachment, AttachmentState};
use contract::cases::{Actor, Case, CaseSummary, Channel, Phase, StepKind, TaskKind};
use contract::dictionary::StateCode;
use contract::id::{AttachmentId, CaseId};
use contract::office::Move;
use contract::replies::{MayReply, NewMessage, Rating, RatingReason, Verdict};
use contract::{Date, ProblemCode, paths};
use image::ImageFormat;

fn moved(state: &str, note: &str) -> Move {
    Move { state: StateCode(state.into()), note: note.into(), task: None, task_due_on: None, channel: None, files: vec![] }
}

async fn office(house: &House, id: &CaseId, key: &str, sent: &Move) -> Answer {
    house.desk().create(&paths::office_moves(id), key, sent).await
}

/// A photo that the desk sends for a case.
async fn of_the_desk(house: &House, id: &CaseId, key: &str, bytes: &[u8]) -> Answer {
    let desk = house.desk().with("idempotency-key", key).with("upload-metadata", "filename bGFtcGlvbmUucG5n");
    desk.ask(Method::POST, &paths::office_attachments(id), bytes.to_vec().into()).await
}

async fn story(who: &Who, id: &CaseId) -> Case {
    who.get(&paths::case(id, "it")).await.is(200).json()
}

/// A report of Maria's, resolved with a photo of the repair.
async fn resolved(house: &House, maria: &Who) -> (CaseId, AttachmentId) {
    let id = report(maria, &[]).await.id;
    let photo: Attachment = of_the_desk(house, &id, "photo", &picture(ImageFormat::Png)).await.is(201).json();
    let closing = Move { files: vec![photo.id.clone()], ..moved("resolved", "Lampione cambiato.") };
    office(house, &id, "closing", &closing).await.is(200);
    (id, photo.id)
}

#[tokio::test]
async fn the_office_asks_and_the_citizen_answers_with_a_photo() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    office(&house, &id, "1", &moved("registered", "")).await.is(200);
    let question = Move {
        task: Some(TaskKind::Answer),
        task_due_on: Some(Date("2026-12-10".into())),
        ..moved("waiting_information", "Da che parte della strada?")
    };
    office(&house, &id, "2", &question).await.is(200);
    let asked = story(&maria, &id).await;
    let step = asked.timeline.iter().rfind(|step| step.at.is_some()).unwrap();
    assert_eq!(
        (step.kind, step.note.as_str(), &step.by),
        (StepKind::Question, "Da che parte della strada?", &Actor::office("Ufficio Strade"))
    );
    assert_eq!(
        (asked.summary.phase, asked.may),
        (Phase::WaitingForYou, MayReply { message: true, withdraw: true, rating: true, ..MayReply::default() })
    );
    house.pass(60);
    let bytes = picture(ImageFormat::Jpeg);
    let photo = announced(&bytes);
    let answer = NewMessage { text: " A destra, davanti al 12. ".into(), files: vec![photo.clone()] };
    let sent = maria.create(&paths::case_messages(&id), "m", &answer).await.is(201);
    let summary: CaseSummary = sent.json();
    assert_eq!((summary.state.0.as_str(), summary.phase, summary.task), ("registered", Phase::Open, None));
    assert_eq!(sent.header("location"), format!("/api/v1/cases/{id}"));
    let case = story(&maria, &id).await;
    let step = case.timeline.iter().rfind(|step| step.at.is_some()).unwrap();
    assert_eq!(
        (step.kind, step.note.as_str(), &step.by, step.channel),
        (StepKind::Message, "A destra, davanti al 12.", &Actor::you(), Channel::App)
    );
    assert_eq!((step.files[0].id.clone(), step.files[0].state), (photo.id.clone(), AttachmentState::Travelling));
    assert_eq!(case.summary.moved_at, asked.summary.moved_at, "the town has not moved it");
    assert_eq!(case.timeline.last().unwrap().state.0, "resolved", "what is expected stays expected");
    bring(&maria, &photo, &bytes).await;
    // The photo belongs to the answer, not to the report, and the office can open it.
    let case = story(&maria, &id).await;
    assert_eq!((case.report.unwrap().photos.len(), case.timeline[3].files[0].state), (0, AttachmentState::Ready));
    let address = paths::OFFICE_ATTACHMENT.replace("{id}", id.as_str()).replace("{attachment}", photo.id.as_str());
    assert_eq!(house.desk().get(&address).await.is(200).header("content-type"), "image/jpeg");
    assert!(house.desk().get(&format!("{address}?size=thumb")).await.is(200).body.starts_with(&[0xFF, 0xD8]));
    house.desk().get(&address.replace(id.as_str(), "0193")).await.is(404);
}

#[tokio::test]
async fn the_office_writes_without_moving_the_case_and_must_have_something_to_say() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    office(&house, &id, "1", &moved("registered", "")).await.is(200);
    assert_eq!(office(&house, &id, "2", &moved("registered", "  ")).await.is(422).faults(), ["note:required"]);
    let silent = Move { task: Some(TaskKind::Answer), ..moved("waiting_information", "") };
    assert_eq!(office(&house, &id, "2", &silent).await.is(422).faults(), ["note:required"]);
    office(&house, &id, "2", &moved("registered", "La squadra passa giovedì.")).await.is(200);
    let case = story(&maria, &id).await;
    assert_eq!((case.timeline[2].kind, case.timeline[2].note.as_str()), (StepKind::Message, "La squadra passa giovedì."));
    assert_eq!(case.timeline.iter().filter(|step| step.at.is_none()).count(), 1);
}

#[tokio::test]
async fn a_message_does_not_answer_what_was_not_asked() {
    let house = House::new().await;
    let maria = house.maria().await;
    let page: contract::Page<CaseSummary> = maria.get("/api/v1/cases?q=scuolabus").await.is(200).json();
    let bus = &page.items[0];
    assert_eq!(bus.task.as_ref().unwrap().kind, TaskKind::SendDocuments);
    let message = NewMessage { text: "Arrivano domani.".into(), files: vec![] };
    let after: CaseSummary = maria.create(&paths::case_messages(&bus.id), "m", &message).await.is(201).json();
    assert_eq!(&after, bus, "documents that are missing are still missing");
    let step = story(&maria, &bus.id).await.timeline.pop().unwrap();
    assert_eq!((step.kind, step.state, step.note.as_str()), (StepKind::Message, bus.state.clone(), "Arrivano domani."));
}

#[tokio::test]
async fn a_message_to_a_closed_case_is_refused() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (id, _) = resolved(&house, &maria).await;
    let message = NewMessage { text: "Grazie".into(), files: vec![] };
    assert_eq!(maria.create(&paths::case_messages(&id), "m", &message).await.is(409).problem().code, ProblemCode::Conflict);
    assert!(!story(&maria, &id).await.may.message);
}

#[tokio::test]
async fn the_closing_shows_the_repair_and_the_citizen_confirms_it() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (id, photo) = resolved(&house, &maria).await;
    let case = story(&maria, &id).await;
    assert_eq!(case.may, MayReply { verdict: true, rating: true, ..MayReply::default() });
    let closing = case.timeline.last().unwrap();
    assert_eq!((closing.files[0].id.clone(), closing.files[0].name.as_str()), (photo.clone(), "lampione.jpg"));
    maria.get(&paths::attachment(&photo)).await.is(200);
    maria.get(&paths::thumbnail(&photo)).await.is(200);
    assert_eq!(maria.delete(&paths::attachment(&photo)).await.is(409).problem().code, ProblemCode::Conflict);
    house.luca().await.get(&paths::attachment(&photo)).await.is(404);
    let yes = Verdict { resolved: true, ..Verdict::default() };
    let summary: CaseSummary = maria.create(&paths::case_verdict(&id), "v", &yes).await.is(201).json();
    assert_eq!((summary.state.0.as_str(), summary.phase), ("resolved", Phase::Closed));
    let case = story(&maria, &id).await;
    assert_eq!((case.timeline.last().unwrap().kind, case.may.verdict), (StepKind::Confirmed, false));
    // It was said once; it cannot be said again, not even otherwise.
    let no = Verdict { reason: "C'è ancora.".into(), ..Verdict::default() };
    maria.create(&paths::case_verdict(&id), "v2", &no).await.is(409);
}

#[tokio::test]
async fn a_repair_that_is_none_opens_the_report_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (id, _) = resolved(&house, &maria).await;
    assert_eq!(maria.create(&paths::case_verdict(&id), "v", &Verdict::default()).await.is(422).faults(), ["reason:required"]);
    house.pass(86_400);
    let maria = house.maria().await;
    let bytes = picture(ImageFormat::Png);
    let photo = announced(&bytes);
    let no = Verdict { resolved: false, reason: "È di nuovo spento.".into(), files: vec![photo.clone()] };
    let first = maria.create(&paths::case_verdict(&id), "v", &no).await.is(201);
    let summary: CaseSummary = first.json();
    assert_eq!((summary.state.0.as_str(), summary.phase, summary.due_on.unwrap().0.as_str()), ("reopened", Phase::Open, "2026-12-23"));
    assert_eq!(maria.create(&paths::case_verdict(&id), "v", &no).await.is(201).body, first.body, "sent twice, it is opened once");
    bring(&maria, &photo, &bytes).await;
    let case = story(&maria, &id).await;
    let states: Vec<&str> = case.timeline.iter().map(|step| step.state.0.as_str()).collect();
    assert_eq!(states, ["submitted", "resolved", "reopened", "registered", "resolved"]);
    let step = &case.timeline[2];
    assert_eq!((step.kind, step.note.as_str(), &step.by), (StepKind::Reopened, "È di nuovo spento.", &Actor::you()));
    assert_eq!((step.files.len(), step.files[0].state), (1, AttachmentState::Ready));
    assert_eq!(case.timeline[4].expected_on.as_ref().unwrap().0, "2026-12-23");
    assert_eq!(case.may, MayReply { message: true, withdraw: true, rating: true, ..MayReply::default() });
    // Resolved again, it can be judged again.
    office(&house, &id, "again", &moved("resolved", "Ora funziona.")).await.is(200);
    assert!(story(&maria, &id).await.may.verdict);
}

#[tokio::test]
async fn only_a_report_that_is_said_to_be_resolved_is_judged() {
    let house = House::new().await;
    let maria = house.maria().await;
    let yes = Verdict { resolved: true, ..Verdict::default() };
    let id = report(&maria, &[]).await.id;
    maria.create(&paths::case_verdict(&id), "v", &yes).await.is(409);
    let page: contract::Page<CaseSummary> = maria.get("/api/v1/cases?q=sosta").await.is(200).json();
    maria.create(&paths::case_verdict(&page.items[0].id), "v", &yes).await.is(409);
    assert_eq!(house.count("steps WHERE kind <> 'move'").await, 0);
}

#[tokio::test]
async fn a_rating_is_given_once_and_never_changed() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    let path = paths::case_rating(&id);
    let bad = Rating { stars: 5, reason: Some(RatingReason::Lost), details: String::new() };
    assert_eq!(maria.create(&path, "r", &bad).await.is(422).faults(), ["reason:not_a_choice"]);
    assert_eq!(maria.create(&path, "r", &Rating::default()).await.is(422).faults(), ["stars:required"]);
    let good = Rating { stars: 2, reason: Some(RatingReason::Lost), details: "Non trovavo il pulsante.".into() };
    let first = maria.create(&path, "r", &good).await.is(201);
    assert_eq!(maria.create(&path, "r", &good).await.is(201).body, first.body);
    assert_eq!(maria.create(&path, "r2", &Rating { stars: 5, ..Rating::default() }).await.is(409).problem().code, ProblemCode::Conflict);
    let case = story(&maria, &id).await;
    assert_eq!((case.rating, case.may.rating), (Some(good), false));
    assert_eq!(case.timeline.iter().filter(|step| step.at.is_some()).count(), 1, "a rating is not a step");
}

#[tokio::test]
async fn another_person_s_case_takes_no_reply() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let (id, _) = resolved(&house, &maria).await;
    let message = NewMessage { text: "Ciao".into(), files: vec![] };
    luca.create(&paths::case_messages(&id), "1", &message).await.is(404);
    luca.create(&paths::case_messages(&id), "1", &NewMessage::default()).await.is(404);
    luca.create(&paths::case_verdict(&id), "1", &Verdict { resolved: true, ..Verdict::default() }).await.is(404);
    luca.create(&paths::case_rating(&id), "1", &Rating { stars: 1, ..Rating::default() }).await.is(404);
    assert_eq!(maria.post(&paths::case_messages(&id), &message).await.is(400).faults(), ["idempotency-key:required"]);
    assert_eq!((house.count("ratings").await, house.count("steps WHERE kind <> 'move'").await), (0, 0));
}

#[tokio::test]
async fn the_office_s_photo_is_seen_when_a_move_shows_it_and_by_nobody_else() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (id, other) = (report(&maria, &[]).await.id, report(&house.luca().await, &[]).await.id);
    let photo: Attachment = of_the_desk(&house, &id, "p", &picture(ImageFormat::Png)).await.is(201).json();
    let again: Attachment = of_the_desk(&house, &id, "p", &picture(ImageFormat::Png)).await.is(201).json();
    assert_eq!(photo, again);
    let letter: Attachment = of_the_desk(&house, &id, "l", &pdf()).await.is(201).json();
    assert_eq!(of_the_desk(&house, &id, "x", b"<svg/>").await.is(422).faults(), ["file:file_type"]);
    of_the_desk(&house, &CaseId("0193".into()), "y", &pdf()).await.is(404);
    maria.get(&paths::attachment(&photo.id)).await.is(404);
    maria.delete(&paths::attachment(&photo.id)).await.is(404);
    let taken = contract::reports::NewReport { photos: vec![photo.id.clone()], ..crate::reports::good() };
    assert_eq!(maria.create(paths::REPORTS, "r", &taken).await.is(422).faults(), ["photos.0:not_found"]);
    let wrong = Move { files: vec![photo.id.clone()], ..moved("registered", "Ecco.") };
    assert_eq!(office(&house, &other, "m", &wrong).await.is(422).faults(), ["files.0:not_found"]);
    let many = Move { files: vec![photo.id.clone(); 9], ..moved("registered", "Ecco.") };
    assert_eq!(office(&house, &id, "m", &many).await.is(422).faults(), ["files:too_many_items"]);
    let right = Move { files: vec![photo.id.clone(), letter.id.clone()], ..moved("registered", "") };
    office(&house, &id, "m", &right).await.is(200);
    let files: Vec<AttachmentId> = story(&maria, &id).await.timeline[1].files.iter().map(|file| file.id.clone()).collect();
    assert_eq!(files, [photo.id.clone(), letter.id]);
    maria.get(&paths::attachment(&photo.id)).await.is(200);
    office(&house, &id, "m2", &right).await.is(422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_replies_at_once_are_all_there_in_some_order() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    let tasks: Vec<_> = (0..10)
        .map(|n| {
            let (maria, path) = (maria.clone(), paths::case_messages(&id));
            let message = NewMessage { text: n.to_string(), files: vec![] };
            tokio::spawn(async move { maria.create(&path, &format!("m{n}"), &message).await.is(201) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let case = story(&maria, &id).await;
    let mut said: Vec<&str> = case.timeline.iter().filter(|step| step.kind == StepKind::Message).map(|step| step.note.as_str()).collect();
    said.sort_unstable();
    assert_eq!(said, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
}
