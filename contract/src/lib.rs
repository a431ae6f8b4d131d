//! What the citizen app and the CRM say to each other, and nothing else: types, ids, rules, paths, problems.
//!
//! Both sides depend on this crate, so a fact has one type the whole way from row to page, and a rule is
//! written once and asked twice: by the form before sending, by the CRM before storing.

pub mod attachments;
pub mod calendar;
pub mod cases;
pub mod channels;
pub mod comfort;
pub mod contact;
pub mod delegates;
pub mod dictionary;
pub mod drafts;
pub mod fiscal_code;
pub mod headers;
pub mod help_desk;
pub mod home;
pub mod id;
pub mod import;
pub mod inbox;
pub mod light;
pub mod my_data;
pub mod office;
pub mod page;
pub mod paths;
pub mod payments;
pub mod personal;
pub mod place;
pub mod problem;
pub mod public_reports;
pub mod push;
pub mod questionnaires;
pub mod replies;
pub mod reports;
pub mod session;
pub mod sessions;
pub mod story;
pub mod subscriptions;
pub mod text;
pub mod tips;
pub mod tracking;
pub mod uploads;

pub use calendar::{Date, UtcTime};
pub use page::Page;
pub use problem::{FieldProblem, Problem, ProblemCode};
