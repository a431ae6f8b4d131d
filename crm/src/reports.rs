//! Street reports: the form, sending one, and reading it again as part of its case.
use crate::attachments::{self, HeldBy, Holder};
use crate::cases::{self, Happening, SUMMARY, expect_work, happen};
use crate::clock::{self, day, days_after, utc};
use crate::credential::Author;
use crate::db::{Change, decimal, is_id, new_id};
use crate::error::{Error, Result};
use crate::help_desk::shown;
use crate::idempotency::{Answer, Begun, Kept, Key, Once};
use crate::reference::{BASE_LANGUAGE, STREET_REPORT, SUBMITTED};
use crate::state::Crm;
use crate::web::{self, Asked, Body, InLanguage, PUBLIC};
use crate::{drafts, fold, forwarding, inbox, notices, number};
use axum::Router;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use contract::attachments::AttachmentKind;
use contract::cases::{CaseNumber, CaseSummary, Channel, StepKind};
use contract::dictionary::StateCode;
use contract::help_desk::{LogAction, Updates};
use contract::id::{AttachmentId, CaseId, CitizenId, DraftId};
use contract::inbox::MessageKind;
use contract::place::{Place, Point};
use contract::problem::FieldRule;
use contract::reports::{AnsweredField, Category, CategoryCode, NewReport, ReportDetails, ReportForm};
use contract::{FieldProblem, UtcTime, paths};
use sqlx::Row;
use std::collections::BTreeMap;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::REPORT_FORM, get(form)).route(paths::REPORTS, post(send))
}

/// What the report form asks.
#[utoipa::path(get, path = paths::REPORT_FORM, operation_id = "report_form", tag = "reference", params(InLanguage), responses((status = 200, body = ReportForm), (status = "4XX", body = contract::Problem)))]
async fn form(State(crm): State<Crm>, Asked(asked): Asked<InLanguage>, headers: HeaderMap) -> Result<Response> {
    web::tagged(&headers, PUBLIC, form_in(&crm, &asked.language)?)
}

/// The form in a language.
///
/// # Errors
/// When the town has none.
pub fn form_in<'a>(crm: &'a Crm, language: &str) -> Result<&'a ReportForm> {
    crm.reference.form(language).ok_or_else(|| Error::Internal("no report form".to_owned()))
}

/// Send a report: it becomes a case.
#[utoipa::path(post, path = paths::REPORTS, operation_id = "report_send", tag = "reports", security(("session" = []), ("send_only" = [])), params(("idempotency-key" = String, Header)), request_body = NewReport,
    responses((status = 201, body = CaseSummary), (status = "4XX", body = contract::Problem)))]
async fn send(State(crm): State<Crm>, citizen: Author, key: Key, Body(report): Body<NewReport>) -> Result<Response> {
    let draft = DraftId(key.as_str().to_owned());
    let once = Once::new(scope(&citizen.id), key, &[&serde_json::to_vec(&report)?]);
    // Before the rules: what was accepted once stays accepted, even if a rule has changed since.
    if let Some(answer) = once.answered(&crm).await? {
        return citizen.told(answer);
    }
    let problems = report.problems(form_in(&crm, BASE_LANGUAGE)?, crm.reference.boundary.as_ref());
    if !problems.is_empty() {
        return Err(Error::Invalid(problems));
    }
    match once.begin(&crm, Kept::Always).await? {
        Begun::Before(answer) => citizen.told(answer),
        Begun::First(mut effect) => {
            let updates = citizen.confirmed(&mut effect.change, &report).await?;
            let id = take(&crm, &mut effect.change, (&citizen.id, citizen.channel()), &report).await?;
            if updates == Some(Updates::Nobody) {
                shown::hush(&mut effect.change, &citizen.id, &id).await?;
            }
            citizen.acts(&crm, &mut effect.change, LogAction::ReportSent, &id).await?;
            citizen.signs(&mut effect.change, &id, 0).await?;
            inbox::write(&crm, &mut effect.change, &id, MessageKind::Received, (&StateCode(SUBMITTED.to_owned()), "")).await?;
            notices::received(&crm, &mut effect.change, &id).await?;
            forwarding::put(&crm, &mut effect.change, &id).await?;
            drafts::end(&mut effect.change, &citizen.id, &draft).await?;
            let row = sqlx::query(&format!("SELECT {SUMMARY} FROM cases c WHERE c.owner_id = $1 AND c.id = $2"))
                .bind(citizen.id.as_str())
                .bind(id.as_str())
                .fetch_one(&mut *effect.change)
                .await?;
            let location = paths::CASE.replace("{id}", id.as_str());
            citizen.told(effect.done(Answer::created(&cases::summary(&row)?, location)?).await?)
        }
    }
}

