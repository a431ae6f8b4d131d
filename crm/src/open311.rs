//! Street reports in Open311 GeoReport v2 (<http://wiki.open311.org/GeoReport_v2/>), JSON and XML, for programs of others.
//!
//! What is read here is what everybody may see; a client with an api_key also sees the reports it sent itself. Identifiers
//! of requests are the numbers of cases, which are made for people.
mod photos;
mod requests;
mod sent;
mod wire;

use crate::error::Error;
use crate::secret;
use crate::state::Crm;
use axum::extract::{ConnectInfo, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use contract::reports::{Category, ReportForm};
use serde_json::{Value, json};
use std::net::SocketAddr;
use subtle::ConstantTimeEq;
use wire::{Format, Refused, answer};

/// Everything of Open311 lies below.
const ROOT: &str = "/open311/v2";
/// All of its addresses.
pub const PATHS: &str = "/open311/v2/{*path}";
/// The day this side of the CRM last changed its shape, as discovery must say.
const CHANGED: &str = "2026-11-27T00:00:00Z";

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;
type Pairs = Vec<(String, String)>;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(PATHS, get(read).post(write))
}

/// Whoever asks: what they sent along, and whose api_key it was.
struct Asked {
    pairs: Pairs,
    client: Option<String>,
}

impl Asked {
    fn new(crm: &Crm, pairs: Pairs) -> Self {
        let sent = pairs.iter().find(|(name, _)| name == "api_key").map(|(_, key)| secret::sha256(key.trim().as_bytes()));
        let mut client = None;
        for known in &crm.config.open311_keys {
            if sent.is_some_and(|sent| bool::from(known.sha256.ct_eq(&sent))) {
                client = Some(known.name.clone());
            }
        }
        Self { pairs, client }
    }

    /// A parameter; an empty one is as good as absent.
    fn text(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The jurisdiction must be ours, when both sides name one.
    fn in_jurisdiction(&self, crm: &Crm) -> Result<(), Refused> {
        let ours = &crm.config.open311_jurisdiction;
        match self.text("jurisdiction_id") {
            Some(theirs) if !ours.is_empty() && theirs != ours => Err(Refused::new(StatusCode::NOT_FOUND, "jurisdiction_id was not found")),
            _ => Ok(()),
        }
    }
}

async fn read(State(crm): State<Crm>, Path(path): Path<String>, Query(pairs): Query<Pairs>) -> Response {
    let (path, format) = wire::format_of(&path);
    let Some(format) = format else { return (StatusCode::NOT_FOUND, "formats: .json, .xml").into_response() };
    let asked = Asked::new(&crm, pairs);
    let done = match asked.in_jurisdiction(&crm) {
        Ok(()) => found(&crm, &path, &asked).await,
        Err(refused) => Err(refused),
    };
    answer(format, StatusCode::OK, done)
}

/// What a path answers: the name of the XML's root, and the value.
async fn found(crm: &Crm, path: &str, asked: &Asked) -> Result<(&'static str, Value), Refused> {
    let form = crm.reference.form(asked.text("locale").unwrap_or_default()).ok_or_else(Refused::broken)?;
    let parts: Vec<&str> = path.split('/').collect();
    match parts.as_slice() {
        ["discovery"] => Ok(("discovery", discovery(crm))),
        ["services"] => Ok(("services", form.categories.iter().map(service).collect())),
        ["services", code] => Ok(("service_definition", definition(category(form, code)?))),
        ["requests"] => Ok(("service_requests", requests::list(crm, form, asked).await?)),
        ["requests", id] => Ok(("service_requests", requests::one(crm, form, asked, id).await?)),
        ["tokens", token] => Ok(("service_requests", requests::token(crm, asked, token).await?)),
        _ => Err(Refused::new(StatusCode::NOT_FOUND, "there is nothing at this address")),
    }
}

async fn write(State(crm): State<Crm>, Path(path): Path<String>, peer: Peer, Query(query): Query<Pairs>, request: Request) -> Response {
    let (path, format) = wire::format_of(&path);
    let Some(format) = format else { return (StatusCode::NOT_FOUND, "formats: .json, .xml").into_response() };
    if path != "requests" {
        return answer(format, StatusCode::OK, Err(Refused::new(StatusCode::METHOD_NOT_ALLOWED, "only requests can be sent")));
    }
    let done = taken(&crm, peer, query, request).await;
    answer(format, StatusCode::CREATED, done.map(|value| ("service_requests", value)))
}

/// What was sent becomes a report. It is counted before it is read, whoever sends it.
async fn taken(crm: &Crm, peer: Peer, query: Pairs, request: Request) -> Result<Value, Refused> {
    let headers = request.headers().clone();
    let address = crm.client_address(&headers, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.reports_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let (asked, media) = sent::read(crm, query, request).await?;
    asked.in_jurisdiction(crm)?;
    requests::send(crm, &asked, media, &headers).await
}

fn discovery(crm: &Crm) -> Value {
    let formats = [Format::Json, Format::Xml].map(Format::media_type);
    json!({
        "changeset": CHANGED,
        "contact": crm.reference.town.town,
        "key_service": "Ask the town for an api_key.",
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": format!("{}{ROOT}", crm.config.public_url),
            "changeset": CHANGED,
            "type": "production",
            "formats": formats,
        }],
    })
}

fn category<'a>(form: &'a ReportForm, code: &str) -> Result<&'a Category, Refused> {
    let known = form.categories.iter().find(|category| category.code.0 == code);
    known.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, "service_code was not found"))
}

fn service(category: &Category) -> Value {
    json!({
        "service_code": category.code.0,
        "service_name": category.name,
        "description": category.name,
        "metadata": !category.fields.is_empty(),
        "type": "realtime",
        "keywords": "",
        "group": "",
    })
}

fn definition(category: &Category) -> Value {
    let attributes: Vec<Value> = category
        .fields
        .iter()
        .zip(1..)
        .map(|(field, order)| {
            let values: Vec<Value> = field.choices.iter().map(|choice| json!({ "key": choice.code, "name": choice.label })).collect();
            json!({
                "variable": true,
                "code": field.code,
                "datatype": if values.is_empty() { "string" } else { "singlevaluelist" },
                "required": field.required,
                "datatype_description": field.help,
                "order": order,
                "description": field.label,
                "values": values,
            })
        })
        .collect();
    json!({ "service_code": category.code.0, "attributes": attributes })
}
