//! Questionnaires: what a citizen is asked, what came of it; who may answer what, and while when.
pub mod answers;
pub mod ballots;
pub mod begun;
mod counting;
pub mod export;
pub mod files;
pub mod imports;
pub mod office;
pub mod previews;
pub mod results;
mod running;
mod tokens;

use crate::db::Change;
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage, NO_STORE};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post, put};
use contract::id::{CitizenId, QuestionnaireId};
use contract::questionnaires::{Begun, Given, IMPORT_BYTES_MAX, Info, Questionnaire, Questionnaires, Standing, Summary, said};
use contract::{Date, UtcTime, paths};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns that [`Kept::of`] reads.
const COLUMNS: &str = "q.id, q.key, q.version, q.info, q.is_anonymous, q.opened_at, q.closes_on, q.closed_at, q.results";
/// Holds for a questionnaire that asks the citizen `$1` something.
const ASKS: &str = "q.opened_at IS NOT NULL AND (q.is_for_all = 1 OR EXISTS
    (SELECT 1 FROM questionnaire_invited i JOIN citizens c ON c.fiscal_code = i.fiscal_code WHERE c.id = $1 AND i.questionnaire_id = q.id))";

/// The routes of this file and those below it.
pub fn router() -> Router<Crm> {
    let large = DefaultBodyLimit::max(IMPORT_BYTES_MAX + 64 * 1024);
    Router::new()
        .route(paths::QUESTIONNAIRES, get(mine))
        .route(paths::QUESTIONNAIRE, get(one))
        .route(paths::QUESTIONNAIRE_DRAFT, put(begun::keep))
        .route(paths::QUESTIONNAIRE_ANSWERS, post(answers::answer))
        .route(paths::QUESTIONNAIRE_TOKEN, post(ballots::sign))
        .route(paths::PUBLIC_BALLOTS, post(ballots::take))
        .route(paths::PUBLIC_BALLOT, post(ballots::read))
        .route(paths::PUBLIC_QUESTIONNAIRE_PREVIEW, post(previews::read))
        .route(paths::PUBLIC_RESULTS, get(results::read))
        .route(paths::OFFICE_QUESTIONNAIRES, get(office::list).post(imports::bring).layer(large))
        .route(paths::OFFICE_QUESTIONNAIRE_MOVES, post(office::bring_to))
        .route(paths::OFFICE_QUESTIONNAIRE_RESULTS, post(results::publish))
        .route(paths::OFFICE_QUESTIONNAIRE_ANSWERS, get(export::read))
        .route(paths::OFFICE_QUESTIONNAIRE_FILE, get(files::download))
}

/// A questionnaire as it is kept, without its definition.
pub(crate) struct Kept {
    id: QuestionnaireId,
    version: u32,
    info: Info,
    standing: Standing,
    results: Option<String>,
}

impl Kept {
    fn of(row: &AnyRow, today: &Date) -> Result<Self> {
        let is_there = |column: &str| Ok::<_, Error>(row.try_get::<Option<String>, _>(column)?.is_some());
        let closes_on: String = row.try_get("closes_on")?;
        let standing = match (is_there("opened_at")?, is_there("closed_at")? || closes_on < today.0) {
            (false, _) => Standing::Draft,
            (true, false) => Standing::Open,
            (true, true) => Standing::Closed,
        };
        Ok(Self {
            id: QuestionnaireId(row.try_get("id")?),
            version: number(row, "version")?,
            info: serde_json::from_str(row.try_get("info")?)?,
            standing,
            results: row.try_get("results")?,
        })
    }

    /// What everybody may be told of it.
    fn summary(&self, language: &str) -> Summary {
        Summary {
            id: self.id.clone(),
            title: said(&self.info.title, language).to_owned(),
            asks: said(&self.info.asks, language).to_owned(),
            minutes: self.info.minutes,
            anonymous: self.info.anonymous,
            closes_on: self.info.closes_on.clone(),
            standing: self.standing,
            answered_at: None,
            begun: false,
            has_results: self.results.is_some(),
        }
    }

    /// That it can be answered now, in this version, under a name or not.
    fn takes(&self, anonymous: bool, version: u32) -> Result<()> {
        if self.standing != Standing::Open || self.info.anonymous != anonymous {
            return Err(Error::Conflict);
        }
        if self.version != version {
            return Err(Error::field("version", contract::problem::FieldRule::NotAChoice));
        }
        Ok(())
    }
}

/// A count of the database.
fn number(row: &AnyRow, column: &str) -> Result<u32> {
    Ok(u32::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default())
}

/// A questionnaire that asks a citizen something, or did.
async fn asking(crm: &Crm, citizen: &CitizenId, id: &QuestionnaireId) -> Result<Kept> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM questionnaires q WHERE {ASKS} AND q.id = $2"))
        .bind(citizen.as_str())
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    Kept::of(&row.ok_or(Error::NotFound)?, &crm.clock.today())
}

