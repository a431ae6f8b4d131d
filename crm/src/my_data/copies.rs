//! A copy of everything (feature N2): asked for, made in the background, told of, taken for some days, deleted.
use super::{PAGE, gather};
use crate::channels::{self, reader_of};
use crate::clock::{later, utc};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::notices::{Notice, empty};
use crate::outbox::{self, Kind, Outcome, Parcel};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE};
use crate::words::Words;
use crate::{inbox, word};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use contract::channels::Topic;
use contract::id::{CitizenId, DataCopyId};
use contract::inbox::MessageKind;
use contract::my_data::{COPY_DAYS, CopyState, DataCopy, NewCopy};
use contract::{UtcTime, paths};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

const DAY_SECONDS: i64 = 24 * 3600;
/// Copies that one citizen can ask for in a day.
const COPIES_A_DAY: i64 = 5;
/// So often a copy is tried to make before it has failed.
const ATTEMPTS_MAX: i64 = 4;
/// Days after which nothing is said any more of a copy that is over.
const REMEMBERED_DAYS: i64 = 90;
/// Copies shown, the newest first.
const SHOWN: i64 = 5;
/// The columns that [`copy`] reads.
const COLUMNS: &str = "id, state, asked_at, until_at, bytes";

/// What is put into the outbox: which copy to make.
#[derive(Serialize, Deserialize)]
pub struct Wanted {
    copy: String,
}

/// My copies, the newest first.
#[utoipa::path(get, path = paths::MY_COPIES, operation_id = "my_copies", tag = "my_data", responses((status = 200, body = Vec<DataCopy>), (status = "4XX", body = contract::Problem)))]
pub async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM data_copies WHERE citizen_id = $1 ORDER BY asked_at DESC, id DESC LIMIT $2"))
        .bind(citizen.id.as_str())
        .bind(SHOWN)
        .fetch_all(crm.db.reader())
        .await?;
    let copies: Vec<DataCopy> = rows.iter().map(|row| copy(&crm, row)).collect::<Result<_>>()?;
    web::tagged(&asked, NO_STORE, &copies)
}

/// Prepare a copy. While one is being made, the answer is that one; a few in a day, no more.
#[utoipa::path(post, path = paths::MY_COPIES, operation_id = "my_copy_ask", tag = "my_data", params(("idempotency-key" = String, Header)), request_body = NewCopy,
    responses((status = 202, body = DataCopy), (status = "4XX", body = contract::Problem)))]
pub async fn ask(State(crm): State<Crm>, citizen: Citizen, key: Key, Body(new): Body<NewCopy>) -> Result<Response> {
    let once = Once::new(format!("citizen {} copies", citizen.id), key, &[&serde_json::to_vec(&new)?]);
    let mut effect = match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok(answer.into_response()),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    let row = sqlx::query("SELECT COUNT(*) FROM data_copies WHERE citizen_id = $1 AND asked_at > $2 AND running_for IS NULL")
        .bind(citizen.id.as_str())
        .bind(crm.clock.seconds_ago(DAY_SECONDS).0)
        .fetch_one(&mut **change)
        .await?;
    let has_enough = row.try_get::<i64, _>(0)? >= COPIES_A_DAY;
    let id = new_id();
    // One at a time, also for two devices at once: the database refuses another.
    let made = sqlx::query(
        "INSERT INTO data_copies (id, citizen_id, running_for, state, language, asked_at) VALUES ($1, $2, $2, 'preparing', $3, $4)
         ON CONFLICT (running_for) DO NOTHING",
    )
    .bind(&id)
    .bind(citizen.id.as_str())
    .bind(Words::of(&new.language)?.language)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    if made.rows_affected() == 1 {
        if has_enough {
            return Err(Error::TooMany(u32::try_from(DAY_SECONDS).unwrap_or(u32::MAX)));
        }
        outbox::put(&crm, change, Kind::Copy, &Wanted { copy: id }).await?;
    }
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM data_copies WHERE citizen_id = $1 AND running_for = $1"))
        .bind(citizen.id.as_str())
        .fetch_one(&mut **change)
        .await?;
    let answer = Answer::accepted(&copy(&crm, &row)?)?;
    Ok(effect.done(answer).await?.into_response())
}

/// Take one of my copies: a zip file; gone (410) when its time is over.
#[utoipa::path(get, path = paths::MY_COPY_FILE, operation_id = "my_copy_take", tag = "my_data", params(("id" = String, Path)),
    responses((status = 200, body = crate::openapi::File, content_type = "application/zip"), (status = "4XX", body = contract::Problem)))]
pub async fn take(State(crm): State<Crm>, citizen: Citizen, At(id): At<DataCopyId>) -> Result<Response> {
    let row = sqlx::query(&format!("SELECT {COLUMNS}, language, file FROM data_copies WHERE citizen_id = $1 AND id = $2"))
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let copy = copy(&crm, &row)?;
    let file: Option<String> = row.try_get("file")?;
    match (copy.state, file) {
        (CopyState::Ready, Some(file)) => {
            let words = Words::of(row.try_get("language")?)?;
            let day = copy.asked_at.0.get(..10).unwrap_or_default();
            let name = format!("{}.zip", words.data.file_name.replace("{day}", day));
            web::long_download(&name, "application/zip", (crm.files.open_to_read(&file).await?, copy.bytes))
        }
        (CopyState::Over, _) => Err(Error::Gone),
        _ => Err(Error::NotFound),
    }
}

