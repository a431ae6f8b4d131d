//! What may be done for somebody, at the help desk or by a delegation: said here for every operation, and refused for any that is not named.
//!
//! Every request with a citizen's cookie comes through [`allow`], by the extractors of [`crate::session`]. What is allowed is written into the
//! citizen's log before it is done.
use super::helps;
use super::log::{self, Entry};
use crate::delegates::Delegate;
use crate::error::{Error, Result};
use crate::state::Crm;
use axum::extract::MatchedPath;
use axum::http::Method;
use axum::http::request::Parts;
use contract::help_desk::{HelpScope, LogAction};
use contract::id::{CaseId, CitizenId};
use contract::paths;
use sqlx::Row;
use sqlx::any::AnyRow;

/// Who has a citizen's session at the help desk.
#[derive(Clone, Debug)]
pub struct Helper {
    /// The help's identifier.
    pub id: String,
    /// Its number.
    pub session: String,
    /// The volunteer's name.
    pub volunteer: String,
    /// The volunteer's own session.
    pub desk: String,
    /// What was agreed to.
    pub scopes: Vec<HelpScope>,
    /// The screen waits for its four digits.
    pub is_locked: bool,
}

/// Who does something for a citizen.
#[derive(Clone, Debug)]
pub enum Deputy {
    /// A volunteer of the help desk.
    Helper(Helper),
    /// Somebody to whom they have given a delegation.
    Delegate(Delegate),
}

impl Deputy {
    fn scopes(&self) -> &[HelpScope] {
        match self {
            Self::Helper(helper) => &helper.scopes,
            Self::Delegate(delegate) => &delegate.scopes,
        }
    }

    /// The number under which the log has what they do.
    fn session(&self) -> &str {
        match self {
            Self::Helper(helper) => &helper.session,
            Self::Delegate(delegate) => &delegate.number,
        }
    }

    /// What they do is written down like this.
    pub fn entry<'a>(&'a self, action: LogAction, case: Option<&'a str>) -> Entry<'a> {
        match self {
            Self::Helper(helper) => Entry::of(helper, action, case),
            Self::Delegate(delegate) => delegate.entry(action, case),
        }
    }

    /// The rules that are theirs alone.
    fn own_rules(&self) -> &'static [Rule] {
        match self {
            Self::Helper(_) => &DESK,
            Self::Delegate(_) => &BEHALF,
        }
    }

    /// The only case there is for them, if it is one.
    fn only_case(&self) -> Option<&str> {
        match self {
            Self::Helper(_) => None,
            Self::Delegate(delegate) => delegate.case.as_ref().map(CaseId::as_str),
        }
    }

    fn refuses(&self, refusal: Refusal) -> Error {
        match self {
            Self::Helper(_) => Error::AtTheDesk(refusal),
            Self::Delegate(_) => Error::OnBehalf(refusal),
        }
    }
}

/// Why something is not done for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It never is: payments, contact data, keys, sessions, consents, what somebody follows, a delegation of a delegation, and all that nobody
    /// has thought of.
    Never,
    /// The citizen has not agreed to this.
    Scope(HelpScope),
    /// The screen is locked.
    Locked,
    /// The citizen has not read and confirmed what would be sent.
    Unconfirmed,
    /// The delegation holds no longer.
    Ended,
}

/// An operation that may be done: with one of these scopes (none: with any), and as what it is written down (nothing: not at all).
struct Rule {
    method: Method,
    path: &'static str,
    scopes: &'static [HelpScope],
    action: Option<LogAction>,
}

const fn rule(method: Method, path: &'static str, scopes: &'static [HelpScope], action: Option<LogAction>) -> Rule {
    Rule { method, path, scopes, action }
}

const SEES: &[HelpScope] = &[HelpScope::SeeCases];
const REPORTS: &[HelpScope] = &[HelpScope::SendReport];
/// Under the citizen's name: the token of an anonymous one is the citizen's alone.
const ANSWERS: &[HelpScope] = &[HelpScope::AnswerQuestionnaire];
const SENDS: &[HelpScope] = &[HelpScope::UploadDocuments];
/// Files belong to a report or to an answer.
const FILES: &[HelpScope] = &[HelpScope::SendReport, HelpScope::UploadDocuments];
/// Who only sends reports sees those that were sent in this very help.
const OWN: &[HelpScope] = &[HelpScope::SeeCases, HelpScope::SendReport];

