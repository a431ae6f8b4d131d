//! Scrivania: a greeting by name, what I must do first, tips, then what has moved.
mod page;
mod tasks;
mod tips;

pub use page::HomePage;
pub use tips::TipsPart;
