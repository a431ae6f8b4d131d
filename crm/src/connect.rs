//! Connectors: the outside services the CRM speaks with.

pub mod oidc;
pub mod open311;
pub mod smtp;
