//! "Ho la ricevuta": somebody who has paid elsewhere, or whose payment does not show, says what is on their receipt.
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form};
use crate::markup::view;
use crate::ui::{SubmitButton, TextField, error_key};
use crate::words::{fill, key, moment, t};
use contract::paths;
use contract::payments::{FeeDetails, NewProof, PROOF_CHARS_MAX};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The form, folded until somebody needs it.
#[component]
pub fn Proof(details: FeeDetails) -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<NewProof>::kept(format!("proof-{}", details.fee.id));
    let (told, failed) = (RwSignal::new(""), RwSignal::new(None::<ApiError>));
    let path = paths::fee_proofs(&details.fee.id);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        failed.set(None);
        if form.peek(|_| form.is_sending()) || !form.accept(form.peek(NewProof::problems)) {
            return;
        }
        form.set_sending(true);
        let (proof, key, path) = (form.peek(NewProof::clone), form.key(), path.clone());
        spawn_local(async move {
            match api.create::<FeeDetails>(&path, &proof, &key).await {
                Ok(_) => {
                    form.clear();
                    // The page may have been left meanwhile.
                    told.try_set(t(key::payments::PROOF_DONE));
                }
                Err(ApiError::Invalid(problems)) => {
                    form.set_sending(false);
                    form.accept(problems);
                }
                Err(error) => {
                    form.set_sending(false);
                    failed.try_set(Some(error));
                }
            }
        });
    };
    let before = details.proofs.iter().map(|at| fill(key::payments::PROOF_BEFORE, &[("date", &moment(at))]));
    let before: Vec<_> = before.map(|words| view! { <p class="filo-note">{words}</p> }).collect();
    let name = |_: &str| t(key::payments::PROOF_LABEL).to_owned();
    view! {
        <details class="filo-proof d-print-none">
            <summary>{t(key::payments::PROOF_TITLE)}</summary>
            <p>{t(key::payments::PROOF_TEXT)}</p>
            {before}
            <form novalidate=true on:submit=send>
                <ErrorSummary form label=name/>
                <TextField form name="text" label=t(key::payments::PROOF_LABEL) help=t(key::payments::PROOF_HELP) required=true lines=3
                    chars_max=PROOF_CHARS_MAX text=|proof: &mut NewProof| &mut proof.text/>
                <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(key::payments::PROOF_SEND)}</SubmitButton>
            </form>
            <p class="filo-note" role="status">{move || told.get()}</p>
            <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </details>
    }
}
