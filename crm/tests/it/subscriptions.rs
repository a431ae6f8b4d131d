//! Subscriptions: what is followed and let go, what a street report and a notice of the office tell, to whom, and how often.
use crate::house::{House, OFFICE_TOKEN};
use crate::people::{Who, file};
use crate::reports::good;
use axum::body::Body;
use axum::http::Method;
use contract::cases::CaseSummary;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::import::{ImportCitizen, ImportFile};
use contract::inbox::{Message, MessageKind};
use contract::office::{Move, Publication};
use contract::place::Place;
use contract::reports::NewReport;
use contract::subscriptions::{Area, NewNotice, NewSubscription, Notice, SUBSCRIPTIONS_MAX, Subscription, SubscriptionKind, Subscriptions};
use contract::{Date, Page, paths};
use crm::subscriptions::notices::{AT_ONCE, spread};

fn street(name: &str) -> NewSubscription {
    NewSubscription { street: name.into(), ..NewSubscription::default() }
}

fn topic(code: &str) -> NewSubscription {
    NewSubscription { kind: SubscriptionKind::Topic, topic: code.into(), ..NewSubscription::default() }
}

/// A circle; the reports of [`good`] lie at 11.25, 43.77.
fn area(name: &str, lon: f64, lat: f64, radius_m: u32) -> NewSubscription {
    let area = Some(Area { name: name.into(), lon, lat, radius_m });
    NewSubscription { kind: SubscriptionKind::Area, area, ..NewSubscription::default() }
}

async fn follow(who: &Who, what: &NewSubscription) -> Subscription {
    who.post(paths::SUBSCRIPTIONS, what).await.is(200).json()
}

async fn followed(who: &Who) -> Subscriptions {
    who.get(&paths::subscriptions("it")).await.is(200).json()
}

async fn unfollow(who: &Who, one: &Subscription, status: u16) {
    who.ask(Method::DELETE, &paths::subscription(&one.id), Body::empty()).await.is(status);
}

/// The messages that somebody has because of what they follow, oldest first: kind and title.
async fn told(who: &Who) -> Vec<(MessageKind, String)> {
    let kinds = [MessageKind::StreetReport, MessageKind::StreetClosed, MessageKind::Notice, MessageKind::Followed];
    let page: Page<Message> = who.get(paths::INBOX).await.is(200).json();
    let mut told: Vec<_> = page.items.into_iter().filter(|m| kinds.contains(&m.kind)).map(|m| (m.kind, m.title)).collect();
    told.reverse();
    told
}

