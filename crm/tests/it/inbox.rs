//! The inbox: what the town tells, to whom, once; read, put away, searched, in parts; and the documents that were asked for.
use crate::attachments::pdf;
use crate::house::House;
use crate::people::Who;
use crate::travelling::report;
use crate::uploads::{announced, bring};
use contract::attachments::AttachmentKind;
use contract::cases::{Case, CaseSummary, TaskKind};
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::inbox::{InboxCount, InboxQuery, Mark, Message, MessageKind, Seen, Shown};
use contract::office::Move;
use contract::public_reports::PublicReports;
use contract::replies::{NewMessage, Verdict};
use contract::uploads::Announced;
use contract::{Page, paths};

fn moved(state: &str, note: &str, task: Option<TaskKind>) -> Move {
    Move { state: StateCode(state.into()), note: note.into(), task, task_due_on: None, channel: None, files: vec![] }
}

async fn office(house: &House, id: &CaseId, key: &str, sent: &Move) {
    house.desk().create(&paths::office_moves(id), key, sent).await.is(200);
}

async fn list(who: &Who, query: InboxQuery) -> Page<Message> {
    who.get(&paths::inbox(&query)).await.is(200).json()
}

async fn found(who: &Who, words: &str) -> usize {
    list(who, InboxQuery { q: Some(words.into()), ..InboxQuery::default() }).await.items.len()
}

async fn unread(who: &Who) -> u32 {
    who.get(paths::INBOX_COUNT).await.is(200).json::<InboxCount>().unread
}

async fn kinds(who: &Who) -> Vec<MessageKind> {
    list(who, InboxQuery::default()).await.items.iter().map(|message| message.kind).collect()
}

async fn mark(who: &Who, message: &Message, read: Option<bool>, archived: Option<bool>) -> Message {
    who.post(&paths::message(&message.id), &Mark { read, archived }).await.is(200).json()
}

#[tokio::test]
async fn what_the_office_does_is_told_once_and_in_its_kind() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    // Sending it oneself is nothing new.
    assert_eq!((kinds(&maria).await, unread(&maria).await), (vec![MessageKind::Received], 0));
    let steps = [
        ("1", moved("registered", "", None), MessageKind::Moved),
        ("2", moved("registered", "Passiamo domani.", None), MessageKind::Written),
        ("3", moved("waiting_information", "Da che parte?", Some(TaskKind::Answer)), MessageKind::Question),
        ("4", moved("waiting_documents", "Serve una planimetria.", Some(TaskKind::SendDocuments)), MessageKind::Documents),
    ];
    for (key, step, kind) in &steps {
        house.pass(60);
        office(&house, &id, key, step).await;
        // The answer was lost: the same move again.
        office(&house, &id, key, step).await;
        let newest = list(&maria, InboxQuery { limit: Some(1), ..InboxQuery::default() }).await.items.remove(0);
        assert_eq!((newest.kind, &newest.case, newest.read, newest.note.as_str()), (*kind, &Some(id.clone()), false, step.note.as_str()));
        assert_eq!((newest.state, newest.number.is_some(), newest.report), (Some(step.state.clone()), true, None));
    }
    assert_eq!((kinds(&maria).await.len(), unread(&maria).await), (5, 4));
    assert_eq!(unread(&house.luca().await).await, 0);
}

#[tokio::test]
async fn messages_are_read_put_away_and_taken_out_again() {
    let house = House::new().await;
    let maria = house.maria().await;
    let (one, other) = (report(&maria, &[]).await.id, house.maria().await.get("/api/v1/cases?q=sara%20asilo").await.is(200));
    let other = other.json::<Page<CaseSummary>>().items[0].id.clone();
    office(&house, &one, "1", &moved("registered", "", None)).await;
    office(&house, &one, "2", &moved("in_progress", "", None)).await;
    office(&house, &other, "3", &moved("in_progress", "", None)).await;
    let messages = list(&maria, InboxQuery { show: Shown::Unread, ..InboxQuery::default() }).await.items;
    assert_eq!(messages.len(), 3);
    let read = mark(&maria, &messages[0], Some(true), None).await;
    assert_eq!((read.read, read.archived, unread(&maria).await), (true, false, 2));
    assert!(!mark(&maria, &read, Some(false), None).await.read);
    let away = mark(&maria, &messages[1], None, Some(true)).await;
    assert_eq!((away.read, away.archived, unread(&maria).await), (false, true, 2));
    let archived = list(&maria, InboxQuery { show: Shown::Archived, ..InboxQuery::default() }).await.items;
    assert_eq!(archived.iter().map(|message| &message.id).collect::<Vec<_>>(), [&messages[1].id]);
    mark(&maria, &away, None, Some(false)).await;
    // Whoever opens a case has seen what is said about it, and nothing else.
    let about = maria.post(paths::INBOX_READ, &Seen { case: Some(one) }).await.is(200).json::<InboxCount>();
    assert_eq!(about.unread, 1);
    assert_eq!(maria.post(paths::INBOX_READ, &Seen::default()).await.is(200).json::<InboxCount>().unread, 0);
    assert_eq!(maria.post(paths::INBOX_READ, &Seen { case: Some(CaseId("x\0".into())) }).await.is(200).json::<InboxCount>().unread, 0);
    house.luca().await.post(&paths::message(&read.id), &Mark { read: Some(false), archived: None }).await.is(404);
    assert_eq!(unread(&maria).await, 0);
}

