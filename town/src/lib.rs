//! The outside world of a demo town, speaking the real protocols over HTTP: an identity provider, a clerk, and the town's people and cases.
//!
//! The CRM knows nothing of this crate: it is configured with its addresses, as it would be with real ones.

pub mod archive;
pub mod calendar;
pub mod clerk;
pub mod config;
mod page;
mod params;
pub mod people;
pub mod provider;
pub mod seed;
mod street_reports;

pub use config::{Client, Config};

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

/// The whole town as a router: the identity provider with a key made now, and the clerk.
///
/// # Errors
/// When no key can be made, or a file that was built in cannot be read.
pub fn app(config: Config) -> Result<Router, String> {
    app_with_keys(config, provider::Keys::generate()?)
}

/// The same with a key that was made before: tests that start many towns make one key.
///
/// # Errors
/// When a file that was built in cannot be read.
pub fn app_with_keys(config: Config, keys: provider::Keys) -> Result<Router, String> {
    let clerk = clerk::router(&config)?;
    let home = get(async || Redirect::to("/clerk"));
    Ok(provider::router(config, keys).merge(clerk).route("/town.css", get(page::style)).route("/", home))
}

/// Serves the town on a listener until the listener fails.
///
/// # Errors
/// When no key can be made, or the listener fails.
pub async fn serve(listener: tokio::net::TcpListener, config: Config) -> Result<(), String> {
    axum::serve(listener, app(config)?).await.map_err(|error| error.to_string())
}
