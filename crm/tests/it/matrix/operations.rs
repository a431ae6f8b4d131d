//! The operations of the OpenAPI document: whom each is for, and how it is asked on Maria's things.
use super::sent::sent;
use crate::attachments::picture;
use crate::house::OFFICE_TOKEN;
use crate::payments::meals;
use crate::people::{Answer, Who};
use crate::reports::good;
use crate::uploads::tus;
use axum::http::Method;
use contract::attachments::Attachment;
use contract::cases::{Case, CaseSummary};
use contract::dictionary::StateCode;
use contract::drafts::{DraftSummary, NewDraft};
use contract::inbox::Message;
use contract::office::{Move, Publication, Scope};
use contract::payments::office::FeePut;
use contract::public_reports::PublicReportDetails;
use contract::reports::NewReport;
use contract::subscriptions::{NewSubscription, Subscription};
use contract::uploads::PIECE_MEDIA_TYPE;
use contract::{Page, paths};

/// Whom an operation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum For {
    /// Everybody, with the app's header.
    Everybody,
    /// Everybody, whatever their headers.
    Anything,
    /// The same, as an image of a page without the app's header.
    EverybodysImage,
    /// Who is signed in; what comes back is their own.
    SignedIn,
    /// The same, also without the app's header, which a browser does not send there.
    Watching,
    /// The owner of what the path names; for others it does not exist.
    Owner,
    /// The same, as a download without the app's header.
    OwnersDownload,
    /// Who has a service token with this scope.
    Office(Scope),
    /// Volunteers of the help desk.
    Volunteer,
    /// Who is in by a code that was sent to an address.
    Light,
    /// The payment platform, by its token.
    Platform,
}

/// An operation, whom it is for, and its answer when all is well.
pub struct Operation {
    pub name: &'static str,
    pub whose: For,
    pub good: u16,
}

const fn operation(name: &'static str, whose: For, good: u16) -> Operation {
    Operation { name, whose, good }
}

