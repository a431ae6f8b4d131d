//! The inbox: what the town tells a citizen, written in the same change as its cause; read, put away, searched.
use crate::conditions::Conditions;
use crate::db::{Change, new_id};
use crate::error::{Error, Result};
use crate::events::Happened;
use crate::session::{Citizen, Watcher};
use crate::state::Crm;
use crate::web::{self, Asked, At, Body, NO_STORE};
use crate::{cases, citizens, fold, notices, word};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use contract::cases::{CaseNumber, TaskKind};
use contract::dictionary::{KindCode, StateCode};
use contract::id::{CaseId, CitizenId, FeeId, MessageId, PublicReportId};
use contract::import::{ImportCase, ImportStep};
use contract::inbox::{InboxCount, InboxQuery, Mark, Message, MessageKind, NewsKind, Seen, Shown};
use contract::problem::FieldRule;
use contract::{Date, Page, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The columns that [`message`] reads, and their tables.
pub(crate) const COLUMNS: &str =
    "m.id, m.kind, m.sent_at, m.title, m.case_id, m.report_id, m.fee_id, m.state, m.note, m.read_at, m.archived_at, c.number, c.kind AS case_kind,
     n.link, n.until_on";
pub(crate) const TABLES: &str =
    "inbox m LEFT JOIN cases c ON c.id = m.case_id AND c.owner_id = m.owner_id LEFT JOIN notices n ON n.id = m.notice_id";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::INBOX, get(messages))
        .route(paths::INBOX_COUNT, get(unread))
        .route(paths::INBOX_READ, post(seen))
        .route(paths::MESSAGE, post(mark))
}

/// My messages, newest first.
#[utoipa::path(get, path = paths::INBOX, operation_id = "inbox", tag = "inbox", params(InboxQuery),
    responses((status = 200, body = Page<Message>), (status = "4XX", body = contract::Problem)))]
async fn messages(State(crm): State<Crm>, citizen: Citizen, Asked(query): Asked<InboxQuery>, asked: HeaderMap) -> Result<Response> {
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let mut wanted = Conditions::default();
    wanted.equal("m.owner_id", citizen.id.as_str());
    wanted.plain(match query.show {
        Shown::Inbox => "m.archived_at IS NULL",
        Shown::Unread => "m.archived_at IS NULL AND m.read_at IS NULL",
        Shown::Archived => "m.archived_at IS NOT NULL",
    });
    for word in fold::words(query.q.as_deref().unwrap_or_default()) {
        let (states, kinds) = (crm.reference.states_with(&word), crm.reference.kinds_with(&word));
        wanted.word(&word, &["m.search_text"], &[("m.state", &states), ("c.kind", &kinds)]);
    }
    if let Some(after) = &query.after {
        let (at, id) = cases::read_cursor(after).ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?;
        wanted.behind("(m.sent_at, m.id)", &at, &id);
    }
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} {} ORDER BY m.sent_at DESC, m.id DESC", wanted.sql());
    let mut rows = wanted.rows(&crm, &sql, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => Some(cases::cursor(last.try_get("sent_at")?, last.try_get("id")?)),
        _ => None,
    };
    let items = rows.iter().map(message).collect::<Result<Vec<_>>>()?;
    web::tagged(&asked, NO_STORE, &Page { items, next })
}

/// How many of my messages are not read. Pages ask it by themselves: it does not keep the session alive.
#[utoipa::path(get, path = paths::INBOX_COUNT, operation_id = "inbox_count", tag = "inbox",
    responses((status = 200, body = InboxCount), (status = "4XX", body = contract::Problem)))]
async fn unread(State(crm): State<Crm>, watcher: Watcher, asked: HeaderMap) -> Result<Response> {
    web::tagged(&asked, NO_STORE, &count(&crm, &watcher.id).await?)
}

/// I have seen the messages about a case, or all. Saying it twice is saying it once.
#[utoipa::path(post, path = paths::INBOX_READ, operation_id = "inbox_read", tag = "inbox", request_body = Seen,
    responses((status = 200, body = InboxCount), (status = "4XX", body = contract::Problem)))]
