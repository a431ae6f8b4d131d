//! The second screen (feature X14): what is about to be sent at the desk, read once more by the citizen. Nothing leaves before they say yes, and
//! what leaves is what they have read.
use super::finish::masked;
use super::log::{self, Entry};
use super::scope::{Helper, Refusal};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::events::Happened;
use crate::reference::BASE_LANGUAGE;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{Asked, Body, InLanguage};
use crate::{reports, secret, word};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use contract::help_desk::{ConsentWay, LogAction, LogActor, NewShown, Shown, ShownAnswer, Updates};
use contract::id::{CaseId, CitizenId, ShownId};
use contract::inbox::NewsKind;
use contract::paths;
use contract::reports::NewReport;
use sqlx::Row;

/// Show the citizen what is about to be sent. What was shown before is shown no longer.
#[utoipa::path(put, path = paths::MY_HELP_SHOWN, operation_id = "my_help_show", tag = "help_desk", params(InLanguage), request_body = NewShown,
    responses((status = 200, body = Shown), (status = "4XX", body = contract::Problem)))]
pub async fn show(
    State(crm): State<Crm>,
    citizen: Citizen,
    Asked(asked): Asked<InLanguage>,
    Body(new): Body<NewShown>,
) -> Result<Json<Shown>> {
    let helper = citizen.helper().ok_or(Error::NotFound)?;
    let mut problems = new.report.problems(reports::form_in(&crm, BASE_LANGUAGE)?, crm.reference.boundary.as_ref());
    problems.extend(new.problems());
    let Some(updates) = new.updates.filter(|_| problems.is_empty()) else { return Err(Error::Invalid(problems)) };
    let content = serde_json::to_string(&new.report)?;
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO shown (help_id, citizen_id, id, fingerprint, content, updates, state, shown_at) VALUES ($1, $2, $3, $4, $5, $6, 'asked', $7)
         ON CONFLICT (help_id) DO UPDATE SET id = excluded.id, fingerprint = excluded.fingerprint, content = excluded.content,
            updates = excluded.updates, state = excluded.state, shown_at = excluded.shown_at",
    )
    .bind(&helper.id)
    .bind(citizen.id.as_str())
    .bind(new_id())
    .bind(fingerprint(&new.report)?)
    .bind(content)
    .bind(word::to(&updates)?)
    .bind(crm.clock.utc().0)
    .execute(&mut *change)
    .await?;
    tell(&crm, &mut change, &citizen.id);
    change.commit().await?;
    Ok(Json(of_citizen(&crm, &citizen.id, &asked.language).await?.ok_or(Error::NotFound)?))
}

