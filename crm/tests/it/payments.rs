//! Fees and paying, against the town's payment platform over HTTP: two tabs, closed windows, receipts that come when they like, and forgeries.
mod load;
mod office;
mod paper;
mod receipts;
mod spec;

use crate::house::House;
use crate::people::{Who, file};
use contract::dictionary::Dictionary;
use contract::id::FeeId;
use contract::inbox::{Message, MessageKind};
use contract::payments::office::{FeePut, NewFee, PlatformReceipt};
use contract::payments::{Cart, Chosen, Fee, FeeDetails, NewPayment, PaymentStart, Receipt, Reduced, Standing};
use contract::{Date, Page, UtcTime, paths};
use crm::payments::checks;
use serde_json::json;
use tokio::net::TcpListener;

const RECEIPTS_TOKEN: &str = "token-of-the-platform";
const PLATFORM_KEY: &str = "key-of-the-town";
/// How long a payment page holds, and the pause behind it.
const PAGE: i64 = 1800;
const PAUSE: i64 = 300;
/// Numbers of notices.
pub const FIRST: &str = "302032002700000251";
pub const SECOND: &str = "302000000000000184";

/// A house that pays at the town's platform.
pub struct Shop {
    pub house: House,
    pub url: String,
    http: reqwest::Client,
}