#[tokio::test]
async fn messages_are_found_by_words_and_come_in_parts() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    for n in 0..5 {
        house.pass(1);
        office(
            &house,
            &id,
            &format!("{n}"),
            &moved(if n == 0 { "registered" } else { "in_progress" }, &format!("Perché così: n{n}"), None),
        )
        .await;
    }
    for (words, count) in [("perche cosi", 5), ("PERCHÉ n3", 1), ("n3 n4", 0), ("%", 6), ("segnalazione", 6)] {
        assert_eq!(found(&maria, words).await, count, "{words}");
    }
    let number = list(&maria, InboxQuery::default()).await.items[0].number.clone().unwrap().0;
    assert_eq!(found(&maria, &number).await, 6);
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list(&maria, InboxQuery { limit: Some(2), after: after.clone(), ..InboxQuery::default() }).await;
        assert!(page.items.len() <= 2);
        seen.extend(page.items.into_iter().map(|message| message.id));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let all: Vec<_> = list(&maria, InboxQuery::default()).await.items.into_iter().map(|message| message.id).collect();
    assert_eq!(seen, all);
    maria.get("/api/v1/inbox?after=last-year").await.is(422);
    maria.get("/api/v1/inbox?show=everything").await.is(400);
}

#[tokio::test]
async fn who_follows_a_report_is_told_and_reads_nothing_private() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let id = report(&maria, &[]).await.id;
    office(&house, &id, "1", &moved("registered", "", None)).await;
    let public: PublicReports = luca.get(paths::PUBLIC_REPORTS).await.is(200).json();
    luca.post(&paths::follow(&public.items[0].id), &()).await.is(200);
    maria.post(&paths::follow(&public.items[0].id), &()).await.is(200);
    office(&house, &id, "2", &moved("resolved", "Signora Maria, fatto.", None)).await;
    let verdict = Verdict { resolved: true, ..Verdict::default() };
    maria.create(&paths::case_verdict(&id), "k", &verdict).await.is(201);
    let told = list(&luca, InboxQuery::default()).await.items;
    assert_eq!(told.iter().map(|message| message.kind).collect::<Vec<_>>(), [MessageKind::FollowedConfirmed, MessageKind::Followed]);
    for message in &told {
        assert_eq!(
            (&message.report, &message.case, &message.number, message.note.as_str()),
            (&Some(public.items[0].id.clone()), &None, &None, "")
        );
    }
    // Maria is told as the author, not once more as a follower.
    assert!(kinds(&maria).await.iter().all(|kind| !matches!(kind, MessageKind::Followed | MessageKind::FollowedConfirmed)));
}

#[tokio::test]
async fn the_documents_that_were_asked_for_end_the_task_and_words_alone_do_not() {
    let house = House::new().await;
    let maria = house.maria().await;
    let page: Page<CaseSummary> = maria.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    let id = page.items[0].id.clone();
    office(&house, &id, "1", &moved("in_progress", "", None)).await;
    office(&house, &id, "2", &moved("waiting_documents", "Serve l'ISEE.", Some(TaskKind::SendDocuments))).await;
    let send = |key: &'static str, text: &str, files: Vec<Announced>| {
        let (maria, path, message) = (maria.clone(), paths::case_messages(&id), NewMessage { text: text.into(), files });
        async move { maria.create(&path, key, &message).await }
    };
    assert_eq!(send("empty", " ", vec![]).await.is(422).faults(), ["text:required"]);
    let asked: CaseSummary = send("words", "Quale ISEE?", vec![]).await.is(201).json();
    assert_eq!(asked.task.map(|task| task.kind), Some(TaskKind::SendDocuments));
    let bytes = pdf();
    let file = Announced { kind: AttachmentKind::Document, name: "isee.pdf".into(), ..announced(&bytes) };
    let sent: CaseSummary = send("files", "", vec![file.clone()]).await.is(201).json();
    assert_eq!((sent.task, sent.state.0.as_str()), (None, "in_progress"));
    bring(&maria, &file, &bytes).await;
    let story: Case = maria.get(&paths::case(&id, "it")).await.is(200).json();
    let step = story.timeline.iter().rfind(|step| step.at.is_some()).unwrap();
    assert_eq!(step.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["isee.pdf"]);
}
