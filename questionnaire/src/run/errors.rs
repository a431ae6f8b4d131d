//! Mistakes: what is wrong with an answer, in which words, and when it is said.

use super::Run;
use super::choices::OTHER;
use super::rules::reads;
use crate::compare::{LOOSE, order, same};
use crate::date;
use crate::definition::{Element, ErrorMode, Formula, Kind, Rule, Validator};
use crate::messages::{Message, say};
use crate::value::Value;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What kind of mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueKind {
    /// The answer is missing.
    Required,
    /// A row is not answered.
    RequiredInAllRows,
    /// Two rows have the same answer.
    EachRowUnique,
    /// "Other" is taken and nothing is written.
    OtherEmpty,
    /// It should be a number.
    NotNumeric,
    /// A file is too large.
    TooLarge,
    /// A rule of the definition is not met.
    Custom,
}

impl IssueKind {
    /// Its name, as survey-core calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::RequiredInAllRows => "requiredinallrowserror",
            Self::EachRowUnique => "eachrowuniqueeerror",
            Self::OtherEmpty => "otherempty",
            Self::NotNumeric => "requirenumeric",
            Self::TooLarge => "exceedsize",
            Self::Custom => "custom",
        }
    }
}

/// A mistake in an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// What kind it is.
    pub kind: IssueKind,
    /// What is said about it, in the language of the run; names between braces stand for answers.
    pub text: String,
    /// It holds nobody up.
    pub only_hint: bool,
}

impl Run {
    /// Looks at answers anew that read one of the names, where something is said about them or should be at once.
    pub(super) fn check_changed(&mut self, names: &BTreeSet<String>) {
        let definition = Arc::clone(&self.definition);
        let at_once = definition.errors == ErrorMode::OnValueChanged;
        for spot in 0..self.spots.len() {
            let said = !self.spots[spot].issues.is_empty();
            if self.spots[spot].gone || !said && !at_once {
                continue;
            }
            let element = &definition.elements[self.spots[spot].def];
            let touched = element.kind.is_container() || names.contains(&self.key_of(spot).to_lowercase());
            let answered = !element.kind.is_container() && !self.is_blank(spot);
            let depends = element.question.validators.iter().any(|one| match &one.rule {
                Rule::Expression(Some(Formula::Read(expression))) => reads(expression, names),
                _ => false,
            });
            let eased = said && (!self.spots[spot].required || !self.is_visible(spot) || self.is_read_only(spot));
            // While somebody is still answering, what is missing is no mistake yet.
            let parts = element.kind.has_choices() || element.kind == Kind::Matrix;
            let whole = answered && (said || at_once && !parts);
            if said && eased || touched && whole || touched && element.kind.is_container() {
                let mut issues = self.issues_of(spot);
                issues.retain(|issue| issue.kind != IssueKind::OtherEmpty);
                self.spots[spot].issues = issues;
            } else if touched && (said || answered) || depends && (said || !parts) {
                self.spots[spot].issues = self.rules_of(spot);
            }
        }
    }

    /// At the beginning: looks at answers that are there already.
    pub(super) fn check_given(&mut self, names: &BTreeSet<String>) {
        if self.definition.errors != ErrorMode::OnValueChanged {
            return;
        }
        for spot in self.questions().collect::<Vec<_>>() {
            if names.contains(&self.key_of(spot).to_lowercase()) && !self.is_blank(spot) {
                let parts = self.element(spot).kind.has_choices() || self.element(spot).kind == Kind::Matrix;
                self.spots[spot].issues = if parts { self.rules_of(spot) } else { self.issues_of(spot) };
            }
        }
    }

    /// Answers that are no choice go when somebody looks at the page, as far as they are seen.
    pub(super) fn drop_on_page(&mut self, spot: usize) {
        if self.element(spot).kind.has_choices() && self.is_visible(spot) {
            self.drop_impossible(spot, false);
        }
    }

