//! Receipts: from the platform, which sends them by its token or is asked; kept once however often they come, and given as tagged PDF.
use super::fees::{self, happen};
use super::machine::Event;
use super::{Payer, told};
use crate::clock::{instant, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::receipt::{OwnedLetter, write};
use crate::state::Crm;
use crate::web::{self, Asked, At, Body, InLanguage};
use crate::words::Words;
use crate::{citizens, secret};
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use contract::id::FeeId;
use contract::inbox::MessageKind;
use contract::payments::notice::{NoticeNumber, creditor};
use contract::payments::office::PlatformReceipt;
use contract::payments::{AMOUNT_CENTS, FeeDetails, REMITTANCE_CHARS_MAX, Receipt};
use contract::problem::FieldRule;
use contract::{Date, UtcTime, paths};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sqlx::Row;
use subtle::ConstantTimeEq;

/// Most characters of the platform's name for a receipt.
const RECEIPT_ID_CHARS_MAX: usize = 100;
/// The outcome of a payment that was made.
pub(super) const PAID: &str = "OK";

/// The platform itself, by the token that it was given.
pub struct Platform;

impl FromRequestParts<Crm> for Platform {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, crm: &Crm) -> Result<Self> {
        let token = secret::sha256(web::bearer(&parts.headers).ok_or(Error::SignedOut)?.as_bytes());
        let known = crm.config.pagopa.as_ref().and_then(|pagopa| pagopa.receipts_sha256).ok_or(Error::SignedOut)?;
        if bool::from(known.ct_eq(&token)) { Ok(Self) } else { Err(Error::SignedOut) }
    }
}

/// A receipt, understood.
pub struct Confirmed {
    /// The creditor's fiscal code.
    pub creditor: String,
    /// The number of the notice.
    pub number: NoticeNumber,
    /// What it says.
    pub receipt: Receipt,
    /// How it came: `push`, `pull`, `office` or `import`.
    pub via: &'static str,
}

