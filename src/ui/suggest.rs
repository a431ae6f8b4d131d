//! A text field that suggests: the ARIA combobox with a list of options. What is typed counts, chosen or not.
use super::FieldFrame;
use crate::form::field_id;
use crate::markup::view;
use crate::words::{count, fill, key, t};
use leptos::prelude::*;

/// Most suggestions shown at once.
pub const SUGGESTIONS_MAX: usize = 8;

/// A field with suggestions. Arrows move, Enter chooses, Escape closes; how many there are is announced.
#[component]
pub fn SuggestField(
    /// The field's name in the contract.
    name: &'static str,
    /// Its label.
    label: &'static str,
    /// A sentence of help.
    help: &'static str,
    /// Whether it must be filled in.
    required: bool,
    /// What is wrong with it.
    #[prop(into)]
    problem: Signal<Option<String>>,
    /// What is typed.
    #[prop(into)]
    text: Signal<String>,
    /// What to suggest for a text.
    suggest: impl Fn(&str) -> Vec<String> + Send + Sync + 'static,
    /// Takes what was typed (`false`) or chosen (`true`).
    on_text: impl Fn(String, bool) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let id = field_id(name);
    let list_id = format!("{id}-list");
    let is_open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let chosen = RwSignal::new(String::new());
    let options = Memo::new(move |_| if is_open.get() { suggest(&text.get()) } else { Vec::new() });
    let choose = move |option: String| {
        chosen.set(option.clone());
        on_text(option, true);
        is_open.set(false);
        active.set(None);
    };
    let option_id = move |index: usize| format!("{}-{index}", field_id(name));
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        is_open.update(|open| *open |= matches!(event.key().as_str(), "ArrowDown" | "ArrowUp"));
        let options = options.get_untracked();
        let last = options.len().checked_sub(1);
        let moved = match event.key().as_str() {
            arrow @ ("ArrowDown" | "ArrowUp") => last.map(|last| next(arrow == "ArrowDown", active.get_untracked(), last)),
            "Enter" => {
                if let Some(option) = active.get_untracked().and_then(|at| options.get(at).cloned()) {
                    event.prevent_default();
                    choose(option);
                }
                return;
            }
            "Escape" => {
                is_open.set(false);
                None
            }
            _ => return,
        };
        if moved.is_some() {
            event.prevent_default();
        }
        active.set(moved);
        show(moved.map(option_id));
    };
    let is_asking = move || is_open.get() && text.read().trim().chars().count() > 1;
    let told = move || match options.read().len() {
        _ if !is_open.get() => choice(&chosen.read(), &text.read()),
        0 if is_asking() => t(key::form::NO_SUGGESTION).to_owned(),
        0 => String::new(),
        found => count(key::form::SUGGESTIONS, found as i64),
    };
    let row = move |(index, option): (usize, String)| {
        let own = option.clone();
        view! {
            <li role="option" id=option_id(index) aria-selected=move || (active.get() == Some(index)).to_string()
                on:mousedown=move |event| { event.prevent_default(); choose(own.clone()); }>{option}</li>
        }
    };
    view! {
        <FieldFrame name label help required problem>
            <div class="filo-suggest">
                <input class="form-control" type="text" id=id.clone() role="combobox" autocomplete="off" aria-autocomplete="list"
                    aria-required=required.to_string() aria-controls=list_id.clone() aria-describedby=format!("{id}-help {id}-error")
                    aria-expanded=move || (!options.read().is_empty()).to_string()
                    aria-activedescendant=move || active.get().map(option_id)
                    aria-invalid=move || problem.read().is_some().then_some("true")
                    prop:value=move || text.get() on:keydown=pressed on:blur=move |_| is_open.set(false)
                    on:input:target=move |event| { is_open.set(true); chosen.set(String::new()); active.set(None); on_text(event.target().value(), false); }/>
                <ul role="listbox" class="filo-suggest-list" id=list_id aria-label=label hidden=move || options.read().is_empty()>
                    {move || options.get().into_iter().enumerate().map(row).collect_view()}
                </ul>
                <p class="form-text" class:visually-hidden=move || !is_asking() || !options.read().is_empty() role="status">{told}</p>
            </div>
        </FieldFrame>
    }
}

/// "You chose …": not when the text has been changed from elsewhere since.
fn choice(chosen: &str, text: &str) -> String {
    if chosen.is_empty() || chosen != text { String::new() } else { fill(key::form::SUGGESTION_CHOSEN, &[("name", chosen)]) }
}

/// The option after or before the active one, round and round.
fn next(is_down: bool, active: Option<usize>, last: usize) -> usize {
    match active {
        Some(at) if is_down && at < last => at + 1,
        Some(at) if !is_down && at > 0 => at - 1,
        _ if is_down => 0,
        _ => last,
    }
}

/// Brings an option into view, when there is one.
fn show(id: Option<String>) {
    if let Some(option) = id.and_then(|id| document().get_element_by_id(&id)) {
        let nearest = web_sys::ScrollIntoViewOptions::new();
        nearest.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}
