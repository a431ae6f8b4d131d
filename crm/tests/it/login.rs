//! Logging in at a provider and back; everything that is not right on the way.
use crate::house::House;
use crate::people::{Answer, Who, file};
use crate::provider::{CLIENT, LEVEL_2, Provider, SECRET, query};
use contract::session::{Device, LoginRequest, LoginStart, Me, Scheme};
use contract::{ProblemCode, paths};
use serde_json::{Value, json};

/// A CRM with a provider, and somebody in front of a browser.
pub struct Town {
    pub house: House,
    pub provider: Provider,
}

impl Town {
    async fn new() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(more: &[(&str, &str)]) -> Self {
        let now = "2026-11-22T09:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
        let provider = Provider::start(now).await;
        let issuer = provider.issuer.clone();
        let settings = [("FILO_OIDC_ISSUER", issuer.as_str()), ("FILO_OIDC_CLIENT_ID", CLIENT), ("FILO_OIDC_CLIENT_SECRET", SECRET)];
        let house = House::with(&[&settings, more].concat()).await;
        Self { house, provider }
    }

    /// Begins a login: the provider's page and the browser with its login cookie.
    pub async fn begin(&self, browser: &Who, request: &LoginRequest) -> (String, Who) {
        let answer = browser.post(paths::SESSION_LOGIN, request).await.is(200);
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        (answer.json::<LoginStart>().location, browser.clone().with("cookie", &cookie))
    }

    /// A whole login as Maria; what the callback answers.
    pub async fn log_in(&self, request: &LoginRequest) -> Answer {
        let (location, browser) = self.begin(&self.house.anyone(), request).await;
        coming_back(&browser, &self.provider.agree(&location)).await
    }
}

/// The browser follows the provider's redirect: from another site, without the app's header.
pub async fn coming_back(browser: &Who, callback: &str) -> Answer {
    browser.clone().without("x-filo").without("origin").with("sec-fetch-site", "cross-site").get(callback).await.is(303)
}

fn request(scheme: Scheme, device: Device) -> LoginRequest {
    LoginRequest { scheme, device, back_to: "/cases?phase=open".into(), language: "it".into(), level: None }
}

pub fn spid() -> LoginRequest {
    request(Scheme::Spid, Device::Mine)
}

/// The browser with the session it was just given.
pub fn signed_in(house: &House, answer: &Answer) -> Who {
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-sid=") && cookie.contains("; Path=/; Secure; HttpOnly; SameSite=Strict"), "{cookie}");
    house.anyone().with("cookie", cookie.split(';').next().unwrap())
}

#[tokio::test]
async fn a_login_asks_the_provider_for_a_code_with_everything_that_protects_it() {
    let town = Town::new().await;
    let answer = town.house.anyone().post(paths::SESSION_LOGIN, &spid()).await.is(200);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-login=") && cookie.ends_with("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"), "{cookie}");
    let location = answer.json::<LoginStart>().location;
    let (page, asked) = location.split_once('?').unwrap();
    assert_eq!(page, format!("{}/authorize", town.provider.issuer));
    let asked = query(asked);
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["redirect_uri"], "http://filo.test/api/v1/session/callback");
    assert_eq!((asked["scope"].as_str(), asked["ui_locales"].as_str()), ("openid profile email", "it"));
    assert_eq!((asked["scheme"].as_str(), asked["code_challenge_method"].as_str()), ("spid", "S256"));
    assert!(asked["acr_values"].starts_with(LEVEL_2) && asked["claims"].contains("fiscal_number"));
    assert!(asked["state"].len() >= 32 && asked["nonce"].len() >= 32 && asked["state"] != asked["nonce"]);
    for secret in ["maria", "code_verifier", &cookie[13..56]] {
        assert!(!location.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_login_lands_where_it_began_and_the_person_is_known() {
    let town = Town::new().await;
    let answer = town.log_in(&spid()).await;
    assert_eq!(answer.header("location"), "/cases?phase=open");
    assert!(answer.header("set-cookie").ends_with("; Max-Age=43200"));
    let me: Me = signed_in(&town.house, &answer).get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.fiscal_code.as_deref()), ("Maria", Some("RSSMRA70A41H501W")));
    assert_eq!((me.email.as_deref(), me.phone.as_deref()), (Some("maria@example.org"), Some("3331234567")));
    assert_eq!((me.session.scheme, me.session.device), (Scheme::Spid, Device::Mine));
    let again: Me = signed_in(&town.house, &town.log_in(&spid()).await).get(paths::ME).await.is(200).json();
    assert_eq!((again.id, town.house.count("citizens").await), (me.id, 1));
}

