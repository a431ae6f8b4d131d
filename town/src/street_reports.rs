//! Sixty street reports all over the town, most of them public: something for the list and the map to show.
use crate::archive::Dice;
use crate::calendar::Day;
use crate::seed::{self, Town};
use contract::cases::Channel;
use contract::dictionary::{KindCode, StateCode};
use contract::import::{ImportCase, ImportCitizen, ImportReport, ImportStep};
use contract::place::{Place, Point};
use contract::reports::CategoryCode;
use serde::Deserialize;

const FILE: &str = include_str!("../seed/street_reports.json");
/// The app's list of streets, with a point for each.
const STREETS: &str = include_str!("../../public/town/streets.json");
/// The same seed gives the same sixty reports.
const SEED: u64 = 0x57EE_7000;
const COUNT: u32 = 60;
/// The oldest began so many days ago.
const DAYS: i64 = 240;
/// Similar reports lie in the same street: every so many reports the street is that of the one before.
const SAME_STREET: u32 = 5;
const KIND: &str = "street_report";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    citizens: Vec<String>,
    streets: Vec<String>,
    /// Category, title, details.
    texts: Vec<[String; 3]>,
}

#[derive(Deserialize)]
struct Streets {
    /// Name, longitude, latitude.
    streets: Vec<(String, f64, f64)>,
}

/// Who wrote them, and the reports, oldest first.
pub(crate) fn all(town: &Town, issuer: &str) -> Result<(Vec<ImportCitizen>, Vec<ImportCase>), String> {
    let file: File = seed::read("street_reports.json", FILE)?;
    let streets: Streets = seed::read("../public/town/streets.json", STREETS)?;
    let mut dice = Dice::new(SEED);
    let citizens: Vec<ImportCitizen> = file.citizens.iter().map(|name| citizen(name, issuer)).collect();
    let mut cases: Vec<ImportCase> = Vec::new();
    for index in 0..COUNT {
        let [category, title, details] = dice.one_of(&file.texts)?;
        let before = cases.last().and_then(|case| case.report.clone()).filter(|_| index % SAME_STREET == SAME_STREET - 1);
        let (category, title, details, place) = match before {
            Some(report) => {
                let text = file.texts.iter().find(|[code, ..]| *code == report.category.0).ok_or("a report without its text")?;
                (&report.category.0.clone(), &text[1], &text[2], nearby(&mut dice, report.place))
            }
            None => (category, title, details, place(&mut dice, &file, &streets)?),
        };
        // The nearer to today, the closer together: most of what people look for is young.
        let age = i64::from(COUNT - index);
        let opened = town.today.plus(-1 - DAYS * age * age / i64::from(COUNT * COUNT));
        cases.push(town.finish(
            ImportCase {
                key: format!("street-{index:02}"),
                citizen: dice.one_of(&citizens)?.subject.clone(),
                kind: KindCode(KIND.to_owned()),
                title: title.clone(),
                subject: None,
                description: details.clone(),
                office: town.kind(KIND)?.office.clone(),
                protocol: None,
                legal_days: Some(town.kind(KIND)?.legal_days),
                due_on: None,
                task: None,
                task_due_on: None,
                steps: steps(town, &mut dice, opened),
                documents: Vec::new(),
                report: Some(ImportReport { category: CategoryCode(category.clone()), place, approved: true }),
            },
            0,
            false,
        )?);
    }
    Ok((citizens, cases))
}

/// A neighbour who cannot log in: the provider does not know them.
fn citizen(name: &str, issuer: &str) -> ImportCitizen {
    let (given_name, family_name) = name.split_once(' ').unwrap_or((name, ""));
    ImportCitizen {
        issuer: issuer.to_owned(),
        subject: name.to_lowercase().replace(' ', "-"),
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        fiscal_code: None,
        email: None,
        phone: None,
    }
}

fn place(dice: &mut Dice, file: &File, streets: &Streets) -> Result<Place, String> {
    let name = dice.one_of(&file.streets)?;
    let (street, lon, lat) = streets.streets.iter().find(|(known, ..)| known == name).ok_or_else(|| format!("no street {name}"))?;
    let house_number = dice.between(1, 90).to_string();
    Ok(Place { street: street.clone(), house_number, point: Some(Point { lon: *lon, lat: *lat, accuracy_m: None }) })
}

/// Some metres further on in the same street.
fn nearby(dice: &mut Dice, place: Place) -> Place {
    // In hundred-thousandths of a degree, about a metre, so that the sum is written with five decimals again.
    let mut moved = |degrees: f64| ((degrees * 100_000.0).round() + dice.between(-60, 60) as f64) / 100_000.0;
    let point = place.point.map(|point| Point { lon: moved(point.lon), lat: moved(point.lat), accuracy_m: None });
    Place { house_number: String::new(), point, ..place }
}

/// Its way so far, by its age: the oldest are resolved, some were not the town's business, the youngest are not looked at yet.
fn steps(town: &Town, dice: &mut Dice, opened: Day) -> Vec<ImportStep> {
    let end = dice.between(12, 30);
    let mut plan = vec![("submitted", 0), ("registered", dice.between(1, 2))];
    if dice.below(8) == 0 {
        plan.push(("not_competent", end / 2));
    } else {
        plan.extend([("in_progress", (end / 4).max(5)), ("planned", (end / 2).max(7)), ("resolved", end)]);
    }
    let mut steps = Vec::new();
    for (state, after) in plan {
        let (day, by_citizen) = (opened.plus(after), state == "submitted");
        let happened = day < town.today;
        steps.push(ImportStep {
            state: StateCode(state.to_owned()),
            at: happened.then(|| day.at_minute_in_rome(dice.between(8 * 60, 18 * 60))),
            expected_on: (!happened).then(|| day.max(town.today.plus(1)).date()),
            note: String::new(),
            by_citizen,
            channel: if by_citizen { Channel::App } else { Channel::Office },
            told: false,
        });
    }
    steps
}
