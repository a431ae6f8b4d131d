//! Leaving for the identity provider: in this window, or in a second one so that what was typed stays.
use crate::api::{Api, ApiError};
use crate::route::Route;
use crate::words::language;
use contract::paths;
use contract::session::{Device, LoginRequest, LoginStart, Scheme};
use leptos::prelude::*;

/// Asks the CRM where to go, and goes there. `url` is where to land afterwards.
pub async fn leave(api: Api, scheme: Scheme, device: Device, back_to: String) -> Result<(), ApiError> {
    let start = ask(api, scheme, device, back_to).await?;
    // The address came from the CRM; a browser that refuses to go there leaves the person where they are.
    window().location().assign(&start.location).map_err(|_| ApiError::Broken)
}

/// The same in a second window, which must be opened while the finger is still on the button: browsers block it later.
pub async fn leave_in(second: web_sys::Window, api: Api, scheme: Scheme, device: Device) -> Result<(), ApiError> {
    match ask(api, scheme, device, Route::LoginDone.to_string()).await {
        Ok(start) => second.location().assign(&start.location).map_err(|_| ApiError::Broken),
        Err(error) => {
            // The empty window has nothing to show.
            let _ = second.close();
            Err(error)
        }
    }
}

async fn ask(api: Api, scheme: Scheme, device: Device, back_to: String) -> Result<LoginStart, ApiError> {
    api.post(paths::SESSION_LOGIN, &LoginRequest { scheme, device, back_to, language: language().to_owned() }).await
}

/// The present place, query and all, to come back to. What stands behind `#` comes along: a code at the help desk.
pub fn here() -> String {
    let location = window().location();
    let parts = [location.pathname(), location.search(), location.hash()];
    parts.into_iter().map(Result::unwrap_or_default).collect()
}
