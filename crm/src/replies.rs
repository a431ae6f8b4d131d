//! What a citizen adds to a case: messages, the verdict on a repair, a rating. All of it is in the case's timeline.
use crate::attachments::{self, HeldBy, Holder};
use crate::cases::{self, Happening, SUMMARY, expect_work, happen};
use crate::clock::{day, days_after};
use crate::credential::Author;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Effect, Kept, Key, Once};
use crate::reference::{REOPENED, RESOLVED, STREET_REPORT, SUBMITTED};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{At, Body};
use crate::{drafts, forwarding, inbox, notices, word};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use contract::cases::{CaseSummary, Channel, Phase, Step, StepKind, TaskKind};
use contract::dictionary::StateCode;
use contract::help_desk::LogAction;
use contract::id::{CaseId, CitizenId, DraftId};
use contract::inbox::NewsKind;
use contract::replies::{MayReply, NewMessage, Rating, Verdict};
use contract::uploads::Announced;
use contract::{FieldProblem, paths};
use serde::Serialize;
use sqlx::Row;

/// The name under which the keys of messages are kept.
pub const MESSAGES: &str = "messages";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::CASE_MESSAGES, post(message)).route(paths::CASE_VERDICT, post(verdict)).route(paths::CASE_RATING, post(rate))
}

/// Write to the office about one of my cases. The answer to a question ends the task, and so do the documents that were asked for.
#[utoipa::path(post, path = paths::CASE_MESSAGES, operation_id = "case_message", tag = "cases", security(("session" = []), ("send_only" = [])), params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = NewMessage, responses((status = 201, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn message(
    State(crm): State<Crm>,
    citizen: Author,
    At(id): At<CaseId>,
    key: Key,
    Body(message): Body<NewMessage>,
) -> Result<Response> {
    let draft = DraftId(key.as_str().to_owned());
    let mut effect = match begin(&crm, &citizen.id, &id, key, (MESSAGES, &message), message.problems()).await? {
        Begun::Before(answer) => return citizen.told(answer),
        Begun::First(effect) => effect,
    };
    let now = lock(&mut effect.change, &citizen.id, &id).await?;
    if now.phase == Phase::Closed {
        return Err(Error::Conflict);
    }
    let mut state = now.state;
    let is_done = match now.task {
        Some(TaskKind::Answer) => true,
        Some(TaskKind::SendDocuments) => !message.files.is_empty(),
        _ => false,
    };
    if is_done {
        state = working_state(&crm, &mut effect.change, &id).await?;
        sqlx::query("UPDATE cases SET state = $1, phase = $2, task = NULL, task_due_on = NULL WHERE owner_id = $3 AND id = $4")
            .bind(&state.0)
            .bind(Phase::Open.as_str())
            .bind(citizen.id.as_str())
            .bind(id.as_str())
            .execute(&mut *effect.change)
            .await?;
    }
    citizen.acts(&crm, &mut effect.change, LogAction::MessageSent, &id).await?;
    let step = Happening { kind: StepKind::Message, state: &state, note: &message.text, by_citizen: true, channel: citizen.channel() };
    let position = add(&crm, &mut effect.change, (&citizen.id, &id), step, &message.files).await?;
    citizen.signs(&mut effect.change, &id, position).await?;
    drafts::end(&mut effect.change, &citizen.id, &draft).await?;
    done(&crm, effect, &citizen, &id).await
}

/// Say whether the problem behind one of my reports is gone. If it is not, the report is opened again.
#[utoipa::path(post, path = paths::CASE_VERDICT, operation_id = "case_verdict", tag = "cases", security(("session" = []), ("send_only" = [])), params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = Verdict, responses((status = 201, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn verdict(State(crm): State<Crm>, citizen: Author, At(id): At<CaseId>, key: Key, Body(verdict): Body<Verdict>) -> Result<Response> {
    let mut effect = match begin(&crm, &citizen.id, &id, key, ("verdict", &verdict), verdict.problems()).await? {
        Begun::Before(answer) => return citizen.told(answer),
        Begun::First(effect) => effect,
    };
    let change = &mut effect.change;
    let now = lock(change, &citizen.id, &id).await?;
    if !(now.is_report && now.state.0 == RESOLVED) || last_kind(change, &id).await? == Some(StepKind::Confirmed) {
        return Err(Error::Conflict);
    }
    let (kind, state) =
        if verdict.resolved { (StepKind::Confirmed, now.state) } else { (StepKind::Reopened, StateCode(REOPENED.to_owned())) };
    if !verdict.resolved {
        reopen(&crm, change, &citizen.id, &id).await?;
    }
    let step = Happening { kind, state: &state, note: &verdict.reason, by_citizen: true, channel: Channel::App };
    add(&crm, change, (&citizen.id, &id), step, &verdict.files).await?;
    if !verdict.resolved {
        expect_work(&crm, change, &id).await?;
        forwarding::reopened(&crm, change, &id).await?;
    }
    inbox::tell_followers(&crm, change, &id, &state, verdict.resolved).await?;
    notices::judged(&crm, change, &id, &state, verdict.resolved).await?;
    done(&crm, effect, &citizen, &id).await
}

