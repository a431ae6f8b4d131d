//! The live line, as the pages see it: what has changed at the town hall while they are open, and how many messages are new.
//! `public/live.js` holds the line; pages read anew what has changed.
use crate::api::{Api, ApiError, unasked};
use crate::markup::view;
use crate::push;
use crate::session::Who;
use crate::vault::call_script;
use crate::words::{key, t};
use contract::id::{CaseId, CitizenId};
use contract::inbox::{InboxCount, Seen};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::{JsValue, closure::Closure};

/// The line is opened when the first page has had its turn.
const OPEN_AFTER: Duration = Duration::from_millis(1_500);

/// So long after something was heard the messages are counted anew.
const COUNT_AFTER: Duration = Duration::from_millis(200);

/// What has changed since this window was opened.
#[derive(Clone, Copy)]
pub struct Live {
    /// Cases, each as often as it has changed.
    cases: RwSignal<Vec<CaseId>>,
    /// How often everything may have changed.
    resets: RwSignal<u32>,
    /// How often there was a new message.
    messages: RwSignal<u32>,
    /// How often a test of a channel ended or went on.
    deliveries: RwSignal<u32>,
    /// How often a fee came to stand otherwise.
    payments: RwSignal<u32>,
    /// How often something was shown at the help desk, or answered there.
    helps: RwSignal<u32>,
    /// Messages not read; not known at first.
    unread: RwSignal<Option<u32>>,
    /// Whether somebody looks at this window.
    is_seen: RwSignal<bool>,
}

thread_local! {
    /// Lives as long as the page does, whatever is drawn.
    static LIVE: (Live, Owner) = {
        let here = Owner::current();
        let owner = Owner::new_root(None);
        let live = owner.with(|| Live {
            cases: RwSignal::new(Vec::new()),
            resets: RwSignal::new(0),
            messages: RwSignal::new(0),
            deliveries: RwSignal::new(0),
            payments: RwSignal::new(0),
            helps: RwSignal::new(0),
            unread: RwSignal::new(None),
            is_seen: RwSignal::new(true),
        });
        if let Some(here) = here {
            here.set();
        }
        (live, owner)
    };
}

/// The live line.
pub fn live() -> Live {
    LIVE.with(|(live, _)| *live)
}

impl Live {
    /// Follows who is here: the line belongs to whoever is signed in.
    pub fn start(self, api: Api) {
        let session = api.session();
        let person = Memo::new(move |_| match session.who() {
            Who::In(me) => Some(me.id),
            _ => None,
        });
        Effect::new(move |before: Option<Option<CitizenId>>| {
            let now = person.get();
            match &now {
                Some(_) => set_timeout(move || self.open(api), OPEN_AFTER),
                None if before.flatten().is_some() => {
                    self.unread.set(None);
                    spawn_local(async { drop(call_script("live", "close", &[]).await) });
                }
                None => {}
            }
            now
        });
        let seen = window_event_listener_untyped("visibilitychange", move |_| self.is_seen.set(!document().hidden()));
        std::mem::forget(seen);
    }

    fn open(self, api: Api) {
        let Some(me) = api.session().person_now().filter(|_| api.session().is_in_now()) else { return };
        self.count(api);
        // This device tells its own person, whoever they act for.
        if me.session.acting.is_none() {
            push::arrived(&me.id);
        }
        let heard = Closure::<dyn Fn(String, JsValue)>::new(move |kind: String, case: JsValue| self.hear(api, &kind, case.as_string()));
        let arguments = [api.address(paths::EVENTS).into(), me.id.0.into(), heard.into_js_value()];
        // Without the line the pages are as fresh as when they were opened.
        spawn_local(async move { drop(call_script("live", "open", &arguments).await) });
    }

    fn hear(self, api: Api, kind: &str, case: Option<String>) {
        match kind {
            "here" => {
                // The line stands again: so does everything else.
                if api.session().is_old_now() {
                    spawn_local(async move { drop(api.ask_who().await) });
                }
                return;
            }
            "reset" => self.resets.update(|times| *times += 1),
            "message" => self.messages.update(|times| *times += 1),
            "delivery" => return self.deliveries.update(|times| *times += 1),
            "help" => return self.helps.update(|times| *times += 1),
            "payment" => return self.payments.update(|times| *times += 1),
            _ => {}
        }
        if let Some(case) = case {
            self.cases.update(|cases| cases.push(CaseId(case)));
        }
        // What is on the screen is read first: the number of messages has time.
        if kind != "case" {
            set_timeout(move || self.count(api), COUNT_AFTER);
        }
    }

    fn count(self, api: Api) {
        if api.session().is_for_another_now() {
            return;
        }
        spawn_local(async move {
            if let Ok(count) = api.get::<InboxCount>(paths::INBOX_COUNT).await {
                self.unread.set(Some(count.unread));
            }
        });
    }

    /// How many messages are not read; tracked.
    pub fn unread(self) -> Option<u32> {
        self.unread.get()
    }

    /// The CRM says how many are not read.
    pub fn counted(self, count: InboxCount) {
        self.unread.set(Some(count.unread));
    }

    /// One message more, or less, is not read.
    pub fn read_changed(self, is_new: bool) {
        self.unread.update(|unread| *unread = unread.map(|number| if is_new { number + 1 } else { number.saturating_sub(1) }));
    }

