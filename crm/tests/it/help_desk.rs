//! The help desk: consent in three ways, what a help may do and how it ends, and the log that nobody can change.
mod papers;
pub mod shown;

use crate::house::{House, ISSUER, OFFICE_TOKEN};
use crate::mail::deliver;
use crate::mail::server::Server;
use crate::people::{Answer, Who};
use crate::reports::good;
use contract::cases::{Case, CaseSummary, Channel};
use contract::help_desk::{
    Agreed, Begin, Begun, Checked, CheckedThing, Consent, ConsentAnswer, ConsentCode, ConsentState, ConsentWay, Desk as Standing, Disputed,
    HelpEnd, HelpReceipt, HelpScope, LogAction, LogEntry, MyHelp, NewConsent, ShownDocument, Unlock,
};
use contract::session::Me;
use contract::{Page, ProblemCode, paths};
use crm::help_desk::{log, volunteers};

const MARIA: &str = "RSSMRA70A41H501W";

/// A consent that is given on the citizen's phone.
pub fn by_phone(scopes: &[HelpScope]) -> NewConsent {
    NewConsent {
        way: Some(ConsentWay::Phone),
        scopes: scopes.into(),
        minutes: 30,
        language: "it".into(),
        pin: "1234".into(),
        ..NewConsent::default()
    }
}

fn with_code() -> NewConsent {
    NewConsent { way: Some(ConsentWay::Code), fiscal_code: MARIA.into(), ..by_phone(&HelpScope::ALL) }
}

fn in_the_room() -> NewConsent {
    NewConsent { way: Some(ConsentWay::Room), document: Some(ShownDocument::Passport), ..with_code() }
}

/// A browser at the desk: the volunteer's cookie, the citizen's, and what only the page knows.
pub struct Desk {
    volunteer: Who,
    cookies: String,
    pub key: String,
}

impl Desk {
    /// As the page asks.
    pub fn page(&self) -> Who {
        self.volunteer.clone().with("cookie", &self.cookies).with("x-filo-desk", &self.key)
    }

    /// "Finisci", and a browser that is clean.
    pub async fn over(&self) {
        self.volunteer.post(paths::HELP_DESK_FINISH, &()).await;
        clean(&self.volunteer).await;
    }
}

async fn clean(volunteer: &Who) -> Answer {
    volunteer.post(paths::HELP_DESK_CHECKED, &Checked { clean: CheckedThing::ALL.into() }).await
}

async fn asked(volunteer: &Who, consent: &NewConsent) -> Consent {
    let key = uuid::Uuid::now_v7().to_string();
    volunteer.create(paths::HELP_DESK_CONSENTS, &key, consent).await.is(201).json()
}

async fn begin(volunteer: &Who, consent: &Consent, code: &str) -> Answer {
    volunteer.post(&paths::help_desk_begin(&consent.id), &Begin { code: code.into() }).await
}

