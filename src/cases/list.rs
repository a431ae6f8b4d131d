//! The list of cases: by state, by words, in parts. What is looked for stands in the URL, so "back" brings it back.
use super::card::CaseCard;
use super::words::load_lexicon;
use crate::live::{Fresh, FreshNote, live};
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::{Payments, ReportStep, Route};
use crate::session::Session;
use crate::ui::{Finder, Link, LinkButton, Page, found_in_url};
use crate::words::{Key, count, fill, key, t};
use contract::cases::{CaseQuery, CaseSummary, Phase};
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// Cases in one part of the list.
const PART: u32 = 20;
/// The phases one can choose, with their words; the first is all.
const PHASES: [(&str, Key); 4] = [
    ("", key::cases::FILTER_ALL),
    (Phase::WaitingForYou.as_str(), key::cases::FILTER_WAITING),
    (Phase::Open.as_str(), key::cases::FILTER_OPEN),
    (Phase::Closed.as_str(), key::cases::FILTER_CLOSED),
];

/// The page "Attività".
#[component]
pub fn CasesPage() -> impl IntoView {
    let (phase, words) = (found_in_url("phase"), found_in_url("q"));
    let looked_for = Memo::new(move |_| {
        let asked = phase.get();
        let phase = [Phase::WaitingForYou, Phase::Open, Phase::Closed].into_iter().find(|phase| asked.as_deref() == Some(phase.as_str()));
        CaseQuery { phase, q: words.get(), after: None, limit: Some(PART) }
    });
    let fresh = Fresh::new();
    let cases = load_pages(move |api, after| {
        fresh.track();
        let query = CaseQuery { after, ..looked_for.get() };
        async move { api.get::<Part<CaseSummary>>(&paths::cases(&query)).await }
    });
    fresh.follow(move || live().case_changes(), move || cases.is_unfolded());
    let lexicon = load_lexicon();
    // Nobody pays for somebody else.
    let is_acting = untrack(|| expect_context::<Session>().is_acting());
    let is_filtered = move || looked_for.with(|query| query.phase.is_some() || query.q.is_some());
    // Said aloud when the list changes (WCAG 4.1.3): whoever types does not see it change.
    let found = move || match cases.shown()? {
        (0, _) if !is_filtered() => None,
        (number, false) => Some(count(key::cases::FOUND, number as i64)),
        (number, true) => Some(fill(key::cases::FOUND_MORE, &[("count", &number.to_string())])),
    };
    view! {
        <Page title=t(key::cases::TITLE) lead=t(key::cases::LEAD)>
            <Finder to=Route::Cases param="phase" chips=&PHASES label=key::cases::FILTER_LABEL search=key::cases::SEARCH_LABEL/>
            <p class="filo-ways">
                {(!is_acting).then(|| view! { <Link to=Route::Payments(Payments::List)>{t(key::common::PAYMENTS)}</Link>" · " })}
                <Link to=Route::Story>{t(key::common::MY_STORY)}</Link>
            </p>
            <FreshNote fresh/>
            <p class="filo-note filo-found" role="status">{found}</p>
            <h2 class="visually-hidden">{t(key::cases::RESULTS)}</h2>
            <Load from=lexicon let:lexicon>
                <LoadList from=cases empty=ViewFn::from(move || view! { <NoCases looked_for=looked_for.get()/> }) let:case>
                    <CaseCard case lexicon=lexicon.clone()/>
                </LoadList>
            </Load>
        </Page>
    }
}

/// Why the list is empty.
#[component]
fn NoCases(looked_for: CaseQuery) -> impl IntoView {
    if looked_for.q.is_some() {
        view! { <p>{t(key::cases::NONE_FOUND)}</p> }.into_any()
    } else if looked_for.phase.is_some() {
        view! { <p>{t(key::cases::NONE_CHOSEN)}</p> }.into_any()
    } else {
        view! {
            <h2 class="h5">{t(key::cases::NONE_TITLE)}</h2>
            <p>{t(key::cases::NONE_TEXT)}</p>
            <LinkButton to=Route::NewReport { step: ReportStep::Privacy }>{t(key::common::TAB_REPORT)}</LinkButton>
        }
        .into_any()
    }
}
