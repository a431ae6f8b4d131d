//! OpenID Connect: authorization code flow with PKCE toward the identity provider of SPID, CIE or eIDAS (usually a proxy).
//!
//! Claim names and levels are those of the SPID/CIE OpenID Connect technical rules; the codice fiscale may be absent.
use crate::clock::Clock;
use crate::config::LoginWay;
use crate::connect::oidc::claims::{Person, PersonClaims};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessTokenHash, AdditionalProviderMetadata, AuthType, AuthenticationContextClass, AuthorizationCode, ClaimsVerificationError, Client,
    ClientId, ClientSecret, CsrfToken, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl,
    LanguageTag, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::RwLock;

mod claims;
mod levels;
pub use claims::Identity;
pub use levels::level;

/// Longest wait for an answer of the provider.
const PATIENCE: Duration = Duration::from_secs(8);
/// Seconds for which what the provider says of itself is believed without asking again.
const METADATA_SECONDS: i64 = 3600;
/// What we ask to know, as the `claims` parameter wants it (SPID hands out nothing that is not named there).
const CLAIMS: &str = r#"{"userinfo":{"given_name":null,"family_name":null,"email":null,"phone_number":null,"https://attributes.eid.gov.it/fiscal_number":null}}"#;

/// Endpoints beyond the discovery document's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct MoreMetadata {
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}
impl AdditionalProviderMetadata for MoreMetadata {}

type Metadata = ProviderMetadata<
    MoreMetadata,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
type Fields =
    IdTokenFields<PersonClaims, EmptyExtraTokenFields, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
type OidcClient = Client<
    PersonClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why a login did not work.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The provider does not answer.
    #[error("the identity provider does not answer: {0}")]
    Unavailable(String),
    /// The level of the login is lower than asked for.
    #[error("the level of the login is too low")]
    Level,
    /// Something in the answer is not right.
    #[error("the login cannot be trusted: {0}")]
    Refused(String),
}

/// An identity provider as we use it for one scheme.
pub struct Provider {
    way: LoginWay,
    redirect: String,
    clock: Clock,
    http: reqwest::Client,
    known: RwLock<Option<(i64, Arc<Metadata>)>>,
}

/// The secrets of one login, to be kept until the browser comes back.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Ties the answer to this attempt.
    pub state: String,
    /// Ties the ID token to this attempt.
    pub nonce: String,
    /// Ties the exchange of the code to us (PKCE).
    pub verifier: String,
    /// The least level that will do; 0: whatever the town takes.
    pub level: u8,
}

/// A login that worked.
#[derive(Debug)]
pub struct LoggedIn {
    /// Who it is.
    pub identity: Identity,
    /// To be revoked at logout.
    pub access_token: String,
    /// How surely: 1 to 3.
    pub level: u8,
    /// What the provider says they may be, for those who work here.
    pub roles: Vec<String>,
}

