//! The QR code of a notice, from the camera or a photo: read on this device, by `public/qr/qr.js`, which is fetched when somebody asks for it.
use crate::markup::view;
use crate::script;
use crate::ui::Section;
use crate::words::{Key, key, t};
use contract::payments::notice::{QrNotice, QrProblem};
use js_sys::Array;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// A photo is chosen or taken; what its QR code says is told.
#[component]
pub fn Scan(
    /// Hears what was read.
    #[prop(into)]
    on_read: UnsyncCallback<QrNotice>,
) -> impl IntoView {
    let told = RwSignal::new(None::<Key>);
    let is_wrong = RwSignal::new(false);
    let say = move |words: Key, wrong: bool| {
        // The page may have been left meanwhile.
        is_wrong.try_set(wrong);
        told.try_set(Some(words));
    };
    let choose = move |input: web_sys::HtmlInputElement| {
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        say(key::payments::QR_READING, false);
        spawn_local(async move {
            let text = script::open("qr", "read", &Array::of1(&file)).await.and_then(|text| text.as_string());
            // The same photo may be chosen again.
            input.set_value("");
            match text.map(|text| QrNotice::read(&text)) {
                Some(Ok(read)) => {
                    say(key::payments::QR_FOUND, false);
                    on_read.run(read);
                }
                Some(Err(QrProblem::NotANotice)) => say(key::payments::QR_OTHER, true),
                Some(Err(QrProblem::Damaged)) => say(key::payments::QR_DAMAGED, true),
                None => say(key::payments::QR_NONE, true),
            }
        });
    };
    view! {
        <Section id="qr-title" title=t(key::payments::QR_TITLE)>
            <p id="qr-help">{t(key::payments::QR_HELP)}</p>
            <div class="filo-scan">
                <input class="visually-hidden" type="file" id="qr-photo" accept="image/*" capture="environment" aria-describedby="qr-help" on:change:target=move |event| choose(event.target())/>
                <label class="btn btn-outline-primary" for="qr-photo">{t(key::payments::QR_CHOOSE)}</label>
            </div>
            <p class="filo-note" role="status">{move || told.get().filter(|_| !is_wrong.get()).map(t)}</p>
            <p class="filo-field-error" role="alert">{move || told.get().filter(|_| is_wrong.get()).map(t)}</p>
        </Section>
    }
}
