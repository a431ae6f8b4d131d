//! Bringing in a questionnaire: checked against the profile, refused with the place and a hint; and those of a demo town, with answers that
//! were gathered elsewhere.
use super::office::{close, new_keys, open, seen_in};
use super::{Kept, any, previews, results};
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept as KeptFor, Key, Once};
use crate::office::{AskPeople, May};
use crate::secret;
use crate::state::Crm;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use contract::id::QuestionnaireId;
use contract::problem::FieldRule;
use contract::questionnaires::{IMPORT_BYTES_MAX, Info, NewQuestionnaire, NewResults, OfficeQuestionnaire, Standing};
use contract::{Date, FieldProblem, paths};
use questionnaire::definition::Kind;
use questionnaire::json::{Broken, Node, Place};
use questionnaire::{Definition, Finding, Value};
use serde::Deserialize;
use serde::de::IgnoredAny;
use sqlx::Row;

/// The field that a definition stands in.
const DEFINITION: &str = "definition";
/// What to do when an anonymous questionnaire should have files.
const NO_FILES: &str = "leave the question out, or ask under names";
/// Findings that are told at once.
const FINDINGS_MAX: usize = 50;

/// Bring in a questionnaire, or a new version of one that is there under the same key. Places in what is refused are lines and columns of the
/// body that was sent.
#[utoipa::path(post, path = paths::OFFICE_QUESTIONNAIRES, operation_id = "office_questionnaire_import", tag = "office",
    params(("idempotency-key" = String, Header)), security(("office" = [])), request_body = NewQuestionnaire<serde_json::Value>,
    responses((status = 201, body = OfficeQuestionnaire), (status = 422, description = "`definition`, `not_in_profile`: line, column, what, hint", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn bring(
    State(crm): State<Crm>,
    officer: May<AskPeople>,
    key: Key,
    body: std::result::Result<Bytes, BytesRejection>,
) -> Result<Response> {
    let body = body.map_err(|_| too_large())?;
    if body.len() > IMPORT_BYTES_MAX {
        return Err(too_large());
    }
    let once = Once::new(format!("office {} questionnaires", officer.name()), key, &[&body]);
    if let Some(answer) = once.answered(&crm).await? {
        return Ok(answer.into_response());
    }
    let today = crm.clock.today();
    let (info, definition) = tokio::task::spawn_blocking(move || read(&body, &today)).await??;
    match once.begin(&crm, KeptFor::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let id = put(&crm, &mut effect.change, officer.name(), &info, &definition).await?;
            let mut now = seen_in(&crm, &mut effect.change, &id).await?;
            if now.summary.standing == Standing::Draft {
                now.preview = Some(previews::make(&crm, &mut effect.change, &id, now.version).await?);
            }
            let answer = Answer::created(&now, paths::OFFICE_QUESTIONNAIRES.to_owned())?;
            Ok(effect.done(answer).await?.into_response())
        }
    }
}

fn too_large() -> Error {
    Error::TooLarge(vec![FieldProblem::new(DEFINITION, FieldRule::TooLong).with("max", IMPORT_BYTES_MAX)])
}

/// Reads what an office sends: what is said about it, and the definition as it is kept.
fn read(body: &[u8], today: &Date) -> Result<(Info, String)> {
    let text = std::str::from_utf8(body).map_err(|_| Error::Malformed(vec![FieldProblem::new(DEFINITION, FieldRule::UnsafeCharacters)]))?;
    let root = questionnaire::json::read(text).map_err(|broken| Error::Malformed(vec![unreadable(&broken)]))?;
    let new: NewQuestionnaire<IgnoredAny> = serde_json::from_str(text).map_err(|why| {
        let place = Place { line: u32::try_from(why.line()).unwrap_or_default(), column: u32::try_from(why.column()).unwrap_or_default() };
        Error::Invalid(vec![at("", place, &why.to_string(), "")])
    })?;
    let mut problems = new.info.problems(today);
    let (definition, found) = checked(root.get(DEFINITION).unwrap_or(&root), new.info.anonymous);
    problems.extend(found);
    if problems.is_empty() { Ok((new.info, definition)) } else { Err(Error::Invalid(problems)) }
}

fn unreadable(broken: &Broken) -> FieldProblem {
    at(DEFINITION, broken.place, &format!("{} expected", broken.expected), "")
}

fn at(field: &str, place: Place, what: &str, hint: &str) -> FieldProblem {
    let problem = FieldProblem::new(field, FieldRule::NotInProfile);
    let problem = problem.with("line", place.line).with("column", place.column).with("what", what);
    if hint.is_empty() { problem } else { problem.with("hint", hint) }
}

/// A definition as it is kept, and what speaks against it.
fn checked(node: &Node, anonymous: bool) -> (String, Vec<FieldProblem>) {
    let found = match Definition::checked_in(node) {
        Err(found) => found,
        Ok(read) => {
            // Whoever sends a file is known to who takes it, piece by piece; and a file says more of its author than any answer.
            let files = read.elements.iter().filter(|element| anonymous && element.kind == Kind::File);
            let named = |place| Finding { place, what: "an anonymous questionnaire asks for no files".into(), hint: NO_FILES.into() };
            let mut found: Vec<Finding> = files.map(|element| named(element.place)).collect();
            if read.top().next().is_none() {
                found.push(Finding { place: node.place, what: "nothing is asked".into(), hint: String::new() });
            }
            found
        }
    };
    let problems = found.iter().take(FINDINGS_MAX).map(|one| at(DEFINITION, one.place, &one.what, &one.hint)).collect();
    (serde_json::to_string(&node.value()).unwrap_or_default(), problems)
}

/// Writes a questionnaire under its key: a new one, or a new version when the definition is another.
async fn put(crm: &Crm, change: &mut Change, officer: &str, info: &Info, definition: &str) -> Result<QuestionnaireId> {
    let made = sqlx::query(
        "INSERT INTO questionnaires (id, key, version, info, is_anonymous, is_for_all, closes_on, created_at)
         VALUES ($1, $2, 0, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING",
    )
    .bind(new_id())
    .bind(&info.key)
    .bind(serde_json::to_string(info)?)
    .bind(i64::from(info.anonymous))
    .bind(i64::from(info.invited.is_empty()))
    .bind(&info.closes_on.0)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    let row =
        sqlx::query("UPDATE questionnaires SET version = version WHERE key = $1 RETURNING id, version, is_anonymous, opened_at, closed_at")
            .bind(&info.key)
            .fetch_one(&mut **change)
            .await?;
    let id = QuestionnaireId(row.try_get("id")?);
    let version: i64 = row.try_get("version")?;
    let is_there = |column: &str| Ok::<_, Error>(row.try_get::<Option<String>, _>(column)?.is_some());
    let is_other_kind = row.try_get::<i64, _>("is_anonymous")? != i64::from(info.anonymous);
    if made.rows_affected() == 0 && (is_there("closed_at")? || is_there("opened_at")? && is_other_kind) {
        return Err(Error::Conflict);
    }
    let before = sqlx::query("SELECT definition FROM questionnaire_versions WHERE questionnaire_id = $1 AND version = $2")
        .bind(id.as_str())
        .bind(version)
        .fetch_optional(&mut **change)
        .await?;
    let is_same = before.map(|row| row.try_get::<String, _>(0)).transpose()?.is_some_and(|before| before == definition);
    let version = if is_same { version } else { version + 1 };
    sqlx::query("UPDATE questionnaires SET version = $1, info = $2, is_anonymous = $3, is_for_all = $4, closes_on = $5 WHERE id = $6")
        .bind(version)
        .bind(serde_json::to_string(info)?)
        .bind(i64::from(info.anonymous))
        .bind(i64::from(info.invited.is_empty()))
        .bind(&info.closes_on.0)
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    sqlx::query(
        "INSERT INTO questionnaire_versions (questionnaire_id, version, definition, officer, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (questionnaire_id, version) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(version)
    .bind(definition)
    .bind(officer)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    invite(change, &id, &info.invited).await?;
    Ok(id)
}

async fn invite(change: &mut Change, id: &QuestionnaireId, invited: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM questionnaire_invited WHERE questionnaire_id = $1").bind(id.as_str()).execute(&mut **change).await?;
    for fiscal_code in invited {
        sqlx::query("INSERT INTO questionnaire_invited (questionnaire_id, fiscal_code) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(id.as_str())
            .bind(fiscal_code.trim().to_ascii_uppercase())
            .execute(&mut **change)
            .await?;
    }
    Ok(())
}

/// A questionnaire of a file of `crm import`.
#[derive(Deserialize)]
pub struct Brought {
    #[serde(flatten)]
    new: NewQuestionnaire<Value>,
    /// How it stands.
    standing: Standing,
    /// Answers that were gathered elsewhere, each so many times. They are nobody's.
    #[serde(default)]
    answers: Vec<Gathered>,
    /// What came of it.
    #[serde(default)]
    results: Option<NewResults>,
}

#[derive(Deserialize)]
struct Gathered {
    times: u32,
    answers: Value,
}

/// Brings in questionnaires that are not there yet; how many they were.
///
/// # Errors
/// [`Error::Internal`] names the first that makes no sense.
pub async fn import(crm: &Crm, all: Vec<Brought>) -> Result<usize> {
    let mut count = 0;
    for one in all {
        let known =
            sqlx::query("SELECT id FROM questionnaires WHERE key = $1").bind(&one.new.info.key).fetch_optional(crm.db.reader()).await?;
        if known.is_none() {
            let key = one.new.info.key.clone();
            bring_one(crm, one).await.map_err(|error| Error::Internal(format!("questionnaire {key}: {error}")))?;
            count += 1;
        }
    }
    Ok(count)
}

async fn bring_one(crm: &Crm, one: Brought) -> Result<()> {
    let info = one.new.info;
    // One that is over ended on a day that is past.
    let opened_on = if one.standing == Standing::Closed { info.closes_on.clone() } else { crm.clock.today() };
    let (definition, mut problems) = checked(&Node::of(&one.new.definition), info.anonymous);
    problems.extend(info.problems(&opened_on));
    if let Some(problem) = problems.first() {
        return Err(Error::Internal(format!("{} {:?}", problem.field, problem.params)));
    }
    let mut change = crm.db.begin().await?;
    let id = put(crm, &mut change, "import", &info, &definition).await?;
    change.commit().await?;
    if one.standing == Standing::Draft {
        return Ok(());
    }
    let keys = new_keys(crm, &any(crm, &id).await?).await?;
    let mut change = crm.db.begin().await?;
    open(crm, &mut change, &id, keys).await?;
    for Gathered { times, answers } in one.answers {
        let kept = super::running::run(crm, &definition, "it", &answers)?.answers;
        for _ in 0..times {
            gather(&mut change, &id, (&kept, &info.closes_on)).await?;
        }
    }
    let files = if one.standing == Standing::Closed { close(crm, &mut change, &id).await? } else { Vec::new() };
    change.commit().await?;
    for file in files {
        crm.files.forget(&file).await;
    }
    if let Some(new) = one.results {
        publish(crm, &any(crm, &id).await?, new).await?;
    }
    Ok(())
}

/// Answers that came on paper, say: nobody's, under a hash of nothing.
async fn gather(change: &mut Change, id: &QuestionnaireId, (answers, day): (&str, &Date)) -> Result<()> {
    sqlx::query(
        "INSERT INTO questionnaire_ballots (questionnaire_id, token_hash, version, language, answers, changed_on) VALUES ($1, $2, 1, 'it', $3, $4)",
    )
    .bind(id.as_str())
    .bind(secret::sha256_hex(secret::random()?.as_bytes()))
    .bind(answers)
    .bind(&day.0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

async fn publish(crm: &Crm, kept: &Kept, new: NewResults) -> Result<()> {
    let published = results::counted(crm, kept, new).await?;
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE questionnaires SET results = $1 WHERE id = $2")
        .bind(published)
        .bind(kept.id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}
