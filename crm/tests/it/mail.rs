//! Letters through a real socket: what they say, and that none is lost or comes twice when the mail server fails.
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
use mail_parser::{Message, MessageParser};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the mail server does with the next letter.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    /// Takes it.
    Take,
    /// Says so when it is told the recipient.
    Refuse(u16),
    /// Says so after the whole letter.
    RefuseLetter(u16),
    /// Takes it, and the line is cut before it can say so.
    TakeAndCut,
    /// Is not there at all.
    Cut,
}

/// A mail server: it takes letters, or is in a mood.
#[derive(Clone, Default)]
struct Server {
    taken: Arc<Mutex<Vec<Vec<u8>>>>,
    moods: Arc<Mutex<VecDeque<Mood>>>,
}

impl Server {
    /// Opens one, and a house that sends its letters there.
    async fn with_house() -> (Self, House) {
        let server = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port().to_string();
        let taking = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taking = taking.clone();
                tokio::spawn(async move { taking.speak(stream).await });
            }
        });
        let from = "Comune di Prova <filo@comune.example>";
        let house = House::with(&[
            ("FILO_SMTP_HOST", "127.0.0.1"),
            ("FILO_SMTP_PORT", &port),
            ("FILO_SMTP_TLS", "none"),
            ("FILO_SMTP_FROM", from),
            ("FILO_OPEN311_KEYS", "neighbours:key-of-the-neighbours"),
        ])
        .await;
        let mut file = crate::people::file();
        file.citizens[0].email = Some("maria@example.org".into());
        file.citizens[1].email = Some("luca@example.org".into());
        house.bring(&file).await;
        (server, house)
    }

    fn will(&self, moods: &[Mood]) {
        self.moods.lock().unwrap().extend(moods);
    }

    async fn speak(&self, mut stream: TcpStream) -> Option<()> {
        let mood = self.moods.lock().unwrap().pop_front().unwrap_or(Mood::Take);
        if mood == Mood::Cut {
            return None;
        }
        let (read, mut write) = stream.split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 here\r\n").await.ok()?;
        while let Some(line) = lines.next_line().await.ok()? {
            let word = line.to_ascii_uppercase();
            let answer = match (word.get(..4)?, mood) {
                ("EHLO", _) => "250-here\r\n250 8BITMIME".to_owned(),
                ("RCPT", Mood::Refuse(code)) => format!("{code} no: {line}"),
                ("DATA", _) => {
                    write.write_all(b"354 go on\r\n").await.ok()?;
                    let mut letter = Vec::new();
                    while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                        letter.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
                        letter.extend_from_slice(b"\r\n");
                    }
                    if let Mood::RefuseLetter(code) = mood {
                        format!("{code} not that one")
                    } else {
                        self.taken.lock().unwrap().push(letter);
                        if mood == Mood::TakeAndCut {
                            return None;
                        }
                        "250 taken".to_owned()
                    }
                }
                ("QUIT", _) => "221 bye".to_owned(),
                _ => "250 fine".to_owned(),
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
        None
    }

    fn taken(&self) -> Vec<Letter> {
        self.taken.lock().unwrap().iter().map(|raw| Letter::read(raw)).collect()
    }
}

/// A letter as a mail program shows it.
#[derive(Debug)]
struct Letter {
    id: String,
    to: String,
    subject: String,
    text: String,
    html: String,
}

impl Letter {
    fn read(raw: &[u8]) -> Self {
        let message: Message<'_> = MessageParser::default().parse(raw).unwrap();
        assert_eq!(message.from().unwrap().first().unwrap().address(), Some("filo@comune.example"));
        Self {
            id: message.message_id().unwrap().to_owned(),
            to: message.to().unwrap().first().unwrap().address().unwrap().to_owned(),
            subject: message.subject().unwrap().to_owned(),
            text: message.body_text(0).unwrap().into_owned(),
            html: message.body_html(0).unwrap().into_owned(),
        }
    }
}

async fn sent(who: &Who, key: &str) -> CaseId {
    who.create(paths::REPORTS, key, &good()).await.is(201).json::<CaseSummary>().id
}

async fn moved(house: &House, case: &CaseId, state: &str, note: &str) {
    let moved = Move { state: StateCode(state.into()), note: note.into(), task: None, task_due_on: None, files: vec![] };
    house.desk().create(&paths::office_moves(case), &format!("{case}{state}"), &moved).await.is(200);
}

/// Delivers until nothing is due.
async fn deliver(house: &House) -> usize {
    let mut tried = 0;
    loop {
        match crm::outbox::deliver(&house.crm).await.unwrap() {
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
    sent(&house.maria().await, "k").await;
    let contact = Contact { email: "passante@example.org".into(), phone: String::new() };
    let report = AnonymousReport { report: good(), contact, language: "it".into(), website: String::new() };
    house.anyone().create(paths::PUBLIC_REPORTS, "a-key-of-the-device-01", &report).await.is(201);
    let neighbour = house.anyone().with("content-type", "application/x-www-form-urlencoded");
    let request = "api_key=key-of-the-neighbours&service_code=green&address_string=Via+Maggio&email=vicino@example.org";
    neighbour.ask(axum::http::Method::POST, "/open311/v2/requests.json", request.into()).await.is(201);
    deliver(&house).await;
    let about_code: Vec<bool> = server.taken().iter().map(|letter| letter.text.contains("usa il codice")).collect();
    assert_eq!(about_code, [false, true, false]);
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
            tokio::spawn(async move { while crm::outbox::deliver(&crm).await.unwrap() > 0 {} })
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
async fn without_a_mail_server_no_letters_pile_up() {
    let house = House::new().await;
    let case = sent(&house.maria().await, "k").await;
    moved(&house, &case, "registered", "").await;
    assert_eq!(house.count("outbox").await, 0);
}
