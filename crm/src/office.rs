//! The office API: another system, or an officer's tool, lists cases and moves them along.
pub mod files;
mod officer;
pub mod undelivered;

pub use officer::{
    AskPeople, GiveNotice, ManagePayments, May, Officer, PublishReports, ReadCases, Right, SeeOutbox, SendFiles, WriteCases,
};

use crate::cases::{self, Happening, SUMMARY, Whose, happen};
use crate::clock;
use crate::db::Change;
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::reference::REGISTERED;
use crate::state::Crm;
use crate::web::{self, Asked, At, Body, NO_STORE};
use crate::{citizens, delegates, inbox, notices, number, publication, subscriptions, word};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use contract::cases::{CaseQuery, CaseSummary, Channel, Office, Phase, StepKind, TaskKind};
use contract::contact::Contact;
use contract::dictionary::StateCode;
use contract::id::CaseId;
use contract::inbox::{MessageKind, NewsKind};
use contract::office::{MOVE_FILES_MAX, Move, NOTE_CHARS_MAX, OfficeCase};
use contract::problem::FieldRule;
use contract::{FieldProblem, Page, paths, text};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::OFFICE_CASES, get(cases))
        .route(paths::OFFICE_MOVES, post(move_case))
        .route(paths::OFFICE_ATTACHMENTS, post(files::add).layer(DefaultBodyLimit::disable()))
        .route(paths::OFFICE_ATTACHMENT, get(files::download))
        .route(paths::OFFICE_UNDELIVERED, get(undelivered::list))
        .route(paths::OFFICE_RETRY, post(undelivered::retry))
}

/// Whether an office with this key has been imported.
///
/// # Errors
/// When the database fails.
pub async fn exists(crm: &Crm, key: &str) -> Result<bool> {
    Ok(sqlx::query("SELECT key FROM offices WHERE key = $1").bind(key).fetch_optional(crm.db.reader()).await?.is_some())
}

/// How to reach the office with this key; none when it has not been imported.
///
/// # Errors
/// When the database fails.
pub async fn contact_of(crm: &Crm, key: &str) -> Result<Option<Office>> {
    let row = sqlx::query("SELECT name, address, hours, phone, email FROM offices WHERE key = $1")
        .bind(key)
        .fetch_optional(crm.db.reader())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let text = |column: &str| Ok::<String, Error>(row.try_get(column)?);
    Ok(Some(Office { name: text("name")?, address: text("address")?, hours: text("hours")?, phone: text("phone")?, email: text("email")? }))
}

/// Everybody's cases, the one moved last first.
#[utoipa::path(get, path = paths::OFFICE_CASES, operation_id = "office_cases", tag = "office", params(CaseQuery), security(("office" = [])),
    responses((status = 200, body = Page<OfficeCase>), (status = "4XX", body = contract::Problem)))]
async fn cases(State(crm): State<Crm>, officer: May<ReadCases>, Asked(query): Asked<CaseQuery>, asked: HeaderMap) -> Result<Response> {
    let (rows, next) = cases::list(&crm, Whose::Everybody(&officer), &query).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in &rows {
        let summary = cases::summary(row)?;
        let citizen = format!("{} {}", row.try_get::<String, _>("given_name")?, row.try_get::<String, _>("family_name")?);
        let next_states = expected(&crm, &summary.id).await?;
        items.push(OfficeCase {
            summary,
            citizen: citizen.trim().to_owned(),
            contact: contact(row)?,
            next_states,
            reminders: u32::try_from(row.try_get::<i64, _>("reminders")?).unwrap_or_default(),
        });
    }
    web::tagged(&asked, NO_STORE, &Page { items, next })
}

/// How to reach who did not sign in. Who signed in is written to through their case.
fn contact(row: &AnyRow) -> Result<Contact> {
    if row.try_get::<String, _>("issuer")? != citizens::NOBODY {
        return Ok(Contact::default());
    }
    let given = |name| Ok::<_, Error>(row.try_get::<Option<String>, _>(name)?.unwrap_or_default());
    Ok(Contact { email: given("email")?, phone: given("phone")? })
}

