//! Where the device says it is: asked on request only, told with its accuracy in words, and confirmed by the person when it is rough.
use super::draft::Draft;
use super::ground::{Ground, name_street};
use crate::form::{Form, capitalised, field_id, focus};
use crate::markup::view;
use crate::streets::Near;
use crate::ui::ActionButton;
use crate::words::{Key, fill, key, t};
use contract::place::Point;
use js_sys::{Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Beyond this many metres a position is too rough to be taken without a look (FEATURES F4).
const ROUGH_M: f64 = 50.0;
/// How long to wait for a position, in milliseconds.
const PATIENCE_MS: u32 = 15_000;
/// How many streets nearby are offered.
const STREETS_OFFERED: usize = 4;

/// What became of asking the device.
#[derive(Clone, Default)]
enum Asked {
    /// Nobody has asked.
    #[default]
    No,
    /// The device is looking.
    Looking,
    /// It did not work, and why.
    Failed(Key),
    /// Rough: to be confirmed.
    Rough(Point, Vec<Near>),
    /// Taken; the streets nearby are offered, as long as it is the report's place.
    Taken(Point, Vec<Near>),
}

/// "Usa la tua posizione", what came of it, and taking it back.
#[component]
pub fn PositionButton(form: Form<Draft>, ground: Ground) -> impl IntoView {
    let asked = RwSignal::new(Asked::No);
    let measure = move || {
        asked.set(Asked::Looking);
        spawn_local(async move {
            let found = position().await;
            let next = match found {
                Ok(point) if !ground.is_inside(point) => Asked::Failed(key::form::OUTSIDE_TOWN),
                Ok(point) => {
                    let near = ground.nearest(point, STREETS_OFFERED).await;
                    if point.accuracy_m.is_some_and(|metres| metres > ROUGH_M) {
                        Asked::Rough(point, near)
                    } else {
                        ground.take(form, point, near.first());
                        Asked::Taken(point, near)
                    }
                }
                Err(why) => Asked::Failed(why),
            };
            // Nobody waits for it any more when the page has been left meanwhile.
            asked.try_set(next);
        });
    };
    let busy = Signal::derive(move || matches!(*asked.read(), Asked::Looking));
    let is_still = move |taken: &Point| form.with(|draft| draft.report.place.point.as_ref() == Some(taken));
    let point = move || form.with(|draft| draft.report.place.point.and_then(|point| point.accuracy_m));
    let told = move || match &*asked.read() {
        Asked::Looking => t(key::reports::POSITION_BUSY).to_owned(),
        Asked::Rough(point, near) => {
            let rough = fill(key::reports::POSITION_ROUGH, &[("metres", &whole(point.accuracy_m.unwrap_or_default()))]);
            let ask = near.first().map(|near| fill(key::place::ROUGH_ASK, &[("street", &near.name)]));
            format!("{rough} {}", ask.unwrap_or_default())
        }
        // A point may also come from a photo, from the map or from an object nearby.
        asked => {
            let words = if matches!(asked, Asked::Taken(taken, _) if is_still(taken)) {
                key::reports::POSITION_TAKEN
            } else {
                key::reports::POINT_TAKEN
            };
            point().map_or_else(String::new, |metres| fill(words, &[("metres", &whole(metres))]))
        }
    };
    view! {
        <div class="filo-position">
            <ActionButton look="outline-primary" icon="it-map-marker" busy on_press=move |()| measure()>{t(key::reports::USE_POSITION)}</ActionButton>
            <p class="filo-note" role="status">{told}</p>
            {move || match asked.get() {
                Asked::Rough(point, near) => view! { <Confirm form ground asked point near/> }.into_any(),
                Asked::Taken(taken, near) if is_still(&taken) => view! { <StreetsNearby form near/> }.into_any(),
                _ => ().into_any(),
            }}
            {move || (point().is_some() && !matches!(*asked.read(), Asked::Rough(..))).then(|| view! {
                <ActionButton look="link" on_press=move |()| {
                    asked.set(Asked::No);
                    ground.forget(form);
                    focus(&field_id("place.street"));
                }>{t(key::reports::POSITION_FORGET)}</ActionButton>
            })}
            <p class="filo-field-error" role="alert">{move || match *asked.read() {
                Asked::Failed(why) => capitalised(t(why)),
                _ => String::new(),
            }}</p>
        </div>
    }
}

/// A rough position: "it is here", or the street is written instead.
#[component]
fn Confirm(form: Form<Draft>, ground: Ground, asked: RwSignal<Asked>, point: Point, near: Vec<Near>) -> impl IntoView {
    let street = field_id("place.street");
    let written = street.clone();
    view! {
        <div class="filo-position-choices">
            <ActionButton on_press=move |()| {
                ground.take(form, point, near.first());
                asked.set(Asked::Taken(point, near.clone()));
                focus(&street);
            }>{t(key::place::ROUGH_YES)}</ActionButton>
            <ActionButton look="outline-primary" on_press=move |()| {
                asked.set(Asked::No);
                focus(&written);
            }>{t(key::place::ROUGH_NO)}</ActionButton>
        </div>
    }
}

/// The streets around the point: one press writes another one.
#[component]
fn StreetsNearby(form: Form<Draft>, near: Vec<Near>) -> impl IntoView {
    let one = move |near: Near| {
        let (own, shown) = (near.name.clone(), near.name.clone());
        view! {
            <button type="button" class="btn btn-outline-primary" aria-pressed=move || form.with(|draft| draft.report.place.street == own).to_string()
                on:click=move |_| form.edit("place.street", |draft| name_street(&mut draft.report.place, &near))>{shown}</button>
        }
    };
    (!near.is_empty()).then(|| {
        view! {
            <div class="filo-position-choices" role="group" aria-label=t(key::place::NEARBY)>
                <p>{t(key::place::NEARBY)}</p>
                {near.into_iter().map(one).collect_view()}
            </div>
        }
    })
}

/// Whole metres, never 0.
pub fn whole(metres: f64) -> String {
    (metres.round().max(1.0) as u32).to_string()
}

/// Asks the device where it is; the sentence why not otherwise (W3C Geolocation: 1 denied, 2 unavailable, 3 too slow).
async fn position() -> Result<Point, Key> {
    let geolocation = window().navigator().geolocation().map_err(|_| key::reports::POSITION_UNAVAILABLE)?;
    let promise = Promise::new(&mut |resolve, reject| {
        let pass = |function: js_sys::Function| Closure::once_into_js(move |value: JsValue| drop(function.call1(&JsValue::NULL, &value)));
        let options = web_sys::PositionOptions::new();
        options.set_enable_high_accuracy(true);
        options.set_timeout(PATIENCE_MS);
        let asked = geolocation.get_current_position_with_error_callback_and_options(
            pass(resolve).unchecked_ref(),
            Some(pass(reject).unchecked_ref()),
            &options,
        );
        // A browser that refuses to ask at all never answers either: the options are plain, so it does not.
        let _ = asked;
    });
    let number = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().and_then(|value| value.as_f64());
    match wasm_bindgen_futures::JsFuture::from(promise).await {
        Ok(found) => {
            let coords = Reflect::get(&found, &"coords".into()).map_err(|_| key::reports::POSITION_UNAVAILABLE)?;
            let part = |name: &str| number(&coords, name).ok_or(key::reports::POSITION_UNAVAILABLE);
            Ok(Point { lon: part("longitude")?, lat: part("latitude")?, accuracy_m: Some(part("accuracy")?) })
        }
        Err(error) => Err(match number(&error, "code") {
            Some(1.0) => key::reports::POSITION_DENIED,
            Some(3.0) => key::place::SLOW,
            _ => key::reports::POSITION_UNAVAILABLE,
        }),
    }
}