/// Take a receipt. Told again, or about a notice that is not known here, it is answered the same: the platform need not ask twice.
#[utoipa::path(post, path = paths::PLATFORM_RECEIPTS, operation_id = "platform_receipt", tag = "payments", security(("platform" = [])), request_body = PlatformReceipt,
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn push(State(crm): State<Crm>, _: Platform, Body(receipt): Body<PlatformReceipt>) -> Result<StatusCode> {
    take_in(&crm, receipt, "push").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A receipt that the platform gave when it was asked.
///
/// # Errors
/// When the database fails.
pub async fn pulled(crm: &Crm, receipt: PlatformReceipt) -> Result<()> {
    match take_in(crm, receipt, "pull").await {
        Err(Error::Invalid(problems)) => {
            tracing::warn!(fields = problems.len(), "payments: a receipt that makes no sense");
            Ok(())
        }
        other => other,
    }
}

async fn take_in(crm: &Crm, receipt: PlatformReceipt, via: &'static str) -> Result<()> {
    let confirmed = understood(crm, &receipt, via)?;
    if receipt.outcome != PAID {
        return Ok(());
    }
    let mut change = crm.db.begin().await?;
    take(crm, &mut change, &confirmed).await?;
    change.commit().await?;
    Ok(())
}

fn understood(crm: &Crm, receipt: &PlatformReceipt, via: &'static str) -> Result<Confirmed> {
    let wrong = |field: &str| Error::field(field, FieldRule::NotAChoice);
    let number = NoticeNumber::read(&receipt.notice_number).ok_or_else(|| Error::field("noticeNumber", FieldRule::NotANotice))?;
    let creditor = creditor(&receipt.fiscal_code).ok_or_else(|| Error::field("fiscalCode", FieldRule::NotACreditor))?;
    let cents = (receipt.payment_amount * 100.0).round();
    let [least, most] = AMOUNT_CENTS;
    // Whole and small enough for the conversion to be exact; NaN is in no range.
    let amount = if (least as f64..=most as f64).contains(&cents) { cents as i64 } else { return Err(wrong("paymentAmount")) };
    let id = receipt.receipt_id.trim();
    let is_plain = |text: &str, most: usize| text.chars().count() <= most && text.chars().all(contract::text::is_safe);
    if id.is_empty() || !is_plain(id, RECEIPT_ID_CHARS_MAX) {
        return Err(wrong("receiptId"));
    }
    let short = |text: &str| text.chars().filter(|c| contract::text::is_safe(*c)).take(REMITTANCE_CHARS_MAX).collect::<String>();
    let told = receipt.payment_date_time_formatted.as_deref().or(receipt.payment_date_time.as_deref());
    let paid_at = told.and_then(at).unwrap_or_else(|| crm.clock.utc());
    let method = short(receipt.payment_method.as_deref().unwrap_or_default());
    let receipt = Receipt { receipt_id: id.to_owned(), amount, paid_at, psp: short(&receipt.psp_company_name), method };
    Ok(Confirmed { creditor, number, receipt, via })
}

/// An instant, a local time in Rome, or a day.
fn at(text: &str) -> Option<UtcTime> {
    if let Some(instant) = instant(text) {
        return Some(utc(instant));
    }
    let day = || text.parse::<jiff::civil::Date>().ok().map(|day| day.at(12, 0, 0, 0));
    let local: DateTime = text.parse::<DateTime>().ok().filter(|_| text.contains('T')).or_else(day)?;
    let zoned = local.to_zoned(TimeZone::get("Europe/Rome").unwrap_or(TimeZone::UTC)).ok()?;
    Some(utc(zoned.timestamp()))
}

/// Keeps a receipt, once, and brings its fee to paid. One for a notice that is not known here waits for the office, and for its fee: told
/// again when the fee is there, it finds it.
///
/// # Errors
/// When the database fails.
pub async fn take(crm: &Crm, change: &mut Change, confirmed: &Confirmed) -> Result<()> {
    let Confirmed { creditor, number, receipt, via } = confirmed;
    // The fee first: receipts that come at once are taken one after the other.
    let fee = sqlx::query("UPDATE fees SET moved_at = moved_at WHERE creditor = $1 AND number = $2 RETURNING id, amount, reduced_amount")
        .bind(creditor)
        .bind(&number.0)
        .fetch_optional(&mut **change)
        .await?;
    let id = fee.as_ref().map(|row| row.try_get::<String, _>("id")).transpose()?.map(FeeId);
    let kept = sqlx::query(
        "INSERT INTO receipts (id, fee_id, creditor, number, receipt_id, amount, paid_at, psp, method, via, arrived_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (creditor, number, receipt_id)
            DO UPDATE SET fee_id = excluded.fee_id WHERE receipts.fee_id IS NULL AND excluded.fee_id IS NOT NULL",
    )
    .bind(new_id())
    .bind(id.as_ref().map(FeeId::as_str))
    .bind(creditor)
    .bind(&number.0)
    .bind(&receipt.receipt_id)
    .bind(receipt.amount)
    .bind(&receipt.paid_at.0)
    .bind(&receipt.psp)
    .bind(&receipt.method)
    .bind(via)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    let (Some(row), Some(id)) = (fee, id) else { return Ok(()) };
    if kept.rows_affected() == 0 {
        return Ok(());
    }
    let asked = sqlx::query("SELECT amount FROM cart_fees WHERE fee_id = $1").bind(id.as_str()).fetch_all(&mut **change).await?;
    let mut amounts = vec![row.try_get::<i64, _>("amount")?, row.try_get("reduced_amount")?];
    for row in &asked {
        amounts.push(row.try_get(0)?);
    }
    confirm(crm, change, &id, receipt, amounts.contains(&receipt.amount)).await
}

/// Receipts that came before their fee did find it, in the change that makes it. `amounts`: what the fee may cost.
///
/// # Errors
/// When the database fails.
pub async fn adopt(crm: &Crm, change: &mut Change, id: &FeeId, amounts: [i64; 2]) -> Result<()> {
    let waiting = sqlx::query(
        "UPDATE receipts SET fee_id = $1 WHERE fee_id IS NULL AND creditor = (SELECT creditor FROM fees WHERE id = $1)
            AND number = (SELECT number FROM fees WHERE id = $1) RETURNING receipt_id, amount, paid_at, psp, method",
    )
    .bind(id.as_str())
    .fetch_all(&mut **change)
    .await?;
    for row in &waiting {
        let receipt = fees::receipt_of(row)?;
        confirm(crm, change, id, &receipt, amounts.contains(&receipt.amount)).await?;
    }
    Ok(())
}

/// The fee is paid; or was paid already, which the office hears of.
///
/// # Errors
/// When the database fails.
pub async fn confirm(crm: &Crm, change: &mut Change, id: &FeeId, receipt: &Receipt, is_as_asked: bool) -> Result<()> {
    let first = sqlx::query("UPDATE fees SET paid_at = $1 WHERE id = $2 AND paid_at IS NULL")
        .bind(&receipt.paid_at.0)
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    let is_first = first.rows_affected() == 1;
    let alarm = match (is_first, is_as_asked) {
        (false, _) => Some("paid_twice"),
        (true, false) => Some("other_amount"),
        (true, true) => None,
    };
    if let Some(alarm) = alarm {
        tracing::error!(fee = id.as_str(), "payments: {alarm}");
        sqlx::query("UPDATE fees SET alarm = $1, alarm_at = $2 WHERE id = $3")
            .bind(alarm)
            .bind(crm.clock.utc().0)
            .bind(id.as_str())
            .execute(&mut **change)
            .await?;
    }
    // A receipt is never refused.
    let _ = happen(crm, change, id, Event::Receipt).await?;
    sqlx::query("UPDATE proofs SET settled_at = $1 WHERE fee_id = $2 AND settled_at IS NULL")
        .bind(crm.clock.utc().0)
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    if is_first { told::holders(crm, change, id, MessageKind::FeePaid).await } else { Ok(()) }
}

/// The receipt of a fee that is paid, as a tagged PDF.
#[utoipa::path(get, path = paths::FEE_RECEIPT, operation_id = "fee_receipt", tag = "payments", params(("id" = String, Path), InLanguage),
    responses((status = 200, body = crate::openapi::File, content_type = "application/pdf"), (status = "4XX", body = contract::Problem)))]
