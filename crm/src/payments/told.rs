//! What is told of fees: that a term comes near, that a receipt is there; among the messages, and on the channels that somebody wants.
use super::fees;
use crate::channels::{self, READER, reader};
use crate::db::Change;
use crate::error::Result;
use crate::inbox;
use crate::notices::{Notice, empty};
use crate::state::Crm;
use crate::words::Words;
use contract::Date;
use contract::channels::Topic;
use contract::id::{CitizenId, FeeId};
use contract::inbox::MessageKind;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The app's page of a fee; `src/route.rs` of the app knows it by the same address.
const FEE_PAGE: &str = "/payments/";

/// The app's page of a fee.
pub fn page(crm: &Crm, id: &FeeId) -> String {
    format!("{}{FEE_PAGE}{id}", crm.config.public_url)
}

/// Tells everybody who sees a fee, in the same change. Of a term only whose own it is hears.
///
/// # Errors
/// When the database fails.
pub async fn holders(crm: &Crm, change: &mut Change, id: &FeeId, kind: MessageKind) -> Result<()> {
    for citizen in super::holders::holders(change, id).await? {
        tell(crm, change, (&citizen, id), kind).await?;
    }
    Ok(())
}

async fn tell(crm: &Crm, change: &mut Change, (citizen, id): (&CitizenId, &FeeId), kind: MessageKind) -> Result<()> {
    let row = sqlx::query(&format!(
        "SELECT {READER}, h.is_own, f.number, f.title, f.person AS fee_person, f.object, f.period, f.amount, f.reduced_amount, f.reduced_until, f.due_on
         FROM fee_holders h JOIN citizens p ON p.id = h.citizen_id JOIN fees f ON f.id = h.fee_id WHERE h.citizen_id = $1 AND h.fee_id = $2"
    ))
    .bind(citizen.as_str())
    .bind(id.as_str())
    .fetch_one(&mut **change)
    .await?;
    let is_own = row.try_get::<i64, _>("is_own")? != 0;
    if kind == MessageKind::FeeDue && !is_own {
        return Ok(());
    }
    let name = name(&row, is_own)?;
    inbox::tell_payer(crm, change, citizen, (kind, &name), id).await?;
    if !crm.has_channels() {
        return Ok(());
    }
    let reader = reader(change, &row).await?;
    let words = Words::of(&reader.language)?;
    let notice = notice(crm, &words, (id, &name), kind, &row)?;
    channels::tell(crm, change, &words, &reader, &notice).await
}

/// "Mensa · Sara · ottobre".
fn name(row: &AnyRow, is_own: bool) -> Result<String> {
    let columns: &[&str] = if is_own { &["title", "fee_person", "object", "period"] } else { &["title"] };
    let mut parts = Vec::new();
    for column in columns {
        parts.push(row.try_get::<String, _>(*column)?);
    }
    parts.retain(|part| !part.is_empty());
    Ok(parts.join(" · "))
}

fn notice(crm: &Crm, words: &Words, (id, name): (&FeeId, &str), kind: MessageKind, row: &AnyRow) -> Result<Notice> {
    let names = &words.payment;
    let (topic, subject, text) = if kind == MessageKind::FeePaid {
        (Topic::Cases, &names.paid_subject, &names.paid_text)
    } else {
        (Topic::Requests, &names.due_subject, &names.due_text)
    };
    let due = row.try_get::<Option<String>, _>("due_on")?.map(Date);
    let due = due.as_ref().map(|day| words.day(day)).transpose()?.unwrap_or_default();
    let mut facts = vec![(names.what.clone(), name.to_owned())];
    if kind == MessageKind::FeeDue {
        let reduced_until: Option<String> = row.try_get("reduced_until")?;
        let (amount, _) =
            fees::amount_on(&crm.clock.today(), row.try_get("amount")?, row.try_get("reduced_amount")?, reduced_until.as_deref());
        facts.push((names.amount.clone(), words.money(amount)));
    }
    Ok(Notice {
        subject: subject.replace("{name}", name),
        paragraphs: vec![text.replace("{day}", &due)],
        facts,
        link: Some((names.open.clone(), page(crm, id))),
        ..empty(topic)
    })
}
