//! The office's side: fees are put, what is stuck is seen, and settled.
use super::fees::{self, happen, new_fee};
use super::holders::{self, Words, hold};
use super::machine::{Event, Refusal};
use super::proofs;
use super::receipts::{self, Confirmed};
use crate::clock::instant;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::office::{ManagePayments, May};
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE};
use crate::word;
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use contract::dictionary::StateCode;
use contract::id::{CitizenId, FeeId};
use contract::payments::notice::NoticeNumber;
use contract::payments::office::{FeePut, NewFee, StuckKind, StuckPayment};
use contract::payments::{AMOUNT_CENTS, Creditor, REMITTANCE_CHARS_MAX, Receipt};
use contract::problem::FieldRule;
use contract::{Page, UtcTime, paths, text};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Seconds for which a payment may be checked before somebody should look at it.
const STUCK_SECONDS: i64 = 3_600;
/// Most of one answer.
const AT_ONCE: i64 = 200;

/// Put a fee: new, or as it is from now on. One that is being paid cannot be changed, and one that is paid never.
#[utoipa::path(post, path = paths::OFFICE_FEES, operation_id = "office_fee", tag = "office", params(("idempotency-key" = String, Header)), security(("office" = [])),
    request_body = NewFee, responses((status = 200, body = FeePut), (status = "4XX", body = contract::Problem)))]
pub async fn put_fee(State(crm): State<Crm>, officer: May<ManagePayments>, key: Key, Body(fee): Body<NewFee>) -> Result<Response> {
    let problems = fee.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let once = Once::new(format!("office {} puts a fee", officer.name()), key, &[&serde_json::to_vec(&fee)?]);
    match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let (id, _) = put(&crm, &mut effect.change, &fee, false).await?;
            let put = now(&mut effect.change, id).await?;
            Ok(effect.done(Answer::ok(&put)?).await?.into_response())
        }
    }
}

/// Puts a fee, in a change; whether it is new. `is_known`: its owner knows of it already, and is not told of its term.
///
/// # Errors
/// [`Error::Conflict`] when it is being paid or is paid and would change, or the database.
pub async fn put(crm: &Crm, change: &mut Change, fee: &NewFee, is_known: bool) -> Result<(FeeId, bool)> {
    let creditor = fee
        .creditor
        .clone()
        .unwrap_or_else(|| Creditor { name: crm.reference.town.town.clone(), fiscal_code: crm.reference.town.fiscal_code.clone() });
    let number = NoticeNumber::read(&fee.number).ok_or_else(|| Error::field("number", FieldRule::NotANotice))?;
    let code =
        contract::payments::notice::creditor(&creditor.fiscal_code).ok_or_else(|| Error::field("creditor", FieldRule::NotACreditor))?;
    let id = new_fee();
    let made = sqlx::query(
        "INSERT INTO fees (id, creditor, creditor_name, number, debtor, debtor_name, kind, title, person, object, period, remittance, amount,
            reduced_amount, position_key, part, parts, office_key, state, told, moved_at, created_at)
         VALUES ($1, $2, '', $3, '', '', '', '', '', '', '', '', 0, 0, '', 0, 0, '', 'due', $4, $5, $5) ON CONFLICT (creditor, number) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(&code)
    .bind(&number.0)
    .bind(i64::from(is_known))
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    let row =
        sqlx::query("SELECT id FROM fees WHERE creditor = $1 AND number = $2").bind(&code).bind(&number.0).fetch_one(&mut **change).await?;
    let id = FeeId(row.try_get(0)?);
    let event = if fee.withdrawn { Event::Withdrawn } else { Event::Renewed };
    let is_new = made.rows_affected() == 1;
    if !is_new && is_being_paid(change, &id).await? {
        return Err(Error::Conflict);
    }
    write(change, &id, fee, &creditor.name).await?;
    if let Err(Refusal::InPayment | Refusal::AlreadyPaid | Refusal::NotPayable) = happen(crm, change, &id, event).await? {
        return Err(Error::Conflict);
    }
    let words = Words { open: [&number.0, &creditor.name, &fee.title], private: [&fee.person, &fee.object, &fee.period] };
    if !fee.debtor.is_empty() {
        let debtor = fee.debtor.trim().to_uppercase();
        holders::no_longer_own(crm, change, &id, &debtor).await?;
        let known = sqlx::query("SELECT id FROM citizens WHERE fiscal_code = $1").bind(&debtor).fetch_all(&mut **change).await?;
        for row in &known {
            hold(crm, change, &CitizenId(row.try_get(0)?), &id, (true, &words)).await?;
        }
    }
    receipts::adopt(crm, change, &id, [fee.amount, fee.reduced.as_ref().map_or(0, |reduced| reduced.amount)]).await?;
    holders::tell(crm, change, &id).await?;
    Ok((id, is_new))
}

