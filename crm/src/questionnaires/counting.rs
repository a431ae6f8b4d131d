//! Answers counted, question by question. Groups smaller than [`GROUP_MIN`] are never told apart.
use contract::questionnaires::{Counted, CountedRow, Counts, GROUP_MIN};
use questionnaire::definition::{Choice, Definition, Element, Kind};
use questionnaire::value::{Map, Value};
use questionnaire::words::Words;

/// A choice that can be counted: its words and what it is in the data.
struct Choosable {
    text: String,
    value: Value,
}

/// Counts answers; nothing when there are fewer than [`GROUP_MIN`] of them.
pub fn count(definition: &Definition, language: &str, answers: &[Map]) -> Vec<Counted> {
    if !is_group(answers.len()) {
        return Vec::new();
    }
    let questions = definition.top().map(|at| &definition.elements[at]);
    questions
        .filter(|element| !matches!(element.kind, Kind::Html | Kind::Expression))
        .flat_map(|element| counted(element, language, answers))
        .collect()
}

fn is_group(count: usize) -> bool {
    count >= GROUP_MIN as usize
}

fn words(words: &Words, language: &str, otherwise: &str) -> String {
    words.to(language).unwrap_or(otherwise).to_owned()
}

fn counted(element: &Element, language: &str, answers: &[Map]) -> Vec<Counted> {
    let question = &element.question;
    let title = words(&element.title, language, &element.name);
    let given: Vec<&Value> = answers.iter().filter_map(|map| map.get(&element.value_name)).filter(|value| !value.is_empty()).collect();
    let of = |choices: &[Choice]| -> Vec<Choosable> {
        choices.iter().map(|one| Choosable { text: words(&one.text, language, &one.value.to_text()), value: one.value.clone() }).collect()
    };
    let mut choices = of(&question.choices);
    for (is_there, own, value, otherwise) in [
        (question.none, &question.none_text, "none", ["Nessuno", "None"]),
        (question.other, &question.other_text, "other", ["Altro", "Other"]),
    ] {
        if is_there {
            let otherwise = if language.starts_with("it") { otherwise[0] } else { otherwise[1] };
            choices.push(Choosable { text: words(own, language, otherwise), value: Value::from(value) });
        }
    }
    let one = |counts, choices: &[Choosable], given: &[&Value]| tally(title.clone(), String::new(), (counts, choices), given);
    match element.kind {
        Kind::Radiogroup | Kind::Dropdown => vec![one(Counts::One, &choices, &given)],
        Kind::Checkbox | Kind::Tagbox => vec![one(Counts::Several, &choices, &given)],
        Kind::Ranking => {
            let first: Vec<&Value> = given.iter().filter_map(|value| value.as_list()?.first()).collect();
            vec![one(Counts::First, &choices, &first)]
        }
        Kind::Rating => vec![Counted { mean: mean(&given), ..one(Counts::One, &of(&question.rates), &given) }],
        Kind::Boolean => vec![one(Counts::One, &yes_and_no(element, language), &given)],
        Kind::Matrix => {
            let columns = of(&question.choices);
            let row = |row: &Choice| {
                let key = row.value.to_text();
                let given: Vec<&Value> = given.iter().filter_map(|value| value.member(&key)).filter(|value| !value.is_empty()).collect();
                tally(title.clone(), words(&row.text, language, &key), (Counts::One, &columns), &given)
            };
            question.rows.iter().map(row).collect()
        }
        Kind::Text if question.input == "number" => vec![Counted { mean: mean(&given), ..one(Counts::Only, &[], &given) }],
        _ => vec![one(Counts::Only, &[], &given)],
    }
}

fn yes_and_no(element: &Element, language: &str) -> Vec<Choosable> {
    let question = &element.question;
    let [yes, no] = if language.starts_with("it") { ["Sì", "No"] } else { ["Yes", "No"] };
    vec![
        Choosable { text: words(&question.label_true, language, yes), value: question.value_true.clone() },
        Choosable { text: words(&question.label_false, language, no), value: question.value_false.clone() },
    ]
}

