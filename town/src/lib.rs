//! The outside world of a demo town, speaking the real protocols over HTTP: an identity provider, a clerk, and the town's people and cases.
//!
//! The CRM knows nothing of this crate: it is configured with its addresses, as it would be with real ones.

pub mod archive;
pub mod calendar;
pub mod people;
pub mod seed;
