//! People without anything: made at the desk by two, found again by their paper, taken over once by their own login.
use super::{Desk, asked, begin, begun, by_phone, helped, log_of, shown};
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use contract::cases::CaseSummary;
use contract::help_desk::{
    Agreed, Begun, ConsentWay, Desk as Standing, HelpReceipt, HelpScope, LogAction, MyHelp, NewConsent, NewPerson, PaperCode, PaperTaken,
    Reach,
};
use contract::session::Me;
use contract::{Page, paths};

fn amina() -> NewConsent {
    let person = NewPerson { name: "Amina".into(), language: "en".into(), reach: Some(Reach::Phone), address: "+39 333 1234567".into() };
    NewConsent { way: Some(ConsentWay::New), person, ..by_phone(&HelpScope::ALL) }
}

fn with_paper(code: &str) -> NewConsent {
    NewConsent { way: Some(ConsentWay::Paper), paper: code.into(), ..by_phone(&HelpScope::ALL) }
}

/// Amina is made, and helped at once; her paper's code.
async fn made(house: &House) -> (Desk, String) {
    let (elena, omar) = (house.volunteer("elena").await, house.volunteer("omar").await);
    let consent = asked(&elena, &amina()).await;
    // Nobody makes anybody alone.
    begin(&elena, &consent, "").await.is(409);
    elena.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: true }).await.is(404);
    let waiting = omar.get(paths::HELP_DESK).await.is(200).json::<Standing>().to_confirm;
    assert_eq!((waiting[0].citizen.as_str(), waiting[0].is_new, waiting[0].document), ("Amina", true, None));
    omar.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: true }).await.is(204);
    let answer = begin(&elena, &consent, "").await.is(200);
    let code = answer.json::<Begun>().paper;
    begin(&elena, &consent, "").await.is(409);
    (begun(&elena, "amina", &answer), code)
}

async fn take(who: &Who, code: &str) -> crate::people::Answer {
    who.post(paths::MY_PAPERS, &PaperCode { code: code.into() }).await
}

/// Something is sent for whoever is helped, on the screen that is turned to them.
async fn sends(desk: &Desk, key: &str) -> CaseSummary {
    shown::read_and_confirmed(desk, &desk.page(), &good()).await;
    desk.page().create(paths::REPORTS, key, &good()).await.is(201).json()
}

#[tokio::test]
async fn somebody_without_anything_is_helped_at_once_and_found_again_by_their_paper() {
    let house = House::new().await;
    let (desk, code) = made(&house).await;
    // Twelve of thirty-two signs: 60 bits, kept as a hash.
    assert!(code.len() == 12 && code.bytes().all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(&b)), "{code}");
    assert_eq!(house.count(&format!("papers WHERE code_hash LIKE '%{code}%'")).await, 0);
    assert_eq!(house.count("consents WHERE person <> ''").await, 0);
    let me: Me = desk.page().get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.fiscal_code, me.email, me.phone.as_deref()), ("Amina", None, None, Some("•••67")));
    let sent = sends(&desk, "k").await;
    let receipt: HelpReceipt = desk.volunteer.post(paths::HELP_DESK_FINISH, &()).await.is(200).json();
    assert_eq!((receipt.way, receipt.updates_to.as_str()), (ConsentWay::New, "•••67"));
    desk.over().await;
    // At another desk, however it is typed.
    let ida = house.volunteer("ida").await;
    let typed = format!("{} {}-{}", &code[..4].to_lowercase(), &code[4..8], &code[8..]);
    let consent = asked(&ida, &with_paper(&typed)).await;
    let again = begun(&ida, "amina", &begin(&ida, &consent, "").await.is(200));
    assert_eq!(again.page().get(paths::MY_HELP).await.json::<MyHelp>().help.unwrap().way, ConsentWay::Paper);
    let cases: Page<CaseSummary> = again.page().get(paths::CASES).await.is(200).json();
    assert_eq!(cases.items.iter().map(|case| &case.id).collect::<Vec<_>>(), [&sent.id]);
    // More time is given by that paper, and by no other.
    let wrong = ida.create(paths::HELP_DESK_CONSENTS, "other", &with_paper("AAAABBBBCCCC")).await.is(422);
    assert_eq!(wrong.faults(), ["paper:wrong_code"]);
    asked(&ida, &with_paper(&code)).await;
}

