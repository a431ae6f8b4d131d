//! Notices on paper: as they are typed, whose they are, and that another's says nothing of them.
use super::{FIRST, Shop, fee, meals, pay, payment, pushed, state};
use crate::people::Who;
use contract::paths;
use contract::payments::office::PlatformReceipt;
use contract::payments::{FeeDetails, NoticeQuery, PaymentStart};

/// The other town whose notices the platform knows.
const OTHER: &str = "77777777770";

fn query(number: &str, creditor: &str) -> NoticeQuery {
    NoticeQuery { number: number.into(), creditor: creditor.into() }
}

/// The number of a notice of the other town.
fn number(base: i64) -> String {
    let body = format!("302{base:013}");
    format!("{body}{:02}", body.parse::<i64>().unwrap() % 93)
}

async fn look_up(who: &Who, number: &str, creditor: &str) -> FeeDetails {
    who.post(paths::PAPER_NOTICES, &query(number, creditor)).await.is(200).json()
}

#[tokio::test]
async fn another_town_s_notice_is_found_by_what_is_typed_and_can_be_paid() {
    let shop = Shop::open().await;
    let luca = shop.house.luca().await;
    let typed =
        number(2_026_120_001).as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>().join(" ");
    let found = look_up(&luca, &typed, OTHER).await;
    assert_eq!(
        (found.fee.creditor.name.as_str(), found.fee.title.as_str(), found.fee.amount),
        ("Comune di Valdombra", "Mensa scolastica, novembre", 3842)
    );
    assert!(!found.fee.is_own && found.fee.due_on.is_some());
    assert_eq!(look_up(&luca, &typed, OTHER).await.fee.id, found.fee.id, "found twice is found once");
    let begun: PaymentStart = luca.create(paths::PAYMENTS, "k", &payment(&[(&found.fee.id, 3842)])).await.is(200).json();
    shop.at_the_page(&begun.location, "paid").await;
    luca.post(&paths::cart_returned(&begun.cart), &()).await.is(200);
    shop.later(5).await;
    assert_eq!(state(&luca, &found.fee.id).await, "paid");
    luca.get(&paths::fee_receipt(&found.fee.id, "en")).await.is(200);
}

#[tokio::test]
async fn what_is_no_notice_is_refused_and_says_why() {
    let shop = Shop::open().await;
    let luca = shop.house.luca().await;
    for (typed, creditor, faults) in [
        ("", "", vec!["number:required", "creditor:required"]),
        ("30203200270000025", OTHER, vec!["number:not_a_notice"]),
        ("30203200270000025A", OTHER, vec!["number:not_a_notice"]),
        (FIRST, "7777777777", vec!["creditor:not_a_creditor"]),
        // Well-formed, with check digits that fit or not: nobody has it.
        (FIRST, OTHER, vec!["number:not_found"]),
        ("302032002700000252", OTHER, vec!["number:not_found"]),
        (&number(2_026_120_002), OTHER, vec!["number:already_paid"]),
        (&number(2_026_120_003), OTHER, vec!["number:not_payable"]),
    ] {
        assert_eq!(luca.post(paths::PAPER_NOTICES, &query(typed, creditor)).await.is(422).faults(), faults, "{typed} {creditor}");
    }
    assert_eq!(shop.house.count("fees").await, 0);
}

#[tokio::test]
async fn whoever_pays_for_somebody_else_is_told_nothing_of_whom_it_is_for() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let (maria, luca) = (shop.house.maria().await, shop.house.luca().await);
    let found = look_up(&luca, FIRST, "01234567897").await;
    assert_eq!(found.fee.id, id);
    let text = luca.get(&paths::fee(&id)).await.is(200).text() + &luca.get("/api/v1/payments?q=sara").await.is(200).text();
    for private in ["Sara", "ottobre", "RSSMRA", "Maria", "Ufficio Scuola"] {
        assert!(!text.contains(private), "{private}: {text}");
    }
    // Both cannot pay it; each sees how it stands.
    pay(&luca, "k", &id).await;
    let refused = maria.create(paths::PAYMENTS, "k", &payment(&[(&id, 6450)])).await.is(422).faults();
    assert_eq!(refused, ["fees.0:in_payment"]);
    let hers = fee(&maria, &id).await;
    assert_eq!((hers.fee.is_own, hers.attempt.unwrap().location), (true, None));
}

#[tokio::test]
async fn who_looks_up_a_notice_that_another_has_paid_gets_no_receipt_of_it() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let (maria, luca) = (shop.house.maria().await, shop.house.luca().await);
    pay(&maria, "k", &id).await;
    shop.push(&pushed(FIRST, "r-1", 64.5)).await;
    let seen = look_up(&luca, FIRST, "01234567897").await;
    assert_eq!((seen.fee.state.0.as_str(), seen.receipt), ("paid", None));
    luca.get(&paths::fee_receipt(&id, "it")).await.is(404);
    maria.get(&paths::fee_receipt(&id, "it")).await.is(200);
}

#[tokio::test]
async fn a_receipt_that_came_before_its_notice_was_looked_up_finds_it() {
    let shop = Shop::open().await;
    let luca = shop.house.luca().await;
    let notice = number(2_026_120_001);
    let early = PlatformReceipt { fiscal_code: OTHER.into(), ..pushed(&notice, "r-1", 38.42) };
    shop.push(&early).await;
    let found = look_up(&luca, &notice, OTHER).await;
    assert_eq!(found.fee.state.0, "paid");
    // And one that was kept without its fee finds it when it is told again.
    let id = shop.put(&meals(FIRST)).await;
    shop.push(&pushed(FIRST, "r-2", 64.5)).await;
    shop.house.sql("UPDATE receipts SET fee_id = NULL WHERE receipt_id = 'r-2'").await;
    shop.house.sql("UPDATE fees SET state = 'due', paid_at = NULL WHERE debtor <> ''").await;
    let maria = shop.house.maria().await;
    assert_eq!(state(&maria, &id).await, "due");
    shop.push(&pushed(FIRST, "r-2", 64.5)).await;
    assert_eq!((state(&maria, &id).await.as_str(), shop.house.count("receipts").await), ("paid", 2));
}
