//! Accepting a delegation: what is behind a code, and yes to it. Codes are guessed at slowly, and used once.
use super::given::code_hash;
use super::{COLUMNS, delegation, tell};
use crate::citizens;
use crate::error::{Error, Result};
use crate::help_desk::helps::scopes_from_text;
use crate::help_desk::log::{self, Entry};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::HeaderMap;
use axum::{Extension, Json};
use contract::delegates::{Delegation, DelegationCode, OfferedDelegation};
use contract::help_desk::{LogAction, LogActor};
use contract::id::CitizenId;
use contract::{Date, paths};
use sqlx::Row;
use std::net::SocketAddr;

type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Counts a code that is tried.
fn count(crm: &Crm, headers: &HeaderMap, peer: Peer) -> Result<()> {
    let address = crm.client_address(headers, peer.map(|Extension(ConnectInfo(peer))| peer));
    crm.codes_throttle.take(address, crm.clock.now().as_second()).map_err(Error::TooMany)
}

/// What is behind a code, before I accept it. My own is none.
#[utoipa::path(post, path = paths::DELEGATION_LOOK, operation_id = "delegation_look", tag = "delegates", request_body = DelegationCode,
    responses((status = 200, body = OfferedDelegation), (status = "4XX", body = contract::Problem)))]
pub async fn look(
    State(crm): State<Crm>,
    citizen: Citizen,
    peer: Peer,
    headers: HeaderMap,
    Body(code): Body<DelegationCode>,
) -> Result<Json<OfferedDelegation>> {
    count(&crm, &headers, peer)?;
    let row = sqlx::query(
        "SELECT d.citizen_id, d.meant_for, d.scopes, d.case_id, d.tells, d.until_on, g.given_name, g.family_name
         FROM delegations d JOIN citizens g ON g.id = d.citizen_id
         WHERE d.code_hash = $1 AND d.accepted_at IS NULL AND d.ended_at IS NULL AND d.code_until > $2 AND d.until_on >= $3",
    )
    .bind(code_hash(&code.code))
    .bind(crm.clock.utc().0)
    .bind(crm.clock.today().0)
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else {
        tracing::warn!("a code of a delegation was typed that is none");
        return Err(Error::NotFound);
    };
    if row.try_get::<&str, _>("citizen_id")? == citizen.id.as_str() {
        return Err(Error::Conflict);
    }
    Ok(Json(OfferedDelegation {
        giver: format!("{} {}", row.try_get::<String, _>("given_name")?, row.try_get::<String, _>("family_name")?).trim().to_owned(),
        meant_for: row.try_get("meant_for")?,
        scopes: scopes_from_text(row.try_get("scopes")?),
        is_one_case: row.try_get::<Option<String>, _>("case_id")?.is_some(),
        tells: row.try_get::<i64, _>("tells")? != 0,
        until: Date(row.try_get("until_on")?),
    }))
}

/// Accept it: from now on I may act for who gave it.
#[utoipa::path(post, path = paths::DELEGATION_ACCEPT, operation_id = "delegation_accept", tag = "delegates", request_body = DelegationCode,
    responses((status = 200, body = Delegation), (status = "4XX", body = contract::Problem)))]
pub async fn accept(
    State(crm): State<Crm>,
    citizen: Citizen,
    peer: Peer,
    headers: HeaderMap,
    Body(code): Body<DelegationCode>,
) -> Result<Json<Delegation>> {
    count(&crm, &headers, peer)?;
    let mut change = crm.db.begin().await?;
    let taken = sqlx::query(
        "UPDATE delegations SET delegate_id = $1, accepted_at = $2, code_hash = NULL
         WHERE code_hash = $3 AND accepted_at IS NULL AND ended_at IS NULL AND code_until > $2 AND until_on >= $4 RETURNING id, citizen_id, number",
    )
    .bind(citizen.id.as_str())
    .bind(crm.clock.utc().0)
    .bind(code_hash(&code.code))
    .bind(crm.clock.today().0)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let giver = CitizenId(taken.try_get("citizen_id")?);
    if giver == citizen.id {
        // Nothing was written: the change ends here.
        return Err(Error::Conflict);
    }
    let by = citizens::name_in(&mut change, &citizen.id).await?;
    let entry = Entry { session: taken.try_get("number")?, ..Entry::by(LogActor::Delegate, &by, LogAction::DelegationAccepted) };
    log::write(&crm, &mut change, &giver, entry).await?;
    tell(&crm, &mut change, [Some(&giver), Some(&citizen.id)]);
    let row = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM delegations d JOIN citizens o ON o.id = d.citizen_id LEFT JOIN cases c ON c.id = d.case_id AND c.owner_id = d.citizen_id
         WHERE d.delegate_id = $1 AND d.id = $2"
    ))
    .bind(citizen.id.as_str())
    .bind(taken.try_get::<&str, _>("id")?)
    .fetch_one(&mut *change)
    .await?;
    let accepted = delegation(&crm, &row)?;
    change.commit().await?;
    Ok(Json(accepted))
}
