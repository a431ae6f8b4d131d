//! Photos with a request of Open311: by address, or in a form of parts.
use super::{GOOD, KEY, case_of, house, post, program, value, with, without};
use crate::attachments::picture;
use crate::house::House;
use crate::people::{Answer, Who};
use axum::http::Method;
use contract::cases::Case;
use contract::paths;
use serde_json::Value;

#[tokio::test]
async fn a_photo_elsewhere_stands_in_the_description_as_its_address() {
    let house = house().await;
    let made = value(&post(&house, &with("media_url", "https://photos.example/1.jpg")).await.is(201));
    let case = case_of(&house, made[0]["service_request_id"].as_str().unwrap()).await;
    let whole: Case = house.desk().get(&paths::OFFICE_CASE.replace("{id}", case.as_str())).await.is(200).json();
    assert_eq!(whole.report.unwrap().details, "Il lampione <è> spento & freddo.\nhttps://photos.example/1.jpg");
    for wrong in ["photos.example/1.jpg", "javascript:alert(1)", "https://a b", &format!("https://{}", "a".repeat(1000))] {
        assert!(post(&house, &with("media_url", wrong)).await.is(400).text().contains("media_url is no address"), "{wrong}");
    }
}

const PATH: &str = "/open311/v2/requests.json";

/// A request in parts: fields, then photos by name. The api_key is a field.
async fn post_parts(who: &Who, pairs: &[(&str, &str)], media: &[(&str, &[u8])]) -> Answer {
    post_parts_to(PATH, who, pairs, media).await
}

