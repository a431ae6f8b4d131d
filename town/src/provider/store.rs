//! What the provider remembers for a short while: who is looking at the login page, codes, access tokens. In memory only.
use super::keys;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Most things of one sort that are remembered; beyond that the oldest goes.
const MOST: usize = 10_000;
/// How long a used code is remembered, to notice that somebody uses it again.
const USED_CODE: Duration = Duration::from_secs(600);

/// An authorization request that was found good, waiting for a person to choose.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) challenge: String,
    pub(super) acr_values: Vec<String>,
    /// `it` or `en`.
    pub(super) language: &'static str,
    /// The scheme the client hinted at.
    pub(super) scheme: Option<String>,
}

/// What a code is good for.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) subject: String,
    pub(super) redirect_uri: String,
    pub(super) nonce: Option<String>,
    pub(super) challenge: String,
    pub(super) acr: String,
    /// Seconds since 1970.
    pub(super) auth_time: u64,
}

/// A code that was given out.
#[derive(Clone, Debug)]
enum Code {
    Fresh(Grant),
    /// Used already; the access token it brought, if any.
    Used(Option<String>),
}

/// Things under random names, each until its time.
struct Expiring<T>(HashMap<String, (Instant, T)>);

impl<T> Default for Expiring<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Expiring<T> {
    fn put(&mut self, name: String, thing: T, lifetime: Duration) {
        let now = Instant::now();
        self.0.retain(|_, (until, _)| *until > now);
        if self.0.len() >= MOST
            && let Some(oldest) = self.0.iter().min_by_key(|(_, (until, _))| *until).map(|(name, _)| name.clone())
        {
            self.0.remove(&oldest);
        }
        self.0.insert(name, (now + lifetime, thing));
    }

    fn take(&mut self, name: &str) -> Option<T> {
        self.0.remove(name).filter(|(until, _)| *until > Instant::now()).map(|(_, thing)| thing)
    }

    fn get(&self, name: &str) -> Option<&T> {
        self.0.get(name).filter(|(until, _)| *until > Instant::now()).map(|(_, thing)| thing)
    }
}

#[derive(Default)]
struct Shelves {
    pending: Expiring<Pending>,
    codes: Expiring<Code>,
    /// Access tokens with the subject they speak for.
    tokens: Expiring<String>,
}

/// Everything that is remembered.
#[derive(Default)]
pub(super) struct Store(Mutex<Shelves>);

impl Store {
    fn open(&self) -> MutexGuard<'_, Shelves> {
        // Nothing under this lock can be left half done, so a panic elsewhere does not matter here.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a request; the answer names it on the login page.
    pub(super) fn keep_pending(&self, pending: Pending, lifetime: Duration) -> String {
        let name = keys::random();
        self.open().pending.put(name.clone(), pending, lifetime);
        name
    }

    /// Takes a request back, once.
    pub(super) fn take_pending(&self, name: &str) -> Option<Pending> {
        self.open().pending.take(name)
    }

    /// Makes a code.
    pub(super) fn make_code(&self, grant: Grant, lifetime: Duration) -> String {
        let code = keys::random();
        self.open().codes.put(code.clone(), Code::Fresh(grant), lifetime);
        code
    }

    /// Takes what a code is good for. A code that comes a second time takes the first one's access token down (RFC 6749 §4.1.2).
    pub(super) fn use_code(&self, code: &str) -> Option<Grant> {
        let mut shelves = self.open();
        match shelves.codes.take(code)? {
            Code::Fresh(grant) => {
                shelves.codes.put(code.to_owned(), Code::Used(None), USED_CODE);
                Some(grant)
            }
            Code::Used(token) => {
                if let Some(token) = &token {
                    shelves.tokens.take(token);
                }
                shelves.codes.put(code.to_owned(), Code::Used(None), USED_CODE);
                None
            }
        }
    }

    /// Makes an access token for the holder of a code that was just used.
    pub(super) fn make_token(&self, code: &str, subject: &str, lifetime: Duration) -> String {
        let token = keys::random();
        let mut shelves = self.open();
        shelves.tokens.put(token.clone(), subject.to_owned(), lifetime);
        shelves.codes.put(code.to_owned(), Code::Used(Some(token.clone())), USED_CODE.max(lifetime));
        token
    }

    /// Whom an access token speaks for.
    pub(super) fn subject(&self, token: &str) -> Option<String> {
        self.open().tokens.get(token).cloned()
    }

    /// Forgets an access token.
    pub(super) fn revoke(&self, token: &str) {
        self.open().tokens.take(token);
    }

    /// Forgets every access token of a person.
    pub(super) fn revoke_all(&self, subject: &str) {
        self.open().tokens.0.retain(|_, (_, of)| of != subject);
    }
}
