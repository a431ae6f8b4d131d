//! Words that only one browser can read (RFC 8291), as one record of aes128gcm (RFC 8188).
use crate::outbox::Outcome;
use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes128Gcm, Nonce};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use contract::push::Subscription;
use hkdf::Hkdf;
use p256::elliptic_curve::Generate;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;

/// Most bytes of a whole body: what every push service must take (RFC 8030 §7.2), and the record size that is written.
const BODY_BYTES_MAX: u32 = 4096;
/// Before the record: salt, record size, length of the key, our key of this one push.
const HEAD_BYTES: usize = 16 + 4 + 1 + KEY_BYTES;
/// A whole point of P-256.
const KEY_BYTES: usize = 65;
/// Marks the end of the words in the last record (RFC 8188 §2).
const LAST_RECORD: u8 = 2;
/// What encryption adds to the words and their end mark.
const TAG_BYTES: usize = 16;

/// Why something cannot be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unsent {
    /// More than fits into a body.
    TooLong,
    /// The browser's keys are none.
    NoKeys,
    /// No randomness, or the cipher failed.
    Failed,
}

impl From<Unsent> for Outcome {
    fn from(unsent: Unsent) -> Self {
        match unsent {
            Unsent::TooLong => Self::Never("more than a push can hold".to_owned()),
            Unsent::NoKeys => Self::Never("the browser's keys cannot be used".to_owned()),
            Unsent::Failed => Self::Later("a push could not be encrypted".to_owned()),
        }
    }
}

/// A new private key. `None` when there is no randomness.
pub(super) fn random_key() -> Option<SecretKey> {
    SecretKey::try_generate().ok()
}

/// The body of a push, with a key and a salt of its own.
pub(super) fn encrypt(subscription: &Subscription, payload: &[u8]) -> Result<Vec<u8>, Unsent> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt).map_err(|_| Unsent::Failed)?;
    encrypt_with(&random_key().ok_or(Unsent::Failed)?, salt, subscription, payload)
}

fn encrypt_with(ours: &SecretKey, salt: [u8; 16], subscription: &Subscription, payload: &[u8]) -> Result<Vec<u8>, Unsent> {
    if HEAD_BYTES + payload.len() + 1 + TAG_BYTES > BODY_BYTES_MAX as usize {
        return Err(Unsent::TooLong);
    }
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| Unsent::NoKeys);
    let (key, auth) = (decode(&subscription.p256dh)?, decode(&subscription.auth)?);
    if key.len() != KEY_BYTES || auth.len() != 16 {
        return Err(Unsent::NoKeys);
    }
    let theirs = PublicKey::from_sec1_bytes(&key).map_err(|_| Unsent::NoKeys)?;
    let public = ours.public_key().to_sec1_bytes();
    let shared = ours.diffie_hellman(&theirs);
    let info = [b"WebPush: info\0", key.as_slice(), &public].concat();
    let secret: [u8; 32] = derived(&auth, shared.raw_secret_bytes(), &info)?;
    let content_key: [u8; 16] = derived(&salt, &secret, b"Content-Encoding: aes128gcm\0")?;
    let nonce: [u8; 12] = derived(&salt, &secret, b"Content-Encoding: nonce\0")?;
    let words = [payload, &[LAST_RECORD]].concat();
    let sealed = Aes128Gcm::new(&content_key.into()).encrypt(Nonce::from_slice(&nonce), words.as_slice()).map_err(|_| Unsent::Failed)?;
    Ok([&salt, &BODY_BYTES_MAX.to_be_bytes()[..], &[KEY_BYTES as u8], &public, &sealed].concat())
}

/// Bytes derived from a secret for a purpose (HKDF with SHA-256, RFC 5869).
fn derived<const N: usize>(salt: &[u8], secret: &[u8], purpose: &[u8]) -> Result<[u8; N], Unsent> {
    let mut bytes = [0; N];
    Hkdf::<Sha256>::new(Some(salt), secret).expand(purpose, &mut bytes).map_err(|_| Unsent::Failed)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The browser of RFC 8291 §5 and appendix A.
    fn browser() -> Subscription {
        Subscription {
            endpoint: "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV".into(),
            p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4".into(),
            auth: "BTBZMqHH6r4Tts7J_aSIgg".into(),
        }
    }

    #[test]
    fn the_example_of_rfc_8291_comes_out_byte_by_byte() {
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url");
        let ours = SecretKey::from_slice(&decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).expect("a key");
        let salt = decode("DGv6ra1nlYgDCS1FRnbzlw").try_into().expect("16 bytes");
        let body = encrypt_with(&ours, salt, &browser(), b"When I grow up, I want to be a watermelon").expect("encrypted");
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_\
            yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn a_body_is_never_longer_than_a_push_service_must_take() {
        assert_eq!(encrypt(&browser(), &[b'x'; 3993]).map(|body| body.len()), Ok(4096));
        assert_eq!(encrypt(&browser(), &[b'x'; 3994]), Err(Unsent::TooLong));
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        let off_the_curve = BASE64_URL_SAFE_NO_PAD.encode([4; 65]);
        let compressed = BASE64_URL_SAFE_NO_PAD.encode([&[2][..], &[7; 32]].concat());
        for p256dh in ["", "no base64!", "AAAA", &off_the_curve, &compressed] {
            assert_eq!(encrypt(&Subscription { p256dh: p256dh.into(), ..browser() }, b""), Err(Unsent::NoKeys), "{p256dh}");
        }
        assert_eq!(encrypt(&Subscription { auth: "AAAA".into(), ..browser() }, b""), Err(Unsent::NoKeys));
    }
}
