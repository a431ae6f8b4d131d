//! What a program sends: a form, or a form in parts with photos in it (`media`), which only a client with an api_key may send.
//!
//! What arrives is in memory before its parts are told apart: so much as photos need is taken only from whoever has shown a known
//! api_key in the address, before the first byte.
use super::wire::Refused;
use super::{Asked, Pairs};
use crate::error::Error;
use crate::state::Crm;
use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, Form, FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use contract::attachments::BYTES_MAX;
use contract::reports::PHOTOS_MAX;
use http_body_util::Limited;

/// Most bytes of all fields but photos, their names included.
const TEXT_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of a whole request by whom nobody knows yet: the fields, and what stands between them.
const UNKNOWN_BYTES_MAX: usize = 2 * TEXT_BYTES_MAX;
/// Most bytes of a whole request by a known client: as many photos as a report has, and the fields.
const KNOWN_BYTES_MAX: usize = PHOTOS_MAX * BYTES_MAX as usize + UNKNOWN_BYTES_MAX;

/// A photo that came with a request.
pub(super) struct Media {
    /// Its name there.
    pub(super) name: String,
    /// Its bytes, unchecked.
    pub(super) bytes: Vec<u8>,
}

/// The fields and the photos of a request. What the address says (`query`) counts as a field, after those of the body.
pub(super) async fn read(crm: &Crm, query: Pairs, request: Request) -> Result<(Asked, Vec<Media>), Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("multipart/form-data") {
        return in_parts(crm, query, request).await;
    }
    let pairs = if kind.is_empty() {
        Vec::new()
    } else {
        let request = request.map(|body| Body::new(Limited::new(body, TEXT_BYTES_MAX)));
        let Form(pairs) = Form::<Pairs>::from_request(request, &()).await.map_err(|rejection| {
            let why = "the body is a form (application/x-www-form-urlencoded, or multipart/form-data with media)";
            Refused::new(rejection.status(), why)
        })?;
        pairs
    };
    Ok((Asked::new(crm, pairs.into_iter().chain(query).collect()), Vec::new()))
}

async fn in_parts(crm: &Crm, query: Pairs, mut request: Request) -> Result<(Asked, Vec<Media>), Refused> {
    let is_known = Asked::new(crm, query.clone()).client.is_some();
    DefaultBodyLimit::max(if is_known { KNOWN_BYTES_MAX } else { UNKNOWN_BYTES_MAX }).apply(&mut request);
    let mut parts =
        Multipart::from_request(request, &()).await.map_err(|rejection| Refused::new(rejection.status(), "the form has no boundary"))?;
    let (mut pairs, mut media, mut text_bytes) = (Pairs::new(), Vec::new(), 0);
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        // A part without name or value costs something all the same.
        text_bytes += name.len() + part.file_name().unwrap_or_default().len() + 1;
        let left = TEXT_BYTES_MAX.checked_sub(text_bytes).ok_or_else(too_much)?;
        if name == "media" {
            // No photo is looked at before it is known whose it is.
            let before = pairs.iter().chain(&query).cloned().collect();
            if Asked::new(crm, before).client.is_none() {
                return Err(Refused::new(StatusCode::FORBIDDEN, "a known api_key must come before media"));
            }
            let name = part.file_name().unwrap_or_default().to_owned();
            let bytes = whole(&mut part, usize::try_from(BYTES_MAX).unwrap_or(usize::MAX), "media").await?;
            if media.len() == PHOTOS_MAX {
                return Err(Refused::new(StatusCode::BAD_REQUEST, &format!("media: at most {PHOTOS_MAX} photos")));
            }
            media.push(Media { name, bytes });
        } else {
            let bytes = whole(&mut part, left, &name).await?;
            text_bytes += bytes.len();
            let value = String::from_utf8(bytes).map_err(|_| Refused::new(StatusCode::BAD_REQUEST, &format!("{name} is no UTF-8 text")))?;
            pairs.push((name, value));
        }
    }
    // An empty field for a photo is a form that was sent without one.
    media.retain(|media: &Media| !media.bytes.is_empty());
    pairs.extend(query);
    Ok((Asked::new(crm, pairs), media))
}

/// The bytes of a part, up to a limit.
async fn whole(part: &mut Field<'_>, limit: usize, name: &str) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > limit {
            return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, &format!("{name} is too large: at most {limit} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn too_much() -> Refused {
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too many fields, or names that are too long")
}

fn broken(error: MultipartError) -> Refused {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let why = "the request is too large: with photos, a known api_key stands in the address (?api_key=)";
        return Refused::new(error.status(), why);
    }
    if error.status().is_server_error() {
        return Error::Internal(error.to_string()).into();
    }
    Refused::new(error.status(), "the form ends too early, or its parts cannot be read")
}
