//! Fees as the database has them: one row as the contract says it, whose they are, and the one place where something happens to them.
use super::holders::tell;
use super::machine::{self, Event, Refusal, Stand, State};
use crate::clock::{instant, later, utc, year_in_town};
use crate::conditions::Conditions;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::{fold, office};
use contract::dictionary::StateCode;
use contract::id::{CartId, CitizenId, FeeId};
use contract::payments::notice::NoticeNumber;
use contract::payments::{Attempt, Creditor, Fee, FeeDetails, FeeQuery, Part, Receipt, Standing};
use contract::problem::FieldRule;
use contract::{Date, Page, UtcTime};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns that [`fee`] and [`details`] read.
const COLUMNS: &str = "f.id, f.creditor, f.creditor_name, f.number, f.kind, f.title, f.person, f.object, f.period, f.remittance, f.amount,
    f.reduced_amount, f.reduced_until, f.due_on, f.position_key, f.part, f.parts, f.office_key, f.state, f.next_check_at, f.paid_at, h.is_own";
/// A citizen's fees: every query begins with the holder.
const TABLES: &str = "fee_holders h JOIN fees f ON f.id = h.fee_id";
/// What is to be done comes first: what is being checked, then what is to pay by its day, then what was paid last.
const ORDER: &str = "CASE f.state WHEN 'started' THEN 0 WHEN 'checking' THEN 0 WHEN 'due' THEN 1 WHEN 'not_paid' THEN 1 ELSE 2 END,
    CASE WHEN f.state IN ('due', 'not_paid') THEN COALESCE(f.due_on, '9999') ELSE '' END, COALESCE(f.paid_at, f.due_on, f.created_at) DESC, f.id DESC";

/// Seconds of a pause that are surely enough for the platform to know of a payment, when no platform says for how long its pages hold.
const PAUSE: i64 = 300;

/// How long after a payment page's time a payment made there may still be unknown, in seconds: a sixth of the page's time.
pub fn pause(crm: &Crm) -> i64 {
    crm.pagopa.as_ref().map_or(PAUSE, |pagopa| pagopa.cart_seconds() / 6)
}

/// The words of the states that stand so.
fn states(standing: Standing) -> impl Iterator<Item = &'static str> {
    State::ALL.into_iter().filter(move |state| state.standing() == standing).map(State::word)
}

/// A page of a citizen's fees.
///
/// # Errors
/// When the cursor is none, or the database fails.
pub async fn list(crm: &Crm, citizen: &CitizenId, query: &FeeQuery) -> Result<Page<Fee>> {
    let limit = i64::from(query.limit.unwrap_or(20).clamp(1, 100));
    let skip: i64 = match &query.after {
        Some(after) => {
            after.parse().ok().filter(|skip| (0..100_000).contains(skip)).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?
        }
        None => 0,
    };
    let mut wanted = Conditions::default();
    wanted.equal("h.citizen_id", citizen.as_str());
    if let Some(show) = query.show {
        wanted.one_of("f.state", states(show));
    }
    if let Some(year) = query.year {
        let [from, to] = i16::try_from(year).ok().and_then(year_in_town).ok_or_else(|| Error::field("year", FieldRule::NotAChoice))?;
        wanted.at_least("f.paid_at", &from.0);
        wanted.at_most("f.paid_at", &to.0);
    }
    for word in fold::words(query.q.as_deref().unwrap_or_default()) {
        wanted.word(&word, &["h.search_text"], &[]);
    }
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {} ORDER BY {ORDER}", wanted.sql());
    let mut rows = wanted.some(crm, &sql, (limit + 1, skip)).await?;
    let next = (rows.len() as i64 > limit).then(|| (skip + limit).to_string());
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(Page { items: rows.iter().map(|row| fee(crm, row)).collect::<Result<_>>()?, next })
}

/// A citizen's fees that can be paid and whose last day is not after `until`, the nearest first; and how many there are.
///
/// # Errors
/// When the database fails.
pub async fn due(crm: &Crm, citizen: &CitizenId, until: &Date, limit: i64) -> Result<(Vec<Fee>, u32)> {
    let mut wanted = Conditions::default();
    wanted.equal("h.citizen_id", citizen.as_str());
    wanted.one_of("f.state", states(Standing::ToPay));
    wanted.at_most("f.due_on", &until.0);
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {} ORDER BY f.due_on, f.id", wanted.sql());
    let fees = wanted.rows(crm, &sql, limit).await?.iter().map(|row| fee(crm, row)).collect::<Result<_>>()?;
    Ok((fees, wanted.count(crm, TABLES).await?))
}

