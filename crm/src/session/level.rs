//! Step-up: what takes a higher level than the session has. The session's own level is looked at for each such operation.
use super::Citizen;
use crate::config::Guarded;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::state::Crm;
use axum::extract::MatchedPath;
use axum::http::Method;
use axum::http::request::Parts;
use contract::paths;

/// Operations that are guarded as a whole; where letters go is looked at in `channels/settings.rs`.
static RULES: [(Method, &str, Guarded); 3] = [
    (Method::DELETE, paths::MY_CHOICE, Guarded::Choices),
    (Method::POST, paths::MY_DELETION, Guarded::Deletion),
    (Method::POST, paths::MY_DELEGATIONS, Guarded::Delegations),
];

/// Lets a request through whose session reaches what it takes.
///
/// # Errors
/// [`Error::Level`].
pub(super) fn allow(crm: &Crm, parts: &Parts, citizen: &Citizen) -> Result<()> {
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match RULES.iter().find(|(method, path, _)| *method == parts.method && *path == pattern) {
        Some((.., guarded)) => citizen.reaches(crm, *guarded),
        None => Ok(()),
    }
}

impl Citizen {
    /// Whether the session has the level that something takes.
    ///
    /// # Errors
    /// [`Error::Level`], with the level it takes.
    pub fn reaches(&self, crm: &Crm, guarded: Guarded) -> Result<()> {
        let needed = crm.config.levels.of(guarded);
        if self.session.level >= needed { Ok(()) } else { Err(Error::Level(needed)) }
    }
}

/// Remembers the level that a login has reached.
///
/// # Errors
/// When the database fails.
pub async fn reached(change: &mut Change, id_hash: &str, level: u8) -> Result<()> {
    sqlx::query("UPDATE sessions SET level = $1 WHERE id_hash = $2").bind(i64::from(level)).bind(id_hash).execute(&mut **change).await?;
    Ok(())
}
