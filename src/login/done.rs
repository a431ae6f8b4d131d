//! The second window after a new login: the first one has heard of it, and this one closes.
use crate::markup::view;
use crate::session::{Session, Who};
use crate::ui::{LinkButton, Page};
use crate::words::{key, t};
use leptos::prelude::*;

/// Says that the login is done and that this window may be closed. Who is not signed in gets the login page instead.
#[component]
pub fn LoginDonePage() -> impl IntoView {
    let session = expect_context::<Session>();
    Effect::new(move |_| {
        if matches!(session.who(), Who::In(_)) {
            // Only a window that a script has opened closes; any other shows the words below.
            let _ = window().close();
        }
    });
    view! {
        <Page title=t(key::login::DONE_TITLE) lead=t(key::login::DONE_TEXT)>
            <LinkButton to=crate::route::Route::Home class="btn btn-outline-primary">{t(key::common::GO_HOME)}</LinkButton>
        </Page>
    }
}
