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
    let value = count(change, &format!("cases {prefix} {year}")).await?;
    let unusable = |_| Error::Internal(format!("no number left in {year}"));
    Ok(CaseNumber::new(prefix, u16::try_from(year).map_err(unusable)?, u32::try_from(value).map_err(unusable)?))
}

/// The next number of a year's register (protocollo): seven digits that begin anew each year, and the year (D.P.R. 445/2000 art. 57).
/// Numbers that an import brought are passed over.
///
/// # Errors
/// When the database fails.
pub async fn protocol(change: &mut Change, year: i16) -> Result<String> {
    loop {
        let number = format!("{:07}/{year}", count(change, &format!("protocol {year}")).await?);
        let taken = sqlx::query("SELECT COUNT(*) FROM cases WHERE protocol_number = $1").bind(&number).fetch_one(&mut **change).await?;
        if taken.try_get::<i64, _>(0)? == 0 {
            return Ok(number);
        }
    }
}

/// The next number of a help at the help desk, which people can say on the phone.
///
/// # Errors
/// When the database fails.
pub async fn help(change: &mut Change, year: i16) -> Result<String> {
    Ok(format!("{:05}/{year}", count(change, &format!("helps {year}")).await?))
}

/// The next number of a delegation.
///
/// # Errors
/// When the database fails.
pub async fn delegation(change: &mut Change, year: i16) -> Result<String> {
    Ok(format!("D{:05}/{year}", count(change, &format!("delegations {year}")).await?))
}

async fn count(change: &mut Change, counter: &str) -> Result<i64> {
    let row = sqlx::query(
        "INSERT INTO counters (name, value) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value",
    )
    .bind(counter)
    .fetch_one(&mut **change)
    .await?;
    Ok(row.try_get(0)?)
}
