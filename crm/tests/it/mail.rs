//! Letters through a real socket: what they say, and that none is lost or comes twice when the mail server fails.
pub mod server;

use crate::house::{House, PUBLIC_URL};
use crate::people::Who;
use crate::reports::good;
use contract::cases::CaseSummary;
use contract::contact::Contact;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::office::Move;
use contract::paths;
use contract::public_reports::PublicReports;
use contract::replies::Verdict;
use contract::reports::ReportForm;
use contract::tracking::AnonymousReport;
use crm::outbox::Kind;
use server::{Mood, Server};
use std::sync::Arc;
use tokio::net::TcpListener;

async fn sent(who: &Who, key: &str) -> CaseId {
    who.create(paths::REPORTS, key, &good()).await.is(201).json::<CaseSummary>().id
}

async fn moved(house: &House, case: &CaseId, state: &str, note: &str) {
    let moved = Move { state: StateCode(state.into()), note: note.into(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(case), &format!("{case}{state}"), &moved).await.is(200);
}

/// Delivers until nothing is due.
pub async fn deliver(house: &House) -> usize {
    let mut tried = 0;
    loop {
        match crm::outbox::deliver(&house.crm, Kind::Mail).await.unwrap() {
            0 => return tried,
            some => tried += some,
        }
    }
}

async fn outbox(house: &House, state: &str) -> i64 {
    house.count(&format!("outbox WHERE state = '{state}'")).await
}

#[tokio::test]
async fn who_sends_a_report_is_told_that_it_arrived_and_every_change() {
    let (server, house) = Server::with_house().await;
    let case = sent(&house.maria().await, "k").await;
    sent(&house.maria().await, "k").await;
    moved(&house, &case, "registered", "Mandiamo <qualcuno> domani.").await;
    assert_eq!(deliver(&house).await, 2);
    let letters = server.taken();
    let number = house.maria().await.get(paths::CASES).await.json::<contract::Page<CaseSummary>>().items[0].number.0.clone();
    assert_eq!(letters[0].subject, format!("Abbiamo ricevuto la tua segnalazione {number}"));
    assert!(letters.iter().all(|letter| letter.to == "maria@example.org"));
    for part in [
        "Ciao Maria,",
        "Ultimo giorno per la risposta del Comune: 22 dicembre 2026.",
        &format!("{PUBLIC_URL}/cases/{case}"),
        "Oggetto: Lampione spento",
    ] {
        assert!(letters[0].text.contains(part), "{part} in {}", letters[0].text);
    }
    assert!(
        letters[1].subject.contains(&number) && letters[1].text.contains("L'ufficio ti dice: Mandiamo <qualcuno> domani."),
        "{letters:?}"
    );
    assert!(letters[1].html.contains("Mandiamo &lt;qualcuno&gt; domani.") && letters[1].html.contains("<html lang=\"it\">"));
    assert!(letters[0].id.ends_with("@comune.example") && letters[0].id != letters[1].id);
    // What was sent is not kept.
    assert_eq!((outbox(&house, "done").await, house.count("outbox WHERE payload <> ''").await), (2, 0));
}

#[tokio::test]
async fn where_letters_are_written_the_report_form_says_so() {
    let (_server, house) = Server::with_house().await;
    for language in ["it", "en"] {
        let form: ReportForm = house.anyone().get(&paths::report_form(language)).await.is(200).json();
        assert!(form.mail, "{language}");
    }
}

#[tokio::test]
async fn letters_speak_the_person_s_language_and_nobody_without_an_address_gets_one() {
    let (server, house) = Server::with_house().await;
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query("UPDATE citizens SET language = 'en' WHERE subject = 'maria'").execute(&mut *change).await.unwrap();
    sqlx::query("UPDATE citizens SET email = NULL WHERE subject = 'luca'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    sent(&house.maria().await, "k").await;
    sent(&house.luca().await, "k").await;
    assert_eq!(deliver(&house).await, 1);
    assert!(server.taken()[0].text.contains("Hello Maria,"), "{:?}", server.taken());
}

#[tokio::test]
async fn who_follows_a_report_is_told_its_state_and_nothing_else() {
    let (server, house) = Server::with_house().await;
    let case = sent(&house.maria().await, "k").await;
    moved(&house, &case, "registered", "").await;
    let report = house.anyone().get(paths::PUBLIC_REPORTS).await.json::<PublicReports>().items[0].id.clone();
    house.luca().await.post(&paths::follow(&report), &()).await.is(200);
    moved(&house, &case, "resolved", "Gentile Maria, fatto.").await;
    deliver(&house).await;
    let letters = server.taken();
    let [letter] = letters.iter().filter(|letter| letter.to == "luca@example.org").collect::<Vec<_>>()[..] else { panic!("{letters:?}") };
    assert!(letter.subject.starts_with("Una segnalazione che segui: "), "{letter:?}");
    assert!(letter.text.contains(&format!("{PUBLIC_URL}/reports/public/{report}")), "{letter:?}");
    for secret in ["Maria", "fatto.", "Lampione", case.as_str()] {
        assert!(!letter.text.contains(secret) && !letter.html.contains(secret), "{secret} in {letter:?}");
    }
}

async fn judge(who: &Who, case: &CaseId, verdict: &Verdict) {
    who.create(&paths::case_verdict(case), "v", verdict).await.is(201);
}

#[tokio::test]
async fn the_author_s_word_on_a_repair_is_answered_and_its_followers_hear_what_it_means() {
    for (verdict, own, said, heard) in [
        (
            Verdict { resolved: true, ..Verdict::default() },
            "Problema risolto (",
            "hai detto che il problema è risolto.",
            "chi ha mandato una segnalazione che segui dice che il problema è risolto.",
        ),
        (
            Verdict { reason: "Maria: è ancora buio.".into(), ..Verdict::default() },
            "Segnalazione riaperta (",
            "Ultimo giorno per la risposta del Comune: 22 dicembre 2026.",
            "c'è una novità su una segnalazione che segui.",
        ),
    ] {
        let (server, house) = Server::with_house().await;
        let case = sent(&house.maria().await, "k").await;
        moved(&house, &case, "registered", "").await;
        let report = house.anyone().get(paths::PUBLIC_REPORTS).await.json::<PublicReports>().items[0].id.clone();
        house.luca().await.post(&paths::follow(&report), &()).await.is(200);
        moved(&house, &case, "resolved", "").await;
        deliver(&house).await;
        let before = server.taken().len();
        judge(&house.maria().await, &case, &verdict).await;
        judge(&house.maria().await, &case, &verdict).await;
        assert_eq!(deliver(&house).await, 2);
        let letters = server.taken();
        let to = |address: &str| letters[before..].iter().find(|letter| letter.to == address).unwrap();
        let (author, follower) = (to("maria@example.org"), to("luca@example.org"));
        assert!(author.subject.starts_with(own) && author.text.contains(said), "{author:?}");
        assert!(follower.subject.starts_with("Una segnalazione che segui: ") && follower.text.contains(heard), "{follower:?}");
        for secret in ["Maria", "buio", "Lampione", case.as_str()] {
            assert!(!follower.text.contains(secret) && !follower.html.contains(secret), "{secret} in {follower:?}");
        }
        assert!(!author.text.contains("buio"), "{author:?}");
    }
}

#[tokio::test]
async fn a_letter_speaks_of_a_code_only_to_whom_one_was_given() {
    let (server, house) = Server::with_house().await;
    let case = sent(&house.maria().await, "k").await;
    let contact = Contact { email: "passante@example.org".into(), phone: String::new() };
    let report = AnonymousReport { report: good(), contact, language: "it".into(), website: String::new() };
    house.anyone().create(paths::PUBLIC_REPORTS, "a-key-of-the-device-01", &report).await.is(201);
    let neighbour = house.anyone().with("content-type", "application/x-www-form-urlencoded");
    let request = "api_key=key-of-the-neighbours&service_code=green&address_string=Via+Maggio&email=vicino@example.org";
    neighbour.ask(axum::http::Method::POST, "/open311/v2/requests.json", request.into()).await.is(201);
    deliver(&house).await;
    let about_code: Vec<bool> = server.taken().iter().map(|letter| letter.text.contains("scrivi il codice")).collect();
    assert_eq!(about_code, [false, true, false]);
    assert!(server.taken()[1].text.contains(&format!("{}/reports/track", house.crm.config.public_url)));
    // Maria signs in: a code that she has made is for a neighbour, and she is not told to use it.
    house.maria().await.create(&paths::case_tracking(&case), "a-key-of-the-device-02", &()).await.is(201);
    moved(&house, &case, "registered", "").await;
    deliver(&house).await;
    assert!(!server.taken().last().unwrap().text.contains("scrivi il codice"));
}

#[tokio::test]
async fn a_server_that_is_busy_or_away_is_tried_again_later_and_the_letter_stays_the_same() {
    let (server, house) = Server::with_house().await;
    sent(&house.maria().await, "k").await;
    let moods = [Mood::Cut, Mood::Refuse(451), Mood::RefuseLetter(452), Mood::TakeAndCut];
    server.will(&moods);
    for _ in moods {
        assert_eq!(deliver(&house).await, 1);
        assert_eq!((deliver(&house).await, outbox(&house, "waiting").await), (0, 1), "not again at once");
        house.pass(300);
    }
    assert_eq!(deliver(&house).await, 1);
    let letters = server.taken();
    // The line was cut after the letter had been taken: it came again, and is told by its Message-ID to be the same.
    assert_eq!((letters.len(), &letters[0].id, &letters[0].text), (2, &letters[1].id, &letters[1].text));
    assert_eq!(outbox(&house, "done").await, 1);
}

#[tokio::test]
async fn a_refusal_for_good_ends_it_and_the_others_still_go() {
    let (server, house) = Server::with_house().await;
    sent(&house.maria().await, "k").await;
    server.will(&[Mood::Refuse(550)]);
    assert_eq!(deliver(&house).await, 1);
    sent(&house.luca().await, "k").await;
    assert_eq!(deliver(&house).await, 1);
    assert_eq!(server.taken().iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["luca@example.org"]);
    assert_eq!((outbox(&house, "given_up").await, outbox(&house, "done").await), (1, 1));
    let row = sqlx::query("SELECT failure FROM outbox WHERE state = 'given_up'").fetch_one(house.crm.db.reader()).await.unwrap();
    assert_eq!(sqlx::Row::get::<String, _>(&row, 0), "the mail server said 550");
}

#[tokio::test]
async fn what_is_never_taken_is_given_up_in_the_end() {
    let (server, house) = Server::with_house().await;
    sent(&house.maria().await, "k").await;
    server.will(&[Mood::Refuse(451); 40]);
    let mut tries = 0;
    while outbox(&house, "waiting").await == 1 {
        tries += deliver(&house).await;
        house.pass(8 * 3600);
    }
    assert_eq!((tries, outbox(&house, "given_up").await, server.taken().len()), (30, 1, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn processes_that_share_a_database_send_each_letter_once() {
    let (server, house) = Server::with_house().await;
    for n in 0..30 {
        sent(&house.maria().await, &format!("k{n}")).await;
    }
    let rounds: Vec<_> = (0..8)
        .map(|_| {
            let crm = Arc::clone(&house.crm);
            tokio::spawn(async move { while crm::outbox::deliver(&crm, Kind::Mail).await.unwrap() > 0 {} })
        })
        .collect();
    for round in rounds {
        round.await.unwrap();
    }
    let mut ids: Vec<String> = server.taken().into_iter().map(|letter| letter.id).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!((all, ids.len(), outbox(&house, "done").await), (30, 30, 30));
}

#[tokio::test]
async fn a_lease_that_its_holder_did_not_outlive_is_taken_over() {
    let (server, house) = Server::with_house().await;
    sent(&house.maria().await, "k").await;
    let mut change = house.crm.db.begin().await.unwrap();
    let dead = "UPDATE outbox SET lease = 'dead', leased_until = '2026-11-22T09:02:00Z', attempts = 1";
    sqlx::query(dead).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(deliver(&house).await, 0);
    house.pass(121);
    assert_eq!((deliver(&house).await, server.taken().len()), (1, 1));
}

#[tokio::test]
async fn alone_with_its_database_a_process_that_starts_waits_for_no_dead_one() {
    let (server, house) = Server::with_house().await;
    sent(&house.maria().await, "k").await;
    let mut change = house.crm.db.begin().await.unwrap();
    let dead = "UPDATE outbox SET lease = 'dead', leased_until = '2026-11-22T09:10:00Z', attempts = 1";
    sqlx::query(dead).execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    crm::outbox::take_over(&house.crm).await.unwrap();
    // Another process may be alive where several share a database.
    let free = if house.crm.db.is_shared() { 0 } else { 1 };
    assert_eq!((deliver(&house).await, server.taken().len()), (free, free));
}

#[tokio::test]
async fn without_a_mail_server_no_letters_pile_up() {
    let house = House::new().await;
    let case = sent(&house.maria().await, "k").await;
    moved(&house, &case, "registered", "").await;
    assert_eq!(house.count("outbox").await, 0);
}

#[tokio::test]
async fn letters_do_not_wait_for_another_town_that_does_not_answer() {
    // Connections are taken, and nobody ever reads from them.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (server, house) =
        Server::with_house_and(&[("FILO_OPEN311_FORWARD_URL", &format!("http://{}", silent.local_addr().unwrap()))]).await;
    sent(&house.maria().await, "k").await;
    let reports = tokio::spawn(crm::outbox::keep_delivering(Arc::clone(&house.crm), Kind::Open311));
    let (_connection, _) = silent.accept().await.unwrap();
    assert_eq!((deliver(&house).await, server.taken().len()), (1, 1));
    assert_eq!(house.count("outbox WHERE kind = 'open311' AND lease IS NOT NULL").await, 1, "the report is still on its way");
    reports.abort();
}
