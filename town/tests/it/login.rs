//! Logging in over HTTP: the page, the code, the tokens, the claims, and every way in which it must not work.

use crate::street::{CALLBACK, SECRET, Street, Tested, between, location, open, request};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::signature::Verifier;
use rsa::{BigUint, RsaPublicKey};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::Duration;
use town::people;

async fn json(street: &Street, path: &str) -> Result<Value, Box<dyn Error>> {
    Ok(street.http.get(format!("{}{path}", street.url)).send().await?.json().await?)
}

/// Checks a token's RS256 signature against the published keys and gives its claims.
async fn verified(street: &Street, token: &str) -> Result<Value, Box<dyn Error>> {
    let keys = json(street, "/jwks").await?;
    let (text, signature) = token.rsplit_once('.').ok_or("not a JWT")?;
    let (header, claims) = text.split_once('.').ok_or("not a JWT")?;
    let header: Value = serde_json::from_slice(&BASE64URL.decode(header)?)?;
    assert_eq!(header["alg"], "RS256");
    let key = keys["keys"].as_array().and_then(|keys| keys.iter().find(|key| key["kid"] == header["kid"])).ok_or("no such key")?;
    let number = |name: &str| -> Result<BigUint, Box<dyn Error>> {
        Ok(BigUint::from_bytes_be(&BASE64URL.decode(key[name].as_str().ok_or("no number")?)?))
    };
    let public = RsaPublicKey::new(number("n")?, number("e")?)?;
    let signature = Signature::try_from(BASE64URL.decode(signature)?.as_slice())?;
    VerifyingKey::<Sha256>::new(public).verify(text.as_bytes(), &signature)?;
    Ok(serde_json::from_slice(&BASE64URL.decode(claims)?)?)
}

async fn tokens(street: &Street, person: &str) -> Result<Value, Box<dyn Error>> {
    let code = street.choose(person).await?.remove("code").ok_or("no code")?;
    Ok(street.exchange(&code, &[]).await?.json().await?)
}

#[tokio::test]
async fn the_provider_describes_itself() -> Tested {
    let street = open(|_| {}).await?;
    let about = json(&street, "/.well-known/openid-configuration").await?;
    assert_eq!(about["issuer"], street.url);
    for endpoint in
        ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "revocation_endpoint", "end_session_endpoint"]
    {
        assert!(about[endpoint].as_str().is_some_and(|url| url.starts_with(&street.url)), "{endpoint}");
    }
    assert_eq!(about["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    let keys = json(&street, "/jwks").await?;
    assert_eq!(keys["keys"][0]["n"].as_str().map(str::len), Some(342), "2048 bits");
    assert_eq!(keys["keys"][0].get("d"), None, "the private key is published");
    Ok(())
}

#[tokio::test]
async fn the_page_shows_everybody_and_lets_no_script_in() -> Tested {
    let street = open(|_| {}).await?;
    let answer = street.authorize(request()).await?;
    assert_eq!(answer.status(), 200);
    let policy = answer.headers().get("content-security-policy").ok_or("no policy")?.to_str()?.to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert!(policy.contains("form-action 'self' http://localhost:8080;"), "the way back is barred: {policy}");
    let page = answer.text().await?;
    assert!(page.contains("<html lang=\"it\">") && page.contains("Identità di prova"));
    for person in people::all()? {
        assert!(page.contains(&format!("value=\"{}\"", person.subject)), "{}", person.subject);
        assert!(page.contains(&person.who.it.replace('\'', "&#39;")), "{}", person.subject);
    }
    assert!(!page.contains("<script") && !page.contains(" style=") && !page.contains("st&te"), "{page}");
    let english =
        street.authorize(request().into_iter().map(|(n, v)| (n, if n == "ui_locales" { "de en" } else { v }))).await?.text().await?;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Who do you want to be?"));
    let hinted = street.authorize(request().into_iter().chain([("scheme", "eidas")])).await?.text().await?;
    assert!(hinted.find("lukas-brandt") < hinted.find("maria-rossi"), "eIDAS people come first when eIDAS was asked for");
    Ok(())
}

#[tokio::test]
async fn a_login_brings_a_signed_token_and_the_claims_of_spid() -> Tested {
    let street = open(|_| {}).await?;
    let back = street.choose("maria-rossi").await?;
    assert_eq!(back.get("state").map(String::as_str), Some("st&te"));
    assert_eq!(back.get("iss"), Some(&street.url));
    let answer = street.exchange(back.get("code").ok_or("no code")?, &[]).await?;
    assert_eq!(answer.headers().get("cache-control").map(reqwest::header::HeaderValue::as_bytes), Some(b"no-store".as_slice()));
    let tokens: Value = answer.json().await?;
    assert_eq!(tokens["token_type"], "Bearer");
    let access = tokens["access_token"].as_str().ok_or("no access token")?;
    let claims = verified(&street, tokens["id_token"].as_str().ok_or("no ID token")?).await?;
    assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&street.url.clone().into(), &"filo".into(), &"maria-rossi".into()));
    assert_eq!((&claims["nonce"], &claims["acr"]), (&"n0nce".into(), &"https://www.spid.gov.it/SpidL2".into()));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    assert!(claims["iat"].as_u64().is_some_and(|at| now - at < 10) && claims["exp"].as_u64().is_some_and(|at| at > now));
    assert!(claims["auth_time"].as_u64().is_some_and(|at| now - at < 10));
    assert_eq!(claims["at_hash"], BASE64URL.encode(&Sha256::digest(access)[..16]));
    assert_eq!(claims.get("given_name"), None, "SPID's ID tokens carry nothing personal");
    let person: Value = street.user_info(access).await?.json().await?;
    assert_eq!((&person["sub"], &person["given_name"], &person["family_name"]), (&"maria-rossi".into(), &"Maria".into(), &"Rossi".into()));
    assert_eq!(person["https://attributes.eid.gov.it/fiscal_number"], "TINIT-RSSMRA86D52D612U");
    assert_eq!((&person["birthdate"], &person["gender"]), (&"1986-04-12".into(), &"female".into()));
    assert_eq!((&person["email"], &person["phone_number"]), (&"maria.rossi@example.org".into(), &"+393000000101".into()));
    Ok(())
}

