//! What a deletion would do (feature N3): told before it is done, and read anew when it is.
use crate::db::Change;
use crate::error::Result;
use crate::my_data::retention::Rule;
use crate::payments::FeeState;
use crate::reference::STREET_REPORT;
use crate::secret;
use crate::state::Crm;
use crate::words::Words;
use contract::Date;
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId};
use contract::my_data::{DeletionPlan, Going, InTheWay, Kept, Named, Obstacle, Thing};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// What becomes of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes.
    Deleted,
    /// It stays without the person.
    Unlinked,
    /// The law keeps it.
    Kept,
}

/// A case of somebody who wants to leave.
pub struct Left {
    /// Its identifier.
    pub id: CaseId,
    /// What becomes of it.
    pub fate: Fate,
    kind: String,
    is_open: bool,
    named: Named,
}

/// Somebody's cases, each with what becomes of it. A report that is in no register is no document of the town's: it goes, or it goes on
/// without its author.
///
/// # Errors
/// When the database fails.
pub async fn cases(crm: &Crm, change: &mut Change, citizen: &CitizenId) -> Result<Vec<Left>> {
    let rows = sqlx::query(
        "SELECT c.id, c.number, c.title, c.kind, c.state, c.phase, c.moved_at, c.protocol_number,
                (SELECT COUNT(*) FROM public_reports r WHERE r.case_id = c.id AND r.hidden = 0) AS shown
         FROM cases c WHERE c.owner_id = $1 ORDER BY c.moved_at DESC, c.id",
    )
    .bind(citizen.as_str())
    .fetch_all(&mut **change)
    .await?;
    rows.iter().map(|row| left(crm, row)).collect()
}

fn left(crm: &Crm, row: &AnyRow) -> Result<Left> {
    let (kind, state) = (row.try_get::<String, _>("kind")?, StateCode(row.try_get("state")?));
    let is_open = row.try_get::<&str, _>("phase")? != "closed";
    let is_public = row.try_get::<i64, _>("shown")? > 0 && crm.reference.town.public_states.contains(&state);
    let is_registered = row.try_get::<Option<String>, _>("protocol_number")?.is_some();
    let fate = match (kind == STREET_REPORT && !is_registered, is_open || is_public) {
        (false, _) => Fate::Kept,
        (true, true) => Fate::Unlinked,
        (true, false) => Fate::Deleted,
    };
    let ended_at: String = row.try_get("moved_at")?;
    let until = if fate == Fate::Kept && !is_open { crm.reference.retention.of(&kind).until(&ended_at) } else { None };
    let named = Named { title: row.try_get("title")?, number: row.try_get("number")?, until };
    Ok(Left { id: CaseId(row.try_get("id")?), fate, kind, is_open, named })
}

/// The whole plan, in the words of a language.
///
/// # Errors
/// When the database fails.
pub async fn of(crm: &Crm, change: &mut Change, citizen: &CitizenId, language: &str) -> Result<DeletionPlan> {
    let words = Words::of(language)?;
    let cases = cases(crm, change, citizen).await?;
    let named =
        |wanted: &dyn Fn(&Left) -> bool| cases.iter().filter(|case| wanted(case)).map(|case| case.named.clone()).collect::<Vec<_>>();
    let mut plan = DeletionPlan {
        in_the_way: in_the_way(change, citizen).await?,
        goes: Vec::new(),
        kept: kept_cases(crm, &cases, words.language),
        open: named(&|case| case.fate == Fate::Kept && case.is_open),
        unlinked: named(&|case| case.fate == Fate::Unlinked),
        to_pay: fees(change, citizen, &[FeeState::Due, FeeState::NotPaid]).await?,
        letter_to: letter_to(crm, change, citizen).await?,
        word: words.data.delete_word.clone(),
        tag: String::new(),
    };
    plan.kept.extend(kept_payments(crm, change, citizen, words.language).await?);
    let entries = count(change, citizen, "access_log WHERE citizen_id = $1").await?;
    if entries > 0 {
        plan.kept.push(kept(&crm.reference.retention.log, words.language, (entries, Vec::new())));
    }
    plan.tag = secret::sha256_hex(&serde_json::to_vec(&plan)?);
    // Behind the tag: what goes anyway may be one message more by now.
    plan.goes = goes(change, citizen, cases.iter().filter(|case| case.fate == Fate::Deleted).count()).await?;
    Ok(plan)
}

fn said(words: &BTreeMap<String, String>, language: &str) -> String {
    words.get(language).or_else(|| words.get("it")).cloned().unwrap_or_default()
}

fn kept(rule: &Rule, language: &str, (count, items): (u32, Vec<Named>)) -> Kept {
    Kept { what: said(&rule.what, language), why: said(&rule.why, language), years: rule.years, count, items }
}

/// The cases that the law keeps, by their rules.
fn kept_cases(crm: &Crm, cases: &[Left], language: &str) -> Vec<Kept> {
    let table = &crm.reference.retention;
    let mut told = Vec::new();
    for kind in table.kinds.keys().map(Some).chain([None]) {
        let is_of = |case: &&Left| case.fate == Fate::Kept && kind.map_or(!table.kinds.contains_key(&case.kind), |kind| *kind == case.kind);
        let items: Vec<Named> = cases.iter().filter(is_of).map(|case| case.named.clone()).collect();
        if !items.is_empty() {
            let rule = kind.map_or(&table.cases, |kind| table.of(kind));
            told.push(kept(rule, language, (u32::try_from(items.len()).unwrap_or(u32::MAX), items)));
        }
    }
    told
}

