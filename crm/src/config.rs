//! What the CRM is told by its environment: every setting with its default and a sentence, read once at start.
use contract::session::Scheme;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

mod desk;
mod levels;
mod logins;
mod outside;
mod tokens;
pub use desk::Desk;
pub use levels::{Guarded, Levels};
pub use logins::LoginWay;
pub use outside::{AppIo, Forward, Mail, MailTls, PagoPa, Push, Sms};
pub use tokens::{ApiKey, OfficeToken};

/// A setting: its environment variable, what it is when unset, and what it does.
pub struct Setting {
    /// Environment variable.
    pub name: &'static str,
    /// Value when it is unset or empty.
    pub default: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, about }
}

/// Every setting there is. `crm settings` prints them.
pub const SETTINGS: &[Setting] = &[
    setting("FILO_ADDRESS", "127.0.0.1:8080", "Address and port to listen on."),
    setting("FILO_PUBLIC_URL", "http://localhost:8080", "The origin the browser sees, without a final slash."),
    setting("FILO_DATABASE_URL", "sqlite:data/filo.db", "SQLite file (sqlite:PATH) or PostgreSQL (postgres://…)."),
    setting("FILO_FILES", "data/files", "Folder for photos and documents."),
    setting("FILO_APP", "dist", "Folder of the built app; when it is absent only the API is served."),
    setting("FILO_SEED", "crm/seed", "Folder of the dictionary, the report form and town.json."),
    setting("FILO_BOUNDARY", "public/town/boundary.json", "Outline of the municipality; when empty places are not checked."),
    setting("FILO_OIDC_ISSUER", "", "Issuer URL of the OpenID provider, exactly as it calls itself; without one nobody can log in."),
    setting("FILO_OIDC_CLIENT_ID", "filo", "Our client identifier there."),
    setting("FILO_OIDC_CLIENT_SECRET", "", "Our client secret there; empty for none."),
    setting("FILO_OIDC_SPID_ISSUER", "", "Another issuer for SPID; _CIE_ and _EIDAS_ exist too, with _CLIENT_ID and _CLIENT_SECRET."),
    setting("FILO_OIDC_SPID_CLIENT_ID", "", "Our client identifier at the issuer for SPID."),
    setting("FILO_OIDC_SPID_CLIENT_SECRET", "", "Our client secret at the issuer for SPID."),
    setting("FILO_OIDC_SPID_ACR", SPID_ACR, "Levels asked for and accepted with SPID, best first, separated by spaces."),
    setting(
        "FILO_OIDC_SPID_PARAMS",
        "scheme=spid",
        "More parameters of the login request with SPID, as a query string: many proxies take a hint.",
    ),
    setting("FILO_OIDC_CIE_ISSUER", "", "Another issuer for CIE."),
    setting("FILO_OIDC_CIE_CLIENT_ID", "", "Our client identifier at the issuer for CIE."),
    setting("FILO_OIDC_CIE_CLIENT_SECRET", "", "Our client secret at the issuer for CIE."),
    setting("FILO_OIDC_CIE_ACR", SPID_ACR, "Levels asked for and accepted with CIE."),
    setting("FILO_OIDC_CIE_PARAMS", "scheme=cie", "More parameters of the login request with CIE."),
    setting("FILO_OIDC_EIDAS_ISSUER", "", "Another issuer for eIDAS."),
    setting("FILO_OIDC_EIDAS_CLIENT_ID", "", "Our client identifier at the issuer for eIDAS."),
    setting("FILO_OIDC_EIDAS_CLIENT_SECRET", "", "Our client secret at the issuer for eIDAS."),
    setting("FILO_OIDC_EIDAS_ACR", EIDAS_ACR, "Levels asked for and accepted with eIDAS."),
    setting("FILO_OIDC_EIDAS_PARAMS", "scheme=eidas", "More parameters of the login request with eIDAS."),
    setting("FILO_NEEDS_LEVEL_2", "choices deletion delegations channels", "What takes a login of level 2 (docs/API.md); - for nothing."),
    setting("FILO_NEEDS_LEVEL_3", "", "What takes one of level 3."),
    setting("FILO_DESK_ISSUER", "", "Issuer URL for volunteers of the help desk; without one there is no desk."),
    setting("FILO_DESK_CLIENT_ID", "filo", "Our client identifier there."),
    setting("FILO_DESK_CLIENT_SECRET", "", "Our client secret there; empty for none."),
    setting("FILO_DESK_ACR", SPID_ACR, "Levels asked for and accepted from volunteers: the second factor."),
    setting("FILO_DESK_PARAMS", "scheme=desk", "More parameters of a volunteer's login request, as a query string."),
    setting(
        "FILO_DESK_ROLE",
        "filo-volunteer",
        "What their roles or groups claim must have; - when everybody of that issuer is a volunteer.",
    ),
    setting("FILO_DESK_IDLE_SECONDS", "1800", "A volunteer's session ends after so many seconds without a request."),
    setting("FILO_DESK_TOTAL_SECONDS", "28800", "It ends after so many seconds whatever happens."),
    setting(
        "FILO_OFFICE_TOKENS",
        "",
        "Who may use the office API: NAME:TOKEN or NAME:sha256=HEX, separated by commas; behind it :SCOPE+SCOPE… for a token that may not do everything (docs/office.md).",
    ),
    setting("FILO_OFFICE_URL", "http://localhost:8080", "For `crm office`: the origin of the CRM that it speaks with."),
    setting("FILO_OFFICE_TOKEN", "", "For `crm office`: its token there."),
    setting("FILO_OPEN311_KEYS", "", "Who may send reports by Open311: NAME:API_KEY or NAME:sha256=HEX, separated by commas."),
    setting("FILO_OPEN311_JURISDICTION", "", "Our jurisdiction_id in Open311; any is taken when empty."),
    setting("FILO_OPEN311_FORWARD_URL", "", "Another Open311 server that street reports are handed on to: https://…/open311/v2."),
    setting("FILO_OPEN311_FORWARD_KEY", "", "Our api_key there."),
    setting("FILO_OPEN311_FORWARD_JURISDICTION", "", "The jurisdiction_id there; empty for none."),
    setting("FILO_OPEN311_FORWARD_SECONDS", "900", "Seconds between two questions about the same report there."),
    setting("FILO_TLS_CERT", "", "Certificate chain (PEM); with FILO_TLS_KEY the CRM speaks HTTPS itself."),
    setting("FILO_TLS_KEY", "", "Private key of the certificate (PEM)."),
    setting("FILO_MINE_IDLE_SECONDS", "1800", "Own device: the session ends after so many seconds without a request."),
    setting("FILO_MINE_TOTAL_SECONDS", "43200", "Own device: it ends after so many seconds whatever happens."),
    setting("FILO_SHARED_IDLE_SECONDS", "600", "Shared computer: the session ends after so many seconds without a request."),
    setting("FILO_SHARED_TOTAL_SECONDS", "3600", "Shared computer: it ends after so many seconds whatever happens."),
    setting("FILO_LOGINS_PER_MINUTE", "60", "Logins that one network address may begin in a minute."),
    setting("FILO_ANONYMOUS_PER_MINUTE", "30", "Reports that one network address may send in a minute without signing in."),
    setting("FILO_CODES_PER_MINUTE", "30", "Tracking codes that one network address may try in a minute."),
    setting("FILO_LIGHT_LOGIN", "no", "yes: a code sent by e-mail shows how the reports go that were sent with that address."),
    setting("FILO_SMTP_HOST", "", "Mail server; without one no letters are written."),
    setting("FILO_SMTP_PORT", "587", "Its port."),
    setting("FILO_SMTP_TLS", "starttls", "How the connection is kept secret: starttls, tls (from the first byte) or none."),
    setting("FILO_SMTP_USER", "", "Our name there; empty for none."),
    setting("FILO_SMTP_PASSWORD", "", "Our password there."),
    setting("FILO_SMTP_FROM", "", "Who letters are from: Comune di Firenze <filo@comune.example>."),
    setting("FILO_PAPER", "no", "yes: citizens can ask for letters on paper, which the office prints and posts."),
    setting("FILO_PUSH_KEY", "", "Our private key for Web Push (VAPID), as `crm push-key` makes it; without one nothing is pushed."),
    setting("FILO_PUSH_SUBJECT", "", "Where a push service reaches us when something is wrong: mailto:… or https://…."),
    setting(
        "FILO_PUSH_HOSTS",
        "fcm.googleapis.com *.push.services.mozilla.com *.push.apple.com *.notify.windows.com",
        "Push services that browsers may name, separated by spaces: a host, *.host, or a whole origin, which may be http and private.",
    ),
    setting("FILO_IO_URL", "https://api.io.pagopa.it/api/v1", "Where App IO's API begins."),
    setting("FILO_IO_KEY", "", "Our service's key there; without one nothing goes to App IO."),
    setting("FILO_SMS_URL", "", "Gateway that takes text messages as JSON (crm/src/connect/sms.rs); without one none are sent."),
    setting("FILO_SMS_TOKEN", "", "Our token there."),
    setting("FILO_SMS_FROM", "", "Who text messages are from: a number, or up to eleven letters and digits."),
    setting("FILO_CHANNEL_SECONDS", "20", "Longest wait for an answer of a push service, App IO or the SMS gateway; at most 25."),
    setting("FILO_PAGOPA_URL", "", "The payment platform, such as https://api.platform.pagopa.it; without it nothing can be paid here."),
    setting("FILO_PAGOPA_KEY", "", "Our subscription key there."),
    setting(
        "FILO_PAGOPA_RECEIPTS_TOKEN",
        "",
        "The token with which the platform, or our partner, sends receipts; without one they are asked for.",
    ),
    setting(
        "FILO_PAGOPA_PAGE_SECONDS",
        "1800",
        "How long a payment page of Checkout may be used; a fee is free again a sixth of that later.",
    ),
    setting("FILO_CLIENT_HEADER", "", "Header in which a trusted proxy puts the client's address last, such as x-forwarded-for."),
    setting("FILO_REQUEST_SECONDS", "20", "Longest time for one request; uploads get six times as much."),
    setting("FILO_ANSWERS_KEPT_DAYS", "30", "Days for which the answer to an upload is given again for the same Idempotency-Key."),
    setting("FILO_IMAGE_HOSTS", "", "Other hosts whose images pages may show, separated by spaces (map tiles)."),
    setting("FILO_CONNECT_HOSTS", "", "Other hosts that pages may ask for data, separated by spaces."),
    setting("FILO_LOG", "info,sqlx=warn", "What is logged, in the syntax of tracing's EnvFilter."),
];

