//! What was just given: its code, told once, to scan, to read out, to send.
use super::page::Board;
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, QrCode, Section, ShareButton};
use crate::words::{fill, key, moment, t};
use contract::delegates::GivenDelegation;
use leptos::prelude::*;

/// The code.
#[component]
pub fn Given(given: GivenDelegation, board: Board) -> impl IntoView {
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}", Route::Delegates);
    let typed = address.split("://").last().unwrap_or_default().to_owned();
    // The code stands in the part of the address that no server sees.
    let link = format!("{address}#{}", given.code);
    let until = given.delegation.code_until.as_ref().map(moment).unwrap_or_default();
    let name = given.delegation.name.clone();
    let text = fill(key::delegates::SHARE_TEXT, &[("link", &link)]);
    view! {
        <Section id="code-title" title=t(key::delegates::CODE_TITLE) class="card filo-form-card">
            <p>{fill(key::delegates::CODE_TEXT, &[("name", &name), ("when", &until)])}</p>
            <div class="filo-desk-phone">
                <QrCode text=link label=t(key::delegates::CODE_QR)/>
                <div>
                    <p>{t(key::delegates::CODE_TYPE)}<br/><span class="filo-ticket-address">{typed}</span></p>
                    <p class="filo-ticket-code" translate="no">{given.code}</p>
                </div>
            </div>
            <p><strong>{t(key::delegates::CODE_ONCE)}</strong></p>
            <div class="filo-actions">
                <ShareButton text/>
                <ActionButton look="outline-primary" on_press=move |()| board.given.set(None)>{t(key::delegates::CODE_DONE)}</ActionButton>
            </div>
        </Section>
    }
}
