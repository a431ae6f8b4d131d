//! The security headers of every answer: what a page may load, who may frame it, what it may ask of the device.
use crate::app_files::PageHashes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use tower::util::MapResponseLayer;

/// What a municipality may change in the headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Other hosts whose images may be shown (map tiles, say): `tiles.example.org`, `https://*.example.org:8443`.
    pub image_hosts: Vec<String>,
    /// Other hosts that the app may ask for data, written the same way.
    pub connect_hosts: Vec<String>,
    /// The site is reached over HTTPS: browsers are told to use nothing else for two years.
    pub https: bool,
}

/// The configuration names something that is not a host.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Error {
    /// Not `host`, `host:port`, `*.host` or one of these after `https://` (after `http://` only for this very machine).
    #[error("not a host that a page may be allowed to reach: {0:?}")]
    Host(String),
}

/// Everything a page here never asks of the device; the camera and the position are asked for photos and places of reports.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), accelerometer=(), display-capture=(), encrypted-media=(), \
    gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), screen-wake-lock=(), serial=(), \
    usb=(), xr-spatial-tracking=()";

/// Two years, the least that browsers' lists of HTTPS-only sites ask for. `preload` is left to who owns the whole domain.
const HTTPS_ONLY: &str = "max-age=63072000; includeSubDomains";

/// What user files are answered with: whatever is in them, it is not a page of this site.
pub const USER_FILE_POLICY: &str = "sandbox; default-src 'none'; frame-ancestors 'none'";

/// The layer that puts the headers on every answer. It must be the outermost one, so that refusals of other layers (too
/// large, a panic caught) carry them too. An answer that has its own Content-Security-Policy keeps it.
///
/// # Errors
/// [`Error::Host`] when a configured host is not one: nothing but hosts gets into a header.
pub fn layer(policy: &Policy) -> Result<MapResponseLayer<impl Fn(Response) -> Response + Clone + Send + Sync + 'static>, Error> {
    let text = content_policy(policy)?;
    let content = HeaderValue::from_str(&text).map_err(|_| Error::Host(text.clone()))?;
    let https = policy.https;
    Ok(MapResponseLayer::new(move |mut response: Response| {
        let own = response.extensions().get::<PageHashes>().and_then(|hashes| with_hashes(&text, hashes));
        let headers = response.headers_mut();
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert_with(|| own.unwrap_or_else(|| content.clone()));
        for (name, value) in fixed() {
            headers.insert(name, value);
        }
        if https {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS_ONLY));
        }
        response
    }))
}

/// The headers that are the same everywhere. `Referrer-Policy` is `same-origin` and not `no-referrer`, because under the
/// latter browsers send `Origin: null` with everything that is neither GET nor a CORS request (Fetch, "serializing a request
/// origin"), and the check against forged requests would lose its evidence; to other sites nothing is told either way.
fn fixed() -> [(HeaderName, HeaderValue); 5] {
    [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
    ]
}

/// The Content-Security-Policy: nothing, then what the app needs. No inline script or style but a page's own by hash, no `eval`; one Trusted Types
/// policy (`default`, made by the app's boot file), because Leptos fills templates through `innerHTML`.
fn content_policy(policy: &Policy) -> Result<String, Error> {
    let images = sources(&policy.image_hosts)?;
    let connections = sources(&policy.connect_hosts)?;
    Ok(format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:{images}; font-src 'self'; \
         connect-src 'self'{connections}; worker-src 'self'; manifest-src 'self'; base-uri 'none'; object-src 'none'; \
         frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types default"
    ))
}

/// The policy of a page that carries its style sheet and its start script in itself: those two, by their hashes, and no others.
fn with_hashes(policy: &str, hashes: &PageHashes) -> Option<HeaderValue> {
    let mut policy = policy.to_owned();
    for (directive, hash) in [("style-src 'self'", &hashes.style), ("script-src 'self' 'wasm-unsafe-eval'", &hashes.script)] {
        if !hash.is_empty() {
            policy = policy.replace(directive, &format!("{directive} 'sha256-{hash}'"));
        }
    }
    HeaderValue::from_str(&policy).ok()
}

/// Hosts as source expressions, each with a space before it.
fn sources(hosts: &[String]) -> Result<String, Error> {
    hosts.iter().map(|host| source(host).map(|source| format!(" {source}"))).collect()
}

