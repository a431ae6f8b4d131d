//! Consents in the room that a colleague asks for: look at the document, say yes or no.
use super::words;
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ActionButton, Facts, Section, error_key};
use crate::words::{fill, key, t};
use contract::help_desk::{Agreed, ToConfirm};
use contract::id::ConsentId;
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Those that wait, while there are any.
#[component]
pub fn Confirmations(waiting: RwSignal<Vec<ToConfirm>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None::<ApiError>);
    let say = move |id: ConsentId, yes: bool| {
        failed.set(None);
        spawn_local(async move {
            // What somebody else has answered meanwhile is answered.
            match api.post::<()>(&paths::help_desk_confirmation(&id), &Agreed { yes }).await {
                Ok(()) | Err(ApiError::NotFound) => drop(waiting.try_update(|waiting| waiting.retain(|one| one.id != id))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let row = move |one: ToConfirm| {
        let is_known = !one.citizen.is_empty();
        let name = if is_known { one.citizen } else { t(key::help_desk::CONFIRM_UNKNOWN).to_owned() };
        let rows = vec![
            (t(key::help_desk::CONFIRM_PERSON), name),
            (t(key::help_desk::FISCAL_CODE), one.fiscal_code),
            (t(key::help_desk::DOCUMENT), one.document.map_or_else(String::new, |document| t(words::document(document)).to_owned())),
            (t(key::help_desk::SCOPES), words::scopes(&one.scopes)),
            (t(key::help_desk::MINUTES), fill(key::help_desk::MINUTES_COUNT, &[("minutes", &one.minutes.to_string())])),
        ];
        let sure = if one.is_new { key::help_desk::CONFIRM_NEW } else { key::help_desk::CONFIRM_YES };
        let is_new = one.is_new;
        let (yes, no) = (one.id.clone(), one.id);
        view! {
            <li class="card filo-form-card">
                <p>{fill(key::help_desk::CONFIRM_ASKS, &[("name", &one.volunteer)])}</p>
                {is_new.then(|| view! { <p><strong>{t(key::help_desk::CONFIRM_NEW_TEXT)}</strong></p> })}
                <Facts rows/>
                <div class="filo-actions">
                    {is_known.then(|| view! { <ActionButton on_press=move |()| say(yes.clone(), true)>{t(sure)}</ActionButton> })}
                    <ActionButton look="outline-danger" on_press=move |()| say(no.clone(), false)>{t(key::help_desk::CONFIRM_NO)}</ActionButton>
                </div>
            </li>
        }
    };
    let drawn = move || {
        let waiting = waiting.get();
        (!waiting.is_empty()).then(|| {
            view! {
                <Section id="confirm-title" title=t(key::help_desk::CONFIRM_TITLE)>
                    <p>{t(key::help_desk::CONFIRM_TEXT)}</p>
                    <ul class="filo-list">{waiting.into_iter().map(row).collect_view()}</ul>
                </Section>
            }
        })
    };
    view! {
        <p class="visually-hidden" role="status">{move || waiting.with(|waiting| (!waiting.is_empty()).then(|| t(key::help_desk::CONFIRM_TITLE)))}</p>
        {drawn}
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
    }
}