/// The browser after a help has begun.
fn begun(volunteer: &Who, subject: &str, answer: &Answer) -> Desk {
    let own = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(own.starts_with("__Host-sid="), "{subject}: {own}");
    // Gone with the browser's window.
    assert!(answer.header("set-cookie").ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"));
    let cookies = format!("{}; {own}", volunteer.header("cookie"));
    Desk { volunteer: volunteer.clone(), cookies, key: answer.json::<Begun>().page }
}

/// Somebody who is being helped, as they have agreed on their phone.
pub async fn helped(house: &House, citizen: &str, volunteer: &str, scopes: &[HelpScope]) -> Desk {
    let volunteer = house.volunteer(volunteer).await;
    let consent = asked(&volunteer, &by_phone(scopes)).await;
    let phone = house.signed_in(citizen, contract::session::Device::Mine).await;
    phone.post(paths::MY_CONSENT_ANSWER, &ConsentAnswer { code: consent.code.clone(), yes: true }).await.is(200);
    let answer = begin(&volunteer, &consent, "").await.is(200);
    begun(&volunteer, citizen, &answer)
}

async fn log_of(citizen: &Who) -> Vec<LogEntry> {
    citizen.get("/api/v1/me/access_log?limit=100").await.is(200).json::<Page<LogEntry>>().items
}

async fn acts(citizen: &Who) -> Vec<LogAction> {
    log_of(citizen).await.into_iter().rev().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn a_citizen_agrees_on_their_phone_and_is_helped_and_reads_everything_afterwards() {
    let house = House::new().await;
    let (elena, maria) = (house.volunteer("elena").await, house.maria().await);
    let consent = asked(&elena, &by_phone(&[HelpScope::SeeCases, HelpScope::SendReport])).await;
    begin(&elena, &consent, "").await.is(409);
    // What is behind the code, whatever is typed between.
    let spaced = format!("{} {}", &consent.code[..4].to_lowercase(), &consent.code[4..]);
    let told: contract::help_desk::AskedConsent = maria.post(paths::MY_CONSENT, &ConsentCode { code: spaced }).await.is(200).json();
    assert_eq!((told.volunteer.as_str(), told.minutes, told.state), ("elena", 30, ConsentState::Asked));
    maria.post(paths::MY_CONSENT_ANSWER, &ConsentAnswer { code: consent.code.clone(), yes: true }).await.is(200);
    let answer = begin(&elena, &consent, "").await.is(200);
    let desk = begun(&elena, "maria", &answer);
    let me: Me = desk.page().get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.email.as_deref(), me.phone), ("Maria", None, None));
    let help = desk.page().get(paths::MY_HELP).await.is(200).json::<MyHelp>().help.unwrap();
    assert_eq!(me.session.help.as_ref(), Some(&help.session));
    assert_eq!((help.volunteer.as_str(), help.seconds_left, help.is_locked), ("elena", 1800, false));
    assert_eq!(me.session.seconds_left, 600);
    let page: Page<CaseSummary> = desk.page().get(paths::CASES).await.is(200).json();
    desk.page().get(&paths::case(&page.items[0].id, "it")).await.is(200);
    shown::read_and_confirmed(&desk, &maria, &good()).await;
    let sent: CaseSummary = desk.page().create(paths::REPORTS, "k", &good()).await.is(201).json();
    desk.page().create(paths::REPORTS, "k", &good()).await.is(201);
    let case: Case = maria.get(&paths::case(&sent.id, "it")).await.is(200).json();
    assert_eq!(case.timeline[0].channel, Channel::Desk);
    assert_eq!(maria.get(paths::MY_HELP).await.is(200).json::<MyHelp>().help.unwrap().session, help.session);
    let answer = elena.post(paths::HELP_DESK_FINISH, &()).await.is(200);
    assert_eq!(answer.header("clear-site-data"), "\"storage\"");
    assert!(answer.header("set-cookie").starts_with("__Host-sid=;"));
    let receipt: HelpReceipt = answer.json();
    assert_eq!((receipt.citizen.as_str(), receipt.end, receipt.way), ("Maria Rossi", HelpEnd::Finished, ConsentWay::Phone));
    let expected = [
        LogAction::HelpBegun,
        LogAction::CasesSeen,
        LogAction::CaseSeen,
        LogAction::ContentConfirmed,
        LogAction::ReportSent,
        LogAction::HelpEnded,
    ];
    assert_eq!(receipt.done.iter().map(|entry| entry.action).collect::<Vec<_>>(), expected);
    assert_eq!(receipt.done[4].title, "Lampione spento");
    desk.page().get(paths::ME).await.is(401);
    assert_eq!(acts(&maria).await, expected);
    assert!(log_of(&house.luca().await).await.is_empty());
    assert_eq!(maria.get(paths::MY_HELP).await.is(200).json::<MyHelp>(), MyHelp::default());
}

