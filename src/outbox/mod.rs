//! What is still to be sent, as the pages see it: drafts, and what waits or travels. `public/outbox.js` keeps and sends it (docs/adr/0009).
mod leave;
mod notes;
mod page;

pub use leave::{LeaveDialog, LogOut};
pub use notes::{SharedNote, StorageNote, UnsentLink};
pub use page::{FileRows, OutboxPage, file_row, how_far, name};

use crate::api::{Api, parse, write};
use crate::session::Who;
use crate::vault::{call, try_call};
use crate::words::{key, language, t};
use contract::id::{CitizenId, QuestionnaireId};
use contract::paths;
use contract::problem::FieldProblem;
use contract::session::{Device, Me};
use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;
use wasm_bindgen::{JsValue, closure::Closure};

/// Something that is kept, or a file of it: read from the object that `outbox.js` has. Its members: `id`, `kind`, `path`, `title`,
/// `state`, `body`, `about` (the case, unless it is a report), `proof` (the member an answer must have, `id` when it does not say),
/// `files`, `tries`, `next_at`, `error`, `changed_at`, `token` (of who does not sign in); what is known of it at the moment: `on_device`, `elsewhere` (open in another tab),
/// `is_far` (of another device), `clash` (the other version of a draft), `sent_elsewhere`; of a file those of
/// [`contract::uploads::Announced`], `sent`, `arrived`, `problem`.
#[derive(Clone)]
pub struct Entry(JsValue);

impl Entry {
    /// A new one with these members.
    pub fn new(members: &[(&str, JsValue)]) -> Self {
        let object = Object::new();
        for (name, value) in members {
            // Setting a member of a fresh object cannot fail.
            let _ = Reflect::set(&object, &(*name).into(), value);
        }
        Self(object.into())
    }

    /// A member; undefined when there is none.
    pub fn get(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }

    /// A text; empty when there is none.
    pub fn text(&self, name: &str) -> String {
        self.get(name).as_string().unwrap_or_default()
    }

    /// A member that has members of its own; `None` when there is none.
    pub fn part(&self, name: &str) -> Option<Self> {
        Some(Self(self.get(name))).filter(|part| part.0.is_object())
    }

    /// A number.
    pub fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or_default()
    }

    /// Whether it is in a state: `draft`, `waiting`, `travelling` (accepted; its files are on their way), `stuck` (to be mended).
    pub fn is(&self, state: &str) -> bool {
        self.get("state") == *state
    }

    /// Whether it is a report, and not something about a case that exists.
    pub fn is_report(&self) -> bool {
        self.get("path") == *paths::REPORTS
    }

    /// The questionnaire whose answers these are.
    pub fn questionnaire(&self) -> Option<QuestionnaireId> {
        let path = self.text("path");
        let is_one = path.starts_with(paths::QUESTIONNAIRES) || path.starts_with(paths::PUBLIC_QUESTIONNAIRES);
        is_one.then(|| QuestionnaireId(self.text("about")))
    }

    /// Its files, in their order.
    pub fn files(&self) -> Vec<Entry> {
        Array::from(&self.get("files")).iter().map(Entry).collect()
    }

    /// Itself, for JavaScript.
    pub fn to_js(&self) -> JsValue {
        self.0.clone()
    }
}

/// What became of an entry that was just sent.
#[derive(Clone)]
pub enum Outcome {
    /// Accepted: the CRM's answer, JSON.
    Accepted(String),
    /// Kept; it will be sent by itself.
    Later,
    /// Fields are at fault, or nothing that can be mended in a field.
    Refused(Vec<FieldProblem>),
    /// A draft: another tab asks to go on with it.
    Wanted,
    /// A draft: another tab went on with it while this one slept.
    Taken,
}

/// What became of something that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    Here,
    /// Another tab has sent, deleted or changed it meanwhile: nothing was written over, and what is here must go on as something of its own.
    Apart,
    /// It could not be kept at all.
    Not,
}

