//! Notifications on devices: this one switched on and off, the others listed. `public/push.js` speaks with the browser.
use crate::api::{Api, parse};
use crate::markup::view;
use crate::push::{ask, leave};
use crate::session::Session;
use crate::ui::{ActionButton, error_key};
use crate::words::{Key, day_of, day_short, fill, key, t};
use contract::channels::{Channels, NewDevice, PushDevice};
use contract::paths;
use contract::session::Device;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The devices that are told, and the switch for this one.
#[component]
pub fn Devices(
    devices: Vec<PushDevice>,
    /// The key under which the browser subscribes.
    push_key: String,
    /// Notified when the list is to be read anew.
    asked: RwSignal<()>,
) -> impl IntoView {
    let api = expect_context::<Api>();
    let me = expect_context::<Session>().person_now();
    let person = StoredValue::new(me.as_ref().map_or_else(String::new, |me| me.id.0.clone()));
    let is_shared = me.is_some_and(|me| me.session.device == Device::Shared);
    // How things stand here, and which of the devices this one is.
    let here = LocalResource::new(move || async move {
        let person = person.get_value();
        let state = if is_shared { None } else { ask("state", &[&person]).await };
        (state.unwrap_or_else(|| "none".to_owned()), ask("device", &[&person]).await.unwrap_or_default())
    });
    let failed = RwSignal::new(None::<&'static str>);
    let switch_on = move || {
        let key = push_key.clone();
        failed.set(None);
        spawn_local(async move {
            match add(api, &key, &person.get_value()).await {
                Ok(()) => drop(asked.try_set(())),
                Err(why) => drop(failed.try_set(Some(t(why)))),
            }
        });
    };
    let remove = move |id: contract::id::DeviceId, is_here: bool| {
        failed.set(None);
        spawn_local(async move {
            let gone = api.delete::<Channels>(&paths::my_device(&id)).await;
            if is_here {
                leave().await;
            }
            match gone {
                Ok(_) => drop(asked.try_set(())),
                Err(error) => drop(failed.try_set(Some(t(error_key(&error))))),
            }
        });
    };
    let row = move |device: PushDevice, own: &str| {
        let is_here = device.id.0 == own;
        let since = fill(key::channels::DEVICE_SINCE, &[("date", &day_short(&day_of(&device.since)))]);
        let (id, name) = (device.id.clone(), device.name.clone());
        view! {
            <li>
                <span>{device.name}{is_here.then(|| view! { " "<strong>{t(key::channels::DEVICE_THIS)}</strong> })}" · "{since}</span>
                <ActionButton look="link" icon="it-delete" on_press=move |()| remove(id.clone(), is_here)>
                    {t(key::channels::DEVICE_REMOVE)}<span class="visually-hidden">": "{name.clone()}</span>
                </ActionButton>
            </li>
        }
    };
    let drawn = move || {
        let (state, own) = here.get()?;
        let rows: Vec<_> = devices.iter().cloned().map(|device| row(device, &own)).collect();
        let switch_on = switch_on.clone();
        let is_on = state == "on" && devices.iter().any(|device| device.id.0 == own);
        Some(view! {
            {(!rows.is_empty()).then(|| view! { <ul class="filo-devices">{rows}</ul> })}
            {match state.as_str() {
                "on" | "off" if !is_on => view! {
                    <ActionButton look="outline-primary" icon="it-pc-mobile" on_press=move |()| switch_on()>{t(key::channels::DEVICE_ADD)}</ActionButton>
                }.into_any(),
                "on" => ().into_any(),
                other => view! { <p>{t(why_not(other, is_shared))}</p> }.into_any(),
            }}
        })
    };
    view! { {drawn}<p class="filo-field-error" role="alert">{move || failed.get()}</p> }
}

/// Why this device cannot be told, and what to do about it.
fn why_not(state: &str, is_shared: bool) -> Key {
    match state {
        _ if is_shared => key::channels::PUSH_SHARED,
        "home" => key::channels::PUSH_HOME,
        "denied" => key::channels::PUSH_DENIED,
        _ => key::channels::PUSH_NONE,
    }
}

/// Asks the browser, then tells the CRM.
async fn add(api: Api, push_key: &str, person: &str) -> Result<(), Key> {
    // A browser without its maker's service cannot, whatever its owner wants.
    let json = ask("subscribe", &[push_key]).await.ok_or(key::channels::PUSH_NONE)?;
    let refused = if json == "denied" { key::channels::PUSH_DENIED } else { key::channels::PUSH_UNANSWERED };
    let device: NewDevice = parse(&json).ok_or(refused)?;
    let known = api.post::<PushDevice>(paths::MY_DEVICES, &device).await;
    match known {
        Ok(known) => {
            ask("remember", &[person, &known.id.0]).await;
            Ok(())
        }
        Err(error) => {
            ask("leave", &[]).await;
            Err(error_key(&error))
        }
    }
}
