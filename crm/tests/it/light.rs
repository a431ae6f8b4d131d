//! Light login: a code by e-mail leads to the reports of an address, says nothing of who is known, and is guessed at in vain.
use crate::house::House;
use crate::mail::deliver;
use crate::mail::server::Server;
use crate::people::{Answer, Who};
use crate::reports::good;
use contract::light::{LightCode, LightReports, NewLightCode};
use contract::{ProblemCode, paths};
use crm::light::COOKIE;

const ON: (&str, &str) = ("FILO_LIGHT_LOGIN", "yes");

async fn town() -> (Server, House) {
    Server::with_house_and(&[ON, ("FILO_CODES_PER_MINUTE", "1000")]).await
}

fn new(email: &str) -> NewLightCode {
    NewLightCode { email: email.into(), language: "it".into() }
}

/// Asks for a code; the answer, and the browser that may use it.
async fn ask(house: &House, email: &str) -> (Answer, Who) {
    let answer = house.anyone().post(paths::LIGHT_CODES, &new(email)).await.is(204);
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (answer, house.anyone().with("cookie", &cookie))
}

/// The code of the letter that came last, and how many letters there are.
async fn arrived(server: &Server, house: &House) -> (String, usize) {
    deliver(house).await;
    let letters = server.taken();
    let code = letters.last().map(|letter| letter.subject.chars().filter(char::is_ascii_digit).collect()).unwrap_or_default();
    (code, letters.len())
}

async fn try_code(browser: &Who, code: &str) -> Answer {
    browser.post(paths::LIGHT_SESSION, &LightCode { code: code.into() }).await
}

/// Somebody who has come in by this address.
async fn come_in(server: &Server, house: &House, email: &str) -> Who {
    let (_, browser) = ask(house, email).await;
    let answer = try_code(&browser, &arrived(server, house).await.0).await.is(204);
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with(COOKIE) && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
    house.anyone().with("cookie", cookie.split(';').next().unwrap())
}

fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

#[tokio::test]
async fn a_code_leads_to_the_reports_of_its_address_and_to_nothing_else() {
    let (server, house) = town().await;
    house.maria().await.create(paths::REPORTS, "k", &good()).await.is(201);
    house.luca().await.create(paths::REPORTS, "k", &good()).await.is(201);
    let maria = come_in(&server, &house, " Maria@Example.org ").await;
    let answer = maria.get(paths::LIGHT_REPORTS).await.is(200);
    let found: LightReports = answer.json();
    assert_eq!((found.email.as_str(), found.reports.len(), answer.header("cache-control")), ("maria@example.org", 1, "no-store"));
    for private in ["Maria", "Rossi", "Sara", "Asilo", "Lampione", &good().details] {
        assert!(!answer.text().contains(private), "it shows {private}");
    }
    for closed in [paths::ME, paths::CASES, paths::INBOX, paths::PAYMENTS] {
        maria.get(closed).await.is(401);
    }
    maria.delete(paths::LIGHT_SESSION).await.is(204);
    assert_eq!(maria.get(paths::LIGHT_REPORTS).await.is(401).problem().fields[0].field, "light");
}

#[tokio::test]
async fn whether_an_address_is_known_is_told_to_nobody() {
    let (server, house) = town().await;
    let (known, mine) = ask(&house, "maria@example.org").await;
    let (unknown, theirs) = ask(&house, "nobody@example.org").await;
    let told = |answer: &Answer| {
        let mut names: Vec<_> = answer.headers.iter().map(|(name, value)| (name.to_string(), value.len())).collect();
        names.sort();
        (answer.status, answer.text(), names)
    };
    assert_eq!(told(&known), told(&unknown));
    assert_eq!((house.count("light_codes").await, house.count("outbox").await), (2, 1));
    let (code, letters) = arrived(&server, &house).await;
    assert_eq!((code.len(), letters), (6, 1));
    // A wrong code looks the same for both.
    let (wrong, same) = (try_code(&mine, &another(&code)).await.is(422), try_code(&theirs, &another(&code)).await.is(422));
    assert_eq!((wrong.text(), wrong.faults()), (same.text(), vec!["code:wrong_code".to_owned()]));
}

