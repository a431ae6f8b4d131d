//! Paying: fees are locked first, in a change of their own, then Checkout is asked for a page, then its address is kept. A process that dies
//! in between leaves a lock that frees itself: nobody was ever told the page (`checks.rs`).
use super::fees::{self, amount_on, happen};
use super::machine::{Event, Refusal};
use super::{Payer, checks};
use crate::clock::{later, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::Key;
use crate::state::Crm;
use crate::web::{At, Body};
use axum::Json;
use axum::extract::State;
use contract::id::{CartId, CitizenId, FeeId};
use contract::payments::{Cart, Chosen, NewPayment, PaymentStart};
use contract::problem::FieldRule;
use contract::{FieldProblem, paths};
use serde_json::{Value, json};
use sqlx::Row;
use std::collections::BTreeSet;

/// The app's page that the payment page leads back to; `src/route.rs` of the app knows it by the same address.
const RETURN_PAGE: &str = "/payments/returned/";

/// What came of locking.
enum Opened {
    /// Locked under a new cart, with what Checkout is asked for.
    New(CartId, Value),
    /// This payment was begun already: its page is there.
    Known(PaymentStart),
}

/// Begin to pay one fee, or up to five together. The amounts are the CRM's own; the page to go to is Checkout's. The same fees again lead to
/// the same page, as long as it can be used.
#[utoipa::path(post, path = paths::PAYMENTS, operation_id = "pay", tag = "payments", params(("idempotency-key" = String, Header)),
    request_body = NewPayment, responses((status = 200, body = PaymentStart), (status = "4XX", body = contract::Problem), (status = 503, body = contract::Problem)))]
pub async fn start(State(crm): State<Crm>, payer: Payer, key: Key, Body(new): Body<NewPayment>) -> Result<Json<PaymentStart>> {
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let Some(pagopa) = &crm.pagopa else { return Err(Error::Unavailable("no payment platform is configured".to_owned())) };
    if let Some(known) = begun(&crm, &payer.id, key.as_str(), &new).await? {
        return Ok(Json(known));
    }
    let (cart, order) = match open(&crm, &payer.id, &key, &new, pagopa.cart_seconds()).await? {
        Opened::Known(known) => return Ok(Json(known)),
        Opened::New(cart, order) => (cart, order),
    };
    match pagopa.cart(&order).await {
        Ok(location) if keep(&crm, &cart, &location).await? => Ok(Json(PaymentStart { cart, location })),
        Ok(_) => Err(Error::Unavailable("the payment page came too late".to_owned())),
        Err(why) => {
            checks::give_up(&crm, &cart).await?;
            Err(Error::Unavailable(format!("Checkout: {why}")))
        }
    }
}

