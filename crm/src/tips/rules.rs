//! The rules of tips (`crm/seed/tips.json`): when a tip holds, its words, where it leads. Read and checked at start.
use super::facts::{CaseFacts, Facts};
use contract::cases::Phase;
use contract::dictionary::{KindCode, StateCode};
use contract::tips::TipPage;
use contract::{Date, fiscal_code};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A tip as the town writes it. The first ones of the file come first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name: letters, digits and strokes.
    pub key: String,
    when: Condition,
    /// Where it leads.
    pub link: RuleLink,
    /// Its words by language; Italian must be there.
    words: BTreeMap<String, RuleWords>,
}

/// When a tip holds: everything that is given here must be so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Condition {
    /// The citizen has a case like this; the tip is about it.
    case: Option<CaseCondition>,
    /// They have no case of these kinds.
    #[serde(default)]
    no_case_of: Vec<KindCode>,
    /// They have a case of each of these kinds.
    #[serde(default)]
    case_of: Vec<KindCode>,
    /// They have (false) or have not (true) left an e-mail address.
    no_email: Option<bool>,
    /// Their age lies in between, both included; nobody's whose codice fiscale is not known.
    age: Option<[u32; 2]>,
}

/// What a case must be like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseCondition {
    /// One of these kinds; any when there are none.
    #[serde(default)]
    kinds: Vec<KindCode>,
    /// In one of these states; in any when there are none.
    #[serde(default)]
    states: Vec<StateCode>,
    phase: Option<Phase>,
    /// The citizen has not reminded the office yet.
    #[serde(default)]
    not_reminded: bool,
    day: Option<DayCondition>,
}

/// A day of the case, or so many days after it, and how many days have passed since: negative ones are still to come.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct DayCondition {
    of: DayOf,
    #[serde(default)]
    plus: u32,
    passed: [i64; 2],
}

/// The days that a case has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DayOf {
    /// When it began.
    Opened,
    /// When it came into its present state.
    State,
    /// The last day for the town's answer.
    Due,
    /// The last day for the citizen.
    Task,
}

/// Where a tip leads; with `site`, to `url`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleLink {
    /// The page.
    pub page: TipPage,
    /// Its address, with `site`.
    #[serde(default)]
    pub url: Option<String>,
}

/// A tip's words. `{title}` is the case's, `{day}` the day of its condition, `{days}` the days since or until then, `{age}` the citizen's.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are called as in contract::tips::Tip")]
pub struct RuleWords {
    pub title: String,
    pub what: String,
    pub why: String,
    pub link: String,
}

impl RuleWords {
    fn all(&self) -> [&String; 4] {
        [&self.title, &self.what, &self.why, &self.link]
    }
}

/// What made a rule hold for somebody.
#[derive(Debug)]
pub struct Held<'a> {
    /// The case, when the rule is about one.
    pub case: Option<&'a CaseFacts>,
    /// The day of its condition, and how many days have passed since.
    pub day: Option<(Date, i64)>,
    /// The citizen's age in years, when the rule asks for it.
    pub age: Option<u32>,
}

impl Rule {
    /// Whether it holds for somebody today, and by which facts. Of several cases the one whose day is nearest, then the one that began last.
    pub fn holds<'a>(&self, facts: &'a Facts, today: &Date) -> Option<Held<'a>> {
        let has = |kind: &KindCode| facts.cases.iter().any(|case| case.kind == *kind);
        let age = match self.when.age {
            Some([from, to]) => {
                let born = fiscal_code::born_on(facts.fiscal_code.as_deref()?, today)?;
                Some(fiscal_code::age_on(&born, today).filter(|age| (from..=to).contains(age))?)
            }
            None => None,
        };
        let wanted = self.when.no_email.is_none_or(|none| none != facts.has_email)
            && !self.when.no_case_of.iter().any(has)
            && self.when.case_of.iter().all(has);
        if !wanted {
            return None;
        }
        let Some(condition) = &self.when.case else { return Some(Held { case: None, day: None, age }) };
        let fitting = facts.cases.iter().filter_map(|case| Some((case, condition.holds(case, today)?)));
        let nearest = |(case, day): &(&CaseFacts, Option<(Date, i64)>)| {
            let distance = day.as_ref().map_or(0, |(_, passed)| passed.abs());
            (distance, std::cmp::Reverse((case.opened_on.clone(), case.id.0.clone())))
        };
        fitting.min_by_key(nearest).map(|(case, day)| Held { case: Some(case), day, age })
    }

    /// Its words in a language, and the language they are in: Italian where there are no others.
    pub fn words(&self, language: &str) -> Option<(&str, &RuleWords)> {
        let primary = language.split('-').next().unwrap_or_default().to_ascii_lowercase();
        let (language, words) = self.words.get_key_value(&primary).or_else(|| self.words.get_key_value("it"))?;
        Some((language, words))
    }
}

