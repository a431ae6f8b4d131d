//! Random values that are hard to guess, their hashes, and sealing a text under one of them.
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 256 random bits in URL-safe base64 (43 characters).
///
/// # Errors
/// When the operating system has no randomness to give.
pub fn random() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// A secret made from another one for a purpose, in URL-safe base64: the same every time, and no way back.
pub fn derived(purpose: &str, secret: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(sha256(format!("{purpose}:{secret}").as_bytes()))
}

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// SHA-256 of some bytes, in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    sha256(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads 32 bytes from 64 hexadecimal digits.
pub fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

/// Seals a text so that only who holds `secret` reads it (AES-256-GCM). `None` when there is no randomness.
pub fn seal(secret: &str, text: &str) -> Option<String> {
    let mut nonce = [0; 12];
    getrandom::fill(&mut nonce).ok()?;
    let sealed = cipher(secret).encrypt(Nonce::from_slice(&nonce), text.as_bytes()).ok()?;
    Some(BASE64_URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] sealed. `None` when the secret is another one or the text was changed.
pub fn open(secret: &str, sealed: &str) -> Option<String> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(12)?;
    String::from_utf8(cipher(secret).decrypt(Nonce::from_slice(nonce), sealed).ok()?).ok()
}

/// The key is another hash of the secret than the one kept in the database, so the database alone opens nothing.
fn cipher(secret: &str) -> Aes256Gcm {
    Aes256Gcm::new(&sha256(format!("seal:{secret}").as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_secret_only() {
        let sealed = seal("secret", "token").expect("sealed");
        assert_eq!(open("secret", &sealed).as_deref(), Some("token"));
        assert_eq!(open("other", &sealed), None);
        assert_eq!(open("secret", "AAAA"), None);
    }

    #[test]
    fn hexadecimal_goes_there_and_back() {
        assert_eq!(from_hex(&sha256_hex(b"filo")), Some(sha256(b"filo")));
        assert_eq!(from_hex("zz"), None);
    }
}
