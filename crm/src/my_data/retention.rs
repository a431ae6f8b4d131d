//! How long the law keeps what somebody has left (`crm/seed/retention.json`), and the job that ends it.
use super::leaving;
use crate::clock::{in_town, instant, utc};
use crate::db::Change;
use crate::error::Result;
use crate::help_desk::log;
use crate::state::Crm;
use contract::Date;
use contract::dictionary::KindCode;
use contract::id::CaseId;
use jiff::ToSpan;
use serde::Deserialize;
use sqlx::Row;
use std::collections::{BTreeMap, BTreeSet};

/// The table of a town that has none of its own.
pub const DEFAULT: &str = include_str!("../../seed/retention.json");
/// More years than these are a slip of the pen.
const YEARS_MAX: u32 = 100;

/// The town's table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Cases; reports only when they are in the register.
    pub cases: Rule,
    /// Kinds of case with a rule of their own.
    #[serde(default)]
    pub kinds: BTreeMap<String, Rule>,
    /// Payments that were made.
    pub payments: Rule,
    /// The log of who has seen what.
    pub log: Rule,
}

/// How long something is kept.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Years after its end.
    pub years: u32,
    /// What it is called, by language.
    pub what: BTreeMap<String, String>,
    /// Why, and by which law, by language.
    pub why: BTreeMap<String, String>,
}

impl Rule {
    /// Until which day something is kept that ended at an instant.
    pub fn until(&self, ended_at: &str) -> Option<Date> {
        let ended = in_town(instant(ended_at)?);
        Some(Date(ended.date().checked_add(i64::from(self.years).years()).ok()?.to_string()))
    }

    /// What ended before this instant has passed its time.
    fn since(&self, crm: &Crm) -> String {
        let now = in_town(crm.clock.now());
        now.checked_sub(i64::from(self.years).years()).map_or_else(|_| String::new(), |then| utc(then.timestamp()).0)
    }
}

impl Retention {
    /// The rule for a kind of case.
    pub fn of(&self, kind: &str) -> &Rule {
        self.kinds.get(kind).unwrap_or(&self.cases)
    }

    /// What is wrong with the table.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self, kinds: &BTreeSet<KindCode>) -> Result<(), String> {
        if let Some(kind) = self.kinds.keys().find(|kind| !kinds.contains(&KindCode((*kind).clone()))) {
            return Err(format!("kind {kind} does not exist"));
        }
        for rule in [&self.cases, &self.payments, &self.log].into_iter().chain(self.kinds.values()) {
            let is_whole = |words: &BTreeMap<String, String>| words.get("it").is_some_and(|words| !words.is_empty());
            if !(1..=YEARS_MAX).contains(&rule.years) || !is_whole(&rule.what) || !is_whole(&rule.why) {
                return Err("each rule needs years (1 to 100), and what and why in Italian".to_owned());
            }
        }
        Ok(())
    }
}

/// Ends what has passed its time; the files to be forgotten when the change has happened.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<Vec<String>> {
    let table = &crm.reference.retention;
    let mut files = Vec::new();
    for case in over(crm, change).await? {
        files.extend(leaving::end_case(crm, change, &case).await?);
    }
    sqlx::query("DELETE FROM fees WHERE paid_at < $1 AND NOT EXISTS (SELECT 1 FROM fee_holders h WHERE h.fee_id = fees.id)")
        .bind(table.payments.since(crm))
        .execute(&mut **change)
        .await?;
    log::cut(change, &table.log.since(crm)).await?;
    leaving::drop_who_is_gone(change).await?;
    Ok(files)
}

/// Cases that were left and have passed their time, and reports without a person that are over.
async fn over(crm: &Crm, change: &mut Change) -> Result<Vec<CaseId>> {
    let rows = sqlx::query(
        "SELECT id, kind, moved_at, unlinked_at FROM cases WHERE phase = 'closed' AND (sealed_at IS NOT NULL OR unlinked_at IS NOT NULL)",
    )
    .fetch_all(&mut **change)
    .await?;
    let mut over = Vec::new();
    for row in &rows {
        let is_unlinked = row.try_get::<Option<String>, _>("unlinked_at")?.is_some();
        let rule = crm.reference.retention.of(row.try_get("kind")?);
        if is_unlinked || row.try_get::<String, _>("moved_at")? < rule.since(crm) {
            over.push(CaseId(row.try_get("id")?));
        }
    }
    Ok(over)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_table_that_comes_with_it_is_whole_and_counts_in_years() {
        let table: Retention = serde_json::from_str(DEFAULT).unwrap();
        let kinds = ["street_report", "access_dispute"].map(|kind| KindCode(kind.to_owned())).into();
        table.check(&kinds).unwrap();
        assert_eq!(table.of("street_report").until("2024-02-29T12:00:00Z"), Some(Date("2029-02-28".into())));
        assert_eq!(table.of("nursery").years, 10);
        assert!(table.check(&BTreeSet::new()).is_err());
    }
}
