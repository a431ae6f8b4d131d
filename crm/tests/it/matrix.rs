//! Every operation of the OpenAPI document, asked as everybody who should not get in. One that is missing here fails.
use crate::attachments::picture;
use crate::house::{House, OFFICE_TOKEN};
use crate::people::{Answer, Who};
use crate::reports::good;
use crate::uploads::tus;
use axum::http::Method;
use contract::attachments::Attachment;
use contract::cases::{Case, CaseSummary};
use contract::dictionary::StateCode;
use contract::office::{Move, Publication};
use contract::public_reports::PublicReportDetails;
use contract::replies::{NewMessage, Rating, Verdict};
use contract::reports::NewReport;
use contract::session::{Device, LoginRequest, Scheme};
use contract::tracking::{AnonymousReport, TrackingQuery};
use contract::uploads::PIECE_MEDIA_TYPE;
use contract::{Page, paths};
use std::collections::BTreeSet;

/// Whom an operation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    /// Everybody, with the app's header.
    Everybody,
    /// Everybody, whatever their headers.
    Anything,
    /// The same, as an image of a page without the app's header.
    EverybodysImage,
    /// Who is signed in; what comes back is their own.
    SignedIn,
    /// The owner of what the path names; for others it does not exist.
    Owner,
    /// The same, as a download without the app's header.
    OwnersDownload,
    /// Who has a service token.
    Office,
}

/// An operation, whom it is for, and its answer when all is well.
struct Operation {
    name: &'static str,
    whose: For,
    good: u16,
}

const fn operation(name: &'static str, whose: For, good: u16) -> Operation {
    Operation { name, whose, good }
}

const OPERATIONS: &[Operation] = &[
    operation("get /api/v1/health", For::Anything, 200),
    operation("get /api/v1/session/callback", For::Anything, 303),
    operation("post /api/v1/session/login", For::Everybody, 503),
    operation("post /api/v1/session/logout", For::Everybody, 204),
    operation("get /api/v1/dictionary", For::Everybody, 200),
    operation("get /api/v1/reports/form", For::Everybody, 200),
    operation("get /api/v1/me", For::SignedIn, 200),
    operation("post /api/v1/session/extend", For::SignedIn, 200),
    operation("post /api/v1/session/vault", For::SignedIn, 200),
    operation("get /api/v1/cases", For::SignedIn, 200),
    operation("get /api/v1/cases/{id}", For::Owner, 200),
    operation("get /api/v1/cases/{id}/documents/{document}", For::OwnersDownload, 200),
    operation("get /api/v1/cases/{id}/receipt", For::OwnersDownload, 200),
    operation("post /api/v1/reports", For::SignedIn, 201),
    operation("post /api/v1/attachments", For::SignedIn, 201),
    operation("get /api/v1/attachments/{id}", For::OwnersDownload, 200),
    operation("get /api/v1/attachments/{id}/state", For::Owner, 200),
    operation("delete /api/v1/attachments/{id}", For::Owner, 204),
    operation("options /api/v1/uploads", For::Everybody, 204),
    operation("post /api/v1/uploads", For::SignedIn, 201),
    operation("head /api/v1/uploads/{id}", For::Owner, 200),
    operation("post /api/v1/uploads/{id}", For::Owner, 200),
    operation("patch /api/v1/uploads/{id}", For::Owner, 204),
    operation("delete /api/v1/uploads/{id}", For::Owner, 204),
    operation("post /api/v1/cases/{id}/messages", For::Owner, 201),
    operation("post /api/v1/cases/{id}/verdict", For::Owner, 201),
    operation("post /api/v1/cases/{id}/rating", For::Owner, 201),
    operation("post /api/v1/office/cases/{id}/attachments", For::Office, 201),
    operation("get /api/v1/office/cases/{id}/attachments/{attachment}", For::Office, 200),
    operation("get /api/v1/office/cases", For::Office, 200),
    operation("post /api/v1/office/cases/{id}/moves", For::Office, 200),
    operation("get /api/v1/office/cases/{id}", For::Office, 200),
    operation("get /api/v1/public/reports", For::Everybody, 200),
    operation("post /api/v1/public/reports", For::Everybody, 422),
    operation("post /api/v1/public/tracking", For::Everybody, 404),
    operation("get /api/v1/public/reports/points", For::Everybody, 200),
    operation("get /api/v1/public/reports/near", For::Everybody, 200),
    operation("get /api/v1/public/reports/{id}", For::Everybody, 200),
    operation("get /api/v1/public/photos/{id}", For::EverybodysImage, 200),
    operation("post /api/v1/public/reports/{id}/follow", For::SignedIn, 200),
    operation("delete /api/v1/public/reports/{id}/follow", For::SignedIn, 200),
    operation("get /api/v1/follows", For::SignedIn, 200),
    // Last: it takes the photo away again.
    operation("post /api/v1/office/cases/{id}/publication", For::Office, 200),
];

