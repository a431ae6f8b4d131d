//! Similar reports nearby, before another one is written (feature F6): "Anche io", or "È un altro problema".
use super::draft::Draft;
use super::follow::{Follow, followed};
use super::public_card::{Guide, PublicCard};
use crate::api::{Api, ApiError};
use crate::form::{Form, field_id, focus};
use crate::markup::view;
use crate::ui::{ActionButton, Section};
use crate::words::{count, fill, key, t};
use contract::id::PublicReportId;
use contract::paths;
use contract::public_reports::{Following, Near, NearQuery, NearReport};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What was found: the names of things, the reports, those of them that the person follows.
type Found = (Guide, Vec<NearReport>, Vec<PublicReportId>);

/// Asks once category and point are known; stays away when there is nothing similar. It is a help: a failure is no reason to stop anybody.
#[component]
pub fn NearReports(form: Form<Draft>) -> impl IntoView {
    let api = expect_context::<Api>();
    let asked = Memo::new(move |_| {
        form.with(|draft| {
            let (category, point) = (draft.report.category.clone(), draft.report.place.point?);
            (!category.0.is_empty()).then_some(NearQuery { category, lat: point.lat, lon: point.lon })
        })
    });
    let found = RwSignal::new(None::<Found>);
    Effect::new(move |_| {
        found.set(None);
        let Some(query) = asked.get() else { return };
        spawn_local(async move {
            let answer = ask(api, &query).await.ok();
            // Another place may have been chosen, or the page left, meanwhile.
            if asked.try_get_untracked().flatten() == Some(query) {
                found.set(answer.filter(|(_, near, _)| !near.is_empty()));
            }
        });
    });
    let go_on = move || {
        found.set(None);
        focus(&field_id("title"));
    };
    let drawn = move || {
        let (guide, near, mine) = found.get()?;
        let number = near.len() as i64;
        let row = move |near: NearReport| {
            let now = Following { following: mine.contains(&near.report.id), followers: near.report.followers };
            let (id, title) = (near.report.id.clone(), guide.title(&near.report));
            let distance = fill(key::reports::NEAR_DISTANCE, &[("metres", &near.distance_m.to_string())]);
            view! { <li><PublicCard report=near.report guide=guide.clone() distance aside=true/><Follow id title now mail=guide.mail()/></li> }
        };
        Some(view! {
            <Section id="near-title" title=t(key::reports::NEAR_TITLE) class="filo-near" look="h5">
                <p role="status">{count(key::reports::NEAR_TEXT, number)}</p>
                <ul class="filo-list">{near.into_iter().map(row).collect_view()}</ul>
                <ActionButton look="outline-primary" on_press=move |()| go_on()>{t(key::reports::NEAR_OTHER)}</ActionButton>
            </Section>
        })
    };
    view! { {drawn} }
}

async fn ask(api: Api, query: &NearQuery) -> Result<Found, ApiError> {
    let near = api.get::<Near>(&paths::public_near(query)).await?.items;
    let mine = if near.is_empty() { Vec::new() } else { followed(api).await };
    Ok((Guide::ask(api).await?, near, mine))
}
