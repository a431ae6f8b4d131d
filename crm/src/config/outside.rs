//! The outside services that a town may configure: where letters, pushes and messages go out, where street reports are handed on to, where fees are paid.
use super::{ConfigError, Source, wrong};
use std::time::Duration;

/// Longest wait that a town may set for one answer: App IO is asked twice, and one delivery has a minute (`crm/src/outbox.rs`).
const CHANNEL_SECONDS_MAX: u64 = 25;
/// Fewest characters of a token that others send us things with.
const TOKEN_CHARS_MIN: usize = 16;

/// Where letters go out.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// Host name of the mail server.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub tls: MailTls,
    /// Name and password there.
    pub credentials: Option<(String, String)>,
    /// Who letters are from, as it stands in a header.
    pub from: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mail").field("host", &self.host).field("port", &self.port).field("from", &self.from).finish_non_exhaustive()
    }
}

/// How a connection to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTls {
    /// STARTTLS, and nothing without it.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a server on this very machine.
    None,
}

/// Another Open311 server.
#[derive(Clone, PartialEq, Eq)]
pub struct Forward {
    /// Where its GeoReport v2 begins, without a final slash.
    pub url: String,
    /// Our key there.
    pub api_key: String,
    /// The jurisdiction there; empty for none.
    pub jurisdiction: String,
    /// Seconds between two questions about the same report.
    pub every_seconds: i64,
}

impl std::fmt::Debug for Forward {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Forward").field("url", &self.url).field("jurisdiction", &self.jurisdiction).finish_non_exhaustive()
    }
}

/// Web Push: who we are to the push services, and which we speak with.
#[derive(Clone, PartialEq, Eq)]
pub struct Push {
    /// Our private key (VAPID): 32 bytes in base64url.
    pub key: String,
    /// Where a push service reaches us: `mailto:` or `https:`.
    pub subject: String,
    /// Push services that a browser may name: `host`, `*.host`, or a whole origin.
    pub hosts: Vec<String>,
    /// Longest wait for an answer.
    pub answer_time: Duration,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("subject", &self.subject).field("hosts", &self.hosts).finish_non_exhaustive()
    }
}

/// App IO: its API and our service there.
#[derive(Clone, PartialEq, Eq)]
pub struct AppIo {
    /// Where the API begins, without a final slash.
    pub url: String,
    /// Our service's key.
    pub key: String,
    /// Longest wait for an answer.
    pub answer_time: Duration,
}

impl std::fmt::Debug for AppIo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppIo").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A gateway for text messages.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// Where messages are posted.
    pub url: String,
    /// Our token there.
    pub token: String,
    /// Who messages are from.
    pub from: String,
    /// Longest wait for an answer.
    pub answer_time: Duration,
}

impl std::fmt::Debug for Sms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sms").field("url", &self.url).field("from", &self.from).finish_non_exhaustive()
    }
}

/// The payment platform, and who we are there.
#[derive(Clone, PartialEq, Eq)]
pub struct PagoPa {
    /// Where its APIs begin, without a final slash.
    pub url: String,
    /// Our subscription key.
    pub key: String,
    /// Hash of the token with which receipts are sent to us.
    pub receipts_sha256: Option<[u8; 32]>,
    /// How long a payment page may be used, in seconds.
    pub cart_seconds: i64,
    /// Longest wait for an answer: less than a request may take (`FILO_REQUEST_SECONDS`).
    pub answer_time: Duration,
}

impl std::fmt::Debug for PagoPa {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PagoPa").field("url", &self.url).field("cart_seconds", &self.cart_seconds).finish_non_exhaustive()
    }
}

