//! The citizen's side: agreeing on one's own phone, who helps me now, ending it, and the log. Never through a help.
use super::{consents, helps, log, shown};
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, Body, InLanguage, NO_STORE};
use crate::word;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::{Extension, Json};
use contract::help_desk::{AskedConsent, ConsentAnswer, ConsentCode, ConsentState, HelpEnd, LogEntry, MyHelp};
use contract::page::PartQuery;
use contract::problem::FieldRule;
use contract::{Page, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::net::SocketAddr;

/// The columns that [`asked`] reads.
const COLUMNS: &str = "k.scopes, k.minutes, k.help_id, k.state, k.until_at, v.name AS volunteer";

/// What is behind the code on the desk's screen, before I say yes or no.
#[utoipa::path(post, path = paths::MY_CONSENT, operation_id = "my_consent", tag = "help_desk", request_body = ConsentCode,
    responses((status = 200, body = AskedConsent), (status = "4XX", body = contract::Problem)))]
pub async fn look(
    State(crm): State<Crm>,
    citizen: Citizen,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    Body(code): Body<ConsentCode>,
) -> Result<Json<AskedConsent>> {
    let address = crm.client_address(&headers, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)?;
    // More time is asked of whoever is being helped, and of nobody else.
    let row = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM consents k JOIN volunteers v ON v.id = k.volunteer_id
         WHERE k.code_hash = $1 AND k.way = 'phone' AND k.until_at > $2 AND v.removed_at IS NULL AND (k.citizen_id IS NULL OR k.citizen_id = $3)"
    ))
    .bind(consents::phone_hash(&code.code))
    .bind(crm.clock.utc().0)
    .bind(citizen.id.as_str())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::NotFound)?;
    Ok(Json(asked(&row)?))
}

/// Say yes or no. It is asked once.
#[utoipa::path(post, path = paths::MY_CONSENT_ANSWER, operation_id = "my_consent_answer", tag = "help_desk", request_body = ConsentAnswer,
    responses((status = 200, body = AskedConsent), (status = "4XX", body = contract::Problem)))]
pub async fn answer(State(crm): State<Crm>, citizen: Citizen, Body(answer): Body<ConsentAnswer>) -> Result<Json<AskedConsent>> {
    let mut change = crm.db.begin().await?;
    let given = sqlx::query(
        "UPDATE consents SET state = $1, citizen_id = $2, given_at = $3
         WHERE code_hash = $4 AND way = 'phone' AND state = 'asked' AND until_at > $3 AND (citizen_id IS NULL OR citizen_id = $2) RETURNING id",
    )
    .bind(if answer.yes { "given" } else { "refused" })
    .bind(citizen.id.as_str())
    .bind(crm.clock.utc().0)
    .bind(consents::phone_hash(&answer.code))
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM consents k JOIN volunteers v ON v.id = k.volunteer_id WHERE k.id = $1"))
        .bind(given.try_get::<&str, _>(0)?)
        .fetch_one(&mut *change)
        .await?;
    change.commit().await?;
    Ok(Json(asked(&row)?))
}

fn asked(row: &AnyRow) -> Result<AskedConsent> {
    Ok(AskedConsent {
        volunteer: row.try_get("volunteer")?,
        scopes: helps::scopes_from_text(row.try_get("scopes")?),
        minutes: u32::try_from(row.try_get::<i64, _>("minutes")?).unwrap_or_default(),
        is_more: row.try_get::<Option<String>, _>("help_id")?.is_some(),
        state: word::from::<ConsentState>(row.try_get("state")?)?,
        until: UtcTime(row.try_get("until_at")?),
    })
}

/// Who is helping me now.
#[utoipa::path(get, path = paths::MY_HELP, operation_id = "my_help", tag = "help_desk", params(InLanguage), responses((status = 200, body = MyHelp), (status = "4XX", body = contract::Problem)))]
pub async fn help(State(crm): State<Crm>, citizen: Citizen, Asked(language): Asked<InLanguage>, asked: HeaderMap) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    helps::end_what_is_over(&crm, &mut change).await?;
    change.commit().await?;
    let help = helps::of_citizen(&crm, &citizen.id).await?;
    let shown = if help.is_some() { shown::of_citizen(&crm, &citizen.id, &language.language).await? } else { None };
    web::tagged(&asked, NO_STORE, &MyHelp { help, shown })
}

/// End it now. What has ended already has ended.
#[utoipa::path(delete, path = paths::MY_HELP, operation_id = "my_help_revoke", tag = "help_desk", responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn revoke(State(crm): State<Crm>, citizen: Citizen) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query("SELECT id FROM helps WHERE active_citizen = $1").bind(citizen.id.as_str()).fetch_optional(&mut *change).await?;
    if let Some(row) = row {
        helps::end(&crm, &mut change, row.try_get(0)?, HelpEnd::Revoked).await?;
    }
    // A yes that has begun nothing yet is taken back too.
    sqlx::query("UPDATE consents SET state = 'refused' WHERE citizen_id = $1 AND state = 'given'")
        .bind(citizen.id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who has done what with my data, newest first.
#[utoipa::path(get, path = paths::MY_LOG, operation_id = "my_log", tag = "help_desk", params(PartQuery),
    responses((status = 200, body = Page<LogEntry>), (status = "4XX", body = contract::Problem)))]
pub async fn list(State(crm): State<Crm>, citizen: Citizen, Asked(part): Asked<PartQuery>, headers: HeaderMap) -> Result<Response> {
    let limit = part.limit.unwrap_or(20).clamp(1, 100) as usize;
    let before = part.after.map(|after| after.parse().map_err(|_| Error::field("after", FieldRule::NotAChoice))).transpose()?;
    let mut items = log::of_citizen(&crm, &citizen.id, before, i64::try_from(limit + 1).unwrap_or(i64::MAX)).await?;
    let is_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| is_more).map(|last| last.id.0.clone());
    web::tagged(&headers, NO_STORE, &Page { items, next })
}
