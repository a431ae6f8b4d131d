//! Street reports: the three official steps, photos made ready on the device, sending, the confirmation.
mod assets;
mod data_step;
mod draft;
mod emergency;
mod follow;
mod gps;
mod ground;
mod keep;
mod map;
mod near;
mod page;
mod personal;
mod photo_place;
mod place;
mod privacy_step;
mod public_card;
mod public_list;
mod public_report;
mod sent;
mod streets;
mod summary_step;
mod track;

pub use page::{DraftPage, NewReportPage};
pub use public_list::PublicReportsPage;
pub use public_report::PublicReportPage;
pub use sent::ReportSentPage;
pub use track::TrackingPage;
