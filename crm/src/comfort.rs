//! How a citizen reads most easily, kept for all their devices.
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::Body;
use axum::extract::State;
use axum::routing::put;
use axum::{Json, Router};
use contract::comfort::{Comfort, TextSize};
use contract::id::CitizenId;
use contract::paths;
use contract::problem::FieldRule;
use sqlx::Row;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::ME_COMFORT, put(choose))
}

/// Choose how I read most easily. `GET /me` says it from then on.
#[utoipa::path(put, path = paths::ME_COMFORT, operation_id = "comfort", tag = "session", request_body = Comfort,
    responses((status = 200, body = Comfort), (status = "4XX", body = contract::Problem)))]
async fn choose(State(crm): State<Crm>, citizen: Citizen, Body(comfort): Body<Comfort>) -> Result<Json<Comfort>> {
    if comfort.text == TextSize::Unknown {
        return Err(Error::field("text", FieldRule::NotAChoice));
    }
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO comfort (citizen_id, settings) VALUES ($1, $2) ON CONFLICT (citizen_id) DO UPDATE SET settings = excluded.settings",
    )
    .bind(citizen.id.as_str())
    .bind(serde_json::to_string(&comfort)?)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(Json(comfort))
}

/// What a citizen has chosen.
///
/// # Errors
/// When the database fails.
pub async fn of(crm: &Crm, citizen: &CitizenId) -> Result<Comfort> {
    let row =
        sqlx::query("SELECT settings FROM comfort WHERE citizen_id = $1").bind(citizen.as_str()).fetch_optional(crm.db.reader()).await?;
    Ok(row.map(|row| serde_json::from_str(row.try_get("settings")?).map_err(Error::from)).transpose()?.unwrap_or_default())
}
