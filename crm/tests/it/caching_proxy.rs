//! Behind a caching proxy: nginx with `proxy_cache` for everything, two citizens and nobody interleaved. Nothing of one reaches another.
use crate::house::House;
use crate::over_http::serve;
use contract::cases::{Case, CaseSummary};
use contract::{Page, paths};
use reqwest::Client;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// nginx on two ports, gone at the end: one that keeps what it is told it may, and one that keeps whatever it gets.
struct Nginx {
    child: Child,
    polite: String,
    careless: String,
    _folder: TempDir,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> Option<&'static str> {
    ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx"].into_iter().find(|path| Path::new(path).exists())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// One that is set up as somebody in a hurry would: it keeps all answers for ten minutes that do not say otherwise.
fn settings(folder: &Path, crm: &str, (polite, careless): (u16, u16)) -> String {
    let folder = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| if what == "proxy" { format!("proxy_temp_path {folder}/proxy;") } else { format!("{what}_temp_path {folder}/{what};") })
        .concat();
    let server = |port: u16, zone: &str, more: &str| {
        format!(
            "server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {crm}; proxy_cache {zone}; proxy_cache_valid any 10m; {more}
             add_header x-cache $upstream_cache_status always; }} }}\n"
        )
    };
    format!(
        "daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
         events {{ worker_connections 256; }}
         http {{ access_log off; {temporary}
         proxy_cache_path {folder}/polite keys_zone=polite:1m; proxy_cache_path {folder}/careless keys_zone=careless:1m;
         {}{} }}",
        server(polite, "polite", ""),
        server(careless, "careless", "proxy_ignore_headers Cache-Control Expires Vary Set-Cookie;"),
    )
}

async fn start(program: &str, crm: &str) -> Nginx {
    let folder = tempfile::tempdir().unwrap();
    let ports = (free_port(), free_port());
    let file = folder.path().join("nginx.conf");
    std::fs::write(&file, settings(folder.path(), crm, ports)).unwrap();
    let quiet = || Stdio::null();
    let child = Command::new(program)
        .args(["-p".as_ref(), folder.path().as_os_str(), "-c".as_ref(), file.as_os_str()])
        .stdout(quiet())
        .stderr(quiet())
        .spawn()
        .unwrap();
    let at = |port: u16| format!("http://127.0.0.1:{port}");
    let nginx = Nginx { child, polite: at(ports.0), careless: at(ports.1), _folder: folder };
    for _ in 0..200 {
        if Client::new().get(format!("{}{}", nginx.polite, paths::HEALTH)).send().await.is_ok() {
            return nginx;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nginx does not answer: {:?}", std::fs::read_to_string(nginx._folder.path().join("error.log")));
}

/// What was answered: status, body, and whether it came out of the proxy's store.
#[derive(Clone, PartialEq, Debug)]
struct Got {
    status: u16,
    body: String,
    kept: bool,
}

async fn get(client: &Client, url: &str, cookie: &str) -> Got {
    let answer = client.get(url).header("x-filo", "1").header("cookie", cookie).send().await.unwrap();
    let kept = answer.headers().get("x-cache").is_some_and(|cache| cache == "HIT");
    Got { status: answer.status().as_u16(), kept, body: answer.text().await.unwrap() }
}

/// The citizens' cookies, none for nobody, and what they all ask for: the same addresses, with things of one's own behind each.
async fn actors(house: &House) -> ([String; 3], Vec<String>) {
    let (maria, luca) = (house.maria().await, house.luca().await);
    let mut addresses: Vec<String> = [
        paths::ME,
        paths::CASES,
        paths::STORY,
        paths::HOME_TASKS,
        paths::INBOX,
        paths::INBOX_COUNT,
        paths::PAYMENTS,
        paths::MY_CHANNELS,
        paths::MY_CHOICES,
        paths::MY_DELEGATIONS,
    ]
    .map(str::to_owned)
    .into();
    for (who, words) in [(&maria, "sara%20asilo"), (&luca, "pietro")] {
        let page: Page<CaseSummary> = who.get(&format!("/api/v1/cases?q={words}")).await.is(200).json();
        let case: Case = who.get(&paths::case(&page.items[0].id, "it")).await.is(200).json();
        let document = paths::CASE.replace("{id}", case.summary.id.as_str()) + "/documents/" + case.documents[0].id.as_str();
        addresses.extend([paths::case(&case.summary.id, "it"), document]);
    }
    ([maria.header("cookie").to_owned(), luca.header("cookie").to_owned(), "other=1".to_owned()], addresses)
}

/// Asks so many times by the proxy, each actor in turn; answers that were not one's own, and those that came out of the store.
async fn interleave(proxy: &str, times: usize, (cookies, right): (&[String; 3], &[(String, [Got; 3])])) -> (usize, usize) {
    let client = Client::new();
    let (mut leaks, mut kept) = (0, 0);
    for turn in 0..times {
        let (who, (address, own)) = (turn % 3, &right[(turn / 3) % right.len()]);
        let got = get(&client, &format!("{proxy}{address}"), &cookies[who]).await;
        kept += usize::from(got.kept);
        leaks += usize::from((got.status, &got.body) != (own[who].status, &own[who].body));
    }
    (leaks, kept)
}

/// `times` requests behind the proxy; a word to say why not when there is none here.
async fn behind_a_proxy(times: usize) {
    let Some(program) = program() else {
        println!("SKIPPED: no nginx here (tools/setup test installs it): nothing is said about caching proxies");
        return;
    };
    let house = House::new().await;
    let crm = serve(&house).await;
    let (cookies, addresses) = actors(&house).await;
    let client = Client::new();
    let mut right = Vec::new();
    for address in addresses {
        let direct = format!("{crm}{address}");
        let own =
            [get(&client, &direct, &cookies[0]).await, get(&client, &direct, &cookies[1]).await, get(&client, &direct, &cookies[2]).await];
        assert_eq!((own[2].status, own[0].body != own[2].body || own[0].status == 404), (401, true), "{address}");
        right.push((address, own));
    }
    let nginx = start(program, &crm).await;
    let (leaks, kept) = interleave(&nginx.polite, times, (&cookies, &right)).await;
    println!("{times} requests of two citizens and nobody behind nginx: {leaks} leaks, {kept} answers out of its store");
    assert_eq!((leaks, kept), (0, 0));
    // It does keep what is everybody's, and the test sees a leak where there is one.
    let dictionary = format!("{}{}", nginx.polite, paths::dictionary("it"));
    get(&client, &dictionary, &cookies[0]).await;
    assert!(get(&client, &dictionary, &cookies[0]).await.kept);
    let (leaks, _) = interleave(&nginx.careless, 3 * right.len(), (&cookies, &right)).await;
    assert!(leaks > 0, "a proxy that keeps everything leaks nothing: the test is blind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_one_citizen_reaches_another_behind_a_caching_proxy() {
    behind_a_proxy(600).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "ten thousand requests: FILO_FULL=1 ./test"]
async fn nothing_of_one_citizen_reaches_another_in_ten_thousand_requests() {
    behind_a_proxy(10_000).await;
}
