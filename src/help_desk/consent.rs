//! The citizen's own phone: what the volunteer at the desk asks, in the citizen's language; yes or no.
use super::second::SecondScreen;
use super::words;
use crate::api::{Api, ApiError};
use crate::form::{field_id, focus};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Callout, FieldFrame, LinkButton, Page, ReadAloud, Section, SubmitButton, error_key};
use crate::words::{fill, key, language, t};
use contract::help_desk::{AskedConsent, ConsentAnswer, ConsentCode, ConsentState};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// The field of the code.
const FIELD: &str = "consent";

/// The page.
#[component]
pub fn ConsentPage() -> impl IntoView {
    let api = expect_context::<Api>();
    let typed = RwSignal::new(String::new());
    let asked = RwSignal::new(None::<AskedConsent>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let look = move || {
        let code = typed.get_untracked();
        if code.trim().is_empty() {
            return focus(&field_id(FIELD));
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = api.post::<AskedConsent>(paths::MY_CONSENT, &ConsentCode { code }).await;
            busy.try_set(false);
            match answer {
                Ok(found) => drop(asked.try_set(Some(found))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let answer = Callback::new(move |yes: bool| {
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let code = typed.get_untracked();
            let answer = api.post::<AskedConsent>(paths::MY_CONSENT_ANSWER, &ConsentAnswer { code, yes }).await;
            busy.try_set(false);
            match answer {
                Ok(found) => drop(asked.try_set(Some(found))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    });
    let hash = use_location().hash;
    Effect::new(move |_| {
        let code = hash.get().trim_start_matches('#').to_owned();
        if !code.is_empty() && untrack(|| asked.with(Option::is_none)) {
            typed.set(code);
            Route::HelpConsent.forget_hash();
            look();
        }
    });
    let problem = move || match failed.get()? {
        ApiError::NotFound => Some(t(key::help_desk::CONSENT_UNKNOWN).to_owned()),
        error => Some(t(error_key(&error)).to_owned()),
    };
    let drawn = move || {
        match asked.get() {
        Some(asked) => view! { <Question asked busy answer/> }.into_any(),
        None => view! {
            <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                look();
            }>
                <FieldFrame name=FIELD label=t(key::help_desk::CONSENT_CODE) help=t(key::help_desk::CONSENT_HELP) required=true problem=Signal::derive(problem)>
                    <input class="form-control filo-code" type="text" id=field_id(FIELD) autocomplete="off" autocapitalize="characters" spellcheck="false"
                        aria-required="true" aria-describedby="field-consent-help field-consent-error"
                        prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
                </FieldFrame>
                <SubmitButton busy>{t(key::common::NEXT)}</SubmitButton>
            </form>
        }
        .into_any(),
    }
    };
    view! {
        <Page title=t(key::help_desk::CONSENT_TITLE) lead=t(key::help_desk::CONSENT_LEAD)>
            {drawn}
            <p class="filo-field-error" role="alert">{move || asked.with(Option::is_some).then(problem).flatten()}</p>
        </Page>
    }
}

/// What is asked, and what was answered.
#[component]
fn Question(asked: AskedConsent, busy: RwSignal<bool>, answer: Callback<bool>) -> impl IntoView {
    let told = match asked.state {
        ConsentState::Given | ConsentState::Used => Some(("success", key::help_desk::CONSENT_GIVEN, key::help_desk::CONSENT_GIVEN_TEXT)),
        ConsentState::Refused => Some(("note", key::help_desk::CONSENT_REFUSED, key::help_desk::CONSENT_REFUSED_TEXT)),
        ConsentState::Lapsed => Some(("note", key::help_desk::CONSENT_LAPSED, key::help_desk::CONSENT_LAPSED_TEXT)),
        ConsentState::Asked | ConsentState::Unknown => None,
    };
    let is_given = matches!(asked.state, ConsentState::Given | ConsentState::Used);
    if let Some((kind, title, text)) = told {
        return view! {
            <Callout kind=kind title=t(title) alert=true><p>{t(text)}</p></Callout>
            {is_given.then(|| view! { <SecondScreen/> })}
            <LinkButton to=Route::HelpLog>{t(key::common::HELP_LOG)}</LinkButton>
        }
        .into_any();
    }
    let scopes: Vec<_> = asked.scopes.iter().map(|scope| words::scope(*scope)).collect();
    let minutes = asked.minutes.to_string();
    let who = fill(if asked.is_more { key::help_desk::CONSENT_MORE } else { key::help_desk::CONSENT_WHO }, &[("name", &asked.volunteer)]);
    let until = fill(key::help_desk::CONSENT_MINUTES, &[("minutes", &minutes)]);
    let spoken = format!("{who} {} {until} {}", scopes.join(". "), t(key::help_desk::NEVER));
    view! {
        <Section id="question-title" title=t(key::help_desk::CONSENT_QUESTION) class="card filo-form-card filo-desk-receipt">
            <p>{who}</p>
            <ul>{scopes.into_iter().map(|scope| view! { <li><strong>{scope}</strong></li> }).collect_view()}</ul>
            <p>{until}</p>
            <p>{t(key::help_desk::NEVER)}</p>
            <p>{t(key::help_desk::CONSENT_WARNING)}</p>
            <ReadAloud text=move || spoken.clone() language=language().to_owned()/>
            <div class="filo-actions">
                <ActionButton busy on_press=move |()| answer.run(true)>{t(key::help_desk::CONSENT_YES)}</ActionButton>
                <ActionButton look="outline-danger" busy on_press=move |()| answer.run(false)>{t(key::help_desk::CONSENT_NO)}</ActionButton>
            </div>
        </Section>
    }
    .into_any()
}
