//! How many complete answers a minute the CRM takes: printed, never asserted. `bench/questionnaires` runs it.
use super::{answer, named, open, with};
use crate::house::House;
use crate::people::{Who, file};
use contract::import::ImportCitizen;
use contract::session::Device;
use serde_json::json;
use std::time::Instant;

/// Citizens that answer, and how many do so at once.
const CITIZENS: usize = 2_000;
const AT_ONCE: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "a measurement: bench/questionnaires"]
async fn answers_a_minute() {
    let house = House::empty().await;
    let mut town = file();
    let one = town.citizens[0].clone();
    let citizen = |at: usize| ImportCitizen { subject: format!("c{at}"), fiscal_code: None, ..one.clone() };
    town.citizens.extend((0..CITIZENS).map(citizen));
    house.bring(&town).await;
    let id = open(&house.desk(), &named("rate")).await;
    let mut all: Vec<Who> = Vec::new();
    for at in 0..CITIZENS {
        all.push(house.signed_in(&format!("c{at}"), Device::Mine).await);
    }
    let body = with(
        json!({"come": "auto", "targa": "AB 123 CD", "cosa": ["a", "b"], "eta": 40, "voti": {"luci": 1, "buche": 3}, "stelle": 4, "torna": true, "idee": "Più luce."}),
    );
    let began = Instant::now();
    let mut tasks = Vec::new();
    for some in all.chunks(CITIZENS.div_ceil(AT_ONCE)) {
        let (some, id, body) = (some.to_vec(), id.clone(), body.clone());
        tasks.push(tokio::spawn(async move {
            for who in some {
                answer(&who, &id, "k", &body).await.is(201);
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{CITIZENS} complete answers in {seconds:.1} s: {:.0} a minute", CITIZENS as f64 / seconds * 60.0);
    assert_eq!(house.count("questionnaire_answers").await, i64::try_from(CITIZENS).unwrap());
}
