//! What everybody may see of a street report: by itself only its category, place and state; the rest as the office says.
use crate::db::{Change, is_id, new_id};
use crate::error::{Error, Result};
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::office::{May, PublishReports, ReadCases};
use crate::state::Crm;
use crate::web::{self, At, Body, NO_STORE};
use crate::{public_reports, subscriptions};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use contract::cases::Case;
use contract::dictionary::StateCode;
use contract::id::{AttachmentId, CaseId, PublicReportId};
use contract::office::{PUBLIC_TEXT_CHARS_MAX, Publication};
use contract::problem::FieldRule;
use contract::public_reports::PublicReportDetails;
use contract::{FieldProblem, paths, personal, text};
use sqlx::Row;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::OFFICE_PUBLICATION, post(publish)).route(paths::OFFICE_CASE, axum::routing::get(case))
}

/// Everything about a case, as an officer must see it before saying what is fit for everybody.
#[utoipa::path(get, path = paths::OFFICE_CASE, operation_id = "office_case", tag = "office", params(("id" = String, Path), web::InLanguage), security(("office" = [])),
    responses((status = 200, body = Case), (status = "4XX", body = contract::Problem)))]
async fn case(
    State(crm): State<Crm>,
    _: May<ReadCases>,
    At(id): At<CaseId>,
    web::Asked(words): web::Asked<web::InLanguage>,
    asked: HeaderMap,
) -> Result<Response> {
    let owner = crate::cases::owner(&crm, &id).await?;
    web::tagged(&asked, NO_STORE, &crate::cases::find(&crm, &owner, &id, &words.language).await?)
}

/// Say what everybody may see of a street report; the last word holds.
#[utoipa::path(post, path = paths::OFFICE_PUBLICATION, operation_id = "office_publication", tag = "office", params(("id" = String, Path), ("idempotency-key" = String, Header)), security(("office" = [])),
    request_body = Publication,
    responses((status = 200, body = PublicReportDetails), (status = 204, description = "Kept; the report is not public"), (status = "4XX", body = contract::Problem)))]
async fn publish(
    State(crm): State<Crm>,
    officer: May<PublishReports>,
    At(id): At<CaseId>,
    key: Key,
    Body(publication): Body<Publication>,
) -> Result<Response> {
    let problems = problems(&publication);
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    let once = Once::new(format!("office {} publishes {id}", officer.name()), key, &[&serde_json::to_vec(&publication)?]);
    let report = match once.begin(&crm, Kept::Days).await? {
        Begun::Before(answer) => return Ok(answer.into_response()),
        Begun::First(mut effect) => {
            let seen_before = subscriptions::seen(&crm, &mut effect.change, &id).await?;
            let report = apply(&mut effect.change, &id, &publication).await?;
            subscriptions::tell(&crm, &mut effect.change, &id, seen_before).await?;
            effect.done(Answer::ok(&serde_json::json!({ "id": report.as_str() }))?).await?;
            report
        }
    };
    match public_reports::find(&crm, &report).await {
        Ok(details) => web::tagged(&HeaderMap::new(), NO_STORE, &details),
        Err(Error::NotFound) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => Err(error),
    }
}

fn problems(publication: &Publication) -> Vec<FieldProblem> {
    let mut problems = text::problems("text", &publication.text, false, PUBLIC_TEXT_CHARS_MAX);
    if !personal::find(&publication.text).is_empty() {
        problems.push(FieldProblem::new("text", FieldRule::PersonalData));
    }
    problems
}

/// Makes the public side of a report what the office says, and makes it at all when there is none yet.
///
/// # Errors
/// [`Error::NotFound`] when the case is no street report, [`Error::Invalid`] for a photo that is not the report's.
pub async fn apply(change: &mut Change, case: &CaseId, publication: &Publication) -> Result<PublicReportId> {
    let row =
        sqlx::query("SELECT c.title, r.details, r.street, r.house_number FROM cases c JOIN reports r ON r.case_id = c.id WHERE c.id = $1")
            .bind(case.as_str())
            .fetch_optional(&mut **change)
            .await?
            .ok_or(Error::NotFound)?;
    let approved = |text: String| if publication.citizen_text && personal::find(&text).is_empty() { text } else { String::new() };
    let street = format!("{} {}", row.try_get::<String, _>("street")?, row.try_get::<String, _>("house_number")?);
    let own = publication.text.trim();
    let text = if own.is_empty() { approved(row.try_get("details")?) } else { own.to_owned() };
    let id: String = sqlx::query(
        "INSERT INTO public_reports (id, case_id, title, text, street, hidden) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (case_id) DO UPDATE SET title = excluded.title, text = excluded.text, street = excluded.street,
            hidden = excluded.hidden RETURNING id",
    )
    .bind(new_id())
    .bind(case.as_str())
    .bind(approved(row.try_get("title")?))
    .bind(text)
    .bind(approved(street.trim().to_owned()))
    .bind(i64::from(publication.hidden))
    .fetch_one(&mut **change)
    .await?
    .try_get(0)?;
    let report = PublicReportId(id);
    put_photos(change, case, &report, &publication.photos).await?;
    Ok(report)
}

/// Only the approved photos stay; one that stays keeps its identifier.
async fn put_photos(change: &mut Change, case: &CaseId, report: &PublicReportId, photos: &[AttachmentId]) -> Result<()> {
    let mut problems = Vec::new();
    sqlx::query("UPDATE public_photos SET position = -1 WHERE report_id = $1").bind(report.as_str()).execute(&mut **change).await?;
    for (index, photo) in photos.iter().enumerate() {
        let put = sqlx::query(
            "INSERT INTO public_photos (id, report_id, attachment_id, position)
             SELECT $1, $2, a.id, $3 FROM attachments a WHERE a.id = $4 AND a.case_id = $5 AND a.kind = 'photo' AND a.state = 'ready'
             ON CONFLICT (report_id, attachment_id) DO UPDATE SET position = excluded.position",
        )
        .bind(new_id())
        .bind(report.as_str())
        .bind(i64::try_from(index).unwrap_or_default())
        .bind(Some(photo.as_str()).filter(|id| is_id(id)).unwrap_or_default())
        .bind(case.as_str())
        .execute(&mut **change)
        .await?;
        if put.rows_affected() == 0 {
            problems.push(FieldProblem::new(format!("photos.{index}"), FieldRule::NotFound));
        }
    }
    sqlx::query("DELETE FROM public_photos WHERE report_id = $1 AND position = -1").bind(report.as_str()).execute(&mut **change).await?;
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// A street report that comes into a public state is public from then on, with nothing of the citizen's words. Other cases
/// and states change nothing.
///
/// # Errors
/// When the database fails.
pub async fn on_move(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode) -> Result<()> {
    if !crm.reference.town.public_states.contains(state) {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO public_reports (id, case_id, title, text, street, hidden)
         SELECT $1, r.case_id, '', '', '', 0 FROM reports r WHERE r.case_id = $2 ON CONFLICT (case_id) DO NOTHING",
    )
    .bind(new_id())
    .bind(case.as_str())
    .execute(&mut **change)
    .await?;
    Ok(())
}