/// A fee that is being paid must not change under the hands of who pays it, nor one that is paid.
async fn is_being_paid(change: &mut Change, id: &FeeId) -> Result<bool> {
    let row =
        sqlx::query("UPDATE fees SET moved_at = moved_at WHERE id = $1 RETURNING state").bind(id.as_str()).fetch_one(&mut **change).await?;
    Ok(["started", "checking", "paid"].contains(&row.try_get::<&str, _>("state")?))
}

async fn write(change: &mut Change, id: &FeeId, fee: &NewFee, creditor_name: &str) -> Result<()> {
    let remittance = if fee.remittance.trim().is_empty() { &fee.title } else { &fee.remittance };
    sqlx::query(
        "UPDATE fees SET creditor_name = $1, debtor = $2, debtor_name = $3, kind = $4, title = $5, person = $6, object = $7, period = $8,
            remittance = $9, amount = $10, reduced_amount = $11, reduced_until = $12, due_on = $13, last_on = $14, position_key = $15,
            part = $16, parts = $17, office_key = $18,
            told = CASE WHEN due_on IS NOT NULL AND COALESCE($13, '') <> due_on THEN 0 ELSE told END WHERE id = $19",
    )
    .bind(creditor_name)
    .bind(fee.debtor.trim().to_uppercase())
    .bind(fee.debtor_name.trim())
    .bind(&fee.kind)
    .bind(fee.title.trim())
    .bind(fee.person.trim())
    .bind(fee.object.trim())
    .bind(fee.period.trim())
    .bind(remittance.trim())
    .bind(fee.amount)
    .bind(fee.reduced.as_ref().map_or(0, |reduced| reduced.amount))
    .bind(fee.reduced.as_ref().map(|reduced| reduced.until.0.clone()))
    .bind(fee.due_on.as_ref().map(|day| day.0.clone()))
    .bind(fee.last_on.as_ref().map(|day| day.0.clone()))
    .bind(&fee.position)
    .bind(fee.part.map_or(0, |part| i64::from(part.number)))
    .bind(fee.part.map_or(0, |part| i64::from(part.of)))
    .bind(&fee.office)
    .bind(id.as_str())
    .execute(&mut **change)
    .await?;
    Ok(())
}

async fn now(change: &mut Change, id: FeeId) -> Result<FeePut> {
    let row = sqlx::query("SELECT state FROM fees WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut **change)
        .await?
        .ok_or(Error::NotFound)?;
    Ok(FeePut { state: StateCode(row.try_get(0)?), id })
}

/// What somebody should look at: payments that are checked for too long, proofs, receipts that fit nothing.
#[utoipa::path(get, path = paths::OFFICE_PAYMENTS, operation_id = "office_payments", tag = "office", security(("office" = [])),
    responses((status = 200, body = Page<StuckPayment>), (status = "4XX", body = contract::Problem)))]
