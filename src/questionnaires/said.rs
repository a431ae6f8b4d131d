//! Questions and answers in words: for the end, for reading aloud; and which questions stand together.
use super::attached::named;
use super::numbers;
use questionnaire::Value;
use questionnaire::definition::Kind;
use questionnaire::run::{ChoiceView, QuestionView};

/// The questions of a page, each with the texts that stand before it.
pub fn group(views: Vec<QuestionView>) -> Vec<Vec<QuestionView>> {
    let mut groups: Vec<Vec<QuestionView>> = Vec::new();
    let mut open = Vec::new();
    for view in views {
        let is_asked = !matches!(view.kind, Kind::Html | Kind::Expression);
        // What is worked out belongs to the question before it.
        if view.kind == Kind::Expression
            && open.is_empty()
            && let Some(last) = groups.last_mut()
        {
            last.push(view);
            continue;
        }
        open.push(view);
        if is_asked {
            groups.push(std::mem::take(&mut open));
        }
    }
    match groups.last_mut() {
        Some(last) => last.append(&mut open),
        None if !open.is_empty() => groups.push(open),
        None => {}
    }
    groups
}

fn words(choices: &[ChoiceView], value: &Value) -> String {
    let plain = value.member("value").unwrap_or(value);
    let known = choices.iter().find(|choice| choice.value == *plain || choice.value.to_text() == plain.to_text());
    known.map_or_else(|| numbers::written(plain), |choice| choice.text.clone())
}

/// An answer in words; empty when there is none. `yes` and `no` are the words of a tick.
pub fn answer(view: &QuestionView, [yes, no]: [&str; 2]) -> String {
    let of = |value: &Value| words(&view.choices, value);
    let said = match (view.kind, &view.value) {
        (_, value) if value.is_empty() => String::new(),
        (Kind::Boolean, Value::Bool(true)) => yes.to_owned(),
        (Kind::Boolean, Value::Bool(false)) => no.to_owned(),
        (Kind::Ranking, Value::List(list)) => {
            list.iter().enumerate().map(|(at, one)| format!("{}. {}", at + 1, of(one))).collect::<Vec<_>>().join("; ")
        }
        (Kind::Matrix, Value::Object(rows)) => {
            let row = |(row, value): (&String, &Value)| format!("{}: {}", words(&view.rows, &Value::from(row.as_str())), of(value));
            rows.iter().map(row).collect::<Vec<_>>().join("; ")
        }
        (Kind::MultipleText, _) => parts(&view.items, [yes, no]),
        (Kind::PanelDynamic | Kind::MatrixDropdown, _) => {
            let rows = view.panels.iter().map(|panel| parts(panel, [yes, no])).filter(|row| !row.is_empty());
            rows.collect::<Vec<_>>().join("; ")
        }
        (Kind::File, value) => named(value).into_iter().map(|file| file.name).collect::<Vec<_>>().join(", "),
        (_, Value::List(list)) => list.iter().map(of).collect::<Vec<_>>().join(", "),
        (_, value) => of(value),
    };
    if view.asks_comment && !view.comment.is_empty() { format!("{said}: {}", view.comment) } else { said }
}

fn parts(views: &[QuestionView], words: [&str; 2]) -> String {
    let part = |view: &QuestionView| {
        let said = answer(view, words);
        (!said.is_empty()).then(|| format!("{}: {said}", view.title))
    };
    views.iter().filter_map(part).collect::<Vec<_>>().join(", ")
}

/// What is read aloud of some questions, line by line: each with its help and its choices.
pub fn aloud(views: &[QuestionView]) -> String {
    let one = |view: &QuestionView| {
        let choices = view.choices.iter().map(|choice| choice.text.clone());
        let rows = view.rows.iter().map(|row| row.text.clone());
        let all: Vec<String> =
            [view.title.clone(), view.description.clone(), view.html.clone()].into_iter().chain(rows).chain(choices).collect();
        all.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(".\n")
    };
    views.iter().map(one).collect::<Vec<_>>().join(".\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use questionnaire::evaluate::Clock;
    use questionnaire::value::Map;
    use questionnaire::{Definition, Run};
    use std::sync::Arc;

    fn page(definition: &str, answers: &str) -> Vec<QuestionView> {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let data = if let Value::Object(map) = read(answers) { map } else { Map::new() };
        let definition = Arc::new(Definition::kept(&read(definition)));
        Run::resume(definition, Clock { now: 0.0, offset: 0 }, "it", data).shown_page().1
    }

    #[test]
    fn a_question_stands_with_the_texts_before_it_and_the_sum_behind_it() {
        let views = page(
            r#"{"elements": [{"type": "html", "name": "a", "html": "A"}, {"type": "text", "name": "b"},
                {"type": "expression", "name": "c", "expression": "1"}, {"type": "text", "name": "d"}, {"type": "html", "name": "e", "html": "E"}]}"#,
            "{}",
        );
        let names: Vec<Vec<String>> = group(views).into_iter().map(|group| group.into_iter().map(|view| view.name).collect()).collect();
        assert_eq!(names, [vec!["a", "b", "c"], vec!["d", "e"]]);
        assert_eq!(group(page(r#"{"elements": [{"type": "html", "name": "a", "html": "A"}]}"#, "{}")).len(), 1);
    }

    #[test]
    fn answers_are_said_in_the_words_of_their_choices() {
        let views = page(
            r#"{"elements": [
                {"type": "checkbox", "name": "a", "choices": [{"value": 1, "text": "Uno"}, {"value": 2, "text": "Due"}], "hasOther": true, "otherText": "Altro"},
                {"type": "matrix", "name": "b", "rows": [{"value": "r", "text": "Riga"}], "columns": [{"value": 1, "text": "Bene"}]},
                {"type": "boolean", "name": "c"},
                {"type": "multipletext", "name": "d", "items": [{"name": "x", "title": "Andata"}]},
                {"type": "ranking", "name": "e", "choices": ["q", "p"]}]}"#,
            r#"{"a": [2, "other"], "a-Comment": "un gatto", "b": {"r": 1}, "c": false, "d": {"x": "7"}, "e": ["p", "q"]}"#,
        );
        let said: Vec<String> = views.iter().map(|view| answer(view, ["Sì", "No"])).collect();
        assert_eq!(said, ["Due, Altro: un gatto", "Riga: Bene", "No", "Andata: 7", "1. p; 2. q"]);
        assert!(aloud(&views[..1]).contains("Uno.\nDue"));
    }
}
