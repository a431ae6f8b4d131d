//! Step-up: what takes a higher level than a session has, the way to it, and who comes back by it.
use crate::login::{Town, coming_back, signed_in, spid, went_wrong};
use crate::people::{Answer, Who};
use crate::provider::{LEVEL_2, query};
use axum::http::Method;
use contract::channels::{Channels, Wishes};
use contract::delegates::NewDelegation;
use contract::help_desk::HelpScope;
use contract::session::{LoginRequest, Me};
use contract::{Date, ProblemCode, paths};
use serde_json::json;

const LEVEL_1: &str = "https://www.spid.gov.it/SpidL1";
const LEVEL_3: &str = "https://www.spid.gov.it/SpidL3";

/// A town that lets people in by their password, and Maria come in so.
async fn by_password(more: &[(&str, &str)]) -> (Town, Who) {
    let acr = format!("{LEVEL_2} {LEVEL_1} {LEVEL_3}");
    let town = Town::with(&[&[("FILO_OIDC_SPID_ACR", acr.as_str())], more].concat()).await;
    town.provider.change(|state| state.id_token = json!({ "acr": LEVEL_1 }));
    let maria = signed_in(&town.house, &town.log_in(&spid()).await);
    assert_eq!(maria.get(paths::ME).await.is(200).json::<Me>().session.level, 1);
    (town, maria)
}

fn higher(level: u8) -> LoginRequest {
    LoginRequest { level: Some(level), ..spid() }
}

/// Leaves for a higher level; what the provider was asked, and the browser on its way.
async fn leave(town: &Town, maria: &Who, level: u8) -> (String, Who) {
    let (location, _) = town.begin(maria, &higher(level)).await;
    let login = maria.post(paths::SESSION_LOGIN, &higher(level)).await.is(200);
    let location_again = login.json::<contract::session::LoginStart>().location;
    assert_ne!(location, location_again);
    // The Strict cookie does not travel with the redirect; the login's Lax one does.
    let cookie = login.header("set-cookie").split(';').next().unwrap().to_owned();
    (location_again, town.house.anyone().with("cookie", &cookie))
}

/// Comes back from there with this level.
async fn come_back(town: &Town, (location, browser): (String, Who), acr: &str) -> Answer {
    town.provider.change(|state| state.id_token = json!({ "acr": acr }));
    coming_back(&browser, &town.provider.agree(&location)).await
}

fn delegation() -> NewDelegation {
    NewDelegation {
        name: "Luca".into(),
        scopes: vec![HelpScope::SeeCases],
        until: Some(Date("2026-12-20".into())),
        ..NewDelegation::default()
    }
}

async fn gives(maria: &Who) -> Answer {
    maria.create(paths::MY_DELEGATIONS, "the-same-key-again", &delegation()).await
}

async fn choose(maria: &Who, wishes: &Wishes) -> Answer {
    let body = serde_json::to_vec(wishes).unwrap();
    maria.clone().with("content-type", "application/json").ask(Method::PUT, paths::MY_CHANNELS, body.into()).await
}

/// The level that something was refused for.
fn needed(answer: Answer) -> String {
    let problem = answer.is(403).problem();
    assert_eq!((problem.code, problem.fields[0].field.as_str()), (ProblemCode::LevelNeeded, "session"));
    problem.fields[0].params["level"].clone()
}

#[tokio::test]
async fn what_takes_more_is_refused_until_the_same_person_comes_back_with_it() {
    let (town, maria) = by_password(&[]).await;
    assert_eq!(needed(gives(&maria).await), "2");
    assert_eq!(town.house.count("delegations").await, 0);
    let (location, browser) = leave(&town, &maria, 2).await;
    assert_eq!(query(location.split_once('?').unwrap().1)["acr_values"], format!("{LEVEL_2} {LEVEL_3}"));
    let answer = come_back(&town, (location, browser), LEVEL_2).await;
    assert_eq!(answer.header("location"), "/cases?phase=open");
    // The old session is over; the very request that was refused is done by the new one.
    maria.get(paths::ME).await.is(401);
    let maria = signed_in(&town.house, &answer);
    assert_eq!(maria.get(paths::ME).await.is(200).json::<Me>().session.level, 2);
    gives(&maria).await.is(201);
    assert_eq!((town.house.count("delegations").await, town.house.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn where_letters_go_takes_more_and_the_rest_of_the_channels_does_not() {
    let (_town, maria) = by_password(&[]).await;
    let before: Channels = maria.get(paths::MY_CHANNELS).await.is(200).json();
    let elsewhere = Wishes { postal_address: "Via Altrove 1, 50100 Firenze".into(), ..before.wishes.clone() };
    assert_eq!(needed(choose(&maria, &elsewhere).await), "2");
    assert_eq!(maria.get(paths::MY_CHANNELS).await.is(200).json::<Channels>().wishes, before.wishes);
    choose(&maria, &Wishes { tells_content: !before.wishes.tells_content, ..before.wishes }).await.is(200);
}

#[tokio::test]
async fn a_lower_level_than_was_asked_for_changes_nothing() {
    let (town, maria) = by_password(&[]).await;
    for low in [LEVEL_1, "urn:the:best:of:all", ""] {
        let way = leave(&town, &maria, 2).await;
        let answer = come_back(&town, way, low).await;
        assert_eq!((answer.header("location"), answer.header("set-cookie")), (went_wrong("level").as_str(), ""), "{low}");
    }
    assert_eq!(needed(gives(&maria).await), "2");
}

#[tokio::test]
async fn somebody_else_who_comes_back_ends_both_logins() {
    let (town, maria) = by_password(&[]).await;
    let way = leave(&town, &maria, 2).await;
    town.provider.change(|state| state.user_info["sub"] = json!("luca"));
    let answer = come_back(&town, way, LEVEL_2).await;
    assert_eq!(answer.header("location"), went_wrong("other_person"));
    assert!(answer.header("set-cookie").starts_with("__Host-sid=; ") && answer.header("set-cookie").ends_with("Max-Age=0"));
    maria.get(paths::ME).await.is(401);
    assert_eq!((town.house.count("sessions").await, town.house.count("citizens").await), (0, 1));
}

#[tokio::test]
async fn a_town_says_what_takes_which_level() {
    let (town, maria) = by_password(&[("FILO_NEEDS_LEVEL_2", "-"), ("FILO_NEEDS_LEVEL_3", "delegations")]).await;
    maria.delete("/api/v1/me/data/choices/tips").await.is(200);
    assert_eq!(needed(gives(&maria).await), "3");
    let way = leave(&town, &maria, 3).await;
    assert_eq!(query(way.0.split_once('?').unwrap().1)["acr_values"], LEVEL_3);
    let maria = signed_in(&town.house, &come_back(&town, way, LEVEL_3).await);
    gives(&maria).await.is(201);
}

#[tokio::test]
async fn a_level_that_does_not_exist_is_refused() {
    let town = Town::with(&[]).await;
    for level in [0, 4, 255] {
        let problem = town.house.anyone().post(paths::SESSION_LOGIN, &higher(level)).await.is(422).problem();
        assert_eq!(problem.fields[0].field, "level");
    }
}
