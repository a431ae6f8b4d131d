//! Keeps what is typed into a report, within a second; takes drafts up again; hands the finished report to the outbox.
use super::draft::{Chosen, Draft, Readiness, ReadyFile, Sent};
use super::page::draft;
use crate::api::{Api, hex, parse, write};
use crate::form::Form;
use crate::outbox::{Entry, Outcome, outbox};
use crate::vault;
use contract::attachments::AttachmentKind;
use contract::cases::CaseSummary;
use contract::id::AttachmentId;
use contract::paths;
use contract::problem::FieldProblem;
use contract::reports::NewReport;
use contract::uploads::Announced;
use js_sys::{Array, Date, Uint8Array};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// A change is kept so many milliseconds later, with those that came in between.
const SAVE_AFTER_MS: u64 = 500;
/// After so many milliseconds the person need not wait at the page any longer: the outbox goes on.
const PATIENCE_MS: u64 = 12_000;

/// A file's kind, as the outbox writes it.
const PHOTO: &str = "photo";

thread_local! {
    static IS_STARTED: Cell<bool> = const { Cell::new(false) };
    static IS_SAVE_DUE: Cell<bool> = const { Cell::new(false) };
    /// Files whose bytes the vault has.
    static KEPT: RefCell<HashSet<String>> = RefCell::new(HashSet::new());
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
async fn keep(how: &str, form: Form<Draft>, state: &str) {
    let (files, unkept) = (Array::new(), Array::new());
    let (title, report) = form.peek(|draft| {
        let mut announced = Vec::new();
        for (kind, list) in [(AttachmentKind::Photo, &draft.photos), (AttachmentKind::Document, &draft.documents)] {
            for (file, ready) in list.iter().filter_map(|file| file.ready().map(|ready| (file, ready))) {
                if KEPT.with_borrow_mut(|kept| kept.insert(file.key.clone())) {
                    unkept.push(&Array::of2(&file.key.as_str().into(), &Uint8Array::from(ready.bytes.as_slice())));
                }
                let bytes = ready.bytes.len() as u64;
                let id = AttachmentId(file.key.clone());
                announced.push(Announced { id, kind, name: file.name.clone(), bytes, sha256: ready.sha256.clone() });
            }
        }
        for file in &announced {
            let kind = if file.kind == AttachmentKind::Photo { PHOTO } else { "document" };
            let members = [
                ("id", file.id.as_str().into()),
                ("kind", kind.into()),
                ("name", file.name.as_str().into()),
                ("bytes", (file.bytes as f64).into()),
                ("sha256", file.sha256.as_str().into()),
            ];
            files.push(&Entry::new(&members).to_js());
        }
        (draft.report.title.clone(), NewReport { files: announced, ..draft.report.clone() })
    });
    let entry = Entry::new(&[
        ("id", form.key().into()),
        ("path", paths::REPORTS.into()),
        ("title", title.into()),
        ("state", state.into()),
        ("body", write(&report).into()),
        ("files", files.into()),
        ("tries", 0.into()),
        ("next_at", 0.into()),
        ("changed_at", Date::now().into()),
    ]);
    vault::call(how, &[entry.to_js(), unkept.into()]).await;
}

/// Takes a draft up again, with its files. False when it is not there.
pub async fn resume(id: &str) -> bool {
    let Some(entry) = outbox().entry(id) else { return false };
    let Some(report) = parse::<NewReport>(&entry.text("body")) else { return false };
    let form = draft();
    let mut value = Draft { report: NewReport { files: Vec::new(), ..report }, ..Draft::default() };
    for file in entry.files() {
        let key = file.text("id");
        let Some(bytes) = vault::file(&key).await else { continue };
        let is_photo = file.get("kind") == *PHOTO;
        let picture = if is_photo { picture(&bytes) } else { None };
        let ready = ReadyFile { picture, bytes: bytes.to_vec(), sha256: file.text("sha256") };
        KEPT.with_borrow_mut(|kept| kept.insert(key.clone()));
        let chosen = Chosen { key, name: file.text("name"), state: Readiness::Ready(Arc::new(ready)) };
        if is_photo { value.photos.push(chosen) } else { value.documents.push(chosen) }
    }
    form.restore(value, id.to_owned());
    true
}

fn picture(bytes: &Uint8Array) -> Option<String> {
    let blob = web_sys::Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?;
    web_sys::Url::create_object_url_with_blob(&blob).ok()
}

/// SHA-256 of a file, as it is announced.
pub async fn checksum(bytes: &[u8]) -> String {
    hex(&vault::sha256(&Uint8Array::from(bytes)).await)
}

/// Hands the report over: kept first, then sent. The person waits a moment for its number, then need not wait any more.
pub fn submit(api: Api) {
    let form = draft();
    form.set_sending(true);
    let key = form.key();
    spawn_local(keep("send", form, "waiting"));
    set_timeout(move || finish(&key, Sent::Later, api.session().is_in_now()), Duration::from_millis(PATIENCE_MS));
}

/// What became of a report that was sent.
fn became(key: &str, outcome: Outcome) {
    match outcome {
        Outcome::Accepted(answer) => {
            let case = parse::<CaseSummary>(&answer).map(|case| case.id);
            finish(key, case.map_or(Sent::Later, Sent::Accepted), true);
        }
        Outcome::Later => finish(key, Sent::Later, true),
        Outcome::Refused(fields) => refuse(key, fields),
    }
}

/// The form is done with the report, when it is still this one.
fn finish(key: &str, sent: Sent, when: bool) {
    let form = draft();
    if when && untrack(|| form.is_sending()) && form.key() == key {
        form.clear();
        form.note(|draft| draft.sent = Some(sent));
    }
}

/// The CRM refused it: it is a draft again, with what is wrong at its fields.
fn refuse(key: &str, fields: Vec<FieldProblem>) {
    let form = draft();
    if untrack(|| form.is_sending()) && form.key() == key {
        form.set_sending(false);
        form.accept(fields);
        spawn_local(keep("keep", form, "draft"));
    }
}
