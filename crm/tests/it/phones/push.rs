//! Pushes: signed, encrypted for one browser, and to nobody but the push services of the list.
use super::{PUSH_KEY, Town, passing};
use contract::push::Subscription;
use crm::connect::push::{WebPush, send};
use crm::outbox::Outcome;
use serde_json::json;

const PUBLIC_KEY: &str = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";

fn push(town: &Town, more: &[(&str, &str)]) -> WebPush {
    WebPush::new(&town.config(more).push.unwrap()).unwrap()
}

/// A phone of the town that has subscribed.
async fn phone(town: &Town, id: &str) -> Subscription {
    town.http.post(format!("{}/push/{id}/keys", town.url)).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn a_push_is_read_by_the_phone_it_is_for_and_by_nobody_else() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[]), phone(&town, "maria").await);
    assert!(push.accepts(&phone.endpoint));
    assert_eq!(send(&push, &phone, "C'è una novità.".as_bytes(), "case-1", 3600).await, Outcome::Done);
    let url = format!("{}/push/maria/messages.json", town.url);
    let messages: serde_json::Value = town.http.get(url).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (messages[0]["text"].as_str(), &messages[0]["push"]["topic"], &messages[0]["push"]["ttl"]),
        (Some("C'è una novità."), &json!("case-1"), &json!(3600))
    );
    // Somebody else's keys at Maria's address: her phone cannot read it.
    let mixed = Subscription { endpoint: phone.endpoint.clone(), ..self::phone(&town, "luca").await };
    assert_eq!(send(&push, &mixed, b"for Luca", "", 3600).await, Outcome::Never("the push service said 400".into()));
}

#[tokio::test]
async fn the_same_words_never_look_the_same() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[]), phone(&town, "maria").await);
    for _ in 0..2 {
        assert_eq!(send(&push, &phone, b"C'e' una novita'.", "", 60).await, Outcome::Done);
    }
    let arrived = town.arrived().await;
    assert_eq!(arrived.len(), 2);
    assert_ne!(arrived[0]["push"]["body"], arrived[1]["push"]["body"]);
}

#[tokio::test]
async fn a_later_push_on_the_same_topic_takes_the_place_of_the_first() {
    let town = Town::open().await;
    let (push, maria, luca) = (push(&town, &[]), phone(&town, "maria").await, phone(&town, "luca").await);
    for (phone, words, topic) in [(&maria, "1", "case"), (&luca, "2", "case"), (&maria, "3", "other"), (&maria, "4", "case")] {
        assert_eq!(send(&push, phone, words.as_bytes(), topic, 60).await, Outcome::Done);
    }
    let texts: Vec<String> = town.arrived().await.iter().map(|notice| notice["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(texts, ["2", "3", "4"]);
    for topic in ["x".repeat(33).as_str(), "with space", "città", "a\r\nb"] {
        assert_eq!(send(&push, &maria, b"5", topic, 60).await, Outcome::Never("no topic that a push can have".into()));
    }
}

#[tokio::test]
async fn a_push_service_that_is_busy_or_silent_is_asked_again() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[("FILO_CHANNEL_SECONDS", "1")]), phone(&town, "maria").await);
    passing(&town, "push/maria", "the push service", || send(&push, &phone, b"news", "", 60)).await;
}

#[tokio::test]
async fn a_browser_that_is_gone_is_told_from_a_service_that_refuses() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[]), phone(&town, "maria").await);
    for status in [404, 410] {
        town.tell("push/maria", json!({ "status": status })).await;
        assert_eq!(send(&push, &phone, b"news", "", 60).await, Outcome::Gone(format!("the push service said {status}")));
    }
    town.tell("push/maria", json!({})).await;
    assert_eq!(send(&push, &phone, b"news", "", 60).await, Outcome::Done);
    // The browser subscribed with our key: another one may not write to it.
    let other = self::push(&town, &[("FILO_PUSH_KEY", "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")]);
    assert_eq!(send(&other, &phone, b"news", "", 60).await, Outcome::Never("the push service said 403".into()));
}

#[tokio::test]
async fn nobody_leads_us_to_where_we_do_not_want_to_go() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[]), phone(&town, "maria").await);
    // A service of the list that sends us on.
    for status in [301, 302, 307, 308] {
        town.tell("push/maria", json!({ "status": status, "location": format!("{}/push/luca", town.url) })).await;
        assert_eq!(send(&push, &phone, b"news", "", 60).await, Outcome::Never(format!("the push service said {status}")));
    }
    // Another origin, though it is the same machine; somebody's name before the host.
    let elsewhere = Town::open().await;
    for endpoint in [
        format!("{}/push/maria", elsewhere.url),
        phone.endpoint.replace("127.0.0.1", "localhost"),
        phone.endpoint.replace("http://", "http://me:secret@"),
        "https://fcm.googleapis.com/fcm/send/abc".to_owned(),
    ] {
        assert!(!push.accepts(&endpoint), "{endpoint}");
        let sent = send(&push, &Subscription { endpoint, ..phone.clone() }, b"news", "", 60).await;
        assert_eq!(sent, Outcome::Never("no address of a push service that we speak with".into()));
    }
    assert_eq!((town.arrived().await.len(), elsewhere.arrived().await.len()), (0, 0));
}

#[tokio::test]
async fn a_name_that_leads_into_our_own_network_is_not_followed() {
    let town = Town::open().await;
    let push = push(&town, &[("FILO_PUSH_HOSTS", "localhost")]);
    let phone = Subscription { endpoint: "https://localhost/push/maria".into(), ..phone(&town, "maria").await };
    assert!(push.accepts(&phone.endpoint));
    let sent = send(&push, &phone, b"news", "", 60).await;
    assert_eq!(sent, Outcome::Later("the push service's name leads to a private address".into()));
}

#[tokio::test]
async fn more_than_a_push_can_hold_is_not_sent() {
    let town = Town::open().await;
    let (push, phone) = (push(&town, &[]), phone(&town, "maria").await);
    assert_eq!(send(&push, &phone, &[b'x'; 5000], "", 60).await, Outcome::Never("more than a push can hold".into()));
    assert_eq!(send(&push, &phone, &[b'x'; 3993], "", 60).await, Outcome::Done);
    let unreadable = Subscription { p256dh: "AAAA".into(), ..phone };
    assert_eq!(send(&push, &unreadable, b"news", "", 60).await, Outcome::Never("the browser's keys cannot be used".into()));
    assert_eq!(town.arrived().await.len(), 1);
}

#[tokio::test]
async fn keys_are_made_and_read_and_what_is_none_is_named() {
    let town = Town::open().await;
    assert_eq!(push(&town, &[]).public_key(), PUBLIC_KEY);
    let made = std::process::Command::new(env!("CARGO_BIN_EXE_crm")).arg("push-key").output().unwrap();
    let printed = String::from_utf8(made.stdout).unwrap();
    let [private, public] = &printed.lines().collect::<Vec<_>>()[..] else { panic!("{printed}") };
    let private = private.strip_prefix("FILO_PUSH_KEY=").unwrap();
    assert_ne!(private, PUSH_KEY);
    assert_eq!(public.strip_prefix("public key: "), Some(push(&town, &[("FILO_PUSH_KEY", private)]).public_key()));
    for (name, value) in [("FILO_PUSH_KEY", "secret"), ("FILO_PUSH_KEY", "AAAA"), ("FILO_PUSH_HOSTS", "*")] {
        let error = WebPush::new(&town.config(&[(name, value)]).push.unwrap()).err().unwrap();
        assert_eq!(error.name, name);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