async fn post_parts_to(path: &str, who: &Who, pairs: &[(&str, &str)], media: &[(&str, &[u8])]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(format!("--b0undary\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, bytes) in media {
        let head = format!("--b0undary\r\ncontent-disposition: form-data; name=\"media\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--b0undary--\r\n");
    let who = who.clone().with("content-type", "multipart/form-data; boundary=b0undary");
    who.ask(Method::POST, path, body.into()).await
}

#[tokio::test]
async fn photos_come_with_a_request_in_parts_and_are_checked_like_everybody_s() {
    let house = house().await;
    let (photo, other) = (picture(image::ImageFormat::Png), picture(image::ImageFormat::Jpeg));
    let client = program(&house).with("idempotency-key", "their-own-1");
    let (mut made, before) = (Vec::new(), house.files());
    for _ in 0..2 {
        made.push(post_parts(&client, &GOOD, &[("../a.png", &photo), ("b.jpg", &other), ("", b"")]).await.is(201).text());
    }
    assert_eq!((&made[0], house.count("open311_received").await, house.files() - before), (&made[1], 1, 4));
    let number = serde_json::from_str::<Value>(&made[0]).unwrap()[0]["service_request_id"].as_str().unwrap().to_owned();
    let case = case_of(&house, &number).await;
    let whole: Case = house.desk().get(&paths::OFFICE_CASE.replace("{id}", case.as_str())).await.is(200).json();
    let photos = whole.report.unwrap().photos;
    assert_eq!(
        photos.iter().map(|photo| (photo.name.as_str(), photo.media_type.as_str())).collect::<Vec<_>>(),
        [("a.jpg", "image/jpeg"), ("b.jpg", "image/jpeg")]
    );
    // The same key with another photo is another request.
    assert!(post_parts(&client, &GOOD, &[("a.png", &other)]).await.is(400).text().contains("Idempotency-Key"));
}

#[tokio::test]
async fn a_request_in_parts_that_is_not_right_leaves_nothing_behind() {
    let house = house().await;
    let before = house.files();
    let photo = picture(image::ImageFormat::Png);
    let client = program(&house);
    let pdf = b"%PDF-1.4\n1 0 obj\n<< >>\nendobj\nstartxref\n0\n%%EOF\n";
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let large = vec![0xFF; usize::try_from(contract::attachments::BYTES_MAX).unwrap() + 1];
    let six: Vec<(&str, &[u8])> = (0..6).map(|_| ("a.png", photo.as_slice())).collect();
    for (pairs, media, status, said) in [
        (without("api_key"), vec![("a.png", photo.as_slice())], 403, "a known api_key must come before media"),
        (with("api_key", "guessed"), vec![("a.png", photo.as_slice())], 403, "a known api_key must come before media"),
        (GOOD.to_vec(), vec![("a.png", photo.as_slice()), ("a.svg", svg.as_slice())], 400, "media: file type"),
        (GOOD.to_vec(), vec![("a.pdf", pdf.as_slice())], 400, "media: a photo is wanted"),
        (GOOD.to_vec(), vec![("a.jpg", large.as_slice())], 413, "the request is too large"),
        (GOOD.to_vec(), six, 400, "at most 5 photos"),
        (with("description", &"a".repeat(70_000)), vec![], 413, "description is too large"),
        (without("service_code"), vec![("a.png", photo.as_slice())], 400, "service_code was not provided"),
    ] {
        let answer = post_parts(&client, &pairs, &media).await.is(status);
        assert!(value(&answer)[0]["description"].as_str().unwrap().contains(said), "{said}: {}", answer.text());
    }
    let answer = post_parts_to(&format!("{PATH}?api_key={KEY}"), &client, &GOOD, &[("a.jpg", &large)]).await.is(413);
    assert!(answer.text().contains("media is too large"), "{}", answer.text());
    let cut = client.clone().with("content-type", "multipart/form-data; boundary=b0undary");
    let part = "--b0undary\r\ncontent-disposition: form-data; name=\"api_key\"\r\n\r\nkey-of";
    value(&cut.ask(Method::POST, "/open311/v2/requests.json", part.into()).await.is(400));
    value(
        &client
            .clone()
            .with("content-type", "multipart/form-data")
            .ask(Method::POST, "/open311/v2/requests.json", part.into())
            .await
            .is(400),
    );
    value(&client.with("content-type", "application/json").ask(Method::POST, "/open311/v2/requests.json", "{}".into()).await.is(415));
    assert_eq!((house.count("open311_received").await, house.count("attachments").await, house.files()), (0, 0, before));
}

#[tokio::test]
async fn only_a_key_in_the_address_makes_room_for_photos_and_names_count_as_fields() {
    let house = house().await;
    let client = program(&house);
    let mut photo = picture(image::ImageFormat::Jpeg);
    // What comes after a picture's end is left out when it is written anew.
    photo.resize(200 * 1024, 0);
    let keyless = without("api_key");
    for (path, pairs, status, said) in [
        (PATH.to_owned(), GOOD.to_vec(), 413, "a known api_key stands in the address"),
        (format!("{PATH}?api_key=guessed"), GOOD.to_vec(), 413, "a known api_key stands in the address"),
        (format!("{PATH}?api_key={KEY}"), keyless.clone(), 201, "service_request_id"),
    ] {
        let answer = post_parts_to(&path, &client, &pairs, &[("a.jpg", &photo)]).await.is(status);
        assert!(answer.text().contains(said), "{path}: {}", answer.text());
    }
    let long = "n".repeat(70_000);
    let name_too_long = [(long.as_str(), "")];
    let many: Vec<(&str, &str)> = (0..70_000).map(|_| ("", "")).collect();
    for pairs in [name_too_long.as_slice(), many.as_slice()] {
        let answer = post_parts_to(&format!("{PATH}?api_key={KEY}"), &client, pairs, &[]).await.is(413);
        assert!(answer.text().contains("too many fields"), "{}", answer.text());
    }
    assert_eq!(house.count("open311_received").await, 1);
}

#[tokio::test]
async fn who_sends_too_much_is_told_so_before_anything_is_read() {
    let house = House::with(&[("FILO_ANONYMOUS_PER_MINUTE", "2")]).await;
    let client = program(&house).with("content-type", "text/plain");
    for status in [415, 415, 429] {
        client.ask(Method::POST, PATH, "x".into()).await.is(status);
    }
}
