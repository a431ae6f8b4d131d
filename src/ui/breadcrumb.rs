//! Where a page stands: the pages above it, by name (Modello Comuni: breadcrumb).
use super::Link;
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::words::{Key, key, t};
use leptos::prelude::*;

/// The pages above a route, and the page itself by its title. Nothing where there is no page above.
#[component]
pub fn Breadcrumb(
    /// The present page.
    route: Route,
    /// Its title.
    title: String,
    /// The title's language, when it is not the page's.
    lang: Option<&'static str>,
) -> impl IntoView {
    let above = route.above();
    let item = |route: Route| {
        let name = t(name(&route));
        view! { <li class="breadcrumb-item"><Link to=route>{name}</Link></li> }
    };
    (!above.is_empty()).then(|| {
        view! {
            <nav class="breadcrumb-container d-print-none" aria-label=t(key::common::BREADCRUMB)>
                <ol class="breadcrumb" data-element="breadcrumb">
                    {above.into_iter().map(item).collect_view()}
                    <li class="breadcrumb-item active" aria-current="page" lang=lang>{title}</li>
                </ol>
            </nav>
        }
    })
}

/// What a page is called when it stands above another.
fn name(route: &Route) -> Key {
    match route {
        Route::Cases => key::common::MY_CASES,
        Route::Case { .. } => key::common::ONE_CASE,
        Route::Payments(Payments::List) => key::common::PAYMENTS,
        Route::Payments(_) => key::common::ONE_PAYMENT,
        Route::PublicReports => key::common::PUBLIC_REPORTS,
        Route::Outbox => key::outbox::TITLE,
        Route::Questionnaires => key::questionnaires::TITLE,
        Route::Questionnaire { .. } => key::questionnaires::ONE,
        _ => key::common::HOME,
    }
}
