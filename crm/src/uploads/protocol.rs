//! The words of tus 1.0 in requests and answers (<https://tus.io/protocols/resumable-upload>).
use crate::clock::{instant, later};
use crate::error::{Error, Result};
use crate::state::Crm;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use contract::headers::{TUS_RESUMABLE, TUS_VERSION as TUS_VERSIONS, UPLOAD_CHECKSUM, UPLOAD_EXPIRES};
use contract::problem::FieldRule;
use contract::uploads::{PIECE_MEDIA_TYPE, TUS_VERSION};
use contract::{FieldProblem, UtcTime};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A request that speaks our version.
pub struct Tus;

impl<S: Send + Sync> FromRequestParts<S> for Tus {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match parts.headers.get(TUS_RESUMABLE) {
            Some(version) if version == TUS_VERSION => Ok(Self),
            _ => Err(Error::TusVersion),
        }
    }
}

/// Every answer says our version.
pub async fn versioned(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static(TUS_RESUMABLE), HeaderValue::from_static(TUS_VERSION));
    headers.insert(HeaderName::from_static(TUS_VERSIONS), HeaderValue::from_static(TUS_VERSION));
    response
}

/// A count in a header. None when it is absent.
///
/// # Errors
/// [`Error::Malformed`] when it is no count.
pub fn count(headers: &HeaderMap, name: &'static str) -> Result<Option<u64>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    let digits = value.to_str().ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let count = digits.and_then(|digits| digits.parse().ok());
    count.map(Some).ok_or_else(|| malformed(name))
}

/// A header that must be there and is not, or is not what it should be.
pub fn malformed(name: &str) -> Error {
    Error::Malformed(vec![FieldProblem::new(name, FieldRule::NotAChoice)])
}

/// Whether the body is a piece of a file.
pub fn is_piece(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == PIECE_MEDIA_TYPE)
}

/// The checksum that a piece must have.
pub struct Checksum {
    expected: Vec<u8>,
    hasher: Hasher,
}

enum Hasher {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Checksum {
    /// The one a request names, if it does.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an algorithm we do not know, or a digest that is none.
    pub fn of(headers: &HeaderMap) -> Result<Option<Self>> {
        let Some(value) = headers.get(UPLOAD_CHECKSUM) else { return Ok(None) };
        let wrong = || malformed(UPLOAD_CHECKSUM);
        let (algorithm, digest) = value.to_str().ok().and_then(|value| value.trim().split_once(' ')).ok_or_else(wrong)?;
        let hasher = match algorithm {
            "sha1" => Hasher::Sha1(Sha1::new()),
            "sha256" => Hasher::Sha256(Sha256::new()),
            _ => return Err(wrong()),
        };
        let expected = BASE64_STANDARD.decode(digest.trim()).map_err(|_| wrong())?;
        Ok(Some(Self { expected, hasher }))
    }

    /// Takes some more bytes of the piece.
    pub fn add(&mut self, bytes: &[u8]) {
        match &mut self.hasher {
            Hasher::Sha1(hasher) => hasher.update(bytes),
            Hasher::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// Whether the piece was what it should be.
    pub fn fits(self) -> bool {
        let digest = match self.hasher {
            Hasher::Sha1(hasher) => hasher.finalize().to_vec(),
            Hasher::Sha256(hasher) => hasher.finalize().to_vec(),
        };
        digest.ct_eq(&self.expected).into()
    }
}

/// Seconds for which an unfinished upload can go on after its last piece.
pub const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// Until when an upload that was touched now can go on.
pub fn expiry(crm: &Crm) -> UtcTime {
    crate::clock::utc(later(crm.clock.now(), KEPT_SECONDS))
}

/// Says until when an upload can go on (RFC 9110 §5.6.7).
pub fn say_expiry(headers: &mut HeaderMap, expires_at: &str) {
    let date = instant(expires_at).map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(date) = date.and_then(|date| HeaderValue::from_str(&date).ok()) {
        headers.insert(HeaderName::from_static(UPLOAD_EXPIRES), date);
    }
}
