//! Keeps what is typed into a report, within a second; takes drafts up again; hands the finished report to the outbox.
use super::draft::{Draft, Sent};
use super::page::draft;
use super::tracked::Given;
use crate::api::{Api, parse, write};
use crate::files::Files;
use crate::form::Form;
use crate::outbox::{Entry, Kept, Outcome, outbox};
use crate::route::Route;
use crate::vault;
use crate::words::language;
use contract::cases::CaseSummary;
use contract::contact::Contact;
use contract::paths;
use contract::problem::{FieldProblem, FieldRule};
use contract::reports::NewReport;
use contract::tracking::{AnonymousReport, Tracked};
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use std::time::Duration;

/// A change is kept so many milliseconds later, with those that came in between.
const SAVE_AFTER_MS: u64 = 500;
/// After so many milliseconds the person need not wait at the page any longer: the outbox goes on.
const PATIENCE_MS: u64 = 12_000;

thread_local! {
    static IS_STARTED: Cell<bool> = const { Cell::new(false) };
    static IS_SAVE_DUE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the draft from now on, as long as the app lives, and hears what becomes of sent reports.
pub fn start() {
    if IS_STARTED.replace(true) {
        return;
    }
    let here = Owner::current();
    let owner = Owner::new_root(None);
    let form = draft();
    owner.with(|| {
        Effect::new(move |_| {
            form.with(|_| ());
            if form.is_touched() && !form.is_sending() && outbox().on_device().is_some() && !IS_SAVE_DUE.replace(true) {
                set_timeout(move || spawn_local(save(form)), Duration::from_millis(SAVE_AFTER_MS));
            }
        });
    });
    // It follows the draft on every page, also when this one has been left.
    std::mem::forget(owner);
    if let Some(here) = here {
        here.set();
    }
    outbox().listen(became);
}

async fn save(form: Form<Draft>) {
    IS_SAVE_DUE.set(false);
    if untrack(|| form.is_touched() && !form.is_sending()) {
        keep("keep", form, "draft").await;
    }
}

/// Keeps the report as it is, in a state; `send` also sends it. Files that are still being made ready follow with the next change.
/// What another tab has made of it is not written over: then this becomes a report of its own, nothing is lost.
async fn keep(how: &str, form: Form<Draft>, state: &str) {
    let ((files, unkept), title, (path, proof, body)) =
        form.peek(|draft| (draft.files.to_entry(state == "draft"), draft.report.title.clone(), body(whole(draft), draft.reached())));
    let entry = Entry::new(&[
        ("id", form.key().into()),
        ("path", path.into()),
        ("proof", proof.into()),
        ("title", title.into()),
        ("state", state.into()),
        ("body", body.into()),
        ("files", files.into()),
        ("tries", 0.into()),
        ("next_at", 0.into()),
        ("changed_at", Date::now().into()),
    ]);
    match outbox().keep(how, &entry, &unkept).await {
        Kept::Apart => {
            form.renew_key();
            // This is a change, and is kept in its turn.
            form.note(|draft| draft.files.renew_keys());
        }
        // It is nowhere but in the form: there it stays, to be sent again.
        Kept::Not if how == "send" => refuse(&entry.text("id"), vec![FieldProblem::new("", FieldRule::Unknown)]),
        Kept::Here | Kept::Not => {}
    }
}

/// The report as it leaves, with its files announced.
pub fn whole(draft: &Draft) -> NewReport {
    NewReport { files: draft.files.announced(), ..draft.report.clone() }
}

/// Where a report is sent, which member an answer must have, and what is sent: who does not sign in says how to reach them.
fn body(report: NewReport, contact: Contact) -> (&'static str, &'static str, Option<String>) {
    if untrack(|| outbox().is_nobodys()) {
        let language = language().to_owned();
        (paths::PUBLIC_REPORTS, "code", write(&AnonymousReport { report, contact, language, website: String::new() }))
    } else {
        (paths::REPORTS, "id", write(&report))
    }
}

/// What came of taking up a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resumed {
    /// It is in the form.
    Here,
    /// Another tab has it open.
    Elsewhere,
    /// It is not there (any more).
    Gone,
}

