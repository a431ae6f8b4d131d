//! Light login: six digits sent to an e-mail address lead to the reports that were sent with it, and to nothing else.
use crate::calendar::UtcTime;
use crate::contact::is_email;
use crate::problem::{FieldProblem, FieldRule};
use crate::tracking::TrackedReport;
use serde::{Deserialize, Serialize};

/// Digits of a code.
pub const CODE_DIGITS: usize = 6;
/// Wrong codes after which another one must be asked for.
pub const TRIES_MAX: i64 = 5;
/// Seconds for which a code leads in.
pub const CODE_SECONDS: i64 = 600;

/// `POST /light/codes`: send a code. The answer is the same whether the address is known or not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewLightCode {
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// The language to write in, BCP 47 ("it").
    #[serde(default)]
    pub language: String,
}

impl NewLightCode {
    /// The address as it is compared: without what stands around it, in small letters.
    pub fn address(&self) -> String {
        self.email.trim().to_lowercase()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let rule = if self.email.trim().is_empty() { FieldRule::Required } else { FieldRule::NotAnEmail };
        if is_email(&self.address()) { vec![] } else { vec![FieldProblem::new("email", rule)] }
    }
}

/// `POST /light/session`: the code that came, in the browser that asked for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LightCode {
    /// As it was typed.
    #[serde(default)]
    pub code: String,
}

impl LightCode {
    /// Its digits, whatever stands between them.
    pub fn digits(&self) -> String {
        self.code.chars().filter(char::is_ascii_digit).collect()
    }

    /// What is wrong with it.
    pub fn problems(&self) -> Vec<FieldProblem> {
        match self.digits().len() {
            CODE_DIGITS => vec![],
            0 => vec![FieldProblem::new("code", FieldRule::Required)],
            _ => vec![FieldProblem::new("code", FieldRule::WrongCode)],
        }
    }
}

/// `GET /light/reports`: the reports that were sent with the address, the one moved last first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LightReports {
    /// The address.
    pub email: String,
    /// Until when they can be read; then another code is needed.
    pub until: UtcTime,
    /// The reports, at most a hundred.
    pub reports: Vec<TrackedReport>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_code_are_taken_however_they_were_typed() {
        let new = NewLightCode { email: " Maria@Example.ORG ".into(), language: "it".into() };
        assert_eq!((new.address().as_str(), new.problems()), ("maria@example.org", vec![]));
        assert_eq!(LightCode { code: " 123 456\n".into() }.digits(), "123456");
        for wrong in ["", "12345", "1234567", "abcdef"] {
            assert_eq!(LightCode { code: wrong.into() }.problems().len(), 1, "{wrong}");
        }
        for wrong in ["", "maria", "a@b@c", "a@example.org\nBcc: x@example.org"] {
            assert_eq!(NewLightCode { email: wrong.into(), ..new.clone() }.problems().len(), 1, "{wrong}");
        }
    }
}