impl CaseCondition {
    /// The day of its condition when a case is like this; `Some(None)` when there is no condition on a day.
    fn holds(&self, case: &CaseFacts, today: &Date) -> Option<Option<(Date, i64)>> {
        let fits = (self.kinds.is_empty() || self.kinds.contains(&case.kind))
            && (self.states.is_empty() || self.states.contains(&case.state))
            && self.phase.is_none_or(|phase| phase == case.phase)
            && (!self.not_reminded || !case.reminded);
        if !fits {
            return None;
        }
        let Some(condition) = &self.day else { return Some(None) };
        let day = match condition.of {
            DayOf::Opened => Some(&case.opened_on),
            DayOf::State => Some(&case.in_state_since),
            DayOf::Due => case.due_on.as_ref(),
            DayOf::Task => case.task_due_on.as_ref(),
        };
        let day = crate::clock::days_after(day?, condition.plus)?;
        let passed = day.days_until(today)?;
        let [from, to] = condition.passed;
        (from..=to).contains(&passed).then_some(Some((day, passed)))
    }
}

/// Checks the rules against what the dictionary knows.
///
/// # Errors
/// The first rule that cannot be, in words.
pub fn check(rules: &[Rule], knows_state: impl Fn(&StateCode) -> bool, kinds: &BTreeSet<KindCode>) -> Result<(), String> {
    let mut keys = BTreeSet::new();
    for rule in rules {
        let wrong = |why: String| Err(format!("{}: {why}", rule.key));
        if !crate::db::is_id(&rule.key) || !keys.insert(&rule.key) {
            return wrong("a key is made of letters, digits and strokes, and stands there once".to_owned());
        }
        let case = rule.when.case.as_ref();
        let named = case.map_or(&[][..], |case| &case.kinds).iter().chain(&rule.when.case_of).chain(&rule.when.no_case_of);
        if let Some(kind) = named.into_iter().find(|kind| !kinds.contains(*kind)) {
            return wrong(format!("the dictionary does not know kind {}", kind.0));
        }
        if let Some(state) = case.and_then(|case| case.states.iter().find(|state| !knows_state(state))) {
            return wrong(format!("the dictionary does not know state {}", state.0));
        }
        if rule.when == Condition::default() {
            return wrong("without a condition it would be shown to everybody".to_owned());
        }
        check_link(rule).or_else(wrong)?;
        check_words(rule).or_else(wrong)?;
    }
    Ok(())
}

fn check_link(rule: &Rule) -> Result<(), String> {
    match (rule.link.page, &rule.link.url) {
        (TipPage::Unknown, _) => Err("leads to a page that is not known".to_owned()),
        (TipPage::Case, _) if rule.when.case.is_none() => Err("leads to a case, and is about none".to_owned()),
        (TipPage::Site, Some(url)) if url.starts_with("https://") => Ok(()),
        (TipPage::Site, _) => Err("url is an address that begins with https://".to_owned()),
        (_, Some(_)) => Err("url is for the page \"site\"".to_owned()),
        (_, None) => Ok(()),
    }
}

/// Every language has every sentence, and no name in them stays empty.
fn check_words(rule: &Rule) -> Result<(), String> {
    if !rule.words.contains_key("it") {
        return Err("the Italian words are missing".to_owned());
    }
    let has_day = rule.when.case.as_ref().is_some_and(|case| case.day.is_some());
    let known = |name: &str| match name {
        "title" => rule.when.case.is_some(),
        "day" | "days" => has_day,
        "age" => rule.when.age.is_some(),
        _ => false,
    };
    for (language, words) in &rule.words {
        for text in words.all() {
            let names = text.split('{').skip(1).map(|rest| rest.split('}').next().unwrap_or_default());
            if let Some(name) = names.into_iter().find(|name| !known(name)) {
                return Err(format!("{{{name}}} has no value ({language})"));
            }
            if text.trim().is_empty() {
                return Err(format!("a sentence is empty ({language})"));
            }
        }
    }
    Ok(())
}
