//! The letters that the CRM writes: a report has arrived, a case has moved, a report somebody follows has moved.
use crate::db::Change;
use crate::error::Result;
use crate::outbox::{self, Kind};
use crate::state::Crm;
use crate::words::Words;
use contract::cases::Phase;
use contract::dictionary::StateCode;
use contract::id::{CaseId, PublicReportId};
use contract::{Date, UtcTime};
use serde::{Deserialize, Serialize};
use sqlx::Row;
use sqlx::any::AnyRow;

/// The app's page of a case, and of a public report; `src/route.rs` of the app knows them by the same addresses.
const CASE_PAGE: &str = "/cases/";
const PUBLIC_REPORT_PAGE: &str = "/reports/public/";

/// A letter, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// E-mail address.
    pub to: String,
    /// The person's name; may be empty.
    pub name: String,
    /// The language it is in.
    pub language: String,
    /// Subject.
    pub subject: String,
    /// As plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What a letter says, before it is text and HTML.
struct Page {
    subject: String,
    paragraphs: Vec<String>,
    facts: Vec<(String, String)>,
    /// Words and address.
    link: Option<(String, String)>,
    small: Vec<String>,
}

/// A case as letters need it.
struct About {
    number: String,
    title: String,
    office_name: String,
    office_phone: String,
    office_email: String,
    due_on: Option<Date>,
    task_due_on: Option<Date>,
    /// It can be asked for by a code that its author was given.
    has_code: bool,
}

/// Somebody to write to. `page` is the address of the page in the app, when they can open it.
struct Reader {
    name: String,
    email: String,
    language: String,
    signs_in: bool,
}

const READER: &str = "p.given_name, p.family_name, p.email, p.language, p.issuer";

fn reader(row: &AnyRow) -> Result<Option<Reader>> {
    let Some(email) = row.try_get::<Option<String>, _>("email")?.filter(|email| contract::contact::is_email(email)) else {
        return Ok(None);
    };
    Ok(Some(Reader {
        name: row.try_get("given_name")?,
        email,
        language: row.try_get("language")?,
        signs_in: row.try_get::<String, _>("issuer")? != crate::citizens::NOBODY,
    }))
}

async fn about(change: &mut Change, case: &CaseId) -> Result<(About, Option<Reader>)> {
    let row = sqlx::query(&format!(
        "SELECT c.number, c.title, c.due_on, c.task_due_on, o.name AS office_name, o.phone AS office_phone, o.email AS office_email, {READER},
                (SELECT COUNT(*) FROM tracking t WHERE t.case_id = c.id) AS codes
         FROM cases c JOIN offices o ON o.key = c.office_key JOIN citizens p ON p.id = c.owner_id WHERE c.id = $1"
    ))
    .bind(case.as_str())
    .fetch_one(&mut **change)
    .await?;
    let about = About {
        number: row.try_get("number")?,
        title: row.try_get("title")?,
        office_name: row.try_get("office_name")?,
        office_phone: row.try_get("office_phone")?,
        office_email: row.try_get("office_email")?,
        due_on: row.try_get::<Option<String>, _>("due_on")?.map(Date),
        task_due_on: row.try_get::<Option<String>, _>("task_due_on")?.map(Date),
        has_code: row.try_get::<i64, _>("codes")? > 0,
    };
    Ok((about, reader(&row)?))
}

/// A report has arrived: tells its author, in the same change.
///
/// # Errors
/// When the database fails.
pub async fn received(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    if crm.post.is_none() {
        return Ok(());
    }
    let (about, Some(reader)) = about(change, case).await? else { return Ok(()) };
    let words = Words::of(&reader.language)?;
    let mut page = page(crm, &words, &about, &reader, case);
    page.subject = words.mail.received_subject.replace("{number}", &about.number);
    page.paragraphs.push(words.mail.received.clone());
    if let Some(due) = &about.due_on {
        page.paragraphs.push(words.receipt.due.replace("{day}", &words.day(due)?));
    }
    page.facts.push((words.receipt.sent_at.clone(), words.instant(&UtcTime(crm.clock.utc().0))?));
    put(crm, change, &words, reader, page).await
}

/// A case has moved, or the office writes about it: tells whose it is, in the same change. `note` is the office's own word to its author.
///
/// # Errors
/// When the database fails.
pub async fn moved(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode, note: &str) -> Result<()> {
    if crm.post.is_none() {
        return Ok(());
    }
    if let (about, Some(reader)) = about(change, case).await? {
        let words = Words::of(&reader.language)?;
        let mut page = page(crm, &words, &about, &reader, case);
        page.paragraphs.push(words.mail.moved.clone());
        say_state(crm, &words, &mut page, state, day_of(crm, &about, state))?;
        page.subject = format!("{} ({})", page.subject, about.number);
        if !note.is_empty() {
            page.facts.push((words.mail.note.clone(), note.to_owned()));
        }
        put(crm, change, &words, reader, page).await?;
    }
    Ok(())
}

