//! Grey shapes where something is about to stand.
use crate::markup::view;
use crate::words::{key, t};
use leptos::prelude::*;

/// Drawn while something is loading; says so to a screen reader.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="filo-skeleton" role="status">
            <span class="visually-hidden">{t(key::common::LOADING)}</span>
            <div class="filo-skeleton-card"></div>
            <div class="filo-skeleton-card"></div>
            <div class="filo-skeleton-card"></div>
        </div>
    }
}
