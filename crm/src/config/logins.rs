//! The ways to log in: an OpenID provider each, or one for all.
use super::Source;
use contract::session::Scheme;

/// A way to log in and the OpenID provider behind it.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginWay {
    /// SPID, CIE or eIDAS.
    pub scheme: Scheme,
    /// Issuer URL.
    pub issuer: String,
    /// Our client identifier there.
    pub client_id: String,
    /// Our client secret there.
    pub client_secret: Option<String>,
    /// Levels asked for and accepted, best first.
    pub acr: Vec<String>,
    /// More parameters of the login request.
    pub params: Vec<(String, String)>,
}

impl std::fmt::Debug for LoginWay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginWay").field("scheme", &self.scheme).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl Source<'_> {
    pub(super) fn login_way(&self, scheme: Scheme, word: &str) -> Option<LoginWay> {
        let special = |part: &str| Some(self.text(&format!("FILO_OIDC_{word}_{part}"))).filter(|text| !text.is_empty());
        let own_issuer = special("ISSUER");
        let general = |part: &str| Some(self.text(&format!("FILO_OIDC_{part}"))).filter(|text| !text.is_empty());
        let pairs = special("PARAMS").unwrap_or_default();
        Some(LoginWay {
            scheme,
            client_id: special("CLIENT_ID").or_else(|| general("CLIENT_ID"))?,
            // The general secret belongs to the general issuer and is not shown to another one.
            client_secret: special("CLIENT_SECRET").or_else(|| general("CLIENT_SECRET").filter(|_| own_issuer.is_none())),
            issuer: own_issuer.or_else(|| general("ISSUER"))?,
            acr: special("ACR").unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
            params: pairs.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (k.to_owned(), v.to_owned())).collect(),
        })
    }
}