/// The day that a state's card speaks of: the task's own where it is the person's turn, else the last one for the town's answer.
fn day_of<'a>(crm: &Crm, about: &'a About, state: &StateCode) -> Option<&'a Date> {
    if crm.reference.phase(state) == Some(Phase::WaitingForYou) { about.task_due_on.as_ref() } else { about.due_on.as_ref() }
}

/// The author has said whether the problem is gone: tells them that it has arrived, and who follows the report what it means, in the same
/// change. `state` is what the verdict made of the case. Nothing of what was written is repeated.
///
/// # Errors
/// When the database fails.
pub async fn judged(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode, resolved: bool) -> Result<()> {
    if crm.post.is_none() {
        return Ok(());
    }
    if let (about, Some(reader)) = about(change, case).await? {
        let words = Words::of(&reader.language)?;
        let mut page = page(crm, &words, &about, &reader, case);
        let (subject, said) = if resolved {
            (&words.mail.confirmed_subject, &words.mail.confirmed)
        } else {
            (&words.mail.reopened_subject, &words.mail.reopened)
        };
        page.paragraphs.push(said.clone());
        if !resolved {
            say_state(crm, &words, &mut page, state, day_of(crm, &about, state))?;
        }
        page.subject = format!("{subject} ({})", about.number);
        put(crm, change, &words, reader, page).await?;
    }
    if resolved { tell(crm, change, case, state, true).await } else { tell_followers(crm, change, case, state).await }
}

/// The app's page of a case.
pub fn case_page(crm: &Crm, case: &CaseId) -> String {
    format!("{}{CASE_PAGE}{case}", crm.config.public_url)
}

/// The citizen reminds the town of an answer that is late: tells the office, from the second time on who answers in its place too.
///
/// # Errors
/// When the database fails.
pub async fn reminded(crm: &Crm, change: &mut Change, case: &CaseId, count: u32, text: &str) -> Result<()> {
    if crm.post.is_none() {
        return Ok(());
    }
    let (about, _) = about(change, case).await?;
    // Offices read the town's own language.
    let words = Words::of(crate::reference::BASE_LANGUAGE)?;
    let due = about.due_on.as_ref().map(|day| words.day(day)).transpose()?.unwrap_or_default();
    let page = Page {
        subject: words.mail.reminder_subject.replace("{count}", &count.to_string()).replace("{number}", &about.number),
        paragraphs: vec![words.mail.reminder.replace("{day}", &due)],
        facts: vec![
            (words.number.clone(), about.number.clone()),
            (words.receipt.about.clone(), about.title.clone()),
            (words.mail.reminder_text.clone(), text.to_owned()),
        ],
        link: None,
        small: Vec::new(),
    };
    let higher = crm.reference.town.substitute.as_ref().filter(|_| count > 1);
    let readers = [Some((about.office_name, about.office_email)), higher.map(|who| (who.name.clone(), who.email.clone()))];
    for (name, email) in readers.into_iter().flatten().filter(|(_, email)| contract::contact::is_email(email)) {
        let letter = Letter {
            to: email,
            name,
            language: words.language.to_owned(),
            text: as_text(&words.mail.reminder_greeting, &page, &crm.reference.town.town),
            html: as_html(words.language, &words.mail.reminder_greeting, &page, &crm.reference.town.town),
            subject: page.subject.clone(),
        };
        outbox::put(crm, change, Kind::Mail, &letter).await?;
    }
    Ok(())
}

/// Who follows a public report is told its new state, and nothing of what its author and the office wrote.
///
/// # Errors
/// When the database fails.
pub async fn tell_followers(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode) -> Result<()> {
    tell(crm, change, case, state, false).await
}

/// Tells the followers a state, or that its author has confirmed it.
async fn tell(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode, confirmed: bool) -> Result<()> {
    if crm.post.is_none() || !crm.reference.town.public_states.contains(state) {
        return Ok(());
    }
    let rows = sqlx::query(&format!(
        "SELECT r.id AS report_id, r.title AS report_title, {READER} FROM public_reports r JOIN follows f ON f.report_id = r.id
         JOIN citizens p ON p.id = f.citizen_id JOIN cases c ON c.id = r.case_id
         WHERE r.case_id = $1 AND r.hidden = 0 AND p.id <> c.owner_id"
    ))
    .bind(case.as_str())
    .fetch_all(&mut **change)
    .await?;
    for row in &rows {
        let Some(reader) = reader(row)? else { continue };
        let words = Words::of(&reader.language)?;
        let report = PublicReportId(row.try_get("report_id")?);
        let title: String = row.try_get("report_title")?;
        let mut page = Page {
            subject: String::new(),
            paragraphs: vec![if confirmed { &words.mail.followed_confirmed } else { &words.mail.followed }.clone()],
            facts: Some((words.receipt.about.clone(), title)).filter(|(_, title)| !title.is_empty()).into_iter().collect(),
            link: Some((words.mail.open.clone(), format!("{}{PUBLIC_REPORT_PAGE}{report}", crm.config.public_url))),
            small: vec![words.mail.why_followed.clone()],
        };
        if confirmed {
            page.subject.clone_from(&words.mail.confirmed_subject);
        } else {
            say_state(crm, &words, &mut page, state, None)?;
        }
        page.subject = words.mail.followed_subject.replace("{label}", &page.subject);
        put(crm, change, &words, reader, page).await?;
    }
    Ok(())
}

