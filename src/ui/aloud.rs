//! The button that reads a text aloud, and stops.
use super::ActionButton;
use crate::markup::view;
use crate::words::{ReadingEnd, can_read_aloud, has_voice, key, read_aloud, stop_reading, t};
use leptos::prelude::*;
use std::time::Duration;

/// How long a browser without a voice may take to find one.
const VOICE_TIME: Duration = Duration::from_secs(3);

/// Reads `text` aloud on request, and says so when there is no voice. Absent where the browser cannot.
#[component]
pub fn ReadAloud(
    /// What is read.
    text: impl Fn() -> String + 'static,
    /// In which language it is, BCP 47.
    language: String,
    /// Whether it is the whole page: the button then says so, small.
    #[prop(optional)]
    is_page: bool,
) -> impl IntoView {
    let reading = RwSignal::new(false);
    let failed = RwSignal::new(false);
    // Which reading this is: the end of one that was stopped says nothing about the next.
    let turn = RwSignal::new(0_u32);
    on_cleanup(move || {
        if reading.try_get_untracked().unwrap_or(false) {
            stop_reading();
        }
    });
    let over = move |of: u32, end: ReadingEnd| {
        // The page may have gone meanwhile.
        if turn.try_get_untracked() == Some(of) && reading.try_get_untracked() == Some(true) {
            reading.set(false);
            failed.set(end == ReadingEnd::Failed);
        }
    };
    let press = move |()| {
        turn.update(|turn| *turn += 1);
        failed.set(false);
        if reading.get_untracked() {
            stop_reading();
            reading.set(false);
            return;
        }
        reading.set(true);
        let of = turn.get_untracked();
        read_aloud(&text(), &language, move |end| over(of, end));
        // Some browsers without a voice tell neither an end nor an error.
        let look = move || {
            if !has_voice() {
                stop_reading();
                over(of, ReadingEnd::Failed);
            }
        };
        set_timeout(look, VOICE_TIME);
    };
    can_read_aloud().then(|| {
        view! {
            <div class="filo-aloud d-print-none">
                <ActionButton look=if is_page { "link" } else { "outline-primary" } icon="it-hearing" on_press=press>
                    <span class=is_page.then_some("filo-comfort-words")>
                        {move || t(if reading.get() { key::common::STOP_READING } else if is_page { key::common::READ_PAGE } else { key::common::READ_ALOUD })}
                    </span>
                </ActionButton>
                <p class="filo-note" role="status">{move || failed.get().then(|| t(key::common::NO_VOICE))}</p>
            </div>
        }
    })
}
