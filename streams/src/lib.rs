//! Stands in for `wasm-streams`: Leptos names it for the bodies of server functions that stream, and Filo has no server functions.
//!
//! The real crate exports functions to JavaScript, which nothing can tell to be unused: they and their glue travelled with the first
//! page (docs/adr/0008). Whoever gives Filo a server function that streams takes `[patch.crates-io]` out of Cargo.toml.
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};
use wasm_bindgen::{JsCast, JsValue};

/// A stream of the browser, which nobody reads here.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// The browser's own.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// The browser's own.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// A stream that is over at once: nothing of `_body` is sent.
    pub fn from_stream(_body: impl Stream<Item = Result<JsValue, JsValue>> + 'static) -> Self {
        Self(web_sys::ReadableStream::new().unwrap_or_else(JsCast::unchecked_into))
    }

    /// What comes of it: one error that says that this app reads no streams.
    pub fn into_stream(self) -> Unread {
        Unread { said: false }
    }
}

/// One error, then the end.
#[derive(Debug)]
pub struct Unread {
    said: bool,
}

impl Stream for Unread {
    type Item = Result<JsValue, JsValue>;

    fn poll_next(mut self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let said = std::mem::replace(&mut self.said, true);
        Poll::Ready((!said).then(|| Err("Filo reads no streams (streams/src/lib.rs).".into())))
    }
}
