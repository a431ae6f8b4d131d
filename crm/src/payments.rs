//! Payments: what a citizen owes, fee by fee, paying through pagoPA Checkout, receipts. The state of a fee is moved in one place (`fees.rs`) by one
//! machine (`machine.rs`): "paid" comes from a receipt, and a receipt from the platform.
pub(crate) mod carts;
pub mod checks;
pub(crate) mod fees;
mod holders;
mod machine;
pub(crate) mod office;
pub(crate) mod paper;
pub(crate) mod proofs;
pub mod receipts;
mod told;

use crate::calendar::{self, Event};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage, NO_STORE, PUBLIC};
use crate::words::Words;
use axum::extract::{ConnectInfo, FromRequestParts, State};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use contract::dictionary::Dictionary;
use contract::id::{CitizenId, FeeId};
use contract::import::ImportFee;
use contract::payments::{Fee, FeeDetails, FeeQuery, Standing};
use contract::{Page, paths};
use std::net::SocketAddr;

pub use machine::State as FeeState;

/// The connection a request comes by.
type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// The routes of this slice.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::PAYMENTS, get(mine).post(carts::start))
        .route(paths::FEE, get(one))
        .route(paths::FEE_RECEIPT, get(receipts::pdf))
        .route(paths::FEE_CALENDAR, get(last_day))
        .route(paths::FEE_PROOFS, post(proofs::prove))
        .route(paths::CART_RETURNED, post(carts::returned))
        .route(paths::PAPER_NOTICES, post(paper::find))
        .route(paths::PAYMENT_STATES, get(states))
        .route(paths::OFFICE_FEES, post(office::put_fee))
        .route(paths::OFFICE_PAYMENTS, get(office::stuck))
        .route(paths::OFFICE_FEE_RELEASE, post(office::release))
        .route(paths::OFFICE_PROOF_FILE, get(proofs::file))
        .route(paths::OFFICE_FEE_RECEIPT, post(office::receipt))
        .route(paths::PLATFORM_RECEIPTS, post(receipts::push))
}

/// Somebody who sees and pays fees: every handler of this slice takes one, so who may not is refused here, in one place.
pub struct Payer {
    /// Who it is.
    pub id: CitizenId,
}

impl FromRequestParts<Crm> for Payer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let citizen = Citizen::from_request_parts(parts, crm).await?;
        Ok(Self { id: citizen.id })
    }
}

/// My fees: what is being checked, what is to pay by its day, then the rest, the newest first.
#[utoipa::path(get, path = paths::PAYMENTS, operation_id = "payments", tag = "payments", params(FeeQuery),
    responses((status = 200, body = Page<Fee>), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, payer: Payer, Asked(query): Asked<FeeQuery>, asked: HeaderMap) -> Result<Response> {
    holders::adopt(&crm, &payer.id).await?;
    web::tagged(&asked, NO_STORE, &fees::list(&crm, &payer.id, &query).await?)
}

/// One of my fees.
#[utoipa::path(get, path = paths::FEE, operation_id = "fee", tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = FeeDetails), (status = "4XX", body = contract::Problem)))]
async fn one(State(crm): State<Crm>, payer: Payer, At(id): At<FeeId>, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &fees::find(&crm, &payer.id, &id).await?)
}

/// What the states of fees mean, in plain words. The same for everybody.
#[utoipa::path(get, path = paths::PAYMENT_STATES, operation_id = "payment_states", tag = "reference", params(InLanguage),
    responses((status = 200, body = Dictionary), (status = "4XX", body = contract::Problem)))]
async fn states(State(crm): State<Crm>, Asked(asked): Asked<InLanguage>, headers: HeaderMap) -> Result<Response> {
    web::tagged(&headers, PUBLIC, crm.reference.payment_states(&asked.language))
}

/// The last day of one of my fees, for a calendar; 404 when it has none, or is no longer to pay.
#[utoipa::path(get, path = paths::FEE_CALENDAR, operation_id = "fee_calendar", tag = "payments", params(("id" = String, Path), InLanguage),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = "4XX", body = contract::Problem)))]
async fn last_day(State(crm): State<Crm>, payer: Payer, At(id): At<FeeId>, Asked(asked): Asked<InLanguage>) -> Result<Response> {
    let words = Words::of(&asked.language)?;
    let fee = fees::find(&crm, &payer.id, &id).await?.fee;
    let day = fee.due_on.clone().filter(|_| fee.standing == Standing::ToPay).ok_or(Error::NotFound)?;
    let name = fee.name("");
    let event = Event {
        uid: format!("{id}-fee"),
        day,
        summary: format!("{}: {name}", words.calendar.pay),
        about: format!("{} · {} {}", words.money(fee.amount), words.payment.number, fee.number.grouped()),
        url: told::page(&crm, &id),
    };
    let text = calendar::written(&crm, &[event])?;
    web::download(&format!("{}.ics", fee.number.0), "text/calendar; charset=utf-8", text.into_bytes())
}

/// A fee of an import, with its receipt when it is paid. What is there already is left alone.
///
/// # Errors
/// [`Error::Invalid`] when it makes no sense, or the database.
pub async fn bring(crm: &Crm, change: &mut Change, owner: &CitizenId, import: &ImportFee) -> Result<bool> {
    let problems = import.fee.problems();
    if !problems.is_empty() {
        return Err(Error::Internal(format!(
            "fee {}: {} is wrong",
            import.fee.number,
            problems.iter().map(|p| p.field.as_str()).collect::<Vec<_>>().join(", ")
        )));
    }
    office::bring(crm, change, owner, import).await
}
