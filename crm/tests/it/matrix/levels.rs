//! Every operation asked in a session of the first level: what takes more is refused, all else is as it is.
use super::operations::{For, OPERATIONS, ask, things};
use super::rows;
use crate::house::House;
use crate::mail::server::Server;
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

#[tokio::test]
async fn who_is_in_by_a_code_sees_the_reports_of_the_address_and_is_nobody_elsewhere() {
    let (_server, house) = Server::with_house_and(&[("FILO_LIGHT_LOGIN", "yes")]).await;
    let things = things(&house.maria().await).await;
    let hash = crm::secret::sha256_hex(b"light");
    house
        .sql(&format!(
            "INSERT INTO light_sessions (id_hash, email, created_at, ends_at) VALUES ('{hash}', 'maria@example.org', '2026', '2099')"
        ))
        .await;
    let light = house.anyone().with("cookie", &format!("{}=light", crm::light::COOKIE));
    let before = rows(&house).await;
    let mut cells = 0;
    // What opens and ends it is looked at in `light.rs`.
    for operation in OPERATIONS.iter().filter(|one| !one.name.contains(" /api/v1/light/") || one.whose == For::Light) {
        let answer = ask(&light, operation, &things).await;
        cells += 1;
        let expected = match operation.whose {
            For::Light => 200,
            For::Everybody | For::EverybodysImage | For::Anything => operation.good,
            For::SignedIn | For::Watching | For::Owner | For::OwnersDownload | For::Office(_) | For::Volunteer | For::Platform => 401,
        };
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", operation.name, answer.text());
        for private in ["Maria", "Rossi", "Sara", "Lampione", "a.jpg"] {
            assert!(!answer.text().contains(private), "{} shows {private}", operation.name);
        }
    }
    assert_eq!(rows(&house).await, before);
    println!("{cells} cells: every operation by a light login, each answer asserted");
    assert!(cells > 130);
}
