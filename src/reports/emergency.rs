//! Danger that a report is too slow for (feature F7): everything stops, and the number to call stands there.
use super::draft::Draft;
use crate::form::Form;
use crate::markup::view;
use crate::ui::{ActionButton, CallLink, Callout, Dialog};
use crate::words::{key, t};
use contract::reports::{Category, Emergency};
use leptos::prelude::*;
use std::sync::Arc;

/// Stops whoever answers or writes that there is danger: a dialog once, and a note that stays while the words do.
#[component]
pub fn EmergencyStop(form: Form<Draft>, categories: Arc<Vec<Category>>) -> impl IntoView {
    let danger = Memo::new(move |_| {
        form.with(|draft| {
            let category = categories.iter().find(|category| category.code == draft.report.category)?;
            category.emergency.clone().filter(|emergency| emergency.meets(&draft.report))
        })
    });
    let stopped = RwSignal::new(false);
    Effect::new(move |before: Option<bool>| {
        let now = danger.with(Option::is_some);
        if before != Some(now) {
            stopped.set(now);
        }
        now
    });
    let told = |danger: Emergency| view! { <p>{danger.text}</p><p><CallLink number=danger.phone.clone() shown=danger.phone class="btn btn-danger filo-call-now"/></p> };
    view! {
        {move || danger.get().map(|danger| view! { <Callout kind="danger" title=t(key::reports::EMERGENCY_TITLE)>{told(danger)}</Callout> })}
        <Dialog id="emergency-title" open=stopped title=Signal::stored(t(key::reports::EMERGENCY_TITLE).to_owned()) on_cancel=Callback::new(move |()| stopped.set(false))>
            {move || danger.get().map(told)}
            <ActionButton look="outline-primary" on_press=move |()| stopped.set(false)>{t(key::reports::EMERGENCY_NONE)}</ActionButton>
        </Dialog>
    }
}
