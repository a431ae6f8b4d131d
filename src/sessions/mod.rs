//! "Dove sei collegato": the sessions that are open, on which devices, and their end.
mod page;

pub use page::SessionsPage;
