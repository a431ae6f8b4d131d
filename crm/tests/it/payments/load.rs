//! Many payers at once, receipts three times and in no order: nobody pays twice, nothing is stuck. 40 payers by default, 200 with all tests
//! and by `bench/payments`, which prints the figures.
use super::{Shop, meals, payment, pushed};
use crate::people::{Who, file};
use contract::Page;
use contract::import::{ImportCitizen, ImportFee, ImportFile};
use contract::paths;
use contract::payments::office::{NewFee, StuckPayment};
use contract::payments::{Fee, NoticeQuery, PaymentStart};
use contract::session::Device;
use futures_util::future::join_all;
use std::time::Instant;

/// A notice's number, with check digits that fit.
fn number(base: usize) -> String {
    let body = format!("302{base:013}");
    format!("{body}{:02}", body.parse::<u64>().unwrap() % 93)
}

/// People who owe a fee each, and one of them one more that all can see.
async fn payers(shop: &Shop, count: usize) -> Vec<Who> {
    let person = |number: usize| ImportCitizen {
        subject: format!("payer-{number}"),
        given_name: format!("P{number}"),
        ..file().citizens[1].clone()
    };
    let fee = |owner: usize, base: usize| ImportFee {
        citizen: format!("payer-{owner}"),
        fee: NewFee { debtor: String::new(), ..meals(&number(base)) },
        receipt: None,
    };
    let fees = (0..count).map(|owner| fee(owner, owner)).chain([fee(0, count)]).collect();
    shop.house.bring(&ImportFile { citizens: (0..count).map(person).collect(), cases: vec![], fees, ..file() }).await;
    join_all((0..count).map(|number| async move { shop.house.signed_in(&format!("payer-{number}"), Device::Mine).await })).await
}

/// Asks until the CRM has a connection free.
async fn pay(who: &Who, key: &str, fee: &Fee) -> Option<PaymentStart> {
    loop {
        let answer = who.create(paths::PAYMENTS, key, &payment(&[(&fee.id, fee.amount)])).await;
        match answer.status.as_u16() {
            200 => return Some(answer.json()),
            503 => tokio::task::yield_now().await,
            _ => {
                assert_eq!(answer.is(422).faults().len(), 1);
                return None;
            }
        }
    }
}

async fn load(count: usize) {
    let shop = Shop::with(&[("FILO_CODES_PER_MINUTE", "100000")]).await;
    let people = payers(&shop, count).await;
    let began = Instant::now();
    let shared = NoticeQuery { number: number(count), creditor: "01234567897".into() };
    // Each pays what they owe, in two windows, and tries to pay the one notice that lies on everybody's table.
    let paid = join_all(people.iter().enumerate().map(|(index, who)| {
        let shared = &shared;
        async move {
            let own: Page<Fee> = who.get(&format!("{}?q={}", paths::PAYMENTS, number(index))).await.is(200).json();
            let (one, other) = tokio::join!(pay(who, "window-1", &own.items[0]), pay(who, "window-2", &own.items[0]));
            let found: contract::payments::FeeDetails = who.post(paths::PAPER_NOTICES, shared).await.is(200).json();
            let table = pay(who, "table", &found.fee).await;
            let pages: std::collections::BTreeSet<String> = [one, other].into_iter().flatten().map(|start| start.location).collect();
            (pages, table)
        }
    }))
    .await;
    let second_pages = paid.iter().filter(|(pages, _)| pages.len() != 1).count();
    let tables = paid.iter().filter(|(_, table)| table.is_some()).count();
    let mut receipts: Vec<_> = (0..=count).flat_map(|base| (0..3).map(move |_| base)).collect();
    // Shuffled, the same way each time.
    receipts.sort_by_key(|base| (base.wrapping_mul(2_654_435_761) % 1_009, *base));
    let third = receipts.len() / 3;
    receipts.rotate_left(third);
    for some in receipts.chunks(50) {
        let shop = &shop;
        join_all(some.iter().map(|base| async move { shop.push(&pushed(&number(*base), &format!("r-{base}"), 64.5)).await })).await;
    }
    let stuck: Page<StuckPayment> = shop.house.desk().get(paths::OFFICE_PAYMENTS).await.is(200).json();
    let count_of = async |table: &str| shop.house.count(table).await;
    let (paid, kept, locks) = (count_of("fees WHERE state = 'paid'").await, count_of("receipts").await, count_of("cart_locks").await);
    let told =
        count_of("inbox WHERE kind = 'fee_paid' AND fee_id IN (SELECT fee_id FROM fee_holders GROUP BY fee_id HAVING COUNT(*) = 1)").await;
    println!(
        "{count} payers, {} receipts sent: {paid} fees paid, {kept} receipts kept, double payments {}, stuck {}, {} ms",
        receipts.len(),
        second_pages + tables.saturating_sub(1),
        stuck.items.len() + usize::try_from(locks).unwrap(),
        began.elapsed().as_millis(),
    );
    assert_eq!((second_pages, tables, stuck.items.len(), locks), (0, 1, 0, 0));
    assert_eq!((paid, kept, told), (count as i64 + 1, count as i64 + 1, count as i64));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn forty_payers_at_once_pay_once_each() {
    load(40).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "two hundred payers: bench/payments, FILO_FULL=1 ./test"]
async fn two_hundred_payers_at_once_pay_once_each() {
    load(200).await;
}
