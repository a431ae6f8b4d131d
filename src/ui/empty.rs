//! What stands where a list has nothing: why, and what to do.
use super::Icon;
use crate::markup::view;
use leptos::prelude::*;

/// An empty list, explained.
#[component]
pub fn EmptyView(children: Children) -> impl IntoView {
    view! { <div class="filo-empty"><Icon name="it-files" class="icon-xl"/>{children()}</div> }
}
