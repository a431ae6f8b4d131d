//! An icon of the sprite `public/icons.svg`.
use leptos::prelude::*;

/// Draws an icon. It says nothing to a screen reader: the words stand beside it.
#[component]
pub fn Icon(
    /// Its symbol ("it-check").
    name: &'static str,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! { <svg class=format!("icon {class}") aria-hidden="true" focusable="false"><use href=format!("{SPRITE}#{name}")></use></svg> }
}

/// Where the sprite is.
const SPRITE: &str = "/icons.svg";