#[tokio::test]
async fn a_code_begins_one_thing_in_one_browser_and_cannot_be_guessed() {
    let (server, house) = Server::with_house().await;
    let elena = house.volunteer("elena").await;
    let consent = asked(&elena, &with_code()).await;
    assert_eq!(consent.code, "");
    deliver(&house).await;
    let letters = server.taken();
    let letter = letters.iter().find(|letter| letter.subject.contains("sportello")).unwrap();
    let code = letter.subject.rsplit(' ').next().unwrap().to_owned();
    assert!(code.len() == 6 && letter.text.contains("elena") && letter.text.contains("30 minuti"), "{}", letter.text);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(begin(&elena, &consent, wrong).await.is(422).faults(), ["code:wrong_code"]);
    // Another volunteer's browser knows nothing of it, with the right code either.
    begin(&house.volunteer("omar").await, &consent, &code).await.is(404);
    begin(&elena, &consent, &code).await.is(200);
    begin(&elena, &consent, &code).await.is(409);
    let omar = house.volunteer("omar").await;
    let guessed = asked(&omar, &with_code()).await;
    for left in ["4", "3", "2", "1", "0"] {
        let problem = begin(&omar, &guessed, "nothing").await.is(422).problem();
        assert_eq!(problem.fields[0].params["left"], left);
    }
    begin(&omar, &guessed, "nothing").await.is(410);
    assert!(acts(&house.maria().await).await.contains(&LogAction::CodeGuessed));
    let late = asked(&omar, &with_code()).await;
    house.pass(601);
    begin(&omar, &late, "nothing").await.is(410);
}

#[tokio::test]
async fn the_desk_does_not_learn_who_is_known() {
    let (server, house) = Server::with_house().await;
    let elena = house.volunteer("elena").await;
    let stranger = NewConsent { fiscal_code: "BNDGNI47B03D61NM".into(), ..with_code() };
    let (known, unknown) = (asked(&elena, &with_code()).await, asked(&elena, &stranger).await);
    assert_eq!((known.state, known.is_more, known.way), (unknown.state, unknown.is_more, unknown.way));
    assert_eq!(begin(&elena, &unknown, "123456").await.is(422).problem().fields[0].params["left"], "4");
    deliver(&house).await;
    assert_eq!(server.taken().iter().filter(|letter| letter.subject.contains("sportello")).count(), 1);
    // Who asks for many is slowed down.
    for number in 0..18 {
        asked(&elena, &NewConsent { minutes: [15, 30][number % 2], ..stranger.clone() }).await;
    }
    elena.create(paths::HELP_DESK_CONSENTS, "one too many", &stranger).await.is(429);
}

#[tokio::test]
async fn in_the_room_somebody_else_of_the_desk_confirms() {
    let house = House::new().await;
    let (elena, omar) = (house.volunteer("elena").await, house.volunteer("omar").await);
    let consent = asked(&elena, &in_the_room()).await;
    assert!(elena.get(paths::HELP_DESK).await.is(200).json::<Standing>().to_confirm.is_empty());
    elena.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: true }).await.is(404);
    let waiting = omar.get(paths::HELP_DESK).await.is(200).json::<Standing>().to_confirm;
    assert_eq!((waiting[0].citizen.as_str(), waiting[0].document), ("Maria Rossi", Some(ShownDocument::Passport)));
    omar.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: true }).await.is(204);
    omar.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: false }).await.is(404);
    begin(&elena, &consent, "").await.is(200);
    let log = log_of(&house.maria().await).await;
    let confirmed = log.iter().find(|entry| entry.action == LogAction::ConsentConfirmed).unwrap();
    assert_eq!((confirmed.name.as_str(), confirmed.why.as_str()), ("omar", "passport"));
    // Of somebody nobody knows it can be said that it is wrong, not that it is right.
    let third = house.volunteer("ida").await;
    let unknown = asked(&third, &NewConsent { fiscal_code: "BNDGNI47B03D61NM".into(), ..in_the_room() }).await;
    omar.post(&paths::help_desk_confirmation(&unknown.id), &Agreed { yes: true }).await.is(404);
    omar.post(&paths::help_desk_confirmation(&unknown.id), &Agreed { yes: false }).await.is(204);
    begin(&third, &unknown, "").await.is(409);
}

