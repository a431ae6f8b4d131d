//! Answers with a secret in them: told again to who shows the request's own key, and to nobody who reads the database.
use super::{Answer, Effect, Key};
use crate::error::{Error, Result};
use crate::secret;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::FieldProblem;
use contract::headers::IDEMPOTENCY_KEY;
use contract::problem::FieldRule;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Fewest characters of a key that seals an answer: 16 of base64 hold 96 bits.
const KEY_CHARS_MIN: usize = 16;

/// A kept answer: only who shows the key again can read it.
#[derive(Serialize, Deserialize)]
struct Sealed {
    sealed: String,
}

impl Key {
    /// The key, as what seals an answer.
    ///
    /// # Errors
    /// [`Error::Malformed`] for one that could be guessed.
    pub fn sealing(&self) -> Result<String> {
        let secret = self.as_str().to_owned();
        if secret.len() < KEY_CHARS_MIN {
            return Err(Error::Malformed(vec![FieldProblem::new(IDEMPOTENCY_KEY, FieldRule::Required)]));
        }
        Ok(secret)
    }
}

impl Effect {
    /// Keeps the answer sealed, together with its effect, and gives it.
    ///
    /// # Errors
    /// When the database or the randomness fails; then nothing has happened.
    pub async fn sealed(self, secret: &str, made: &impl Serialize, location: &str) -> Result<Response> {
        let sealed = secret::seal(secret, &serde_json::to_string(made)?);
        let sealed = Sealed { sealed: sealed.ok_or_else(|| Error::Internal("no randomness".to_owned()))? };
        self.done(Answer::created(&sealed, location.to_owned())?).await?;
        Ok((StatusCode::CREATED, Json(made)).into_response())
    }
}

impl Answer {
    /// The answer given before, as it was.
    ///
    /// # Errors
    /// When it is none that this key has sealed.
    pub fn opened<T: Serialize + DeserializeOwned>(&self, secret: &str) -> Result<Response> {
        let sealed: Sealed = self.value()?;
        let opened = secret::open(secret, &sealed.sealed).ok_or_else(|| Error::Internal("a kept answer that does not open".to_owned()))?;
        Ok((StatusCode::CREATED, Json(serde_json::from_str::<T>(&opened)?)).into_response())
    }
}
