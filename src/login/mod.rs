//! Logging in: choosing how, saying whose device this is, and coming back after an expiry.
mod done;
mod expiry;
mod page;
mod start;

pub use done::LoginDonePage;
pub use expiry::ExpiryDialogs;
pub use page::LoginPage;