const SPID_ACR: &str = "https://www.spid.gov.it/SpidL2 https://www.spid.gov.it/SpidL3";
const EIDAS_ACR: &str =
    "http://eidas.europa.eu/LoA/substantial http://eidas.europa.eu/LoA/high https://www.spid.gov.it/SpidL2 https://www.spid.gov.it/SpidL3";

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{name}: {why}")]
pub struct ConfigError {
    /// The setting at fault.
    pub name: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// The settings, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub address: SocketAddr,
    /// The origin as the browser sees it, without a final slash.
    pub public_url: String,
    /// The database.
    pub database_url: String,
    /// Where photos and documents are kept.
    pub files: PathBuf,
    /// The built app.
    pub app: PathBuf,
    /// Reference data.
    pub seed: PathBuf,
    /// Outline of the municipality, if there is one.
    pub boundary: Option<PathBuf>,
    /// Ways to log in; none when no issuer is set.
    pub logins: Vec<LoginWay>,
    /// What takes a login of a higher level.
    pub levels: Levels,
    /// The help desk: who its volunteers are.
    pub desk: Desk,
    /// Who may use the office API.
    pub office_tokens: Vec<OfficeToken>,
    /// Who may send reports by Open311.
    pub open311_keys: Vec<ApiKey>,
    /// Our name among Open311's jurisdictions; empty for none.
    pub open311_jurisdiction: String,
    /// Certificate chain and private key, when the CRM speaks HTTPS itself.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Session lengths on one's own device.
    pub mine: SessionLengths,
    /// Session lengths on a shared computer.
    pub shared: SessionLengths,
    /// Logins that one network address may begin in a minute.
    pub logins_per_minute: u32,
    /// Reports that one network address may send in a minute without signing in.
    pub anonymous_per_minute: u32,
    /// Tracking codes that one network address may try in a minute.
    pub codes_per_minute: u32,
    /// A code sent by e-mail shows how reports go.
    pub light_login: bool,
    /// The mail server, when there is one.
    pub mail: Option<Mail>,
    /// The Open311 server that reports are handed on to, when there is one.
    pub forward: Option<Forward>,
    /// Web Push, when there is a key for it.
    pub push: Option<Push>,
    /// App IO, when there is a key for it.
    pub app_io: Option<AppIo>,
    /// The SMS gateway, when there is one.
    pub sms: Option<Sms>,
    /// The payment platform, when there is one.
    pub pagopa: Option<PagoPa>,
    /// Header with the client's address, set by a trusted proxy.
    pub client_header: Option<String>,
    /// Longest time for one request.
    pub request_time: Duration,
    /// Days for which the answer to an upload is kept.
    pub answers_kept_days: i64,
    /// Citizens can ask for letters on paper.
    pub paper: bool,
    /// Other hosts whose images pages may show.
    pub image_hosts: Vec<String>,
    /// Other hosts that pages may ask for data.
    pub connect_hosts: Vec<String>,
    /// What is logged.
    pub log: String,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLengths {
    /// Seconds without a request.
    pub idle: i64,
    /// Seconds altogether.
    pub total: i64,
}

/// Where `crm office` asks and with which token, from the environment. The token may be empty.
pub fn office_from_env() -> (String, String) {
    let ask = |name: &str| std::env::var(name).ok();
    let source = Source(&ask);
    (source.text("FILO_OFFICE_URL"), source.text("FILO_OFFICE_TOKEN"))
}

impl Config {
    /// Reads the settings from the environment.
    ///
    /// # Errors
    /// The first setting that cannot be understood.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    /// Reads the settings from anything that can be asked by name.
    ///
    /// # Errors
    /// The first setting that cannot be understood.
    pub fn read(ask: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let source = Source(&ask);
        let tls = match (source.path("FILO_TLS_CERT"), source.path("FILO_TLS_KEY")) {
            (Some(cert), Some(key)) => Some((cert, key)),
            (None, None) => None,
            _ => return Err(wrong("FILO_TLS_CERT", "needs FILO_TLS_KEY, and the other way round")),
        };
        let public_url = source.text("FILO_PUBLIC_URL").trim_end_matches('/').to_owned();
        if !(public_url.starts_with("http://") || public_url.starts_with("https://")) || public_url.matches('/').count() != 2 {
            return Err(wrong("FILO_PUBLIC_URL", "is an origin, such as https://filo.example"));
        }
        Ok(Self {
            address: source.parse("FILO_ADDRESS")?,
            public_url,
            database_url: source.text("FILO_DATABASE_URL"),
            files: PathBuf::from(source.text("FILO_FILES")),
            app: PathBuf::from(source.text("FILO_APP")),
            seed: PathBuf::from(source.text("FILO_SEED")),
            boundary: source.path("FILO_BOUNDARY"),
            logins: [(Scheme::Spid, "SPID"), (Scheme::Cie, "CIE"), (Scheme::Eidas, "EIDAS")]
                .into_iter()
                .filter_map(|(scheme, name)| source.login_way(scheme, name))
                .collect(),
            levels: source.levels()?,
            desk: source.desk()?,
            office_tokens: source.office_tokens()?,
            open311_keys: source.open311_keys()?,
            open311_jurisdiction: source.text("FILO_OPEN311_JURISDICTION"),
            tls,
            mine: SessionLengths { idle: source.parse("FILO_MINE_IDLE_SECONDS")?, total: source.parse("FILO_MINE_TOTAL_SECONDS")? },
            shared: SessionLengths { idle: source.parse("FILO_SHARED_IDLE_SECONDS")?, total: source.parse("FILO_SHARED_TOTAL_SECONDS")? },
            logins_per_minute: source.parse("FILO_LOGINS_PER_MINUTE")?,
            anonymous_per_minute: source.parse("FILO_ANONYMOUS_PER_MINUTE")?,
            codes_per_minute: source.parse("FILO_CODES_PER_MINUTE")?,
            light_login: source.text("FILO_LIGHT_LOGIN") == "yes",
            mail: source.mail()?,
            forward: source.forward()?,
            push: source.push()?,
            app_io: source.app_io()?,
            sms: source.sms()?,
            pagopa: source.pagopa()?,
            client_header: Some(source.text("FILO_CLIENT_HEADER").to_ascii_lowercase()).filter(|name| !name.is_empty()),
            request_time: Duration::from_secs(source.parse("FILO_REQUEST_SECONDS")?),
            answers_kept_days: source.parse("FILO_ANSWERS_KEPT_DAYS")?,
            paper: source.text("FILO_PAPER") == "yes",
            image_hosts: source.list("FILO_IMAGE_HOSTS"),
            connect_hosts: source.list("FILO_CONNECT_HOSTS"),
            log: source.text("FILO_LOG"),
        })
    }
}

/// Where settings are asked for; falls back on their defaults.
struct Source<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Source<'_> {
    fn text(&self, name: &str) -> String {
        let default = || SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default).to_owned();
        // FILO_BOUNDARY may be switched off by an empty value; for the others empty means unset, as in an .env file.
        match (self.0)(name) {
            Some(value) if !value.trim().is_empty() || name == "FILO_BOUNDARY" => value.trim().to_owned(),
            _ => default(),
        }
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        Some(self.text(name)).filter(|text| !text.is_empty()).map(PathBuf::from)
    }

    fn list(&self, name: &str) -> Vec<String> {
        self.text(name).split_whitespace().map(str::to_owned).collect()
    }

    fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(&self, name: &'static str) -> Result<T, ConfigError> {
        self.text(name).parse().map_err(|error| wrong(name, error))
    }
}

