//! People without anything (feature J14): an identity made at the desk, the code on its paper, and the day it becomes somebody's own.
//!
//! The code is told once, kept as its hash, and finds its person at any desk. Who logs in later with an identity of their own takes over everything
//! that was under it, once.
use super::consents;
use super::log::{self, Entry};
use super::volunteers::Volunteer;
use crate::channels::wishes;
use crate::citizens::{self, DESK};
use crate::clock::{later, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::events::Happened;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::Body;
use crate::{secret, word};
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use contract::channels::{Channel, Topic, Wish, Wishes};
use contract::help_desk::{ConsentWay, HelpEnd, LogAction, LogActor, NewConsent, NewPerson, PAPER_LETTERS, PaperCode, PaperTaken, Reach};
use contract::id::CitizenId;
use contract::inbox::NewsKind;
use contract::my_data::Place;
use contract::paths;
use contract::problem::FieldRule;
use sqlx::Row;
use std::net::SocketAddr;

/// What has an owner and goes along: tables, and their column.
const OWNED: [(&str, &str); 10] = [
    ("cases", "owner_id"),
    ("documents", "owner_id"),
    ("attachments", "owner_id"),
    ("reports", "owner_id"),
    ("tracking", "owner_id"),
    ("ratings", "owner_id"),
    ("inbox", "owner_id"),
    ("deliveries", "citizen_id"),
    ("letters", "citizen_id"),
    ("disputes", "citizen_id"),
];
/// What somebody has once for each questionnaire: their own stays.
const ANSWERED: [&str; 2] = ["questionnaire_answers", "questionnaire_drafts"];

/// How a paper's code is kept: as people read it, whatever they type between.
fn code_hash(code: &str) -> String {
    secret::sha256_hex(format!("paper {}", consents::plain(code)).as_bytes())
}

/// The person behind a paper that is still the desk's.
///
/// # Errors
/// When the database fails.
pub async fn find(change: &mut Change, code: &str) -> Result<Option<CitizenId>> {
    let row = sqlx::query("SELECT citizen_id FROM papers WHERE code_hash = $1 AND taken_at IS NULL")
        .bind(code_hash(code))
        .fetch_optional(&mut **change)
        .await?;
    row.map(|row| Ok(CitizenId(row.try_get(0)?))).transpose()
}

/// A paper's code must be one. What is not is written down among the volunteer's consents, which are limited: nobody guesses here for long.
///
/// # Errors
/// [`Error::Invalid`] for a code that is none; [`Error::TooMany`]; or the database.
pub async fn must_be_known(crm: &Crm, volunteer: &Volunteer, new: &NewConsent) -> Result<()> {
    if new.way != Some(ConsentWay::Paper) || new.paper.trim().is_empty() {
        return Ok(());
    }
    let mut change = crm.db.begin().await?;
    consents::limit(crm, &mut change, volunteer).await?;
    if find(&mut change, &new.paper).await?.is_some() {
        return Ok(());
    }
    tracing::warn!(volunteer = volunteer.id, "a paper's code was typed that is none");
    let now = crm.clock.now();
    sqlx::query(
        "INSERT INTO consents (id, desk_hash, volunteer_id, fiscal_code, way, scopes, minutes, language, tries, pin_hash, state, asked_at, until_at)
         VALUES ($1, $2, $3, '', 'paper', '', 0, '', 1, '', 'lapsed', $4, $5)",
    )
    .bind(new_id())
    .bind(&volunteer.desk)
    .bind(&volunteer.id)
    .bind(utc(now).0)
    .bind(utc(later(now, 0)).0)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Err(Error::field("paper", FieldRule::WrongCode))
}

/// Makes the person whom a consent describes, as a second member of the desk has just confirmed.
///
/// # Errors
/// When the database fails.
pub async fn make(crm: &Crm, change: &mut Change, (asker, second): (&str, &Volunteer), person: &NewPerson) -> Result<CitizenId> {
    let id = CitizenId(new_id());
    let address = |reach: Reach| Some(person.address.trim()).filter(|_| person.reach == Some(reach));
    sqlx::query(
        "INSERT INTO citizens (id, issuer, subject, given_name, family_name, email, phone, created_at, language)
         VALUES ($1, $2, $1, $3, '', $4, $5, $6, $7)",
    )
    .bind(id.as_str())
    .bind(DESK)
    .bind(person.name.trim())
    .bind(address(Reach::Email))
    .bind(address(Reach::Phone))
    .bind(crm.clock.utc().0)
    .bind(&person.language)
    .execute(&mut **change)
    .await?;
    wishes::keep(crm, change, &id, (&wishes_of(person), Place::Desk)).await?;
    sqlx::query("INSERT INTO papers (citizen_id, volunteer_id, second_id, made_at) VALUES ($1, $2, $3, $4)")
        .bind(id.as_str())
        .bind(asker)
        .bind(&second.id)
        .bind(crm.clock.utc().0)
        .execute(&mut **change)
        .await?;
    let entry = Entry::by(LogActor::Volunteer, &second.name, LogAction::PaperMade);
    log::write(crm, change, &id, entry).await?;
    Ok(id)
}

/// What is told where: their own cases, on the one way they want.
fn wishes_of(person: &NewPerson) -> Wishes {
    let channel = match person.reach {
        Some(Reach::Phone) => Some(Channel::Sms),
        Some(Reach::Letter) => Some(Channel::Paper),
        Some(Reach::Email) => Some(Channel::Email),
        Some(Reach::Nothing | Reach::Unknown) | None => None,
    };
    let wanted = channel.map(|channel| [Topic::Requests, Topic::Cases].map(|topic| Wish { topic, channel }));
    let postal_address = if channel == Some(Channel::Paper) { person.address.trim().to_owned() } else { String::new() };
    Wishes { wanted: wanted.into_iter().flatten().collect(), postal_address, ..Wishes::default() }
}

/// The code of a new person's paper, told this once; empty for one that has theirs.
///
/// # Errors
/// When the database or the randomness fails.
pub async fn code_of(change: &mut Change, citizen: &CitizenId) -> Result<String> {
    let code = consents::letters(PAPER_LETTERS)?;
    let kept = sqlx::query("UPDATE papers SET code_hash = $1 WHERE citizen_id = $2 AND code_hash IS NULL")
        .bind(code_hash(&code))
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    Ok(if kept.rows_affected() == 1 { code } else { String::new() })
}

/// "Ho un codice del Comune": everything under it becomes my own, at once and once.
#[utoipa::path(post, path = paths::MY_PAPERS, operation_id = "my_paper_take", tag = "help_desk", request_body = PaperCode,
    responses((status = 200, body = PaperTaken), (status = "4XX", body = contract::Problem)))]
