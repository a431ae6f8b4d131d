//! Street reports: the three official steps, photos made ready on the device, sending, the confirmation.
mod data_step;
mod draft;
mod image_bytes;
mod page;
mod photos;
mod place;
mod privacy_step;
mod send;
mod sent;
mod shrink;
mod streets;
mod summary_step;

pub use page::NewReportPage;
pub use sent::ReportSentPage;