/// Rate the service behind one of my cases, once.
#[utoipa::path(post, path = paths::CASE_RATING, operation_id = "case_rating", tag = "cases", params(("id" = String, Path), ("idempotency-key" = String, Header)),
    request_body = Rating, responses((status = 201, body = Rating), (status = "4XX", body = contract::Problem)))]
async fn rate(State(crm): State<Crm>, citizen: Citizen, At(id): At<CaseId>, key: Key, Body(rating): Body<Rating>) -> Result<Response> {
    let mut effect = match begin(&crm, &citizen.id, &id, key, ("rating", &rating), rating.problems()).await? {
        Begun::Before(answer) => return Ok(answer.into_response()),
        Begun::First(effect) => effect,
    };
    lock(&mut effect.change, &citizen.id, &id).await?;
    let made = sqlx::query(
        "INSERT INTO ratings (case_id, owner_id, stars, reason, details, rated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (case_id) DO NOTHING",
    )
    .bind(id.as_str())
    .bind(citizen.id.as_str())
    .bind(i64::from(rating.stars))
    .bind(word::to_option(rating.reason.as_ref())?)
    .bind(rating.details.trim())
    .bind(crm.clock.utc().0)
    .execute(&mut *effect.change)
    .await?;
    if made.rows_affected() == 0 {
        return Err(Error::Conflict);
    }
    let answer = Answer::created(&rating, paths::CASE.replace("{id}", id.as_str()))?;
    Ok(effect.done(answer).await?.into_response())
}

/// Finds the answer given before, else applies the rules and begins. Kept for ever, as reports are.
pub(crate) async fn begin(
    crm: &Crm,
    owner: &CitizenId,
    case: &CaseId,
    key: Key,
    (what, sent): (&str, &impl Serialize),
    problems: Vec<FieldProblem>,
) -> Result<Begun> {
    let once = Once::new(scope(owner, what, case), key, &[&serde_json::to_vec(sent)?]);
    if let Some(answer) = once.answered(crm).await? {
        return Ok(Begun::Before(answer));
    }
    if !problems.is_empty() {
        // Whose case it is comes first: the rules of a case that is not yours are not told.
        let found = sqlx::query("SELECT id FROM cases WHERE owner_id = $1 AND id = $2")
            .bind(owner.as_str())
            .bind(case.as_str())
            .fetch_optional(crm.db.reader())
            .await?;
        return Err(if found.is_some() { Error::Invalid(problems) } else { Error::NotFound });
    }
    once.begin(crm, Kept::Always).await
}

/// Whose keys those of what a citizen adds to a case are; `what` says what it is.
pub fn scope(owner: &CitizenId, what: &str, case: &CaseId) -> String {
    format!("citizen {owner} {what} {case}")
}

/// What a case is called; `None` when it is not the citizen's.
///
/// # Errors
/// When the database fails.
pub async fn title(change: &mut Change, owner: &CitizenId, case: &CaseId) -> Result<Option<String>> {
    let row = sqlx::query("SELECT title FROM cases WHERE owner_id = $1 AND id = $2")
        .bind(owner.as_str())
        .bind(case.as_str())
        .fetch_optional(&mut **change)
        .await?;
    Ok(row.map(|row| row.try_get("title")).transpose()?)
}

/// A case as it is now.
pub(crate) struct Now {
    pub(crate) state: StateCode,
    pub(crate) phase: Phase,
    task: Option<TaskKind>,
    is_report: bool,
}

/// Makes a citizen's case this change's own until it ends, and tells how it stands. One that only the law keeps is changed by nobody.
pub(crate) async fn lock(change: &mut Change, owner: &CitizenId, case: &CaseId) -> Result<Now> {
    let row =
        sqlx::query("UPDATE cases SET moved_at = moved_at WHERE owner_id = $1 AND id = $2 RETURNING state, phase, task, kind, sealed_at")
            .bind(owner.as_str())
            .bind(case.as_str())
            .fetch_optional(&mut **change)
            .await?
            .ok_or(Error::NotFound)?;
    if row.try_get::<Option<String>, _>("sealed_at")?.is_some() {
        return Err(Error::Conflict);
    }
    Ok(Now {
        state: StateCode(row.try_get("state")?),
        phase: word::from(row.try_get("phase")?)?,
        task: row.try_get::<Option<String>, _>("task")?.map(|task| word::from(&task)).transpose()?,
        is_report: row.try_get::<String, _>("kind")? == STREET_REPORT,
    })
}