/// A row as the contract says it. One whose time is over is over, whether it was swept up or not.
fn copy(crm: &Crm, row: &AnyRow) -> Result<DataCopy> {
    let until: Option<String> = row.try_get("until_at")?;
    let state = word::from(row.try_get("state")?)?;
    let is_over = state == CopyState::Ready && until.as_ref().is_none_or(|until| *until <= crm.clock.utc().0);
    Ok(DataCopy {
        id: DataCopyId(row.try_get("id")?),
        state: if is_over { CopyState::Over } else { state },
        asked_at: UtcTime(row.try_get("asked_at")?),
        until: until.map(UtcTime),
        bytes: u64::try_from(row.try_get::<i64, _>("bytes")?).unwrap_or_default(),
    })
}

/// Makes the copy of a parcel. One that was made already, or whose person is gone, is done.
pub async fn make(crm: &Crm, parcel: &Parcel) -> Outcome {
    let wanted: Wanted = match serde_json::from_str(&parcel.payload) {
        Ok(wanted) => wanted,
        Err(error) => return Outcome::Never(error.to_string()),
    };
    match attempt(crm, &wanted.copy).await {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::Never("it was tried often enough".to_owned()),
        Err(error) => Outcome::Later(error.to_string()),
    }
}

/// One attempt; false when there were too many. A process that ends in the middle has made one too.
async fn attempt(crm: &Crm, id: &str) -> Result<bool> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "UPDATE data_copies SET attempts = attempts + 1 WHERE id = $1 AND state = 'preparing' RETURNING citizen_id, language, attempts",
    )
    .bind(id)
    .fetch_optional(&mut *change)
    .await?;
    let Some(row) = row else { return Ok(true) };
    if row.try_get::<i64, _>("attempts")? > ATTEMPTS_MAX {
        sqlx::query("UPDATE data_copies SET state = 'failed', running_for = NULL, ended_at = $1 WHERE id = $2")
            .bind(crm.clock.utc().0)
            .bind(id)
            .execute(&mut *change)
            .await?;
        change.commit().await?;
        return Ok(false);
    }
    change.commit().await?;
    let (citizen, language) = (CitizenId(row.try_get("citizen_id")?), row.try_get::<String, _>("language")?);
    let (file, bytes) = gather::write(crm, &citizen, &language).await?;
    let is_kept = ready(crm, id, &citizen, (&file, bytes)).await;
    if !matches!(is_kept, Ok(true)) {
        crm.files.forget(&file).await;
    }
    is_kept.map(|_| true)
}

/// Keeps what was made and tells its person; false when nobody wants it any more.
async fn ready(crm: &Crm, id: &str, citizen: &CitizenId, (file, bytes): (&str, u64)) -> Result<bool> {
    let now = crm.clock.now();
    let until = utc(later(now, COPY_DAYS * DAY_SECONDS));
    let mut change = crm.db.begin().await?;
    let kept = sqlx::query(
        "UPDATE data_copies SET state = 'ready', running_for = NULL, file = $1, bytes = $2, ended_at = $3, until_at = $4
         WHERE id = $5 AND state = 'preparing'",
    )
    .bind(file)
    .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
    .bind(utc(now).0)
    .bind(&until.0)
    .bind(id)
    .execute(&mut *change)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(false);
    }
    tell(crm, &mut change, citizen, &until).await?;
    change.commit().await?;
    Ok(true)
}

/// Tells somebody that their copy is ready: also that somebody has asked for one, should it not have been them.
async fn tell(crm: &Crm, change: &mut Change, citizen: &CitizenId, until: &UtcTime) -> Result<()> {
    inbox::tell_person(crm, change, citizen, MessageKind::CopyReady).await?;
    if !crm.has_channels() {
        return Ok(());
    }
    let reader = reader_of(change, citizen).await?;
    let words = Words::of(&reader.language)?;
    let notice = Notice {
        subject: words.data.ready_subject.clone(),
        paragraphs: vec![words.data.ready_text.replace("{until}", &words.instant(until)?)],
        link: Some((words.data.ready_open.clone(), format!("{}{PAGE}", crm.config.public_url))),
        small: vec![words.data.ready_not_me.clone()],
        ..empty(Topic::Cases)
    };
    channels::tell(crm, change, &words, &reader, &notice).await
}

/// Deletes copies whose time is over; their files, to be forgotten when the change has happened.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<Vec<String>> {
    let now = crm.clock.utc().0;
    let rows = sqlx::query("SELECT file FROM data_copies WHERE state = 'ready' AND until_at <= $1 AND file IS NOT NULL")
        .bind(&now)
        .fetch_all(&mut **change)
        .await?;
    sqlx::query("UPDATE data_copies SET state = 'over', file = NULL, bytes = 0 WHERE state = 'ready' AND until_at <= $1")
        .bind(&now)
        .execute(&mut **change)
        .await?;
    sqlx::query("DELETE FROM data_copies WHERE running_for IS NULL AND file IS NULL AND ended_at < $1")
        .bind(crm.clock.seconds_ago(REMEMBERED_DAYS * DAY_SECONDS).0)
        .execute(&mut **change)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}
