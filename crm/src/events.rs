//! The live line: what has changed for a citizen, told at once to the pages that are open (server-sent events, WHATWG HTML §9.2).
//!
//! What happens is written in the same change as its cause, each citizen's in the order of the commits: a line that was cut goes on
//! where it was, whichever process it comes to. On PostgreSQL the processes tell each other by LISTEN and NOTIFY.
use crate::error::{Error, Result};
use crate::live::Ear;
use crate::session::Watcher;
use crate::state::Crm;
use crate::web::Asked;
use crate::word;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contract::UtcTime;
use contract::id::{CaseId, CitizenId};
use contract::inbox::{News, NewsKind};
use contract::paths;
use serde::Deserialize;
use sqlx::postgres::PgListener;
use sqlx::{AnyConnection, Row};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

/// The channel on which processes tell each other who is to look.
const CHANNEL: &str = "filo_events";
/// A line looks by itself so often: whether its session is still there, and whether another process has written something.
const LOOK: Duration = Duration::from_secs(5);
/// A comment goes out so often, so that nothing on the way takes the line for dead.
const ALIVE: Duration = Duration::from_secs(15);
/// Read at once.
const AT_ONCE: i64 = 100;
/// Days for which a line can be gone on with.
pub const KEPT_DAYS: i64 = 30;
/// The longest way back that a page that was just opened asks for, in seconds.
const SINCE_MAX: i64 = 3600;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::EVENTS, get(line))
}

/// Something that happened to a citizen's things.
pub struct Happened {
    /// What.
    pub kind: NewsKind,
    /// To which case.
    pub case: Option<CaseId>,
    /// When.
    pub at: UtcTime,
}

/// Writes down what happened to a citizen, at the end of the change that did it.
///
/// # Errors
/// When the database fails.
pub async fn write(connection: &mut AnyConnection, citizen: &CitizenId, happened: &[Happened], is_shared: bool) -> sqlx::Result<()> {
    for one in happened {
        let kind = word::to(&one.kind).map_err(|error| sqlx::Error::Encode(error.to_string().into()))?;
        sqlx::query("INSERT INTO events (owner_id, position, kind, case_id, created_at) VALUES ($1, $2, $3, $4, $5)")
            .bind(citizen.as_str())
            .bind(next_position(connection, citizen).await?)
            .bind(kind)
            .bind(one.case.as_ref().map(CaseId::as_str))
            .bind(&one.at.0)
            .execute(&mut *connection)
            .await?;
    }
    if is_shared {
        // Told to the others when the change is committed.
        sqlx::query("SELECT CAST(pg_notify($1, $2) AS TEXT)").bind(CHANNEL).bind(citizen.as_str()).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The next place on a citizen's line, which is this change's own until it ends.
async fn next_position(connection: &mut AnyConnection, citizen: &CitizenId) -> sqlx::Result<i64> {
    let row = sqlx::query("UPDATE citizens SET events = events + 1 WHERE id = $1 RETURNING events")
        .bind(citizen.as_str())
        .fetch_one(connection)
        .await?;
    row.try_get(0)
}

/// Where a new line begins.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Begin {
    /// With what happened in so many seconds before: as long as the page is open that shows things read since. At most an hour.
    #[serde(default)]
    since_seconds: i64,
    /// Behind this place: what `Last-Event-ID` says when the browser itself opens the line again.
    after: Option<String>,
}

/// What changes for me, as it happens. Asking does not keep the session alive; the line ends with it.
#[utoipa::path(get, path = paths::EVENTS, operation_id = "events", tag = "inbox",
    params(Begin, ("last-event-id" = Option<String>, Header, description = "Where a line that was cut goes on")),
    responses((status = 200, description = "One News as the data of each event", body = News, content_type = "text/event-stream"), (status = "4XX", body = contract::Problem)))]
async fn line(State(crm): State<Crm>, watcher: Watcher, Asked(begin): Asked<Begin>, asked: HeaderMap) -> Result<Response> {
    let Some(ear) = crm.db.live().open(&watcher.id) else { return Err(Error::TooMany(60)) };
    let (position, is_gone) = begin_at(&crm, &watcher.id, asked.get("last-event-id"), &begin).await?;
    let mut line = Line { crm, watcher, ear, position, ready: VecDeque::new(), is_over: false };
    let here = News { kind: NewsKind::Here, case: None, person: Some(line.watcher.id.clone()) };
    line.say(position, &here)?;
    if is_gone {
        line.say(position, &News { kind: NewsKind::Reset, case: None, person: None })?;
    }
    let events = Sse::new(futures_util::stream::unfold(line, Line::next)).keep_alive(KeepAlive::new().interval(ALIVE));
    // A proxy that gathers before it passes on would hold back what is live.
    let headers = [(HeaderName::from_static("x-accel-buffering"), "no"), (header::CACHE_CONTROL, crate::web::NO_STORE)];
    Ok((headers.map(|(name, value)| (name, HeaderValue::from_static(value))), events).into_response())
}

