//! The page "Dove sei collegato".
use crate::api::{Api, ApiError};
use crate::load::{Load, load};
use crate::markup::view;
use crate::ui::{ActionButton, Page, error_key};
use crate::words::{Key, fill, key, moment, t};
use contract::paths;
use contract::session::Device;
use contract::sessions::{Machine, OpenSession};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
#[component]
pub fn SessionsPage() -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let told = RwSignal::new(None::<Key>);
    let sessions = load(move |api| {
        round.get();
        async move { api.get::<Vec<OpenSession>>(paths::MY_SESSIONS).await }
    });
    view! {
        <Page title=t(key::sessions::TITLE) lead=t(key::sessions::LEAD)>
            <p role="status">{move || told.get().map(t)}</p>
            <Load from=sessions let:sessions>
                <Sessions sessions round told/>
            </Load>
        </Page>
    }
}

/// All of them, and one press that ends the others.
#[component]
fn Sessions(sessions: Vec<OpenSession>, round: RwSignal<u32>, told: RwSignal<Option<Key>>) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None::<ApiError>);
    let end = Callback::new(move |(path, words): (String, Key)| {
        failed.set(None);
        spawn_local(async move {
            match api.delete::<()>(&path).await {
                // One that has ended by itself meanwhile has ended.
                Ok(()) | Err(ApiError::NotFound) => {
                    told.try_set(Some(words));
                    round.try_update(|round| *round += 1);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let others = sessions.iter().filter(|one| !one.is_this).count();
    view! {
        <ul class="filo-list filo-sessions">{sessions.into_iter().map(|session| view! { <li><SessionCard session end/></li> }).collect_view()}</ul>
        {(others > 0).then(|| view! {
            <ActionButton look="outline-danger" on_press=move |()| end.run((paths::MY_SESSIONS.to_owned(), key::sessions::ENDED_ALL))>{t(key::sessions::END_ALL)}</ActionButton>
        })}
        <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        <p class="filo-note">{t(key::sessions::NOTE)}</p>
    }
}

/// One of them.
#[component]
fn SessionCard(session: OpenSession, end: Callback<(String, Key)>) -> impl IntoView {
    let name = name(&session);
    let named = name.clone();
    let path = paths::my_session(&session.id);
    let device = t(if session.device == Device::Mine { key::sessions::MINE } else { key::sessions::SHARED });
    let help = session.help.as_ref().map(|number| fill(key::sessions::HELP, &[("session", number)]));
    let (began, seen) = (moment(&session.began_at), moment(&session.seen_at));
    view! {
        <article class="card filo-form-card">
            <h2 class="h5">{name}</h2>
            {session.is_this.then(|| view! { <p><strong>{t(key::sessions::THIS)}</strong></p> })}
            {help.map(|help| view! { <p>{help}</p> })}
            <p>{device}</p>
            <p class="filo-note">{fill(key::sessions::BEGAN, &[("when", &began)])}<br/>{fill(key::sessions::SEEN, &[("when", &seen)])}</p>
            {(!session.is_this).then(|| view! {
                <ActionButton look="outline-danger" on_press=move |()| end.run((path.clone(), key::sessions::ENDED))>
                    {t(key::sessions::END)}<span class="visually-hidden">": "{named}</span>
                </ActionButton>
            })}
        </article>
    }
}

/// The device, as people call it.
fn name(session: &OpenSession) -> String {
    let machine = t(match session.machine {
        Machine::Phone => key::sessions::PHONE,
        Machine::Tablet => key::sessions::TABLET,
        Machine::Computer => key::sessions::COMPUTER,
        Machine::Unknown => key::sessions::UNKNOWN,
    });
    match session.browser.as_str() {
        "" => machine.to_owned(),
        browser => fill(key::sessions::WITH_BROWSER, &[("machine", machine), ("browser", browser)]),
    }
}
