//! What stands where something could not be read: why, a way to try again, a person to call.
use super::{ActionButton, CallLink, Callout, Page};
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::words::{Key, key, t};
use leptos::prelude::*;

/// What a person is told about an error.
pub fn error_key(error: &ApiError) -> Key {
    match error {
        ApiError::Offline => key::error::OFFLINE,
        ApiError::SignedOut => key::error::SIGNED_OUT,
        ApiError::Forbidden => key::error::FORBIDDEN,
        ApiError::AtTheDesk => key::error::AT_THE_DESK,
        ApiError::OnBehalf => key::error::ON_BEHALF,
        ApiError::NotActing => key::error::NOT_ACTING,
        ApiError::Level(_) => key::error::LEVEL,
        ApiError::NotFound => key::error::NOT_FOUND,
        ApiError::Conflict => key::error::CONFLICT,
        ApiError::TooMany => key::error::TOO_MANY,
        ApiError::Invalid(_) | ApiError::Broken => key::error::BROKEN,
    }
}

/// An error with a way out.
#[component]
pub fn ErrorView(
    /// Which.
    error: ApiError,
    /// Tries again.
    #[prop(into)]
    retry: UnsyncCallback<()>,
    /// Whether it stands where the whole page would, and so needs the page's heading.
    #[prop(optional)]
    whole_page: bool,
) -> impl IntoView {
    let phone = expect_context::<Api>().config().with_value(|config| config.phone.clone());
    let ways_out = view! {
        <div class="filo-actions">
            <ActionButton icon="it-refresh" on_press=retry>{t(key::common::TRY_AGAIN)}</ActionButton>
            {(!phone.number.is_empty()).then(|| view! {
                <CallLink class="btn btn-outline-primary" number=phone.number shown=phone.shown/>
            })}
        </div>
    };
    let why = t(error_key(&error));
    if whole_page {
        view! { <Page title=t(key::error::TITLE) lead=why>{ways_out}</Page> }.into_any()
    } else {
        view! { <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{why}</p>{ways_out}</Callout> }.into_any()
    }
}
