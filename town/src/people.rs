//! The demo people: invented, with well-formed codici fiscali, e-mail addresses under example.org and phone numbers nobody has.
use serde::Deserialize;
use std::sync::LazyLock;

/// The people's file, part of the program.
const FILE: &str = include_str!("../seed/people.json");

/// Those who work at the help desk, who are nobody's citizens here.
const VOLUNTEERS_FILE: &str = include_str!("../seed/volunteers.json");

/// The scheme a person proves who they are with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// SPID.
    Spid,
    /// The electronic identity card.
    Cie,
    /// An identity of another European country.
    Eidas,
}

impl Scheme {
    /// The name people know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Spid => "SPID",
            Self::Cie => "CIE",
            Self::Eidas => "eIDAS",
        }
    }
}

/// Whether a person is on App IO.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnIo {
    /// Yes, and takes our messages.
    #[default]
    Welcome,
    /// Yes, and has switched our messages off.
    Refused,
    /// No.
    Absent,
}

/// A text in the two languages of the provider's pages.
#[derive(Clone, Debug, Deserialize)]
pub struct Bilingual {
    /// Italian.
    pub it: String,
    /// English.
    pub en: String,
}

/// A demo person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The `sub` claim: a slug.
    pub subject: String,
    /// How they log in.
    pub scheme: Scheme,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `female` or `male`; eIDAS need not say it.
    #[serde(default)]
    pub gender: Option<String>,
    /// Day of birth, ISO 8601.
    pub birthdate: String,
    /// Belfiore code of the place of birth; eIDAS need not say it.
    #[serde(default)]
    pub birthplace: Option<String>,
    /// Codice fiscale; absent for people who come through eIDAS without one.
    #[serde(default)]
    pub fiscal_code: Option<String>,
    /// E-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone number in international form.
    #[serde(default)]
    pub phone: Option<String>,
    /// Whether they are on App IO.
    #[serde(default)]
    pub app_io: OnIo,
    /// They come in by the first level where that is taken, as with a password alone.
    #[serde(default)]
    pub by_password: bool,
    /// What they may be at the town hall: the `roles` claim.
    #[serde(default)]
    pub roles: Vec<String>,
    /// A sentence or two on who they are, for whoever tries the demo.
    pub who: Bilingual,
}

impl Person {
    /// Given name and family name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }
}

static PEOPLE: LazyLock<Result<Vec<Person>, String>> =
    LazyLock::new(|| serde_json::from_str(FILE).map_err(|error| format!("town/seed/people.json: {error}")));

static VOLUNTEERS: LazyLock<Result<Vec<Person>, String>> =
    LazyLock::new(|| serde_json::from_str(VOLUNTEERS_FILE).map_err(|error| format!("town/seed/volunteers.json: {error}")));

/// Everybody, in the order in which the login page shows them.
///
/// # Errors
/// When the file of people that was built in cannot be read.
pub fn all() -> Result<&'static [Person], String> {
    PEOPLE.as_deref().map_err(Clone::clone)
}

/// Everybody of the help desk, in the order in which the login page shows them to it.
///
/// # Errors
/// When the file of volunteers that was built in cannot be read.
pub fn volunteers() -> Result<&'static [Person], String> {
    VOLUNTEERS.as_deref().map_err(Clone::clone)
}

/// The person with this `sub` claim, citizen or volunteer.
pub fn find(subject: &str) -> Option<&'static Person> {
    all().ok()?.iter().chain(volunteers().ok()?).find(|person| person.subject == subject)
}

/// A short table of everybody for a terminal: how to find them on the login page, and who they are.
///
/// # Errors
/// See [`all`].
pub fn table() -> Result<String, String> {
    let people = all()?;
    let widest = people.iter().map(|person| person.name().chars().count()).max().unwrap_or(0);
    Ok(people.iter().map(|person| format!("{:<widest$}  {:<5}  {}\n", person.name(), person.scheme.name(), person.who.it)).collect())
}
