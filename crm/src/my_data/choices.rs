//! What somebody has said yes and no to (feature N1): as it stands, how it came to be so, and the way back, which holds at once.
//!
//! Channels and tips decide by their own tables, in one place each; what is said there is written down here too, and never changed.
use crate::channels::{devices, reader_of, settings, wishes};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::help_desk::helps;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At, NO_STORE};
use crate::{tips, word};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::channels::{Channel, DeliveryState, Wishes};
use contract::id::{CaseId, CitizenId};
use contract::my_data::{Choice, Choices, HelpGiven, NoticeSeen, Place, Said, Subject};
use contract::{UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The notice that is read before a street report is written.
const STREET_REPORT: &str = "street_report";

/// What I have said yes and no to, whom I have let help me, which notices I have read.
#[utoipa::path(get, path = paths::MY_CHOICES, operation_id = "my_choices", tag = "my_data", responses((status = 200, body = Choices), (status = "4XX", body = contract::Problem)))]
pub async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &of(&crm, &citizen.id).await?)
}

/// Withdraw one: it holds at once, also for what waits to be sent. Withdrawing twice is withdrawing once.
#[utoipa::path(delete, path = paths::MY_CHOICE, operation_id = "my_choice_withdraw", tag = "my_data", params(("subject" = String, Path, description = "As it is called in the list, with a hyphen for an underscore")),
    responses((status = 200, body = Choices), (status = "4XX", body = contract::Problem)))]
pub async fn withdraw(State(crm): State<Crm>, citizen: Citizen, At(subject): At<String>) -> Result<Json<Choices>> {
    let subject: Subject = word::from(&subject.replace('-', "_"))?;
    let mut change = crm.db.begin().await?;
    match (subject, channel(subject)) {
        (Subject::Tips, _) => tips::want(&crm, &mut change, &citizen.id, (false, Place::MyData)).await?,
        (_, Some(channel)) => withdraw_channel(&crm, &mut change, &citizen.id, channel).await?,
        (_, None) => return Err(Error::NotFound),
    }
    change.commit().await?;
    Ok(Json(of(&crm, &citizen.id).await?))
}

/// The channel that a subject is about.
fn channel(subject: Subject) -> Option<Channel> {
    match subject {
        Subject::Email => Some(Channel::Email),
        Subject::Push => Some(Channel::Push),
        Subject::AppIo => Some(Channel::AppIo),
        Subject::Sms => Some(Channel::Sms),
        Subject::Paper => Some(Channel::Paper),
        Subject::Tips | Subject::Unknown => None,
    }
}

/// Nothing is told on a channel any more, nor what waits there for its time.
async fn withdraw_channel(crm: &Crm, change: &mut Change, citizen: &CitizenId, channel: Channel) -> Result<()> {
    let before = reader_of(change, citizen).await?.wishes;
    let mut after = before.clone();
    after.wanted.retain(|wish| wish.channel != channel);
    wishes::keep(crm, change, citizen, (&after, Place::MyData)).await?;
    if channel == Channel::Push {
        devices::forget_all(change, citizen).await?;
    }
    stop_what_waits(change, citizen, &word::to(&channel)?).await
}

/// What waits on a channel and is on nobody's way is not sent any more.
async fn stop_what_waits(change: &mut Change, citizen: &CitizenId, channel: &str) -> Result<()> {
    let mine = "SELECT d.id FROM deliveries d WHERE d.citizen_id = $1 AND d.channel = $2 AND d.state IN ('waiting', 'quiet', 'again')";
    let stopped = sqlx::query(&format!("DELETE FROM outbox WHERE lease IS NULL AND state = 'waiting' AND id IN ({mine}) RETURNING id"))
        .bind(citizen.as_str())
        .bind(channel)
        .fetch_all(&mut **change)
        .await?;
    let letters = sqlx::query(&format!("DELETE FROM letters WHERE posted_at IS NULL AND citizen_id = $1 AND id IN ({mine}) RETURNING id"))
        .bind(citizen.as_str())
        .bind(channel)
        .fetch_all(&mut **change)
        .await?;
    for row in stopped.iter().chain(&letters) {
        sqlx::query("UPDATE deliveries SET state = $1 WHERE citizen_id = $2 AND id = $3")
            .bind(word::to(&DeliveryState::Gone)?)
            .bind(citizen.as_str())
            .bind(row.try_get::<&str, _>(0)?)
            .execute(&mut **change)
            .await?;
    }
    Ok(())
}

