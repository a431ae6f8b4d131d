//! What somebody is told on their phone: by the channels they chose, after the quiet hours, saying no more than they want.
use super::Town;
use crate::channels::{channels, choose, deliveries, moved, report, test, wish};
use crate::house::House;
use crate::people::Who;
use contract::cases::TaskKind;
use contract::channels::{Channel, Channels, DeliveryState, NewDevice, PushDevice, Quiet, Topic, Wishes};
use contract::paths;
use contract::push::Subscription;
use contract::session::Device;
use crm::outbox::Kind;
use serde_json::{Value, json};

const MARIA: &str = "RSSMRA86D52D612U";

/// A house whose Maria is one of the town's people, with a phone number and no e-mail.
async fn house(town: &Town) -> House {
    let settings = town.settings();
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let house = House::with(&settings).await;
    let mut file = crate::people::file();
    file.citizens[0].fiscal_code = Some(MARIA.into());
    file.citizens[0].phone = Some("300 0000 101".into());
    house.bring(&file).await;
    house
}

async fn deliver(house: &House) -> usize {
    let mut tried = 0;
    for kind in [Kind::Push, Kind::AppIo, Kind::Sms] {
        loop {
            match crm::outbox::deliver(&house.crm, kind).await.unwrap() {
                0 => break,
                some => tried += some,
            }
        }
    }
    tried
}

async fn subscription(town: &Town, id: &str) -> Subscription {
    town.http.post(format!("{}/push/{id}/keys", town.url)).send().await.unwrap().json().await.unwrap()
}

/// Maria's phone, told from now on.
async fn told_on(town: &Town, who: &Who, id: &str) -> PushDevice {
    let device = NewDevice { subscription: subscription(town, id).await, name: format!("Telefono {id}") };
    who.post(paths::MY_DEVICES, &device).await.is(200).json()
}

async fn only(who: &Who, channel: Channel, more: Wishes) {
    let wanted = Topic::ALL.map(|topic| wish(topic, channel)).to_vec();
    choose(who, &Wishes { wanted, ..more }).await.is(200);
}