/// Whose keys those of a citizen's reports are.
pub fn scope(citizen: &CitizenId) -> String {
    format!("citizen {citizen} reports")
}

/// Makes a report that meets the rules a case of its author, with its files. Its author is told by [`notices::received`].
///
/// # Errors
/// [`Error::Invalid`] for files that cannot be held, or the database.
pub async fn take(crm: &Crm, change: &mut Change, (owner, channel): (&CitizenId, Channel), report: &NewReport) -> Result<CaseId> {
    let id = CaseId(new_id());
    open_case(crm, change, (owner, channel), &id, report).await?;
    hold_attachments(crm, change, owner, &id, report).await?;
    Ok(id)
}

async fn open_case(crm: &Crm, change: &mut Change, (owner, channel): (&CitizenId, Channel), id: &CaseId, report: &NewReport) -> Result<()> {
    let now = crm.clock.now();
    let town = &crm.reference.town;
    let number = number::next(change, &town.number_prefix, clock::year(now)).await?;
    let title = report.title.trim();
    sqlx::query(
        "INSERT INTO cases (id, owner_id, number, kind, title, description, state, phase, opened_at, moved_at, due_on, legal_days,
                            office_key, search_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $8, $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(&number.0)
    .bind(STREET_REPORT)
    .bind(title)
    .bind(report.details.trim())
    .bind(SUBMITTED)
    .bind(utc(now).0)
    .bind(days_after(&day(now), town.report_legal_days).map(|day| day.0))
    .bind(i64::from(town.report_legal_days))
    .bind(&town.street_reports_office)
    .bind(search_text(&number, title, None))
    .execute(&mut **change)
    .await?;
    insert_report(change, owner, id, report, &utc(now)).await?;
    let state = StateCode(SUBMITTED.to_owned());
    happen(crm, change, id, Happening { kind: StepKind::Move, state: &state, note: "", by_citizen: true, channel }).await?;
    expect_work(crm, change, id).await
}

/// The text a case is found by, folded; the words for its kind, state and office are found elsewhere.
pub fn search_text(number: &CaseNumber, title: &str, subject: Option<&str>) -> String {
    fold::fold(&format!("{} {title} {}", number.0, subject.unwrap_or_default()))
}

async fn insert_report(change: &mut Change, owner: &CitizenId, id: &CaseId, report: &NewReport, now: &UtcTime) -> Result<()> {
    let answers: BTreeMap<&String, &str> = report.answers.iter().map(|(code, answer)| (code, answer.trim())).collect();
    let point = report.place.point;
    sqlx::query(
        "INSERT INTO reports (case_id, owner_id, category, street, house_number, lon, lat, accuracy_m, details, answers,
                              privacy_version, privacy_at)
         VALUES ($1, $2, $3, $4, $5, CAST($6 AS DOUBLE PRECISION), CAST($7 AS DOUBLE PRECISION), CAST($8 AS DOUBLE PRECISION), $9, $10, $11, $12)",
    )
    .bind(id.as_str())
    .bind(owner.as_str())
    .bind(&report.category.0)
    .bind(report.place.street.trim())
    .bind(report.place.house_number.trim())
    .bind(decimal(point.map(|point| point.lon)))
    .bind(decimal(point.map(|point| point.lat)))
    .bind(decimal(point.and_then(|point| point.accuracy_m)))
    .bind(report.details.trim())
    .bind(serde_json::to_string(&answers)?)
    .bind(&report.privacy_version)
    .bind(&now.0)
    .execute(&mut **change)
    .await?;
    Ok(())
}