#[tokio::test]
async fn one_at_a_time_for_each_volunteer_and_each_citizen() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    let omar = house.volunteer("omar").await;
    let consent = asked(&omar, &by_phone(&HelpScope::ALL)).await;
    house.maria().await.post(paths::MY_CONSENT_ANSWER, &ConsentAnswer { code: consent.code.clone(), yes: true }).await.is(200);
    begin(&omar, &consent, "").await.is(409);
    // The next citizen waits until the browser has been found clean, all of it.
    desk.volunteer.post(paths::HELP_DESK_FINISH, &()).await.is(200);
    assert_eq!(desk.volunteer.get(paths::HELP_DESK).await.json::<Standing>().unchecked, Some(HelpEnd::Finished));
    desk.volunteer.create(paths::HELP_DESK_CONSENTS, "too early", &by_phone(&HelpScope::ALL)).await.is(409);
    desk.volunteer.post(paths::HELP_DESK_CHECKED, &Checked { clean: CheckedThing::ALL[1..].into() }).await.is(422);
    clean(&desk.volunteer).await.is(204);
    asked(&desk.volunteer, &by_phone(&HelpScope::ALL)).await;
    // Now she is free for the other one.
    begin(&omar, &consent, "").await.is(200);
}

#[tokio::test]
async fn time_ends_it_and_only_a_new_consent_prolongs_it() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &[HelpScope::SeeCases]).await;
    for _ in 0..9 {
        house.pass(170);
        desk.page().get(paths::CASES).await.is(200);
    }
    let more = asked(&desk.volunteer, &NewConsent { scopes: vec![HelpScope::SeeCases, HelpScope::UploadDocuments], ..by_phone(&[]) }).await;
    assert!(more.is_more);
    // Somebody else's yes is none.
    let code = ConsentAnswer { code: more.code.clone(), yes: true };
    house.luca().await.post(paths::MY_CONSENT_ANSWER, &code).await.is(404);
    house.maria().await.post(paths::MY_CONSENT_ANSWER, &code).await.is(200);
    let prolonged: Begun = begin(&desk.volunteer, &more, "").await.is(200).json();
    assert_eq!((prolonged.page.as_str(), prolonged.help.seconds_left, prolonged.help.scopes.len()), ("", 1800, 2));
    house.pass(170);
    desk.page().get(paths::CASES).await.is(200);
    house.pass(1631);
    desk.page().get(paths::CASES).await.is(401);
    let receipt: HelpReceipt = desk.volunteer.post(paths::HELP_DESK_FINISH, &()).await.is(200).json();
    assert_eq!(receipt.end, HelpEnd::Time);
}

#[tokio::test]
async fn a_screen_that_nobody_touches_locks_and_then_ends() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    house.pass(200);
    let problem = desk.page().get(paths::CASES).await.is(403).problem();
    assert_eq!(problem.fields[0].params["reason"], "locked");
    assert!(desk.volunteer.get(paths::HELP_DESK).await.is(200).json::<Standing>().help.unwrap().is_locked);
    desk.volunteer.post(paths::HELP_DESK_UNLOCK, &Unlock { pin: "9999".into() }).await.is(422);
    desk.volunteer.post(paths::HELP_DESK_UNLOCK, &Unlock { pin: "1234".into() }).await.is(200);
    desk.page().get(paths::CASES).await.is(200);
    house.pass(620);
    desk.page().get(paths::CASES).await.is(401);
    let receipt: HelpReceipt = desk.volunteer.post(paths::HELP_DESK_FINISH, &()).await.is(200).json();
    assert_eq!(receipt.end, HelpEnd::Idle);
    let other = helped(&house, "luca", "omar", &HelpScope::ALL).await;
    for _ in 0..5 {
        other.volunteer.post(paths::HELP_DESK_UNLOCK, &Unlock { pin: "0000".into() }).await.is(422);
    }
    other.page().get(paths::ME).await.is(401);
}

