//! The people's phones: what arrived by push, App IO and SMS, kept in memory; and the page that shows it.
use crate::page::{Page, escape};
use crate::people;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use mail_parser::DateTime;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const MARK: &str = "Telefono di prova";
/// Notices kept; older ones are forgotten.
const NOTICES_MAX: usize = 500;
/// How long a service that stalls keeps whoever asks it waiting.
const STALL: Duration = Duration::from_secs(300);

/// What a notice came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Channel {
    /// Web Push.
    Push,
    /// App IO.
    AppIo,
    /// A text message.
    Sms,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Push => "Notifica",
            Self::AppIo => "App IO",
            Self::Sms => "SMS",
        }
    }
}

/// Something that arrived on a phone.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Notice {
    /// Counts from 1, in the order of arrival.
    pub(crate) number: usize,
    /// What it came by.
    pub(crate) channel: Channel,
    /// What the sender or its service calls it.
    pub(crate) id: String,
    /// A subscription, a codice fiscale, a phone number.
    pub(crate) to: String,
    /// Subject; only IO has one.
    pub(crate) subject: String,
    /// The words; absent where only the browser can read them.
    pub(crate) text: Option<String>,
    /// Who a text message says that it is from.
    pub(crate) from: String,
    /// When it arrived (RFC 3339).
    pub(crate) arrived_at: String,
    /// What else a push has.
    pub(crate) push: Option<Sealed>,
}

/// What a push service sees of a push.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sealed {
    /// What a later one replaces it by; empty for none.
    pub(crate) topic: String,
    /// Seconds for which it is worth handing over.
    pub(crate) ttl: u32,
    /// The encrypted body, in base64url.
    pub(crate) body: String,
}

impl Notice {
    /// One that arrives now; its number comes with [`Phones::take`].
    pub(crate) fn new(channel: Channel, id: String, to: String) -> Self {
        let at = DateTime::from_timestamp(i64::try_from(now()).unwrap_or_default()).to_rfc3339();
        Self { number: 0, channel, id, to, subject: String::new(), text: None, from: String::new(), arrived_at: at, push: None }
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs())
}

/// How a service of the town answers, when it is told to answer otherwise than it should.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Behaviour {
    /// The status of every answer; 0 for what is right.
    status: u16,
    /// `Retry-After`, in seconds.
    retry_after: Option<u32>,
    /// `Location`, for a status that leads elsewhere.
    location: Option<String>,
    /// Takes the request and does not answer.
    stall: bool,
}

/// All phones of the town, and how the services behave that bring things there.
#[derive(Clone, Default)]
pub(crate) struct Phones(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    notices: Vec<Notice>,
    taken: usize,
    behaviours: HashMap<String, Behaviour>,
}

impl Phones {
    /// Takes a notice; the number it got. One on the same topic of the same subscription is replaced.
    pub(crate) fn take(&self, mut notice: Notice) -> usize {
        let mut inner = self.lock();
        let topic = notice.push.as_ref().map(|push| push.topic.clone()).filter(|topic| !topic.is_empty());
        if topic.is_some() {
            inner.notices.retain(|known| known.to != notice.to || known.push.as_ref().map(|push| &push.topic) != topic.as_ref());
        }
        inner.taken += 1;
        notice.number = inner.taken;
        inner.notices.push(notice);
        let surplus = inner.notices.len().saturating_sub(NOTICES_MAX);
        inner.notices.drain(..surplus);
        inner.taken
    }

    /// What came by a channel, in the order of arrival.
    pub(crate) fn by(&self, channel: Channel) -> Vec<Notice> {
        self.lock().notices.iter().filter(|notice| notice.channel == channel).cloned().collect()
    }

    /// Tells a service how to behave from now on.
    pub(crate) fn tell(&self, service: &str, behaviour: Behaviour) {
        self.lock().behaviours.insert(service.to_owned(), behaviour);
    }

    /// What a service answers that was told to behave otherwise; nothing when it does as it should.
    pub(crate) async fn misbehaviour(&self, service: &str) -> Option<Response> {
        let told = self.lock().behaviours.get(service).cloned()?;
        if told.stall {
            tokio::time::sleep(STALL).await;
            return Some(StatusCode::GATEWAY_TIMEOUT.into_response());
        }
        let mut answer = StatusCode::from_u16(told.status).ok()?.into_response();
        if let Some(seconds) = told.retry_after {
            answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(location) = told.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            answer.headers_mut().insert(header::LOCATION, location);
        }
        Some(answer)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pages of the phones.
pub(crate) fn router(phones: Phones) -> Router {
    Router::new().route("/phone", get(page)).route("/phone.json", get(all)).with_state(phones)
}

/// `GET /phone.json`: everything that arrived, newest first.
async fn all(State(phones): State<Phones>) -> Json<Vec<Notice>> {
    Json(phones.lock().notices.iter().rev().cloned().collect())
}

/// `GET /phone`: the same for people.
async fn page(State(phones): State<Phones>) -> Page {
    let cards: String = phones.lock().notices.iter().rev().map(card).collect();
    let mut main = "<h1>Il telefono</h1>\n<p class=\"lead\">Qui arrivano gli avvisi che il Comune di prova manda sul telefono: \
        notifiche, messaggi di App IO e SMS.</p>\n"
        .to_owned();
    if cards.is_empty() {
        main.push_str("<p>Non è ancora arrivato niente.</p>\n");
    } else {
        main.push_str(&format!("<ul class=\"cases\">\n{cards}</ul>\n"));
    }
    main.push_str("<p><a href=\"/letters\">Vai alla posta</a></p>\n");
    Page { status: StatusCode::OK, language: "it", title: format!("Il telefono · {MARK}"), main, mark: MARK, form_goes_to: None }
}

fn card(notice: &Notice) -> String {
    let subject = if notice.subject.is_empty() { String::new() } else { format!("<p><strong>{}</strong></p>\n", escape(&notice.subject)) };
    let text = match &notice.text {
        Some(text) => escape(text).replace('\n', "<br>\n"),
        None => "Il testo è cifrato. Lo legge solo il browser che ha chiesto gli avvisi.".to_owned(),
    };
    let from = if notice.from.is_empty() { String::new() } else { format!("da {} ", escape(&notice.from)) };
    let whom = escape(&whom(notice));
    format!(
        "<li><p class=\"over\">{}</p>\n{subject}<p>{text}</p>\n<p>{from}a {whom} · {}</p></li>\n",
        notice.channel.name(),
        escape(&notice.arrived_at)
    )
}

/// The person's name, where the address tells it.
fn whom(notice: &Notice) -> String {
    let people = people::all().unwrap_or_default();
    let is_theirs = |person: &&people::Person| match notice.channel {
        Channel::Push => false,
        Channel::AppIo => person.fiscal_code.as_deref() == Some(&notice.to),
        Channel::Sms => person.phone.as_deref() == Some(&notice.to),
    };
    match people.iter().find(is_theirs) {
        Some(person) => format!("{} ({})", person.name(), notice.to),
        None => notice.to.clone(),
    }
}
