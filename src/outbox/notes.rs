//! Notes about the outbox on other pages: how many are not sent yet, that a computer is shared, what speaks against keeping photos here.
use super::outbox;
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{Callout, Icon, Link};
use crate::vault;
use crate::words::{count, key, t};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// "2 non ancora inviate", on every page, while there are any.
#[component]
pub fn UnsentLink() -> impl IntoView {
    let number = Memo::new(move |_| outbox().entries().iter().filter(|entry| !entry.is("draft")).count());
    // Who does not sign in has no page of drafts: what waits is where it was sent from, what travels where its code stands.
    let waits = Memo::new(move |_| outbox().entries().iter().any(|entry| entry.is("waiting")));
    let to = move || match (outbox().is_nobodys(), waits.get()) {
        (false, _) => Route::Outbox,
        (true, true) => Route::NewReport { step: ReportStep::Summary },
        (true, false) => Route::ReportTracked,
    };
    let drawn = move || match number.get() {
        0 => None,
        number => Some(view! {
            <p class="filo-unsent-link" role="status"><Link to=to()><Icon name="it-upload"/>{count(key::outbox::UNSENT, number as i64)}</Link></p>
        }),
    };
    view! { {drawn} }
}

/// That this is a shared computer, on every page of whoever has said so at their login.
#[component]
pub fn SharedNote() -> impl IntoView {
    let session = expect_context::<Session>();
    let is_shared = Memo::new(move |_| session.is_shared());
    let drawn = move || {
        is_shared.get().then(|| view! { <p class="filo-note filo-shared d-print-none"><Icon name="it-pa" class="icon-sm"/><span>{t(key::outbox::SHARED_NOTE)}</span></p> })
    };
    view! { {drawn} }
}

/// What speaks against trusting this device with a photo, said before it is taken (feature X16).
#[component]
pub fn StorageNote() -> impl IntoView {
    let session = expect_context::<Session>();
    let risk = RwSignal::new(None::<Option<String>>);
    spawn_local(async move {
        let found = vault::risk().await;
        // Nobody waits for it any more when the page has been left meanwhile.
        risk.try_set(Some(found));
    });
    let drawn = move || {
        let (title, words) = match (outbox().on_device()?, risk.get()?.as_deref()) {
            (false, _) if outbox().is_nobodys() => (key::outbox::MEMORY_TITLE, key::outbox::MEMORY_NOBODY),
            (false, _) if session.is_shared() => (key::outbox::RISK_TITLE, key::outbox::MEMORY_SHARED),
            (false, _) => (key::outbox::MEMORY_TITLE, key::outbox::MEMORY),
            (true, Some("full")) => (key::outbox::RISK_TITLE, key::outbox::RISK_FULL),
            (true, Some(_)) => (key::outbox::RISK_TITLE, key::outbox::RISK_WEEK),
            (true, None) => return None,
        };
        Some(view! { <Callout kind="warning" title=t(title)><p>{t(words)}</p></Callout> })
    };
    view! { {drawn} }
}
