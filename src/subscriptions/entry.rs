//! Something that is followed: its card, stopped and taken up again in its place.
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ActionButton, error_key};
use crate::words::{fill, key, t};
use contract::paths;
use contract::subscriptions::{NewSubscription, Subscription, SubscriptionKind, Topic};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Something that is followed, or was until a moment ago.
#[derive(Clone, Copy)]
pub struct Entry {
    api: Api,
    what: RwSignal<Subscription>,
    is_gone: RwSignal<bool>,
    /// Its button is never disabled meanwhile: it would lose the focus.
    busy: StoredValue<bool>,
    failed: RwSignal<Option<ApiError>>,
}

impl Entry {
    /// Something that the CRM knows.
    pub fn new(api: Api, what: Subscription) -> Self {
        let (is_gone, busy, failed) = (RwSignal::new(false), StoredValue::new(false), RwSignal::new(None));
        Self { api, what: RwSignal::new(what), is_gone, busy, failed }
    }

    /// Whether it is this, stopped or not.
    pub fn is(self, what: &Subscription) -> bool {
        self.what.with(|own| own.kind == what.kind && own.name == what.name && own.area == what.area)
    }

    /// Whether it is this topic, and followed; tracked.
    pub fn is_topic(self, code: &str) -> bool {
        self.is_of_topic(code) && !self.is_gone.get()
    }

    /// Whether it is this topic, followed or not any more.
    pub fn is_of_topic(self, code: &str) -> bool {
        self.what.with(|own| own.kind == SubscriptionKind::Topic && own.name == code)
    }

    /// The CRM says that it is followed.
    pub fn is_back(self, what: Subscription) {
        self.what.try_set(what);
        self.is_gone.try_set(false);
    }

    /// Stops, or takes it up again.
    pub fn turn(self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        self.failed.set(None);
        let (what, is_gone, api) = (self.what.get_untracked(), self.is_gone.get_untracked(), self.api);
        spawn_local(async move {
            let failure = if is_gone {
                match api.post::<Subscription>(paths::SUBSCRIPTIONS, &asked(&what)).await {
                    Ok(what) => {
                        self.is_back(what);
                        None
                    }
                    Err(error) => Some(error),
                }
            } else {
                // What is gone already, on another device say, is gone.
                let failure = api.delete::<()>(&paths::subscription(&what.id)).await.err().filter(|error| *error != ApiError::NotFound);
                self.is_gone.try_set(failure.is_none());
                failure
            };
            // The page may have been left meanwhile.
            self.busy.try_set_value(false);
            self.failed.try_set(failure);
        });
    }
}

/// How it is asked for.
fn asked(what: &Subscription) -> NewSubscription {
    let name_of = |kind| if what.kind == kind { what.name.clone() } else { String::new() };
    NewSubscription {
        kind: what.kind,
        street: name_of(SubscriptionKind::Street),
        topic: name_of(SubscriptionKind::Topic),
        area: what.area.clone(),
    }
}

/// What a subscription is called.
pub fn name(what: &Subscription, topics: &[Topic]) -> String {
    let topic = topics.iter().find(|topic| what.kind == SubscriptionKind::Topic && topic.code == what.name);
    match (&what.area, topic) {
        (Some(area), _) => area.name.clone(),
        (None, Some(topic)) => topic.name.clone(),
        (None, None) => what.name.clone(),
    }
}

/// Its card. Stopped, only the way back stays in its place.
#[component]
pub fn EntryCard(entry: Entry, topics: StoredValue<Vec<Topic>>) -> impl IntoView {
    let what = entry.what.get_untracked();
    let name = topics.with_value(|topics| name(&what, topics));
    let kind = match what.kind {
        SubscriptionKind::Area => t(key::subscriptions::KIND_AREA),
        SubscriptionKind::Topic => t(key::subscriptions::KIND_TOPIC),
        SubscriptionKind::Street | SubscriptionKind::Unknown => t(key::subscriptions::KIND_STREET),
    };
    let (told, of_what) = (fill(key::subscriptions::STOPPED, &[("name", &name)]), name.clone());
    let words = move || t(if entry.is_gone.get() { key::subscriptions::UNDO } else { key::subscriptions::STOP });
    view! {
        <article class="card filo-subscription">
            <div hidden=move || entry.is_gone.get()>
                <p class="filo-note">{kind}</p>
                <h3 class="filo-subscription-name">{name}</h3>
            </div>
            <p role="status">{move || entry.is_gone.get().then(|| told.clone())}</p>
            <ActionButton look="link" on_press=move |()| entry.turn()>
                {words}<span class="visually-hidden">": "{of_what}</span>
            </ActionButton>
            <p class="filo-field-error" role="alert">{move || entry.failed.get().map(|error| t(error_key(&error)))}</p>
        </article>
    }
}
