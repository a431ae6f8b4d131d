//! Anonymous answers: a token that is signed blindly, and answers under its hash and a day. Nothing in the database leads from one of them to a
//! person (docs/adr/0014).
use super::{any, asking, definition, given, running, tokens};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::Key;
use crate::secret;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{At, Body};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contract::id::QuestionnaireId;
use contract::paths;
use contract::problem::FieldRule;
use contract::questionnaires::{Ballot, BallotQuery, Blinded, Given, Receipt, Signed, Standing};
use questionnaire::Value;
use sqlx::Row;

/// Have a token signed, once: the same blinded message is signed again, another one is not.
#[utoipa::path(post, path = paths::QUESTIONNAIRE_TOKEN, operation_id = "questionnaire_token", tag = "questionnaires", params(("id" = String, Path)),
    request_body = Blinded,
    responses((status = 200, body = Signed), (status = 409, description = "It is not anonymous or not open, or another device has the token", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn sign(
    State(crm): State<Crm>,
    citizen: Citizen,
    At(id): At<QuestionnaireId>,
    Body(Blinded { blinded }): Body<Blinded>,
) -> Result<Json<Signed>> {
    let kept = asking(&crm, &citizen.id, &id).await?;
    if kept.standing != Standing::Open || !kept.info.anonymous {
        return Err(Error::Conflict);
    }
    let keys = tokens::keys(&crm, &id).await?;
    let signed = tokens::sign(keys.signing, &blinded).await?;
    let register_key = String::from_utf8(crm.files.read(&keys.register_file).await?).map_err(|error| Error::Internal(error.to_string()))?;
    let (mark, hash) = (tokens::mark(&register_key, &citizen.id), secret::sha256_hex(blinded.as_bytes()));
    let mut change = crm.db.begin().await?;
    keep_open(&mut change, &id).await?;
    sqlx::query(
        "INSERT INTO questionnaire_register (questionnaire_id, mark, blinded) VALUES ($1, $2, $3) ON CONFLICT (questionnaire_id, mark) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(&mark)
    .bind(&hash)
    .execute(&mut *change)
    .await?;
    let row = sqlx::query("SELECT blinded FROM questionnaire_register WHERE questionnaire_id = $1 AND mark = $2")
        .bind(id.as_str())
        .bind(&mark)
        .fetch_one(&mut *change)
        .await?;
    if row.try_get::<String, _>("blinded")? != hash {
        return Err(Error::Conflict);
    }
    change.commit().await?;
    Ok(Json(Signed { signed }))
}

/// A questionnaire is not closed while a change goes on.
///
/// # Errors
/// [`Error::Conflict`] when it is closed, or the database.
async fn keep_open(change: &mut Change, id: &QuestionnaireId) -> Result<()> {
    let open = sqlx::query("UPDATE questionnaires SET closed_at = closed_at WHERE id = $1 AND closed_at IS NULL")
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    if open.rows_affected() == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// Answer an anonymous questionnaire by a token, or put other answers in their place. Whoever is signed in is not looked at.
#[utoipa::path(post, path = paths::PUBLIC_BALLOTS, operation_id = "public_ballot_send", tag = "public", security(()),
    params(("id" = String, Path), ("idempotency-key" = String, Header)), request_body = Ballot<serde_json::Value>,
    responses((status = 201, body = Receipt), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn take(
    State(crm): State<Crm>,
    At(id): At<QuestionnaireId>,
    // The token itself makes it happen once; the key is asked for as everywhere, and not kept: it has a time in it.
    _: Key,
    Body(ballot): Body<Ballot<Value>>,
) -> Result<Response> {
    let kept = any(&crm, &id).await?;
    if kept.standing == Standing::Draft {
        return Err(Error::NotFound);
    }
    kept.takes(true, ballot.version)?;
    let keys = tokens::keys(&crm, &id).await?;
    let Some(hash) = tokens::hash(&id, &ballot.token).filter(|_| tokens::is_signed(&keys.signing, &ballot.token, &ballot.signature)) else {
        return Err(Error::field("token", FieldRule::NotFound));
    };
    let text = definition(&crm, &id, kept.version).await?;
    let answers = running::run(&crm, &text, &ballot.language, &ballot.answers)?.answers;
    let mut change = crm.db.begin().await?;
    keep_open(&mut change, &id).await?;
    sqlx::query(
        "INSERT INTO questionnaire_ballots (questionnaire_id, token_hash, version, language, answers, changed_on)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (questionnaire_id, token_hash) DO UPDATE SET version = excluded.version, language = excluded.language,
            answers = excluded.answers, changed_on = excluded.changed_on",
    )
    .bind(id.as_str())
    .bind(hash)
    .bind(i64::from(ballot.version))
    .bind(ballot.language.trim())
    .bind(answers)
    .bind(crm.clock.today().0)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok((StatusCode::CREATED, Json(Receipt { id, number: 0 })).into_response())
}

/// What was answered with a token, for who has kept it: on their device, or printed.
#[utoipa::path(post, path = paths::PUBLIC_BALLOT, operation_id = "public_ballot", tag = "public", security(()), params(("id" = String, Path)),
    request_body = BallotQuery,
    responses((status = 200, body = Given<serde_json::Value>), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn read(
    State(crm): State<Crm>,
    At(id): At<QuestionnaireId>,
    Body(BallotQuery { token }): Body<BallotQuery>,
) -> Result<Json<Given<serde_json::Value>>> {
    let hash = tokens::hash(&id, &token).ok_or(Error::NotFound)?;
    let row = sqlx::query(
        "SELECT version, language, answers, CAST(0 AS BIGINT) AS number FROM questionnaire_ballots WHERE questionnaire_id = $1 AND token_hash = $2",
    )
    .bind(id.as_str())
    .bind(hash)
    .fetch_optional(crm.db.reader())
    .await?;
    Ok(Json(given(&row.ok_or(Error::NotFound)?)?))
}
