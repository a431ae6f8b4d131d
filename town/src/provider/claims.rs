//! What the provider says of a person: the ID token without personal attributes, as SPID's, and UserInfo with them.
use super::{EIDAS_LEVELS, FISCAL_NUMBER, Provider, SPID_LEVELS, keys, store::Grant};
use crate::people::{self, Person, Scheme};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

/// The level a login reaches: the first one asked for that the person's scheme has, or the weakest for who comes by password; otherwise the second level, which is what services usually ask for.
pub(super) fn acr(person: &Person, asked: &[String]) -> String {
    let has = |level: &str| SPID_LEVELS.contains(&level) || (person.scheme == Scheme::Eidas && EIDAS_LEVELS.contains(&level));
    let weakest = SPID_LEVELS[0].to_owned();
    if person.by_password && asked.contains(&weakest) {
        return weakest;
    }
    asked.iter().find(|level| has(level)).map_or_else(|| SPID_LEVELS[1].to_owned(), Clone::clone)
}

/// The ID token of a login (OpenID Connect Core §2).
pub(super) fn id_token(provider: &Provider, grant: &Grant, access_token: &str) -> String {
    let issued = now();
    let mut claims = json!({
        "iss": provider.issuer(),
        "sub": grant.subject,
        "aud": provider.config.client.id,
        "iat": issued,
        "exp": issued + provider.config.token_lifetime.as_secs(),
        "auth_time": grant.auth_time,
        "acr": grant.acr,
        "at_hash": keys::half_hash(access_token),
    });
    if let (Some(nonce), Some(claims)) = (&grant.nonce, claims.as_object_mut()) {
        claims.insert("nonce".to_owned(), json!(nonce));
    }
    provider.keys.sign(&claims)
}

/// A person in the claims of SPID: what is not known is left out.
fn attributes(person: &Person) -> Value {
    let mut claims = Map::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            claims.insert(name.to_owned(), Value::String(value));
        }
    };
    put("sub", Some(person.subject.clone()));
    put("given_name", Some(person.given_name.clone()));
    put("family_name", Some(person.family_name.clone()));
    put("birthdate", Some(person.birthdate.clone()));
    put("gender", person.gender.clone());
    put("email", person.email.clone());
    put("phone_number", person.phone.clone());
    put(FISCAL_NUMBER, person.fiscal_code.as_ref().map(|code| format!("TINIT-{code}")));
    if !person.roles.is_empty() {
        claims.insert("roles".to_owned(), json!(person.roles));
    }
    Value::Object(claims)
}

/// `GET` or `POST /userinfo` with a bearer token (OpenID Connect Core §5.3, RFC 6750).
pub(super) async fn user_info(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(bearer);
    let refuse = |how: &'static str| (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, how)]).into_response();
    let Some(token) = bearer else { return refuse("Bearer") };
    match provider.store.subject(token).as_deref().and_then(people::find) {
        Some(person) => ([(header::CACHE_CONTROL, "no-store")], Json(attributes(person))).into_response(),
        None => refuse("Bearer error=\"invalid_token\""),
    }
}

/// The token of an `Authorization: Bearer …` header.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(subject: &str, asked: &[&str]) -> Option<String> {
        let asked: Vec<String> = asked.iter().map(|level| (*level).to_owned()).collect();
        people::find(subject).map(|person| acr(person, &asked))
    }

    #[test]
    fn the_level_is_the_first_one_asked_for_that_the_scheme_has() {
        let level = |text: &str| Some(text.to_owned());
        assert_eq!(reached("maria-rossi", &[]), level(SPID_LEVELS[1]));
        assert_eq!(reached("maria-rossi", &[SPID_LEVELS[2], SPID_LEVELS[1]]), level(SPID_LEVELS[2]));
        assert_eq!(reached("maria-rossi", &[EIDAS_LEVELS[1], SPID_LEVELS[0]]), level(SPID_LEVELS[0]));
        assert_eq!(reached("lukas-brandt", &[EIDAS_LEVELS[1], SPID_LEVELS[0]]), level(EIDAS_LEVELS[1]));
        assert_eq!(reached("niccolo-dambra", &[SPID_LEVELS[1], SPID_LEVELS[0]]), level(SPID_LEVELS[0]));
        assert_eq!(reached("niccolo-dambra", &[SPID_LEVELS[1], SPID_LEVELS[2]]), level(SPID_LEVELS[1]));
        assert_eq!(reached("lukas-brandt", &["urn:unknown"]), level(SPID_LEVELS[1]));
    }
}
