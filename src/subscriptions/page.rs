//! The page "Cosa segui" (feature D7): follow a street, what lies around it, a topic; and what is followed already.
use super::entry::{Entry, EntryCard, name};
use super::reports::FollowedReports;
use crate::api::{Api, ApiError};
use crate::form::{Form, field_id, focus};
use crate::load::{Load, load};
use crate::markup::view;
use crate::streets::Streets;
use crate::ui::{ActionButton, EmptyView, Page, SUGGESTIONS_MAX, Section, SelectField, SuggestField, error_key};
use crate::words::{fill, key, language, t};
use contract::paths;
use contract::problem::{FieldProblem, FieldRule};
use contract::subscriptions::{Area, NewSubscription, Subscription, SubscriptionKind, Subscriptions, Topic};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::sync::Arc;

/// How far around a street one can choose, in metres.
const REACHES: [u32; 3] = [200, 500, 1000];

/// What is typed: a street, and how far around it (metres; nothing: the street alone).
#[derive(Clone, Debug, Default)]
struct Wish {
    street: String,
    reach: String,
}

/// What is followed, as the page draws it: the newest first.
#[derive(Clone, Copy)]
struct Followed {
    api: Api,
    entries: RwSignal<Vec<Entry>>,
}

impl Followed {
    /// Takes what the CRM says is followed now: in its place when it was there before, else on top.
    fn take(self, what: Subscription) {
        let known = self.entries.with_untracked(|entries| entries.iter().copied().find(|entry| untrack(|| entry.is(&what))));
        match known {
            Some(entry) => entry.is_back(what),
            None => drop(self.entries.try_update(|entries| entries.insert(0, Entry::new(self.api, what)))),
        }
    }
}

/// The page.
#[component]
pub fn SubscriptionsPage() -> impl IntoView {
    let mine = load(|api| async move { api.get::<Subscriptions>(&paths::subscriptions(language())).await });
    let streets = load(|api| async move {
        // Without the list a street is typed, and only what lies around it cannot be followed.
        let path = api.config().with_value(|config| config.streets.clone());
        Ok(Arc::new(api.get::<Streets>(&path).await.unwrap_or_default()))
    });
    view! {
        <Page title=t(key::subscriptions::TITLE) lead=t(key::subscriptions::LEAD)>
            <Load from=mine let:mine><Load from=streets let:streets><Parts mine=mine.clone() streets/></Load></Load>
        </Page>
    }
}

#[component]
fn Parts(mine: Subscriptions, streets: Arc<Streets>) -> impl IntoView {
    let api = expect_context::<Api>();
    let entries = mine.items.into_iter().map(|what| Entry::new(api, what)).collect::<Vec<_>>();
    let topics = StoredValue::new(mine.topics.clone());
    let followed = Followed { api, entries: RwSignal::new(entries) };
    let list = move || {
        let entries = followed.entries.get();
        if entries.is_empty() {
            return view! { <EmptyView><p>{t(key::subscriptions::NONE)}</p></EmptyView> }.into_any();
        }
        let rows = entries.into_iter().map(|entry| view! { <li><EntryCard entry topics/></li> }.into_any()).collect::<Vec<_>>();
        view! { <ul class="filo-list">{rows}</ul> }.into_any()
    };
    view! {
        <Section id="follow-title" title=t(key::subscriptions::FORM_TITLE)><StreetForm followed streets/></Section>
        {(!mine.topics.is_empty()).then(|| view! { <Topics followed topics=mine.topics/> })}
        <Section id="list-title" title=t(key::subscriptions::LIST_TITLE)>{list}</Section>
        <FollowedReports/>
    }
}

