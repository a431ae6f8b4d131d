//! Choosing what a list shows: one of some chips, and words to look for. Both stand in the URL, so "back" brings them back.
use super::Icon;
use crate::markup::view;
use crate::route::Route;
use crate::words::{Key, t};
use contract::paths;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use std::time::Duration;

/// Pause in typing after which the search begins: shorter than a finger's from key to key, so what is found follows the typing, and long
/// enough that keys that come together are one search.
const PAUSE: Duration = Duration::from_millis(40);

/// What a list is asked to show, as the URL says it; tracked. Not `use_query_map()`: with one route for every page that goes on showing
/// the query of the page before.
pub fn found_in_url(name: &'static str) -> Signal<Option<String>> {
    let query = use_location().query;
    Memo::new(move |_| query.read().get(name).filter(|value| !value.is_empty())).into()
}

/// Chips and a field for words.
#[component]
pub fn Finder(
    /// The page of the list.
    to: Route,
    /// What the chips are called in the URL.
    param: &'static str,
    /// The values and words of the chips; the first, without a value, is everything. May be none.
    chips: &'static [(&'static str, Key)],
    /// What the chips choose.
    label: Key,
    /// What is looked for.
    search: Key,
) -> impl IntoView {
    let (chosen, words) = (found_in_url(param), found_in_url("q"));
    let navigate = use_navigate();
    let go = StoredValue::new_local(move |chosen: Option<String>, words: Option<String>| {
        let parts = [(param, chosen), ("q", words)].into_iter().filter_map(|(name, value)| {
            let value = value.filter(|value| !value.trim().is_empty())?;
            Some(format!("{name}={}", paths::escape(value.trim())))
        });
        let query = parts.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        navigate(&format!("{to}{mark}{query}"), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let chip = move |(value, name): (&'static str, Key)| {
        let is_chosen = move || chosen.with(|chosen| chosen.as_deref().unwrap_or_default() == value);
        let choose = move |_| go.with_value(|go| go(Some(value.to_owned()), words.get_untracked()));
        view! {
            <li><button type="button" class="filo-chip" aria-pressed=move || is_chosen().to_string() on:click=choose>{t(name)}</button></li>
        }
    };
    let look = leptos::leptos_dom::helpers::debounce(PAUSE, move |words: String| {
        go.try_with_value(|go| go(chosen.get_untracked(), Some(words)));
    });
    let look = StoredValue::new_local(look);
    view! {
        <div class="filo-filter" role="search">
            {(!chips.is_empty()).then(|| view! { <ul class="filo-chips" aria-label=t(label)>{chips.iter().copied().map(chip).collect_view()}</ul> })}
            <div class="filo-search">
                <label for="finder" class="visually-hidden">{t(search)}</label>
                <Icon name="it-search"/>
                <input class="form-control" type="search" id="finder" autocomplete="off" placeholder=t(search) value=words.get_untracked()
                    on:input:target=move |event| look.update_value(|look| look(event.target().value()))/>
            </div>
        </div>
    }
}