/// What may be done. Messages and reports are written down in the change that makes them (`replies.rs`, `reports.rs`); the pieces of a file
/// belong to its beginning.
static RULES: [Rule; 21] = [
    rule(Method::GET, paths::ME, &[], None),
    rule(Method::POST, paths::SESSION_EXTEND, &[], None),
    rule(Method::GET, paths::CASES, SEES, Some(LogAction::CasesSeen)),
    rule(Method::GET, paths::CASE, OWN, Some(LogAction::CaseSeen)),
    rule(Method::GET, paths::RECEIPT, OWN, Some(LogAction::DocumentSeen)),
    rule(Method::GET, paths::CASE_CALENDAR, SEES, Some(LogAction::CaseSeen)),
    rule(Method::GET, paths::DOCUMENT, SEES, Some(LogAction::DocumentSeen)),
    rule(Method::GET, paths::STORY, SEES, Some(LogAction::StorySeen)),
    rule(Method::GET, paths::EVENTS, SEES, None),
    rule(Method::POST, paths::REPORTS, REPORTS, None),
    rule(Method::POST, paths::CASE_MESSAGES, SENDS, None),
    rule(Method::POST, paths::ATTACHMENTS, FILES, Some(LogAction::FileSent)),
    rule(
        Method::GET,
        paths::ATTACHMENT,
        &[HelpScope::SeeCases, HelpScope::SendReport, HelpScope::UploadDocuments],
        Some(LogAction::DocumentSeen),
    ),
    rule(Method::DELETE, paths::ATTACHMENT, FILES, None),
    rule(Method::GET, paths::ATTACHMENT_STATE, FILES, None),
    rule(Method::POST, paths::UPLOADS, FILES, Some(LogAction::FileSent)),
    rule(Method::HEAD, paths::UPLOAD, FILES, None),
    rule(Method::PATCH, paths::UPLOAD, FILES, None),
    rule(Method::POST, paths::UPLOAD, FILES, None),
    rule(Method::DELETE, paths::UPLOAD, FILES, None),
    rule(Method::HEAD, paths::ME, &[], None),
];

/// What is done at the help desk alone.
static DESK: [Rule; 8] = [
    // Of the home page, which a delegate does not have; without the fees.
    rule(Method::GET, paths::HOME_TASKS, SEES, Some(LogAction::CasesSeen)),
    rule(Method::GET, paths::QUESTIONNAIRES, ANSWERS, None),
    rule(Method::GET, paths::QUESTIONNAIRE, ANSWERS, Some(LogAction::QuestionnaireSeen)),
    rule(Method::PUT, paths::QUESTIONNAIRE_DRAFT, ANSWERS, None),
    rule(Method::POST, paths::QUESTIONNAIRE_ANSWERS, ANSWERS, Some(LogAction::QuestionnaireAnswered)),
    rule(Method::GET, paths::MY_HELP, &[], None),
    // What is about to be sent is read first; that it was is written down there (`shown.rs`).
    rule(Method::PUT, paths::MY_HELP_SHOWN, REPORTS, None),
    rule(Method::POST, paths::MY_HELP_SHOWN, REPORTS, None),
];

/// What a delegate alone does: ask for whom, and act for themselves again.
static BEHALF: [Rule; 2] = [rule(Method::GET, paths::MY_ACTING, &[], None), rule(Method::DELETE, paths::MY_ACTING, &[], None)];

impl Helper {
    /// Who helps, from a row of a session; nobody for a session of one's own. `unseen`: seconds without a request.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub fn of(row: &AnyRow, unseen: i64) -> Result<Option<Self>> {
        let Some(id) = row.try_get::<Option<String>, _>("help_id")? else { return Ok(None) };
        let text = |name: &str| -> Result<String> { Ok(row.try_get::<Option<String>, _>(name)?.unwrap_or_default()) };
        Ok(Some(Self {
            id,
            session: text("help_session")?,
            volunteer: text("volunteer")?,
            desk: text("desk_hash")?,
            scopes: helps::scopes_from_text(&text("scopes")?),
            is_locked: helps::is_locked(unseen),
        }))
    }
}

/// Lets a request of whoever acts for a citizen through, or says why not.
///
/// # Errors
/// [`Error::AtTheDesk`] or [`Error::OnBehalf`]; [`Error::NotFound`] for a case that a delegation is not about; or the database.
pub async fn allow(crm: &Crm, parts: &Parts, citizen: &CitizenId, deputy: &Deputy) -> Result<()> {
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    match deputy {
        Deputy::Helper(helper) if helper.is_locked => return Err(deputy.refuses(Refusal::Locked)),
        // The way back to oneself stays open.
        Deputy::Delegate(delegate) if delegate.is_over => {
            let leaves = matches!((&parts.method, pattern), (&Method::GET, paths::ME) | (&Method::DELETE, paths::MY_ACTING));
            return if leaves { Ok(()) } else { Err(deputy.refuses(Refusal::Ended)) };
        }
        _ => {}
    }
    let case = case_in(pattern, parts.uri.path());
    let refused = match RULES.iter().chain(deputy.own_rules()).find(|rule| rule.method == parts.method && rule.path == pattern) {
        None => Refusal::Never,
        Some(rule) => match needs(crm, citizen, deputy, rule, case).await? {
            Some(scope) => Refusal::Scope(scope),
            None => {
                if let Some(only) = deputy.only_case() {
                    keeps_to(crm, citizen, only, (pattern, parts.uri.path(), case)).await?;
                }
                return note(crm, citizen, deputy, (rule.action, case)).await;
            }
        },
    };
    // What a page asks by itself is no attempt of anybody's.
    if parts.method != Method::GET && parts.method != Method::HEAD {
        note(crm, citizen, deputy, (Some(LogAction::Refused), case)).await?;
    }
    Err(deputy.refuses(refused))
}