/// A street, and how far around it.
#[component]
fn StreetForm(followed: Followed, streets: Arc<Streets>) -> impl IntoView {
    let api = followed.api;
    let form = Form::<Wish>::kept("subscription");
    let (told, failed, busy) = (RwSignal::new(String::new()), RwSignal::new(None::<ApiError>), RwSignal::new(false));
    // A link from a report brings its street, perhaps with a house number.
    if let Some(asked) = use_location().query.read_untracked().get("street")
        && form.peek(|wish| wish.street.is_empty())
    {
        form.note(|wish| wish.street = streets.matching(&asked, 1).pop().unwrap_or(asked));
    }
    let points = streets.clone();
    let press = move || {
        let (new, problems) = form.peek(|wish| wanted(wish, &points));
        failed.set(None);
        if !form.accept(problems) {
            // There is no summary: what is wrong is read out with the field.
            return focus(&field_id("street"));
        }
        busy.set(true);
        spawn_local(async move {
            let answer = api.post::<Subscription>(paths::SUBSCRIPTIONS, &new).await;
            // The page may have been left meanwhile.
            busy.try_set(false);
            match answer {
                Ok(what) => {
                    form.clear();
                    told.try_set(fill(key::subscriptions::FOLLOWED, &[("name", &name(&what, &[]))]));
                    followed.take(what);
                }
                Err(ApiError::Invalid(problems)) => {
                    form.accept(problems);
                    focus(&field_id("street"));
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let choices = REACHES.map(|metres| metres.to_string()).map(|metres| {
        let label = fill(key::subscriptions::REACH_METRES, &[("metres", &metres)]);
        (metres, label)
    });
    let problem = move || ["street", "area.lat", "kind"].into_iter().find_map(|field| form.problem(field));
    view! {
        <SuggestField name="street" label=t(key::subscriptions::STREET) help=t(key::subscriptions::STREET_HELP) required=true
            problem=Signal::derive(problem) text=Signal::derive(move || form.with(|wish| wish.street.clone()))
            suggest=move |typed| streets.matching(typed, SUGGESTIONS_MAX)
            on_text=move |text, _| {
                told.set(String::new());
                form.accept(Vec::new());
                form.edit("street", |wish| wish.street = text);
            }/>
        <SelectField form name="reach" label=t(key::subscriptions::REACH) help=t(key::subscriptions::REACH_HELP)
            prompt=t(key::subscriptions::REACH_NONE) choices=choices.to_vec()
            read=|wish: &Wish| wish.reach.clone() write=|wish: &mut Wish, reach| wish.reach = reach/>
        <ActionButton busy on_press=move |()| press()>{t(key::subscriptions::FOLLOW)}</ActionButton>
        <p class="filo-note" role="status">{move || told.get()}</p>
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
    }
}

/// What is asked of the CRM for a wish, and what is wrong with it.
fn wanted(wish: &Wish, streets: &Streets) -> (NewSubscription, Vec<FieldProblem>) {
    let street = wish.street.trim().to_owned();
    let Ok(radius_m) = wish.reach.parse::<u32>() else {
        let new = NewSubscription { street, ..NewSubscription::default() };
        let problems = new.problems();
        return (new, problems);
    };
    let name = fill(key::subscriptions::AREA_NAME, &[("metres", &wish.reach), ("street", &street)]);
    let area = streets.point(&street, "").map(|middle| Area { name, lon: middle.lon, lat: middle.lat, radius_m });
    // Around a street that is not in the list nothing can be measured.
    let problems = if area.is_none() { vec![FieldProblem::new("street", FieldRule::NotAPlace)] } else { Vec::new() };
    (NewSubscription { kind: SubscriptionKind::Area, area, ..NewSubscription::default() }, problems)
}

/// The topics of the town: each pressed or not.
#[component]
fn Topics(followed: Followed, topics: Vec<Topic>) -> impl IntoView {
    let api = followed.api;
    let failed = RwSignal::new(None::<ApiError>);
    let chip = move |topic: Topic| {
        let (code, own) = (topic.code.clone(), topic.code);
        let is_on = move || followed.entries.with(|entries| entries.iter().any(|entry| entry.is_topic(&own)));
        let press = move |_| {
            failed.set(None);
            let known =
                followed.entries.with_untracked(|entries| entries.iter().copied().find(|entry| untrack(|| entry.is_of_topic(&code))));
            if let Some(entry) = known {
                return entry.turn();
            }
            let new = NewSubscription { kind: SubscriptionKind::Topic, topic: code.clone(), ..NewSubscription::default() };
            spawn_local(async move {
                match api.post::<Subscription>(paths::SUBSCRIPTIONS, &new).await {
                    Ok(what) => followed.take(what),
                    Err(error) => drop(failed.try_set(Some(error))),
                }
            });
        };
        view! {
            <li><button type="button" class="filo-chip" aria-pressed=move || is_on().to_string() on:click=press>{topic.name}</button></li>
        }
    };
    view! {
        <Section id="topics-title" title=t(key::subscriptions::TOPICS_TITLE)>
            <p>{t(key::subscriptions::TOPICS_TEXT)}</p>
            <ul class="filo-chips">{topics.into_iter().map(chip).collect_view()}</ul>
            <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </Section>
    }
}