#[tokio::test]
async fn what_the_provider_leaves_out_this_time_stays_known() {
    let town = Town::new().await;
    town.log_in(&spid()).await;
    town.provider.change(|state| state.user_info = json!({ "sub": "maria", "given_name": "Maria Grazia", "family_name": "Rossi" }));
    let me: Me = signed_in(&town.house, &town.log_in(&spid()).await).get(paths::ME).await.is(200).json();
    assert_eq!(me.given_name, "Maria Grazia");
    assert_eq!((me.email.as_deref(), me.phone.as_deref()), (Some("maria@example.org"), Some("3331234567")));
    assert_eq!(me.fiscal_code.as_deref(), Some("RSSMRA70A41H501W"));
}

#[tokio::test]
async fn somebody_from_abroad_has_no_codice_fiscale_and_a_shared_computer_no_lasting_cookie() {
    let town = Town::new().await;
    town.provider.change(|state| {
        state.user_info = json!({ "sub": "zoe" });
        state.id_token = json!({ "given_name": "Zoë", "family_name": "Novák", "acr": "http://eidas.europa.eu/LoA/high" });
    });
    let answer = town.log_in(&request(Scheme::Eidas, Device::Shared)).await;
    assert!(answer.header("set-cookie").ends_with("SameSite=Strict"));
    let me: Me = signed_in(&town.house, &answer).get(paths::ME).await.is(200).json();
    assert_eq!((me.given_name.as_str(), me.fiscal_code, me.session.scheme), ("Zoë", None, Scheme::Eidas));
}

#[tokio::test]
async fn the_person_an_import_brought_is_the_one_who_logs_in() {
    let town = Town::new().await;
    let mut file = file();
    file.citizens.iter_mut().for_each(|citizen| citizen.issuer.clone_from(&town.provider.issuer));
    town.house.bring(&file).await;
    let maria = signed_in(&town.house, &town.log_in(&spid()).await);
    assert!(maria.get(paths::CASES).await.is(200).text().contains("Asilo di Sara"));
}

#[tokio::test]
async fn a_subject_of_another_issuer_is_another_person() {
    let town = Town::new().await;
    town.house.bring(&file()).await;
    let stranger = signed_in(&town.house, &town.log_in(&spid()).await);
    assert!(!stranger.get(paths::CASES).await.is(200).text().contains("Asilo"));
    assert_eq!(town.house.count("citizens").await, 4);
}

#[tokio::test]
async fn a_new_login_ends_the_old_session_of_the_browser() {
    let town = Town::new().await;
    let old = signed_in(&town.house, &town.log_in(&spid()).await);
    let answer = old.post(paths::SESSION_LOGIN, &spid()).await.is(200);
    let login = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let location = answer.json::<LoginStart>().location;
    // The Strict cookie does not travel with the redirect; the login's Lax one does.
    let answer = coming_back(&town.house.anyone().with("cookie", &login), &town.provider.agree(&location)).await;
    old.get(paths::ME).await.is(401);
    signed_in(&town.house, &answer).get(paths::ME).await.is(200);
}

#[tokio::test]
async fn a_login_never_lands_on_another_site() {
    let town = Town::new().await;
    for back_to in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let answer = town.log_in(&LoginRequest { back_to: back_to.into(), ..spid() }).await;
        assert_eq!(answer.header("location"), "/", "{back_to}");
    }
}

