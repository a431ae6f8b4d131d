//! What is told to whom: a report has arrived, a case has moved, a report somebody follows has moved. How it reaches them: [`channels`].
use crate::channels::{self, READER, Reader, reader, reader_of};
use crate::db::Change;
use crate::error::Result;
use crate::inbox::Followed;
use crate::state::Crm;
use crate::words::Words;
use crate::{mail, office};
use contract::cases::Phase;
use contract::channels::Topic;
use contract::dictionary::StateCode;
use contract::id::{CaseId, CitizenId, PublicReportId};
use contract::{Date, UtcTime};
use serde::{Deserialize, Serialize};
use sqlx::Row;

/// Pages of the app; `src/route.rs` of the app knows them by the same addresses.
const CASE_PAGE: &str = "/cases/";
const TRACKING_PAGE: &str = "/reports/track";
const PUBLIC_REPORT_PAGE: &str = "/reports/public/";
const SUBSCRIPTIONS_PAGE: &str = "/subscriptions";
const INBOX_PAGE: &str = "/inbox";

/// What is told, before it is a letter, a notification or a text message.
#[derive(Clone)]
pub struct Notice {
    /// What it is about.
    pub topic: Topic,
    /// About which case.
    pub case: Option<CaseId>,
    /// In a few words.
    pub subject: String,
    /// In sentences.
    pub paragraphs: Vec<String>,
    /// Facts by name.
    pub facts: Vec<(String, String)>,
    /// Words and address of the place in the app.
    pub link: Option<(String, String)>,
    /// Small print.
    pub small: Vec<String>,
    /// Documents that the office has just given.
    pub documents: Vec<Enclosure>,
}

/// A file that may come with a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enclosure {
    /// What it is called.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its name among the CRM's files.
    pub file: String,
}

/// A case as notices need it.
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

