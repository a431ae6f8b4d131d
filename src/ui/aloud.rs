//! The button that reads a text aloud, and stops.
use super::ActionButton;
use crate::markup::view;
use crate::words::{can_read_aloud, key, read_aloud, stop_reading, t};
use leptos::prelude::*;

/// Reads `text` aloud on request. Absent where the browser cannot.
#[component]
pub fn ReadAloud(
    /// What is read.
    text: String,
    /// In which language it is, BCP 47.
    language: String,
) -> impl IntoView {
    let reading = RwSignal::new(false);
    on_cleanup(move || {
        if reading.try_get_untracked().unwrap_or(false) {
            stop_reading();
        }
    });
    let press = move |()| {
        if reading.get_untracked() {
            stop_reading();
            reading.set(false);
        } else {
            let done = move || {
                // The page may have gone meanwhile.
                let _ = reading.try_set(false);
            };
            reading.set(read_aloud(&text, &language, done));
        }
    };
    can_read_aloud().then(|| {
        view! {
            <div class="filo-aloud d-print-none">
                <ActionButton look="outline-primary" icon="it-hearing" on_press=press>
                    {move || if reading.get() { t(key::common::STOP_READING) } else { t(key::common::READ_ALOUD) }}
                </ActionButton>
            </div>
        }
    })
}
