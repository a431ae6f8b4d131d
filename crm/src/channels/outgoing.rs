//! What leaves by the short channels: a notification on a device, a message of App IO, a text message. They say no more than that there is
//! something new, unless their reader wants it otherwise: others see the screen too.
use super::Reader;
use crate::connect::app_io::{self, IoMessage};
use crate::connect::{push, sms};
use crate::db::Change;
use crate::error::Result;
use crate::notices::Notice;
use crate::outbox::{Outcome, Parcel};
use crate::state::Crm;
use crate::words::Words;
use contract::channels::Topic;
use contract::id::CaseId;
use contract::push::Subscription;
use serde::{Deserialize, Serialize};
use sqlx::Row;

/// How long a push service keeps what it cannot hand over, in seconds: what is older is no news.
const PUSH_SECONDS: u32 = 3 * 24 * 3600;
/// How long App IO shows a message, in seconds (at most a week).
const IO_SECONDS: u32 = 7 * 24 * 3600;

/// A notification for one device.
#[derive(Serialize, Deserialize)]
pub struct Push {
    /// The device's identifier here.
    pub device: String,
    /// What it shows.
    pub shown: Shown,
    /// What a later one takes the place of.
    pub tag: String,
}

/// What a notification shows, as `public/service-worker.js` reads it.
#[derive(Serialize, Deserialize)]
pub struct Shown {
    title: String,
    body: String,
    /// The page it opens, a path of the app.
    url: String,
    language: String,
}

/// A message of App IO.
#[derive(Serialize, Deserialize)]
pub struct Io {
    fiscal_code: String,
    subject: String,
    markdown: String,
}

/// A text message.
#[derive(Serialize, Deserialize)]
pub struct Text {
    to: String,
    text: String,
}

/// What it says in one sentence: what it is about when its reader wants that told, else only that there is something.
fn short(words: &Words, reader: &Reader, topic: Option<Topic>, notice: &Notice) -> String {
    match topic {
        None => words.short.test.clone(),
        Some(_) if reader.wishes.tells_content => notice.subject.clone(),
        Some(Topic::Requests) => words.short.requests.clone(),
        Some(Topic::Followed) => words.short.followed.clone(),
        Some(Topic::Cases | Topic::Unknown) => words.short.cases.clone(),
    }
}

/// The page that a notice leads to.
fn page(crm: &Crm, notice: &Notice) -> String {
    notice.link.as_ref().map_or_else(|| crm.config.public_url.clone(), |(_, address)| address.clone())
}

/// A notice for a device.
pub fn for_device(crm: &Crm, words: &Words, reader: &Reader, device: String, (topic, notice): (Option<Topic>, &Notice)) -> Push {
    let page = page(crm, notice);
    let shown = Shown {
        title: crm.reference.town.town.clone(),
        body: short(words, reader, topic, notice),
        url: page.strip_prefix(&crm.config.public_url).filter(|path| path.starts_with('/')).unwrap_or("/").to_owned(),
        language: words.language.to_owned(),
    };
    let about = notice.case.as_ref().map_or("", CaseId::as_str);
    Push { device, shown, tag: about.replace('-', "") }
}

/// A notice for App IO.
pub fn for_io(crm: &Crm, words: &Words, reader: &Reader, fiscal_code: String, (topic, notice): (Option<Topic>, &Notice)) -> Io {
    // IO takes no subject that is very short.
    let said = match short(words, reader, topic, notice) {
        short if short.chars().count() < *app_io::SUBJECT_CHARS.start() => format!("{}: {short}", crm.reference.town.town),
        said => said,
    };
    let subject: String = said.chars().take(*app_io::SUBJECT_CHARS.end()).collect();
    let told = if reader.wishes.tells_content { notice.paragraphs.join("\n\n") } else { subject.clone() };
    let settings = format!("{}{}", crm.config.public_url, super::SETTINGS_PAGE);
    let choose = words.mail.choose.replace("{address}", &settings);
    Io { fiscal_code, subject, markdown: format!("{told}\n\n{}: {}\n\n{choose}", words.mail.open, page(crm, notice)) }
}

/// A notice as a text message.
pub fn for_phone(crm: &Crm, words: &Words, reader: &Reader, to: String, (topic, notice): (Option<Topic>, &Notice)) -> Text {
    let short = short(words, reader, topic, notice);
    // Who does not sign in has no page to open.
    let page = if reader.signs_in { format!(" {}", page(crm, notice)) } else { String::new() };
    Text { to, text: format!("{}: {short}{page}", crm.reference.town.town) }
}

/// Hands a notification over. A device that its push service does not know any more is forgotten.
pub async fn push(crm: &Crm, parcel: &Parcel) -> Outcome {
    let (Some(way), Ok(pushed)) = (&crm.push, serde_json::from_str::<Push>(&parcel.payload)) else { return not_configured() };
    let (subscription, shown) = match (subscription(crm, &pushed.device).await, serde_json::to_vec(&pushed.shown)) {
        (Ok(Some(subscription)), Ok(shown)) => (subscription, shown),
        (Ok(None), _) => return Outcome::Gone("the device is not told any more".to_owned()),
        (Err(error), _) => return Outcome::Later(error.to_string()),
        (_, Err(error)) => return Outcome::Never(error.to_string()),
    };
    let outcome = push::send(way, &subscription, &shown, &pushed.tag, PUSH_SECONDS).await;
    if matches!(outcome, Outcome::Gone(_))
        && let Err(error) = forget(crm, &pushed.device, &subscription).await
    {
        tracing::warn!("a device that is gone could not be forgotten: {error}");
    }
    outcome
}

/// Hands a message of App IO over.
pub async fn app_io(crm: &Crm, parcel: &Parcel) -> Outcome {
    let (Some(way), Ok(Io { fiscal_code, subject, markdown })) = (&crm.app_io, serde_json::from_str(&parcel.payload)) else {
        return not_configured();
    };
    app_io::send(way, &fiscal_code, &IoMessage { subject, markdown, time_to_live: IO_SECONDS }).await
}

/// Hands a text message over.
pub async fn sms(crm: &Crm, parcel: &Parcel) -> Outcome {
    let (Some(way), Ok(Text { to, text })) = (&crm.sms, serde_json::from_str(&parcel.payload)) else { return not_configured() };
    sms::send(way, &parcel.id, &to, &text).await
}

/// It was written when the town had this channel.
fn not_configured() -> Outcome {
    Outcome::Later("the channel is not configured".to_owned())
}

async fn subscription(crm: &Crm, device: &str) -> Result<Option<Subscription>> {
    let row =
        sqlx::query("SELECT endpoint, p256dh, auth FROM push_devices WHERE id = $1").bind(device).fetch_optional(crm.db.reader()).await?;
    row.map(|row| Ok(Subscription { endpoint: row.try_get(0)?, p256dh: row.try_get(1)?, auth: row.try_get(2)? })).transpose()
}

/// Forgets a device, unless it has been given a new address meanwhile.
async fn forget(crm: &Crm, device: &str, subscription: &Subscription) -> Result<()> {
    let mut change: Change = crm.db.begin().await?;
    sqlx::query("DELETE FROM push_devices WHERE id = $1 AND endpoint = $2")
        .bind(device)
        .bind(&subscription.endpoint)
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    Ok(())
}