async fn move_to(house: &House, case: &CaseId, state: &str) {
    let moved = Move { state: StateCode(state.into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(case), &format!("{case} {state}"), &moved).await.is(200);
    house.pass(60);
}

async fn report(who: &Who, key: &str, report: &NewReport) -> CaseId {
    who.create(paths::REPORTS, key, report).await.is(201).json::<CaseSummary>().id
}

fn notice() -> NewNotice {
    NewNotice {
        topic: "roads".into(),
        street: String::new(),
        area: None,
        title: "Strada chiusa".into(),
        text: "Lavori fino a venerdì.".into(),
        link: "https://comune.example/lavori".into(),
        until: Date("2026-12-01".into()),
    }
}

async fn give(house: &House, key: &str, notice: &NewNotice) -> Notice {
    house.desk().create(paths::OFFICE_NOTICES, key, notice).await.is(200).json()
}

#[tokio::test]
async fn what_is_followed_is_listed_once_and_let_go() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let first = follow(&maria, &street(" Via Maggio ")).await;
    house.pass(60);
    let again = follow(&maria, &street("via  maggio")).await;
    assert_eq!((first.id.clone(), first.name.as_str()), (again.id, "Via Maggio"));
    follow(&maria, &topic("roads")).await;
    let circle = follow(&maria, &area("intorno a casa", 11.25, 43.77, 200)).await;
    let mine = followed(&maria).await;
    assert_eq!(mine.items.len(), 3);
    assert_eq!(mine.items.iter().find(|one| one.id == circle.id).unwrap().area.as_ref().unwrap().radius_m, 200);
    assert_eq!(mine.topics.iter().map(|topic| topic.name.as_str()).collect::<Vec<_>>(), ["Viabilità", "Rifiuti"]);
    let english: Subscriptions = maria.get(&paths::subscriptions("en-GB")).await.is(200).json();
    assert_eq!(english.topics[0].name, "Traffic");
    assert_eq!(followed(&luca).await.items, []);
    unfollow(&luca, &first, 404).await;
    unfollow(&maria, &first, 204).await;
    unfollow(&maria, &first, 404).await;
    assert_eq!(followed(&maria).await.items.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_followed_is_refused() {
    let house = House::new().await;
    let maria = house.maria().await;
    for (what, fault) in [
        (street("  "), "street:required"),
        (street("..."), "street:required"),
        (street(&"a".repeat(121)), "street:too_long"),
        (topic("moon"), "topic:not_a_choice"),
        (area("", 11.25, 43.77, 10), "area.radius_m:not_a_choice"),
        (area("", 200.0, 43.77, 100), "area.lat:not_a_place"),
        (area("", 9.19, 45.46, 100), "area.lat:outside_town"),
        (NewSubscription { kind: SubscriptionKind::Area, ..NewSubscription::default() }, "area:required"),
        (NewSubscription { kind: SubscriptionKind::Unknown, ..NewSubscription::default() }, "kind:not_a_choice"),
    ] {
        assert!(maria.post(paths::SUBSCRIPTIONS, &what).await.is(422).faults().contains(&fault.to_owned()), "{fault}");
    }
    for number in 0..SUBSCRIPTIONS_MAX {
        follow(&maria, &street(&format!("Via {number}"))).await;
    }
    assert_eq!(maria.post(paths::SUBSCRIPTIONS, &street("Via di troppo")).await.is(422).faults(), ["kind:too_many_items"]);
    follow(&maria, &street("Via 7")).await;
    assert_eq!(followed(&maria).await.items.len(), SUBSCRIPTIONS_MAX);
}

#[tokio::test]
async fn a_report_is_told_once_when_it_becomes_public_and_once_when_it_is_closed() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    // Three subscriptions match: Luca hears of it once, by the oldest.
    follow(&luca, &street("via Maggio")).await;
    house.pass(60);
    follow(&luca, &area("intorno a casa", 11.251, 43.77, 200)).await;
    follow(&luca, &area("il quartiere", 11.25, 43.77, 2000)).await;
    follow(&maria, &street("Via Maggio")).await;
    let case = report(&maria, "k", &good()).await;
    assert_eq!(told(&luca).await, [], "nothing is public before the office takes it in charge");
    move_to(&house, &case, "registered").await;
    let new = vec![(MessageKind::StreetReport, "via Maggio".to_owned())];
    assert_eq!(told(&luca).await, new);
    // What the office approves later, and another public state, is no news of this kind.
    let publication = Publication { citizen_text: true, ..Publication::default() };
    house.desk().create(&paths::office_publication(&case), "p", &publication).await.is(200);
    move_to(&house, &case, "in_progress").await;
    assert_eq!(told(&luca).await, new);
    move_to(&house, &case, "resolved").await;
    let closed = vec![(MessageKind::StreetClosed, "via Maggio · Lampione spento".to_owned())];
    assert_eq!(told(&luca).await, [new, closed].concat());
    assert_eq!(told(&maria).await, [], "she wrote it");
    let page: Page<Message> = luca.get(paths::INBOX).await.is(200).json();
    assert!(page.items[0].report.is_some() && page.items[0].case.is_none() && page.items[0].note.is_empty());
}

#[tokio::test]
async fn only_what_everybody_may_see_is_told() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    follow(&luca, &street("Via Maggio")).await;
    // Hidden by the office before it is taken in charge: nothing is told, until it is shown.
    let case = report(&maria, "hidden", &good()).await;
    house.desk().create(&paths::office_publication(&case), "h", &Publication { hidden: true, ..Publication::default() }).await.is(204);
    move_to(&house, &case, "registered").await;
    assert_eq!(told(&luca).await, []);
    house.desk().create(&paths::office_publication(&case), "s", &Publication::default()).await.is(200);
    assert_eq!(told(&luca).await, [(MessageKind::StreetReport, "Via Maggio".to_owned())]);
    // A place that is known in the citizen's words alone stays theirs.
    let words = NewReport { place: Place { point: None, ..good().place }, ..good() };
    let case = report(&maria, "words", &words).await;
    move_to(&house, &case, "registered").await;
    assert_eq!(told(&luca).await.len(), 1);
}

#[tokio::test]
async fn an_area_hears_of_what_lies_in_it_and_no_further() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    // 0.001 degrees of longitude are 80 metres here.
    follow(&luca, &area("lontano", 11.252, 43.77, 100)).await;
    let near = follow(&luca, &area("vicino", 11.251, 43.77, 100)).await;
    let case = report(&maria, "k1", &good()).await;
    move_to(&house, &case, "registered").await;
    assert_eq!(told(&luca).await, [(MessageKind::StreetReport, "vicino".to_owned())]);
    unfollow(&luca, &near, 204).await;
    let case = report(&maria, "k2", &good()).await;
    move_to(&house, &case, "registered").await;
    assert_eq!(told(&luca).await.len(), 1);
}

#[tokio::test]
async fn who_follows_the_report_itself_hears_of_its_closing_as_such() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    follow(&luca, &street("Via Maggio")).await;
    let case = report(&maria, "k", &good()).await;
    move_to(&house, &case, "registered").await;
    let page: Page<Message> = luca.get(paths::INBOX).await.is(200).json();
    luca.post(&paths::follow(page.items[0].report.as_ref().unwrap()), &()).await.is(200);
    move_to(&house, &case, "resolved").await;
    let kinds: Vec<MessageKind> = told(&luca).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [MessageKind::StreetReport, MessageKind::Followed]);
}