/// The payment that came with this key before.
async fn begun(crm: &Crm, citizen: &CitizenId, key: &str, new: &NewPayment) -> Result<Option<PaymentStart>> {
    let row = sqlx::query("SELECT id, location FROM carts WHERE citizen_id = $1 AND key = $2")
        .bind(citizen.as_str())
        .bind(key)
        .fetch_optional(crm.db.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let cart = CartId(row.try_get("id")?);
    let fees =
        sqlx::query("SELECT f.fee_id, f.amount FROM carts c JOIN cart_fees f ON f.cart_id = c.id WHERE c.citizen_id = $1 AND c.id = $2")
            .bind(citizen.as_str())
            .bind(cart.as_str())
            .fetch_all(crm.db.reader())
            .await?;
    let mut kept = BTreeSet::new();
    for fee in &fees {
        kept.insert((fee.try_get::<String, _>(0)?, fee.try_get::<i64, _>(1)?));
    }
    if kept != new.fees.iter().map(|chosen| (chosen.id.0.clone(), chosen.amount)).collect() {
        return Err(Error::KeyReused);
    }
    match row.try_get::<Option<String>, _>("location")? {
        Some(location) => Ok(Some(PaymentStart { cart, location })),
        None => Err(Error::Unavailable("the payment page is being opened".to_owned())),
    }
}

async fn open(crm: &Crm, citizen: &CitizenId, key: &Key, new: &NewPayment, seconds: i64) -> Result<Opened> {
    let (cart, now) = (CartId(new_id()), crm.clock.now());
    let until = later(now, seconds);
    let mut change = crm.db.begin().await?;
    let made = sqlx::query("INSERT INTO carts (id, citizen_id, key, created_at, until_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (citizen_id, key) DO NOTHING")
        .bind(cart.as_str())
        .bind(citizen.as_str())
        .bind(key.as_str())
        .bind(utc(now).0)
        .bind(utc(until).0)
        .execute(&mut *change)
        .await?;
    if made.rows_affected() == 0 {
        return Err(Error::Unavailable("the payment page is being opened".to_owned()));
    }
    // In one order, whoever comes: two carts with the same fees wait for each other and never for ever.
    let mut chosen: Vec<(usize, &Chosen)> = new.fees.iter().enumerate().collect();
    chosen.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    let (mut problems, mut notices) = (Vec::new(), Vec::new());
    for (index, chosen) in chosen {
        match lock(crm, &mut change, (citizen, &cart), chosen, until.as_second()).await? {
            Ok(notice) => notices.push((index, notice)),
            Err(rule) => problems.push(FieldProblem::new(format!("fees.{index}"), rule)),
        }
    }
    if !problems.is_empty() {
        change.rollback().await?;
        let is_all_in_payment = problems.len() == new.fees.len() && problems.iter().all(|problem| problem.code == FieldRule::InPayment);
        if is_all_in_payment && let Some(known) = same(crm, citizen, new).await? {
            return Ok(Opened::Known(known));
        }
        problems.sort_by(|one, other| one.field.cmp(&other.field));
        return Err(Error::Invalid(problems));
    }
    let email = sqlx::query("SELECT email FROM citizens WHERE id = $1").bind(citizen.as_str()).fetch_one(&mut *change).await?;
    let email = email.try_get::<Option<String>, _>(0)?.filter(|email| contract::contact::is_email(email));
    change.commit().await?;
    notices.sort_by_key(|(index, _)| *index);
    Ok(Opened::New(cart.clone(), order(crm, &cart, email, notices.into_iter().map(|(_, notice)| notice).collect())))
}

/// Locks one fee for a cart; what Checkout is told of it, or why it cannot be paid.
async fn lock(
    crm: &Crm,
    change: &mut Change,
    (citizen, cart): (&CitizenId, &CartId),
    chosen: &Chosen,
    until: i64,
) -> Result<std::result::Result<Value, FieldRule>> {
    let held = sqlx::query("SELECT fee_id FROM fee_holders WHERE citizen_id = $1 AND fee_id = $2")
        .bind(citizen.as_str())
        .bind(chosen.id.as_str())
        .fetch_optional(&mut **change)
        .await?;
    held.ok_or(Error::NotFound)?;
    if let Err(refusal) = happen(crm, change, &chosen.id, Event::Start { until }).await? {
        return Ok(Err(rule(refusal)));
    }
    // Read when the fee is this change's own: who has just changed the amount is through.
    let row =
        sqlx::query("SELECT number, creditor, creditor_name, remittance, amount, reduced_amount, reduced_until FROM fees WHERE id = $1")
            .bind(chosen.id.as_str())
            .fetch_one(&mut **change)
            .await?;
    let reduced_until: Option<String> = row.try_get("reduced_until")?;
    let (amount, _) = amount_on(&crm.clock.today(), row.try_get("amount")?, row.try_get("reduced_amount")?, reduced_until.as_deref());
    if amount != chosen.amount {
        return Ok(Err(FieldRule::AmountChanged));
    }
    for insert in [
        "INSERT INTO cart_fees (cart_id, fee_id, amount) VALUES ($1, $2, $3)",
        "INSERT INTO cart_locks (cart_id, fee_id) SELECT $1, $2 WHERE $3 > 0",
    ] {
        sqlx::query(insert).bind(cart.as_str()).bind(chosen.id.as_str()).bind(amount).execute(&mut **change).await?;
    }
    let text = |column: &str| row.try_get::<String, _>(column);
    Ok(Ok(json!({
        "noticeNumber": text("number")?,
        "fiscalCode": text("creditor")?,
        "amount": amount,
        "companyName": text("creditor_name")?,
        "description": text("remittance")?,
    })))
}

/// A refusal as the rule that a field breaks.
pub const fn rule(refusal: Refusal) -> FieldRule {
    match refusal {
        Refusal::InPayment => FieldRule::InPayment,
        Refusal::AlreadyPaid => FieldRule::AlreadyPaid,
        Refusal::NotPayable => FieldRule::NotPayable,
    }
}

/// What Checkout is asked for (`CartRequest`).
fn order(crm: &Crm, cart: &CartId, email: Option<String>, notices: Vec<Value>) -> Value {
    let back = |result: &str| format!("{}{RETURN_PAGE}{cart}?r={result}", crm.config.public_url);
    let mut order = json!({
        "paymentNotices": notices,
        "returnUrls": { "returnOkUrl": back("ok"), "returnCancelUrl": back("cancel"), "returnErrorUrl": back("error") },
        "idCart": cart.as_str(),
        "allCCP": false,
    });
    if let (Some(email), Some(order)) = (email, order.as_object_mut()) {
        order.insert("emailNotice".to_owned(), Value::String(email));
    }
    order
}

/// The payment of just these fees that the same person has begun and not come back from.
async fn same(crm: &Crm, citizen: &CitizenId, new: &NewPayment) -> Result<Option<PaymentStart>> {
    let rows = sqlx::query(
        "SELECT c.id, c.location FROM carts c WHERE c.citizen_id = $1 AND c.ended_at IS NULL AND c.returned_at IS NULL AND c.location IS NOT NULL
            AND c.until_at > $2 AND (SELECT COUNT(*) FROM cart_fees f WHERE f.cart_id = c.id) = $3",
    )
    .bind(citizen.as_str())
    .bind(crm.clock.utc().0)
    .bind(i64::try_from(new.fees.len()).unwrap_or_default())
    .fetch_all(crm.db.reader())
    .await?;
    for row in &rows {
        let cart = CartId(row.try_get("id")?);
        let fees: BTreeSet<FeeId> = fees_of(crm, citizen, &cart).await?.into_iter().collect();
        if new.fees.iter().all(|chosen| fees.contains(&chosen.id)) {
            return Ok(Some(PaymentStart { cart, location: row.try_get("location")? }));
        }
    }
    Ok(None)
}

/// Keeps the address of the payment page. False when the cart was given up meanwhile: then nobody is told the page.
async fn keep(crm: &Crm, cart: &CartId, location: &str) -> Result<bool> {
    let mut change = crm.db.begin().await?;
    let kept = sqlx::query("UPDATE carts SET location = $1 WHERE id = $2 AND location IS NULL AND ended_at IS NULL")
        .bind(location)
        .bind(cart.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(kept.rows_affected() == 1)
}

async fn fees_of(crm: &Crm, citizen: &CitizenId, cart: &CartId) -> Result<Vec<FeeId>> {
    let rows = sqlx::query(
        "SELECT f.fee_id FROM carts c JOIN cart_fees f ON f.cart_id = c.id WHERE c.citizen_id = $1 AND c.id = $2 ORDER BY f.fee_id",
    )
    .bind(citizen.as_str())
    .bind(cart.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    rows.iter().map(|row| Ok(FeeId(row.try_get(0)?))).collect()
}

/// I am back from the payment page. What its address says there decides nothing: the platform is asked.
#[utoipa::path(post, path = paths::CART_RETURNED, operation_id = "cart_returned", tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = Cart), (status = "4XX", body = contract::Problem)))]
pub async fn returned(State(crm): State<Crm>, payer: Payer, At(id): At<CartId>) -> Result<Json<Cart>> {
    let fees = fees_of(&crm, &payer.id, &id).await?;
    if fees.is_empty() {
        return Err(Error::NotFound);
    }
    let mut change = crm.db.begin().await?;
    for fee in checks::locked_by(&mut change, &id).await? {
        // It moves or it does not: coming back is never refused.
        let _ = happen(&crm, &mut change, &fee, Event::Returned).await?;
    }
    // Behind its fees, as everywhere: who holds a cart waits for no fee.
    sqlx::query("UPDATE carts SET returned_at = COALESCE(returned_at, $1) WHERE citizen_id = $2 AND id = $3")
        .bind(crm.clock.utc().0)
        .bind(payer.id.as_str())
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    let mut now = Vec::with_capacity(fees.len());
    for fee in &fees {
        now.push(fees::find(&crm, &payer.id, fee).await?.fee);
    }
    Ok(Json(Cart { id, fees: now }))
}
