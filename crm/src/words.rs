//! The few words that the CRM itself writes, on receipts and letters (`crm/words/*.json`).
use crate::clock;
use crate::error::{Error, Result};
use contract::{Date, UtcTime};
use serde::Deserialize;

const ITALIAN: &str = include_str!("../words/it.json");
const ENGLISH: &str = include_str!("../words/en.json");

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The language they are in.
    #[serde(skip)]
    pub language: &'static str,
    months: Vec<String>,
    day: String,
    instant: String,
    /// Name of a case's number.
    pub number: String,
    /// Name of the official registration.
    pub protocol: String,
    /// `{number}` and `{day}` of the official registration.
    pub protocol_value: String,
    /// Above a report that is handed on anew to another server; `{number}` there before.
    pub reopened: String,
    /// What stands on a receipt.
    pub receipt: ReceiptWords,
    /// What stands in letters.
    pub mail: MailWords,
    /// What stands on a screen that others see too.
    pub short: ShortWords,
    /// What days in a calendar are called.
    pub calendar: CalendarWords,
    /// What is written at the help desk.
    pub desk: DeskWords,
    /// What stands in the letter of a light login.
    pub light: LightWords,
    /// What stands on receipts of payments and in letters about fees.
    pub payment: PaymentWords,
    /// What stands in a copy of somebody's data, and in letters about their data.
    pub data: DataWords,
}

/// The words of letters: sentences, and names of rows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the sentence it is named after")]
pub struct MailWords {
    pub greeting: String,
    pub greeting_unnamed: String,
    pub received_subject: String,
    pub received: String,
    pub moved: String,
    pub confirmed_subject: String,
    pub confirmed: String,
    pub reopened_subject: String,
    pub reopened: String,
    pub followed_confirmed: String,
    pub followed_subject: String,
    pub followed: String,
    pub note: String,
    pub open: String,
    pub track: String,
    pub why_followed: String,
    pub delegated_subject: String,
    pub delegated: String,
    pub open_delegations: String,
    pub why_delegated: String,
    pub no_reply: String,
    pub reminder_subject: String,
    pub reminder_greeting: String,
    pub reminder: String,
    pub reminder_text: String,
    pub subscribed: String,
    pub why_subscribed: String,
    pub open_inbox: String,
    pub choose: String,
    pub documents: String,
    pub test_subject: String,
    pub test: String,
    pub test_open: String,
}

/// One sentence for each topic.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the sentence for the topic it is named after")]
pub struct ShortWords {
    pub requests: String,
    pub cases: String,
    pub followed: String,
    pub test: String,
}

/// The words of the help desk: a letter with a code, and a case about an entry of the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the sentence it is named after")]
pub struct DeskWords {
    pub code_subject: String,
    pub code_text: String,
    pub code_warning: String,
    pub code: String,
    pub what: String,
    pub how_long: String,
    pub minutes: String,
    pub see_cases: String,
    pub send_report: String,
    pub answer_questionnaire: String,
    pub upload_documents: String,
    pub dispute_title: String,
    pub dispute_text: String,
}

/// The words of the letter with the code of a light login.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the sentence it is named after")]
pub struct LightWords {
    pub subject: String,
    pub text: String,
    pub warning: String,
    pub code: String,
}

/// The words of days in a calendar.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the name of the day it stands for")]
pub struct CalendarWords {
    pub send_documents: String,
    pub pay: String,
    pub collect: String,
    pub answer: String,
    pub other: String,
    pub due: String,
}

/// The words of fees: names of rows, and sentences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the row or the sentence it is named after")]
pub struct PaymentWords {
    money: String,
    decimal: String,
    thousands: String,
    pub receipt_title: String,
    pub receipt_text: String,
    pub what: String,
    pub remittance: String,
    pub amount: String,
    pub paid_at: String,
    pub psp: String,
    pub method: String,
    pub creditor: String,
    pub number: String,
    pub iuv: String,
    pub receipt_id: String,
    pub due: String,
    pub person: String,
    pub due_subject: String,
    pub due_text: String,
    pub paid_subject: String,
    pub paid_text: String,
    pub open: String,
}

