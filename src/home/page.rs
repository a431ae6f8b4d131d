//! The home page of the personal area (features B1, B2, B3, X18): at most three tasks, tips, then the latest cases.
use crate::cases::{CaseCard, Lexicon, TaskCard, load_lexicon};
use crate::inbox::LatestNews;
use crate::late;
use crate::live::{Fresh, live};
use crate::load::{Load, LoadList, load, load_pages};
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{Link, LinkButton, Page, Section};
use crate::words::{fill, key, t};
use contract::cases::{CaseQuery, CaseSummary, Phase};
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// Tasks shown at once.
const TASKS_MAX: usize = 3;
/// Cases that may wait for somebody: more than anybody has, fewer than would be slow.
const WAITING_MAX: u32 = 50;
/// Latest cases shown.
const LATEST: u32 = 5;

/// The page "Scrivania".
#[component]
pub fn HomePage() -> impl IntoView {
    let session = expect_context::<Session>();
    let name = session.person().map_or_else(String::new, |me| me.given_name);
    let fresh = Fresh::new();
    let waiting = load(move |api| {
        fresh.track();
        async move {
            let query = CaseQuery { phase: Some(Phase::WaitingForYou), limit: Some(WAITING_MAX), ..CaseQuery::default() };
            api.get::<Part<CaseSummary>>(&paths::cases(&query)).await
        }
    });
    let latest = load_pages(move |api, after| {
        fresh.track();
        async move {
            let query = CaseQuery { after, limit: Some(LATEST), ..CaseQuery::default() };
            // On the home page the list ends here: the rest is one link away.
            api.get::<Part<CaseSummary>>(&paths::cases(&query)).await.map(|part| Part { next: None, ..part })
        }
    });
    fresh.follow(|| live().case_changes(), || false);
    let lexicon = load_lexicon();
    let (words, news_words) = (lexicon, lexicon);
    view! {
        <Page title=fill(key::home::GREETING, &[("name", &name)])>
            <Section id="tasks-title" title=t(key::home::TASKS_TITLE)>
                <Load from=waiting let:waiting>
                    <Load from=words let:lexicon><Tasks cases=waiting.items.clone() lexicon/></Load>
                </Load>
            </Section>
            {late::fees_soon()}
            <Load from=news_words let:lexicon><LatestNews lexicon/></Load>
            {late::tips()}
            <Section id="problem-title" title=t(key::home::REPORT_TITLE) class="filo-home-report">
                <p>{t(key::home::REPORT_TEXT)}</p>
                <LinkButton to=Route::NewReport { step: ReportStep::Privacy } icon="it-map-marker-plus">{t(key::home::REPORT_BUTTON)}</LinkButton>
                <p><Link to=Route::PublicReports>{t(key::home::REPORT_ALL)}</Link></p>
            </Section>
            <Section id="latest-title" title=t(key::home::LATEST_TITLE)>
                <Load from=lexicon let:lexicon>
                    <LoadList from=latest empty=ViewFn::from(|| view! { <p>{t(key::home::LATEST_NONE)}</p> }) let:case>
                        <CaseCard case lexicon=lexicon.clone()/>
                    </LoadList>
                </Load>
                <LinkButton to=Route::Cases class="btn btn-outline-primary">{t(key::home::ALL_CASES)}</LinkButton>
            </Section>
        </Page>
    }
}

/// What must be done, the nearest day first.
#[component]
fn Tasks(cases: Vec<CaseSummary>, lexicon: Lexicon) -> impl IntoView {
    let tasks = first_tasks(cases);
    if tasks.is_empty() {
        return view! { <p class="filo-all-done">{t(key::home::TASKS_NONE)}</p> }.into_any();
    }
    let row = move |case: CaseSummary| {
        let lexicon = lexicon.clone();
        case.task.clone().map(|task| view! { <li><TaskCard case task lexicon/></li> })
    };
    view! { <ul class="filo-list filo-tasks">{tasks.into_iter().map(row).collect_view()}</ul> }.into_any()
}

/// The first tasks by day; those without a day come last.
fn first_tasks(mut cases: Vec<CaseSummary>) -> Vec<CaseSummary> {
    cases.retain(|case| case.task.is_some());
    cases.sort_by_key(|case| {
        let due = case.task.as_ref().and_then(|task| task.due_on.clone());
        (due.is_none(), due)
    });
    cases.truncate(TASKS_MAX);
    cases
}
