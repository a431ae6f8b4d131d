//! "Ho la ricevuta": what a citizen shows for a payment that is not seen yet, and what the office sees of it.
use super::{Payer, fees};
use crate::attachments;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::inbox;
use crate::office::{ManagePayments, May};
use crate::state::Crm;
use crate::web::{Asked, At, Body};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contract::id::{AttachmentId, CitizenId, FeeId};
use contract::inbox::NewsKind;
use contract::payments::{FeeDetails, NewProof};
use contract::problem::FieldRule;
use contract::{FieldProblem, paths};
use sqlx::Row;
use std::collections::HashMap;

/// "Ho la ricevuta": words about it, files sent before, or both. The office looks at them.
#[utoipa::path(post, path = paths::FEE_PROOFS, operation_id = "fee_proof", tag = "payments", params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = NewProof, responses((status = 201, body = FeeDetails), (status = "4XX", body = contract::Problem)))]
pub async fn prove(State(crm): State<Crm>, payer: Payer, At(id): At<FeeId>, key: Key, Body(proof): Body<NewProof>) -> Result<Response> {
    let details = fees::find(&crm, &payer.id, &id).await?;
    let problems = proof.problems();
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let once = Once::new(format!("citizen {} proof {id}", payer.id), key, &[&serde_json::to_vec(&proof)?]);
    match once.begin(&crm, Kept::Always).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            if !details.may_prove {
                return Err(Error::Conflict);
            }
            keep_proof(&crm, &mut effect.change, (&payer.id, &id), &proof).await?;
            inbox::tell(&crm, &mut effect.change, &payer.id, NewsKind::Payment, None);
            let sent = FeeDetails { proofs: [details.proofs, vec![crm.clock.utc()]].concat(), ..details };
            Ok(effect.done(Answer::created(&sent, paths::fee(&id))?).await?.into_response())
        }
    }
}

/// Keeps a proof. One at a time: until the office has looked at it there is nothing more to prove.
async fn keep_proof(crm: &Crm, change: &mut Change, (citizen, fee): (&CitizenId, &FeeId), proof: &NewProof) -> Result<()> {
    let id = new_id();
    // Two at once come one after the other.
    sqlx::query("UPDATE fees SET moved_at = moved_at WHERE id = $1").bind(fee.as_str()).execute(&mut **change).await?;
    let waiting = sqlx::query("SELECT id FROM proofs WHERE citizen_id = $1 AND fee_id = $2 AND settled_at IS NULL")
        .bind(citizen.as_str())
        .bind(fee.as_str())
        .fetch_optional(&mut **change)
        .await?;
    if waiting.is_some() {
        return Err(Error::Conflict);
    }
    sqlx::query("INSERT INTO proofs (id, citizen_id, fee_id, text, sent_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(&id)
        .bind(citizen.as_str())
        .bind(fee.as_str())
        .bind(proof.text.trim())
        .bind(crm.clock.utc().0)
        .execute(&mut **change)
        .await?;
    let mut problems = Vec::new();
    for (index, file) in proof.files.iter().enumerate() {
        let held = sqlx::query("UPDATE attachments SET proof_id = $1 WHERE owner_id = $2 AND id = $3 AND case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND state = 'ready'")
            .bind(&id)
            .bind(citizen.as_str())
            .bind(file.as_str())
            .execute(&mut **change)
            .await?;
        if held.rows_affected() == 0 {
            problems.push(FieldProblem::new(format!("files.{index}"), FieldRule::NotFound));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// The files of the proofs that nobody has looked at yet, by proof.
///
/// # Errors
/// When the database fails.
pub async fn files(crm: &Crm) -> Result<HashMap<String, Vec<AttachmentId>>> {
    let rows = sqlx::query(
        "SELECT p.id, a.id AS file FROM proofs p JOIN attachments a ON a.proof_id = p.id WHERE p.settled_at IS NULL ORDER BY a.id",
    )
    .fetch_all(crm.db.reader())
    .await?;
    let mut files: HashMap<String, Vec<AttachmentId>> = HashMap::new();
    for row in &rows {
        files.entry(row.try_get("id")?).or_default().push(AttachmentId(row.try_get("file")?));
    }
    Ok(files)
}

/// A file of a proof, as a download.
#[utoipa::path(get, path = paths::OFFICE_PROOF_FILE, operation_id = "office_proof_file", tag = "office", security(("office" = [])),
    params(("id" = String, Path), ("attachment" = String, Path), attachments::InSize),
    responses((status = 200, body = crate::openapi::File, content_type = "application/octet-stream"), (status = "4XX", body = contract::Problem)))]
pub async fn file(
    State(crm): State<Crm>,
    officer: May<ManagePayments>,
    At((id, file)): At<(FeeId, AttachmentId)>,
    Asked(asked): Asked<attachments::InSize>,
) -> Result<Response> {
    tracing::info!(officer = officer.name(), fee = id.as_str(), "a proof is looked at");
    let row = sqlx::query(&format!(
        "SELECT {} FROM attachments WHERE proof_id IN (SELECT id FROM proofs WHERE fee_id = $1) AND id = $2",
        attachments::COLUMNS
    ))
    .bind(id.as_str())
    .bind(file.as_str())
    .fetch_optional(crm.db.reader())
    .await?
    .ok_or(Error::NotFound)?;
    attachments::as_download(&crm, &row, asked).await
}