impl Source<'_> {
    pub(super) fn pagopa(&self) -> Result<Option<PagoPa>, ConfigError> {
        if self.text("FILO_PAGOPA_URL").is_empty() {
            return Ok(None);
        }
        let token = self.text("FILO_PAGOPA_RECEIPTS_TOKEN");
        if !token.is_empty() && token.len() < TOKEN_CHARS_MIN {
            return Err(wrong("FILO_PAGOPA_RECEIPTS_TOKEN", format!("needs at least {TOKEN_CHARS_MIN} characters")));
        }
        let cart_seconds = match self.parse("FILO_PAGOPA_PAGE_SECONDS")? {
            seconds @ 6..=86_400 => seconds,
            _ => return Err(wrong("FILO_PAGOPA_PAGE_SECONDS", "is between 6 seconds and a day")),
        };
        let whole: u64 = self.parse("FILO_REQUEST_SECONDS")?;
        Ok(Some(PagoPa {
            url: self.address("FILO_PAGOPA_URL")?,
            key: self.text("FILO_PAGOPA_KEY"),
            receipts_sha256: Some(token).filter(|token| !token.is_empty()).map(|token| crate::secret::sha256(token.as_bytes())),
            cart_seconds,
            answer_time: Duration::from_secs((whole / 2).max(1)),
        }))
    }

    pub(super) fn mail(&self) -> Result<Option<Mail>, ConfigError> {
        let given = |name| Some(self.text(name)).filter(|text| !text.is_empty());
        let Some(host) = given("FILO_SMTP_HOST") else { return Ok(None) };
        let tls = match self.text("FILO_SMTP_TLS").as_str() {
            "starttls" => MailTls::StartTls,
            "tls" => MailTls::Tls,
            "none" => MailTls::None,
            _ => return Err(wrong("FILO_SMTP_TLS", "is starttls, tls or none")),
        };
        let from = given("FILO_SMTP_FROM").ok_or_else(|| wrong("FILO_SMTP_FROM", "is needed with FILO_SMTP_HOST"))?;
        let credentials = given("FILO_SMTP_USER").map(|user| (user, self.text("FILO_SMTP_PASSWORD")));
        Ok(Some(Mail { host, port: self.parse("FILO_SMTP_PORT")?, tls, credentials, from }))
    }

    pub(super) fn forward(&self) -> Result<Option<Forward>, ConfigError> {
        let url = self.text("FILO_OPEN311_FORWARD_URL").trim_end_matches('/').to_owned();
        if url.is_empty() {
            return Ok(None);
        }
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            return Err(wrong("FILO_OPEN311_FORWARD_URL", "is an address, such as https://city.example/open311/v2"));
        }
        Ok(Some(Forward {
            url,
            api_key: self.text("FILO_OPEN311_FORWARD_KEY"),
            jurisdiction: self.text("FILO_OPEN311_FORWARD_JURISDICTION"),
            every_seconds: self.parse("FILO_OPEN311_FORWARD_SECONDS")?,
        }))
    }

    pub(super) fn push(&self) -> Result<Option<Push>, ConfigError> {
        let key = self.text("FILO_PUSH_KEY");
        if key.is_empty() {
            return Ok(None);
        }
        let subject = self.text("FILO_PUSH_SUBJECT");
        if !(subject.starts_with("mailto:") || subject.starts_with("https://")) {
            return Err(wrong("FILO_PUSH_SUBJECT", "is mailto:… or https://…, and is needed with FILO_PUSH_KEY"));
        }
        Ok(Some(Push { key, subject, hosts: self.list("FILO_PUSH_HOSTS"), answer_time: self.answer_time()? }))
    }

    pub(super) fn app_io(&self) -> Result<Option<AppIo>, ConfigError> {
        let key = self.text("FILO_IO_KEY");
        if key.is_empty() {
            return Ok(None);
        }
        Ok(Some(AppIo { url: self.address("FILO_IO_URL")?, key, answer_time: self.answer_time()? }))
    }

    pub(super) fn sms(&self) -> Result<Option<Sms>, ConfigError> {
        if self.text("FILO_SMS_URL").is_empty() {
            return Ok(None);
        }
        let needed = |name: &'static str| {
            Some(self.text(name)).filter(|text| !text.is_empty()).ok_or_else(|| wrong(name, "is needed with FILO_SMS_URL"))
        };
        let (token, from) = (needed("FILO_SMS_TOKEN")?, needed("FILO_SMS_FROM")?);
        Ok(Some(Sms { url: self.address("FILO_SMS_URL")?, token, from, answer_time: self.answer_time()? }))
    }

    /// An address of a service, without a final slash.
    fn address(&self, name: &'static str) -> Result<String, ConfigError> {
        let url = self.text(name).trim_end_matches('/').to_owned();
        let is_one = url.starts_with("http://") || url.starts_with("https://");
        if is_one { Ok(url) } else { Err(wrong(name, "is an address that begins with https://")) }
    }

    fn answer_time(&self) -> Result<Duration, ConfigError> {
        match self.parse("FILO_CHANNEL_SECONDS")? {
            seconds @ 1..=CHANNEL_SECONDS_MAX => Ok(Duration::from_secs(seconds)),
            _ => Err(wrong("FILO_CHANNEL_SECONDS", format!("is between 1 and {CHANNEL_SECONDS_MAX}"))),
        }
    }
}
