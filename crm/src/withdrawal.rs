//! "Ritira la pratica": the citizen does not need it any more, and it is over.
use crate::cases::{Happening, happen};
use crate::credential::Author;
use crate::error::{Error, Result};
use crate::idempotency::{Begun, Key};
use crate::notices;
use crate::reference::WITHDRAWN;
use crate::replies::{begin, done, lock};
use crate::state::Crm;
use crate::web::{At, Body};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use contract::cases::{CaseSummary, Channel, Phase, StepKind};
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::paths;
use contract::replies::NewWithdrawal;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::CASE_WITHDRAWAL, post(withdraw))
}

/// Withdraw one of my cases.
#[utoipa::path(post, path = paths::CASE_WITHDRAWAL, operation_id = "case_withdrawal", tag = "cases", security(("session" = []), ("send_only" = [])), params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = NewWithdrawal, responses((status = 201, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn withdraw(
    State(crm): State<Crm>,
    citizen: Author,
    At(id): At<CaseId>,
    key: Key,
    Body(withdrawal): Body<NewWithdrawal>,
) -> Result<Response> {
    let mut effect = match begin(&crm, &citizen.id, &id, key, ("withdrawal", &withdrawal), withdrawal.problems()).await? {
        Begun::Before(answer) => return citizen.told(answer),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    if lock(change, &citizen.id, &id).await?.phase == Phase::Closed {
        return Err(Error::Conflict);
    }
    let state = StateCode(WITHDRAWN.to_owned());
    sqlx::query("UPDATE cases SET state = $1, phase = $2, task = NULL, task_due_on = NULL WHERE owner_id = $3 AND id = $4")
        .bind(&state.0)
        .bind(Phase::Closed.as_str())
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    // Nothing more is expected.
    sqlx::query("DELETE FROM steps WHERE case_id = $1 AND happened_at IS NULL").bind(id.as_str()).execute(&mut **change).await?;
    let step = Happening { kind: StepKind::Move, state: &state, note: &withdrawal.reason, by_citizen: true, channel: Channel::App };
    happen(&crm, change, &id, step).await?;
    notices::moved(&crm, change, &id, &state, ("", None)).await?;
    done(&crm, effect, &citizen, &id).await
}