impl Shop {
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(more: &[(&str, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let config = town::Config::read(|name| match name {
            "TOWN_PUBLIC_URL" => Some(url.clone()),
            "TOWN_PAGOPA_KEY" => Some(PLATFORM_KEY.to_owned()),
            _ => None,
        });
        let platform = town::pagopa::router(&config).unwrap();
        tokio::spawn(async move { axum::serve(listener, platform).await });
        let address = format!("{url}/pagopa");
        let ours =
            [("FILO_PAGOPA_URL", address.as_str()), ("FILO_PAGOPA_KEY", PLATFORM_KEY), ("FILO_PAGOPA_RECEIPTS_TOKEN", RECEIPTS_TOKEN)];
        let house = House::with(&[&ours, more].concat()).await;
        house.bring(&file()).await;
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { house, url, http }
    }

    pub async fn put(&self, fee: &NewFee) -> FeeId {
        self.house.desk().create(paths::OFFICE_FEES, &uuid(), fee).await.is(200).json::<FeePut>().id
    }

    /// The platform behaves otherwise from now on.
    pub async fn behave(&self, behaviour: serde_json::Value) {
        let told = self.http.post(format!("{}/pagopa/behaviour", self.url)).json(&behaviour).send().await.unwrap();
        assert_eq!(told.status().as_u16(), 204);
    }

    /// At the payment page: how it ends; where it leads back to.
    pub async fn at_the_page(&self, location: &str, outcome: &str) -> String {
        let form = format!("outcome={outcome}");
        let request = self.http.post(location).header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Time passes, and the CRM looks.
    pub async fn later(&self, seconds: i64) {
        self.house.pass(seconds);
        checks::look(&self.house.crm).await.unwrap();
    }

    /// The platform sends a receipt.
    pub async fn push(&self, receipt: &PlatformReceipt) {
        self.house.anyone().bearer(RECEIPTS_TOKEN).post(paths::PLATFORM_RECEIPTS, receipt).await.is(204);
    }
}

fn uuid() -> String {
    crm::db::new_id()
}

/// Sara's meals, for Maria to pay.
pub fn meals(number: &str) -> NewFee {
    NewFee {
        number: number.into(),
        debtor: "RSSMRA70A41H501W".into(),
        kind: "school_meals".into(),
        title: "Mensa scolastica".into(),
        person: "Sara".into(),
        period: "ottobre 2026".into(),
        amount: 6450,
        due_on: Some(Date("2026-12-10".into())),
        office: "school".into(),
        ..NewFee::default()
    }
}

/// A receipt as the platform sends it.
pub fn pushed(number: &str, id: &str, euro: f64) -> PlatformReceipt {
    PlatformReceipt {
        receipt_id: id.into(),
        notice_number: number.into(),
        fiscal_code: "01234567897".into(),
        outcome: "OK".into(),
        payment_amount: euro,
        psp_company_name: "Banca di prova".into(),
        payment_method: Some("Carta".into()),
        payment_date_time_formatted: Some("2026-11-22T10:10:00+01:00".into()),
        payment_date_time: None,
    }
}

/// A receipt that somebody has on paper.
pub fn by_hand(id: &str, amount: i64) -> Receipt {
    Receipt { receipt_id: id.into(), amount, paid_at: UtcTime("2026-11-22T09:10:00Z".into()), psp: "Posta".into(), method: String::new() }
}

pub async fn fee(who: &Who, id: &FeeId) -> FeeDetails {
    who.get(&paths::fee(id)).await.is(200).json()
}

pub async fn state(who: &Who, id: &FeeId) -> String {
    fee(who, id).await.fee.state.0
}

pub fn payment(fees: &[(&FeeId, i64)]) -> NewPayment {
    NewPayment { fees: fees.iter().map(|(id, amount)| Chosen { id: (*id).clone(), amount: *amount }).collect() }
}

pub async fn pay(who: &Who, key: &str, id: &FeeId) -> PaymentStart {
    who.create(paths::PAYMENTS, key, &payment(&[(id, 6450)])).await.is(200).json()
}

async fn refused(who: &Who, fees: &[(&FeeId, i64)]) -> Vec<String> {
    who.create(paths::PAYMENTS, &uuid(), &payment(fees)).await.is(422).faults()
}

async fn list(who: &Who, query: &str) -> Vec<Fee> {
    who.get(&format!("{}{query}", paths::PAYMENTS)).await.is(200).json::<Page<Fee>>().items
}

pub async fn told(who: &Who) -> Vec<MessageKind> {
    let page: Page<Message> = who.get(paths::INBOX).await.is(200).json();
    page.items.into_iter().filter(|message| message.fee.is_some()).map(|message| message.kind).collect()
}

#[tokio::test]
async fn a_fee_is_seen_by_its_owner_alone_with_whose_and_what_it_is() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    shop.put(&NewFee {
        title: "Multa".into(),
        person: String::new(),
        object: "targa AB 123 CD".into(),
        due_on: Some(Date("2026-11-30".into())),
        ..meals(SECOND)
    })
    .await;
    let (maria, luca) = (shop.house.maria().await, shop.house.luca().await);
    let all = list(&maria, "").await;
    assert_eq!(
        all.iter().map(|fee| fee.name("")).collect::<Vec<_>>(),
        ["Multa · targa AB 123 CD · ottobre 2026", "Mensa scolastica · Sara · ottobre 2026"]
    );
    assert_eq!((all[1].creditor.name.as_str(), all[1].number.grouped()), ("Comune di Prova", "3020 3200 2700 0002 51".to_owned()));
    for (query, found) in [
        ("?q=sara", 1),
        ("?q=ab%20123", 1),
        ("?q=3020%203200", 1),
        ("?q=302032", 1),
        ("?show=to_pay", 2),
        ("?show=paid", 0),
        ("?show=to_pay&limit=1", 1),
    ] {
        assert_eq!(list(&maria, query).await.len(), found, "{query}");
    }
    assert_eq!(list(&luca, "").await, []);
    luca.get(&paths::fee(&id)).await.is(404);
    luca.create(paths::PAYMENTS, "k", &payment(&[(&id, 6450)])).await.is(404);
    let one = fee(&maria, &id).await;
    assert_eq!(
        (one.office.unwrap().name.as_str(), one.remittance.as_str(), one.may_prove),
        ("Ufficio Scuola e Città", "Mensa scolastica", true)
    );
    let calendar = maria.get(&paths::fee_calendar(&id, "it")).await.is(200).text();
    assert!(calendar.contains("DTSTART;VALUE=DATE:20261210") && calendar.contains("64\\,50 €"), "{calendar}");
    let page: Page<Fee> = maria.get("/api/v1/payments?limit=1").await.is(200).json();
    let rest: Page<Fee> = maria.get(&format!("/api/v1/payments?limit=1&after={}", page.next.unwrap())).await.is(200).json();
    assert_eq!((rest.items[0].id.clone(), rest.next), (id, None));
    maria.get("/api/v1/payments?after=-1").await.is(422);
}

#[tokio::test]
async fn two_tabs_pay_once_and_what_the_browser_brings_back_decides_nothing() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    let first = pay(&maria, "tab-1", &id).await;
    assert_eq!(pay(&maria, "tab-1", &id).await, first, "a double click");
    assert_eq!(pay(&maria, "tab-2", &id).await, first, "a second tab");
    assert_eq!(
        (shop.house.count("carts").await, shop.house.count("cart_locks").await, state(&maria, &id).await.as_str()),
        (1, 1, "started")
    );
    assert_eq!(fee(&maria, &id).await.attempt.unwrap().location.as_deref(), Some(first.location.as_str()));
    // The way back, with whatever it says; and somebody else's.
    shop.house.luca().await.post(&paths::cart_returned(&first.cart), &()).await.is(404);
    let cart: Cart = maria.post(&format!("{}?r=ok", paths::cart_returned(&first.cart)), &()).await.is(200).json();
    assert_eq!((cart.fees[0].state.0.as_str(), cart.fees[0].standing), ("checking", Standing::Checking));
    assert!(cart.fees[0].next_check_at.is_some());
    shop.later(5).await;
    assert_eq!(state(&maria, &id).await, "checking", "nobody has paid");
    assert_eq!(refused(&maria, &[(&id, 6450)]).await, ["fees.0:in_payment"]);
    assert_eq!(fee(&maria, &id).await.attempt.unwrap().location, None, "who has come back is not sent there again");
    // Paid all the same, in the tab that was still open: the next question finds it.
    shop.at_the_page(&first.location, "paid").await;
    shop.later(60).await;
    assert_eq!(state(&maria, &id).await, "paid");
    maria.post(&paths::cart_returned(&first.cart), &()).await.is(200);
    assert_eq!(state(&maria, &id).await, "paid", "Back after paying");
    assert_eq!(refused(&maria, &[(&id, 6450)]).await, ["fees.0:already_paid"]);
    assert_eq!(
        (shop.house.count("receipts").await, shop.house.count("cart_locks").await, told(&maria).await),
        (1, 0, vec![MessageKind::FeePaid])
    );
    let pdf = maria.get(&paths::fee_receipt(&id, "it")).await.is(200);
    assert!(pdf.header("content-type") == "application/pdf" && pdf.body.starts_with(b"%PDF-"));
    assert_eq!(list(&maria, "?show=paid&year=2026").await.len(), 1);
    assert_eq!(list(&maria, "?show=paid&year=2025").await.len(), 0);
}

#[tokio::test]
async fn a_window_that_was_closed_keeps_the_fee_until_its_page_is_over_and_then_frees_it() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    pay(&maria, "k", &id).await;
    shop.later(PAGE - 10).await;
    let maria = shop.house.maria().await;
    assert_eq!(state(&maria, &id).await, "started");
    shop.later(20).await;
    assert_eq!(state(&maria, &id).await, "checking");
    shop.later(PAUSE - 20).await;
    assert_eq!(
        (state(&maria, &id).await.as_str(), refused(&maria, &[(&id, 6450)]).await),
        ("checking", vec!["fees.0:in_payment".to_owned()])
    );
    shop.later(15).await;
    assert_eq!(state(&maria, &id).await, "not_paid");
    let again = pay(&maria, "k2", &id).await;
    shop.at_the_page(&again.location, "refused").await;
    assert_eq!(state(&maria, &id).await, "started", "only time and the platform free it");
}

