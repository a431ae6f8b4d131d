//! How somebody reads most easily (features K3, K4): the page where it is chosen, and what a choice does to the document.
mod page;
mod worn;

pub use page::ComfortPage;
pub use worn::{ComfortLine, follow};
