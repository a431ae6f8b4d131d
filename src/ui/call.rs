//! A phone number that can be called with a touch.
use crate::markup::view;
use crate::words::{key, t};
use leptos::prelude::*;

/// "Chiama …": a link that dials.
#[component]
pub fn CallLink(
    /// The number in international form ("+39055055").
    number: String,
    /// Whom or what number, as people read it.
    shown: String,
    /// Classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! { <a class=class href=format!("tel:{number}")>{t(key::common::CALL)}" "{shown}</a> }
}
