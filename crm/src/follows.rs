//! "Anche io": following somebody else's street report without writing a new one.
use crate::error::{Error, Result};
use crate::public_reports;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, NO_STORE};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use contract::id::{CitizenId, PublicReportId};
use contract::public_reports::{Following, PublicReport};
use contract::{Page, paths};
use serde::Deserialize;
use sqlx::Row;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::FOLLOW, post(follow).delete(unfollow)).route(paths::FOLLOWS, get(mine))
}

/// "Anche io". Saying it twice is saying it once.
#[utoipa::path(post, path = paths::FOLLOW, operation_id = "follow", tag = "public", params(("id" = String, Path)),
    responses((status = 200, body = Following), (status = "4XX", body = contract::Problem)))]
async fn follow(State(crm): State<Crm>, citizen: Citizen, At(id): At<PublicReportId>) -> Result<Json<Following>> {
    public_reports::find(&crm, &id).await?;
    let mut change = crm.db.begin().await?;
    sqlx::query(
        "INSERT INTO follows (citizen_id, report_id, followed_at) VALUES ($1, $2, $3) ON CONFLICT (citizen_id, report_id) DO NOTHING",
    )
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .bind(crm.clock.utc().0)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    following(&crm, &citizen.id, &id).await
}

/// No longer.
#[utoipa::path(delete, path = paths::FOLLOW, operation_id = "unfollow", tag = "public", params(("id" = String, Path)),
    responses((status = 200, body = Following), (status = "4XX", body = contract::Problem)))]
async fn unfollow(State(crm): State<Crm>, citizen: Citizen, At(id): At<PublicReportId>) -> Result<Json<Following>> {
    let mut change = crm.db.begin().await?;
    let known = sqlx::query("DELETE FROM follows WHERE citizen_id = $1 AND report_id = $2")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .execute(&mut *change)
        .await?
        .rows_affected();
    change.commit().await?;
    // One that is no longer public can still be let go of; one that never was does not exist.
    if known == 0 {
        public_reports::find(&crm, &id).await?;
    }
    following(&crm, &citizen.id, &id).await
}

async fn following(crm: &Crm, citizen: &CitizenId, report: &PublicReportId) -> Result<Json<Following>> {
    let row = sqlx::query("SELECT COUNT(*), COUNT(CASE WHEN citizen_id = $1 THEN 1 END) FROM follows WHERE report_id = $2")
        .bind(citizen.as_str())
        .bind(report.as_str())
        .fetch_one(crm.db.reader())
        .await?;
    let followers = u32::try_from(row.try_get::<i64, _>(0)?).map_err(|_| Error::Internal("too many followers".to_owned()))?;
    Ok(Json(Following { following: row.try_get::<i64, _>(1)? > 0, followers }))
}

/// Which part of a list.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Part {
    /// Continue behind this cursor.
    after: Option<String>,
    /// At most this many, 1 to 100; 20 when absent.
    limit: Option<u32>,
}

/// The reports I follow, followed last first. Those that are no longer public are left out.
#[utoipa::path(get, path = paths::FOLLOWS, operation_id = "follows", tag = "public", params(Part),
    responses((status = 200, body = Page<PublicReport>), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, Asked(part): Asked<Part>, asked: HeaderMap) -> Result<Response> {
    let limit = part.limit.unwrap_or(20).clamp(1, 100);
    let (items, next) = public_reports::followed_by(&crm, &citizen.id, (part.after.as_deref(), limit)).await?;
    web::tagged(&asked, NO_STORE, &Page { items, next })
}
