//! What a citizen follows: a street, an area, a topic; and what is told them of it, each thing once.
pub mod notices;

use crate::db::{Change, decimal, new_id};
use crate::error::{Error, Result};
use crate::inbox::{self, Followed};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, Body, InLanguage, NO_STORE};
use crate::{fold, public_reports, word};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId, SubscriptionId};
use contract::inbox::MessageKind;
use contract::place::Point;
use contract::problem::FieldRule;
use contract::subscriptions::{
    Area, NewSubscription, RADIUS_METRES, SUBSCRIPTIONS_MAX, Subscription, SubscriptionKind, Subscriptions, Topic,
};
use contract::{FieldProblem, UtcTime, paths};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

/// The columns that [`subscription`] reads.
pub(crate) const COLUMNS: &str = "id, citizen_id, kind, name, lon, lat, radius_m, since";

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new()
        .route(paths::SUBSCRIPTIONS, get(mine).post(follow))
        .route(paths::SUBSCRIPTION, delete(unfollow))
        .route(paths::OFFICE_NOTICES, post(notices::give))
}

/// What I follow, followed last first, and the topics there are.
#[utoipa::path(get, path = paths::SUBSCRIPTIONS, operation_id = "subscriptions", tag = "subscriptions", params(InLanguage),
    responses((status = 200, body = Subscriptions), (status = "4XX", body = contract::Problem)))]
async fn mine(State(crm): State<Crm>, citizen: Citizen, Asked(words): Asked<InLanguage>, asked: HeaderMap) -> Result<Response> {
    let rows = sqlx::query(&format!("SELECT {COLUMNS} FROM subscriptions WHERE citizen_id = $1 ORDER BY since DESC, id DESC"))
        .bind(citizen.id.as_str())
        .fetch_all(crm.db.reader())
        .await?;
    let items = rows.iter().map(subscription).collect::<Result<_>>()?;
    let language = words.language.split('-').next().unwrap_or_default();
    let name = |names: &std::collections::BTreeMap<String, String>| names.get(language).or_else(|| names.get("it")).cloned();
    let topics = crm.reference.town.topics.iter();
    let topics = topics.map(|topic| Topic { code: topic.code.clone(), name: name(&topic.names).unwrap_or_default() }).collect();
    web::tagged(&asked, NO_STORE, &Subscriptions { items, topics })
}

/// Follow a street, an area or a topic. Following it twice is following it once.
#[utoipa::path(post, path = paths::SUBSCRIPTIONS, operation_id = "subscribe", tag = "subscriptions", request_body = NewSubscription,
    responses((status = 200, body = Subscription), (status = "4XX", body = contract::Problem)))]
async fn follow(State(crm): State<Crm>, citizen: Citizen, Body(new): Body<NewSubscription>) -> Result<Json<Subscription>> {
    let problems = problems(&crm, &new);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let (target, name, street_key) = target(&new)?;
    let area = new.area.filter(|_| new.kind == SubscriptionKind::Area);
    let mut change = crm.db.begin().await?;
    // The citizen's row first: two devices that follow at once are counted one after the other.
    sqlx::query("UPDATE citizens SET events = events WHERE id = $1").bind(citizen.id.as_str()).execute(&mut *change).await?;
    sqlx::query(
        "INSERT INTO subscriptions (id, citizen_id, kind, target, name, street_key, lon, lat, radius_m, since)
         VALUES ($1, $2, $3, $4, $5, $6, CAST($7 AS DOUBLE PRECISION), CAST($8 AS DOUBLE PRECISION), $9, $10) ON CONFLICT (citizen_id, target) DO NOTHING",
    )
    .bind(new_id())
    .bind(citizen.id.as_str())
    .bind(word::to(&new.kind)?)
    .bind(&target)
    .bind(name)
    .bind(street_key)
    .bind(decimal(area.as_ref().map(|area| area.lon)))
    .bind(decimal(area.as_ref().map(|area| area.lat)))
    .bind(area.as_ref().map_or(0, |area| i64::from(area.radius_m)))
    .bind(crm.clock.utc().0)
    .execute(&mut *change)
    .await?;
    let count: i64 = sqlx::query("SELECT COUNT(*) FROM subscriptions WHERE citizen_id = $1")
        .bind(citizen.id.as_str())
        .fetch_one(&mut *change)
        .await?
        .try_get(0)?;
    if usize::try_from(count).unwrap_or(usize::MAX) > SUBSCRIPTIONS_MAX {
        return Err(Error::Invalid(vec![FieldProblem::new("kind", FieldRule::TooManyItems).with("max", SUBSCRIPTIONS_MAX)]));
    }
    let row = sqlx::query(&format!("SELECT {COLUMNS} FROM subscriptions WHERE citizen_id = $1 AND target = $2"))
        .bind(citizen.id.as_str())
        .bind(&target)
        .fetch_one(&mut *change)
        .await?;
    change.commit().await?;
    Ok(Json(subscription(&row)?))
}

