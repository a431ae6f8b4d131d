//! The rating at the end of a service (C.SE.1.7): stars, why, details. The words and marks are those the Modello Comuni prescribes.
use crate::api::{parse, write};
use crate::command::{Command, Sending};
use crate::files::{Files, HoldsFiles};
use crate::form::{ErrorSummary, Form, focus};
use crate::markup::view;
use crate::outbox::outbox;
use crate::ui::{ActionButton, CallLink, Callout, Icon, TextField};
use crate::words::{Key, count, fill, key, t};
use contract::cases::Office;
use contract::id::CaseId;
use contract::paths;
use contract::replies::{RATING_CHARS_MAX, Rating, RatingReason};
use leptos::prelude::*;

/// The most stars.
const STARS: u8 = 5;
/// So few stars say that somebody would rather talk to a person.
const LOW: u8 = 2;

/// Where the person is: the stars, the reason, the details, or done.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Reason,
    Details,
    Done,
}

/// A rating being given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rated {
    rating: Rating,
    /// There are none: a rating has no photos.
    files: Files,
}

impl HoldsFiles for Rated {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl Command for Rated {
    const PROOF: &'static str = "stars";

    fn body(&self) -> Option<String> {
        write(&self.rating)
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse(body).map(|rating| Self { rating, files })
    }
}

/// Asks how easy the service behind a case was. What is chosen belongs to this case alone.
#[component]
pub fn RatingForm(
    case: CaseId,
    /// What the case is called.
    title: String,
    /// Who can be asked when it was not easy.
    #[prop(optional_no_strip)]
    office: Option<Office>,
    /// The id of the form that opens the case again, where that is possible.
    #[prop(optional)]
    reopen: &'static str,
) -> impl IntoView {
    let title = fill(key::common::RATING_NAMED, &[("title", &title)]);
    let sending = Sending::<Rated>::new("rating", &case, paths::case_rating(&case), title);
    let form = sending.form;
    // What waits for the network is given: it is asked for once.
    let at = RwSignal::new(if untrack(|| sending.is_waiting()) { At::Done } else { At::Reason });
    let is_low = RwSignal::new(false);
    let office = StoredValue::new(office);
    let more = move || (at.get() == At::Done && is_low.get()).then(|| office.get_value().map(|office| low(office, reopen)));
    let busy = Signal::derive(move || form.is_sending() || outbox().on_device().is_none());
    let send = move || {
        if form.accept(form.peek(|rated| rated.rating.problems())) {
            is_low.set(form.peek(|rated| rated.rating.stars <= LOW));
            // The page may have been left meanwhile.
            sending.send(move |_| {
                at.try_set(At::Done);
            });
        }
    };
    // What the CRM has refused since is not thanked for.
    sending.take_back(move || {
        at.try_set(At::Details);
    });
    let stars = move || form.with(|rated| rated.rating.stars);
    let name = move |field: &str| t(if field == "details" { key::common::RATING_DETAIL } else { key::common::RATING_TITLE }).to_owned();
    view! {
        <div class="card filo-rating d-print-none" data-element="feedback">
            <h2 class="h5" data-element="feedback-title">{t(key::common::RATING_TITLE)}</h2>
            <div hidden=move || at.get() == At::Done>
                <ErrorSummary form label=name/>
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
                            chars_max=RATING_CHARS_MAX text=|rated| &mut rated.rating.details/>
                    </div>
                    <ActionButton look="outline-primary" on_press=move |()| at.set(At::Reason)>{t(key::common::BACK)}</ActionButton>
                    <ActionButton busy on_press=move |()| send()>{t(key::common::NEXT)}</ActionButton>
                </div>
            </div>
            <p class="filo-rating-done" role="status">{move || (at.get() == At::Done).then(|| t(key::common::RATING_DONE))}</p>
            {more}
        </div>
    }
}

/// It was not easy: a person to talk to, and the way to open the case again.
fn low(office: Office, reopen: &'static str) -> AnyView {
    view! {
        <Callout kind="note" title=t(key::common::RATING_LOW_TITLE)>
            <p>{t(key::common::RATING_LOW_TEXT)}</p>
            <p><CallLink number=office.phone.clone() shown=office.phone/></p>
            <p><a href=format!("mailto:{}", office.email)>{office.email.clone()}</a></p>
            {(!reopen.is_empty()).then(|| view! {
                <ActionButton look="outline-primary" on_press=move |()| focus(reopen)>{t(key::common::RATING_LOW_REOPEN)}</ActionButton>
            })}
        </Callout>
    }
    .into_any()
}

/// One to five, in the order that the keyboard and the ear expect.
#[component]
fn Stars(form: Form<Rated>) -> impl IntoView {
    let star = move |number: u8| {
        let id = format!("feedback-rate-{number}");
        let choose = move |_| {
            form.edit("stars", |Rated { rating, .. }| {
                // Another question, and other answers, from four stars on.
                if (rating.stars >= 4) != (number >= 4) {
                    rating.reason = None;
                }
                rating.stars = number;
            });
        };
        let is_lit = move || form.with(|rated| rated.rating.stars >= number);
        view! {
            <span class="filo-star" class:is-lit=is_lit>
                <input type="radio" name="feedback-rate" id=id.clone() data-element=id.clone() prop:checked=move || form.with(|rated| rated.rating.stars == number) on:change=choose/>
                <label for=id><Icon name="it-star"/><span class="visually-hidden">{count(key::common::RATING_STARS, i64::from(number))}</span></label>
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
fn Reasons(form: Form<Rated>, high: bool) -> impl IntoView {
    let (mark, question) =
        if high { ("feedback-rating-positive", key::common::RATING_BEST) } else { ("feedback-rating-negative", key::common::RATING_WORST) };
    let answer = move |(index, reason): (usize, RatingReason)| {
        let id = format!("{mark}-{index}");
        let choose = move |_| form.edit("reason", |rated| rated.rating.reason = Some(reason));
        view! {
            <div class="form-check filo-tick">
                <input type="radio" name=mark id=id.clone() prop:checked=move || form.with(|rated| rated.rating.reason == Some(reason)) on:change=choose/>
                <label for=id data-element="feedback-rating-answer">{t(reason_key(reason))}</label>
            </div>
        }
    };
    let reasons = RatingReason::for_stars(if high { STARS } else { 1 });
    view! {
        <fieldset class="filo-rating-reasons" data-element=mark hidden=move || form.with(|rated| (rated.rating.stars >= 4) != high)>
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
