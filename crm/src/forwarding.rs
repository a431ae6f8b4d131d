//! Street reports handed on to another Open311 server through the outbox, and its word on them read back by asking now and then.
use crate::clock::{later, utc};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::office;
use crate::outbox::{self, Kind, Outcome, Parcel};
use crate::reference::{RESOLVED, STREET_REPORT, SUBMITTED};
use crate::state::Crm;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::office::NOTE_CHARS_MAX;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::BTreeMap;
use std::time::Duration;

/// Pause between two looks for reports to ask about.
const LOOK: Duration = Duration::from_secs(30);
/// Reports asked about in one round.
const AT_ONCE: i64 = 50;

/// What stands in the outbox: the report is read when it is sent.
#[derive(Serialize, Deserialize)]
struct Handed {
    case: CaseId,
}

/// Hands a report on, in the same change that makes it, when another server is configured.
///
/// # Errors
/// When the database fails.
pub async fn put(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    if crm.forward.is_none() {
        return Ok(());
    }
    outbox::put(crm, change, Kind::Open311, &Handed { case: case.clone() }).await
}

/// Sends a report. Its key is the parcel's identifier: a server that knows such keys makes it once.
pub async fn send(crm: &Crm, parcel: &Parcel) -> Outcome {
    let (Some(server), Ok(handed)) = (&crm.forward, serde_json::from_str::<Handed>(&parcel.payload)) else {
        return Outcome::Later("no Open311 server is configured".to_owned());
    };
    let pairs = match pairs(crm, &handed.case).await {
        Ok(Some(pairs)) => pairs,
        Ok(None) => return Outcome::Never("the report is gone".to_owned()),
        Err(error) => return Outcome::Later(error.to_string()),
    };
    match server.send(&parcel.id, pairs).await {
        Ok(request) => match keep(crm, &handed.case, &request).await {
            Ok(()) => Outcome::Done,
            Err(error) => Outcome::Later(error.to_string()),
        },
        Err(outcome) => outcome,
    }
}

/// A report in Open311's words, without anything about its author.
async fn pairs(crm: &Crm, case: &CaseId) -> Result<Option<Vec<(String, String)>>> {
    let row = sqlx::query(
        "SELECT c.title, r.details, r.category, r.street, r.house_number, r.lon, r.lat, r.answers
         FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.id = $1",
    )
    .bind(case.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let text = |column: &str| row.try_get::<String, _>(column);
    let category = text("category")?;
    let code = crm.reference.town.open311_services.get(&category).cloned().unwrap_or(category);
    let mut pairs = vec![
        ("service_code".to_owned(), code),
        ("description".to_owned(), format!("{}\n{}", text("title")?, text("details")?)),
        ("address_string".to_owned(), format!("{} {}", text("street")?, text("house_number")?).trim().to_owned()),
    ];
    for (name, column) in [("lat", "lat"), ("long", "lon")] {
        pairs.extend(row.try_get::<Option<f64>, _>(column)?.map(|degrees| (name.to_owned(), degrees.to_string())));
    }
    let answers: BTreeMap<String, String> = serde_json::from_str(&text("answers")?)?;
    pairs.extend(answers.into_iter().map(|(code, answer)| (format!("attribute[{code}]"), answer)));
    pairs.retain(|(_, value)| !value.is_empty());
    Ok(Some(pairs))
}

async fn keep(crm: &Crm, case: &CaseId, request: &str) -> Result<()> {
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO forwards (case_id, request_id, status, notes, asked_at) VALUES ($1, $2, 'open', NULL, $3)
         ON CONFLICT (case_id) DO UPDATE SET request_id = excluded.request_id",
    )
    .bind(case.as_str())
    .bind(request)
    .bind(crm.clock.utc().0)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(())
}

/// Asks the other server how its reports go, for ever.
pub async fn keep_asking(crm: Crm) {
    while crm.forward.is_some() {
        if let Err(error) = ask(&crm).await {
            tracing::error!("forwarding: {error}");
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One round: every open report that has not been asked about for a while. How many were asked about.
///
/// # Errors
/// When the database fails.
pub async fn ask(crm: &Crm) -> Result<usize> {
    let Some(server) = &crm.forward else { return Ok(0) };
    let before = utc(later(crm.clock.now(), -server.every_seconds())).0;
    let rows = sqlx::query(
        "SELECT case_id, request_id, notes, asked_at FROM forwards WHERE status = 'open' AND asked_at <= $1 ORDER BY asked_at LIMIT $2",
    )
    .bind(before)
    .bind(AT_ONCE)
    .fetch_all(crm.db.reader())
    .await?;
    for row in &rows {
        let (case, asked_at) = (CaseId(row.try_get("case_id")?), row.try_get::<String, _>("asked_at")?);
        if !turn(crm, &case, &asked_at).await? {
            continue;
        }
        match server.status(row.try_get("request_id")?).await {
            Ok((closed, notes)) => {
                let known: Option<String> = row.try_get("notes")?;
                hear(crm, &case, known.as_deref(), (closed, &notes)).await?;
            }
            Err(why) => tracing::warn!("forwarding, later: {why}"),
        }
    }
    Ok(rows.len())
}

/// Whether it is this process's turn to ask: only one of several finds the time as it was.
async fn turn(crm: &Crm, case: &CaseId, asked_at: &str) -> Result<bool> {
    let mut change = crm.db.begin().await?;
    let taken = sqlx::query("UPDATE forwards SET asked_at = $1 WHERE case_id = $2 AND asked_at = $3")
        .bind(crm.clock.utc().0)
        .bind(case.as_str())
        .bind(asked_at)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(taken.rows_affected() == 1)
}

/// What the other server says becomes the case's: closed there is resolved here, news there is news here. What it said
/// when it was first asked is only remembered.
async fn hear(crm: &Crm, case: &CaseId, known: Option<&str>, (closed, notes): (bool, &str)) -> Result<()> {
    let news = known.is_some_and(|known| known != notes) && !notes.is_empty();
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE forwards SET status = $1, notes = $2 WHERE case_id = $3")
        .bind(if closed { "closed" } else { "open" })
        .bind(notes)
        .bind(case.as_str())
        .execute(&mut *change)
        .await?;
    let row = sqlx::query("SELECT state, phase FROM cases WHERE id = $1 AND kind = $2").bind(case.as_str()).bind(STREET_REPORT);
    let row = row.fetch_optional(&mut *change).await?.ok_or(Error::NotFound)?;
    let (state, over) = (row.try_get::<String, _>("state")?, row.try_get::<String, _>("phase")? == "closed");
    let note: String = notes.chars().filter(|c| contract::text::is_safe(*c)).take(NOTE_CHARS_MAX).collect();
    let next = match (closed, news) {
        _ if over => None,
        (true, _) => Some(StateCode(RESOLVED.to_owned())),
        (false, true) if state == SUBMITTED => crm.reference.town.report_steps.first().map(|step| step.state.clone()),
        (false, true) => Some(StateCode(state)),
        (false, false) => None,
    };
    if let Some(next) = next {
        office::bring(crm, &mut change, case, (next, note)).await?;
    }
    change.commit().await?;
    Ok(())
}
