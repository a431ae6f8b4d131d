//! Lists that come in parts: the first, those behind it, "more"; drawn a few rows at a time.
use super::{Loaded, draw, load};
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ActionButton, EmptyView, ErrorView};
use crate::words::{key, t};
use contract::Page;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// A list that comes in parts: the first, and those that were asked for with "more".
pub struct Pages<T: Send + Sync + 'static> {
    first: Loaded<Page<T>>,
    more: RwSignal<More<T>>,
    ask: StoredValue<AskMore<T>, LocalStorage>,
    /// Whether it has been drawn: from then on it is drawn in one piece, so that nothing jumps.
    is_drawn: StoredValue<bool>,
}

/// Rows drawn in one task. What fills the screen comes first; a phone stays quick to the touch while the rest is drawn.
const ROWS_AT_ONCE: usize = 2;

impl<T: Send + Sync + 'static> Clone for Pages<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Send + Sync + 'static> Copy for Pages<T> {}

type AskMore<T> = Box<dyn Fn(Api, Option<String>) -> Pin<Box<dyn Future<Output = Result<Page<T>, ApiError>>>>>;

/// What the parts behind the first belong to: what was asked for, and the cursor at the end of the first part. To no other.
#[derive(Clone, Default, PartialEq)]
struct Begun {
    about: u32,
    at: Option<String>,
}

/// The parts behind the first.
#[derive(Clone)]
struct More<T> {
    begun: Begun,
    /// Shared, not copied: a list that somebody unfolds for long has thousands of rows.
    parts: Vec<Arc<Vec<T>>>,
    next: Option<String>,
    state: Asking,
}

#[derive(Clone, PartialEq)]
enum Asking {
    Idle,
    Busy,
    Failed(ApiError),
}

/// Asks the CRM for a list in parts. `ask` gets the cursor to continue at; a signal it reads begins the list anew.
pub fn load_pages<T, Fut>(ask: impl Fn(Api, Option<String>) -> Fut + Clone + 'static) -> Pages<T>
where
    T: Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Page<T>, ApiError>> + 'static,
{
    let ask_first = ask.clone();
    Pages {
        first: load(move |api| ask_first(api, None)),
        more: RwSignal::new(More { begun: Begun::default(), parts: Vec::new(), next: None, state: Asking::Idle }),
        ask: StoredValue::new_local(Box::new(move |api, cursor| Box::pin(ask(api, cursor)))),
        is_drawn: StoredValue::new(false),
    }
}

impl<T: Clone + Send + Sync + 'static> Pages<T> {
    /// How many items are shown, and whether there are more; nothing while they are on their way. Tracked.
    pub fn shown(self) -> Option<(usize, bool)> {
        let first = self.first.answer.get()?.ok()?;
        let first = first.downcast_ref::<Page<T>>()?;
        let more = self.more.get();
        if more.begun != self.begun(first.next.clone()) {
            return Some((first.items.len(), first.next.is_some()));
        }
        let behind: usize = more.parts.iter().map(|part| part.len()).sum();
        Some((first.items.len() + behind, more.next.is_some()))
    }

    /// The items that are shown; nothing while they are on their way. Tracked.
    pub fn all_now(self) -> Option<Vec<T>> {
        let first = self.first.answer.get()?.ok()?;
        let first = first.downcast_ref::<Page<T>>()?;
        let more = self.more.get();
        let behind = if more.begun == self.begun(first.next.clone()) { more.parts } else { Vec::new() };
        Some(first.items.iter().chain(behind.iter().flat_map(|part| part.iter())).cloned().collect())
    }

    /// Whether more is shown than comes by itself.
    pub fn is_unfolded(self) -> bool {
        self.more.with(|more| !more.parts.is_empty() && more.begun.about == self.first.answer.shown.get_value().about)
    }

    /// What belongs to a first part that is shown now, by the cursor at its end.
    fn begun(self, at: Option<String>) -> Begun {
        Begun { about: self.first.answer.shown.get_value().about, at }
    }

    /// Asks for the part behind those that are there, unless something else was asked for meanwhile.
    fn ask_more(self, begun: Begun) {
        if self.first.answer.asked.get_value().about != begun.about {
            return;
        }
        let api = expect_context::<Api>();
        let here = self.more.get_untracked();
        let mut more = if here.begun == begun {
            here
        } else {
            More { next: begun.at.clone(), begun: begun.clone(), parts: Vec::new(), state: Asking::Idle }
        };
        more.state = Asking::Busy;
        let cursor = more.next.clone();
        self.more.set(more);
        let answer = self.ask.with_value(|ask| ask(api, cursor));
        spawn_local(async move {
            let answer = answer.await;
            self.more.try_update(|more| match answer {
                // It is another list by now.
                _ if more.begun != begun => {}
                Ok(page) => {
                    more.parts.push(Arc::new(page.items));
                    more.next = page.next;
                    more.state = Asking::Idle;
                }
                Err(error) => more.state = Asking::Failed(error),
            });
        });
    }
}