/// One of a citizen's fees, with everything about it.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs, or the database.
pub async fn find(crm: &Crm, citizen: &CitizenId, id: &FeeId) -> Result<FeeDetails> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE h.citizen_id = $1 AND f.id = $2"))
        .bind(citizen.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let fee = fee(crm, &row)?;
    let position: String = row.try_get("position_key")?;
    let instalments = if position.is_empty() || !fee.is_own { Vec::new() } else { instalments(crm, citizen, &fee, &position).await? };
    let office_key: String = row.try_get("office_key")?;
    let office = if office_key.is_empty() || !fee.is_own { None } else { office::contact_of(crm, &office_key).await? };
    Ok(FeeDetails {
        remittance: row.try_get("remittance")?,
        instalments,
        attempt: attempt(crm, citizen, &fee).await?,
        receipt: receipt(crm, citizen, id).await?,
        proofs: proofs(crm, citizen, id).await?,
        may_prove: fee.standing == Standing::Checking || fee.standing == Standing::ToPay,
        office,
        fee,
    })
}

async fn instalments(crm: &Crm, citizen: &CitizenId, of: &Fee, position: &str) -> Result<Vec<Fee>> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM {TABLES} WHERE h.citizen_id = $1 AND h.is_own = 1 AND f.creditor = $2 AND f.position_key = $3 ORDER BY f.part, f.id"
    ))
    .bind(citizen.as_str())
    .bind(&of.creditor.fiscal_code)
    .bind(position)
    .fetch_all(crm.db.reader())
    .await?;
    rows.iter().map(|row| fee(crm, row)).collect()
}

