//! An icon of the sprite `public/icons.svg`.
use crate::markup::view;
use crate::words::boot;
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
    let address = SPRITE.with(|sprite| format!("{sprite}#{name}"));
    view! { <svg class=format!("icon {class}") aria-hidden="true" focusable="false"><use href=address></use></svg> }
}

thread_local! {
    /// Where the sprite is: the boot script knows the name the build gave it.
    static SPRITE: String = boot("icons").and_then(|name| name.as_string()).unwrap_or_default();
}
