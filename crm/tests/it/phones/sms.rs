//! Text messages through a gateway: to a number however it is written, and once however often they are sent.
use super::{Town, passing};
use crm::connect::sms::{Sms, send};
use crm::outbox::Outcome;
use serde_json::json;

fn sms(town: &Town, more: &[(&str, &str)]) -> Sms {
    Sms::new(&town.config(more).sms.unwrap()).unwrap()
}

#[tokio::test]
async fn a_message_that_is_sent_twice_is_the_same_message() {
    let town = Town::open().await;
    let sms = sms(&town, &[]);
    for _ in 0..2 {
        assert_eq!(send(&sms, "0193-a", "300 0000 101", "C'è una novità.").await, Outcome::Done);
    }
    assert_eq!(send(&sms, "0193-b", "+40 712 345 678", "Altro.").await, Outcome::Done);
    let arrived = town.arrived().await;
    let shown: Vec<_> = arrived.iter().map(|notice| (&notice["to"], &notice["text"], &notice["from"])).collect();
    assert_eq!(
        shown,
        [
            (&json!("+393000000101"), &json!("C'è una novità."), &json!("Comune")),
            (&json!("+40712345678"), &json!("Altro."), &json!("Comune"))
        ]
    );
}

#[tokio::test]
async fn what_the_gateway_refuses_is_not_sent_again() {
    let town = Town::open().await;
    assert_eq!(send(&sms(&town, &[]), "1", "055 2768224", "Ciao.").await, Outcome::Never("the SMS gateway said 422".into()));
    assert_eq!(send(&sms(&town, &[]), "1", "300 0000 101", "").await, Outcome::Never("the SMS gateway said 422".into()));
    let stranger = sms(&town, &[("FILO_SMS_TOKEN", "another")]);
    assert_eq!(send(&stranger, "1", "300 0000 101", "Ciao.").await, Outcome::Never("the SMS gateway said 401".into()));
    assert_eq!(send(&sms(&town, &[]), "1", "casa", "Ciao.").await, Outcome::Never("no number that a message can be sent to".into()));
    assert!(town.arrived().await.is_empty());
}

#[tokio::test]
async fn a_gateway_that_is_busy_or_silent_is_asked_again() {
    let town = Town::open().await;
    let sms = sms(&town, &[("FILO_CHANNEL_SECONDS", "1")]);
    passing(&town, "sms", "the SMS gateway", || send(&sms, "0193-a", "300 0000 101", "Ciao.")).await;
}

#[tokio::test]
async fn a_gateway_that_is_away_is_tried_again_and_its_address_stays_untold() {
    let town = Town::open().await;
    let sms = sms(&town, &[("FILO_SMS_URL", "http://127.0.0.1:1/secret")]);
    assert_eq!(send(&sms, "1", "300 0000 101", "Ciao.").await, Outcome::Later("no connection to the SMS gateway".into()));
}