/// The page that says what went wrong, for a login that began at [`spid`]'s address: it keeps where the person wanted to go.
pub fn went_wrong(problem: &str) -> String {
    format!("/login?problem={problem}&back=%2Fcases%3Fphase%3Dopen")
}

/// What the app is told when the provider behaves like this.
async fn told(town: &Town, id_token: Value) -> String {
    town.provider.change(|state| state.id_token = id_token);
    let answer = town.log_in(&spid()).await;
    assert_eq!(answer.header("set-cookie"), "");
    answer.header("location").to_owned()
}

#[tokio::test]
async fn an_id_token_that_is_not_right_lets_nobody_in() {
    let town = Town::new().await;
    let now = town.house.now();
    for wrong in [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "another" }),
        json!({ "aud": [CLIENT, "another"] }),
        json!({ "iss": "https://evil.example" }),
        json!({ "exp": now - 1 }),
        json!({ "exp": null }),
        json!({ "sub": null }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ] {
        assert_eq!(told(&town, wrong.clone()).await, went_wrong("failed"), "{wrong}");
    }
    for low in [json!({ "acr": "https://www.spid.gov.it/SpidL1" }), json!({ "acr": null })] {
        assert_eq!(told(&town, low).await, went_wrong("level"));
    }
    assert_eq!((town.house.count("sessions").await, town.house.count("citizens").await), (0, 0));
    assert_eq!(told_nothing_wrong(&town).await, "/cases?phase=open");
}

async fn told_nothing_wrong(town: &Town) -> String {
    town.provider.change(|state| state.id_token = json!({ "acr": "https://www.spid.gov.it/SpidL3" }));
    town.log_in(&spid()).await.header("location").to_owned()
}

#[tokio::test]
async fn a_signature_by_another_key_or_none_lets_nobody_in() {
    let town = Town::new().await;
    town.provider.change(|state| state.signs_with = 1);
    assert_eq!(town.log_in(&spid()).await.header("location"), went_wrong("failed"));
    town.provider.change(|state| (state.signs_with, state.algorithm) = (0, "none"));
    assert_eq!(town.log_in(&spid()).await.header("location"), went_wrong("failed"));
    assert_eq!(town.house.count("sessions").await, 0);
}

#[tokio::test]
async fn new_keys_of_the_provider_are_noticed_and_old_ones_are_not_asked_for_each_time() {
    let town = Town::new().await;
    for _ in 0..3 {
        assert_eq!(town.log_in(&spid()).await.header("location"), "/cases?phase=open");
    }
    assert_eq!(town.provider.state.lock().unwrap().keys_asked, 1);
    town.provider.change(|state| (state.signs_with, state.publishes) = (1, 1));
    assert_eq!(town.log_in(&spid()).await.header("location"), "/cases?phase=open");
    assert_eq!(town.provider.state.lock().unwrap().keys_asked, 2);
}

#[tokio::test]
async fn user_info_about_somebody_else_lets_nobody_in() {
    let town = Town::new().await;
    town.provider.change(|state| state.id_token = json!({ "sub": "another" }));
    assert_eq!(town.log_in(&spid()).await.header("location"), went_wrong("failed"));
}

