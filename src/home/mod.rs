//! Scrivania: a greeting by name, what I must do first, then what has moved.
mod page;

pub use page::HomePage;
