//! The page "Chi aiuti adesso?": what stands here depends on how things stand at this desk.
use super::ask::AskForm;
use super::checked::{ReceiptView, wipe};
use super::confirm::Confirmations;
use super::ended::receipt;
use super::helping::HelpingView;
use super::waiting::WaitingView;
use super::words;
use crate::api::{Api, ApiError, unasked};
use crate::load::{Load, load};
use crate::markup::view;
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Page, error_key};
use crate::words::{Key, fill, key, language, t};
use contract::help_desk::{Desk, HelpEnd, ToConfirm};
use contract::paths;
use contract::session::LoginStart;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use std::time::Duration;

/// The desk looks so often whether something has changed.
const LOOK: Duration = Duration::from_secs(3);

/// The page.
#[component]
pub fn HelpDeskPage() -> impl IntoView {
    let again = RwSignal::new(0_u32);
    let desk = load(move |api| {
        again.get();
        async move { api.get::<Desk>(paths::HELP_DESK).await }
    });
    let drawn = move || match receipt().get() {
        Some(receipt) => view! { <ReceiptView receipt/> }.into_any(),
        None => view! { <Load from=desk whole_page=true let:desk><Standing desk again/></Load> }.into_any(),
    };
    view! { {drawn} }
}

/// What stands here now.
#[component]
fn Standing(desk: Desk, again: RwSignal<u32>) -> impl IntoView {
    let session = expect_context::<Session>();
    let to_confirm = RwSignal::new(desk.to_confirm.clone());
    watch(&desk, again, to_confirm);
    let is_here = untrack(|| session.help()).is_some();
    match (desk.volunteer.is_empty(), &desk.help, desk.unchecked) {
        (true, ..) => view! { <LogInView/> }.into_any(),
        (_, Some(help), _) if is_here => view! { <HelpingView help=help.clone() consent=desk.consent.clone() again/> }.into_any(),
        (_, Some(_), _) => view! { <LeftView end=HelpEnd::Reopened/> }.into_any(),
        (_, None, Some(end)) => view! { <LeftView end/> }.into_any(),
        (_, None, None) => {
            let name = desk.volunteer.clone();
            let body = match desk.consent.clone() {
                Some(consent) => view! { <WaitingView consent again/> }.into_any(),
                None => view! { <AskForm is_more=false volunteer=name.clone() again/> }.into_any(),
            };
            view! {
                <Page title=t(key::help_desk::TITLE) lead=fill(key::help_desk::LEAD, &[("name", &name)])>
                    <Confirmations waiting=to_confirm/>
                    {body}
                    <LogOutButton again/>
                </Page>
            }
            .into_any()
        }
    }
}

/// Looks again and again; draws anew only when something other than the confirmations has changed.
fn watch(desk: &Desk, again: RwSignal<u32>, to_confirm: RwSignal<Vec<ToConfirm>>) {
    if desk.volunteer.is_empty() {
        return;
    }
    let api = expect_context::<Api>();
    let shown = StoredValue::new(essence(desk));
    let look = move || {
        if document().hidden() {
            return;
        }
        unasked();
        spawn_local(async move {
            let Ok(desk) = api.get::<Desk>(paths::HELP_DESK).await else { return };
            if shown.try_with_value(|shown| *shown != essence(&desk)) == Some(true) {
                again.try_update(|again| *again += 1);
            } else if to_confirm.try_with_untracked(|known| *known != desk.to_confirm) == Some(true) {
                to_confirm.try_set(desk.to_confirm);
            }
        });
    };
    if let Ok(clock) = set_interval_with_handle(look, LOOK) {
        on_cleanup(move || clock.clear());
    }
}

/// What the page is drawn from.
fn essence(desk: &Desk) -> (String, Option<String>, Option<(String, u8)>, bool) {
    let consent = desk.consent.as_ref().map(|consent| (consent.id.0.clone(), consent.state as u8));
    (desk.volunteer.clone(), desk.help.as_ref().map(|help| help.session.clone()), consent, desk.unchecked.is_some())
}

/// Where a volunteer logs in.
#[component]
fn LogInView() -> impl IntoView {
    let api = expect_context::<Api>();
    let problem = use_location().query.read_untracked().get("problem");
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let enter = move |()| {
        busy.set(true);
        spawn_local(async move {
            let start = api.post::<LoginStart>(&format!("{}?language={}", paths::HELP_DESK_LOGIN, language()), &()).await;
            let gone = start.and_then(|start| window().location().assign(&start.location).map_err(|_| ApiError::Broken));
            failed.try_set(gone.err());
            busy.try_set(false);
        });
    };
    view! {
        <Page title=t(key::help_desk::LOGIN_TITLE) lead=t(key::help_desk::LOGIN_LEAD)>
            {problem.map(|code| view! {
                <Callout kind="danger" title=t(key::login::PROBLEM_TITLE) alert=true><p>{t(problem_key(&code))}</p></Callout>
            })}
            {move || failed.get().map(|error| view! {
                <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(error_key(&error))}</p></Callout>
            })}
            <ActionButton icon="it-user" busy on_press=enter>{t(key::help_desk::LOGIN_BUTTON)}</ActionButton>
        </Page>
    }
}

fn problem_key(code: &str) -> Key {
    match code {
        "role" => key::help_desk::PROBLEM_ROLE,
        "removed" => key::help_desk::PROBLEM_REMOVED,
        "level" => key::login::PROBLEM_LEVEL,
        "unavailable" => key::login::PROBLEM_UNAVAILABLE,
        _ => key::login::PROBLEM_FAILED,
    }
}

/// The help before this has ended, and nobody has looked whether anything is left of it.
#[component]
fn LeftView(end: HelpEnd) -> impl IntoView {
    view! {
        <Page title=t(key::help_desk::LEFT_TITLE) lead=t(words::end(end))>
            <p>{t(key::help_desk::LEFT_TEXT)}</p>
            <ActionButton icon="it-refresh" on_press=|()| wipe()>{t(key::help_desk::WIPE)}</ActionButton>
        </Page>
    }
}

/// The volunteer leaves.
#[component]
fn LogOutButton(again: RwSignal<u32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let leave = move |()| {
        spawn_local(async move {
            if api.post::<()>(paths::HELP_DESK_LOGOUT, &()).await.is_ok() {
                again.try_update(|again| *again += 1);
            }
        });
    };
    view! { <p class="d-print-none"><ActionButton look="link" icon="it-external-link" on_press=leave>{t(key::help_desk::LOGOUT)}</ActionButton></p> }
}
