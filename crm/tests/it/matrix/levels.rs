//! Every operation asked in a session of the first level: what takes more is refused, all else is as it is.
use super::operations::{For, OPERATIONS, ask, things};
use super::rows;
use crate::house::House;
use contract::ProblemCode;

/// What takes the second level by default. (The channels' own is looked at in `levels.rs`: it is the address alone.)
const GUARDED: [&str; 3] = ["delete /api/v1/me/data/choices/{subject}", "post /api/v1/me/data/deletion", "post /api/v1/me/delegations"];

#[tokio::test]
async fn a_session_of_the_first_level_does_all_but_what_takes_more() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let mut cells = 0;
    for operation in OPERATIONS.iter().filter(|one| matches!(one.whose, For::SignedIn | For::Watching | For::Owner | For::OwnersDownload)) {
        let maria = house.maria().await;
        house.sql("UPDATE sessions SET level = 1").await;
        let before = rows(&house).await;
        let answer = ask(&maria, operation, &things).await;
        cells += 1;
        if GUARDED.contains(&operation.name) {
            assert_eq!(answer.is(403).problem().code, ProblemCode::LevelNeeded, "{}", operation.name);
            assert_eq!(rows(&house).await, before, "{}", operation.name);
        } else {
            assert_eq!(answer.status.as_u16(), operation.good, "{}: {}", operation.name, answer.text());
        }
    }
    println!("{cells} cells: operations of citizens by a session of the first level, each answer asserted");
    assert!(cells > 60);
}
