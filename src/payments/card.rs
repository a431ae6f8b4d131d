//! A fee in a list: what it is, whose and for what, how much, by when; and a tick to pay it with others.
use super::words::{States, icon, is_past, name, when, whose};
use crate::lexicon::badge;
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Badge, Icon, Link};
use crate::words::{key, money, t};
use contract::payments::{CART_MAX, Chosen, Fee, Standing};
use leptos::prelude::*;

/// The fees that are chosen to be paid together.
pub type Choice = RwSignal<Vec<Chosen>>;

/// A fee in a list.
#[component]
pub fn FeeCard(
    fee: Fee,
    states: States,
    /// Where it is chosen to be paid with others.
    choice: Choice,
) -> impl IntoView {
    let is_late = fee.standing == Standing::ToPay && fee.due_on.as_ref().is_some_and(is_past);
    let (label, what, whose, when, icon) = (states.label(&fee.state), name(&fee), whose(&fee), when(&fee), icon(&fee));
    let tick = (fee.standing == Standing::ToPay).then(|| view! { <Tick fee=fee.clone() what=what.clone() choice/> });
    let heard = whose.clone();
    view! {
        <article class="card filo-case filo-fee" class:is-overdue=move || is_late>
            <Icon name=icon class="filo-case-icon"/>
            <div class="filo-case-head"><Badge kind=badge(fee.standing.phase()) label/><span class="filo-case-kind">{fee.creditor.name}</span></div>
            <h3 class="filo-case-title">
                <Link to=Route::Payments(Payments::Fee(fee.id))>{fee.title}<span class="visually-hidden">" · "{heard}</span></Link>
            </h3>
            {(!whose.is_empty()).then(|| view! { <p class="filo-case-subject" aria-hidden="true">{whose}</p> })}
            <p class="filo-fee-amount">{money(fee.amount)}</p>
            {(!when.is_empty()).then(|| view! { <p class="filo-case-due"><Icon name="it-calendar" class="icon-sm"/><span>{when}</span></p> })}
            {tick}
        </article>
    }
}

/// The tick of a fee that can be paid.
#[component]
fn Tick(fee: Fee, what: String, choice: Choice) -> impl IntoView {
    let (id, own) = (fee.id.clone(), fee.id.clone());
    let input = format!("choose-{id}");
    let is_chosen = move || choice.with(|chosen| chosen.iter().any(|one| one.id == own));
    let is_full = {
        let is_chosen = is_chosen.clone();
        move || choice.with(Vec::len) >= CART_MAX && !is_chosen()
    };
    let amount = fee.amount;
    let turn = move |is_on: bool| {
        choice.update(|chosen| {
            chosen.retain(|one| one.id != id);
            if is_on {
                chosen.push(Chosen { id: id.clone(), amount });
            }
        });
    };
    view! {
        <div class="filo-fee-tick d-print-none">
            <input type="checkbox" id=input.clone() prop:checked=is_chosen disabled=is_full on:change:target=move |event| turn(event.target().checked())/>
            <label for=input>{t(key::payments::CHOOSE)}<span class="visually-hidden">": "{what}</span></label>
        </div>
    }
}
