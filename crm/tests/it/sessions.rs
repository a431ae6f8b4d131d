//! How long sessions last, how they are told, how they end.
use crate::house::House;
use contract::cases::CaseQuery;
use contract::headers::SESSION_SECONDS_LEFT;
use contract::session::{Device, Me, SessionInfo, VaultKey};
use contract::sessions::OpenSession;
use contract::{ProblemCode, paths};

#[tokio::test]
async fn me_is_who_signed_in() {
    let house = House::new().await;
    let me: Me = house.maria().await.get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.family_name.as_str()), ("Maria", "Rossi"));
    assert_eq!(me.fiscal_code.as_deref(), Some("RSSMRA70A41H501W"));
    assert_eq!((me.session.device, me.session.seconds_left), (Device::Mine, 1800));
    assert_eq!(me.session.ends_at.0, "2026-11-22T21:00:00Z");
    let luca: Me = house.luca().await.get(paths::ME).await.is(200).json();
    assert_eq!(luca.fiscal_code, None);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_without_requests() {
    let house = House::new().await;
    let maria = house.maria().await;
    house.pass(1799);
    assert_eq!(maria.get(paths::ME).await.is(200).header(SESSION_SECONDS_LEFT), "1800");
    house.pass(1799);
    maria.get(paths::CASES).await.is(200);
    house.pass(1800 + 60);
    let answer = maria.get(paths::ME).await.is(401);
    assert_eq!((answer.problem().code, answer.header(SESSION_SECONDS_LEFT)), (ProblemCode::SignedOut, ""));
}

#[tokio::test]
async fn a_session_never_ends_earlier_than_it_said() {
    let house = House::new().await;
    let maria = house.maria().await;
    house.pass(14);
    let left: i64 = maria.get(paths::ME).await.is(200).header(SESSION_SECONDS_LEFT).parse().unwrap();
    house.pass(left - 1);
    maria.get(paths::ME).await.is(200);
}

#[tokio::test]
async fn after_twelve_hours_it_ends_whatever_happens() {
    let house = House::new().await;
    let maria = house.maria().await;
    for _ in 0..28 {
        house.pass(1500);
        maria.get(paths::ME).await.is(200);
    }
    house.pass(1199);
    assert_eq!(maria.get(paths::ME).await.is(200).header(SESSION_SECONDS_LEFT), "1");
    house.pass(1);
    maria.get(paths::ME).await.is(401);
}

#[tokio::test]
async fn a_shared_computer_has_ten_minutes_and_an_hour() {
    let house = House::new().await;
    let maria = house.signed_in("maria", Device::Shared).await;
    let info: SessionInfo = maria.post(paths::SESSION_EXTEND, &()).await.is(200).json();
    assert_eq!((info.device, info.seconds_left, info.ends_at.0.as_str()), (Device::Shared, 600, "2026-11-22T10:00:00Z"));
    house.pass(620);
    maria.get(paths::ME).await.is(401);
}

#[tokio::test]
async fn extending_begins_the_idle_time_anew() {
    let house = House::new().await;
    let maria = house.maria().await;
    house.pass(1700);
    let answer = maria.post(paths::SESSION_EXTEND, &()).await.is(200);
    assert_eq!(answer.header(SESSION_SECONDS_LEFT), "1800");
    house.pass(1700);
    maria.get(paths::ME).await.is(200);
}

#[tokio::test]
async fn every_answer_to_somebody_signed_in_says_how_long_refusals_too() {
    let house = House::new().await;
    let maria = house.maria().await;
    for path in [paths::CASES, "/api/v1/cases/0193", "/api/v1/cases?phase=frozen"] {
        assert_eq!(maria.get(path).await.header(SESSION_SECONDS_LEFT), "1800", "{path}");
    }
    assert_eq!(house.anyone().get(paths::CASES).await.header(SESSION_SECONDS_LEFT), "");
}

#[tokio::test]
async fn logging_out_ends_the_session_on_the_server() {
    let house = House::new().await;
    let maria = house.maria().await;
    let answer = maria.post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!(answer.header("set-cookie"), "__Host-sid=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
    assert_eq!(answer.header("clear-site-data"), "");
    maria.get(paths::ME).await.is(401);
    maria.post(paths::SESSION_LOGOUT, &()).await.is(204);
    assert_eq!(house.count("sessions").await, 0);
}

#[tokio::test]
async fn a_shared_computer_is_told_to_forget_at_logout() {
    let house = House::new().await;
    let maria = house.signed_in("maria", Device::Shared).await;
    assert_eq!(maria.post(paths::SESSION_LOGOUT, &()).await.is(204).header("clear-site-data"), "\"cookies\", \"storage\"");
}

#[tokio::test]
async fn logging_out_here_leaves_the_other_device_signed_in() {
    let house = House::new().await;
    let (phone, desk) = (house.maria().await, house.maria().await);
    desk.post(paths::SESSION_LOGOUT, &()).await.is(204);
    phone.get(paths::ME).await.is(200);
}

#[tokio::test]
async fn sessions_survive_a_restart_and_ended_ones_are_swept_away() {
    let mut house = House::new().await;
    let maria = house.maria().await;
    house.restart().await;
    let maria = maria.at(&house.app);
    maria.get(&paths::cases(&CaseQuery::default())).await.is(200);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("sessions").await, 1);
    house.pass(1800 + 60);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("sessions").await, 0);
}

