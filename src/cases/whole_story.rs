//! A person's whole story with the town: what happened in all of their cases, by whichever channel, newest first.
use super::story::told;
use super::words::{load_lexicon, title_language};
use crate::lexicon::Lexicon;
use crate::live::{Fresh, FreshNote, live};
use crate::load::{Load, LoadList, load_pages};
use crate::markup::view;
use crate::route::Route;
use crate::ui::{Finder, Link, Page, found_in_url};
use crate::words::{count, fill, key, office_language, t};
use contract::story::{StoryEntry, StoryQuery};
use contract::{Page as Part, paths};
use leptos::prelude::*;

/// Steps in the first part of the list, and in those that somebody asks for behind it.
const PART: u32 = 20;
const MORE: u32 = 100;

/// The page.
#[component]
pub fn StoryPage() -> impl IntoView {
    let words = found_in_url("q");
    let fresh = Fresh::new();
    let steps = load_pages(move |api, after| {
        fresh.track();
        let limit = Some(if after.is_some() { MORE } else { PART });
        let query = StoryQuery { q: words.get(), after, limit };
        async move { api.get::<Part<StoryEntry>>(&paths::story(&query)).await }
    });
    fresh.follow(|| live().case_changes(), move || steps.is_unfolded());
    let lexicon = load_lexicon();
    // Said aloud when the list changes (WCAG 4.1.3).
    let found = move || match steps.shown()? {
        _ if words.with(Option::is_none) => None,
        (number, false) => Some(count(key::cases::STORY_FOUND, number as i64)),
        (number, true) => Some(fill(key::cases::STORY_FOUND_MORE, &[("count", &number.to_string())])),
    };
    let empty =
        move || view! { <p>{t(if words.with(Option::is_some) { key::cases::STORY_NONE_FOUND } else { key::cases::STORY_NONE })}</p> };
    view! {
        <Page title=t(key::cases::STORY_ALL) lead=t(key::cases::STORY_LEAD)>
            <Finder to=Route::Story param="show" chips=&[] label=key::cases::STORY_SEARCH search=key::cases::STORY_SEARCH/>
            <p class="filo-note filo-found" role="status">{found}</p>
            <FreshNote fresh/>
            <h2 class="visually-hidden">{t(key::cases::STORY_ALL)}</h2>
            <Load from=lexicon let:lexicon>
                <LoadList from=steps empty=ViewFn::from(empty) let:entry>
                    <StoryCard entry lexicon=lexicon.clone()/>
                </LoadList>
            </Load>
        </Page>
    }
}

/// A step, with the case it belongs to.
#[component]
fn StoryCard(entry: StoryEntry, lexicon: Lexicon) -> impl IntoView {
    let moment = told(&entry.step, "done", &lexicon);
    let lang = title_language(&entry.kind);
    view! {
        <article class="card filo-message">
            <p class="filo-message-when"><span>{moment.when}</span><span>{moment.detail}</span></p>
            <h3 class="filo-message-title">{moment.title}</h3>
            <p class="filo-message-about">
                <span lang=office_language()>{lexicon.kind_name(&entry.kind)}</span>" · "
                <Link to=Route::Case { id: entry.case }><span lang=lang>{entry.title}</span></Link>" · "<span class="text-nowrap">{entry.number.0}</span>
            </p>
            {(!moment.note.is_empty()).then(|| view! { <blockquote lang=moment.note_lang>{moment.note}</blockquote> })}
        </article>
    }
}
