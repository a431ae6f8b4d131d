//! One public report: what, where, how it goes, its photos, and nothing about who wrote it.
use super::follow::{Follow, followed};
use super::public_card::{Guide, load_guide, place};
use crate::api::Api;
use crate::lexicon::{Lexicon, badge};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::ui::{Badge, Facts, LinkButton, Moment, Page, Section, Timeline};
use crate::words::{day, fill, key, t};
use contract::cases::Phase;
use contract::id::PublicReportId;
use contract::paths;
use contract::public_reports::{Following, PublicPhoto, PublicReportDetails, PublicStep};
use leptos::prelude::*;

/// The page of one public report.
#[component]
pub fn PublicReportPage(id: PublicReportId) -> impl IntoView {
    let report = load(move |api| {
        let id = id.clone();
        async move {
            let report = api.get::<PublicReportDetails>(&paths::public_report(&id)).await?;
            let following = followed(api).await.contains(&id);
            Ok((report, following))
        }
    });
    let guide = load_guide();
    view! {
        <Load from=report whole_page=true let:report>
            <Load from=guide whole_page=true let:guide><ReportView details=report.0.clone() following=report.1 guide/></Load>
        </Load>
    }
}

#[component]
fn ReportView(details: PublicReportDetails, following: bool, guide: Guide) -> impl IntoView {
    let api = expect_context::<Api>();
    let report = details.report;
    let title = guide.title(&report);
    let label = guide.lexicon.label(&report.state);
    let rows = vec![
        (t(key::reports::PUBLIC_PLACE), place(&report)),
        (t(key::reports::CATEGORY), guide.category(&report.category)),
        (t(key::reports::DETAILS), details.text),
        (t(key::reports::PUBLIC_SENT_ON), day(&report.sent_on)),
        (t(key::reports::PUBLIC_MOVED_ON), day(&report.moved_on)),
    ];
    let of_town = (t(key::reports::PUBLIC_OFFICE), details.office);
    let moments = moments(&details.steps, report.phase, &guide.lexicon);
    let photo = move |(index, photo): (usize, PublicPhoto)| {
        let alt = fill(key::reports::PUBLIC_PHOTO_ALT, &[("number", &(index + 1).to_string())]);
        view! { <li><img src=api.address(&paths::public_photo(&photo.id)) alt=alt loading="lazy" width=photo.width height=photo.height/></li> }
    };
    let now = Following { following, followers: report.followers };
    view! {
        <Page title=title.clone()>
            <p class="filo-case-line"><Badge kind=badge(report.phase) label/></p>
            <div class="filo-columns">
                <div>
                    <ul class="filo-photos">{details.photos.into_iter().enumerate().map(photo).collect_view()}</ul>
                    <Section id="what-title" title=t(key::reports::PUBLIC_WHAT) class="card"><Facts rows of_town/></Section>
                    <Section id="story-title" title=t(key::reports::PUBLIC_STORY)><Timeline moments/></Section>
                </div>
                <aside class="d-print-none">
                    <Section id="follow-title" title=t(key::reports::FOLLOW_TITLE) class="card filo-side" look="h5">
                        <p>{t(key::reports::FOLLOW_TEXT)}</p>
                        <Follow id=report.id title now mail=guide.mail()/>
                        {street_link(&report.street)}
                    </Section>
                    <Section id="other-title" title=t(key::reports::PUBLIC_OTHER) class="card filo-side" look="h5">
                        <LinkButton to=Route::NewReport { step: ReportStep::Privacy } class="btn btn-outline-primary" icon="it-map-marker-plus">{t(key::common::TAB_REPORT)}</LinkButton>
                    </Section>
                </aside>
            </div>
        </Page>
    }
}

/// "Segui questa via"; nothing for a place without a street that everybody may see.
fn street_link(street: &str) -> Option<AnyView> {
    let to = format!("{}?street={}", Route::Subscriptions, paths::escape(street));
    (!street.is_empty()).then(|| view! { <p><a href=to>{t(key::reports::FOLLOW_STREET)}</a></p> }.into_any())
}

/// The story of a report without who did what: steps done, and the present one unless all is over.
pub fn moments(steps: &[PublicStep], phase: Phase, lexicon: &Lexicon) -> Vec<Moment> {
    let told = |(index, step): (usize, &PublicStep)| Moment {
        kind: if index + 1 == steps.len() && phase != Phase::Closed { "current" } else { "done" },
        when: day(&step.on),
        title: lexicon.label(&step.state),
        detail: String::new(),
        note: String::new(),
        note_lang: None,
        files: Vec::new(),
    };
    steps.iter().enumerate().map(told).collect()
}
