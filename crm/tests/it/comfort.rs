//! How somebody reads most easily: kept for all their devices, seen by nobody else, refused when this CRM does not know it.
use crate::house::House;
use crate::people::{Answer, Who};
use axum::http::Method;
use contract::comfort::{Comfort, TextSize};
use contract::paths;
use contract::session::{Device, Me};
use serde::Serialize;

async fn choose(who: &Who, comfort: &impl Serialize) -> Answer {
    who.clone()
        .with("content-type", "application/json")
        .ask(Method::PUT, paths::ME_COMFORT, serde_json::to_vec(comfort).unwrap().into())
        .await
}

#[tokio::test]
async fn what_is_chosen_is_found_on_every_device_and_is_nobody_elses() {
    let house = House::new().await;
    let maria = house.maria().await;
    assert!(maria.get(paths::ME).await.is(200).json::<Me>().comfort.is_default());
    let wanted = Comfort { text: TextSize::Larger, plain: true, ..Comfort::default() };
    assert_eq!(choose(&maria, &wanted).await.is(200).json::<Comfort>(), wanted);
    // On a shared computer too: it is the person's, not the device's.
    let elsewhere = house.signed_in("maria", Device::Shared).await;
    assert_eq!(elsewhere.get(paths::ME).await.is(200).json::<Me>().comfort, wanted);
    assert!(house.luca().await.get(paths::ME).await.is(200).json::<Me>().comfort.is_default());
    choose(&elsewhere, &Comfort::default()).await.is(200);
    assert!(maria.get(paths::ME).await.is(200).json::<Me>().comfort.is_default());
}

#[tokio::test]
async fn a_size_that_nobody_knows_is_refused_and_what_was_chosen_stays() {
    let house = House::new().await;
    let maria = house.maria().await;
    choose(&maria, &Comfort { calm: true, ..Comfort::default() }).await.is(200);
    let problem = choose(&maria, &serde_json::json!({ "text": "gigantic" })).await.is(422).problem();
    assert_eq!(problem.fields[0].field, "text");
    choose(&maria, &serde_json::json!({ "calm": "yes" })).await.is(422);
    assert!(maria.get(paths::ME).await.is(200).json::<Me>().comfort.calm);
}