/// A delegation about one case: another one does not exist, nor do its files. The lists keep to it by themselves (`cases/list.rs`, `story.rs`).
async fn keeps_to(crm: &Crm, citizen: &CitizenId, only: &str, (pattern, path, case): (&str, &str, Option<&str>)) -> Result<()> {
    let is_file = [paths::ATTACHMENT, paths::ATTACHMENT_STATE, paths::UPLOAD].contains(&pattern);
    let is_other = match (case, is_file) {
        (Some(case), _) => case != only,
        (None, true) => {
            let id = path.split('/').nth(4).unwrap_or_default();
            let held = sqlx::query("SELECT case_id FROM attachments WHERE owner_id = $1 AND id = $2")
                .bind(citizen.as_str())
                .bind(id.replace('\0', ""))
                .fetch_optional(crm.db.reader())
                .await?;
            let held = held.map(|row| row.try_get::<Option<String>, _>(0)).transpose()?.flatten();
            held.is_some_and(|held| held != only)
        }
        // What the line tells is about all of them.
        (None, false) => pattern == paths::EVENTS,
    };
    if is_other { Err(Error::NotFound) } else { Ok(()) }
}

/// The scope that is missing; none when there is what it takes.
async fn needs(crm: &Crm, citizen: &CitizenId, deputy: &Deputy, rule: &Rule, case: Option<&str>) -> Result<Option<HelpScope>> {
    let Some(first) = rule.scopes.first() else { return Ok(None) };
    let has = |scope: &HelpScope| deputy.scopes().contains(scope);
    if !rule.scopes.iter().any(has) {
        return Ok(Some(*first));
    }
    if rule.scopes != OWN || has(&HelpScope::SeeCases) {
        return Ok(None);
    }
    let row =
        sqlx::query("SELECT COUNT(*) FROM access_log WHERE citizen_id = $1 AND session = $2 AND action = 'report_sent' AND case_id = $3")
            .bind(citizen.as_str())
            .bind(deputy.session())
            .bind(case.unwrap_or_default())
            .fetch_one(crm.db.reader())
            .await?;
    Ok((row.try_get::<i64, _>(0)? == 0).then_some(*first))
}

/// Writes it down; nothing for a case that is not this citizen's, which does not exist.
async fn note(crm: &Crm, citizen: &CitizenId, deputy: &Deputy, (action, case): (Option<LogAction>, Option<&str>)) -> Result<()> {
    let Some(action) = action else { return Ok(()) };
    let mut change = crm.db.begin().await?;
    if let Some(case) = case {
        let own = sqlx::query("SELECT id FROM cases WHERE owner_id = $1 AND id = $2").bind(citizen.as_str()).bind(case);
        if own.fetch_optional(&mut *change).await?.is_none() {
            return Ok(());
        }
    }
    log::write(crm, &mut change, citizen, deputy.entry(action, case)).await?;
    Ok(change.commit().await?)
}

/// The case that an address names, if its pattern is one of a case.
pub fn case_in<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let at = pattern.split('/').position(|part| part == "{id}")?;
    let is_case = pattern.split('/').nth(at.checked_sub(1)?) == Some("cases");
    path.split('/').nth(at).filter(|id| is_case && crate::db::is_id(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_found_in_its_address_and_nothing_else_is() {
        assert_eq!(case_in(paths::DOCUMENT, "/api/v1/cases/0193-a/documents/0193-b"), Some("0193-a"));
        assert_eq!(case_in(paths::OFFICE_MOVES, "/api/v1/office/cases/0193-a/moves"), Some("0193-a"));
        assert_eq!(case_in(paths::ATTACHMENT, "/api/v1/attachments/0193-a"), None);
        assert_eq!(case_in(paths::CASE, "/api/v1/cases/%00"), None);
        assert_eq!(case_in(paths::CASES, "/api/v1/cases"), None);
    }

    #[test]
    fn no_operation_is_named_twice() {
        let all: Vec<&Rule> = RULES.iter().chain(&DESK).chain(&BEHALF).collect();
        for (index, rule) in all.iter().enumerate() {
            let again = all.iter().skip(index + 1).any(|other| other.method == rule.method && other.path == rule.path);
            assert!(!again, "{} {}", rule.method, rule.path);
        }
    }
}