/// The state the town was last at work in: where a case goes back to once the citizen has answered.
async fn working_state(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<StateCode> {
    let rows = sqlx::query("SELECT state FROM steps WHERE case_id = $1 AND happened_at IS NOT NULL ORDER BY position DESC")
        .bind(case.as_str())
        .fetch_all(&mut **change)
        .await?;
    for row in &rows {
        let state = StateCode(row.try_get("state")?);
        if crm.reference.phase(&state) == Some(Phase::Open) {
            return Ok(state);
        }
    }
    Ok(StateCode(SUBMITTED.to_owned()))
}

async fn last_kind(change: &mut Change, case: &CaseId) -> Result<Option<StepKind>> {
    let row = sqlx::query("SELECT kind FROM steps WHERE case_id = $1 AND happened_at IS NOT NULL ORDER BY position DESC LIMIT 1")
        .bind(case.as_str())
        .fetch_optional(&mut **change)
        .await?;
    row.map(|row| word::from(row.try_get("kind")?)).transpose()
}

/// Opens a report again, with a new last day.
async fn reopen(crm: &Crm, change: &mut Change, owner: &CitizenId, case: &CaseId) -> Result<()> {
    let due_on = days_after(&day(crm.clock.now()), crm.reference.town.report_legal_days);
    sqlx::query("UPDATE cases SET state = $1, phase = $2, due_on = $3, task = NULL, task_due_on = NULL WHERE owner_id = $4 AND id = $5")
        .bind(REOPENED)
        .bind(Phase::Open.as_str())
        .bind(due_on.map(|day| day.0))
        .bind(owner.as_str())
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Adds a step of the citizen with its files; its position.
async fn add(
    crm: &Crm,
    change: &mut Change,
    (owner, case): (&CitizenId, &CaseId),
    step: Happening<'_>,
    files: &[Announced],
) -> Result<i64> {
    let position = happen(crm, change, case, step).await?;
    let problems = attachments::hold(crm, change, Holder { owner, of: HeldBy::Case(case), step: Some(position) }, files, 0).await?;
    if problems.is_empty() { Ok(position) } else { Err(Error::Invalid(problems)) }
}

/// Ends a change about a case: the citizen's open pages hear of it, and the answer is the case as it is.
///
/// # Errors
/// When the database fails.
pub(crate) async fn done(crm: &Crm, mut effect: Effect, author: &Author, case: &CaseId) -> Result<Response> {
    inbox::tell(crm, &mut effect.change, &author.id, NewsKind::Case, Some(case));
    let row = sqlx::query(&format!("SELECT {SUMMARY} FROM cases c WHERE c.owner_id = $1 AND c.id = $2"))
        .bind(author.id.as_str())
        .bind(case.as_str())
        .fetch_one(&mut *effect.change)
        .await?;
    let answer = Answer::created(&cases::summary(&row)?, paths::CASE.replace("{id}", case.as_str()))?;
    author.told(effect.done(answer).await?)
}

/// What a citizen may add to a case that stands so.
pub fn may(summary: &CaseSummary, timeline: &[Step], rating: Option<&Rating>) -> MayReply {
    let last = timeline.iter().rfind(|step| step.at.is_some()).map(|step| step.kind);
    let resolved = summary.kind.0 == STREET_REPORT && summary.state.0 == RESOLVED;
    let is_open = matches!(summary.phase, Phase::Open | Phase::WaitingForYou);
    MayReply {
        message: is_open,
        withdraw: is_open,
        verdict: resolved && last != Some(StepKind::Confirmed),
        rating: rating.is_none(),
        // That is `reminders`' to say.
        remind: false,
    }
}

/// The rating that a citizen gave to a case.
///
/// # Errors
/// When the database fails.
pub async fn rating(crm: &Crm, owner: &CitizenId, case: &CaseId) -> Result<Option<Rating>> {
    let row = sqlx::query("SELECT stars, reason, details FROM ratings WHERE owner_id = $1 AND case_id = $2")
        .bind(owner.as_str())
        .bind(case.as_str())
        .fetch_optional(crm.db.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Rating {
        stars: u8::try_from(row.try_get::<i64, _>("stars")?).unwrap_or_default(),
        reason: row.try_get::<Option<String>, _>("reason")?.map(|reason| word::from(&reason)).transpose()?,
        details: row.try_get("details")?,
    }))
}
