//! The list of cases: by state, by words, in parts. What is looked for stands in the URL, so "back" brings it back.
use super::card::CaseCard;
use super::words::load_lexicon;
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::ui::{Icon, LinkButton, Page};
use crate::words::{Key, count, fill, key, t};
use contract::cases::{CaseQuery, CaseSummary, Phase};
use contract::{Page as Part, paths};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use std::time::Duration;

/// Cases in one part of the list.
const PART: u32 = 20;
/// Pause in typing after which the search begins.
const PAUSE: Duration = Duration::from_millis(300);

/// The phases one can choose, with their words. `None` is all.
const PHASES: [(Option<Phase>, Key); 4] = [
    (None, key::cases::FILTER_ALL),
    (Some(Phase::WaitingForYou), key::cases::FILTER_WAITING),
    (Some(Phase::Open), key::cases::FILTER_OPEN),
    (Some(Phase::Closed), key::cases::FILTER_CLOSED),
];

/// The page "Attività".
#[component]
pub fn CasesPage() -> impl IntoView {
    // Not use_query_map(): with one route for every page it goes on showing the query of the page before.
    let query = use_location().query;
    let looked_for = Memo::new(move |_| {
        let query = query.read();
        let asked = query.get("phase");
        let phase = PHASES.iter().filter_map(|(phase, _)| *phase).find(|phase| asked.as_deref() == Some(phase.as_str()));
        CaseQuery { phase, q: query.get("q").filter(|q| !q.is_empty()), after: None, limit: Some(PART) }
    });
    let cases = load_pages(move |api, after| {
        let query = CaseQuery { after, ..looked_for.get() };
        async move { api.get::<Part<CaseSummary>>(&paths::cases(&query)).await }
    });
    let lexicon = load_lexicon();
    let is_filtered = move || looked_for.with(|query| query.phase.is_some() || query.q.is_some());
    // Said aloud when the list changes (WCAG 4.1.3): whoever types does not see it change.
    let found = move || match cases.shown()? {
        (0, _) if !is_filtered() => None,
        (number, false) => Some(count(key::cases::FOUND, number as i64)),
        (number, true) => Some(fill(key::cases::FOUND_MORE, &[("count", &number.to_string())])),
    };
    view! {
        <Page title=t(key::cases::TITLE) lead=t(key::cases::LEAD)>
            <FilterBar looked_for/>
            <p class="filo-note filo-found" role="status">{found}</p>
            <h2 class="visually-hidden">{t(key::cases::RESULTS)}</h2>
            <Load from=lexicon let:lexicon>
                <LoadList from=cases empty=ViewFn::from(move || view! { <NoCases filtered=is_filtered()/> }) let:case>
                    <CaseCard case lexicon=lexicon.clone()/>
                </LoadList>
            </Load>
        </Page>
    }
}

/// Which state, which words.
#[component]
fn FilterBar(looked_for: Memo<CaseQuery>) -> impl IntoView {
    let navigate = use_navigate();
    let go = StoredValue::new_local(move |query: CaseQuery| {
        let address = paths::cases(&CaseQuery { limit: None, ..query });
        let query = address.split_once('?').map_or_else(String::new, |(_, query)| format!("?{query}"));
        navigate(&format!("{}{query}", Route::Cases), NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() });
    });
    let chip = move |(phase, words): (Option<Phase>, Key)| {
        let is_chosen = move || looked_for.with(|query| query.phase == phase);
        view! {
            <li><button type="button" class="filo-chip" aria-pressed=move || is_chosen().to_string()
                on:click=move |_| go.with_value(|go| go(CaseQuery { phase, ..looked_for.get_untracked() }))>{t(words)}</button></li>
        }
    };
    let search = leptos::leptos_dom::helpers::debounce(PAUSE, move |q: String| {
        go.try_with_value(|go| go(CaseQuery { q: Some(q), ..looked_for.get_untracked() }));
    });
    let search = StoredValue::new_local(search);
    view! {
        <div class="filo-filter" role="search">
            <ul class="filo-chips" aria-label=t(key::cases::FILTER_LABEL)>{PHASES.map(chip)}</ul>
            <div class="filo-search">
                <label for="case-search" class="visually-hidden">{t(key::cases::SEARCH_LABEL)}</label>
                <Icon name="it-search"/>
                <input class="form-control" type="search" id="case-search" autocomplete="off" placeholder=t(key::cases::SEARCH_LABEL)
                    value=looked_for.get_untracked().q
                    on:input:target=move |event| search.update_value(|search| search(event.target().value()))/>
            </div>
        </div>
    }
}

/// Why the list is empty.
#[component]
fn NoCases(filtered: bool) -> impl IntoView {
    if filtered {
        view! { <p>{t(key::cases::NONE_FOUND)}</p> }.into_any()
    } else {
        view! {
            <h2 class="h5">{t(key::cases::NONE_TITLE)}</h2>
            <p>{t(key::cases::NONE_TEXT)}</p>
            <LinkButton to=Route::NewReport { step: ReportStep::Privacy }>{t(key::common::TAB_REPORT)}</LinkButton>
        }
        .into_any()
    }
}