/// The states a case is expected to go through, nearest first.
async fn expected(crm: &Crm, case: &CaseId) -> Result<Vec<StateCode>> {
    let rows = sqlx::query("SELECT state FROM steps WHERE case_id = $1 AND happened_at IS NULL ORDER BY position")
        .bind(case.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    rows.iter().map(|row| Ok(StateCode(row.try_get("state")?))).collect()
}

/// Bring a case into another state, or write to the citizen about the one it is in.
#[utoipa::path(post, path = paths::OFFICE_MOVES, operation_id = "office_move", tag = "office", params(("id" = String, Path), ("idempotency-key" = String, Header)), security(("office" = [])),
    request_body = Move, responses((status = 200, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn move_case(
    State(crm): State<Crm>,
    officer: May<WriteCases>,
    At(id): At<CaseId>,
    key: Key,
    Body(moved): Body<Move>,
) -> Result<Response> {
    let problems = problems(&crm, &moved);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let sent = serde_json::to_vec(&moved)?;
    let once = Once::new(format!("office {} moves {id}", officer.name()), key, &[&sent]);
    match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            apply(&crm, &mut effect.change, &officer, &id, &moved).await?;
            let row = sqlx::query(&format!("SELECT {SUMMARY} FROM cases c WHERE c.id = $1"))
                .bind(id.as_str())
                .fetch_one(&mut *effect.change)
                .await?;
            Ok(effect.done(Answer::ok(&cases::summary(&row)?)?).await?.into_response())
        }
    }
}

fn problems(crm: &Crm, moved: &Move) -> Vec<FieldProblem> {
    let mut problems = text::problems("note", &moved.note, false, NOTE_CHARS_MAX);
    let phase = crm.reference.phase(&moved.state);
    if phase.is_none() && !moved.state.0.is_empty() {
        problems.push(FieldProblem::new("state", FieldRule::NotAChoice));
    }
    if moved.task.is_some() && phase != Some(Phase::WaitingForYou)
        || word::to_option(moved.task.as_ref()).is_ok_and(|w| w.as_deref() == Some("unknown"))
    {
        problems.push(FieldProblem::new("task", FieldRule::NotAChoice));
    }
    if matches!(moved.channel, Some(Channel::App | Channel::Unknown)) {
        problems.push(FieldProblem::new("channel", FieldRule::NotAChoice));
    }
    if moved.files.len() > MOVE_FILES_MAX {
        problems.push(FieldProblem::new("files", FieldRule::TooManyItems).with("max", MOVE_FILES_MAX));
    }
    if moved.task_due_on.as_ref().is_some_and(|day| moved.task.is_none() || day.day_number().is_none()) {
        problems.push(FieldProblem::new("task_due_on", FieldRule::NotAChoice));
    }
    problems
}

/// Another system's word on a case, by way of this CRM's own connectors: a state and a note for the citizen. A note without
/// a new state is a message; neither is nothing.
///
/// # Errors
/// When the state is unknown, or the database fails.
pub async fn bring(crm: &Crm, change: &mut Change, id: &CaseId, (state, note): (StateCode, String)) -> Result<()> {
    let officer = Officer::named("open311");
    let moved = Move { state, note, task: None, task_due_on: None, channel: None, files: Vec::new() };
    apply(crm, change, &officer, id, &moved).await
}

/// Adds the step, drops the expected ones it makes true or overtakes, and brings the case up to date.
async fn apply(crm: &Crm, change: &mut Change, officer: &Officer, id: &CaseId, moved: &Move) -> Result<()> {
    let before = lock(change, id).await?;
    // Whoever only writes moves nothing, and undoes nobody's move.
    let moved = &Move { state: if moved.state.0.is_empty() { before.clone() } else { moved.state.clone() }, ..moved.clone() };
    let phase = crm.reference.phase(&moved.state).ok_or_else(|| Error::field("state", FieldRule::NotAChoice))?;
    let seen_before = subscriptions::seen(crm, change, id).await?;
    let kind = if before == moved.state {
        StepKind::Message
    } else if moved.task == Some(TaskKind::Answer) {
        StepKind::Question
    } else {
        StepKind::Move
    };
    if kind != StepKind::Move && moved.note.trim().is_empty() && moved.files.is_empty() {
        return Err(Error::field("note", FieldRule::Required));
    }
    stand(crm, change, id, (&before, moved, phase)).await?;
    if moved.state.0 == REGISTERED {
        register(crm, change, id).await?;
    }
    // A closed case expects nothing more; another one has passed everything up to the step that came true.
    sqlx::query(
        "DELETE FROM steps WHERE case_id = $1 AND happened_at IS NULL AND ($2 = 'closed' OR position <=
            (SELECT COALESCE(MIN(position), -1) FROM steps WHERE case_id = $1 AND happened_at IS NULL AND state = $3))",
    )
    .bind(id.as_str())
    .bind(phase.as_str())
    .bind(&moved.state.0)
    .execute(&mut **change)
    .await?;
    let step =
        Happening { kind, state: &moved.state, note: &moved.note, by_citizen: false, channel: moved.channel.unwrap_or(Channel::Office) };
    let position = happen(crm, change, id, step).await?;
    let problems = files::hold(change, officer, id, position, &moved.files).await?;
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    publication::on_move(crm, change, id, &moved.state).await?;
    subscriptions::tell(crm, change, id, seen_before).await?;
    let kind = match (kind, moved.task) {
        (StepKind::Question, _) => MessageKind::Question,
        (_, Some(TaskKind::SendDocuments)) => MessageKind::Documents,
        (StepKind::Message, _) => MessageKind::Written,
        _ => MessageKind::Moved,
    };
    if before == moved.state && moved.channel.is_some() {
        // A call or a visit that is written down: the citizen was there, and only finds it in the story.
        let owner = cases::owner(crm, id).await?;
        inbox::tell(crm, change, &owner, NewsKind::Case, Some(id));
        return Ok(());
    }
    inbox::write(crm, change, id, kind, (&moved.state, &moved.note)).await?;
    notices::moved(crm, change, id, &moved.state, (moved.note.trim(), Some(position))).await?;
    delegates::news::tell(crm, change, id).await?;
    if before == moved.state {
        return Ok(());
    }
    inbox::tell_followers(crm, change, id, &moved.state, false).await?;
    notices::tell_followers(crm, change, id, &moved.state).await
}

