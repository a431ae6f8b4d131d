//! Every operation of the OpenAPI document, asked as everybody who should not get in. One that is missing here fails.
mod delegates;
mod desk;
mod levels;
pub mod operations;
mod sent;

use crate::house::{House, OFFICE_TOKEN};
use crate::people::{Who, file};
use crate::reports::good;
use axum::http::Method;
use contract::cases::CaseSummary;
use contract::office::Scope;
use contract::replies::NewMessage;
use contract::session::{Device, Me};
use contract::{ProblemCode, paths};
use operations::{For, OPERATIONS, ask, things};
use std::collections::BTreeSet;

/// Rows that an operation could have changed.
async fn rows(house: &House) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in [
        "cases",
        "reports",
        "drafts",
        "steps",
        "attachments",
        "attachments WHERE received = 0",
        "answers",
        "ratings",
        "public_reports",
        "public_photos",
        "follows",
        "subscriptions",
        "notices",
        "questionnaires",
        "questionnaires WHERE opened_at IS NULL",
        "questionnaire_versions",
        "questionnaire_drafts",
        "questionnaire_answers",
        "questionnaire_ballots",
        "questionnaire_register",
        "fees",
        "fees WHERE state = 'due'",
        "fee_holders",
        "carts",
        "receipts",
        "proofs",
        "tips_off",
        "citizens WHERE tips_off = 1",
        "inbox WHERE archived_at IS NULL",
        "inbox WHERE read_at IS NULL",
        "helps",
        "consents",
        "disputes",
        "papers",
        "shown",
        "data_copies",
        "choices_said",
        "citizens WHERE left_at IS NOT NULL",
        "delegations",
        "delegations WHERE ended_at IS NULL",
        "sessions WHERE acts_for IS NOT NULL",
    ] {
        rows.push(house.count(table).await);
    }
    rows
}

/// Somebody, by what they are.
async fn intruders(house: &House) -> Vec<(&'static str, Who)> {
    let ended = house.signed_in("maria", Device::Shared).await;
    house.pass(700);
    vec![
        ("nobody", house.anyone()),
        ("a forged cookie", house.anyone().cookie(&"A".repeat(43))),
        ("an ended session", ended),
        ("a wrong token", house.anyone().bearer("token-of-the-task")),
    ]
}

#[tokio::test]
async fn every_operation_is_in_the_matrix_and_only_those() {
    let document: serde_json::Value = serde_json::from_str(&crm::openapi::document().unwrap()).unwrap();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        documented.extend(item.as_object().unwrap().keys().map(|method| format!("{method} {path}")));
    }
    let here: BTreeSet<String> = OPERATIONS.iter().map(|operation| operation.name.to_owned()).collect();
    assert_eq!(documented, here);
}

#[tokio::test]
async fn who_is_not_signed_in_gets_nothing_and_changes_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let intruders = intruders(&house).await;
    let before = rows(&house).await;
    for operation in OPERATIONS {
        for (who, intruder) in &intruders {
            let answer = ask(intruder, operation, &things).await;
            let expected = match operation.whose {
                For::Everybody | For::EverybodysImage | For::Anything => operation.good,
                For::SignedIn
                | For::Watching
                | For::Owner
                | For::OwnersDownload
                | For::Office(_)
                | For::Volunteer
                | For::Light
                | For::Platform => 401,
            };
            assert_eq!(answer.status.as_u16(), expected, "{} as {who}: {}", operation.name, answer.text());
        }
    }
    assert_eq!(rows(&house).await, before);
}

#[tokio::test]
async fn another_citizen_finds_nothing_of_maria_s() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        let luca = house.luca().await;
        let before = rows(&house).await;
        let answer = ask(&luca, operation, &things).await;
        let expected = match operation.whose {
            For::Owner | For::OwnersDownload => 404,
            For::Office(_) | For::Volunteer | For::Light | For::Platform => 401,
            For::Everybody | For::EverybodysImage | For::Anything | For::SignedIn | For::Watching => operation.good,
        };
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", operation.name, answer.text());
        for thing in [
            &things.case,
            &things.document,
            &things.attachment,
            &things.upload,
            &things.draft,
            &things.resolved,
            &things.repair,
            &things.street,
            &things.fee,
            "Maria",
            "Sara",
        ] {
            assert!(!answer.text().contains(thing), "{} shows {thing}", operation.name);
        }
        if expected >= 400 {
            assert_eq!(rows(&house).await, before, "{}", operation.name);
        }
    }
}

