//! Text messages, through any gateway that takes them as JSON over HTTP; a provider with another API is put behind a few lines of its own.
//!
//! `POST FILO_SMS_URL` with `Authorization: Bearer FILO_SMS_TOKEN` and `{"id", "to", "text", "from"}`: `to` is E.164, and an `id` that
//! was taken before is the same message again. 2xx: taken. 4xx: never, but 408 and 429, which pass as every 5xx does.
use crate::config;
use crate::connect::answer::{self, SetupError};
use crate::outbox::Outcome;
use openidconnect::reqwest::Client;
use openidconnect::reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::json;

/// What the service is called in failures.
const WHO: &str = "the SMS gateway";
/// Digits of a whole number with its country (ITU-T E.164 §6.2.1: at most fifteen); the shortest ones in use have seven.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// The gateway, and who we are there.
pub struct Sms {
    http: Client,
    url: String,
    from: String,
}

impl Sms {
    /// Reads the settings; connects to nobody yet.
    ///
    /// # Errors
    /// When the token cannot stand in a header, or no HTTP client can be made.
    pub fn new(sms: &config::Sms) -> Result<Self, SetupError> {
        let mut token =
            HeaderValue::from_str(&format!("Bearer {}", sms.token)).map_err(|error| SetupError::new("FILO_SMS_TOKEN", error))?;
        token.set_sensitive(true);
        let http = answer::client(sms.answer_time).default_headers(HeaderMap::from_iter([(AUTHORIZATION, token)])).build();
        let http = http.map_err(|error| SetupError::new("FILO_SMS_URL", error))?;
        Ok(Self { http, url: sms.url.clone(), from: sms.from.clone() })
    }
}

/// Sends a text message. `id` is the same in every attempt; `to` is as people write it.
pub async fn send(sms: &Sms, id: &str, to: &str, text: &str) -> Outcome {
    let Some(to) = e164(to) else { return Outcome::Never("no number that a message can be sent to".to_owned()) };
    let message = json!({ "id": id, "to": to, "text": text, "from": sms.from });
    match sms.http.post(&sms.url).header(CONTENT_TYPE, "application/json").body(message.to_string()).send().await {
        Ok(answer) if answer.status().is_success() => Outcome::Done,
        Ok(answer) => answer::refused(WHO, &answer),
        Err(error) => answer::unanswered(WHO, &error),
    }
}

/// A phone number in its international form: `+393331234567`. Without a country it is an Italian one, whose first zero belongs to it.
/// `None` when it cannot be a number.
pub fn e164(written: &str) -> Option<String> {
    let written = written.trim();
    let (is_foreign, rest) = match written.strip_prefix('+').or_else(|| written.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, written),
    };
    if !rest.chars().all(|character| character.is_ascii_digit() || " .-/()\u{a0}".contains(character)) {
        return None;
    }
    let only_digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let digits = match (is_foreign, only_digits(rest)) {
        // Elsewhere a zero in brackets is for calls within the country: +44 (0)20 7946 0000.
        (true, digits) if !digits.starts_with("39") => only_digits(&rest.replacen("(0)", "", 1)),
        (true, digits) => digits,
        // Twelve digits are more than any Italian number has: the plus was left out.
        (false, digits) if digits.starts_with("393") && digits.len() == 12 => digits,
        (false, digits) if digits.starts_with('3') && (9..=10).contains(&digits.len()) => format!("39{digits}"),
        (false, digits) if digits.starts_with('0') && (6..=11).contains(&digits.len()) => format!("39{digits}"),
        _ => return None,
    };
    (DIGITS.contains(&digits.len()) && !digits.starts_with('0')).then(|| format!("+{digits}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_international_however_they_are_written() {
        for (written, number) in [
            ("333 123 4567", "+393331234567"),
            ("333-1234567", "+393331234567"),
            (" 333123456 ", "+39333123456"),
            ("3931234567", "+393931234567"),
            ("393331234567", "+393331234567"),
            ("+39 333 1234567", "+393331234567"),
            ("0039 333.1234567", "+393331234567"),
            ("055/2768224", "+390552768224"),
            ("+39 (0)55 2768224", "+390552768224"),
            ("+44 (0)20 7946 0000", "+442079460000"),
            ("0040 712 345 678", "+40712345678"),
            ("+355 69 123 4567", "+355691234567"),
            ("+1 (202) 555-0100", "+12025550100"),
        ] {
            assert_eq!(e164(written).as_deref(), Some(number), "{written}");
        }
        for none in [
            "",
            "112",
            "800 000 000",
            "12345678",
            "tre",
            "+39",
            "+0123456789",
            "+1234567890123456",
            "333 123 4567 8",
            "33x1234567",
            "+39+333",
        ] {
            assert_eq!(e164(none), None, "{none}");
        }
    }
}
