//! "Anche io" (feature F6): somebody has the same problem, says so instead of writing it again, and can take it back.
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::route::Route;
use crate::session::Session;
use crate::ui::{ActionButton, LinkButton, error_key};
use crate::words::{count, key, t};
use contract::id::PublicReportId;
use contract::public_reports::{Following, PublicReport};
use contract::{Page as Part, paths};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The reports that somebody who is signed in follows: the latest of them. Nobody follows nothing.
pub async fn followed(api: Api) -> Vec<PublicReportId> {
    if !api.session().is_in_now() {
        return Vec::new();
    }
    // Without an answer the button says "Anche io", and saying it twice is saying it once.
    let mine = api.get::<Part<PublicReport>>(&paths::follows(None)).await;
    mine.map_or_else(|_| Vec::new(), |part| part.items.into_iter().map(|report| report.id).collect())
}

/// The button and how many others have pressed it.
#[component]
pub fn Follow(
    /// Which report.
    id: PublicReportId,
    /// What it is called, for who does not see what the button stands beside.
    title: String,
    /// How things stood when it was read.
    now: Following,
    /// Whether the town hall writes letters.
    mail: bool,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let session = expect_context::<Session>();
    let now = RwSignal::new(now);
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let path = StoredValue::new(paths::follow(&id));
    let press = move || {
        busy.set(true);
        failed.set(None);
        let (path, is_on) = (path.get_value(), now.get_untracked().following);
        spawn_local(async move {
            let answer = if is_on { api.delete(&path).await } else { api.post(&path, &()).await };
            // The page may have been left meanwhile.
            busy.try_set(false);
            match answer {
                Ok(answer) => drop(now.try_set(answer)),
                Err(error) => drop(failed.try_set(Some(error))),
            }
        });
    };
    let sign_in = Route::FollowReport { id };
    let is_in = Memo::new(move |_| session.person().is_some());
    let button = move || {
        let title = title.clone();
        if !is_in.get() {
            return view! { <LinkButton to=sign_in.clone() class="btn btn-outline-primary">{t(key::reports::FOLLOW_SIGN_IN)}</LinkButton> }
                .into_any();
        }
        // One button whatever it says: the focus stays on it.
        let words = move || t(if now.get().following { key::reports::FOLLOW_UNDO } else { key::reports::FOLLOW });
        view! { <ActionButton look="outline-primary" busy on_press=move |()| press()>{words}<span class="visually-hidden">": "{title}</span></ActionButton> }.into_any()
    };
    view! {
        <div class="filo-follow">
            <p role="status">{move || {
                let now = now.get();
                let done = if now.following { t(key::reports::FOLLOW_DONE) } else { "" };
                // A letter is promised only to who has an address.
                let is_told = now.following && mail && session.person().and_then(|me| me.email).is_some();
                let told = if is_told { t(key::reports::FOLLOW_MAIL) } else { "" };
                let others = if now.followers > 0 { count(key::reports::FOLLOWERS, i64::from(now.followers)) } else { String::new() };
                [done, told, &others].join(" ")
            }}</p>
            {button}
            <p class="filo-field-error" role="alert">{move || failed.get().map(|error| t(error_key(&error)))}</p>
        </div>
    }
}
