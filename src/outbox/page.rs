//! "Bozze e invii": what was begun, what is on its way, what must be mended.
use super::{Entry, LeaveDialog, StorageNote, outbox};
use crate::api::take;
use crate::form::{capitalised, focus, sentence};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Callout, Dialog, EmptyView, Icon, LinkButton, Page, Section};
use crate::vault::call;
use crate::words::{Key, fill, key, moment, t};
use contract::UtcTime;
use contract::id::CaseId;
use contract::paths;
use contract::problem::FieldProblem;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;

/// The headings' ids.
const UNSENT: &str = "unsent-title";
const DRAFTS: &str = "drafts-title";

/// The page.
#[component]
pub fn OutboxPage(
    /// The report whose code was given last, by its entry: who waits for it here is led there.
    coded: Signal<Option<String>>,
) -> impl IntoView {
    let asked = RwSignal::new(None::<String>);
    let list = move |drafts: bool| {
        let none = if drafts { key::outbox::DRAFTS_NONE } else { key::outbox::UNSENT_NONE };
        move || {
            let cards: Vec<_> =
                outbox().entries().into_iter().filter(|entry| entry.is("draft") == drafts).map(|entry| card(&entry, asked)).collect();
            if cards.is_empty() {
                view! { <EmptyView><p>{t(none)}</p></EmptyView> }.into_any()
            } else {
                view! { <ul class="filo-list">{cards}</ul> }.into_any()
            }
        }
    };
    let remove = move || {
        let id = asked.get_untracked();
        let is_draft = outbox().entries().iter().any(|entry| entry.is("draft") && Some(entry.text("id")) == id);
        asked.set(None);
        spawn_local(async move {
            call("remove", &[id.into()]).await;
            // The button that was pressed has gone with it.
            focus(if is_draft { DRAFTS } else { UNSENT });
        });
    };
    lead_to_the_code(coded);
    // What other devices have begun since.
    spawn_local(async { drop(call("look", &[]).await) });
    view! {
        <Page title=t(key::outbox::TITLE) lead=t(key::outbox::LEAD)>
            <StorageNote/>
            <Section id=UNSENT title=t(key::outbox::UNSENT_TITLE)><Safe/>{list(false)}</Section>
            <Section id=DRAFTS title=t(key::outbox::DRAFTS_TITLE)>{list(true)}</Section>
            <LeaveDialog/>
            <Dialog id="delete-title" open=Signal::derive(move || asked.get().is_some()) title=Signal::stored(t(key::outbox::DELETE_TITLE).to_owned())
                on_cancel=Callback::new(move |()| asked.set(None))>
                <p>{t(key::outbox::DELETE_TEXT)}</p>
                <div class="filo-actions">
                    <ActionButton look="outline-danger" icon="it-delete" on_press=move |()| remove()>{t(key::outbox::DELETE)}</ActionButton>
                    <ActionButton look="outline-primary" on_press=move |()| asked.set(None)>{t(key::common::CANCEL)}</ActionButton>
                </div>
            </Dialog>
        </Page>
    }
}

/// That what waits is kept here and leaves by itself.
#[component]
fn Safe() -> impl IntoView {
    let is_safe = Memo::new(move |_| outbox().entries().iter().any(|entry| entry.is("waiting") && entry.get("on_device").is_truthy()));
    let drawn = move || {
        is_safe
            .get()
            .then(|| view! { <Callout kind="success" title=t(key::outbox::SAFE_TITLE)><p>{t(key::outbox::SAFE_TEXT)}</p></Callout> })
    };
    view! { <div role="status">{drawn}</div> }
}

/// What was sent without signing in was accepted after a login: its code is shown once, on its own page.
fn lead_to_the_code(coded: Signal<Option<String>>) {
    let navigate = use_navigate();
    Effect::new(move |before: Option<Option<String>>| {
        let now = coded.get();
        if before.is_some_and(|before| before != now) && now.is_some() {
            navigate(&Route::ReportTracked.to_string(), Default::default());
        }
        now
    });
}

/// One entry: its title, how far it is, its files, what can be done.
fn card(entry: &Entry, asked: RwSignal<Option<String>>) -> AnyView {
    let title = name(entry);
    let (id, is_draft) = (entry.text("id"), entry.is("draft"));
    let is_open = is_draft || entry.is("stuck") && !has_arrived(entry);
    let taken = id.clone();
    let other = Entry(entry.get("clash"));
    // Two versions of a message are shown where it is written.
    let is_two = other.0.is_object() && !entry.is_report();
    let way = if other.0.is_object() && !is_two {
        clash(entry, &other)
    } else if entry.get("sent_elsewhere").is_truthy() {
        ().into_any()
    } else if entry.is("stuck") && entry.get("path") == *paths::PUBLIC_REPORTS {
        // It was written without signing in: no page of who is signed in mends it.
        ().into_any()
    } else if is_open {
        let words = if is_draft { key::outbox::GO_ON } else { key::outbox::MEND };
        let to = match entry.questionnaire() {
            Some(id) => Route::AnswerQuestionnaire { id },
            None if entry.is_report() => Route::Draft { id },
            None => Route::Case { id: CaseId(entry.text("about")) },
        };
        view! { <LinkButton to>{t(words)}</LinkButton> }.into_any()
    } else {
        let retry = move |()| {
            let id = id.clone();
            spawn_local(async move { drop(call("retry", &[id.into()]).await) });
        };
        view! { <ActionButton look="outline-primary" icon="it-refresh" on_press=retry>{t(key::outbox::RETRY)}</ActionButton> }.into_any()
    };
    view! {
        <li class="card filo-unsent">
            <h3 class="h5">{title.clone()}</h3>
            <p>{how_far(entry)}</p>
            {is_two.then(|| view! { <p>{t(key::outbox::CLASH)}</p> })}
            {entry.get("elsewhere").is_truthy().then(|| view! { <p>{t(key::outbox::ELSEWHERE)}</p> })}
            <ul>{(!is_draft).then(|| entry.files().iter().map(|file| file_row(file, "")).collect_view())}</ul>
            <div class="filo-actions">
                {way}
                <ActionButton look="link" icon="it-delete" on_press=move |()| asked.set(Some(taken.clone()))>
                    {t(key::outbox::DELETE)}<span class="visually-hidden">" "{title}</span>
                </ActionButton>
            </div>
        </li>
    }
    .into_any()
}

