//! The QR code of a notice, from the camera or a photo: read on this device, by `public/qr/qr.js`, which is fetched when somebody asks for it.
use crate::markup::view;
use crate::script;
use crate::ui::{Section, UploadButton};
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
    let choose = move |files: Vec<web_sys::File>| {
        let Some(file) = files.into_iter().next() else { return };
        say(key::payments::QR_READING, false);
        spawn_local(async move {
            let text = script::open("qr", "read", &Array::of1(&file)).await.and_then(|text| text.as_string());
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
            <UploadButton name="qr-photo" label=t(key::payments::QR_CHOOSE) accept="image/*" icon="it-camera" described_by="qr-help".to_owned() on_files=choose/>
            <p class="filo-note" role="status">{move || told.get().filter(|_| !is_wrong.get()).map(t)}</p>
            <p class="filo-field-error" role="alert">{move || told.get().filter(|_| is_wrong.get()).map(t)}</p>
        </Section>
    }
}