#[tokio::test]
async fn a_notice_reaches_each_follower_of_topic_street_or_area_once() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    follow(&luca, &topic("roads")).await;
    follow(&luca, &street("Via Maggio")).await;
    follow(&maria, &topic("waste")).await;
    assert_eq!(give(&house, "n1", &notice()).await.told, 1);
    let page: Page<Message> = luca.get(paths::INBOX).await.is(200).json();
    let told_luca = &page.items[0];
    assert_eq!(
        (told_luca.kind, told_luca.title.as_str(), told_luca.note.as_str()),
        (MessageKind::Notice, "Strada chiusa", "Lavori fino a venerdì.")
    );
    assert_eq!((told_luca.link.as_str(), told_luca.until.clone()), ("https://comune.example/lavori", Some(Date("2026-12-01".into()))));
    assert_eq!(told(&maria).await, []);
    // Topic and street both match: still once. Maria is reached by the area that touches hers.
    follow(&maria, &area("casa", 11.25, 43.77, 100)).await;
    let wide = Some(Area { name: String::new(), lon: 11.253, lat: 43.77, radius_m: 200 });
    let both = NewNotice { street: "VIA MAGGIO".into(), area: wide, ..notice() };
    assert_eq!(give(&house, "n2", &both).await.told, 2);
    assert_eq!((told(&luca).await.len(), told(&maria).await.len()), (2, 1));
    let far = Some(Area { name: String::new(), lon: 11.256, lat: 43.77, radius_m: 200 });
    assert_eq!(give(&house, "n3", &NewNotice { topic: "waste".into(), area: far, ..notice() }).await.told, 1, "the topic alone");
    // The same key gives notice once.
    let again = give(&house, "n2", &both).await;
    assert_eq!((again.told, told(&luca).await.len()), (2, 2));
    let found: Page<Message> = luca.get("/api/v1/inbox?q=venerdi").await.is(200).json();
    assert_eq!(found.items.len(), 2);
}

#[tokio::test]
async fn a_notice_that_makes_no_sense_is_refused_and_so_is_who_may_not_give_one() {
    let house = House::with(&[("FILO_OFFICE_TOKENS", &format!("desk:{OFFICE_TOKEN},board:token-that-only-reads:cases.read"))]).await;
    house.bring(&file()).await;
    let desk = house.desk();
    for (wrong, fault) in [
        (NewNotice { topic: "moon".into(), ..notice() }, "topic:not_a_choice"),
        (NewNotice { title: String::new(), ..notice() }, "title:required"),
        (NewNotice { text: String::new(), ..notice() }, "text:required"),
        (NewNotice { link: "javascript:alert(1)".into(), ..notice() }, "link:not_a_choice"),
        (NewNotice { until: Date("2026-11-21".into()), ..notice() }, "until:not_a_choice"),
        (NewNotice { until: Date("venerdì".into()), ..notice() }, "until:not_a_choice"),
        (NewNotice { area: Some(Area { radius_m: 9, ..Area::default() }), ..notice() }, "area.radius_m:not_a_choice"),
    ] {
        assert!(desk.create(paths::OFFICE_NOTICES, "k", &wrong).await.is(422).faults().contains(&fault.to_owned()), "{fault}");
    }
    desk.create(paths::OFFICE_NOTICES, "today", &NewNotice { until: Date("2026-11-22".into()), ..notice() }).await.is(200);
    house.anyone().bearer("token-that-only-reads").create(paths::OFFICE_NOTICES, "k", &notice()).await.is(403);
    assert_eq!(house.count("notices").await, 1);
}

#[tokio::test]
async fn a_town_full_of_followers_is_told_part_by_part_and_each_once() {
    let mut house = House::new().await;
    let many = (0..AT_ONCE * 2 + 7).map(|number| ImportCitizen { subject: format!("citizen-{number:04}"), ..file().citizens.remove(0) });
    let many = many.map(|citizen| ImportCitizen { fiscal_code: None, ..citizen }).collect();
    house.bring(&ImportFile { citizens: many, ..ImportFile::default() }).await;
    house
        .sql(
            "INSERT INTO subscriptions (id, citizen_id, kind, target, name, street_key, radius_m, since)
             SELECT id, id, 'topic', 'topic:roads', '', '', 0, '2026-11-01T00:00:00Z' FROM citizens WHERE subject LIKE 'citizen-%'",
        )
        .await;
    let told = "inbox WHERE notice_id IS NOT NULL";
    let given = give(&house, "n", &notice()).await;
    assert_eq!((given.told as usize, house.count(told).await as usize), (AT_ONCE * 2 + 7, AT_ONCE));
    assert_eq!(spread(&house.crm).await.unwrap(), 1);
    assert_eq!(house.count(told).await as usize, AT_ONCE * 2);
    house.restart().await;
    assert_eq!((spread(&house.crm).await.unwrap(), spread(&house.crm).await.unwrap()), (1, 0));
    assert_eq!(house.count(told).await as usize, AT_ONCE * 2 + 7);
    assert_eq!(give(&house, "n", &notice()).await, given, "the same notice again");
    assert_eq!((spread(&house.crm).await.unwrap(), house.count("notices").await), (0, 1));
}