async fn seen(State(crm): State<Crm>, citizen: Citizen, Body(seen): Body<Seen>) -> Result<Json<InboxCount>> {
    let case = seen.case.as_ref().map_or("", CaseId::as_str);
    let mut change = crm.db.begin().await?;
    let marked = sqlx::query(
        "UPDATE inbox SET read_at = $1 WHERE owner_id = $2 AND read_at IS NULL AND ($3 = '' AND archived_at IS NULL OR case_id = $3)",
    )
    .bind(crm.clock.utc().0)
    .bind(citizen.id.as_str())
    .bind(case.replace('\0', ""))
    .execute(&mut *change)
    .await?;
    if marked.rows_affected() > 0 {
        tell(&crm, &mut change, &citizen.id, NewsKind::Marked, None);
    }
    change.commit().await?;
    Ok(Json(count(&crm, &citizen.id).await?))
}

/// Mark one of my messages as read or new, put it away or take it out again.
#[utoipa::path(post, path = paths::MESSAGE, operation_id = "inbox_mark", tag = "inbox", params(("id" = String, Path)), request_body = Mark,
    responses((status = 200, body = Message), (status = "4XX", body = contract::Problem)))]
async fn mark(State(crm): State<Crm>, citizen: Citizen, At(id): At<MessageId>, Body(mark): Body<Mark>) -> Result<Json<Message>> {
    let mut change = crm.db.begin().await?;
    // 1: from now on, as long as it is so already; 0: no longer; -1: as it is.
    let wish = |wish: Option<bool>| wish.map_or(-1, i64::from);
    let marked = sqlx::query(
        "UPDATE inbox SET read_at = CASE WHEN $1 = 1 THEN COALESCE(read_at, $3) WHEN $1 = 0 THEN NULL ELSE read_at END,
            archived_at = CASE WHEN $2 = 1 THEN COALESCE(archived_at, $3) WHEN $2 = 0 THEN NULL ELSE archived_at END
         WHERE owner_id = $4 AND id = $5",
    )
    .bind(wish(mark.read))
    .bind(wish(mark.archived))
    .bind(crm.clock.utc().0)
    .bind(citizen.id.as_str())
    .bind(id.as_str())
    .execute(&mut *change)
    .await?;
    if marked.rows_affected() == 0 {
        return Err(Error::NotFound);
    }
    tell(&crm, &mut change, &citizen.id, NewsKind::Marked, None);
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE m.owner_id = $1 AND m.id = $2"))
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .fetch_one(&mut *change)
        .await?;
    change.commit().await?;
    Ok(Json(message(&row)?))
}

/// A row as the contract says it.
pub(crate) fn message(row: &AnyRow) -> Result<Message> {
    Ok(Message {
        id: MessageId(row.try_get("id")?),
        kind: word::from(row.try_get("kind")?)?,
        at: UtcTime(row.try_get("sent_at")?),
        title: row.try_get("title")?,
        case: row.try_get::<Option<String>, _>("case_id")?.map(CaseId),
        number: row.try_get::<Option<String>, _>("number")?.map(CaseNumber),
        case_kind: row.try_get::<Option<String>, _>("case_kind")?.map(KindCode),
        report: row.try_get::<Option<String>, _>("report_id")?.map(PublicReportId),
        fee: row.try_get::<Option<String>, _>("fee_id")?.map(FeeId),
        state: row.try_get::<Option<String>, _>("state")?.map(StateCode),
        note: row.try_get("note")?,
        link: row.try_get::<Option<String>, _>("link")?.unwrap_or_default(),
        until: row.try_get::<Option<String>, _>("until_on")?.map(Date),
        read: row.try_get::<Option<String>, _>("read_at")?.is_some(),
        archived: row.try_get::<Option<String>, _>("archived_at")?.is_some(),
    })
}

async fn count(crm: &Crm, citizen: &CitizenId) -> Result<InboxCount> {
    let row = sqlx::query("SELECT COUNT(*) FROM inbox WHERE owner_id = $1 AND read_at IS NULL AND archived_at IS NULL")
        .bind(citizen.as_str())
        .fetch_one(crm.db.reader())
        .await?;
    Ok(InboxCount { unread: u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(u32::MAX) })
}

