//! Who is here: signed in, expired or out; when the session ends; what other windows of this browser say about it.
//!
//! No secret is here: the browser holds only an HttpOnly cookie that this code cannot read.
use contract::comfort::Comfort;
use contract::id::CitizenId;
use contract::session::{Device, Me};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The person in front of the screen, as far as the CRM knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Who {
    /// Not asked yet.
    Unknown,
    /// Nobody has signed in.
    Out,
    /// Signed in.
    In(Me),
    /// Was signed in: the page and what was typed stay, under a dialog, until the same person is back.
    Expired(Me),
}

/// The session, as everything on the page sees it.
#[derive(Clone, Copy)]
pub struct Session {
    who: RwSignal<Who>,
    /// When the session ends if nothing more is asked, in milliseconds of the device's clock.
    ends_ms: RwSignal<f64>,
    /// When the CRM was last heard, in milliseconds of the device's clock.
    heard_ms: RwSignal<f64>,
    /// Grows when somebody is back, or somebody else is here, or the network is: what was read before is read again.
    logins: RwSignal<u32>,
    /// When what is shown was read, while there is no network; in milliseconds of the device's clock.
    old_ms: RwSignal<Option<f64>>,
    /// The level of login that something was refused for; 0: nothing waits for one.
    wants: RwSignal<u8>,
    /// Whether this window acts for somebody whom its session acts for no longer, and why.
    over: RwSignal<Option<Over>>,
}

/// Why a window acts for somebody no longer. What was typed stays until its person goes back to themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The delegation holds no longer.
    Ended,
    /// In another window, or by a new login, the session is its own person's again.
    Elsewhere,
}

/// What windows of the same browser tell each other.
const CHANNEL: &str = "filo.session";

thread_local! {
    static CHANNEL_HERE: Option<web_sys::BroadcastChannel> = web_sys::BroadcastChannel::new(CHANNEL).ok();
}

impl Session {
    /// Nobody is known yet.
    pub fn new() -> Self {
        let never = RwSignal::new(f64::INFINITY);
        Self {
            who: RwSignal::new(Who::Unknown),
            ends_ms: never,
            heard_ms: RwSignal::new(0.0),
            logins: RwSignal::new(0),
            old_ms: RwSignal::new(None),
            wants: RwSignal::new(0),
            over: RwSignal::new(None),
        }
    }

    /// Who is here.
    pub fn who(self) -> Who {
        self.who.get()
    }

    /// Whether somebody is signed in at this moment, for clocks and handlers.
    pub fn is_in_now(self) -> bool {
        self.who.with_untracked(|who| matches!(who, Who::In(_)))
    }

    /// The person, signed in or expired.
    pub fn person(self) -> Option<Me> {
        match self.who.get() {
            Who::In(me) | Who::Expired(me) => Some(me),
            Who::Unknown | Who::Out => None,
        }
    }

    /// The person, for handlers.
    pub fn person_now(self) -> Option<Me> {
        untrack(|| self.person())
    }

    /// Whether who is here has said that others use this device too; tracked.
    pub fn is_shared(self) -> bool {
        self.person().is_some_and(|me| me.session.device == Device::Shared)
    }

    /// The number of what goes on at the help desk, where this session is a volunteer's for the citizen; tracked.
    pub fn help(self) -> Option<String> {
        self.person()?.session.help
    }

    /// Whether a volunteer has this session, for handlers.
    pub fn is_helped_now(self) -> bool {
        untrack(|| self.help()).is_some()
    }

    /// Whether a volunteer has this session, or a delegate acts in it; for handlers.
    pub fn is_for_another_now(self) -> bool {
        untrack(|| self.person()).is_some_and(|me| me.session.help.is_some() || me.session.acting.is_some())
    }

    /// Whether who is here acts for somebody else; tracked.
    pub fn is_acting(self) -> bool {
        self.person().is_some_and(|me| me.session.acting.is_some())
    }

    /// Why this window acts for somebody no longer; nothing while it does. Tracked.
    pub fn over(self) -> Option<Over> {
        self.over.get()
    }

    /// The delegation holds no longer: the page stays until its person has seen so.
    pub fn acts_no_longer(self) {
        if untrack(|| self.is_acting()) {
            self.over.set(Some(Over::Ended));
        }
    }

    /// Who acted for somebody goes back to themselves, or on: whoever comes now takes this place.
    pub fn lets_go(self) {
        self.over.set(None);
        self.who.update_untracked(|who| {
            if let Who::In(me) | Who::Expired(me) = who {
                me.session.acting = None;
            }
        });
    }

    /// Whether the session has expired under somebody's hands.
    pub fn is_expired(self) -> bool {
        matches!(*self.who.read(), Who::Expired(_))
    }

    /// Changes when somebody comes back after an expiry, and when another person takes their place.
    pub fn logins(self) -> u32 {
        self.logins.get()
    }

    /// Without a network something is shown that was read at that moment (milliseconds). The oldest counts.
    pub fn shows_old(self, at: f64) {
        let before = self.old_ms.get_untracked();
        if before.is_none_or(|before| at < before) {
            self.old_ms.set(Some(at));
        }
    }

    /// When what is shown was read, if it is not of now; tracked.
    pub fn old_ms(self) -> Option<f64> {
        self.old_ms.get()
    }

    /// Whether something old is shown, for handlers.
    pub fn is_old_now(self) -> bool {
        self.old_ms.get_untracked().is_some()
    }