/// A draft that another device has changed too (`other`: what the CRM lists of it): both versions, and which to go on with. Nothing is decided by itself.
fn clash(entry: &Entry, other: &Entry) -> AnyView {
    let version = |key: Key, title: &str, when: String| {
        fill(key, &[("title", if title.is_empty() { t(key::outbox::NO_TITLE) } else { title }), ("when", &when)])
    };
    let here = version(key::outbox::CLASH_HERE, &entry.text("title"), changed(entry));
    let there = version(key::outbox::CLASH_THERE, &other.text("title"), moment(&UtcTime(other.text("changed_at"))));
    let choose = |is_this: bool| {
        let id = entry.text("id");
        move |()| {
            let id = id.clone();
            spawn_local(async move { drop(call("choose", &[id.into(), is_this.into()]).await) });
        }
    };
    view! {
        <div class="filo-clash">
            <p>{t(key::outbox::CLASH)}</p>
            <ul><li>{here}</li><li>{there}</li></ul>
            <div class="filo-actions">
                <ActionButton look="outline-primary" on_press=choose(true)>{t(key::outbox::CLASH_THIS)}</ActionButton>
                <ActionButton look="outline-primary" on_press=choose(false)>{t(key::outbox::CLASH_OTHER)}</ActionButton>
            </div>
        </div>
    }
    .into_any()
}

/// When an entry was changed last.
fn changed(entry: &Entry) -> String {
    moment(&UtcTime(String::from(js_sys::Date::new(&entry.get("changed_at")).to_iso_string())))
}

/// What an entry is called.
pub fn name(entry: &Entry) -> String {
    Some(entry.text("title")).filter(|title| !title.is_empty()).unwrap_or_else(|| t(key::outbox::NO_TITLE).to_owned())
}

/// Whether the CRM has accepted it, and only its files are left.
fn has_arrived(entry: &Entry) -> bool {
    entry.is("travelling") || entry.files().iter().any(|file| file.get("arrived").is_truthy() || file.get("problem").is_truthy())
}

/// How far an entry is, in words.
pub fn how_far(entry: &Entry) -> String {
    let is_kept = entry.get("on_device").is_truthy();
    if entry.is("draft") {
        return match () {
            () if entry.get("is_far").is_truthy() => t(key::outbox::FAR).to_owned(),
            () if entry.get("sent_elsewhere").is_truthy() => t(key::outbox::SENT_ELSEWHERE).to_owned(),
            () if is_kept => fill(key::outbox::SAVED, &[("when", &changed(entry))]),
            () => t(key::outbox::DRAFT_MEMORY).to_owned(),
        };
    }
    let why = match &*entry.text("error") {
        _ if entry.is("stuck") => return t(if has_arrived(entry) { key::outbox::STUCK_FILES } else { key::outbox::STUCK }).to_owned(),
        "" => "",
        // It goes by itself: nobody is asked to try again.
        "offline" => t(key::outbox::WHY_OFFLINE),
        _ => t(key::outbox::WHY_BROKEN),
    };
    let state = match (entry.is("waiting"), is_kept) {
        (true, true) => key::outbox::WAITING,
        (true, false) => key::outbox::WAITING_MEMORY,
        (false, true) => key::outbox::TRAVELLING,
        (false, false) => key::outbox::TRAVELLING_MEMORY,
    };
    format!("{} {why}", t(state))
}

/// A file on its way, with the words for that: ticked when the CRM has it whole.
pub fn file_row(file: &Entry, under_way: &'static str) -> AnyView {
    let (icon, words) = match take::<FieldProblem>(file.get("problem")) {
        _ if file.get("arrived").is_truthy() => ("it-check-circle", t(key::outbox::FILE_ARRIVED).to_owned()),
        Some(problem) => ("it-error", capitalised(&sentence(&problem))),
        None => ("it-upload", String::new()),
    };
    let is_under_way = words.is_empty();
    let name = file.text("name");
    let progress = is_under_way.then(|| {
        let (bytes, sent) = (file.number("bytes").to_string(), file.number("sent").to_string());
        view! { <progress max=bytes value=sent aria-label=name.clone()></progress> }
    });
    view! { <li><Icon name=icon/><span>{name}</span>" "<small>{if is_under_way { under_way.to_owned() } else { words }}</small>{progress}</li> }.into_any()
}

/// The files of an entry on their way, as they are now; nothing once it has gone.
#[component]
pub fn FileRows(entry: String) -> impl IntoView {
    let rows = move || {
        let entries = outbox().entries();
        let known = entries.iter().find(|known| known.get("id") == *entry);
        known.map(|known| known.files().iter().map(|file| file_row(file, "")).collect_view())
    };
    view! { <ul class="filo-unsent">{rows}</ul> }
}
