//! Scrivania: a greeting by name, what I must do first, tips, then what has moved.
mod fees;
mod page;
mod tips;

pub use fees::FeesPart;
pub use page::HomePage;
pub use tips::TipsPart;
