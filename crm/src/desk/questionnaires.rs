//! `crm office questionnaire …`: bring one in, open it, close it, read the answers, publish what came of it.
use super::{At, Failure, read_file};
use clap::Subcommand;
use contract::attachments::AttachmentState;
use contract::questionnaires::{Exported, NewResults, OfficeQuestionnaire, Standing};
use office_client::OfficeError;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is done with questionnaires; each is named by its key.
#[derive(Subcommand)]
pub enum Verb {
    /// All of them, the newest first
    List,
    /// Bring one in, or a new version of it: a file as `contract::questionnaires::NewQuestionnaire` describes it
    Import { file: PathBuf },
    /// Open one: from now on it can be answered
    Open { key: String },
    /// Close one for good
    Close { key: String },
    /// Print the answers
    Answers {
        key: String,
        /// As a table
        #[arg(long)]
        csv: bool,
    },
    /// Save the files of the answers in a folder, each under its identifier and name
    Files { key: String, folder: PathBuf },
    /// Publish what came of one that is closed: a file with `decided` and `comments`
    Publish { key: String, file: PathBuf },
}

impl At<'_> {
    /// Does it.
    pub(super) async fn questionnaire(&self, verb: Verb) -> Result<(), Failure> {
        let unsure = |error: OfficeError| self.unsure(error);
        let now = match verb {
            Verb::List => return self.print(&self.office.questionnaires().await?, |all| all.iter().map(line).collect()),
            Verb::Answers { key, csv } => {
                let id = self.named(&key).await?.summary.id;
                let text = self.office.answers(&id, if csv { "csv" } else { "json" }).await?;
                return Ok(writeln!(std::io::stdout(), "{}", text.trim_end())?);
            }
            Verb::Files { key, folder } => return self.save_files(&key, &folder).await,
            Verb::Import { file } => {
                let (name, bytes) = read_file(&file)?;
                self.office
                    .bring_questionnaire(self.key, bytes)
                    .await
                    .map_err(|error| found(&name, &error).unwrap_or_else(|| unsure(error)))?
            }
            Verb::Open { key } => self.bring_questionnaire_to(&key, Standing::Open).await?,
            Verb::Close { key } => self.bring_questionnaire_to(&key, Standing::Closed).await?,
            Verb::Publish { key, file } => {
                let results: NewResults = serde_json::from_slice(&read_file(&file)?.1)
                    .map_err(|error| Failure::WrongUse(format!("{}: {error}", file.display())))?;
                let id = self.named(&key).await?.summary.id;
                self.office.publish_results(&id, self.key, &results).await.map_err(unsure)?
            }
        };
        self.print(&now, line)
    }

    async fn save_files(&self, key: &str, folder: &Path) -> Result<(), Failure> {
        let id = self.named(key).await?.summary.id;
        let text = self.office.answers(&id, "json").await?;
        let all: Exported<serde_json::Value> =
            serde_json::from_str(&text).map_err(|error| Failure::WrongUse(format!("the answers cannot be read: {error}")))?;
        std::fs::create_dir_all(folder)?;
        for file in all.answers.iter().flat_map(|one| &one.files).filter(|file| file.state == AttachmentState::Ready) {
            let bytes = self.office.answer_file(&id, &file.id).await?;
            // People choose names: in a folder they stand for nothing else.
            let plain: String = file.name.chars().map(|c| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '_' }).collect();
            let path = folder.join(format!("{}-{plain}", file.id));
            std::fs::write(&path, bytes)?;
            writeln!(std::io::stdout(), "{}", path.display())?;
        }
        Ok(())
    }

    async fn bring_questionnaire_to(&self, key: &str, to: Standing) -> Result<OfficeQuestionnaire, Failure> {
        let id = self.named(key).await?.summary.id;
        self.office.move_questionnaire(&id, self.key, to).await.map_err(|error| self.unsure(error))
    }

    async fn named(&self, key: &str) -> Result<OfficeQuestionnaire, Failure> {
        let found = self.office.questionnaires().await?.into_iter().find(|one| one.key == key);
        found.ok_or_else(|| Failure::WrongUse(format!("no questionnaire has the key {key:?}")))
    }
}

/// What is wrong in the file, each at its line and column, as compilers say it.
fn found(name: &str, error: &OfficeError) -> Option<Failure> {
    let OfficeError::Refused(problem) = error else { return None };
    let param = |params: &std::collections::BTreeMap<String, String>, key: &str| params.get(key).cloned().unwrap_or_default();
    let places = problem.fields.iter().filter(|field| field.params.contains_key("line")).map(|field| {
        let (params, hint) = (&field.params, param(&field.params, "hint"));
        let hint = if hint.is_empty() { hint } else { format!(" ({hint})") };
        format!("\n{name}:{}:{}: {}{hint}", param(params, "line"), param(params, "column"), param(params, "what"))
    });
    let places: String = places.collect();
    (!places.is_empty()).then(|| Failure::WrongUse(format!("the questionnaire is refused{places}")))
}

/// A questionnaire in a line.
fn line(one: &OfficeQuestionnaire) -> String {
    let standing = match one.summary.standing {
        Standing::Draft => "draft",
        Standing::Open => "open",
        Standing::Closed => "closed",
        Standing::Unknown => "?",
    };
    let anonymous = if one.summary.anonymous { "  anonymous" } else { "" };
    let invited = if one.invited > 0 { format!("  for {}", one.invited) } else { String::new() };
    let results = if one.summary.has_results { "  results published" } else { "" };
    let preview = one.preview.as_ref().map(|address| format!("  to try: {address}\n")).unwrap_or_default();
    format!(
        "{:<28}{standing:<8}version {}  {} answers  until {}{anonymous}{invited}{results}  {}\n{preview}",
        one.key, one.version, one.answers, one.summary.closes_on.0, one.summary.title
    )
}
