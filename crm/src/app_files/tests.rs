//! What the browser gets of the built app, asked over the router with a folder made for the test.
#![allow(clippy::unwrap_used)]
use super::*;
use http_body_util::BodyExt;
use tower::ServiceExt;

const SCRIPT: &str = "/filo-0123456789abcdef.js";

/// A small built app.
fn built() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("index.html", "<html>page</html>"),
        ("index.html.br", "page-br"),
        ("index.html.gz", "page-gz"),
        ("filo-0123456789abcdef.js", "script"),
        ("filo-0123456789abcdef.js.br", "script-br"),
        ("filo-0123456789abcdef_bg.wasm", "\0asm"),
        ("config.json", "{}"),
        ("app.webmanifest", "{}"),
        (".secret", "hidden"),
        ("town/streets.json", "[]"),
        ("cases/old.txt", "text"),
    ];
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Asks with the headers given, and tells status, headers and text.
async fn ask(folder: &Path, method: &str, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = service(folder.to_owned()).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    (parts.status.as_u16(), parts.headers, text)
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_compressed_twin_is_sent_to_who_takes_it() {
    let folder = built();
    let cases = [
        ("", "", "<html>page</html>"),
        ("gzip", "gzip", "page-gz"),
        ("gzip, deflate, br, zstd", "br", "page-br"),
        ("br;q=0.1, gzip", "gzip", "page-gz"),
        ("br;q=0, gzip;q=0", "", "<html>page</html>"),
        ("*", "br", "page-br"),
        ("*;q=0", "", "<html>page</html>"),
        ("BR;Q=1", "br", "page-br"),
        ("br;q=nonsense", "", "<html>page</html>"),
    ];
    for (accepted, encoding, text) in cases {
        let (status, headers, body) = ask(folder.path(), "GET", "/", &[("accept-encoding", accepted)]).await;
        assert_eq!((status, value(&headers, "content-encoding"), body.as_str()), (200, encoding, text), "{accepted}");
        assert_eq!(value(&headers, "vary"), "accept-encoding");
        assert_eq!(value(&headers, "content-type"), "text/html; charset=utf-8");
    }
    let (_, headers, body) = ask(folder.path(), "GET", SCRIPT, &[("accept-encoding", "gzip")]).await;
    assert_eq!((value(&headers, "content-encoding"), body.as_str()), ("", "script"), "no twin in gzip, so the plain file");
}

#[tokio::test]
async fn hashed_files_stay_for_a_year_and_the_rest_is_checked() {
    let folder = built();
    for (path, caching, media_type) in [
        (SCRIPT, FOR_EVER, "text/javascript; charset=utf-8"),
        ("/filo-0123456789abcdef_bg.wasm", FOR_EVER, "application/wasm"),
        ("/config.json", ASK_FIRST, "application/json"),
        ("/app.webmanifest", ASK_FIRST, "application/manifest+json"),
        ("/town/streets.json", ASK_FIRST, "application/json"),
        ("/index.html", ASK_FIRST, "text/html; charset=utf-8"),
    ] {
        let (status, headers, _) = ask(folder.path(), "GET", path, &[]).await;
        assert_eq!((status, value(&headers, "cache-control"), value(&headers, "content-type")), (200, caching, media_type), "{path}");
    }
    assert!(is_hashed("a-b-0123456789abcdef.css"));
    for name in ["a-0123456789abcde.js", "a-0123456789abcdef0.js", "a-0123456789abcdeg.js", "0123456789abcdef.js", "service-worker.js"] {
        assert!(!is_hashed(name), "{name}");
    }
}

#[tokio::test]
async fn a_file_the_browser_has_is_not_sent_again() {
    let folder = built();
    let (_, headers, _) = ask(folder.path(), "GET", "/config.json", &[]).await;
    let tag = value(&headers, "etag").to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let (status, headers, body) = ask(folder.path(), "GET", "/config.json", &[("if-none-match", &known)]).await;
        assert_eq!(
            (status, body.as_str(), value(&headers, "etag"), value(&headers, "cache-control")),
            (304, "", tag.as_str(), ASK_FIRST),
            "{known}"
        );
    }
    let (_, compressed, _) = ask(folder.path(), "GET", "/", &[("accept-encoding", "br")]).await;
    let (status, ..) = ask(folder.path(), "GET", "/", &[("if-none-match", value(&compressed, "etag"))]).await;
    assert_eq!(status, 200, "the tag of the compressed form is not the tag of the plain one");
    std::fs::write(folder.path().join("config.json"), "{\"new\":1}").unwrap();
    let (status, ..) = ask(folder.path(), "GET", "/config.json", &[("if-none-match", &tag)]).await;
    assert_eq!(status, 200, "a changed file has another tag");
}

