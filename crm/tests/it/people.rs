//! Who asks is a value: a cookie or none, the headers of the app or of somebody who forges them.
use crate::house::{ISSUER, PUBLIC_URL};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use contract::cases::{Channel, Office, Protocol, TaskKind};
use contract::dictionary::{KindCode, StateCode};
use contract::import::{ImportCase, ImportCitizen, ImportDocument, ImportFile, ImportOffice, ImportStep};
use contract::{Date, Problem, UtcTime};
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

/// Somebody who asks.
#[derive(Clone)]
pub struct Who {
    app: Router,
    headers: Vec<(String, String)>,
}

impl Who {
    /// The app's own headers, nobody signed in.
    pub fn new(app: &Router) -> Self {
        let headers = [("x-filo", "1"), ("origin", PUBLIC_URL), ("sec-fetch-site", "same-origin")];
        Self { app: app.clone(), headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into() }
    }

    pub fn cookie(self, secret: &str) -> Self {
        self.with("cookie", &format!("{}={secret}", crm::session::COOKIE))
    }

    pub fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// With another value of a header.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A header as it is sent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value)
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(header, _)| header != name);
        self
    }

    /// The same person after the CRM has been started again.
    pub fn at(mut self, app: &Router) -> Self {
        self.app = app.clone();
        self
    }

    /// The answer as it comes, its body still to be read.
    pub async fn response(&self, method: Method, path: &str, body: Body) -> axum::response::Response {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.app.clone().oneshot(request.body(body).unwrap()).await.unwrap()
    }

    pub async fn ask(&self, method: Method, path: &str, body: Body) -> Answer {
        let (parts, body) = self.response(method, path, body).await.into_parts();
        // A live line has no end.
        let is_line = parts.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
        let body = if is_line { Body::empty() } else { body };
        Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes().to_vec() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        self.clone().with("content-type", "application/json").ask(Method::POST, path, serde_json::to_vec(body).unwrap().into()).await
    }

    /// POST with an Idempotency-Key.
    pub async fn create(&self, path: &str, key: &str, body: &impl Serialize) -> Answer {
        self.clone().with("idempotency-key", key).post(path, body).await
    }

    /// Sends a file.
    pub async fn upload(&self, key: &str, name: &str, bytes: &[u8]) -> Answer {
        use base64::Engine;
        let name = format!("filename {}", base64::prelude::BASE64_STANDARD.encode(name));
        let who = self.clone().with("idempotency-key", key).with("upload-metadata", &name).with("content-type", "application/octet-stream");
        who.ask(Method::POST, contract::paths::ATTACHMENTS, bytes.to_vec().into()).await
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.header("content-type"), "application/json", "{}", self.text());
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text());
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        problem
    }

    /// The fields at fault and the rules they break: `title:required`.
    pub fn faults(&self) -> Vec<String> {
        let rule = |rule| serde_json::to_value(rule).unwrap().as_str().unwrap().to_owned();
        self.problem().fields.iter().map(|fault| format!("{}:{}", fault.field, rule(fault.code))).collect()
    }
}

/// Maria with three cases, Luca with one, Zoë from abroad with none.
pub fn file() -> ImportFile {
    ImportFile {
        offices: vec![office("school", "Ufficio Scuola e Città"), office("streets", "Ufficio Strade")],
        citizens: vec![citizen("maria", "Maria", Some("RSSMRA70A41H501W")), citizen("luca", "Luca", None), citizen("zoe", "Zoë", None)],
        cases: vec![
            nursery("nursery", "maria"),
            closed("parking", "maria"),
            waiting("bus", "maria"),
            ImportCase { title: "Asilo di Pietro".into(), subject: Some("Pietro".into()), ..nursery("nursery-luca", "luca") },
        ],
        fees: vec![],
    }
}

fn office(key: &str, name: &str) -> ImportOffice {
    let office = Office {
        name: name.into(),
        address: "Piazza 1".into(),
        hours: "lun-ven 9-13".into(),
        phone: "+39055000".into(),
        email: "ufficio@example.org".into(),
    };
    ImportOffice { key: key.into(), office }
}

fn citizen(subject: &str, given_name: &str, fiscal_code: Option<&str>) -> ImportCitizen {
    ImportCitizen {
        issuer: ISSUER.into(),
        subject: subject.into(),
        given_name: given_name.into(),
        family_name: "Rossi".into(),
        fiscal_code: fiscal_code.map(Into::into),
        email: None,
        phone: None,
    }
}

pub fn step(state: &str, at: &str, by_citizen: bool) -> ImportStep {
    let channel = if by_citizen { Channel::App } else { Channel::Office };
    ImportStep {
        state: StateCode(state.into()),
        at: Some(UtcTime(at.into())),
        expected_on: None,
        note: String::new(),
        by_citizen,
        channel,
        told: false,
    }
}

fn expected(state: &str, day: &str) -> ImportStep {
    ImportStep { at: None, expected_on: Some(Date(day.into())), ..step(state, "", false) }
}

fn nursery(key: &str, citizen: &str) -> ImportCase {
    ImportCase {
        key: key.into(),
        citizen: citizen.into(),
        kind: KindCode("nursery_enrolment".into()),
        title: "Asilo di Sara".into(),
        subject: Some("Sara".into()),
        description: "Un posto da settembre.".into(),
        office: "school".into(),
        protocol: Some(Protocol { number: "0184532/2026".into(), registered_on: Date("2026-11-03".into()) }),
        legal_days: None,
        due_on: Some(Date("2027-01-30".into())),
        task: None,
        task_due_on: None,
        steps: vec![
            step("submitted", "2026-11-01T08:00:00Z", true),
            step("registered", "2026-11-03T08:00:00+01:00", false),
            expected("in_progress", "2026-12-01"),
            expected("accepted", "2027-01-30"),
        ],
        documents: vec![ImportDocument {
            name: "Avvio del procedimento".into(),
            added_at: UtcTime("2026-11-03T08:00:00Z".into()),
            paragraphs: vec!["Gentile Maria,".into(), "abbiamo ricevuto la domanda.".into()],
        }],
        report: None,
    }
}

fn closed(key: &str, citizen: &str) -> ImportCase {
    ImportCase {
        kind: KindCode("resident_parking".into()),
        title: "Permesso di sosta".into(),
        subject: Some("targa AB 123 CD".into()),
        protocol: None,
        steps: vec![step("submitted", "2026-03-01T08:00:00Z", true), step("accepted", "2026-03-20T08:00:00Z", false)],
        documents: vec![],
        ..nursery(key, citizen)
    }
}

pub fn waiting(key: &str, citizen: &str) -> ImportCase {
    ImportCase {
        title: "Scuolabus per Età Prescolare".into(),
        subject: None,
        task: Some(TaskKind::SendDocuments),
        task_due_on: Some(Date("2026-12-05".into())),
        steps: vec![step("submitted", "2026-10-01T08:00:00Z", true), step("waiting_documents", "2026-11-20T08:00:00Z", false)],
        documents: vec![],
        ..nursery(key, citizen)
    }
}
