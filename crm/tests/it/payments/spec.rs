//! What the CRM asks of Checkout, and what the town's platform answers, against pagoPA's own OpenAPI documents.
use super::{FIRST, PLATFORM_KEY, Shop, meals, payment};
use crate::house::House;
use crate::people::file;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::routing::post;
use contract::paths;
use contract::payments::office::{FeePut, NewFee};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A document of pagoPA's; none where the folder is not: the tests say so.
fn document(name: &str) -> Option<Value> {
    let named = std::env::var_os("FILO_PAGOPA_SPECS").map(PathBuf::from);
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/reference/specs"));
    let path = named.unwrap_or(beside).join(name);
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("SKIPPED: FILO_PAGOPA_SPECS names no folder with {name}");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// What of a value breaks a schema, each by its place.
fn broken(document: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).unwrap();
        return broken(document, schema, value, at);
    }
    let mut found = Vec::new();
    let right = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !right {
        found.push(format!("{at} is no {}", schema["type"]));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value[name.as_str().unwrap()].is_null() {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    if let Some(known) = schema["enum"].as_array()
        && !known.contains(value)
    {
        found.push(format!("{at}: {value} is not among {known:?}"));
    }
    let length = value.as_str().map(|text| text.chars().count() as u64).or(value.as_array().map(|items| items.len() as u64));
    for (limits, is_most) in [(["maxLength", "maxItems"], true), (["minLength", "minItems"], false)] {
        for limit in limits.into_iter().filter_map(|name| schema[name].as_u64()) {
            if length.is_some_and(|length| if is_most { length > limit } else { length < limit }) {
                found.push(format!("{at}: {length:?} against {limit}"));
            }
        }
    }
    if schema["minimum"].as_i64().is_some_and(|least| value.as_i64().is_some_and(|number| number < least)) {
        found.push(format!("{at}: {value} is too small"));
    }
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if !value[name].is_null() {
            found.extend(broken(document, schema, &value[name], &format!("{at}.{name}")));
        }
    }
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(broken(document, &schema["items"], item, &format!("{at}.{index}")));
    }
    found
}

#[tokio::test]
async fn carts_are_as_checkout_wants_them() {
    let Some(spec) = document("pagopa-api_checkout_v1.json") else { return };
    let asked: Arc<Mutex<Vec<Value>>> = Arc::default();
    let checkout = Router::new()
        .route(
            "/checkout/ec/v1/carts",
            post(|State(asked): State<Arc<Mutex<Vec<Value>>>>, body: axum::body::Bytes| async move {
                asked.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
                (StatusCode::FOUND, [(header::LOCATION, "https://checkout.example/c/1")])
            }),
        )
        .with_state(Arc::clone(&asked));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, checkout).await });
    let house = House::with(&[("FILO_PAGOPA_URL", &url)]).await;
    house.bring(&file()).await;
    let long = NewFee { remittance: "è".repeat(140), amount: 1, ..meals("302000000000000184") };
    let mut fees = Vec::new();
    for (key, fee) in [("a", meals(FIRST)), ("b", long)] {
        fees.push(house.desk().create(paths::OFFICE_FEES, key, &fee).await.is(200).json::<FeePut>().id);
    }
    house.maria().await.create(paths::PAYMENTS, "k", &payment(&[(&fees[0], 6450), (&fees[1], 1)])).await.is(200);
    let cart = asked.lock().unwrap().pop().unwrap();
    assert_eq!(broken(&spec, &spec["components"]["schemas"]["CartRequest"], &cart, "cart"), Vec::<String>::new(), "{cart}");
    assert_eq!(
        (cart["paymentNotices"][0]["amount"].as_i64(), cart["paymentNotices"][1]["description"].as_str().unwrap().chars().count()),
        (Some(6450), 140)
    );
    assert!(cart["returnUrls"]["returnOkUrl"].as_str().unwrap().starts_with("http://filo.test/payments/returned/"));
    // The schema is really asked.
    let mut wrong = cart.clone();
    wrong["paymentNotices"][0]["noticeNumber"] = "1".into();
    assert_eq!(broken(&spec, &spec["components"]["schemas"]["CartRequest"], &wrong, "cart").len(), 1);
}

#[tokio::test]
async fn the_town_s_platform_answers_as_the_real_one() {
    let (Some(checkout), Some(options)) = (document("pagopa-api_checkout_v1.json"), document("pagopa-api_orgs_payment_options.json"))
    else {
        return;
    };
    let shop = Shop::open().await;
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let carts = format!("{}/pagopa/checkout/ec/v1/carts", shop.url);
    let example = checkout["paths"]["/carts"]["post"]["requestBody"]["content"]["application/json"]["example"].clone();
    assert_eq!(http.post(&carts).json(&example).send().await.unwrap().status().as_u16(), 401, "without a key");
    let ask = |body: Value| {
        let request = http.post(&carts).header("ocp-apim-subscription-key", PLATFORM_KEY).json(&body);
        async move { request.send().await.unwrap() }
    };
    let refused = ask(Value::Null).await;
    assert_eq!(refused.status().as_u16(), 400);
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(broken(&checkout, &checkout["components"]["schemas"]["ProblemJson"], &problem, "problem"), Vec::<String>::new());
    // pagoPA's own example, with addresses that are some and a flag that is one.
    let mut good = example;
    for name in ["returnOkUrl", "returnCancelUrl", "returnErrorUrl"] {
        good["returnUrls"][name] = format!("https://{}", good["returnUrls"][name].as_str().unwrap()).into();
    }
    good["allCCP"] = false.into();
    let made = ask(good).await;
    assert_eq!(made.status().as_u16(), 302);
    assert!(made.headers()["location"].to_str().unwrap().starts_with(&shop.url));
    let path = format!("{}/pagopa/payment-options/organizations/77777777777/notices/302012387654312384", shop.url);
    let found: Value = http.post(path).header("ocp-apim-subscription-key", PLATFORM_KEY).send().await.unwrap().json().await.unwrap();
    assert_eq!(broken(&options, &options["components"]["schemas"]["PaymentOptionsResponse"], &found, "options"), Vec::<String>::new());
    assert_eq!(found["paymentOptions"][0]["installments"][0]["amount"], 1000);
}