/// One host as a source expression with its scheme; anything that is not plainly a host is refused.
fn source(host: &str) -> Result<String, Error> {
    let refused = || Error::Host(host.to_owned());
    let (scheme, rest) = host.split_once("://").unwrap_or(("https", host));
    let (name, port) = match rest.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (rest, None),
    };
    let this_machine = matches!(name, "localhost" | "127.0.0.1");
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let labels = name.strip_prefix("*.").unwrap_or(name);
    let named = name.len() <= 253 && labels.split('.').all(label) && (this_machine || labels.contains('.'));
    let numbered = port.is_none_or(|port| port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    if named && numbered && (scheme == "https" || (scheme == "http" && this_machine)) {
        Ok(format!("{scheme}://{rest}"))
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::extract::DefaultBodyLimit;
    use axum::http::{Request, StatusCode};
    use axum::routing::{get, post};
    use tower::ServiceExt;

    /// A site with an answer of every sort, behind the layer.
    fn site(policy: &Policy) -> Router {
        Router::new()
            .route("/", get(|| async { "ok" }))
            .route("/same", get(|| async { StatusCode::NOT_MODIFIED }))
            .route("/broken", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .route("/send", post(|body: String| async move { body }).layer(DefaultBodyLimit::max(10)))
            .route("/file", get(|| async { ([(header::CONTENT_SECURITY_POLICY, USER_FILE_POLICY)], "file") }))
            .layer(layer(policy).unwrap())
    }

    async fn answer(policy: &Policy, method: &str, path: &str) -> Response {
        let body = if method == "POST" { Body::from(vec![b'a'; 1000]) } else { Body::empty() };
        site(policy).oneshot(Request::builder().method(method).uri(path).body(body).unwrap()).await.unwrap()
    }

    fn value<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[tokio::test]
    async fn every_answer_carries_the_whole_set() {
        let policy = Policy { https: true, ..Policy::default() };
        let asked = [
            ("GET", "/", 200),
            ("GET", "/nowhere", 404),
            ("GET", "/same", 304),
            ("GET", "/broken", 500),
            ("POST", "/send", 413),
            ("PUT", "/", 405),
        ];
        for (method, path, status) in asked {
            let response = answer(&policy, method, path).await;
            assert_eq!(response.status().as_u16(), status, "{path}");
            assert!(
                value(&response, "content-security-policy").starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';"),
                "{path}"
            );
            assert_eq!(value(&response, "x-content-type-options"), "nosniff", "{path}");
            assert_eq!(value(&response, "referrer-policy"), "same-origin", "{path}");
            assert_eq!(value(&response, "cross-origin-opener-policy"), "same-origin", "{path}");
            assert_eq!(value(&response, "cross-origin-resource-policy"), "same-origin", "{path}");
            assert!(value(&response, "permissions-policy").contains("camera=(self), geolocation=(self)"), "{path}");
            assert!(value(&response, "permissions-policy").contains("microphone=()"), "{path}");
            assert_eq!(value(&response, "strict-transport-security"), HTTPS_ONLY, "{path}");
        }
    }

    #[tokio::test]
    async fn plain_http_is_not_told_to_become_https() {
        let response = answer(&Policy::default(), "GET", "/").await;
        assert!(!response.headers().contains_key("strict-transport-security"));
    }

    #[tokio::test]
    async fn a_file_of_a_user_keeps_its_stricter_policy() {
        let response = answer(&Policy::default(), "GET", "/file").await;
        let all: Vec<_> = response.headers().get_all("content-security-policy").iter().collect();
        assert_eq!(all, [USER_FILE_POLICY]);
        assert_eq!(value(&response, "x-content-type-options"), "nosniff");
    }

    #[tokio::test]
    async fn only_what_stands_in_the_page_is_allowed_by_its_hash() {
        let hashes = PageHashes { style: "c3R5bGU=".to_owned(), script: "c2NyaXB0".to_owned() };
        let page = get(|| async { axum::Extension(hashes) });
        let site = Router::new().route("/page", page).layer(layer(&Policy::default()).unwrap());
        let response = site.oneshot(Request::get("/page").body(Body::empty()).unwrap()).await.unwrap();
        let policy = value(&response, "content-security-policy");
        assert!(policy.contains("; style-src 'self' 'sha256-c3R5bGU='; img-src"), "{policy}");
        assert!(policy.contains("; script-src 'self' 'wasm-unsafe-eval' 'sha256-c2NyaXB0'; "), "{policy}");
        assert!(!value(&answer(&Policy::default(), "GET", "/").await, "content-security-policy").contains("sha256"));
    }

    #[test]
    fn the_policy_allows_no_inline_code_and_one_trusted_types_policy() {
        let content = content_policy(&Policy::default()).unwrap();
        assert!(
            !content.contains("unsafe-inline")
                && !content.contains("'unsafe-eval'")
                && !content.contains("data:")
                && !content.contains('*')
        );
        let directive = |name: &str| content.split("; ").find(|part| part.split(' ').next() == Some(name)).unwrap().to_owned();
        assert_eq!(directive("require-trusted-types-for"), "require-trusted-types-for 'script'");
        assert_eq!(directive("trusted-types"), "trusted-types default");
        assert_eq!(directive("img-src"), "img-src 'self' blob:");
        assert_eq!(directive("connect-src"), "connect-src 'self'");
        for closed in ["base-uri", "object-src", "frame-ancestors"] {
            assert_eq!(directive(closed), format!("{closed} 'none'"));
        }
    }

    #[test]
    fn hosts_from_the_configuration_go_where_they_belong() {
        let policy = Policy {
            image_hosts: vec!["tiles.example.org".into(), "https://*.maps.example.org:8443".into()],
            connect_hosts: vec!["http://127.0.0.1:8090".into()],
            https: false,
        };
        let content = content_policy(&policy).unwrap();
        assert!(content.contains("img-src 'self' blob: https://tiles.example.org https://*.maps.example.org:8443;"), "{content}");
        assert!(content.contains("connect-src 'self' http://127.0.0.1:8090;"), "{content}");
    }

    #[test]
    fn nothing_but_a_host_gets_into_a_header() {
        let hostile = [
            "",
            "*",
            "*.",
            "https:",
            "'unsafe-inline'",
            "data:",
            "a.example.org; script-src *",
            "a.example.org, default-src *",
            "a.example.org x",
            "a.example.org\r\nSet-Cookie: a=b",
            "a.example.org\n",
            "https://a.example.org/path",
            "https://a.example.org:99999",
            "a.example.org:",
            "javascript://a.example.org",
            "http://a.example.org",
            "https://user@a.example.org",
            "a..example.org",
            "-a.example.org",
            "è.example.org",
            "org",
            "a.*.org",
        ];
        for host in hostile {
            let policy = Policy { image_hosts: vec![host.to_owned()], ..Policy::default() };
            assert_eq!(layer(&policy).err(), Some(Error::Host(host.to_owned())), "{host:?}");
        }
    }
}
