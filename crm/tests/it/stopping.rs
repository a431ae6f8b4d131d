//! The program itself: stopped gently it finishes what it began, killed it loses nothing it acknowledged, and its log
//! tells nobody's affairs.
use crate::attachments::picture;
use crate::house::{House, PUBLIC_URL};
use crate::reports::good;
use contract::cases::CaseSummary;
use contract::session::{Device, Scheme};
use contract::{Page, paths};
use crm::session::COOKIE;
use reqwest::{Client, Method, RequestBuilder};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The program, running on the house's database and files.
struct Running {
    child: Child,
    address: String,
    cookie: String,
}

impl Running {
    async fn start(house: &House, cookie: &str) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = std::fs::File::options().create(true).append(true).open(log_path(house)).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_crm"))
            .arg("serve")
            .envs(&house.settings)
            .env("FILO_ADDRESS", format!("127.0.0.1:{port}"))
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let running = Self { child, address: format!("http://127.0.0.1:{port}"), cookie: cookie.to_owned() };
        for _ in 0..200 {
            if running.ask(Method::GET, paths::HEALTH).send().await.is_ok() {
                return running;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the program does not answer: {}", std::fs::read_to_string(log_path(house)).unwrap());
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        let request = Client::new().request(method, format!("{}{path}", self.address));
        request.header("x-filo", "1").header("origin", PUBLIC_URL).header("cookie", &self.cookie)
    }

    fn report(&self, key: &str) -> RequestBuilder {
        let request = self.ask(Method::POST, paths::REPORTS).header("idempotency-key", key).header("content-type", "application/json");
        request.body(serde_json::to_vec(&good()).unwrap())
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().unwrap().success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log_path(house: &House) -> String {
    format!("{}.log", house.settings["FILO_FILES"])
}

/// Maria's cookie, for a program whose clock is the machine's.
async fn cookie(house: &House) -> String {
    house.pass(jiff::Timestamp::now().as_second() - house.now());
    let row = sqlx::query("SELECT id FROM citizens WHERE subject = 'maria'").fetch_one(house.crm.db.reader()).await.unwrap();
    let id = contract::id::CitizenId(sqlx::Row::get(&row, 0));
    let mut change = house.crm.db.begin().await.unwrap();
    let secret = crm::session::open(&house.crm, &mut change, &id, (Scheme::Spid, Device::Mine), None).await.unwrap();
    change.commit().await.unwrap();
    format!("{COOKIE}={secret}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_it_loses_nothing_that_it_acknowledged_and_does_nothing_twice() {
    let house = House::new().await;
    let cookie = cookie(&house).await;
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        let running = Running::start(&house, &cookie).await;
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let requests: Vec<(String, RequestBuilder)> =
                    (0..200).map(|n| format!("{round}-{sender}-{n}")).map(|key| (key.clone(), running.report(&key))).collect();
                tokio::spawn(async move {
                    let mut done = Vec::new();
                    for (key, request) in requests {
                        let Ok(answer) = request.send().await else { break };
                        let (status, body) = (answer.status(), answer.text().await);
                        let Ok(body) = body else { break };
                        assert_eq!(status, 201, "{body}");
                        done.push((key, body));
                    }
                    done
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(400 + 150 * round)).await;
        running.signal("-KILL");
        for sender in senders {
            acknowledged.extend(sender.await.unwrap());
        }
    }
    assert!(acknowledged.len() > 10, "only {} reports were acknowledged", acknowledged.len());
    let running = Running::start(&house, &cookie).await;
    let before = house.count("reports").await;
    for (key, body) in &acknowledged {
        assert_eq!(&running.report(key).send().await.unwrap().text().await.unwrap(), body, "{key}");
    }
    assert_eq!(house.count("reports").await, before);
    assert_eq!((house.count("answers").await, house.count("cases").await), (before, before + 4));
}

/// A photo of more than a megabyte, which no encoder can make small.
fn large_photo() -> Vec<u8> {
    let mut seed = 7_u32;
    let image = image::RgbImage::from_fn(640, 640, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb([(seed >> 24) as u8, (seed >> 16) as u8, (seed >> 8) as u8])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_the_middle_of_an_upload_it_still_has_what_it_acknowledged() {
    let house = House::new().await;
    let cookie = cookie(&house).await;
    let photo = large_photo();
    assert!(photo.len() > 1_000_000);
    let tus = |request: RequestBuilder| request.header("tus-resumable", "1.0.0");
    let running = Running::start(&house, &cookie).await;
    let begun = tus(running.ask(Method::POST, paths::UPLOADS)).header("upload-length", photo.len()).send().await.unwrap();
    let path = begun.headers()["location"].to_str().unwrap().to_owned();
    let piece = |running: &Running, from: usize| {
        let request = tus(running.ask(Method::PATCH, &path)).header("upload-offset", from);
        request.header("content-type", "application/offset+octet-stream")
    };
    let acknowledged = 300_000;
    let first = piece(&running, 0).body(photo[..acknowledged].to_vec()).send().await.unwrap();
    assert_eq!(first.headers()["upload-offset"], acknowledged.to_string());
    // The second piece never comes to its end: the program is killed while it waits for the rest.
    let slowly = async_body(photo[acknowledged..1_000_000].to_vec(), photo[1_000_000..].to_vec());
    let second = tokio::spawn(piece(&running, acknowledged).body(slowly).send());
    tokio::time::sleep(Duration::from_millis(600)).await;
    running.signal("-KILL");
    assert!(second.await.unwrap().is_err());
    drop(running);
    let running = Running::start(&house, &cookie).await;
    let head = tus(running.ask(Method::HEAD, &path)).send().await.unwrap();
    let offset: usize = head.headers()["upload-offset"].to_str().unwrap().parse().unwrap();
    assert!(offset > acknowledged && offset < photo.len(), "long pieces are made safe on the way: {offset}");
    let last = piece(&running, offset).body(photo[offset..].to_vec()).send().await.unwrap();
    assert_eq!((last.status().as_u16(), last.headers()["upload-offset"].to_str().unwrap()), (204, photo.len().to_string().as_str()));
    let state = running.ask(Method::GET, &path.replace("uploads", "attachments")).send().await.unwrap();
    assert_eq!(state.status(), 200);
    let row = sqlx::query("SELECT sent_sha256 FROM attachments").fetch_one(house.crm.db.reader()).await.unwrap();
    assert_eq!(sqlx::Row::get::<String, _>(&row, 0), crm::secret::sha256_hex(&photo));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn told_to_stop_it_finishes_what_it_began() {
    let house = House::new().await;
    let cookie = cookie(&house).await;
    let mut running = Running::start(&house, &cookie).await;
    // A body that arrives slowly: half before the signal, half after it.
    let photo = picture(image::ImageFormat::Png);
    let (half, rest) = (photo[..photo.len() / 2].to_vec(), photo[photo.len() / 2..].to_vec());
    let slowly = async_body(half, rest);
    let upload = tokio::spawn(running.ask(Method::POST, paths::ATTACHMENTS).header("idempotency-key", "k").body(slowly).send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal("-TERM");
    assert_eq!(upload.await.unwrap().unwrap().status(), 201);
    assert!(running.child.wait().unwrap().success());
    assert_eq!(house.count("attachments").await, 1);
}

fn async_body(half: Vec<u8>, rest: Vec<u8>) -> reqwest::Body {
    let later = async move {
        tokio::time::sleep(Duration::from_millis(900)).await;
        Ok::<_, std::io::Error>(rest)
    };
    let parts = futures_util::stream::once(async move { Ok(half) });
    reqwest::Body::wrap_stream(futures_util::StreamExt::chain(parts, futures_util::stream::once(later)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_tells_nobody_s_affairs() {
    let house = House::new().await;
    let cookie = cookie(&house).await;
    let running = Running::start(&house, &cookie).await;
    let cases = running.ask(Method::GET, "/api/v1/cases?q=sara").send().await.unwrap().text().await.unwrap();
    let page: Page<CaseSummary> = serde_json::from_str(&cases).unwrap();
    running.ask(Method::GET, &paths::case(&page.items[0].id, "it")).send().await.unwrap();
    running.ask(Method::GET, &paths::receipt(&page.items[0].id, "it")).send().await.unwrap();
    running.ask(Method::GET, "/api/v1/session/callback?code=the-code&state=the-state").send().await.unwrap();
    running.report("the-key").send().await.unwrap();
    running.ask(Method::GET, paths::OFFICE_CASES).header("authorization", "Bearer token-of-the-desk").send().await.unwrap();
    let log = std::fs::read_to_string(log_path(&house)).unwrap();
    assert!(log.contains("path=\"/api/v1/cases/{id}\" status=200"), "{log}");
    let secret = cookie.split_once('=').unwrap().1;
    for private in [
        "sara",
        "Sara",
        "Maria",
        "RSSMRA",
        "Lampione",
        "the-code",
        "the-state",
        "the-key",
        "token-of-the-desk",
        secret,
        &page.items[0].id.0,
    ] {
        assert!(!log.contains(private), "{private} is in the log");
    }
}
