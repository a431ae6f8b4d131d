//! Notices of the office: told once to everybody who follows the topic, the street or a place that the area touches.
use super::{Wanted, following, has_topic, is_inside, middle};
use crate::db::{Change, decimal, new_id};
use crate::error::{Error, Result};
use crate::fold;
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::inbox::{self, Followed};
use crate::office::{GiveNotice, May, Officer};
use crate::state::Crm;
use crate::web::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contract::id::CitizenId;
use contract::inbox::MessageKind;
use contract::place::Point;
use contract::problem::FieldRule;
use contract::subscriptions::{NewNotice, Notice};
use contract::{FieldProblem, paths};
use sqlx::Row;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;
use std::time::Duration;

/// Followers told in one change.
pub const AT_ONCE: usize = 200;
/// Pause between two looks for followers who are still to be told.
const LOOK: Duration = Duration::from_secs(2);

/// Give notice to everybody who follows what it is about. The first are told at once, a whole town part by part.
#[utoipa::path(post, path = paths::OFFICE_NOTICES, operation_id = "office_notice", tag = "office", params(("idempotency-key" = String, Header)), security(("office" = [])),
    request_body = NewNotice, responses((status = 200, body = Notice), (status = "4XX", body = contract::Problem)))]
pub async fn give(State(crm): State<Crm>, officer: May<GiveNotice>, key: Key, Body(notice): Body<NewNotice>) -> Result<Response> {
    let problems = problems(&crm, &notice);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let once = Once::new(format!("office {} gives notice", officer.name()), key, &[&serde_json::to_vec(&notice)?]);
    match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let given = tell(&crm, &mut effect.change, &officer, &notice).await?;
            Ok(effect.done(Answer::ok(&given)?).await?.into_response())
        }
    }
}

fn problems(crm: &Crm, notice: &NewNotice) -> Vec<FieldProblem> {
    let mut problems = notice.problems();
    if !has_topic(crm, &notice.topic) {
        problems.push(FieldProblem::new("topic", FieldRule::NotAChoice));
    }
    if notice.area.as_ref().is_some_and(|area| !is_inside(crm, area)) {
        problems.push(FieldProblem::new("area.lat", FieldRule::OutsideTown));
    }
    if crm.clock.today().days_until(&notice.until).is_none_or(|days| days < 0) {
        problems.push(FieldProblem::new("until", FieldRule::NotAChoice));
    }
    problems
}

async fn tell(crm: &Crm, change: &mut Change, officer: &Officer, notice: &NewNotice) -> Result<Notice> {
    let id = new_id();
    sqlx::query(
        "INSERT INTO notices (id, officer, topic, street, lon, lat, radius_m, title, text, link, until_on, created_at)
         VALUES ($1, $2, $3, $4, CAST($5 AS DOUBLE PRECISION), CAST($6 AS DOUBLE PRECISION), $7, $8, $9, $10, $11, $12)",
    )
    .bind(&id)
    .bind(officer.name())
    .bind(&notice.topic)
    .bind(notice.street.trim())
    .bind(decimal(notice.area.as_ref().map(|area| area.lon)))
    .bind(decimal(notice.area.as_ref().map(|area| area.lat)))
    .bind(notice.area.as_ref().map_or(0, |area| i64::from(area.radius_m)))
    .bind(notice.title.trim())
    .bind(notice.text.trim())
    .bind(&notice.link)
    .bind(&notice.until.0)
    .bind(crm.clock.utc().0)
    .execute(&mut **change)
    .await?;
    let what = What {
        topic: notice.topic.clone(),
        street: fold::fold(&notice.street),
        point: notice.area.as_ref().map(middle),
        reach_m: notice.area.as_ref().map_or(0, |area| area.radius_m),
        title: notice.title.trim().to_owned(),
        text: notice.text.trim().to_owned(),
        id,
    };
    let followers = followers(change, &what).await?;
    tell_some(crm, change, &what, followers.iter()).await?;
    Ok(Notice { id: what.id, told: u32::try_from(followers.len()).unwrap_or(u32::MAX) })
}

/// What is told, and whom it is for.
struct What {
    id: String,
    topic: String,
    street: String,
    point: Option<Point>,
    reach_m: u32,
    title: String,
    text: String,
}

/// Everybody who follows it, in the order of their identifiers.
async fn followers(change: &mut Change, what: &What) -> Result<BTreeSet<CitizenId>> {
    let wanted = Wanted { topic: &what.topic, street: &what.street, point: what.point, reach_m: what.reach_m };
    Ok(following(change, &wanted).await?.into_iter().map(|(citizen, _)| citizen).collect())
}

/// Tells the next ones, and remembers behind whom the others are: one change for a whole town would hold the database too long.
async fn tell_some(crm: &Crm, change: &mut Change, what: &What, mut followers: impl Iterator<Item = &CitizenId>) -> Result<()> {
    let mut last = None;
    for citizen in followers.by_ref().take(AT_ONCE) {
        let told = Followed::Notice(&what.id, &what.text);
        inbox::tell_subscriber(crm, change, citizen, (MessageKind::Notice, &what.title), told).await?;
        last = Some(citizen);
    }
    let spread_from = last.filter(|_| followers.next().is_some());
    sqlx::query("UPDATE notices SET spread_from = $1 WHERE id = $2")
        .bind(spread_from.map(CitizenId::as_str))
        .bind(&what.id)
        .execute(&mut **change)
        .await?;
    Ok(())
}

/// Tells the others, part by part, for ever.
pub async fn keep_spreading(crm: Crm) {
    loop {
        match spread(&crm).await {
            Ok(0) => tokio::time::sleep(LOOK).await,
            Ok(_) => {}
            Err(error) => {
                tracing::error!("notices: {error}");
                tokio::time::sleep(LOOK).await;
            }
        }
    }
}

/// One part of every notice that has followers left to be told. How many notices those were.
///
/// # Errors
/// When the database fails.
pub async fn spread(crm: &Crm) -> Result<usize> {
    let left = sqlx::query("SELECT id FROM notices WHERE spread_from IS NOT NULL ORDER BY id").fetch_all(crm.db.reader()).await?;
    for row in &left {
        let mut change = crm.db.begin().await?;
        // Its own until this change ends: of two processes, the second sees how far the first has come.
        let row = sqlx::query(
            "UPDATE notices SET spread_from = spread_from WHERE id = $1 AND spread_from IS NOT NULL
             RETURNING id, topic, street, lon, lat, radius_m, title, text, spread_from",
        )
        .bind(row.try_get::<&str, _>("id")?)
        .fetch_optional(&mut *change)
        .await?;
        let Some(row) = row else { continue };
        let what = what_of(&row)?;
        let from: String = row.try_get("spread_from")?;
        let followers = followers(&mut change, &what).await?;
        tell_some(crm, &mut change, &what, followers.iter().filter(|citizen| citizen.0 > from)).await?;
        change.commit().await?;
    }
    Ok(left.len())
}

fn what_of(row: &AnyRow) -> Result<What> {
    let point = match (row.try_get("lon")?, row.try_get("lat")?) {
        (Some(lon), Some(lat)) => Some(Point { lon, lat, accuracy_m: None }),
        _ => None,
    };
    Ok(What {
        id: row.try_get("id")?,
        topic: row.try_get("topic")?,
        street: fold::fold(row.try_get("street")?),
        point,
        reach_m: u32::try_from(row.try_get::<i64, _>("radius_m")?).unwrap_or_default(),
        title: row.try_get("title")?,
        text: row.try_get("text")?,
    })
}