impl Provider {
    /// Prepares to use a provider; nothing is asked of it yet. `redirect` is the callback's absolute URL.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(way: LoginWay, redirect: String, clock: Clock) -> Result<Self, LoginError> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(PATIENCE / 2)
            .timeout(PATIENCE)
            .build()
            .map_err(|error| LoginError::Unavailable(error.to_string()))?;
        Ok(Self { way, redirect, clock, http, known: RwLock::new(None) })
    }

    /// The way to log in that this provider serves.
    pub fn way(&self) -> &LoginWay {
        &self.way
    }

    /// Where the browser must go for an attempt.
    ///
    /// # Errors
    /// [`LoginError::Unavailable`] when the provider does not answer.
    pub async fn address(&self, attempt: &Attempt, language: &str) -> Result<String, LoginError> {
        let metadata = self.metadata(false).await?;
        let client = self.client(&metadata)?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let mut request = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || CsrfToken::new(state), move || Nonce::new(nonce))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_ui_locale(LanguageTag::new(language.to_owned()))
            .add_extra_param("claims", CLAIMS);
        for scope in ["profile", "email", "phone"] {
            let offered = metadata.scopes_supported().is_none_or(|scopes| scopes.iter().any(|offered| offered.as_str() == scope));
            if offered {
                request = request.add_scope(Scope::new(scope.to_owned()));
            }
        }
        for acr in levels::asked(&self.way, attempt.level) {
            request = request.add_auth_context_value(AuthenticationContextClass::new(acr));
        }
        for (name, value) in &self.way.params {
            request = request.add_extra_param(name.clone(), value.clone());
        }
        Ok(request.url().0.to_string())
    }

    /// Exchanges the code of an attempt and checks everything that comes back: issuer, signature, audience, expiry, nonce, level.
    ///
    /// # Errors
    /// Any of [`LoginError`].
    pub async fn finish(&self, attempt: &Attempt, code: String, iss: Option<&str>) -> Result<LoggedIn, LoginError> {
        let metadata = self.metadata(false).await?;
        match iss {
            Some(iss) if iss != metadata.issuer().as_str() => return Err(refused("another issuer answered")),
            None if metadata.additional_metadata().authorization_response_iss_parameter_supported => {
                return Err(refused("the issuer did not name itself"));
            }
            _ => {}
        }
        let client = self.client(&metadata)?;
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(refused)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier.clone()))
            .request_async(&self.http)
            .await
            .map_err(|error| match error {
                RequestTokenError::Request(error) => LoginError::Unavailable(error.to_string()),
                other => refused(other),
            })?;
        // The provider may have changed its keys since we last asked: ask once more before giving up.
        let person = match self.check(&metadata, &tokens, attempt) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let metadata = self.metadata(true).await?;
                self.check(&metadata, &tokens, attempt)
            }
            checked => checked,
        };
        let mut person = person.map_err(|error| match error {
            ClaimsVerificationError::InvalidAuthContext(_) => LoginError::Level,
            other => refused(other),
        })?;
        if !person.is_known() && metadata.userinfo_endpoint().is_some() {
            match self.user_info(&client, &tokens, &person).await {
                Ok(more) => person.add_user_info(&more),
                // Who has a name can come in: not everybody has a codice fiscale.
                Err(error) if person.has_a_name() => tracing::warn!("the user info endpoint: {error}"),
                Err(error) => return Err(error),
            }
        }
        let (roles, level, access_token) = (person.roles(), person.level(), tokens.access_token().secret().clone());
        Ok(LoggedIn { identity: person.identity(&self.way.issuer), access_token, level, roles })
    }

    /// Checks the ID token and takes what it says of the person.
    fn check(&self, metadata: &Metadata, tokens: &Tokens, attempt: &Attempt) -> Result<Person, ClaimsVerificationError> {
        let other = |error: &dyn std::fmt::Display| ClaimsVerificationError::Other(error.to_string());
        let client = self.client(metadata).map_err(|error| other(&error))?;
        let clock = self.clock.clone();
        let levels = levels::asked(&self.way, attempt.level);
        let verifier = client
            .id_token_verifier()
            .set_time_fn(move || chrono::DateTime::from_timestamp(clock.now().as_second(), 0).unwrap_or_default())
            .set_auth_context_verifier_fn(move |acr| {
                let enough = levels.is_empty() || acr.is_some_and(|acr| levels.iter().any(|level| level == acr.as_str()));
                if enough { Ok(()) } else { Err("not one of the levels asked for".to_owned()) }
            });
        let id_token = tokens.id_token().ok_or_else(|| other(&"no ID token"))?;
        let claims = id_token.claims(&verifier, &Nonce::new(attempt.nonce.clone()))?;
        if let Some(expected) = claims.access_token_hash() {
            let algorithm = id_token.signing_alg().map_err(|error| other(&error))?;
            let key = id_token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
            let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(|error| other(&error))?;
            if actual != *expected {
                return Err(other(&"the access token is another one"));
            }
        }
        Ok(Person::from_id_token(claims))
    }

    async fn user_info(
        &self,
        client: &OidcClient,
        tokens: &Tokens,
        person: &Person,
    ) -> Result<UserInfoClaims<PersonClaims, CoreGenderClaim>, LoginError> {
        let subject = person.subject().clone();
        let request = client.user_info(tokens.access_token().clone(), Some(subject)).map_err(refused)?;
        request.request_async(&self.http).await.map_err(|error| match error {
            openidconnect::UserInfoError::Request(error) => LoginError::Unavailable(error.to_string()),
            other => refused(other),
        })
    }

    /// Tells the provider that a token is no longer wanted, when it offers to listen (RFC 7009).
    ///
    /// # Errors
    /// When it does not answer or refuses.
    pub async fn revoke(&self, token: &str) -> Result<(), LoginError> {
        let metadata = self.metadata(false).await?;
        let Some(address) = &metadata.additional_metadata().revocation_endpoint else { return Ok(()) };
        let mut form = vec![("token", token), ("token_type_hint", "access_token")];
        let mut request = self.http.post(address);
        match &self.way.client_secret {
            Some(secret) if sends_secret_in_body(&metadata) => {
                form.extend([("client_id", self.way.client_id.as_str()), ("client_secret", secret)])
            }
            Some(secret) => request = request.basic_auth(&self.way.client_id, Some(secret)),
            None => form.push(("client_id", &self.way.client_id)),
        }
        let answer = request.form(&form).send().await.map_err(|error| LoginError::Unavailable(error.without_url().to_string()))?;
        if answer.status().is_success() { Ok(()) } else { Err(refused(format!("revocation: {}", answer.status()))) }
    }

    /// What the provider says of itself, its keys included.
    async fn metadata(&self, again: bool) -> Result<Arc<Metadata>, LoginError> {
        let now = self.clock.now().as_second();
        if !again
            && let Some((at, metadata)) = self.known.read().await.as_ref()
            && (now - at).abs() < METADATA_SECONDS
        {
            return Ok(Arc::clone(metadata));
        }
        let unavailable = |error: &dyn std::fmt::Display| LoginError::Unavailable(error.to_string());
        let issuer = IssuerUrl::new(self.way.issuer.clone()).map_err(|error| unavailable(&error))?;
        let metadata = Metadata::discover_async(issuer, &self.http).await.map_err(|error| unavailable(&error))?;
        let metadata = Arc::new(metadata);
        *self.known.write().await = Some((now, Arc::clone(&metadata)));
        Ok(metadata)
    }

    fn client(&self, metadata: &Metadata) -> Result<OidcClient, LoginError> {
        let secret = self.way.client_secret.clone().map(ClientSecret::new);
        let client = OidcClient::from_provider_metadata(metadata.clone(), ClientId::new(self.way.client_id.clone()), secret)
            .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(refused)?);
        Ok(if sends_secret_in_body(metadata) { client.set_auth_type(AuthType::RequestBody) } else { client })
    }
}

/// HTTP Basic is every provider's default; some take the secret in the body only.
fn sends_secret_in_body(metadata: &Metadata) -> bool {
    metadata.token_endpoint_auth_methods_supported().is_some_and(|methods| {
        !methods.contains(&CoreClientAuthMethod::ClientSecretBasic) && methods.contains(&CoreClientAuthMethod::ClientSecretPost)
    })
}

fn refused(why: impl std::fmt::Display) -> LoginError {
    LoginError::Refused(why.to_string())
}
