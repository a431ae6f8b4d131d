//! Street reports handed on to another Open311 server through the outbox, and its word on them read back by asking now and then.
//!
//! `forwards.status` says how one stands: `open` or `closed` there; `reopened` by its author here while it was open there; `again` on its
//! way anew, having been closed there.
use crate::clock::{instant, later, utc};
use crate::connect::open311::{Named, Server, Standing};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::office;
use crate::outbox::{self, Kind, Outcome, Parcel};
use crate::reference::{BASE_LANGUAGE, REOPENED, RESOLVED, STREET_REPORT, SUBMITTED};
use crate::state::Crm;
use crate::words::Words;
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::id::{CaseId, PublicPhotoId};
use contract::office::NOTE_CHARS_MAX;
use contract::paths;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeMap;
use std::time::Duration;

/// Pause between two looks for reports to ask about.
const LOOK: Duration = Duration::from_secs(30);
/// Reports asked about in one round.
const AT_ONCE: i64 = 50;

/// Why a report is not handed on that was closed here before it could be.
const CLOSED_HERE: &str = "closed here meanwhile";

/// What stands in the outbox: the report is read when it is sent.
#[derive(Serialize, Deserialize)]
struct Handed {
    case: CaseId,
    /// The other server's name for it before it was opened again here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    again: Option<String>,
}

/// The case that something in the outbox is about, when it is a report handed on.
pub fn case_of(payload: &str) -> Option<CaseId> {
    serde_json::from_str::<Handed>(payload).ok().map(|handed| handed.case)
}

/// Hands a report on, in the same change that makes it, when another server is configured.
///
/// # Errors
/// When the database fails.
pub async fn put(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    if crm.forward.is_none() {
        return Ok(());
    }
    outbox::put(crm, change, Kind::Open311, &Handed { case: case.clone(), again: None }).await?;
    Ok(())
}

/// Its author has opened a report again, in the same change. Open311 knows no way to open one again: what the other server has closed is
/// handed on anew, once, with the number it had there. One that is still open there is left alone.
///
/// # Errors
/// When the database fails.
pub async fn reopened(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    if crm.forward.is_none() {
        return Ok(());
    }
    let row = sqlx::query(
        "UPDATE forwards SET status = CASE status WHEN 'closed' THEN 'again' ELSE 'reopened' END
         WHERE case_id = $1 AND status IN ('closed', 'open') RETURNING status, request_id",
    );
    let Some(row) = row.bind(case.as_str()).fetch_optional(&mut **change).await? else { return revive(crm, change, case).await };
    if row.try_get::<String, _>("status")? != "again" {
        return Ok(());
    }
    outbox::put(crm, change, Kind::Open311, &Handed { case: case.clone(), again: Some(row.try_get("request_id")?) }).await?;
    Ok(())
}

