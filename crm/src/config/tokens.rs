//! The tokens that others ask with: whose each is, its hash, and what it may do.
use super::{ConfigError, Source, wrong};
use contract::office::Scope;

/// A key of an Open311 client, known by its hash only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose it is.
    pub name: String,
    /// SHA-256 of the key.
    pub sha256: [u8; 32],
}

/// A service token of the office API, known by its hash only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeToken {
    /// Whose it is.
    pub name: String,
    /// SHA-256 of the token.
    pub sha256: [u8; 32],
    /// What it may do.
    pub scopes: Vec<Scope>,
}

impl Source<'_> {
    /// `NAME:TOKEN` or `NAME:TOKEN:SCOPE+SCOPE`, separated by commas. Without scopes a token may do everything.
    pub(super) fn office_tokens(&self) -> Result<Vec<OfficeToken>, ConfigError> {
        const NAME: &str = "FILO_OFFICE_TOKENS";
        self.entries(NAME)?
            .into_iter()
            .map(|(name, rest)| {
                let (token, scopes) = match rest.split_once(':') {
                    Some((token, listed)) => (token, scopes(NAME, listed)?),
                    None => (rest.as_str(), Scope::ALL.to_vec()),
                };
                Ok(OfficeToken { name, sha256: hash(NAME, token)?, scopes })
            })
            .collect()
    }

    /// `NAME:API_KEY`, separated by commas.
    pub(super) fn open311_keys(&self) -> Result<Vec<ApiKey>, ConfigError> {
        const NAME: &str = "FILO_OPEN311_KEYS";
        self.entries(NAME)?.into_iter().map(|(name, key)| Ok(ApiKey { name, sha256: hash(NAME, &key)? })).collect()
    }

    /// Each name with what stands behind its colon.
    fn entries(&self, setting: &'static str) -> Result<Vec<(String, String)>, ConfigError> {
        let text = self.text(setting);
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let parts = entries.map(|entry| entry.split_once(':').map(|(name, rest)| (name.to_owned(), rest.to_owned())));
        parts.map(|parts| parts.ok_or_else(|| wrong(setting, "is a name, a colon and a token, separated by commas"))).collect()
    }
}

fn hash(setting: &'static str, token: &str) -> Result<[u8; 32], ConfigError> {
    match token.strip_prefix("sha256=") {
        Some(hex) => crate::secret::from_hex(hex).ok_or_else(|| wrong(setting, "sha256= needs 64 hexadecimal digits")),
        None if token.len() < 16 => Err(wrong(setting, "a token needs at least 16 characters")),
        None => Ok(crate::secret::sha256(token.as_bytes())),
    }
}

fn scopes(setting: &'static str, listed: &str) -> Result<Vec<Scope>, ConfigError> {
    let scope = |word: &str| {
        let known = Scope::ALL.map(Scope::as_str).join(", ");
        let found = Scope::ALL.into_iter().find(|scope| scope.as_str() == word);
        found.ok_or_else(|| wrong(setting, format!("{word:?} is no scope ({known}); a token that has a colon is given by its sha256=")))
    };
    listed.split('+').map(|word| scope(word.trim())).collect()
}
