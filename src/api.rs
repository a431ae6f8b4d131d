//! The one door to the CRM: every request goes out, and every error comes back, through here.
mod early;
mod refusal;

use crate::config::Config;
use crate::session::{News, Session};
use crate::vault;
use contract::problem::{FieldProblem, Problem, ProblemCode};
use contract::session::Me;
use contract::{headers, paths};
use early::{early, forget_early};
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use js_sys::Promise;
use leptos::prelude::*;
use refusal::refusal;
use send_wrapper::SendWrapper;
use serde::{Serialize, de::DeserializeOwned};
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Why a request did not give what was asked. Each is a thing that a person can be told.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// No answer at all: no network, or the CRM is not there.
    Offline,
    /// Nobody is signed in (any more).
    SignedOut,
    /// Not allowed.
    Forbidden,
    /// Not at the help desk: nobody has agreed to it, or nobody can.
    AtTheDesk,
    /// Not for somebody else: it is not in the delegation, or never is.
    OnBehalf,
    /// The delegation holds no longer.
    NotActing,
    /// It takes a login of this level.
    Level(u8),
    /// It does not exist, or is somebody else's.
    NotFound,
    /// Fields are at fault.
    Invalid(Vec<FieldProblem>),
    /// It clashes with what is already there.
    Conflict,
    /// Too many requests.
    TooMany,
    /// The CRM failed, or answered something that is not understood.
    Broken,
}

/// How long a read may take: a network that is dead never says so.
const READ_TIME: Duration = Duration::from_secs(20);
/// How long after live news reads are theirs, in milliseconds.
const UNASKED_MS: f64 = 300.0;
/// What begins so is the person's own, and can be read again without a network.
const READ_AGAIN: [&str; 5] = [paths::CASES, paths::HOME_TASKS, paths::INBOX, paths::QUESTIONNAIRES, paths::PAYMENTS];

/// The CRM, from the pages' side.
#[derive(Clone, Copy)]
pub struct Api {
    session: Session,
    config: StoredValue<Config>,
}