/// Draws a list, item by item. What an empty list means must be said: leaving `empty` out does not compile.
#[component]
pub fn LoadList<T, V>(
    /// The list.
    from: Pages<T>,
    /// What an empty list means, and what to do then.
    empty: ViewFn,
    /// How an item is drawn, inside an `<li>`.
    children: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let children: DrawRow<T> = Arc::new(move |item| children(item).into_any());
    let show = move |page: Arc<dyn Any + Send + Sync>| {
        let Some(page) = page.downcast_ref::<Page<T>>().cloned() else { return ().into_any() };
        if page.items.is_empty() {
            let why = empty.run();
            return view! { <EmptyView>{why}</EmptyView> }.into_any();
        }
        let first_len = page.items.len();
        let first_rows = in_turns(page.items, from.is_drawn.get_value(), 0, &children);
        from.is_drawn.set_value(true);
        let list = NodeRef::<leptos::html::Ul>::new();
        let begun = from.begun(page.next);
        let more_rows = behind(from, begun.clone(), 0, children.clone());
        view! {
            <ul class="filo-list" node_ref=list>{first_rows}{more_rows}</ul>
            <MoreButton from begun first_len list/>
        }
        .into_any()
    };
    draw(from.first.answer, false, Box::new(show))
}

/// The part at an index of those behind the first, and the parts behind it. Each is drawn once: what comes later draws nothing anew.
fn behind<T: Clone + Send + Sync + 'static>(from: Pages<T>, begun: Begun, index: usize, draw: DrawRow<T>) -> AnyView {
    let own = begun.clone();
    let is_there = Memo::new(move |_| from.more.with(|more| more.begun == own && more.parts.len() > index));
    let part = move || {
        let items = is_there.get().then(|| from.more.with_untracked(|more| more.parts.get(index).cloned())).flatten()?;
        // The first row takes the focus: it is there at once.
        let rows = in_turns(items.to_vec(), false, 1, &draw);
        let next = behind(from, begun.clone(), index + 1, draw.clone());
        Some(view! { {rows}{next} })
    };
    view! { {part} }.into_any()
}

/// Rows, a few in each of the tasks that follow, the first `begun` turns of them at once; all at once when `is_whole`.
fn in_turns<T: Clone + Send + Sync + 'static>(mut items: Vec<T>, is_whole: bool, begun: usize, draw: &DrawRow<T>) -> Vec<AnyView> {
    let drawn = RwSignal::new(begun);
    let mut turns = Vec::new();
    while !is_whole && items.len() > ROWS_AT_ONCE {
        let behind = items.split_off(ROWS_AT_ONCE);
        turns.push(std::mem::replace(&mut items, behind));
    }
    turns.push(items);
    let last = turns.len();
    let turn = |(index, items): (usize, Vec<T>)| {
        let draw = draw.clone();
        let is_due = Memo::new(move |_| is_whole || drawn.get() > index);
        let rows = move || is_due.get().then(|| rows(items.clone(), &*draw));
        view! { {rows} }.into_any()
    };
    let views = turns.into_iter().enumerate().map(turn).collect();
    if !is_whole {
        go_on(drawn, last);
    }
    views
}

/// One turn more in a task of its own, until the last.
fn go_on(drawn: RwSignal<usize>, last: usize) {
    if drawn.try_get_untracked().is_some_and(|turns| turns < last) {
        let next = move || {
            if drawn.try_update(|turns| *turns += 1).is_some() {
                go_on(drawn, last);
            }
        };
        set_timeout(next, Duration::ZERO);
    }
}

/// Draws a row of a list.
type DrawRow<T> = Arc<dyn Fn(T) -> AnyView + Send + Sync>;

fn rows<T>(items: Vec<T>, draw: &dyn Fn(T) -> AnyView) -> Vec<AnyView> {
    items.into_iter().map(|item| view! { <li>{draw(item)}</li> }.into_any()).collect()
}

/// A row of a list takes the focus.
fn focus_row(list: NodeRef<leptos::html::Ul>, index: usize) {
    let Some(list) = list.try_get_untracked().flatten() else { return };
    let row = list.children().item(index as u32).and_then(|row| row.query_selector("a, button").ok().flatten());
    if let Some(row) = row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        // An element that is on the page takes the focus.
        let _ = row.focus();
    }
}

/// "Show more", while there is more. What has come takes the focus: the button may be gone then.
#[component]
fn MoreButton<T: Clone + Send + Sync + 'static>(
    from: Pages<T>,
    begun: Begun,
    first_len: usize,
    list: NodeRef<leptos::html::Ul>,
) -> impl IntoView {
    let begun = StoredValue::new(begun);
    let more = move || Some(from.more.get()).filter(|more| begun.with_value(|begun| more.begun == *begun));
    let is_more = move || more().map_or_else(|| begun.with_value(|begun| begun.at.is_some()), |more| more.next.is_some());
    let is_busy = move || more().is_some_and(|more| more.state == Asking::Busy);
    let failure = move || more().and_then(|more| if let Asking::Failed(error) = more.state { Some(error) } else { None });
    let ask = move || from.ask_more(begun.get_value());
    Effect::new(move |before: Option<usize>| {
        let parts = more().map(|more| more.parts).unwrap_or_default();
        if let (Some((_, shown)), true) = (parts.split_last(), before.is_some_and(|before| before < parts.len())) {
            let first_new = first_len + shown.iter().map(|part| part.len()).sum::<usize>();
            request_animation_frame(move || focus_row(list, first_new));
        }
        parts.len()
    });
    view! {
        {move || failure().map(|error| view! { <ErrorView error retry=move |()| ask()/> })}
        {move || is_more().then(|| view! {
            <div class="filo-more">
                <ActionButton look="outline-primary" busy=Signal::derive(is_busy) on_press=move |()| ask()>{t(key::common::SHOW_MORE)}</ActionButton>
            </div>
        })}
    }
}