#[tokio::test]
async fn navigating_to_any_page_gets_the_app() {
    let folder = built();
    let browser = [("sec-fetch-mode", "navigate"), ("accept", "text/html,*/*;q=0.8")];
    for path in ["/", "/cases", "/cases/", "/reports/new?step=2", "/apiary", "/cases/0192f1c4-aaaa-7bbb-8ccc-000000000001"] {
        for headers in [&browser[..], &browser[1..]] {
            let (status, headers, body) = ask(folder.path(), "GET", path, headers).await;
            assert_eq!((status, body.as_str(), value(&headers, "cache-control")), (200, "<html>page</html>", ASK_FIRST), "{path}");
        }
    }
}

#[tokio::test]
async fn nothing_else_gets_the_page() {
    let folder = built();
    let navigate: &[(&str, &str)] = &[("sec-fetch-mode", "navigate"), ("accept", "text/html")];
    let fetch: &[(&str, &str)] = &[("sec-fetch-mode", "cors"), ("accept", "text/html")];
    let asked = [
        ("/api", navigate),
        ("/api/v1/nothing", navigate),
        ("/open311/v2/x", navigate),
        ("/gone-0123456789abcdef.js", navigate),
        ("/favicon.png", navigate),
        ("/cases", fetch),
        ("/cases", &[]),
        ("/cases", &[("accept", "application/json")]),
    ];
    for (path, headers) in asked {
        let (status, headers, body) = ask(folder.path(), "GET", path, headers).await;
        assert_eq!((status, body.as_str(), value(&headers, "content-type")), (404, "404\n", "text/plain; charset=utf-8"), "{path}");
        assert_eq!(value(&headers, "cache-control"), "no-store");
    }
}

#[tokio::test]
async fn no_address_leads_out_of_the_folder() {
    let folder = built();
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), folder.path().join("link.txt")).unwrap();
    let name = outside.path().file_name().unwrap().to_str().unwrap();
    let paths = [
        format!("/../{name}/secret.txt"),
        format!("/%2e%2e/{name}/secret.txt"),
        format!("/..%2f{name}%2fsecret.txt"),
        format!("/town/../../{name}/secret.txt"),
        format!("/{}/secret.txt", outside.path().display()),
        "/link.txt".to_owned(),
        "/.secret".to_owned(),
        "/config.json%00.html".to_owned(),
        "/town\\..\\config.json".replace('\\', "%5c"),
        "/%ff%fe".to_owned(),
        "/index.html.br".to_owned(),
        "/config.json/".to_owned(),
        "//config.json".to_owned(),
        "/town".to_owned(),
    ];
    for path in paths {
        let (status, _, body) = ask(folder.path(), "GET", &path, &[]).await;
        assert_eq!((status, body.as_str()), (404, "404\n"), "{path}");
    }
}

#[tokio::test]
async fn head_tells_the_length_and_other_methods_are_refused() {
    let folder = built();
    let (status, headers, body) = ask(folder.path(), "HEAD", SCRIPT, &[("accept-encoding", "br")]).await;
    assert_eq!((status, body.as_str(), value(&headers, "content-length"), value(&headers, "content-encoding")), (200, "", "9", "br"));
    let (status, headers, _) = ask(folder.path(), "POST", "/", &[]).await;
    assert_eq!((status, value(&headers, "allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn without_a_build_the_page_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for missing in [folder.path().join("dist"), folder.path().to_owned()] {
        let (status, headers, body) = ask(&missing, "GET", "/cases", &[("accept", "text/html")]).await;
        assert_eq!((status, value(&headers, "content-type")), (503, "text/html; charset=utf-8"));
        assert!(body.contains("./run"));
        assert_eq!(ask(&missing, "GET", "/", &[]).await.0, 503);
        assert_eq!(ask(&missing, "GET", "/app.js", &[]).await.0, 404);
    }
}

#[tokio::test]
async fn a_page_tells_the_hashes_of_what_stands_in_it_also_when_it_is_sent_compressed() {
    let folder = built();
    let page = "<html><script type=\"module\">go()</script><style>a{}</style></html>";
    std::fs::write(folder.path().join("index.html"), page).unwrap();
    let request = Request::get("/").header("accept-encoding", "br").body(Body::empty()).unwrap();
    let response = service(folder.path().to_owned()).oneshot(request).await.unwrap();
    let hashes = response.extensions().get::<PageHashes>().unwrap();
    // printf '%s' 'go()' | openssl dgst -sha256 -binary | base64
    assert_eq!(hashes.script, "5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw=");
    assert_eq!(hashes.style, "X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=");
}
