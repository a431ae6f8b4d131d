//! "Nascondi volti e targhe" (feature X9): a photo in a dialog, a brush, a frame for the keyboard; what is hidden is gone from the bytes sent.
//! `public/blur.js` paints, fetched when the dialog opens.
use super::{HoldsFiles, ReadyFile};
use crate::api::new_key;
use crate::form::Form;
use crate::markup::view;
use crate::script;
use crate::ui::{ActionButton, Dialog};
use crate::words::{count, key, t};
use js_sys::{Array, Promise, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::sync::Arc;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// The dialog of a form's photos: open while `asked` names one by its key.
#[component]
pub fn BlurDialog<T: HoldsFiles>(form: Form<T>, asked: RwSignal<Option<String>>) -> impl IntoView {
    let drawn = move || {
        let photo = asked.get()?;
        let ready = form.peek(|value| value.files().photos.iter().find(|file| file.key == photo).and_then(|file| file.ready().cloned()))?;
        Some(view! { <BlurBoard form asked photo ready/> })
    };
    view! {
        <Dialog id="blur-title" open=Signal::derive(move || asked.get().is_some()) title=Signal::stored(t(key::files::BLUR).to_owned())
            on_cancel=Callback::new(move |()| asked.set(None))>
            {drawn}
        </Dialog>
    }
}

/// The photo and what can be done with it.
#[component]
fn BlurBoard<T: HoldsFiles>(form: Form<T>, asked: RwSignal<Option<String>>, photo: String, ready: Arc<ReadyFile>) -> impl IntoView {
    let canvas = NodeRef::<leptos::html::Canvas>::new();
    let hidden = RwSignal::new(0_u32);
    let is_open = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let editor = StoredValue::new_local(None::<JsValue>);
    let heard = Closure::<dyn Fn(f64)>::new(move |number: f64| {
        hidden.try_set(number as u32);
    });
    let heard = StoredValue::new_local(heard.into_js_value());
    let place = ready.place;
    Effect::new(move |_| {
        let Some(canvas) = canvas.get() else { return };
        let bytes = Uint8Array::from(ready.bytes.as_slice());
        spawn_local(async move {
            let Some(heard) = heard.try_get_value() else { return };
            match script::open("blur", "open", &Array::of3(&canvas, &bytes, &heard)).await {
                // The dialog may have been closed meanwhile: then nobody else closes it.
                Some(made) => match editor.try_set_value(Some(made)) {
                    Some(Some(made)) => drop(script::call(&made, "close", &JsValue::UNDEFINED)),
                    _ => drop(is_open.try_set(true)),
                },
                None => drop(failed.try_set(true)),
            }
        });
    });
    let ask = move |what: &str, argument: f64| editor.try_with_value(|made| script::call(made.as_ref()?, what, &argument.into())).flatten();
    on_cleanup(move || drop(ask("close", 0.0)));
    let done = move || {
        if hidden.get_untracked() == 0 {
            return asked.set(None);
        }
        let Some(painted) = ask("done", 0.0).and_then(|promise| promise.dyn_into::<Promise>().ok()) else { return };
        let photo = photo.clone();
        spawn_local(async move {
            let Some(bytes) = JsFuture::from(painted).await.ok().and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()) else {
                failed.try_set(true);
                return;
            };
            let ready = Arc::new(ReadyFile::new(bytes.to_vec(), true, place).await);
            // Other bytes are another file: for the vault, and for the CRM.
            form.edit("photos", |value| value.files_mut().exchange(&photo, new_key(), ready));
            asked.try_set(None);
        });
    };
    let none = Signal::derive(move || hidden.get() == 0);
    let closed = Signal::derive(move || !is_open.get());
    let told = move || match hidden.get() {
        _ if failed.get() => String::new(),
        _ if closed.get() => t(key::files::BLUR_OPENING).to_owned(),
        0 => String::new(),
        number => count(key::files::BLUR_HIDDEN, i64::from(number)),
    };
    view! {
        <div class="filo-blur">
            <p id="blur-help">{t(key::files::BLUR_HELP)}</p>
            <p class="filo-field-error" role="alert">{move || failed.get().then(|| t(key::files::BLUR_FAILED))}</p>
            <canvas tabindex="0" role="application" aria-label=t(key::files::BLUR_LABEL) aria-describedby="blur-help" node_ref=canvas hidden=move || failed.get()></canvas>
            <p class="filo-note" role="status">{told}</p>
            <div class="filo-blur-tools">
                <ActionButton look="outline-primary" busy=closed on_press=move |()| drop(ask("resize", -1.0))>{t(key::files::BLUR_SMALLER)}</ActionButton>
                <ActionButton look="outline-primary" busy=closed on_press=move |()| drop(ask("resize", 1.0))>{t(key::files::BLUR_LARGER)}</ActionButton>
                <ActionButton look="outline-primary" off=none on_press=move |()| drop(ask("undo", 0.0))>{t(key::files::BLUR_UNDO)}</ActionButton>
            </div>
            <div class="filo-actions">
                <ActionButton busy=closed on_press=move |()| done()>{t(key::files::BLUR_DONE)}</ActionButton>
                <ActionButton look="outline-primary" on_press=move |()| asked.set(None)>{t(key::common::CANCEL)}</ActionButton>
            </div>
        </div>
    }
}
