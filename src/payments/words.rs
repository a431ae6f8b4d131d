//! The words of fees: amounts, instalments, days, and the cards of their states.
use crate::api::{Api, ApiError};
use crate::load::{Loaded, load};
use crate::words::{count, day, day_short, days_left, fill, key, language, money, t};
use contract::dictionary::{Dictionary, StateCard, StateCode};
use contract::payments::{Fee, Standing};
use contract::{Date, UtcTime, paths};
use std::sync::Arc;

/// The words of states, shared by all that is on a page.
#[derive(Clone)]
pub struct States(Arc<Dictionary>);

/// Asks for the words of states in the current language.
pub fn load_states() -> Loaded<States> {
    load(|api: Api| async move { Ok::<_, ApiError>(States(Arc::new(api.get(&paths::payment_states(language())).await?))) })
}

impl States {
    /// A state's label; a state that nobody knows is shown as its code.
    pub fn label(&self, state: &StateCode) -> String {
        self.0.state(state).map_or_else(|| state.0.replace('_', " "), |card| card.label.clone())
    }

    /// A state's plain card.
    pub fn card(&self, state: &StateCode) -> Option<StateCard> {
        self.0.state(state).cloned()
    }
}

/// "rata 1 di 3"; empty for a fee without instalments.
pub fn part(fee: &Fee) -> String {
    let Some(part) = fee.part else { return String::new() };
    fill(key::payments::PART, &[("number", &part.number.to_string()), ("of", &part.of.to_string())])
}

/// Whom, what and when it is for: "Sara · ottobre 2026".
pub fn whose(fee: &Fee) -> String {
    let part = part(fee);
    let parts = [fee.person.as_str(), &fee.object, &fee.period, &part];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// "Mensa scolastica · Sara · ottobre 2026".
pub fn name(fee: &Fee) -> String {
    fee.name(&part(fee))
}

/// When it must be, or was, paid; or when it is checked next.
pub fn when(fee: &Fee) -> String {
    match (fee.standing, &fee.paid_at, &fee.due_on) {
        (Standing::Checking, ..) => next_check(fee),
        (_, Some(at), _) => fill(key::payments::PAID_ON, &[("date", &day_short(&crate::words::day_of(at)))]),
        (Standing::Over, _, Some(due)) => fill(key::payments::DUE_PAST, &[("date", &day_short(due))]),
        (_, _, Some(due)) if is_past(due) => fill(key::payments::DUE_PAST, &[("date", &day_short(due))]),
        (_, _, Some(due)) => format!("{}. {}", fill(key::payments::DUE, &[("date", &day_short(due))]), left(due)),
        _ => String::new(),
    }
}

/// Whether a day is past.
pub fn is_past(day: &Date) -> bool {
    days_left(day).is_some_and(|days| days < 0)
}

/// How many days there are still to a day.
pub fn left(until: &Date) -> String {
    match days_left(until) {
        Some(0) => t(key::payments::LAST_DAY).to_owned(),
        Some(days) if days > 0 => count(key::payments::DAYS_LEFT, days),
        _ => String::new(),
    }
}

/// "Controlliamo di nuovo: 10:31".
pub fn next_check(fee: &Fee) -> String {
    fee.next_check_at.as_ref().map_or_else(String::new, |at| fill(key::payments::NEXT_CHECK, &[("time", &clock(at))]))
}

/// The hour of an instant, as clocks in the town show it; with its day when it is not today.
fn clock(at: &UtcTime) -> String {
    let whole = crate::words::moment(at);
    let is_today = crate::words::day_of(at) == crate::words::today();
    let hour = whole.rsplit([',', ' ']).next().unwrap_or_default().trim().to_owned();
    if is_today { hour } else { whole }
}

/// What less is paid until a day, and what after it.
pub fn reduction(fee: &Fee) -> Option<String> {
    let (full, until) = (fee.full_amount?, fee.reduced_until.as_ref()?);
    let now = fill(key::payments::REDUCED, &[("amount", &money(fee.amount)), ("date", &day(until))]);
    Some(format!("{now} {} {}", left(until), fill(key::payments::REDUCED_AFTER, &[("amount", &money(full))])))
}

/// The icon of a kind of fee: a picture beside the words, never instead of them.
pub fn icon(fee: &Fee) -> &'static str {
    match fee.kind.as_str() {
        "school_meals" => "it-meal",
        "school_bus" => "it-bus",
        "nursery" => "it-school",
        "waste_tax" => "it-trash",
        "fine" | "parking" => "it-car",
        "public_space" => "it-stall",
        _ => "it-euro",
    }
}