fn tally(title: String, row: String, (counts, choices): (Counts, &[Choosable]), given: &[&Value]) -> Counted {
    if !is_group(given.len()) {
        return Counted { title, row, counts: Counts::Only, ..Counted::default() };
    }
    let is_same = |choice: &Choosable, value: &Value| {
        let value = value.member("value").unwrap_or(value);
        choice.value == *value || choice.value.to_text() == value.to_text()
    };
    let takes = |choice: &Choosable, value: &Value| match value {
        Value::List(list) => list.iter().any(|one| is_same(choice, one)),
        one => is_same(choice, one),
    };
    let numbers: Vec<u32> =
        choices.iter().map(|choice| u32::try_from(given.iter().filter(|value| takes(choice, value)).count()).unwrap_or(u32::MAX)).collect();
    let shown = shown(&numbers, counts != Counts::Several);
    let rows = choices.iter().zip(shown).map(|(choice, count)| CountedRow { text: choice.text.clone(), count }).collect();
    Counted { title, row, counts, answers: u32::try_from(given.len()).ok(), mean: None, rows }
}

/// Which numbers are told: none of a small group, and where the numbers add up to one that is known, not the one that would give it away.
fn shown(numbers: &[u32], adds_up: bool) -> Vec<Option<u32>> {
    let mut shown: Vec<Option<u32>> = numbers.iter().map(|number| Some(*number).filter(|number| *number >= GROUP_MIN)).collect();
    let hidden = shown.iter().filter(|number| number.is_none()).count();
    if adds_up && hidden == 1 {
        let smallest = (0..shown.len()).filter(|at| shown[*at].is_some()).min_by_key(|at| numbers[*at]);
        if let Some(at) = smallest {
            shown[at] = None;
        }
    }
    shown
}

fn mean(given: &[&Value]) -> Option<f64> {
    let numbers: Vec<f64> = given.iter().map(|value| value.to_number()).filter(|number| number.is_finite()).collect();
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    is_group(numbers.len()).then(|| (mean * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answers(text: &str, times: usize) -> Vec<Map> {
        let Value::Object(map) = serde_json::from_str(text).unwrap() else { unreachable!("an object") };
        vec![map; times]
    }

    fn definition() -> Definition {
        Definition::lenient(
            r#"{"elements": [
                {"type": "radiogroup", "name": "a", "choices": ["x", "y", "z"], "hasOther": true},
                {"type": "checkbox", "name": "b", "choices": [1, 2]},
                {"type": "rating", "name": "c"},
                {"type": "matrix", "name": "d", "rows": ["r", "s"], "columns": [1, 2]},
                {"type": "comment", "name": "e"}, {"type": "html", "name": "f", "html": "F"}]}"#,
        )
        .unwrap()
    }

    #[test]
    fn fewer_than_ten_are_not_counted_at_all() {
        assert!(count(&definition(), "it", &answers(r#"{"a": "x"}"#, 9)).is_empty());
        assert_eq!(count(&definition(), "it", &answers(r#"{"a": "x"}"#, 10)).len(), 6);
    }

    #[test]
    fn a_small_group_is_hidden_and_so_is_what_would_tell_it() {
        let mut all = answers(r#"{"a": "x", "b": [1, 2], "c": 5, "d": {"r": 1}, "e": "parole"}"#, 30);
        all.extend(answers(r#"{"a": "y", "b": [2], "c": 1}"#, 12));
        all.extend(answers(r#"{"a": "z"}"#, 3));
        let counted = count(&definition(), "it", &all);
        let rows = |at: usize| counted[at].rows.iter().map(|row| row.count).collect::<Vec<_>>();
        // "z" and "Altro" are both small: neither can be worked out of the sum.
        assert_eq!((counted[0].answers, rows(0)), (Some(45), vec![Some(30), Some(12), None, None]));
        assert_eq!((counted[1].answers, rows(1)), (Some(42), vec![Some(30), Some(42)]));
        assert_eq!((counted[2].answers, counted[2].mean), (Some(42), Some(3.9)));
        assert_eq!((counted[3].row.as_str(), rows(3)), ("r", vec![None, None]), "one alone would give away the other");
        assert_eq!((counted[4].row.as_str(), counted[4].answers, counted[4].rows.len()), ("s", None, 0));
        assert_eq!((counted[5].counts, counted[5].answers), (Counts::Only, Some(30)));
    }

    #[test]
    fn what_adds_up_hides_two_or_none() {
        assert_eq!(shown(&[30, 12, 3], true), [Some(30), None, None]);
        assert_eq!(shown(&[30, 12, 3], false), [Some(30), Some(12), None]);
        assert_eq!(shown(&[30, 2, 3], true), [Some(30), None, None]);
        assert_eq!(shown(&[30, 10], true), [Some(30), Some(10)]);
    }
}
