//! What came of a questionnaire: counted once, when the office publishes it, and read by everybody from then on.
use super::office::seen_in;
use super::{Kept, any, counting, definition};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept as KeptFor, Key, Once};
use crate::office::{AskPeople, May};
use crate::state::Crm;
use crate::web::{self, Asked, At, Body, InLanguage, NO_STORE};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{Counted, GROUP_MIN, NewResults, OfficeQuestionnaire, Results, Sentences, Standing, said};
use questionnaire::Definition;
use questionnaire::value::{Map, Value};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use std::collections::BTreeMap;

/// Results as they are kept.
#[derive(Serialize, Deserialize)]
struct Published {
    answers: Option<u32>,
    decided: Sentences,
    comments: Vec<String>,
    /// The counts, with the words of each language.
    questions: BTreeMap<String, Vec<Counted>>,
}

/// Publish what came of a questionnaire that is closed. The last word holds.
#[utoipa::path(post, path = paths::OFFICE_QUESTIONNAIRE_RESULTS, operation_id = "office_questionnaire_results", tag = "office",
    params(("id" = String, Path), ("idempotency-key" = String, Header)), security(("office" = [])), request_body = NewResults,
    responses((status = 200, body = OfficeQuestionnaire), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn publish(
    State(crm): State<Crm>,
    officer: May<AskPeople>,
    At(id): At<QuestionnaireId>,
    key: Key,
    Body(new): Body<NewResults>,
) -> Result<Response> {
    let once = Once::new(format!("office {} results {id}", officer.name()), key, &[&serde_json::to_vec(&new)?]);
    if let Some(answer) = once.answered(&crm).await? {
        return Ok(answer.into_response());
    }
    let kept = any(&crm, &id).await?;
    let problems = new.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    if kept.standing != Standing::Closed {
        return Err(Error::Conflict);
    }
    let published = counted(&crm, &kept, new).await?;
    match once.begin(&crm, KeptFor::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            sqlx::query("UPDATE questionnaires SET results = $1 WHERE id = $2")
                .bind(published)
                .bind(id.as_str())
                .execute(&mut *effect.change)
                .await?;
            let now = seen_in(&crm, &mut effect.change, &id).await?;
            Ok(effect.done(Answer::ok(&now)?).await?.into_response())
        }
    }
}

/// Counts the answers of a questionnaire that is closed; the results as they are kept.
pub(super) async fn counted(crm: &Crm, kept: &Kept, new: NewResults) -> Result<String> {
    let text = definition(crm, &kept.id, kept.version).await?;
    let rows = sqlx::query(
        "SELECT answers FROM questionnaire_answers WHERE questionnaire_id = $1
         UNION ALL SELECT answers FROM questionnaire_ballots WHERE questionnaire_id = $1",
    )
    .bind(kept.id.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let texts = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<Vec<String>>>()?;
    let languages: Vec<String> = kept.info.title.keys().cloned().collect();
    let published = tokio::task::spawn_blocking(move || {
        let answers = texts.iter().map(|text| read_answers(text)).collect::<Result<Vec<Map>>>()?;
        let definition = Definition::kept(&serde_json::from_str(&text)?);
        let questions = languages.into_iter().map(|language| (language.clone(), counting::count(&definition, &language, &answers)));
        Ok::<_, Error>(Published {
            answers: u32::try_from(answers.len()).ok().filter(|answers| *answers >= GROUP_MIN),
            decided: new.decided,
            comments: new.comments,
            questions: questions.collect(),
        })
    })
    .await??;
    Ok(serde_json::to_string(&published)?)
}

fn read_answers(text: &str) -> Result<Map> {
    match serde_json::from_str(text)? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

/// What came of a questionnaire, for everybody.
#[utoipa::path(get, path = paths::PUBLIC_RESULTS, operation_id = "public_results", tag = "public", security(()),
    params(("id" = String, Path), InLanguage),
    responses((status = 200, body = Results), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn read(
    State(crm): State<Crm>,
    At(id): At<QuestionnaireId>,
    Asked(words): Asked<InLanguage>,
    asked: HeaderMap,
) -> Result<Response> {
    let kept = any(&crm, &id).await?;
    let published: Published = serde_json::from_str(kept.results.as_deref().ok_or(Error::NotFound)?)?;
    let plain = words.language.split('-').next().unwrap_or_default();
    let mut questions = published.questions;
    let questions = questions.remove(plain).or_else(|| questions.remove("it")).unwrap_or_default();
    let results = Results {
        summary: kept.summary(&words.language),
        answers: published.answers,
        questions,
        comments: published.comments,
        decided: said(&published.decided, &words.language).to_owned(),
    };
    web::tagged(&asked, NO_STORE, &results)
}
