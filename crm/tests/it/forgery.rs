//! What another site may have forged is refused, and has no effect.
use crate::house::House;
use crate::people::{Answer, Who};
use crate::reports::good;
use axum::http::Method;
use contract::{ProblemCode, paths};

/// Sends a good report with other headers.
async fn report(who: &Who) -> Answer {
    who.create(paths::REPORTS, "k", &good()).await
}

#[tokio::test]
async fn a_change_from_another_site_is_refused_and_nothing_happens() {
    let house = House::new().await;
    let maria = house.maria().await;
    let forged = [
        maria.clone().without("x-filo"),
        maria.clone().with("origin", "https://evil.example"),
        maria.clone().with("origin", "null"),
        maria.clone().with("origin", "http://filo.test:8080"),
        maria.clone().with("origin", "https://filo.test"),
        maria.clone().with("sec-fetch-site", "cross-site"),
        maria.clone().with("sec-fetch-site", "same-site"),
        maria.clone().with("sec-fetch-site", "none"),
        maria.clone().without("origin").without("sec-fetch-site"),
        maria.clone().without("origin").with("sec-fetch-site", "cross-site"),
    ];
    for who in forged {
        assert_eq!(report(&who).await.is(403).problem().code, ProblemCode::Forbidden);
    }
    assert_eq!((house.count("reports").await, house.count("answers").await), (0, 0));
    report(&maria.clone().without("origin")).await.is(201);
    report(&maria.without("sec-fetch-site")).await.is(201);
}

#[tokio::test]
async fn a_page_of_another_site_cannot_send_a_form_in_the_person_s_name() {
    let house = House::new().await;
    let form = house.maria().await.without("x-filo").with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
    for kind in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain", "application/json"] {
        for path in [paths::REPORTS, paths::ATTACHMENTS, paths::SESSION_LOGOUT, paths::SESSION_EXTEND, paths::SESSION_LOGIN] {
            form.clone().with("content-type", kind).ask(Method::POST, path, "a=b".into()).await.is(403);
        }
    }
    house.maria().await.get(paths::ME).await.is(200);
    assert_eq!(house.count("sessions").await, 2);
}

#[tokio::test]
async fn reading_needs_the_app_s_header_but_no_origin() {
    let house = House::new().await;
    let maria = house.maria().await.without("origin");
    for path in [paths::ME, paths::CASES] {
        maria.get(path).await.is(200);
        maria.clone().without("x-filo").get(path).await.is(403);
    }
    house.anyone().without("x-filo").get(paths::HEALTH).await.is(200);
}

#[tokio::test]
async fn a_cookie_that_is_forged_is_nobody() {
    let house = House::new().await;
    house.maria().await;
    for cookie in ["", "a", "../../etc/passwd", "' OR 1=1 --", &"A".repeat(43), &"A".repeat(20_000)] {
        assert_eq!(house.anyone().cookie(cookie).get(paths::ME).await.is(401).problem().code, ProblemCode::SignedOut);
    }
}

#[tokio::test]
async fn an_address_or_method_the_api_does_not_know_is_a_problem_not_a_page() {
    let house = House::new().await;
    for path in ["/api", "/api/v1", "/api/v1/nowhere", "/api/v2/me", "/api/v1/me/"] {
        let answer = house.anyone().with("accept", "text/html").with("sec-fetch-mode", "navigate").get(path).await.is(404);
        assert_eq!(answer.problem().code, ProblemCode::NotFound, "{path}");
    }
    let answer = house.anyone().post(paths::ME, &()).await.is(405);
    answer.problem();
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
}
