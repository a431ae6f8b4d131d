//! From the seed files, whose days are counted from today, to the import file of the CRM, whose days are real.
use crate::archive;
use crate::calendar::Day;
use crate::fees;
use crate::people;
use crate::street_reports;
use contract::cases::{Channel, Protocol, TaskKind};
use contract::dictionary::{KindCode, StateCode};
use contract::import::{ImportCase, ImportCitizen, ImportDocument, ImportFile, ImportOffice, ImportStep};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// The cases written by hand, one file for each person.
const CASE_FILES: [(&str, &str); 9] = [
    ("maria-rossi", include_str!("../seed/cases/maria-rossi.json")),
    ("gino-bandini", include_str!("../seed/cases/gino-bandini.json")),
    ("giulia-ferri", include_str!("../seed/cases/giulia-ferri.json")),
    ("ardita-hoxha", include_str!("../seed/cases/ardita-hoxha.json")),
    ("ionut-popescu", include_str!("../seed/cases/ionut-popescu.json")),
    ("teresa-conti", include_str!("../seed/cases/teresa-conti.json")),
    ("samira-el-amrani", include_str!("../seed/cases/samira-el-amrani.json")),
    ("niccolo-dambra", include_str!("../seed/cases/niccolo-dambra.json")),
    ("lukas-brandt", include_str!("../seed/cases/lukas-brandt.json")),
];
/// What happened in the last so many days is new to the demo people.
const NEWS_DAYS: i64 = 10;
const OFFICES: &str = include_str!("../seed/offices.json");
const KINDS: &str = include_str!("../seed/kinds.json");
const STATES: &str = include_str!("../seed/states.json");

/// A kind of case as the demo town treats it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedKind {
    /// Which kind.
    pub kind: String,
    /// Its name in Italian.
    pub name: String,
    /// Key of the office that works on it.
    pub office: String,
    /// Most days for an answer.
    pub legal_days: u32,
    /// Where those days are written.
    pub rule: String,
}

/// A state as the demo town's officers use it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedState {
    /// Which state.
    pub state: String,
    /// Its name in Italian.
    pub name: String,
    /// The phase it belongs to.
    pub phase: contract::cases::Phase,
    /// What the citizen must do, in a state that waits for them.
    #[serde(default)]
    pub task: Option<TaskKind>,
    /// The days an officer usually gives for it.
    #[serde(default)]
    pub task_days: Option<i64>,
    /// What an officer usually writes to the citizen with it.
    #[serde(default)]
    pub note: String,
}

/// A case as the seed files write it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedCase {
    key: String,
    kind: String,
    title: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    description: String,
    /// Days added to the legal term by a suspension.
    #[serde(default)]
    extra_days: i64,
    /// Day of the citizen's task ("+9"); its kind follows from the state.
    #[serde(default)]
    task_due: Option<String>,
    steps: Vec<SeedStep>,
    #[serde(default)]
    documents: Vec<SeedDocument>,
}

/// A step: "-12 09:30" happened then in Rome, "+9" is expected on that day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedStep {
    when: String,
    state: String,
    #[serde(default)]
    you: bool,
    #[serde(default)]
    channel: Option<Channel>,
    #[serde(default)]
    note: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedDocument {
    name: String,
    when: String,
    paragraphs: Vec<String>,
}

/// The twelve kinds of case and the street report.
///
/// # Errors
/// When the file that was built in cannot be read.
pub fn kinds() -> Result<Vec<SeedKind>, String> {
    read("kinds.json", KINDS)
}

/// Every state a case can be in.
///
/// # Errors
/// When the file that was built in cannot be read.
pub fn states() -> Result<Vec<SeedState>, String> {
    read("states.json", STATES)
}

/// Reads a file of the folder `town/seed`.
pub(crate) fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("town/seed/{name}: {error}"))
}

