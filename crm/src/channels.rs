//! How a notice reaches somebody: by each channel that the town has, that they want for it, and that knows where they are.
pub mod deliveries;
pub mod devices;
pub mod letters;
pub mod outgoing;
pub mod quiet;
pub mod settings;
pub mod wishes;

use crate::connect::sms;
use crate::db::Change;
use crate::error::Result;
use crate::notices::Notice;
use crate::outbox::{self, Kind};
use crate::state::Crm;
use crate::words::Words;
use crate::{citizens, mail};
use contract::channels::{Channel, Topic, Wishes};
use contract::id::CitizenId;
use deliveries::Told;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

/// The app's page of these settings; `src/route.rs` of the app knows it by the same address.
const SETTINGS_PAGE: &str = "/channels";

/// The columns of `citizens p` that [`reader`] reads.
pub const READER: &str = "p.id AS reader_id, p.given_name, p.family_name, p.email, p.phone, p.fiscal_code, p.language, p.issuer, \
    p.quiet_from, p.quiet_to, p.tells_content, p.attaches, p.postal_address";

/// Somebody to be told something.
pub struct Reader {
    /// Who.
    pub id: CitizenId,
    /// As they are greeted; may be empty.
    pub name: String,
    /// As an envelope names them.
    pub full_name: String,
    /// E-mail address, when there is one that mail can be sent to.
    pub email: Option<String>,
    /// Phone number, as they or the provider wrote it.
    pub phone: Option<String>,
    /// Codice fiscale.
    pub fiscal_code: Option<String>,
    /// The language they read.
    pub language: String,
    /// They sign in: there is an inbox, and settings.
    pub signs_in: bool,
    /// What they want to be told, where.
    pub wishes: Wishes,
}

/// Somebody as a reader, in a change.
///
/// # Errors
/// When there is no such citizen, or the database fails.
pub async fn reader_of(change: &mut Change, citizen: &CitizenId) -> Result<Reader> {
    let row =
        sqlx::query(&format!("SELECT {READER} FROM citizens p WHERE p.id = $1")).bind(citizen.as_str()).fetch_one(&mut **change).await?;
    reader(change, &row).await
}

/// Reads somebody's row and wishes.
///
/// # Errors
/// When the database fails.
pub async fn reader(change: &mut Change, row: &AnyRow) -> Result<Reader> {
    let given = |name| -> Result<Option<String>> { Ok(row.try_get::<Option<String>, _>(name)?.filter(|text| !text.is_empty())) };
    let id = CitizenId(row.try_get("reader_id")?);
    let name: String = row.try_get("given_name")?;
    let email = given("email")?.filter(|email| contract::contact::is_email(email));
    let wishes = wishes::of(&mut *change, &id, row, email.is_some()).await?;
    Ok(Reader {
        full_name: format!("{name} {}", row.try_get::<String, _>("family_name")?).trim().to_owned(),
        name,
        email,
        phone: given("phone")?,
        fiscal_code: given("fiscal_code")?,
        language: row.try_get("language")?,
        signs_in: ![citizens::NOBODY, citizens::DESK].contains(&row.try_get::<&str, _>("issuer")?),
        wishes,
        id,
    })
}

/// Tells somebody, in the same change as its cause: something for the outbox for each channel.
///
/// # Errors
/// When the database fails.
pub async fn tell(crm: &Crm, change: &mut Change, words: &Words, reader: &Reader, notice: &Notice) -> Result<()> {
    for channel in Channel::ALL {
        if reader.wishes.wants(notice.topic, channel) {
            send(crm, change, words, reader, (channel, Some(notice.topic)), notice).await?;
        }
    }
    Ok(())
}

