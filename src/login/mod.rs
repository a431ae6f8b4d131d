//! Logging in: choosing how, saying whose device this is, and coming back after an expiry.
mod done;
mod expiry;
mod page;
mod start;
mod step_up;

pub use done::LoginDonePage;
pub use expiry::ExpiryDialogs;
pub use page::LoginPage;
pub use step_up::StepUp;
