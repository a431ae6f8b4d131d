//! The rating at the end of a service (C.SE.1.7): stars, why, details. The words and marks are those the Modello Comuni prescribes.
use crate::api::{Api, ApiError};
use crate::form::Form;
use crate::markup::view;
use crate::ui::{ActionButton, Callout, Icon, TextField, error_key};
use crate::words::{Key, fill, key, t};
use contract::id::CaseId;
use contract::paths;
use contract::replies::{RATING_CHARS_MAX, Rating, RatingReason};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The most stars.
const STARS: u8 = 5;

/// Where the person is: the stars, the reason, the details, or done.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Reason,
    Details,
    Done,
}

/// Asks how easy the service behind a case was.
#[component]
pub fn RatingForm(case: CaseId) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<Rating>::kept("rating");
    let at = RwSignal::new(At::Reason);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let path = StoredValue::new(paths::case_rating(&case));
    let send = move || {
        if !form.accept(form.peek(Rating::problems)) {
            return;
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let (rating, key) = (form.peek(Clone::clone), form.key());
            let answer = api.create::<Rating>(&path.get_value(), &rating, &key).await;
            // The page may have been left meanwhile.
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    form.clear();
                    at.try_set(At::Done);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let stars = move || form.with(|rating| rating.stars);
    view! {
        <div class="card filo-rating d-print-none" data-element="feedback">
            <h2 class="h5" data-element="feedback-title">{t(key::common::RATING_TITLE)}</h2>
            <div hidden=move || at.get() == At::Done>
                <Stars form/>
                <div hidden=move || stars() == 0 || at.get() != At::Reason>
                    <Reasons form high=true/>
                    <Reasons form high=false/>
                    <ActionButton on_press=move |()| at.set(At::Details)>{t(key::common::NEXT)}</ActionButton>
                </div>
                <div hidden=move || at.get() != At::Details>
                    <p class="filo-rating-question"><strong>{t(key::common::RATING_DETAILS)}</strong>" 2/2"</p>
                    <div data-element="feedback-input-text">
                        <TextField form name="details" label=t(key::common::RATING_DETAIL) help=t(key::common::RATING_DETAIL_HELP)
                            chars_max=RATING_CHARS_MAX text=|rating| &mut rating.details/>
                    </div>
                    {move || failed.get().map(|error| view! {
                        <Callout kind="danger" title=t(key::form::NOT_SENT) alert=true><p>{t(error_key(&error))}</p></Callout>
                    })}
                    <ActionButton look="outline-primary" on_press=move |()| at.set(At::Reason)>{t(key::common::BACK)}</ActionButton>
                    <ActionButton busy on_press=move |()| send()>{t(key::common::NEXT)}</ActionButton>
                </div>
            </div>
            <p class="filo-rating-done" role="status">{move || (at.get() == At::Done).then(|| t(key::common::RATING_DONE))}</p>
        </div>
    }
}

/// One to five, in the order that the keyboard and the ear expect.
#[component]
fn Stars(form: Form<Rating>) -> impl IntoView {
    let star = move |number: u8| {
        let id = format!("feedback-rate-{number}");
        let choose = move |_| {
            form.edit("stars", |rating| {
                // Another question, and other answers, from four stars on.
                if (rating.stars >= 4) != (number >= 4) {
                    rating.reason = None;
                }
                rating.stars = number;
            });
        };
        let is_lit = move || form.with(|rating| rating.stars >= number);
        view! {
            <span class="filo-star" class:is-lit=is_lit>
                <input type="radio" name="feedback-rate" id=id.clone() data-element=id.clone() prop:checked=move || form.with(|rating| rating.stars == number) on:change=choose/>
                <label for=id><Icon name="it-star"/><span class="visually-hidden">{fill(key::common::RATING_STARS, &[("number", &number.to_string())])}</span></label>
            </span>
        }
    };
    view! {
        <fieldset class="filo-stars">
            <legend class="visually-hidden">{t(key::common::RATING_LEGEND)}</legend>
            {(1..=STARS).map(star).collect_view()}
        </fieldset>
    }
}

/// Why so many, or so few. Both lists stand in the page: those who check a site read them without pressing anything.
#[component]
fn Reasons(form: Form<Rating>, high: bool) -> impl IntoView {
    let (mark, question) =
        if high { ("feedback-rating-positive", key::common::RATING_BEST) } else { ("feedback-rating-negative", key::common::RATING_WORST) };
    let answer = move |(index, reason): (usize, RatingReason)| {
        let id = format!("{mark}-{index}");
        let choose = move |_| form.edit("reason", |rating| rating.reason = Some(reason));
        view! {
            <div class="form-check filo-tick">
                <input type="radio" name=mark id=id.clone() prop:checked=move || form.with(|rating| rating.reason == Some(reason)) on:change=choose/>
                <label for=id data-element="feedback-rating-answer">{t(reason_key(reason))}</label>
            </div>
        }
    };
    let reasons = RatingReason::for_stars(if high { STARS } else { 1 });
    view! {
        <fieldset class="filo-rating-reasons" data-element=mark hidden=move || form.with(|rating| (rating.stars >= 4) != high)>
            <legend><strong data-element="feedback-rating-question">{t(question)}</strong>" 1/2"</legend>
            {reasons.into_iter().enumerate().map(answer).collect_view()}
        </fieldset>
    }
}

fn reason_key(reason: RatingReason) -> Key {
    match reason {
        RatingReason::Clear => key::common::RATING_CLEAR,
        RatingReason::Complete => key::common::RATING_COMPLETE,
        RatingReason::OnTrack => key::common::RATING_ON_TRACK,
        RatingReason::NoTechnicalProblems => key::common::RATING_NO_PROBLEMS,
        RatingReason::Unclear => key::common::RATING_UNCLEAR,
        RatingReason::Incomplete => key::common::RATING_INCOMPLETE,
        RatingReason::Lost => key::common::RATING_LOST,
        RatingReason::TechnicalProblems => key::common::RATING_PROBLEMS,
        RatingReason::Other | RatingReason::Unknown => key::common::RATING_OTHER,
    }
}