/// The outbox of whoever is here.
#[derive(Clone, Copy)]
pub struct Outbox {
    entries: RwSignal<Vec<Entry>, LocalStorage>,
    /// Whether things are kept on the device; not known at first.
    on_device: RwSignal<Option<bool>>,
    /// Whether somebody wants to log out although something would be lost.
    leaving: RwSignal<bool>,
    /// Whether somebody has just left a shared computer, and nothing of theirs is on it any more.
    wiped: RwSignal<bool>,
    /// Whether it is the outbox of somebody who does not sign in.
    is_nobodys: RwSignal<bool>,
}

/// Hears what became of one entry, once.
type Waiting = Box<dyn FnOnce(Outcome)>;

/// Who hears what became of an entry, by its id.
type Listener = fn(&str, Outcome);

thread_local! {
    /// Lives as long as the page does, whatever is drawn.
    static OUTBOX: (Outbox, Owner) = {
        let here = Owner::current();
        let owner = Owner::new_root(None);
        let outbox = owner.with(|| Outbox {
            entries: RwSignal::new_local(Vec::new()),
            on_device: RwSignal::new(None),
            leaving: RwSignal::new(false),
            wiped: RwSignal::new(false),
            is_nobodys: RwSignal::new(false),
        });
        if let Some(here) = here {
            here.set();
        }
        (outbox, owner)
    };
    /// A list, though one listens: what a lone place can only ever hold is called directly by the compiler, and would travel with the first page.
    static LISTENERS: RefCell<Vec<Listener>> = const { RefCell::new(Vec::new()) };
    /// Who waits for what becomes of one entry, by its id.
    static WAITING: RefCell<HashMap<String, Waiting>> = RefCell::default();
}

/// Nobody is signed in: what waits here is looked for when the first page has had its turn.
const DEPART_AFTER: Duration = Duration::from_secs(4);

/// When `outbox.js` could not be fetched it is asked for again after so long.
const AGAIN: Duration = Duration::from_secs(3);

/// So long a person waits at the page for an answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// The outbox.
pub fn outbox() -> Outbox {
    OUTBOX.with(|(outbox, _)| *outbox)
}

/// What is kept for when there is no network: what the report form needs, and the words of states.
fn wanted(api: Api) -> Array {
    let language = language();
    let (streets, boundary) = api.config().with_value(|config| (config.streets.clone(), config.boundary.clone()));
    let all = [paths::report_form(language), paths::dictionary(language), streets, boundary];
    all.iter().map(|path| Array::of2(&path.into(), &api.address(path).into())).collect()
}

/// The addresses that `outbox.js` asks, and what is wanted without a network.
fn addresses(api: Api) -> JsValue {
    let members = [
        ("crm", api.config().with_value(|config| config.crm.clone()).into()),
        ("vault", api.address(paths::SESSION_VAULT).into()),
        ("logout", paths::SESSION_LOGOUT.into()),
        ("reports", paths::REPORTS.into()),
        ("messages", paths::CASE_MESSAGES.into()),
        ("reply", t(key::outbox::REPLY_TITLE).into()),
        ("uploads", paths::UPLOADS.into()),
        ("upload", paths::UPLOAD.into()),
        ("state", paths::ATTACHMENT_STATE.into()),
        ("drafts", paths::DRAFTS.into()),
        ("draft", paths::DRAFT.into()),
        ("wanted", wanted(api).into()),
    ];
    Entry::new(&members).to_js()
}

