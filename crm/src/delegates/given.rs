//! Giving a delegation, the list of both sides, and its end.
use super::{BY_DELEGATE, BY_GIVER, COLUMNS, delegation, tell};
use crate::clock::{days_after, later, utc};
use crate::db::{Change, is_id, new_id};
use crate::error::{Error, Result};
use crate::help_desk::consents;
use crate::help_desk::helps::scopes_to_text;
use crate::help_desk::log::{self, Entry};
use crate::idempotency::{Begun, Kept, Key, Once};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE};
use crate::{citizens, clock, number, secret};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::delegates::{
    CODE_DAYS, CODE_LETTERS, DAYS_MAX, Delegation, DelegationState, Delegations, GivenDelegation, NewDelegation, OPEN_MAX,
};
use contract::help_desk::{LogAction, LogActor};
use contract::id::{CitizenId, DelegationId};
use contract::problem::FieldRule;
use contract::{Date, FieldProblem, paths};
use sqlx::Row;

const DAY_SECONDS: i64 = 24 * 3600;
/// Delegations of each direction that are told.
const TOLD_MAX: i64 = 50;

/// How a code is kept: as people read it, whatever they type between.
pub(super) fn code_hash(code: &str) -> String {
    secret::sha256_hex(format!("delegation {}", consents::plain(code)).as_bytes())
}

/// The last day that can be chosen today.
fn until_max(crm: &Crm) -> Date {
    let today = crm.clock.today();
    let days = crm.reference.town.delegation_days.unwrap_or(DAYS_MAX).min(DAYS_MAX);
    days_after(&today, days).unwrap_or(today)
}

/// Who may act for me, and for whom I may.
#[utoipa::path(get, path = paths::MY_DELEGATIONS, operation_id = "delegations", tag = "delegates",
    responses((status = 200, body = Delegations), (status = "4XX", body = contract::Problem)))]
pub async fn mine(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &of(&crm, &citizen.id).await?)
}

/// The delegations of a citizen, of both directions.
///
/// # Errors
/// When the database fails.
pub async fn of(crm: &Crm, citizen: &CitizenId) -> Result<Delegations> {
    Ok(Delegations {
        given: list(crm, citizen, ("citizen_id", "delegate_id")).await?,
        received: list(crm, citizen, ("delegate_id", "citizen_id")).await?,
        today: crm.clock.today(),
        until_max: until_max(crm),
    })
}

/// Those of one direction: the column of who asks, and that of the other side. A case's title is its owner's to tell.
async fn list(crm: &Crm, citizen: &CitizenId, (own, other): (&str, &str)) -> Result<Vec<Delegation>> {
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM delegations d LEFT JOIN citizens o ON o.id = d.{other} LEFT JOIN cases c ON c.id = d.case_id AND c.owner_id = d.citizen_id
         WHERE d.{own} = $1 ORDER BY d.made_at DESC, d.id DESC LIMIT {TOLD_MAX}"
    ))
    .bind(citizen.as_str())
    .fetch_all(crm.db.reader())
    .await?;
    let told = rows.iter().map(|row| delegation(crm, row));
    // What a case is called is told to the delegate as long as they may see it.
    let hidden = |one: &Delegation| own == "delegate_id" && one.state != DelegationState::Active;
    told.map(|one| one.map(|one| if hidden(&one) { Delegation { case: None, title: String::new(), ..one } } else { one })).collect()
}

/// Give a delegation. Its code is told once: the other one accepts with it, after a login of their own.
#[utoipa::path(post, path = paths::MY_DELEGATIONS, operation_id = "delegation_give", tag = "delegates", params(("idempotency-key" = String, Header)),
    request_body = NewDelegation, responses((status = 201, body = GivenDelegation), (status = "4XX", body = contract::Problem)))]
pub async fn give(State(crm): State<Crm>, citizen: Citizen, key: Key, Body(new): Body<NewDelegation>) -> Result<Response> {
    let secret = key.sealing()?;
    let once = Once::new(format!("citizen {} delegations", citizen.id), key.hidden(), &[&serde_json::to_vec(&new)?]);
    if let Some(answer) = once.answered(&crm).await? {
        return answer.opened::<GivenDelegation>(&secret);
    }
    let problems = new.problems(&crm.clock.today(), &until_max(&crm));
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => answer.opened::<GivenDelegation>(&secret),
        Begun::First(mut effect) => {
            let given = put(&crm, &mut effect.change, &citizen.id, &new).await?;
            effect.sealed(&secret, &given, paths::MY_DELEGATIONS).await
        }
    }
}

