//! The end of a help at the desk: its receipt, the screen that locks and unlocks, and the browser that must be clean before the next citizen.
use super::volunteers::{Volunteer, gone};
use super::{consents, helps, log};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::state::Crm;
use crate::web::Body;
use crate::{session, word};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::help_desk::{Checked, CheckedThing, Help, HelpEnd, HelpReceipt, TRIES_MAX, Unlock};
use contract::id::CitizenId;
use contract::problem::FieldRule;
use contract::{FieldProblem, UtcTime, paths};
use sqlx::Row;

/// "Finisci", or the receipt of what has ended by itself: told as long as this browser has not been found clean. What the browser has kept of
/// this site it is told to throw away; the volunteer's own cookie stays.
#[utoipa::path(post, path = paths::HELP_DESK_FINISH, operation_id = "help_finish", tag = "help_desk", security(("desk" = [])),
    responses((status = 200, body = HelpReceipt), (status = "4XX", body = contract::Problem)))]
pub async fn finish(State(crm): State<Crm>, volunteer: Volunteer) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    helps::end_what_is_over(&crm, &mut change).await?;
    let row = sqlx::query(
        "SELECT id, ended_at FROM helps WHERE volunteer_id = $1 AND desk_hash = $2 AND checked_at IS NULL ORDER BY began_at DESC LIMIT 1",
    )
    .bind(&volunteer.id)
    .bind(&volunteer.desk)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let id: String = row.try_get("id")?;
    helps::end(&crm, &mut change, &id, HelpEnd::Finished).await?;
    let receipt = receipt(&mut change, &volunteer, &id).await?;
    change.commit().await?;
    let mut response = Json(receipt).into_response();
    response.headers_mut().insert(header::SET_COOKIE, gone(session::COOKIE)?);
    // A help only: the page itself wipes what there is. "cookies" would take the volunteer's along.
    response.headers_mut().insert(HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"storage\""));
    Ok(response)
}

async fn receipt(change: &mut Change, volunteer: &Volunteer, id: &str) -> Result<HelpReceipt> {
    let row = sqlx::query(
        "SELECT h.session, h.citizen_id, h.way, h.scopes, h.began_at, h.ended_at, h.end_reason, c.given_name, c.family_name, c.email, c.phone
         FROM helps h JOIN citizens c ON c.id = h.citizen_id WHERE h.id = $1",
    )
    .bind(id)
    .fetch_one(&mut **change)
    .await?;
    let (citizen, session) = (CitizenId(row.try_get("citizen_id")?), row.try_get::<String, _>("session")?);
    let name = format!("{} {}", row.try_get::<String, _>("given_name")?, row.try_get::<String, _>("family_name")?);
    Ok(HelpReceipt {
        citizen: name.trim().to_owned(),
        volunteer: volunteer.name.clone(),
        way: word::from(row.try_get("way")?)?,
        scopes: helps::scopes_from_text(row.try_get("scopes")?),
        began_at: UtcTime(row.try_get("began_at")?),
        ended_at: UtcTime(row.try_get::<Option<String>, _>("ended_at")?.unwrap_or_default()),
        end: word::from(&row.try_get::<Option<String>, _>("end_reason")?.unwrap_or_default())?,
        done: log::of_session(change, &citizen, &session).await?,
        updates_to: masked(
            &row.try_get::<Option<String>, _>("email")?.unwrap_or_default(),
            &row.try_get::<Option<String>, _>("phone")?.unwrap_or_default(),
        ),
        session,
    })
}

/// An address, or without one a phone number, as far as somebody else may see it: its owner knows it again, nobody else learns it.
pub fn masked(email: &str, phone: &str) -> String {
    let Some((name, host)) = email.split_once('@') else {
        let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
        let last = digits.iter().skip(digits.len().saturating_sub(2)).collect::<String>();
        return if last.is_empty() { String::new() } else { format!("•••{last}") };
    };
    let first: String = name.chars().take(1).collect();
    format!("{first}•••@{host}")
}

/// Unlock the screen with its four digits. Guessed at too often, they end the help.
#[utoipa::path(post, path = paths::HELP_DESK_UNLOCK, operation_id = "help_unlock", tag = "help_desk", security(("desk" = [])),
    request_body = Unlock, responses((status = 200, body = Help), (status = "4XX", body = contract::Problem)))]
pub async fn unlock(State(crm): State<Crm>, volunteer: Volunteer, Body(unlock): Body<Unlock>) -> Result<Json<Help>> {
    let mut change = crm.db.begin().await?;
    helps::end_what_is_over(&crm, &mut change).await?;
    let row = sqlx::query(
        "UPDATE helps SET pin_tries = pin_tries + 1 WHERE active_volunteer = $1 AND desk_hash = $2 RETURNING id, pin_hash, pin_tries",
    )
    .bind(&volunteer.id)
    .bind(&volunteer.desk)
    .fetch_optional(&mut *change)
    .await?;
    let Some(row) = row else {
        change.commit().await?;
        return Err(Error::NotFound);
    };
    let (id, tries): (String, i64) = (row.try_get("id")?, row.try_get("pin_tries")?);
    if row.try_get::<String, _>("pin_hash")? != consents::pin_hash(&volunteer, &unlock.pin) {
        let left = i64::from(TRIES_MAX) - tries;
        if left <= 0 {
            tracing::warn!(volunteer = volunteer.id, "the digits of a locked screen were guessed at too often");
            helps::end(&crm, &mut change, &id, HelpEnd::Guessed).await?;
        }
        change.commit().await?;
        return Err(Error::Invalid(vec![FieldProblem::new("pin", FieldRule::WrongCode).with("left", left.max(0))]));
    }
    sqlx::query("UPDATE helps SET pin_tries = 0 WHERE id = $1").bind(&id).execute(&mut *change).await?;
    sqlx::query("UPDATE sessions SET seen_at = $1 WHERE help_id = $2").bind(crm.clock.utc().0).bind(&id).execute(&mut *change).await?;
    change.commit().await?;
    Ok(Json(helps::of_desk(&crm, &volunteer).await?.ok_or(Error::NotFound)?))
}

/// This browser was found clean: everything of it, or the next citizen waits.
#[utoipa::path(post, path = paths::HELP_DESK_CHECKED, operation_id = "help_checked", tag = "help_desk", security(("desk" = [])),
    request_body = Checked, responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn checked(State(crm): State<Crm>, volunteer: Volunteer, Body(checked): Body<Checked>) -> Result<StatusCode> {
    if !CheckedThing::ALL.iter().all(|thing| checked.clean.contains(thing)) {
        return Err(Error::field("clean", FieldRule::Required));
    }
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE helps SET checked_at = $1 WHERE volunteer_id = $2 AND ended_at IS NOT NULL AND checked_at IS NULL")
        .bind(crm.clock.utc().0)
        .bind(&volunteer.id)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn an_address_is_known_again_by_its_owner_alone() {
        assert_eq!(masked("maria.rossi@example.org", "+39 333 1234567"), "m•••@example.org");
        assert_eq!(masked("è@example.org", ""), "è•••@example.org");
        assert_eq!(masked("", "+39 333 1234567"), "•••67");
        assert_eq!(masked("", ""), "");
    }
}