    /// The CRM has answered: what is old is read again.
    pub fn network_is_back(self) {
        if self.is_old_now() {
            self.old_ms.set(None);
            self.logins.update(|n| *n += 1);
        }
    }

    /// Something takes a login of this level; 0: it is wanted no longer.
    pub fn wants(self, level: u8) {
        self.wants.set(level);
    }

    /// The level that something waits for; tracked.
    pub fn wanted(self) -> u8 {
        self.wants.get()
    }

    /// Milliseconds until the session ends by itself; negative when that moment is past.
    pub fn ms_left(self) -> f64 {
        self.ends_ms.get_untracked() - js_sys::Date::now()
    }

    /// The CRM says who is here. The other windows hear it when it is news: one cookie serves them all.
    pub fn arrived(self, me: Me) {
        self.prolonged(me.session.seconds_left);
        if me.session.level >= self.wants.get_untracked() {
            self.wants.set(0);
        }
        let before = self.who.get_untracked();
        if matches!(&before, Who::In(old) if *old == me) {
            return self.over.set(None);
        }
        // Who acted for somebody here is themselves again by another window, or by a login: what they have typed for the other stays until
        // they have seen so. Anybody else finds nothing.
        if let Who::In(old) | Who::Expired(old) = &before
            && old.session.acting.as_ref() == Some(&me.id)
        {
            self.who.set(Who::In(old.clone()));
            return self.over.update(|over| *over = over.or(Some(Over::Elsewhere)));
        }
        self.over.set(None);
        let is_news = !matches!(&before, Who::In(old) if old.id == me.id);
        let was_here = matches!(before, Who::In(_) | Who::Expired(_));
        let id = me.id.clone();
        self.who.set(Who::In(me));
        if is_news && was_here {
            self.logins.update(|n| *n += 1);
        }
        if is_news {
            self.tell(News::Here(id));
        }
    }

    /// The person has chosen how they read most easily.
    pub fn reads_best(self, comfort: Comfort) {
        self.who.update(|who| {
            if let Who::In(me) | Who::Expired(me) = who {
                me.comfort = comfort;
            }
        });
    }

    /// Whether this person is signed in here at this moment.
    pub fn is_here_now(self, id: &CitizenId) -> bool {
        self.over.get_untracked().is_none() && self.who.with_untracked(|who| matches!(who, Who::In(me) if me.id == *id))
    }

    /// Whether the CRM has not been asked yet who is here.
    pub fn is_unknown_now(self) -> bool {
        self.who.with_untracked(|who| matches!(who, Who::Unknown))
    }

    /// Whether nothing has been heard from the CRM for so many milliseconds. What was told by another window counts.
    pub fn is_silent_for(self, ms: f64) -> bool {
        js_sys::Date::now() - self.heard_ms.get_untracked() > ms
    }

    /// The CRM says nobody is here: an end for who never was, an expiry for who was.
    pub fn refused(self) {
        self.wants.set(0);
        match self.who.get_untracked() {
            Who::In(me) => self.who.set(Who::Expired(me)),
            Who::Unknown => self.who.set(Who::Out),
            Who::Out | Who::Expired(_) => {}
        }
    }

    /// The person has logged out, here or in another window.
    pub fn ended(self) {
        // Nothing of theirs is shown any more.
        self.old_ms.set(None);
        self.who.set(Who::Out);
    }

    /// The CRM has heard us: so many seconds are left.
    pub fn prolonged(self, seconds_left: u32) {
        let now = js_sys::Date::now();
        self.heard_ms.set(now);
        self.ends_ms.set(now + f64::from(seconds_left) * 1000.0);
    }

    /// Tells the other windows of this browser something.
    pub fn tell(self, news: News) {
        CHANNEL_HERE.with(|channel| {
            if let Some(channel) = channel {
                // A window that cannot hear finds out with its next request.
                let _ = channel.post_message(&JsValue::from_str(&news.to_text()));
            }
        });
    }

    /// Calls `then` for each piece of news from another window, as long as the page lives.
    pub fn listen(self, then: impl Fn(News) + 'static) {
        let heard = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            if let Some(news) = event.data().as_string().as_deref().and_then(News::from_text) {
                then(news);
            }
        });
        CHANNEL_HERE.with(|channel| {
            if let Some(channel) = channel {
                channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
            }
        });
        heard.forget();
    }
}

/// What one window tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// This person is here now.
    Here(CitizenId),
    /// The person has logged out.
    LoggedOut,
    /// The session has so many seconds left.
    Prolonged(u32),
}

impl News {
    fn to_text(&self) -> String {
        match self {
            Self::Here(id) => format!("in {}", id.0),
            Self::LoggedOut => "out".to_owned(),
            Self::Prolonged(seconds) => seconds.to_string(),
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        match (text, text.strip_prefix("in ")) {
            (_, Some(id)) => Some(Self::Here(CitizenId(id.to_owned()))),
            ("out", None) => Some(Self::LoggedOut),
            (seconds, None) => seconds.parse().ok().map(Self::Prolonged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::News;
    use contract::id::CitizenId;

    #[test]
    fn news_are_understood_and_noise_is_not() {
        for news in [News::Here(CitizenId("0193-abc".into())), News::LoggedOut, News::Prolonged(120)] {
            assert_eq!(News::from_text(&news.to_text()), Some(news));
        }
        assert_eq!(News::from_text("{\"evil\":1}"), None);
        assert_eq!(News::from_text("-1"), None);
    }
}
