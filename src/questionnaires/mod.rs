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
mod preview;
mod questions;
mod ranking;
mod results;
mod review;
mod rows;
mod said;
mod sheet;
mod start;

pub use form::AnswerPage;
pub use list::QuestionnairesPage;
pub use preview::PreviewPage;
pub use results::ResultsPage;
pub use start::QuestionnairePage;
