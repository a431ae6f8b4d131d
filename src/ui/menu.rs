//! A menu under a button of the header: the browser's own `<details>`, which Escape, a press elsewhere, the focus and a link close.
use super::Icon;
use crate::markup::view;
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A menu.
#[component]
pub fn Menu(
    /// Its class.
    class: &'static str,
    /// The icon of its button.
    icon: &'static str,
    /// The words of its button.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    let menu = NodeRef::<leptos::html::Details>::new();
    let holds = move |target: Option<web_sys::EventTarget>| {
        let node = target.and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        menu.try_get_untracked().flatten().is_some_and(|menu| menu.contains(node.as_ref()))
    };
    let close = move || {
        if let Some(menu) = menu.try_get_untracked().flatten() {
            menu.set_open(false);
        }
    };
    let elsewhere = window_event_listener_untyped("pointerdown", move |event| {
        if !holds(event.target()) {
            close();
        }
    });
    on_cleanup(move || elsewhere.remove());
    let key = move |event: KeyboardEvent| {
        if let Some(menu) = menu.try_get_untracked().flatten().filter(|menu| event.key() == "Escape" && menu.open()) {
            menu.set_open(false);
            // The focus would be lost with what was open: its button has it again.
            let summary = menu.query_selector("summary").ok().flatten().and_then(|summary| summary.dyn_into::<web_sys::HtmlElement>().ok());
            let _ = summary.map(|summary| summary.focus());
        }
    };
    // Without a next place the focus stays in the page: a press on what takes none.
    let focus_left = move |event: FocusEvent| {
        if event.related_target().is_some() && !holds(event.related_target()) {
            close();
        }
    };
    let followed = move |event: MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|target| target.closest("a").ok().flatten().is_some()) {
            close();
        }
    };
    view! {
        <details class=class node_ref=menu on:keydown=key on:focusout=focus_left on:click=followed>
            <summary><Icon name=icon/><span>{label}</span></summary>
            {children()}
        </details>
    }
}
