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
    /// While true it is at work and does nothing more.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// While true there is nothing that it could do.
    #[prop(optional, into)]
    off: Signal<bool>,
    /// What it does.
    #[prop(into)]
    on_press: UnsyncCallback<()>,
    children: Children,
) -> impl IntoView {
    // `disabled` would take the focus away from under whoever has just pressed it.
    let is_still = move || busy.get() || off.get();
    let press = move |_| {
        if !untrack(is_still) {
            on_press.run(());
        }
    };
    view! {
        <button type="button" class=format!("btn btn-{look}") aria-disabled=move || is_still().then_some("true")
            aria-busy=move || busy.get().then_some("true") on:click=press>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon/> })}
            <span>{children()}</span>
        </button>
    }
}

/// The button that sends its form.
#[component]
pub fn SubmitButton(
    /// While true it sends nothing: neither when it is pressed, nor by Enter in a field.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// Its look, as that of the other buttons.
    #[prop(default = "primary")]
    look: &'static str,
    children: Children,
) -> impl IntoView {
    // Enter in a field presses it too (HTML, "implicit submission").
    let press = move |event: leptos::ev::MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button type="submit" class=format!("btn btn-{look}") aria-disabled=move || busy.get().then_some("true") on:click=press>{children()}</button>
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
