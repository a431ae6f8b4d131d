//! Holds the crate against the recorded cases of a folder and prints every difference.

use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let given = std::env::args().nth(1).or_else(|| std::env::var("FILO_CONFORMANCE_DIR").ok()).map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = given.unwrap_or_else(|| root.join("../../shared/data/questionnaires/conformance"));
    if !folder.is_dir() {
        println!("{} is not there: nothing to compare", folder.display());
        return ExitCode::SUCCESS;
    }
    match questionnaire::conformance::compare(|file| std::fs::read_to_string(folder.join(file)).ok()) {
        Ok(outcome) => {
            for line in &outcome.differences {
                println!("{line}");
            }
            let ((good, all), (same, traces)) = (outcome.expressions, outcome.traces);
            println!("expressions {good} of {all}, traces {same} of {traces}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}
