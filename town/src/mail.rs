//! The people's mailboxes: an SMTP server that takes every letter and keeps it in memory, and the pages that show them.
mod desk;
mod smtp;

use mail_parser::{Message, MessageParser, MimeHeaders};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;

pub(crate) use desk::router;

/// Letters kept; older ones are forgotten.
const LETTERS_MAX: usize = 500;

/// A letter that arrived.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Letter {
    /// Counts from 1, in the order of arrival.
    pub number: usize,
    /// What tells it from all others. One that comes again is the same letter.
    pub id: String,
    /// Who it is from, as the envelope says.
    pub from: String,
    /// Whom it is for, as the envelope says.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// When it was written (RFC 3339).
    pub written_at: String,
    /// As plain text.
    pub text: String,
    /// As HTML; empty when it has none.
    pub html: String,
    /// What comes with it.
    pub files: Vec<Enclosed>,
}

/// A file that came with a letter.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Enclosed {
    /// What it is called.
    pub name: String,
    /// Its media type, as the letter says.
    pub media_type: String,
    /// The file itself; its own page has it.
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

/// All mailboxes of the town.
#[derive(Clone, Default)]
pub struct Mailboxes(Arc<Mutex<Vec<Letter>>>);

impl Mailboxes {
    /// Takes letters at a listener until it fails.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener) -> Result<(), String> {
        loop {
            let (stream, _) = listener.accept().await.map_err(|error| error.to_string())?;
            let mailboxes = self.clone();
            tokio::spawn(async move { smtp::speak(stream, &mailboxes).await });
        }
    }

    /// The letters, newest first.
    pub fn letters(&self) -> Vec<Letter> {
        self.lock().iter().rev().cloned().collect()
    }

    fn letter(&self, number: usize) -> Option<Letter> {
        self.lock().iter().find(|letter| letter.number == number).cloned()
    }

    /// Takes a letter for each recipient, unless they have it already.
    fn take(&self, envelope: &smtp::Envelope, raw: &[u8]) {
        let Some(message) = MessageParser::default().parse(raw) else { return };
        let mut letters = self.lock();
        for to in &envelope.to {
            let id = message.message_id().unwrap_or_default().to_owned();
            if letters.iter().any(|known| known.id == id && known.to == *to && !id.is_empty()) {
                continue;
            }
            let letter = Letter {
                number: letters.last().map_or(0, |last| last.number) + 1,
                id,
                from: envelope.from.clone(),
                to: to.clone(),
                subject: message.subject().unwrap_or_default().to_owned(),
                written_at: message.date().map(|date| date.to_rfc3339()).unwrap_or_default(),
                text: message.body_text(0).unwrap_or_default().into_owned(),
                html: message.html_body.first().and_then(|_| message.body_html(0)).unwrap_or_default().into_owned(),
                files: enclosed(&message),
            };
            letters.push(letter);
        }
        let surplus = letters.len().saturating_sub(LETTERS_MAX);
        letters.drain(..surplus);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn enclosed(message: &Message<'_>) -> Vec<Enclosed> {
    let media_type = |kind: &mail_parser::ContentType<'_>| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
    let read = |part: &mail_parser::MessagePart<'_>| Enclosed {
        name: part.attachment_name().unwrap_or_default().to_owned(),
        media_type: part.content_type().map(media_type).unwrap_or_default(),
        bytes: part.contents().to_vec(),
    };
    message.attachments().map(read).collect()
}