async fn about(change: &mut Change, case: &CaseId) -> Result<(About, Reader)> {
    let row = sqlx::query(&format!(
        "SELECT c.number, c.title, c.due_on, c.task_due_on, c.quiet, o.name AS office_name, o.phone AS office_phone, o.email AS office_email, {READER},
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
    let mut reader = reader(change, &row).await?;
    if row.try_get::<i64, _>("quiet")? != 0 {
        // Said when it was sent at the help desk: it stands in the personal area, and is told nowhere.
        reader.wishes.wanted.clear();
    }
    Ok((about, reader))
}

/// A report has arrived: tells its author, in the same change.
///
/// # Errors
/// When the database fails.
pub async fn received(crm: &Crm, change: &mut Change, case: &CaseId) -> Result<()> {
    if !crm.has_channels() {
        return Ok(());
    }
    let (about, reader) = about(change, case).await?;
    let words = Words::of(&reader.language)?;
    let mut notice = own(crm, &words, &about, &reader, case);
    notice.subject = words.mail.received_subject.replace("{number}", &about.number);
    notice.paragraphs.push(words.mail.received.clone());
    if let Some(due) = &about.due_on {
        notice.paragraphs.push(words.receipt.due.replace("{day}", &words.day(due)?));
    }
    notice.facts.push((words.receipt.sent_at.clone(), words.instant(&UtcTime(crm.clock.utc().0))?));
    channels::tell(crm, change, &words, &reader, &notice).await
}

/// A case has moved, or the office writes about it: tells whose it is, in the same change. `note` is the office's own word to its author;
/// what it gave them came with the step at `position`.
///
/// # Errors
/// When the database fails.
pub async fn moved(crm: &Crm, change: &mut Change, case: &CaseId, state: &StateCode, (note, position): (&str, Option<i64>)) -> Result<()> {
    if !crm.has_channels() {
        return Ok(());
    }
    let (about, reader) = about(change, case).await?;
    let words = Words::of(&reader.language)?;
    let mut notice = own(crm, &words, &about, &reader, case);
    notice.paragraphs.push(words.mail.moved.clone());
    say_state(crm, &words, &mut notice, state, day_of(crm, &about, state))?;
    notice.subject = format!("{} ({})", notice.subject, about.number);
    if !note.is_empty() {
        notice.facts.push((words.mail.note.clone(), note.to_owned()));
    }
    if let Some(position) = position {
        notice.documents = office::files::documents(change, case, position).await?;
    }
    if !notice.documents.is_empty() {
        let names = notice.documents.iter().map(|document| document.name.as_str()).collect::<Vec<_>>().join(", ");
        notice.facts.push((words.mail.documents.clone(), names));
    }
    if crm.reference.phase(state) == Some(Phase::WaitingForYou) {
        notice.topic = Topic::Requests;
    }
    channels::tell(crm, change, &words, &reader, &notice).await
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
    if !crm.has_channels() {
        return Ok(());
    }
    let (about, reader) = about(change, case).await?;
    let words = Words::of(&reader.language)?;
    let mut notice = own(crm, &words, &about, &reader, case);
    let (subject, said) = if resolved {
        (&words.mail.confirmed_subject, &words.mail.confirmed)
    } else {
        (&words.mail.reopened_subject, &words.mail.reopened)
    };
    notice.paragraphs.push(said.clone());
    if !resolved {
        say_state(crm, &words, &mut notice, state, day_of(crm, &about, state))?;
    }
    notice.subject = format!("{subject} ({})", about.number);
    channels::tell(crm, change, &words, &reader, &notice).await?;
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
    let (about, _) = about(change, case).await?;
    // Offices read the town's own language.
    let words = Words::of(crate::reference::BASE_LANGUAGE)?;
    let due = about.due_on.as_ref().map(|day| words.day(day)).transpose()?.unwrap_or_default();
    let notice = Notice {
        subject: words.mail.reminder_subject.replace("{count}", &count.to_string()).replace("{number}", &about.number),
        paragraphs: vec![words.mail.reminder.replace("{day}", &due)],
        facts: vec![
            (words.number.clone(), about.number.clone()),
            (words.receipt.about.clone(), about.title.clone()),
            (words.mail.reminder_text.clone(), text.to_owned()),
        ],
        ..empty(Topic::Cases)
    };
    let higher = crm.reference.town.substitute.as_ref().filter(|_| count > 1);
    let readers = [Some((about.office_name, about.office_email)), higher.map(|who| (who.name.clone(), who.email.clone()))];
    for (name, email) in readers.into_iter().flatten() {
        mail::to_office(crm, change, &words, (name, email), &notice).await?;
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
    if !crm.has_channels() || !crm.reference.town.public_states.contains(state) {
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
        let reader = reader(change, row).await?;
        let words = Words::of(&reader.language)?;
        let report = PublicReportId(row.try_get("report_id")?);
        let title: String = row.try_get("report_title")?;
        let mut notice = Notice {
            paragraphs: vec![if confirmed { &words.mail.followed_confirmed } else { &words.mail.followed }.clone()],
            facts: Some((words.receipt.about.clone(), title)).filter(|(_, title)| !title.is_empty()).into_iter().collect(),
            link: Some((words.mail.open.clone(), format!("{}{PUBLIC_REPORT_PAGE}{report}", crm.config.public_url))),
            small: vec![words.mail.why_followed.clone()],
            ..empty(Topic::Followed)
        };
        if confirmed {
            notice.subject.clone_from(&words.mail.confirmed_subject);
        } else {
            say_state(crm, &words, &mut notice, state, None)?;
        }
        notice.subject = words.mail.followed_subject.replace("{label}", &notice.subject);
        channels::tell(crm, change, &words, &reader, &notice).await?;
    }
    Ok(())
}

/// Something new where somebody follows the place or the topic. A report says no more than its state; a notice is the office's own words.
///
/// # Errors
/// When the database fails.
pub async fn subscriber(crm: &Crm, change: &mut Change, citizen: &CitizenId, title: &str, what: &Followed<'_>) -> Result<()> {
    if !crm.has_channels() {
        return Ok(());
    }
    let reader = reader_of(change, citizen).await?;
    let words = Words::of(&reader.language)?;
    let about = Some((words.receipt.about.clone(), title.to_owned())).filter(|(_, title)| !title.is_empty());
    let address = |path: &str| format!("{}{path}", crm.config.public_url);
    let mut notice = Notice {
        paragraphs: vec![words.mail.subscribed.clone()],
        facts: about.into_iter().collect(),
        small: vec![words.mail.why_subscribed.replace("{address}", &address(SUBSCRIPTIONS_PAGE))],
        ..empty(Topic::Followed)
    };
    match what {
        Followed::Report(report, state) => {
            say_state(crm, &words, &mut notice, state, None)?;
            notice.subject = words.mail.followed_subject.replace("{label}", &notice.subject);
            notice.link = Some((words.mail.open.clone(), address(&format!("{PUBLIC_REPORT_PAGE}{report}"))));
        }
        Followed::Notice(_, text) => {
            title.clone_into(&mut notice.subject);
            notice.paragraphs.push((*text).to_owned());
            notice.link = Some((words.mail.open_inbox.clone(), address(INBOX_PAGE)));
        }
    }
    channels::tell(crm, change, &words, &reader, &notice).await
}

/// A notice that says nothing yet.
pub fn empty(topic: Topic) -> Notice {
    Notice { topic, case: None, subject: String::new(), paragraphs: vec![], facts: vec![], link: None, small: vec![], documents: vec![] }
}

/// The facts, the link and the small print that every notice about one's own case has.
fn own(crm: &Crm, words: &Words, about: &About, reader: &Reader, case: &CaseId) -> Notice {
    let track = words.mail.track.replace("{address}", &format!("{}{TRACKING_PAGE}", crm.config.public_url));
    let no_reply = words.mail.no_reply.replace("{phone}", &about.office_phone).replace("{email}", &about.office_email);
    Notice {
        case: Some(case.clone()),
        facts: vec![(words.number.clone(), about.number.clone()), (words.receipt.about.clone(), about.title.clone())],
        link: reader.signs_in.then(|| (words.mail.open.clone(), case_page(crm, case))),
        // Whoever signs in was given no code: theirs, if there is one, is for somebody else to follow with.
        small: (about.has_code && !reader.signs_in).then_some(track).into_iter().chain([no_reply]).collect(),
        ..empty(Topic::Cases)
    }
}

/// The plain card of a state: what it means, whose turn, what to do, by when. Its label becomes the subject.
fn say_state(crm: &Crm, words: &Words, notice: &mut Notice, state: &StateCode, day: Option<&Date>) -> Result<()> {
    let Some(card) = crm.reference.dictionary(words.language).state(state) else {
        notice.subject.clone_from(&state.0);
        return Ok(());
    };
    notice.subject.clone_from(&card.label);
    notice.facts.push((words.receipt.state.clone(), card.label.clone()));
    let by_when = match day {
        Some(day) => card.by_when.replace("{date}", &words.day(day)?),
        None => card.by_when_undated.clone(),
    };
    for sentence in [&card.meaning, &card.whose_turn, &card.what_to_do, &by_when] {
        notice.paragraphs.extend(Some(sentence.clone()).filter(|sentence| !sentence.is_empty()));
    }
    Ok(())
}