pub async fn pdf(State(crm): State<Crm>, payer: Payer, At(id): At<FeeId>, Asked(asked): Asked<InLanguage>) -> Result<Response> {
    let words = Words::of(&asked.language)?;
    let details = fees::find(&crm, &payer.id, &id).await?;
    let receipt = details.receipt.clone().ok_or(Error::NotFound)?;
    let page = OwnedLetter {
        language: words.language,
        title: words.payment.receipt_title.clone(),
        town: details.fee.creditor.name.clone(),
        paragraphs: vec![words.payment.receipt_text.clone()],
        rows: rows(&words, &details, &receipt, citizens::name(&crm, &payer.id).await?)?,
        issued_on: words.day(&crm.clock.today())?,
    };
    let name = words.receipt.file_name.replace("{number}", &details.fee.number.0);
    web::download(&format!("{name}.pdf"), "application/pdf", write(&crm, page).await?)
}

fn rows(words: &Words, details: &FeeDetails, receipt: &Receipt, person: String) -> Result<Vec<(String, String)>> {
    let (names, fee) = (&words.payment, &details.fee);
    let due = fee.due_on.as_ref().map(|day: &Date| words.day(day)).transpose()?.unwrap_or_default();
    let mut rows = vec![
        (names.what.clone(), fee.name("")),
        (names.remittance.clone(), details.remittance.clone()),
        (names.amount.clone(), words.money(receipt.amount)),
        (names.paid_at.clone(), words.instant(&receipt.paid_at)?),
        (names.psp.clone(), receipt.psp.clone()),
        (names.method.clone(), receipt.method.clone()),
        (names.creditor.clone(), format!("{} · {}", fee.creditor.name, fee.creditor.fiscal_code)),
        (names.number.clone(), fee.number.grouped()),
        (names.iuv.clone(), fee.number.iuv().to_owned()),
        (names.receipt_id.clone(), receipt.receipt_id.clone()),
        (names.due.clone(), due),
        (names.person.clone(), person),
    ];
    rows.retain(|(_, value)| !value.is_empty());
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_writes_times_in_three_ways() {
        let told = |text| at(text).map(|at| at.0);
        assert_eq!(told("2026-11-22T10:00:00+01:00").as_deref(), Some("2026-11-22T09:00:00Z"));
        assert_eq!(told("2026-07-22T10:00:00").as_deref(), Some("2026-07-22T08:00:00Z"));
        assert_eq!(told("2026-11-22").as_deref(), Some("2026-11-22T11:00:00Z"));
        assert_eq!((told("ieri"), told("")), (None, None));
    }
}
