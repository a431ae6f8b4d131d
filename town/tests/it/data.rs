//! The demo town as it is handed to the CRM: every kind and state is there, people are well formed, days make sense.
use contract::cases::{Phase, TaskKind};
use contract::fiscal_code;
use contract::import::{ImportCase, ImportFile};
use contract::{Date, UtcTime};
use std::collections::{BTreeMap, BTreeSet};
use town::calendar::Day;
use town::{people, seed};

type Tested = Result<(), String>;

/// Days on which the demo might be shown: ordinary ones, the turn of a year, a leap day, both changes of the clock.
const DAYS: [&str; 6] = ["2026-11-22", "2027-01-01", "2028-02-29", "2027-03-28", "2027-10-31", "2026-08-15"];
const ISSUER: &str = "http://127.0.0.1:8090";

fn file(day: &str) -> Result<ImportFile, String> {
    seed::import_file(ISSUER, Day::of(&Date(day.to_owned())).ok_or("not a day")?)
}

fn state_now(case: &ImportCase) -> &str {
    case.steps.iter().rfind(|step| step.at.is_some()).map_or("", |step| step.state.0.as_str())
}

fn of<'a>(file: &'a ImportFile, citizen: &str) -> Vec<&'a ImportCase> {
    file.cases.iter().filter(|case| case.citizen == citizen).collect()
}

#[test]
fn the_same_day_gives_the_same_file_and_it_survives_its_own_format() -> Tested {
    let first = file(DAYS[0])?;
    assert_eq!(first, file(DAYS[0])?);
    let text = serde_json::to_string(&first).map_err(|error| error.to_string())?;
    assert_eq!(serde_json::from_str::<ImportFile>(&text).map_err(|error| error.to_string())?, first);
    Ok(())
}

#[test]
fn keys_are_unique_and_do_not_move_with_the_day() -> Tested {
    let keys = |day| -> Result<BTreeSet<String>, String> { Ok(file(day)?.cases.into_iter().map(|case| case.key).collect()) };
    let first = keys(DAYS[0])?;
    assert_eq!(first.len(), file(DAYS[0])?.cases.len(), "two cases share a key");
    assert_eq!(first, keys(DAYS[2])?);
    Ok(())
}

#[test]
fn every_kind_and_every_state_is_there_among_the_cases_written_by_hand() -> Tested {
    for day in DAYS {
        let file = file(day)?;
        let by_hand: Vec<&ImportCase> = file.cases.iter().filter(|case| case.citizen != "carlo-bernardi").collect();
        for kind in seed::kinds()? {
            assert!(by_hand.iter().any(|case| case.kind.0 == kind.kind), "no case of kind {}", kind.kind);
        }
        for state in seed::states()? {
            assert!(by_hand.iter().any(|case| state_now(case) == state.state), "no case in state {} on {day}", state.state);
        }
    }
    Ok(())
}

/// The CRM's own dictionary, as far as the town must agree with it.
#[derive(serde::Deserialize)]
struct Dictionary {
    states: Vec<State>,
    kinds: Vec<Kind>,
}
#[derive(serde::Deserialize)]
struct State {
    code: String,
    label: String,
    phase: Phase,
}
#[derive(serde::Deserialize)]
struct Kind {
    code: String,
    name: String,
    legal_days: u32,
}

#[test]
fn kinds_and_states_are_those_of_the_crms_dictionary() -> Tested {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../crm/seed/dictionary/it.json");
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let theirs: Dictionary = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let kinds: BTreeMap<String, (String, u32)> = seed::kinds()?.into_iter().map(|kind| (kind.kind, (kind.name, kind.legal_days))).collect();
    // A case about the log is made by its citizen's "Non lo riconosco" alone: nobody writes one by hand.
    let made_by_hand = theirs.kinds.into_iter().filter(|kind| kind.code != "access_dispute");
    assert_eq!(kinds, made_by_hand.map(|kind| (kind.code, (kind.name, kind.legal_days))).collect());
    let states: BTreeMap<String, (String, String)> =
        seed::states()?.into_iter().map(|state| (state.state, (state.name, state.phase.as_str().to_owned()))).collect();
    assert_eq!(states, theirs.states.into_iter().map(|state| (state.code, (state.label, state.phase.as_str().to_owned()))).collect());
    Ok(())
}

#[test]
fn steps_come_in_order_first_what_happened_then_what_is_expected() -> Tested {
    for day in DAYS {
        let today = Date(day.to_owned());
        for case in file(day)?.cases {
            let key = &case.key;
            let past: Vec<&UtcTime> = case.steps.iter().map_while(|step| step.at.as_ref()).collect();
            let future: Vec<&Date> = case.steps.iter().skip(past.len()).filter_map(|step| step.expected_on.as_ref()).collect();
            assert!(!past.is_empty(), "{key} never began");
            assert_eq!(past.len() + future.len(), case.steps.len(), "{key}: a step is neither past nor expected, or out of place");
            assert!(case.steps.iter().all(|step| step.at.is_none() || step.expected_on.is_none()), "{key}: a step is both");
            assert!(past.is_sorted_by(|a, b| a < b), "{key}: what happened is out of order");
            assert!(future.is_sorted_by(|a, b| a < b), "{key}: what is expected is out of order");
            assert!(past.iter().all(|at| at.0.as_str() < day), "{key}: something happened today or later");
            assert!(future.iter().all(|date| **date > today), "{key}: something was expected before tomorrow");
            assert_eq!(case.steps[0].state.0, "submitted", "{key}");
            assert!(case.steps[0].by_citizen, "{key}");
        }
    }
    Ok(())
}