#[tokio::test]
async fn forged_callbacks_let_nobody_in() {
    let town = Town::new().await;
    let (location, browser) = town.begin(&town.house.anyone(), &spid()).await;
    let good = town.provider.agree(&location);
    let (other_location, _) = town.begin(&town.house.anyone(), &spid()).await;
    let other = town.provider.agree(&other_location);
    let part = |callback: &str, name: &str| query(callback.split_once('?').unwrap().1)[name].clone();
    let path = paths::SESSION_CALLBACK;
    let made = |code: &str, state: &str, rest: &str| format!("{path}?code={code}&state={state}{rest}");
    let (code, state) = (part(&good, "code"), part(&good, "state"));
    for (who, callback, told) in [
        (town.house.anyone(), good.clone(), "expired"),
        (town.house.anyone().with("cookie", "__Host-login=AAAA"), good.clone(), "expired"),
        (browser.clone(), made(&code, "another", ""), "expired"),
        (browser.clone(), made(&code, "", ""), "expired"),
        (browser.clone(), path.to_owned(), "expired"),
        (browser.clone(), format!("{path}?state=a&state=b"), "failed"),
        (browser.clone(), format!("{path}?code=%FF"), "expired"),
        // A login that was begun in another browser.
        (browser.clone(), other, "expired"),
    ] {
        assert_eq!(coming_back(&who, &callback).await.header("location"), format!("/login?problem={told}"), "{callback}");
    }
    // None of these used up the login that is still under way.
    assert_eq!(coming_back(&browser, &good).await.header("location"), "/cases?phase=open");
    assert_eq!(coming_back(&browser, &good).await.header("location"), "/login?problem=expired");
    for (rest, told) in [("", "failed"), ("&iss=https%3A%2F%2Fevil.example", "failed")] {
        let (location, browser) = town.begin(&town.house.anyone(), &spid()).await;
        let good = town.provider.agree(&location);
        let callback = made(&part(&good, "code"), &part(&good, "state"), rest);
        assert_eq!(coming_back(&browser, &callback).await.header("location"), went_wrong(told), "{rest}");
    }
    assert_eq!(town.house.count("sessions").await, 1);
    assert!(!state.is_empty());
}

#[tokio::test]
async fn a_login_that_takes_too_long_begins_again() {
    let town = Town::new().await;
    let (location, browser) = town.begin(&town.house.anyone(), &spid()).await;
    let callback = town.provider.agree(&location);
    town.house.pass(601);
    assert_eq!(coming_back(&browser, &callback).await.header("location"), went_wrong("expired"));
}

#[tokio::test]
async fn two_tabs_of_one_browser_may_log_in_at_once() {
    let town = Town::new().await;
    let (first, browser) = town.begin(&town.house.anyone(), &spid()).await;
    let (second, browser) = town.begin(&browser, &spid()).await;
    for location in [second, first] {
        assert_eq!(coming_back(&browser, &town.provider.agree(&location)).await.header("location"), "/cases?phase=open");
    }
}

#[tokio::test]
async fn what_the_provider_refuses_is_told_in_a_code_the_app_has_words_for() {
    let town = Town::new().await;
    for (said, told) in [
        ("error=access_denied&error_description=ErrorCode%20nr25", "spid_25"),
        ("error=access_denied&error_description=ErrorCode+nr19", "spid_19"),
        ("error=access_denied", "denied"),
        ("error=temporarily_unavailable", "unavailable"),
        ("error=%3Cscript%3E&error_description=%0d%0aX:+y", "failed"),
    ] {
        let (location, browser) = town.begin(&town.house.anyone(), &spid()).await;
        let state = query(location.split_once('?').unwrap().1)["state"].clone();
        let callback = format!("{}?{said}&state={state}", paths::SESSION_CALLBACK);
        assert_eq!(coming_back(&browser, &callback).await.header("location"), went_wrong(told));
    }
}

#[tokio::test]
async fn a_login_that_failed_leads_on_to_this_site_alone() {
    let town = Town::new().await;
    for (back_to, kept) in [
        ("/", ""),
        ("https://evil.example", ""),
        ("//evil.example", ""),
        ("/reports/new?a=1&problem=x#y", "&back=%2Freports%2Fnew%3Fa%3D1%26problem%3Dx%23y"),
    ] {
        let (location, browser) = town.begin(&town.house.anyone(), &LoginRequest { back_to: back_to.into(), ..spid() }).await;
        let state = query(location.split_once('?').unwrap().1)["state"].clone();
        let callback = format!("{}?error=access_denied&state={state}", paths::SESSION_CALLBACK);
        assert_eq!(coming_back(&browser, &callback).await.header("location"), format!("/login?problem=denied{kept}"));
    }
}