async fn put(crm: &Crm, change: &mut Change, citizen: &CitizenId, new: &NewDelegation) -> Result<GivenDelegation> {
    let open = sqlx::query(
        "SELECT COUNT(*) FROM delegations WHERE citizen_id = $1 AND ended_at IS NULL AND until_on >= $2 AND (accepted_at IS NOT NULL OR code_until > $3)",
    )
    .bind(citizen.as_str())
    .bind(crm.clock.today().0)
    .bind(crm.clock.utc().0)
    .fetch_one(&mut **change)
    .await?;
    if open.try_get::<i64, _>(0)? >= OPEN_MAX {
        return Err(Error::Invalid(vec![FieldProblem::new("delegations", FieldRule::TooManyItems).with("max", OPEN_MAX)]));
    }
    if let Some(case) = &new.case {
        let own = sqlx::query("SELECT id FROM cases WHERE owner_id = $1 AND id = $2").bind(citizen.as_str()).bind(case.as_str());
        if !is_id(case.as_str()) || own.fetch_optional(&mut **change).await?.is_none() {
            return Err(Error::field("case", FieldRule::NotFound));
        }
    }
    let (id, code, now) = (new_id(), consents::letters(CODE_LETTERS)?, crm.clock.now());
    let number = number::delegation(change, clock::year(now)).await?;
    sqlx::query(
        "INSERT INTO delegations (id, number, citizen_id, meant_for, scopes, case_id, tells, code_hash, code_until, until_on, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(&id)
    .bind(&number)
    .bind(citizen.as_str())
    .bind(new.name.trim())
    .bind(scopes_to_text(&new.granted()))
    .bind(new.case.as_ref().map(|case| case.0.clone()))
    .bind(i64::from(new.tells))
    .bind(code_hash(&code))
    .bind(utc(later(now, CODE_DAYS * DAY_SECONDS)).0)
    .bind(new.until.as_ref().map(|until| until.0.clone()).unwrap_or_default())
    .bind(utc(now).0)
    .execute(&mut **change)
    .await?;
    let by = citizens::name_in(change, citizen).await?;
    let entry = Entry { why: new.name.trim(), session: &number, ..Entry::by(LogActor::Citizen, &by, LogAction::DelegationGiven) };
    log::write(crm, change, citizen, entry).await?;
    tell(crm, change, [Some(citizen), None]);
    let row = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM delegations d LEFT JOIN citizens o ON o.id = d.delegate_id LEFT JOIN cases c ON c.id = d.case_id AND c.owner_id = d.citizen_id
         WHERE d.citizen_id = $1 AND d.id = $2"
    ))
    .bind(citizen.as_str())
    .bind(&id)
    .fetch_one(&mut **change)
    .await?;
    Ok(GivenDelegation { delegation: delegation(crm, &row)?, code: in_groups(&code) })
}

/// Letters in groups of four, as people read them.
fn in_groups(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// End one, from either side: it holds no longer from the next request on. One that has ended has ended.
#[utoipa::path(delete, path = paths::MY_DELEGATION, operation_id = "delegation_end", tag = "delegates", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn end(State(crm): State<Crm>, citizen: Citizen, At(id): At<DelegationId>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "SELECT citizen_id, delegate_id, number, ended_at FROM delegations WHERE (citizen_id = $1 OR delegate_id = $1) AND id = $2",
    )
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    let giver = CitizenId(row.try_get("citizen_id")?);
    let delegate = row.try_get::<Option<String>, _>("delegate_id")?.map(CitizenId);
    let is_giver = giver == citizen.id;
    let ended = sqlx::query(
        "UPDATE delegations SET ended_at = $1, end_reason = $2, code_hash = NULL WHERE (citizen_id = $3 OR delegate_id = $3) AND id = $4 AND ended_at IS NULL",
    )
    .bind(crm.clock.utc().0)
    .bind(if is_giver { BY_GIVER } else { BY_DELEGATE })
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .execute(&mut *change)
    .await?;
    if ended.rows_affected() == 1 {
        let by = citizens::name_in(&mut change, &citizen.id).await?;
        let actor = if is_giver { LogActor::Citizen } else { LogActor::Delegate };
        let entry = Entry { session: row.try_get("number")?, ..Entry::by(actor, &by, LogAction::DelegationEnded) };
        log::write(&crm, &mut change, &giver, entry).await?;
        tell(&crm, &mut change, [Some(&giver), delegate.as_ref()]);
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        assert_eq!(in_groups("ABCDEFGHJKLM"), "ABCD-EFGH-JKLM");
        assert_eq!(code_hash("ABCD-EFGH-JKLM"), code_hash(" abcd efgh jklm"));
        assert_ne!(code_hash("ABCD-EFGH-JKLM"), code_hash("ABCD-EFGH-JKLN"));
    }
}
