//! The payment platform of the demo: Checkout with its payment page, the receipts, and what a notice is. As the real one it answers to a
//! subscription key, refuses what breaks its schema, and lets nobody pay a notice twice.
mod checkout;
mod pay;
mod wire;

use crate::config::Config;
use crate::fees;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The town's own fiscal code, as `crm/seed/town.json` has it.
const TOWN: (&str, &str) = ("01234567897", "Comune di Firenze");

/// The platform, shared by all requests.
#[derive(Clone)]
pub(crate) struct Platform {
    public_url: String,
    key: String,
    receipts_token: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    carts: HashMap<String, Cart>,
    /// Notices by creditor and number.
    notices: HashMap<(String, String), Notice>,
    behaviour: Behaviour,
}

/// A cart, and where its payer goes back to.
#[derive(Clone, Debug)]
struct Cart {
    notices: Vec<wire::PaymentNotice>,
    back: wire::ReturnUrls,
}

/// What the platform knows of a notice.
#[derive(Clone, Debug, Default)]
struct Notice {
    company: String,
    description: String,
    amount: i64,
    due: String,
    status: String,
    receipt: Option<wire::Paid>,
}

/// How the platform behaves from now on; as it should when nothing is said.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Behaviour {
    /// What Checkout does with a cart: `down`, `slow`, `html`, `problem`, `nowhere`; empty for what it should.
    checkout: String,
    /// Milliseconds until a receipt is sent.
    delay_ms: u64,
    /// How often it is sent; once when 0.
    times: u32,
    /// No receipt is sent: who wants it asks.
    never: bool,
    /// Whoever asks for a receipt is not answered.
    silent: bool,
}

impl Platform {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The routes of the platform. Without a key in the settings nobody gets in.
///
/// # Errors
/// When a file that was built in cannot be read.
pub fn router(config: &Config) -> Result<Router, String> {
    let mut notices = HashMap::new();
    for paper in fees::paper()? {
        let known = Notice {
            company: paper.name,
            description: paper.description,
            amount: paper.amount,
            due: fees::due(paper.due).0,
            status: paper.status,
            receipt: None,
        };
        notices.insert((paper.creditor, fees::number(paper.base)), known);
    }
    let platform = Platform {
        public_url: config.public_url.clone(),
        key: config.pagopa_key.clone(),
        receipts_token: config.receipts_token.clone(),
        inner: Arc::new(Mutex::new(Inner { notices, ..Inner::default() })),
    };
    Ok(Router::new()
        .route("/pagopa/checkout/ec/v1/carts", post(checkout::create))
        .route("/pagopa/gpd/payments-receipts-service/v1/payments/{creditor}/receipts/{iuv}", get(checkout::receipt))
        .route("/pagopa/payment-options/organizations/{creditor}/notices/{number}", post(checkout::options))
        .layer(middleware::from_fn_with_state(platform.clone(), door))
        .route("/pagopa/pay/{cart}", get(pay::page).post(pay::choose))
        .route("/pagopa/behaviour", post(behave))
        .with_state(platform))
}

/// Lets in who has the key.
async fn door(State(platform): State<Platform>, headers: HeaderMap, request: Request, next: Next) -> Response {
    let key = headers.get("ocp-apim-subscription-key").map(|key| key.as_bytes()).unwrap_or_default();
    if platform.key.is_empty() || key != platform.key.as_bytes() {
        return wire::problem(StatusCode::UNAUTHORIZED, "no subscription has this key");
    }
    next.run(request).await
}

/// `POST /pagopa/behaviour`: how the platform behaves from now on.
async fn behave(State(platform): State<Platform>, Json(behaviour): Json<Behaviour>) -> StatusCode {
    platform.lock().behaviour = behaviour;
    StatusCode::NO_CONTENT
}
