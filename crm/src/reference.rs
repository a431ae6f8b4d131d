//! Reference data read at start: the dictionary, the report form, the town's own facts, the rules of its tips and its outline.
//!
//! Italian is complete and decides what exists. Another language may lack words: those stay Italian and say so.
use crate::my_data::retention::{self, Retention};
use crate::payments::FeeState;
use crate::tips::rules::{self, Rule};
use contract::cases::Phase;
use contract::dictionary::{Dictionary, Kind, KindCode, StateCard, StateCode};
use contract::place::Boundary;
use contract::reports::{AnonymousReports, Category, CategoryField, ReportForm};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

mod town;
pub use town::{ExpectedStep, Substitute, Town, TownTopic};

/// The language that is always complete.
pub const BASE_LANGUAGE: &str = "it";
/// The kind of case a street report becomes.
pub const STREET_REPORT: &str = "street_report";
/// The kind of case about an entry of the log that its citizen does not recognise.
pub const ACCESS_DISPUTE: &str = "access_dispute";
/// The state a new report begins in.
pub const SUBMITTED: &str = "submitted";
/// The state in which a case has its number in the register.
pub const REGISTERED: &str = "registered";
/// The state of a street report whose cause is gone.
pub const RESOLVED: &str = "resolved";
/// The state of a street report whose cause is not gone after all.
pub const REOPENED: &str = "reopened";
/// The state of a case that its citizen has withdrawn.
pub const WITHDRAWN: &str = "withdrawn";

/// Why reference data cannot be used: which file, and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct ReferenceError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    pub why: String,
}

/// Everything that is read at start and never changes while the CRM runs.
#[derive(Debug)]
pub struct Reference {
    /// The town's own facts.
    pub town: Town,
    /// The rules of tips, those that matter most first; none in a town that has no `tips.json`.
    pub tips: Vec<Rule>,
    /// How long the law keeps what somebody has left.
    pub retention: Retention,
    /// Its outline, when places are to be checked.
    pub boundary: Option<Boundary>,
    languages: BTreeMap<String, Words>,
    phases: HashMap<StateCode, Phase>,
    legal_days: HashMap<KindCode, u32>,
}