#[tokio::test]
async fn a_notification_says_that_there_is_something_and_opens_the_case() {
    let town = Town::open().await;
    let house = house(&town).await;
    let maria = house.maria().await;
    told_on(&town, &maria, "one").await;
    only(&maria, Channel::Push, Wishes::default()).await;
    let case = report(&maria, "k").await;
    assert_eq!(deliver(&house).await, 1);
    let arrived = town.arrived().await;
    let shown: Value = serde_json::from_str(arrived[0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(shown["body"], json!("C'è una novità su una tua pratica."));
    assert_eq!((&shown["url"], &shown["language"]), (&json!(format!("/cases/{case}")), &json!("it")));
    assert!(!arrived[0].to_string().contains("Lampione") && arrived[0]["push"]["topic"] == json!(case.0.replace('-', "")));
    // The same person may want more said.
    only(&maria, Channel::Push, Wishes { tells_content: true, ..Wishes::default() }).await;
    moved(&house, &case, "in_progress", None).await;
    deliver(&house).await;
    assert!(town.arrived().await[0]["text"].as_str().unwrap().contains("In lavorazione"), "{:?}", town.arrived().await);
    assert_eq!(deliveries(&maria).await[0].to, "Telefono one");
}

#[tokio::test]
async fn quiet_hours_hold_back_what_makes_a_noise_and_a_test_waits_for_nothing() {
    let town = Town::open().await;
    let house = house(&town).await;
    let maria = house.maria().await;
    // It is 10 in the morning in Rome.
    let quiet = Some(Quiet { from: "09:30".into(), to: "11:00".into() });
    only(&maria, Channel::Sms, Wishes { quiet, ..Wishes::default() }).await;
    report(&maria, "k").await;
    assert_eq!((deliver(&house).await, town.arrived().await.len()), (0, 0));
    let told = deliveries(&maria).await;
    assert_eq!((told[0].state, told[0].due_at.as_ref().unwrap().0.as_str()), (DeliveryState::Quiet, "2026-11-22T10:00:00Z"));
    test(&maria, "t", Channel::Sms).await.is(202);
    assert_eq!((deliver(&house).await, town.arrived().await.len()), (1, 1));
    house.pass(3600);
    assert_eq!((deliver(&house).await, town.arrived().await.len()), (1, 2));
    assert!(deliveries(&house.maria().await).await.iter().all(|told| told.state == DeliveryState::Done));
}

#[tokio::test]
async fn who_has_no_address_is_told_by_text_and_by_app_io_when_the_town_needs_something() {
    let town = Town::open().await;
    let house = house(&town).await;
    let maria = house.maria().await;
    let there: Vec<_> = channels(&maria).await.channels.iter().map(|state| (state.channel, state.is_ready)).collect();
    assert_eq!(there, [(Channel::Push, false), (Channel::AppIo, true), (Channel::Sms, true)]);
    let case = report(&maria, "k").await;
    moved(&house, &case, "waiting_information", Some(TaskKind::Answer)).await;
    assert_eq!(deliver(&house).await, 3);
    let arrived = town.arrived().await;
    let by = |channel: &str| arrived.iter().filter(|told| told["channel"] == json!(channel)).collect::<Vec<_>>();
    let [io] = by("app_io")[..] else { panic!("{arrived:?}") };
    assert_eq!((&io["to"], &io["subject"]), (&json!(MARIA), &json!("Il Comune ti chiede qualcosa.")));
    assert!(io["text"].as_str().unwrap().contains(&format!("/cases/{case}")) && !io.to_string().contains("parola"), "{io}");
    assert_eq!(by("sms").len(), 2);
    assert!(by("sms").iter().all(|told| told["to"] == json!("+393000000101") && told["text"].as_str().unwrap().contains("/cases/")));
}

#[tokio::test]
async fn a_device_that_is_gone_is_forgotten_and_shown_as_gone() {
    let town = Town::open().await;
    let house = house(&town).await;
    let maria = house.maria().await;
    told_on(&town, &maria, "one").await;
    told_on(&town, &maria, "two").await;
    only(&maria, Channel::Push, Wishes::default()).await;
    town.tell("push/one", json!({ "status": 410 })).await;
    report(&maria, "k").await;
    assert_eq!(deliver(&house).await, 2);
    let devices: Vec<String> = channels(&maria).await.devices.into_iter().map(|device| device.name).collect();
    assert_eq!(devices, ["Telefono two"]);
    let mut states: Vec<_> = deliveries(&maria).await.into_iter().map(|told| (told.to, told.state)).collect();
    states.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(states, [("Telefono one".into(), DeliveryState::Gone), ("Telefono two".into(), DeliveryState::Done)]);
}

#[tokio::test]
async fn a_device_is_its_person_s_until_they_log_out_there_and_somebody_else_takes_it_over_whole() {
    let town = Town::open().await;
    let house = house(&town).await;
    let (maria, elsewhere, luca) = (house.maria().await, house.maria().await, house.luca().await);
    let one = told_on(&town, &maria, "one").await;
    assert_eq!(told_on(&town, &maria, "one").await.id, one.id, "the same subscription is the same device");
    let two = told_on(&town, &elsewhere, "two").await;
    luca.delete(&paths::my_device(&one.id)).await.is(404);
    maria.post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!(channels(&elsewhere).await.devices.into_iter().map(|device| device.id).collect::<Vec<_>>(), std::slice::from_ref(&two.id));
    // Luca signs in on Maria's phone and wants to be told there: she is not any more.
    told_on(&town, &luca, "two").await;
    assert!(channels(&elsewhere).await.devices.is_empty());
    let left: Channels = luca.delete(&paths::my_device(&two.id)).await.is(200).json();
    assert!(left.devices.is_empty());
    luca.delete(&paths::my_device(&two.id)).await.is(404);
}

#[tokio::test]
async fn nothing_is_told_on_a_shared_computer_nor_to_an_address_that_is_no_push_service() {
    let town = Town::open().await;
    let house = house(&town).await;
    let good = subscription(&town, "one").await;
    let device = |subscription: Subscription| NewDevice { subscription, name: "Chrome".into() };
    house.signed_in("maria", Device::Shared).await.post(paths::MY_DEVICES, &device(good.clone())).await.is(403);
    let maria = house.maria().await;
    for endpoint in ["https://evil.example/push/1", "http://169.254.169.254/latest", "http://localhost:1/push/1", "ftp://x", ""] {
        let foreign = Subscription { endpoint: endpoint.into(), ..good.clone() };
        assert_eq!(maria.post(paths::MY_DEVICES, &device(foreign)).await.is(422).faults(), ["subscription:not_a_choice"], "{endpoint}");
    }
    let unnamed = NewDevice { name: " ".into(), ..device(good) };
    assert_eq!(maria.post(paths::MY_DEVICES, &unnamed).await.is(422).faults(), ["name:required"]);
}

#[tokio::test]
async fn the_oldest_device_makes_room() {
    let town = Town::open().await;
    let house = house(&town).await;
    let maria = house.maria().await;
    for number in 0..12 {
        house.pass(1);
        told_on(&town, &maria, &format!("n{number}")).await;
    }
    let devices = channels(&maria).await.devices;
    assert_eq!((devices.len(), devices[0].name.as_str(), devices[9].name.as_str()), (10, "Telefono n11", "Telefono n2"));
}
