//! A part of a page with its heading: the two are tied, so a screen reader lists the parts by name.
use crate::markup::view;
use leptos::prelude::*;

/// A part of a page.
#[component]
pub fn Section(
    /// The heading's id, unique on the page.
    id: &'static str,
    /// The heading.
    title: &'static str,
    /// Classes of the part.
    #[prop(optional)]
    class: &'static str,
    /// The heading's look.
    #[prop(default = "h4")]
    look: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <section class=class aria-labelledby=id>
            <h2 id=id class=look tabindex="-1">{title}</h2>
            {children()}
        </section>
    }
}
