//! "Ritira la pratica": for who does not need it any more. Asked twice, because it cannot be undone.
use super::done::Done;
use crate::api::{parse, write};
use crate::command::{Command, Sending, WaitingNote};
use crate::files::{Files, HoldsFiles};
use crate::form::ErrorSummary;
use crate::markup::view;
use crate::outbox::outbox;
use crate::ui::{ActionButton, Dialog, TextField};
use crate::words::{fill, key, t};
use contract::cases::CaseSummary;
use contract::paths;
use contract::replies::{MESSAGE_CHARS_MAX, NewWithdrawal};
use leptos::prelude::*;

/// A withdrawal being written. It takes no files.
#[derive(Clone, Debug, Default, PartialEq)]
struct Withdrawal {
    reason: String,
    files: Files,
}

impl Withdrawal {
    fn withdrawal(&self) -> NewWithdrawal {
        NewWithdrawal { reason: self.reason.clone() }
    }
}

impl HoldsFiles for Withdrawal {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl Command for Withdrawal {
    fn body(&self) -> Option<String> {
        write(&self.withdrawal())
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse::<NewWithdrawal>(body).map(|withdrawal| Self { reason: withdrawal.reason, files })
    }
}

/// The way out of a case.
#[component]
pub fn Withdraw(case: CaseSummary, done: Done) -> impl IntoView {
    let title = fill(key::outbox::REPLY_TITLE, &[("title", &case.title)]);
    let sending = Sending::<Withdrawal>::new("withdrawal", &case.id, paths::case_withdrawal(&case.id), title);
    let form = sending.form;
    sending.keep();
    let asking = RwSignal::new(false);
    let busy = Signal::derive(move || form.is_sending() || outbox().on_device().is_none());
    let send = move || {
        asking.set(false);
        if form.accept(form.peek(|withdrawal| withdrawal.withdrawal().problems())) {
            sending.send(done.says(key::cases::DONE_WITHDRAWAL));
        }
    };
    let name = |_: &str| t(key::cases::WITHDRAW_WHY).to_owned();
    view! {
        <WaitingNote sending/>
        <details class="card filo-reply d-print-none" hidden=move || sending.is_waiting()>
            <summary>{t(key::cases::WITHDRAW)}</summary>
            <p>{t(key::cases::WITHDRAW_TEXT)}</p>
            <ErrorSummary form label=name/>
            <TextField form name="reason" label=t(key::cases::WITHDRAW_WHY) lines=2 chars_max=MESSAGE_CHARS_MAX text=|withdrawal| &mut withdrawal.reason/>
            <ActionButton look="outline-danger" busy on_press=move |()| asking.set(true)>{t(key::cases::WITHDRAW)}</ActionButton>
        </details>
        <Dialog id="withdraw-title" open=asking title=Signal::stored(t(key::cases::WITHDRAW_SURE).to_owned()) on_cancel=Callback::new(move |()| asking.set(false))>
            <p>{t(key::cases::WITHDRAW_END)}</p>
            <div class="filo-actions">
                <ActionButton look="outline-danger" on_press=move |()| send()>{t(key::cases::WITHDRAW_YES)}</ActionButton>
                <ActionButton on_press=move |()| asking.set(false)>{t(key::common::CANCEL)}</ActionButton>
            </div>
        </Dialog>
    }
}
