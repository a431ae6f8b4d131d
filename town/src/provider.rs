//! The identity provider: OpenID Connect with the claim names and levels of SPID, for people who do not exist.
//!
//! Authorization code with PKCE (S256, required), ID tokens signed RS256, UserInfo, revocation (RFC 7009), logout by the client's wish.
//! Sources: OpenID Connect Core 1.0, RP-Initiated Logout 1.0, RFC 6749, RFC 7636, RFC 9207 (`iss` in the answer).

mod authorize;
mod claims;
mod keys;
mod login_page;
mod logout;
mod store;
mod token;

use crate::config::Config;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use serde_json::{Value, json};
use std::sync::Arc;

pub use keys::Keys;

/// Levels of SPID and CIE, weakest first. Source: SPID/CIE OpenID Connect rules.
const SPID_LEVELS: [&str; 3] = ["https://www.spid.gov.it/SpidL1", "https://www.spid.gov.it/SpidL2", "https://www.spid.gov.it/SpidL3"];
/// Levels of eIDAS, weakest first. Source: implementing regulation (EU) 2015/1502.
const EIDAS_LEVELS: [&str; 3] =
    ["http://eidas.europa.eu/LoA/low", "http://eidas.europa.eu/LoA/substantial", "http://eidas.europa.eu/LoA/high"];
/// The claim that carries the codice fiscale.
const FISCAL_NUMBER: &str = "https://attributes.eid.gov.it/fiscal_number";

/// What every handler of the provider needs.
struct Provider {
    config: Config,
    keys: Keys,
    store: store::Store,
}

impl Provider {
    fn issuer(&self) -> &str {
        &self.config.public_url
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.config.public_url)
    }
}

/// The provider's routes.
pub(crate) fn router(config: Config, keys: Keys) -> Router {
    let provider = Arc::new(Provider { config, keys, store: store::Store::default() });
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/authorize", get(authorize::by_get).post(authorize::by_post))
        .route("/login", post(authorize::chosen))
        .route("/token", post(token::exchange))
        .route("/userinfo", get(claims::user_info).post(claims::user_info))
        .route("/revoke", post(token::revoke))
        .route("/logout", get(logout::by_get).post(logout::by_post))
        .with_state(provider)
}

/// `GET /.well-known/openid-configuration`.
async fn discovery(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let methods =
        if provider.config.client.secret.is_some() { json!(["client_secret_basic", "client_secret_post"]) } else { json!(["none"]) };
    let levels: Vec<&str> = SPID_LEVELS.into_iter().chain(EIDAS_LEVELS).collect();
    Json(json!({
        "issuer": provider.issuer(),
        "authorization_endpoint": provider.address("/authorize"),
        "token_endpoint": provider.address("/token"),
        "userinfo_endpoint": provider.address("/userinfo"),
        "jwks_uri": provider.address("/jwks"),
        "revocation_endpoint": provider.address("/revoke"),
        "end_session_endpoint": provider.address("/logout"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": methods.clone(),
        "revocation_endpoint_auth_methods_supported": methods,
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email", "phone"],
        "acr_values_supported": levels,
        "ui_locales_supported": ["it", "en"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "at_hash",
            "given_name", "family_name", "birthdate", "gender", "email", "phone_number", "roles", FISCAL_NUMBER,
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    }))
}

/// `GET /jwks`.
async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(provider.keys.public())
}
