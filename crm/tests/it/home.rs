//! What must be done first: cases and fees by their days, at most three, and how many more there are.
use crate::house::House;
use crate::payments::{FIRST, SECOND, Shop, meals};
use crate::people::{Who, file, waiting};
use contract::home::{HomeTask, Tasks};
use contract::import::ImportFile;
use contract::payments::office::NewFee;
use contract::{Date, paths};

async fn tasks(who: &Who) -> Tasks {
    who.get(paths::HOME_TASKS).await.is(200).json()
}

/// What is told: its kind and its day.
fn days(tasks: &Tasks) -> Vec<String> {
    let day = |task: &HomeTask| match (&task.case, &task.fee) {
        (Some(case), None) => format!("case {}", case.task.as_ref().unwrap().due_on.as_ref().unwrap().0),
        (None, Some(fee)) => format!("fee {}", fee.due_on.0),
        neither => panic!("{neither:?}"),
    };
    tasks.items.iter().map(day).collect()
}

#[tokio::test]
async fn nothing_to_do_is_an_empty_list_for_who_is_signed_in() {
    let house = House::new().await;
    assert_eq!(tasks(&house.luca().await).await, Tasks::default());
    house.anyone().get(paths::HOME_TASKS).await.is(401);
}

#[tokio::test]
async fn cases_and_fees_stand_together_by_their_days_and_the_rest_is_counted() {
    let shop = Shop::open().await;
    // It is 22 November: this one is late, that one is due in two weeks, the third is not soon.
    let fee = |number: &str, day: Option<&str>| NewFee { due_on: day.map(|day| Date(day.into())), ..meals(number) };
    shop.put(&fee(FIRST, Some("2026-11-20"))).await;
    shop.put(&fee(SECOND, Some("2026-12-06"))).await;
    shop.put(&fee("302032002700000352", Some("2026-12-07"))).await;
    shop.put(&fee("302032002700000453", None)).await;
    let maria = shop.house.maria().await;
    let told = tasks(&maria).await;
    assert_eq!(days(&told), ["fee 2026-11-20", "case 2026-12-05", "fee 2026-12-06"]);
    assert_eq!((told.more_cases, told.more_fees), (0, 0));
    let late = told.items[0].fee.as_ref().unwrap();
    assert_eq!((late.title.as_str(), late.amount, late.about.join(" · ")), ("Mensa scolastica", 6450, "Sara · ottobre 2026".to_owned()));
    let mut more = ImportFile { cases: Vec::new(), ..file() };
    for number in 0..4 {
        more.cases.push(waiting(&format!("more-{number}"), "maria"));
    }
    shop.house.bring(&more).await;
    let told = tasks(&maria).await;
    assert_eq!((days(&told).len(), told.more_cases, told.more_fees), (3, 3, 1));
    assert_eq!(tasks(&shop.house.luca().await).await, Tasks::default(), "another's");
}
