//! The token of an anonymous questionnaire on this device: made, signed blindly, kept (docs/adr/0014). `public/ballot.js` does the arithmetic.
use crate::api::{Api, ApiError, parse, write};
use crate::vault;
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{BallotQuery, Blinded, Given, Signed};
use questionnaire::Value;
use serde::{Deserialize, Serialize};

/// What is kept of a token.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Token {
    /// The token.
    pub token: String,
    /// What is sent to be signed.
    blinded: String,
    /// What takes the blindness away again.
    factor: String,
    /// The signature; empty until it is there.
    pub signature: String,
    /// Answers were sent with it.
    pub used: bool,
}

fn place(id: &QuestionnaireId) -> String {
    format!("ballot/{id}")
}

/// The token that this device has.
pub async fn kept(id: &QuestionnaireId) -> Option<Token> {
    parse(&vault::answer(&place(id)).await?)
}

async fn keep(id: &QuestionnaireId, token: &Token) {
    vault::call("note", &[place(id).into(), write(token).into()]).await;
}

/// The token of this device, signed; made when there is none.
///
/// # Errors
/// [`ApiError::Conflict`] when another device has it already.
pub async fn get(api: Api, id: &QuestionnaireId, modulus: &str) -> Result<Token, ApiError> {
    let mut token = match kept(id).await {
        Some(token) if !token.signature.is_empty() => return Ok(token),
        Some(token) => token,
        None => {
            let made = vault::call_script("ballot", "begin", &[modulus.into()]).await.map_err(|_| ApiError::Offline)?;
            let token: Token = made.as_string().as_deref().and_then(parse).ok_or(ApiError::Broken)?;
            // Before it is sent: the CRM signs no other.
            keep(id, &token).await;
            token
        }
    };
    let blinded = Blinded { blinded: token.blinded.clone() };
    let signed: Signed = api.post(&paths::questionnaire_token(id), &blinded).await?;
    let arguments = [modulus.into(), write(&token).into(), signed.signed.into()];
    let signature = vault::call_script("ballot", "finish", &arguments).await.map_err(|_| ApiError::Broken)?;
    token.signature = signature.as_string().ok_or(ApiError::Broken)?;
    keep(id, &token).await;
    Ok(token)
}

/// Notes that answers were sent with the token of this device.
pub async fn used(id: &QuestionnaireId) {
    if let Some(token) = kept(id).await {
        keep(id, &Token { used: true, ..token }).await;
    }
}

/// What was answered with the token of this device.
pub async fn given(api: Api, id: &QuestionnaireId, token: &Token) -> Option<Given<Value>> {
    api.post(&paths::public_ballot(id), &BallotQuery { token: token.token.clone() }).await.ok()
}