thread_local! {
    /// Until when reads are nobody's wish, in milliseconds of the device's clock.
    static UNASKED_UNTIL: Cell<f64> = const { Cell::new(0.0) };
    /// What this page was told when it began to help somebody; empty on every other.
    static DESK_PAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// This page helps somebody from now on, or no longer (empty).
pub fn at_the_desk(page: String) {
    DESK_PAGE.replace(page);
}

/// The page makes itself new: what it reads in the next moment was asked for by nobody, and does not prolong the session.
pub fn unasked() {
    UNASKED_UNTIL.set(js_sys::Date::now() + UNASKED_MS);
}

/// The text of an answer, when it comes.
type Answer = Pin<Box<dyn Future<Output = Result<String, ApiError>>>>;

impl Api {
    /// The CRM that the town's settings name.
    pub fn new(session: Session, config: Config) -> Self {
        Self { session, config: StoredValue::new(config) }
    }

    /// The town's settings.
    pub fn config(self) -> StoredValue<Config> {
        self.config
    }

    /// The session that these requests belong to.
    pub fn session(self) -> Session {
        self.session
    }

    /// Reads something. Given up when the page that asked is left. Without a network what the device has kept stands in: what is wanted
    /// there (`Outbox::start`), or what the person has read last, and the session hears of when that was.
    pub async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        self.read(path).await.and_then(|text| understand(&text))
    }

    fn read(self, path: &str) -> Answer {
        let (asked, give_up) = self.ask(path);
        let is_left = Arc::new(AtomicBool::new(false));
        let left = is_left.clone();
        on_cleanup(move || {
            left.store(true, Ordering::Relaxed);
            give_up();
        });
        let path = path.to_owned();
        Box::pin(async move {
            match asked.await {
                // Given up: that says nothing of the network, and nobody waits for what was kept.
                Err(ApiError::Offline) if is_left.load(Ordering::Relaxed) => Err(ApiError::Offline),
                // Somebody is here: their vault is open, or about to be.
                Err(ApiError::Offline) if self.session.person_now().is_some() => self.kept(&path).await.ok_or(ApiError::Offline),
                Ok(text) => {
                    if READ_AGAIN.iter().any(|own| path.starts_with(own)) {
                        vault::saw(&path, &text);
                    }
                    Ok(text)
                }
                answer => answer,
            }
        })
    }

    async fn kept(self, path: &str) -> Option<String> {
        if let Some(text) = vault::answer(path).await {
            return Some(text);
        }
        let (text, at) = vault::seen(path).await?;
        self.session.shows_old(at);
        Some(text)
    }

    /// A read that has begun, and how to give it up; it gives itself up after `READ_TIME`.
    fn ask(self, path: &str) -> (Answer, impl Fn() + Clone + Send + Sync + use<>) {
        let abort = SendWrapper::new(web_sys::AbortController::new().ok());
        let signal = abort.as_ref().map(web_sys::AbortController::signal);
        let give_up = move || {
            if let Some(abort) = &*abort {
                abort.abort();
            }
        };
        set_timeout(give_up.clone(), READ_TIME);
        let mut request = self.request(Method::GET, path);
        if js_sys::Date::now() < UNASKED_UNTIL.get() {
            request = request.header(headers::UNASKED, "1");
        }
        let page = DESK_PAGE.with_borrow(Clone::clone);
        if path == paths::ME && !page.is_empty() {
            request = request.header(headers::DESK_PAGE, &page);
        }
        (self.answer(early(path), request.abort_signal(signal.as_ref()).build()), give_up)
    }

    /// Who is here? The session hears the answer.
    pub async fn ask_who(self) -> Result<(), ApiError> {
        let me: Me = match self.ask(paths::ME).0.await {
            Ok(text) => understand(&text)?,
            Err(ApiError::SignedOut) => return Ok(()),
            Err(other) => return Err(other),
        };
        // What the boot script asked was answered to whoever was here then.
        if !self.session.is_unknown_now() && !self.session.is_here_now(&me.id) {
            forget_early();
        }
        self.session.arrived(me);
        self.session.network_is_back();
        Ok(())
    }

    /// Asks the CRM to do something that creates nothing. Never given up half-way.
    pub async fn post<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        self.send(self.request(Method::POST, path), write(body)).await.and_then(|text| understand(&text))
    }

    /// The same, where nobody has asked for it: it does not prolong the session.
    pub async fn post_unasked<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        let request = self.request(Method::POST, path).header(headers::UNASKED, "1");
        self.send(request, write(body)).await.and_then(|text| understand(&text))
    }

    /// Puts something in the place of what is there. Saying it twice is saying it once.
    pub async fn put<T: DeserializeOwned>(self, path: &str, body: &impl Serialize) -> Result<T, ApiError> {
        self.send(self.request(Method::PUT, path), write(body)).await.and_then(|text| understand(&text))
    }

    /// The same, when what is there is still the revision that is known (0: nothing is known to be there).
    pub async fn put_over<T: DeserializeOwned>(self, path: &str, body: &impl Serialize, revision: u32) -> Result<T, ApiError> {
        let request = self.request(Method::PUT, path);
        let request = if revision > 0 { request.header("if-match", &format!("\"{revision}\"")) } else { request };
        self.send(request, write(body)).await.and_then(|text| understand(&text))
    }

    /// Takes something back, and reads what is left.
    pub async fn delete<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        self.answer(None, self.request(Method::DELETE, path).build()).await.and_then(|text| understand(&text))
    }

    /// Asks the CRM to create something that is needed now, and is not kept when it fails. `key` is its own: asking twice never makes two.
    pub async fn create<T: DeserializeOwned>(self, path: &str, body: &impl Serialize, key: &str) -> Result<T, ApiError> {
        let request = self.request(Method::POST, path).header(headers::IDEMPOTENCY_KEY, key);
        self.send(request, write(body)).await.and_then(|text| understand(&text))
    }

    /// Ends the session on the CRM. Without an answer the person is still signed in there, and hears so.
    pub async fn log_out(self) -> Result<(), ApiError> {
        match self.answer(None, self.request(Method::POST, paths::SESSION_LOGOUT).build()).await {
            Ok(_) | Err(ApiError::SignedOut) => {
                self.leave();
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// The same for a session that has run out already: without an answer the person is out all the same, here and in the other windows.
    pub async fn log_out_expired(self) {
        if self.log_out().await.is_err() {
            self.leave();
        }
    }

    /// Nobody is here any more, in this window and the others.
    pub fn leave(self) {
        forget_early();
        self.session.tell(News::LoggedOut);
        self.session.ended();
    }

    /// The whole address of something of the CRM, for a link or an image; a file of the app itself keeps its own.
    pub fn address(self, path: &str) -> String {
        self.config.with_value(|config| format!("{}{path}", if path.starts_with(paths::API) { &config.crm } else { "" }))
    }

    fn request(self, method: Method, path: &str) -> RequestBuilder {
        let request = RequestBuilder::new(&self.address(path)).method(method).header(headers::APP, "1");
        // Whose things this window shows: another window may have made the session somebody else's. Who is here is asked without.
        match self.session.person_now().filter(|_| path != paths::ME && path != paths::MY_ACTING) {
            Some(me) => request.header(headers::PERSON, me.id.as_str()),
            None => request,
        }
    }

    fn send(self, request: RequestBuilder, body: Option<String>) -> Answer {
        self.answer(None, request.header("content-type", "application/json").body(body.unwrap_or_default()))
    }

    /// The answer's text. One boxed future for every request: the callers stay small.
    fn answer(self, early: Option<Promise>, request: Result<Request, gloo_net::Error>) -> Answer {
        Box::pin(self.take_apart(early, request))
    }

    /// The one place where an answer is taken apart: the session hears about itself, errors get their names.
    async fn take_apart(self, early: Option<Promise>, request: Result<Request, gloo_net::Error>) -> Result<String, ApiError> {
        let response = match early {
            Some(promise) => match JsFuture::from(promise).await {
                Ok(response) if self.is_ours(&response) => Response::from(response.unchecked_into::<web_sys::Response>()),
                _ => request.map_err(|_| ApiError::Broken)?.send().await.map_err(|_| ApiError::Offline)?,
            },
            None => request.map_err(|_| ApiError::Broken)?.send().await.map_err(|_| ApiError::Offline)?,
        };
        if let Some(seconds) = response.headers().get(headers::SESSION_SECONDS_LEFT).and_then(|s| s.parse().ok()) {
            self.session.prolonged(seconds);
            self.session.tell(News::Prolonged(seconds));
        }
        let ok = response.ok();
        let text = response.text().await.map_err(|_| ApiError::Offline)?;
        if ok {
            return Ok(text);
        }
        let problem = parse::<Problem>(&text);
        if problem.as_ref().is_some_and(|problem| problem.code == ProblemCode::OtherPerson) {
            // This window shows somebody else than who is here by now.
            leptos::task::spawn_local(async move { drop(self.ask_who().await) });
        }
        let error = refusal(response.status(), problem);
        match error {
            ApiError::SignedOut => self.session.refused(),
            ApiError::NotActing => self.session.acts_no_longer(),
            ApiError::Level(level) => self.session.wants(level),
            _ => {}
        }
        Err(error)
    }

    /// Whether what the boot script has asked was answered about who is here: the session may have become another's in between.
    fn is_ours(self, response: &JsValue) -> bool {
        let told = Response::from(response.clone().unchecked_into::<web_sys::Response>()).headers().get(headers::PERSON);
        told.is_none_or(|told| self.session.person_now().is_none_or(|me| me.id.0 == told))
    }
}

/// Reads an answer. The browser parses the JSON: it does so anyway, and better than what would travel for it.
fn understand<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    parse(text).ok_or(ApiError::Broken)
}

/// Reads JSON.
pub fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    take(js_sys::JSON::parse(if text.is_empty() { "null" } else { text }).ok()?)
}

