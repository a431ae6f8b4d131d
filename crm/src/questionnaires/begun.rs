//! Answers that are not sent yet, to go on with on another device: kept as drafts of reports are, by the same rules. Never of an anonymous
//! questionnaire.
use super::{asking, begun_by};
use crate::drafts::{matched, version_of};
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{At, Body, NO_STORE, under_tag, version_tag};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use contract::id::QuestionnaireId;
use contract::problem::FieldRule;
use contract::questionnaires::{ANSWERS_BYTES_MAX, Begun, Receipt};
use contract::{FieldProblem, paths};
use questionnaire::Value;
use sqlx::Row;

/// Most characters of the name of a question that is remembered.
const PLACE_CHARS_MAX: usize = 200;

/// Keep what I have begun. `If-Match` names the revision it was made from; without it something new is begun. The same twice is one change.
#[utoipa::path(put, path = paths::QUESTIONNAIRE_DRAFT, operation_id = "questionnaire_draft", tag = "questionnaires",
    params(("id" = String, Path), ("if-match" = Option<String>, Header, description = "The revision it was made from, in quotes")),
    request_body = Begun<serde_json::Value>,
    responses((status = 200, body = Receipt), (status = 412, description = "Changed elsewhere since: ETag is the revision kept now", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn keep(
    State(crm): State<Crm>,
    citizen: Citizen,
    At(id): At<QuestionnaireId>,
    asked: HeaderMap,
    Body(begun): Body<Begun<Value>>,
) -> Result<Response> {
    let answers = serde_json::to_string(&begun.answers)?;
    if answers.len() > ANSWERS_BYTES_MAX {
        let problem = FieldProblem::new("answers", FieldRule::TooLong).with("max", ANSWERS_BYTES_MAX).with("actual", answers.len());
        return Err(Error::TooLarge(vec![problem]));
    }
    let place: String = begun.place.chars().filter(|c| contract::text::is_safe(*c)).take(PLACE_CHARS_MAX).collect();
    asking(&crm, &citizen.id, &id).await?.takes(false, begun.version)?;
    let mut change = crm.db.begin().await?;
    let from = matched(&asked)?;
    if from.is_none() {
        // Revisions begin with the seconds since 1970, as those of drafts do.
        sqlx::query(
            "INSERT INTO questionnaire_drafts (citizen_id, questionnaire_id, version, answers, place, revision, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (citizen_id, questionnaire_id) DO NOTHING",
        )
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .bind(i64::from(begun.version))
        .bind(&answers)
        .bind(&place)
        .bind(crm.clock.now().as_second())
        .bind(crm.clock.utc().0)
        .execute(&mut *change)
        .await?;
    }
    // Its own until this change ends: of two devices at once, the second sees what the first one wrote.
    let row = sqlx::query(
        "UPDATE questionnaire_drafts SET revision = revision WHERE citizen_id = $1 AND questionnaire_id = $2
         RETURNING revision AS version, answers, place",
    )
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let stored = version_of(&row)?;
    let is_same = row.try_get::<&str, _>("answers")? == answers && row.try_get::<&str, _>("place")? == place;
    if !is_same && from != Some(stored) {
        return Err(Error::Stale(stored));
    }
    if !is_same {
        sqlx::query(
            "UPDATE questionnaire_drafts SET version = $3, answers = $4, place = $5, revision = revision + 1, changed_at = $6
             WHERE citizen_id = $1 AND questionnaire_id = $2",
        )
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .bind(i64::from(begun.version))
        .bind(&answers)
        .bind(&place)
        .bind(crm.clock.utc().0)
        .execute(&mut *change)
        .await?;
    }
    change.commit().await?;
    let number = begun_by(&crm, &citizen.id, &id).await?.map_or(stored, |begun| begun.revision);
    under_tag(&HeaderMap::new(), NO_STORE, &version_tag(number), serde_json::to_vec(&Receipt { id, number })?)
}
