//! Where: a street with its number, typed or chosen, or the device's position with its accuracy.
use super::draft::Draft;
use super::page::Town;
use crate::form::{Form, capitalised};
use crate::markup::view;
use crate::ui::{ActionButton, SUGGESTIONS_MAX, SuggestField, TextField};
use crate::words::{Key, fill, key, t};
use contract::place::{HOUSE_NUMBER_CHARS_MAX, Point};
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Beyond this many metres a position is too rough to be trusted without a look.
const ROUGH_M: f64 = 50.0;
/// How long to wait for a position, in milliseconds.
const PATIENCE_MS: u32 = 15_000;

/// Street, number, position.
#[component]
pub fn PlaceFields(form: Form<Draft>, town: Town) -> impl IntoView {
    let (for_suggest, for_text, for_position) = (town.streets.clone(), StoredValue::new(town.streets.clone()), town);
    let on_text = move |street: String, _: bool| {
        let point = for_text.with_value(|streets| streets.point(&street));
        form.edit("place.street", |draft| {
            let place = &mut draft.report.place;
            // A position that the device measured stays; one that came from another street's name goes.
            if place.point.is_none_or(|point| point.accuracy_m.is_none()) {
                place.point = point;
            }
            place.street = street;
        });
    };
    view! {
        <SuggestField name="place.street" label=t(key::reports::STREET) help=t(key::reports::STREET_HELP) required=true
            problem=Signal::derive(move || form.problem("place.street").or_else(|| form.problem("place.point")))
            text=Signal::derive(move || form.with(|draft| draft.report.place.street.clone()))
            suggest=move |typed| for_suggest.matching(typed, SUGGESTIONS_MAX) on_text/>
        <TextField form name="place.house_number" label=t(key::reports::HOUSE_NUMBER) help=t(key::reports::HOUSE_NUMBER_HELP)
            chars_max=HOUSE_NUMBER_CHARS_MAX text=|draft| &mut draft.report.place.house_number/>
        <PositionButton form town=for_position/>
    }
}

/// "Usa la tua posizione": measured on request only, shown with its accuracy, and taken back with one press.
#[component]
fn PositionButton(form: Form<Draft>, town: Town) -> impl IntoView {
    let failed = RwSignal::new(None::<Key>);
    let busy = RwSignal::new(false);
    let town = StoredValue::new(town);
    let measure = move || {
        busy.set(true);
        spawn_local(async move {
            let found = position().await;
            busy.set(false);
            match found {
                Ok(point) => {
                    // Nobody waits for it any more when the page has been left meanwhile.
                    let Some(town) = town.try_get_value() else { return };
                    let is_inside = town.boundary.as_ref().is_none_or(|boundary| boundary.contains(point));
                    failed.set((!is_inside).then_some(key::form::OUTSIDE_TOWN));
                    if is_inside {
                        take(form, point, town.streets.nearest(point).map(str::to_owned));
                    }
                }
                Err(why) => failed.set(Some(why)),
            }
        });
    };
    let measured = move || form.with(|draft| draft.report.place.point.filter(|point| point.accuracy_m.is_some()));
    let forget = move || {
        form.edit("place.point", |draft| {
            let place = &mut draft.report.place;
            place.point = town.with_value(|town| town.streets.point(&place.street));
        });
    };
    view! {
        <div class="filo-position">
            <ActionButton look="outline-primary" icon="it-map-marker" busy on_press=move |()| measure()>{t(key::reports::USE_POSITION)}</ActionButton>
            <div role="status">
                {move || busy.get().then(|| t(key::reports::POSITION_BUSY))}
                {move || measured().map(|point| {
                    let metres = point.accuracy_m.unwrap_or_default();
                    let words = if metres > ROUGH_M { key::reports::POSITION_ROUGH } else { key::reports::POSITION_TAKEN };
                    view! {
                        <p class="filo-note">{fill(words, &[("metres", &(metres.round() as i64).to_string())])}</p>
                        <ActionButton look="link" on_press=move |()| forget()>{t(key::reports::POSITION_FORGET)}</ActionButton>
                    }
                })}
            </div>
            <p class="filo-field-error" role="alert">{move || failed.get().map(|why| capitalised(t(why)))}</p>
        </div>
    }
}

/// Keeps a measured point; an empty street is filled with the nearest, to be corrected by the person.
fn take(form: Form<Draft>, point: Point, nearest: Option<String>) {
    form.edit("place.street", |draft| {
        let place = &mut draft.report.place;
        place.point = Some(point);
        if place.street.trim().is_empty() {
            place.street = nearest.unwrap_or_default();
        }
    });
    form.edit("place.point", |_| {});
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
    let number = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok().and_then(|value| value.as_f64());
    match wasm_bindgen_futures::JsFuture::from(promise).await {
        Ok(found) => {
            let coords = js_sys::Reflect::get(&found, &"coords".into()).map_err(|_| key::reports::POSITION_UNAVAILABLE)?;
            let part = |name: &str| number(&coords, name).ok_or(key::reports::POSITION_UNAVAILABLE);
            Ok(Point { lon: part("longitude")?, lat: part("latitude")?, accuracy_m: Some(part("accuracy")?) })
        }
        Err(error) if number(&error, "code") == Some(1.0) => Err(key::reports::POSITION_DENIED),
        Err(_) => Err(key::reports::POSITION_UNAVAILABLE),
    }
}
