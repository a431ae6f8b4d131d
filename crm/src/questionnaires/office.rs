//! Questionnaires from the office's side: what there is, opening one, closing it.
use super::{COLUMNS, Kept, any, number, previews, tokens};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept as KeptFor, Key, Once};
use crate::office::{AskPeople, May};
use crate::secret;
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use contract::id::QuestionnaireId;
use contract::problem::FieldRule;
use contract::questionnaires::{OfficeQuestionnaire, QuestionnaireMove, Standing};
use contract::{Page, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// How many have answered, and how many are named.
const COUNTS: &str = "(SELECT COUNT(*) FROM questionnaire_answers a WHERE a.questionnaire_id = q.id)
    + (SELECT COUNT(*) FROM questionnaire_ballots b WHERE b.questionnaire_id = q.id) AS answers,
    (SELECT COUNT(*) FROM questionnaire_invited i WHERE i.questionnaire_id = q.id) AS invited";

/// All questionnaires, the newest first.
#[utoipa::path(get, path = paths::OFFICE_QUESTIONNAIRES, operation_id = "office_questionnaires", tag = "office", security(("office" = [])),
    responses((status = 200, body = Page<OfficeQuestionnaire>), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn list(State(crm): State<Crm>, _: May<AskPeople>, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS}, {COUNTS} FROM questionnaires q ORDER BY q.created_at DESC, q.id DESC"))
        .fetch_all(crm.db.reader())
        .await?;
    let items = rows.iter().map(|row| seen(&crm, row)).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next: None })
}

fn seen(crm: &Crm, row: &AnyRow) -> Result<OfficeQuestionnaire> {
    let kept = Kept::of(row, &crm.clock.today())?;
    Ok(OfficeQuestionnaire {
        summary: kept.summary("it"),
        key: kept.info.key,
        version: kept.version,
        answers: number(row, "answers")?,
        invited: number(row, "invited")?,
        preview: None,
    })
}

/// One as the office sees it, inside a change.
pub(super) async fn seen_in(crm: &Crm, change: &mut Change, id: &QuestionnaireId) -> Result<OfficeQuestionnaire> {
    let row = sqlx::query(&format!("SELECT {COLUMNS}, {COUNTS} FROM questionnaires q WHERE q.id = $1"))
        .bind(id.as_str())
        .fetch_optional(&mut **change)
        .await?;
    seen(crm, &row.ok_or(Error::NotFound)?)
}

/// Open a questionnaire, or close it for good.
#[utoipa::path(post, path = paths::OFFICE_QUESTIONNAIRE_MOVES, operation_id = "office_questionnaire_move", tag = "office",
    params(("id" = String, Path), ("idempotency-key" = String, Header)), security(("office" = [])), request_body = QuestionnaireMove,
    responses((status = 200, body = OfficeQuestionnaire), (status = "4XX", body = contract::Problem)))]
pub(crate) async fn bring_to(
    State(crm): State<Crm>,
    officer: May<AskPeople>,
    At(id): At<QuestionnaireId>,
    key: Key,
    Body(moved): Body<QuestionnaireMove>,
) -> Result<Response> {
    let once = Once::new(format!("office {} questionnaire {id}", officer.name()), key, &[&serde_json::to_vec(&moved)?]);
    if let Some(answer) = once.answered(&crm).await? {
        return Ok(answer.into_response());
    }
    let kept = any(&crm, &id).await?;
    match (kept.standing, moved.to) {
        (Standing::Draft, Standing::Open) | (Standing::Open, Standing::Closed) => {}
        (_, Standing::Open | Standing::Closed) => return Err(Error::Conflict),
        _ => return Err(Error::field("to", FieldRule::NotAChoice)),
    }
    let keys = if moved.to == Standing::Open { new_keys(&crm, &kept).await? } else { None };
    match once.begin(&crm, KeptFor::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let change = &mut effect.change;
            let files = match moved.to {
                Standing::Open => {
                    open(&crm, change, &id, keys).await?;
                    Vec::new()
                }
                _ => close(&crm, change, &id).await?,
            };
            let now = seen_in(&crm, change, &id).await?;
            let answer = effect.done(Answer::ok(&now)?).await?;
            for file in files {
                crm.files.forget(&file).await;
            }
            Ok(answer.into_response())
        }
    }
}

/// The keys of an anonymous questionnaire: what signs its tokens, and the file of the key of its register, which is never in the database.
pub(super) async fn new_keys(crm: &Crm, kept: &Kept) -> Result<Option<(String, String)>> {
    if !kept.info.anonymous {
        return Ok(None);
    }
    let register = crm.files.keep(secret::random()?.as_bytes()).await?;
    Ok(Some((tokens::new_key().await?, register)))
}

/// Opens one that nobody has seen yet.
pub(super) async fn open(crm: &Crm, change: &mut Change, id: &QuestionnaireId, keys: Option<(String, String)>) -> Result<()> {
    let (token_key, register_file) = keys.unzip();
    let opened =
        sqlx::query("UPDATE questionnaires SET opened_at = $1, token_key = $2, register_file = $3 WHERE id = $4 AND opened_at IS NULL")
            .bind(crm.clock.utc().0)
            .bind(token_key)
            .bind(register_file)
            .bind(id.as_str())
            .execute(&mut **change)
            .await?;
    previews::end(change, id).await?;
    if opened.rows_affected() == 0 { Err(Error::Conflict) } else { Ok(()) }
}

/// Closes one for good: nobody is in its register any more, nothing that was begun waits, and anonymous answers lie in the order of their
/// hashes, which is none. The files to forget once this has happened.
///
/// # Errors
/// When the database fails.
pub async fn close(crm: &Crm, change: &mut Change, id: &QuestionnaireId) -> Result<Vec<String>> {
    // Its own first: an answer or a token that is on its way is in before, or finds it closed (`ballots.rs`).
    let row = sqlx::query("UPDATE questionnaires SET closed_at = $1 WHERE id = $2 AND closed_at IS NULL RETURNING register_file")
        .bind(crm.clock.utc().0)
        .bind(id.as_str())
        .fetch_optional(&mut **change)
        .await?;
    let file: Option<String> = row.ok_or(Error::Conflict)?.try_get("register_file")?;
    for sql in [
        "DELETE FROM questionnaire_register WHERE questionnaire_id = $1",
        "DELETE FROM questionnaire_drafts WHERE questionnaire_id = $1",
        "INSERT INTO questionnaire_ballots (questionnaire_id, token_hash, version, language, answers, changed_on)
         SELECT questionnaire_id, 'over ' || token_hash, version, language, answers, changed_on FROM questionnaire_ballots
         WHERE questionnaire_id = $1 ORDER BY token_hash",
        "DELETE FROM questionnaire_ballots WHERE questionnaire_id = $1 AND token_hash NOT LIKE 'over %'",
    ] {
        sqlx::query(sql).bind(id.as_str()).execute(&mut **change).await?;
    }
    sqlx::query("UPDATE questionnaires SET token_key = NULL, register_file = NULL WHERE id = $1")
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    Ok(file.into_iter().collect())
}
