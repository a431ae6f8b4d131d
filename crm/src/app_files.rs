//! The built app as the browser gets it: compressed beforehand, cached for ever or checked every time, pages by any address.
mod range;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// How long a file whose name changes with its content may be kept: a year, and never asked for again.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// May be kept, but the server is asked each time whether it is still the same.
const ASK_FIRST: &str = "no-cache";
/// Addresses that belong to programs: a wrong one is "not found", never a page.
const PROGRAMS: [&str; 2] = ["/api", "/open311"];

/// What is shown when the app has not been built yet.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"it\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n\
    <title>L’app non è ancora pronta</title>\n<h1>L’app non è ancora pronta</h1>\n\
    <p>Il server funziona, ma manca l’app. Nella cartella del progetto scrivi <code>./run</code>: costruisce l’app e la avvia.</p>\n\
    <p lang=\"en\">The server works, but the app has not been built. In the project’s folder type <code>./run</code>: it builds and starts it.</p>\n</html>\n";

/// The files of the app under `folder` (Trunk's output, with `.br` and `.gz` beside each file that is worth it).
///
/// Files are read when they are asked for: a new build shows at once. `GET` and `HEAD` only. An address without a file is a
/// page of the app when a browser navigates to it, its last part has no dot and it is not one for programs; else it is 404.
pub fn service(folder: PathBuf) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(folder))
}

/// Answers one request.
async fn answer(State(folder): State<Arc<PathBuf>>, request: Request<Body>) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let path = request.uri().path();
    let page = is_page(path, request.headers());
    let Ok(root) = tokio::fs::canonicalize(folder.as_path()).await else {
        return if page || path == "/" { not_built() } else { not_found() };
    };
    let mut found = None;
    if let Some(inside) = inside(path) {
        if range::is_archive(&inside) {
            return range::answer(&root, &inside, request.headers()).await.unwrap_or_else(not_found);
        }
        found = read(&root, &inside, request.headers()).await;
    }
    if found.is_none() && page {
        found = read(&root, Path::new("index.html"), request.headers()).await;
        if found.is_none() {
            return not_built();
        }
    }
    match found {
        Some(file) => file.into_response(request.headers()),
        None if path == "/" => not_built(),
        None => not_found(),
    }
}

/// A browser goes to this address to show a page (and does not fetch a part of one).
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let for_programs = PROGRAMS.iter().any(|start| path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let has_extension = path.rsplit('/').next().is_some_and(|last| last.contains('.'));
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let navigates = match text("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => text("accept").is_some_and(|accept| accept.contains("text/html")),
    };
    !for_programs && !has_extension && navigates
}

/// The path of a file inside the folder; none when the address cannot be one (`..`, hidden files, backslashes, bad escapes,
/// and the compressed twins, which have no address of their own).
fn inside(path: &str) -> Option<PathBuf> {
    let path = percent_encoding::percent_decode_str(path).decode_utf8().ok()?;
    let path = if path == "/" { "/index.html" } else { &path };
    let relative = Path::new(path.strip_prefix('/')?);
    let harmless = relative.components().all(|part| match part {
        Component::Normal(name) => !name.as_encoded_bytes().starts_with(b"."),
        _ => false,
    });
    let twin = relative.extension().is_some_and(|extension| extension == "br" || extension == "gz");
    let odd = path.bytes().any(|byte| byte.is_ascii_control() || byte == b'\\') || path.ends_with('/') || path.contains("//");
    (harmless && !twin && !odd).then(|| relative.to_owned())
}

/// The hashes of the one style sheet and the one script inside a page, as a Content-Security-Policy names them (CSP Level 3,
/// "hash-source"): base64 of the SHA-256 of what stands between the tags; empty when there is none. In the answer's extensions, for
/// `headers` to allow these two and nothing else that stands in a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageHashes {
    /// Of the style sheet.
    pub style: String,
    /// Of the start script.
    pub script: String,
}

