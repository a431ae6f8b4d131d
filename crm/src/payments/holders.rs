//! Who sees a fee: whose own it is, and whoever has its notice in their hands; by which words each finds it.
use crate::db::Change;
use crate::error::Result;
use crate::state::Crm;
use crate::{fold, inbox};
use contract::id::{CitizenId, FeeId};
use contract::inbox::NewsKind;
use sqlx::Row;

/// Everybody who sees a fee, whose own it is first.
///
/// # Errors
/// When the database fails.
pub async fn holders(change: &mut Change, id: &FeeId) -> Result<Vec<CitizenId>> {
    let rows = sqlx::query("SELECT citizen_id FROM fee_holders WHERE fee_id = $1 ORDER BY is_own DESC, citizen_id")
        .bind(id.as_str())
        .fetch_all(&mut **change)
        .await?;
    rows.iter().map(|row| Ok(CitizenId(row.try_get(0)?))).collect()
}

/// The open pages of everybody who sees a fee hear that it has changed.
///
/// # Errors
/// When the database fails.
pub async fn tell(crm: &Crm, change: &mut Change, id: &FeeId) -> Result<()> {
    for citizen in holders(change, id).await? {
        inbox::tell(crm, change, &citizen, NewsKind::Payment, None);
    }
    Ok(())
}

/// What a fee is found by.
pub struct Words<'a> {
    /// Number, creditor, title: what everybody sees.
    pub open: [&'a str; 3],
    /// Person, object, period.
    pub private: [&'a str; 3],
}

impl Words<'_> {
    /// Folded, with what only its owner sees or without.
    pub fn folded(&self, is_own: bool) -> String {
        let private: &[&str] = if is_own { &self.private } else { &[] };
        fold::fold(&self.open.iter().chain(private).copied().collect::<Vec<_>>().join(" "))
    }
}

/// Somebody sees a fee from now on. What was only looked up becomes their own when it is.
///
/// # Errors
/// When the database fails.
pub async fn hold(crm: &Crm, change: &mut Change, citizen: &CitizenId, id: &FeeId, (is_own, words): (bool, &Words<'_>)) -> Result<()> {
    sqlx::query(
        "INSERT INTO fee_holders (citizen_id, fee_id, is_own, search_text, since) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (citizen_id, fee_id) DO UPDATE SET is_own = excluded.is_own, search_text = excluded.search_text
            WHERE excluded.is_own >= fee_holders.is_own",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .bind(i64::from(is_own))
    .bind(words.folded(is_own))
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// A fee is its debtor's from now on: whoever was taken for the debtor by mistake sees it no longer, unless they have begun to pay it. Of such
/// a notice they see what everybody does.
///
/// # Errors
/// When the database fails.
pub async fn no_longer_own(crm: &Crm, change: &mut Change, id: &FeeId, debtor: &str) -> Result<()> {
    const WRONG: &str = "fee_id = $1 AND is_own = 1 AND citizen_id NOT IN (SELECT id FROM citizens WHERE fiscal_code = $2)";
    const PAYING: &str = "citizen_id IN (SELECT c.citizen_id FROM carts c JOIN cart_fees f ON f.cart_id = c.id WHERE f.fee_id = $1)";
    let gone = sqlx::query(&format!("DELETE FROM fee_holders WHERE {WRONG} AND NOT {PAYING} RETURNING citizen_id"))
        .bind(id.as_str())
        .bind(debtor)
        .fetch_all(&mut **change)
        .await?;
    for row in &gone {
        inbox::tell(crm, change, &CitizenId(row.try_get(0)?), NewsKind::Payment, None);
    }
    // Their words are gone from it: it is found again by what stands on the notice, once it is looked up.
    sqlx::query(&format!("UPDATE fee_holders SET is_own = 0, search_text = '' WHERE {WRONG}"))
        .bind(id.as_str())
        .bind(debtor)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Fees that came before their debtor signed in for the first time become theirs. Most of the time there are none: that costs a read.
///
/// # Errors
/// When the database fails.
pub async fn adopt(crm: &Crm, citizen: &CitizenId) -> Result<()> {
    let rows = sqlx::query(
        "SELECT f.id, f.number, f.creditor_name, f.title, f.person, f.object, f.period FROM citizens p
         JOIN fees f ON f.debtor = p.fiscal_code WHERE p.id = $1 AND p.fiscal_code <> ''
            AND NOT EXISTS (SELECT 1 FROM fee_holders h WHERE h.citizen_id = p.id AND h.fee_id = f.id AND h.is_own = 1)",
    )
    .bind(citizen.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut change = crm.db.begin().await?;
    for row in &rows {
        let text = |column: &str| row.try_get::<&str, _>(column);
        let words = Words {
            open: [text("number")?, text("creditor_name")?, text("title")?],
            private: [text("person")?, text("object")?, text("period")?],
        };
        hold(crm, &mut change, citizen, &FeeId(row.try_get("id")?), (true, &words)).await?;
    }
    change.commit().await?;
    Ok(())
}
