//! One direction of delegations: a card for each, with one press to act and one to end it.
use super::acting;
use super::page::Board;
use super::words;
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, EmptyView, Section, error_key};
use crate::words::{Key, day, fill, key, moment, t};
use contract::delegates::{Delegation, DelegationState};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Those of one direction: what waits or holds first, what is over below, folded.
#[component]
pub fn Cards(
    title: &'static str,
    id: &'static str,
    none: &'static str,
    list: Vec<Delegation>,
    is_mine: bool,
    board: Board,
) -> impl IntoView {
    let (open, over): (Vec<_>, Vec<_>) = list.into_iter().partition(|one| one.state.is_open());
    let rows = move |list: Vec<Delegation>| list.into_iter().map(|one| view! { <li><Card one is_mine board/></li> }).collect_view();
    view! {
        <Section id title>
            {if open.is_empty() {
                view! { <EmptyView><p>{none}</p></EmptyView> }.into_any()
            } else {
                view! { <ul class="filo-list filo-delegations">{rows(open)}</ul> }.into_any()
            }}
            {(!over.is_empty()).then(|| view! {
                <details class="filo-delegations-over">
                    <summary>{t(key::delegates::OVER)}</summary>
                    <ul class="filo-list filo-delegations">{rows(over)}</ul>
                </details>
            })}
        </Section>
    }
}

/// One of them.
#[component]
fn Card(one: Delegation, is_mine: bool, board: Board) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None::<Key>);
    let busy = RwSignal::new(false);
    let (name, id, state) = (one.name.clone(), one.id.clone(), one.state);
    let (ended, gone) = (name.clone(), id.clone());
    let end = move |()| {
        if busy.try_update(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        failed.set(None);
        let (path, name) = (paths::my_delegation(&gone), ended.clone());
        spawn_local(async move {
            let answer = api.delete::<()>(&path).await;
            busy.try_set(false);
            match answer {
                Ok(()) | Err(ApiError::NotFound) => {
                    board.told.try_set(fill(key::delegates::ENDED, &[("name", &name)]));
                    board.given.try_set(None);
                    board.renew();
                }
                Err(error) => drop(failed.try_set(Some(error_key(&error)))),
            }
        });
    };
    let navigate = use_navigate();
    let act = move |()| {
        if busy.try_update(|busy| std::mem::replace(busy, true)) != Some(false) {
            return;
        }
        failed.set(None);
        let (id, navigate) = (id.clone(), navigate.clone());
        spawn_local(async move {
            let answer = acting::begin(api, id).await;
            busy.try_set(false);
            match answer {
                Ok(()) => navigate(&Route::Home.to_string(), NavigateOptions::default()),
                Err(ApiError::Conflict) => drop(failed.try_set(Some(key::delegates::UNSENT))),
                Err(ApiError::NotFound) => {
                    failed.try_set(Some(key::delegates::GONE));
                    board.renew();
                }
                Err(error) => drop(failed.try_set(Some(error_key(&error)))),
            }
        });
    };
    let (acted, hidden) = (name.clone(), name.clone());
    let may_act = !is_mine && state == DelegationState::Active;
    view! {
        <article class="card filo-form-card">
            <h3 class="h5">{name}</h3>
            <p><strong>{t(words::state(state))}</strong></p>
            <Said one is_mine/>
            <div class="filo-actions">
                {may_act.then(|| view! { <ActionButton icon="it-user" on_press=act>{fill(key::delegates::ACT, &[("name", &acted)])}</ActionButton> })}
                {state.is_open().then(|| view! {
                    <ActionButton look="outline-danger" on_press=end>{t(key::delegates::END)}<span class="visually-hidden">": "{hidden}</span></ActionButton>
                })}
            </div>
            <p class="filo-field-error" role="alert">{move || failed.get().map(t)}</p>
        </article>
    }
}

/// What it is about, until when, and what else there is to know.
#[component]
fn Said(one: Delegation, is_mine: bool) -> impl IntoView {
    let until = day(&one.until);
    let notes = [
        Some(fill(key::delegates::UNTIL, &[("date", &until)])),
        one.code_until.as_ref().map(|at| fill(key::delegates::CODE_UNTIL, &[("when", &moment(at))])),
        one.ended_at.as_ref().map(|at| fill(key::delegates::ENDED_AT, &[("when", &moment(at))])),
        (one.tells && one.state.is_open())
            .then(|| t(if is_mine { key::delegates::TELLS_THEM } else { key::delegates::TELLS_YOU }).to_owned()),
        Some(fill(key::delegates::NUMBER, &[("number", &one.number)])),
    ];
    let only = (!one.title.is_empty()).then(|| fill(key::delegates::ONLY, &[("title", &one.title)]));
    view! {
        <ul>{one.scopes.iter().map(|scope| view! { <li>{words::scope(*scope)}</li> }).collect_view()}</ul>
        {only.map(|only| view! { <p>{only}</p> })}
        <p class="filo-note">{notes.into_iter().flatten().collect::<Vec<_>>().join(" · ")}</p>
    }
}
