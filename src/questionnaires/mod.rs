//! Questionnaires: the list, one before it is answered, its questions, what came of it. The engine (crate `questionnaire`) travels with the
//! questions alone.
mod answering;
mod attached;
mod ballot;
mod choosing;
mod form;
mod list;
mod mirror;
mod numbers;
mod places;
mod questions;
mod results;
mod review;
mod rows;
mod said;
mod sheet;
mod start;

pub use form::AnswerPage;
pub use list::QuestionnairesPage;
pub use results::ResultsPage;
pub use start::QuestionnairePage;