/// Tells somebody on one channel; without a topic it is a test, which waits for no quiet hours. How many places it goes to.
async fn send(
    crm: &Crm,
    change: &mut Change,
    words: &Words,
    reader: &Reader,
    (channel, topic): (Channel, Option<Topic>),
    notice: &Notice,
) -> Result<usize> {
    let told = Told { channel, topic, case: notice.case.as_ref() };
    match channel {
        Channel::Email => {
            let (Some(_), Some(email)) = (&crm.post, reader.email.clone()) else { return Ok(0) };
            let letter = as_mail(crm, words, reader, (email.clone(), topic), notice);
            let id = outbox::put(crm, change, Kind::Mail, &letter).await?;
            deliveries::note(crm, change, reader, (&id, &email), told, None).await?;
            Ok(1)
        }
        Channel::Paper => letters::write(crm, change, words, reader, (told, notice)).await,
        Channel::Push => to_devices(crm, change, words, reader, (told, notice)).await,
        Channel::AppIo => {
            let (Some(_), Some(fiscal_code)) = (&crm.app_io, reader.fiscal_code.clone()) else { return Ok(0) };
            let io = outgoing::for_io(crm, words, reader, fiscal_code.clone(), (topic, notice));
            let due = due(crm, reader, topic);
            let id = outbox::put_for(crm, change, Kind::AppIo, &io, due.unwrap_or_else(|| crm.clock.now())).await?;
            deliveries::note(crm, change, reader, (&id, &fiscal_code), told, due).await?;
            Ok(1)
        }
        Channel::Sms => {
            let (Some(_), Some(phone)) = (&crm.sms, reader.phone.clone().filter(|phone| sms::e164(phone).is_some())) else { return Ok(0) };
            let text = outgoing::for_phone(crm, words, reader, phone.clone(), (topic, notice));
            let due = due(crm, reader, topic);
            let id = outbox::put_for(crm, change, Kind::Sms, &text, due.unwrap_or_else(|| crm.clock.now())).await?;
            deliveries::note(crm, change, reader, (&id, &phone), told, due).await?;
            Ok(1)
        }
        Channel::Unknown => Ok(0),
    }
}

/// When the quiet hours are over that hold a notice back now. A test was asked for now: it waits for none.
fn due(crm: &Crm, reader: &Reader, topic: Option<Topic>) -> Option<Timestamp> {
    topic.and_then(|_| quiet::over(reader.wishes.quiet.as_ref(), crm.clock.now()))
}

/// A notification for each device of somebody.
async fn to_devices(crm: &Crm, change: &mut Change, words: &Words, reader: &Reader, (told, notice): (Told<'_>, &Notice)) -> Result<usize> {
    if crm.push.is_none() {
        return Ok(0);
    }
    let rows = sqlx::query("SELECT id, name FROM push_devices WHERE citizen_id = $1 ORDER BY added_at, id")
        .bind(reader.id.as_str())
        .fetch_all(&mut **change)
        .await?;
    let due = due(crm, reader, told.topic);
    for row in &rows {
        let (device, name): (String, String) = (row.try_get("id")?, row.try_get("name")?);
        let push = outgoing::for_device(crm, words, reader, device, (told.topic, notice));
        let id = outbox::put_for(crm, change, Kind::Push, &push, due.unwrap_or_else(|| crm.clock.now())).await?;
        deliveries::note(crm, change, reader, (&id, &name), told, due).await?;
    }
    Ok(rows.len())
}

/// The letter that somebody gets: with the documents, when they want them so; it says where to choose what is written.
fn as_mail(crm: &Crm, words: &Words, reader: &Reader, (to, topic): (String, Option<Topic>), notice: &Notice) -> mail::Letter {
    let mut notice = notice.clone();
    if reader.signs_in && topic.is_some() {
        notice.small.push(words.mail.choose.replace("{address}", &format!("{}{SETTINGS_PAGE}", crm.config.public_url)));
    }
    let letter = mail::letter(crm, words, (reader.name.clone(), to), &mail::greeting(words, &reader.name), &notice);
    mail::Letter { files: if reader.wishes.attaches { notice.documents } else { Vec::new() }, ..letter }
}