#[tokio::test]
async fn while_the_platform_is_silent_nothing_is_freed_and_what_was_paid_is_found_in_the_end() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    let begun = pay(&maria, "k", &id).await;
    shop.behave(json!({ "silent": true })).await;
    shop.at_the_page(&begun.location, "never").await;
    for _ in 0..12 {
        shop.later(3_600).await;
        assert_eq!(state(&shop.house.maria().await, &id).await, "checking");
    }
    shop.behave(json!({})).await;
    shop.later(3_600).await;
    assert_eq!(state(&shop.house.maria().await, &id).await, "paid");
}

#[tokio::test]
async fn when_checkout_makes_no_page_nothing_is_begun() {
    let shop = Shop::with(&[("FILO_REQUEST_SECONDS", "2")]).await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    for checkout in ["down", "html", "problem", "nowhere", "slow"] {
        shop.behave(json!({ "checkout": checkout })).await;
        maria.create(paths::PAYMENTS, "k", &payment(&[(&id, 6450)])).await.is(503);
        assert_eq!((state(&maria, &id).await.as_str(), shop.house.count("cart_locks").await), ("due", 0), "{checkout}");
    }
    shop.behave(json!({})).await;
    assert!(pay(&maria, "k", &id).await.location.starts_with(&shop.url), "the same key may come again");
}

