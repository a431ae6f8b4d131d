//! The steps of a form (Bootstrap Italia "steppers"): which there are, which is now, which are done.
use super::Icon;
use crate::markup::view;
use crate::words::{key, t};
use leptos::prelude::*;

/// A stepper. On a phone only the present step and its number are seen.
#[component]
pub fn Steps(
    /// The names of the steps.
    names: Vec<&'static str>,
    /// The present one, from 0.
    current: usize,
) -> impl IntoView {
    let total = names.len();
    let row = move |(index, name): (usize, &'static str)| {
        let (class, spoken) = match index.cmp(&current) {
            std::cmp::Ordering::Less => ("confirmed", Some(t(key::common::STEP_CONFIRMED))),
            std::cmp::Ordering::Equal => ("active", Some(t(key::common::STEP_ACTIVE))),
            std::cmp::Ordering::Greater => ("", None),
        };
        view! {
            <li class=class aria-current=(index == current).then_some("step")>
                {name}
                {(index < current).then(|| view! { <Icon name="it-check" class="steppers-success"/> })}
                {spoken.map(|spoken| view! { <span class="visually-hidden">" "{spoken}</span> })}
            </li>
        }
    };
    view! {
        <div class="steppers filo-steps">
            <div class="steppers-header">
                <ol>{names.into_iter().enumerate().map(row).collect_view()}</ol>
                <span class="steppers-index" aria-hidden="true">{current + 1}"/"{total}</span>
            </div>
        </div>
    }
}
