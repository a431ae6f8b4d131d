//! What was just sent about a case has arrived: said on its page, where the focus goes. The page is drawn anew then; the note outlives that.
use crate::form::focus;
use crate::markup::view;
use crate::words::{Key, t};
use leptos::prelude::*;

/// The note's id.
const NOTE: &str = "case-done";

/// What has arrived, in words.
#[derive(Clone, Copy)]
pub struct Done(RwSignal<Option<Key>>);

impl Done {
    /// Nothing yet.
    pub fn new() -> Self {
        Self(RwSignal::new(None))
    }

    /// Hears what became of something: says `words` once the town has it, if the page is still there.
    pub fn says(self, words: Key) -> impl FnOnce(bool) + 'static {
        move |has_arrived| {
            if has_arrived && self.0.try_set(Some(words)).is_none() {
                focus(NOTE);
            }
        }
    }
}

/// The note.
#[component]
pub fn DoneNote(done: Done) -> impl IntoView {
    view! { <p class="filo-note" id=NOTE role="status" tabindex="-1">{move || done.0.get().map(t)}</p> }
}
