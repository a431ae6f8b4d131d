//! What a citizen sees and chooses of the channels, and the test that they can send to themselves.
use super::{READER, devices, reader_of, send, wishes};
use crate::config::Guarded;
use crate::connect::sms;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::notices;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Body, NO_STORE};
use crate::words::Words;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use contract::channels::{Channel, ChannelState, Channels, NewTest, Topic, Wishes};
use contract::id::CitizenId;
use contract::my_data::Place;
use contract::paths;
use contract::problem::FieldRule;
use sqlx::Row;

/// Tests that one citizen can ask for in [`TESTS_SECONDS`].
const TESTS_MAX: i64 = 5;
const TESTS_SECONDS: i64 = 600;

/// The routes of the channels.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::MY_CHANNELS, get(mine).put(choose))
        .route(paths::MY_CHANNEL_TESTS, post(test))
        .route(paths::MY_DELIVERIES, get(super::deliveries::list))
        .route(paths::MY_DEVICES, post(devices::add))
        .route(paths::MY_DEVICE, delete(devices::remove))
        .route(paths::OFFICE_LETTERS, get(super::letters::list))
        .route(paths::OFFICE_LETTER, get(super::letters::one))
        .route(paths::OFFICE_LETTER_POSTED, post(super::letters::posted))
}

/// The channels there are, and what I want to be told where.
#[utoipa::path(get, path = paths::MY_CHANNELS, operation_id = "channels", tag = "channels",
    responses((status = 200, body = Channels), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &channels(&crm, &citizen.id).await?)
}

/// Choose what I want to be told where. What was waiting for the end of the quiet hours stays as it was.
#[utoipa::path(put, path = paths::MY_CHANNELS, operation_id = "channels_choose", tag = "channels", request_body = Wishes,
    responses((status = 200, body = Channels), (status = "4XX", body = contract::Problem)))]
async fn choose(State(crm): State<Crm>, citizen: Citizen, Body(wishes): Body<Wishes>) -> Result<Json<Channels>> {
    let problems = wishes.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let mut change = crm.db.begin().await?;
    if reader_of(&mut change, &citizen.id).await?.wishes.postal_address.trim() != wishes.postal_address.trim() {
        citizen.reaches(&crm, Guarded::Channels)?;
    }
    wishes::keep(&crm, &mut change, &citizen.id, (&wishes, Place::Channels)).await?;
    change.commit().await?;
    Ok(Json(channels(&crm, &citizen.id).await?))
}

/// Send me a test. How it ends stands among the deliveries. A few in ten minutes, no more.
#[utoipa::path(post, path = paths::MY_CHANNEL_TESTS, operation_id = "channel_test", tag = "channels", params(("idempotency-key" = String, Header)), request_body = NewTest,
    responses((status = 202, body = NewTest), (status = 409, description = "The channel does not reach you", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
async fn test(State(crm): State<Crm>, citizen: Citizen, key: Key, Body(asked): Body<NewTest>) -> Result<Response> {
    if matches!(asked.channel, Channel::Paper | Channel::Unknown) {
        return Err(Error::field("channel", FieldRule::NotAChoice));
    }
    let once = Once::new(format!("{} tests a channel", citizen.id), key, &[&serde_json::to_vec(&asked)?]);
    let mut effect = match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok(answer.into_response()),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    let row = sqlx::query("SELECT COUNT(*) FROM deliveries WHERE citizen_id = $1 AND topic IS NULL AND created_at > $2")
        .bind(citizen.id.as_str())
        .bind(crm.clock.seconds_ago(TESTS_SECONDS).0)
        .fetch_one(&mut **change)
        .await?;
    if row.try_get::<i64, _>(0)? >= TESTS_MAX {
        return Err(Error::TooMany(u32::try_from(TESTS_SECONDS).unwrap_or(u32::MAX)));
    }
    let reader = reader_of(change, &citizen.id).await?;
    let words = Words::of(&reader.language)?;
    let notice = notices::Notice {
        subject: words.mail.test_subject.clone(),
        paragraphs: vec![words.mail.test.clone()],
        link: Some((words.mail.test_open.clone(), format!("{}{}", crm.config.public_url, super::SETTINGS_PAGE))),
        ..notices::empty(Topic::Cases)
    };
    if send(&crm, change, &words, &reader, (asked.channel, None), &notice).await? == 0 {
        return Err(Error::Conflict);
    }
    Ok(effect.done(Answer::accepted(&asked)?).await?.into_response())
}

/// The channels from one citizen's side.
///
/// # Errors
/// [`Error::SignedOut`] when the citizen is gone, or when the database fails.
pub async fn channels(crm: &Crm, citizen: &CitizenId) -> Result<Channels> {
    let mut connection = crm.db.reader().acquire().await?;
    let row = sqlx::query(&format!("SELECT {READER} FROM citizens p WHERE p.id = $1"))
        .bind(citizen.as_str())
        .fetch_optional(&mut *connection)
        .await?
        .ok_or(Error::SignedOut)?;
    let given = |name| -> Result<Option<String>> { Ok(row.try_get::<Option<String>, _>(name)?.filter(|text| !text.is_empty())) };
    let email = given("email")?.filter(|email| contract::contact::is_email(email));
    let wishes = wishes::of(&mut connection, citizen, &row, email.is_some()).await?;
    drop(connection);
    let devices = devices::of(crm, citizen).await?;
    let address = Some(wishes.postal_address.clone()).filter(|address| !address.is_empty());
    let mut states = Vec::new();
    let mut state = |is_there: bool, channel, reaches: Option<String>| {
        if is_there {
            let is_ready = reaches.is_some() || channel == Channel::Push && !devices.is_empty();
            states.push(ChannelState { channel, reaches, is_ready });
        }
    };
    state(crm.post.is_some(), Channel::Email, email);
    state(crm.push.is_some(), Channel::Push, None);
    state(crm.app_io.is_some(), Channel::AppIo, given("fiscal_code")?);
    state(crm.sms.is_some(), Channel::Sms, given("phone")?.filter(|phone| sms::e164(phone).is_some()));
    state(crm.config.paper, Channel::Paper, address);
    Ok(Channels { channels: states, wishes, devices, push_key: crm.push.as_ref().map(|push| push.public_key().to_owned()) })
}