async fn kept_payments(crm: &Crm, change: &mut Change, citizen: &CitizenId, language: &str) -> Result<Option<Kept>> {
    let rule = &crm.reference.retention.payments;
    let rows = sqlx::query(
        "SELECT f.title, f.number, f.paid_at FROM fee_holders h JOIN fees f ON f.id = h.fee_id
         WHERE h.citizen_id = $1 AND h.is_own = 1 AND f.paid_at IS NOT NULL ORDER BY f.paid_at DESC, f.id",
    )
    .bind(citizen.as_str())
    .fetch_all(&mut **change)
    .await?;
    let items = rows
        .iter()
        .map(|row| Ok(Named { title: row.try_get(0)?, number: row.try_get(1)?, until: rule.until(row.try_get(2)?) }))
        .collect::<Result<Vec<_>>>()?;
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    Ok((count > 0).then(|| kept(rule, language, (count, items))))
}

/// Somebody's own fees that stand so.
async fn fees(change: &mut Change, citizen: &CitizenId, states: &[FeeState]) -> Result<Vec<Named>> {
    let mut found = Vec::new();
    for state in states {
        let rows = sqlx::query(
            "SELECT f.title, f.number, f.due_on FROM fee_holders h JOIN fees f ON f.id = h.fee_id
             WHERE h.citizen_id = $1 AND h.is_own = 1 AND f.state = $2 ORDER BY f.due_on, f.id",
        )
        .bind(citizen.as_str())
        .bind(state.word())
        .fetch_all(&mut **change)
        .await?;
        for row in &rows {
            found.push(Named { title: row.try_get(0)?, number: row.try_get(1)?, until: row.try_get::<Option<String>, _>(2)?.map(Date) });
        }
    }
    Ok(found)
}

/// What must end first: money that is on its way, and a help that goes on.
async fn in_the_way(change: &mut Change, citizen: &CitizenId) -> Result<Vec<InTheWay>> {
    let mut found = Vec::new();
    let rows = sqlx::query(
        "SELECT f.title, f.number FROM fee_holders h JOIN fees f ON f.id = h.fee_id WHERE h.citizen_id = $1 AND
            (f.state IN ('started', 'checking') AND (h.is_own = 1
                OR EXISTS (SELECT 1 FROM cart_locks l JOIN carts c ON c.id = l.cart_id WHERE l.fee_id = f.id AND c.citizen_id = $1))
             OR EXISTS (SELECT 1 FROM proofs p WHERE p.citizen_id = $1 AND p.fee_id = f.id AND p.settled_at IS NULL)) ORDER BY f.id",
    )
    .bind(citizen.as_str())
    .fetch_all(&mut **change)
    .await?;
    for row in &rows {
        let named = Named { title: row.try_get(0)?, number: row.try_get(1)?, until: None };
        found.push(InTheWay { what: Obstacle::Payment, named });
    }
    let row = sqlx::query("SELECT v.name, h.session FROM helps h JOIN volunteers v ON v.id = h.volunteer_id WHERE h.active_citizen = $1")
        .bind(citizen.as_str())
        .fetch_optional(&mut **change)
        .await?;
    if let Some(row) = row {
        let named = Named { title: row.try_get(0)?, number: row.try_get(1)?, until: None };
        found.push(InTheWay { what: Obstacle::Help, named });
    }
    Ok(found)
}

/// Where a last letter goes: the e-mail address that is there.
///
/// # Errors
/// When the database fails.
pub async fn letter_to(crm: &Crm, change: &mut Change, citizen: &CitizenId) -> Result<Option<String>> {
    let row = sqlx::query("SELECT email FROM citizens WHERE id = $1").bind(citizen.as_str()).fetch_one(&mut **change).await?;
    let email: Option<String> = row.try_get(0)?;
    Ok(email.filter(|email| crm.post.is_some() && contract::contact::is_email(email)))
}

async fn count(change: &mut Change, citizen: &CitizenId, from: &str) -> Result<u32> {
    let row = sqlx::query(&format!("SELECT COUNT(*) FROM {from}")).bind(citizen.as_str()).fetch_one(&mut **change).await?;
    Ok(u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX))
}

/// What goes at once, and how much of it; what there is none of is not told.
async fn goes(change: &mut Change, citizen: &CitizenId, reports: usize) -> Result<Vec<Going>> {
    let counted: [(Thing, &[&str]); 10] = [
        (Thing::Drafts, &["drafts WHERE citizen_id = $1", "questionnaire_drafts WHERE citizen_id = $1"]),
        (Thing::Messages, &["inbox WHERE owner_id = $1"]),
        (Thing::Files, &["attachments WHERE owner_id = $1 AND case_id IS NULL AND office = ''"]),
        (Thing::Followed, &["subscriptions WHERE citizen_id = $1", "follows WHERE citizen_id = $1"]),
        (Thing::Answers, &["questionnaire_answers WHERE citizen_id = $1"]),
        (Thing::Devices, &["push_devices WHERE citizen_id = $1", "sessions WHERE citizen_id = $1"]),
        (Thing::Choices, &["choices_said WHERE citizen_id = $1", "tips_off WHERE citizen_id = $1", "comfort WHERE citizen_id = $1"]),
        (Thing::Ratings, &["ratings WHERE owner_id = $1"]),
        (Thing::Copies, &["data_copies WHERE citizen_id = $1"]),
        (Thing::Delegations, &["delegations WHERE citizen_id = $1", "delegations WHERE delegate_id = $1"]),
    ];
    let mut told = vec![Going { what: Thing::Contacts, count: 1 }];
    told.push(Going { what: Thing::Reports, count: u32::try_from(reports).unwrap_or(u32::MAX) });
    for (what, tables) in counted {
        let mut sum = 0;
        for table in tables {
            sum += count(change, citizen, table).await?;
        }
        told.push(Going { what, count: sum });
    }
    told.retain(|going| going.count > 0);
    Ok(told)
}
