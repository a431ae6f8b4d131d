//! Buttons: one that does something, one that leads somewhere.
use super::{Icon, Link};
use crate::markup::view;
use crate::route::Route;
use leptos::prelude::*;

/// A button that does something.
#[component]
pub fn ActionButton(
    /// Its look: `primary`, `outline-primary`, `outline-danger`, `link`.
    #[prop(default = "primary")]
    look: &'static str,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    /// While true it cannot be pressed.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: UnsyncCallback<()>,
    children: Children,
) -> impl IntoView {
    view! {
        <button type="button" class=format!("btn btn-{look}") disabled=move || busy.get() aria-busy=move || busy.get().then_some("true") on:click=move |_| on_press.run(())>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span>{children()}</span>
        </button>
    }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    /// Where it leads.
    to: Route,
    /// Its look: `btn btn-primary`…
    #[prop(default = "btn btn-primary")]
    class: &'static str,
    /// An icon before the words.
    #[prop(optional)]
    icon: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <Link to class>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span>{children()}</span>
        </Link>
    }
}