fn wrong(name: &'static str, why: impl std::fmt::Display) -> ConfigError {
    ConfigError { name, why: why.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::office::Scope;

    fn with(pairs: &'static [(&'static str, &'static str)]) -> Result<Config, ConfigError> {
        Config::read(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn nothing_set_is_a_whole_configuration_without_logins() {
        let config = with(&[]).expect("defaults are valid");
        assert_eq!(config.address.port(), 8080);
        assert_eq!(config.logins, vec![]);
        assert_eq!(config.mine, SessionLengths { idle: 1800, total: 43200 });
    }

    #[test]
    fn one_issuer_serves_three_schemes_and_another_one_never_sees_its_secret() {
        let pairs =
            &[("FILO_OIDC_ISSUER", "https://a.example"), ("FILO_OIDC_CLIENT_SECRET", "s"), ("FILO_OIDC_CIE_ISSUER", "https://b.example")];
        let logins = with(pairs).expect("valid").logins;
        let issuers: Vec<&str> = logins.iter().map(|way| way.issuer.as_str()).collect();
        assert_eq!(issuers, ["https://a.example", "https://b.example", "https://a.example"]);
        assert_eq!(logins[1].client_secret, None);
        assert_eq!(logins[2].params, vec![("scheme".to_owned(), "eidas".to_owned())]);
    }

    #[test]
    fn a_token_may_do_everything_or_what_its_scopes_say() {
        let pairs = &[("FILO_OFFICE_TOKENS", "desk:0123456789abcdef, board:0123456789abcdeg:cases.read + outbox")];
        let tokens = with(pairs).expect("valid").office_tokens;
        let scopes: Vec<&[Scope]> = tokens.iter().map(|token| token.scopes.as_slice()).collect();
        assert_eq!(scopes, [&Scope::ALL[..], &[Scope::CasesRead, Scope::Outbox]]);
        // An api_key of Open311 has no scopes: all of it is the key.
        let keys = with(&[("FILO_OPEN311_KEYS", "app:0123456789:abcdef")]).expect("valid").open311_keys;
        assert_eq!(keys[0].sha256, crate::secret::sha256(b"0123456789:abcdef"));
    }

    #[test]
    fn what_cannot_be_understood_is_named() {
        for (pairs, name) in [
            (&[("FILO_ADDRESS", "here")][..], "FILO_ADDRESS"),
            (&[("FILO_PUBLIC_URL", "https://filo.example/app")], "FILO_PUBLIC_URL"),
            (&[("FILO_OFFICE_TOKENS", "desk:short")], "FILO_OFFICE_TOKENS"),
            (&[("FILO_OFFICE_TOKENS", "desk:0123456789abcdef:cases.read+cases.eat")], "FILO_OFFICE_TOKENS"),
            (&[("FILO_OFFICE_TOKENS", "desk:0123456789abcdef:")], "FILO_OFFICE_TOKENS"),
            (&[("FILO_OPEN311_KEYS", "app:short")], "FILO_OPEN311_KEYS"),
            (&[("FILO_TLS_KEY", "key.pem")], "FILO_TLS_CERT"),
            (&[("FILO_SMTP_HOST", "mail.example")], "FILO_SMTP_FROM"),
            (&[("FILO_SMTP_HOST", "mail.example"), ("FILO_SMTP_TLS", "maybe")], "FILO_SMTP_TLS"),
            (&[("FILO_PUSH_KEY", "key")], "FILO_PUSH_SUBJECT"),
            (&[("FILO_IO_KEY", "key"), ("FILO_IO_URL", "io.example")], "FILO_IO_URL"),
            (&[("FILO_SMS_URL", "https://sms.example")], "FILO_SMS_TOKEN"),
            (&[("FILO_IO_KEY", "key"), ("FILO_CHANNEL_SECONDS", "60")], "FILO_CHANNEL_SECONDS"),
            (&[("FILO_PAGOPA_URL", "api.platform.pagopa.it")], "FILO_PAGOPA_URL"),
            (&[("FILO_PAGOPA_URL", "https://a.example"), ("FILO_PAGOPA_RECEIPTS_TOKEN", "short")], "FILO_PAGOPA_RECEIPTS_TOKEN"),
            (&[("FILO_PAGOPA_URL", "https://a.example"), ("FILO_PAGOPA_PAGE_SECONDS", "0")], "FILO_PAGOPA_PAGE_SECONDS"),
        ] {
            let read = Config::read(|asked| pairs.iter().find(|(key, _)| *key == asked).map(|(_, value)| (*value).to_owned()));
            assert_eq!(read.err().map(|error| error.name), Some(name));
        }
    }
}
