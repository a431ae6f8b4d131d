//! Tips: which rules hold for whom and when, the reason in words, switched off and on again; what a town may not write.
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use contract::cases::CaseSummary;
use contract::replies::NewReminder;
use contract::session::Device;
use contract::tips::{TIPS_MAX, TipPage, Tips};
use contract::{Page, ProblemCode, paths};
use crm::reference::Reference;
use std::path::Path;

const DAY: i64 = 86_400;

async fn tips(who: &Who, language: &str) -> Tips {
    who.get(&paths::tips(language)).await.is(200).json()
}

async fn keys(who: &Who) -> Vec<String> {
    tips(who, "it").await.tips.into_iter().map(|tip| tip.key).collect()
}

/// Somebody on their own device after some days, when every session before is over.
async fn later(house: &House, who: &str, days: i64) -> Who {
    house.pass(days * DAY);
    house.signed_in(who, Device::Mine).await
}

#[tokio::test]
async fn a_permit_is_spoken_of_in_its_last_days_with_the_day_in_words() {
    let house = House::new().await;
    // Granted on 20 March 2026, for a year; the month before its end begins on 18 February.
    assert!(!keys(&later(&house, "maria", 87).await).await.contains(&"parking-ends".to_owned()));
    let maria = later(&house, "maria", 1).await;
    let first = tips(&maria, "it").await.tips.remove(0);
    assert_eq!(first.why, "Lo vedi perché finisce «Permesso di sosta»: 20 marzo 2027, tra 30 giorni.");
    assert_eq!((first.link.page, first.link.url), (TipPage::Case, None));
    let parking: Page<CaseSummary> = maria.get("/api/v1/cases?q=sosta").await.is(200).json();
    assert_eq!(first.link.case.as_ref(), Some(&parking.items[0].id));
    let english = tips(&maria, "en-GB").await.tips.remove(0);
    assert_eq!(english.why, "You see this because “Permesso di sosta” ends: 20 March 2027, in 30 days.");
    assert_eq!((english.language.as_str(), first.language.as_str()), ("en", "it"));
    assert!(keys(&later(&house, "maria", 30).await).await.contains(&"parking-ends".to_owned()), "the last day itself");
    assert!(!keys(&later(&house, "maria", 1).await).await.contains(&"parking-ends".to_owned()));
}

#[tokio::test]
async fn each_sees_only_what_their_own_facts_say_and_never_more_than_three() {
    let house = House::new().await;
    // Maria: 56 by her codice fiscale, no e-mail, a permit, documents to send by 5 December.
    let maria = house.maria().await;
    assert_eq!(keys(&maria).await, ["no-email", "grown-up", "documents"]);
    let told = tips(&maria, "it").await;
    assert_eq!((told.tips[1].title.as_str(), told.tips[1].link.url.as_deref()), ("A 56 anni", Some("https://comune.example/eta")));
    assert_eq!(told.tips[2].why, "Entro: 5 dicembre 2026.");
    // Nothing is translated: the words are Italian, and say so.
    assert_eq!(tips(&maria, "en").await.tips[0].language, "it");
    assert_eq!(keys(&house.luca().await).await, ["no-email"], "no codice fiscale, no permit");
    // A case of a kind that must not be there takes a tip away.
    maria.create(paths::REPORTS, "k", &good()).await.is(201);
    assert_eq!(keys(&maria).await, ["no-email", "documents"]);
    // On 20 March two are late, a permit ends, and there is no e-mail: three are shown.
    let maria = later(&house, "maria", 118).await;
    assert_eq!(keys(&maria).await, ["parking-ends", "late", "no-email"]);
    assert_eq!(TIPS_MAX, 3);
}

#[tokio::test]
async fn of_several_cases_the_nearest_is_spoken_of_and_a_reminder_silences_it() {
    let house = House::new().await;
    let maria = later(&house, "maria", 75).await;
    let late = tips(&maria, "it").await.tips.into_iter().find(|tip| tip.key == "late").unwrap();
    assert_eq!(late.why, "Lo vedi perché «Asilo di Sara» è in ritardo di 6 giorni.");
    let case = late.link.case.unwrap();
    maria.create(&paths::case_reminder(&case), "k", &NewReminder { words: "Aspetto.".into() }).await.is(201);
    let again = tips(&maria, "it").await.tips.into_iter().find(|tip| tip.key == "late");
    assert!(again.is_none_or(|tip| tip.link.case != Some(case)));
}

