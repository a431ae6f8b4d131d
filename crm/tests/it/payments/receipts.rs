//! Receipts: by whom, how often, in which order, over what.
use super::{FIRST, RECEIPTS_TOKEN, SECOND, Shop, fee, meals, pay, pushed, state, told};
use contract::Page;
use contract::inbox::MessageKind;
use contract::paths;
use contract::payments::Fee;
use contract::payments::office::{NewFee, PlatformReceipt, StuckKind, StuckPayment};
use futures_util::future::join_all;
use serde_json::json;

async fn stuck(shop: &Shop) -> Vec<StuckPayment> {
    shop.house.desk().get(paths::OFFICE_PAYMENTS).await.is(200).json::<Page<StuckPayment>>().items
}

#[tokio::test]
async fn a_receipt_that_comes_often_at_once_and_early_is_one_payment_and_one_message() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    pay(&maria, "k", &id).await;
    // Before anybody is back, five at a time, and again after the end.
    let receipt = pushed(FIRST, "r-1", 64.5);
    join_all((0..5).map(|_| shop.push(&receipt))).await;
    assert_eq!(state(&maria, &id).await, "paid");
    shop.later(7_200).await;
    shop.push(&receipt).await;
    let maria = shop.house.maria().await;
    assert_eq!((shop.house.count("receipts").await, told(&maria).await), (1, vec![MessageKind::FeePaid]));
    let kept = fee(&maria, &id).await.receipt.unwrap();
    assert_eq!((kept.receipt_id.as_str(), kept.amount, kept.paid_at.0.as_str()), ("r-1", 6450, "2026-11-22T09:10:00Z"));
    assert_eq!(stuck(&shop).await, []);
}

#[tokio::test]
async fn only_the_platform_sends_receipts_and_only_such_as_make_sense() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let maria = shop.house.maria().await;
    let good = pushed(FIRST, "r-1", 64.5);
    for who in [shop.house.anyone(), maria.clone(), shop.house.desk(), shop.house.anyone().bearer("token-of-the-platforn")] {
        who.post(paths::PLATFORM_RECEIPTS, &good).await.is(401);
    }
    let platform = shop.house.anyone().bearer(RECEIPTS_TOKEN);
    for wrong in [
        PlatformReceipt { notice_number: "30203200270000025".into(), ..good.clone() },
        PlatformReceipt { fiscal_code: "1".into(), ..good.clone() },
        PlatformReceipt { receipt_id: " ".into(), ..good.clone() },
        PlatformReceipt { receipt_id: "a\u{202e}b".into(), ..good.clone() },
        PlatformReceipt { payment_amount: 0.0, ..good.clone() },
        PlatformReceipt { payment_amount: -1.0, ..good.clone() },
        PlatformReceipt { payment_amount: 1e300, ..good.clone() },
    ] {
        platform.post(paths::PLATFORM_RECEIPTS, &wrong).await.is(422);
    }
    for body in [json!([]), json!({}), json!("r"), json!({ "receiptId": 7 }), json!({ "receiptId": "x".repeat(3_000) })] {
        assert!(platform.post(paths::PLATFORM_RECEIPTS, &body).await.status.is_client_error());
    }
    shop.push(&PlatformReceipt { outcome: "KO".into(), ..good.clone() }).await;
    assert_eq!((state(&maria, &id).await.as_str(), shop.house.count("receipts").await), ("due", 0));
    shop.push(&good).await;
    assert_eq!(state(&maria, &id).await, "paid");
}

#[tokio::test]
async fn what_fits_nothing_is_kept_for_the_office_and_never_hidden() {
    let shop = Shop::open().await;
    let maria = shop.house.maria().await;
    shop.push(&pushed(SECOND, "early", 64.5)).await;
    let early = stuck(&shop).await;
    assert_eq!((early.len(), early[0].kind, early[0].receipt.as_ref().unwrap().amount), (1, StuckKind::UnknownNotice, 6450));
    // Its fee comes later: it is paid.
    let late = shop.put(&meals(SECOND)).await;
    assert_eq!((state(&maria, &late).await.as_str(), stuck(&shop).await), ("paid", vec![]));
    let id = shop.put(&meals(FIRST)).await;
    shop.push(&pushed(FIRST, "r-1", 64.51)).await;
    assert_eq!((state(&maria, &id).await.as_str(), stuck(&shop).await[0].kind), ("paid", StuckKind::OtherAmount));
    shop.push(&pushed(FIRST, "r-2", 64.5)).await;
    assert_eq!((stuck(&shop).await[0].kind, stuck(&shop).await.len()), (StuckKind::PaidTwice, 1));
    assert_eq!(told(&maria).await, [MessageKind::FeePaid, MessageKind::FeePaid], "one for each fee");
    // What is paid is not changed by the office either.
    shop.house.desk().create(paths::OFFICE_FEES, "x", &NewFee { amount: 1, ..meals(FIRST) }).await.is(409);
}

#[tokio::test]
async fn a_receipt_wins_over_a_last_day_that_has_passed() {
    let shop = Shop::open().await;
    let id = shop.put(&NewFee { last_on: Some(contract::Date("2026-11-23".into())), ..meals(FIRST) }).await;
    shop.house.pass(3 * 86_400);
    crm::payments::checks::days(&shop.house.crm).await.unwrap();
    let maria = shop.house.maria().await;
    assert_eq!(state(&maria, &id).await, "expired");
    shop.push(&pushed(FIRST, "r-1", 64.5)).await;
    assert_eq!(state(&maria, &id).await, "paid");
}

#[tokio::test]
async fn a_year_begins_at_midnight_in_the_town() {
    let shop = Shop::open().await;
    let id = shop.put(&meals(FIRST)).await;
    let paid = PlatformReceipt { payment_date_time_formatted: Some("2027-01-01T00:30:00+01:00".into()), ..pushed(FIRST, "r-1", 64.5) };
    shop.push(&paid).await;
    let maria = shop.house.maria().await;
    for (year, found) in [(2026, 0), (2027, 1)] {
        let fees: Page<Fee> = maria.get(&format!("{}?year={year}", paths::PAYMENTS)).await.is(200).json();
        assert_eq!(fees.items.len(), found, "{year}");
    }
    assert_eq!(state(&maria, &id).await, "paid");
    assert_eq!(maria.get(&format!("{}?year=40000", paths::PAYMENTS)).await.is(422).faults(), ["year:not_a_choice"]);
}