#[tokio::test]
async fn the_eidas_person_has_no_fiscal_code_at_all() -> Tested {
    let street = open(|_| {}).await?;
    let tokens = tokens(&street, "lukas-brandt").await?;
    let person: Value = street.user_info(tokens["access_token"].as_str().unwrap_or_default()).await?.json().await?;
    let names: Vec<&str> = person.as_object().ok_or("not an object")?.keys().map(String::as_str).collect();
    assert_eq!(names, ["birthdate", "family_name", "given_name", "sub"]);
    Ok(())
}

#[tokio::test]
async fn a_bad_request_of_a_known_client_is_told_to_the_client() -> Tested {
    let street = open(|_| {}).await?;
    let cases = [
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "", "invalid_request"),
        ("scope", "profile", "invalid_scope"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge", "short", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("code_challenge_method", "", "invalid_request"),
        ("prompt", "none", "login_required"),
        ("request", "eyJ", "request_not_supported"),
        ("request_uri", "https://x.example", "request_uri_not_supported"),
        ("response_mode", "fragment", "invalid_request"),
    ];
    for (name, value, error) in cases {
        let mut params = request();
        params.insert(name, value);
        let back = location(&street.authorize(params).await?)?;
        assert_eq!(back.get("error").map(String::as_str), Some(error), "{name}={value}");
        assert_eq!(back.get("state").map(String::as_str), Some("st&te"), "{name}={value}");
        assert_eq!(back.get("code"), None);
    }
    let twice = location(&street.authorize(request().into_iter().chain([("nonce", "again")])).await?)?;
    assert_eq!(twice.get("error").map(String::as_str), Some("invalid_request"));
    Ok(())
}

