//! The live line: what changes is heard at once, by its citizen alone; cut, it goes on where it was; it ends with the session.
use crate::house::House;
use crate::people::Who;
use crate::travelling::report;
use axum::body::{Body, Bytes};
use axum::http::Method;
use contract::cases::CaseSummary;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::inbox::{News, NewsKind, Seen};
use contract::office::Move;
use contract::replies::NewMessage;
use contract::{Page, paths};
use http_body_util::BodyExt;
use std::time::{Duration, Instant};

/// A line that is open.
struct Line {
    body: Body,
    text: String,
}

impl Line {
    async fn open(who: &Who, query: &str) -> Self {
        let response = who.response(Method::GET, &format!("{}{query}", paths::EVENTS), Body::empty()).await;
        assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
        assert!(!response.headers().contains_key("x-session-seconds-left"), "watching keeps no session alive");
        let mut line = Self { body: response.into_body(), text: String::new() };
        assert_eq!(line.next().await.unwrap().1.kind, NewsKind::Here);
        line
    }

    /// The next news with its place; none when the line has ended.
    async fn next(&mut self) -> Option<(String, News)> {
        loop {
            if let Some((event, rest)) = self.text.clone().split_once("\n\n") {
                self.text = rest.to_owned();
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim_start_matches(": ").to_owned())
                };
                if let Some(data) = field("data") {
                    return Some((field("id").unwrap(), serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let frame = tokio::time::timeout(Duration::from_secs(12), self.body.frame()).await.expect("the line is silent")?;
            let bytes: Bytes = frame.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// Kind and case of the next news.
    async fn heard(&mut self) -> (NewsKind, Option<CaseId>) {
        let (_, news) = self.next().await.expect("the line has ended");
        (news.kind, news.case)
    }

    async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(150), self.next()).await.is_err()
    }
}

async fn moves(house: &House, id: &CaseId, key: &str, state: &str) {
    let moved = Move { state: StateCode(state.into()), note: "n".into(), task: None, task_due_on: None, channel: None, files: vec![] };
    house.desk().create(&paths::office_moves(id), key, &moved).await.is(200);
}

#[tokio::test]
async fn what_changes_is_heard_at_once_by_its_citizen_alone() {
    let house = House::new().await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let id = report(&maria, &[]).await.id;
    let (mut phone, mut desk, mut other) = (Line::open(&maria, "").await, Line::open(&maria, "").await, Line::open(&luca, "").await);
    let began = Instant::now();
    moves(&house, &id, "1", "registered").await;
    for line in [&mut phone, &mut desk] {
        assert_eq!(line.heard().await, (NewsKind::Message, Some(id.clone())));
    }
    assert!(began.elapsed() < Duration::from_secs(2), "it was not told, only found: {:?}", began.elapsed());
    maria.create(&paths::case_messages(&id), "k", &NewMessage { text: "Ciao".into(), files: vec![] }).await.is(201);
    assert_eq!(phone.heard().await, (NewsKind::Case, Some(id.clone())));
    maria.post(paths::INBOX_READ, &Seen::default()).await.is(200);
    assert_eq!(phone.heard().await, (NewsKind::Marked, None));
    // A refused change is none.
    house.desk().create(&paths::office_moves(&id), "2", &serde_json::json!({ "state": "gone" })).await.is(422);
    assert!(phone.is_silent().await && other.is_silent().await);
}

#[tokio::test]
async fn a_line_that_was_cut_goes_on_where_it_was_and_one_that_cannot_says_so() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    let mut line = Line::open(&maria, "").await;
    moves(&house, &id, "1", "registered").await;
    let (place, _) = line.next().await.unwrap();
    drop(line);
    moves(&house, &id, "2", "in_progress").await;
    moves(&house, &id, "3", "resolved").await;
    for mut line in
        [Line::open(&maria.clone().with("last-event-id", &place), "").await, Line::open(&maria, &format!("?after={place}")).await]
    {
        for _ in 0..2 {
            assert_eq!(line.heard().await, (NewsKind::Message, Some(id.clone())));
        }
        assert!(line.is_silent().await);
    }
    for made_up in ["999999", "-5", "last%20year", "1%27"] {
        assert_eq!(Line::open(&maria, &format!("?after={made_up}")).await.heard().await.0, NewsKind::Reset, "{made_up}");
    }
    // A line of last year: what it wants to hear is gone.
    house.pass(40 * 24 * 3600);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    let maria = house.maria().await;
    assert_eq!(Line::open(&maria, &format!("?after={place}")).await.heard().await.0, NewsKind::Reset);
    assert!(Line::open(&maria, "").await.is_silent().await);
}

#[tokio::test]
async fn a_page_that_was_just_opened_hears_what_changed_while_it_was_drawn() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    house.pass(600);
    moves(&house, &id, "1", "registered").await;
    house.pass(8);
    assert!(Line::open(&maria, "").await.is_silent().await);
    let mut line = Line::open(&maria, "?since_seconds=10").await;
    assert_eq!(line.heard().await, (NewsKind::Message, Some(id)));
    assert!(line.is_silent().await);
}

