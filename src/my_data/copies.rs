//! The page "I tuoi dati": a copy to take away, and the way to consents, sessions and deletion.
use crate::api::{Api, ApiError, unasked};
use crate::form::{Form, focus};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::{MyData, Route};
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Icon, Link, Page, Section, error_key};
use crate::words::{fill, key, language, moment, size, t};
use contract::my_data::{COPY_DAYS, CopyState, DataCopy, NewCopy};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// While a copy is being made it is looked for so often.
const LOOK: Duration = Duration::from_secs(4);

/// The page.
#[component]
pub fn CopiesPage() -> impl IntoView {
    let round = RwSignal::new(0_u32);
    let copies = load(move |api| {
        round.get();
        async move { api.get::<Vec<DataCopy>>(paths::MY_COPIES).await }
    });
    view! {
        <Page title=t(key::my_data::TITLE) lead=t(key::my_data::LEAD)>
            <Section id="copy-title" title=t(key::my_data::COPY_TITLE)>
                <p>{t(key::my_data::COPY_TEXT)}</p>
                <p class="filo-note">{fill(key::my_data::COPY_NOTE, &[("days", &COPY_DAYS.to_string())])}</p>
                <Load from=copies let:copies><Copies copies round/></Load>
            </Section>
            <Section id="more-title" title=t(key::my_data::MORE_TITLE)>
                <ul class="filo-list filo-data-links">
                    <li><Link to=Route::MyData(MyData::Choices)>{t(key::my_data::CHOICES_TITLE)}</Link><p>{t(key::my_data::CHOICES_LINK)}</p></li>
                    <li><Link to=Route::HelpLog>{t(key::common::HELP_LOG)}</Link><p>{t(key::my_data::LOG_LINK)}</p></li>
                    <li><Link to=Route::Sessions>{t(key::sessions::TITLE)}</Link><p>{t(key::my_data::SESSIONS_LINK)}</p></li>
                    <li><Link to=Route::Privacy>{t(key::common::PRIVACY)}</Link><p>{t(key::my_data::NOTICE_LINK)}</p></li>
                    <li><Link to=Route::MyData(MyData::Deletion)>{t(key::my_data::DELETE_TITLE)}</Link><p>{t(key::my_data::DELETE_LINK)}</p></li>
                </ul>
            </Section>
        </Page>
    }
}

/// The button, and the copies there are.
#[component]
fn Copies(copies: Vec<DataCopy>, round: RwSignal<u32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    // The key is born with the form: pressing twice asks once.
    let form = Form::<()>::kept("my_data.copy");
    let is_preparing = copies.iter().any(|copy| copy.state == CopyState::Preparing);
    let ask = move |()| {
        busy.set(true);
        failed.set(None);
        let key = form.key();
        spawn_local(async move {
            let answer = api.create::<DataCopy>(paths::MY_COPIES, &NewCopy { language: language().to_owned() }, &key).await;
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    form.renew_key();
                    round.try_update(|round| *round += 1);
                    // The button goes while a copy is being made.
                    focus("copy-title");
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    if is_preparing {
        look_again(round);
    }
    let words = move || failed.get().map(|error| t(if error == ApiError::TooMany { key::my_data::TOO_MANY } else { error_key(&error) }));
    view! {
        <div role="status" class="filo-copies">
            {copies.into_iter().map(|copy| view! { <CopyCard copy/> }).collect_view()}
        </div>
        {(!is_preparing).then(|| view! {
            <ActionButton icon="it-download" busy on_press=ask>{t(key::my_data::PREPARE)}</ActionButton>
        })}
        <p class="filo-field-error" role="alert">{words}</p>
    }
}

/// A copy is being made: after a while it is looked for again, as long as the page is open and seen.
fn look_again(round: RwSignal<u32>) {
    let clock = set_interval_with_handle(
        move || {
            if !document().hidden() {
                unasked();
                round.try_update(|round| *round += 1);
            }
        },
        LOOK,
    );
    if let Ok(clock) = clock {
        on_cleanup(move || clock.clear());
    }
}

/// One copy, in plain words.
#[component]
fn CopyCard(copy: DataCopy) -> impl IntoView {
    let api = expect_context::<Api>();
    let asked = moment(&copy.asked_at);
    let until = copy.until.as_ref().map(moment).unwrap_or_default();
    match copy.state {
        CopyState::Preparing => view! {
            <Callout kind="note" title=t(key::my_data::PREPARING)><p>{t(key::my_data::PREPARING_TEXT)}</p></Callout>
        }
        .into_any(),
        CopyState::Ready => {
            let is_shared = expect_context::<Session>().is_shared();
            let address = api.address(&paths::my_copy_file(&copy.id));
            view! {
                <Callout kind="success" title=fill(key::my_data::READY, &[("until", &until)])>
                    <p>{fill(key::my_data::READY_TEXT, &[("asked", &asked)])}</p>
                    {is_shared.then(|| view! { <p><strong>{t(key::my_data::READY_SHARED)}</strong></p> })}
                    <p><a class="btn btn-primary" href=address download="">
                        <Icon name="it-download"/><span>{t(key::my_data::DOWNLOAD)}" ("{size(copy.bytes)}")"</span>
                    </a></p>
                </Callout>
            }
            .into_any()
        }
        CopyState::Failed => view! {
            <Callout kind="warning" title=t(key::my_data::FAILED)><p>{fill(key::my_data::FAILED_TEXT, &[("asked", &asked)])}</p></Callout>
        }
        .into_any(),
        CopyState::Over | CopyState::Unknown => {
            view! { <p class="filo-note">{fill(key::my_data::OVER, &[("asked", &asked), ("until", &until)])}</p> }.into_any()
        }
    }
}