#[tokio::test]
async fn nobody_is_sent_to_an_address_that_is_not_registered() -> Tested {
    let street = open(|_| {}).await?;
    let addresses = [
        "",
        "https://evil.example/",
        "http://localhost:8080/api/v1/session/callback/",
        "http://localhost:8080/api/v1/session/callback?x=1",
        "HTTP://localhost:8080/api/v1/session/callback",
    ];
    for address in addresses {
        let mut params = request();
        params.insert("redirect_uri", address);
        let answer = street.authorize(params).await?;
        assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None), "{address}");
        assert!(answer.text().await?.contains("<h1>Non possiamo farti entrare da qui</h1>"));
    }
    let mut params = request();
    params.insert("client_id", "\"><script>");
    let answer = street.authorize(params).await?;
    assert_eq!((answer.status().as_u16(), answer.headers().get("location")), (400, None));
    assert!(!answer.text().await?.contains("<script"));
    let twice = street.authorize(request().into_iter().chain([("redirect_uri", CALLBACK)])).await?;
    assert_eq!(twice.status(), 400);
    Ok(())
}

#[tokio::test]
async fn turning_back_and_failing_are_told_in_the_numbers_of_spid() -> Tested {
    let street = open(|_| {}).await?;
    for (choice, number) in
        [("cancel", "nr25"), ("nr20", "nr20"), ("nr23", "nr23"), ("nr19", "nr19"), ("somebody-else", "nr25"), ("", "nr25")]
    {
        let back = street.choose(choice).await?;
        assert_eq!(back.get("error").map(String::as_str), Some("access_denied"), "{choice}");
        assert_eq!(back.get("error_description"), Some(&format!("ErrorCode {number}")), "{choice}");
        assert_eq!((back.get("code"), back.get("state").map(String::as_str)), (None, Some("st&te")));
    }
    Ok(())
}

#[tokio::test]
async fn a_login_page_works_once_and_not_for_ever() -> Tested {
    let street = open(|_| {}).await?;
    let page = street.authorize(request()).await?.text().await?;
    assert_eq!(street.press(&page, "gino-bandini").await?.status(), 303);
    let again = street.press(&page, "gino-bandini").await?;
    assert_eq!((again.status().as_u16(), again.headers().get("location")), (400, None));
    assert!(again.text().await?.contains("Questa pagina è scaduta"));
    let late = open(|config| config.login_lifetime = Duration::ZERO).await?;
    let page = late.authorize(request()).await?.text().await?;
    assert_eq!(late.press(&page, "gino-bandini").await?.status(), 400);
    Ok(())
}

#[tokio::test]
async fn a_code_works_once_and_its_second_use_ends_the_first_ones_token() -> Tested {
    let street = open(|_| {}).await?;
    let code = street.choose("giulia-ferri").await?.remove("code").ok_or("no code")?;
    let tokens: Value = street.exchange(&code, &[]).await?.json().await?;
    let access = tokens["access_token"].as_str().ok_or("no token")?;
    assert_eq!(street.user_info(access).await?.status(), 200);
    let again = street.exchange(&code, &[]).await?;
    assert_eq!(again.status(), 400);
    assert_eq!(again.json::<Value>().await?["error"], "invalid_grant");
    assert_eq!(street.user_info(access).await?.status(), 401);
    Ok(())
}

#[tokio::test]
async fn a_code_dies_with_its_time_or_with_a_wrong_try() -> Tested {
    let late = open(|config| config.code_lifetime = Duration::ZERO).await?;
    let code = late.choose("nora-gelli").await?.remove("code").ok_or("no code")?;
    assert_eq!(late.exchange(&code, &[]).await?.json::<Value>().await?["error"], "invalid_grant");
    assert_eq!(town::Config::read(|_| None).code_lifetime, Duration::from_secs(60));
    let street = open(|_| {}).await?;
    for wrong in [("code_verifier", "x".repeat(43)), ("redirect_uri", format!("{CALLBACK}/")), ("code_verifier", "short".to_owned())] {
        let code = street.choose("nora-gelli").await?.remove("code").ok_or("no code")?;
        let refused = street.exchange(&code, &[(wrong.0, &wrong.1)]).await?;
        assert_eq!((refused.status().as_u16(), &refused.json::<Value>().await?["error"]), (400, &"invalid_grant".into()), "{wrong:?}");
        assert_eq!(street.exchange(&code, &[]).await?.status(), 400, "the right try after {wrong:?}");
    }
    Ok(())
}