    /// Whether nothing is wrong in a page or panel that is shown.
    pub(super) fn is_ready(&self, container: &str) -> bool {
        let found = (0..self.spots.len()).find(|spot| self.element(*spot).kind.is_container() && self.element(*spot).name == container);
        let mut open: Vec<usize> = found.into_iter().filter(|spot| self.is_visible(*spot)).collect();
        if open.is_empty() || self.asking.replace(true) {
            return false;
        }
        let mut fine = true;
        while let Some(spot) = open.pop().filter(|_| fine) {
            open.extend(&self.spots[spot].children);
            fine = self.issues_of(spot).iter().all(|issue| issue.only_hint);
        }
        self.asking.set(false);
        fine
    }

    /// Whether the answers of a name would be found good.
    pub(super) fn is_good(&self, name: &str) -> bool {
        let spots = self.by_value.iter().filter(|(key, _)| key.to_lowercase() == name).flat_map(|(_, spots)| spots);
        spots.into_iter().all(|spot| self.issues_of(*spot).iter().all(|issue| issue.only_hint))
    }

    /// Looks at everything in a page, panel or question; says whether nothing holds anybody up.
    pub(super) fn check(&mut self, spot: usize) -> bool {
        let mut open = vec![spot];
        let mut fine = true;
        while let Some(one) = open.pop() {
            open.extend(self.spots[one].children.iter().rev());
            open.extend(self.spots[one].rows.iter().flatten());
            self.drop_on_page(one);
            let issues = self.issues_of(one);
            fine &= issues.iter().all(|issue| issue.only_hint);
            self.spots[one].issues = issues;
        }
        fine
    }

    /// No answer, or nothing but spaces.
    pub(super) fn is_blank(&self, spot: usize) -> bool {
        let answer = self.answer(spot);
        answer.is_empty() || matches!(&answer, Value::Text(text) if text.trim().is_empty())
    }

    /// Everything that is wrong with an answer.
    pub(super) fn issues_of(&self, spot: usize) -> Vec<Issue> {
        let element = self.element(spot);
        if element.kind == Kind::Html || !self.is_visible(spot) || self.is_read_only(spot) {
            return Vec::new();
        }
        let blank = if element.kind.is_container() { self.is_unanswered(spot) } else { self.is_blank(spot) };
        if self.spots[spot].required && blank && element.kind != Kind::Expression {
            let own = element.required_text.to(&self.language).map(str::to_owned);
            let mut found = vec![issue(IssueKind::Required, own.unwrap_or_else(|| self.say(Message::Required)))];
            found.extend(self.issues_of_kind(spot, element));
            return found;
        }
        let found = self.issues_of_kind(spot, element);
        if found.is_empty() { self.rules_of(spot) } else { found }
    }

    /// The rules of the definition that an answer breaks.
    fn rules_of(&self, spot: usize) -> Vec<Issue> {
        let element = self.element(spot);
        let mut found = Vec::new();
        if !self.is_visible(spot) || self.is_read_only(spot) {
            return found;
        }
        for validator in &element.question.validators {
            found.extend(self.broken_rule(spot, validator));
        }
        found
    }

    fn is_unanswered(&self, spot: usize) -> bool {
        let children = &self.spots[spot].children;
        children.iter().filter(|child| self.is_visible(**child)).all(|child| match self.element(*child).kind {
            kind if kind.is_container() => self.is_unanswered(*child),
            _ => self.is_blank(*child),
        })
    }

    fn say(&self, message: Message) -> String {
        say(message, &self.language).to_owned()
    }

