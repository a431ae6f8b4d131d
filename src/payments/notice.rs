//! A notice on paper: its two numbers typed, or read from its QR code; then it is a fee like the others.
use super::scan::Scan;
use crate::api::{Api, ApiError};
use crate::form::{ErrorSummary, Form};
use crate::markup::view;
use crate::route::{Payments, Route};
use crate::ui::{Page, SubmitButton, TextField, error_key};
use crate::words::{key, t};
use contract::paths;
use contract::payments::notice::{self, NUMBER_DIGITS, NoticeNumber, QrNotice};
use contract::payments::{FeeDetails, NoticeQuery};
use contract::problem::FieldRule;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// The page.
#[component]
pub fn PaperPage() -> impl IntoView {
    let api = expect_context::<Api>();
    let form = Form::<NoticeQuery>::kept("paper-notice");
    let failed = RwSignal::new(None::<ApiError>);
    let not_found = RwSignal::new(false);
    let navigate = StoredValue::new_local(use_navigate());
    let find = move || {
        failed.set(None);
        not_found.set(false);
        if form.peek(|_| form.is_sending()) || !form.accept(form.peek(NoticeQuery::problems)) {
            return;
        }
        form.set_sending(true);
        let query = form.peek(NoticeQuery::clone);
        spawn_local(async move {
            let answer = api.post::<FeeDetails>(paths::PAPER_NOTICES, &query).await;
            form.set_sending(false);
            match answer {
                Ok(details) => {
                    form.clear();
                    // The page may have been left meanwhile.
                    navigate.try_with_value(|go| go(&Route::Payments(Payments::Fee(details.fee.id)).to_string(), Default::default()));
                }
                Err(ApiError::Invalid(problems)) if problems.iter().any(|problem| problem.code == FieldRule::NotFound) => {
                    not_found.try_set(true);
                }
                Err(ApiError::Invalid(problems)) => drop(form.accept(problems)),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let read = move |read: QrNotice| {
        form.edit("number", |query| query.number = read.number.grouped());
        form.edit("creditor", |query| query.creditor = read.creditor);
        find();
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        find();
    };
    let name = |field: &str| t(if field == "creditor" { key::payments::PAPER_CREDITOR } else { key::payments::PAPER_NUMBER }).to_owned();
    // Only a whisper: real notices with other check digits exist.
    let unsure = move || {
        let number = form.with(|query| NoticeNumber::read(&query.number)).is_some_and(|number| !number.check_fits());
        let creditor = form.with(|query| notice::creditor(&query.creditor)).is_some_and(|code| !notice::creditor_fits(&code));
        (number || creditor).then(|| t(key::payments::PAPER_UNSURE))
    };
    view! {
        <Page title=t(key::payments::PAPER_TITLE) lead=t(key::payments::PAPER_LEAD)>
            <form novalidate=true on:submit=send>
                <ErrorSummary form label=name/>
                <TextField form name="number" label=t(key::payments::PAPER_NUMBER) help=t(key::payments::PAPER_NUMBER_HELP) required=true kind="numeric"
                    chars_max=NUMBER_DIGITS * 2 text=|query: &mut NoticeQuery| &mut query.number/>
                <TextField form name="creditor" label=t(key::payments::PAPER_CREDITOR) help=t(key::payments::PAPER_CREDITOR_HELP) required=true kind="numeric"
                    chars_max=NUMBER_DIGITS text=|query: &mut NoticeQuery| &mut query.creditor/>
                <p class="filo-note" role="status">{unsure}</p>
                <SubmitButton busy=Signal::derive(move || form.is_sending())>{t(key::payments::PAPER_FIND)}</SubmitButton>
                <p class="filo-field-error" role="alert">
                    {move || not_found.get().then(|| t(key::payments::NOT_FOUND)).or_else(|| failed.get().map(|error| t(error_key(&error))))}
                </p>
            </form>
            <Scan on_read=read/>
        </Page>
    }
}