pub const OPERATIONS: &[Operation] = &[
    operation("get /api/v1/health", For::Anything, 200),
    operation("get /api/v1/session/callback", For::Anything, 303),
    operation("post /api/v1/session/login", For::Everybody, 503),
    operation("post /api/v1/session/logout", For::Everybody, 204),
    // The house writes no letters.
    operation("post /api/v1/light/codes", For::Everybody, 404),
    operation("post /api/v1/light/session", For::Everybody, 404),
    operation("delete /api/v1/light/session", For::Everybody, 204),
    operation("get /api/v1/light/reports", For::Light, 401),
    operation("get /api/v1/help_desk", For::Everybody, 200),
    operation("post /api/v1/help_desk/login", For::Everybody, 503),
    operation("post /api/v1/help_desk/logout", For::Everybody, 204),
    operation("post /api/v1/help_desk/consents", For::Volunteer, 201),
    // There is none of these.
    operation("post /api/v1/help_desk/consents/{id}/begin", For::Volunteer, 404),
    operation("post /api/v1/help_desk/confirmations/{id}", For::Volunteer, 404),
    operation("post /api/v1/help_desk/unlock", For::Volunteer, 404),
    operation("post /api/v1/help_desk/finish", For::Volunteer, 404),
    operation("post /api/v1/help_desk/checked", For::Volunteer, 204),
    operation("post /api/v1/me/consents/look", For::SignedIn, 404),
    operation("post /api/v1/me/consents/answer", For::SignedIn, 404),
    operation("get /api/v1/me/help", For::SignedIn, 200),
    operation("delete /api/v1/me/help", For::SignedIn, 204),
    // Nobody is helped, and there is no such paper.
    operation("put /api/v1/me/help/shown", For::SignedIn, 404),
    operation("post /api/v1/me/help/shown", For::SignedIn, 404),
    operation("post /api/v1/me/papers", For::SignedIn, 404),
    operation("get /api/v1/me/delegations", For::SignedIn, 200),
    operation("post /api/v1/me/delegations", For::SignedIn, 201),
    // There is no such code, and no such delegation.
    operation("post /api/v1/me/delegations/look", For::SignedIn, 404),
    operation("post /api/v1/me/delegations/accept", For::SignedIn, 404),
    operation("delete /api/v1/me/delegations/{id}", For::Owner, 404),
    // Nobody acts for anybody.
    operation("get /api/v1/me/acting", For::SignedIn, 404),
    operation("post /api/v1/me/acting", For::SignedIn, 404),
    operation("delete /api/v1/me/acting", For::SignedIn, 204),
    operation("get /api/v1/me/sessions", For::SignedIn, 200),
    operation("delete /api/v1/me/sessions", For::SignedIn, 204),
    // There is no such session.
    operation("delete /api/v1/me/sessions/{id}", For::Owner, 404),
    operation("get /api/v1/me/data/copies", For::SignedIn, 200),
    operation("post /api/v1/me/data/copies", For::SignedIn, 202),
    // There is no such copy.
    operation("get /api/v1/me/data/copies/{id}/file", For::OwnersDownload, 404),
    operation("get /api/v1/me/data/choices", For::SignedIn, 200),
    operation("delete /api/v1/me/data/choices/{subject}", For::SignedIn, 200),
    operation("get /api/v1/me/data/deletion", For::SignedIn, 200),
    // It is not the plan that was read.
    operation("post /api/v1/me/data/deletion", For::SignedIn, 409),
    operation("get /api/v1/me/access_log", For::SignedIn, 200),
    operation("post /api/v1/me/access_log/{id}/dispute", For::Owner, 404),
    operation("get /api/v1/dictionary", For::Everybody, 200),
    operation("get /api/v1/reports/form", For::Everybody, 200),
    operation("get /api/v1/me", For::SignedIn, 200),
    operation("post /api/v1/session/extend", For::SignedIn, 200),
    operation("post /api/v1/session/vault", For::SignedIn, 200),
    operation("get /api/v1/me/channels", For::SignedIn, 200),
    operation("put /api/v1/me/channels", For::SignedIn, 200),
    // The house has no channel to test.
    operation("post /api/v1/me/channels/tests", For::SignedIn, 409),
    operation("get /api/v1/me/deliveries", For::SignedIn, 200),
    // Nor a push service.
    operation("post /api/v1/me/devices", For::SignedIn, 404),
    operation("delete /api/v1/me/devices/{id}", For::Owner, 404),
    operation("get /api/v1/cases", For::SignedIn, 200),
    operation("get /api/v1/cases/{id}", For::Owner, 200),
    operation("get /api/v1/cases/{id}/documents/{document}", For::OwnersDownload, 200),
    operation("get /api/v1/cases/{id}/receipt", For::OwnersDownload, 200),
    operation("get /api/v1/cases/{id}/calendar", For::OwnersDownload, 200),
    operation("get /api/v1/story", For::SignedIn, 200),
    operation("get /api/v1/inbox", For::SignedIn, 200),
    operation("get /api/v1/inbox/count", For::SignedIn, 200),
    operation("post /api/v1/inbox/read", For::SignedIn, 200),
    operation("post /api/v1/inbox/{id}", For::Owner, 200),
    operation("get /api/v1/events", For::Watching, 200),
    operation("post /api/v1/reports", For::SignedIn, 201),
    operation("get /api/v1/drafts", For::SignedIn, 200),
    operation("get /api/v1/drafts/{id}", For::Owner, 200),
    operation("put /api/v1/drafts/{id}", For::SignedIn, 201),
    operation("delete /api/v1/drafts/{id}", For::SignedIn, 204),
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
    // Nothing is late.
    operation("post /api/v1/cases/{id}/reminder", For::Owner, 409),
    operation("post /api/v1/cases/{id}/tracking", For::Owner, 201),
    operation("post /api/v1/cases/{id}/rating", For::Owner, 201),
    operation("post /api/v1/office/cases/{id}/attachments", For::Office(Scope::Files), 201),
    operation("get /api/v1/office/cases/{id}/attachments/{attachment}", For::Office(Scope::Files), 200),
    operation("get /api/v1/office/cases", For::Office(Scope::CasesRead), 200),
    operation("post /api/v1/office/cases/{id}/moves", For::Office(Scope::CasesWrite), 200),
    operation("post /api/v1/office/notices", For::Office(Scope::Notices), 200),
    operation("get /api/v1/office/undelivered", For::Office(Scope::Outbox), 200),
    operation("get /api/v1/office/letters", For::Office(Scope::Outbox), 200),
    // There is none.
    operation("get /api/v1/office/letters/{id}", For::Office(Scope::Outbox), 404),
    operation("post /api/v1/office/letters/{id}/posted", For::Office(Scope::Outbox), 404),
    // There is nothing to try again.
    operation("post /api/v1/office/undelivered/{id}/retry", For::Office(Scope::Outbox), 404),
    operation("get /api/v1/office/cases/{id}", For::Office(Scope::CasesRead), 200),
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
    operation("put /api/v1/me/comfort", For::SignedIn, 200),
    operation("get /api/v1/subscriptions", For::SignedIn, 200),
    operation("post /api/v1/subscriptions", For::SignedIn, 200),
    operation("delete /api/v1/subscriptions/{id}", For::Owner, 204),
    operation("get /api/v1/questionnaires", For::SignedIn, 200),
    operation("get /api/v1/questionnaires/{id}", For::SignedIn, 200),
    operation("put /api/v1/questionnaires/{id}/draft", For::SignedIn, 200),
    operation("post /api/v1/questionnaires/{id}/answers", For::SignedIn, 201),
    // It is not anonymous.
    operation("post /api/v1/questionnaires/{id}/token", For::SignedIn, 409),
    operation("post /api/v1/public/questionnaires/{id}/ballots", For::Everybody, 409),
    operation("post /api/v1/public/questionnaires/{id}/ballot", For::Everybody, 404),
    // Nothing came of it yet.
    operation("post /api/v1/public/questionnaires/preview", For::Everybody, 404),
    operation("get /api/v1/public/questionnaires/{id}/results", For::Everybody, 404),
    operation("get /api/v1/office/questionnaires", For::Office(Scope::Questionnaires), 200),
    operation("post /api/v1/office/questionnaires", For::Office(Scope::Questionnaires), 201),
    // It is open.
    operation("post /api/v1/office/questionnaires/{id}/moves", For::Office(Scope::Questionnaires), 409),
    operation("post /api/v1/office/questionnaires/{id}/results", For::Office(Scope::Questionnaires), 409),
    operation("get /api/v1/office/questionnaires/{id}/answers", For::Office(Scope::Questionnaires), 200),
    operation("get /api/v1/office/questionnaires/{id}/files/{attachment}", For::Office(Scope::Questionnaires), 404),
    operation("get /api/v1/dictionary/payments", For::Everybody, 200),
    operation("get /api/v1/payments", For::SignedIn, 200),
    // The house has no payment platform.
    operation("post /api/v1/payments", For::SignedIn, 503),
    operation("get /api/v1/payments/fees/{id}", For::Owner, 200),
    operation("get /api/v1/payments/fees/{id}/calendar", For::OwnersDownload, 200),
    // It is not paid.
    operation("get /api/v1/payments/fees/{id}/receipt", For::OwnersDownload, 404),
    operation("post /api/v1/payments/fees/{id}/proofs", For::Owner, 201),
    // Nobody is on the way back.
    operation("post /api/v1/payments/carts/{id}/returned", For::Owner, 404),
    operation("post /api/v1/payments/notices", For::SignedIn, 422),
    operation("post /api/v1/office/fees", For::Office(Scope::Payments), 200),
    operation("get /api/v1/office/payments", For::Office(Scope::Payments), 200),
    operation("post /api/v1/office/fees/{id}/release", For::Office(Scope::Payments), 200),
    operation("post /api/v1/platform/receipts", For::Platform, 401),
    operation("get /api/v1/me/tasks", For::SignedIn, 200),
    operation("get /api/v1/me/tips", For::SignedIn, 200),
    operation("post /api/v1/me/tips/{key}/off", For::SignedIn, 204),
    operation("post /api/v1/me/tips/{key}/on", For::SignedIn, 204),
    operation("post /api/v1/me/tips/off", For::SignedIn, 204),
    operation("post /api/v1/me/tips/on", For::SignedIn, 204),
    // Behind everything that needs an open case.
    operation("post /api/v1/cases/{id}/withdrawal", For::Owner, 201),
    // The fee is paid from then on.
    operation("get /api/v1/office/fees/{id}/proofs/{attachment}", For::Office(Scope::Payments), 404),
    operation("post /api/v1/office/fees/{id}/receipt", For::Office(Scope::Payments), 200),
    // Last: it takes the photo away again.
    operation("post /api/v1/office/cases/{id}/publication", For::Office(Scope::Publication), 200),
];

