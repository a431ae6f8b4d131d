//! "Cancella i miei dati" (feature N3): what goes goes at once and in one change; what the law keeps is sealed; reports stay without the person.
mod case;

use super::plan::{self, Fate};
use crate::db::Change;
use crate::error::{Error, Result};
use crate::help_desk::volunteers;
use crate::mail;
use crate::notices::{Notice, empty};
use crate::outbox::{self, Kind};
use crate::payments::holders;
use crate::session::{self, Citizen};
use crate::state::Crm;
use crate::web::{self, Asked, Body, InLanguage, NO_STORE};
use crate::words::Words;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use contract::channels::Topic;
use contract::id::CitizenId;
use contract::my_data::{Deleted, DeletionPlan, NewDeletion};
use contract::paths;
use contract::problem::FieldRule;
use sqlx::Row;

pub use case::end as end_case;

/// What belongs to somebody's account and goes with it: tables, and the column that says whose a row is. What is kept stands in
/// [`KEPT`]; `crm/tests/it/my_data` finds a table that is in neither.
pub const GOES: [(&str, &str); 25] = [
    ("vault_keys", "citizen_id"),
    ("credentials", "citizen_id"),
    ("sessions", "citizen_id"),
    ("push_devices", "citizen_id"),
    ("channel_choices", "citizen_id"),
    ("choices_said", "citizen_id"),
    ("tips_off", "citizen_id"),
    ("comfort", "citizen_id"),
    ("subscriptions", "citizen_id"),
    ("follows", "citizen_id"),
    ("drafts", "citizen_id"),
    ("questionnaire_drafts", "citizen_id"),
    ("questionnaire_answers", "citizen_id"),
    ("inbox", "owner_id"),
    ("events", "owner_id"),
    ("deliveries", "citizen_id"),
    ("letters", "citizen_id"),
    ("data_copies", "citizen_id"),
    ("shown", "citizen_id"),
    ("consents", "citizen_id"),
    ("ratings", "owner_id"),
    ("tracking", "owner_id"),
    ("fee_holders", "citizen_id"),
    ("delegations", "citizen_id"),
    ("delegations", "delegate_id"),
];
/// What is kept in part, or goes by rules of its own: cases and what hangs on them, carts and proofs of payments, helps, papers.
pub const KEPT: [&str; 9] = ["cases", "documents", "attachments", "reports", "disputes", "carts", "proofs", "helps", "papers"];

/// What would happen, before it does.
#[utoipa::path(get, path = paths::MY_DELETION, operation_id = "my_deletion_plan", tag = "my_data", params(InLanguage),
    responses((status = 200, body = DeletionPlan), (status = "4XX", body = contract::Problem)))]
pub async fn told(State(crm): State<Crm>, citizen: Citizen, Asked(words): Asked<InLanguage>, asked: HeaderMap) -> Result<Response> {
    holders::adopt(&crm, &citizen.id).await?;
    let mut change = crm.db.begin().await?;
    let plan = plan::of(&crm, &mut change, &citizen.id, &words.language).await?;
    change.rollback().await?;
    web::tagged(&asked, NO_STORE, &plan)
}

/// Do it: everywhere somebody is signed in they are signed out. 409 when the plan that was read is not how things stand, or something
/// is in the way.
#[utoipa::path(post, path = paths::MY_DELETION, operation_id = "my_deletion", tag = "my_data", request_body = NewDeletion,
    responses((status = 200, body = Deleted), (status = 409, description = "Something has changed since the plan was read, or stands in the way", body = contract::Problem), (status = "4XX", body = contract::Problem)))]
pub async fn delete(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap, Body(new): Body<NewDeletion>) -> Result<Response> {
    let mut change = crm.db.begin().await?;
    // The person's row first: whatever another device does meanwhile comes before this, or finds nobody.
    let known = sqlx::query("UPDATE citizens SET events = events WHERE id = $1").bind(citizen.id.as_str()).execute(&mut *change).await?;
    if known.rows_affected() == 0 {
        return Err(Error::SignedOut);
    }
    let plan = plan::of(&crm, &mut change, &citizen.id, &new.language).await?;
    if !new.is_meant(&plan.word) {
        return Err(Error::field("word", FieldRule::NotAChoice));
    }
    if plan.tag != new.tag || !plan.in_the_way.is_empty() {
        return Err(Error::Conflict);
    }
    let token = session::sealed_token(&mut change, &asked).await?;
    write_last_letter(&crm, &mut change, &citizen.id, &plan).await?;
    let files = leave(&crm, &mut change, &citizen.id).await?;
    change.commit().await?;
    for file in &files {
        crm.files.forget(file).await;
    }
    if let Some((scheme, token)) = token {
        session::revoke(crm.clone(), scheme, token);
    }
    let kept = plan.kept.iter().map(|kept| kept.items.len()).sum::<usize>();
    let deleted = Deleted { letter_to: plan.letter_to, kept: u32::try_from(kept).unwrap_or(u32::MAX) };
    let mut response = Json(deleted).into_response();
    response.headers_mut().insert(header::SET_COOKIE, volunteers::gone(session::COOKIE)?);
    Ok(response)
}

