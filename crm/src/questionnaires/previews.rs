//! A definition is tried before anybody is asked: whoever brings one in gets an address that nobody guesses. It ends after seven days, or when
//! the questionnaire is opened. Nothing that is tried is sent or kept.
use super::{any, definition, number};
use crate::clock::{later, utc};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::secret;
use crate::state::Crm;
use crate::web::{Body, NO_STORE};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::questionnaires::{PreviewQuery, Questionnaire, Standing, said};
use serde_json::Value;
use sqlx::Row;

/// How long a preview can be looked at, in seconds.
const KEPT_SECONDS: i64 = 7 * 24 * 3600;

/// Makes a preview of a version that is brought in; its address.
pub(super) async fn make(crm: &Crm, change: &mut Change, id: &QuestionnaireId, version: u32) -> Result<String> {
    let token = secret::random()?;
    sqlx::query("INSERT INTO questionnaire_previews (token_hash, questionnaire_id, version, ends_at) VALUES ($1, $2, $3, $4)")
        .bind(secret::sha256_hex(token.as_bytes()))
        .bind(id.as_str())
        .bind(i64::from(version))
        .bind(utc(later(crm.clock.now(), KEPT_SECONDS)).0)
        .execute(&mut **change)
        .await?;
    Ok(format!("{}{}", crm.config.public_url, paths::questionnaire_preview(&token)))
}

/// Ends the previews of a questionnaire that is opened.
pub(super) async fn end(change: &mut Change, id: &QuestionnaireId) -> Result<()> {
    sqlx::query("DELETE FROM questionnaire_previews WHERE questionnaire_id = $1").bind(id.as_str()).execute(&mut **change).await?;
    Ok(())
}

/// Forgets those whose time is over.
pub(super) async fn expire(crm: &Crm, change: &mut Change) -> Result<()> {
    sqlx::query("DELETE FROM questionnaire_previews WHERE ends_at < $1").bind(crm.clock.utc().0).execute(&mut **change).await?;
    Ok(())
}

/// A questionnaire as it will be asked, for who has the token of its preview.
#[utoipa::path(post, path = paths::PUBLIC_QUESTIONNAIRE_PREVIEW, operation_id = "public_questionnaire_preview", tag = "public", security(()),
    request_body = PreviewQuery,
    responses((status = 200, body = Questionnaire<Value>), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn read(State(crm): State<Crm>, Body(PreviewQuery { token, language }): Body<PreviewQuery>) -> Result<Response> {
    let row = sqlx::query("SELECT questionnaire_id, version FROM questionnaire_previews WHERE token_hash = $1 AND ends_at >= $2")
        .bind(secret::sha256_hex(token.as_bytes()))
        .bind(crm.clock.utc().0)
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    let (id, version) = (QuestionnaireId(row.try_get("questionnaire_id")?), number(&row, "version")?);
    let kept = any(&crm, &id).await?;
    if kept.standing != Standing::Draft {
        return Err(Error::NotFound);
    }
    let preview = Questionnaire::<Value> {
        summary: kept.summary(&language),
        why: said(&kept.info.why, &language).to_owned(),
        readers: said(&kept.info.readers, &language).to_owned(),
        before: said(&kept.info.before, &language).to_owned(),
        one_by_one: kept.info.one_by_one,
        version,
        definition: serde_json::from_str(&definition(&crm, &id, version).await?)?,
        ..Questionnaire::default()
    };
    Ok(([(header::CACHE_CONTROL, NO_STORE)], Json(preview)).into_response())
}
