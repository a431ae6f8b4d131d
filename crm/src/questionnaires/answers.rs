//! Answers under a name: the first, and others in their place until the questionnaire is closed.
use super::{asking, definition, files, running};
use crate::credential::Author;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::state::Crm;
use crate::web::{At, Body};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contract::id::{CitizenId, QuestionnaireId};
use contract::paths;
use contract::questionnaires::{NewAnswers, Receipt, file_problems};
use questionnaire::Value;
use sqlx::Row;

/// Answer a questionnaire, or put other answers in the place of mine.
#[utoipa::path(post, path = paths::QUESTIONNAIRE_ANSWERS, operation_id = "questionnaire_answer", tag = "questionnaires",
    security(("session" = []), ("send_only" = [])), params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = NewAnswers<serde_json::Value>,
    responses((status = 201, body = Receipt), (status = 409, description = "It is closed, anonymous, or was answered elsewhere meanwhile", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn answer(
    State(crm): State<Crm>,
    author: Author,
    At(id): At<QuestionnaireId>,
    key: Key,
    Body(new): Body<NewAnswers<Value>>,
) -> Result<Response> {
    let once = Once::new(format!("citizen {} questionnaire {id}", author.id), key, &[&serde_json::to_vec(&new)?]);
    if let Some(answer) = once.answered(&crm).await? {
        return Ok(answer.into_response());
    }
    let kept = asking(&crm, &author.id, &id).await?;
    kept.takes(false, new.version)?;
    let text = definition(&crm, &id, kept.version).await?;
    let problems = file_problems(&new.files);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let ran = running::run(&crm, &text, &new.language, &new.answers)?;
    match once.begin(&crm, Kept::Always).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let number = write(&crm, &mut effect.change, (&author.id, &id), &new, &ran.answers).await?;
            let gone = files::hold(&crm, &mut effect.change, (&author.id, &id), &ran.files, &new.files).await?;
            sqlx::query("DELETE FROM questionnaire_drafts WHERE citizen_id = $1 AND questionnaire_id = $2")
                .bind(author.id.as_str())
                .bind(id.as_str())
                .execute(&mut *effect.change)
                .await?;
            let answer = Answer::created(&Receipt { id: id.clone(), number }, paths::QUESTIONNAIRE.replace("{id}", id.as_str()))?;
            let answer = effect.done(answer).await?;
            for file in gone {
                file.forget(&crm).await;
            }
            Ok(answer.into_response())
        }
    }
}

/// Writes answers; the number they have. Whoever did not know the last ones overwrites nothing.
async fn write(
    crm: &Crm,
    change: &mut Change,
    (citizen, id): (&CitizenId, &QuestionnaireId),
    new: &NewAnswers<Value>,
    answers: &str,
) -> Result<u32> {
    let made = sqlx::query(
        "INSERT INTO questionnaire_answers (citizen_id, questionnaire_id, version, language, answers, number, changed_at)
         SELECT $1, q.id, $3, $4, $5, 1, $6 FROM questionnaires q WHERE q.id = $2 AND q.closed_at IS NULL
         ON CONFLICT (citizen_id, questionnaire_id) DO NOTHING",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .bind(i64::from(new.version))
    .bind(new.language.trim())
    .bind(answers)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    if made.rows_affected() == 1 {
        return Ok(1);
    }
    let row = sqlx::query(
        "UPDATE questionnaire_answers SET version = $3, language = $4, answers = $5, number = number + 1, changed_at = $6
         WHERE citizen_id = $1 AND questionnaire_id = $2 AND number = $7
            AND EXISTS (SELECT 1 FROM questionnaires q WHERE q.id = $2 AND q.closed_at IS NULL) RETURNING number",
    )
    .bind(citizen.as_str())
    .bind(id.as_str())
    .bind(i64::from(new.version))
    .bind(new.language.trim())
    .bind(answers)
    .bind(crm.clock.utc().0)
    .bind(i64::from(new.changes))
    .fetch_optional(&mut **change)
    .await?;
    Ok(u32::try_from(row.ok_or(Error::Conflict)?.try_get::<i64, _>(0)?).unwrap_or_default())
}
