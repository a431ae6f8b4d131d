//! The token endpoint and the revocation endpoint: what the client's server asks, with its secret.
use super::{Provider, claims, keys};
use crate::params::{Params, decode};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use std::sync::Arc;

/// A refusal in the words of RFC 6749 §5.2.
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    why: &'static str,
}

impl Refusal {
    const fn new(error: &'static str, why: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, why }
    }

    const fn client(why: &'static str) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, error: "invalid_client", why }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut answer = (self.status, not_kept(), Json(json!({ "error": self.error, "error_description": self.why }))).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Basic realm=\"town\""));
        }
        answer
    }
}

/// Headers of answers that hold tokens.
const fn not_kept() -> [(header::HeaderName, &'static str); 2] {
    [(header::CACHE_CONTROL, "no-store"), (header::PRAGMA, "no-cache")]
}

/// `POST /token`: a code for tokens.
pub(super) async fn exchange(State(provider): State<Arc<Provider>>, headers: HeaderMap, params: Params) -> Result<Response, Refusal> {
    check_client(&provider, &headers, &params)?;
    let given = |name| params.one(name).map_err(|_| Refusal::new("invalid_request", "a parameter came twice"));
    match given("grant_type")? {
        Some("authorization_code") => {}
        Some(_) => return Err(Refusal::new("unsupported_grant_type", "only authorization_code")),
        None => return Err(Refusal::new("invalid_request", "grant_type is missing")),
    }
    let code = given("code")?.ok_or(Refusal::new("invalid_request", "code is missing"))?;
    let verifier = given("code_verifier")?.ok_or(Refusal::new("invalid_request", "code_verifier is missing"))?;
    let redirect_uri = given("redirect_uri")?.ok_or(Refusal::new("invalid_request", "redirect_uri is missing"))?;
    // From here on the code is spent, whatever comes of it: whoever guesses at a verifier has one try.
    let grant = provider.store.use_code(code).ok_or(Refusal::new("invalid_grant", "the code is unknown, expired or already used"))?;
    if redirect_uri != grant.redirect_uri {
        return Err(Refusal::new("invalid_grant", "redirect_uri is not the one of the authorization request"));
    }
    if !is_verifier(verifier) || !keys::same_secret(&keys::sha256(verifier), &grant.challenge) {
        return Err(Refusal::new("invalid_grant", "code_verifier does not fit the code_challenge"));
    }
    let lifetime = provider.config.token_lifetime;
    let access_token = provider.store.make_token(code, &grant.subject, lifetime);
    let id_token = claims::id_token(&provider, &grant, &access_token);
    let tokens = json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": lifetime.as_secs(), "id_token": id_token, "scope": "openid" });
    Ok((not_kept(), Json(tokens)).into_response())
}

/// `POST /revoke` (RFC 7009): a token that is not ours is as good as revoked.
pub(super) async fn revoke(State(provider): State<Arc<Provider>>, headers: HeaderMap, params: Params) -> Result<StatusCode, Refusal> {
    check_client(&provider, &headers, &params)?;
    let token = params.one("token").ok().flatten().ok_or(Refusal::new("invalid_request", "token is missing"))?;
    provider.store.revoke(token);
    Ok(StatusCode::OK)
}

/// Whether a text can be a PKCE verifier (RFC 7636 §4.1).
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Makes sure the client is the one we know: by HTTP Basic or in the body, never both (RFC 6749 §2.3).
fn check_client(provider: &Provider, headers: &HeaderMap, params: &Params) -> Result<(), Refusal> {
    let in_body = |name| params.one(name).map_err(|_| Refusal::new("invalid_request", "a parameter came twice"));
    let (body_id, body_secret) = (in_body("client_id")?, in_body("client_secret")?);
    let (id, secret) = match headers.get(header::AUTHORIZATION) {
        Some(_) if body_secret.is_some() => return Err(Refusal::new("invalid_request", "the client proved itself in two ways")),
        Some(value) => {
            let (id, secret) = value.to_str().ok().and_then(basic).ok_or(Refusal::client("the Authorization header cannot be read"))?;
            if body_id.is_some_and(|other| other != id) {
                return Err(Refusal::new("invalid_request", "two different clients are named"));
            }
            (id, Some(secret))
        }
        None => (body_id.unwrap_or_default().to_owned(), body_secret.map(str::to_owned)),
    };
    let client = &provider.config.client;
    let secret_fits = match (&client.secret, &secret) {
        (Some(ours), Some(theirs)) => keys::same_secret(ours, theirs),
        (None, None) => true,
        _ => false,
    };
    if id == client.id && secret_fits { Ok(()) } else { Err(Refusal::client("unknown client or wrong secret")) }
}

/// Client and secret of an `Authorization: Basic …` header; each was form-encoded first (RFC 6749 §2.3.1).
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, rest) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(BASE64.decode(rest.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((decode(id), decode(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_form_decoded() {
        // "filo:a%2Bb c" with the plus that form-encoding makes of a space.
        let header = format!("Basic {}", BASE64.encode("filo:a%2Bb+c%3A"));
        assert_eq!(basic(&header), Some(("filo".into(), "a+b c:".into())));
        assert_eq!(basic("Bearer abc"), None);
        assert_eq!(basic("Basic ???"), None);
    }

    #[test]
    fn verifiers_have_the_length_and_letters_of_the_rule() {
        assert!(is_verifier(&"a".repeat(43)) && is_verifier(&"~".repeat(128)));
        assert!(!is_verifier(&"a".repeat(42)) && !is_verifier(&"a".repeat(129)) && !is_verifier(&"è".repeat(43)));
    }
}
