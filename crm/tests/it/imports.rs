//! Bringing in people and cases.
use crate::house::House;
use crate::people::file;
use contract::import::ImportFile;
use crm::import::{Imported, import};

#[tokio::test]
async fn the_second_time_nothing_changes() {
    let house = House::empty().await;
    assert_eq!(house.bring(&file()).await, Imported { offices: 2, citizens: 3, cases: 4, fees: 0 });
    let files = house.files();
    let number = |text: String| text.split("PR-").nth(1).unwrap().chars().take(13).collect::<String>();
    let first = number(house.maria().await.get("/api/v1/cases").await.text());
    assert_eq!(house.bring(&file()).await, Imported { offices: 2, citizens: 0, cases: 0, fees: 0 });
    assert_eq!((house.count("cases").await, house.count("documents").await, house.files()), (4, 2, files));
    assert_eq!(number(house.maria().await.get("/api/v1/cases").await.text()), first);
}

#[tokio::test]
async fn numbers_follow_the_order_in_which_cases_were_opened() {
    let house = House::new().await;
    let text = house.maria().await.get("/api/v1/cases?q=sosta").await.text();
    assert!(text.contains("PR-2026-000001-"), "{text}");
}

/// What a file that makes no sense is called by, and how it came about.
type Broken = (&'static str, fn(&mut ImportFile));

#[tokio::test]
async fn a_file_that_makes_no_sense_is_named_and_brings_nothing() {
    let broken: [Broken; 7] = [
        ("state", |file| file.cases[0].steps[0].state.0 = "frozen".into()),
        ("office", |file| file.cases[0].office = "nowhere".into()),
        ("first step", |file| file.cases[0].steps[0].at = None),
        ("expected", |file| file.cases[0].steps.swap(1, 2)),
        ("calendar", |file| file.cases[0].due_on = Some(contract::Date("2026-02-30".into()))),
        ("twice", |file| file.cases[1].key = file.cases[0].key.clone()),
        ("citizen", |file| file.cases[0].citizen = "nobody".into()),
    ];
    for (word, break_it) in broken {
        let house = House::empty().await;
        let mut file = file();
        break_it(&mut file);
        let error = import(&house.crm, &file).await.unwrap_err().to_string();
        assert!(error.contains("nursery") || error.contains("parking"), "{error}");
        assert!(error.contains(word), "{word}: {error}");
        assert_eq!(house.count("cases").await, 0, "{word}");
    }
}
