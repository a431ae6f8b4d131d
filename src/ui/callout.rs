//! A box that says something important beside the flow of the page.
use super::Icon;
use crate::markup::view;
use leptos::prelude::*;

/// A callout.
#[component]
pub fn Callout(
    /// `note`, `warning`, `danger` or `success`.
    kind: &'static str,
    /// Its title.
    #[prop(into)]
    title: String,
    /// Whether it is announced when it appears.
    #[prop(optional)]
    alert: bool,
    children: Children,
) -> impl IntoView {
    let icon = match kind {
        "danger" => "it-error",
        "warning" => "it-warning-circle",
        "success" => "it-check-circle",
        _ => "it-info-circle",
    };
    view! {
        <div class=format!("callout filo-callout {kind}") role=alert.then_some("alert")>
            <div class="callout-title"><Icon name=icon/><span>{title}</span></div>
            {children()}
        </div>
    }
}