/// What Maria has.
struct Things {
    case: String,
    document: String,
    attachment: String,
    upload: String,
    street: String,
    report: String,
    photo: String,
    resolved: String,
    repair: String,
}

async fn things(maria: &Who) -> Things {
    let page: Page<CaseSummary> = maria.get("/api/v1/cases?q=sara%20asilo").await.is(200).json();
    let case: Case = maria.get(&paths::case(&page.items[0].id, "it")).await.is(200).json();
    let attachment: Attachment = maria.upload("things", "a.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let begun = tus(maria).with("upload-length", "100").ask(Method::POST, paths::UPLOADS, axum::body::Body::empty()).await.is(201);
    let upload = begun.header("location").rsplit('/').next().unwrap().to_owned();
    let (street, public) = public_report(maria).await;
    let (resolved, repair) = resolved(maria).await;
    Things {
        case: case.summary.id.0,
        document: case.documents[0].id.0.clone(),
        attachment: attachment.id.0,
        upload,
        street,
        resolved,
        repair,
        photo: public.report.photo.unwrap().0,
        report: public.report.id.0,
    }
}

/// A report of Maria's that everybody sees with its photo, and the case behind it.
async fn public_report(maria: &Who) -> (String, PublicReportDetails) {
    let photo: Attachment = maria.upload("public", "b.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let report = NewReport { photos: vec![photo.id.clone()], ..good() };
    let case: CaseSummary = maria.create(paths::REPORTS, "public", &report).await.is(201).json();
    let desk = maria.clone().without("cookie").bearer(OFFICE_TOKEN);
    let moved = Move { state: StateCode("registered".into()), note: String::new(), task: None, task_due_on: None, files: vec![] };
    desk.create(&paths::office_moves(&case.id), "public", &moved).await.is(200);
    let publication = Publication { photos: vec![photo.id], ..Publication::default() };
    let details = desk.create(&paths::office_publication(&case.id), "public", &publication).await.is(200).json();
    (case.id.0, details)
}

/// A report of Maria's that the office says is resolved, and the photo of the repair.
async fn resolved(maria: &Who) -> (String, String) {
    let case: CaseSummary = maria.create(paths::REPORTS, "resolved", &good()).await.is(201).json();
    let desk = maria.clone().without("cookie").bearer(OFFICE_TOKEN).with("idempotency-key", "repair");
    let photo = desk.ask(Method::POST, &paths::office_attachments(&case.id), picture(image::ImageFormat::Png).into()).await.is(201);
    let photo: Attachment = photo.json();
    let files = vec![photo.id.clone()];
    let moved = Move { state: StateCode("resolved".into()), note: String::new(), task: None, task_due_on: None, files };
    desk.create(&paths::office_moves(&case.id), "resolved", &moved).await.is(200);
    (case.id.0, photo.id.0)
}

/// Asks for an operation on Maria's things, as somebody.
async fn ask(who: &Who, operation: &Operation, things: &Things) -> Answer {
    let (method, pattern) = operation.name.split_once(' ').unwrap();
    let id = match pattern {
        paths::ATTACHMENT | paths::ATTACHMENT_STATE => &things.attachment,
        paths::UPLOAD => &things.upload,
        pattern if pattern.starts_with(paths::PUBLIC_REPORTS) => &things.report,
        paths::PUBLIC_PHOTO => &things.photo,
        paths::OFFICE_PUBLICATION => &things.street,
        paths::CASE_VERDICT | paths::OFFICE_ATTACHMENT => &things.resolved,
        _ => &things.case,
    };
    let pattern = if pattern == paths::PUBLIC_NEAR { "/api/v1/public/reports/near?category=roads&lat=43.77&lon=11.25" } else { pattern };
    let path = pattern.replace("{id}", id).replace("{document}", &things.document).replace("{attachment}", &things.repair);
    let media_type = if pattern == paths::UPLOAD { PIECE_MEDIA_TYPE } else { "application/json" };
    let who = who.clone().with("idempotency-key", "matrix-0123456789").with("content-type", media_type);
    let who = tus(&who).with("upload-length", "100").with("upload-offset", "0").with("x-http-method-override", "HEAD");
    let body = match operation.name {
        "post /api/v1/session/login" => {
            serde_json::to_vec(&LoginRequest { scheme: Scheme::Spid, device: Device::Mine, back_to: "/".into(), language: "it".into() })
                .unwrap()
        }
        "post /api/v1/reports" => serde_json::to_vec::<NewReport>(&good()).unwrap(),
        "patch /api/v1/uploads/{id}" => vec![7; 10],
        "post /api/v1/attachments" | "post /api/v1/office/cases/{id}/attachments" => picture(image::ImageFormat::Png),
        "post /api/v1/cases/{id}/messages" => serde_json::to_vec(&NewMessage { text: "Ciao".into(), files: vec![] }).unwrap(),
        "post /api/v1/cases/{id}/verdict" => serde_json::to_vec(&Verdict { resolved: true, ..Verdict::default() }).unwrap(),
        "post /api/v1/cases/{id}/rating" => serde_json::to_vec(&Rating { stars: 5, ..Rating::default() }).unwrap(),
        "post /api/v1/office/cases/{id}/moves" => {
            let moved = Move { state: StateCode("in_progress".into()), note: String::new(), task: None, task_due_on: None, files: vec![] };
            serde_json::to_vec(&moved).unwrap()
        }
        "post /api/v1/public/reports" => serde_json::to_vec(&AnonymousReport::default()).unwrap(),
        "post /api/v1/public/tracking" => serde_json::to_vec(&TrackingQuery { code: String::new() }).unwrap(),
        "post /api/v1/office/cases/{id}/publication" => serde_json::to_vec(&Publication::default()).unwrap(),
        _ => vec![],
    };
    who.ask(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &path, body.into()).await
}

/// Rows that an operation could have changed.
async fn rows(house: &House) -> Vec<i64> {
    let mut rows = Vec::new();
    for table in [
        "cases",
        "reports",
        "steps",
        "attachments",
        "attachments WHERE received = 0",
        "answers",
        "ratings",
        "public_reports",
        "public_photos",
        "follows",
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
                For::SignedIn | For::Owner | For::OwnersDownload | For::Office => 401,
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
            For::Office => 401,
            For::Everybody | For::EverybodysImage | For::Anything | For::SignedIn => operation.good,
        };
        assert_eq!(answer.status.as_u16(), expected, "{}: {}", operation.name, answer.text());
        for thing in [
            &things.case,
            &things.document,
            &things.attachment,
            &things.upload,
            &things.resolved,
            &things.repair,
            &things.street,
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

#[tokio::test]
async fn the_owner_and_the_desk_get_what_is_theirs() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    for operation in OPERATIONS {
        let who = if operation.whose == For::Office { house.desk() } else { house.maria().await };
        ask(&who, operation, &things).await.is(operation.good);
    }
}

#[tokio::test]
async fn what_another_site_may_have_forged_is_refused_and_changes_nothing() {
    let house = House::new().await;
    let things = things(&house.maria().await).await;
    let maria = house.maria().await;
    let before = rows(&house).await;
    for operation in OPERATIONS.iter().filter(|operation| !matches!(operation.whose, For::Anything | For::Office)) {
        let foreign = maria.clone().with("origin", "https://evil.example").with("sec-fetch-site", "cross-site");
        let mut forged = vec![foreign.clone().without("x-filo"), maria.clone().without("x-filo").with("sec-fetch-site", "same-site")];
        if !matches!(operation.whose, For::OwnersDownload | For::EverybodysImage) {
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
            let public = answer.status == 200 && ["get /api/v1/dictionary", "get /api/v1/reports/form"].contains(&operation.name);
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
