//! A QR code on the page or on paper, for a phone's camera.
use crate::markup::view;
use crate::qr::{self, QUIET};
use leptos::prelude::*;

/// The code of a text; nothing when the text is too long for one.
#[component]
pub fn QrCode(
    /// What is in it.
    text: String,
    /// What it is, for who does not see it.
    label: &'static str,
) -> impl IntoView {
    qr::code(&text).map(|code| {
        let side = code.size() + 2 * QUIET;
        view! {
            <svg class="filo-ticket-qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label=label shape-rendering="crispEdges">
                <path class="filo-qr-paper" d=format!("M0 0h{side}v{side}h-{side}z")/>
                <path class="filo-qr-ink" d=code.path()/>
            </svg>
        }
    })
}