/// Takes a draft up again, with its files; with `take` also one that another tab has open. One of another device comes without files.
pub async fn resume(id: &str, take: bool) -> Resumed {
    let form = draft();
    if untrack(|| form.is_touched()) && form.key() == id {
        return Resumed::Here;
    }
    if outbox().entry(id).is_none_or(|entry| entry.get("is_far").is_truthy()) && !vault::call("takeUp", &[id.into()]).await.is_truthy() {
        return Resumed::Gone;
    }
    if !vault::call("own", &[id.into(), take.into()]).await.is_truthy() {
        return Resumed::Elsewhere;
    }
    let Some(entry) = outbox().entry(id) else { return Resumed::Gone };
    let text = entry.text("body");
    let report =
        if entry.get("path") == *paths::PUBLIC_REPORTS { parse::<AnonymousReport>(&text).map(|sent| sent.report) } else { parse(&text) };
    let Some(report) = report else { return Resumed::Gone };
    set_aside().await;
    let files = Files::of_entry(&entry).await;
    form.restore(Draft { report: NewReport { files: Vec::new(), ..report }, files, ..Draft::default() }, id.to_owned());
    Resumed::Here
}

/// Lays the report that is being written aside: kept to its last letter, and free for another tab. The form is empty then.
pub async fn set_aside() {
    let form = draft();
    let key = form.key();
    save(form).await;
    vault::call("release", &[key.into()]).await;
    if !untrack(|| form.is_sending()) {
        form.clear();
    }
}

/// Hands the report over: kept first, then sent. The person waits a moment for its number, then need not wait any more.
pub fn submit(api: Api) {
    let form = draft();
    form.set_sending(true);
    let key = form.key();
    spawn_local(keep("send", form, "waiting"));
    // Who does not sign in stays at the page: nobody's key is there to keep the report anywhere else.
    if untrack(|| outbox().is_nobodys()) {
        return;
    }
    set_timeout(move || finish(&key, Sent::Later, api.session().is_in_now()), Duration::from_millis(PATIENCE_MS));
}

/// What became of a report that was sent.
fn became(key: &str, outcome: Outcome) {
    match outcome {
        Outcome::Accepted(answer) => {
            let case = parse::<CaseSummary>(&answer).map(|case| Sent::Accepted(case.id));
            let tracked = || parse::<Tracked>(&answer).map(|tracked| given(key, tracked));
            finish(key, case.or_else(tracked).unwrap_or(Sent::Later), true);
        }
        Outcome::Later if untrack(|| outbox().is_nobodys()) => {
            if draft().key() == key && untrack(|| draft().is_sending()) {
                draft().note(|draft| draft.waits = true);
            }
        }
        Outcome::Later => finish(key, Sent::Later, true),
        // Nothing that could be mended in a field: the outbox says what is wrong.
        // Who does not sign in has the form, and no other page that could say so.
        Outcome::Refused(fields) if fields.is_empty() && untrack(|| outbox().is_nobodys()) => {
            refuse(key, vec![FieldProblem::new("", FieldRule::Unknown)]);
        }
        Outcome::Refused(fields) if fields.is_empty() => finish(key, Sent::Later, true),
        Outcome::Refused(fields) => refuse(key, fields),
        Outcome::Wanted => {
            let key = key.to_owned();
            spawn_local(async move {
                if draft().key() == key && !untrack(|| draft().is_sending()) {
                    set_aside().await;
                    lead_away();
                } else {
                    vault::call("release", &[key.into()]).await;
                }
            });
        }
        Outcome::Taken if draft().key() == key => {
            draft().clear();
            lead_away();
        }
        Outcome::Taken => {}
    }
}

/// Another tab goes on with the draft: the form, when it is on the screen, leads to the list that says so.
fn lead_away() {
    let path = window().location().pathname().unwrap_or_default();
    if matches!(Route::parse(&path), Route::NewReport { .. }) {
        draft().note(|draft| draft.sent = Some(Sent::Elsewhere));
    }
}

/// The form is done with the report, when it is still this one.
fn finish(key: &str, sent: Sent, when: bool) {
    let form = draft();
    if when && untrack(|| form.is_sending()) && form.key() == key {
        let without_login = form.peek(|draft| draft.without_login);
        form.clear();
        form.note(|draft| {
            draft.sent = Some(sent);
            draft.without_login = without_login;
        });
    }
}

/// The code that a report was answered with: kept for the page that shows it.
fn given(key: &str, tracked: Tracked) -> Sent {
    let email = draft().peek(|draft| draft.reached().email.trim().to_owned());
    super::tracked::given().note(|given| *given = Given { entry: key.to_owned(), tracked: Some(tracked), email });
    Sent::Tracked
}

/// The CRM refused it: it is a draft again, with what is wrong at its fields.
fn refuse(key: &str, fields: Vec<FieldProblem>) {
    let form = draft();
    if untrack(|| form.is_sending()) && form.key() == key {
        form.set_sending(false);
        form.note(|draft| draft.waits = false);
        form.accept(form.peek(|draft| draft.at_fields(fields)));
        spawn_local(save(form));
    }
}
