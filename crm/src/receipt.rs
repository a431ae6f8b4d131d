//! The receipt of a case as a tagged PDF, written when it is asked for.
use crate::error::{Error, Result};
use crate::pdf::{self, Letter};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage};
use crate::words::Words;
use crate::{cases, citizens};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use contract::cases::{Case, Phase};
use contract::id::CaseId;
use contract::paths;
use contract::place::Place;
use contract::reports::ReportDetails;
use std::sync::Arc;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::RECEIPT, get(receipt))
}

/// The receipt of one of my cases, as a download.
#[utoipa::path(get, path = paths::RECEIPT, tag = "cases", params(("id" = String, Path), InLanguage),
    responses((status = 200, body = crate::openapi::File, content_type = "application/pdf"), (status = "4XX", body = contract::Problem)))]
async fn receipt(State(crm): State<Crm>, citizen: Citizen, At(id): At<CaseId>, Asked(asked): Asked<InLanguage>) -> Result<Response> {
    let words = Words::of(&asked.language)?;
    let case = cases::find(&crm, &citizen.id, &id, words.language).await?;
    let page = OwnedLetter {
        language: words.language,
        title: format!("{} {}", words.receipt.title, case.summary.number.0),
        town: crm.reference.town.town.clone(),
        paragraphs: paragraphs(&crm, &words, &case)?,
        rows: rows(&crm, &words, &case, citizens::name(&crm, &citizen.id).await?)?,
        issued_on: words.day(&crm.clock.today())?,
    };
    let name = words.receipt.file_name.replace("{number}", &case.summary.number.0);
    web::download(&format!("{name}.pdf"), "application/pdf", write(&crm, page).await?)
}

/// A letter that can move to another thread.
pub struct OwnedLetter {
    /// Language of the text.
    pub language: &'static str,
    /// What it is.
    pub title: String,
    /// Who writes.
    pub town: String,
    /// The text.
    pub paragraphs: Vec<String>,
    /// Facts by name.
    pub rows: Vec<(String, String)>,
    /// The day, in words.
    pub issued_on: String,
}

/// Writes a letter on a thread of its own, no more of them than there are cores.
///
/// # Errors
/// When it cannot be written.
pub async fn write(crm: &Crm, page: OwnedLetter) -> Result<Vec<u8>> {
    let permit = Arc::clone(&crm.cores).acquire_owned().await.map_err(|error| Error::Internal(error.to_string()))?;
    let written = tokio::task::spawn_blocking(move || {
        let OwnedLetter { language, title, town, paragraphs, rows, issued_on } = &page;
        let bytes = pdf::letter(&Letter { language, title, town, paragraphs, rows, issued_on });
        drop(permit);
        bytes
    });
    written.await?.map_err(|error| Error::Internal(error.to_string()))
}

fn paragraphs(crm: &Crm, words: &Words, case: &Case) -> Result<Vec<String>> {
    let mut paragraphs = vec![words.receipt.received.replace("{town}", &crm.reference.town.town)];
    if let Some(day) = case.summary.due_on.as_ref().filter(|_| case.summary.phase != Phase::Closed) {
        paragraphs.push(words.receipt.due.replace("{day}", &words.day(day)?));
    }
    paragraphs.push(words.receipt.keep.clone());
    Ok(paragraphs)
}

fn rows(crm: &Crm, words: &Words, case: &Case, sender: String) -> Result<Vec<(String, String)>> {
    let dictionary = crm.reference.dictionary(words.language);
    let (summary, names) = (&case.summary, &words.receipt);
    let mut rows = vec![
        (words.number.clone(), summary.number.0.clone()),
        (names.sender.clone(), sender),
        (names.sent_at.clone(), words.instant(&summary.opened_at)?),
        (names.kind.clone(), dictionary.kind_name(&summary.kind).to_owned()),
        (names.about.clone(), summary.title.clone()),
        (names.subject.clone(), summary.subject.clone().unwrap_or_default()),
    ];
    match &case.report {
        Some(report) => rows.extend(report_rows(words, report)),
        None => rows.push((names.details.clone(), case.description.clone())),
    }
    if let Some(protocol) = &case.protocol {
        let day = words.day(&protocol.registered_on)?;
        rows.push((words.protocol.clone(), words.protocol_value.replace("{number}", &protocol.number).replace("{day}", &day)));
    }
    let state = dictionary.state(&summary.state).map_or(summary.state.0.as_str(), |card| card.label.as_str());
    rows.push((names.state.clone(), state.to_owned()));
    rows.push((names.office.clone(), case.office.name.clone()));
    let contacts = [&case.office.address, &case.office.phone, &case.office.email].map(String::as_str);
    rows.push((names.contacts.clone(), contacts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")));
    rows.retain(|(_, value)| !value.is_empty());
    Ok(rows)
}

fn report_rows(words: &Words, report: &ReportDetails) -> Vec<(String, String)> {
    let names = &words.receipt;
    let mut rows = vec![(names.category.clone(), report.category_name.clone()), (names.place.clone(), place(words, &report.place))];
    rows.extend(report.answers.iter().map(|answered| (answered.label.clone(), answered.answer.clone())));
    rows.push((names.details.clone(), report.details.clone()));
    for (name, files) in [(&names.photos, &report.photos), (&names.documents, &report.documents)] {
        rows.push((name.clone(), files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("\n")));
    }
    rows
}

/// Street and number; the point where there is no street.
fn place(words: &Words, place: &Place) -> String {
    match &place.point {
        Some(point) if place.street.is_empty() => {
            words.receipt.point.replace("{lat}", &format!("{:.5}", point.lat)).replace("{lon}", &format!("{:.5}", point.lon))
        }
        _ => format!("{} {}", place.street, place.house_number).trim().to_owned(),
    }
}
