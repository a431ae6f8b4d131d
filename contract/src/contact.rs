//! How somebody who does not sign in can be reached: an e-mail address or a phone number, and the rules for them.
use crate::problem::{FieldProblem, FieldRule};
use serde::{Deserialize, Serialize};

/// Most characters of an address (RFC 5321 §4.5.3.1.3: a path of 256 octets with its brackets).
pub const EMAIL_CHARS_MAX: usize = 254;

/// Most characters of a phone number: fifteen digits, and what people write between them.
pub const PHONE_CHARS_MAX: usize = 30;

/// An e-mail address, a phone number, or both. Empty ones are as good as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contact {
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// Phone number.
    #[serde(default)]
    pub phone: String,
}

impl Contact {
    /// The rules: what is given must be right; at least one must be there when `required`.
    pub fn problems(&self, required: bool) -> Vec<FieldProblem> {
        let (email, phone) = (self.email.trim(), self.phone.trim());
        let mut problems = Vec::new();
        if required && email.is_empty() && phone.is_empty() {
            problems.push(FieldProblem::new("contact.email", FieldRule::EmailOrPhone));
        }
        if !email.is_empty() && !is_email(email) {
            problems.push(FieldProblem::new("contact.email", FieldRule::NotAnEmail));
        }
        if !phone.is_empty() && !is_phone(phone) {
            problems.push(FieldProblem::new("contact.phone", FieldRule::NotAPhone));
        }
        problems
    }
}

/// Whether a text looks like an address that mail can be sent to (the shape HTML's own e-mail field accepts, with a dot in the domain).
pub fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let name_ok = !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b))
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..");
    let label_ok = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= EMAIL_CHARS_MAX && name_ok && domain.contains('.') && domain.split('.').all(label_ok)
}

/// Whether a text looks like a phone number: 6 to 15 digits (ITU-T E.164), a plus in front, spaces and the usual signs between.
pub fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('+').unwrap_or(text);
    (6..=15).contains(&digits) && text.len() <= PHONE_CHARS_MAX && rest.chars().all(|c| c.is_ascii_digit() || " .-/()".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_is_none() {
        for good in ["maria.rossi@example.org", "a+b@x.example.it"] {
            assert!(is_email(good), "{good}");
        }
        for bad in
            ["", "maria", "maria@", "@example.org", "maria@example", "ma ria@example.org", "a@b..it", "a@-b.it", "a\r\n@b.it", ".a@b.it"]
        {
            assert!(!is_email(bad), "{bad}");
        }
        for good in ["+39 055 000000", "3331234567", "055/123456"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["", "12345", "tre", "1234567890123456", "055+123456"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }

    #[test]
    fn one_of_the_two_is_enough_and_what_is_wrong_is_named() {
        let email = Contact { email: "maria@example.org".into(), phone: String::new() };
        assert_eq!(email.problems(true), vec![]);
        assert_eq!(Contact::default().problems(false), vec![]);
        assert_eq!(Contact::default().problems(true)[0].code, FieldRule::EmailOrPhone);
        assert_eq!(Contact { phone: "boh".into(), ..email }.problems(true)[0].field, "contact.phone");
    }
}
