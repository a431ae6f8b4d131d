//! The outside world of a demo town, speaking the real protocols over HTTP: an identity provider, a clerk, mailboxes, phones with what
//! brings messages to them, the payment platform, and the town's people, cases and fees.
//!
//! The CRM knows nothing of this crate: it is configured with its addresses, as it would be with real ones.

mod app_io;
pub mod archive;
pub mod calendar;
pub mod clerk;
pub mod config;
mod fees;
pub mod mail;
mod page;
pub mod pagopa;
mod params;
pub mod people;
mod phone;
pub mod provider;
mod push;
pub mod questionnaires;
pub mod seed;
mod sms;
mod street_reports;

pub use config::{Client, Config};

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

/// The whole town as a router: the identity provider with a key made now, the clerk, the mailboxes and the phones.
///
/// # Errors
/// When no key can be made, or a file that was built in cannot be read.
pub fn app(config: Config) -> Result<Router, String> {
    app_with_mail(config, provider::Keys::generate()?, mail::Mailboxes::default())
}

/// What brings messages to phones, by itself: a push service, App IO and an SMS gateway, and the page that shows what they brought.
pub fn phones(config: &Config) -> Router {
    let phones = phone::Phones::default();
    push::router(&config.public_url, phones.clone())
        .merge(app_io::router(config, phones.clone()))
        .merge(sms::router(config, phones.clone()))
        .merge(phone::router(phones))
}

fn app_with_mail(config: Config, keys: provider::Keys, mailboxes: mail::Mailboxes) -> Result<Router, String> {
    let clerk = clerk::router(&config)?;
    let phones = phones(&config);
    let pagopa = pagopa::router(&config)?;
    let home = get(async || Redirect::to("/clerk"));
    Ok(provider::router(config, keys)
        .merge(clerk)
        .merge(mail::router(mailboxes))
        .merge(phones)
        .merge(pagopa)
        .route("/town.css", get(page::style))
        .route("/", home))
}

/// Serves the town on a listener until the listener fails, and its mailboxes when the settings say where.
///
/// # Errors
/// When no key can be made, or a listener fails.
pub async fn serve(listener: tokio::net::TcpListener, config: Config) -> Result<(), String> {
    let keys = provider::Keys::generate()?;
    serve_with_keys(listener, config, keys).await
}

/// The same with a key that was made before.
///
/// # Errors
/// When a listener fails.
pub async fn serve_with_keys(listener: tokio::net::TcpListener, config: Config, keys: provider::Keys) -> Result<(), String> {
    let mailboxes = mail::Mailboxes::default();
    if let Some(address) = &config.smtp_address {
        let listener =
            tokio::net::TcpListener::bind(address).await.map_err(|error| format!("cannot take letters on {address}: {error}"))?;
        tokio::spawn(mailboxes.clone().serve(listener));
    }
    axum::serve(listener, app_with_mail(config, keys, mailboxes)?).await.map_err(|error| error.to_string())
}
