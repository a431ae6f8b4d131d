//! "Cosa segui": streets, areas and topics that somebody follows, and how to begin and to stop.
mod entry;
mod page;
mod reports;

pub use page::SubscriptionsPage;