/// The payment under way. Its page is told only to who opened it and has not come back.
async fn attempt(crm: &Crm, citizen: &CitizenId, fee: &Fee) -> Result<Option<Attempt>> {
    let row = sqlx::query(
        "SELECT c.id, c.citizen_id, c.created_at, c.until_at, c.returned_at, c.location FROM cart_locks l JOIN carts c ON c.id = l.cart_id
         JOIN fee_holders h ON h.fee_id = l.fee_id WHERE h.citizen_id = $1 AND l.fee_id = $2",
    )
    .bind(citizen.as_str())
    .bind(fee.id.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let until: String = row.try_get("until_at")?;
    let is_own = row.try_get::<String, _>("citizen_id")? == citizen.as_str();
    let may_go_on = is_own && row.try_get::<Option<String>, _>("returned_at")?.is_none() && until > crm.clock.utc().0;
    Ok(Some(Attempt {
        cart: CartId(row.try_get("id")?),
        begun_at: UtcTime(row.try_get("created_at")?),
        until: UtcTime(until),
        location: row.try_get::<Option<String>, _>("location")?.filter(|_| may_go_on),
    }))
}

/// The receipt: for whose fee it is, and for who has begun to pay it. Who has only looked up a notice that others have paid gets none.
async fn receipt(crm: &Crm, citizen: &CitizenId, id: &FeeId) -> Result<Option<Receipt>> {
    let row = sqlx::query(
        "SELECT r.receipt_id, r.amount, r.paid_at, r.psp, r.method FROM fee_holders h JOIN receipts r ON r.fee_id = h.fee_id
         WHERE h.citizen_id = $1 AND h.fee_id = $2 AND (h.is_own = 1 OR EXISTS (SELECT 1 FROM carts c JOIN cart_fees f ON f.cart_id = c.id
            WHERE c.citizen_id = h.citizen_id AND f.fee_id = h.fee_id)) ORDER BY r.id LIMIT 1",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    row.as_ref().map(receipt_of).transpose()
}

/// A receipt's row as the contract says it.
///
/// # Errors
/// When a column is not what it should be.
pub fn receipt_of(row: &AnyRow) -> Result<Receipt> {
    Ok(Receipt {
        receipt_id: row.try_get("receipt_id")?,
        amount: row.try_get("amount")?,
        paid_at: UtcTime(row.try_get("paid_at")?),
        psp: row.try_get("psp")?,
        method: row.try_get("method")?,
    })
}

async fn proofs(crm: &Crm, citizen: &CitizenId, id: &FeeId) -> Result<Vec<UtcTime>> {
    let rows = sqlx::query("SELECT sent_at FROM proofs WHERE citizen_id = $1 AND fee_id = $2 AND settled_at IS NULL ORDER BY sent_at")
        .bind(citizen.as_str())
        .bind(id.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    rows.iter().map(|row| Ok(UtcTime(row.try_get(0)?))).collect()
}

/// What a fee costs on a day, and the full amount when that is less.
pub fn amount_on(day: &Date, amount: i64, reduced: i64, until: Option<&str>) -> (i64, Option<i64>) {
    let holds = until.is_some_and(|until| day.0.as_str() <= until) && reduced > 0;
    if holds { (reduced, Some(amount)) } else { (amount, None) }
}

/// A row as the contract says it. Whoever only pays for somebody else is not told whom and what it is for.
pub fn fee(crm: &Crm, row: &AnyRow) -> Result<Fee> {
    let text = |column: &str| Ok::<String, Error>(row.try_get(column)?);
    let number = |column: &str| Ok::<i64, Error>(row.try_get(column)?);
    let is_own = number("is_own")? != 0;
    let private = |column: &str| if is_own { text(column) } else { Ok(String::new()) };
    let word = text("state")?;
    let state = State::of(&word).ok_or_else(|| Error::Internal(format!("fees.state is {word}")))?;
    let until: Option<String> = row.try_get("reduced_until")?;
    let (amount, full_amount) = amount_on(&crm.clock.today(), number("amount")?, number("reduced_amount")?, until.as_deref());
    let parts = u32::try_from(number("parts")?).unwrap_or_default();
    Ok(Fee {
        id: FeeId(text("id")?),
        number: NoticeNumber(text("number")?),
        creditor: Creditor { fiscal_code: text("creditor")?, name: text("creditor_name")? },
        kind: text("kind")?,
        title: text("title")?,
        person: private("person")?,
        object: private("object")?,
        period: private("period")?,
        amount,
        full_amount,
        reduced_until: until.filter(|_| full_amount.is_some()).map(Date),
        due_on: row.try_get::<Option<String>, _>("due_on")?.map(Date),
        part: (parts > 1).then_some(Part { number: u32::try_from(number("part")?).unwrap_or_default(), of: parts }),
        state: StateCode(word),
        standing: state.standing(),
        next_check_at: row.try_get::<Option<String>, _>("next_check_at")?.filter(|_| state.is_locked()).map(UtcTime),
        paid_at: row.try_get::<Option<String>, _>("paid_at")?.map(UtcTime),
        is_own,
    })
}

/// Something happens to a fee, in a change: the one place where a fee comes into another state. It is this change's own until it ends.
/// `Err` inside: why it cannot happen.
///
/// # Errors
/// [`Error::NotFound`] when there is no such fee, or the database.
pub async fn happen(crm: &Crm, change: &mut Change, id: &FeeId, event: Event) -> Result<std::result::Result<State, Refusal>> {
    let row = sqlx::query("UPDATE fees SET moved_at = moved_at WHERE id = $1 RETURNING state, until_at")
        .bind(id.as_str())
        .fetch_optional(&mut **change)
        .await?
        .ok_or(Error::NotFound)?;
    let word: String = row.try_get("state")?;
    let state = State::of(&word).ok_or_else(|| Error::Internal(format!("fees.state is {word}")))?;
    let until = row.try_get::<Option<String>, _>("until_at")?.and_then(|at| instant(&at)).map_or(0, |at| at.as_second());
    let (now, before) = (crm.clock.now(), Stand { state, until });
    let after = match machine::next(before, event, (now.as_second(), pause(crm))) {
        Ok(after) => after,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if after == before {
        return Ok(Ok(after.state));
    }
    // Whoever has just come back is not kept waiting; a page that has just been opened is not asked about at once.
    let checks = if after.state == State::Started { 4 } else { 0 };
    let next = after.state.is_locked().then(|| next_check(crm, after.until, checks));
    sqlx::query("UPDATE fees SET state = $1, until_at = $2, next_check_at = $3, checks = $4, moved_at = $5 WHERE id = $6")
        .bind(after.state.word())
        .bind(after.state.is_locked().then(|| utc(later(now, after.until - now.as_second())).0))
        .bind(next)
        .bind(checks)
        .bind(utc(now).0)
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    if before.state.is_locked() && !after.state.is_locked() {
        unlock(crm, change, id).await?;
    }
    tell(crm, change, id).await?;
    Ok(Ok(after.state))
}

/// When the platform is asked next, and not after the page's time is over, nor after the moment from which its word frees the fee.
pub fn next_check(crm: &Crm, until: i64, checks: i64) -> String {
    let now = crm.clock.now();
    let marks = [until, until.saturating_add(pause(crm))].map(|mark| mark - now.as_second());
    let wait = marks.into_iter().filter(|seconds| *seconds > 0).fold(machine::wait(checks), i64::min);
    utc(later(now, wait)).0
}

/// Nobody is paying it any more; a cart of which nothing is being paid is over.
async fn unlock(crm: &Crm, change: &mut Change, id: &FeeId) -> Result<()> {
    sqlx::query("DELETE FROM cart_locks WHERE fee_id = $1").bind(id.as_str()).execute(&mut **change).await?;
    sqlx::query(
        "UPDATE carts SET ended_at = $1 WHERE ended_at IS NULL AND id IN (SELECT cart_id FROM cart_fees WHERE fee_id = $2)
            AND NOT EXISTS (SELECT 1 FROM cart_locks l WHERE l.cart_id = carts.id)",
    )
    .bind(crm.clock.utc().0)
    .bind(id.as_str())
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// A new identifier.
pub fn new_fee() -> FeeId {
    FeeId(new_id())
}