/// The hashes of what stands in the page as it was built.
fn page_hashes(page: &[u8]) -> PageHashes {
    let page = String::from_utf8_lossy(page);
    let hash = |open: &str, close: &str| {
        let inside = page.split_once(open).and_then(|(_, rest)| rest.split_once(close));
        inside.map_or_else(String::new, |(text, _)| STANDARD.encode(Sha256::digest(text)))
    };
    PageHashes { style: hash("<style>", "</style>"), script: hash("<script type=\"module\">", "</script>") }
}

/// A file as it is going to be sent.
struct Found {
    bytes: Vec<u8>,
    media_type: &'static str,
    encoding: Option<&'static str>,
    hashed: bool,
    hashes: Option<PageHashes>,
}

/// Reads a file, in the best form the browser takes. None when there is none, or when a link leads out of the folder.
async fn read(root: &Path, inside: &Path, headers: &HeaderMap) -> Option<Found> {
    let plain = tokio::fs::canonicalize(root.join(inside)).await.ok()?;
    if !plain.starts_with(root) || !tokio::fs::metadata(&plain).await.ok()?.is_file() {
        return None;
    }
    let name = plain.file_name()?.to_str()?;
    let (media_type, hashed) = (media_type(name), is_hashed(name));
    let hashes = if name == "index.html" { Some(page_hashes(&tokio::fs::read(&plain).await.ok()?)) } else { None };
    for (encoding, ending) in wanted(headers) {
        if let Ok(bytes) = tokio::fs::read(plain.with_file_name(format!("{name}{ending}"))).await {
            return Some(Found { bytes, media_type, encoding: Some(encoding), hashed, hashes });
        }
    }
    let bytes = tokio::fs::read(&plain).await.ok()?;
    Some(Found { bytes, media_type, encoding: None, hashed, hashes })
}

impl Found {
    /// The answer: the file, or "not modified" when the browser has it.
    fn into_response(self, asked: &HeaderMap) -> Response {
        let digest: String = Sha256::digest(&self.bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let tag = format!("\"{digest}\"");
        let caching = if self.hashed { FOR_EVER } else { ASK_FIRST };
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        let known = has(asked, &tag);
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        let hashes = self.hashes.map(Extension);
        if known {
            return (StatusCode::NOT_MODIFIED, hashes, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        if let Some(encoding) = self.encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        (hashes, headers, self.bytes).into_response()
    }
}

/// The browser already has what carries this tag (`If-None-Match`, compared weakly: RFC 9110 §13.1.2).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// The compressions the browser takes, best first (`Accept-Encoding`: RFC 9110 §12.5.3), with the endings of their files.
fn wanted(headers: &HeaderMap) -> Vec<(&'static str, &'static str)> {
    let accepted: Vec<(String, f32)> = headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|item| {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
            (name, weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0)))
        })
        .collect();
    let weight = |name: &str| accepted.iter().find(|(accepted, _)| accepted == name).map(|(_, weight)| *weight);
    let mut wanted: Vec<_> = [("br", ".br"), ("gzip", ".gz")]
        .into_iter()
        .map(|form| (form, weight(form.0).or_else(|| weight("*")).unwrap_or(0.0)))
        .filter(|(_, weight)| *weight > 0.0)
        .collect();
    wanted.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    wanted.into_iter().map(|(form, _)| form).collect()
}

/// The name says which content it is: a dash and 16 hexadecimal digits, as Trunk writes (`filo-0123456789abcdef_bg.wasm`).
fn is_hashed(name: &str) -> bool {
    name.split('-').skip(1).any(|part| {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        digits == 16 && !part.as_bytes().get(16).is_some_and(u8::is_ascii_alphanumeric)
    })
}

/// The media type of a file by its ending.
fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "yml" | "yaml" => "application/yaml",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}

/// 404 in one plain line: whoever asked for a script must not get a page.
fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/plain; charset=utf-8")], "404\n")
        .into_response()
}

/// 503 with how to build the app.
fn not_built() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT)
        .into_response()
}

#[cfg(test)]
#[path = "app_files/tests.rs"]
mod tests;
