//! A link to a place in the app. It takes a `Route`, so a link to nowhere does not compile.
use crate::markup::view;
use crate::route::Route;
use leptos::prelude::*;

/// A link inside the app.
#[component]
pub fn Link(
    /// Where it leads.
    #[prop(into)]
    to: Route,
    /// Its classes.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! { <a href=to.to_string() class=class>{children()}</a> }
}
