//! The last ones: when, where, what about, and what became of each, in plain words.
use super::page::{channel_icon, channel_name, topic_keys};
use crate::live::live;
use crate::load::{LoadList, load_pages};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Icon, Link, Section};
use crate::words::{fill, key, moment, t};
use contract::channels::{Delivery, DeliveryState};
use contract::page::PartQuery;
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// In one part of the list.
const PART: u32 = 10;

/// The list. A test that ends while it is looked at is told at once, by the live line.
#[component]
pub fn Deliveries(tests: RwSignal<i32>) -> impl IntoView {
    let last = load_pages(move |api, after| {
        tests.track();
        live().track_deliveries();
        async move { api.get::<Part<Delivery>>(&paths::my_deliveries(&PartQuery { after, limit: Some(PART) })).await }
    });
    view! {
        <Section id="deliveries-title" title=t(key::channels::LAST_TITLE)>
            <LoadList from=last empty=ViewFn::from(|| view! { <p>{t(key::channels::LAST_NONE)}</p> }) let:delivery>
                <DeliveryRow delivery/>
            </LoadList>
        </Section>
    }
}

#[component]
fn DeliveryRow(delivery: Delivery) -> impl IntoView {
    let about = delivery.topic.map_or_else(|| t(key::channels::TEST_NAME), |topic| t(topic_keys(topic).0));
    let due = delivery.due_at.as_ref().map(moment).unwrap_or_default();
    let state = match delivery.state {
        DeliveryState::Waiting => t(key::channels::STATE_WAITING).to_owned(),
        DeliveryState::Quiet => fill(key::channels::STATE_QUIET, &[("date", &due)]),
        DeliveryState::Again => fill(key::channels::STATE_AGAIN, &[("date", &due)]),
        DeliveryState::Done => t(key::channels::STATE_DONE).to_owned(),
        DeliveryState::Gone => t(key::channels::STATE_GONE).to_owned(),
        DeliveryState::Failed => t(key::channels::STATE_FAILED).to_owned(),
        DeliveryState::Unknown => String::new(),
    };
    let is_bad = matches!(delivery.state, DeliveryState::Gone | DeliveryState::Failed);
    view! {
        <div class="filo-delivery" class:is-bad=move || is_bad>
            <p class="filo-message-when"><Icon name=channel_icon(delivery.channel) class="icon-sm"/><span>{moment(&delivery.at)}</span></p>
            <p>
                <strong>{channel_name(delivery.channel)}</strong>" · "{delivery.to}" · "
                {match delivery.case {
                    Some(id) => view! { <Link to=Route::Case { id }>{about}</Link> }.into_any(),
                    None => about.into_any(),
                }}
            </p>
            <p>{is_bad.then(|| view! { <Icon name="it-error" class="icon-sm"/>" " })}{state}</p>
        </div>
    }
}
