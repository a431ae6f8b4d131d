//! Waiting, failing and having nothing: drawn once, here, for every page.
mod parts;

pub use parts::{LoadList, Pages, load_pages};

use crate::api::{Api, ApiError};
use crate::markup::view;
use crate::ui::{ErrorView, Skeleton};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos::task::spawn_local;
use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
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
    /// What was asked last, and what the last answer is to.
    asked: StoredValue<Round>,
    shown: StoredValue<Round>,
}

/// Which question of its kind it was, and what it was about: another whenever something else is asked for, the same when the same is read again.
#[derive(Clone, Copy, Default)]
struct Round {
    number: u32,
    about: u32,
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
    let round = StoredValue::new(Round::default());
    let answers = Answers { last: RwSignal::new(None), again: RwSignal::new(0), asked: round, shown: StoredValue::new(Round::default()) };
    Effect::new(move |before: Option<(Round, [u32; 2])>| {
        let again = [api.session().logins(), answers.again.get()];
        let (before, was) = before.unwrap_or_default();
        let round = Round { number: before.number + 1, about: before.about + u32::from(before.number == 0 || was == again) };
        answers.asked.set_value(round);
        let asked = ask(api);
        spawn_local(ScopedFuture::new_untracked(async move {
            let answer = asked.await;
            if answers.asked.try_get_value().is_some_and(|asked| asked.number == round.number) {
                answers.shown.try_set_value(round);
                answers.last.try_set(Some(answer));
            }
        }));
        (round, again)
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
