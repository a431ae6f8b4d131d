//! "There is a newer Filo": offered, never forced, and only when reloading loses nothing.
use super::ActionButton;
use crate::markup::view;
use crate::words::{boot, key, t};
use js_sys::Function;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};

/// The offer; `is_safe` says whether what was typed would outlive a reload.
#[component]
pub fn UpdateToast(is_safe: impl Fn() -> bool + Copy + Send + Sync + 'static) -> impl IntoView {
    // The boot script knows the service worker: it has a way to take over when a new one waits.
    let take_over = || boot("takeOver").and_then(|value| value.dyn_into::<Function>().ok());
    let waits = RwSignal::new(take_over().is_some());
    let listener = window_event_listener_untyped("filo-update", move |_| waits.set(true));
    on_cleanup(move || listener.remove());
    // Once offered it stays, and asks again when it is taken.
    let is_offered = Memo::new(move |before: Option<&bool>| before == Some(&true) || (waits.get() && is_safe()));
    // What was begun since it was offered.
    let is_typed = RwSignal::new(false);
    let reload = move || {
        is_typed.set(!untrack(is_safe));
        if is_typed.get_untracked() {
            return;
        }
        waits.set(false);
        if let Some(take_over) = take_over() {
            // It only sends a message.
            let _ = take_over.call0(&JsValue::NULL);
        }
    };
    view! {
        <div class="filo-toasts d-print-none" role="status">
            {move || (waits.get() && is_offered.get()).then(|| view! {
                <div class="filo-toast">
                    <p>{t(if is_typed.get() { key::common::UPDATE_TYPED } else { key::common::UPDATE })}</p>
                    <ActionButton look="link" on_press=move |()| reload()>{t(key::common::RELOAD)}</ActionButton>
                    <ActionButton look="link" on_press=move |()| waits.set(false)>{t(key::common::LATER)}</ActionButton>
                </div>
            })}
        </div>
    }
}
