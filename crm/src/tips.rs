//! Tips: the rules of the town that hold for a citizen today, with the reason, but for those that the citizen has switched off.
mod facts;
pub mod rules;

use crate::db::Change;
use crate::error::{Error, Result};
use crate::my_data::choices;
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage, NO_STORE};
use crate::words::Words;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use contract::id::CitizenId;
use contract::my_data::{Place, Subject};
use contract::paths;
use contract::tips::{TIPS_MAX, Tip, TipLink, TipPage, Tips};
use rules::{Held, Rule};
use sqlx::Row;
use std::collections::BTreeSet;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::TIPS, get(mine))
        .route(paths::TIPS_OFF, post(none))
        .route(paths::TIPS_ON, post(again))
        .route(paths::TIP_OFF, post(off))
        .route(paths::TIP_ON, post(on))
}

/// What the town can tell me today.
#[utoipa::path(get, path = paths::TIPS, operation_id = "tips", tag = "tips", params(InLanguage),
    responses((status = 200, body = Tips), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, Asked(words): Asked<InLanguage>, asked: HeaderMap) -> Result<Response> {
    let facts = facts::of(&crm, &citizen.id).await?;
    let off = switched_off(&crm, &citizen.id).await?;
    let today = crm.clock.today();
    let rules = crm.reference.tips.iter().filter(|rule| !facts.wants_none && !off.contains(&rule.key));
    let held = rules.filter_map(|rule| Some((rule, rule.holds(&facts, &today)?))).take(TIPS_MAX);
    let tips = held.map(|(rule, held)| tip(rule, &held, &words.language)).collect::<Result<_>>()?;
    let known = crm.reference.tips.iter().filter(|rule| off.contains(&rule.key));
    web::tagged(&asked, NO_STORE, &Tips { on: !facts.wants_none, tips, off: known.map(|rule| rule.key.clone()).collect() })
}

/// A rule that holds, in words.
fn tip(rule: &Rule, held: &Held<'_>, language: &str) -> Result<Tip> {
    let (language, words) = rule.words(language).ok_or_else(|| Error::Internal(format!("tip {} has no words", rule.key)))?;
    let mut values = Vec::new();
    if let Some((day, passed)) = &held.day {
        values.push(("{day}", Words::of(language)?.day(day)?));
        values.push(("{days}", passed.abs().to_string()));
    }
    values.extend(held.age.map(|age| ("{age}", age.to_string())));
    // Last: what a person has written is filled in by nothing.
    values.extend(held.case.map(|case| ("{title}", case.title.clone())));
    let fill = |text: &str| values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(name, value));
    let case = held.case.filter(|_| rule.link.page == TipPage::Case).map(|case| case.id.clone());
    Ok(Tip {
        key: rule.key.clone(),
        title: fill(&words.title),
        what: fill(&words.what),
        why: fill(&words.why),
        language: language.to_owned(),
        link: TipLink { text: fill(&words.link), page: rule.link.page, case, url: rule.link.url.clone() },
    })
}

async fn switched_off(crm: &Crm, citizen: &CitizenId) -> Result<BTreeSet<String>> {
    let rows = sqlx::query("SELECT key FROM tips_off WHERE citizen_id = $1").bind(citizen.as_str()).fetch_all(crm.db.reader()).await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
}

/// Never show me this tip again. Saying it twice is saying it once.
#[utoipa::path(post, path = paths::TIP_OFF, operation_id = "tip_off", tag = "tips", params(("key" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn off(State(crm): State<Crm>, citizen: Citizen, At(key): At<String>) -> Result<StatusCode> {
    known(&crm, &key)?;
    let mut change = crm.db.begin().await?;
    sqlx::query("INSERT INTO tips_off (citizen_id, key, off_at) VALUES ($1, $2, $3) ON CONFLICT (citizen_id, key) DO NOTHING")
        .bind(citizen.id.as_str())
        .bind(&key)
        .bind(crm.clock.utc().0)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show me this tip again.
#[utoipa::path(post, path = paths::TIP_ON, operation_id = "tip_on", tag = "tips", params(("key" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn on(State(crm): State<Crm>, citizen: Citizen, At(key): At<String>) -> Result<StatusCode> {
    known(&crm, &key)?;
    let mut change = crm.db.begin().await?;
    sqlx::query("DELETE FROM tips_off WHERE citizen_id = $1 AND key = $2")
        .bind(citizen.id.as_str())
        .bind(&key)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn known(crm: &Crm, key: &str) -> Result<()> {
    crm.reference.tips.iter().any(|rule| rule.key == key).then_some(()).ok_or(Error::NotFound)
}

/// Show me no tips.
#[utoipa::path(post, path = paths::TIPS_OFF, operation_id = "tips_off", tag = "tips",
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn none(State(crm): State<Crm>, citizen: Citizen) -> Result<StatusCode> {
    wants(&crm, &citizen.id, false).await
}

/// Show me tips again, but for those that I have switched off one by one.
#[utoipa::path(post, path = paths::TIPS_ON, operation_id = "tips_on", tag = "tips",
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn again(State(crm): State<Crm>, citizen: Citizen) -> Result<StatusCode> {
    wants(&crm, &citizen.id, true).await
}

async fn wants(crm: &Crm, citizen: &CitizenId, wants: bool) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    want(crm, &mut change, citizen, (wants, Place::Tips)).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Somebody wants tips, or none; where they have said so.
///
/// # Errors
/// When the database fails.
pub async fn want(crm: &Crm, change: &mut Change, citizen: &CitizenId, (wants, place): (bool, Place)) -> Result<()> {
    let changed = sqlx::query("UPDATE citizens SET tips_off = $1 WHERE id = $2 AND tips_off <> $1")
        .bind(i64::from(!wants))
        .bind(citizen.as_str())
        .execute(&mut **change)
        .await?;
    if changed.rows_affected() == 0 {
        return Ok(());
    }
    choices::said(crm, change, citizen, Subject::Tips, (wants, place)).await
}

/// Whether somebody wants tips at all.
///
/// # Errors
/// When the database fails.
pub async fn are_wanted(crm: &Crm, citizen: &CitizenId) -> Result<bool> {
    let row = sqlx::query("SELECT tips_off FROM citizens WHERE id = $1").bind(citizen.as_str()).fetch_optional(crm.db.reader()).await?;
    Ok(row.ok_or(Error::SignedOut)?.try_get::<i64, _>(0)? == 0)
}