/// The words of a copy of somebody's data and of its end: names of parts and rows, and sentences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the part, the row or the sentence it is named after")]
pub struct DataWords {
    pub file_name: String,
    pub title: String,
    pub lead: String,
    pub lead_files: String,
    pub lead_anonymous: String,
    pub lead_left_out: String,
    pub contents: String,
    pub none: String,
    pub missing: String,
    pub person: String,
    pub name: String,
    pub fiscal_code: String,
    pub email: String,
    pub phone: String,
    pub postal_address: String,
    pub since: String,
    pub choices: String,
    pub yes: String,
    pub no: String,
    pub notice: String,
    pub tips: String,
    pub by_email: String,
    pub by_push: String,
    pub by_app_io: String,
    pub by_sms: String,
    pub by_paper: String,
    pub cases: String,
    pub loose: String,
    pub rating: String,
    pub expected: String,
    pub messages: String,
    pub deliveries: String,
    pub payments: String,
    pub drafts: String,
    pub followed: String,
    pub delegations: String,
    pub delegation_given: String,
    pub delegation_received: String,
    pub answers: String,
    pub log: String,
    pub ready_subject: String,
    pub ready_text: String,
    pub ready_open: String,
    pub ready_not_me: String,
    pub delete_word: String,
    pub deleted_subject: String,
    pub deleted_text: String,
    pub deleted_kept: String,
    pub deleted_not_me: String,
}

/// The words of a receipt: names of rows, and sentences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is the name of the row it stands for")]
pub struct ReceiptWords {
    pub title: String,
    pub file_name: String,
    pub sender: String,
    pub sent_at: String,
    pub kind: String,
    pub about: String,
    pub subject: String,
    pub category: String,
    pub place: String,
    pub point: String,
    pub details: String,
    pub photos: String,
    pub documents: String,
    pub state: String,
    pub office: String,
    pub contacts: String,
    pub received: String,
    pub due: String,
    pub keep: String,
}

impl Words {
    /// The words of a language; Italian for one that has none.
    ///
    /// # Errors
    /// When the file compiled in is broken.
    pub fn of(language: &str) -> Result<Self> {
        let (language, text) = match language.split('-').next() {
            Some("en") => ("en", ENGLISH),
            _ => ("it", ITALIAN),
        };
        let words: Self = serde_json::from_str(text)?;
        Ok(Self { language, ..words })
    }

    /// A day in words.
    ///
    /// # Errors
    /// When it is not a day of the calendar.
    pub fn day(&self, day: &Date) -> Result<String> {
        let date: jiff::civil::Date = day.0.parse().map_err(|_| Error::Internal(format!("{} is no day", day.0)))?;
        Ok(self.dated(&self.day, date))
    }

    /// An instant in words, as clocks in the town show it.
    ///
    /// # Errors
    /// When it is not an instant.
    pub fn instant(&self, at: &UtcTime) -> Result<String> {
        let instant = clock::instant(&at.0).ok_or_else(|| Error::Internal(format!("{} is no instant", at.0)))?;
        let there = clock::in_town(instant);
        Ok(self.dated(&self.instant, there.date()).replace("{time}", &there.strftime("%H:%M").to_string()))
    }

    /// An amount of cents in words: "1.234,50 €".
    pub fn money(&self, cents: i64) -> String {
        let whole = (cents / 100).to_string();
        let mut grouped = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                grouped.push_str(&self.payment.thousands);
            }
            grouped.push(digit);
        }
        self.payment.money.replace("{amount}", &format!("{grouped}{}{:02}", self.payment.decimal, cents % 100))
    }

    fn dated(&self, pattern: &str, date: jiff::civil::Date) -> String {
        let month = usize::try_from(date.month() - 1).ok().and_then(|month| self.months.get(month)).map_or("", String::as_str);
        pattern.replace("{day}", &date.day().to_string()).replace("{month}", month).replace("{year}", &date.year().to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_all_words_and_say_dates_their_way() {
        let at = UtcTime("2026-11-22T18:05:33Z".into());
        assert_eq!(Words::of("it").expect("words").instant(&at).expect("words"), "22 novembre 2026, ore 19:05");
        assert_eq!(Words::of("en-GB").expect("words").day(&Date("2026-03-01".into())).expect("words"), "1 March 2026");
        assert_eq!(Words::of("xx").expect("words").language, "it");
        let money = |language| Words::of(language).expect("words").money(9_999_999_999);
        assert_eq!((money("it"), money("en")), ("99.999.999,99 €".to_owned(), "€99,999,999.99".to_owned()));
        assert_eq!(Words::of("it").expect("words").money(1), "0,01 €");
    }
}