/// The facts, the link and the small print that every letter about one's own case has.
fn page(crm: &Crm, words: &Words, about: &About, reader: &Reader, case: &CaseId) -> Page {
    let no_reply = words.mail.no_reply.replace("{phone}", &about.office_phone).replace("{email}", &about.office_email);
    Page {
        subject: String::new(),
        paragraphs: Vec::new(),
        facts: vec![(words.number.clone(), about.number.clone()), (words.receipt.about.clone(), about.title.clone())],
        link: reader.signs_in.then(|| (words.mail.open.clone(), case_page(crm, case))),
        // Whoever signs in was given no code: theirs, if there is one, is for somebody else to follow with.
        small: (about.has_code && !reader.signs_in).then(|| words.mail.track.clone()).into_iter().chain([no_reply]).collect(),
    }
}

/// The plain card of a state: what it means, whose turn, what to do, by when. Its label becomes the subject.
fn say_state(crm: &Crm, words: &Words, page: &mut Page, state: &StateCode, day: Option<&Date>) -> Result<()> {
    let Some(card) = crm.reference.dictionary(words.language).state(state) else {
        page.subject.clone_from(&state.0);
        return Ok(());
    };
    page.subject.clone_from(&card.label);
    page.facts.push((words.receipt.state.clone(), card.label.clone()));
    let by_when = match day {
        Some(day) => card.by_when.replace("{date}", &words.day(day)?),
        None => card.by_when_undated.clone(),
    };
    for sentence in [&card.meaning, &card.whose_turn, &card.what_to_do, &by_when] {
        page.paragraphs.extend(Some(sentence.clone()).filter(|sentence| !sentence.is_empty()));
    }
    Ok(())
}

async fn put(crm: &Crm, change: &mut Change, words: &Words, reader: Reader, page: Page) -> Result<()> {
    let greeting = match reader.name.as_str() {
        "" => words.mail.greeting_unnamed.clone(),
        name => words.mail.greeting.replace("{name}", name),
    };
    let letter = Letter {
        to: reader.email,
        name: reader.name,
        language: words.language.to_owned(),
        text: as_text(&greeting, &page, &crm.reference.town.town),
        html: as_html(words.language, &greeting, &page, &crm.reference.town.town),
        // Titles and notes are what people wrote: no line of theirs becomes a header.
        subject: page.subject.split_whitespace().collect::<Vec<_>>().join(" "),
    };
    outbox::put(crm, change, Kind::Mail, &letter).await
}

fn as_text(greeting: &str, page: &Page, town: &str) -> String {
    let mut text = format!("{greeting}\n\n");
    for paragraph in &page.paragraphs {
        text.push_str(&format!("{paragraph}\n\n"));
    }
    for (name, value) in &page.facts {
        text.push_str(&format!("{name}: {value}\n"));
    }
    if let Some((words, address)) = &page.link {
        text.push_str(&format!("\n{words}:\n{address}\n"));
    }
    text.push_str(&format!("\n{town}\n\n-- \n{}\n", page.small.join("\n")));
    text
}

fn as_html(language: &str, greeting: &str, page: &Page, town: &str) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n<p>{}</p>\n",
        escape(&page.subject),
        escape(greeting)
    );
    for paragraph in &page.paragraphs {
        html.push_str(&format!("<p>{}</p>\n", escape(paragraph)));
    }
    html.push_str("<dl>\n");
    for (name, value) in &page.facts {
        html.push_str(&format!("<dt><strong>{}</strong></dt><dd>{}</dd>\n", escape(name), escape(value)));
    }
    html.push_str("</dl>\n");
    if let Some((words, address)) = &page.link {
        html.push_str(&format!("<p><a href=\"{}\">{}</a></p>\n", escape(address), escape(words)));
    }
    html.push_str(&format!("<p>{}</p>\n<hr>\n", escape(town)));
    for small in &page.small {
        html.push_str(&format!("<p><small>{}</small></p>\n", escape(small)));
    }
    html.push_str("</body>\n</html>\n");
    html
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "<br>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_stays_text() {
        let page = Page {
            subject: "A & B".into(),
            paragraphs: vec!["<script>\nx".into()],
            facts: vec![("Oggetto".into(), "\"<b>\"".into())],
            link: None,
            small: vec![],
        };
        let html = as_html("it", "Ciao,", &page, "Comune");
        assert!(html.contains("&lt;script&gt;<br>\nx") && html.contains("&quot;&lt;b&gt;&quot;") && html.contains("A &amp; B"), "{html}");
        assert!(as_text("Ciao,", &page, "Comune").contains("Oggetto: \"<b>\"\n"));
    }
}