#[tokio::test]
async fn a_paper_cannot_be_guessed() {
    let house = House::new().await;
    let elena = house.volunteer("elena").await;
    for number in 0..20 {
        let guess = with_paper(&format!("AAAABBBBCC{number:02}"));
        assert_eq!(
            elena.create(paths::HELP_DESK_CONSENTS, &format!("guess {number}"), &guess).await.is(422).faults(),
            ["paper:wrong_code"]
        );
    }
    elena.create(paths::HELP_DESK_CONSENTS, "one more", &with_paper("AAAABBBBCCCC")).await.is(429);
    assert!(elena.get(paths::HELP_DESK).await.is(200).json::<Standing>().consent.is_none());
    let luca = house.luca().await;
    let mut answers = Vec::new();
    for number in 0..40 {
        answers.push(take(&luca, &format!("AAAABBBBCC{number:02}")).await.status.as_u16());
    }
    assert_eq!((answers[0], answers[39]), (404, 429));
}

#[tokio::test]
async fn everything_under_a_paper_becomes_somebody_s_own_once() {
    let house = House::new().await;
    let (desk, code) = made(&house).await;
    let sent = sends(&desk, "k").await;
    // Not through a help, and not by who is not signed in.
    take(&desk.page(), &code).await.is(403);
    take(&house.anyone(), &code).await.is(401);
    let luca = house.luca().await;
    let before = luca.get(paths::CASES).await.json::<Page<CaseSummary>>().items.len();
    let taken: PaperTaken = take(&luca, &code).await.is(200).json();
    assert_eq!(taken, PaperTaken { name: "Amina".into(), cases: 1 });
    // The help that went on is over.
    desk.page().get(paths::CASES).await.is(401);
    let own: Page<CaseSummary> = luca.get(paths::CASES).await.json();
    assert!(own.items.len() == before + 1 && own.items.iter().any(|case| case.id == sent.id));
    luca.get(&paths::case(&sent.id, "it")).await.is(200);
    assert!(luca.get(paths::INBOX).await.is(200).text().contains(sent.id.as_str()));
    take(&luca, &code).await.is(409);
    take(&house.maria().await, &code).await.is(409);
    assert_eq!(house.maria().await.get(&paths::case(&sent.id, "it")).await.status.as_u16(), 404);
    // What the desk did is in the own log now, with its case.
    let log = log_of(&luca).await;
    let did = log.iter().find(|entry| entry.action == LogAction::ReportSent).unwrap();
    assert_eq!((did.name.as_str(), did.case.as_ref()), ("elena", Some(&sent.id)));
    assert_eq!(log.iter().filter(|entry| entry.action == LogAction::PaperTaken && entry.why == "Amina").count(), 2);
    assert!(log.iter().any(|entry| entry.action == LogAction::PaperMade && entry.name == "omar"));
    luca.post(&paths::my_log_dispute(&did.id), &()).await.is(200);
    assert!(crm::help_desk::log::verify(&house.crm, None).await.unwrap().is_ok());
    // The paper opens nothing at a desk any more.
    let wrong = house.volunteer("ida").await.create(paths::HELP_DESK_CONSENTS, "late", &with_paper(&code)).await.is(422);
    assert_eq!(wrong.faults(), ["paper:wrong_code"]);
}

#[tokio::test]
async fn who_refuses_makes_nobody_and_what_is_missing_is_said() {
    let house = House::new().await;
    let (elena, omar) = (house.volunteer("elena").await, house.volunteer("omar").await);
    let nobody = NewConsent { person: NewPerson::default(), ..amina() };
    let faults = elena.create(paths::HELP_DESK_CONSENTS, "k", &nobody).await.is(422).faults();
    assert_eq!(faults, ["person.name:required", "person.language:required", "person.reach:required"]);
    let consent = asked(&elena, &amina()).await;
    omar.post(&paths::help_desk_confirmation(&consent.id), &Agreed { yes: false }).await.is(204);
    begin(&elena, &consent, "").await.is(409);
    assert_eq!((house.count("papers").await, house.count("citizens WHERE issuer = 'desk'").await), (0, 0));
    assert_eq!(house.count("consents WHERE person <> ''").await, 0);
    // Whoever is being helped is somebody already.
    let desk = helped(&house, "maria", "ida", &HelpScope::ALL).await;
    assert_eq!(desk.volunteer.create(paths::HELP_DESK_CONSENTS, "k", &amina()).await.is(422).faults(), ["way:not_a_choice"]);
}
