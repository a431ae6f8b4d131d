//! Waiting, failing and having nothing: drawn once, here, for every page.
use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ActionButton, EmptyView, ErrorView, Skeleton};
use crate::words::{key, t};
use contract::Page;
use js_sys::Promise;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// Something asked of the CRM: not there yet, refused, or there.
///
/// Inside, the answer has no type: one machine serves every kind of answer, which keeps the WebAssembly small.
pub struct Loaded<T> {
    answer: Answers,
    kind: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Loaded<T> {}

type Answer = Result<Arc<dyn Any + Send + Sync>, ApiError>;
type Asked = Pin<Box<dyn Future<Output = Answer>>>;
type Show = Box<dyn Fn(Arc<dyn Any + Send + Sync>) -> AnyView + Send>;

impl<T: Clone + Send + Sync + 'static> Loaded<T> {
    /// What is there by now, if it could be had; tracked. For what a page can do without.
    pub fn now(self) -> Option<T> {
        self.answer.get()?.ok()?.downcast_ref::<T>().cloned()
    }
}

/// Asks the CRM for something: again when a signal read in `ask` changes, and when somebody comes back after an expiry.
pub fn load<T, Fut>(ask: impl Fn(Api) -> Fut + 'static) -> Loaded<T>
where
    T: Send + Sync + 'static,
    Fut: Future<Output = Result<T, ApiError>> + 'static,
{
    let untyped = move |api| -> Asked {
        let asked = ask(api);
        Box::pin(async move {
            let answer = asked.await.map(|value| Arc::new(value) as _);
            next_task().await;
            answer
        })
    };
    Loaded { answer: load_untyped(Box::new(untyped)), kind: PhantomData }
}

/// Lets the browser have its turn: reading an answer and drawing it are two tasks, so that a phone is not kept from a touch meanwhile.
pub async fn next_task() {
    let later = Promise::new(&mut |resolve, _| drop(window().set_timeout_with_callback(&resolve)));
    // It is never refused.
    let _ = JsFuture::from(later).await;
}

/// What the CRM answered last, and a way to ask again.
///
/// Not Leptos' `LocalResource`: there a change that comes while an answer is on its way can go unheard, and what is typed on a slow
/// network is not looked for. Here each change asks at once, and only the answer to what was asked last is shown.
#[derive(Clone, Copy)]
struct Answers {
    last: RwSignal<Option<Answer>>,
    again: RwSignal<u32>,
}

impl Answers {
    /// The last answer; nothing before the first. Tracked.
    fn get(self) -> Option<Answer> {
        self.last.get()
    }

    /// Asks again.
    fn refetch(self) {
        self.again.update(|again| *again += 1);
    }
}

fn load_untyped(ask: Box<dyn Fn(Api) -> Asked>) -> Answers {
    let api = expect_context::<Api>();
    let answers = Answers { last: RwSignal::new(None), again: RwSignal::new(0) };
    let asked_last = StoredValue::new(0);
    Effect::new(move |before: Option<u32>| {
        let round = before.unwrap_or_default() + 1;
        asked_last.set_value(round);
        api.session().logins();
        answers.again.track();
        let asked = ask(api);
        spawn_local(ScopedFuture::new_untracked(async move {
            let answer = asked.await;
            if asked_last.try_get_value() == Some(round) {
                answers.last.try_set(Some(answer));
            }
        }));
        round
    });
    answers
}

/// Draws what was loaded; while it is not there, draws why.
#[component]
pub fn Load<T, V>(
    /// What was asked for.
    from: Loaded<T>,
    /// Whether the page's own heading is in what is drawn: why it failed then needs one too.
    #[prop(optional)]
    whole_page: bool,
    /// How it is drawn.
    children: impl Fn(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    // An answer always has the type that `load` gave it.
    draw(from.answer, whole_page, Box::new(move |value| value.downcast_ref::<T>().cloned().map(&children).into_any()))
}

fn draw(from: Answers, whole_page: bool, show: Show) -> AnyView {
    let drawn = move || match from.get() {
        None | Some(Err(ApiError::SignedOut)) => view! { <Skeleton/> }.into_any(),
        Some(Err(error)) => view! { <ErrorView error whole_page retry=move |()| from.refetch()/> }.into_any(),
        Some(Ok(value)) => show(value),
    };
    view! { {drawn} }.into_any()
}

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

/// The parts behind the first. They belong to the first part whose cursor they began with: to no other.
#[derive(Clone)]
struct More<T> {
    began_at: Option<String>,
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
        more: RwSignal::new(More { began_at: None, parts: Vec::new(), next: None, state: Asking::Idle }),
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
        if more.began_at != first.next {
            return Some((first.items.len(), first.next.is_some()));
        }
        let behind: usize = more.parts.iter().map(|part| part.len()).sum();
        // Before the first press on "more" nothing has begun: both cursors are then those of an end.
        Some((first.items.len() + behind, more.next.is_some()))
    }

    /// Whether more is shown than comes by itself.
    pub fn is_unfolded(self) -> bool {
        self.more.with(|more| !more.parts.is_empty())
    }

    /// Asks for the part behind those that are there.
    fn ask_more(self, first_next: Option<String>) {
        let api = expect_context::<Api>();
        let here = self.more.get_untracked();
        let mut more = if here.began_at == first_next {
            here
        } else {
            More { began_at: first_next.clone(), parts: Vec::new(), next: first_next, state: Asking::Idle }
        };
        more.state = Asking::Busy;
        let cursor = more.next.clone();
        self.more.set(more);
        let answer = self.ask.with_value(|ask| ask(api, cursor));
        spawn_local(async move {
            let answer = answer.await;
            self.more.try_update(|more| match answer {
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
        let more_rows = behind(from, page.next.clone(), 0, children.clone());
        view! {
            <ul class="filo-list" node_ref=list>{first_rows}{more_rows}</ul>
            <MoreButton from first_next=page.next first_len list/>
        }
        .into_any()
    };
    draw(from.first.answer, false, Box::new(show))
}

/// The part at an index of those behind the first, and the parts behind it. Each is drawn once: what comes later draws nothing anew.
fn behind<T: Clone + Send + Sync + 'static>(from: Pages<T>, began_at: Option<String>, index: usize, draw: DrawRow<T>) -> AnyView {
    let at = began_at.clone();
    let is_there = Memo::new(move |_| from.more.with(|more| more.began_at == at && more.parts.len() > index));
    let part = move || {
        let items = is_there.get().then(|| from.more.with_untracked(|more| more.parts.get(index).cloned())).flatten()?;
        // The first row takes the focus: it is there at once.
        let rows = in_turns(items.to_vec(), false, 1, &draw);
        let next = behind(from, began_at.clone(), index + 1, draw.clone());
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
    first_next: Option<String>,
    first_len: usize,
    list: NodeRef<leptos::html::Ul>,
) -> impl IntoView {
    let began_at = StoredValue::new(first_next);
    let more = move || Some(from.more.get()).filter(|more| began_at.with_value(|at| more.began_at == *at));
    let is_more = move || more().map_or_else(|| began_at.with_value(Option::is_some), |more| more.next.is_some());
    let is_busy = move || more().is_some_and(|more| more.state == Asking::Busy);
    let failure = move || more().and_then(|more| if let Asking::Failed(error) = more.state { Some(error) } else { None });
    let ask = move || from.ask_more(began_at.get_value());
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

/// Stands where a page would, while it is not known who is here: what waits, or why it cannot be known.
#[component]
pub fn WhoFailed(
    failed: RwSignal<Option<ApiError>>,
    retry: impl Fn() + Copy + Send + Sync + 'static,
    children: ChildrenFn,
) -> impl IntoView {
    let drawn = move || match failed.get() {
        Some(error) => view! { <ErrorView error whole_page=true retry=move |()| retry()/> }.into_any(),
        None => children().into_any(),
    };
    view! { {drawn} }
}
