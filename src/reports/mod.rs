//! Street reports: the three official steps, photos made ready on the device, sending, the confirmation.
mod data_step;
mod draft;
mod emergency;
mod follow;
mod image_bytes;
mod keep;
mod near;
mod page;
mod photos;
mod place;
mod privacy_step;
mod public_card;
mod public_list;
mod public_report;
mod sent;
mod shrink;
mod streets;
mod summary_step;
mod track;

pub use page::{DraftPage, NewReportPage};
pub use public_list::PublicReportsPage;
pub use public_report::PublicReportPage;
pub use sent::ReportSentPage;
pub use track::TrackingPage;