/// Any questionnaire, for its office and for who shows a token.
async fn any(crm: &Crm, id: &QuestionnaireId) -> Result<Kept> {
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM questionnaires q WHERE q.id = $1"))
        .bind(id.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    Kept::of(&row.ok_or(Error::NotFound)?, &crm.clock.today())
}

/// The text of a definition.
async fn definition(crm: &Crm, id: &QuestionnaireId, version: u32) -> Result<String> {
    let row = sqlx::query("SELECT definition FROM questionnaire_versions WHERE questionnaire_id = $1 AND version = $2")
        .bind(id.as_str())
        .bind(i64::from(version))
        .fetch_optional(crm.db.reader())
        .await?;
    Ok(row.ok_or(Error::NotFound)?.try_get(0)?)
}

/// Questionnaires that ask me something, the one that ends first before the others; then those that are over.
#[utoipa::path(get, path = paths::QUESTIONNAIRES, operation_id = "questionnaires", tag = "questionnaires", params(InLanguage),
    responses((status = 200, body = Questionnaires), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, Asked(words): Asked<InLanguage>, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS}, a.changed_at AS answered_at, d.changed_at AS begun_at FROM questionnaires q
         LEFT JOIN questionnaire_answers a ON a.citizen_id = $1 AND a.questionnaire_id = q.id
         LEFT JOIN questionnaire_drafts d ON d.citizen_id = $1 AND d.questionnaire_id = q.id
         WHERE {ASKS} ORDER BY q.closes_on, q.id"
    ))
    .bind(citizen.id.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let (mut open, mut over) = (Vec::new(), Vec::new());
    for row in &rows {
        let kept = Kept::of(row, &crm.clock.today())?;
        let answered_at = row.try_get::<Option<String>, _>("answered_at")?.map(UtcTime);
        let begun = row.try_get::<Option<String>, _>("begun_at")?.is_some();
        let list = if kept.standing == Standing::Open { &mut open } else { &mut over };
        list.push(Summary { answered_at, begun, ..kept.summary(&words.language) });
    }
    // Of what is over the last one is of most interest.
    over.reverse();
    open.append(&mut over);
    web::tagged(&asked, NO_STORE, &Questionnaires { items: open })
}

/// One of them: its definition, and what I have answered or begun.
#[utoipa::path(get, path = paths::QUESTIONNAIRE, operation_id = "questionnaire", tag = "questionnaires",
    params(("id" = String, Path), InLanguage),
    responses((status = 200, body = Questionnaire<Value>), (status = "4XX", body = contract::Problem)))]
async fn one(
    State(crm): State<Crm>,
    citizen: Citizen,
    At(id): At<QuestionnaireId>,
    Asked(words): Asked<InLanguage>,
    asked: HeaderMap,
) -> Result<Response> {
    let kept = asking(&crm, &citizen.id, &id).await?;
    let text = definition(&crm, &id, kept.version).await?;
    let row = sqlx::query(
        "SELECT version, language, answers, number, changed_at FROM questionnaire_answers WHERE citizen_id = $1 AND questionnaire_id = $2",
    )
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let answered_at = row.as_ref().map(|row| row.try_get("changed_at")).transpose()?.map(UtcTime);
    let given = row.as_ref().map(given).transpose()?;
    let begun = begun_by(&crm, &citizen.id, &id).await?;
    let is_open_and_blind = kept.info.anonymous && kept.standing == Standing::Open;
    let language = words.language.as_str();
    let answer = Questionnaire::<Value> {
        summary: Summary { answered_at, begun: begun.is_some(), ..kept.summary(language) },
        why: said(&kept.info.why, language).to_owned(),
        readers: said(&kept.info.readers, language).to_owned(),
        before: said(&kept.info.before, language).to_owned(),
        one_by_one: kept.info.one_by_one,
        version: kept.version,
        definition: serde_json::from_str(&text)?,
        given,
        begun,
        token_key: if is_open_and_blind { tokens::public_key(&crm, &id).await? } else { String::new() },
    };
    web::tagged(&asked, NO_STORE, &answer)
}

fn given(row: &AnyRow) -> Result<Given<Value>> {
    Ok(Given {
        version: number(row, "version")?,
        language: row.try_get("language")?,
        answers: serde_json::from_str(row.try_get("answers")?)?,
        number: number(row, "number")?,
    })
}

async fn begun_by(crm: &Crm, citizen: &CitizenId, id: &QuestionnaireId) -> Result<Option<Begun<Value>>> {
    let row =
        sqlx::query("SELECT version, answers, place, revision FROM questionnaire_drafts WHERE citizen_id = $1 AND questionnaire_id = $2")
            .bind(citizen.as_str())
            .bind(id.as_str())
            .fetch_optional(crm.db.reader())
            .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Begun {
        version: number(&row, "version")?,
        answers: serde_json::from_str(row.try_get("answers")?)?,
        place: row.try_get("place")?,
        revision: number(&row, "revision")?,
    }))
}

/// Closes what ended with a day that is past: whoever was given a token is forgotten then. The files to be forgotten after the commit.
///
/// # Errors
/// When the database fails.
pub async fn expire(crm: &Crm, change: &mut Change) -> Result<Vec<String>> {
    previews::expire(crm, change).await?;
    let rows = sqlx::query("SELECT id FROM questionnaires WHERE opened_at IS NOT NULL AND closed_at IS NULL AND closes_on < $1")
        .bind(crm.clock.today().0)
        .fetch_all(&mut **change)
        .await?;
    let mut files = Vec::new();
    for row in rows {
        files.extend(office::close(crm, change, &QuestionnaireId(row.try_get(0)?)).await?);
    }
    Ok(files)
}
