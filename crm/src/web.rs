//! JSON in and out: extractors that fail as problems, answers with an ETag, files as downloads.
use crate::db::is_id;
use crate::error::{Error, Result};
use axum::Json;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncReadExt;

/// Answers about a person: nobody on the way may keep them.
pub const NO_STORE: &str = "no-store";
/// Answers that are the same for everybody: kept for five minutes, then checked while the old one still serves.
pub const PUBLIC: &str = "public, max-age=300, stale-while-revalidate=86400";

/// A long download is read in pieces of so many bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// The JSON body of a request.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let Json(body) = Json::<T>::from_request(request, state).await?;
        Ok(Self(body))
    }
}

/// The query string of a request.
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let Query(asked) = Query::<T>::from_request_parts(parts, state).await?;
        Ok(Self(asked))
    }
}

/// The identifiers in a path. One that cannot be an identifier does not exist.
pub struct At<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let parameters = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        if !parameters.iter().all(|(_, value)| is_id(value)) {
            return Err(Error::NotFound);
        }
        let Path(at) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(at))
    }
}

/// `?language=` of reads that contain words; Italian when absent.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InLanguage {
    /// Language of the words, BCP 47 ("it").
    #[serde(default)]
    pub language: String,
}

/// A value as JSON with a weak ETag, or 304 when the browser has it already.
///
/// # Errors
/// When the value cannot be written as JSON.
pub fn tagged(asked: &HeaderMap, caching: &'static str, value: &impl Serialize) -> Result<Response> {
    let body = serde_json::to_vec(value)?;
    let hash = crate::secret::sha256_hex(&body);
    under_tag(asked, caching, &format!("W/\"{}\"", hash.get(..24).unwrap_or(&hash)), body)
}

/// The tag of a version that is counted.
pub fn version_tag(version: u32) -> String {
    format!("\"{version}\"")
}

/// JSON under a tag, or 304 when the browser has it already.
///
/// # Errors
/// When the tag cannot stand in a header.
pub fn under_tag(asked: &HeaderMap, caching: &'static str, tag: &str, body: Vec<u8>) -> Result<Response> {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    let known = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag.trim_start_matches("W/"));
    headers.insert(header::ETAG, HeaderValue::from_str(tag).map_err(|error| Error::Internal(error.to_string()))?);
    if known {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok((headers, body).into_response())
}

/// Somebody's file as a download: never a page of this site, whatever is in it.
///
/// # Errors
/// When the name or type cannot stand in a header.
pub fn download(name: &str, media_type: &str, bytes: Vec<u8>) -> Result<Response> {
    Ok((download_headers(name, media_type)?, bytes).into_response())
}

/// A large file as a download, read as it is sent. `bytes`: its length.
///
/// # Errors
/// When the name or type cannot stand in a header.
pub fn long_download(name: &str, media_type: &str, (file, bytes): (tokio::fs::File, u64)) -> Result<Response> {
    let pieces = futures_util::stream::try_unfold(file, |mut file| async move {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let read = (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece).await?;
        Ok::<_, std::io::Error>((read > 0).then_some((piece, file)))
    });
    let mut headers = HeaderMap::from_iter(download_headers(name, media_type)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    Ok((headers, axum::body::Body::from_stream(pieces)).into_response())
}

fn download_headers(name: &str, media_type: &str) -> Result<[(HeaderName, HeaderValue); 4]> {
    let name: String = name.chars().filter(|c| contract::text::is_safe(*c) && !c.is_control()).collect();
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", contract::paths::escape(&name));
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Error::Internal(error.to_string()));
    Ok([
        (header::CONTENT_TYPE, value(media_type)?),
        (header::CONTENT_DISPOSITION, value(&disposition)?),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(crate::headers::USER_FILE_POLICY)),
        (header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE)),
    ])
}

/// The value of a cookie of the request.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|value| value.split(';')).find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The token of `Authorization: Bearer`.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    Some(headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("x__Host-sid=1; __Host-sid2=2; __Host-sid=3"));
        assert_eq!(cookie(&headers, "__Host-sid"), Some("3"));
        assert_eq!(cookie(&headers, "sid"), None);
    }

    #[test]
    fn a_download_s_name_stays_inside_its_header() {
        let response = download("Età \"a\"\r\nX: y.pdf", "application/pdf", vec![]).expect("a response");
        let disposition = response.headers().get("content-disposition").and_then(|value| value.to_str().ok());
        assert_eq!(disposition, Some("attachment; filename=\"Et_ _a_X_ y.pdf\"; filename*=UTF-8''Et%C3%A0%20%22a%22X%3A%20y.pdf"));
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let first = tagged(&HeaderMap::new(), NO_STORE, &[1, 2]).expect("a response");
        let mut asked = HeaderMap::new();
        asked.insert(header::IF_NONE_MATCH, first.headers().get(header::ETAG).expect("a tag").clone());
        assert_eq!(tagged(&asked, NO_STORE, &[1, 2]).expect("a response").status(), StatusCode::NOT_MODIFIED);
        assert_eq!(tagged(&asked, NO_STORE, &[1, 3]).expect("a response").status(), StatusCode::OK);
    }
}
