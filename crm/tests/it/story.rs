//! A person's whole story: all of their cases, whatever the channel, newest first, in parts that miss nothing.
use crate::house::House;
use crate::people::Who;
use crate::travelling::report;
use contract::cases::{ActorKind, Channel, StepKind};
use contract::dictionary::StateCode;
use contract::office::Move;
use contract::story::{StoryEntry, StoryQuery};
use contract::{Page, paths};

async fn read(who: &Who, query: StoryQuery) -> Page<StoryEntry> {
    who.get(&paths::story(&query)).await.is(200).json()
}

#[tokio::test]
async fn everything_that_happened_is_told_in_order_and_in_parts() {
    let house = House::new().await;
    let maria = house.maria().await;
    let id = report(&maria, &[]).await.id;
    let moved = |state: &str, note: &str, channel| Move {
        state: StateCode(state.into()),
        note: note.into(),
        task: None,
        task_due_on: None,
        channel,
        files: vec![],
    };
    house.pass(60);
    house.desk().create(&paths::office_moves(&id), "1", &moved("registered", "", None)).await.is(200);
    house.pass(60);
    let call = moved("registered", "Ha chiamato: il lampione lampeggia.", Some(Channel::Phone));
    house.desk().create(&paths::office_moves(&id), "2", &call).await.is(200);
    let all = read(&maria, StoryQuery { limit: Some(100), ..StoryQuery::default() }).await;
    let newest = &all.items[0];
    assert_eq!(
        (&newest.case, newest.step.kind, newest.step.channel, newest.step.by.kind),
        (&id, StepKind::Message, Channel::Phone, ActorKind::Office)
    );
    assert_eq!(newest.step.note, "Ha chiamato: il lampione lampeggia.");
    let moments: Vec<_> = all.items.iter().map(|entry| entry.step.at.clone().unwrap().0).collect();
    assert!(moments.windows(2).all(|pair| pair[0] >= pair[1]) && moments.len() as i64 == house.count("steps s JOIN cases c ON c.id = s.case_id JOIN citizens p ON p.id = c.owner_id WHERE p.subject = 'maria' AND s.happened_at IS NOT NULL").await);
    let (mut parts, mut after) = (Vec::new(), None);
    loop {
        let page = read(&maria, StoryQuery { limit: Some(2), after, ..StoryQuery::default() }).await;
        parts.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(parts, all.items);
    let luca = read(&house.luca().await, StoryQuery::default()).await;
    assert!(luca.items.iter().all(|entry| !entry.title.contains("Sara")) && !luca.items.is_empty());
}

#[tokio::test]
async fn the_story_is_searched_and_made_up_places_are_refused() {
    let house = House::new().await;
    let maria = house.maria().await;
    let found = read(&maria, StoryQuery { q: Some("SARA asilo".into()), ..StoryQuery::default() }).await;
    assert!(!found.items.is_empty() && found.items.iter().all(|entry| entry.title == "Asilo di Sara"));
    assert!(read(&maria, StoryQuery { q: Some("zanzibar".into()), ..StoryQuery::default() }).await.items.is_empty());
    for made_up in ["x", &crm::cases::cursor("2026-11-22T09:00:00Z", "no-position-here")] {
        maria.get(&format!("/api/v1/story?after={made_up}")).await.is(422);
    }
    house.desk().create("/api/v1/office/cases/x/moves", "k", &serde_json::json!({ "state": "registered", "channel": "app" })).await.is(422);
}