/// The words of one language.
#[derive(Clone, Debug)]
struct Words {
    dictionary: Dictionary,
    /// The states of fees, and no kinds.
    payments: Dictionary,
    form: ReportForm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DictionaryFile {
    language: String,
    states: Vec<StateEntry>,
    kinds: Vec<KindEntry>,
    /// The states of fees; none in a town that has no fees here.
    #[serde(default)]
    payment_states: Vec<StateEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateEntry {
    code: StateCode,
    phase: Phase,
    label: String,
    #[serde(default)]
    expected: String,
    #[serde(default)]
    clock_stopped: bool,
    term: String,
    meaning: String,
    whose_turn: String,
    what_to_do: String,
    by_when: String,
    by_when_undated: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindEntry {
    code: KindCode,
    name: String,
    #[serde(default)]
    legal_days: Option<u32>,
}

impl Reference {
    /// Reads and checks everything below `seed`, and the outline.
    ///
    /// # Errors
    /// The first file that is missing, cannot be read, or contradicts another.
    pub fn load(seed: &Path, boundary: Option<&Path>) -> Result<Self, ReferenceError> {
        let dictionary_path = |language: &str| seed.join("dictionary").join(format!("{language}.json"));
        let form_path = |language: &str| seed.join("report_form").join(format!("{language}.json"));
        let base: DictionaryFile = read(&dictionary_path(BASE_LANGUAGE))?;
        check_dictionary(&base).map_err(|why| ReferenceError { path: dictionary_path(BASE_LANGUAGE), why })?;
        let base_form: ReportForm = read(&form_path(BASE_LANGUAGE))?;
        check_form(&base_form).map_err(|why| ReferenceError { path: form_path(BASE_LANGUAGE), why })?;

        let town: Town = read(&seed.join("town.json"))?;
        let mut languages = BTreeMap::new();
        for language in languages_in(&seed.join("dictionary"))? {
            let file: DictionaryFile = read(&dictionary_path(&language))?;
            let (dictionary, payments) = translate(&base, file).map_err(|why| ReferenceError { path: dictionary_path(&language), why })?;
            let form = if form_path(&language).exists() { read(&form_path(&language))? } else { base_form.clone() };
            let form = translate_form(&base_form, form, town.anonymous_reports)
                .map_err(|why| ReferenceError { path: form_path(&language), why })?;
            languages.insert(language, Words { dictionary, payments, form });
        }
        let phases: HashMap<StateCode, Phase> = base.states.iter().map(|state| (state.code.clone(), state.phase)).collect();
        town::check(&town, &phases).map_err(|why| ReferenceError { path: seed.join("town.json"), why })?;
        let tips_path = seed.join("tips.json");
        let tips: Vec<Rule> = if tips_path.exists() { read(&tips_path)? } else { Vec::new() };
        let kinds = base.kinds.iter().map(|kind| kind.code.clone()).collect();
        rules::check(&tips, |state| phases.contains_key(state), &kinds).map_err(|why| ReferenceError { path: tips_path, why })?;
        let retention = retention_of(&seed.join("retention.json"), &kinds)?;
        let boundary = boundary.map(read::<Boundary>).transpose()?;
        let legal_days = base.kinds.iter().filter_map(|kind| Some((kind.code.clone(), kind.legal_days?))).collect();
        Ok(Self { town, tips, retention, boundary, languages, phases, legal_days })
    }

    /// Says in every form whether letters are written.
    #[must_use]
    pub fn with_mail(mut self, mail: bool) -> Self {
        self.languages.values_mut().for_each(|words| words.form.mail = mail);
        self
    }

    /// The dictionary in a language; Italian words where it is not known.
    pub fn dictionary(&self, language: &str) -> &Dictionary {
        static NOTHING: Dictionary = Dictionary { language: String::new(), states: Vec::new(), kinds: Vec::new() };
        self.words(language).map_or(&NOTHING, |words| &words.dictionary)
    }

    /// The report form in a language; Italian where it is not known.
    pub fn form(&self, language: &str) -> Option<&ReportForm> {
        self.words(language).map(|words| &words.form)
    }

    fn words(&self, language: &str) -> Option<&Words> {
        let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        self.languages.get(&primary).or_else(|| self.languages.get(BASE_LANGUAGE))
    }

    /// What the states of fees mean, in a language.
    pub fn payment_states(&self, language: &str) -> &Dictionary {
        const NONE: &Dictionary = &Dictionary { language: String::new(), states: Vec::new(), kinds: Vec::new() };
        self.words(language).map_or(NONE, |words| &words.payments)
    }

    /// The phase of a state; `None` when the dictionary does not know it.
    pub fn phase(&self, state: &StateCode) -> Option<Phase> {
        self.phases.get(state).copied()
    }

    /// Most days that the law or the town gives for an answer to this kind of case.
    pub fn legal_days(&self, kind: &KindCode) -> Option<u32> {
        self.legal_days.get(kind).copied()
    }

    /// The states whose label or term contains a folded word, in any language.
    pub fn states_with(&self, word: &str) -> Vec<String> {
        let cards = self.languages.values().flat_map(|words| &words.dictionary.states);
        let found: BTreeSet<String> = cards
            .filter(|card| crate::fold::fold(&format!("{} {}", card.label, card.term)).contains(word))
            .map(|card| card.code.0.clone())
            .collect();
        found.into_iter().collect()
    }

    /// The kinds of case whose name contains a folded word, in any language.
    pub fn kinds_with(&self, word: &str) -> Vec<String> {
        let kinds = self.languages.values().flat_map(|words| &words.dictionary.kinds);
        let found: BTreeSet<String> =
            kinds.filter(|kind| crate::fold::fold(&kind.name).contains(word)).map(|kind| kind.code.0.clone()).collect();
        found.into_iter().collect()
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> Result<T, ReferenceError> {
    let wrong = |why: String| ReferenceError { path: path.to_owned(), why };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// The town's table of how long things are kept; without one, that which comes with the CRM.
fn retention_of(path: &Path, kinds: &BTreeSet<KindCode>) -> Result<Retention, ReferenceError> {
    let wrong = |why: String| ReferenceError { path: path.to_owned(), why };
    if !path.exists() {
        return serde_json::from_str(retention::DEFAULT).map_err(|error| wrong(error.to_string()));
    }
    let table: Retention = read(path)?;
    table.check(kinds).map_err(wrong)?;
    Ok(table)
}

fn languages_in(folder: &Path) -> Result<Vec<String>, ReferenceError> {
    let wrong = |error: std::io::Error| ReferenceError { path: folder.to_owned(), why: error.to_string() };
    let mut languages = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if let (Some("json"), Some(name)) = (path.extension().and_then(|e| e.to_str()), path.file_stem().and_then(|n| n.to_str())) {
            languages.push(name.to_owned());
        }
    }
    Ok(languages)
}

/// The first of some codes that comes twice.
fn twice<'a>(codes: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = BTreeSet::new();
    codes.into_iter().find(|code| !seen.insert(*code))
}

fn check_dictionary(file: &DictionaryFile) -> Result<(), String> {
    if let Some(code) = twice(file.states.iter().map(|s| s.code.0.as_str())).or(twice(file.kinds.iter().map(|k| k.code.0.as_str()))) {
        return Err(format!("{code} stands there twice"));
    }
    if let Some(state) = file.states.iter().find(|state| state.phase == Phase::Unknown) {
        return Err(format!("state {} has no phase that is known", state.code.0));
    }
    let unknown = |code: &str| !file.payment_states.is_empty() && !file.payment_states.iter().any(|state| state.code.0 == code);
    if let Some(state) = FeeState::ALL.into_iter().map(FeeState::word).find(|code| unknown(code)) {
        return Err(format!("the state {state} of fees is missing"));
    }
    if !file.kinds.iter().any(|kind| kind.code.0 == STREET_REPORT) {
        return Err(format!("kind {STREET_REPORT} is missing"));
    }
    Ok(())
}

fn check_form(form: &ReportForm) -> Result<(), String> {
    if let Some(code) = twice(form.categories.iter().map(|category| category.code.0.as_str())) {
        return Err(format!("category {code} stands there twice"));
    }
    for category in &form.categories {
        if let Some(code) = twice(category.fields.iter().map(|field| field.code.as_str())) {
            return Err(format!("question {code} of {} stands there twice", category.code.0));
        }
    }
    for category in &form.categories {
        for answer in category.emergency.iter().flat_map(|emergency| &emergency.answers) {
            let question = answer.split_once('=').and_then(|(code, choice)| {
                let field = category.fields.iter().find(|field| field.code == code)?;
                field.choices.iter().find(|known| known.code == choice)
            });
            if question.is_none() {
                return Err(format!("emergency of {} names {answer}, which cannot be answered", category.code.0));
            }
        }
    }
    if form.categories.is_empty() || form.privacy_notice.version.is_empty() {
        return Err("needs categories and a version of the privacy notice".to_owned());
    }
    Ok(())
}

/// The dictionary of one language: its own words where it has them, else the Italian ones, marked as such.
fn translate(base: &DictionaryFile, file: DictionaryFile) -> Result<(Dictionary, Dictionary), String> {
    let language = file.language;
    let states = translate_states(&base.states, file.states, &language)?;
    let payments = translate_states(&base.payment_states, file.payment_states, &language)?;
    let payments = Dictionary { language: language.clone(), states: payments, kinds: Vec::new() };
    let mut kinds: HashMap<KindCode, KindEntry> = file.kinds.into_iter().map(|kind| (kind.code.clone(), kind)).collect();
    let mut dictionary = Dictionary { language: language.clone(), states, kinds: Vec::new() };
    for kind in &base.kinds {
        let own = kinds.remove(&kind.code);
        let of = if own.is_some() { language.clone() } else { BASE_LANGUAGE.to_owned() };
        dictionary.kinds.push(Kind { code: kind.code.clone(), name: own.map_or_else(|| kind.name.clone(), |own| own.name), language: of });
    }
    match kinds.into_keys().next() {
        Some(code) => Err(format!("{} does not exist in Italian", code.0)),
        None => Ok((dictionary, payments)),
    }
}

/// The cards of one language: its own where it has them, else the Italian ones.
fn translate_states(base: &[StateEntry], own: Vec<StateEntry>, language: &str) -> Result<Vec<StateCard>, String> {
    let mut own: HashMap<StateCode, StateEntry> = own.into_iter().map(|state| (state.code.clone(), state)).collect();
    let mut cards = Vec::with_capacity(base.len());
    for state in base {
        let translated = own.remove(&state.code);
        let of = if translated.is_some() { language } else { BASE_LANGUAGE };
        cards.push(card(translated.as_ref().unwrap_or(state), of.to_owned()));
    }
    match own.into_keys().next() {
        Some(code) => Err(format!("{} does not exist in Italian", code.0)),
        None => Ok(cards),
    }
}

fn card(state: &StateEntry, language: String) -> StateCard {
    StateCard {
        code: state.code.clone(),
        label: state.label.clone(),
        expected: state.expected.clone(),
        clock_stopped: state.clock_stopped,
        term: state.term.clone(),
        meaning: state.meaning.clone(),
        whose_turn: state.whose_turn.clone(),
        what_to_do: state.what_to_do.clone(),
        by_when: state.by_when.clone(),
        by_when_undated: state.by_when_undated.clone(),
        language,
    }
}

/// The form in one language: what exists and what is required is decided by the Italian one, words come from the translation.
fn translate_form(base: &ReportForm, own: ReportForm, anonymous: AnonymousReports) -> Result<ReportForm, String> {
    if own.privacy_notice.version != base.privacy_notice.version {
        return Err(format!("its privacy notice is {}, the Italian one is {}", own.privacy_notice.version, base.privacy_notice.version));
    }
    let mut categories: BTreeMap<String, Category> =
        own.categories.into_iter().map(|category| (category.code.0.clone(), category)).collect();
    let mut form = ReportForm { categories: Vec::new(), privacy_notice: own.privacy_notice, anonymous, mail: false };
    for category in &base.categories {
        let mut translated = category.clone();
        if let Some(own) = categories.remove(&category.code.0) {
            translated.name = own.name;
            if let (Some(translated), Some(words)) = (&mut translated.emergency, own.emergency) {
                translated.text = words.text;
                translated.words.extend(words.words);
            }
            for field in &mut translated.fields {
                if let Some(words) = own.fields.iter().find(|words| words.code == field.code) {
                    take_words(field, words);
                }
            }
        }
        form.categories.push(translated);
    }
    match categories.into_keys().next() {
        Some(code) => Err(format!("category {code} does not exist in Italian")),
        None => Ok(form),
    }
}

fn take_words(field: &mut CategoryField, words: &CategoryField) {
    field.label.clone_from(&words.label);
    field.help.clone_from(&words.help);
    for choice in &mut field.choices {
        if let Some(own) = words.choices.iter().find(|own| own.code == choice.code) {
            choice.label.clone_from(&own.label);
        }
    }
}
