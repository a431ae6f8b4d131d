//! A person's whole story: every step that happened in all of their cases, newest first.
use crate::cases;
use crate::conditions::Conditions;
use crate::error::{Error, Result};
use crate::fold;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, NO_STORE};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use contract::cases::CaseNumber;
use contract::dictionary::KindCode;
use contract::id::CaseId;
use contract::problem::FieldRule;
use contract::story::{StoryEntry, StoryQuery};
use contract::{Page, paths};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::STORY, get(story))
}

/// Everything that happened in my cases, newest first.
#[utoipa::path(get, path = paths::STORY, operation_id = "story", tag = "cases", params(StoryQuery),
    responses((status = 200, body = Page<StoryEntry>), (status = "4XX", body = contract::Problem)))]
async fn story(State(crm): State<Crm>, citizen: Citizen, Asked(query): Asked<StoryQuery>, asked: HeaderMap) -> Result<Response> {
    let limit = query.limit.unwrap_or(20).clamp(1, 100);
    let mut wanted = Conditions::default();
    wanted.equal("c.owner_id", citizen.id.as_str());
    wanted.plain("s.happened_at IS NOT NULL");
    if let Some(only) = citizen.only_case() {
        wanted.equal("c.id", only.as_str());
    }
    for word in fold::words(query.q.as_deref().unwrap_or_default()) {
        let (states, kinds) = (crm.reference.states_with(&word), crm.reference.kinds_with(&word));
        wanted.word(&word, &["c.search_text", "o.search_text"], &[("s.state", &states), ("c.kind", &kinds)]);
    }
    if let Some(after) = &query.after {
        let place = cases::read_cursor(after).and_then(|(at, step)| {
            let (case, position) = step.rsplit_once('-').map(|(case, position)| (case.to_owned(), position.parse::<u32>()))?;
            Some((at, case, position.ok()?))
        });
        let (at, case, position) = place.ok_or_else(|| Error::field("after", FieldRule::NotAChoice))?;
        wanted.behind_step("(s.happened_at, s.case_id, s.position)", (&at, &case), position);
    }
    let sql = format!(
        "SELECT s.kind AS step_kind, s.state, s.happened_at, s.expected_on, s.note, s.by_citizen, s.office_name, s.channel, s.position, s.by_delegate,
                c.id, c.number, c.kind AS case_kind, c.title
         FROM steps s JOIN cases c ON c.id = s.case_id JOIN offices o ON o.key = c.office_key {}
         ORDER BY s.happened_at DESC, s.case_id DESC, s.position DESC",
        wanted.sql()
    );
    let mut rows = wanted.rows(&crm, &sql, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = match rows.last() {
        Some(last) if more => {
            let step = format!("{}-{}", last.try_get::<&str, _>("id")?, last.try_get::<i64, _>("position")?);
            Some(cases::cursor(last.try_get("happened_at")?, &step))
        }
        _ => None,
    };
    web::tagged(&asked, NO_STORE, &Page { items: rows.iter().map(entry).collect::<Result<_>>()?, next })
}

fn entry(row: &AnyRow) -> Result<StoryEntry> {
    Ok(StoryEntry {
        case: CaseId(row.try_get("id")?),
        number: CaseNumber(row.try_get("number")?),
        kind: KindCode(row.try_get("case_kind")?),
        title: row.try_get("title")?,
        step: cases::step(row, "step_kind")?,
    })
}