impl Outbox {
    /// Follows who is here: opens their outbox, rests while their session is over, takes the key away when they log out.
    pub fn start(self, api: Api) {
        let session = api.session();
        let who = Memo::new(move |_| match session.who() {
            Who::Unknown => None,
            Who::Out => Some(None),
            Who::In(me) | Who::Expired(me) => Some(Some((me.id, session.is_expired()))),
        });
        Effect::new(move |before: Option<Option<Option<(CitizenId, bool)>>>| {
            let now = who.get();
            match &now {
                Some(Some((_, false))) => self.open(api),
                Some(Some((_, true))) => spawn_local(async { drop(call("rest", &[]).await) }),
                Some(None) if before.as_ref().is_some_and(|before| matches!(before, Some(Some(_)))) => {
                    self.on_device.set(None);
                    self.leaving.set(false);
                    self.is_nobodys.set(false);
                    spawn_local(async { drop(call("close", &[]).await) });
                }
                Some(None) => set_timeout(move || self.depart(api), DEPART_AFTER),
                None => {}
            }
            now
        });
    }

    /// Nobody is signed in: what waits on this device may leave all the same, by its own credential.
    fn depart(self, api: Api) {
        if untrack(|| matches!(api.session().who(), Who::Out)) {
            spawn_local(async move { drop(call("depart", &[addresses(api)]).await) });
        }
    }

    fn open(self, api: Api) {
        let Some(me) = api.session().person_now() else { return };
        // What is done for somebody else is in this page alone, on any device.
        let is_mine = me.session.device == Device::Mine && me.session.acting.is_none();
        self.is_nobodys.set(false);
        self.wiped.set(false);
        crate::files::nothing_kept();
        // The codice fiscale is of no use without a network.
        let arguments = [write(&Me { fiscal_code: None, ..me }).into(), is_mine.into(), addresses(api), self.heard(api)];
        spawn_local(async move {
            if try_call("open", &arguments).await.is_err() && api.session().is_in_now() {
                set_timeout(move || self.open(api), AGAIN);
            }
        });
    }

    /// Opens the outbox of somebody who does not sign in: in memory, as long as the page lives.
    pub fn open_for_nobody(self, api: Api) {
        let is_open = self.is_nobodys.get_untracked() && self.on_device.get_untracked().is_some();
        if is_open || api.session().person_now().is_some() {
            return;
        }
        self.is_nobodys.set(true);
        crate::files::nothing_kept();
        let arguments = [addresses(api), self.heard(api)];
        spawn_local(async move {
            if try_call("openForNobody", &arguments).await.is_err() {
                set_timeout(move || self.open_for_nobody(api), AGAIN);
            }
        });
    }

    /// Who hears what happens.
    fn heard(self, api: Api) -> JsValue {
        let heard = Closure::<dyn Fn(String, JsValue, JsValue)>::new(move |what: String, about: JsValue, more: JsValue| {
            self.hear(api, &what, about, more);
        });
        heard.into_js_value()
    }

    /// What `outbox.js` tells.
    fn hear(self, api: Api, what: &str, about: JsValue, more: JsValue) {
        let session = api.session();
        let text = || more.as_string().unwrap_or_default();
        let outcome = match what {
            "list" => return self.entries.set(Array::from(&about).iter().map(Entry).collect()),
            "device" => return self.on_device.set(Some(about.is_truthy())),
            "seconds" => return session.prolonged(about.as_f64().unwrap_or_default() as u32),
            "signed out" => return session.refused(),
            // In another tab another person has logged in: who is here is asked anew, and everything waits.
            "other person" => return spawn_local(async move { drop(api.ask_who().await) }),
            "give" => Outcome::Wanted,
            "taken" => Outcome::Taken,
            "accepted" => Outcome::Accepted(text()),
            "refused" => Outcome::Refused(parse(&text()).unwrap_or_default()),
            _ => Outcome::Later,
        };
        if matches!(outcome, Outcome::Refused(_)) && untrack(|| session.is_acting()) {
            // Perhaps because the delegation holds no longer: the answer to this says so.
            spawn_local(async move { drop(api.get::<()>(paths::MY_ACTING).await) });
        }
        let Some(id) = about.as_string() else { return };
        if let Some(waits) = WAITING.with_borrow_mut(|waiting| waiting.remove(&id)) {
            return waits(outcome);
        }
        for listener in LISTENERS.with_borrow(Clone::clone) {
            listener(&id, outcome.clone());
        }
    }

