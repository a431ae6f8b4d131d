//! What `crm office` prints: a case in a line, a case with its story, what could not be delivered.
use contract::attachments::{Attachment, AttachmentState};
use contract::cases::{ActorKind, Case, CaseSummary, Step};
use contract::office::{OfficeCase, Undelivered};
use contract::reports::ReportDetails;
use contract::{Date, UtcTime};
use std::fmt::Write;

/// A case of a list.
pub fn line(case: &OfficeCase) -> String {
    let summary = &case.summary;
    let due = summary.due_on.as_ref().map(|day| format!("  by {}", day.0)).unwrap_or_default();
    let reminders = if case.reminders > 0 { format!("  {} reminders", case.reminders) } else { String::new() };
    format!("{}  {:<20}{}{due}{reminders}\n", summary.number.0, summary.state.0, of_whom(&case.citizen, &summary.title))
}

fn of_whom(citizen: &str, title: &str) -> String {
    if citizen.is_empty() { title.to_owned() } else { format!("{citizen}, {title}") }
}

/// What a move did.
pub fn moved(before: &CaseSummary, now: &CaseSummary) -> String {
    if before.state == now.state {
        format!("{}  {}: written down\n", now.number.0, now.state.0)
    } else {
        format!("{}  {} → {}\n", now.number.0, before.state.0, now.state.0)
    }
}

/// A case with everything that an officer may read.
pub fn case(listed: &OfficeCase, case: &Case) -> String {
    let summary = &case.summary;
    let mut sheet = format!("{}  {}\n", summary.number.0, summary.title);
    let day = |day: Option<&Date>| day.map(|day| day.0.clone()).unwrap_or_default();
    let states: Vec<&str> = listed.next_states.iter().map(|state| state.0.as_str()).collect();
    let number = |count: u32| if count > 0 { count.to_string() } else { String::new() };
    let rating = case.rating.as_ref().map(|rating| format!("{} of 5  {}", rating.stars, rating.details));
    for (name, value) in [
        ("id", summary.id.0.clone()),
        ("kind", summary.kind.0.clone()),
        ("about", summary.subject.clone().unwrap_or_default()),
        ("citizen", listed.citizen.clone()),
        ("e-mail", listed.contact.email.clone()),
        ("phone", listed.contact.phone.clone()),
        ("state", summary.state.0.clone()),
        ("next", states.join(", ")),
        ("opened", summary.opened_at.0.clone()),
        ("answer by", day(summary.due_on.as_ref())),
        ("waits until", day(summary.task.as_ref().and_then(|task| task.due_on.as_ref()))),
        ("reminders", number(listed.reminders)),
        ("register", case.protocol.as_ref().map(|protocol| protocol.number.clone()).unwrap_or_default()),
        ("office", case.office.name.clone()),
        ("rating", rating.unwrap_or_default()),
    ] {
        if !value.trim().is_empty() {
            let _ = writeln!(sheet, "  {name:<12}{}", value.trim());
        }
    }
    sheet.push('\n');
    sheet.push_str(&words(&case.description, "  "));
    case.report.iter().for_each(|report| sheet.push_str(&self::report(report)));
    sheet.push('\n');
    case.timeline.iter().for_each(|step| sheet.push_str(&self::step(step)));
    for document in &case.documents {
        let _ = writeln!(sheet, "document {}  {} ({} bytes)", document.id.0, document.name, document.bytes);
    }
    sheet
}

/// A street report as the citizen sent it.
fn report(report: &ReportDetails) -> String {
    let mut sheet = format!("  {}: {} {}", report.category_name, report.place.street, report.place.house_number);
    if let Some(point) = report.place.point {
        let _ = write!(sheet, " ({}, {})", point.lat, point.lon);
    }
    sheet.push('\n');
    sheet.push_str(&words(&report.details, "  "));
    for answered in &report.answers {
        let _ = writeln!(sheet, "  {}: {}", answered.label, answered.answer);
    }
    report.photos.iter().chain(&report.documents).for_each(|sent| sheet.push_str(&file(sent)));
    sheet
}

/// A step of the story: when, who, what; then the words and the files that came with it.
fn step(step: &Step) -> String {
    let when = match (&step.at, &step.expected_on) {
        (Some(UtcTime(at)), _) => at.clone(),
        (None, Some(Date(day))) => format!("expected {day}"),
        (None, None) => "expected".to_owned(),
    };
    let who = if step.by.kind == ActorKind::You { "the citizen" } else { step.by.name.as_str() };
    let mut sheet = format!("{when}  {who}  {:?} → {} ({:?})\n", step.kind, step.state.0, step.channel);
    sheet.push_str(&words(&step.note, "    "));
    step.files.iter().for_each(|sent| sheet.push_str(&file(sent)));
    sheet
}

/// A person's words, each line behind an indent.
fn words(text: &str, indent: &str) -> String {
    text.lines().map(|line| format!("{indent}{line}\n")).collect()
}

fn file(sent: &Attachment) -> String {
    let state = if sent.state == AttachmentState::Ready { format!("{} bytes", sent.bytes) } else { format!("{:?}", sent.state) };
    format!("    file {}  {} ({state})\n", sent.id.0, sent.name)
}

/// A letter or a report for another server that has not arrived.
pub fn undelivered(waiting: &Undelivered) -> String {
    let about = waiting.number.as_ref().map(|number| format!("  {}", number.0)).unwrap_or_default();
    let next = match &waiting.next_at {
        Some(at) => format!("again {}", at.0),
        None => "given up".to_owned(),
    };
    format!(
        "{}  {:?}{about}  since {}, {} attempts, {next}: {}\n",
        waiting.id, waiting.kind, waiting.since.0, waiting.attempts, waiting.failure
    )
}
