//! Sentences in several languages: `"Yes"` or `{"default": "Yes", "it": "Sì"}`.

use crate::json::{Kind, Node};
use std::collections::BTreeMap;

/// One sentence in its languages. The key `default` is the sentence of the definition's own language.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// Reads a string or an object of strings; a number counts as its digits.
    pub fn read(node: &Node) -> Self {
        match &node.kind {
            Kind::Object(members) => {
                Self(members.iter().filter_map(|(key, _, one)| one.text().map(|text| (key.clone(), text.to_owned()))).collect())
            }
            Kind::Scalar(value) if !value.is_nothing() => Self(BTreeMap::from([("default".to_owned(), value.to_text())])),
            _ => Self::default(),
        }
    }

    /// The sentence in a language: in that language, in the language without its region, in the default one, in English, in any.
    pub fn to(&self, language: &str) -> Option<&str> {
        let plain = language.split('-').next().unwrap_or(language);
        let found = self.0.get(language).or_else(|| self.0.get(plain)).or_else(|| self.0.get("default"));
        found.or_else(|| self.0.get("en")).or_else(|| self.0.values().next()).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// The languages in which it stands, `default` among them.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// All sentences.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        self.0.values().map(String::as_str)
    }
}
