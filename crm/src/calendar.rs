//! The days of a case for a calendar: what the citizen must do, and by when the town must answer (iCalendar, RFC 5545).
use crate::clock::days_after;
use crate::error::{Error, Result};
use crate::session::Citizen;
use crate::state::Crm;
use crate::web::{self, Asked, At, InLanguage};
use crate::words::Words;
use crate::{cases, notices};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use contract::cases::{Case, Phase, TaskKind};
use contract::id::CaseId;
use contract::{Date, paths};

/// Most bytes of a line without its end (RFC 5545 §3.1).
const LINE_BYTES: usize = 75;

/// The routes of this file.
pub fn router() -> Router<Crm> {
    Router::new().route(paths::CASE_CALENDAR, get(calendar))
}

/// A whole day in a calendar.
pub struct Event {
    /// What tells it from all others, without our own ending: the same day again takes the place of the one before.
    pub uid: String,
    /// The day.
    pub day: Date,
    /// Its heading.
    pub summary: String,
    /// What else there is to know.
    pub about: String,
    /// The app's page about it.
    pub url: String,
}

/// The days of one of my cases, for a calendar; 404 when there is none.
#[utoipa::path(get, path = paths::CASE_CALENDAR, operation_id = "case_calendar", tag = "cases", params(("id" = String, Path), InLanguage),
    responses((status = 200, body = String, content_type = "text/calendar"), (status = "4XX", body = contract::Problem)))]
async fn calendar(State(crm): State<Crm>, citizen: Citizen, At(id): At<CaseId>, Asked(asked): Asked<InLanguage>) -> Result<Response> {
    let words = Words::of(&asked.language)?;
    let case = cases::find(&crm, &citizen.id, &id, words.language).await?;
    let events = events(&crm, &words, &case);
    if events.is_empty() {
        return Err(Error::NotFound);
    }
    let text = written(&crm, &events)?;
    web::download(&format!("{}.ics", case.summary.number.0), "text/calendar; charset=utf-8", text.into_bytes())
}

fn events(crm: &Crm, words: &Words, case: &Case) -> Vec<Event> {
    let (summary, office) = (&case.summary, &case.office);
    let event = |name: &str, day: Date, heading: String| Event {
        uid: format!("{}-{name}", summary.id),
        day,
        summary: heading,
        about: format!("{} {}. {}, {}", words.number, summary.number.0, office.name, office.phone),
        url: notices::case_page(crm, &summary.id),
    };
    let task = summary.task.as_ref().and_then(|task| {
        let what = match task.kind {
            TaskKind::SendDocuments => &words.calendar.send_documents,
            TaskKind::Pay => &words.calendar.pay,
            TaskKind::Collect => &words.calendar.collect,
            TaskKind::Answer => &words.calendar.answer,
            TaskKind::Unknown => &words.calendar.other,
        };
        Some(event("task", task.due_on.clone()?, format!("{what}: {}", summary.title)))
    });
    let answer = summary.due_on.clone().filter(|_| summary.phase == Phase::Open);
    let answer = answer.map(|day| event("answer", day, format!("{}: {}", words.calendar.due, summary.title)));
    task.into_iter().chain(answer).collect()
}

/// Days as a calendar's file.
///
/// # Errors
/// When a day is none.
pub fn written(crm: &Crm, events: &[Event]) -> Result<String> {
    let stamp = compact(&crm.clock.utc().0);
    let mut lines =
        vec!["BEGIN:VCALENDAR".to_owned(), "VERSION:2.0".to_owned(), format!("PRODID:-//Filo//{}//IT", escape(&crm.reference.town.town))];
    for event in events {
        let next = days_after(&event.day, 1).ok_or_else(|| Error::Internal("a day that is none".to_owned()))?;
        lines.extend([
            "BEGIN:VEVENT".to_owned(),
            format!("UID:{}@filo", event.uid),
            format!("DTSTAMP:{stamp}"),
            format!("DTSTART;VALUE=DATE:{}", compact(&event.day.0)),
            format!("DTEND;VALUE=DATE:{}", compact(&next.0)),
            format!("SUMMARY:{}", escape(&event.summary)),
            format!("DESCRIPTION:{}", escape(&event.about)),
            format!("URL:{}", event.url),
            "TRANSP:TRANSPARENT".to_owned(),
            "BEGIN:VALARM".to_owned(),
            "ACTION:DISPLAY".to_owned(),
            format!("DESCRIPTION:{}", escape(&event.summary)),
            "TRIGGER:-P1D".to_owned(),
            "END:VALARM".to_owned(),
            "END:VEVENT".to_owned(),
        ]);
    }
    lines.push("END:VCALENDAR".to_owned());
    Ok(lines.iter().map(|line| folded(line)).collect())
}

/// `2026-12-09` → `20261209`, `2026-12-09T08:00:00Z` → `20261209T080000Z`.
fn compact(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, '-' | ':')).collect()
}

/// Text as a property takes it (RFC 5545 §3.3.11).
fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n");
    text.chars().filter(|character| !character.is_control()).collect()
}

/// A line with its end, broken where it is too long and never inside a character.
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 2);
    let mut bytes = 0;
    for character in line.chars() {
        if bytes + character.len_utf8() > LINE_BYTES {
            folded.push_str("\r\n ");
            bytes = 1;
        }
        folded.push(character);
        bytes += character.len_utf8();
    }
    folded.push_str("\r\n");
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_characters_and_text_stays_text() {
        let line = folded(&format!("SUMMARY:{}", "è".repeat(80)));
        assert!(line.ends_with("\r\n") && line.trim_end().split("\r\n").all(|part| part.len() <= LINE_BYTES), "{line}");
        assert_eq!(line.replace("\r\n ", "").trim_end().chars().count(), 88);
        assert_eq!(escape("a, b; c\\d\ne\r\u{7}"), "a\\, b\\; c\\\\d\\ne");
        assert_eq!((compact("2026-12-09"), compact("2026-12-09T08:00:00Z")), ("20261209".into(), "20261209T080000Z".into()));
    }
}
