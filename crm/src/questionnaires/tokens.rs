//! Tokens of anonymous questionnaires: each person is signed one, and the signer does not see which (RFC 9474, RSABSSA-SHA384-PSSZERO-Deterministic).
use crate::error::{Error, Result};
use crate::secret;
use crate::state::Crm;
use aes_gcm::aead::OsRng;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use contract::id::{CitizenId, QuestionnaireId};
use contract::problem::FieldRule;
use rsa::hazmat::rsa_decrypt_and_check;
use rsa::pkcs8::{DecodePrivateKey, EncodePrivateKey};
use rsa::pss::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, RsaPrivateKey, RsaPublicKey};
use sha2::Sha384;
use sqlx::Row;

/// Bits of the modulus.
const BITS: usize = 2048;
/// Bytes of a token: 128 bits nobody guesses.
const TOKEN_BYTES: usize = 16;

/// What an anonymous questionnaire has while it is open.
pub(super) struct Keys {
    /// Signs its tokens.
    pub signing: RsaPrivateKey,
    /// The file of the key of its register.
    pub register_file: String,
}

/// A new signing key, as it is kept: PKCS#8 in base64. Takes a moment.
pub(super) async fn new_key() -> Result<String> {
    tokio::task::spawn_blocking(|| {
        let key = RsaPrivateKey::new(&mut OsRng, BITS).map_err(broken)?;
        Ok(BASE64.encode(key.to_pkcs8_der().map_err(broken)?.as_bytes()))
    })
    .await?
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("token key: {error}"))
}

/// The keys of an anonymous questionnaire that is open.
pub(super) async fn keys(crm: &Crm, id: &QuestionnaireId) -> Result<Keys> {
    let row = sqlx::query(
        "SELECT token_key, register_file FROM questionnaires WHERE id = $1 AND token_key IS NOT NULL AND register_file IS NOT NULL",
    )
    .bind(id.as_str())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::Conflict)?;
    let bytes = BASE64.decode(row.try_get::<&str, _>("token_key")?).map_err(broken)?;
    Ok(Keys { signing: RsaPrivateKey::from_pkcs8_der(&bytes).map_err(broken)?, register_file: row.try_get("register_file")? })
}

/// The modulus that tokens are signed under.
pub(super) async fn public_key(crm: &Crm, id: &QuestionnaireId) -> Result<String> {
    Ok(BASE64.encode(keys(crm, id).await?.signing.n().to_bytes_be()))
}

/// Signs what nobody here can read.
pub(super) async fn sign(key: RsaPrivateKey, blinded: &str) -> Result<String> {
    let wrong = || Error::field("blinded", FieldRule::NotAChoice);
    let bytes = BASE64.decode(blinded).map_err(|_| wrong())?;
    let message = BigUint::from_bytes_be(&bytes);
    if bytes.len() != BITS / 8 || message >= *key.n() {
        return Err(wrong());
    }
    // Under a random blinding of our own: how long it takes says nothing about the key.
    tokio::task::spawn_blocking(move || {
        let signed = rsa_decrypt_and_check(&key, Some(&mut OsRng), &message).map_err(broken)?;
        let bytes = signed.to_bytes_be();
        let padding = vec![0; (BITS / 8).saturating_sub(bytes.len())];
        Ok(BASE64.encode([padding, bytes].concat()))
    })
    .await?
}

/// Whether a token is one of this questionnaire's.
pub(super) fn is_signed(key: &RsaPrivateKey, token: &str, signature: &str) -> bool {
    let (Some(token), Ok(signature)) = (token_bytes(token), BASE64.decode(signature)) else { return false };
    let Ok(signature) = Signature::try_from(signature.as_slice()) else { return false };
    VerifyingKey::<Sha384>::new_with_salt_len(RsaPublicKey::from(key), 0).verify(&token, &signature).is_ok()
}

fn token_bytes(token: &str) -> Option<Vec<u8>> {
    BASE64.decode(token).ok().filter(|bytes| bytes.len() == TOKEN_BYTES)
}

/// What is kept of a token.
pub(super) fn hash(id: &QuestionnaireId, token: &str) -> Option<String> {
    token_bytes(token).map(|bytes| secret::sha256_hex(&[id.as_str().as_bytes(), b" ", &bytes].concat()))
}

/// How somebody stands in the register: without its key nobody knows who it is.
pub(super) fn mark(register_key: &str, citizen: &CitizenId) -> String {
    secret::derived(&format!("register {citizen}"), register_key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn what_is_signed_blindly_is_a_signature_and_nothing_else_is() {
        let key = RsaPrivateKey::from_pkcs8_der(&BASE64.decode(new_key().await.unwrap()).unwrap()).unwrap();
        let token = BASE64.encode([7; TOKEN_BYTES]);
        let short = BASE64.encode([1; 10]);
        assert!(sign(key.clone(), &short).await.is_err() && sign(key.clone(), "?").await.is_err());
        let over = BASE64.encode([255; BITS / 8]);
        assert!(sign(key.clone(), &over).await.is_err(), "no smaller than the modulus");
        for wrong in ["", "AAAA", &over] {
            assert!(!is_signed(&key, &token, wrong));
        }
        // The message as the device makes it, not blinded: the signer cannot tell.
        let signature = rsa::pss::SigningKey::<Sha384>::new_with_salt_len(key.clone(), 0);
        use rsa::signature::{RandomizedSigner, SignatureEncoding};
        let signed = signature.sign_with_rng(&mut OsRng, &[7; TOKEN_BYTES]).to_vec();
        assert!(is_signed(&key, &token, &BASE64.encode(&signed)));
        assert!(!is_signed(&key, &BASE64.encode([8; TOKEN_BYTES]), &BASE64.encode(&signed)));
        // Blinded by r, signed, and unblinded again it is the same signature.
        let (n, e) = (key.n().clone(), key.e().clone());
        let message = BigUint::from_bytes_be(&signed).modpow(&e, &n);
        let r = BigUint::from(65_539_u32);
        let blinded = (&message * r.modpow(&e, &n)) % &n;
        let padded = [vec![0; BITS / 8 - blinded.to_bytes_be().len()], blinded.to_bytes_be()].concat();
        let answer = BigUint::from_bytes_be(&BASE64.decode(sign(key.clone(), &BASE64.encode(padded)).await.unwrap()).unwrap());
        assert_eq!(answer, (BigUint::from_bytes_be(&signed) * r) % n);
    }

    #[test]
    fn the_register_names_nobody_without_its_key() {
        let citizen = CitizenId("0193".into());
        assert_eq!(mark("key", &citizen), mark("key", &citizen));
        assert_ne!(mark("key", &citizen), mark("other", &citizen));
    }
}