/// What a send-only credential may do on its person's own things, and nothing else.
const SENDS: [&str; 11] = [
    "post /api/v1/reports",
    "post /api/v1/cases/{id}/messages",
    "post /api/v1/cases/{id}/verdict",
    "post /api/v1/cases/{id}/reminder",
    "post /api/v1/cases/{id}/withdrawal",
    "post /api/v1/questionnaires/{id}/answers",
    "post /api/v1/uploads",
    "head /api/v1/uploads/{id}",
    "post /api/v1/uploads/{id}",
    "patch /api/v1/uploads/{id}",
    "get /api/v1/attachments/{id}/state",
];

#[tokio::test]
async fn a_send_only_credential_sends_and_reads_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        // Each time anew: logging out is one of them.
        let answer = ask(&house.sender().await, operation, &things).await;
        let expected = match operation.whose {
            For::Everybody | For::EverybodysImage | For::Anything => operation.good,
            _ if SENDS.contains(&operation.name) => operation.good,
            // It is known, and may not.
            _ if operation.name == "delete /api/v1/uploads/{id}" => 403,
            For::SignedIn
            | For::Watching
            | For::Owner
            | For::OwnersDownload
            | For::Office(_)
            | For::Volunteer
            | For::Light
            | For::Platform => 401,
        };
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", operation.name, answer.text());
        assert_eq!((answer.header("x-session-seconds-left"), answer.header("upload-metadata")), ("", ""), "{}", operation.name);
        if SENDS.contains(&operation.name)
            && answer.status.is_success()
            && operation.name.starts_with("post /api/v1/")
            && !answer.body.is_empty()
        {
            let told: serde_json::Map<String, serde_json::Value> = answer.json();
            assert_eq!(told.keys().collect::<Vec<_>>(), ["id", "number"], "{}", operation.name);
        }
        for private in ["Maria", "Rossi", "Sara", "Lampione", "a.jpg"] {
            assert!(!answer.text().contains(private), "{} shows {private}", operation.name);
        }
    }
    let luca = house.luca().await;
    let luca_s: CaseSummary = luca.create(paths::REPORTS, "k", &good()).await.is(201).json();
    house.sender().await.create(&paths::case_messages(&luca_s.id), "k", &NewMessage { text: "Ciao".into(), files: vec![] }).await.is(404);
}

#[tokio::test]
async fn whoever_is_taken_for_somebody_else_does_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let luca: Me = house.luca().await.get(paths::ME).await.is(200).json();
    let (maria, sender) = (house.maria().await, house.sender().await);
    let before = rows(&house).await;
    for operation in OPERATIONS.iter().filter(|operation| matches!(operation.whose, For::SignedIn | For::Watching | For::Owner)) {
        let mistaken = maria.clone().with("x-filo-person", luca.id.as_str());
        let answer = ask(&mistaken, operation, &things).await.is(409);
        if !operation.name.starts_with("head") {
            assert_eq!(answer.problem().code, ProblemCode::OtherPerson, "{}", operation.name);
        }
        if SENDS.contains(&operation.name) {
            ask(&sender.clone().with("x-filo-person", luca.id.as_str()), operation, &things).await.is(409);
        }
    }
    assert_eq!(rows(&house).await, before);
    let me: Me = maria.get(paths::ME).await.is(200).json();
    maria.with("x-filo-person", me.id.as_str()).create(paths::REPORTS, "k", &good()).await.is(201);
    sender.with("x-filo-person", me.id.as_str()).create(paths::REPORTS, "k2", &good()).await.is(201);
}

#[tokio::test]
async fn the_owner_and_the_desk_get_what_is_theirs() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        let who = match operation.whose {
            For::Office(_) => house.desk(),
            For::Volunteer => house.volunteer("elena").await,
            // The house has no platform.
            For::Platform => house.anyone(),
            _ => house.maria().await,
        };
        ask(&who, operation, &things).await.is(operation.good);
    }
}

