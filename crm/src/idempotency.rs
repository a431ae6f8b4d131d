//! A POST that creates something happens once, however often it is sent: the key, the effect and the answer are one change.
//!
//! Whoever comes second with the same key waits for the first (SQLite has one writer, PostgreSQL's unique index makes the
//! second insert wait) and is given the first one's answer.
mod sealed;

use crate::db::Change;
use crate::error::{Error, Result};
use crate::secret;
use crate::state::Crm;
use crate::web::NO_STORE;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contract::FieldProblem;
use contract::headers::IDEMPOTENCY_KEY;
use contract::problem::FieldRule;
use serde::Serialize;
use sqlx::Row;

/// Most characters of a key.
const KEY_CHARS_MAX: usize = 200;

/// The `Idempotency-Key` of a request; one without a usable key is refused.
pub struct Key(String);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let key = parts.headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default();
        match key.len() {
            0 => Err(Error::Malformed(vec![FieldProblem::new(IDEMPOTENCY_KEY, FieldRule::Required)])),
            1..=KEY_CHARS_MAX => Ok(Self(key.to_owned())),
            _ => Err(Error::Malformed(vec![FieldProblem::new(IDEMPOTENCY_KEY, FieldRule::TooLong).with("max", KEY_CHARS_MAX)])),
        }
    }
}

impl From<String> for Key {
    /// A key that came by another way than the header, or was made here.
    fn from(key: String) -> Self {
        Self(key)
    }
}

impl Key {
    /// The key as it came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as its hash, for answers that it seals: the database alone must not open them.
    #[must_use]
    pub fn hidden(&self) -> Self {
        Self(secret::sha256_hex(format!("key:{}", self.0).as_bytes()))
    }
}

/// How long an answer is given again.
#[derive(Clone, Copy)]
pub enum Kept {
    /// As long as the CRM lives: reports.
    Always,
    /// Some days: uploads and moves.
    Days,
}

/// A request told from all others: whose key, which key, what was sent.
pub struct Once {
    scope: String,
    key: String,
    fingerprint: String,
}

impl Once {
    /// `scope` says whose keys these are and what for; `sent` is all that the effect depends on.
    pub fn new(scope: String, key: Key, sent: &[&[u8]]) -> Self {
        let hashes: Vec<String> = sent.iter().map(|part| secret::sha256_hex(part)).collect();
        Self { scope, key: key.0, fingerprint: secret::sha256_hex(hashes.join(" ").as_bytes()) }
    }

    /// The answer given before, if there is one. Spares the work of making it again; [`Once::begin`] decides.
    ///
    /// # Errors
    /// [`Error::KeyReused`] when the key came with something else.
    pub async fn answered(&self, crm: &Crm) -> Result<Option<Answer>> {
        let row = sqlx::query("SELECT fingerprint, status, location, body FROM answers WHERE scope = $1 AND key = $2")
            .bind(&self.scope)
            .bind(&self.key)
            .fetch_optional(crm.db.reader())
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.try_get::<String, _>("fingerprint")? != self.fingerprint {
            return Err(Error::KeyReused);
        }
        let status = u16::try_from(row.try_get::<i64, _>("status")?).ok().and_then(|status| StatusCode::from_u16(status).ok());
        Ok(Some(Answer {
            status: status.ok_or_else(|| Error::Internal("a kept answer without status".to_owned()))?,
            location: row.try_get("location")?,
            body: row.try_get("body")?,
        }))
    }

    /// Begins the change in which the effect and its answer are kept together, or finds the answer given before.
    ///
    /// # Errors
    /// [`Error::KeyReused`], or the database.
    pub async fn begin(self, crm: &Crm, kept: Kept) -> Result<Begun> {
        let mut change = crm.db.begin().await?;
        let taken = sqlx::query(
            "INSERT INTO answers (scope, key, fingerprint, status, location, body, kept, created_at)
             VALUES ($1, $2, $3, 0, NULL, '', $4, $5) ON CONFLICT (scope, key) DO NOTHING",
        )
        .bind(&self.scope)
        .bind(&self.key)
        .bind(&self.fingerprint)
        .bind(match kept {
            Kept::Always => "always",
            Kept::Days => "days",
        })
        .bind(crm.clock.utc().0)
        .execute(&mut *change)
        .await?
        .rows_affected();
        if taken == 1 {
            return Ok(Begun::First(Effect { change, once: self }));
        }
        change.rollback().await?;
        match self.answered(crm).await? {
            Some(answer) => Ok(Begun::Before(answer)),
            None => Err(Error::Conflict),
        }
    }
}

/// What [`Once::begin`] found.
pub enum Begun {
    /// Nobody came with this key: make the effect in its change, then [`Effect::done`]. Dropped, nothing has happened.
    First(Effect),
    /// Somebody did, and this is what they were told.
    Before(Answer),
}

/// An effect under way.
pub struct Effect {
    /// The change to make it in.
    pub change: Change,
    once: Once,
}

impl Effect {
    /// Keeps the answer and makes everything happen.
    ///
    /// # Errors
    /// When the database fails; then nothing has happened.
    pub async fn done(mut self, answer: Answer) -> Result<Answer> {
        sqlx::query("UPDATE answers SET status = $1, location = $2, body = $3 WHERE scope = $4 AND key = $5")
            .bind(i64::from(answer.status.as_u16()))
            .bind(&answer.location)
            .bind(&answer.body)
            .bind(&self.once.scope)
            .bind(&self.once.key)
            .execute(&mut *self.change)
            .await?;
        self.change.commit().await?;
        Ok(answer)
    }
}

/// An answer that can be given again.
#[derive(Clone, Debug)]
pub struct Answer {
    status: StatusCode,
    location: Option<String>,
    body: String,
}

impl Answer {
    /// 201 with what was made and where it is.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn created(made: &impl Serialize, location: String) -> Result<Self> {
        Ok(Self { status: StatusCode::CREATED, location: Some(location), body: serde_json::to_string(made)? })
    }

    /// 202: what was asked for will be done.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn accepted(value: &impl Serialize) -> Result<Self> {
        Ok(Self { status: StatusCode::ACCEPTED, location: None, body: serde_json::to_string(value)? })
    }

    /// What was answered.
    ///
    /// # Errors
    /// When it is something else.
    pub fn value<T: serde::de::DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_str(&self.body)?)
    }

    /// The same answer with no more than `T` has.
    ///
    /// # Errors
    /// When it is about something else.
    pub fn cut<T: Serialize + serde::de::DeserializeOwned>(self) -> Result<Self> {
        let body = serde_json::to_string(&self.value::<T>()?)?;
        Ok(Self { body, ..self })
    }

    /// 200 with a value.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn ok(value: &impl Serialize) -> Result<Self> {
        Ok(Self { status: StatusCode::OK, location: None, body: serde_json::to_string(value)? })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
        if let Some(location) = self.location.and_then(|location| HeaderValue::from_str(&location).ok()) {
            headers.insert(header::LOCATION, location);
        }
        (self.status, headers, self.body).into_response()
    }
}