#[tokio::test]
async fn a_page_that_was_opened_anew_ends_it_and_so_does_a_volunteer_who_comes_again_or_goes() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    desk.page().with("x-filo-desk", "another").get(paths::ME).await.is(401);
    desk.page().get(paths::ME).await.is(401);
    assert_eq!(desk.volunteer.get(paths::HELP_DESK).await.json::<Standing>().unchecked, Some(HelpEnd::Reopened));
    let desk = helped(&house, "maria", "omar", &HelpScope::ALL).await;
    // The browser has crashed, and the volunteer signs in once more.
    house.volunteer("omar").await;
    desk.page().get(paths::CASES).await.is(401);
    let again = house.volunteer("omar").await;
    assert_eq!(again.get(paths::HELP_DESK).await.json::<Standing>().unchecked, Some(HelpEnd::Reopened));
    again.create(paths::HELP_DESK_CONSENTS, "not yet", &by_phone(&HelpScope::ALL)).await.is(409);
    let desk = helped(&house, "maria", "ida", &HelpScope::ALL).await;
    assert!(volunteers::set_removed(&house.crm, "ida", true).await.unwrap());
    desk.page().get(paths::CASES).await.is(401);
    desk.volunteer.post(paths::HELP_DESK_FINISH, &()).await.is(401);
    let mut change = house.crm.db.begin().await.unwrap();
    assert!(volunteers::open(&house.crm, &mut change, (ISSUER, "ida", "ida"), None).await.unwrap().is_none());
    drop(change);
    let desk = helped(&house, "maria", "ada", &HelpScope::ALL).await;
    desk.volunteer.post(paths::HELP_DESK_LOGOUT, &()).await.is(204);
    desk.page().get(paths::CASES).await.is(401);
    let desk = helped(&house, "maria", "ugo", &HelpScope::ALL).await;
    // The way out that every page has.
    desk.page().post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!(desk.volunteer.get(paths::HELP_DESK).await.json::<Standing>().unchecked, Some(HelpEnd::Finished));
}

#[tokio::test]
async fn who_only_sends_reports_sees_those_of_this_help_alone() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &[HelpScope::SendReport]).await;
    shown::read_and_confirmed(&desk, &house.maria().await, &good()).await;
    let sent: CaseSummary = desk.page().create(paths::REPORTS, "k", &good()).await.is(201).json();
    desk.page().get(&paths::case(&sent.id, "it")).await.is(200);
    let others: Page<CaseSummary> = house.maria().await.get("/api/v1/cases?q=asilo").await.is(200).json();
    let problem = desk.page().get(&paths::case(&others.items[0].id, "it")).await.is(403).problem();
    assert_eq!(problem.fields[0].params["scope"], "see_cases");
}

#[tokio::test]
async fn what_is_tried_beyond_the_consent_is_written_down() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &[HelpScope::SeeCases]).await;
    desk.page().create(paths::REPORTS, "k", &good()).await.is(403);
    desk.page().post(paths::SESSION_VAULT, &()).await.is(403);
    desk.page().get(paths::MY_LOG).await.is(403);
    desk.page().delete(paths::MY_HELP).await.is(403);
    let tried = acts(&house.maria().await).await.into_iter().filter(|action| *action == LogAction::Refused).count();
    assert_eq!(tried, 3);
}