#[tokio::test]
async fn what_another_site_may_have_forged_is_refused_and_changes_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let maria = house.maria().await;
    let before = rows(&house).await;
    for operation in OPERATIONS.iter().filter(|operation| !matches!(operation.whose, For::Anything | For::Office(_) | For::Platform)) {
        let foreign = maria.clone().with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
        let mut forged = vec![foreign.clone().without("x-filo"), maria.clone().without("x-filo").with("sec-fetch-site", "same-site")];
        if !matches!(operation.whose, For::OwnersDownload | For::Watching | For::EverybodysImage) {
            forged.push(maria.clone().without("x-filo"));
        }
        if !["get", "head", "options"].contains(&operation.name.split_once(' ').unwrap().0) {
            forged.extend([
                foreign,
                maria.clone().with("origin", "https://evil.example"),
                maria.clone().without("origin").without("sec-fetch-site"),
            ]);
        }
        for who in forged {
            let answer = ask(&who, operation, &things).await;
            assert_eq!(answer.status.as_u16(), 403, "{}: {}", operation.name, answer.text());
        }
    }
    assert_eq!(rows(&house).await, before);
    maria.get(paths::ME).await.is(200);
}

#[tokio::test]
async fn every_answer_of_the_api_is_kept_by_nobody_unless_it_is_for_everybody() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        for who in [house.anyone(), house.maria().await.without("x-filo"), house.maria().await] {
            let answer = ask(&who, operation, &things).await;
            let public = answer.status == 200
                && ["get /api/v1/dictionary", "get /api/v1/dictionary/payments", "get /api/v1/reports/form"].contains(&operation.name);
            let by_cookie = answer.headers.get_all("vary").iter().any(|vary| vary == "cookie");
            let expected = if public { (crm::web::PUBLIC, false) } else { ("no-store", true) };
            assert_eq!((answer.header("cache-control"), by_cookie), expected, "{}", operation.name);
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            if answer.status.is_client_error() && !operation.name.starts_with("head") {
                answer.problem();
            }
        }
    }
}

#[tokio::test]
async fn a_service_token_does_what_its_scopes_say_and_nothing_else() {
    let tokens = Scope::ALL.map(|scope| format!("{0}:only {0} and nothing else:{0}", scope.as_str())).join(",");
    let house = House::with(&[("FILO_OFFICE_TOKENS", &format!("desk:{OFFICE_TOKEN},{tokens}"))]).await;
    house.bring(&file()).await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        let For::Office(needed) = operation.whose else { continue };
        for scope in Scope::ALL.into_iter().filter(|scope| *scope != needed) {
            let before = rows(&house).await;
            let officer = house.anyone().bearer(&format!("only {} and nothing else", scope.as_str()));
            let problem = ask(&officer, operation, &things).await.is(403).problem();
            assert_eq!((problem.code, problem.fields.len()), (ProblemCode::Forbidden, 1), "{}", operation.name);
            assert_eq!(problem.fields[0].params["scope"], needed.as_str(), "{} with {}", operation.name, scope.as_str());
            assert_eq!(rows(&house).await, before, "{}", operation.name);
        }
        // As another system asks: without what a page of ours would send.
        let alone = house.anyone().without("x-filo").without("origin").without("sec-fetch-site");
        let officer = alone.bearer(&format!("only {} and nothing else", needed.as_str()));
        let answer = ask(&officer, operation, &things).await;
        assert_eq!(answer.status.as_u16(), operation.good, "{}: {}", operation.name, answer.text());
    }
}

#[tokio::test]
async fn a_method_an_operation_does_not_know_is_refused() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        let path = operation.name.split_once(' ').unwrap().1.replace("{id}", &things.case).replace("{document}", &things.document);
        for method in [Method::PUT, Method::PATCH, Method::TRACE] {
            let known = format!("{} {}", method.as_str().to_lowercase(), operation.name.split_once(' ').unwrap().1);
            if !OPERATIONS.iter().any(|operation| operation.name == known) {
                house.maria().await.ask(method, &path, axum::body::Body::empty()).await.is(405).problem();
            }
        }
    }
}
