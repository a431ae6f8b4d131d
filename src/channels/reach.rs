//! Where somebody is reached: each channel with its address, what is missing where there is none, and "Mandami una prova".
use super::devices::Devices;
use super::page::{channel_icon, channel_name};
use crate::api::{Api, ApiError, new_key};
use crate::markup::view;
use crate::ui::{ActionButton, Icon, Section, error_key};
use crate::words::{Key, fill, key, t};
use contract::channels::{Channel, ChannelState, Channels, NewTest};
use contract::paths;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The channels of the town.
#[component]
pub fn Reach(
    channels: Channels,
    /// Notified when the channels are to be read anew.
    asked: RwSignal<()>,
    /// How often a test was sent.
    tests: RwSignal<i32>,
) -> impl IntoView {
    let (devices, push_key) = (channels.devices, channels.push_key);
    let row = move |state: ChannelState| {
        let below = (state.channel == Channel::Push)
            .then(|| view! { <Devices devices=devices.clone() push_key=push_key.clone().unwrap_or_default() asked/> });
        let says = match (&state.reaches, state.is_ready) {
            (Some(address), _) => address.clone(),
            (None, true) => String::new(),
            (None, false) => t(missing_key(state.channel)).to_owned(),
        };
        let test = (state.is_ready && state.channel != Channel::Paper).then(|| view! { <Test channel=state.channel tests/> });
        view! {
            <li class="filo-channel">
                <h3 class="h6"><Icon name=channel_icon(state.channel)/><span>{channel_name(state.channel)}</span></h3>
                {(!says.is_empty()).then(|| view! { <p class="filo-channel-address">{says}</p> })}
                {below}
                {test}
            </li>
        }
    };
    let rows: Vec<_> = channels.channels.into_iter().map(row).collect();
    view! {
        <Section id="reach-title" title=t(key::channels::REACH_TITLE)>
            <ul class="filo-list filo-channels">{rows}</ul>
        </Section>
    }
}

/// Why a channel does not reach somebody, and what to do about it.
fn missing_key(channel: Channel) -> Key {
    match channel {
        Channel::Email => key::channels::EMAIL_MISSING,
        Channel::Push => key::channels::PUSH_MISSING,
        Channel::AppIo => key::channels::APP_IO_MISSING,
        Channel::Sms => key::channels::SMS_MISSING,
        Channel::Paper | Channel::Unknown => key::channels::PAPER_MISSING,
    }
}

/// "Send me a test": what becomes of it stands among the last ones.
#[component]
fn Test(channel: Channel, tests: RwSignal<i32>) -> impl IntoView {
    let api = expect_context::<Api>();
    let busy = RwSignal::new(false);
    let told = RwSignal::new(None::<Result<(), ApiError>>);
    let press = move || {
        busy.set(true);
        told.set(None);
        spawn_local(async move {
            let sent = api.create::<NewTest>(paths::MY_CHANNEL_TESTS, &NewTest { channel }, &new_key()).await;
            busy.try_set(false);
            tests.try_update(|tests| *tests += 1);
            told.try_set(Some(sent.map(|_| ())));
        });
    };
    let name = channel_name(channel);
    let said = move || {
        told.get().map(|told| match told {
            Ok(()) => t(key::channels::TEST_SENT),
            Err(ApiError::TooMany) => t(key::channels::TEST_TOO_MANY),
            Err(error) => t(error_key(&error)),
        })
    };
    view! {
        <ActionButton look="outline-primary" busy on_press=move |()| press()>
            {t(key::channels::TEST)}<span class="visually-hidden">{fill(key::channels::TEST_BY, &[("channel", name)])}</span>
        </ActionButton>
        <p class="filo-note" role="status">{said}</p>
    }
}