/// A letter says that it is done, to the address that was there. It is nobody's delivery any more.
async fn write_last_letter(crm: &Crm, change: &mut Change, citizen: &CitizenId, plan: &DeletionPlan) -> Result<()> {
    let Some(to) = plan.letter_to.clone() else { return Ok(()) };
    let row =
        sqlx::query("SELECT given_name, language FROM citizens WHERE id = $1").bind(citizen.as_str()).fetch_one(&mut **change).await?;
    let words = Words::of(row.try_get("language")?)?;
    let name: String = row.try_get("given_name")?;
    let kept = plan.kept.iter().map(|kept| kept.what.as_str()).collect::<Vec<_>>().join(", ");
    let mut paragraphs = vec![words.data.deleted_text.replace("{when}", &words.instant(&crm.clock.utc())?)];
    if !kept.is_empty() {
        paragraphs.push(words.data.deleted_kept.replace("{what}", &kept));
    }
    let notice = Notice {
        subject: words.data.deleted_subject.clone(),
        paragraphs,
        small: vec![words.data.deleted_not_me.clone()],
        ..empty(Topic::Cases)
    };
    let letter = mail::letter(crm, &words, (name.clone(), to), &mail::greeting(&words, &name), &notice);
    outbox::put(crm, change, Kind::Mail, &letter).await?;
    Ok(())
}

/// Carries it out; the files to be forgotten when the change has happened.
async fn leave(crm: &Crm, change: &mut Change, citizen: &CitizenId) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for left in plan::cases(crm, change, citizen).await? {
        match left.fate {
            Fate::Kept => case::seal(crm, change, citizen, &left.id).await?,
            Fate::Deleted => files.extend(case::delete(change, &left.id).await?),
            Fate::Unlinked => files.extend(case::unlink(crm, change, &left.id).await?),
        }
    }
    stop_what_waits(change, citizen).await?;
    files.extend(case::forget_files(change, "proof_id IN (SELECT id FROM proofs WHERE citizen_id = $1)", citizen.as_str()).await?);
    files.extend(case::forget_files(change, "owner_id = $1 AND case_id IS NULL AND office = ''", citizen.as_str()).await?);
    let copies = sqlx::query("SELECT file FROM data_copies WHERE citizen_id = $1 AND file IS NOT NULL")
        .bind(citizen.as_str())
        .fetch_all(&mut **change)
        .await?;
    for row in &copies {
        files.push(row.try_get(0)?);
    }
    for statement in [
        "DELETE FROM proofs WHERE citizen_id = $1",
        "DELETE FROM carts WHERE citizen_id = $1",
        // The desk still looks whether a browser is clean in which somebody was helped.
        "DELETE FROM helps WHERE citizen_id = $1 AND checked_at IS NOT NULL",
        "DELETE FROM consents WHERE fiscal_code <> '' AND fiscal_code = (SELECT fiscal_code FROM citizens WHERE id = $1)",
        "DELETE FROM questionnaire_invited WHERE fiscal_code <> '' AND fiscal_code = (SELECT fiscal_code FROM citizens WHERE id = $1)",
        "DELETE FROM answers WHERE scope LIKE 'citizen ' || $1 || ' %' OR scope LIKE $1 || ' %'",
    ] {
        sqlx::query(statement).bind(citizen.as_str()).execute(&mut **change).await?;
    }
    for (table, column) in GOES {
        sqlx::query(&format!("DELETE FROM {table} WHERE {column} = $1")).bind(citizen.as_str()).execute(&mut **change).await?;
    }
    forget_papers(change, citizen).await?;
    sqlx::query(
        "UPDATE citizens SET left_at = $1, email = NULL, phone = NULL, postal_address = '', quiet_from = NULL, quiet_to = NULL,
            tells_content = 0, attaches = 0, tips_off = 0 WHERE id = $2",
    )
    .bind(crm.clock.utc().0)
    .bind(citizen.as_str())
    .execute(&mut **change)
    .await?;
    drop_who_is_gone(change).await?;
    Ok(files)
}

/// What waits to be sent to them is not sent any more, but what is on its way at this moment.
async fn stop_what_waits(change: &mut Change, citizen: &CitizenId) -> Result<()> {
    sqlx::query("DELETE FROM outbox WHERE lease IS NULL AND state = 'waiting' AND id IN (SELECT id FROM deliveries WHERE citizen_id = $1)")
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Identities of the desk that became theirs: what was under them is theirs, and goes with them.
async fn forget_papers(change: &mut Change, citizen: &CitizenId) -> Result<()> {
    let rows =
        sqlx::query("DELETE FROM papers WHERE taken_by = $1 RETURNING citizen_id").bind(citizen.as_str()).fetch_all(&mut **change).await?;
    for row in &rows {
        let old: String = row.try_get(0)?;
        sqlx::query("UPDATE citizens SET left_at = COALESCE(left_at, created_at), given_name = '', family_name = '', email = NULL, phone = NULL, postal_address = '' WHERE id = $1")
            .bind(&old)
            .execute(&mut **change)
            .await?;
        for (table, column) in GOES {
            sqlx::query(&format!("DELETE FROM {table} WHERE {column} = $1")).bind(&old).execute(&mut **change).await?;
        }
    }
    Ok(())
}

/// The rows of people who have left and of whom nothing is kept.
///
/// # Errors
/// When the database fails.
pub async fn drop_who_is_gone(change: &mut Change) -> Result<()> {
    let mut nothing = String::new();
    for (table, column) in
        [("cases", "owner_id"), ("documents", "owner_id"), ("attachments", "owner_id"), ("reports", "owner_id"), ("helps", "citizen_id")]
    {
        nothing.push_str(&format!(" AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{column} = citizens.id)"));
    }
    sqlx::query(&format!("DELETE FROM citizens WHERE left_at IS NOT NULL{nothing}")).execute(&mut **change).await?;
    Ok(())
}
