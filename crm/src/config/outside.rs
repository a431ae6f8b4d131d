//! The outside services that a town may configure: where letters go out, where street reports are handed on to.
use super::{ConfigError, Source, wrong};

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

impl Source<'_> {
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
}
