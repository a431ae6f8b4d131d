//! Who we are to a push service: a key pair, and short-lived tokens signed with it (VAPID, RFC 8292).
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use p256::SecretKey;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;

/// Seconds for which a token is good; a day at most (RFC 8292 §2).
const TOKEN_SECONDS: i64 = 12 * 3600;

/// A private key of P-256 and the public one that browsers are given.
pub struct KeyPair {
    private: SecretKey,
    public: String,
}

impl KeyPair {
    /// A new one. `None` when there is no randomness.
    pub fn generate() -> Option<Self> {
        super::cipher::random_key().map(Self::new)
    }

    /// Reads a private key: 32 bytes in base64url. `None` when it is none.
    pub(super) fn read(private: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(private.trim_end_matches('=')).ok()?;
        SecretKey::from_slice(&bytes).ok().filter(|_| bytes.len() == 32).map(Self::new)
    }

    fn new(private: SecretKey) -> Self {
        let public = BASE64_URL_SAFE_NO_PAD.encode(private.public_key().to_sec1_bytes());
        Self { private, public }
    }

    /// The private key, as `FILO_PUSH_KEY` takes it.
    pub fn private(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.private.to_bytes())
    }

    /// The public key: a whole point in base64url.
    pub fn public(&self) -> &str {
        &self.public
    }

    /// What goes into `Authorization` for a push service, named by its origin.
    pub(super) fn authorization(&self, origin: &str, subject: &str) -> String {
        let claims = json!({ "aud": origin, "exp": Timestamp::now().as_second() + TOKEN_SECONDS, "sub": subject });
        let part = |value: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!("{}.{}", part(json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature: Signature = SigningKey::from(&self.private).sign(token.as_bytes());
        format!("vapid t={token}.{}, k={}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()), self.public)
    }
}
