//! The page "Ho un codice del Comune": what the desk did under a paper becomes one's own.
use crate::api::{Api, ApiError};
use crate::form::{field_id, focus};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Callout, FieldFrame, LinkButton, Page, SubmitButton, error_key};
use crate::words::{Key, count, fill, key, t};
use contract::help_desk::{PaperCode, PaperTaken};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

/// The field of the code.
const FIELD: &str = "paper";

/// The page.
#[component]
pub fn PaperPage() -> impl IntoView {
    let api = expect_context::<Api>();
    // A code that was scanned stands in the part of the address that no server sees.
    let typed = RwSignal::new(untrack(|| use_location().hash.get()).trim_start_matches('#').to_owned());
    Route::HelpPaper.forget_hash();
    let taken = RwSignal::new(None::<PaperTaken>);
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let take = move || {
        let code = typed.get_untracked();
        if code.trim().is_empty() {
            return focus(&field_id(FIELD));
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let answer = api.post::<PaperTaken>(paths::MY_PAPERS, &PaperCode { code }).await;
            busy.try_set(false);
            match answer {
                Ok(now) => drop(taken.try_set(Some(now))),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let problem = move || failed.get().map(|error| t(why(&error)).to_owned());
    let form = move || {
        view! {
            <form novalidate=true class="card filo-form-card" on:submit=move |event: leptos::ev::SubmitEvent| {
                event.prevent_default();
                take();
            }>
                <FieldFrame name=FIELD label=t(key::help_desk::PAPER_CODE) help=t(key::help_desk::PAPER_CODE_HELP) required=true alone=true problem=Signal::derive(problem)>
                    <input class="form-control filo-code" type="text" id=field_id(FIELD) autocomplete="off" autocapitalize="characters" spellcheck="false"
                        aria-required="true" aria-describedby="field-paper-help field-paper-error" aria-invalid=move || failed.get().is_some().then_some("true")
                        prop:value=move || typed.get() on:input:target=move |event| typed.set(event.target().value())/>
                </FieldFrame>
                <SubmitButton busy>{t(key::help_desk::PAPER_TAKE)}</SubmitButton>
            </form>
        }
        .into_any()
    };
    let drawn = move || {
        match taken.get() {
        Some(taken) => view! {
            <Callout kind="success" title=t(key::help_desk::PAPER_TAKEN) alert=true>
                <p>{fill(key::help_desk::PAPER_TAKEN_TEXT, &[("name", &taken.name)])}" "{count(key::help_desk::PAPER_CASES, i64::from(taken.cases))}</p>
            </Callout>
            <LinkButton to=Route::Cases icon="it-files">{t(key::common::MY_CASES)}</LinkButton>
        }
        .into_any(),
        None => form(),
    }
    };
    view! { <Page title=t(key::help_desk::PAPER_PAGE) lead=t(key::help_desk::PAPER_LEAD)>{drawn}</Page> }
}

fn why(error: &ApiError) -> Key {
    match error {
        ApiError::NotFound => key::help_desk::PAPER_UNKNOWN,
        ApiError::Conflict => key::help_desk::PAPER_GONE,
        other => error_key(other),
    }
}
