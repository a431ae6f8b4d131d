//! A consent was asked for: what the citizen does now, and what begins when they have said yes.
use super::ended::{begin, code_of};
use super::words;
use crate::api::{Api, ApiError};
use crate::form::{Form, field_id, sentence};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Callout, FieldFrame, QrCode, Section, SubmitButton, error_key};
use crate::words::{fill, key, t};
use contract::help_desk::{Consent, ConsentState, ConsentWay};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The field of the code that was sent.
const FIELD: &str = "code";

/// The consent that was asked for last.
#[component]
pub fn WaitingView(consent: Consent, again: RwSignal<u32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let is_away = RwSignal::new(false);
    let id = consent.id.clone();
    let go = Callback::new(move |code: String| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let id = id.clone();
        spawn_local(async move {
            let begun = begin(api, &id, code).await;
            busy.try_set(false);
            match begun {
                Ok(()) => {
                    Form::<contract::help_desk::NewConsent>::kept("help_more").clear();
                    again.try_update(|again| *again += 1);
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    if consent.state == ConsentState::Given {
        go.run(String::new());
    }
    let what = fill(key::help_desk::ASKED, &[("scopes", &words::scopes(&consent.scopes)), ("minutes", &consent.minutes.to_string())]);
    let body = match (consent.state, consent.way) {
        (ConsentState::Refused, _) => view! { <p><strong>{t(key::help_desk::REFUSED)}</strong></p> }.into_any(),
        (_, ConsentWay::Phone) => view! { <PhoneWay code=code_of(&consent.id)/> }.into_any(),
        (_, ConsentWay::Code) => view! { <CodeWay failed busy go/> }.into_any(),
        (_, ConsentWay::New) => view! { <p>{t(key::help_desk::NEW_WAIT)}</p> }.into_any(),
        _ => view! { <p>{t(key::help_desk::ROOM_WAIT)}</p> }.into_any(),
    };
    let body = StoredValue::new_local(Some(body));
    let why = move || failed.get().filter(|error| !matches!(error, ApiError::Invalid(_)));
    let cancel = move |()| is_away.set(true);
    view! {
        <div hidden=move || is_away.get()>
            <Section id="asked-title" title=t(key::help_desk::ASKED_TITLE) class="card filo-form-card">
                <p>{what}</p>
                {body.try_update_value(Option::take).flatten()}
                {move || why().map(|error| view! {
                    <Callout kind="danger" title=t(key::error::TITLE) alert=true><p>{t(begin_error(&error))}</p></Callout>
                })}
                <ActionButton look="outline-primary" on_press=cancel>{t(key::help_desk::ASK_AGAIN)}</ActionButton>
            </Section>
        </div>
        {move || is_away.get().then(|| view! { <super::ask::AskForm is_more=consent.is_more volunteer=String::new() again/> })}
    }
}

fn begin_error(error: &ApiError) -> crate::words::Key {
    match error {
        ApiError::NotFound => key::help_desk::BEGIN_GONE,
        ApiError::Conflict => key::help_desk::BEGIN_CONFLICT,
        other => error_key(other),
    }
}

/// The citizen's own phone: a QR code, and the code in letters.
#[component]
fn PhoneWay(code: Option<String>) -> impl IntoView {
    let Some(code) = code else { return view! { <p>{t(key::help_desk::PHONE_GONE)}</p> }.into_any() };
    let origin = window().location().origin().unwrap_or_default();
    let address = format!("{origin}{}", Route::HelpConsent);
    let typed = address.split("://").last().unwrap_or_default().to_owned();
    view! {
        <p>{t(key::help_desk::PHONE_TEXT)}</p>
        <div class="filo-desk-phone">
            <QrCode text=format!("{address}#{code}") label=t(key::help_desk::PHONE_QR)/>
            <div>
                <p>{t(key::help_desk::PHONE_TYPE)}<br/><span class="filo-ticket-address">{typed}</span></p>
                <p class="filo-ticket-code" translate="no">{spaced(&code)}</p>
            </div>
        </div>
        <p role="status">{t(key::help_desk::PHONE_WAIT)}</p>
    }
    .into_any()
}

/// A code in two halves, as people read it.
fn spaced(code: &str) -> String {
    match code.split_at_checked(code.len() / 2) {
        Some((first, second)) => format!("{first} {second}"),
        None => code.to_owned(),
    }
}

/// The code that the citizen was sent.
#[component]
fn CodeWay(failed: RwSignal<Option<ApiError>>, busy: RwSignal<bool>, go: Callback<String>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let problem = move || match failed.get() {
        Some(ApiError::Invalid(problems)) => problems.first().map(|problem| crate::form::capitalised(&sentence(problem))),
        _ => None,
    };
    view! {
        <p>{t(key::help_desk::CODE_TEXT)}</p>
        <form novalidate=true on:submit=move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            go.run(typed.get_untracked());
        }>
            <FieldFrame name=FIELD label=t(key::help_desk::CODE) required=true alone=true problem=Signal::derive(problem)>
                <input class="form-control filo-code" type="text" inputmode="numeric" id=field_id(FIELD) autocomplete="off" aria-required="true"
                    aria-describedby="field-code-error" aria-invalid=move || problem().is_some().then_some("true")
                    prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
            </FieldFrame>
            <SubmitButton busy>{t(key::help_desk::BEGIN)}</SubmitButton>
        </form>
    }
}
