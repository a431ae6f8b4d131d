//! Holds the crate against the recorded cases of a folder and prints every difference: `conformance [FOLDER] [--least PERCENT]`. With
//! `--least` it fails when an expression comes out otherwise, or when fewer of the traces than that are the same in every step.

use questionnaire::conformance::{Outcome, compare};
use std::path::PathBuf;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut given: Vec<String> = std::env::args().skip(1).collect();
    let least = given.iter().position(|one| one == "--least").map(|at| given.drain(at..).nth(1));
    let least: Option<usize> = match least.map(|written| written.as_deref().and_then(|percent| percent.parse().ok())) {
        Some(None) => {
            println!("--least wants a percentage");
            return ExitCode::FAILURE;
        }
        other => other.flatten(),
    };
    let folder = given.into_iter().next().or_else(|| std::env::var("FILO_CONFORMANCE_DIR").ok()).map(PathBuf::from);
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let folder = folder.unwrap_or_else(|| root.join("../../shared/data/questionnaires/conformance"));
    if !folder.is_dir() {
        println!("{} is not there: nothing to compare", folder.display());
        return if least.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    match compare(|file| std::fs::read_to_string(folder.join(file)).ok()) {
        Ok(outcome) => {
            for line in &outcome.differences {
                println!("{line}");
            }
            let ((good, all), (same, traces)) = (outcome.expressions, outcome.traces);
            println!("expressions {good} of {all}, traces {same} of {traces}");
            if least.is_none_or(|least| is_enough(&outcome, least)) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Whether there was something to compare, every expression came out the same, and so many percent of the traces.
fn is_enough(outcome: &Outcome, percent: usize) -> bool {
    let ((good, all), (same, traces)) = (outcome.expressions, outcome.traces);
    all > 0 && traces > 0 && good == all && same * 100 >= traces * percent
}