/// What Maria has.
pub struct Things {
    pub case: String,
    pub document: String,
    pub attachment: String,
    pub upload: String,
    pub street: String,
    pub report: String,
    pub photo: String,
    pub resolved: String,
    pub repair: String,
    pub draft: String,
    pub message: String,
    pub subscription: String,
    pub questionnaire: String,
    pub fee: String,
}

/// Gives Maria her things.
pub async fn things(maria: &Who) -> Things {
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
        questionnaire: crate::questionnaires::open(&desk(maria), &crate::questionnaires::named("matrix")).await.0,
        draft: draft(maria).await,
        message: maria.get(paths::INBOX).await.is(200).json::<Page<Message>>().items[0].id.0.clone(),
        subscription: maria.post(paths::SUBSCRIPTIONS, &subscription()).await.is(200).json::<Subscription>().id.0,
        fee: fee(maria).await,
        photo: public.report.photo.unwrap().0,
        report: public.report.id.0,
    }
}

/// The desk's tool.
fn desk(maria: &Who) -> Who {
    maria.clone().without("cookie").bearer(OFFICE_TOKEN)
}

/// A street to follow.
pub fn subscription() -> NewSubscription {
    NewSubscription { street: "Via Romana".into(), ..NewSubscription::default() }
}

/// A fee of Maria's.
async fn fee(maria: &Who) -> String {
    let desk = maria.clone().without("cookie").bearer(OFFICE_TOKEN);
    desk.create(paths::OFFICE_FEES, "things", &meals("302000000000000184")).await.is(200).json::<FeePut>().id.0
}