/// The whole demo town as `crm import` reads it: offices, people, cases, with every day counted from `today`.
/// The same issuer and day give the same file.
///
/// # Errors
/// When a seed file cannot be read, or names a day, a kind or a state that does not exist.
pub fn import_file(issuer: &str, today: Day) -> Result<ImportFile, String> {
    let offices: Vec<ImportOffice> = read("offices.json", OFFICES)?;
    let mut citizens: Vec<ImportCitizen> = people::all()?
        .iter()
        .map(|person| ImportCitizen {
            issuer: issuer.to_owned(),
            subject: person.subject.clone(),
            given_name: person.given_name.clone(),
            family_name: person.family_name.clone(),
            fiscal_code: person.fiscal_code.clone(),
            email: person.email.clone(),
            phone: person.phone.clone(),
        })
        .collect();
    let town = Town { today, kinds: kinds()?, states: states()?, offices: offices.clone() };
    let mut cases = Vec::new();
    for (citizen, text) in CASE_FILES {
        for case in read::<Vec<SeedCase>>(citizen, text)? {
            let key = case.key.clone();
            cases.push(town.case(citizen, case).map_err(|error| format!("town/seed/cases/{citizen}.json, {key}: {error}"))?);
        }
    }
    cases.extend(archive::cases(&town)?);
    let (neighbours, reports) = street_reports::all(&town, issuer)?;
    citizens.extend(neighbours);
    cases.extend(reports);
    let fees = fees::all(&town)?;
    Ok(ImportFile { offices, citizens, cases, fees })
}

/// What every case needs to know about the town and the day.
pub(crate) struct Town {
    pub(crate) today: Day,
    pub(crate) kinds: Vec<SeedKind>,
    states: Vec<SeedState>,
    offices: Vec<ImportOffice>,
}

impl Town {
    /// The kind with this code.
    pub(crate) fn kind(&self, code: &str) -> Result<&SeedKind, String> {
        self.kinds.iter().find(|kind| kind.kind == code).ok_or_else(|| format!("no kind {code}"))
    }

    /// The state with this code.
    fn state(&self, code: &str) -> Result<&SeedState, String> {
        self.states.iter().find(|state| state.state == code).ok_or_else(|| format!("no state {code}"))
    }

    /// Whether a case in this state waits for the citizen.
    pub(crate) fn waits_for_citizen(&self, state: &str) -> bool {
        self.state(state).is_ok_and(|state| state.task.is_some())
    }

    fn case(&self, citizen: &str, seed: SeedCase) -> Result<ImportCase, String> {
        let kind = self.kind(&seed.kind)?;
        let steps = seed.steps.iter().map(|step| self.step(step)).collect::<Result<Vec<_>, _>>()?;
        let documents = seed.documents.iter().map(|document| self.document(document)).collect::<Result<Vec<_>, _>>()?;
        let task_due_on = seed.task_due.as_deref().map(|text| self.offset(text)).transpose()?.map(Day::date);
        let case = ImportCase {
            key: seed.key,
            citizen: citizen.to_owned(),
            kind: KindCode(seed.kind),
            title: self.fill(&seed.title)?,
            subject: seed.subject,
            description: self.fill(&seed.description)?,
            office: kind.office.clone(),
            protocol: None,
            legal_days: Some(kind.legal_days),
            due_on: None,
            task: None,
            task_due_on,
            steps,
            documents,
            report: None,
        };
        self.finish(case, seed.extra_days, true)
    }

    /// Adds what follows from the steps: the registration, the legal day, the task and, if asked for, the receipt of the registration.
    pub(crate) fn finish(&self, mut case: ImportCase, extra_days: i64, with_receipt: bool) -> Result<ImportCase, String> {
        let opened = case.steps.first().and_then(|step| step.at.clone()).ok_or("no first step that happened")?;
        let last = case.steps.iter().rfind(|step| step.at.is_some()).ok_or("nothing happened")?;
        let state = self.state(&last.state.0)?;
        case.task = state.task;
        if state.phase != contract::cases::Phase::Closed {
            let days = i64::from(case.legal_days.unwrap_or(30)) + extra_days;
            case.due_on = Some(day_of(&opened.0)?.plus(days).date());
        }
        let registered = case.steps.iter().find(|step| step.state.0 == "registered").and_then(|step| step.at.clone());
        if let Some(at) = registered {
            case.protocol = Some(protocol(&case.key, &at.0)?);
            if with_receipt {
                let paragraphs = self.receipt(&case, &at.0)?;
                case.documents.insert(0, ImportDocument { name: "Ricevuta di protocollo".to_owned(), added_at: at, paragraphs });
            }
        }
        Ok(case)
    }

