//! Anonymous questionnaires: one token for each person, answers that nothing in the database joins to anybody.
use super::{close, list, named, open, read};
use crate::house::House;
use crate::people::Who;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Given, Signed};
use rsa::BigUint;
use serde_json::{Value, json};
use sha2::{Digest, Sha384};
use sqlx::Row;

/// A token as a device makes it.
struct Token {
    nonce: [u8; 16],
    modulus: BigUint,
    inverse: BigUint,
    blinded: BigUint,
}

/// EMSA-PSS with an empty salt, SHA-384, 2047 bits (RFC 8017 §9.1.1).
fn encoded(nonce: &[u8]) -> BigUint {
    let hash = Sha384::digest([&[0; 8][..], &Sha384::digest(nonce)].concat());
    let mut block = vec![0; 256 - 48 - 2];
    block.push(1);
    let mut mask = Vec::new();
    for counter in 0_u32..5 {
        mask.extend(Sha384::digest([&hash[..], &counter.to_be_bytes()].concat()));
    }
    block.iter_mut().zip(mask).for_each(|(byte, mask)| *byte ^= mask);
    block[0] &= 0x7F;
    BigUint::from_bytes_be(&[&block[..], &hash, &[0xBC]].concat())
}

fn padded(number: &BigUint) -> String {
    let bytes = number.to_bytes_be();
    BASE64.encode([vec![0; 256 - bytes.len()], bytes].concat())
}

impl Token {
    fn new(nonce: u8, modulus: &str) -> Self {
        let modulus = BigUint::from_bytes_be(&BASE64.decode(modulus).unwrap());
        // Blinded by two, whose inverse is at hand: the signer sees another number all the same.
        let (two, one) = (BigUint::from(2_u32), BigUint::from(1_u32));
        let inverse = (&modulus + one) / &two;
        let nonce = [nonce; 16];
        let blinded = (encoded(&nonce) * two.modpow(&BigUint::from(65_537_u32), &modulus)) % &modulus;
        Self { nonce, modulus, inverse, blinded }
    }

    fn text(&self) -> String {
        BASE64.encode(self.nonce)
    }

    fn blinded(&self) -> Value {
        json!({"blinded": padded(&self.blinded)})
    }

    fn unblind(&self, signed: &Signed) -> String {
        padded(&((BigUint::from_bytes_be(&BASE64.decode(&signed.signed).unwrap()) * &self.inverse) % &self.modulus))
    }
}

fn anonymous(key: &str) -> Value {
    let mut new = named(key);
    new["anonymous"] = json!(true);
    new
}

/// Somebody's token, signed.
async fn token(who: &Who, id: &QuestionnaireId, nonce: u8) -> (String, String) {
    let token = Token::new(nonce, &read(who, id).await.token_key);
    let signed: Signed = who.post(&paths::questionnaire_token(id), &token.blinded()).await.is(200).json();
    (token.text(), token.unblind(&signed))
}

fn ballot((token, signature): &(String, String), answers: Value) -> Value {
    json!({"token": token, "signature": signature, "version": 1, "language": "it", "answers": answers})
}

#[tokio::test]
async fn a_token_that_is_signed_blindly_answers_once_and_changes_its_answers() {
    let house = House::new().await;
    let (desk, maria) = (house.desk(), house.maria().await);
    let id = open(&desk, &anonymous("blind")).await;
    let kept = token(&maria, &id, 7).await;
    let nobody = house.anyone();
    nobody.create(&paths::public_ballots(&id), "k", &ballot(&kept, json!({"come": "auto"}))).await.is(201);
    nobody.create(&paths::public_ballots(&id), "k2", &ballot(&kept, json!({"come": "piedi", "eta": 9}))).await.is(201);
    assert_eq!(house.count("questionnaire_ballots").await, 1);
    let given: Given<Value> = nobody.post(&paths::public_ballot(&id), &json!({"token": kept.0})).await.is(200).json();
    assert_eq!(given.answers, json!({"come": "piedi", "eta": 9, "doppio": 18}));
    nobody.post(&paths::public_ballot(&id), &json!({"token": BASE64.encode([8; 16])})).await.is(404);
    // Tokens that nobody signed, and answers that are none.
    for (name, wrong) in [("another token", (BASE64.encode([9; 16]), kept.1.clone())), ("no signature", (kept.0.clone(), String::new()))] {
        let answer = nobody.create(&paths::public_ballots(&id), "w", &ballot(&wrong, json!({"come": "auto"}))).await.is(422);
        assert_eq!(answer.faults(), ["token:not_found"], "{name}");
    }
    let answer = nobody.create(&paths::public_ballots(&id), "w", &ballot(&kept, json!({"come": "treno"}))).await.is(422);
    assert_eq!(answer.faults(), ["come:not_a_choice"]);
    // Under a name it cannot be answered, nor begun.
    maria
        .create(&paths::questionnaire_answers(&id), "k", &json!({"version": 1, "language": "it", "answers": {"come": "auto"}}))
        .await
        .is(409);
    let begun = maria.clone().with("content-type", "application/json");
    begun.ask(axum::http::Method::PUT, &paths::questionnaire_draft(&id), "{\"version\": 1, \"answers\": {}}".into()).await.is(409);
    close(&desk, &id).await;
    nobody.create(&paths::public_ballots(&id), "late", &ballot(&kept, json!({"come": "auto"}))).await.is(409);
}

