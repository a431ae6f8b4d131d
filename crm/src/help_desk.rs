//! The help desk (features X12, X13): a volunteer helps one citizen at a time, within what that citizen has agreed to.
//!
//! Who is helped has a session like any other, which belongs to a help: [`scope`] is the one place that says what may be done in it, and
//! writes it down before it is done. A help ends in one place too ([`helps::end`]), and its session with it.
pub mod confirm;
pub mod consents;
pub mod dispute;
pub mod finish;
pub mod helps;
pub mod log;
pub mod mine;
pub mod papers;
pub mod scope;
pub mod shown;
pub mod volunteers;

use crate::error::Result;
use crate::state::Crm;
use axum::extract::State;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use contract::help_desk::Desk;
use contract::paths;
pub use scope::{Helper, Refusal};
use volunteers::Volunteer;

/// The app's page of the desk; `src/route.rs` of the app knows it by the same address.
pub const PAGE: &str = "/help_desk";

/// The routes of this file and of those below.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::HELP_DESK, get(desk))
        .route(paths::HELP_DESK_LOGIN, post(volunteers::log_in))
        .route(paths::HELP_DESK_LOGOUT, post(volunteers::log_out))
        .route(paths::HELP_DESK_CONSENTS, post(consents::ask))
        .route(paths::HELP_DESK_BEGIN, post(consents::begin))
        .route(paths::HELP_DESK_CONFIRMATION, post(confirm::confirm))
        .route(paths::HELP_DESK_UNLOCK, post(finish::unlock))
        .route(paths::HELP_DESK_FINISH, post(finish::finish))
        .route(paths::HELP_DESK_CHECKED, post(finish::checked))
        .route(paths::MY_CONSENT, post(mine::look))
        .route(paths::MY_CONSENT_ANSWER, post(mine::answer))
        .route(paths::MY_HELP, get(mine::help).delete(mine::revoke))
        .route(paths::MY_HELP_SHOWN, put(shown::show).post(shown::answer))
        .route(paths::MY_PAPERS, post(papers::take))
        .route(paths::MY_LOG, get(mine::list))
        .route(paths::MY_LOG_DISPUTE, post(dispute::dispute))
}

/// How things stand at this desk. Nobody who is no volunteer learns anything.
#[utoipa::path(get, path = paths::HELP_DESK, operation_id = "help_desk", tag = "help_desk", security(()),
    responses((status = 200, body = Desk), (status = "4XX", body = contract::Problem)))]
async fn desk(State(crm): State<Crm>, volunteer: Option<Volunteer>) -> Result<Json<Desk>> {
    let Some(volunteer) = volunteer else { return Ok(Json(Desk::default())) };
    let mut change = crm.db.begin().await?;
    helps::end_what_is_over(&crm, &mut change).await?;
    let unchecked = helps::unchecked(&mut change, &volunteer).await?;
    change.commit().await?;
    Ok(Json(Desk {
        consent: consents::last(&crm, &volunteer).await?,
        help: helps::of_desk(&crm, &volunteer).await?,
        unchecked,
        to_confirm: confirm::waiting(&crm, &volunteer).await?,
        volunteer: volunteer.name,
    }))
}
