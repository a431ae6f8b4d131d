//! What goes to phones, over HTTP to the town's push service, App IO and SMS gateway.
mod app_io;
mod push;
mod sms;
mod told;

use crm::config::Config;
use crm::outbox::Outcome;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const IO_KEY: &str = "key-of-our-service";
const SMS_TOKEN: &str = "token-of-the-town";
/// A key made for these tests.
const PUSH_KEY: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";

/// The town's services at a port of their own.
pub struct Town {
    pub url: String,
    http: reqwest::Client,
}

impl Town {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = town::Config::read(|name| match name {
            "TOWN_PUBLIC_URL" => Some(url.clone()),
            "TOWN_IO_KEY" => Some(IO_KEY.to_owned()),
            "TOWN_SMS_TOKEN" => Some(SMS_TOKEN.to_owned()),
            _ => None,
        });
        let services = town::phones(&config);
        tokio::spawn(async move { axum::serve(listener, services).await });
        Self { url, http: reqwest::Client::new() }
    }

    /// Settings of a CRM that uses all three.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("FILO_PUSH_KEY", PUSH_KEY.to_owned()),
            ("FILO_PUSH_SUBJECT", "mailto:filo@comune.example".to_owned()),
            ("FILO_PUSH_HOSTS", self.url.clone()),
            ("FILO_IO_URL", format!("{}/io/", self.url)),
            ("FILO_IO_KEY", IO_KEY.to_owned()),
            ("FILO_SMS_URL", format!("{}/sms", self.url)),
            ("FILO_SMS_TOKEN", SMS_TOKEN.to_owned()),
            ("FILO_SMS_FROM", "Comune".to_owned()),
        ]
    }

    /// The same, with something else in them.
    pub fn config(&self, more: &[(&str, &str)]) -> Config {
        let settings = self.settings();
        let ours = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let read = |name: &str| more.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()).or_else(|| ours(name));
        Config::read(read).unwrap()
    }

    /// A service behaves otherwise from now on.
    pub async fn tell(&self, service: &str, behaviour: Value) {
        let told = self.http.post(format!("{}/{service}/behaviour", self.url)).json(&behaviour).send().await.unwrap();
        assert_eq!(told.status(), 204);
    }

    /// What arrived on phones, oldest first.
    pub async fn arrived(&self) -> Vec<Value> {
        let mut arrived: Vec<Value> = self.http.get(format!("{}/phone.json", self.url)).send().await.unwrap().json().await.unwrap();
        arrived.reverse();
        arrived
    }
}

/// What every service may do, and what it means: a refusal that passes, one that asks for a pause, none at all.
async fn passing<F: Future<Output = Outcome>>(town: &Town, service: &str, who: &str, send: impl Fn() -> F) {
    for (behaviour, outcome) in [
        (json!({ "status": 500 }), Outcome::Later(format!("{who} said 500"))),
        (json!({ "status": 503, "retry_after": 120 }), Outcome::After(format!("{who} said 503"), 120)),
        (json!({ "status": 429, "retry_after": 7 }), Outcome::After(format!("{who} said 429"), 7)),
        (json!({ "status": 429 }), Outcome::Later(format!("{who} said 429"))),
        (json!({ "status": 408 }), Outcome::Later(format!("{who} said 408"))),
        (json!({ "status": 400 }), Outcome::Never(format!("{who} said 400"))),
        (json!({ "stall": true }), Outcome::Later(format!("{who} did not answer in time"))),
    ] {
        town.tell(service, behaviour).await;
        assert_eq!(send().await, outcome);
    }
    town.tell(service, json!({})).await;
    assert_eq!(town.arrived().await, Vec::<Value>::new());
    assert_eq!(send().await, Outcome::Done);
    assert_eq!(town.arrived().await.len(), 1);
}

#[tokio::test]
async fn a_crm_has_the_three_when_its_settings_say_so() {
    let town = Town::open().await;
    let settings = town.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let house = crate::house::House::with(&settings).await;
    assert!(house.crm.push.is_some() && house.crm.app_io.is_some() && house.crm.sms.is_some());
    let house = crate::house::House::empty().await;
    assert!(house.crm.push.is_none() && house.crm.app_io.is_none() && house.crm.sms.is_none());
}
