//! `crm office …`: what an officer, or another system, says to the office API from a command line.
mod questionnaires;
mod sheet;

use clap::{Args, Subcommand};
use contract::Date;
use contract::cases::{CaseNumber, Channel, Phase, TaskKind};
use contract::dictionary::StateCode;
use contract::office::{Move, OfficeCase, WAITING_DOCUMENTS, WAITING_INFORMATION};
use crm::config;
use office_client::{Office, OfficeError, new_key};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// `crm office`, understood.
#[derive(Args)]
pub struct Desk {
    /// Print what the API answered, as JSON
    #[arg(long, global = true)]
    json: bool,
    /// The Idempotency-Key: said again with the same key, it happens once
    #[arg(long, global = true)]
    key: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Cases that are not over, moved last first; words are looked for as the API does
    List {
        words: Vec<String>,
        /// Those that are over too
        #[arg(long)]
        all: bool,
        /// At most so many
        #[arg(long, default_value_t = 50)]
        most: usize,
    },
    /// One case with its story, and what the citizen wrote and sent
    Show { number: String },
    /// Bring a case into another state
    Move {
        number: String,
        state: String,
        /// A sentence for the citizen
        #[arg(long, default_value = "")]
        note: String,
        /// A photo or a PDF for the citizen; may come several times
        #[arg(long = "file")]
        files: Vec<PathBuf>,
    },
    /// Ask the citizen something; the case waits for the answer
    Ask(Request),
    /// Ask the citizen for documents; the case waits for them
    Documents(Request),
    /// Write to the citizen about a case, which stays where it is
    Write(Said),
    /// Write down what was said on the phone; nobody is told
    Call(Said),
    /// Write down what was said at the desk
    Visit(Said),
    /// Write down what came by letter
    Letter(Said),
    /// Write down what came by e-mail
    Email(Said),
    /// Questionnaires: bring in, open, close, read, publish
    #[command(subcommand)]
    Questionnaire(questionnaires::Verb),
    /// What could not be delivered
    Undelivered,
    /// Try again now to deliver something, by the identifier that `undelivered` prints
    Retry { id: String },
}

#[derive(Args)]
struct Request {
    number: String,
    text: String,
    /// The last day for it: 2026-12-10 or 10/12/2026
    #[arg(long)]
    until: Option<String>,
}

#[derive(Args)]
struct Said {
    number: String,
    text: String,
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    WrongUse(String),
    #[error("{0}")]
    Office(#[from] OfficeError),
    #[error("{0}; it may have happened all the same. Say it again with --key {1}: that does it once")]
    Unsure(OfficeError, String),
    #[error("{0}")]
    Output(#[from] std::io::Error),
    #[error("{0}")]
    Json(#[from] serde_json::Error),
}

impl Failure {
    /// 2 for what whoever typed it can mend, 1 for what was refused or failed.
    fn code(&self) -> ExitCode {
        match self {
            Self::WrongUse(_) | Self::Office(OfficeError::NoToken) => ExitCode::from(2),
            Self::Office(_) | Self::Unsure(..) | Self::Output(_) | Self::Json(_) => ExitCode::FAILURE,
        }
    }
}

/// Does what was asked; how the program ends: 0 done, 1 refused or failed, 2 wrong use.
pub async fn run(desk: Desk) -> ExitCode {
    match desk.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let about = match &failure {
                Failure::Office(OfficeError::NoToken | OfficeError::Token) => " (FILO_OFFICE_TOKEN)",
                Failure::Office(OfficeError::Unreachable(_)) => " (FILO_OFFICE_URL)",
                _ => "",
            };
            eprintln!("crm office: {failure}{about}");
            failure.code()
        }
    }
}

impl Desk {
    async fn run(self) -> Result<(), Failure> {
        let (url, token) = config::office_from_env();
        let (office, key) = (Office::new(&url, &token)?, self.key.unwrap_or_else(new_key));
        let at = At { office: &office, key: &key, json: self.json };
        match self.command {
            Command::List { words, all, most } => {
                let wanted = |case: &OfficeCase| all || case.summary.phase != Phase::Closed;
                let cases = office.cases(&words.join(" "), most, wanted).await?;
                at.print(&cases, |cases| cases.iter().map(sheet::line).collect())
            }
            Command::Show { number } => {
                let listed = office.find(&read_number(&number)?).await?;
                let case = office.case(&listed.summary.id).await?;
                at.print(&case, |case| sheet::case(&listed, case))
            }
            Command::Move { number, state, note, files } => at.bring(&number, &files, moved(&state, note)).await,
            Command::Ask(request) => at.request(request, (WAITING_INFORMATION, TaskKind::Answer)).await,
            Command::Documents(request) => at.request(request, (WAITING_DOCUMENTS, TaskKind::SendDocuments)).await,
            Command::Write(said) => at.say(said, None).await,
            Command::Call(said) => at.say(said, Some(Channel::Phone)).await,
            Command::Visit(said) => at.say(said, Some(Channel::Desk)).await,
            Command::Letter(said) => at.say(said, Some(Channel::Letter)).await,
            Command::Email(said) => at.say(said, Some(Channel::Email)).await,
            Command::Questionnaire(verb) => at.questionnaire(verb).await,
            Command::Undelivered => at.print(&office.undelivered().await?, |waiting| waiting.iter().map(sheet::undelivered).collect()),
            Command::Retry { id } => Ok(office.retry(&id).await?),
        }
    }
}

/// Where a command is said, under which key, and how its answer is printed.
struct At<'a> {
    office: &'a Office,
    key: &'a str,
    json: bool,
}