#[tokio::test]
async fn an_office_s_access_is_in_the_log_and_what_is_not_recognised_becomes_a_case() {
    let house = House::new().await;
    let maria = house.maria().await;
    let page: Page<CaseSummary> = maria.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    house.anyone().bearer(OFFICE_TOKEN).get(&paths::office_case(&page.items[0].id)).await.is(200);
    let entry = log_of(&maria).await.remove(0);
    assert_eq!((entry.name.as_str(), entry.action, entry.title.as_str()), ("desk", LogAction::CaseSeen, "Asilo di Sara"));
    house.luca().await.post(&paths::my_log_dispute(&entry.id), &()).await.is(404);
    let made: Disputed = maria.post(&paths::my_log_dispute(&entry.id), &()).await.is(200).json();
    assert_eq!(maria.post(&paths::my_log_dispute(&entry.id), &()).await.is(200).json::<Disputed>(), made);
    let case: Case = maria.get(&paths::case(&made.case, "it")).await.is(200).json();
    assert_eq!((case.summary.kind.0.as_str(), case.summary.title.as_str()), ("access_dispute", "Non riconosco un accesso ai miei dati"));
    assert_eq!(log_of(&maria).await.iter().find(|one| one.id == entry.id).unwrap().disputed, Some(made.case));
}

#[tokio::test]
async fn a_log_that_somebody_has_changed_is_found() {
    let house = House::new().await;
    let desk = helped(&house, "maria", "elena", &HelpScope::ALL).await;
    for _ in 0..4 {
        desk.page().get(paths::CASES).await.is(200);
    }
    let head = log::verify(&house.crm, None).await.unwrap().unwrap();
    assert_eq!(head.position, 5);
    desk.page().get(paths::STORY).await.is(200);
    let later = log::verify(&house.crm, Some(&head)).await.unwrap().unwrap();
    assert_eq!((later.position, later.to_string().parse()), (6, Ok(later.clone())));
    for (tamper, found) in [
        ("UPDATE access_log SET name = 'nobody' WHERE position = 3", "entry 3 is not what was written"),
        ("UPDATE access_log SET hash = 'x' WHERE position = 4", "entry 4 is not what was written"),
        ("DELETE FROM access_log WHERE position = 2", "entry 2 is missing"),
        ("UPDATE access_log SET position = 60 WHERE position = 6", "entry 6 is missing"),
        ("DELETE FROM access_log WHERE position = 6", "the chain ends with entry 5, and its head says otherwise"),
    ] {
        let copy = house.copy_of("access_log").await;
        house.sql(tamper).await;
        assert_eq!(log::verify(&house.crm, None).await.unwrap().unwrap_err(), found, "{tamper}");
        house.restore("access_log", &copy).await;
        assert_eq!(log::verify(&house.crm, None).await.unwrap().unwrap(), later, "{tamper}");
    }
    // Who cuts off the end and writes a new head over it is found by the head that was kept elsewhere.
    house.sql("DELETE FROM access_log WHERE position = 6").await;
    house.sql("UPDATE access_log_head SET position = 5, hash = (SELECT hash FROM access_log WHERE position = 5)").await;
    assert!(log::verify(&house.crm, None).await.unwrap().is_ok());
    assert!(log::verify(&house.crm, Some(&later)).await.unwrap().unwrap_err().contains("kept elsewhere"));
}

#[tokio::test]
async fn a_consent_that_is_not_whole_is_sent_back() {
    let house = House::new().await;
    let elena = house.volunteer("elena").await;
    let empty = elena.create(paths::HELP_DESK_CONSENTS, "k", &NewConsent::default()).await.is(422);
    assert_eq!(empty.faults(), ["way:required", "scopes:required", "minutes:required", "language:not_a_choice", "pin:not_digits"]);
    let wrong = NewConsent { fiscal_code: "RSSMRA70A41H501X".into(), ..with_code() };
    assert_eq!(elena.create(paths::HELP_DESK_CONSENTS, "k2", &wrong).await.is(422).faults(), ["fiscal_code:not_a_fiscal_code"]);
    let nobody = house.anyone().create(paths::HELP_DESK_CONSENTS, "k3", &with_code()).await.is(401).problem();
    assert_eq!((nobody.code, nobody.fields[0].field.as_str()), (ProblemCode::SignedOut, "volunteer"));
}
