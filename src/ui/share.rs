//! The browser's own way to share a text, where it has one.
use super::ActionButton;
use crate::markup::view;
use crate::words::{key, t};
use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// A button that shares; nothing in a browser that cannot.
#[component]
pub fn ShareButton(
    /// What is shared.
    text: String,
) -> impl IntoView {
    let can_share = Reflect::has(&window().navigator(), &"share".into()).unwrap_or(false);
    can_share.then(|| view! { <ActionButton look="outline-primary" icon="it-external-link" on_press=move |()| share(&text)>{t(key::common::SHARE)}</ActionButton> })
}

/// Opens the browser's own way to share; whoever closes it has shared nothing.
fn share(text: &str) {
    let navigator = window().navigator();
    let Some(share) = Reflect::get(&navigator, &"share".into()).ok().and_then(|share| share.dyn_into::<Function>().ok()) else { return };
    let what = Object::new();
    // Setting a member of a fresh object cannot fail.
    let _ = Reflect::set(&what, &"text".into(), &text.into());
    if let Ok(promise) = share.call1(&navigator, &what) {
        // A rejection that nobody hears is an error of the page.
        let ignore = Function::new_no_args("");
        let _ = Reflect::get(&promise, &"catch".into())
            .ok()
            .and_then(|catch| catch.dyn_into::<Function>().ok())
            .map(|catch| catch.apply(&promise, &Array::of1(&JsValue::from(ignore))));
    }
}
