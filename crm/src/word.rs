//! The contract's small enums as words of the database, and back: the same words as in JSON.
use crate::error::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A word of the database as a value of the contract.
///
/// # Errors
/// When the contract has no such word.
pub fn from<T: DeserializeOwned>(word: &str) -> Result<T> {
    Ok(serde_json::from_value(Value::String(word.to_owned()))?)
}

/// A value of the contract as a word of the database.
///
/// # Errors
/// When it is not written as a single word.
pub fn to(value: &impl Serialize) -> Result<String> {
    match serde_json::to_value(value)? {
        Value::String(word) => Ok(word),
        _ => Err(Error::Internal("a value that is not a word".to_owned())),
    }
}

/// The same for a value that may be absent.
///
/// # Errors
/// When it is not written as a single word.
pub fn to_option(value: Option<&impl Serialize>) -> Result<Option<String>> {
    value.map(to).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::cases::Phase;

    #[test]
    fn words_go_there_and_back() {
        assert_eq!(to(&Phase::WaitingForYou).expect("a word"), "waiting_for_you");
        assert_eq!(from::<Phase>("closed").expect("a phase"), Phase::Closed);
        assert!(to(&42).is_err());
    }
}