/// What was not handed on because it was closed here is, now that it is open again.
async fn revive(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    sqlx::query(
        "UPDATE outbox SET state = 'waiting', due_at = $1, ended_at = NULL, attempts = 0, failure = NULL
         WHERE kind = 'open311' AND state = 'given_up' AND failure = $2 AND payload LIKE $3",
    )
    .bind(crm.clock.utc().0)
    .bind(CLOSED_HERE)
    .bind(format!("%\"{case}\"%"))
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Sends a report. Its key is the parcel's identifier: a server that knows such keys makes it once.
pub async fn send(crm: &Crm, parcel: &Parcel) -> Outcome {
    let (Some(server), Ok(handed)) = (&crm.forward, serde_json::from_str::<Handed>(&parcel.payload)) else {
        return Outcome::Later("no Open311 server is configured".to_owned());
    };
    let pairs = match pairs(crm, &handed).await {
        Ok(Ok(pairs)) => pairs,
        Ok(Err(why)) => return Outcome::Never(why.to_owned()),
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

/// A report in Open311's words, without anything about its author; or why it is not to be handed on.
async fn pairs(crm: &Crm, Handed { case, again }: &Handed) -> Result<std::result::Result<Vec<(String, String)>, &'static str>> {
    let row = sqlx::query(
        "SELECT c.title, c.phase, r.details, r.category, r.street, r.house_number, r.lon, r.lat, r.answers
         FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.id = $1",
    )
    .bind(case.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(Err("the report is gone")) };
    let text = |column: &str| row.try_get::<String, _>(column);
    if text("phase")? == Phase::Closed.as_str() {
        return Ok(Err(CLOSED_HERE));
    }
    let category = text("category")?;
    let code = crm.reference.town.open311_services.get(&category).cloned().unwrap_or(category);
    let mut pairs = vec![
        ("service_code".to_owned(), code),
        ("description".to_owned(), format!("{}{}\n{}", before(crm, case, again.as_deref()).await?, text("title")?, text("details")?)),
        ("address_string".to_owned(), format!("{} {}", text("street")?, text("house_number")?).trim().to_owned()),
    ];
    for (name, column) in [("lat", "lat"), ("long", "lon")] {
        pairs.extend(row.try_get::<Option<f64>, _>(column)?.map(|degrees| (name.to_owned(), degrees.to_string())));
    }
    let answers: BTreeMap<String, String> = serde_json::from_str(&text("answers")?)?;
    pairs.extend(answers.into_iter().map(|(code, answer)| (format!("attribute[{code}]"), answer)));
    pairs.extend(public_photo(crm, case).await?.map(|address| ("media_url".to_owned(), address)));
    pairs.retain(|(_, value)| !value.is_empty());
    Ok(Ok(pairs))
}

/// What is said above a report that is handed on anew: that it is open again, its number there before, and why its author says so.
async fn before(crm: &Crm, case: &CaseId, again: Option<&str>) -> Result<String> {
    let Some(number) = again else { return Ok(String::new()) };
    let row = sqlx::query("SELECT note FROM steps WHERE case_id = $1 AND kind = 'reopened' ORDER BY position DESC LIMIT 1")
        .bind(case.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    let reason: String = row.map_or(Ok(String::new()), |row| row.try_get(0))?;
    Ok(format!("{}\n{reason}\n", Words::of(BASE_LANGUAGE)?.reopened.replace("{number}", number)))
}

/// The first photo that everybody may see, by its public address: the other server is given nothing that it could not fetch.
async fn public_photo(crm: &Crm, case: &CaseId) -> Result<Option<String>> {
    let row = sqlx::query(
        "SELECT h.id, c.state FROM public_photos h JOIN public_reports p ON p.id = h.report_id JOIN cases c ON c.id = p.case_id
         JOIN attachments a ON a.id = h.attachment_id WHERE c.id = $1 AND p.hidden = 0 AND a.media_type = 'image/jpeg' ORDER BY h.position LIMIT 1",
    )
    .bind(case.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let shown = crm.reference.town.public_states.contains(&StateCode(row.try_get("state")?));
    let photo = PublicPhotoId(row.try_get("id")?);
    Ok(shown.then(|| format!("{}{}", crm.config.public_url, paths::public_photo(&photo))))
}

/// A report is the other server's now, under its name there or a token for it; also one that was closed there and is open again here.
async fn keep(crm: &Crm, case: &CaseId, named: &Named) -> Result<()> {
    let (request, token) = match named {
        Named::Request(request) => (request.as_str(), None),
        Named::Token(token) => ("", Some(token)),
    };
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO forwards (case_id, request_id, token, status, notes, asked_at) VALUES ($1, $2, $3, 'open', NULL, $4)
         ON CONFLICT (case_id) DO UPDATE SET request_id = excluded.request_id, token = excluded.token, status = 'open', notes = NULL",
    )
    .bind(case.as_str())
    .bind(request)
    .bind(token)
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
        "SELECT case_id, request_id, token, notes, asked_at FROM forwards
         WHERE status IN ('open', 'reopened') AND asked_at <= $1 ORDER BY asked_at LIMIT $2",
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
        let heard = match name(crm, server, &case, row).await? {
            Ok(None) => continue,
            Ok(Some(request)) => server.status(&request).await,
            Err(why) => Err(why),
        };
        match heard {
            Ok(standing) => {
                let known: Option<String> = row.try_get("notes")?;
                hear(crm, &case, known.as_deref(), &standing).await?;
            }
            Err(why) => tracing::warn!("forwarding, later: {why}"),
        }
    }
    Ok(rows.len())
}

/// The other server's name for a report; what it answered with a token is asked about by that, and the name is kept once there is one.
async fn name(crm: &Crm, server: &Server, case: &CaseId, row: &AnyRow) -> Result<Result<Option<String>, String>> {
    let (request, token) = (row.try_get::<String, _>("request_id")?, row.try_get::<Option<String>, _>("token")?);
    let Some(token) = token.filter(|_| request.is_empty()) else { return Ok(Ok(Some(request))) };
    let named = match server.request_of(&token).await {
        Ok(Some(named)) => named,
        other => return Ok(other),
    };
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE forwards SET request_id = $1 WHERE case_id = $2 AND token = $3")
        .bind(&named)
        .bind(case.as_str())
        .bind(&token)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(Ok(Some(named)))
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
/// when it was first asked is only remembered. A closing older than its author's word that the problem is still there hands it on anew.
async fn hear(crm: &Crm, case: &CaseId, known: Option<&str>, standing: &Standing) -> Result<()> {
    let notes = standing.notes.as_str();
    let news = known.is_some_and(|known| known != notes) && !notes.is_empty();
    let mut change = crm.db.begin().await?;
    // This change's own until it ends: its author may be opening it again.
    let row = sqlx::query("UPDATE cases SET moved_at = moved_at WHERE id = $1 AND kind = $2 RETURNING state, phase")
        .bind(case.as_str())
        .bind(STREET_REPORT)
        .fetch_optional(&mut *change)
        .await?
        .ok_or(Error::NotFound)?;
    let (state, over) = (row.try_get::<String, _>("state")?, row.try_get::<String, _>("phase")? == Phase::Closed.as_str());
    let outdated = standing.is_closed && !over && is_outdated(&mut change, case, standing.updated_at).await?;
    sqlx::query("UPDATE forwards SET status = COALESCE($1, status), notes = $2 WHERE case_id = $3")
        .bind(standing.is_closed.then_some("closed"))
        .bind(notes)
        .bind(case.as_str())
        .execute(&mut *change)
        .await?;
    if outdated {
        reopened(crm, &mut change, case).await?;
        change.commit().await?;
        return Ok(());
    }
    let note: String = notes.chars().filter(|c| contract::text::is_safe(*c)).take(NOTE_CHARS_MAX).collect();
    let next = match (standing.is_closed, news) {
        _ if over => None,
        (true, _) => Some(StateCode(RESOLVED.to_owned())),
        (false, true) if state == SUBMITTED || state == REOPENED => crm.reference.town.report_steps.first().map(|step| step.state.clone()),
        (false, true) => Some(StateCode(state)),
        (false, false) => None,
    };
    if let Some(next) = next {
        office::bring(crm, &mut change, case, (next, note)).await?;
    }
    change.commit().await?;
    Ok(())
}

/// Whether a closing there is older than the author's opening again here. A server that does not say when it closed a report is taken to
/// have done so before, as long as nothing has happened here since.
async fn is_outdated(change: &mut Change, case: &CaseId, closed_at: Option<Timestamp>) -> Result<bool> {
    let steps = sqlx::query(
        "SELECT s.kind, s.happened_at FROM steps s JOIN forwards f ON f.case_id = s.case_id
         WHERE s.case_id = $1 AND f.status = 'reopened' AND s.happened_at IS NOT NULL ORDER BY s.position DESC",
    )
    .bind(case.as_str())
    .fetch_all(&mut **change)
    .await?;
    for (later_steps, step) in steps.iter().enumerate() {
        if step.try_get::<&str, _>("kind")? == "reopened" {
            let opened_again = instant(step.try_get("happened_at")?);
            return Ok(closed_at.map_or(later_steps == 0, |closed| opened_again.is_some_and(|opened| closed < opened)));
        }
    }
    Ok(false)
}