/// Tells the open pages of a citizen that something has changed.
pub fn tell(crm: &Crm, change: &mut Change, citizen: &CitizenId, kind: NewsKind, case: Option<&CaseId>) {
    change.tell(citizen, Happened { kind, case: case.cloned(), at: crm.clock.utc() });
}

/// What is to be written to somebody.
struct New<'a> {
    kind: MessageKind,
    case: Option<&'a CaseId>,
    report: Option<&'a str>,
    notice: Option<&'a str>,
    fee: Option<&'a FeeId>,
    state: Option<&'a StateCode>,
    title: &'a str,
    number: &'a str,
    note: &'a str,
    /// They have just done it themselves: there is nothing new in it.
    read: bool,
    /// When, as it is stored.
    at: &'a str,
}

/// Something about a case for whoever it belongs to, in the same change as its cause. Who did not sign in has no inbox.
///
/// # Errors
/// When the database fails.
pub async fn write(crm: &Crm, change: &mut Change, case: &CaseId, kind: MessageKind, (state, note): (&StateCode, &str)) -> Result<()> {
    let row =
        sqlx::query("SELECT c.owner_id, c.title, c.number, p.issuer FROM cases c JOIN citizens p ON p.id = c.owner_id WHERE c.id = $1")
            .bind(case.as_str())
            .fetch_one(&mut **change)
            .await?;
    if row.try_get::<&str, _>("issuer")? == citizens::NOBODY {
        return Ok(());
    }
    let owner = CitizenId(row.try_get("owner_id")?);
    let (title, number): (String, String) = (row.try_get("title")?, row.try_get("number")?);
    let (read, now) = (kind == MessageKind::Received, crm.clock.utc().0);
    let new = New {
        kind,
        case: Some(case),
        report: None,
        notice: None,
        fee: None,
        state: Some(state),
        title: &title,
        number: &number,
        note: note.trim(),
        read,
        at: &now,
    };
    put(crm, change, &owner, new).await
}

/// A public report has come into another state, or its author says that the problem is gone: for who follows it.
///
/// # Errors
/// When the database fails.
pub async fn tell_followers(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode, confirmed: bool) -> Result<()> {
    if !crm.reference.town.public_states.contains(state) {
        return Ok(());
    }
    let rows = sqlx::query(
        "SELECT f.citizen_id, r.id, r.title FROM public_reports r JOIN follows f ON f.report_id = r.id JOIN cases c ON c.id = r.case_id
         WHERE r.case_id = $1 AND r.hidden = 0 AND f.citizen_id <> c.owner_id",
    )
    .bind(case.as_str())
    .fetch_all(&mut **change)
    .await?;
    let now = crm.clock.utc().0;
    let kind = if confirmed { MessageKind::FollowedConfirmed } else { MessageKind::Followed };
    for row in &rows {
        let (owner, title): (String, String) = (row.try_get("citizen_id")?, row.try_get("title")?);
        let report = Some(row.try_get("id")?);
        let new = New {
            kind,
            case: None,
            report,
            notice: None,
            fee: None,
            state: Some(state),
            title: &title,
            number: "",
            note: "",
            read: false,
            at: &now,
        };
        put(crm, change, &CitizenId(owner), new).await?;
    }
    Ok(())
}

/// What somebody hears of because they follow a street, an area or a topic.
pub enum Followed<'a> {
    /// A public report has come into a state.
    Report(&'a str, &'a StateCode),
    /// A notice, with its text.
    Notice(&'a str, &'a str),
}

/// Something new where somebody follows the place or the topic.
///
/// # Errors
/// When the database fails.
pub async fn tell_subscriber(
    crm: &Crm,
    change: &mut Change,
    citizen: &CitizenId,
    (kind, title): (MessageKind, &str),
    what: Followed<'_>,
) -> Result<()> {
    let (report, state, notice, note) = match &what {
        Followed::Report(id, state) => (Some(*id), Some(*state), None, ""),
        Followed::Notice(id, text) => (None, None, Some(*id), *text),
    };
    let now = crm.clock.utc().0;
    let new = New { kind, case: None, report, notice, fee: None, state, title, number: "", note, read: false, at: &now };
    put(crm, change, citizen, new).await?;
    notices::subscriber(crm, change, citizen, title, &what).await
}

