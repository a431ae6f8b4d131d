//! The help desk (features X12, X13): the volunteer's pages and banner, the citizen's consent and log.
mod ask;
mod banner;
mod checked;
mod confirm;
mod consent;
mod ended;
mod helping;
mod log;
mod page;
mod paper;
mod person;
mod second;
mod waiting;
mod words;

pub use banner::HelpBanner;
pub use checked::CheckedPage;
pub use consent::ConsentPage;
pub use log::LogPage;
pub use page::HelpDeskPage;
pub use paper::PaperPage;
