//! A message: what it says in plain words, where it leads, and what a person does with it.
use crate::api::{Api, ApiError};
use crate::lexicon::Lexicon;
use crate::live::live;
use crate::load::load;
use crate::markup::view;
use crate::route::{MyData, Payments, Route};
use crate::ui::{ActionButton, Icon, Link, LinkButton, Section, error_key};
use crate::words::{day, fill, key, language, moment, t};
use contract::inbox::{InboxQuery, Mark, Message, MessageKind, Shown};
use contract::{Page as Part, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Messages shown on the home page.
const LATEST: u32 = 3;

/// What a message says, in a sentence.
fn headline(message: &Message, lexicon: &Lexicon) -> String {
    let label = || message.state.as_ref().map_or_else(String::new, |state| lexicon.label(state));
    match message.kind {
        MessageKind::Received => t(key::inbox::RECEIVED).to_owned(),
        MessageKind::Moved => fill(key::inbox::MOVED, &[("state", &label())]),
        MessageKind::Question => t(key::inbox::QUESTION).to_owned(),
        MessageKind::Documents => t(key::inbox::DOCUMENTS).to_owned(),
        MessageKind::Written => t(key::inbox::WRITTEN).to_owned(),
        MessageKind::Followed => fill(key::inbox::FOLLOWED, &[("state", &label())]),
        MessageKind::FollowedConfirmed => t(key::inbox::FOLLOWED_CONFIRMED).to_owned(),
        MessageKind::StreetReport => t(key::inbox::STREET_REPORT).to_owned(),
        MessageKind::StreetClosed => fill(key::inbox::STREET_CLOSED, &[("state", &label())]),
        MessageKind::Notice => t(key::inbox::NOTICE).to_owned(),
        MessageKind::Delegated => t(key::inbox::DELEGATED).to_owned(),
        MessageKind::FeeDue => t(key::inbox::FEE_DUE).to_owned(),
        MessageKind::FeePaid => t(key::inbox::FEE_PAID).to_owned(),
        MessageKind::CopyReady => t(key::inbox::COPY_READY).to_owned(),
        MessageKind::Unknown => t(key::inbox::UNKNOWN).to_owned(),
    }
}

/// The exact place that a message is about.
fn place(message: &Message) -> Option<Route> {
    if message.kind == MessageKind::Delegated {
        return Some(Route::Delegates);
    }
    let case = message.case.clone().map(|id| Route::Case { id });
    let case = case.or_else(|| message.fee.clone().map(|id| Route::Payments(Payments::Fee(id))));
    let case = case.or_else(|| message.report.clone().map(|id| Route::PublicReport { id }));
    case.or_else(|| (message.kind == MessageKind::CopyReady).then_some(Route::MyData(MyData::Copies)))
}

/// What it is about: the kind of case, its title, its number, which stays in one piece.
fn about(message: &Message, lexicon: &Lexicon) -> AnyView {
    let kind = message.case_kind.as_ref().map(|kind| lexicon.kind_name(kind));
    let parts = [kind, Some(message.title.clone())].into_iter().flatten().filter(|part| !part.is_empty());
    let about = parts.collect::<Vec<_>>().join(" · ");
    let number = message.number.as_ref().map(|number| number.0.clone());
    let lang = (language() != "it").then_some("it");
    view! { <p class="filo-message-about" lang=lang>{about}{number.map(|number| view! { " · "<span class="text-nowrap">{number}</span> })}</p> }.into_any()
}

/// Of a notice: until when it holds, and where there is more.
fn of_notice(message: &Message) -> AnyView {
    let until = message.until.as_ref().map(|until| fill(key::inbox::NOTICE_UNTIL, &[("date", &day(until))]));
    // Only what a browser opens as a page.
    let link = Some(message.link.clone()).filter(|link| link.starts_with("https://"));
    let (name, more) = (message.title.clone(), t(key::inbox::NOTICE_LINK));
    let more = move |link| view! { <a href=link rel="noreferrer">{more}<span class="visually-hidden">": "{name}</span></a> };
    let until = until.map(|until| view! { <p class="filo-note">{until}" "{link.map(more)}</p> });
    view! { {until} }.into_any()
}

/// Marks a message at the CRM; `then` hears whether it did.
fn mark(api: Api, id: &contract::id::MessageId, mark: Mark, then: impl FnOnce(Option<ApiError>) + 'static) {
    let path = paths::message(id);
    spawn_local(async move { then(api.post::<Message>(&path, &mark).await.err()) });
}

/// A message, in its list.
#[component]
pub fn MessageCard(message: Message, lexicon: Lexicon) -> impl IntoView {
    let api = expect_context::<Api>();
    let (is_read, is_gone, failed) = (RwSignal::new(message.read), RwSignal::new(false), RwSignal::new(None::<ApiError>));
    let archived = message.archived;
    let id = StoredValue::new(message.id.clone());
    let set_read = move |read: bool| {
        if is_read.get_untracked() == read {
            return;
        }
        mark(api, &id.get_value(), Mark { read: Some(read), archived: None }, move |error| {
            if error.is_none() && is_read.try_set(read).is_none() && !archived {
                live().read_changed(!read);
            }
            failed.try_set(error);
        });
    };
    let put_away = move || {
        mark(api, &id.get_value(), Mark { read: Some(true), archived: Some(!archived) }, move |error| {
            if error.is_none() && !is_read.try_get_untracked().unwrap_or(true) {
                live().read_changed(false);
            }
            is_gone.try_set(error.is_none());
            failed.try_set(error);
        });
    };
    let title = headline(&message, &lexicon);
    let shown = title.clone();
    let heading = match place(&message) {
        Some(to) => view! { <Link to>{shown}</Link> }.into_any(),
        None => shown.into_any(),
    };
    let name = StoredValue::new(title);
    let named = move || view! { <span class="visually-hidden">": "{name.get_value()}</span> };
    let note_lang = (language() != "it").then_some("it");
    let read_words = move || t(if is_read.get() { key::inbox::MARK_NEW } else { key::inbox::MARK_READ });
    let away = if archived { (key::inbox::UNARCHIVE, "it-refresh") } else { (key::inbox::ARCHIVE, "it-files") };
    let content = view! {
        <article class="card filo-message" class:is-new=move || !is_read.get()>
            <p class="filo-message-when">
                {move || (!is_read.get()).then(|| view! { <strong class="filo-message-new">{t(key::inbox::NEW)}</strong>" " })}
                <span>{moment(&message.at)}</span>
            </p>
            <h3 class="filo-message-title" on:click=move |_| set_read(true)>{heading}</h3>
            {about(&message, &lexicon)}
            {(!message.note.is_empty()).then(|| view! { <blockquote lang=note_lang>{message.note.clone()}</blockquote> })}
            {of_notice(&message)}
            <div class="filo-message-actions">
                {(!archived).then(|| view! {
                    <ActionButton look="link" icon="it-mail" on_press=move |()| set_read(!is_read.get_untracked())>{read_words}{named()}</ActionButton>
                })}
                <ActionButton look="link" icon=away.1 on_press=move |()| put_away()>{t(away.0)}{named()}</ActionButton>
            </div>
            <p role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </article>
    };
    let gone = if archived { key::inbox::UNARCHIVED } else { key::inbox::ARCHIVED };
    let note = NodeRef::<leptos::html::P>::new();
    Effect::new(move |_| {
        if let Some(note) = note.get().filter(|_| is_gone.get()) {
            // The button that was pressed is hidden now. An element that is on the page takes the focus.
            let _ = note.focus();
        }
    });
    view! {
        <div hidden=move || is_gone.get()>{content}</div>
        <p class="filo-note" role="status" tabindex="-1" node_ref=note>{move || is_gone.get().then(|| t(gone))}</p>
    }
}

/// The newest messages that are not read, for the home page; nothing when there are none.
#[component]
pub fn LatestNews(lexicon: Lexicon) -> impl IntoView {
    let latest = load(|api| {
        // Asked for once it is known that there are some: the home page does not wait for it.
        let is_any = live().unread().is_some_and(|unread| unread > 0);
        live().new_messages();
        async move {
            if !is_any {
                return Ok(Vec::new());
            }
            let query = InboxQuery { show: Shown::Unread, limit: Some(LATEST), ..InboxQuery::default() };
            api.get::<Part<Message>>(&paths::inbox(&query)).await.map(|part| part.items)
        }
    });
    let row = move |message: Message, lexicon: &Lexicon| {
        let (title, about) = (headline(&message, lexicon), about(&message, lexicon));
        let to = place(&message).unwrap_or(Route::Inbox);
        view! {
            <li><article class="card filo-message is-new">
                <p class="filo-message-when"><Icon name="it-mail" class="icon-sm"/><span>{moment(&message.at)}</span></p>
                <h3 class="filo-message-title"><Link to>{title}</Link></h3>
                {about}
            </article></li>
        }
    };
    let drawn = move || {
        let messages = latest.now().filter(|messages| !messages.is_empty())?;
        let rows: Vec<_> = messages.into_iter().map(|message| row(message, &lexicon)).collect();
        Some(view! {
            <Section id="news-title" title=t(key::inbox::NEWS_TITLE)>
                <ul class="filo-list">{rows}</ul>
                <LinkButton to=Route::Inbox class="btn btn-outline-primary">{t(key::inbox::ALL)}</LinkButton>
            </Section>
        })
    };
    view! { {drawn} }
}
