//! Tips (feature B3): what the town can tell from what it knows, why it says so, and how to hear no more of it.
use crate::api::{Api, ApiError};
use crate::load::load;
use crate::markup::view;
use crate::route::{ReportStep, Route};
use crate::ui::{ActionButton, LinkButton, Section, error_key};
use crate::words::{Key, key, language, t};
use contract::paths;
use contract::tips::{Tip, TipLink, TipPage, Tips};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The part of the home page with tips; nothing when there are none and none is switched off.
#[component]
pub fn TipsPart() -> impl IntoView {
    let again = RwSignal::new(());
    let tips = load(move |api| {
        again.track();
        async move { api.get::<Tips>(&paths::tips(language())).await }
    });
    let drawn = move || {
        let tips = tips.now().filter(|tips| !tips.on || !tips.tips.is_empty() || !tips.off.is_empty())?;
        Some(view! { <Section id="tips-title" title=t(key::home::TIPS_TITLE)><TipList tips again/></Section> })
    };
    view! { {drawn} }
}

/// The tips, and the one button for all of them.
#[component]
fn TipList(tips: Tips, again: RwSignal<()>) -> impl IntoView {
    let switch = Switch::new(!tips.on);
    let is_empty = tips.tips.is_empty();
    // Nothing to show although tips are wanted: what the button brings back are those that were switched off one by one.
    let back: Vec<String> = if tips.on { tips.off.iter().map(|key| paths::tip_on(key)).collect() } else { vec![paths::TIPS_ON.to_owned()] };
    let back = StoredValue::new(back);
    let is_hidden = move || is_empty || switch.is_off.get();
    let press = move || {
        if is_empty {
            return switch.tell(back.get_value(), move || {
                again.try_set(());
            });
        }
        let path = if switch.is_off.get_untracked() { paths::TIPS_ON } else { paths::TIPS_OFF };
        switch.tell(vec![path.to_owned()], move || switch.turned());
    };
    let note = move || match (switch.is_off.get(), is_empty) {
        (true, _) => t(key::home::TIPS_HIDDEN),
        (false, true) => t(key::home::TIPS_SOME_HIDDEN),
        (false, false) => "",
    };
    let rows = tips.tips.into_iter().map(|tip| view! { <li><TipCard tip/></li> }.into_any()).collect::<Vec<_>>();
    view! {
        <ul class="filo-list" hidden=is_hidden>{rows}</ul>
        <p class="filo-note" role="status">{note}</p>
        <ActionButton look="link" on_press=move |()| press()>
            {move || t(if is_hidden() { key::home::TIPS_SHOW } else { key::home::TIPS_HIDE })}
        </ActionButton>
        {switch.failure()}
    }
}

/// A tip. Switched off, only the way back stays in its place.
#[component]
fn TipCard(tip: Tip) -> impl IntoView {
    let switch = Switch::new(false);
    let (name, tip_key) = (tip.title.clone(), StoredValue::new(tip.key));
    let press = move || {
        let path = tip_key.with_value(|key| if switch.is_off.get_untracked() { paths::tip_on(key) } else { paths::tip_off(key) });
        switch.tell(vec![path], move || switch.turned());
    };
    let words = move |is_off: Key, is_on: Key| move || t(if switch.is_off.get() { is_off } else { is_on });
    let lang = (tip.language != language()).then_some(tip.language);
    view! {
        <article class="card filo-tip">
            <div hidden=move || switch.is_off.get() lang=lang>
                <h3 class="filo-tip-title">{tip.title}</h3>
                <p>{tip.what}</p>
                <p class="filo-tip-why">{tip.why}</p>
                {way(tip.link)}
            </div>
            <p role="status">{move || switch.is_off.get().then(|| t(key::home::TIP_HIDDEN))}</p>
            <ActionButton look="link" on_press=move |()| press()>
                {words(key::home::TIP_UNDO, key::home::TIP_HIDE)}<span class="visually-hidden">": "{name}</span>
            </ActionButton>
            {switch.failure()}
        </article>
    }
}

/// Where a tip leads; nothing for a place that this build does not know.
fn way(link: TipLink) -> Option<AnyView> {
    let to = match link.page {
        TipPage::Case => link.case.map(|id| Route::Case { id })?,
        TipPage::Inbox => Route::Inbox,
        TipPage::Story => Route::Story,
        TipPage::NewReport => Route::NewReport { step: ReportStep::Privacy },
        TipPage::PublicReports => Route::PublicReports,
        // Only what a browser opens as a page.
        TipPage::Site => {
            let url = link.url.filter(|url| url.starts_with("https://"))?;
            return Some(view! { <a class="btn btn-outline-primary" href=url rel="noreferrer">{link.text}</a> }.into_any());
        }
        TipPage::Unknown => return None,
    };
    let text = link.text;
    Some(view! { <LinkButton to class="btn btn-outline-primary">{text}</LinkButton> }.into_any())
}

/// Something that is switched off and on again in its place.
#[derive(Clone, Copy)]
struct Switch {
    api: Api,
    is_off: RwSignal<bool>,
    /// Its button is never disabled meanwhile: it would lose the focus.
    busy: StoredValue<bool>,
    failed: RwSignal<Option<ApiError>>,
}

impl Switch {
    fn new(is_off: bool) -> Self {
        Self { api: expect_context::<Api>(), is_off: RwSignal::new(is_off), busy: StoredValue::new(false), failed: RwSignal::new(None) }
    }

    /// Tells the CRM, one path after the other; `then` when it knows all of them.
    fn tell(self, paths: Vec<String>, then: impl FnOnce() + 'static) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        self.failed.set(None);
        spawn_local(async move {
            let mut failure = None;
            for path in paths {
                failure = failure.or(self.api.post::<()>(&path, &()).await.err());
            }
            // The page may have been left meanwhile.
            self.busy.try_set_value(false);
            if failure.is_none() {
                then();
            }
            self.failed.try_set(failure);
        });
    }

    fn turned(self) {
        self.is_off.try_update(|is_off| *is_off = !*is_off);
    }

    fn failure(self) -> AnyView {
        view! { <p class="filo-field-error" role="alert">{move || self.failed.get().map(|error| t(error_key(&error)))}</p> }.into_any()
    }
}
