//! Who sends a push: the VAPID token and its signature (RFC 8292).
use crate::phone::now;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;
use web_push_native::p256::ecdsa::signature::Verifier;
use web_push_native::p256::ecdsa::{Signature, VerifyingKey};

/// Longest life of a token, in seconds.
const LIFE_MAX: u64 = 24 * 3600;

/// The sender's public key, when the token is theirs, meant for `origin` and still good; otherwise what is wrong.
pub(super) fn check(authorization: &str, origin: &str) -> Result<String, &'static str> {
    let parameters = authorization.strip_prefix("vapid ").ok_or("not vapid")?;
    let one = |name: &str| parameters.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (token, key) = (one("t").ok_or("no token")?, one("k").ok_or("no key")?);
    let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
    let (head, claims) = signed.split_once('.').ok_or("no token")?;
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| "not base64url");
    let verifying = VerifyingKey::from_sec1_bytes(&decode(key)?).map_err(|_| "no key of P-256")?;
    let signature = Signature::from_slice(&decode(signature)?).map_err(|_| "no signature")?;
    verifying.verify(signed.as_bytes(), &signature).map_err(|_| "signed by somebody else")?;
    let read = |text: &str| serde_json::from_slice::<Value>(&decode(text)?).map_err(|_| "not JSON");
    if read(head)?["alg"] != "ES256" {
        return Err("not ES256");
    }
    let claims = read(claims)?;
    if claims["aud"] != origin {
        return Err("meant for another service");
    }
    let (until, now) = (claims["exp"].as_u64().unwrap_or_default(), now());
    if until <= now || until > now + LIFE_MAX {
        return Err("expired, or good for more than a day");
    }
    let subject = claims["sub"].as_str().unwrap_or_default();
    if subject.starts_with("mailto:") || subject.starts_with("https://") { Ok(key.to_owned()) } else { Err("nobody to write to") }
}

/// What a sender puts into `Authorization`.
#[cfg(test)]
pub(super) fn authorization(
    key: &web_push_native::p256::SecretKey,
    signed_by: &web_push_native::p256::SecretKey,
    algorithm: &str,
    claims: &Value,
) -> String {
    use web_push_native::p256::ecdsa::SigningKey;
    use web_push_native::p256::ecdsa::signature::Signer;
    use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let token = format!("{}.{}", part(&serde_json::json!({ "typ": "JWT", "alg": algorithm })), part(claims));
    let signature: Signature = SigningKey::from(signed_by).sign(token.as_bytes());
    let public = BASE64_URL_SAFE_NO_PAD.encode(key.public_key().to_encoded_point(false));
    format!("vapid t={token}.{}, k={public}", BASE64_URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use web_push_native::p256::SecretKey;

    #[test]
    fn a_token_is_taken_only_when_everything_about_it_is_right() {
        let (ours, other) = (SecretKey::random(&mut rand::rngs::OsRng), SecretKey::random(&mut rand::rngs::OsRng));
        let good = json!({ "aud": "https://push.example", "exp": now() + 3600, "sub": "mailto:filo@comune.example" });
        let with = |name: &str, value: Value| {
            let mut claims = good.clone();
            claims[name] = value;
            check(&authorization(&ours, &ours, "ES256", &claims), "https://push.example").err()
        };
        assert_eq!(with("sub", json!("https://comune.example")), None);
        assert_eq!(with("aud", json!("https://other.example")), Some("meant for another service"));
        assert_eq!(with("exp", json!(now() - 1)), Some("expired, or good for more than a day"));
        assert_eq!(with("exp", json!(now() + LIFE_MAX + 60)), Some("expired, or good for more than a day"));
        assert_eq!(with("sub", Value::Null), Some("nobody to write to"));
        let refused = |authorization: &str| check(authorization, "https://push.example").err();
        assert_eq!(refused(&authorization(&ours, &other, "ES256", &good)), Some("signed by somebody else"));
        assert_eq!(refused(&authorization(&ours, &ours, "none", &good)), Some("not ES256"));
        assert_eq!(refused("Bearer abc"), Some("not vapid"));
        assert_eq!(refused("vapid t=a.b.c"), Some("no key"));
    }
}
