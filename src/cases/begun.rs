//! "Hai già una bozza" (feature X19): a message that was begun before, here or on another device, and two versions of it side by side (C9).
use crate::api::parse;
use crate::command::{Command, Sending};
use crate::form::focus;
use crate::markup::view;
use crate::outbox::{Entry, outbox};
use crate::route::Route;
use crate::ui::{ActionButton, Callout, Link};
use crate::vault;
use crate::words::{fill, key, moment, t};
use contract::UtcTime;
use contract::replies::NewMessage;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What there is to know of a draft of this message, beside the form that shows it. Nothing is decided by itself.
#[component]
pub fn BegunNote<T: Command>(
    sending: Sending<T>,
    /// The id of the input that takes the focus when somebody has chosen.
    field: &'static str,
) -> impl IntoView {
    let drawn = move || {
        let path = sending.path();
        let drafts = outbox().entries().into_iter().filter(|entry| entry.is("draft") && entry.text("path") == path);
        let (is_empty, key) = (!sending.form.is_touched(), sending.form.key());
        let (far, here): (Vec<_>, Vec<_>) = drafts.partition(|entry| entry.get("is_far").is_truthy());
        let here = here.into_iter().find(|entry| entry.get("id") == *key);
        let other = here.as_ref().and_then(|entry| entry.part("clash"));
        match (here, other, far.into_iter().next_back()) {
            (Some(here), Some(other), _) => two(sending, &here, &other, field),
            (Some(here), None, _) if here.get("sent_elsewhere").is_truthy() => sent(sending, &here),
            (Some(here), None, _) if sending.is_resumed() => resumed(&here),
            (None, _, Some(far)) if is_empty => begun_elsewhere(sending, &far, field),
            _ => ().into_any(),
        }
    };
    view! { <div role="status">{drawn}</div> }
}

/// When a draft was changed last.
fn changed(entry: &Entry) -> String {
    moment(&UtcTime(String::from(js_sys::Date::new(&entry.get("changed_at")).to_iso_string())))
}

/// It is in the form again.
fn resumed(here: &Entry) -> AnyView {
    let words = fill(key::cases::BEGUN_HERE, &[("when", &changed(here))]);
    view! { <Callout kind="note" title=t(key::cases::BEGUN_TITLE)><p>{words}</p><Drafts/></Callout> }.into_any()
}

/// It is on another device: it comes when the person says so.
fn begun_elsewhere<T: Command>(sending: Sending<T>, far: &Entry, field: &'static str) -> AnyView {
    let words = fill(key::cases::BEGUN_FAR, &[("when", &changed(far))]);
    let id = far.text("id");
    let go_on = move |()| {
        let id = id.clone();
        spawn_local(async move {
            sending.go_on(id).await;
            focus(field);
        });
    };
    view! {
        <Callout kind="note" title=t(key::cases::BEGUN_TITLE)>
            <p>{words}</p>
            <div class="filo-actions"><ActionButton look="outline-primary" on_press=go_on>{t(key::outbox::GO_ON)}</ActionButton></div>
            <Drafts/>
        </Callout>
    }
    .into_any()
}

/// Where drafts are thrown away.
#[component]
fn Drafts() -> impl IntoView {
    view! { <p><Link to=Route::Outbox>{t(key::outbox::TITLE)}</Link></p> }
}

/// Another device has sent it: what is here is of no use any more, unless it says more.
fn sent<T: Command>(sending: Sending<T>, here: &Entry) -> AnyView {
    let id = here.text("id");
    let remove = move |()| {
        let id = id.clone();
        sending.form.clear();
        spawn_local(async move { drop(vault::call("remove", &[id.into()]).await) });
    };
    view! {
        <Callout kind="warning" title=t(key::cases::BEGUN_TITLE)>
            <p>{t(key::outbox::SENT_ELSEWHERE)}</p>
            <ActionButton look="outline-danger" icon="it-delete" on_press=remove>{t(key::outbox::DELETE)}</ActionButton>
        </Callout>
    }
    .into_any()
}

/// Both versions, to the letter, and which to go on with.
fn two<T: Command>(sending: Sending<T>, here: &Entry, other: &Entry, field: &'static str) -> AnyView {
    let mine = parse::<NewMessage>(&here.text("body")).map(|message| message.text).unwrap_or_default();
    let there = moment(&UtcTime(other.text("changed_at")));
    let choose = |is_this: bool| {
        let id = here.text("id");
        move |()| {
            let id = id.clone();
            spawn_local(async move {
                vault::call("choose", &[id.clone().into(), is_this.into()]).await;
                if !is_this {
                    sending.go_on(id).await;
                }
                focus(field);
            });
        }
    };
    let (this, that) = (choose(true), choose(false));
    let version = |when: String, text: String| view! { <p>{when}</p><blockquote>{text}</blockquote> };
    let mine = version(fill(key::cases::BEGUN_TWO_HERE, &[("when", &changed(here))]), mine);
    let theirs = version(fill(key::cases::BEGUN_TWO_THERE, &[("when", &there)]), other.text("text"));
    view! {
        <Callout kind="warning" title=t(key::cases::BEGUN_TWO)>
            <p>{t(key::outbox::CLASH)}</p>
            {mine}
            {theirs}
            <div class="filo-actions">
                <ActionButton look="outline-primary" on_press=this>{t(key::outbox::CLASH_THIS)}</ActionButton>
                <ActionButton look="outline-primary" on_press=that>{t(key::outbox::CLASH_OTHER)}</ActionButton>
            </div>
        </Callout>
    }
    .into_any()
}