    /// Who wants to know what becomes of what was sent.
    pub fn listen(self, listener: Listener) {
        LISTENERS.with_borrow_mut(|listeners| listeners.push(listener));
    }

    /// Sends an entry with the bytes of its files that are not kept yet, and hears once what became of it. A person waits a moment
    /// for the answer, then need not wait any more: the outbox goes on.
    pub fn send(self, entry: &Entry, unkept: Array, then: impl FnOnce(Outcome) + 'static) {
        let id = entry.text("id");
        WAITING.with_borrow_mut(|waiting| waiting.insert(id.clone(), Box::new(then)));
        let over = move |outcome| {
            if let Some(waits) = WAITING.with_borrow_mut(|waiting| waiting.remove(&id)) {
                waits(outcome);
            }
        };
        let (entry, not_kept) = (entry.clone(), over.clone());
        spawn_local(async move {
            // It is nowhere but in the form: there it stays.
            if self.keep("send", &entry, &unkept).await == Kept::Not {
                not_kept(Outcome::Refused(Vec::new()));
            }
        });
        set_timeout(move || over(Outcome::Later), PATIENCE);
    }

    /// Everything that is kept, the oldest first; tracked.
    pub fn entries(self) -> Vec<Entry> {
        self.entries.get()
    }

    /// The draft of a report changed last that is free to go on with here, tracked.
    pub fn last_draft(self) -> Option<Entry> {
        let is_free = |entry: &Entry| !["is_far", "elsewhere", "sent_elsewhere"].iter().any(|name| entry.get(name).is_truthy());
        self.entries.with(|entries| entries.iter().rfind(|entry| entry.is("draft") && entry.is_report() && is_free(entry)).cloned())
    }

    /// How many are kept in this page alone, and end with it or with the session: drafts, and what is not sent yet.
    pub fn only_here(self) -> (usize, usize) {
        let is_only_here = |entry: &&Entry| !entry.get("is_far").is_truthy() && !entry.get("on_device").is_truthy();
        self.entries.with_untracked(|entries| {
            let (drafts, unsent): (Vec<_>, Vec<_>) = entries.iter().filter(is_only_here).partition(|entry| entry.is("draft"));
            (drafts.len(), unsent.len())
        })
    }

    /// Whether somebody has just logged out of a shared computer, and nothing of theirs is left on it; tracked.
    pub fn is_wiped(self) -> bool {
        self.wiped.get()
    }

    /// Keeps an entry that is being written (or sent: `how`), with the bytes of its files that are not kept yet.
    pub async fn keep(self, how: &str, entry: &Entry, unkept: &Array) -> Kept {
        match call(how, &[entry.to_js(), unkept.into()]).await.as_string().as_deref() {
            Some("moved" | "other") => Kept::Apart,
            Some(_) => Kept::Here,
            None => {
                // The bytes are handed over again the next time.
                crate::files::not_kept(unkept);
                Kept::Not
            }
        }
    }

    /// An entry by its id, as it is now.
    pub fn entry(self, id: &str) -> Option<Entry> {
        self.entries.with_untracked(|entries| entries.iter().find(|entry| entry.get("id") == *id).cloned())
    }

    /// Whether what is kept under an id lies on this device. Tracked.
    pub fn has_on_device(self, id: &str) -> bool {
        self.entries.with(|entries| entries.iter().any(|entry| entry.get("id") == *id && entry.get("on_device").is_truthy()))
    }

    /// Whether it is the outbox of somebody who does not sign in. Tracked.
    pub fn is_nobodys(self) -> bool {
        self.is_nobodys.get()
    }

    /// Whether things are kept on this device; `None` until it is known. Tracked.
    pub fn on_device(self) -> Option<bool> {
        self.on_device.get()
    }
}
