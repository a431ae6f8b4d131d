//! Archives that are read piece by piece (a map's PMTiles): byte ranges as RFC 9110 §14 says, straight from the disk.
use super::ASK_FIRST;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::io::SeekFrom;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, Take};

/// The endings of files that are served here.
const ENDINGS: [&str; 1] = ["pmtiles"];
/// The most that one answer carries, in bytes: who wants more of an archive asks again.
const PIECE_BYTES_MAX: u64 = 8 << 20;
/// How much is read from the disk at a time, in bytes.
const CHUNK_BYTES: usize = 1 << 16;

/// What of a file is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// All of it: no range, or one that is not understood and may be ignored (RFC 9110 §14.2).
    All,
    /// From the first to the last byte, both included.
    Piece(u64, u64),
    /// Nothing that there is.
    Beyond,
}

/// Whether a file is an archive that is read piece by piece.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
}

/// The answer for an archive under `root`; none when there is no such file, or a link leads out of the folder.
pub async fn answer(root: &Path, inside: &Path, asked: &HeaderMap) -> Option<Response> {
    let path = tokio::fs::canonicalize(root.join(inside)).await.ok()?;
    let mut file = File::open(&path).await.ok().filter(|_| path.starts_with(root))?;
    let facts = file.metadata().await.ok().filter(std::fs::Metadata::is_file)?;
    let size = facts.len();
    // An archive is too large to be read for its tag: its size and the moment it was written tell it from another.
    let written = facts.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?.as_nanos();
    let tag = format!("\"{size:x}-{written:x}\"");
    let mut headers = HeaderMap::new();
    let mut put = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    put(header::CACHE_CONTROL, ASK_FIRST.to_owned());
    put(header::ACCEPT_RANGES, "bytes".to_owned());
    put(header::ETAG, tag.clone());
    if super::has(asked, &tag) {
        return Some((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let (status, first, last) = match range(asked, size, &tag) {
        Asked::All if size == 0 => return Some((StatusCode::OK, headers).into_response()),
        Asked::All => (StatusCode::OK, 0, size - 1),
        Asked::Piece(first, last) => (StatusCode::PARTIAL_CONTENT, first, last.min(first + PIECE_BYTES_MAX - 1)),
        Asked::Beyond => {
            put(header::CONTENT_RANGE, format!("bytes */{size}"));
            return Some((StatusCode::RANGE_NOT_SATISFIABLE, headers).into_response());
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        put(header::CONTENT_RANGE, format!("bytes {first}-{last}/{size}"));
    }
    put(header::CONTENT_TYPE, "application/octet-stream".to_owned());
    put(header::CONTENT_LENGTH, (last - first + 1).to_string());
    file.seek(SeekFrom::Start(first)).await.ok()?;
    Some((status, headers, streamed(file.take(last - first + 1))).into_response())
}

/// What is left of a file, chunk by chunk.
fn streamed(file: Take<File>) -> Body {
    Body::from_stream(futures_util::stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        let read = file.read(&mut chunk).await?;
        chunk.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then_some((chunk, file)))
    }))
}

/// What is asked of a file of that size: one range of bytes. Several at once are answered with the whole file, as the standard allows.
fn range(asked: &HeaderMap, size: u64, tag: &str) -> Asked {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Asked::All;
    }
    let Some((first, last)) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")).and_then(|range| range.split_once('-'))
    else {
        return Asked::All;
    };
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if last < first => Asked::All,
        (Ok(first), _) if first >= size && (last.is_empty() || last.parse::<u64>().is_ok()) => Asked::Beyond,
        (Ok(first), Ok(last)) => Asked::Piece(first, last.min(size - 1)),
        (Ok(first), _) if last.is_empty() => Asked::Piece(first, size - 1),
        (_, Ok(0)) if first.is_empty() => Asked::Beyond,
        (_, Ok(_)) if first.is_empty() && size == 0 => Asked::Beyond,
        (_, Ok(tail)) if first.is_empty() => Asked::Piece(size.saturating_sub(tail), size - 1),
        _ => Asked::All,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    const CONTENT: &[u8] = b"0123456789";

    async fn ask(headers: &[(&str, &str)]) -> (u16, String, String, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("town.pmtiles"), CONTENT).unwrap();
        std::fs::write(folder.path().join("town.pmtiles.br"), "a twin that must not be sent").unwrap();
        let mut request = Request::builder().uri("/town.pmtiles").header("accept-encoding", "br");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let service = super::super::service(folder.path().to_owned());
        let (parts, body) = service.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
        let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(header("accept-ranges"), "bytes");
        assert_eq!(header("content-encoding"), "");
        (parts.status.as_u16(), header("content-range"), text, header("etag"))
    }

    #[tokio::test]
    async fn a_piece_is_a_piece_and_everything_else_is_the_whole_or_nothing() {
        for (asked, status, range, text) in [
            ("bytes=0-3", 206, "bytes 0-3/10", "0123"),
            ("bytes=4-4", 206, "bytes 4-4/10", "4"),
            ("bytes=7-", 206, "bytes 7-9/10", "789"),
            ("bytes=7-900", 206, "bytes 7-9/10", "789"),
            ("bytes=-3", 206, "bytes 7-9/10", "789"),
            ("bytes=-900", 206, "bytes 0-9/10", "0123456789"),
            ("bytes=10-", 416, "bytes */10", ""),
            ("bytes=10-12", 416, "bytes */10", ""),
            ("bytes=-0", 416, "bytes */10", ""),
            ("bytes=5-2", 200, "", "0123456789"),
            ("bytes=0-1,4-5", 200, "", "0123456789"),
            ("bytes=x-2", 200, "", "0123456789"),
            ("bytes=", 200, "", "0123456789"),
            ("lines=0-3", 200, "", "0123456789"),
            ("bytes=99999999999999999999-", 200, "", "0123456789"),
        ] {
            let (got, got_range, got_text, _) = ask(&[("range", asked)]).await;
            assert_eq!((got, got_range.as_str(), got_text.as_str()), (status, range, text), "{asked}");
        }
        assert_eq!(ask(&[]).await.2.as_bytes(), CONTENT);
    }

    #[tokio::test]
    async fn a_piece_of_another_archive_is_never_mixed_in() {
        let (status, _, text, _) = ask(&[("range", "bytes=0-3"), ("if-range", "\"other\"")]).await;
        assert_eq!((status, text.len()), (200, CONTENT.len()));
        let (.., tag) = ask(&[]).await;
        assert!(tag.starts_with("\"a-"), "{tag}: size, then time");
    }

    #[tokio::test]
    async fn no_archive_is_no_page() {
        let folder = tempfile::tempdir().unwrap();
        let request = Request::builder().uri("/gone.pmtiles").header("range", "bytes=0-3").body(Body::empty()).unwrap();
        let response = super::super::service(folder.path().to_owned()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