/// What tells one thing from another, what it is called, and the folded name of a street.
fn target(new: &NewSubscription) -> Result<(String, String, String)> {
    match (new.kind, &new.area) {
        (SubscriptionKind::Street, _) => {
            let key = fold::fold(&new.street);
            Ok((format!("street:{key}"), new.street.trim().to_owned(), key))
        }
        (SubscriptionKind::Topic, _) => Ok((format!("topic:{}", new.topic), new.topic.clone(), String::new())),
        // Five decimals of a degree are about a metre.
        (SubscriptionKind::Area, Some(area)) => {
            Ok((format!("area:{:.5},{:.5},{}", area.lon, area.lat, area.radius_m), area.name.trim().to_owned(), String::new()))
        }
        _ => Err(Error::field("kind", FieldRule::NotAChoice)),
    }
}

fn problems(crm: &Crm, new: &NewSubscription) -> Vec<FieldProblem> {
    let mut problems = new.problems();
    let needs = |field: &str, rule| FieldProblem::new(field, rule);
    match new.kind {
        // A street whose name has neither letter nor digit would be followed by nobody's reports.
        SubscriptionKind::Street if problems.is_empty() && fold::fold(&new.street).is_empty() => {
            problems.push(needs("street", FieldRule::Required));
        }
        SubscriptionKind::Topic if !has_topic(crm, &new.topic) => problems.push(needs("topic", FieldRule::NotAChoice)),
        SubscriptionKind::Area if !new.area.as_ref().is_none_or(|area| is_inside(crm, area)) => {
            problems.push(needs("area.lat", FieldRule::OutsideTown));
        }
        _ => {}
    }
    problems
}

fn has_topic(crm: &Crm, code: &str) -> bool {
    crm.reference.town.topics.iter().any(|topic| topic.code == code)
}

fn is_inside(crm: &Crm, area: &Area) -> bool {
    crm.reference.boundary.as_ref().is_none_or(|boundary| boundary.contains(middle(area)))
}

fn middle(area: &Area) -> Point {
    Point { lon: area.lon, lat: area.lat, accuracy_m: None }
}

