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
use contract::inbox::MessageKind;
use contract::problem::FieldRule;
use contract::subscriptions::{NewNotice, Notice};
use contract::{FieldProblem, paths};
use std::collections::BTreeSet;

/// Give notice to everybody who follows what it is about.
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
    let street = fold::fold(&notice.street);
    let wanted = Wanted {
        topic: &notice.topic,
        street: &street,
        point: notice.area.as_ref().map(middle),
        reach_m: notice.area.as_ref().map_or(0, |area| area.radius_m),
    };
    let mut told = BTreeSet::new();
    for (citizen, _) in following(change, &wanted).await? {
        if told.insert(citizen.clone()) {
            let what = Followed::Notice(&id, notice.text.trim());
            inbox::tell_subscriber(crm, change, &citizen, (MessageKind::Notice, notice.title.trim()), what).await?;
        }
    }
    Ok(Notice { id, told: u32::try_from(told.len()).unwrap_or(u32::MAX) })
}
