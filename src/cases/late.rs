//! The town is late: what that means, whom to call, and "Sollecita" with a ready text (feature X5).
use super::done::Done;
use crate::api::{parse, write};
use crate::command::{Command, Sending, WaitingNote};
use crate::files::{Files, HoldsFiles};
use crate::form::ErrorSummary;
use crate::markup::view;
use crate::outbox::outbox;
use crate::ui::{CallLink, Callout, SubmitButton, TextField};
use crate::words::{count, day, fill, key, t};
use contract::cases::Case;
use contract::paths;
use contract::replies::{MESSAGE_CHARS_MAX, NewReminder};
use leptos::prelude::*;

/// A reminder being written. It takes no files.
#[derive(Clone, Debug, Default, PartialEq)]
struct Reminder {
    words: String,
    files: Files,
}

impl Reminder {
    fn reminder(&self) -> NewReminder {
        NewReminder { words: self.words.clone() }
    }
}

impl HoldsFiles for Reminder {
    fn files(&self) -> &Files {
        &self.files
    }

    fn files_mut(&mut self) -> &mut Files {
        &mut self.files
    }
}

impl Command for Reminder {
    fn body(&self) -> Option<String> {
        write(&self.reminder())
    }

    fn of_body(body: &str, files: Files) -> Option<Self> {
        parse::<NewReminder>(body).map(|reminder| Self { words: reminder.words, files })
    }
}

/// The town is late since `due`, a day in words.
#[component]
pub fn Overdue(case: Case, due: String, done: Done) -> impl IntoView {
    let office = case.office.clone();
    let before = case.reminders.clone();
    let reminded = (before.count > 0).then(|| count(key::cases::REMINDED, i64::from(before.count)));
    let again = before.next_on.filter(|_| !case.may.remind).map(|next| fill(key::cases::REMIND_AGAIN, &[("date", &day(&next))]));
    view! {
        <Callout kind="warning" title=t(key::cases::OVERDUE_TITLE)>
            <p>{fill(key::cases::OVERDUE_TEXT, &[("date", &due)])}</p>
            <p><CallLink number=office.phone shown=office.name/></p>
            {reminded.map(|words| view! { <p>{words}" "{again}</p> })}
            {case.may.remind.then(|| view! { <Remind case due done/> })}
        </Callout>
    }
}

/// The ready text, and the button that sends it.
#[component]
fn Remind(case: Case, due: String, done: Done) -> impl IntoView {
    let summary = case.summary;
    let title = fill(key::outbox::REPLY_TITLE, &[("title", &summary.title)]);
    let sending = Sending::<Reminder>::new("reminder", &summary.id, paths::case_reminder(&summary.id), title);
    let form = sending.form;
    if form.peek(|reminder| reminder.words.is_empty()) {
        let ready = fill(key::cases::REMIND_READY, &[("number", &summary.number.0), ("date", &due)]);
        form.note(|reminder| reminder.words = ready);
    }
    sending.keep();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if form.accept(form.peek(|reminder| reminder.reminder().problems())) {
            sending.send(done.says(key::cases::DONE_REMINDER));
        }
    };
    let busy = Signal::derive(move || form.is_sending() || outbox().on_device().is_none());
    let name = |_: &str| t(key::cases::REMIND_LABEL).to_owned();
    view! {
        <WaitingNote sending/>
        <form class="d-print-none" novalidate=true on:submit=send hidden=move || sending.is_waiting()>
            <ErrorSummary form label=name/>
            <TextField form name="words" label=t(key::cases::REMIND_LABEL) required=true lines=4 chars_max=MESSAGE_CHARS_MAX text=|reminder| &mut reminder.words/>
            <SubmitButton busy>{move || t(if form.is_sending() { key::reports::SENDING } else { key::cases::REMIND_SEND })}</SubmitButton>
        </form>
    }
}