pub async fn stuck(State(crm): State<Crm>, officer: May<ManagePayments>, asked: HeaderMap) -> Result<Response> {
    tracing::debug!(officer = officer.name(), "sees stuck payments");
    let long = crm.clock.seconds_ago(STUCK_SECONDS + fees::pause(&crm)).0;
    let (mut items, mut files) = (Vec::new(), proofs::files(&crm).await?);
    for (kind, sql, bound) in [
        (
            Some(StuckKind::Checking),
            "SELECT id AS fee_id, number, creditor, until_at AS since, '' AS text, '' AS alarm FROM fees WHERE state IN ('started', 'checking') AND until_at < $1 ORDER BY until_at LIMIT $2",
            &long,
        ),
        (
            Some(StuckKind::Proof),
            "SELECT f.id AS fee_id, f.number, f.creditor, p.sent_at AS since, p.text, '' AS alarm, p.id AS proof FROM proofs p JOIN fees f ON f.id = p.fee_id WHERE p.settled_at IS NULL AND p.sent_at > $1 ORDER BY p.sent_at LIMIT $2",
            &String::new(),
        ),
        (
            None,
            "SELECT id AS fee_id, number, creditor, alarm_at AS since, '' AS text, alarm FROM fees WHERE alarm IS NOT NULL AND alarm_at > $1 ORDER BY alarm_at DESC LIMIT $2",
            &String::new(),
        ),
    ] {
        let rows = sqlx::query(sql).bind(bound).bind(AT_ONCE).fetch_all(crm.db.reader()).await?;
        for row in &rows {
            let mut stuck = stuck_of(row, kind, None)?;
            if kind == Some(StuckKind::Proof) {
                stuck.files = files.remove(row.try_get::<&str, _>("proof")?).unwrap_or_default();
            }
            items.push(stuck);
        }
    }
    let unknown = sqlx::query("SELECT fee_id, number, creditor, arrived_at AS since, '' AS text, '' AS alarm, receipt_id, amount, paid_at, psp, method FROM receipts WHERE fee_id IS NULL ORDER BY id DESC LIMIT $1")
        .bind(AT_ONCE)
        .fetch_all(crm.db.reader())
        .await?;
    for row in &unknown {
        items.push(stuck_of(row, Some(StuckKind::UnknownNotice), Some(fees::receipt_of(row)?))?);
    }
    web::tagged(&asked, NO_STORE, &Page { items, next: None })
}

fn stuck_of(row: &AnyRow, kind: Option<StuckKind>, receipt: Option<Receipt>) -> Result<StuckPayment> {
    Ok(StuckPayment {
        kind: kind.map_or_else(|| word::from(row.try_get("alarm")?), Ok::<_, Error>)?,
        fee: row.try_get::<Option<String>, _>("fee_id")?.map(FeeId),
        number: NoticeNumber(row.try_get("number")?),
        creditor: row.try_get("creditor")?,
        since: UtcTime(row.try_get("since")?),
        text: row.try_get("text")?,
        files: Vec::new(),
        receipt,
    })
}

/// The payment under way has come to nothing, and what was sent as a proof is none: the fee can be paid again. Not while its payment page
/// can still be used (409).
#[utoipa::path(post, path = paths::OFFICE_FEE_RELEASE, operation_id = "office_fee_release", tag = "office", params(("id" = String, Path)), security(("office" = [])),
    responses((status = 200, body = FeePut), (status = "4XX", body = contract::Problem)))]
pub async fn release(State(crm): State<Crm>, officer: May<ManagePayments>, At(id): At<FeeId>) -> Result<Json<FeePut>> {
    let mut change = crm.db.begin().await?;
    if happen(&crm, &mut change, &id, Event::Released).await?.is_err() {
        return Err(Error::Conflict);
    }
    sqlx::query("UPDATE proofs SET settled_at = $1 WHERE fee_id = $2 AND settled_at IS NULL")
        .bind(crm.clock.utc().0)
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    sqlx::query("UPDATE fees SET alarm = NULL WHERE id = $1").bind(id.as_str()).execute(&mut *change).await?;
    let put = now(&mut change, id).await?;
    change.commit().await?;
    tracing::info!(officer = officer.name(), fee = put.id.as_str(), "a payment was released");
    Ok(Json(put))
}