#[test]
fn an_answer_is_expected_by_the_legal_day_and_not_after_what_was_asked_for_is_ready() -> Tested {
    for day in DAYS {
        let today = Date(day.to_owned());
        for case in file(day)?.cases {
            let (key, is_ready) = (&case.key, state_now(&case) == "ready_to_collect");
            let is_answer = |state: &str| matches!(state, "accepted" | "rejected" | "resolved");
            let answers: Vec<&Date> =
                case.steps.iter().filter(|step| is_answer(&step.state.0)).filter_map(|step| step.expected_on.as_ref()).collect();
            assert!(!is_ready || answers.is_empty(), "{key}: what is ready was answered for");
            // A case whose day has come is expected later.
            if let Some(due) = case.due_on.filter(|due| *due > today) {
                assert!(answers.iter().all(|expected| **expected <= due), "{key}: expected after the legal day {due:?}");
            }
        }
    }
    Ok(())
}

#[test]
fn only_a_state_that_waits_for_the_citizen_has_a_task_and_only_an_open_case_has_a_legal_day() -> Tested {
    let states: BTreeMap<String, Phase> = seed::states()?.into_iter().map(|state| (state.state, state.phase)).collect();
    for day in DAYS {
        let today = Date(day.to_owned());
        for case in file(day)?.cases {
            let (key, state) = (&case.key, state_now(&case).to_owned());
            let phase = states.get(&state).copied().ok_or(format!("{key}: no state {state}"))?;
            let waits = phase == Phase::WaitingForYou;
            assert_eq!(case.task.is_some(), waits, "{key}: task in state {state}");
            assert_eq!(case.task_due_on.is_some(), waits, "{key}: day of a task in state {state}");
            assert!(case.task_due_on.is_none_or(|due| due > today), "{key}: the task was due before tomorrow");
            assert_eq!(case.due_on.is_none(), phase == Phase::Closed, "{key}: legal day in state {state}");
            assert_eq!(
                phase == Phase::Closed,
                case.steps.iter().all(|step| step.at.is_some()),
                "{key}: something is expected of a closed case, or nothing of an open one"
            );
            let expected = match state.as_str() {
                "waiting_documents" => Some(TaskKind::SendDocuments),
                "waiting_payment" => Some(TaskKind::Pay),
                "waiting_answer" | "waiting_information" => Some(TaskKind::Answer),
                "ready_to_collect" => Some(TaskKind::Collect),
                _ => None,
            };
            assert_eq!(case.task, expected, "{key}");
        }
    }
    Ok(())
}

#[test]
fn registered_cases_have_a_number_of_their_own_and_documents_are_filled() -> Tested {
    let file = file(DAYS[0])?;
    let mut numbers = BTreeSet::new();
    for case in &file.cases {
        let registered = case.steps.iter().any(|step| step.at.is_some() && step.state.0 == "registered");
        assert_eq!(case.protocol.is_some(), registered, "{}", case.key);
        if let Some(protocol) = &case.protocol {
            assert!(numbers.insert(protocol.number.clone()), "two cases have the number {}", protocol.number);
        }
        let texts = [&case.title, &case.description].into_iter().chain(case.steps.iter().map(|step| &step.note));
        let texts = texts.chain(case.documents.iter().flat_map(|document| std::iter::once(&document.name).chain(&document.paragraphs)));
        for text in texts {
            assert!(!text.contains(['{', '}']), "{}: {text}", case.key);
        }
        assert!(case.documents.iter().all(|document| (1..=4).contains(&document.paragraphs.len())), "{}", case.key);
        assert!(file.offices.iter().any(|office| office.key == case.office), "{}: no office {}", case.key, case.office);
    }
    assert!(file.offices.iter().any(|office| office.key == "street_reports"));
    Ok(())
}

#[test]
fn the_first_person_shows_everything_at_once() -> Tested {
    for day in DAYS {
        let file = file(day)?;
        let first = people::all()?.first().map(|person| person.subject.clone()).unwrap_or_default();
        let hers = of(&file, &first);
        let today = Date(day.to_owned());
        let states: Vec<&str> = hers.iter().map(|case| state_now(case)).collect();
        for state in
            ["waiting_documents", "waiting_payment", "ready_to_collect", "planned", "registered", "accepted", "rejected", "withdrawn"]
        {
            assert!(states.contains(&state), "{first} has nothing {state}");
        }
        assert!(hers.iter().any(|case| case.due_on.as_ref().is_some_and(|due| *due < today)), "nothing is late");
        assert!(hers.iter().any(|case| case.kind.0 == "street_report"));
        assert!(hers.iter().any(|case| case.task_due_on.as_ref().and_then(|due| today.days_until(due)).is_some_and(|days| days < 10)));
    }
    Ok(())
}

