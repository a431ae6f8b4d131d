//! The command `town`: serves the identity provider and the clerk, lists the demo people, writes the demo cases.
use contract::Date;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use town::calendar::Day;
use town::clerk::Clerk;
use town::config::{Config, SETTINGS};
use town::{people, questionnaires, seed};

const USAGE: &str = "Usage:
  town serve                                         the identity provider and the clerk, until they are stopped
  town settings                                      the environment variables that `town serve` reads
  town clerk list [WORDS]                            cases that are not over, whose number, title or citizen has these words
  town clerk next NUMBER                             moves a case to its next state
  town clerk move NUMBER STATE [NOTE]                moves a case to this state
  town people                                        the demo people and who they are
  town data --issuer URL [--today YYYY-MM-DD]        the demo cases as a file for `crm import`, on standard output
";

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match run(&words).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("town: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<(), String> {
    match words.first().map(String::as_str) {
        Some("serve") => serve().await,
        Some("settings") => settings(),
        Some("clerk") => clerk(words.get(1..).unwrap_or_default()).await,
        Some("people") => print(&people::table()?),
        Some("data") => data(words),
        _ => Err(format!("what should I do?\n{USAGE}")),
    }
}

async fn serve() -> Result<(), String> {
    let config = Config::from_environment();
    let address = Config::address();
    let listener = TcpListener::bind(&address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
    eprintln!("town: identity provider {} on {address}, clerk at {}/clerk", config.public_url, config.public_url);
    tokio::select! {
        served = town::serve(listener, config) => served,
        stopped = stopped() => stopped,
    }
}

/// Waits until somebody asks the program to stop.
async fn stopped() -> Result<(), String> {
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed.map_err(|error| error.to_string()),
        _ = terminate.recv() => Ok(()),
    }
}

/// The clerk at the keyboard.
async fn clerk(words: &[String]) -> Result<(), String> {
    let clerk = Clerk::new(&Config::from_environment()).map_err(|error| error.to_string())?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let moved = match words.as_slice() {
        ["next", number] => clerk.next(number).await,
        ["move", number, state] => clerk.bring_to(number, state, None).await,
        ["move", number, state, note @ ..] => clerk.bring_to(number, state, Some(&note.join(" "))).await,
        ["list", rest @ ..] => return print(&clerk.table(rest).await.map_err(|error| error.to_string())?),
        _ => return Err(format!("what should the clerk do?\n{USAGE}")),
    };
    let moved = moved.map_err(|error| error.to_string())?;
    print(&format!("{} {} → {}\n", moved.now.number.0, moved.before.0, moved.now.state.0))
}

fn settings() -> Result<(), String> {
    let lines: String = SETTINGS.iter().map(|setting| format!("{}={}\n    {}\n", setting.name, setting.default, setting.about)).collect();
    print(&lines)
}

fn data(words: &[String]) -> Result<(), String> {
    let issuer = option(words, "--issuer").ok_or("data needs --issuer URL, the address of the identity provider")?;
    let today = match option(words, "--today") {
        Some(text) => Day::of(&Date(text.clone())).ok_or_else(|| format!("not a day: {text}"))?,
        None => Day::today(),
    };
    let file = seed::import_file(issuer.trim_end_matches('/'), today)?;
    let mut whole = serde_json::to_value(&file).map_err(|error| error.to_string())?;
    whole["questionnaires"] = questionnaires::all(today)?;
    let text = serde_json::to_string_pretty(&whole).map_err(|error| error.to_string())?;
    print(&format!("{text}\n"))
}

/// The word behind an option.
fn option<'a>(words: &'a [String], name: &str) -> Option<&'a String> {
    words.iter().position(|word| word == name).and_then(|index| words.get(index + 1))
}

/// Writes to standard output; a reader that went away is an error, not a panic.
fn print(text: &str) -> Result<(), String> {
    use std::io::Write;
    std::io::stdout().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