/// Makes the photos and documents part of the case. One that is gone, used already or somebody else's fails the report.
async fn hold_attachments(crm: &Crm, change: &mut Change, owner: &CitizenId, case: &CaseId, report: &NewReport) -> Result<()> {
    let mut problems = Vec::new();
    for (field, ids, pdf) in [("photos", &report.photos, false), ("documents", &report.documents, true)] {
        for (index, id) in ids.iter().enumerate() {
            if !is_id(id.as_str()) || !hold(change, owner, case, (id, index, pdf)).await? {
                problems.push(FieldProblem::new(format!("{field}.{index}"), FieldRule::NotFound));
            }
        }
    }
    let first = report.photos.len().max(report.documents.len());
    problems.extend(attachments::hold(crm, change, Holder { owner, of: HeldBy::Case(case), step: None }, &report.files, first).await?);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

async fn hold(change: &mut Change, owner: &CitizenId, case: &CaseId, (id, position, pdf): (&AttachmentId, usize, bool)) -> Result<bool> {
    let held = sqlx::query(
        "UPDATE attachments SET case_id = $1, position = $2
         WHERE owner_id = $3 AND id = $4 AND case_id IS NULL AND proof_id IS NULL AND questionnaire_id IS NULL AND office = '' AND state = 'ready' AND kind = $5",
    )
    .bind(case.as_str())
    .bind(i64::try_from(position).unwrap_or_default())
    .bind(owner.as_str())
    .bind(id.as_str())
    .bind(if pdf { "document" } else { "photo" })
    .execute(&mut **change)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// The report behind a citizen's case, with words in a language; none when the case did not begin as one.
///
/// # Errors
/// When the database fails.
pub async fn details(crm: &Crm, owner: &CitizenId, case: &CaseId, language: &str) -> Result<Option<ReportDetails>> {
    let row = sqlx::query(
        "SELECT category, street, house_number, lon, lat, accuracy_m, details, answers FROM reports WHERE owner_id = $1 AND case_id = $2",
    )
    .bind(owner.as_str())
    .bind(case.as_str())
    .fetch_optional(crm.db.reader())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let code = CategoryCode(row.try_get("category")?);
    let category = form_in(crm, language)?.categories.iter().find(|category| category.code == code);
    let answers: BTreeMap<String, String> = serde_json::from_str(row.try_get("answers")?)?;
    let point = match (row.try_get("lon")?, row.try_get("lat")?) {
        (Some(lon), Some(lat)) => Some(Point { lon, lat, accuracy_m: row.try_get("accuracy_m")? }),
        _ => None,
    };
    let files = attachments::of_report(crm, owner, case).await?;
    let (documents, photos) = files.into_iter().partition(|file| file.kind == AttachmentKind::Document);
    Ok(Some(ReportDetails {
        category_name: category.map_or_else(|| code.0.clone(), |category| category.name.clone()),
        answers: in_words(category, answers),
        category: code,
        place: Place { street: row.try_get("street")?, house_number: row.try_get("house_number")?, point },
        details: row.try_get("details")?,
        photos,
        documents,
    }))
}

/// What a report says of its category, in the words of a language.
///
/// # Errors
/// When the town has no form.
pub fn words(crm: &Crm, report: &NewReport, language: &str) -> Result<(String, Vec<AnsweredField>)> {
    let category = form_in(crm, language)?.categories.iter().find(|category| category.code == report.category);
    let name = category.map_or_else(|| report.category.0.clone(), |category| category.name.clone());
    Ok((name, in_words(category, report.answers.clone())))
}

/// Questions and answers in words, in the form's order; what the form no longer asks comes last, by its code.
fn in_words(category: Option<&Category>, mut answers: BTreeMap<String, String>) -> Vec<AnsweredField> {
    let fields = category.map_or(&[][..], |category| &category.fields);
    let mut worded = Vec::new();
    for field in fields {
        let Some(answer) = answers.remove(&field.code).filter(|answer| !answer.is_empty()) else { continue };
        let chosen = field.choices.iter().find(|choice| choice.code == answer);
        worded.push(AnsweredField { label: field.label.clone(), answer: chosen.map_or(answer, |choice| choice.label.clone()) });
    }
    worded.extend(answers.into_iter().filter(|(_, answer)| !answer.is_empty()).map(|(label, answer)| AnsweredField { label, answer }));
    worded
}
