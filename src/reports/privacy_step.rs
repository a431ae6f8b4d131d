//! Step 1, "Autorizzazioni e condizioni": the privacy notice, acknowledged (not consented to).
use super::draft::label;
use super::keep::set_aside;
use super::page::{Town, draft, is_nobody};
use crate::form::{ErrorSummary, focus_awaited};
use crate::markup::view;
use crate::outbox::{name, outbox};
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, Callout, Link, LinkButton, TickField};
use crate::words::{key, t};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// The first step.
#[component]
pub fn PrivacyStep(town: Town) -> impl IntoView {
    let form = draft();
    let navigate = use_navigate();
    let notice = town.form.privacy_notice.clone();
    let (version, ticked) = (StoredValue::new(notice.version.clone()), StoredValue::new(notice.version));
    let rules = town.form.clone();
    let next = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.accept(form.peek(|draft| draft.report.privacy_problems(&rules))) {
            navigate(&Route::NewReport { step: ReportStep::Data }.to_string(), Default::default());
        }
    };
    let labels = town.form;
    focus_awaited();
    view! {
        <form novalidate=true on:submit=next>
            <DraftNote/>
            <ErrorSummary form label=move |field: &str| form.peek(|draft| label(field, &labels, draft))/>
            <p>{notice.summary}</p>
            <p>{t(key::reports::PRIVACY_MORE)}<Link to=Route::Privacy>{t(key::reports::PRIVACY_LINK)}</Link></p>
            <TickField form name="privacy_version" label=t(key::reports::PRIVACY_TICK)
                read=move |draft| version.with_value(|version| draft.report.privacy_version == *version)
                write=move |draft, on| draft.report.privacy_version = if on { ticked.get_value() } else { String::new() }/>
            <div class="filo-step-buttons">
                {if is_nobody() {
                    let back = move |()| form.note(|draft| draft.without_login = false);
                    view! { <ActionButton look="link" on_press=back>{t(key::common::BACK)}</ActionButton> }
                } else {
                    view! { <Link to=Route::Home class="btn btn-link">{t(key::common::CANCEL)}</Link> }
                }}
                <button type="submit" class="btn btn-primary">{t(key::common::NEXT)}</button>
            </div>
        </form>
    }
}

/// "Hai già una bozza di questo modulo" (feature X19): to go on with it, or to begin another.
#[component]
fn DraftNote() -> impl IntoView {
    let form = draft();
    let drawn = move || {
        // Who does not sign in has no other draft than this one.
        let last = outbox().last_draft().filter(|_| !outbox().is_nobodys())?;
        let (title, id) = (name(&last), last.text("id"));
        let is_open = form.is_touched();
        Some(view! {
            <Callout kind="note" title=t(key::reports::DRAFT_TITLE)>
                <p>{title}</p>
                <div class="filo-actions">
                    {if is_open {
                        view! { <ActionButton look="outline-primary" on_press=move |()| spawn_local(set_aside())>{t(key::reports::DRAFT_OTHER)}</ActionButton> }.into_any()
                    } else {
                        view! { <LinkButton to=Route::Draft { id } class="btn btn-outline-primary">{t(key::outbox::GO_ON)}</LinkButton> }.into_any()
                    }}
                    <Link to=Route::Outbox>{t(key::outbox::TITLE)}</Link>
                </div>
            </Callout>
        })
    };
    view! { {drawn} }
}