/// "Confermo", or "C'è un errore": by the citizen. On their own phone when they have agreed there, else on the screen that is turned to them.
#[utoipa::path(post, path = paths::MY_HELP_SHOWN, operation_id = "my_help_shown_answer", tag = "help_desk", request_body = ShownAnswer,
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn answer(State(crm): State<Crm>, citizen: Citizen, Body(answer): Body<ShownAnswer>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "SELECT h.way, h.session, v.name AS volunteer FROM shown s JOIN helps h ON h.id = s.help_id JOIN volunteers v ON v.id = h.volunteer_id
         WHERE s.citizen_id = $1 AND s.id = $2 AND s.state = 'asked' AND h.active_citizen = $1",
    )
    .bind(citizen.id.as_str())
    .bind(answer.id.as_str())
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let way: ConsentWay = word::from(row.try_get("way")?)?;
    if citizen.helper().is_some() && way == ConsentWay::Phone {
        return Err(Error::AtTheDesk(Refusal::Unconfirmed));
    }
    sqlx::query("UPDATE shown SET state = $1 WHERE citizen_id = $2 AND id = $3")
        .bind(if answer.yes { "confirmed" } else { "wrong" })
        .bind(citizen.id.as_str())
        .bind(answer.id.as_str())
        .execute(&mut *change)
        .await?;
    let action = if answer.yes { LogAction::ContentConfirmed } else { LogAction::ContentWrong };
    let (session, volunteer): (String, String) = (row.try_get("session")?, row.try_get("volunteer")?);
    // On the desk's own screen nobody can say who has pressed: it is written down as what it is.
    let entry = match citizen.helper() {
        Some(_) => Entry { session: &session, why: "screen", ..Entry::by(LogActor::Volunteer, &volunteer, action) },
        None => Entry { session: &session, why: "phone", ..Entry::by(LogActor::Citizen, "", action) },
    };
    log::write(&crm, &mut change, &citizen.id, entry).await?;
    tell(&crm, &mut change, &citizen.id);
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is shown to a citizen now, in the words of a language.
///
/// # Errors
/// When the database fails.
pub async fn of_citizen(crm: &Crm, citizen: &CitizenId, language: &str) -> Result<Option<Shown>> {
    let row = sqlx::query(
        "SELECT s.id, s.content, s.updates, s.state, h.way, c.email, c.phone FROM shown s JOIN helps h ON h.id = s.help_id
         JOIN citizens c ON c.id = s.citizen_id WHERE s.citizen_id = $1 AND h.active_citizen = $1",
    )
    .bind(citizen.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let report: NewReport = serde_json::from_str(row.try_get("content")?)?;
    let updates: Updates = word::from(row.try_get("updates")?)?;
    let to = masked(
        &row.try_get::<Option<String>, _>("email")?.unwrap_or_default(),
        &row.try_get::<Option<String>, _>("phone")?.unwrap_or_default(),
    );
    let (category, answers) = reports::words(crm, &report, language)?;
    Ok(Some(Shown {
        id: ShownId(row.try_get("id")?),
        state: word::from(row.try_get("state")?)?,
        on_phone: word::from::<ConsentWay>(row.try_get("way")?)? == ConsentWay::Phone,
        place: [report.place.street.trim(), report.place.house_number.trim()].join(" ").trim().to_owned(),
        category,
        answers,
        title: report.title,
        details: report.details,
        files: u32::try_from(report.photos.len() + report.documents.len() + report.files.len()).unwrap_or(u32::MAX),
        updates,
        updates_to: if updates == Updates::Citizen { to } else { String::new() },
    }))
}

/// Takes what the citizen has confirmed, for exactly this report: it is sent once. Who gets the updates.
///
/// # Errors
/// [`Error::AtTheDesk`] when they have not said yes to it; or the database.
pub async fn confirmed(change: &mut Change, citizen: &CitizenId, helper: &Helper, report: &NewReport) -> Result<Updates> {
    let row = sqlx::query(
        "DELETE FROM shown WHERE citizen_id = $1 AND help_id = $2 AND fingerprint = $3 AND state = 'confirmed' RETURNING updates",
    )
    .bind(citizen.as_str())
    .bind(&helper.id)
    .bind(fingerprint(report)?)
    .fetch_optional(&mut **change)
    .await?
    .ok_or(Error::AtTheDesk(Refusal::Unconfirmed))?;
    word::from(row.try_get(0)?)
}

/// Nobody is told of a case outside of the personal area.
///
/// # Errors
/// When the database fails.
pub async fn hush(change: &mut Change, citizen: &CitizenId, case: &CaseId) -> Result<()> {
    let quiet = sqlx::query("UPDATE cases SET quiet = 1 WHERE owner_id = $1 AND id = $2").bind(citizen.as_str()).bind(case.as_str());
    quiet.execute(&mut **change).await?;
    Ok(())
}

/// Takes away what was shown in a help that ends.
///
/// # Errors
/// When the database fails.
pub async fn take_away(change: &mut Change, help: &str) -> Result<()> {
    sqlx::query("DELETE FROM shown WHERE help_id = $1").bind(help).execute(&mut **change).await?;
    Ok(())
}

fn fingerprint(report: &NewReport) -> Result<String> {
    Ok(secret::sha256_hex(&serde_json::to_vec(report)?))
}

/// Whoever looks, at the desk or on the phone, looks again.
fn tell(crm: &Crm, change: &mut Change, citizen: &CitizenId) {
    change.tell(citizen, Happened { kind: NewsKind::Help, case: None, at: crm.clock.utc() });
}
