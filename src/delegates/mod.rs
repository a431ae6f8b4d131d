//! Family and delegates (feature J11): "Deleghe", both directions, and acting for somebody with its banner.
mod accept;
mod acting;
mod banner;
mod cards;
mod code;
mod give;
mod page;
mod words;

pub use acting::ActingPage;
pub use banner::ActingBanner;
pub use page::DelegatesPage;