/// Where a line goes on, and whether what it wants to hear is gone.
async fn begin_at(crm: &Crm, citizen: &CitizenId, last: Option<&HeaderValue>, begin: &Begin) -> Result<(i64, bool)> {
    let since = crm.clock.seconds_ago(begin.since_seconds.clamp(0, SINCE_MAX)).0;
    let row = sqlx::query(
        "SELECT c.events, (SELECT MIN(position) FROM events WHERE owner_id = $1) AS oldest,
                (SELECT MIN(position) FROM events WHERE owner_id = $1 AND created_at >= $2) AS recent
         FROM citizens c WHERE c.id = $1",
    )
    .bind(citizen.as_str())
    .bind(since)
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::SignedOut)?;
    let (newest, oldest): (i64, Option<i64>) = (row.try_get("events")?, row.try_get("oldest")?);
    let last = last.map(|last| last.to_str().unwrap_or_default()).or(begin.after.as_deref());
    let Some(last) = last else {
        let recent: Option<i64> = row.try_get("recent")?;
        return Ok((recent.filter(|_| begin.since_seconds > 0).map_or(newest, |recent| recent - 1), false));
    };
    let last: Option<i64> = last.trim().parse().ok();
    // From a place that is gone, of another database, or made up: everything may have changed.
    let known = last.filter(|last| (0..=newest).contains(last) && (*last == newest || oldest.is_some_and(|oldest| oldest <= last + 1)));
    Ok(known.map_or((newest, true), |last| (last, false)))
}

/// A line that is open.
struct Line {
    crm: Crm,
    watcher: Watcher,
    ear: Ear,
    position: i64,
    ready: VecDeque<Event>,
    is_over: bool,
}

impl Line {
    fn say(&mut self, position: i64, news: &News) -> Result<()> {
        self.ready.push_back(Event::default().id(position.to_string()).data(serde_json::to_string(news)?));
        Ok(())
    }

    /// The next event, when there is one. An error ends the line: the browser opens it anew, and nothing is missed.
    async fn next(mut self) -> Option<(std::result::Result<Event, Infallible>, Self)> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some((Ok(event), self));
            }
            if self.is_over {
                return None;
            }
            self.ear.listen();
            match self.read().await {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::warn!("a live line ends: {error}");
                    return None;
                }
            }
            match tokio::time::timeout(LOOK, self.ear.wait()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => self.look().await.ok()?,
            }
        }
    }

    /// What has happened since; how much.
    async fn read(&mut self) -> Result<usize> {
        let rows =
            sqlx::query("SELECT position, kind, case_id FROM events WHERE owner_id = $1 AND position > $2 ORDER BY position LIMIT $3")
                .bind(self.watcher.id.as_str())
                .bind(self.position)
                .bind(AT_ONCE)
                .fetch_all(self.crm.db.reader())
                .await?;
        for row in &rows {
            self.position = row.try_get("position")?;
            let case = row.try_get::<Option<String>, _>("case_id")?.map(CaseId);
            self.say(self.position, &News { kind: word::from(row.try_get("kind")?)?, case, person: None })?;
        }
        Ok(rows.len())
    }

    /// Is the session still there?
    async fn look(&mut self) -> Result<()> {
        if !self.watcher.is_here(&self.crm).await? {
            self.is_over = true;
            self.say(self.position, &News { kind: NewsKind::Over, case: None, person: None })?;
        }
        Ok(())
    }
}

/// Hears what other processes on the same PostgreSQL have committed, for ever. Returns at once on SQLite.
pub async fn listen(crm: Crm) {
    if !crm.db.is_shared() {
        return;
    }
    loop {
        if let Err(error) = hear(&crm).await {
            tracing::warn!("live lines: {error}");
        }
        // While nobody listened something may have happened.
        crm.db.live().wake_all();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn hear(crm: &Crm) -> sqlx::Result<()> {
    let mut listener = PgListener::connect(&crm.config.database_url).await?;
    listener.listen(CHANNEL).await?;
    loop {
        // None: the connection was lost and is there again.
        match listener.try_recv().await? {
            Some(told) => crm.db.live().wake(&CitizenId(told.payload().to_owned())),
            None => crm.db.live().wake_all(),
        }
    }
}