#[tokio::test]
async fn what_is_switched_off_stays_off_everywhere_until_it_is_switched_on() {
    let mut house = House::new().await;
    let (phone, desktop, luca) = (house.maria().await, house.maria().await, house.luca().await);
    for _ in 0..2 {
        phone.post(&paths::tip_off("no-email"), &()).await.is(204);
    }
    assert_eq!(keys(&desktop).await, ["grown-up", "documents"]);
    assert_eq!(tips(&desktop, "it").await.off, ["no-email"]);
    assert_eq!(keys(&luca).await, ["no-email"], "it is Maria's own wish");
    house.restart().await;
    let phone = house.maria().await;
    assert_eq!(keys(&phone).await, ["grown-up", "documents"]);
    phone.post(&paths::tip_on("no-email"), &()).await.is(204);
    phone.post(&paths::tip_on("no-email"), &()).await.is(204);
    assert_eq!(keys(&phone).await, ["no-email", "grown-up", "documents"]);
    assert_eq!(phone.post(&paths::tip_off("nothing-like-it"), &()).await.is(404).problem().code, ProblemCode::NotFound);
}

#[tokio::test]
async fn who_wants_no_tips_gets_none_and_keeps_what_was_switched_off_before() {
    let house = House::new().await;
    let maria = house.maria().await;
    maria.post(&paths::tip_off("grown-up"), &()).await.is(204);
    maria.post(paths::TIPS_OFF, &()).await.is(204);
    let none = tips(&maria, "it").await;
    assert_eq!((none.on, none.tips.len(), none.off), (false, 0, vec!["grown-up".to_owned()]));
    assert!(tips(&house.luca().await, "it").await.on);
    maria.post(paths::TIPS_ON, &()).await.is(204);
    assert_eq!(keys(&maria).await, ["no-email", "documents"]);
}

/// What the CRM says at start about a town whose tips are these.
fn complaint(tips: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed");
    assert!(std::process::Command::new("cp").arg("-r").arg(&seed).arg(folder.path()).status().unwrap().success());
    std::fs::write(folder.path().join("seed/tips.json"), tips).unwrap();
    Reference::load(&folder.path().join("seed"), None).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn a_tip_that_cannot_be_is_refused_at_start() {
    let words = |why: &str| format!(r#"{{"it": {{"title": "T", "what": "W", "why": "{why}", "link": "L"}}}}"#);
    let tip = |key: &str, when: &str, link: &str, words: &str| {
        complaint(&format!(r#"[{{"key": "{key}", "when": {when}, "link": {link}, "words": {words}}}]"#))
    };
    let (inbox, case) = (r#"{"page": "inbox"}"#, r#"{"page": "case"}"#);
    assert_eq!(tip("a", r#"{"no_email": true}"#, inbox, &words("Y")), "");
    for (said, part) in [
        (tip("a b", r#"{"no_email": true}"#, inbox, &words("Y")), "a key is made of"),
        (tip("a", "{}", inbox, &words("Y")), "without a condition"),
        (tip("a", r#"{"no_email": true, "moon": 1}"#, inbox, &words("Y")), "moon"),
        (tip("a", r#"{"case": {"kinds": ["flying"]}}"#, case, &words("Y")), "kind flying"),
        (tip("a", r#"{"no_case_of": ["flying"]}"#, inbox, &words("Y")), "kind flying"),
        (tip("a", r#"{"case": {"states": ["frozen"]}}"#, case, &words("Y")), "state frozen"),
        (tip("a", r#"{"no_email": true}"#, case, &words("Y")), "leads to a case"),
        (tip("a", r#"{"no_email": true}"#, r#"{"page": "moon"}"#, &words("Y")), "page that is not known"),
        (tip("a", r#"{"no_email": true}"#, r#"{"page": "site", "url": "javascript:1"}"#, &words("Y")), "https://"),
        (tip("a", r#"{"no_email": true}"#, inbox, &words("{day}")), "{day} has no value"),
        (tip("a", r#"{"case": {}}"#, case, &words("{days}")), "{days} has no value"),
        (tip("a", r#"{"no_email": true}"#, inbox, &words(" ")), "a sentence is empty"),
        (tip("a", r#"{"no_email": true}"#, inbox, "{}"), "Italian words are missing"),
    ] {
        assert!(said.contains("tips.json") && said.contains(part), "{part}: {said}");
    }
}