    /// What the receipt of a registration says (L. 241/1990 art. 18-bis: the day, the office, the term for the answer).
    fn receipt(&self, case: &ImportCase, at: &str) -> Result<Vec<String>, String> {
        let kind = self.kind(&case.kind.0)?;
        let office = self.offices.iter().find(|office| office.key == case.office).ok_or_else(|| format!("no office {}", case.office))?;
        let number = case.protocol.as_ref().map_or("", |protocol| protocol.number.as_str());
        let opened = case.steps.first().and_then(|step| step.at.as_ref()).map_or(Ok(self.today), |at| day_of(&at.0))?;
        Ok(vec![
            format!("Abbiamo registrato la tua richiesta \"{}\" ({}).", case.title, kind.name),
            format!("Numero di protocollo {number}, del {}. La richiesta è arrivata il {}.", day_of(at)?.in_words(), opened.in_words()),
            format!("Il termine per la risposta è di {} giorni ({}).", kind.legal_days, kind.rule),
            format!("Se ne occupa: {}, {}. E-mail {}.", office.office.name, office.office.address, office.office.email),
        ])
    }

    fn step(&self, seed: &SeedStep) -> Result<ImportStep, String> {
        self.state(&seed.state)?;
        let (at, expected_on) = match seed.when.split_once(' ') {
            Some((day, time)) => (Some(self.offset(day)?.at_minute_in_rome(minute(time)?)), None),
            None => (None, Some(self.offset(&seed.when)?.date())),
        };
        let usual = if seed.you { Channel::App } else { Channel::Office };
        let state = StateCode(seed.state.clone());
        let channel = seed.channel.unwrap_or(usual);
        // What the town has done lately is still to be read.
        let is_new = seed.when.split_once(' ').and_then(|(day, _)| day.parse::<i64>().ok()).is_some_and(|days| days > -NEWS_DAYS);
        Ok(ImportStep { state, at, expected_on, note: self.fill(&seed.note)?, by_citizen: seed.you, channel, told: is_new && !seed.you })
    }

    fn document(&self, seed: &SeedDocument) -> Result<ImportDocument, String> {
        let (day, time) = seed.when.split_once(' ').ok_or_else(|| format!("no time in {}", seed.when))?;
        let added_at = self.offset(day)?.at_minute_in_rome(minute(time)?);
        let paragraphs = seed.paragraphs.iter().map(|text| self.fill(text)).collect::<Result<_, _>>()?;
        Ok(ImportDocument { name: self.fill(&seed.name)?, added_at, paragraphs })
    }

    /// "-12" → the day twelve days ago.
    pub(crate) fn offset(&self, text: &str) -> Result<Day, String> {
        text.parse().map(|days| self.today.plus(days)).map_err(|_| format!("not a number of days: {text}"))
    }

    /// Puts days into a text: `{+9}` a date in words, `{year}`, `{school}` the school year (from September), `{next_school}` the one after.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        let (year, month, _) = self.today.parts();
        let school = if month >= 9 { year } else { year - 1 };
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').ok_or_else(|| format!("no end of {{ in: {text}"))?;
            filled.push_str(before);
            filled.push_str(&match name {
                "year" => year.to_string(),
                "last_year" => (year - 1).to_string(),
                "school" => format!("{school}/{}", school + 1),
                "last_school" => format!("{}/{school}", school - 1),
                "next_school" => format!("{}/{}", school + 1, school + 2),
                offset => self.offset(offset)?.in_words(),
            });
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// "09:30" → minutes since midnight.
fn minute(text: &str) -> Result<i64, String> {
    let wrong = || format!("not a time: {text}");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let (hour, minute): (i64, i64) = (hour.parse().map_err(|_| wrong())?, minute.parse().map_err(|_| wrong())?);
    if (0..24).contains(&hour) && (0..60).contains(&minute) { Ok(hour * 60 + minute) } else { Err(wrong()) }
}

/// The day of an instant, near enough for letters: office hours in Rome and UTC are on the same day.
fn day_of(instant: &str) -> Result<Day, String> {
    let date = instant.split('T').next().unwrap_or_default();
    Day::of(&contract::Date(date.to_owned())).ok_or_else(|| format!("not an instant: {instant}"))
}

/// A registration number that grows through the year, as a town's protocol does, and differs from case to case.
fn protocol(key: &str, instant: &str) -> Result<Protocol, String> {
    let day = day_of(instant)?;
    let (year, ..) = day.parts();
    let new_year = day_of(&format!("{year}-01-01"))?;
    let spread = key.bytes().fold(7_i64, |sum, byte| (sum * 31 + i64::from(byte)) % 991);
    let number = (day.0 - new_year.0) * 1_000 + spread + 1;
    Ok(Protocol { number: format!("{number:07}/{year}"), registered_on: day.date() })
}