#[tokio::test]
async fn each_person_is_signed_one_token_and_the_same_one_again() {
    let house = House::new().await;
    let id = open(&house.desk(), &anonymous("one")).await;
    let (maria, luca) = (house.maria().await, house.luca().await);
    let key = read(&maria, &id).await.token_key;
    let first = Token::new(1, &key);
    let signed: Signed = maria.post(&paths::questionnaire_token(&id), &first.blinded()).await.is(200).json();
    let again: Signed = maria.post(&paths::questionnaire_token(&id), &first.blinded()).await.is(200).json();
    assert_eq!(signed, again, "an answer that was lost is given again");
    maria.post(&paths::questionnaire_token(&id), &Token::new(2, &key).blinded()).await.is(409);
    luca.post(&paths::questionnaire_token(&id), &Token::new(2, &key).blinded()).await.is(200);
    for wrong in ["", "AAAA", &BASE64.encode([255; 256])] {
        maria.post(&paths::questionnaire_token(&id), &json!({"blinded": wrong})).await.is(422);
    }
    house.anyone().post(&paths::questionnaire_token(&id), &first.blinded()).await.is(401);
}

/// Every text of the tables that an anonymous answer could be in.
async fn texts(house: &House) -> Vec<(&'static str, Vec<String>)> {
    let mut found = Vec::new();
    for (table, columns) in [
        ("questionnaire_ballots", "questionnaire_id || ' ' || token_hash || ' ' || answers || ' ' || changed_on"),
        ("questionnaire_register", "questionnaire_id || ' ' || mark || ' ' || blinded"),
        ("questionnaire_answers", "questionnaire_id || ' ' || citizen_id"),
        ("questionnaire_drafts", "questionnaire_id || ' ' || citizen_id"),
        ("answers", "scope || ' ' || key || ' ' || body"),
        ("inbox", "owner_id || ' ' || title"),
    ] {
        let rows = sqlx::query(&format!("SELECT {columns} FROM {table}")).fetch_all(house.crm.db.reader()).await.unwrap();
        found.push((table, rows.iter().map(|row| row.get(0)).collect()));
    }
    found
}

#[tokio::test]
async fn nothing_in_the_database_joins_anonymous_answers_to_a_person() {
    let house = House::new().await;
    let desk = house.desk();
    let id = open(&desk, &anonymous("nobody")).await;
    let maria = house.maria().await;
    let me: contract::session::Me = maria.get(paths::ME).await.is(200).json();
    let before = texts(&house).await;
    let kept = token(&maria, &id, 3).await;
    house.anyone().create(&paths::public_ballots(&id), "key-with-a-time", &ballot(&kept, json!({"come": "auto"}))).await.is(201);
    let after = texts(&house).await;
    for ((table, rows), (_, old)) in after.iter().zip(&before) {
        let is_new = |row: &&String| !old.contains(row);
        let new: Vec<&String> = rows.iter().filter(is_new).collect();
        let expected = usize::from(["questionnaire_ballots", "questionnaire_register"].contains(table));
        assert_eq!(new.len(), expected, "{table}: {new:?}");
        for row in new {
            for told in [me.id.as_str(), "Maria", "RSSMRA70A41H501W", &kept.0, "key-with-a-time", "T09:"] {
                assert!(!row.contains(told), "{table} tells {told}: {row}");
            }
        }
    }
    // The CRM itself does not know that she has answered.
    let mine = &list(&maria).await.items[0];
    assert!(mine.answered_at.is_none() && !mine.begun && read(&maria, &id).await.given.is_none());
    // Day by day one could see whose answer is new: nobody reads them before the end.
    desk.get(&paths::office_questionnaire_answers(&id, "json")).await.is(409);
    let files = house.files();
    close(&desk, &id).await;
    assert_eq!(
        (house.count("questionnaire_register").await, house.files()),
        (0, files - 1),
        "who was given a token is forgotten, and the key"
    );
    let all: contract::questionnaires::Exported<Value> = desk.get(&paths::office_questionnaire_answers(&id, "json")).await.is(200).json();
    assert_eq!((all.answers.len(), all.answers[0].citizen.is_none()), (1, true));
}
