//! The send-only credential: how long it sends, what ends it, and that it is nobody else's.
use crate::house::House;
use crate::people::Who;
use crate::reports::good;
use contract::cases::CaseReference;
use contract::paths;
use contract::session::{Device, SendCredential, VaultKey};

const DAY: i64 = 24 * 3600;

async fn given(who: &Who) -> SendCredential {
    who.post(paths::SESSION_VAULT, &()).await.is(200).json::<VaultKey>().send.unwrap()
}

/// Whether a device with this credential can still send.
async fn sends(house: &House, credential: &SendCredential, key: &str) -> bool {
    match house.anyone().bearer(&credential.token).create(paths::REPORTS, key, &good()).await.status.as_u16() {
        201 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_report_leaves_after_the_session_and_is_its_author_s() {
    let house = House::new().await;
    let maria = house.maria().await;
    let credential = given(&maria).await;
    assert_eq!(credential.ends_at.0, "2026-12-22T09:00:00Z");
    house.pass(13 * 3600);
    maria.get(paths::ME).await.is(401);
    let device = house.anyone().bearer(&credential.token);
    let sent: CaseReference = device.create(paths::REPORTS, "k", &good()).await.is(201).json();
    let again: CaseReference = device.create(paths::REPORTS, "k", &good()).await.is(201).json();
    assert_eq!(again, sent);
    house.maria().await.get(&paths::case(&sent.id, "it")).await.is(200);
    house.luca().await.get(&paths::case(&sent.id, "it")).await.is(404);
}

#[tokio::test]
async fn it_ends_after_thirty_days_and_is_then_forgotten() {
    let house = House::new().await;
    let credential = given(&house.maria().await).await;
    house.pass(30 * DAY - 1);
    assert!(sends(&house, &credential, "a").await);
    house.pass(1);
    assert!(!sends(&house, &credential, "b").await);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("credentials").await, 0);
}

#[tokio::test]
async fn asked_again_a_session_is_given_the_same_one_and_the_database_has_its_hash_alone() {
    let house = House::new().await;
    let maria = house.maria().await;
    let credential = given(&maria).await;
    house.pass(60);
    assert_eq!(given(&maria).await, credential);
    assert_eq!((house.count("credentials").await, credential.token.len()), (1, 48));
    let row = sqlx::query("SELECT token_hash FROM credentials").fetch_one(house.crm.db.reader()).await.unwrap();
    let hash: String = sqlx::Row::get(&row, 0);
    let stolen = SendCredential { token: format!("send_{hash}"), ..credential };
    assert!(!sends(&house, &stolen, "k").await);
}

#[tokio::test]
async fn logging_out_ends_it_on_that_device_alone() {
    let house = House::new().await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    let (on_phone, on_desk) = (given(&phone).await, given(&desk).await);
    phone.post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert!(!sends(&house, &on_phone, "a").await);
    assert!(sends(&house, &on_desk, "b").await);
    // Long after the session has ended and its cookie is gone, the device shows what it holds.
    house.pass(5 * DAY);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    house.anyone().bearer(&on_desk.token).post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert!(!sends(&house, &on_desk, "c").await);
}

#[tokio::test]
async fn whoever_comes_after_on_a_device_ends_the_one_before() {
    let house = House::new().await;
    let first = given(&house.maria().await).await;
    let second = given(&house.luca().await.bearer(&first.token)).await;
    assert!(!sends(&house, &first, "a").await);
    assert!(sends(&house, &second, "b").await);
    house.signed_in("maria", Device::Shared).await.post(paths::SESSION_VAULT, &()).await.is(403);
    assert_eq!(house.count("credentials").await, 1);
}

#[tokio::test]
async fn the_one_before_ends_also_when_nothing_new_is_given() {
    let house = House::new().await;
    let luca = house.luca().await;
    let own = given(&luca).await;
    let first = given(&house.maria().await).await;
    house.pass(121);
    luca.clone().bearer(&first.token).post(paths::SESSION_VAULT, &()).await.is(409);
    assert!(!sends(&house, &first, "a").await);
    luca.bearer(&own.token).post(paths::SESSION_VAULT, &()).await.is(409);
    assert!(sends(&house, &own, "b").await, "one's own stays");
    let shared = house.signed_in("luca", Device::Shared).await;
    shared.bearer(&own.token).post(paths::SESSION_VAULT, &()).await.is(403);
    assert!(!sends(&house, &own, "c").await, "a shared computer holds none");
}

#[tokio::test]
async fn logging_out_ends_what_is_shown_with_and_without_the_session_and_all_that_was_given_to_it() {
    let house = House::new().await;
    let maria = house.maria().await;
    let before = given(&house.maria().await).await;
    let now = given(&maria).await;
    maria.clone().bearer(&before.token).post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!((sends(&house, &before, "a").await, sends(&house, &now, "b").await), (false, false));
    maria.post(paths::SESSION_VAULT, &()).await.is(401);
    // The same person's new login took the session's place, and the answer that gave a new credential was lost.
    let (old, new) = (given(&house.maria().await).await, given(&house.maria().await).await);
    let mut change = house.crm.db.begin().await.unwrap();
    sqlx::query("UPDATE credentials SET session_hash = 'one session'").execute(&mut *change).await.unwrap();
    change.commit().await.unwrap();
    house.anyone().bearer(&old.token).post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!((sends(&house, &old, "c").await, sends(&house, &new, "d").await), (false, false));
}

#[tokio::test]
async fn a_token_for_files_of_nobody_s_report_is_no_credential_and_the_other_way_round() {
    let house = House::new().await;
    let credential = given(&house.maria().await).await;
    let other = credential.token.trim_start_matches("send_").to_owned();
    let bare = SendCredential { token: other, ..credential };
    assert!(!sends(&house, &bare, "k").await);
    house.anyone().bearer("send_").create(paths::REPORTS, "k", &good()).await.is(401);
}
