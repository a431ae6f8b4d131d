//! The reports that somebody follows with "Anche io" (feature F6): found again here, and left on their own page.
use crate::lexicon::{Lexicon, load_lexicon};
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Link, Section};
use crate::words::{day_short, fill, key, t};
use contract::public_reports::PublicReport;
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// The list, in parts.
#[component]
pub fn FollowedReports() -> impl IntoView {
    let reports = load_pages(|api, after| async move { api.get::<Part<PublicReport>>(&paths::follows(after.as_deref())).await });
    let lexicon = load_lexicon();
    view! {
        <Section id="reports-title" title=t(key::subscriptions::REPORTS_TITLE)>
            <Load from=lexicon let:lexicon>
                <LoadList from=reports empty=ViewFn::from(|| view! { <p>{t(key::subscriptions::REPORTS_NONE)}</p> }) let:report>
                    <ReportRow report lexicon=lexicon.clone()/>
                </LoadList>
            </Load>
        </Section>
    }
}

#[component]
fn ReportRow(report: PublicReport, lexicon: Lexicon) -> impl IntoView {
    let title = report.title.clone().unwrap_or_else(|| fill(key::subscriptions::REPORT_OF, &[("date", &day_short(&report.sent_on))]));
    view! {
        <div class="card filo-subscription">
            <h3 class="filo-subscription-name"><Link to=Route::PublicReport { id: report.id }>{title}</Link></h3>
            <p class="filo-note">{[report.street, lexicon.label(&report.state)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")}</p>
        </div>
    }
}
