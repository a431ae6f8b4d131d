//! Letters leave by SMTP.
use crate::clock;
use crate::config::{Mail, MailTls};
use crate::mail::Letter;
use crate::outbox::{Outcome, Parcel};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::time::{Duration, SystemTime};

/// Longest wait for the mail server's answer to one command.
const ANSWER_TIME: Duration = Duration::from_secs(30);

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
pub async fn send(post: &Post, parcel: &Parcel, letter: &Letter) -> Outcome {
    let message = match compose(post, parcel, letter) {
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

fn compose(post: &Post, parcel: &Parcel, letter: &Letter) -> Result<Message, String> {
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
    message
        .raw_header(HeaderValue::new(automatic, "auto-generated".to_owned()))
        .raw_header(HeaderValue::new(language, letter.language.clone()))
        .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))
        .map_err(|error| error.to_string())
}
