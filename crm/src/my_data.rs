//! "I tuoi dati" (features N1 to N3): a copy of everything that is kept of somebody, what they have said yes and no to, and the end of it all.
mod archive;
pub mod choices;
pub mod copies;
mod gather;
pub mod leaving;
mod page;
mod plan;
pub mod retention;

use crate::comfort;
use crate::error::{Error, Result};
use crate::state::Crm;
use axum::Router;
use axum::routing::{delete, get};
use contract::id::CitizenId;
use contract::my_data::Person;
use contract::{UtcTime, paths};
use sqlx::Row;

/// The app's page of this; `src/route.rs` of the app knows it by the same address.
pub const PAGE: &str = "/my_data";

/// The routes of this file and of those below.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::MY_COPIES, get(copies::mine).post(copies::ask))
        .route(paths::MY_COPY_FILE, get(copies::take))
        .route(paths::MY_CHOICES, get(choices::mine))
        .route(paths::MY_CHOICE, delete(choices::withdraw))
        .route(paths::MY_DELETION, get(leaving::told).post(leaving::delete))
}

/// Somebody, as a copy of their data says it.
async fn person(crm: &Crm, citizen: &CitizenId) -> Result<Person> {
    let row = sqlx::query("SELECT given_name, family_name, fiscal_code, email, phone, language, created_at FROM citizens WHERE id = $1")
        .bind(citizen.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(Person {
        given_name: row.try_get("given_name")?,
        family_name: row.try_get("family_name")?,
        fiscal_code: row.try_get("fiscal_code")?,
        email: row.try_get("email")?,
        phone: row.try_get("phone")?,
        language: row.try_get("language")?,
        since: UtcTime(row.try_get("created_at")?),
        comfort: comfort::of(crm, citizen).await?,
    })
}
