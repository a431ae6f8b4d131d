//! Logout by the client's wish (OpenID Connect RP-Initiated Logout 1.0): the person's access tokens end, and the browser goes back if it may.
use super::{Provider, login_page};
use crate::page::{go_to, with_params};
use crate::params::Params;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `GET /logout`.
pub(super) async fn by_get(State(provider): State<Arc<Provider>>, params: Params) -> Response {
    leave(&provider, &params)
}

/// `POST /logout`.
pub(super) async fn by_post(State(provider): State<Arc<Provider>>, params: Params) -> Response {
    leave(&provider, &params)
}

fn leave(provider: &Provider, params: &Params) -> Response {
    let language = if params.get("ui_locales").is_some_and(|locales| locales.starts_with("en")) { "en" } else { "it" };
    // An ID token of ours says who leaves; an expired one does too.
    let hint = params.get("id_token_hint").and_then(|token| provider.keys.read(token));
    let subject = hint.as_ref().and_then(|claims| claims.get("sub")).and_then(|subject| subject.as_str());
    if let Some(subject) = subject {
        provider.store.revoke_all(subject);
    }
    let client = &provider.config.client;
    let is_our_client = subject.is_some() || params.get("client_id") == Some(client.id.as_str());
    let allowed = params.get("post_logout_redirect_uri").filter(|uri| is_our_client && client.logout_uris.iter().any(|known| known == uri));
    match (allowed, params.get("state")) {
        (Some(uri), Some(state)) => go_to(&with_params(uri, &[("state", state)])),
        (Some(uri), None) => go_to(uri),
        (None, _) => login_page::out(language).into_response(),
    }
}
