//! Devices that are told by Web Push: added by their owner, gone when they log out there, or when the push service says so.
use super::settings;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::my_data::choices;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{At, Body};
use axum::Json;
use axum::extract::State;
use contract::channels::{Channels, DEVICES_MAX, NewDevice, PushDevice};
use contract::id::{CitizenId, DeviceId};
use contract::my_data::{Place, Subject};
use contract::problem::FieldRule;
use contract::session::Device;
use contract::{FieldProblem, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// Tell this device. The same subscription again is the same device, and belongs to whoever asked last. On a shared computer it is refused.
#[utoipa::path(post, path = paths::MY_DEVICES, operation_id = "device_add", tag = "channels", request_body = NewDevice,
    responses((status = 200, body = PushDevice), (status = "4XX", body = contract::Problem)))]
pub async fn add(State(crm): State<Crm>, citizen: Citizen, Body(device): Body<NewDevice>) -> Result<Json<PushDevice>> {
    let mut problems = device.problems();
    let push = crm.push.as_ref().ok_or(Error::NotFound)?;
    if citizen.device() == Device::Shared {
        return Err(Error::Forbidden);
    }
    if !push.accepts(&device.subscription.endpoint) {
        problems.push(FieldProblem::new("subscription", FieldRule::NotAChoice));
    }
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut change = crm.db.begin().await?;
    let had_some = has_some(&mut change, &citizen.id).await?;
    let row = sqlx::query(
        "INSERT INTO push_devices (id, citizen_id, session_hash, endpoint, p256dh, auth, name, added_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (endpoint) DO UPDATE SET citizen_id = excluded.citizen_id, session_hash = excluded.session_hash,
            p256dh = excluded.p256dh, auth = excluded.auth, name = excluded.name
         RETURNING id, name, added_at",
    )
    .bind(new_id())
    .bind(citizen.id.as_str())
    .bind(citizen.session_hash())
    .bind(&device.subscription.endpoint)
    .bind(&device.subscription.p256dh)
    .bind(&device.subscription.auth)
    .bind(device.name.trim())
    .bind(crm.clock.utc().0)
    .fetch_one(&mut *change)
    .await?;
    let most = i64::try_from(DEVICES_MAX).unwrap_or(i64::MAX);
    sqlx::query(
        "DELETE FROM push_devices WHERE citizen_id = $1 AND id NOT IN
            (SELECT id FROM push_devices WHERE citizen_id = $1 ORDER BY added_at DESC, id DESC LIMIT $2)",
    )
    .bind(citizen.id.as_str())
    .bind(most)
    .execute(&mut *change)
    .await?;
    if !had_some {
        choices::said(&crm, &mut change, &citizen.id, Subject::Push, (true, Place::Channels)).await?;
    }
    change.commit().await?;
    Ok(Json(read(&row)?))
}

/// Do not tell a device any more.
#[utoipa::path(delete, path = paths::MY_DEVICE, operation_id = "device_remove", tag = "channels", params(("id" = String, Path)),
    responses((status = 200, body = Channels), (status = "4XX", body = contract::Problem)))]
pub async fn remove(State(crm): State<Crm>, citizen: Citizen, At(id): At<DeviceId>) -> Result<Json<Channels>> {
    let mut change = crm.db.begin().await?;
    let gone = sqlx::query("DELETE FROM push_devices WHERE citizen_id = $1 AND id = $2")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    if gone.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    if !has_some(&mut change, &citizen.id).await? {
        choices::said(&crm, &mut change, &citizen.id, Subject::Push, (false, Place::Channels)).await?;
    }
    change.commit().await?;
    Ok(Json(settings::channels(&crm, &citizen.id).await?))
}

/// Whether any device of somebody is told: the first one is their yes, and taking away the last one their no.
async fn has_some(change: &mut Change, citizen: &CitizenId) -> Result<bool> {
    let row =
        sqlx::query("SELECT COUNT(*) FROM push_devices WHERE citizen_id = $1").bind(citizen.as_str()).fetch_one(&mut **change).await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}

/// Somebody's devices, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of(crm: &Crm, citizen: &CitizenId) -> Result<Vec<PushDevice>> {
    let rows = sqlx::query("SELECT id, name, added_at FROM push_devices WHERE citizen_id = $1 ORDER BY added_at DESC, id DESC")
        .bind(citizen.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<PushDevice> {
    Ok(PushDevice { id: DeviceId(row.try_get(0)?), name: row.try_get(1)?, since: UtcTime(row.try_get(2)?) })
}

/// None of somebody's devices is told any more.
///
/// # Errors
/// When the database fails.
pub async fn forget_all(change: &mut Change, citizen: &CitizenId) -> Result<()> {
    sqlx::query("DELETE FROM push_devices WHERE citizen_id = $1").bind(citizen.as_str()).execute(&mut **change).await?;
    Ok(())
}

/// Somebody has logged out: what they asked for in that session ends with it.
///
/// # Errors
/// When the database fails.
pub async fn leave(change: &mut Change, session_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM push_devices WHERE session_hash = $1").bind(session_hash).execute(&mut **change).await?;
    Ok(())
}

/// A session takes the place of another in the same browser: its devices come along, unless somebody else is there now.
///
/// # Errors
/// When the database fails.
pub async fn hand_over(change: &mut Change, citizen: &CitizenId, old: &str, new: &str) -> Result<()> {
    sqlx::query("UPDATE push_devices SET session_hash = $1 WHERE session_hash = $2 AND citizen_id = $3")
        .bind(new)
        .bind(old)
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    leave(change, old).await
}
