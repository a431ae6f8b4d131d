//! The provider's key: made when the town starts, gone when it stops; signs ID tokens and random words.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use rand::RngCore;
use rand::rngs::OsRng;
use rsa::pkcs1v15::{Signature, SigningKey, VerifyingKey};
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::traits::PublicKeyParts;
use rsa::{RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Bits of the key: the least RS256 allows (RFC 7518 §3.3).
const BITS: usize = 2048;

/// A key pair for signing.
#[derive(Clone)]
pub struct Keys {
    signing: SigningKey<Sha256>,
    verifying: VerifyingKey<Sha256>,
    modulus: String,
    exponent: String,
    id: String,
}

impl Keys {
    /// Makes a new key pair; takes a moment.
    ///
    /// # Errors
    /// When the computer cannot make one.
    pub fn generate() -> Result<Self, String> {
        let private = RsaPrivateKey::new(&mut OsRng, BITS).map_err(|error| format!("no key could be made: {error}"))?;
        let public = RsaPublicKey::from(&private);
        let modulus = BASE64URL.encode(public.n().to_bytes_be());
        let exponent = BASE64URL.encode(public.e().to_bytes_be());
        // The thumbprint of RFC 7638: members in alphabetical order, no spaces.
        let id = BASE64URL.encode(Sha256::digest(format!("{{\"e\":\"{exponent}\",\"kty\":\"RSA\",\"n\":\"{modulus}\"}}")));
        Ok(Self { signing: SigningKey::new(private), verifying: VerifyingKey::new(public), modulus, exponent, id })
    }

    /// The public key as a JSON Web Key Set (RFC 7517).
    pub fn public(&self) -> Value {
        json!({ "keys": [{ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": self.modulus, "e": self.exponent }] })
    }

    /// Claims as a signed JSON Web Token.
    pub(super) fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.id });
        let text = format!("{}.{}", BASE64URL.encode(header.to_string()), BASE64URL.encode(claims.to_string()));
        let signature = self.signing.sign(text.as_bytes());
        format!("{text}.{}", BASE64URL.encode(signature.to_bytes()))
    }

    /// The claims of a token that we signed, however old; `None` for anything else.
    pub(super) fn read(&self, token: &str) -> Option<Value> {
        let (text, signature) = token.rsplit_once('.')?;
        let signature = Signature::try_from(BASE64URL.decode(signature).ok()?.as_slice()).ok()?;
        self.verifying.verify(text.as_bytes(), &signature).ok()?;
        let claims = BASE64URL.decode(text.split_once('.')?.1).ok()?;
        serde_json::from_slice(&claims).ok()
    }
}

/// 256 random bits as text.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    OsRng.fill_bytes(&mut bytes);
    BASE64URL.encode(bytes)
}

/// SHA-256 of a text, base64url: the PKCE challenge of a verifier (RFC 7636 §4.2).
pub(super) fn sha256(text: &str) -> String {
    BASE64URL.encode(Sha256::digest(text))
}

/// The left half of the SHA-256 of an access token: the ID token's `at_hash` (OpenID Connect Core §3.1.3.6).
pub(super) fn half_hash(token: &str) -> String {
    let digest = Sha256::digest(token);
    BASE64URL.encode(digest.get(..16).unwrap_or_default())
}

/// Whether two secrets are equal, in a time that does not tell where they differ: their hashes are compared.
pub(super) fn same_secret(one: &str, other: &str) -> bool {
    Sha256::digest(one) == Sha256::digest(other)
}
