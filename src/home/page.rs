//! The home page of the personal area (features B1, B2, B3, X18): what to do first, tips, then the latest cases.
use super::tasks::TaskList;
use crate::cases::{CaseCard, load_lexicon};
use crate::inbox::LatestNews;
use crate::late;
use crate::live::{Fresh, live};
use crate::load::{Load, LoadList, load, load_pages};
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::session::Session;
use crate::ui::{Link, LinkButton, Page, Section};
use crate::words::{fill, key, t};
use contract::cases::{CaseQuery, CaseSummary};
use contract::home::Tasks;
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// Latest cases shown.
const LATEST: u32 = 5;

/// The page "Scrivania".
#[component]
pub fn HomePage() -> impl IntoView {
    let session = expect_context::<Session>();
    let name = session.person().map_or_else(String::new, |me| me.given_name);
    let fresh = Fresh::new();
    let tasks = load(move |api| {
        fresh.track();
        async move { api.get::<Tasks>(paths::HOME_TASKS).await }
    });
    let latest = load_pages(move |api, after| {
        fresh.track();
        async move {
            let query = CaseQuery { after, limit: Some(LATEST), ..CaseQuery::default() };
            // On the home page the list ends here: the rest is one link away.
            api.get::<Part<CaseSummary>>(&paths::cases(&query)).await.map(|part| Part { next: None, ..part })
        }
    });
    fresh.follow(|| live().case_changes() + live().payment_changes(), || false);
    let lexicon = load_lexicon();
    let (words, news_words) = (lexicon, lexicon);
    view! {
        <Page title=fill(key::home::GREETING, &[("name", &name)])>
            <Section id="tasks-title" title=t(key::home::TASKS_TITLE)>
                <Load from=tasks let:tasks>
                    <Load from=words let:lexicon><TaskList tasks=tasks.clone() lexicon/></Load>
                </Load>
            </Section>
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
