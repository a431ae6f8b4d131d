//! Connectors: the outside services the CRM speaks with.

mod answer;
pub mod app_io;
pub mod oidc;
pub mod open311;
pub mod pagopa;
pub mod push;
pub mod sms;
pub mod smtp;

pub use answer::SetupError;
