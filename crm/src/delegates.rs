//! Family and delegates (feature J11): a citizen lets another one act for them, within what they have said and as long as they have said.
//!
//! Who acts is a state of the session's row ([`acting`], [ADR 17](../../docs/adr/0017-acting-for-somebody.md)): the request says nothing of it.
//! What may be done is said where it is said for the help desk, in `help_desk/scope.rs`.
pub mod accept;
pub mod acting;
pub mod given;
pub mod news;

use crate::clock::utc;
use crate::db::Change;
use crate::error::Result;
use crate::events::Happened;
use crate::help_desk::helps::scopes_from_text;
use crate::state::Crm;
pub use acting::Delegate;
use axum::Router;
use axum::routing::{delete, get, post};
use contract::delegates::{Delegation, DelegationState};
use contract::id::{CaseId, CitizenId, DelegationId};
use contract::inbox::NewsKind;
use contract::{Date, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The routes of this slice.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::MY_DELEGATIONS, get(given::mine).post(given::give))
        .route(paths::MY_DELEGATION, delete(given::end))
        .route(paths::DELEGATION_LOOK, post(accept::look))
        .route(paths::DELEGATION_ACCEPT, post(accept::accept))
        .route(paths::MY_ACTING, get(acting::now).post(acting::begin).delete(acting::end))
}

/// The columns of `delegations d` that [`delegation`] reads, with the other side's name from `citizens o` and the case from `cases c`.
const COLUMNS: &str = "d.id, d.number, d.meant_for, d.scopes, d.case_id, d.tells, d.code_until, d.until_on, d.made_at, d.accepted_at, d.ended_at, \
    d.end_reason, o.given_name, o.family_name, c.title";

/// A row as the contract says it.
fn delegation(crm: &Crm, row: &AnyRow) -> Result<Delegation> {
    let text = |name: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(name)?.unwrap_or_default()) };
    let name = format!("{} {}", text("given_name")?, text("family_name")?).trim().to_owned();
    let state = state(crm, row)?;
    Ok(Delegation {
        id: DelegationId(row.try_get("id")?),
        number: row.try_get("number")?,
        name: if name.is_empty() { row.try_get("meant_for")? } else { name },
        scopes: scopes_from_text(row.try_get("scopes")?),
        case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId),
        title: text("title")?,
        tells: row.try_get::<i64, _>("tells")? != 0,
        state,
        made_at: UtcTime(row.try_get("made_at")?),
        code_until: (state == DelegationState::Pending).then(|| Ok::<_, sqlx::Error>(UtcTime(row.try_get("code_until")?))).transpose()?,
        until: Date(row.try_get("until_on")?),
        ended_at: row.try_get::<Option<String>, _>("ended_at")?.map(UtcTime),
    })
}

fn state(crm: &Crm, row: &AnyRow) -> Result<DelegationState> {
    if row.try_get::<Option<String>, _>("ended_at")?.is_some() {
        let by_giver = row.try_get::<Option<String>, _>("end_reason")?.as_deref() != Some(BY_DELEGATE);
        return Ok(if by_giver { DelegationState::EndedByGiver } else { DelegationState::EndedByDelegate });
    }
    let is_accepted = row.try_get::<Option<String>, _>("accepted_at")?.is_some();
    Ok(if !is_accepted && row.try_get::<String, _>("code_until")? <= crm.clock.utc().0 {
        DelegationState::Lapsed
    } else if row.try_get::<String, _>("until_on")? < crm.clock.today().0 {
        DelegationState::EndedByTime
    } else if is_accepted {
        DelegationState::Active
    } else {
        DelegationState::Pending
    })
}

/// Who gave it has ended it.
const BY_GIVER: &str = "giver";
/// The delegate has.
const BY_DELEGATE: &str = "delegate";

/// Both sides look again, wherever they look.
fn tell(crm: &Crm, change: &mut Change, citizens: [Option<&CitizenId>; 2]) {
    for citizen in citizens.into_iter().flatten() {
        change.tell(citizen, Happened { kind: NewsKind::Help, case: None, at: utc(crm.clock.now()) });
    }
}
