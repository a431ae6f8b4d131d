//! The list of fees: by how they stand, by words, by year; some of them paid together.
use super::card::{Choice, FeeCard};
use super::pay::PayButton;
use super::words::load_states;
use crate::live::{Fresh, FreshNote, live};
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Finder, LinkButton, Page, found_in_url};
use crate::words::{Key, count, fill, key, money, t, today};
use contract::payments::{CART_MAX, Fee, FeeQuery, Standing};
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// Fees in one part of the list.
const PART: u32 = 20;
/// Years of receipts one can choose.
const YEARS: u16 = 5;
/// How fees can stand, with the words; the first is all.
const SHOWN: [(&str, Key); 5] = [
    ("", key::payments::FILTER_ALL),
    (Standing::ToPay.as_str(), key::payments::FILTER_TO_PAY),
    (Standing::Checking.as_str(), key::payments::FILTER_CHECKING),
    (Standing::Paid.as_str(), key::payments::FILTER_PAID),
    (Standing::Over.as_str(), key::payments::FILTER_OVER),
];

/// The page "Pagamenti".
#[component]
pub fn FeesPage() -> impl IntoView {
    let (show, words, year) = (found_in_url("show"), found_in_url("q"), found_in_url("year"));
    let looked_for = Memo::new(move |_| {
        let asked = show.get();
        let show = Standing::ALL.into_iter().find(|standing| asked.as_deref() == Some(standing.as_str()));
        FeeQuery { show, year: year.get().and_then(|year| year.parse().ok()), q: words.get(), after: None, limit: Some(PART) }
    });
    let fresh = Fresh::new();
    let choice: Choice = RwSignal::new(Vec::new());
    let fees = load_pages(move |api, after| {
        fresh.track();
        let query = FeeQuery { after, ..looked_for.get() };
        async move { api.get::<Part<Fee>>(&paths::payments(&query)).await }
    });
    // Somebody who is choosing keeps what they see.
    fresh.follow(move || live().payment_changes(), move || fees.is_unfolded() || choice.with_untracked(|chosen| !chosen.is_empty()));
    let states = load_states();
    let is_filtered = move || looked_for.with(|query| query.show.is_some() || query.q.is_some() || query.year.is_some());
    // Said aloud when the list changes (WCAG 4.1.3): whoever types does not see it change.
    let found = move || match fees.shown()? {
        (0, _) if !is_filtered() => None,
        (number, false) => Some(count(key::payments::FOUND, number as i64)),
        (number, true) => Some(fill(key::payments::FOUND_MORE, &[("count", &number.to_string())])),
    };
    let empty = move || match looked_for.with(|query| query.q.is_some()) {
        true => t(key::payments::NONE_FOUND),
        false if is_filtered() => t(key::payments::NONE_CHOSEN),
        false => t(key::payments::NONE),
    };
    let list = Route::Payments(Payments::List);
    view! {
        <Page title=t(key::payments::TITLE) lead=t(key::payments::LEAD)>
            <Finder to=list param="show" chips=&SHOWN label=key::payments::FILTER_LABEL search=key::payments::SEARCH_LABEL/>
            {move || looked_for.with(|query| query.show == Some(Standing::Paid)).then(|| view! { <Years chosen=looked_for.with(|query| query.year)/> })}
            <p><LinkButton to=Route::Payments(Payments::Paper) class="btn btn-outline-primary" icon="it-document">{t(key::payments::PAPER_OPEN)}</LinkButton></p>
            <FreshNote fresh/>
            <p class="filo-note filo-found" role="status">{found}</p>
            <h2 class="visually-hidden">{t(key::payments::RESULTS)}</h2>
            <Load from=states let:states>
                <LoadList from=fees empty=ViewFn::from(move || view! { <p>{empty}</p> }) let:fee>
                    <FeeCard fee states=states.clone() choice/>
                </LoadList>
            </Load>
            <Together choice fresh/>
        </Page>
    }
}

/// The years that receipts can be shown of.
#[component]
fn Years(chosen: Option<u16>) -> impl IntoView {
    let now: u16 = today().0.get(..4).and_then(|year| year.parse().ok()).unwrap_or(2026);
    let list = Route::Payments(Payments::List).to_string();
    let paid = Standing::Paid.as_str();
    let all = (None, t(key::payments::YEAR_ALL).to_owned(), format!("{list}?show={paid}"));
    let years = (0..YEARS).map(|back| (Some(now - back), (now - back).to_string(), format!("{list}?show={paid}&year={}", now - back)));
    let chip = |(year, words, address): (Option<u16>, String, String)| {
        let is_here = (year == chosen).then_some("true");
        view! { <li><a class="filo-chip" href=address aria-current=is_here>{words}</a></li> }
    };
    view! { <nav aria-label=t(key::payments::YEARS)><ul class="filo-chips filo-years">{std::iter::once(all).chain(years).map(chip).collect_view()}</ul></nav> }
}

/// What is chosen, and the button that pays it all.
#[component]
fn Together(choice: Choice, fresh: Fresh) -> impl IntoView {
    let told = move || {
        let (number, total) = choice.with(|chosen| (chosen.len() as i64, chosen.iter().map(|one| one.amount).sum::<i64>()));
        (number > 0).then(|| count(key::payments::CHOSEN, number).replace("{amount}", &money(total)))
    };
    let is_full = move || choice.with(Vec::len) >= CART_MAX;
    let failed = RwSignal::new(None);
    let start_anew = move |()| {
        choice.set(Vec::new());
        fresh.renew();
    };
    view! {
        <div class="filo-together d-print-none" hidden=move || choice.with(Vec::is_empty) && failed.with(Option::is_none)>
            <p role="status"><strong>{told}</strong>" "{move || is_full().then(|| t(key::payments::CHOSEN_MAX))}</p>
            <PayButton fees=choice words=t(key::payments::PAY_CHOSEN) failed on_refused=start_anew/>
        </div>
    }
}
