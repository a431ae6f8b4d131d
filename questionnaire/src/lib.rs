//! Questionnaires as data: a closed profile of SurveyJS definitions, read with places, run the same way in browser, CRM and command line.

pub mod check;
mod check_meaning;
pub mod compare;
pub mod conformance;
pub mod date;
pub mod definition;
pub mod evaluate;
pub mod files;
pub mod fitting;
mod functions;
mod functions_of_days;
mod functions_of_rows;
pub mod json;
mod messages;
pub mod names;
mod pictures;
mod profile;
mod reading;
mod reading_parts;
pub mod run;
pub mod syntax;
pub mod value;
pub mod words;

pub use check::Finding;
pub use definition::Definition;
pub use fitting::Misfit;
pub use functions::{NAMES as FUNCTIONS, exists as function_exists};
pub use run::{Run, State};
pub use value::Value;

impl Definition {
    /// Takes a definition as it is, with whatever the profile does not know left out. For cases recorded elsewhere; a town's own
    /// definitions are checked first.
    ///
    /// # Errors
    /// When the text is no JSON.
    pub fn lenient(text: &str) -> Result<Self, json::Broken> {
        json::read(text).map(|root| Self::of(&root))
    }

    /// Takes a definition that was checked before it was kept: as strict as then, and not looked at again.
    pub fn kept(value: &Value) -> Self {
        let mut definition = Self::of(&json::Node::of(value));
        definition.strict = true;
        definition
    }

    /// Takes a definition out of JSON that was read already, with whatever the profile does not know left out.
    pub fn of(root: &json::Node) -> Self {
        reading::definition(root)
    }
}
