//! "Dove sei collegato": the sessions that somebody has open, and their end. Each is told by what its browser is, never by its cookie.
use crate::channels::devices;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::help_desk::helps;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At, NO_STORE};
use crate::{secret, word};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{delete, get};
use contract::help_desk::HelpEnd;
use contract::id::SessionId;
use contract::sessions::{Machine, OpenSession};
use contract::{UtcTime, paths};
use sqlx::Row;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::MY_SESSIONS, get(mine).delete(end_others)).route(paths::MY_SESSION, delete(end_one))
}

/// A session's row, as far as this file needs it.
struct Open {
    id_hash: String,
    help: Option<String>,
    told: OpenSession,
}

/// All that are open: the one that asks, then the others, the one that was used last first.
async fn open(crm: &Crm, change: &mut Change, citizen: &Citizen) -> Result<Vec<Open>> {
    let rows = sqlx::query(
        "SELECT s.id_hash, s.device, s.machine, s.browser, s.created_at, s.seen_at, s.ends_at, s.idle_seconds, s.help_id, h.session AS help
         FROM sessions s LEFT JOIN helps h ON h.id = s.help_id WHERE s.citizen_id = $1 ORDER BY s.seen_at DESC, s.id_hash",
    )
    .bind(citizen.id.as_str())
    .fetch_all(&mut **change)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (seen_at, ends_at): (String, String) = (row.try_get("seen_at")?, row.try_get("ends_at")?);
        // One that has ended by itself is open no longer, whether it was swept up or not.
        let idle = crm.clock.seconds_ago(row.try_get::<i64, _>("idle_seconds")? + crate::session::STEP).0;
        if ends_at <= crm.clock.utc().0 || seen_at < idle {
            continue;
        }
        let id_hash: String = row.try_get("id_hash")?;
        let told = OpenSession {
            id: SessionId(secret::sha256_hex(format!("session {id_hash}").as_bytes())),
            machine: word::from(row.try_get("machine")?)?,
            browser: row.try_get("browser")?,
            device: word::from(row.try_get("device")?)?,
            began_at: UtcTime(row.try_get("created_at")?),
            seen_at: UtcTime(seen_at),
            is_this: id_hash == citizen.session_hash(),
            help: row.try_get("help")?,
        };
        found.push(Open { id_hash, help: row.try_get("help_id")?, told });
    }
    found.sort_by_key(|open| !open.told.is_this);
    Ok(found)
}

/// Where I am signed in.
#[utoipa::path(get, path = paths::MY_SESSIONS, operation_id = "my_sessions", tag = "session", responses((status = 200, body = Vec<OpenSession>), (status = "4XX", body = contract::Problem)))]
pub async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    let told: Vec<_> = open(&crm, &mut change, &citizen).await?.into_iter().map(|one| one.told).collect();
    change.rollback().await?;
    web::tagged(&asked, NO_STORE, &told)
}

/// End one: whoever uses it is signed out at their next request. The one that asks has a logout of its own.
#[utoipa::path(delete, path = paths::MY_SESSION, operation_id = "my_session_end", tag = "session", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn end_one(State(crm): State<Crm>, citizen: Citizen, At(id): At<SessionId>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let found = open(&crm, &mut change, &citizen).await?.into_iter().find(|one| one.told.id == id && !one.told.is_this);
    end(&crm, &mut change, &found.ok_or(Error::NotFound)?).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End all the others, and all that devices may still do whose sessions are over by themselves.
#[utoipa::path(delete, path = paths::MY_SESSIONS, operation_id = "my_sessions_end", tag = "session", responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn end_others(State(crm): State<Crm>, citizen: Citizen) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    for other in open(&crm, &mut change, &citizen).await?.iter().filter(|one| !one.told.is_this) {
        end(&crm, &mut change, other).await?;
    }
    // What was left behind by sessions that are over: a lost phone sends nothing more, and is told nothing.
    for sql in [
        "DELETE FROM credentials WHERE citizen_id = $1 AND session_hash <> $2",
        "DELETE FROM push_devices WHERE citizen_id = $1 AND session_hash <> $2",
    ] {
        sqlx::query(sql).bind(citizen.id.as_str()).bind(citizen.session_hash()).execute(&mut *change).await?;
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends it with all that was given to it: what sends from that device, what is told there, and what a volunteer does in it.
async fn end(crm: &Crm, change: &mut Change, open: &Open) -> Result<()> {
    if let Some(help) = &open.help {
        helps::end(crm, change, help, HelpEnd::Revoked).await?;
    }
    close(change, &open.id_hash).await
}

/// Closes a session, with what sends from its device and what is told there.
///
/// # Errors
/// When the database fails.
pub async fn close(change: &mut Change, id_hash: &str) -> Result<()> {
    sqlx::query("DELETE FROM sessions WHERE id_hash = $1").bind(id_hash).execute(&mut **change).await?;
    sqlx::query("DELETE FROM credentials WHERE session_hash = $1").bind(id_hash).execute(&mut **change).await?;
    devices::leave(change, id_hash).await
}

/// Remembers on what a session was opened, in our own words.
///
/// # Errors
/// When the database fails.
pub async fn opened_on(change: &mut Change, id_hash: &str, asked: &HeaderMap) -> Result<()> {
    let agent = asked.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    sqlx::query("UPDATE sessions SET machine = $1, browser = $2 WHERE id_hash = $3")
        .bind(word::to(&machine(agent))?)
        .bind(browser(agent))
        .bind(id_hash)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// The kind of device behind a User-Agent. It may say anything: this is a help to remember, and proves nothing.
fn machine(agent: &str) -> Machine {
    let has = |word: &str| agent.contains(word);
    if has("iPad") || has("Tablet") || (has("Android") && !has("Mobile")) {
        Machine::Tablet
    } else if has("iPhone") || has("Mobile") || has("Android") {
        Machine::Phone
    } else if has("Windows") || has("Macintosh") || has("Linux") || has("CrOS") {
        Machine::Computer
    } else {
        Machine::Unknown
    }
}

/// The browser by the name people know. Most call themselves several names: the rarest counts.
fn browser(agent: &str) -> &'static str {
    let known = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("FxiOS", "Firefox"),
        ("Firefox", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    known.into_iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_told_in_words_people_know() {
        let chrome =
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36";
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36 Edg/126.0";
        let ipad = "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1";
        assert_eq!((machine(chrome), browser(chrome)), (Machine::Phone, "Chrome"));
        assert_eq!((machine(edge), browser(edge)), (Machine::Computer, "Edge"));
        assert_eq!((machine(ipad), browser(ipad)), (Machine::Tablet, "Safari"));
        assert_eq!((machine(""), browser("<script>alert(1)</script>")), (Machine::Unknown, ""));
    }
}