/// Reads a value of JavaScript.
pub fn take<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// Writes JSON.
pub fn write(body: &impl Serialize) -> Option<String> {
    let value = body.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()?;
    js_sys::JSON::stringify(&value).ok()?.as_string()
}

/// A new identifier, also good as an idempotency key: UUIDv7 (RFC 9562), so it sorts by when it was made.
pub fn new_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        // Filling sixteen bytes is within every browser's quota.
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    uuid(bytes, js_sys::Date::now() as u64)
}

/// UUIDv7 of a moment (milliseconds since 1970), the rest filled from `random`.
fn uuid(mut random: [u8; 16], ms: u64) -> String {
    random[..6].copy_from_slice(&ms.to_be_bytes()[2..]);
    random[6] = random[6] & 0x0F | 0x70;
    random[8] = random[8] & 0x3F | 0x80;
    let mut text = hex(&random);
    for at in [20, 16, 12, 8] {
        text.insert(at, '-');
    }
    text
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(status: u16, json: &str) -> ApiError {
        refusal(status, serde_json::from_str(json).ok())
    }

    #[test]
    fn a_problem_is_named_by_its_code_and_an_alien_answer_by_its_status() {
        let problem = r#"{"type":"about:blank","status":404,"title":"Not found","code":"not_found"}"#;
        assert_eq!(told(404, problem), ApiError::NotFound);
        assert_eq!(told(502, "<html>Bad gateway</html>"), ApiError::Offline);
        assert_eq!(told(401, ""), ApiError::SignedOut);
        assert_eq!(told(418, "{}"), ApiError::Broken);
        assert_eq!(told(500, r#"{"status":500,"title":"x","code":"brand_new"}"#), ApiError::Broken);
    }

    #[test]
    fn identifiers_are_uuids_that_sort_by_time() {
        assert_eq!(uuid([0xFF; 16], 0x0193_5a2b_3c4d), "01935a2b-3c4d-7fff-bfff-ffffffffffff");
        assert!(uuid([0xFF; 16], 1) < uuid([0; 16], 2));
    }

    #[test]
    fn field_problems_reach_the_form() {
        let text = r#"{"status":422,"title":"Invalid","code":"invalid","fields":[{"field":"title","code":"required"}]}"#;
        let ApiError::Invalid(fields) = told(422, text) else { unreachable!("fields were given") };
        assert_eq!(fields.len(), 1);
    }
}
