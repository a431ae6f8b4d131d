//! Everything that is kept of somebody, as an archive: the files first, then `data.json` and, as it is read, the page.
mod told;

use super::archive::Archive;
use super::page::Html;
use super::{choices, person};
use crate::cases::{self, Whose};
use crate::channels::settings;
use crate::db::is_id;
use crate::delegates::given;
use crate::error::{Error, Result};
use crate::help_desk::log;
use crate::payments::{fees, holders, receipts};
use crate::state::Crm;
use crate::words::Words;
use crate::{attachments, channels, drafts, inbox, subscriptions, word};
use contract::UtcTime;
use contract::cases::CaseQuery;
use contract::id::{CaseId, CitizenId, FeeId, PublicReportId, QuestionnaireId};
use contract::my_data::{Answered, Followed, InTheArchive, SentProof, TipsOff};
use contract::payments::{FeeDetails, FeeQuery};
use contract::questionnaires::{Info, said};
use serde::Serialize;
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The version of `data.json`.
const FORMAT: u32 = 1;
/// Cases, payments and entries of the log read at once.
const AT_ONCE: u32 = 100;
/// Where payment receipts are in the archive, and files that no case holds.
const RECEIPTS: &str = "receipts";
const LOOSE: &str = "files";

/// A copy that is being written.
struct Copy<'a> {
    crm: &'a Crm,
    citizen: &'a CitizenId,
    words: Words,
    archive: Archive,
    html: Html,
    files: Vec<InTheArchive>,
}

/// Writes everything of a citizen into an archive; its name among the CRM's files, and its size in bytes.
///
/// # Errors
/// When the database or the disk fails; then nothing is kept.
pub async fn write(crm: &Crm, citizen: &CitizenId, language: &str) -> Result<(String, u64)> {
    holders::adopt(crm, citizen).await?;
    let archive = Archive::begin(crm).await?;
    let name = archive.name().to_owned();
    let copy = Copy { crm, citizen, words: Words::of(language)?, archive, html: Html::new(), files: Vec::new() };
    match copy.written().await {
        Ok(bytes) => Ok((name, bytes)),
        Err(error) => {
            crm.files.forget(&name).await;
            Err(error)
        }
    }
}

