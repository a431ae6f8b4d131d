//! The page "Messaggi": what the town has told, newest first; which ones, and words to look for.
use super::card::MessageCard;
use crate::api::Api;
use crate::lexicon::load_lexicon;
use crate::live::{Fresh, FreshNote, live};
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{ActionButton, Finder, Page, error_key, found_in_url};
use crate::words::{Key, count, fill, key, t};
use contract::inbox::{InboxCount, InboxQuery, Message, Seen, Shown};
use contract::{Page as Part, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Messages in one part of the list.
const PART: u32 = 20;

/// Which ones one can choose; the first is all that are not put away.
const SHOWN: [(&str, Key); 3] = [
    ("", key::inbox::FILTER_ALL),
    (Shown::Unread.as_str(), key::inbox::FILTER_UNREAD),
    (Shown::Archived.as_str(), key::inbox::FILTER_ARCHIVED),
];

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    let (show, words) = (found_in_url("show"), found_in_url("q"));
    let looked_for = Memo::new(move |_| {
        let asked = show.get();
        let show = [Shown::Unread, Shown::Archived].into_iter().find(|show| asked.as_deref() == Some(show.as_str())).unwrap_or_default();
        InboxQuery { show, q: words.get(), after: None, limit: Some(PART) }
    });
    let fresh = Fresh::new();
    let messages = load_pages(move |api, after| {
        fresh.track();
        let query = InboxQuery { after, ..looked_for.get() };
        async move { api.get::<Part<Message>>(&paths::inbox(&query)).await }
    });
    fresh.follow(|| live().new_messages(), move || messages.is_unfolded());
    let lexicon = load_lexicon();
    let is_filtered = move || looked_for.with(|query| query.show != Shown::Inbox || query.q.is_some());
    // Said aloud when the list changes (WCAG 4.1.3): whoever types does not see it change.
    let found = move || match messages.shown()? {
        (0, _) if !is_filtered() => None,
        (number, false) => Some(count(key::inbox::FOUND, number as i64)),
        (number, true) => Some(fill(key::inbox::FOUND_MORE, &[("count", &number.to_string())])),
    };
    let why_empty = move || match looked_for.with(|query| (query.q.is_some(), query.show)) {
        (true, _) => key::inbox::NONE_FOUND,
        (false, Shown::Unread) => key::inbox::NONE_UNREAD,
        (false, Shown::Archived) => key::inbox::NONE_ARCHIVED,
        _ => key::inbox::NONE,
    };
    let empty = move || view! { <p>{t(why_empty())}</p> };
    view! {
        <Page title=t(key::inbox::TITLE) lead=t(key::inbox::LEAD)>
            <Finder to=Route::Inbox param="show" chips=&SHOWN label=key::inbox::FILTER_LABEL search=key::inbox::SEARCH_LABEL/>
            <div class="filo-inbox-line">
                <p class="filo-note filo-found" role="status">{found}</p>
                <AllRead fresh/>
            </div>
            <FreshNote fresh/>
            <h2 class="visually-hidden">{t(key::inbox::RESULTS)}</h2>
            <Load from=lexicon let:lexicon>
                <LoadList from=messages empty=ViewFn::from(empty) let:message>
                    <MessageCard message lexicon=lexicon.clone()/>
                </LoadList>
            </Load>
        </Page>
    }
}

/// "I have read them all", while some are new.
#[component]
fn AllRead(fresh: Fresh) -> impl IntoView {
    let api = expect_context::<Api>();
    let failed = RwSignal::new(None);
    let read_all = move || {
        spawn_local(async move {
            match api.post::<InboxCount>(paths::INBOX_READ, &Seen::default()).await {
                Ok(count) => {
                    live().counted(count);
                    fresh.renew();
                }
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let is_any = move || live().unread().is_some_and(|unread| unread > 0);
    view! {
        {move || is_any().then(|| view! { <ActionButton look="outline-primary" icon="it-check" on_press=move |()| read_all()>{t(key::inbox::READ_ALL)}</ActionButton> })}
        <p role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
    }
}
