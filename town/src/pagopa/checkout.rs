//! What a creditor asks of the platform: a cart, a receipt, what a notice is.
use super::wire::{CartRequest, problem};
use super::{Cart, Notice, Platform, TOWN};
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::payments::notice::NoticeNumber;
use serde_json::json;
use std::time::Duration;

/// How long something waits that does not answer.
const LONG: Duration = Duration::from_secs(60);

/// `POST /carts`.
pub(super) async fn create(State(platform): State<Platform>, body: Bytes) -> Response {
    let behaviour = platform.lock().behaviour.checkout.clone();
    match behaviour.as_str() {
        "down" => return problem(StatusCode::INTERNAL_SERVER_ERROR, "There was an error processing the request"),
        "problem" => return problem(StatusCode::BAD_REQUEST, "Formally invalid input"),
        "html" => return (StatusCode::OK, [(header::CONTENT_TYPE, "text/html")], "<h1>Manutenzione</h1>").into_response(),
        "nowhere" => return (StatusCode::FOUND, [(header::LOCATION, "javascript:alert(1)")]).into_response(),
        "slow" => tokio::time::sleep(LONG).await,
        _ => {}
    }
    let Ok(request) = serde_json::from_slice::<CartRequest>(&body) else { return problem(StatusCode::BAD_REQUEST, "not a cart") };
    if let Some(wrong) = request.wrong() {
        return problem(StatusCode::BAD_REQUEST, wrong);
    }
    let id = format!("{:016x}", rand::random::<u64>());
    let location = format!("{}/pagopa/pay/{id}", platform.public_url);
    let mut inner = platform.lock();
    for notice in &request.payment_notices {
        let at = (notice.fiscal_code.clone(), notice.notice_number.clone());
        let known = inner.notices.entry(at).or_default();
        // What the creditor says last of its own notice holds.
        known.company.clone_from(&notice.company_name);
        known.description.clone_from(&notice.description);
        known.amount = notice.amount;
        if known.status.is_empty() {
            known.status = "POI_UNPAID".to_owned();
        }
    }
    inner.carts.insert(id, Cart { notices: request.payment_notices, back: request.return_urls });
    drop(inner);
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// `GET /payments/{creditor}/receipts/{iuv}`: XML, as the real one answers.
pub(super) async fn receipt(State(platform): State<Platform>, Path((creditor, iuv)): Path<(String, String)>) -> Response {
    if platform.lock().behaviour.silent {
        return problem(StatusCode::INTERNAL_SERVER_ERROR, "Service unavailable");
    }
    let inner = platform.lock();
    let found = inner.notices.iter().find(|((by, number), _)| *by == creditor && NoticeNumber(number.clone()).iuv() == iuv);
    match found.and_then(|((_, number), notice)| Some((number, notice.receipt.as_ref()?))) {
        Some((number, paid)) => (StatusCode::OK, [(header::CONTENT_TYPE, "application/xml")], paid.xml(&creditor, number)).into_response(),
        None => problem(StatusCode::NOT_FOUND, "No receipt found"),
    }
}

/// `POST /payment-options/organizations/{creditor}/notices/{number}`.
pub(super) async fn options(State(platform): State<Platform>, Path((creditor, number)): Path<(String, String)>) -> Response {
    let found = platform.lock().notices.get(&(creditor.clone(), number.clone())).cloned();
    let Some(Notice { company, description, amount, due, status, .. }) = found else {
        let missing = json!({ "httpStatusCode": 404, "httpStatusDescription": "Not Found", "errorMessage": "no such notice", "appErrorCode": "ODP-104" });
        return (StatusCode::NOT_FOUND, Json(missing)).into_response();
    };
    let due = format!("{}T23:59:59", if due.is_empty() { "2099-12-31" } else { &due });
    let option_status = status.replacen("POI", "PO", 1);
    let installment = json!({
        "nav": number, "iuv": NoticeNumber(number.clone()).iuv(), "amount": amount, "description": description, "dueDate": due, "status": status,
    });
    let company = if creditor == TOWN.0 { TOWN.1.to_owned() } else { company };
    Json(json!({
        "organizationFiscalCode": creditor, "companyName": company, "officeName": company, "standin": false,
        "paymentOptions": [{
            "description": description, "numberOfInstallments": 1, "amount": amount, "dueDate": due, "status": option_status, "allCCP": false,
            "installments": [installment],
        }],
    }))
    .into_response()
}