    /// Grows when this case has changed; tracked.
    pub fn changes_of(self, case: &CaseId) -> usize {
        self.cases.with(|cases| cases.iter().filter(|changed| *changed == case).count()) + self.resets.get() as usize
    }

    /// Grows when any case has changed; tracked.
    pub fn case_changes(self) -> usize {
        self.cases.with(Vec::len) + self.resets.get() as usize
    }

    /// Grows when there is a new message; tracked.
    pub fn new_messages(self) -> usize {
        (self.messages.get() + self.resets.get()) as usize
    }

    /// Grows when a fee stands otherwise; tracked.
    pub fn payment_changes(self) -> usize {
        (self.payments.get() + self.resets.get()) as usize
    }

    /// Grows when something is shown at the help desk; tracked.
    pub fn help_changes(self) -> usize {
        (self.helps.get() + self.resets.get()) as usize
    }

    /// Notes that what is drawn shows deliveries; tracked.
    pub fn track_deliveries(self) {
        self.deliveries.track();
    }

    /// Whoever is here sees what the messages about this case say. The CRM hears of it while somebody looks at the page: when it is opened,
    /// and then, asked by nobody, each time that more is unread than before. What stays unread is about other cases.
    pub fn see(self, api: Api, case: CaseId) {
        Effect::new(move |before: Option<Option<u32>>| {
            let before = before.flatten();
            let unread = self.unread.get()?;
            if unread <= before.unwrap_or_default() {
                return Some(unread);
            }
            if !self.is_seen.get() {
                return before;
            }
            let seen = Seen { case: Some(case.clone()) };
            spawn_local(async move {
                let answer = if before.is_none() {
                    api.post(paths::INBOX_READ, &seen).await
                } else {
                    api.post_unasked(paths::INBOX_READ, &seen).await
                };
                if let Ok(InboxCount { unread, .. }) = answer {
                    self.unread.try_maybe_update(|known| (known.replace(unread) != Some(unread), ()));
                }
            });
            Some(unread)
        });
    }
}

/// What has come already and is to be shown next.
pub type Ready<T> = StoredValue<Option<T>>;

/// Keeps what is shown as new as the line, without taking away what a person has in use: then they are told, and choose when.
#[derive(Clone, Copy)]
pub struct Fresh {
    round: RwSignal<u32>,
    waits: RwSignal<bool>,
}

impl Fresh {
    /// Nothing new yet.
    pub fn new() -> Self {
        Self { round: RwSignal::new(0), waits: RwSignal::new(false) }
    }

    /// Read where it is asked for: it is asked for again when this changes. Tracked.
    pub fn track(self) {
        self.round.track();
        if self.waits.get_untracked() {
            self.waits.set(false);
        }
    }

    /// Follows what grows with each change; `is_in_use`: a person has unfolded more of a list than comes by itself, or is writing.
    pub fn follow(self, changes: impl Fn() -> usize + Send + Sync + 'static, is_in_use: impl Fn() -> bool + 'static) {
        at_each(Memo::new(move |_| changes()), move |_| {
            if untrack(&is_in_use) {
                self.waits.set(true);
            } else {
                unasked();
                self.renew();
            }
        });
    }

    /// The same for a page that is written on: what is new is fetched before it is shown, and is not, when somebody has begun to write meanwhile.
    pub fn follow_ready<T: Send + Sync + 'static, Fut: Future<Output = Result<T, ApiError>> + 'static>(
        self,
        changes: impl Fn() -> usize + Send + Sync + 'static,
        is_in_use: fn() -> bool,
        ready: Ready<T>,
        ask: impl Fn() -> Fut + 'static,
    ) {
        let changes = Memo::new(move |_| changes());
        at_each(changes, move |now| {
            if is_in_use() {
                return self.waits.set(true);
            }
            unasked();
            let asked = untrack(&ask);
            spawn_local(async move {
                let answer = asked.await;
                // What was asked for later is newer, whichever comes first.
                if changes.try_get_untracked() != Some(now) {
                    return;
                }
                match answer {
                    Ok(answer) if !is_in_use() => {
                        ready.try_set_value(Some(answer));
                        self.round.try_update(|round| *round += 1);
                    }
                    _ => drop(self.waits.try_set(true)),
                }
            });
        });
    }

    /// What has come by itself, or else what is asked for, which is not begun before. Tracked.
    pub fn take<T: Send + Sync + 'static, Fut: Future<Output = Result<T, ApiError>>>(
        self,
        ready: Ready<T>,
        asked: Fut,
    ) -> impl Future<Output = Result<T, ApiError>> {
        self.track();
        let came = ready.try_update_value(Option::take).flatten();
        async move {
            match came {
                Some(came) => Ok(came),
                None => asked.await,
            }
        }
    }

    /// Shows what is new.
    pub fn renew(self) {
        self.round.update(|round| *round += 1);
    }
}

/// Does something at each change behind the first look, told how many there were.
fn at_each(changes: Memo<usize>, act: impl Fn(usize) + 'static) {
    Effect::new(move |before: Option<usize>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            act(now);
        }
        now
    });
}

/// Says that there is something new, when it was not shown by itself.
#[component]
pub fn FreshNote(fresh: Fresh) -> impl IntoView {
    view! {
        <p class="filo-fresh" role="status">{move || fresh.waits.get().then(|| view! {
            <button type="button" class="btn btn-outline-primary" on:click=move |_| fresh.renew()>{t(key::common::SHOW_NEW)}</button>
        })}</p>
    }
}
