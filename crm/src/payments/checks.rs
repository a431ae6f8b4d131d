//! What frees itself by rule: the platform is asked how payments under way stand, pages that were never opened are given up, last days pass,
//! terms that come near are told. Every row is some process's own before it asks.
use super::fees::{self, happen, next_check};
use super::machine::Event;
use super::{holders, receipts, told};
use crate::clock::{days_after, instant, utc};
use crate::db::Change;
use crate::error::Result;
use crate::state::Crm;
use contract::Date;
use contract::id::{CartId, FeeId};
use contract::inbox::MessageKind;
use contract::payments::notice::NoticeNumber;
use futures_util::future::join_all;
use sqlx::Row;
use sqlx::any::AnyRow;
use std::time::Duration;

/// Pause between two looks for something due.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two rounds of what goes by days.
const LOOKS_PER_ROUND: u32 = 60;
/// Fees asked about in one look.
const AT_ONCE: i64 = 50;
/// Of these, asked at a time.
const AT_A_TIME: usize = 8;
/// A page that is not there after so many seconds will not come: longer than a request can take.
const OPENING_SECONDS: i64 = 120;
/// A fee is told so many days before its term.
const TOLD_DAYS: u32 = 7;

/// Keeps at it, for ever.
pub async fn keep_checking(crm: Crm) {
    for looks in 0_u32.. {
        if let Err(error) = look(&crm).await {
            tracing::error!("payments: {error}");
        }
        if looks.is_multiple_of(LOOKS_PER_ROUND)
            && let Err(error) = days(&crm).await
        {
            tracing::error!("payments, by days: {error}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One look: pages that never came are given up, and the platform is asked about every fee whose time has come. How many were asked about.
///
/// # Errors
/// When the database fails.
pub async fn look(crm: &Crm) -> Result<usize> {
    let stale = sqlx::query("SELECT id FROM carts WHERE ended_at IS NULL AND location IS NULL AND created_at < $1 LIMIT $2")
        .bind(crm.clock.seconds_ago(OPENING_SECONDS).0)
        .bind(AT_ONCE)
        .fetch_all(crm.db.reader())
        .await?;
    for row in &stale {
        give_up(crm, &CartId(row.try_get(0)?)).await?;
    }
    let due = sqlx::query(
        "SELECT id, creditor, number, until_at, next_check_at, checks FROM fees WHERE next_check_at <= $1 ORDER BY next_check_at LIMIT $2",
    )
    .bind(crm.clock.utc().0)
    .bind(AT_ONCE)
    .fetch_all(crm.db.reader())
    .await?;
    // A platform that is slow with one is not waited for by the others.
    for some in due.chunks(AT_A_TIME) {
        join_all(some.iter().map(|row| ask(crm, row))).await.into_iter().collect::<Result<Vec<()>>>()?;
    }
    Ok(due.len())
}

/// Asks the platform about one fee, unless another process does.
async fn ask(crm: &Crm, row: &AnyRow) -> Result<()> {
    let id = FeeId(row.try_get("id")?);
    let (asked_at, checks): (String, i64) = (row.try_get("next_check_at")?, row.try_get("checks")?);
    let until = row.try_get::<Option<String>, _>("until_at")?.and_then(|at| instant(&at)).map_or(0, |at| at.as_second());
    let mut change = crm.db.begin().await?;
    let mine = sqlx::query("UPDATE fees SET next_check_at = $1, checks = $2 WHERE id = $3 AND next_check_at = $4")
        .bind(next_check(crm, until, checks + 1))
        .bind(checks + 1)
        .bind(id.as_str())
        .bind(&asked_at)
        .execute(&mut *change)
        .await?;
    if mine.rows_affected() == 0 {
        return Ok(());
    }
    // The pages that show when it is asked next hear of it.
    holders::tell(crm, &mut change, &id).await?;
    // It moves or it does not: time is never refused.
    let _ = happen(crm, &mut change, &id, Event::Time).await?;
    change.commit().await?;
    let Some(pagopa) = &crm.pagopa else { return Ok(()) };
    let (creditor, number): (String, String) = (row.try_get("creditor")?, row.try_get("number")?);
    // The answer holds for the moment of the question, not for the later one at which it comes.
    let asked = crm.clock.now().as_second();
    // The receipt of a payment that failed is no receipt.
    match pagopa.receipt(&creditor, NoticeNumber(number).iuv()).await.map(|told| told.filter(|receipt| receipt.outcome == receipts::PAID)) {
        Ok(Some(receipt)) => receipts::pulled(crm, receipt).await?,
        Ok(None) if asked >= until.saturating_add(fees::pause(crm)) => {
            let mut change = crm.db.begin().await?;
            // Another process may have heard more meanwhile.
            let _ = happen(crm, &mut change, &id, Event::Unpaid).await?;
            change.commit().await?;
        }
        Ok(None) => {}
        Err(why) => tracing::warn!("payments, later: {why}"),
    }
    Ok(())
}

/// A cart has no payment page: its fees can be paid again, and its key may come again.
///
/// # Errors
/// When the database fails.
pub async fn give_up(crm: &Crm, cart: &CartId) -> Result<()> {
    let mut change = crm.db.begin().await?;
    for fee in locked_by(&mut change, cart).await? {
        // As above.
        let _ = happen(crm, &mut change, &fee, Event::NoCart).await?;
    }
    // When its page has come meanwhile, nothing of this holds.
    let gone = sqlx::query("UPDATE carts SET ended_at = COALESCE(ended_at, $1), key = id WHERE id = $2 AND location IS NULL")
        .bind(crm.clock.utc().0)
        .bind(cart.as_str())
        .execute(&mut *change)
        .await?;
    if gone.rows_affected() == 1 {
        change.commit().await?;
    }
    Ok(())
}

/// The fees that a cart holds locked, in the one order in which they are taken: fees come before carts.
///
/// # Errors
/// When the database fails.
pub async fn locked_by(change: &mut Change, cart: &CartId) -> Result<Vec<FeeId>> {
    let rows = sqlx::query("SELECT fee_id FROM cart_locks WHERE cart_id = $1 ORDER BY fee_id")
        .bind(cart.as_str())
        .fetch_all(&mut **change)
        .await?;
    rows.iter().map(|row| Ok(FeeId(row.try_get(0)?))).collect()
}

/// What goes by days: fees whose last day is over, and those to tell of.
///
/// # Errors
/// When the database fails.
pub async fn days(crm: &Crm) -> Result<()> {
    let today = crm.clock.today();
    let over = sqlx::query("SELECT id FROM fees WHERE state IN ('due', 'not_paid') AND last_on < $1 LIMIT 500")
        .bind(&today.0)
        .fetch_all(crm.db.reader())
        .await?;
    for row in &over {
        let id = FeeId(row.try_get(0)?);
        let mut change = crm.db.begin().await?;
        // The office may have moved the day meanwhile.
        let still = sqlx::query("UPDATE fees SET moved_at = moved_at WHERE id = $1 AND last_on < $2")
            .bind(id.as_str())
            .bind(&today.0)
            .execute(&mut *change)
            .await?;
        if still.rows_affected() == 1 {
            // As above.
            let _ = happen(crm, &mut change, &id, Event::LastDayOver).await?;
        }
        change.commit().await?;
    }
    let near = days_after(&today, TOLD_DAYS).unwrap_or_else(|| Date(today.0.clone()));
    let soon = sqlx::query("SELECT id FROM fees WHERE state IN ('due', 'not_paid') AND due_on BETWEEN $1 AND $2 AND told = 0 LIMIT 500")
        .bind(&today.0)
        .bind(&near.0)
        .fetch_all(crm.db.reader())
        .await?;
    for row in &soon {
        let id = FeeId(row.try_get(0)?);
        let mut change = crm.db.begin().await?;
        let mine = sqlx::query("UPDATE fees SET told = 1 WHERE id = $1 AND told = 0").bind(id.as_str()).execute(&mut *change).await?;
        if mine.rows_affected() == 1 {
            told::holders(crm, &mut change, &id, MessageKind::FeeDue).await?;
        }
        change.commit().await?;
    }
    tracing::debug!(now = utc(crm.clock.now()).0, over = over.len(), soon = soon.len(), "payments, by days");
    Ok(())
}
