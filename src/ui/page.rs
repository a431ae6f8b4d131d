//! A page: its title in the window, the way to it, its heading, and where the focus goes when it opens.
use super::breadcrumb::Breadcrumb;
use crate::api::Api;
use crate::form;
use crate::markup::view;
use crate::route::Route;
use crate::words::{key, t};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{FocusOptions, HtmlElement};

thread_local! {
    /// The page that took the focus last, by address and title. The first takes none: the browser has just given it to the document.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    /// What had the focus when a page was taken down, by its id; empty for what has none.
    static LEFT: RefCell<Option<String>> = const { RefCell::new(None) };
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
    /// The heading's language, when it is not the page's.
    #[prop(optional_no_strip)]
    lang: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let heading = NodeRef::<leptos::html::H1>::new();
    let api = expect_context::<Api>();
    let town = api.config().with_value(|config| config.town.clone());
    // Titles stay in the browser's history: at the help desk they say nothing of anybody.
    let shown = if api.session().is_helped_now() { t(key::help_desk::TITLE_SHORT) } else { &title };
    document().set_title(&format!("{shown} · {town}"));
    let path = use_location().pathname.get_untracked();
    let route = Route::parse(&path);
    // Drawn anew because something has changed, a page leaves whoever reads it where they are.
    let here = (path, title.clone());
    let is_new = LAST.replace(Some(here.clone())).is_some_and(|last| last != here);
    // In place of a page that needs a login stands the login page, and no way leads to it.
    let is_itself = route.is_public() || api.session().person_now().is_some();
    let way = is_itself.then(|| view! { <Breadcrumb route title=title.clone() lang/> });
    on_cleanup(|| drop(LEFT.replace(focused())));
    Effect::new(move |_| {
        let Some(heading) = heading.get() else { return };
        let left = LEFT.take();
        if is_new && form::is_led() {
            // The input that somebody was led to takes the focus.
        } else if is_new {
            window().scroll_to_with_x_and_y(0.0, 0.0);
            // An element that is on the page takes the focus.
            let _ = heading.focus();
        } else if let Some(id) = left.filter(|_| focused().is_none()) {
            // What had the focus has been drawn anew, or is no longer there.
            let again = document().get_element_by_id(&id).and_then(|again| again.dyn_into::<HtmlElement>().ok());
            let quietly = FocusOptions::new();
            quietly.set_prevent_scroll(true);
            // As above.
            let _ = again.unwrap_or_else(|| heading.into()).focus_with_options(&quietly);
        }
    });
    view! {
        {way}
        <header class="filo-page-header">
            <h1 tabindex="-1" lang=lang node_ref=heading>{title}</h1>
            {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
        </header>
        {children()}
    }
}

/// What has the focus in the page's own part, by its id; empty when it has none.
fn focused() -> Option<String> {
    let here = document().active_element()?;
    here.closest("main").ok().flatten().map(|_| here.id())
}