#[test]
fn one_person_has_four_hundred_cases_and_one_has_none() -> Tested {
    let file = file(DAYS[0])?;
    let many = of(&file, "carlo-bernardi");
    assert_eq!(many.len(), 400);
    assert!(of(&file, "nora-gelli").is_empty());
    let years: BTreeSet<&str> = many.iter().filter_map(|case| case.steps[0].at.as_ref()?.0.get(..4)).collect();
    assert_eq!(years.len(), 9, "{years:?}");
    let kinds: BTreeSet<&str> = many.iter().map(|case| case.kind.0.as_str()).collect();
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    let closed = many.iter().filter(|case| case.due_on.is_none()).count();
    assert!((340..400).contains(&closed), "{closed} closed");
    let titles: BTreeSet<&str> = many.iter().map(|case| case.title.as_str()).collect();
    assert!(titles.len() > 250, "{} titles", titles.len());
    Ok(())
}

#[test]
fn people_are_invented_and_well_formed() -> Tested {
    let all = people::all()?;
    assert!(all.len() >= 9);
    let subjects: BTreeSet<&str> = all.iter().map(|person| person.subject.as_str()).collect();
    assert_eq!(subjects.len(), all.len());
    for person in all {
        assert!(person.subject.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", person.subject);
        assert!(Date(person.birthdate.clone()).day_number().is_some(), "{}", person.birthdate);
        assert!(person.email.as_deref().is_none_or(|email| email.ends_with("@example.org")));
        assert!(
            person.phone.as_deref().is_none_or(|phone| phone.starts_with("+39300000") || phone.starts_with("+39055000")),
            "{:?}",
            person.phone
        );
        match (&person.fiscal_code, person.scheme) {
            (Some(code), _) => {
                assert!(fiscal_code::is_valid(code), "{code}");
                assert_eq!(code_from_facts(person), decoded(code), "{code} is not {}'s", person.name());
            }
            (None, scheme) => assert_eq!(scheme, people::Scheme::Eidas),
        }
    }
    assert!(all.iter().any(|person| person.fiscal_code.is_none()));
    Ok(())
}

/// The first fifteen characters of a codice fiscale, put together from the person's facts (D.M. 23 December 1976, art. 2-5).
fn code_from_facts(person: &people::Person) -> String {
    let part = |name: &str, is_given: bool| -> String {
        let plain = name.to_uppercase().replace('Ò', "O").replace('Ț', "T");
        let (vowels, mut consonants): (Vec<char>, Vec<char>) =
            plain.chars().filter(char::is_ascii_uppercase).partition(|c| "AEIOU".contains(*c));
        if is_given && consonants.len() > 3 {
            consonants.remove(1);
        }
        consonants.into_iter().chain(vowels).chain("XXX".chars()).take(3).collect()
    };
    let mut born = person.birthdate.split('-');
    let year = born.next().unwrap_or_default();
    let month = born.next().and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let day = born.next().and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let shown = if person.gender.as_deref() == Some("female") { day + 40 } else { day };
    let letter = "ABCDEHLMPRST".chars().nth(month - 1).unwrap_or('?');
    let place = person.birthplace.clone().unwrap_or_default();
    format!("{}{}{}{letter}{shown:02}{place}", part(&person.family_name, false), part(&person.given_name, true), &year[2..])
}

/// The first fifteen characters with the letters of an omocodia turned back into digits.
fn decoded(code: &str) -> String {
    let back = |(index, c): (usize, char)| match (index, "LMNPQRSTUV".find(c)) {
        (6 | 7 | 9 | 10 | 12..=14, Some(digit)) => char::from_digit(u32::try_from(digit).unwrap_or(0), 10).unwrap_or(c),
        _ => c,
    };
    code.chars().take(15).enumerate().map(back).collect()
}

#[test]
fn the_table_of_people_names_everybody() -> Tested {
    let table = people::table()?;
    for person in people::all()? {
        assert!(table.contains(&person.name()) && table.contains(&person.who.it));
    }
    Ok(())
}

#[test]
fn street_reports_lie_all_over_the_town_in_several_states_and_some_close_together() -> Tested {
    for day in DAYS {
        let file = file(day)?;
        let reports: Vec<&ImportCase> = file.cases.iter().filter(|case| case.report.is_some()).collect();
        assert_eq!(reports.len(), 60);
        let states: BTreeSet<&str> = reports.iter().map(|case| state_now(case)).collect();
        for state in ["registered", "in_progress", "planned", "resolved", "not_competent"] {
            assert!(states.contains(state), "no report is {state} on {day}");
        }
        let mut streets = BTreeMap::new();
        for report in reports.iter().filter_map(|case| case.report.as_ref()) {
            assert!(report.place.point.is_some_and(|point| (11.14..11.34).contains(&point.lon) && (43.72..43.84).contains(&point.lat)));
            *streets.entry((&report.category.0, &report.place.street)).or_insert(0) += 1;
        }
        assert!(streets.values().any(|count| *count > 1) && streets.len() > 30);
    }
    Ok(())
}