#[tokio::test]
async fn a_process_that_dies_while_it_asks_leaves_a_lock_that_frees_itself() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    shop.behave(json!({ "checkout": "slow" })).await;
    let sent = payment(&[(&id, 6450)]);
    let asked = maria.create(paths::PAYMENTS, "k", &sent);
    // The answer is never waited for: the request is gone in the middle, as its process would be.
    assert!(tokio::time::timeout(std::time::Duration::from_millis(500), asked).await.is_err());
    assert_eq!(state(&maria, &id).await, "started");
    shop.behave(json!({})).await;
    maria.create(paths::PAYMENTS, "k2", &sent).await.is(422);
    shop.later(121).await;
    assert_eq!((state(&maria, &id).await.as_str(), shop.house.count("cart_locks").await), ("due", 0));
    pay(&maria, "k", &id).await;
}

#[tokio::test]
async fn a_cart_is_all_or_nothing_and_its_amounts_are_ours() {
    let shop = Shop::open().await;
    let (first, second) = (shop.put(&meals(FIRST)).await, shop.put(&NewFee { amount: 1, ..meals(SECOND) }).await);
    let maria = shop.house.maria().await;
    assert_eq!(refused(&maria, &[(&first, 1), (&second, 1)]).await, ["fees.0:amount_changed"]);
    assert_eq!(state(&maria, &second).await, "due");
    for (fees, fault) in [(vec![], "fees:required"), (vec![(&first, 6450), (&first, 6450)], "fees.1:not_a_choice")] {
        assert_eq!(refused(&maria, &fees).await, [fault]);
    }
    assert_eq!(refused(&maria, &[(&first, 6450); 6]).await, ["fees:too_many_items"]);
    let begun: PaymentStart = maria.create(paths::PAYMENTS, "k", &payment(&[(&first, 6450), (&second, 1)])).await.is(200).json();
    maria.create(paths::PAYMENTS, "k", &payment(&[(&first, 6450)])).await.is(422);
    assert_eq!(refused(&maria, &[(&first, 6450)]).await, ["fees.0:in_payment"], "half of a cart is another cart");
    shop.at_the_page(&begun.location, "paid").await;
    maria.post(&paths::cart_returned(&begun.cart), &()).await.is(200);
    shop.later(5).await;
    assert_eq!((state(&maria, &first).await.as_str(), state(&maria, &second).await.as_str()), ("paid", "paid"));
}

#[tokio::test]
async fn a_reduced_amount_holds_until_its_day_and_days_do_the_rest() {
    let shop = Shop::open().await;
    let reduced = Some(Reduced { amount: 2940, until: Date("2026-11-23".into()) });
    let fine =
        NewFee { amount: 4200, reduced, due_on: Some(Date("2026-11-28".into())), last_on: Some(Date("2026-11-30".into())), ..meals(FIRST) };
    let id = shop.put(&fine).await;
    let maria = shop.house.maria().await;
    let now = fee(&maria, &id).await.fee;
    assert_eq!((now.amount, now.full_amount, now.reduced_until), (2940, Some(4200), Some(Date("2026-11-23".into()))));
    for _ in 0..2 {
        checks::days(&shop.house.crm).await.unwrap();
    }
    assert_eq!(told(&maria).await, [MessageKind::FeeDue], "told once");
    shop.house.pass(2 * 86_400);
    let maria = shop.house.maria().await;
    let then = fee(&maria, &id).await.fee;
    assert_eq!((then.amount, then.full_amount), (4200, None));
    assert_eq!(refused(&maria, &[(&id, 2940)]).await, ["fees.0:amount_changed"]);
    shop.house.pass(7 * 86_400);
    checks::days(&shop.house.crm).await.unwrap();
    let maria = shop.house.maria().await;
    assert_eq!(
        (state(&maria, &id).await.as_str(), refused(&maria, &[(&id, 4200)]).await),
        ("expired", vec!["fees.0:not_payable".to_owned()])
    );
    let renewed = NewFee { last_on: None, ..fine };
    shop.put(&renewed).await;
    assert_eq!(state(&maria, &id).await, "due");
}

#[tokio::test]
async fn the_states_of_fees_have_cards_of_their_own() {
    let shop = Shop::with(&[("FILO_SEED", concat!(env!("CARGO_MANIFEST_DIR"), "/seed")), ("FILO_BOUNDARY", "")]).await;
    for language in ["it", "en"] {
        let cards: Dictionary = shop.house.anyone().get(&paths::payment_states(language)).await.is(200).json();
        assert_eq!((cards.states.len(), cards.kinds.len()), (7, 0));
        assert!(cards.states.iter().all(|card| card.language == language && !card.meaning.is_empty()), "{language}");
        let cases: Dictionary = shop.house.anyone().get(&paths::dictionary(language)).await.is(200).json();
        assert!(!cases.states.iter().any(|card| card.code.0 == "paid"), "cases do without");
    }
}
