//! The command line: `questionnaire check FILE` and `questionnaire run FILE ANSWERS`.

use questionnaire::evaluate::Clock;
use questionnaire::{Definition, Run, Value, json};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

const USAGE: &str = "questionnaire check FILE          is the definition one that the town may use
questionnaire run FILE ANSWERS    what follows from the answers (JSON object), with everything that is wrong";

fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = given.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["check", file] => {
            definition(file).map(|read| format!("{file}: {} pages, {} elements: good", read.pages.len(), read.elements.len()))
        }
        ["run", file, answers] => definition(file).and_then(|read| run(read, answers)),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn text(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|why| format!("{file}: {why}"))
}

fn definition(file: &str) -> Result<Definition, String> {
    Definition::checked(&text(file)?).map_err(|found| {
        let lines: Vec<String> = found.iter().map(|one| format!("{file}:{one}")).collect();
        lines.join("\n")
    })
}

/// Runs the answers through the questionnaire as if somebody had given them, and says what is left of them and what is wrong.
fn run(read: Definition, answers: &str) -> Result<String, String> {
    let root = json::read(&text(answers)?).map_err(|why| format!("{answers}:{}: {} expected", why.place, why.expected))?;
    let Value::Object(data) = root.value() else { return Err(format!("{answers}: an object is expected")) };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |passed| passed.as_millis() as f64);
    let mut run = Run::resume(Arc::new(read), Clock { now, offset: 0 }, "", data);
    let fine = run.check_all();
    let mut said: Vec<String> = Vec::new();
    for question in run.all_questions().into_iter().filter(|question| question.visible) {
        let parts =
            question.items.iter().chain(question.panels.iter().flatten()).map(|part| (format!("{}.{}", question.name, part.name), part));
        for (name, part) in std::iter::once((question.name.clone(), &question)).chain(parts) {
            said.extend(part.issues.iter().map(|issue| format!("{name}: {} ({})", issue.text, issue.kind.name())));
        }
    }
    if fine {
        run.finish();
    }
    said.push(serde_json::to_string(&Value::Object(run.data())).map_err(|why| why.to_string())?);
    let said = said.join("\n");
    if fine { Ok(said) } else { Err(said) }
}
