//! Streets found by what people type, on the demo town's own list.
#![allow(clippy::unwrap_used)]
use super::*;
use std::time::Instant;

fn streets() -> Streets {
    serde_json::from_str(include_str!("../../public/town/streets.json")).unwrap()
}

fn along() -> StreetPoints {
    serde_json::from_str(include_str!("../../public/town/street_points.json")).unwrap()
}

#[test]
fn a_street_is_the_first_to_be_suggested_however_it_is_typed() {
    let streets = streets();
    for (typed, name) in [
        // Parts, case, order, accents, apostrophes.
        ("calzaiu", "Via dei Calzaiuoli"),
        ("VIA MAGGIO", "Via Maggio"),
        ("maggio via", "Via Maggio"),
        ("  via   maggio ", "Via Maggio"),
        ("via sant egidio", "Via Sant'Egidio"),
        ("via sant’egidio", "Via Sant'Egidio"),
        ("santegidio", "Via Sant'Egidio"),
        ("vía maggio", "Via Maggio"),
        ("vespucci lungarno", "Lungarno Amerigo Vespucci"),
        // Small words left out, put in.
        ("via calzaiuoli", "Via dei Calzaiuoli"),
        ("via di calzaiuoli", "Via dei Calzaiuoli"),
        // Abbreviations.
        ("v. maggio", "Via Maggio"),
        ("v maggio", "Via Maggio"),
        ("p.za san marco", "Piazza San Marco"),
        ("p.zza s. marco", "Piazza San Marco"),
        ("pza s.marco", "Piazza San Marco"),
        ("p. s. marco", "Piazza San Marco"),
        ("l.go alinari", "Largo Fratelli Alinari"),
        ("lgo f.lli alinari", "Largo Fratelli Alinari"),
        ("p.le michelangiolo", "Piazzale Michelangiolo"),
        ("piazzale donatelo", "Piazzale Donatello"),
        ("v.le europa", "Viale Europa"),
        // One slip: left out, too many, another, swapped.
        ("via calzaioli", "Via dei Calzaiuoli"),
        ("via calzzaiuoli", "Via dei Calzaiuoli"),
        ("via calsaiuoli", "Via dei Calzaiuoli"),
        ("via calzauioli", "Via dei Calzaiuoli"),
        ("lugnarno vespucci", "Lungarno Amerigo Vespucci"),
        // With a number behind.
        ("via maggio 12", "Via Maggio"),
        ("via maggio, 12/r", "Via Maggio"),
        ("via maggio 12 rosso", "Via Maggio"),
        ("ragazzi del 99", "Via Ragazzi del '99"),
        ("leone x", "Via Leone X"),
    ] {
        let found = streets.matching(typed, 8);
        assert_eq!(found.first().map(String::as_str), Some(name), "{typed}: {found:?}");
    }
}

#[test]
fn too_little_and_nonsense_find_nothing() {
    let streets = streets();
    for typed in ["", " ", "v", "'", "..", "xyzzyq", "via xyzzyq", "12", "\u{301}"] {
        assert_eq!(streets.matching(typed, 8), Vec::<String>::new(), "{typed}");
    }
    assert_eq!(streets.matching("via", 3).len(), 3);
    for typed in ["via calzzaiuolli", "ß", "漢字 via", "a".repeat(500).as_str()] {
        assert!(streets.matching(typed, 8).is_empty(), "{typed}");
    }
}

#[test]
fn two_typed_words_need_two_words_of_the_name() {
    let found = streets().matching("piazza piazza", 8);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn every_street_is_found_by_its_own_name_and_a_search_is_quick() {
    let streets = streets();
    assert!(streets.streets.len() > 2000);
    let began = Instant::now();
    let mut slowest = 0;
    for Street(name, ..) in &streets.streets {
        let one = Instant::now();
        let found = streets.matching(name, 8);
        slowest = slowest.max(one.elapsed().as_millis());
        assert_eq!(found.first(), Some(name));
    }
    let each = began.elapsed().as_micros() / streets.streets.len() as u128;
    println!("{each} µs a search on average, {slowest} ms at most");
    assert!(each < 20_000, "{each} µs a search");
}

#[test]
fn the_street_at_hand_is_near_though_its_middle_is_not() {
    let (streets, along) = (streets(), along());
    assert_eq!(streets.streets.len(), along.points.len(), "tools/street_points.mjs has not been run");
    // The southern end of Viale Europa, a kilometre from its middle.
    let index = streets.streets.iter().position(|street| street.0 == "Viale Europa").unwrap();
    let Street(_, lon, lat, _) = &streets.streets[index];
    let far = along.points[index].as_chunks::<2>().0.iter().map(|[x, y]| at(lon + f64::from(*x) / 1e5, lat + f64::from(*y) / 1e5));
    let end = far.max_by(|a, b| metres(*a, at(*lon, *lat)).total_cmp(&metres(*b, at(*lon, *lat)))).unwrap();
    assert!(metres(end, at(*lon, *lat)) > 300.0);
    let near = streets.nearest(end, Some(&along), 3);
    assert!(near.iter().any(|near| near.name == "Viale Europa" && near.metres < 1.0), "{near:?}");
    assert!(streets.passes("Viale Europa", end, Some(&along), 50.0));
    assert!(!streets.passes("Via Maggio", end, Some(&along), 50.0));
    assert!(streets.passes("La strada dietro casa", end, Some(&along), 50.0), "own words are nowhere else");
    assert_eq!(streets.nearest(at(9.19, 45.46), Some(&along), 3), vec![], "Milan");
}

#[test]
fn a_town_that_knows_its_house_numbers_has_points_for_them() {
    let text = r#"{"streets":[["Via Maggio",11.25,43.77,[["1",11.2501,43.7701],["12/R",11.2512,43.7712],["9",11.2509,43.7709]]],["Via Roma",11.26,43.78]]}"#;
    let streets: Streets = serde_json::from_str(text).unwrap();
    for (number, lon) in
        [("12/R", 11.2512), ("12/r", 11.2512), ("10", 11.2509), ("9", 11.2509), ("3", 11.2501), ("", 11.25), ("davanti", 11.25)]
    {
        assert_eq!(streets.point("Via Maggio", number).map(|point| point.lon), Some(lon), "{number}");
    }
    assert_eq!(streets.point("Via Roma", "3").map(|point| point.lon), Some(11.26));
    assert_eq!(streets.point("Via Chissà", "3"), None);
    let near = streets.nearest(at(11.2509, 43.771), None, 1);
    assert_eq!(near.first().map(|near| (near.name.as_str(), near.number.as_str())), Some(("Via Maggio", "9")));
}

#[test]
fn distances_are_metres() {
    let duomo = at(11.25569, 43.77321);
    let signoria = at(11.25545, 43.76966);
    assert!((metres(duomo, signoria) - 395.0).abs() < 5.0);
}
