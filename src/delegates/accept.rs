//! A code that somebody gave me: what is behind it, and yes to it.
use super::page::Board;
use super::words;
use crate::api::{Api, ApiError};
use crate::form::{field_id, focus};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, FieldFrame, SubmitButton, error_key};
use crate::words::{Key, day, fill, key, t};
use contract::delegates::{Delegation, DelegationCode, OfferedDelegation};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// The field of the code.
const FIELD: &str = "delegation";

/// The form, then the question.
#[component]
pub fn Accept(board: Board) -> impl IntoView {
    let api = expect_context::<Api>();
    let typed = RwSignal::new(String::new());
    let offered = RwSignal::new(None::<OfferedDelegation>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let look = move || {
        let code = typed.get_untracked();
        if code.trim().is_empty() {
            return focus(&field_id(FIELD));
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = api.post::<OfferedDelegation>(paths::DELEGATION_LOOK, &DelegationCode { code }).await;
            busy.try_set(false);
            match answer {
                Ok(found) => drop(offered.try_set(Some(found))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let accept = move |()| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let code = typed.get_untracked();
            let answer = api.post::<Delegation>(paths::DELEGATION_ACCEPT, &DelegationCode { code }).await;
            busy.try_set(false);
            match answer {
                Ok(one) => {
                    typed.try_set(String::new());
                    offered.try_set(None);
                    board.told.try_set(fill(key::delegates::ACCEPTED, &[("name", &one.name)]));
                    board.renew();
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let refuse = move |()| {
        typed.set(String::new());
        offered.set(None);
    };
    // A code that was scanned or sent stands in the part of the address that no server sees.
    let hash = use_location().hash;
    Effect::new(move |_| {
        let code = hash.get().trim_start_matches('#').to_owned();
        if !code.is_empty() && untrack(|| offered.with(Option::is_none)) {
            typed.set(code);
            // It stays in no history: it is used once.
            if let Ok(history) = window().history() {
                let state = history.state().unwrap_or_default();
                let _ = history.replace_state_with_url(&state, "", Some(&Route::Delegates.to_string()));
            }
            look();
        }
    });
    let problem = move || failed.get().map(|error| t(why(&error)).to_owned());
    let drawn = move || {
        match offered.get() {
        Some(offered) => view! {
            <div class="card filo-form-card">
                <Offered offered/>
                <div class="filo-actions">
                    <ActionButton busy on_press=accept>{t(key::delegates::YES)}</ActionButton>
                    <ActionButton look="outline-primary" on_press=refuse>{t(key::delegates::NO)}</ActionButton>
                </div>
                <p class="filo-field-error" role="alert">{problem}</p>
            </div>
        }
        .into_any(),
        None => view! {
            <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                look();
            }>
                <FieldFrame name=FIELD label=t(key::delegates::CODE) help=t(key::delegates::CODE_HELP) required=true problem=Signal::derive(problem)>
                    <input class="form-control filo-code" type="text" id=field_id(FIELD) autocomplete="off" autocapitalize="characters" spellcheck="false"
                        aria-required="true" aria-describedby="field-delegation-help field-delegation-error" aria-invalid=move || failed.get().is_some().then_some("true")
                        prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
                </FieldFrame>
                <SubmitButton busy>{t(key::common::NEXT)}</SubmitButton>
            </form>
        }
        .into_any(),
    }
    };
    view! { {drawn} }
}

/// What is behind a code, in words.
#[component]
fn Offered(offered: OfferedDelegation) -> impl IntoView {
    let until = day(&offered.until);
    view! {
        <p><strong>{fill(key::delegates::OFFER, &[("name", &offered.giver)])}</strong></p>
        <p>{fill(key::delegates::MEANT_FOR, &[("name", &offered.meant_for)])}</p>
        <ul>{offered.scopes.iter().map(|scope| view! { <li>{words::scope(*scope)}</li> }).collect_view()}</ul>
        {offered.is_one_case.then(|| view! { <p>{t(key::delegates::ONE_CASE)}</p> })}
        <p>{fill(key::delegates::UNTIL, &[("date", &until)])}</p>
        {offered.tells.then(|| view! { <p>{t(key::delegates::TELLS_YOU)}</p> })}
        <p class="filo-note">{t(key::delegates::LOGGED)}</p>
    }
}

fn why(error: &ApiError) -> Key {
    match error {
        ApiError::NotFound => key::delegates::CODE_UNKNOWN,
        ApiError::Conflict => key::delegates::CODE_OWN,
        other => error_key(other),
    }
}