#[tokio::test]
async fn only_the_client_itself_gets_tokens() -> Tested {
    let street = open(|_| {}).await?;
    let cases = [
        ([("client_secret", "wrong")], 401, "invalid_client"),
        ([("client_secret", "")], 401, "invalid_client"),
        ([("client_id", "other")], 401, "invalid_client"),
        ([("grant_type", "password")], 400, "unsupported_grant_type"),
        ([("code_verifier", "")], 400, "invalid_request"),
        ([("redirect_uri", "")], 400, "invalid_request"),
    ];
    for (change, status, error) in cases {
        let code = street.choose("nora-gelli").await?.remove("code").ok_or("no code")?;
        let refused = street.exchange(&code, &change).await?;
        assert_eq!(refused.headers().contains_key("www-authenticate"), status == 401, "{change:?}");
        assert_eq!((refused.status().as_u16(), &refused.json::<Value>().await?["error"]), (status, &error.into()), "{change:?}");
        assert_eq!(street.exchange(&code, &[]).await?.status(), 200, "a stranger's try must not spend the code: {change:?}");
    }
    let code = street.choose("nora-gelli").await?.remove("code").ok_or("no code")?;
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", CALLBACK), ("code_verifier", crate::street::VERIFIER)];
    let ask = street.http.post(format!("{}/token", street.url)).form(&form);
    let encoded = contract::paths::escape(SECRET);
    let both = street.http.post(format!("{}/token", street.url)).basic_auth("filo", Some(&encoded)).form(&[("client_secret", SECRET)]);
    assert_eq!(both.send().await?.status(), 400);
    assert_eq!(ask.basic_auth("filo", Some(&encoded)).send().await?.status(), 200);
    Ok(())
}

#[tokio::test]
async fn a_client_without_a_secret_is_protected_by_pkce() -> Tested {
    let street = open(|config| config.client.secret = None).await?;
    let code = street.choose("nora-gelli").await?.remove("code").ok_or("no code")?;
    assert_eq!(street.exchange(&code, &[("client_secret", "")]).await?.status(), 200);
    assert_eq!(
        json(&street, "/.well-known/openid-configuration").await?["token_endpoint_auth_methods_supported"],
        serde_json::json!(["none"])
    );
    Ok(())
}

#[tokio::test]
async fn tokens_can_be_revoked_and_logout_leads_only_to_known_addresses() -> Tested {
    let street = open(|config| config.client.logout_uris = vec!["http://localhost:8080/".to_owned()]).await?;
    let one = tokens(&street, "teresa-conti").await?;
    let access = one["access_token"].as_str().ok_or("no token")?;
    let revoke = |secret: &'static str| {
        street
            .http
            .post(format!("{}/revoke", street.url))
            .form(&[("token", access), ("client_id", "filo"), ("client_secret", secret)])
            .send()
    };
    assert_eq!(revoke("wrong").await?.status(), 401);
    assert_eq!(street.user_info(access).await?.status(), 200);
    assert_eq!(revoke(SECRET).await?.status(), 200);
    assert_eq!(street.user_info(access).await?.status(), 401);
    assert_eq!(revoke(SECRET).await?.status(), 200, "revoking twice is fine (RFC 7009)");
    let two = tokens(&street, "teresa-conti").await?;
    let (id_token, access) = (two["id_token"].as_str().ok_or("no token")?, two["access_token"].as_str().ok_or("no token")?);
    let leave = |uri: &str| {
        let uri = contract::paths::escape(uri);
        street.http.get(format!("{}/logout?id_token_hint={id_token}&state=a%26b&post_logout_redirect_uri={uri}", street.url)).send()
    };
    let away = leave("http://localhost:8080/").await?;
    assert_eq!(away.headers().get("location").ok_or("no location")?, "http://localhost:8080/?state=a%26b");
    assert_eq!(street.user_info(access).await?.status(), 401, "the token outlived the logout");
    let stays = leave("https://evil.example/").await?;
    assert_eq!((stays.status().as_u16(), stays.headers().get("location")), (200, None));
    let forged = format!("{}x", id_token.rsplit_once('.').ok_or("no JWT")?.0);
    let nobody = street
        .http
        .get(format!("{}/logout?id_token_hint={forged}&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A8080%2F", street.url))
        .send()
        .await?;
    assert_eq!(nobody.status(), 200, "a forged hint leads nowhere");
    assert!(between(&nobody.text().await?, "<h1>", "</h1>").is_some());
    Ok(())
}
