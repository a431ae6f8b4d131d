//! The numbers that people read on paper: a counter for each year.
use crate::db::Change;
use crate::error::{Error, Result};
use contract::cases::CaseNumber;
use sqlx::Row;

/// The next number of a year. Two cases never get the same one, and what is rolled back gives its number back.
///
/// # Errors
/// When the database fails or the year's numbers are used up.
pub async fn next(change: &mut Change, prefix: &str, year: i16) -> Result<CaseNumber> {
    let value: i64 = sqlx::query(
        "INSERT INTO counters (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
    )
    .bind(format!("cases {prefix} {year}"))
    .fetch_one(&mut **change)
    .await?
    .try_get(0)?;
    let unusable = |_| Error::Internal(format!("no number left in {year}"));
    Ok(CaseNumber::new(prefix, u16::try_from(year).map_err(unusable)?, u32::try_from(value).map_err(unusable)?))
}
