//! The code of a report: in large letters, to save, to copy, and on a card of paper with a QR code (features X11, C11).
//!
//! What the QR code leads to says how the report goes, without a login and without a name. The code stands behind a `#`: what stands
//! there is sent to no server, so it is in no log.
use super::public_card::Guide;
use crate::api::Api;
use crate::lexicon::badge;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Badge, CallLink, Icon, QrCode};
use crate::words::{day, fill, key, language, t};
use contract::paths;
use contract::tracking::{TrackedReport, TrackingCode, TrackingQuery};
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The code, what can be done with it, and the card.
#[component]
pub fn Ticket(number: String, code: TrackingCode) -> impl IntoView {
    let config = expect_context::<Api>().config().get_value();
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}#{}", Route::Tracking, code.0);
    let told = RwSignal::new("");
    let copied = code.0.clone();
    let copy = move |()| {
        let code = copied.clone();
        spawn_local(async move {
            let done = copy(&code).await.is_ok();
            // The page may have been left meanwhile.
            told.try_set(t(if done { key::reports::CODE_COPIED } else { key::reports::CODE_NOT_COPIED }));
        });
    };
    let phone = config.phone.shown.clone();
    let words = [("number", number.as_str()), ("code", &code.0), ("address", &address), ("phone", &phone)];
    let file = kept_in_a_file(&format!("{}\n\n{}\n", config.town, fill(key::reports::CODE_FILE, &words)));
    let saved = file.clone();
    on_cleanup(move || {
        // Refused only for an address that is none.
        let _ = saved.map(|address| web_sys::Url::revoke_object_url(&address));
    });
    view! {
        <p class="filo-ticket-code" translate="no">{code.0.clone()}</p>
        <div class="filo-actions">
            {file.map(|address| view! {
                <a class="btn btn-primary" href=address download=format!("{number}.txt")><Icon name="it-download"/><span>{t(key::reports::CODE_SAVE)}</span></a>
            })}
            <ActionButton look="outline-primary" icon="it-clip" on_press=copy>{t(key::reports::CODE_COPY)}</ActionButton>
            <ActionButton look="outline-primary" icon="it-print" on_press=|()| drop(window().print())>{t(key::reports::PRINT)}</ActionButton>
        </div>
        <p class="filo-note" role="status">{move || told.get()}</p>
        <PaperCard number=number.clone() code address/>
    }
}

/// The card: what somebody finds again in a drawer, years later, without knowing what Filo is.
#[component]
fn PaperCard(number: String, code: TrackingCode, address: String) -> impl IntoView {
    let api = expect_context::<Api>();
    let config = api.config().get_value();
    let now = RwSignal::new(None::<(TrackedReport, Guide)>);
    let asked = code.0.clone();
    spawn_local(async move {
        let query = TrackingQuery { code: asked };
        let Ok(report) = api.post::<TrackedReport>(paths::PUBLIC_TRACKING, &query).await else { return };
        if let Ok(guide) = Guide::ask(api).await {
            // Nobody waits for it any more when the page has been left meanwhile.
            now.try_set(Some((report, guide)));
        }
    });
    let state = move || {
        now.get().map(|(report, guide)| {
            let meaning = guide.lexicon.card(&report.state).map(|card| card.meaning);
            let when = fill(key::reports::TICKET_ON, &[("sent", &day(&report.sent_on)), ("moved", &day(&report.moved_on))]);
            view! {
                <p class="filo-case-line"><Badge kind=badge(report.phase) label=guide.lexicon.label(&report.state)/></p>
                <p>{meaning}</p>
                <p><small>{when}</small></p>
            }
        })
    };
    let typed = address.split('#').next().unwrap_or_default().split("://").last().unwrap_or_default().to_owned();
    view! {
        <article class="filo-ticket" aria-label=t(key::reports::TICKET)>
            <p class="filo-ticket-town">{config.town}</p>
            <p><strong>{fill(key::reports::TICKET_NUMBER, &[("number", &number)])}</strong></p>
            {state}
            <div class="filo-ticket-way">
                <QrCode text=address label=t(key::reports::TICKET_QR)/>
                <p>{t(key::reports::TICKET_SCAN)}<br/><span class="filo-ticket-address">{typed}</span></p>
            </div>
            <p>{t(key::reports::TRACK_CODE)}<br/><strong class="filo-ticket-code" translate="no">{code.0}</strong></p>
            {(!config.phone.number.is_empty()).then(|| {
                let hours = config.phone.hours_in(language()).to_owned();
                view! { <p>{t(key::common::TALK_TO_A_PERSON)}": "<CallLink number=config.phone.number.clone() shown=config.phone.shown/><br/><small>{hours}</small></p> }
            })}
        </article>
    }
}

/// The address of a text as a file, as long as this page lives.
fn kept_in_a_file(text: &str) -> Option<String> {
    let blob = web_sys::Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

/// Puts a text where it can be pasted from. Some browsers have no such place, or keep it to themselves.
async fn copy(text: &str) -> Result<JsValue, JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into())?;
    let write = Reflect::get(&clipboard, &"writeText".into())?.dyn_into::<Function>()?;
    JsFuture::from(write.call1(&clipboard, &text.into())?.dyn_into::<Promise>()?).await
}
