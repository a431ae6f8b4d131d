//! Leaving for the identity provider: in this window, or in a second one so that what was typed stays.
use crate::api::{Api, ApiError};
use crate::form::is_anything_typed;
use crate::route::Route;
use crate::ui::error_key;
use crate::words::{key, language, t};
use contract::paths;
use contract::session::{Device, LoginRequest, LoginStart, Scheme};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// How somebody logs in.
#[derive(Clone, Copy)]
pub struct How {
    /// By what.
    pub scheme: Scheme,
    /// Whose device it is.
    pub device: Device,
    /// The level that something takes.
    pub level: Option<u8>,
}

/// Asks the CRM where to go, and goes there. `url` is where to land afterwards.
pub async fn leave(api: Api, how: How, back_to: String) -> Result<(), ApiError> {
    let start = ask(api, how, back_to).await?;
    // The address came from the CRM; a browser that refuses to go there leaves the person where they are.
    window().location().assign(&start.location).map_err(|_| ApiError::Broken)
}

/// The same in a second window.
async fn leave_in(second: web_sys::Window, api: Api, how: How) -> Result<(), ApiError> {
    match ask(api, how, Route::LoginDone.to_string()).await {
        Ok(start) => second.location().assign(&start.location).map_err(|_| ApiError::Broken),
        Err(error) => {
            // The empty window has nothing to show.
            let _ = second.close();
            Err(error)
        }
    }
}

/// A second window, empty yet. To be asked for while the finger is still on the button: browsers block it later.
pub fn second_window() -> Option<web_sys::Window> {
    window().open_with_url_and_target("", "_blank").ok().flatten()
}

/// Logs in once more over a page that stays: in the second window, or in this one where nothing typed would be lost.
pub fn again(api: Api, how: How, second: Option<web_sys::Window>, failed: RwSignal<Option<ApiError>>) {
    spawn_local(async move {
        let answer = match second {
            Some(second) => leave_in(second, api, how).await,
            None if is_anything_typed() => Err(ApiError::Forbidden),
            None => leave(api, how, here()).await,
        };
        failed.set(answer.err());
    });
}

/// Why that did not work.
pub fn why(error: &ApiError) -> &'static str {
    match error {
        // The browser did not let us open a second window.
        ApiError::Forbidden => t(key::login::WINDOW_BLOCKED),
        error => t(error_key(error)),
    }
}

async fn ask(api: Api, How { scheme, device, level }: How, back_to: String) -> Result<LoginStart, ApiError> {
    api.post(paths::SESSION_LOGIN, &LoginRequest { scheme, device, back_to, language: language().to_owned(), level }).await
}

/// The present place, query and all, to come back to. What stands behind `#` comes along: a code at the help desk.
pub fn here() -> String {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    parts.into_iter().map(Result::unwrap_or_default).collect()
}
