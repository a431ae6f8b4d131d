//! The CRM asked through its real router, and over HTTP where that matters. The same suite runs on SQLite and, with
//! `FILO_TEST_POSTGRES_URL`, on PostgreSQL; every test has a database of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that fails should fail loudly")]
#![allow(missing_docs, reason = "tests speak by their names")]

mod attachments;
mod caching_proxy;
mod calendar;
mod cases;
mod channels;
mod comfort;
mod credential;
mod delegates;
mod drafts;
mod events;
mod forgery;
mod forwarding;
mod help_desk;
mod home;
mod house;
mod imports;
mod inbox;
mod levels;
mod light;
mod login;
mod mail;
mod matrix;
mod my_data;
mod office;
mod office_cli;
mod office_docs;
mod open311;
mod openapi;
mod over_http;
mod payments;
mod people;
mod phones;
mod provider;
mod public_reports;
mod questionnaires;
mod reference;
mod reminders;
mod replies;
mod reports;
mod sessions;
mod stopping;
mod story;
mod subscriptions;
mod tips;
mod tracking;
mod travelling;
mod uploads;
mod withdrawal;