/// Writes down what somebody has said, in the change that makes it so. Nothing is ever changed or taken out here, but with the person.
///
/// # Errors
/// When the database fails.
pub async fn said(crm: &Crm, change: &mut Change, citizen: &CitizenId, subject: Subject, (is_given, place): (bool, Place)) -> Result<()> {
    sqlx::query("INSERT INTO choices_said (id, citizen_id, subject, is_given, place, said_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(new_id())
        .bind(citizen.as_str())
        .bind(subject.as_str())
        .bind(i64::from(is_given))
        .bind(word::to(&place)?)
        .bind(crm.clock.utc().0)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Writes down which channels somebody has begun or stopped to want.
///
/// # Errors
/// When the database fails.
pub async fn wished(crm: &Crm, change: &mut Change, citizen: &CitizenId, (before, after): (&Wishes, &Wishes), place: Place) -> Result<()> {
    for subject in Subject::ALL {
        let Some(channel) = channel(subject) else { continue };
        let is_given = after.wants_any(channel);
        if before.wants_any(channel) != is_given {
            said(crm, change, citizen, subject, (is_given, place)).await?;
        }
    }
    Ok(())
}

/// Everything of a citizen.
///
/// # Errors
/// [`Error::SignedOut`] when the citizen is gone, or when the database fails.
pub async fn of(crm: &Crm, citizen: &CitizenId) -> Result<Choices> {
    let rows =
        sqlx::query("SELECT subject, is_given, place, said_at FROM choices_said WHERE citizen_id = $1 ORDER BY said_at DESC, id DESC")
            .bind(citizen.as_str())
            .fetch_all(crm.db.reader())
            .await?;
    let mut history = Vec::with_capacity(rows.len());
    for row in &rows {
        let said = Said {
            is_given: row.try_get::<i64, _>("is_given")? != 0,
            at: UtcTime(row.try_get("said_at")?),
            place: word::from(row.try_get("place")?)?,
        };
        history.push((word::from::<Subject>(row.try_get("subject")?)?, said));
    }
    let channels = settings::channels(crm, citizen).await?;
    let mut choices = Vec::new();
    for subject in Subject::ALL {
        let history: Vec<Said> = history.iter().filter(|(of, _)| *of == subject).map(|(_, said)| said.clone()).collect();
        let (is_given, reaches) = match channel(subject) {
            None => (tips::are_wanted(crm, citizen).await?, None),
            Some(channel) => {
                let Some(state) = channels.channels.iter().find(|state| state.channel == channel) else { continue };
                // Where nothing can arrive there is nothing to withdraw, whatever the town begins with.
                (channels.wishes.wants_any(channel) && state.is_ready, state.reaches.clone())
            }
        };
        choices.push(Choice { subject, is_given, reaches, history });
    }
    Ok(Choices { choices, helps: helps_of(crm, citizen).await?, notices: notices_of(crm, citizen).await? })
}

async fn helps_of(crm: &Crm, citizen: &CitizenId) -> Result<Vec<HelpGiven>> {
    let rows = sqlx::query(
        "SELECT h.session, v.name, h.way, h.scopes, h.began_at, h.ended_at, h.end_reason FROM helps h JOIN volunteers v ON v.id = h.volunteer_id
         WHERE h.citizen_id = $1 ORDER BY h.began_at DESC, h.id DESC",
    )
    .bind(citizen.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let help = |row: &AnyRow| {
        Ok(HelpGiven {
            session: row.try_get("session")?,
            volunteer: row.try_get("name")?,
            way: word::from(row.try_get("way")?)?,
            scopes: helps::scopes_from_text(row.try_get("scopes")?),
            at: UtcTime(row.try_get("began_at")?),
            ended_at: row.try_get::<Option<String>, _>("ended_at")?.map(UtcTime),
            end: row.try_get::<Option<String>, _>("end_reason")?.map(|reason| word::from(&reason)).transpose()?,
        })
    };
    rows.iter().map(help).collect()
}

async fn notices_of(crm: &Crm, citizen: &CitizenId) -> Result<Vec<NoticeSeen>> {
    let rows = sqlx::query(
        "SELECT r.privacy_version, r.privacy_at, c.id, c.number FROM reports r JOIN cases c ON c.id = r.case_id
         WHERE r.owner_id = $1 AND c.owner_id = $1 AND r.privacy_version <> '' ORDER BY r.privacy_at DESC, c.id DESC",
    )
    .bind(citizen.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let seen = |row: &AnyRow| {
        Ok(NoticeSeen {
            notice: STREET_REPORT.to_owned(),
            version: row.try_get("privacy_version")?,
            at: UtcTime(row.try_get("privacy_at")?),
            case: CaseId(row.try_get("id")?),
            number: row.try_get("number")?,
        })
    };
    rows.iter().map(seen).collect()
}