impl At<'_> {
    /// A question, or a request for documents: the case waits for the citizen.
    async fn request(&self, request: Request, (state, task): (&str, TaskKind)) -> Result<(), Failure> {
        let due = request.until.as_deref().map(read_day).transpose()?;
        self.bring(&request.number, &[], Move { task: Some(task), task_due_on: due, ..moved(state, request.text) }).await
    }

    /// Something said about a case in the state it is in.
    async fn say(&self, said: Said, channel: Option<Channel>) -> Result<(), Failure> {
        self.bring(&said.number, &[], Move { channel, ..moved("", said.text) }).await
    }

    /// Finds the case, sends the files, then the move that names them.
    async fn bring(&self, number: &str, files: &[PathBuf], mut moved: Move) -> Result<(), Failure> {
        let number = read_number(number)?;
        let files = files.iter().map(|path| read_file(path)).collect::<Result<Vec<_>, _>>()?;
        let before = self.office.find(&number).await?.summary;
        for (index, (name, bytes)) in files.into_iter().enumerate() {
            let key = format!("{}-file-{index}", self.key);
            let sent = self.office.send_file(&before.id, &key, &name, bytes).await.map_err(|error| self.unsure(error))?;
            moved.files.push(sent.id);
        }
        let now = self.office.bring(&before.id, self.key, &moved).await.map_err(|error| self.unsure(error))?;
        // What was only written down moved nothing, whoever else did meanwhile.
        let from = if moved.state.0.is_empty() { &now } else { &before };
        self.print(&now, |now| sheet::moved(from, now))
    }

    /// A write whose answer was lost has perhaps happened.
    fn unsure(&self, error: OfficeError) -> Failure {
        match error {
            OfficeError::Unreachable(_) => Failure::Unsure(error, self.key.to_owned()),
            other => Failure::Office(other),
        }
    }

    fn print<T: Serialize>(&self, answer: &T, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        let text = if self.json { serde_json::to_string_pretty(answer)? + "\n" } else { text(answer) };
        Ok(std::io::stdout().write_all(text.as_bytes())?)
    }
}

fn moved(state: &str, note: String) -> Move {
    Move { state: StateCode(state.to_owned()), note, task: None, task_due_on: None, channel: None, files: Vec::new() }
}

fn read_number(text: &str) -> Result<CaseNumber, Failure> {
    CaseNumber::read(text).ok_or_else(|| Failure::WrongUse(format!("{text:?} is no case number, or one of its characters is wrong")))
}

/// A day as it is stored, or as people write it.
fn read_day(text: &str) -> Result<Date, Failure> {
    let parts: Vec<&str> = text.trim().split('/').collect();
    let day = match parts.as_slice() {
        [day, month, year] => Date(format!("{year}-{month:0>2}-{day:0>2}")),
        _ => Date(text.trim().to_owned()),
    };
    let whole = day.0.len() == 10 && day.day_number().is_some();
    if whole { Ok(day) } else { Err(Failure::WrongUse(format!("{text:?} is no day: 2026-12-10 or 10/12/2026"))) }
}

/// A file's name and bytes.
fn read_file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::WrongUse(format!("{}: {error}", path.display())))?;
    Ok((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_write_it() {
        for written in ["2026-12-09", " 9/12/2026 ", "09/12/2026"] {
            assert_eq!(read_day(written).ok(), Some(Date("2026-12-09".into())), "{written}");
        }
        for wrong in ["", "domani", "2026-12-32", "31/2/2026", "9/12/26", "2026-12-9"] {
            assert!(read_day(wrong).is_err(), "{wrong}");
        }
    }
}
