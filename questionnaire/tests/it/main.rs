//! Tests of the questionnaires: recorded cases, our own definitions, what is refused, bad input, properties.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod profile;
mod properties;
mod recorded;
mod running;