#[tokio::test]
async fn the_database_never_holds_what_the_cookie_holds() {
    let house = House::new().await;
    let maria = house.maria().await;
    let rows = sqlx::query("SELECT id_hash FROM sessions").fetch_all(house.crm.db.reader()).await.unwrap();
    let hash: String = sqlx::Row::get(&rows[0], 0);
    house.anyone().cookie(&hash).get(paths::ME).await.is(401);
    maria.get(paths::ME).await.is(200);
}

#[tokio::test]
async fn the_vault_s_key_is_a_person_s_own_and_the_same_at_every_login() {
    let house = House::new().await;
    let key = async |who: &crate::people::Who| who.post(paths::SESSION_VAULT, &()).await.is(200).json::<VaultKey>().key;
    let maria = key(&house.maria().await).await;
    assert_eq!(maria.len(), 43);
    assert_eq!(key(&house.maria().await).await, maria);
    assert_ne!(key(&house.luca().await).await, maria);
}

#[tokio::test]
async fn the_vault_s_key_is_given_once_to_a_session_and_never_on_a_shared_computer() {
    let house = House::new().await;
    let maria = house.maria().await;
    maria.post(paths::SESSION_VAULT, &()).await.is(200);
    house.pass(100);
    maria.post(paths::SESSION_VAULT, &()).await.is(200);
    house.pass(100);
    assert_eq!(maria.post(paths::SESSION_VAULT, &()).await.is(409).problem().code, ProblemCode::Conflict);
    let shared = house.signed_in("maria", Device::Shared).await;
    assert_eq!(shared.post(paths::SESSION_VAULT, &()).await.is(403).problem().code, ProblemCode::Forbidden);
}

#[tokio::test]
async fn somebody_sees_where_they_are_signed_in_and_ends_it_there() {
    let house = House::new().await;
    let (here, there, third) = (house.maria().await, house.maria().await, house.signed_in("maria", Device::Shared).await);
    let credential: VaultKey = there.post(paths::SESSION_VAULT, &()).await.is(200).json();
    let luca = house.luca().await;
    let open: Vec<OpenSession> = here.get(paths::MY_SESSIONS).await.is(200).json();
    assert_eq!((open.len(), open.iter().filter(|one| one.is_this).count()), (3, 1));
    assert!(open[0].is_this, "the one in use comes first");
    let shared = open.iter().find(|one| one.device == Device::Shared).unwrap();
    // Not one's own: the way out for that is the logout. Nor somebody else's.
    here.delete(&paths::my_session(&open.iter().find(|one| one.is_this).unwrap().id)).await.is(404);
    luca.delete(&paths::my_session(&shared.id)).await.is(404);
    here.delete(&paths::my_session(&shared.id)).await.is(204);
    here.delete(&paths::my_session(&shared.id)).await.is(404);
    third.get(paths::ME).await.is(401);
    there.get(paths::ME).await.is(200);
    let desk = crate::help_desk::helped(&house, "maria", "elena", &contract::help_desk::HelpScope::ALL).await;
    let open: Vec<OpenSession> = here.get(paths::MY_SESSIONS).await.is(200).json();
    assert_eq!(open.iter().filter(|one| one.help.is_some()).count(), 1);
    desk.page().get(paths::MY_SESSIONS).await.is(403);
    desk.page().delete(paths::MY_SESSIONS).await.is(403);
    here.delete(paths::MY_SESSIONS).await.is(204);
    there.get(paths::ME).await.is(401);
    desk.page().get(paths::ME).await.is(401);
    // Nor does the other device send anything more.
    house.anyone().bearer(&credential.send.unwrap().token).create(paths::REPORTS, "k", &crate::reports::good()).await.is(401);
    luca.get(paths::ME).await.is(200);
    let left: Vec<OpenSession> = here.get(paths::MY_SESSIONS).await.is(200).json();
    assert!(left.len() == 1 && left[0].is_this);
}

#[tokio::test]
async fn a_device_whose_session_ended_by_itself_sends_nothing_more_once_all_others_are_ended() {
    let house = House::new().await;
    let lost = house.sender().await;
    let luca = house.luca().await;
    let others: VaultKey = luca.post(paths::SESSION_VAULT, &()).await.is(200).json();
    house.pass(2_000);
    let here = house.maria().await;
    let own: VaultKey = here.post(paths::SESSION_VAULT, &()).await.is(200).json();
    lost.create(paths::REPORTS, "k1", &crate::reports::good()).await.is(201);
    here.delete(paths::MY_SESSIONS).await.is(204);
    lost.create(paths::REPORTS, "k2", &crate::reports::good()).await.is(401);
    for kept in [own, others] {
        house.anyone().bearer(&kept.send.unwrap().token).create(paths::REPORTS, "k3", &crate::reports::good()).await.is(201);
    }
}

#[tokio::test]
async fn a_session_that_ended_by_itself_is_open_no_longer() {
    let house = House::new().await;
    house.signed_in("maria", Device::Shared).await;
    house.pass(700);
    let open: Vec<OpenSession> = house.maria().await.get(paths::MY_SESSIONS).await.is(200).json();
    assert!(open.len() == 1 && open[0].is_this);
}