#[tokio::test]
async fn the_code_of_an_unknown_address_leads_nowhere_even_when_it_is_guessed() {
    let (_server, house) = town().await;
    let (_, browser) = ask(&house, "nobody@example.org").await;
    let secret = browser.header("cookie").split_once('=').unwrap().1.to_owned();
    // As if it were the one that was made.
    let hash = crm::secret::sha256_hex(format!("light {secret} 123456").as_bytes());
    house.sql(&format!("UPDATE light_codes SET code_hash = '{hash}'")).await;
    try_code(&browser, "123456").await.is(422);
    house.sql("UPDATE light_codes SET is_known = 1").await;
    try_code(&browser, "123 456").await.is(204);
}

#[tokio::test]
async fn a_code_is_good_once_in_its_own_browser_for_ten_minutes_and_five_tries() {
    let (server, house) = town().await;
    let (_, browser) = ask(&house, "maria@example.org").await;
    let (code, _) = arrived(&server, &house).await;
    for stranger in [house.anyone(), house.anyone().with("cookie", "__Host-light-asked=AAAA"), ask(&house, "luca@example.org").await.1] {
        assert!(try_code(&stranger, &code).await.status.is_client_error());
    }
    try_code(&browser, &code).await.is(204);
    assert_eq!(try_code(&browser, &code).await.is(410).problem().code, ProblemCode::NotFound);

    let (_, browser) = ask(&house, "maria@example.org").await;
    let (code, _) = arrived(&server, &house).await;
    for _ in 0..5 {
        try_code(&browser, &another(&code)).await.is(422);
    }
    try_code(&browser, &code).await.is(410);

    let (_, browser) = ask(&house, "maria@example.org").await;
    let (code, _) = arrived(&server, &house).await;
    house.pass(601);
    try_code(&browser, &code).await.is(410);
    // What no code can be is no try.
    for wrong in ["", "12345", "12345678", "àààààà", "' OR 1=1"] {
        try_code(&browser, wrong).await.is(422);
    }
}

#[tokio::test]
async fn an_address_gets_few_letters_in_an_hour_and_nobody_hears_of_it() {
    let (server, house) = town().await;
    for _ in 0..8 {
        ask(&house, "maria@example.org").await;
    }
    assert_eq!(arrived(&server, &house).await.1, 5);
    house.pass(3601);
    crm::housekeeping::clean(&house.crm).await.unwrap();
    assert_eq!(house.count("light_codes").await, 0);
    ask(&house, "maria@example.org").await;
    assert_eq!(arrived(&server, &house).await.1, 6);
}

#[tokio::test]
async fn a_network_asks_and_tries_so_often_in_a_minute() {
    let (_server, house) = Server::with_house_and(&[ON, ("FILO_CODES_PER_MINUTE", "3")]).await;
    let (_, browser) = ask(&house, "maria@example.org").await;
    try_code(&browser, "000000").await;
    ask(&house, "nobody@example.org").await;
    for email in ["maria@example.org", "nobody@example.org"] {
        house.anyone().post(paths::LIGHT_CODES, &new(email)).await.is(429);
    }
    try_code(&browser, "000000").await.is(429);
}

#[tokio::test]
async fn it_ends_after_half_an_hour_and_what_is_no_address_gets_no_letter() {
    let (server, house) = town().await;
    let maria = come_in(&server, &house, "maria@example.org").await;
    house.pass(1799);
    maria.get(paths::LIGHT_REPORTS).await.is(200);
    house.pass(1);
    maria.get(paths::LIGHT_REPORTS).await.is(401);
    for wrong in ["", "maria", "maria@example.org\r\nBcc: x@example.org", "a@b@example.org"] {
        house.anyone().post(paths::LIGHT_CODES, &new(wrong)).await.is(422);
    }
}

#[tokio::test]
async fn a_town_that_does_not_want_it_has_none() {
    let (_server, house) = Server::with_house_and(&[]).await;
    house.anyone().post(paths::LIGHT_CODES, &new("maria@example.org")).await.is(404);
    house.anyone().post(paths::LIGHT_SESSION, &LightCode { code: "123456".into() }).await.is(404);
    house.anyone().get(paths::LIGHT_REPORTS).await.is(401);
    let without_letters = House::with(&[ON]).await;
    without_letters.anyone().post(paths::LIGHT_CODES, &new("maria@example.org")).await.is(404);
}
