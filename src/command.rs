//! Something written about a case, on its way: kept while it is written, sent through the outbox with its own key, found again wherever
//! it was left. Each case has its own, so words for one office never reach another.
use crate::files::{Files, HoldsFiles};
use crate::form::Form;
use crate::markup::view;
use crate::outbox::{Entry, Kept, Outcome, outbox};
use crate::route::Route;
use crate::ui::{Callout, Link};
use crate::vault;
use crate::words::{key, t};
use contract::id::CaseId;
use contract::problem::{FieldProblem, FieldRule};
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

/// A change is kept so long after it, with those that came in between.
const SAVE_AFTER: Duration = Duration::from_millis(500);

/// What can be sent about a case.
pub trait Command: HoldsFiles + PartialEq {
    /// The member that an answer must have to be the CRM's own.
    const PROOF: &'static str = "id";

    /// Whether it is sent so that nobody can tell who sends it.
    fn is_blind(&self) -> bool {
        false
    }

    /// Its JSON, as the CRM takes it.
    fn body(&self) -> Option<String>;

    /// What was written, from such JSON; the files come from the vault.
    fn of_body(body: &str, files: Files) -> Option<Self>;
}

/// A command being written: its form, where it goes, what it is called among drafts.
pub struct Sending<T: Command> {
    /// What is written.
    pub form: Form<T>,
    about: StoredValue<About>,
    /// What of it is kept, to the letter; `None` while something is typed that is not.
    kept: StoredValue<Option<String>>,
    /// Whether it was taken up from what was kept before.
    resumed: RwSignal<bool>,
}

#[derive(Clone)]
struct About {
    case: CaseId,
    path: String,
    title: String,
}

impl<T: Command> Clone for Sending<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Command> Copy for Sending<T> {}

impl<T: Command> Sending<T> {
    /// The one of that name about a case, as it was left; `path` is where the CRM takes it, `title` what it is called among drafts.
    pub fn new(name: &str, case: &CaseId, path: String, title: String) -> Self {
        let form = Form::kept(format!("{name} {case}"));
        let about = StoredValue::new(About { case: case.clone(), path, title });
        Self { form, about, kept: StoredValue::new(None), resumed: RwSignal::new(false) }
    }

    /// Keeps what is written from now on, within a second; takes up what was kept here before.
    pub fn keep(self) {
        let form = self.form;
        let is_due = Rc::new(Cell::new(false));
        let about = self.about.get_value();
        let path = about.path.clone();
        Effect::new(move |taken: Option<bool>| {
            // One of another device is taken up when the person says so.
            let is_left = |entry: &Entry| !entry.get("is_far").is_truthy() && (entry.is("draft") || entry.is("stuck"));
            let left = outbox().entries().into_iter().find(|entry| entry.text("path") == path && is_left(entry));
            match left {
                Some(entry) if taken != Some(true) && !untrack(|| form.is_touched()) => {
                    spawn_local(self.take_up(entry));
                    true
                }
                _ => taken.unwrap_or_default() || outbox().on_device().is_some(),
            }
        });
        Effect::new(move |_| {
            form.with(|_| ());
            if form.is_touched() && !form.is_sending() && outbox().on_device().is_some() && !is_due.replace(true) {
                let (is_due, about) = (is_due.clone(), about.clone());
                set_timeout(move || self.save(&about, &is_due), SAVE_AFTER);
            }
        });
        // What was kept has gone: it was sent on another device, or thrown away. What was typed since stays.
        Effect::new(move |_| {
            let entries = outbox().entries();
            let key = form.key();
            let is_gone = || !entries.iter().any(|entry| entry.get("id") == *key);
            let is_as_kept = || self.kept.with_value(|kept| kept.is_some() && *kept == form.peek(Command::body));
            if untrack(|| form.is_touched() && !form.is_sending()) && is_as_kept() && is_gone() {
                form.clear();
                self.resumed.set(false);
            }
        });
    }

    /// Where the CRM takes it.
    pub fn path(self) -> String {
        self.about.with_value(|about| about.path.clone())
    }

    /// Whether it was taken up from what was kept before; tracked.
    pub fn is_resumed(self) -> bool {
        self.resumed.get()
    }

    /// Goes on with what is kept under an id, on another device too, in the place of what the form has.
    pub async fn go_on(self, id: String) {
        let is_far = |entry: Entry| entry.get("is_far").is_truthy();
        if outbox().entry(&id).is_none_or(is_far) && !vault::call("takeUp", &[id.clone().into()]).await.is_truthy() {
            return;
        }
        self.form.clear();
        if let Some(entry) = outbox().entry(&id) {
            self.take_up(entry).await;
        }
    }

