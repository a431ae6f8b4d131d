//! For the tests: a town on a port of its own, and a client that follows no redirect.
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::LazyLock;
use std::time::Duration;
use tokio::net::TcpListener;
use town::Config;
use town::provider::Keys;

/// What a test gives back: the first thing that went wrong.
pub type Tested = Result<(), Box<dyn Error>>;

/// Where the client lives; nothing answers there.
pub const CALLBACK: &str = "http://localhost:8080/api/v1/session/callback";
/// A PKCE verifier and its S256 challenge (RFC 7636 appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// See [`VERIFIER`].
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// The client's secret.
pub const SECRET: &str = "a secret: with + and %";

static KEYS: LazyLock<Result<Keys, String>> = LazyLock::new(Keys::generate);

/// A running town.
pub struct Street {
    /// Its origin.
    pub url: String,
    /// A client without cookies that follows nothing.
    pub http: Client,
}

/// Starts a town; `change` may change its settings.
pub async fn open(change: impl FnOnce(&mut Config)) -> Result<Street, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut config = Config::read(|_| None);
    config.public_url.clone_from(&url);
    config.client.secret = Some(SECRET.to_owned());
    change(&mut config);
    tokio::spawn(town::serve_with_keys(listener, config, KEYS.clone()?));
    let http = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(10)).build()?;
    Ok(Street { url, http })
}

/// The parameters of a good authorization request.
pub fn request() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("client_id", "filo"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "st&te"),
        ("nonce", "n0nce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("acr_values", "https://www.spid.gov.it/SpidL2 https://www.spid.gov.it/SpidL3"),
        ("ui_locales", "it"),
    ])
}

impl Street {
    /// Asks the authorization endpoint.
    pub async fn authorize<'a>(&self, params: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Response, Box<dyn Error>> {
        let query: Vec<String> = params.into_iter().map(|(name, value)| format!("{name}={}", contract::paths::escape(value))).collect();
        Ok(self.http.get(format!("{}/authorize?{}", self.url, query.join("&"))).send().await?)
    }

    /// Opens the login page and presses a button; gives where the browser is sent.
    pub async fn choose(&self, choice: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
        let page = self.authorize(request()).await?.text().await?;
        let answer = self.press(&page, choice).await?;
        location(&answer)
    }

    /// Presses a button of a login page.
    pub async fn press(&self, page: &str, choice: &str) -> Result<Response, Box<dyn Error>> {
        let name = between(page, "name=\"request\" value=\"", "\"").ok_or("no request on the page")?;
        Ok(self.http.post(format!("{}/login", self.url)).form(&[("request", name), ("choice", choice)]).send().await?)
    }

    /// Exchanges a code, with the secret in the body; `change` is put over the good parameters.
    pub async fn exchange(&self, code: &str, change: &[(&str, &str)]) -> Result<Response, Box<dyn Error>> {
        let mut form = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", "filo"),
            ("client_secret", SECRET),
        ]);
        form.extend(change.iter().copied());
        form.retain(|_, value| !value.is_empty());
        Ok(self.http.post(format!("{}/token", self.url)).form(&form).send().await?)
    }

    /// Asks who a token speaks for.
    pub async fn user_info(&self, token: &str) -> Result<Response, Box<dyn Error>> {
        Ok(self.http.get(format!("{}/userinfo", self.url)).bearer_auth(token).send().await?)
    }
}

/// The parameters of the callback that an answer leads to; an error when it leads elsewhere.
pub fn location(answer: &Response) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let location = answer.headers().get("location").ok_or(format!("no location, status {}", answer.status()))?.to_str()?;
    let url = reqwest::Url::parse(location)?;
    if !location.starts_with(&format!("{CALLBACK}?")) {
        return Err(format!("led to {location}").into());
    }
    Ok(url.query_pairs().into_owned().collect())
}

/// What stands between two texts.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}
