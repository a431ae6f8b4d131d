//! Tabs: one of several views of the same things. Arrows, Home and End move between them (ARIA Authoring Practices, "Tabs").
use crate::form::focus;
use crate::markup::view;
use leptos::prelude::*;

/// The row of tabs. The panel of each is a [`TabPanel`] with the same `name`.
#[component]
pub fn TabList(
    /// The name of the group in the page.
    name: &'static str,
    /// What the tabs are views of.
    label: &'static str,
    /// What each is called.
    tabs: Vec<&'static str>,
    /// Which is chosen, from 0.
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let last = tabs.len().saturating_sub(1);
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let now = chosen.get_untracked();
        let next = match event.key().as_str() {
            "ArrowRight" => {
                if now == last {
                    0
                } else {
                    now + 1
                }
            }
            "ArrowLeft" => now.checked_sub(1).unwrap_or(last),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
        focus(&tab_id(name, next));
    };
    let tab = move |(index, words): (usize, &'static str)| {
        let is_chosen = move || chosen.get() == index;
        view! {
            <button type="button" role="tab" class="filo-tab" id=tab_id(name, index) aria-controls=panel_id(name, index)
                aria-selected=move || is_chosen().to_string() tabindex=move || if is_chosen() { "0" } else { "-1" }
                on:click=move |_| chosen.set(index)>{words}</button>
        }
    };
    view! { <div role="tablist" class="filo-tab-list" aria-label=label on:keydown=pressed>{tabs.into_iter().enumerate().map(tab).collect_view()}</div> }
}

/// What a tab shows; it stays in the page while another is chosen.
#[component]
pub fn TabPanel(
    /// The name of the group.
    name: &'static str,
    /// Of which tab, from 0.
    index: usize,
    /// Which is chosen.
    chosen: RwSignal<usize>,
    children: Children,
) -> impl IntoView {
    view! {
        <div role="tabpanel" id=panel_id(name, index) aria-labelledby=tab_id(name, index) tabindex="0" hidden=move || chosen.get() != index>
            {children()}
        </div>
    }
}

fn tab_id(name: &str, index: usize) -> String {
    format!("{name}-tab-{index}")
}

fn panel_id(name: &str, index: usize) -> String {
    format!("{name}-panel-{index}")
}