/// Put a receipt that came by another way than the platform's own: a citizen's proof, say. The same one again is the same.
#[utoipa::path(post, path = paths::OFFICE_FEE_RECEIPT, operation_id = "office_fee_receipt", tag = "office", params(("id" = String, Path)), security(("office" = [])),
    request_body = Receipt, responses((status = 200, body = FeePut), (status = "4XX", body = contract::Problem)))]
pub async fn receipt(
    State(crm): State<Crm>,
    officer: May<ManagePayments>,
    At(id): At<FeeId>,
    Body(receipt): Body<Receipt>,
) -> Result<Json<FeePut>> {
    let mut problems = text::problems("receipt_id", &receipt.receipt_id, true, REMITTANCE_CHARS_MAX);
    problems.extend(text::problems("psp", &receipt.psp, false, REMITTANCE_CHARS_MAX));
    problems.extend(text::problems("method", &receipt.method, false, REMITTANCE_CHARS_MAX));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let [least, most] = AMOUNT_CENTS;
    if !(least..=most).contains(&receipt.amount) {
        return Err(Error::field("amount", FieldRule::NotAChoice));
    }
    let paid_at = instant(&receipt.paid_at.0).map(crate::clock::utc).ok_or_else(|| Error::field("paid_at", FieldRule::NotAChoice))?;
    let mut change = crm.db.begin().await?;
    let row = sqlx::query("SELECT creditor, number FROM fees WHERE id = $1")
        .bind(id.as_str())
        .fetch_optional(&mut *change)
        .await?
        .ok_or(Error::NotFound)?;
    let (creditor, number) = (row.try_get("creditor")?, NoticeNumber(row.try_get("number")?));
    let receipt = Receipt { paid_at, receipt_id: receipt.receipt_id.trim().to_owned(), ..receipt };
    receipts::take(&crm, &mut change, &Confirmed { creditor, number, receipt, via: "office" }).await?;
    let put = now(&mut change, id).await?;
    change.commit().await?;
    tracing::info!(officer = officer.name(), fee = put.id.as_str(), "a receipt was put by hand");
    Ok(Json(put))
}

/// A fee of an import: put when it is not there yet, under its owner's eyes, with its receipt. Nothing of it is told: it is known.
///
/// # Errors
/// When the database fails.
pub async fn bring(crm: &Crm, change: &mut Change, owner: &CitizenId, import: &contract::import::ImportFee) -> Result<bool> {
    let fee = &import.fee;
    let creditor = fee.creditor.as_ref().map_or(&crm.reference.town.fiscal_code, |creditor| &creditor.fiscal_code);
    let known = sqlx::query("SELECT id FROM fees WHERE creditor = $1 AND number = $2")
        .bind(creditor)
        .bind(&fee.number)
        .fetch_optional(&mut **change)
        .await?;
    if known.is_some() {
        return Ok(false);
    }
    let (id, _) = put(crm, change, fee, true).await?;
    let name = fee.creditor.as_ref().map_or(&crm.reference.town.town, |creditor| &creditor.name);
    let words = Words { open: [&fee.number, name, &fee.title], private: [&fee.person, &fee.object, &fee.period] };
    hold(crm, change, owner, &id, (true, &words)).await?;
    if let Some(receipt) = &import.receipt {
        sqlx::query(
            "INSERT INTO receipts (id, fee_id, creditor, number, receipt_id, amount, paid_at, psp, method, via, arrived_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'import', $7)",
        )
        .bind(crate::db::new_id())
        .bind(id.as_str())
        .bind(creditor)
        .bind(&fee.number)
        .bind(&receipt.receipt_id)
        .bind(receipt.amount)
        .bind(&receipt.paid_at.0)
        .bind(&receipt.psp)
        .bind(&receipt.method)
        .execute(&mut **change)
        .await?;
        sqlx::query("UPDATE fees SET paid_at = $1 WHERE id = $2").bind(&receipt.paid_at.0).bind(id.as_str()).execute(&mut **change).await?;
        // A receipt is never refused.
        let _ = happen(crm, change, &id, Event::Receipt).await?;
    }
    Ok(true)
}
