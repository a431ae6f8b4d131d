//! What the demo town is told from outside: addresses, the client that may log in, the CRM's office. Every setting is an environment variable.
use std::time::Duration;

/// A setting: its variable, its default and what it is for.
pub struct Setting {
    /// Name of the environment variable.
    pub name: &'static str,
    /// Value when it is unset or empty.
    pub default: &'static str,
    /// A sentence.
    pub about: &'static str,
}

/// Every setting there is; `town settings` prints them.
pub const SETTINGS: [Setting; 13] = [
    Setting { name: "TOWN_ADDRESS", default: "127.0.0.1:8090", about: "Address and port to listen on." },
    Setting { name: "TOWN_PUBLIC_URL", default: "http://127.0.0.1:8090", about: "The provider's issuer, without a final slash." },
    Setting { name: "TOWN_CLIENT_ID", default: "filo", about: "The one client that may log people in." },
    Setting { name: "TOWN_CLIENT_SECRET", default: "", about: "Its secret; empty for a client without one." },
    Setting {
        name: "TOWN_REDIRECT_URIS",
        default: "http://localhost:8080/api/v1/session/callback",
        about: "Where a login may end, separated by spaces; compared character by character.",
    },
    Setting {
        name: "TOWN_LOGOUT_URIS",
        default: "http://localhost:8080/",
        about: "Where a logout may end, separated by spaces; compared character by character.",
    },
    Setting { name: "TOWN_SMTP_ADDRESS", default: "", about: "Address and port to take letters on; empty for no mailboxes." },
    Setting { name: "TOWN_IO_KEY", default: "", about: "The key with which a service sends through App IO; empty for none." },
    Setting { name: "TOWN_SMS_TOKEN", default: "", about: "The token with which text messages are sent; empty for none." },
    Setting {
        name: "TOWN_PAGOPA_KEY",
        default: "",
        about: "The subscription key with which the payment platform is asked; empty for none.",
    },
    Setting {
        name: "TOWN_PAGOPA_RECEIPTS_TOKEN",
        default: "",
        about: "The token with which the platform sends receipts to the CRM; empty: it sends none.",
    },
    Setting { name: "TOWN_CRM_URL", default: "http://localhost:8080", about: "The CRM whose cases the clerk moves." },
    Setting {
        name: "TOWN_OFFICE_TOKEN",
        default: "",
        about: "The clerk's token for the CRM's office API; without one the clerk stays at home.",
    },
];

/// The settings of the town.
#[derive(Clone, Debug)]
pub struct Config {
    /// Issuer of the identity provider: the origin everybody reaches it at, without a final slash.
    pub public_url: String,
    /// Who may log people in.
    pub client: Client,
    /// Origin of the CRM, without a final slash.
    pub crm_url: String,
    /// The clerk's token for the CRM's office API; empty when there is none.
    pub office_token: String,
    /// Where to take letters, if at all.
    pub smtp_address: Option<String>,
    /// The key of the one service on App IO; empty when there is none.
    pub io_key: String,
    /// The token of the one customer of the SMS gateway; empty when there is none.
    pub sms_token: String,
    /// The subscription key of the payment platform; empty when there is none.
    pub pagopa_key: String,
    /// The token with which the platform sends receipts; empty when it sends none.
    pub receipts_token: String,
    /// How long an authorization code is good for.
    pub code_lifetime: Duration,
    /// How long somebody may look at the login page.
    pub login_lifetime: Duration,
    /// How long an access token and an ID token are good for.
    pub token_lifetime: Duration,
}

/// The relying party, registered by configuration.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its identifier.
    pub id: String,
    /// Its secret; `None` for a public client, which PKCE alone protects.
    pub secret: Option<String>,
    /// Where a login may end.
    pub redirect_uris: Vec<String>,
    /// Where a logout may end.
    pub logout_uris: Vec<String>,
}

impl Config {
    /// Reads the settings, each by its name.
    pub fn read(setting: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| {
            let default = || SETTINGS.iter().find(|known| known.name == name).map_or("", |known| known.default).to_owned();
            setting(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).unwrap_or_else(default)
        };
        let list = |name: &str| text(name).split_whitespace().map(str::to_owned).collect();
        let origin = |name: &str| text(name).trim_end_matches('/').to_owned();
        Self {
            public_url: origin("TOWN_PUBLIC_URL"),
            client: Client {
                id: text("TOWN_CLIENT_ID"),
                secret: Some(text("TOWN_CLIENT_SECRET")).filter(|secret| !secret.is_empty()),
                redirect_uris: list("TOWN_REDIRECT_URIS"),
                logout_uris: list("TOWN_LOGOUT_URIS"),
            },
            crm_url: origin("TOWN_CRM_URL"),
            office_token: text("TOWN_OFFICE_TOKEN"),
            smtp_address: Some(text("TOWN_SMTP_ADDRESS")).filter(|address| !address.is_empty()),
            io_key: text("TOWN_IO_KEY"),
            sms_token: text("TOWN_SMS_TOKEN"),
            pagopa_key: text("TOWN_PAGOPA_KEY"),
            receipts_token: text("TOWN_PAGOPA_RECEIPTS_TOKEN"),
            code_lifetime: Duration::from_secs(60),
            login_lifetime: Duration::from_secs(600),
            token_lifetime: Duration::from_secs(900),
        }
    }

    /// Reads the settings from the environment.
    pub fn from_environment() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    /// The address to listen on, from the environment.
    pub fn address() -> String {
        std::env::var("TOWN_ADDRESS").ok().filter(|value| !value.is_empty()).unwrap_or_else(|| SETTINGS[0].default.to_owned())
    }
}
