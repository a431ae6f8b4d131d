//! "Bozze e invii": what was begun, what is on its way, what must be mended; and the notes about it on other pages.
use super::{Entry, outbox};
use crate::api::{ApiError, take};
use crate::form::{capitalised, sentence};
use crate::markup::view;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{ActionButton, Callout, Dialog, EmptyView, Icon, Link, LinkButton, Page, Section, error_key};
use crate::vault::{self, call};
use crate::words::{count, fill, key, moment, t};
use contract::UtcTime;
use contract::id::CaseId;
use contract::problem::FieldProblem;
use contract::session::Device;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The page.
#[component]
pub fn OutboxPage() -> impl IntoView {
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
        asked.set(None);
        spawn_local(async move { drop(call("remove", &[id.into()]).await) });
    };
    view! {
        <Page title=t(key::outbox::TITLE) lead=t(key::outbox::LEAD)>
            <StorageNote/>
            <Section id="unsent-title" title=t(key::outbox::UNSENT_TITLE)>{list(false)}</Section>
            <Section id="drafts-title" title=t(key::outbox::DRAFTS_TITLE)>{list(true)}</Section>
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

/// One entry: its title, how far it is, its files, what can be done.
fn card(entry: &Entry, asked: RwSignal<Option<String>>) -> AnyView {
    let title = name(entry);
    let (id, is_draft) = (entry.text("id"), entry.is("draft"));
    let is_open = is_draft || entry.is("stuck") && !has_arrived(entry);
    let taken = id.clone();
    let way = if is_open {
        let words = if is_draft { key::outbox::GO_ON } else { key::outbox::MEND };
        let to = if entry.is_report() { Route::Draft { id } } else { Route::Case { id: CaseId(entry.text("about")) } };
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
            <p>{told(entry)}</p>
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

/// What an entry is called.
pub fn name(entry: &Entry) -> String {
    Some(entry.text("title")).filter(|title| !title.is_empty()).unwrap_or_else(|| t(key::outbox::NO_TITLE).to_owned())
}

/// Whether the CRM has accepted it, and only its files are left.
fn has_arrived(entry: &Entry) -> bool {
    entry.is("travelling") || entry.files().iter().any(|file| file.get("arrived").is_truthy() || file.get("problem").is_truthy())
}

/// How far an entry is, in words.
fn told(entry: &Entry) -> String {
    if entry.is("draft") {
        let changed = js_sys::Date::new(&entry.get("changed_at")).to_iso_string();
        return fill(key::outbox::SAVED, &[("when", &moment(&UtcTime(String::from(changed))))]);
    }
    let why = match &*entry.text("error") {
        _ if entry.is("stuck") => return t(if has_arrived(entry) { key::outbox::STUCK_FILES } else { key::outbox::STUCK }).to_owned(),
        "" => "",
        "offline" => t(error_key(&ApiError::Offline)),
        "too_many" => t(error_key(&ApiError::TooMany)),
        _ => t(error_key(&ApiError::Broken)),
    };
    format!("{} {why}", t(if entry.is("waiting") { key::outbox::WAITING } else { key::outbox::TRAVELLING }))
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

/// "2 non ancora inviate", on every page, while there are any.
#[component]
pub fn UnsentLink() -> impl IntoView {
    let number = Memo::new(move |_| outbox().entries().iter().filter(|entry| !entry.is("draft")).count());
    let drawn = move || match number.get() {
        0 => None,
        number => Some(view! {
            <p class="filo-unsent-link" role="status"><Link to=Route::Outbox><Icon name="it-upload"/>{count(key::outbox::UNSENT, number as i64)}</Link></p>
        }),
    };
    view! { {drawn} }
}

/// What speaks against trusting this device with a photo, said before it is taken (feature X16).
#[component]
pub fn StorageNote() -> impl IntoView {
    let session = expect_context::<Session>();
    let risk = RwSignal::new(None::<Option<String>>);
    spawn_local(async move {
        let found = vault::risk().await;
        // Nobody waits for it any more when the page has been left meanwhile.
        risk.try_set(Some(found));
    });
    let drawn = move || {
        let is_shared = session.person().is_some_and(|me| me.session.device == Device::Shared);
        let words = match (outbox().on_device()?, risk.get()?.as_deref()) {
            (false, _) if is_shared => key::outbox::MEMORY_SHARED,
            (false, _) => key::outbox::MEMORY,
            (true, Some("full")) => key::outbox::RISK_FULL,
            (true, Some(_)) => key::outbox::RISK_WEEK,
            (true, None) => return None,
        };
        Some(view! { <Callout kind="warning" title=t(key::outbox::RISK_TITLE)><p>{t(words)}</p></Callout> })
    };
    view! { {drawn} }
}
