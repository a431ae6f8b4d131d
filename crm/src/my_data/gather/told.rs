//! What `index.html` says of each part, in the words of a language.
use super::{Copy, as_word};
use crate::error::Result;
use crate::words::DataWords;
use contract::cases::{Case, Step};
use contract::channels::{Channels, Delivery};
use contract::delegates::Delegations;
use contract::drafts::Draft;
use contract::help_desk::LogEntry;
use contract::id::CaseId;
use contract::inbox::Message;
use contract::my_data::{Answered, Choices, Followed, Person, Subject};
use contract::payments::FeeDetails;
use contract::subscriptions::Subscription;
use serde_json::Value;

impl Copy<'_> {
    /// Begins a section of the page.
    pub(super) fn begin_section(&mut self, title: impl Fn(&DataWords) -> &String) {
        let title = title(&self.words.data).clone();
        self.html.section(&title);
    }

    /// There is nothing of this.
    pub(super) fn tell_none(&mut self) {
        let none = self.words.data.none.clone();
        self.html.sentence(&none);
    }

    pub(super) fn tell_person(&mut self, person: &Person, channels: &Channels, choices: &Choices) -> Result<()> {
        self.begin_section(|words| &words.person);
        let words = &self.words.data;
        let given = |text: &Option<String>| text.clone().unwrap_or_default();
        let since = self.words.instant(&person.since)?;
        self.html.facts(&[
            (&words.name, format!("{} {}", person.given_name, person.family_name)),
            (&words.fiscal_code, given(&person.fiscal_code)),
            (&words.email, given(&person.email)),
            (&words.phone, given(&person.phone)),
            (&words.postal_address, channels.wishes.postal_address.clone()),
            (&words.since, since),
        ]);
        let title = words.choices.clone();
        let mut said = Vec::new();
        for choice in &choices.choices {
            let stands = if choice.is_given { &words.yes } else { &words.no };
            said.push(format!("{}: {stands}", subject(words, choice.subject)));
            for event in &choice.history {
                let (what, when) = (if event.is_given { &words.yes } else { &words.no }, self.words.instant(&event.at)?);
                said.push(format!("{} – {when}: {what}", subject(words, choice.subject)));
            }
        }
        for help in &choices.helps {
            said.push(format!("{}: {} ({})", self.words.instant(&help.at)?, help.volunteer, help.session));
        }
        for notice in &choices.notices {
            let when = self.words.instant(&notice.at)?;
            said.push(words.notice.replace("{version}", &notice.version).replace("{when}", &when).replace("{number}", &notice.number));
        }
        let none = words.none.clone();
        self.html.section(&title);
        self.html.list(&said, &none);
        Ok(())
    }

    pub(super) fn tell_case(&mut self, case: &Case) -> Result<()> {
        let dictionary = self.crm.reference.dictionary(self.words.language);
        let (names, summary) = (&self.words.receipt, &case.summary);
        let state = dictionary.state(&summary.state).map_or(summary.state.0.as_str(), |card| card.label.as_str()).to_owned();
        let protocol = case.protocol.as_ref().map_or_else(String::new, |protocol| protocol.number.clone());
        let report = case.report.as_ref();
        let place = report.map_or_else(String::new, |report| format!("{} {}", report.place.street, report.place.house_number));
        let mut facts = vec![
            (names.kind.as_str(), dictionary.kind_name(&summary.kind).to_owned()),
            (&names.state, state),
            (&names.sent_at, self.words.instant(&summary.opened_at)?),
            (&names.subject, summary.subject.clone().unwrap_or_default()),
            (&self.words.protocol, protocol),
            (&names.category, report.map_or_else(String::new, |report| report.category_name.clone())),
            (&names.place, place),
            (&names.details, case.description.clone()),
        ];
        facts.extend(report.iter().flat_map(|report| &report.answers).map(|answer| (answer.label.as_str(), answer.answer.clone())));
        if let Some(rating) = &case.rating {
            facts.push((&self.words.data.rating, format!("{} / 5 {}", rating.stars, rating.details)));
        }
        facts.push((&names.office, case.office.name.clone()));
        self.html.heading(&format!("{} – {}", summary.number.0, summary.title));
        self.html.facts(&facts);
        let mut steps = Vec::new();
        for step in &case.timeline {
            steps.push(self.step(step)?);
        }
        let (none, missing) = (self.words.data.none.clone(), self.words.data.missing.clone());
        self.html.list(&steps, &none);
        let files = self.files_of(Some(&summary.id), "");
        self.html.files(&files, &missing);
        Ok(())
    }

    fn step(&self, step: &Step) -> Result<String> {
        let dictionary = self.crm.reference.dictionary(self.words.language);
        let label = dictionary.state(&step.state).map_or(step.state.0.as_str(), |card| card.label.as_str());
        let when = match (&step.at, &step.expected_on) {
            (Some(at), _) => self.words.instant(at)?,
            (None, Some(day)) => self.words.data.expected.replace("{day}", &self.words.day(day)?),
            (None, None) => String::new(),
        };
        let note = if step.note.is_empty() { String::new() } else { format!(" – {}", step.note) };
        Ok(format!("{when}: {label}{note}"))
    }

    /// The files of a case by name and path; without one, those that belong to none, below a folder.
    fn files_of(&self, case: Option<&CaseId>, folder: &str) -> Vec<(String, String)> {
        let own = self.files.iter().filter(|file| file.case.as_ref() == case && file.path.starts_with(folder));
        own.map(|file| (file.name.clone(), file.path.clone())).collect()
    }

    /// Files that no case holds.
    pub(super) fn tell_loose(&mut self) {
        let files = self.files_of(None, super::LOOSE);
        if !files.is_empty() {
            let (title, missing) = (self.words.data.loose.clone(), self.words.data.missing.clone());
            self.html.heading(&title);
            self.html.files(&files, &missing);
        }
    }

    pub(super) fn tell_messages(&mut self, messages: &[Message]) -> Result<()> {
        self.begin_section(|words| &words.messages);
        let dictionary = self.crm.reference.dictionary(self.words.language);
        let mut items = Vec::new();
        for message in messages {
            let state = message.state.as_ref().and_then(|state| dictionary.state(state)).map(|card| card.label.as_str());
            let number = message.number.as_ref().map_or("", |number| number.0.as_str());
            let parts = [message.title.as_str(), number, state.unwrap_or_default(), &message.note];
            let what = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ");
            let what = if what.is_empty() { as_word(&message.kind) } else { what };
            items.push(format!("{}: {what}", self.words.instant(&message.at)?));
        }
        let none = self.words.data.none.clone();
        self.html.list(&items, &none);
        Ok(())
    }

    pub(super) fn tell_deliveries(&mut self, deliveries: &[Delivery]) -> Result<()> {
        self.begin_section(|words| &words.deliveries);
        let mut items = Vec::new();
        for delivery in deliveries {
            items.push(format!("{}: {} {}", self.words.instant(&delivery.at)?, as_word(&delivery.channel), delivery.to));
        }
        let none = self.words.data.none.clone();
        self.html.list(&items, &none);
        Ok(())
    }

    pub(super) fn tell_fee(&mut self, details: &FeeDetails) -> Result<()> {
        let (fee, names) = (&details.fee, &self.words.payment);
        let states = self.crm.reference.payment_states(self.words.language);
        let state = states.state(&fee.state).map_or(fee.state.0.as_str(), |card| card.label.as_str()).to_owned();
        let due = fee.due_on.as_ref().map(|day| self.words.day(day)).transpose()?.unwrap_or_default();
        let paid = fee.paid_at.as_ref().map(|at| self.words.instant(at)).transpose()?.unwrap_or_default();
        self.html.heading(&fee.name(""));
        self.html.facts(&[
            (&names.amount, self.words.money(fee.amount)),
            (&self.words.receipt.state, state),
            (&names.due, due),
            (&names.paid_at, paid),
            (&names.number, fee.number.grouped()),
            (&names.creditor, fee.creditor.name.clone()),
            (&names.remittance, details.remittance.clone()),
        ]);
        let receipt = self.words.receipt.file_name.replace("{number}", &fee.number.0);
        let missing = self.words.data.missing.clone();
        let files: Vec<_> = self.files_of(None, super::RECEIPTS).into_iter().filter(|(name, _)| name.starts_with(&receipt)).collect();
        self.html.files(&files, &missing);
        Ok(())
    }

    pub(super) fn tell_drafts(&mut self, drafts: &[Draft]) -> Result<()> {
        self.begin_section(|words| &words.drafts);
        let mut items = Vec::new();
        for draft in drafts {
            let text = draft.message.as_ref().map_or(draft.report.details.as_str(), |message| message.text.as_str());
            items.push(format!("{}: {} {text}", self.words.instant(&draft.summary.changed_at)?, draft.summary.title));
        }
        let none = self.words.data.none.clone();
        self.html.list(&items, &none);
        Ok(())
    }

    pub(super) fn tell_followed(&mut self, subscriptions: &[Subscription], followed: &[Followed]) -> Result<()> {
        self.begin_section(|words| &words.followed);
        let mut items = Vec::new();
        for one in subscriptions {
            let name = one.area.as_ref().map_or(&one.name, |area| &area.name);
            items.push(format!("{}: {name}", self.words.instant(&one.since)?));
        }
        for one in followed {
            items.push(format!("{}: {}", self.words.instant(&one.since)?, one.title));
        }
        let none = self.words.data.none.clone();
        self.html.list(&items, &none);
        Ok(())
    }

    pub(super) fn tell_delegations(&mut self, delegations: &Delegations) -> Result<()> {
        self.begin_section(|words| &words.delegations);
        let words = &self.words.data;
        let mut items = Vec::new();
        for (told, list) in [(&words.delegation_given, &delegations.given), (&words.delegation_received, &delegations.received)] {
            for one in list {
                let until = self.words.day(&one.until)?;
                items.push(told.replace("{until}", &until).replace("{number}", &one.number).replace("{name}", &one.name));
            }
        }
        let none = words.none.clone();
        self.html.list(&items, &none);
        Ok(())
    }

    pub(super) fn tell_answers(&mut self, answers: &[Answered<Value>]) -> Result<()> {
        self.begin_section(|words| &words.answers);
        let anonymous = self.words.data.lead_anonymous.clone();
        self.html.sentence(&anonymous);
        for one in answers {
            let when = self.words.instant(&one.at)?;
            self.html.heading(&format!("{} – {when}", one.title));
            let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let members = one.answers.as_object().map(|members| members.iter()).into_iter().flatten();
            let facts: Vec<(&str, String)> = members.map(|(name, value)| (name.as_str(), plain(value))).collect();
            self.html.facts(&facts);
        }
        Ok(())
    }

    pub(super) fn tell_log(&mut self, entries: &[LogEntry]) -> Result<()> {
        let mut items = Vec::new();
        for entry in entries {
            let parts = [entry.name.as_str(), &as_word(&entry.action), &entry.number, &entry.session].map(str::to_owned);
            let what = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" – ");
            items.push(format!("{}: {what}", self.words.instant(&entry.at)?));
        }
        self.html.list(&items, "");
        Ok(())
    }
}

/// What a choice is about, in words.
fn subject(words: &DataWords, subject: Subject) -> &str {
    match subject {
        Subject::Tips | Subject::Unknown => &words.tips,
        Subject::Email => &words.by_email,
        Subject::Push => &words.by_push,
        Subject::AppIo => &words.by_app_io,
        Subject::Sms => &words.by_sms,
        Subject::Paper => &words.by_paper,
    }
}