    /// Sends it. What becomes of it is heard by `then`, also when the page has been left: true when the CRM has it.
    pub fn send(self, then: impl FnOnce(bool) + 'static) {
        let form = self.form;
        form.set_sending(true);
        let about = self.about.get_value();
        let files = form.peek(|value| value.files().to_entry(false));
        let entry = entry(form, &about, "waiting", &files.0);
        outbox().send(&entry, files.1, move |outcome| match outcome {
            Outcome::Accepted(_) | Outcome::Later => {
                form.clear();
                self.resumed.try_set(false);
                then(matches!(outcome, Outcome::Accepted(_)));
            }
            Outcome::Wanted | Outcome::Taken => {}
            Outcome::Refused(fields) => {
                form.set_sending(false);
                // The case has changed meanwhile: no field is at fault.
                form.accept(if fields.is_empty() { vec![FieldProblem::new("", FieldRule::Unknown)] } else { fields });
            }
        });
    }

    /// Takes up again what was refused when nobody waited for it any more, and says so; `then` hears of it.
    pub fn take_back(self, then: impl Fn() + Copy + 'static) {
        let form = self.form;
        let path = self.about.with_value(|about| about.path.clone());
        Effect::new(move |_| {
            let left = outbox().entries().into_iter().find(|entry| entry.is("stuck") && entry.text("path") == path);
            if let Some(entry) = left.filter(|_| !untrack(|| form.is_touched())) {
                spawn_local(async move {
                    self.take_up(entry).await;
                    form.accept(vec![FieldProblem::new("", FieldRule::Unknown)]);
                    then();
                });
            }
        });
    }

    fn save(self, about: &About, is_due: &Cell<bool>) {
        let form = self.form;
        is_due.set(false);
        if untrack(|| !form.is_touched() || form.is_sending()) {
            return;
        }
        let (files, body) = form.peek(|value| (value.files().to_entry(true), value.body()));
        // The page may have been left meanwhile.
        if self.kept.try_with_value(|kept| kept.is_some() && *kept == body) == Some(true) {
            return;
        }
        self.kept.try_set_value(None);
        self.resumed.try_set(false);
        if form.peek(|value| *value == T::default()) {
            let id = form.key();
            return spawn_local(async move { drop(vault::call("remove", &[id.into()]).await) });
        }
        let entry = entry(form, about, "draft", &files.0);
        spawn_local(async move {
            match outbox().keep("keep", &entry, &files.1).await {
                Kept::Here => drop(self.kept.try_set_value(body)),
                // Another tab has made something else of it: this goes on as something of its own, which is a change and kept in its turn.
                Kept::Apart => {
                    form.renew_key();
                    form.note(|value| value.files_mut().renew_keys());
                }
                Kept::Not => {}
            }
        });
    }

    async fn take_up(self, entry: Entry) {
        // One tab writes at a time.
        if !vault::call("own", &[entry.text("id").into(), false.into()]).await.is_truthy() {
            return;
        }
        let (form, files, body) = (self.form, Files::of_entry(&entry).await, entry.text("body"));
        let value = T::of_body(&body, files);
        if let Some(value) = value.filter(|_| !untrack(|| form.is_touched())) {
            form.restore(value, entry.text("id"));
            // What the CRM has refused is kept anew, as a draft.
            if entry.is("draft") {
                self.kept.try_set_value(Some(body));
                self.resumed.try_set(true);
            }
        }
    }

    /// Whether it is on its way, or waits for the network; tracked.
    pub fn is_waiting(self) -> bool {
        self.about.with_value(|about| outbox().entries().iter().any(|entry| entry.is("waiting") && entry.text("path") == about.path))
    }
}

fn entry<T: Command>(form: Form<T>, about: &About, state: &str, files: &js_sys::Array) -> Entry {
    Entry::new(&[
        ("id", form.key().into()),
        ("path", about.path.as_str().into()),
        ("about", about.case.as_str().into()),
        ("proof", T::PROOF.into()),
        ("blind", form.peek(Command::is_blind).into()),
        ("title", about.title.as_str().into()),
        ("state", state.into()),
        ("body", form.peek(Command::body).into()),
        ("files", files.into()),
        ("tries", 0.into()),
        ("next_at", 0.into()),
        ("changed_at", Date::now().into()),
    ])
}

/// That something waits for the network: it is kept, and leaves by itself.
#[component]
pub fn WaitingNote<T: Command>(sending: Sending<T>) -> impl IntoView {
    let is_shown = Memo::new(move |_| sending.is_waiting() && !sending.form.is_sending());
    let place = NodeRef::<leptos::html::P>::new();
    // Here the focus goes: the form that was sent may be hidden now.
    Effect::new(move |before: Option<bool>| {
        let place = place.get();
        if let Some(place) = place.as_ref().filter(|_| before == Some(false)) {
            // An element that is on the page takes the focus.
            let _ = place.focus();
        }
        place.is_some()
    });
    let drawn = move || {
        is_shown.get().then(|| {
            let words = if outbox().on_device() == Some(true) { key::outbox::REPLY_KEPT } else { key::outbox::REPLY_IN_MEMORY };
            view! {
                <Callout kind="note" title=t(key::outbox::REPLY_WAITING) alert=true>
                    <p tabindex="-1" node_ref=place>{t(words)}</p>
                    <p><Link to=Route::Outbox>{t(key::outbox::TITLE)}</Link></p>
                </Callout>
            }
        })
    };
    view! { {drawn} }
}