    fn issues_of_kind(&self, spot: usize, element: &Element) -> Vec<Issue> {
        let answer = self.answer(spot);
        let question = &element.question;
        let mut found = Vec::new();
        match element.kind {
            Kind::Text if !answer.is_empty() => found.extend(self.out_of_bounds(spot, &answer)),
            Kind::Matrix => {
                let open = |row: &Value| answer.member(&row.to_text()).is_none_or(Value::is_empty);
                if question.each_row_required && self.rows(spot).any(open) {
                    found.push(issue(IssueKind::RequiredInAllRows, self.say(Message::AllRows)));
                }
                if question.each_row_unique && repeats(&answer) {
                    found.push(issue(IssueKind::EachRowUnique, self.say(Message::UniqueRows)));
                }
            }
            Kind::Checkbox | Kind::Tagbox | Kind::Ranking => {
                let count = answer.as_list().map_or(0, <[Value]>::len);
                if count < question.min_selected {
                    found.push(issue(IssueKind::Custom, counted(&self.say(Message::AtLeastChoices), question.min_selected)));
                }
            }
            Kind::File if question.max_size > 0 => {
                let sizes = answer.as_list().unwrap_or_default().iter().filter_map(|file| file.member("size"));
                if sizes.into_iter().any(|size| size.to_number() > question.max_size as f64) {
                    found.push(issue(IssueKind::TooLarge, self.say(Message::TooLarge)));
                }
            }
            _ => {}
        }
        let letters = answer.as_text().map_or(0, |text| text.encode_utf16().count());
        if let Some(most) = question.max_length.filter(|most| self.definition.strict && letters > *most) {
            found.push(issue(IssueKind::Custom, counted(&self.say(Message::AtMostLetters), most)));
        }
        if question.other && takes_other(&answer) && self.comment(spot).is_none_or(|comment| comment.trim().is_empty()) {
            found.push(issue(IssueKind::OtherEmpty, self.say(Message::OtherEmpty)));
        }
        found
    }

    fn out_of_bounds(&self, spot: usize, answer: &Value) -> Option<Issue> {
        let question = &self.element(spot).question;
        let (min, max) = &self.spots[spot].bounds;
        let moment = matches!(question.input.as_str(), "date" | "datetime-local");
        let past = |bound: &Value, wanted: Ordering| {
            let order = if moment && !matches!(answer, Value::Text(_) | Value::Date(_)) {
                None
            } else if moment {
                self.moment(answer).partial_cmp(&self.moment(bound))
            } else {
                order(answer, bound)
            };
            !bound.is_empty() && order == Some(wanted)
        };
        let (bound, own, message) = if past(min, Ordering::Less) {
            (min, &question.min.text, Message::TooSmall)
        } else if past(max, Ordering::Greater) {
            (max, &question.max.text, Message::TooGreat)
        } else {
            if question.input == "email" && answer.is_true() && !is_email(&answer.to_text()) {
                return Some(issue(IssueKind::Custom, self.say(Message::Email)));
            }
            return None;
        };
        let shown = match bound {
            bound if moment && self.language.starts_with("it") => date::italian(self.moment(bound)),
            bound if moment && question.input == "date" => date::long_day(self.moment(bound)),
            bound if moment => date::long(self.moment(bound)),
            bound => bound.to_text(),
        };
        let text = own.to(&self.language).map_or_else(|| self.say(message), str::to_owned);
        Some(issue(IssueKind::Custom, text.replace("{0}", &shown)))
    }

    fn moment(&self, value: &Value) -> f64 {
        crate::functions_of_days::moment_of(value, self.clock)
    }

    fn broken_rule(&self, spot: usize, validator: &Validator) -> Option<Issue> {
        let answer = self.answer(spot);
        let (kind, text) = self.broken(spot, &validator.rule, &answer)?;
        let own = validator.text.to(&self.language).map(str::to_owned);
        Some(Issue { kind, text: own.unwrap_or(text), only_hint: validator.only_hint })
    }