/// No longer. What is gone already is gone.
#[utoipa::path(delete, path = paths::SUBSCRIPTION, operation_id = "unsubscribe", tag = "subscriptions", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = contract::Problem)))]
async fn unfollow(State(crm): State<Crm>, citizen: Citizen, At(id): At<SubscriptionId>) -> Result<StatusCode> {
    let mut change = crm.db.begin().await?;
    let gone = sqlx::query("DELETE FROM subscriptions WHERE citizen_id = $1 AND id = $2")
        .bind(citizen.id.as_str())
        .bind(id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    if gone.rows_affected() == 0 { Err(Error::NotFound) } else { Ok(StatusCode::NO_CONTENT) }
}

/// A row as the contract says it.
pub(crate) fn subscription(row: &AnyRow) -> Result<Subscription> {
    let kind = word::from(row.try_get("kind")?)?;
    let name: String = row.try_get("name")?;
    let area = match (row.try_get("lon")?, row.try_get("lat")?) {
        (Some(lon), Some(lat)) if kind == SubscriptionKind::Area => {
            Some(Area { name: name.clone(), lon, lat, radius_m: u32::try_from(row.try_get::<i64, _>("radius_m")?).unwrap_or_default() })
        }
        _ => None,
    };
    let name = if area.is_some() { String::new() } else { name };
    Ok(Subscription { id: SubscriptionId(row.try_get("id")?), kind, name, area, since: UtcTime(row.try_get("since")?) })
}

/// How everybody sees the report behind a case, if it is one.
#[derive(Clone, Debug)]
pub struct Seen {
    report: String,
    owner: CitizenId,
    title: String,
    street: String,
    point: Option<Point>,
    state: StateCode,
    is_shown: bool,
    is_closed: bool,
}

/// How everybody sees the report behind a case now. Nothing when it has no public side.
///
/// # Errors
/// When the database fails.
pub async fn seen(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<Option<Seen>> {
    let row = sqlx::query(&format!(
        "SELECT p.id, p.title, p.hidden, c.owner_id, c.state, c.phase, r.street, r.lon, r.lat FROM {} WHERE p.case_id = $1",
        public_reports::TABLES
    ))
    .bind(case.as_str())
    .fetch_optional(&mut **change)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state = StateCode(row.try_get("state")?);
    let point = match (row.try_get("lon")?, row.try_get("lat")?) {
        (Some(lon), Some(lat)) => Some(Point { lon, lat, accuracy_m: None }),
        _ => None,
    };
    Ok(Some(Seen {
        report: row.try_get("id")?,
        owner: CitizenId(row.try_get("owner_id")?),
        title: row.try_get("title")?,
        // Everybody may see the point. A street of which only words are known is the citizen's own, until it is published.
        street: if point.is_some() { fold::fold(row.try_get("street")?) } else { String::new() },
        point,
        is_shown: row.try_get::<i64, _>("hidden")? == 0 && crm.reference.town.public_states.contains(&state),
        is_closed: word::from::<Phase>(row.try_get("phase")?)? == Phase::Closed,
        state,
    }))
}

/// Tells who follows the street or the area that a report has become public, or is closed. `before` is how it was seen before this
/// change. Not its author, and of a closing not who follows the report itself: they hear of it as such.
///
/// # Errors
/// When the database fails.
pub async fn tell(crm: &Crm, change: &mut Change, case: &CaseId, before: Option<Seen>) -> Result<()> {
    let Some(now) = seen(crm, change, case).await?.filter(|now| now.is_shown) else { return Ok(()) };
    let was_shown = before.as_ref().is_some_and(|before| before.is_shown);
    let was_closed = before.is_some_and(|before| before.is_closed);
    let kind = match (was_shown, now.is_closed) {
        (false, false) => MessageKind::StreetReport,
        (false, true) => MessageKind::StreetClosed,
        (true, true) if !was_closed => MessageKind::StreetClosed,
        _ => return Ok(()),
    };
    let rows = sqlx::query("SELECT citizen_id FROM follows WHERE report_id = $1").bind(&now.report).fetch_all(&mut **change).await?;
    let mut told = BTreeSet::from([now.owner.clone()]);
    for row in rows {
        told.insert(CitizenId(row.try_get(0)?));
    }
    for (citizen, place) in following(change, &Wanted { topic: "", street: &now.street, point: now.point, reach_m: 0 }).await? {
        if told.insert(citizen.clone()) {
            let parts = [place, now.title.clone()];
            let title = parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(" · ");
            let what = Followed::Report(&now.report, &now.state);
            inbox::tell_subscriber(crm, change, &citizen, (kind, &title), what).await?;
        }
    }
    Ok(())
}

/// What is looked for among all subscriptions: each member that is given finds those of its kind.
struct Wanted<'a> {
    topic: &'a str,
    /// A folded name.
    street: &'a str,
    point: Option<Point>,
    /// How far the thing itself reaches around its point, in metres.
    reach_m: u32,
}

/// Who follows something of what is wanted, and what they call it; whoever follows it in several ways is there several times, the oldest
/// way first.
async fn following(change: &mut Change, wanted: &Wanted<'_>) -> Result<Vec<(CitizenId, String)>> {
    let [_, most] = RADIUS_METRES;
    // A band around the circle first, which an index can find; one degree of latitude is never shorter than 110 km.
    let high = f64::from(most + wanted.reach_m) / 110_000.0;
    let lat = wanted.point.map(|point| point.lat);
    let rows = sqlx::query(&format!(
        "SELECT {COLUMNS} FROM subscriptions WHERE kind = 'topic' AND target = $1 OR kind = 'street' AND street_key = $2 AND street_key <> ''
            OR kind = 'area' AND lat BETWEEN CAST($3 AS DOUBLE PRECISION) AND CAST($4 AS DOUBLE PRECISION) ORDER BY since, id"
    ))
    .bind(format!("topic:{}", wanted.topic))
    .bind(wanted.street)
    .bind(decimal(lat.map(|lat| lat - high)))
    .bind(decimal(lat.map(|lat| lat + high)))
    .fetch_all(&mut **change)
    .await?;
    let mut found = Vec::new();
    for row in &rows {
        let subscription = subscription(row)?;
        if let (Some(area), Some(point)) = (&subscription.area, wanted.point)
            && public_reports::metres(middle(area), point) > f64::from(area.radius_m + wanted.reach_m)
        {
            continue;
        }
        let called = subscription.area.map_or(subscription.name, |area| area.name);
        found.push((CitizenId(row.try_get("citizen_id")?), called));
    }
    Ok(found)
}
