//! The days of a case into the phone's calendar: a file that calendars open.
use super::Icon;
use crate::api::Api;
use crate::markup::view;
use crate::words::{key, language, t};
use contract::id::CaseId;
use contract::paths;
use leptos::prelude::*;

/// A link to the days of a case.
#[component]
pub fn CalendarLink(
    case: CaseId,
    /// What the case is about, for who only hears the link.
    about: String,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let address = api.address(&paths::case_calendar(&case, language()));
    view! {
        <a class="btn btn-link filo-calendar d-print-none" href=address download="">
            <Icon name="it-calendar"/><span>{t(key::common::TO_CALENDAR)}<span class="visually-hidden">": "{about}</span></span>
        </a>
    }
}
