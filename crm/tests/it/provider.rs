//! A small OpenID provider over HTTP that can be told to misbehave.
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding, Signer};
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

pub const CLIENT: &str = "filo";
pub const SECRET: &str = "s e/cret";
pub const LEVEL_2: &str = "https://www.spid.gov.it/SpidL2";

/// Two keys: the provider's own, and another one.
static KEYS: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| [(); 2].map(|()| RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap()));

/// What the provider does, and how it is to be changed.
pub struct Behaviour {
    /// Claims of the ID token; null takes one away.
    pub id_token: Value,
    /// Claims of the user info endpoint; null closes it.
    pub user_info: Value,
    /// The key that signs, and the name it signs under.
    pub signs_with: usize,
    /// The key that is published.
    pub publishes: usize,
    /// The algorithm written into the token's head.
    pub algorithm: &'static str,
    /// Seconds since 1970.
    pub now: i64,
    /// Codes handed out, with the request they answer.
    codes: HashMap<String, HashMap<String, String>>,
    /// Tokens that were revoked.
    pub revoked: Vec<String>,
    /// How often the keys were asked for.
    pub keys_asked: usize,
}

/// A provider that runs until the test ends.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    pub state: Arc<Mutex<Behaviour>>,
}

impl Provider {
    pub async fn start(now: i64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let state = Behaviour {
            id_token: json!({}),
            user_info: json!({
                "sub": "maria", "given_name": "Maria", "family_name": "Rossi", "email": "maria@example.org", "phone_number": "3331234567",
                "https://attributes.eid.gov.it/fiscal_number": "TINIT-RSSMRA70A41H501W"
            }),
            signs_with: 0,
            publishes: 0,
            algorithm: "RS256",
            now,
            codes: HashMap::new(),
            revoked: vec![],
            keys_asked: 0,
        };
        let provider = Self { issuer, state: Arc::new(Mutex::new(state)) };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(user_info))
            .route("/revoke", post(revoke))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        provider
    }

    pub fn change(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.state.lock().unwrap());
    }

    /// The person agrees on the provider's page: the callback the browser is sent to.
    pub fn agree(&self, location: &str) -> String {
        let asked = query(location.split_once('?').unwrap().1);
        let code = uuid::Uuid::now_v7().to_string();
        let callback =
            format!("{}?code={code}&state={}&iss={}", path(&asked["redirect_uri"]), asked["state"], contract::paths::escape(&self.issuer));
        self.change(|state| {
            state.codes.insert(code, asked);
        });
        callback
    }
}

/// The path of an absolute URL.
fn path(url: &str) -> &str {
    url.strip_prefix(crate::house::PUBLIC_URL).unwrap()
}

/// A query string, decoded.
pub fn query(text: &str) -> HashMap<String, String> {
    let uri: axum::http::Uri = format!("/?{text}").parse().unwrap();
    axum::extract::Query::try_from_uri(&uri).unwrap().0
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "revocation_endpoint": at("/revoke"),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"], "authorization_response_iss_parameter_supported": true
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let mut state = provider.state.lock().unwrap();
    state.keys_asked += 1;
    let key = &KEYS[state.publishes];
    let number = |number: &rsa::BigUint| BASE64_URL_SAFE_NO_PAD.encode(number.to_bytes_be());
    Json(
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": format!("k{}", state.publishes), "n": number(key.n()), "e": number(key.e()) }] }),
    )
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> (StatusCode, Json<Value>) {
    let mut state = provider.state.lock().unwrap();
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{CLIENT}:s+e%2Fcret")));
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error })));
    if headers.get("authorization").is_none_or(|value| value != expected.as_str()) {
        return refused("invalid_client");
    }
    let Some(asked) = state.codes.remove(&sent["code"]) else { return refused("invalid_grant") };
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&sent["code_verifier"]));
    if asked["code_challenge"] != challenge || asked["code_challenge_method"] != "S256" || sent["redirect_uri"] != asked["redirect_uri"] {
        return refused("invalid_grant");
    }
    let mut claims = json!({
        "iss": provider.issuer, "aud": CLIENT, "sub": state.user_info["sub"], "nonce": asked["nonce"], "acr": LEVEL_2,
        "iat": state.now, "exp": state.now + 300
    });
    for (name, value) in state.id_token.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let token = format!("token-of-{}", sent["code"]);
    (StatusCode::OK, Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": 300, "id_token": signed(&state, &claims) })))
}

fn signed(state: &Behaviour, claims: &Value) -> String {
    let head = json!({ "alg": state.algorithm, "typ": "JWT", "kid": format!("k{}", state.signs_with) });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(claims));
    if state.algorithm == "none" {
        return format!("{text}.");
    }
    let signature = SigningKey::<Sha256>::new(KEYS[state.signs_with].clone()).sign(text.as_bytes());
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

async fn user_info(State(provider): State<Provider>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let state = provider.state.lock().unwrap();
    let token = headers.get("authorization").is_some_and(|value| value.to_str().unwrap().starts_with("Bearer token-of-"));
    if token && !state.user_info.is_null() {
        (StatusCode::OK, Json(state.user_info.clone()))
    } else {
        (StatusCode::UNAUTHORIZED, Json(json!({})))
    }
}

async fn revoke(State(provider): State<Provider>, Form(sent): Form<HashMap<String, String>>) -> StatusCode {
    provider.state.lock().unwrap().revoked.push(sent["token"].clone());
    StatusCode::OK
}