    fn broken(&self, spot: usize, rule: &Rule, answer: &Value) -> Option<(IssueKind, String)> {
        let custom = |text: String| Some((IssueKind::Custom, text));
        if answer.is_empty() && !matches!(rule, Rule::Expression(_)) {
            return None;
        }
        match rule {
            Rule::Numeric(min, max) => {
                let Value::Number(number) = crate::functions::numeric(answer) else {
                    return Some((IssueKind::NotNumeric, self.say(Message::Numeric)));
                };
                let low = min.filter(|min| number < *min).is_some();
                let high = max.filter(|max| number > *max).is_some();
                if low || high { custom(self.bounds_text(*min, *max)) } else { None }
            }
            Rule::Text(min, max, digits) => {
                let Value::Text(text) = answer else { return None };
                if !digits && text.ends_with(|last: char| last.is_ascii_digit()) {
                    return custom(self.say(Message::NoDigits));
                }
                let length = text.encode_utf16().count();
                if length >= *min && (*max == 0 || length <= *max) { None } else { custom(self.length_text(*min, *max)) }
            }
            Rule::Regex(Some(pattern), _) => {
                let values = if let Value::List(list) = answer { list.as_slice() } else { std::slice::from_ref(answer) };
                if values.iter().all(|one| pattern.is_match(&one.to_text())) { None } else { custom(String::new()) }
            }
            Rule::Regex(None, _) => None,
            Rule::Email if is_email(&answer.to_text()) => None,
            Rule::Email => custom(self.say(Message::Email)),
            Rule::AnswerCount(min, max) => match answer {
                Value::List(list) if list.len() < *min => custom(counted(&self.say(Message::AtLeastChoices), *min)),
                Value::List(list) if *max > 0 && list.len() > *max => custom(counted(&self.say(Message::AtMostChoices), *max)),
                _ => None,
            },
            Rule::Expression(formula) => {
                let expression = formula.as_ref()?.expression()?;
                if self.holds(expression, spot) {
                    return None;
                }
                custom(self.say(Message::Expression).replace("{0}", &expression.source))
            }
        }
    }

    fn bounds_text(&self, min: Option<f64>, max: Option<f64>) -> String {
        let shown = |number: Option<f64>| number.map(crate::value::text_of).unwrap_or_default();
        let text = match (min, max) {
            (Some(_), Some(_)) => Message::Between,
            (Some(_), None) => Message::AtLeast,
            _ => return self.say(Message::AtMost).replace("{0}", &shown(max)),
        };
        self.say(text).replace("{0}", &shown(min)).replace("{1}", &shown(max))
    }

    fn length_text(&self, min: usize, max: usize) -> String {
        let text = match (min, max) {
            (0, _) => return counted(&self.say(Message::AtMostLetters), max),
            (_, 0) => Message::AtLeastLetters,
            _ => Message::BetweenLetters,
        };
        counted(&self.say(text), min).replace("{1}", &max.to_string())
    }
}

fn issue(kind: IssueKind, text: String) -> Issue {
    Issue { kind, text, only_hint: false }
}

fn counted(text: &str, count: usize) -> String {
    text.replace("{0}", &count.to_string())
}

pub(super) fn takes_other(answer: &Value) -> bool {
    match answer {
        Value::List(list) => list.iter().any(|one| one.as_text() == Some(OTHER)),
        one => one.as_text() == Some(OTHER),
    }
}

fn repeats(answer: &Value) -> bool {
    let values: Vec<&Value> = answer.as_object().map(|map| map.values().collect()).unwrap_or_default();
    values.iter().enumerate().any(|(at, one)| values[..at].iter().any(|other| same(one, other, LOOSE)))
}

/// A name, an @, a domain with a dot and at least two letters after it.
fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let Some((host, end)) = domain.rsplit_once('.') else { return false };
    let plain = |part: &str| !part.is_empty() && !part.contains(|one: char| one.is_whitespace() || "@<>()[]\\,;:\"".contains(one));
    plain(name) && plain(host) && end.chars().count() >= 2 && end.chars().all(char::is_alphanumeric) && !host.starts_with('.')
}
