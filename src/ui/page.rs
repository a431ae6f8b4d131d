//! A page: its title in the window, its heading, and where the focus goes when it opens.
use crate::api::Api;
use crate::markup::view;
use leptos::prelude::*;
use std::cell::Cell;

thread_local! {
    /// The first page takes no focus: the browser has just given it to the document.
    static IS_FIRST: Cell<bool> = const { Cell::new(true) };
}

/// A page.
#[component]
pub fn Page(
    /// Its heading, and the title of the window.
    #[prop(into)]
    title: String,
    /// A sentence under the heading.
    #[prop(optional, into)]
    lead: String,
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<leptos::html::H1>::new();
    let town = expect_context::<Api>().config().with_value(|config| config.town.clone());
    document().set_title(&format!("{title} · {town}"));
    Effect::new(move |_| {
        if let Some(heading) = heading.get()
            && !IS_FIRST.replace(false)
        {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            // An element that is on the page takes the focus.
            let _ = heading.focus();
        }
    });
    view! {
        <header class="filo-page-header">
            <h1 tabindex="-1" node_ref=heading>{title}</h1>
            {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        </header>
        {children()}
    }
}