/// Something about a fee, for somebody who sees it. What it says on other channels: `crm/src/payments/told.rs`.
///
/// # Errors
/// When the database fails.
pub async fn tell_payer(
    crm: &Crm,
    change: &mut Change,
    citizen: &CitizenId,
    (kind, title): (MessageKind, &str),
    fee: &FeeId,
) -> Result<()> {
    tell_of(crm, change, citizen, (kind, title), Some(fee)).await
}

/// Something about no case and no fee, for somebody.
///
/// # Errors
/// When the database fails.
pub async fn tell_person(crm: &Crm, change: &mut Change, citizen: &CitizenId, kind: MessageKind) -> Result<()> {
    tell_of(crm, change, citizen, (kind, ""), None).await
}

async fn tell_of(
    crm: &Crm,
    change: &mut Change,
    citizen: &CitizenId,
    (kind, title): (MessageKind, &str),
    fee: Option<&FeeId>,
) -> Result<()> {
    let now = crm.clock.utc().0;
    let new = New { kind, case: None, report: None, notice: None, fee, state: None, title, number: "", note: "", read: false, at: &now };
    put(crm, change, citizen, new).await
}

/// There is something new in the cases of somebody who has given a delegation: for the delegate, by the giver's name.
///
/// # Errors
/// When the database fails.
pub async fn tell_delegate(crm: &Crm, change: &mut Change, citizen: &CitizenId, giver: &str) -> Result<()> {
    let now = crm.clock.utc().0;
    let kind = MessageKind::Delegated;
    let new = New {
        kind,
        case: None,
        report: None,
        notice: None,
        fee: None,
        state: None,
        title: giver,
        number: "",
        note: "",
        read: false,
        at: &now,
    };
    put(crm, change, citizen, new).await
}

/// A step of an imported case that the citizen has not heard of.
///
/// # Errors
/// When the database fails.
pub async fn bring(
    change: &mut Change,
    owner: &CitizenId,
    id: &CaseId,
    (case, number): (&ImportCase, &CaseNumber),
    (step, at): (&ImportStep, &str),
) -> Result<()> {
    let asks = case.task == Some(TaskKind::SendDocuments) && case.steps.iter().rfind(|step| step.at.is_some()) == Some(step);
    let kind = if asks { MessageKind::Documents } else { MessageKind::Moved };
    let (title, note) = (&case.title, step.note.trim());
    let new = New {
        kind,
        case: Some(id),
        report: None,
        notice: None,
        fee: None,
        state: Some(&step.state),
        title,
        number: &number.0,
        note,
        read: false,
        at,
    };
    insert(change, owner, &new).await
}

async fn put(crm: &Crm, change: &mut Change, owner: &CitizenId, new: New<'_>) -> Result<()> {
    insert(change, owner, &new).await?;
    tell(crm, change, owner, NewsKind::Message, new.case);
    Ok(())
}

async fn insert(change: &mut Change, owner: &CitizenId, new: &New<'_>) -> Result<()> {
    sqlx::query(
        "INSERT INTO inbox (id, owner_id, kind, case_id, report_id, notice_id, state, title, note, search_text, sent_at, read_at, fee_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(new_id())
    .bind(owner.as_str())
    .bind(word::to(&new.kind)?)
    .bind(new.case.map(CaseId::as_str))
    .bind(new.report)
    .bind(new.notice)
    .bind(new.state.map(|state| &state.0))
    .bind(new.title)
    .bind(new.note)
    .bind(fold::fold(&format!("{} {} {}", new.title, new.number, new.note)))
    .bind(new.at)
    .bind(Some(new.at).filter(|_| new.read))
    .bind(new.fee.map(FeeId::as_str))
    .execute(&mut **change)
    .await?;
    Ok(())
}
