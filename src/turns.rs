//! Work in turns: what is to be drawn and heard goes on in one task of the browser only for a while, then lets it answer a touch.
//!
//! Without this, everything that waits for an answer is drawn in one piece as soon as the answer is there (promises run to the end
//! before the browser has its turn), and a slow phone hears no finger meanwhile.
use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use js_sys::Function;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::MessageChannel;

/// A turn, in milliseconds: what follows waits for the next. On a phone four times slower the longest task stays near 50 ms.
const TURN_MS: f64 = 8.0;

thread_local! {
    /// When this turn began; nothing between turns.
    static BEGAN: Cell<Option<f64>> = const { Cell::new(None) };
    /// Who waits for the next turn, in order.
    static WAITING: RefCell<Vec<Waker>> = const { RefCell::new(Vec::new()) };
    /// A message to ourselves comes in a task of its own; unlike a timer it is not slowed down in a window that is not seen.
    static NEXT: Option<MessageChannel> = channel();
}

fn channel() -> Option<MessageChannel> {
    let channel = MessageChannel::new().ok()?;
    let heard: Function = Closure::<dyn Fn()>::new(next_turn).into_js_value().unchecked_into();
    channel.port1().set_onmessage(Some(&heard));
    Some(channel)
}

fn next_turn() {
    BEGAN.set(None);
    for waker in WAITING.take() {
        waker.wake();
    }
}

/// Whether this turn goes on. The first question begins it.
fn goes_on() -> bool {
    let now = js_sys::Date::now();
    if let Some(began) = BEGAN.get() {
        return (0.0..TURN_MS).contains(&(now - began));
    }
    // Where no message can be sent there are no turns.
    if NEXT.with(|next| next.as_ref().is_some_and(|next| next.port2().post_message(&JsValue::NULL).is_ok())) {
        BEGAN.set(Some(now));
    }
    true
}

/// A future that goes on while its turn does.
struct InTurns(PinnedLocalFuture<()>);

impl Future for InTurns {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if goes_on() {
            return self.0.as_mut().poll(context);
        }
        WAITING.with_borrow_mut(|waiting| waiting.push(context.waker().clone()));
        Poll::Pending
    }
}

struct Turns;

impl CustomExecutor for Turns {
    fn spawn(&self, _: PinnedFuture<()>) {
        // Only a server has threads to spawn on.
    }

    fn spawn_local(&self, future: PinnedLocalFuture<()>) {
        wasm_bindgen_futures::spawn_local(InTurns(future));
    }

    fn poll_local(&self) {}
}

/// Everything that Leptos does later is done in turns from now on.
pub fn take() {
    // Somebody else's executor works too, only in longer tasks.
    let _ = Executor::init_custom_executor(Turns);
}
