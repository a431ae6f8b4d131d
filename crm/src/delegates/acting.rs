//! Acting for somebody: a state of the session's row. Every request of that session is then about the other's things, until it is taken back.
use crate::db::is_id;
use crate::error::{Error, Result};
use crate::help_desk::helps::scopes_from_text;
use crate::help_desk::log::{self, Entry};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Body, NO_STORE};
use crate::{citizens, comfort};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use contract::delegates::{Acting, NewActing};
use contract::help_desk::{HelpScope, LogAction, LogActor};
use contract::id::{CaseId, CitizenId, DelegationId};
use contract::replies::MayReply;
use contract::session::Me;
use contract::{Date, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns that a session's row must have for [`Delegate::of`]: of `delegations d` and of the delegate `a`.
pub const COLUMNS: &str = "d.id AS delegation_id, d.citizen_id AS giver_id, d.number AS delegation_number, d.scopes AS delegated, d.case_id AS delegated_case, \
    d.until_on AS delegated_until, d.ended_at AS delegation_ended, a.given_name AS delegate_given, a.family_name AS delegate_family";
/// Where they are, beside `sessions s`.
pub const TABLES: &str =
    "LEFT JOIN delegations d ON d.id = s.acts_for AND d.delegate_id = s.citizen_id LEFT JOIN citizens a ON a.id = d.delegate_id";

/// Who has a session for somebody else.
#[derive(Clone, Debug)]
pub struct Delegate {
    /// The delegation.
    pub delegation: DelegationId,
    /// Its number.
    pub number: String,
    /// Who acts: the session is theirs.
    pub id: CitizenId,
    /// By name.
    pub name: String,
    /// What was given.
    pub scopes: Vec<HelpScope>,
    /// Only this case.
    pub case: Option<CaseId>,
    /// Its last day.
    pub until: Date,
    /// It holds no longer.
    pub is_over: bool,
}

impl Delegate {
    /// For whom a session acts, and who does, from its row; nobody for a session of one's own.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub fn of(crm: &Crm, row: &AnyRow) -> Result<Option<(CitizenId, Self)>> {
        let Some(delegation) = row.try_get::<Option<String>, _>("delegation_id")? else { return Ok(None) };
        let text = |name: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(name)?.unwrap_or_default()) };
        let until = Date(text("delegated_until")?);
        let delegate = Self {
            delegation: DelegationId(delegation),
            number: text("delegation_number")?,
            id: CitizenId(row.try_get("citizen_id")?),
            name: format!("{} {}", text("delegate_given")?, text("delegate_family")?).trim().to_owned(),
            scopes: scopes_from_text(&text("delegated")?),
            case: row.try_get::<Option<String>, _>("delegated_case")?.map(CaseId),
            is_over: row.try_get::<Option<String>, _>("delegation_ended")?.is_some() || until < crm.clock.today(),
            until,
        };
        Ok(Some((CitizenId(text("giver_id")?), delegate)))
    }

    /// What they may add to a case, of what its citizen may.
    pub fn may(&self, own: &MayReply) -> MayReply {
        let message = own.message && self.scopes.contains(&HelpScope::UploadDocuments);
        MayReply { message, withdraw: false, verdict: false, rating: false, remind: false }
    }

    /// What they do is written down like this.
    pub fn entry<'a>(&'a self, action: LogAction, case: Option<&'a str>) -> Entry<'a> {
        Entry { case, session: &self.number, ..Entry::by(LogActor::Delegate, &self.name, action) }
    }
}

/// The person acted for, as the delegate sees them: by name, and nothing of how they are reached. They read as they read best themselves.
///
/// # Errors
/// When the database fails.
pub async fn show(crm: &Crm, delegate: &Delegate, me: &mut Me) -> Result<()> {
    (me.fiscal_code, me.email, me.phone) = (None, None, None);
    me.comfort = comfort::of(crm, &delegate.id).await?;
    me.session.acting = Some(delegate.id.clone());
    Ok(())
}

/// For whom I act now.
#[utoipa::path(get, path = paths::MY_ACTING, operation_id = "acting", tag = "delegates",
    responses((status = 200, body = Acting), (status = "4XX", body = contract::Problem)))]
pub async fn now(State(crm): State<Crm>, citizen: Citizen, asked: HeaderMap) -> Result<Response> {
    let delegate = citizen.delegate().ok_or(Error::NotFound)?;
    let acting = Acting {
        delegation: delegate.delegation.clone(),
        number: delegate.number.clone(),
        giver: citizens::name(&crm, &citizen.id).await?,
        delegate: delegate.name.clone(),
        scopes: delegate.scopes.clone(),
        case: delegate.case.clone(),
        until: delegate.until.clone(),
    };
    web::tagged(&asked, NO_STORE, &acting)
}

/// Act for somebody from now on, in this session.
#[utoipa::path(post, path = paths::MY_ACTING, operation_id = "acting_begin", tag = "delegates", request_body = NewActing,
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn begin(State(crm): State<Crm>, citizen: Citizen, Body(new): Body<NewActing>) -> Result<StatusCode> {
    if !is_id(new.delegation.as_str()) {
        return Err(Error::NotFound);
    }
    let mut change = crm.db.begin().await?;
    let row = sqlx::query(
        "SELECT citizen_id, number FROM delegations
         WHERE delegate_id = $1 AND id = $2 AND accepted_at IS NOT NULL AND ended_at IS NULL AND until_on >= $3",
    )
    .bind(citizen.id.as_str())
    .bind(new.delegation.as_str())
    .bind(crm.clock.today().0)
    .fetch_optional(&mut *change)
    .await?
    .ok_or(Error::NotFound)?;
    sqlx::query("UPDATE sessions SET acts_for = $1 WHERE citizen_id = $2 AND id_hash = $3")
        .bind(new.delegation.as_str())
        .bind(citizen.id.as_str())
        .bind(citizen.session_hash())
        .execute(&mut *change)
        .await?;
    let by = citizens::name_in(&mut change, &citizen.id).await?;
    let entry = Entry { session: row.try_get("number")?, ..Entry::by(LogActor::Delegate, &by, LogAction::ActingBegun) };
    log::write(&crm, &mut change, &CitizenId(row.try_get("citizen_id")?), entry).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// "Torna a te". Who acts for nobody does so no longer.
#[utoipa::path(delete, path = paths::MY_ACTING, operation_id = "acting_end", tag = "delegates",
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
pub async fn end(State(crm): State<Crm>, citizen: Citizen) -> Result<StatusCode> {
    if let Some(delegate) = citizen.delegate() {
        stop(&crm, &citizen, delegate).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The session is its own person's again.
///
/// # Errors
/// When the database fails.
pub async fn stop(crm: &Crm, citizen: &Citizen, delegate: &Delegate) -> Result<()> {
    let mut change = crm.db.begin().await?;
    let own = sqlx::query("UPDATE sessions SET acts_for = NULL WHERE citizen_id = $1 AND id_hash = $2 AND acts_for = $3")
        .bind(delegate.id.as_str())
        .bind(citizen.session_hash())
        .bind(delegate.delegation.as_str())
        .execute(&mut *change)
        .await?;
    if own.rows_affected() == 1 {
        log::write(crm, &mut change, &citizen.id, delegate.entry(LogAction::ActingEnded, None)).await?;
    }
    Ok(change.commit().await?)
}