/// How a case stands from now on. What the citizen has to do stays with a state that stays.
async fn stand(crm: &Crm, change: &mut Change, id: &CaseId, (before, moved, phase): (&StateCode, &Move, Phase)) -> Result<()> {
    let now = clock::utc(crm.clock.now()).0;
    if *before == moved.state && moved.task.is_none() {
        sqlx::query("UPDATE cases SET moved_at = $1 WHERE id = $2").bind(now).bind(id.as_str()).execute(&mut **change).await?;
        return Ok(());
    }
    sqlx::query("UPDATE cases SET state = $1, phase = $2, moved_at = $3, task = $4, task_due_on = $5 WHERE id = $6")
        .bind(&moved.state.0)
        .bind(phase.as_str())
        .bind(now)
        .bind(word::to_option(moved.task.as_ref())?)
        .bind(moved.task_due_on.as_ref().map(|day| day.0.clone()))
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    if *before != moved.state {
        // The office has done something: who waits from now on begins anew.
        sqlx::query("UPDATE cases SET reminders = 0, reminded_on = NULL WHERE id = $1").bind(id.as_str()).execute(&mut **change).await?;
    }
    Ok(())
}

/// Enters a case in the register, once: the next number of the year, and today.
async fn register(crm: &Crm, change: &mut Change, id: &CaseId) -> Result<()> {
    let row = sqlx::query("SELECT protocol_number FROM cases WHERE id = $1").bind(id.as_str()).fetch_one(&mut **change).await?;
    if row.try_get::<Option<String>, _>("protocol_number")?.is_some() {
        return Ok(());
    }
    let now = crm.clock.now();
    let number = number::protocol(change, clock::year(now)).await?;
    sqlx::query("UPDATE cases SET protocol_number = $1, protocol_on = $2 WHERE id = $3")
        .bind(number)
        .bind(clock::day(now).0)
        .bind(id.as_str())
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Makes a case this change's own until it ends; the state it is in.
async fn lock(change: &mut Change, case: &CaseId) -> Result<StateCode> {
    let row = sqlx::query("UPDATE cases SET moved_at = moved_at WHERE id = $1 RETURNING state")
        .bind(case.as_str())
        .fetch_optional(&mut **change)
        .await?;
    Ok(StateCode(row.ok_or(Error::NotFound)?.try_get(0)?))
}
