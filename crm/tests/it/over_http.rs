//! What only shows over a real connection: large bodies, compression, the built app beside the API.
use crate::attachments::picture;
use crate::house::{House, PUBLIC_URL};
use contract::attachments::BYTES_MAX;
use contract::session::{Device, Scheme};
use contract::{Problem, ProblemCode, paths};
use crm::session::COOKIE;
use reqwest::{Client, Method, RequestBuilder};
use std::net::SocketAddr;

/// The house with its door open; its address.
pub async fn serve(house: &House) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = house.app.clone().into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    address
}

/// The same, and the cookie of Maria's session.
async fn open(house: &House) -> (String, String) {
    let address = serve(house).await;
    let row = sqlx::query("SELECT id FROM citizens WHERE subject = 'maria'").fetch_one(house.crm.db.reader()).await.unwrap();
    let mut change = house.crm.db.begin().await.unwrap();
    let id = contract::id::CitizenId(sqlx::Row::get(&row, 0));
    let secret = crm::session::open(&house.crm, &mut change, &id, (Scheme::Spid, Device::Mine), None).await.unwrap();
    change.commit().await.unwrap();
    (address, format!("{COOKIE}={secret}"))
}

fn ask(method: Method, url: String, cookie: &str) -> RequestBuilder {
    Client::builder().build().unwrap().request(method, url).header("x-filo", "1").header("origin", PUBLIC_URL).header("cookie", cookie)
}

#[tokio::test]
async fn a_file_that_is_too_large_gets_an_answer_and_not_a_broken_connection() {
    let house = House::new().await;
    let (address, cookie) = open(&house).await;
    for bytes in [usize::try_from(BYTES_MAX).unwrap() + 1, 30_000_000] {
        let url = format!("{address}{}", paths::ATTACHMENTS);
        let answer = ask(Method::POST, url, &cookie).header("idempotency-key", "k").body(vec![0xFF; bytes]).send().await.unwrap();
        assert_eq!(answer.status(), 413);
        let problem: Problem = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(problem.code, ProblemCode::TooLarge);
    }
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    use tokio::io::AsyncWriteExt;
    let house = House::new().await;
    let (address, cookie) = open(&house).await;
    let files = house.files();
    let photo = picture(image::ImageFormat::Jpeg);
    let mut connection = tokio::net::TcpStream::connect(address.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: filo\r\nx-filo: 1\r\norigin: {PUBLIC_URL}\r\ncookie: {cookie}\r\nidempotency-key: k\r\ncontent-length: {}\r\n\r\n",
        paths::ATTACHMENTS,
        photo.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&photo[..photo.len() / 2]).await.unwrap();
    drop(connection);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!((house.count("attachments").await, house.count("answers").await, house.files()), (0, 0, files));
}

#[tokio::test]
async fn json_travels_compressed_and_downloads_as_they_are() {
    let house = House::new().await;
    let (address, cookie) = open(&house).await;
    let answer =
        ask(Method::GET, format!("{address}{}", paths::dictionary("it")), &cookie).header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    let page: contract::Page<contract::cases::CaseSummary> =
        serde_json::from_str(&ask(Method::GET, format!("{address}{}", paths::CASES), &cookie).send().await.unwrap().text().await.unwrap())
            .unwrap();
    let url = format!("{address}{}", paths::receipt(&page.items[0].id, "it"));
    let answer = ask(Method::GET, url, &cookie).header("accept-encoding", "gzip").send().await.unwrap();
    assert!(!answer.headers().contains_key("content-encoding"));
    assert!(answer.bytes().await.unwrap().starts_with(b"%PDF-"));
}

#[tokio::test]
async fn the_app_is_served_beside_the_api_and_never_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "<title>Filo</title>").unwrap();
    let house = House::with(&[("FILO_APP", folder.path().to_str().unwrap())]).await;
    let page = house.anyone().with("accept", "text/html").with("sec-fetch-mode", "navigate").get("/cases/0193").await.is(200);
    assert!(page.text().contains("<title>Filo</title>") && page.header("content-security-policy").starts_with("default-src 'none'"));
    assert_eq!(page.header("x-session-seconds-left"), "");
    house.anyone().with("accept", "text/html").with("sec-fetch-mode", "navigate").get("/api/v1/nowhere").await.is(404).problem();
}

/// Maria's half of a photo on its way, over a connection that stays open; its address.
async fn half_sent(address: &str, cookie: &str, bytes: &[u8], sent: usize) -> (tokio::net::TcpStream, String) {
    use tokio::io::AsyncWriteExt;
    let url = format!("{address}{}", paths::UPLOADS);
    let begun = ask(Method::POST, url, cookie).header("tus-resumable", "1.0.0").header("upload-length", bytes.len()).send().await.unwrap();
    let path = begun.headers()["location"].to_str().unwrap().to_owned();
    let mut connection = tokio::net::TcpStream::connect(address.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "PATCH {path} HTTP/1.1\r\nhost: filo\r\nx-filo: 1\r\norigin: {PUBLIC_URL}\r\ncookie: {cookie}\r\ntus-resumable: 1.0.0\r\n\
         upload-offset: 0\r\ncontent-type: application/offset+octet-stream\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&bytes[..sent]).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    (connection, path)
}

async fn go_on(address: &str, cookie: &str, path: &str, bytes: &[u8]) -> usize {
    let url = format!("{address}{path}");
    let head = ask(Method::HEAD, url.clone(), cookie).header("tus-resumable", "1.0.0").send().await.unwrap();
    let offset: usize = head.headers()["upload-offset"].to_str().unwrap().parse().unwrap();
    let request = ask(Method::PATCH, url, cookie).header("tus-resumable", "1.0.0").header("upload-offset", offset);
    let rest = request.header("content-type", "application/offset+octet-stream").body(bytes[offset..].to_vec());
    assert_eq!(rest.send().await.unwrap().status(), 204);
    offset
}

#[tokio::test]
async fn a_piece_cut_off_goes_on_where_it_was_cut() {
    let house = House::new().await;
    let (address, cookie) = open(&house).await;
    let photo = picture(image::ImageFormat::Jpeg);
    let (connection, path) = half_sent(&address, &cookie, &photo, photo.len() / 2).await;
    drop(connection);
    assert_eq!(go_on(&address, &cookie, &path, &photo).await, photo.len() / 2);
    assert_eq!(house.count("attachments WHERE state = 'ready'").await, 1);
}

#[tokio::test]
async fn a_piece_that_hangs_in_a_tunnel_makes_room_for_the_next_one() {
    let house = House::new().await;
    let (address, cookie) = open(&house).await;
    let photo = picture(image::ImageFormat::Jpeg);
    let (hanging, path) = half_sent(&address, &cookie, &photo, photo.len() / 3).await;
    let began = std::time::Instant::now();
    assert_eq!(go_on(&address, &cookie, &path, &photo).await, photo.len() / 3);
    assert!(began.elapsed().as_secs() < 5, "the old connection was waited for");
    assert_eq!(house.count("attachments WHERE state = 'ready'").await, 1);
    drop(hanging);
}
