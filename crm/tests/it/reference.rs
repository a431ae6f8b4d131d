//! Reference data: words for everybody, checked at start.
use crate::house::House;
use contract::dictionary::{Dictionary, StateCode};
use contract::paths;
use contract::reports::{AnonymousReports, ReportForm};
use crm::reference::Reference;
use std::path::Path;

#[tokio::test]
async fn a_missing_translation_stays_italian_and_says_so() {
    let house = House::empty().await;
    let dictionary: Dictionary = house.anyone().get(&paths::dictionary("en")).await.is(200).json();
    assert_eq!(dictionary.language, "en");
    let card = |code: &str| dictionary.state(&StateCode(code.into())).unwrap();
    assert_eq!((card("submitted").label.as_str(), card("submitted").language.as_str()), ("Sent", "en"));
    assert_eq!((card("accepted").label.as_str(), card("accepted").language.as_str()), ("Accolta", "it"));
    let form: ReportForm = house.anyone().get(&paths::report_form("en-GB")).await.is(200).json();
    let names: Vec<&str> = form.categories.iter().map(|category| category.name.as_str()).collect();
    assert_eq!(names, ["Roads", "Parchi e verde pubblico"]);
}

#[tokio::test]
async fn danger_is_said_in_the_reader_s_language_and_told_by_the_words_of_both() {
    let house = House::empty().await;
    let form: ReportForm = house.anyone().get(&paths::report_form("en")).await.is(200).json();
    let danger = form.categories[0].emergency.clone().unwrap();
    assert_eq!((danger.phone.as_str(), danger.text.as_str()), ("112", "Call 112."));
    assert_eq!((danger.answers, danger.words), (vec!["lamp=blinking".to_owned()], vec!["gas".to_owned(), "fire".to_owned()]));
    assert_eq!((form.categories[1].emergency.clone(), form.anonymous), (None, AnonymousReports::Contact));
    assert!(!form.mail, "no letter is promised where none is written");
}

#[tokio::test]
async fn a_language_nobody_wrote_is_answered_in_italian() {
    let house = House::empty().await;
    for path in ["/api/v1/dictionary", "/api/v1/dictionary?language=tlh", "/api/v1/dictionary?language=..%2F..%2Fetc"] {
        assert_eq!(house.anyone().get(path).await.is(200).json::<Dictionary>().language, "it");
    }
}

#[tokio::test]
async fn reference_data_may_be_kept_and_is_checked_by_its_tag() {
    let house = House::empty().await;
    for path in [paths::dictionary("it"), paths::report_form("it")] {
        let answer = house.anyone().get(&path).await.is(200);
        assert!(answer.header("cache-control").starts_with("public, max-age="));
        let again = house.anyone().with("if-none-match", answer.header("etag")).get(&path).await.is(304);
        assert_eq!((again.body.len(), again.header("etag")), (0, answer.header("etag")));
    }
}

#[test]
fn the_reference_data_of_the_repository_is_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let boundary = root.join("../public/town/boundary.json");
    let reference = Reference::load(&root.join("seed"), Some(&boundary)).unwrap();
    assert_eq!(reference.form("it").unwrap().categories.len(), 11);
    assert!(!reference.town.report_steps.is_empty());
    for card in &reference.dictionary("en").states {
        assert_eq!(card.language, "en", "{}", card.code.0);
    }
}

/// What reading the tests' own reference data says after one of its files was changed.
fn after(file: &str, from: &str, to: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed");
    for name in ["dictionary/it.json", "dictionary/en.json", "report_form/it.json", "report_form/en.json", "town.json"] {
        std::fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        let text = std::fs::read_to_string(seed.join(name)).unwrap();
        assert!(name != file || text.contains(from), "{from} is not in {file}");
        std::fs::write(folder.path().join(name), if name == file { text.replace(from, to) } else { text }).unwrap();
    }
    Reference::load(folder.path(), None).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn what_is_wrong_with_a_file_is_said_with_its_name() {
    for (file, from, to, said) in [
        ("dictionary/it.json", "\"waiting_for_you\"", "\"frozen\"", "phase"),
        ("dictionary/it.json", "street_report", "lamp_report", "street_report is missing"),
        ("dictionary/en.json", "\"registered\"", "\"enregistered\"", "enregistered does not exist in Italian"),
        ("dictionary/en.json", "\"label\"", "\"lable\"", "lable"),
        ("report_form/en.json", "\"version\": \"1\"", "\"version\": \"2\"", "privacy notice"),
        ("report_form/it.json", "\"green\"", "\"roads\"", "roads stands there twice"),
        ("report_form/it.json", "lamp=blinking", "lamp=melted", "lamp=melted"),
        ("town.json", "\"PR\"", "\"pr\"", "capital letters"),
        ("town.json", "\"resolved\"", "\"gone\"", "gone"),
    ] {
        let error = after(file, from, to);
        assert!(error.contains(said) && error.contains(file.rsplit('/').next().unwrap()), "{file}: {error}");
    }
    assert_eq!(after("town.json", "PR", "AB"), "");
}