pub async fn take(
    State(crm): State<Crm>,
    citizen: Citizen,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Body(paper): Body<PaperCode>,
) -> Result<Json<PaperTaken>> {
    let address = crm.client_address(&headers, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    let mut change = crm.db.begin().await?;
    let row = sqlx::query("UPDATE papers SET taken_at = $1, taken_by = $2 WHERE code_hash = $3 AND taken_at IS NULL RETURNING citizen_id")
        .bind(crm.clock.utc().0)
        .bind(citizen.id.as_str())
        .bind(code_hash(&paper.code))
        .fetch_optional(&mut *change)
        .await?;
    let Some(row) = row else { return Err(not_to_take(&mut change, &paper.code).await?) };
    let old = CitizenId(row.try_get("citizen_id")?);
    let help = sqlx::query("SELECT id FROM helps WHERE active_citizen = $1").bind(old.as_str()).fetch_optional(&mut *change).await?;
    if let Some(help) = help {
        super::helps::end(&crm, &mut change, help.try_get(0)?, HelpEnd::Revoked).await?;
    }
    let cases = move_all(&mut change, &old, &citizen.id).await?;
    let (was, is) = (citizens::name_in(&mut change, &old).await?, citizens::name_in(&mut change, &citizen.id).await?);
    let entry = Entry { why: &was, ..Entry::by(LogActor::Citizen, &is, LogAction::PaperTaken) };
    log::write(&crm, &mut change, &citizen.id, entry).await?;
    log::write(&crm, &mut change, &old, entry).await?;
    change.tell(&citizen.id, Happened { kind: NewsKind::Case, case: None, at: crm.clock.utc() });
    change.commit().await?;
    Ok(Json(PaperTaken { name: was, cases: u32::try_from(cases).unwrap_or(u32::MAX) }))
}

/// Why there is nothing to take: it was taken, or there never was such a paper.
async fn not_to_take(change: &mut Change, code: &str) -> Result<Error> {
    let row = sqlx::query("SELECT citizen_id FROM papers WHERE code_hash = $1").bind(code_hash(code)).fetch_optional(&mut **change).await?;
    if row.is_some() {
        return Ok(Error::Conflict);
    }
    tracing::warn!("a paper's code was typed by somebody signed in, and is none");
    Ok(Error::NotFound)
}

/// Moves everything; how many cases.
async fn move_all(change: &mut Change, old: &CitizenId, own: &CitizenId) -> Result<u64> {
    let mut cases = 0;
    for (table, column) in OWNED {
        let moved = sqlx::query(&format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2"))
            .bind(own.as_str())
            .bind(old.as_str())
            .execute(&mut **change)
            .await?;
        if table == "cases" {
            cases = moved.rows_affected();
        }
    }
    for table in ANSWERED {
        sqlx::query(&format!(
            "UPDATE {table} SET citizen_id = $1 WHERE citizen_id = $2
             AND questionnaire_id NOT IN (SELECT questionnaire_id FROM {table} WHERE citizen_id = $1)"
        ))
        .bind(own.as_str())
        .bind(old.as_str())
        .execute(&mut **change)
        .await?;
    }
    Ok(cases)
}

/// Whom a consent's row describes; nobody for one of somebody who is known.
///
/// # Errors
/// When they cannot be read.
pub fn person_of(text: &str) -> Result<Option<NewPerson>> {
    if text.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(text)?)) }
}

/// A person as they are kept until they are confirmed; nothing for a consent of somebody who is known.
///
/// # Errors
/// When they cannot be written.
pub fn kept(new: &NewConsent) -> Result<String> {
    if new.way == Some(ConsentWay::New) { Ok(serde_json::to_string(&new.person)?) } else { Ok(String::new()) }
}

/// The document of a consent in the room, from its column.
///
/// # Errors
/// When it is no word of the contract.
pub fn document(text: &str) -> Result<Option<contract::help_desk::ShownDocument>> {
    if text.is_empty() { Ok(None) } else { Ok(Some(word::from(text)?)) }
}
