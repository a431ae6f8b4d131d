//! Letters leave by SMTP.
use crate::clock;
use crate::config::{Mail, MailTls};
use crate::error::Error;
use crate::mail::Letter;
use crate::outbox::{Outcome, Parcel};
use crate::state::Crm;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::{Duration, SystemTime};

/// Longest wait for the mail server's answer to one command.
const ANSWER_TIME: Duration = Duration::from_secs(30);
/// Most bytes of the files of a letter: with what encoding adds, what common servers take.
const FILES_BYTES_MAX: usize = 7 * 1024 * 1024;

/// The way to the mail server.
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// What stands behind the @ of our Message-IDs.
    domain: String,
}

/// The settings name no usable sender or server.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PostError(String);

impl Post {
    /// Reads the settings; connects to nobody yet.
    ///
    /// # Errors
    /// When sender or server are not usable.
    pub fn new(mail: &Mail) -> Result<Self, PostError> {
        let from: Mailbox = mail.from.parse().map_err(|error| PostError(format!("FILO_SMTP_FROM: {error}")))?;
        let parameters = || TlsParameters::new(mail.host.clone()).map_err(|error| PostError(format!("FILO_SMTP_HOST: {error}")));
        let tls = match mail.tls {
            MailTls::None => Tls::None,
            MailTls::StartTls => Tls::Required(parameters()?),
            MailTls::Tls => Tls::Wrapper(parameters()?),
        };
        let mut transport =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.host.clone()).port(mail.port).tls(tls).timeout(Some(ANSWER_TIME));
        if let Some((user, password)) = &mail.credentials {
            transport = transport.credentials(Credentials::new(user.clone(), password.clone()));
        }
        let domain = from.email.domain().to_owned();
        Ok(Self { transport: transport.build(), from, domain })
    }
}

/// Sends a letter. Its Message-ID is the parcel's identifier: a letter that was sent twice is known to be the same.
pub async fn send(crm: &Crm, post: &Post, parcel: &Parcel, letter: &Letter) -> Outcome {
    let files = match enclosed(crm, letter).await {
        Ok(files) => files,
        Err(error) => return Outcome::Later(error.to_string()),
    };
    let message = match compose(post, parcel, letter, files) {
        Ok(message) => message,
        Err(why) => return Outcome::Never(why),
    };
    match post.transport.send(message).await {
        Ok(_) => Outcome::Done,
        // The server's own words may hold the person's address: only its number is kept.
        Err(error) if error.is_permanent() => Outcome::Never(said(&error)),
        Err(error) => Outcome::Later(said(&error)),
    }
}

fn said(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(status) => format!("the mail server said {status}"),
        None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
        None if error.is_tls() => "no secure connection to the mail server".to_owned(),
        None => "the connection to the mail server failed".to_owned(),
    }
}

/// The files that come with a letter. One that is gone, or makes the letter too large for many servers, is left out: the letter says where it is.
async fn enclosed(crm: &Crm, letter: &Letter) -> Result<Vec<SinglePart>, Error> {
    let (mut files, mut bytes_left) = (Vec::new(), FILES_BYTES_MAX);
    for file in &letter.files {
        let bytes = match crm.files.read(&file.file).await {
            Err(Error::NotFound) => continue,
            read => read?,
        };
        let Ok(kind) = ContentType::parse(&file.media_type) else { continue };
        if let Some(left) = bytes_left.checked_sub(bytes.len()) {
            bytes_left = left;
            files.push(Attachment::new(file.name.clone()).body(bytes, kind));
        }
    }
    Ok(files)
}

fn compose(post: &Post, parcel: &Parcel, letter: &Letter, files: Vec<SinglePart>) -> Result<Message, String> {
    let to: Address = letter.to.parse().map_err(|_| "no address that mail can be sent to".to_owned())?;
    let date = clock::instant(&parcel.created_at).and_then(|at| u64::try_from(at.as_second()).ok());
    let date = SystemTime::UNIX_EPOCH + Duration::from_secs(date.unwrap_or_default());
    let message = Message::builder()
        .from(post.from.clone())
        .to(Mailbox::new(Some(letter.name.clone()).filter(|name| !name.is_empty()), to))
        .subject(letter.subject.clone())
        .date(date)
        .message_id(Some(format!("<{}@{}>", parcel.id, post.domain)));
    // RFC 3834: no machine answers a machine.
    let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
    let language = HeaderName::new_from_ascii_str("Content-Language");
    let text = MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone());
    let body = match files.is_empty() {
        true => text,
        false => files.into_iter().fold(MultiPart::mixed().multipart(text), MultiPart::singlepart),
    };
    message
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(language, letter.language.clone()))
        .multipart(body)
        .map_err(|error| error.to_string())
}
