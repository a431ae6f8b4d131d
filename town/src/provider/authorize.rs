//! The authorization endpoint: a client's request, the page on which a person is chosen, and the way back with a code or an error.
use super::store::{Grant, Pending};
use super::{Provider, claims, login_page};
use crate::page::{go_to, with_params};
use crate::params::Params;
use crate::people;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Answers of a real SPID provider that end a login, with the error and the code the client meets (SPID error table).
pub(super) const SPID_ERRORS: [(&str, &str); 6] = [
    ("nr20", "the level is not enough"),
    ("nr21", "it took too long"),
    ("nr22", "consent was refused"),
    ("nr23", "the identity is suspended or revoked"),
    ("nr19", "wrong credentials again and again"),
    ("nr30", "the wrong type of identity"),
];
/// The SPID error of somebody who turns back.
const CANCELLED: &str = "nr25";

/// `GET /authorize`.
pub(super) async fn by_get(State(provider): State<Arc<Provider>>, params: Params) -> Response {
    ask(&provider, &params)
}

/// `POST /authorize`: the same, with the parameters in the body (OpenID Connect Core §3.1.2.1).
pub(super) async fn by_post(State(provider): State<Arc<Provider>>, params: Params) -> Response {
    ask(&provider, &params)
}

fn ask(provider: &Provider, params: &Params) -> Response {
    let language = language(params.get("ui_locales"));
    let client = &provider.config.client;
    // Until client and redirect_uri are known to be good nobody is sent anywhere (RFC 6749 §4.1.2.1).
    if params.get("client_id") != Some(client.id.as_str()) {
        return login_page::refused(language, "client_id").into_response();
    }
    let Some(redirect_uri) = params.get("redirect_uri").filter(|uri| client.redirect_uris.iter().any(|known| known == uri)) else {
        return login_page::refused(language, "redirect_uri").into_response();
    };
    let state = params.get("state");
    match check(params) {
        Ok(challenge) => {
            let words = |name| params.get(name).map(str::to_owned);
            let pending = Pending {
                redirect_uri: redirect_uri.to_owned(),
                state: words("state"),
                nonce: words("nonce"),
                challenge: challenge.to_owned(),
                acr_values: params.get("acr_values").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
                language,
                scheme: words("scheme"),
            };
            let name = provider.store.keep_pending(pending.clone(), provider.config.login_lifetime);
            match login_page::page(&pending, &name) {
                Ok(page) => page.into_response(),
                Err(_) => back(
                    provider,
                    redirect_uri,
                    state,
                    &[("error", "server_error"), ("error_description", "the demo people cannot be read")],
                ),
            }
        }
        Err((error, why)) => back(provider, redirect_uri, state, &[("error", error), ("error_description", why)]),
    }
}

/// Whether a request is one that we answer; the PKCE challenge if so, else error and description.
fn check(params: &Params) -> Result<&str, (&'static str, &'static str)> {
    if params.any_repeated() {
        return Err(("invalid_request", "a parameter came twice"));
    }
    if params.get("request").is_some() {
        return Err(("request_not_supported", "request objects are not read"));
    }
    if params.get("request_uri").is_some() {
        return Err(("request_uri_not_supported", "request objects are not read"));
    }
    match params.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "only code")),
        None => return Err(("invalid_request", "response_type is missing")),
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(("invalid_request", "only response_mode=query"));
    }
    if !params.get("scope").unwrap_or_default().split_whitespace().any(|scope| scope == "openid") {
        return Err(("invalid_scope", "scope must have openid"));
    }
    if params.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "PKCE is required: code_challenge_method=S256"));
    }
    // Nobody is ever signed in here, so a login without a page cannot be had.
    if params.get("prompt").unwrap_or_default().split_whitespace().any(|prompt| prompt == "none") {
        return Err(("login_required", "nobody is signed in here"));
    }
    params.get("code_challenge").filter(|text| is_challenge(text)).ok_or(("invalid_request", "code_challenge is missing or not S256"))
}

/// Whether a text can be a base64url SHA-256 digest.
fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The page's language: the first of the languages asked for that we speak, Italian otherwise.
fn language(ui_locales: Option<&str>) -> &'static str {
    let spoken = |locale: &str| match locale.split('-').next().map(str::to_ascii_lowercase).as_deref() {
        Some("it") => Some("it"),
        Some("en") => Some("en"),
        _ => None,
    };
    ui_locales.unwrap_or_default().split_whitespace().find_map(spoken).unwrap_or("it")
}

/// `POST /login`: somebody was chosen on the login page, or the login was cancelled or made to fail.
pub(super) async fn chosen(State(provider): State<Arc<Provider>>, params: Params) -> Response {
    let language = language(params.get("language"));
    let Some(pending) = params.get("request").and_then(|name| provider.store.take_pending(name)) else {
        return login_page::gone(language).into_response();
    };
    let (redirect_uri, state) = (pending.redirect_uri.clone(), pending.state.clone());
    let answer = |params: &[(&str, &str)]| back(&provider, &redirect_uri, state.as_deref(), params);
    let choice = params.get("choice").unwrap_or_default();
    if let Some(person) = people::find(choice) {
        let grant = Grant {
            subject: person.subject.clone(),
            redirect_uri: pending.redirect_uri,
            nonce: pending.nonce,
            challenge: pending.challenge,
            acr: claims::acr(person, &pending.acr_values),
            auth_time: claims::now(),
        };
        let code = provider.store.make_code(grant, provider.config.code_lifetime);
        return answer(&[("code", &code)]);
    }
    let number = SPID_ERRORS.iter().map(|(number, _)| *number).find(|number| *number == choice).unwrap_or(CANCELLED);
    answer(&[("error", "access_denied"), ("error_description", &format!("ErrorCode {number}"))])
}

/// Sends the browser back to the client, naming ourselves (RFC 9207) and giving the state back.
fn back(provider: &Provider, redirect_uri: &str, state: Option<&str>, params: &[(&str, &str)]) -> Response {
    let mut all = params.to_vec();
    if let Some(state) = state {
        all.push(("state", state));
    }
    all.push(("iss", provider.issuer()));
    go_to(&with_params(redirect_uri, &all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_we_speak_is_taken() {
        assert_eq!(language(None), "it");
        assert_eq!(language(Some("de en-GB it")), "en");
        assert_eq!(language(Some("it-IT en")), "it");
        assert_eq!(language(Some("zh")), "it");
    }
}