#[tokio::test]
async fn watching_keeps_no_session_alive_and_the_line_ends_with_it() {
    let house = House::new().await;
    let maria = house.maria().await;
    let mut line = Line::open(&maria, "").await;
    // Half an hour and a little, with a look every five minutes.
    for _ in 0..6 {
        house.pass(300);
        Line::open(&maria, "").await;
        // What a page asks by itself is no sign of life either.
        maria.get(paths::INBOX_COUNT).await.is(200);
        let unasked = maria.clone().with("x-filo-unasked", "1").get(paths::CASES).await.is(200);
        assert_eq!(unasked.header("x-session-seconds-left"), "");
    }
    house.pass(60);
    maria.get(paths::EVENTS).await.is(401);
    assert_eq!(line.heard().await.0, NewsKind::Over);
    assert!(line.next().await.is_none());
}

#[tokio::test]
async fn nobody_has_lines_without_end_and_a_crm_that_stops_ends_them() {
    let house = House::new().await;
    let maria = house.maria().await;
    let mut lines = Vec::new();
    for _ in 0..20 {
        lines.push(Line::open(&maria, "").await);
    }
    maria.get(paths::EVENTS).await.is(429);
    Line::open(&house.luca().await, "").await;
    house.crm.db.live().stop();
    for line in &mut lines {
        assert!(line.next().await.is_none());
    }
}

/// Two processes on one database: on PostgreSQL they tell each other at once, on SQLite each looks by itself.
#[tokio::test]
async fn what_another_process_has_written_is_heard_too() {
    let house = House::new().await;
    let maria = house.maria().await;
    let page: Page<CaseSummary> = maria.get(paths::CASES).await.is(200).json();
    let id = page.items[0].id.clone();
    let second = house.again().await;
    tokio::spawn(crm::events::listen(second.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut line = Line::open(&maria.clone().at(&crm::app(second.clone()).unwrap()), "").await;
    let began = Instant::now();
    moves(&house, &id, "1", "in_progress").await;
    assert_eq!(line.heard().await, (NewsKind::Message, Some(id)));
    assert!(!second.db.is_shared() || began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_changes_at_once_each_is_heard_once_and_in_order() {
    let house = House::new().await;
    let maria = house.maria().await;
    let mut cases = Vec::new();
    for _ in 0..8 {
        cases.push(report(&maria, &[]).await.id);
    }
    let mut line = Line::open(&maria, "").await;
    let house = &house;
    let changes = cases.iter().map(|id| async move {
        for n in 0..5 {
            moves(house, id, &format!("{id}{n}"), if n % 2 == 0 { "registered" } else { "in_progress" }).await;
        }
    });
    futures_util::future::join_all(changes).await;
    let (mut places, mut heard) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        let (place, news) = line.next().await.unwrap();
        places.push(place.parse::<i64>().unwrap());
        heard.push(news.case.unwrap());
    }
    assert!(places.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{places:?}");
    assert!(cases.iter().all(|id| heard.iter().filter(|heard| *heard == id).count() == 5));
    assert!(line.is_silent().await);
}