impl Copy<'_> {
    async fn written(mut self) -> Result<u64> {
        self.put_files().await?;
        self.put_receipts().await?;
        self.archive.text("data.json").await?;
        self.archive.more(b"{".to_vec()).await?;
        self.put_person().await?;
        self.put_cases().await?;
        self.put_messages().await?;
        self.put_payments().await?;
        self.put_what_is_written().await?;
        self.put_what_is_followed().await?;
        self.put_answers().await?;
        self.put_log().await?;
        let files = std::mem::take(&mut self.files);
        self.archive.more(serde_json::to_vec("archive")?).await?;
        self.archive.more([b":", serde_json::to_vec(&files)?.as_slice(), b"}"].concat()).await?;
        let words = &self.words.data;
        let made =
            words.lead.replace("{when}", &self.words.instant(&self.crm.clock.utc())?).replace("{town}", &self.crm.reference.town.town);
        let lead = [made, words.lead_files.clone(), words.lead_anonymous.clone(), words.lead_left_out.clone()];
        let page = std::mem::replace(&mut self.html, Html::new()).whole(self.words.language, &words.title, (&lead, &words.contents));
        self.archive.text("index.html").await?;
        self.archive.more(page.into_bytes()).await?;
        self.archive.end().await
    }

    /// A member of the file, and a comma behind it: the last one is `archive`.
    async fn member(&mut self, name: &str, value: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(name)?;
        text.push(b':');
        serde_json::to_writer(&mut text, value)?;
        text.extend_from_slice(b",\n");
        self.archive.more(text).await
    }

    /// A list begins; [`Self::item`] adds to it, and [`Self::list_ends`] ends it.
    async fn list(&mut self, name: &str) -> Result<()> {
        self.archive.more([serde_json::to_vec(name)?.as_slice(), b":["].concat()).await
    }

    async fn item(&mut self, value: &impl Serialize, is_first: bool) -> Result<()> {
        let mut text = if is_first { Vec::new() } else { b",\n".to_vec() };
        serde_json::to_writer(&mut text, value)?;
        self.archive.more(text).await
    }

    async fn list_ends(&mut self) -> Result<()> {
        self.archive.more(b"],\n".to_vec()).await
    }

    async fn rows(&self, sql: &str) -> Result<Vec<AnyRow>> {
        Ok(sqlx::query(sql).bind(self.citizen.as_str()).fetch_all(self.crm.db.reader()).await?)
    }

    /// Documents, photos, and what the office has given; never what an office has not given yet.
    async fn put_files(&mut self) -> Result<()> {
        let documents = "SELECT d.name, d.media_type, d.file, c.id AS case_id, c.number FROM documents d
            JOIN cases c ON c.id = d.case_id AND c.owner_id = d.owner_id WHERE d.owner_id = $1 ORDER BY c.number, d.added_at, d.id";
        let sent = "SELECT a.name, a.media_type, a.file, c.id AS case_id, c.number FROM attachments a
            LEFT JOIN cases c ON c.id = a.case_id AND c.owner_id = a.owner_id
            WHERE a.owner_id = $1 AND a.state = 'ready' AND a.same_as IS NULL AND (a.office = '' OR a.case_id IS NOT NULL)
            ORDER BY c.number, a.added_at, a.id";
        for sql in [documents, sent] {
            for row in &self.rows(sql).await? {
                let mut name: String = row.try_get("name")?;
                if row.try_get::<&str, _>("media_type")? == "application/pdf" && !name.to_lowercase().ends_with(".pdf") {
                    name.push_str(".pdf");
                }
                let number: Option<String> = row.try_get("number")?;
                let folder = number.as_deref().unwrap_or(LOOSE).to_owned();
                let path = match self.archive.kept(self.crm, (&folder, &name), row.try_get("file")?).await {
                    Err(Error::NotFound) => {
                        tracing::warn!("a file that a row names is not there");
                        String::new()
                    }
                    kept => kept?,
                };
                self.files.push(InTheArchive { path, name, case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId) });
            }
        }
        Ok(())
    }

    /// A receipt for each payment of theirs that is paid.
    async fn put_receipts(&mut self) -> Result<()> {
        let paid = "SELECT DISTINCT f.id FROM fee_holders h JOIN fees f ON f.id = h.fee_id JOIN receipts r ON r.fee_id = f.id
            WHERE h.citizen_id = $1 ORDER BY f.id";
        for row in &self.rows(paid).await? {
            let id = FeeId(row.try_get(0)?);
            let (name, bytes) = match receipts::written(self.crm, self.citizen, &id, self.words.language).await {
                // Somebody else's, which they have only looked up.
                Err(Error::NotFound) => continue,
                written => written?,
            };
            let path = self.archive.bytes((RECEIPTS, &name), bytes).await?;
            self.files.push(InTheArchive { path, name, case: None });
        }
        Ok(())
    }

    async fn put_person(&mut self) -> Result<()> {
        let (crm, citizen) = (self.crm, self.citizen);
        self.member("format", &FORMAT).await?;
        self.member("made_at", &crm.clock.utc()).await?;
        self.member("town", &crm.reference.town.town).await?;
        let person = person(crm, citizen).await?;
        self.member("person", &person).await?;
        let channels = settings::channels(crm, citizen).await?;
        self.member("channels", &channels).await?;
        let choices = choices::of(crm, citizen).await?;
        self.member("choices", &choices).await?;
        let mut off = Vec::new();
        for row in &self.rows("SELECT key FROM tips_off WHERE citizen_id = $1 ORDER BY key").await? {
            off.push(row.try_get(0)?);
        }
        self.member("tips", &TipsOff { on: choices.has(contract::my_data::Subject::Tips), off }).await?;
        self.tell_person(&person, &channels, &choices)
    }

    async fn put_cases(&mut self) -> Result<()> {
        self.begin_section(|words| &words.cases);
        self.list("cases").await?;
        let mut query = CaseQuery { limit: Some(AT_ONCE), ..CaseQuery::default() };
        let mut is_first = true;
        loop {
            let (rows, next) = cases::list(self.crm, Whose::Citizen(self.citizen, None), &query).await?;
            for row in &rows {
                let id = CaseId(row.try_get("id")?);
                let case = match cases::find(self.crm, self.citizen, &id, self.words.language).await {
                    // Gone since the list was read.
                    Err(Error::NotFound) => continue,
                    found => found?,
                };
                self.item(&case, is_first).await?;
                self.tell_case(&case)?;
                is_first = false;
            }
            query.after = next;
            if query.after.is_none() {
                break;
            }
        }
        if is_first {
            self.tell_none();
        }
        self.list_ends().await?;
        let loose = format!(
            "SELECT {} FROM attachments WHERE owner_id = $1 AND case_id IS NULL AND office = '' ORDER BY added_at, id",
            attachments::COLUMNS
        );
        let files = self.rows(&loose).await?.iter().map(attachments::attachment).collect::<Result<Vec<_>>>()?;
        self.member("files", &files).await?;
        self.tell_loose();
        Ok(())
    }

    async fn put_messages(&mut self) -> Result<()> {
        let sql = format!("SELECT {} FROM {} WHERE m.owner_id = $1 ORDER BY m.sent_at DESC, m.id DESC", inbox::COLUMNS, inbox::TABLES);
        let messages = self.rows(&sql).await?.iter().map(inbox::message).collect::<Result<Vec<_>>>()?;
        self.member("messages", &messages).await?;
        self.tell_messages(&messages)?;
        let sql =
            format!("SELECT {} FROM deliveries WHERE citizen_id = $1 ORDER BY created_at DESC, id DESC", channels::deliveries::COLUMNS);
        let deliveries = self.rows(&sql).await?.iter().map(channels::deliveries::delivery).collect::<Result<Vec<_>>>()?;
        self.member("deliveries", &deliveries).await?;
        self.tell_deliveries(&deliveries)?;
        let sql = "SELECT id, name, address, subject, created_at FROM letters WHERE citizen_id = $1 AND posted_at IS NULL ORDER BY created_at, id";
        let letters = self.rows(sql).await?.iter().map(channels::letters::letter).collect::<Result<Vec<_>>>()?;
        self.member("letters", &letters).await
    }

    async fn put_payments(&mut self) -> Result<()> {
        self.begin_section(|words| &words.payments);
        self.list("payments").await?;
        let mut query = FeeQuery { limit: Some(AT_ONCE), ..FeeQuery::default() };
        let mut is_first = true;
        loop {
            let page = fees::list(self.crm, self.citizen, &query).await?;
            for fee in &page.items {
                let mut details: FeeDetails = fees::find(self.crm, self.citizen, &fee.id).await?;
                // Where it is being paid now is no fact about a person, and opens a door.
                if let Some(attempt) = &mut details.attempt {
                    attempt.location = None;
                }
                self.item(&details, is_first).await?;
                self.tell_fee(&details)?;
                is_first = false;
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        if is_first {
            self.tell_none();
        }
        self.list_ends().await?;
        let proof = |row: &AnyRow| Ok(SentProof { fee: FeeId(row.try_get(0)?), text: row.try_get(1)?, at: UtcTime(row.try_get(2)?) });
        let sql = "SELECT fee_id, text, sent_at FROM proofs WHERE citizen_id = $1 ORDER BY sent_at, id";
        let proofs = self.rows(sql).await?.iter().map(proof).collect::<Result<Vec<_>>>()?;
        self.member("proofs", &proofs).await
    }

    async fn put_what_is_written(&mut self) -> Result<()> {
        let sql = format!("SELECT {}, content FROM drafts WHERE citizen_id = $1 ORDER BY changed_at DESC, id DESC", drafts::COLUMNS);
        let drafts = self.rows(&sql).await?.iter().map(drafts::draft).collect::<Result<Vec<_>>>()?;
        self.member("drafts", &drafts).await?;
        self.tell_drafts(&drafts)
    }

    async fn put_what_is_followed(&mut self) -> Result<()> {
        let sql = format!("SELECT {} FROM subscriptions WHERE citizen_id = $1 ORDER BY since, id", subscriptions::COLUMNS);
        let subscriptions = self.rows(&sql).await?.iter().map(subscriptions::subscription).collect::<Result<Vec<_>>>()?;
        self.member("subscriptions", &subscriptions).await?;
        let sql = "SELECT r.id, r.title, f.followed_at FROM follows f JOIN public_reports r ON r.id = f.report_id WHERE f.citizen_id = $1
            ORDER BY f.followed_at, r.id";
        let one = |row: &AnyRow| {
            Ok(Followed { report: PublicReportId(row.try_get(0)?), title: row.try_get(1)?, since: UtcTime(row.try_get(2)?) })
        };
        let followed = self.rows(sql).await?.iter().map(one).collect::<Result<Vec<_>>>()?;
        self.member("followed", &followed).await?;
        self.tell_followed(&subscriptions, &followed)?;
        let delegations = given::of(self.crm, self.citizen).await?;
        self.member("delegations", &delegations).await?;
        self.tell_delegations(&delegations)
    }

    /// Answers under a name. Those under nobody's are not to be found: that is what they are for.
    async fn put_answers(&mut self) -> Result<()> {
        for (member, table) in [("answers", "questionnaire_answers"), ("begun", "questionnaire_drafts")] {
            let sql = format!(
                "SELECT a.questionnaire_id, a.version, a.answers, a.changed_at, q.info FROM {table} a
                 JOIN questionnaires q ON q.id = a.questionnaire_id WHERE a.citizen_id = $1 ORDER BY a.changed_at, q.id"
            );
            let language = self.words.language;
            let answered = |row: &AnyRow| -> Result<Answered<Value>> {
                let info: Info = serde_json::from_str(row.try_get("info")?)?;
                Ok(Answered {
                    questionnaire: QuestionnaireId(row.try_get("questionnaire_id")?),
                    title: said(&info.title, language).to_owned(),
                    version: u32::try_from(row.try_get::<i64, _>("version")?).unwrap_or_default(),
                    answers: serde_json::from_str(row.try_get("answers")?)?,
                    at: UtcTime(row.try_get("changed_at")?),
                })
            };
            let answers = self.rows(&sql).await?.iter().map(answered).collect::<Result<Vec<_>>>()?;
            self.member(member, &answers).await?;
            if member == "answers" {
                self.tell_answers(&answers)?;
            }
        }
        Ok(())
    }

    async fn put_log(&mut self) -> Result<()> {
        self.begin_section(|words| &words.log);
        self.list("log").await?;
        let (mut before, mut is_first) = (None, true);
        loop {
            let entries = log::of_citizen(self.crm, self.citizen, before, i64::from(AT_ONCE)).await?;
            let Some(last) = entries.last() else { break };
            before = last.id.0.parse().ok().filter(|_| is_id(&last.id.0));
            for entry in &entries {
                self.item(entry, is_first).await?;
                is_first = false;
            }
            self.tell_log(&entries)?;
            if before.is_none() {
                break;
            }
        }
        if is_first {
            self.tell_none();
        }
        self.list_ends().await
    }
}

/// A word of the contract, for the page: those that a person does not know by another name.
fn as_word(value: &impl Serialize) -> String {
    word::to(value).unwrap_or_default()
}