/// A draft of Maria's.
async fn draft(maria: &Who) -> String {
    let draft = serde_json::to_vec(&NewDraft { report: good(), ..NewDraft::default() }).unwrap();
    let maria = maria.clone().with("content-type", "application/json");
    maria.ask(Method::PUT, "/api/v1/drafts/draft-of-maria", draft.into()).await.is(201).json::<DraftSummary>().id.0
}

/// A report of Maria's that everybody sees with its photo, and the case behind it.
async fn public_report(maria: &Who) -> (String, PublicReportDetails) {
    let photo: Attachment = maria.upload("public", "b.jpg", &picture(image::ImageFormat::Jpeg)).await.is(201).json();
    let report = NewReport { photos: vec![photo.id.clone()], ..good() };
    let case: CaseSummary = maria.create(paths::REPORTS, "public", &report).await.is(201).json();
    let desk = maria.clone().without("cookie").bearer(OFFICE_TOKEN);
    let moved =
        Move { state: StateCode("registered".into()), note: String::new(), task: None, task_due_on: None, channel: None, files: vec![] };
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
    let moved = Move { state: StateCode("resolved".into()), note: String::new(), task: None, task_due_on: None, channel: None, files };
    desk.create(&paths::office_moves(&case.id), "resolved", &moved).await.is(200);
    (case.id.0, photo.id.0)
}

/// Asks for an operation on Maria's things, as somebody.
pub async fn ask(who: &Who, operation: &Operation, things: &Things) -> Answer {
    let (method, pattern) = operation.name.split_once(' ').unwrap();
    let id: &str = match pattern {
        paths::ATTACHMENT | paths::ATTACHMENT_STATE => &things.attachment,
        paths::UPLOAD => &things.upload,
        // A new one is begun under a free identifier.
        paths::DRAFT if method == "put" => "0193a7c0-0000-7000-8000-000000000001",
        paths::DRAFT => &things.draft,
        paths::MESSAGE => &things.message,
        pattern if pattern.starts_with("/api/v1/payments/fees/") || pattern.starts_with("/api/v1/office/fees/") => &things.fee,
        paths::SUBSCRIPTION => &things.subscription,
        pattern if pattern.contains("/questionnaires") => &things.questionnaire,
        pattern if pattern.starts_with(paths::PUBLIC_REPORTS) => &things.report,
        paths::PUBLIC_PHOTO => &things.photo,
        paths::OFFICE_PUBLICATION | paths::CASE_TRACKING => &things.street,
        paths::CASE_VERDICT | paths::OFFICE_ATTACHMENT => &things.resolved,
        paths::MY_LOG_DISPUTE => "999999",
        _ => &things.case,
    };
    let pattern = if pattern == paths::PUBLIC_NEAR { "/api/v1/public/reports/near?category=roads&lat=43.77&lon=11.25" } else { pattern };
    let path = pattern
        .replace("{id}", id)
        .replace("{document}", &things.document)
        .replace("{attachment}", &things.repair)
        .replace("{key}", "parking-ends")
        .replace("{subject}", "tips");
    let media_type = if pattern == paths::UPLOAD { PIECE_MEDIA_TYPE } else { "application/json" };
    let who = who.clone().with("idempotency-key", "matrix-0123456789").with("content-type", media_type);
    let who = tus(&who).with("upload-length", "100").with("upload-offset", "0").with("x-http-method-override", "HEAD");
    let body = sent(operation.name, things);
    who.ask(Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(), &path, body.into()).await
}