/// The same browser logs in again.
async fn log_in_again(town: &Town, browser: &Who) -> Who {
    let (location, login) = town.begin(browser, &spid()).await;
    signed_in(&town.house, &coming_back(&login, &town.provider.agree(&location)).await)
}

#[tokio::test]
async fn a_new_login_leaves_the_credential_to_the_same_person_and_takes_it_from_another() {
    let town = Town::new().await;
    let first = signed_in(&town.house, &town.log_in(&spid()).await);
    first.post(paths::SESSION_VAULT, &()).await.is(200);
    let second = log_in_again(&town, &first).await;
    assert_eq!(town.house.count("credentials").await, 1);
    town.provider.change(|state| {
        state.id_token = json!({ "sub": "luca" });
        state.user_info = json!({ "sub": "luca", "given_name": "Luca", "family_name": "Bianchi" });
    });
    log_in_again(&town, &second).await;
    assert_eq!(town.house.count("credentials").await, 0);
}

#[tokio::test]
async fn without_a_provider_the_login_says_so_at_once() {
    let nowhere = House::with(&[("FILO_OIDC_ISSUER", "http://127.0.0.1:9"), ("FILO_OIDC_CLIENT_ID", CLIENT)]).await;
    let unset = House::empty().await;
    for house in [nowhere, unset] {
        let answer = house.anyone().post(paths::SESSION_LOGIN, &spid()).await.is(503);
        assert_eq!((answer.problem().code, answer.header("retry-after")), (ProblemCode::Unavailable, "5"));
    }
}

#[tokio::test]
async fn a_scheme_nobody_knows_is_a_field_at_fault() {
    let town = Town::new().await;
    let body = json!({ "scheme": "carrier_pigeon", "device": "mine", "back_to": "/", "language": "it" });
    assert_eq!(town.house.anyone().post(paths::SESSION_LOGIN, &body).await.is(422).faults(), ["scheme:not_a_choice"]);
}

#[tokio::test]
async fn too_many_logins_from_one_address_wait_a_minute() {
    let town = Town::with(&[("FILO_LOGINS_PER_MINUTE", "3"), ("FILO_CLIENT_HEADER", "X-Forwarded-For")]).await;
    let one = town.house.anyone().with("x-forwarded-for", "203.0.113.9, 192.0.2.1");
    for _ in 0..3 {
        one.post(paths::SESSION_LOGIN, &spid()).await.is(200);
    }
    let answer = one.post(paths::SESSION_LOGIN, &spid()).await.is(429);
    assert_eq!((answer.problem().code, answer.header("retry-after")), (ProblemCode::TooMany, "60"));
    // What the client itself wrote into the header does not make it another one.
    one.clone().with("x-forwarded-for", "198.51.100.7, 192.0.2.1").post(paths::SESSION_LOGIN, &spid()).await.is(429);
    one.clone().with("x-forwarded-for", "192.0.2.2").post(paths::SESSION_LOGIN, &spid()).await.is(200);
    town.house.pass(60);
    one.post(paths::SESSION_LOGIN, &spid()).await.is(200);
}

#[tokio::test]
async fn logging_out_revokes_the_token_at_the_provider() {
    let town = Town::new().await;
    let maria = signed_in(&town.house, &town.log_in(&spid()).await);
    let rows = sqlx::query("SELECT sealed_token FROM sessions").fetch_all(town.house.crm.db.reader()).await.unwrap();
    let kept: String = sqlx::Row::get(&rows[0], 0);
    assert!(!kept.contains("token-of-"));
    maria.post(paths::SESSION_LOGOUT, &()).await.is(204);
    for _ in 0..100 {
        if !town.provider.state.lock().unwrap().revoked.is_empty() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let revoked = town.provider.state.lock().unwrap().revoked.clone();
    assert!(revoked.len() == 1 && revoked[0].starts_with("token-of-"), "{revoked:?}");
}
