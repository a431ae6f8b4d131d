//! The map, an extra that is fetched when somebody asks for it (`public/map/`): a spot under a fixed pin, or reports as
//! points. The list under it says the same.
use super::assets::about;
use super::draft::Draft;
use super::ground::{Ground, POINTED_M, name_street};
use super::public_card::Guide;
use crate::api::Api;
use crate::form::{Form, capitalised, focus};
use crate::load::{Load, load};
use crate::markup::view;
use crate::route::Route;
use crate::script;
use crate::streets::{Near, at};
use crate::words::{count, fill, key, t};
use contract::id::PublicReportId;
use contract::paths;
use contract::place::Point;
use contract::public_reports::{PublicPoint, PublicPoints, PublicQuery};
use js_sys::{Array, Object, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsValue, closure::Closure};

const TOGGLE: &str = "map-toggle";
/// How many streets are listed beside the map.
const STREETS_LISTED: usize = 4;

/// "Mostra la mappa", and the map. Not there in a town without one.
#[component]
pub fn SpotMap(form: Form<Draft>, ground: Ground) -> impl IntoView {
    let is_open = RwSignal::new(false);
    ground.has_map().then(|| {
        view! {
            <div class="filo-nearby">
                <button type="button" class="btn btn-outline-primary" id=TOGGLE aria-expanded=move || is_open.get().to_string()
                    on:click=move |_| is_open.update(|open| *open = !*open)>
                    {move || t(if is_open.get() { key::place::MAP_CLOSE } else { key::place::MAP_OPEN })}
                </button>
                {move || is_open.get().then(|| view! { <Spot form ground is_open/> })}
            </div>
        }
    })
}

/// The map under its pin, what lies in the middle, and taking it.
#[component]
fn Spot(form: Form<Draft>, ground: Ground, is_open: RwSignal<bool>) -> impl IntoView {
    let middle = RwSignal::new(None::<Point>);
    let near = RwSignal::new(Vec::<Near>::new());
    let moved = Closure::<dyn Fn(f64, f64)>::new(move |lat: f64, lon: f64| {
        let point = at(lon, lat);
        middle.try_set(Some(point));
        spawn_local(async move {
            let found = ground.nearest(point, STREETS_LISTED).await;
            if middle.try_get_untracked().flatten() == Some(point) {
                near.try_set(found);
            }
        });
    });
    let take = move |street: Option<Near>| {
        let Some(point) = middle.get_untracked() else { return };
        ground.take(form, Point { accuracy_m: Some(POINTED_M), ..point }, near.get_untracked().first());
        if let Some(street) = street {
            form.edit("place.street", |draft| name_street(&mut draft.report.place, &street));
        }
        is_open.set(false);
        focus(TOGGLE);
    };
    let is_inside = Signal::derive(move || middle.get().is_some_and(|point| ground.is_inside(point)));
    let told = move || match (middle.get(), near.read().first()) {
        (None, _) => String::new(),
        (Some(_), _) if !is_inside.get() => capitalised(t(key::form::OUTSIDE_TOWN)),
        (_, Some(street)) => fill(key::place::MAP_AT, &[("street", &street.name), ("metres", &about(street.metres))]),
        _ => t(key::place::MAP_NOWHERE).to_owned(),
    };
    let street = move |near: Near| {
        let shown = fill(key::place::OBJECT_AT, &[("object", &near.name), ("metres", &about(near.metres))]);
        view! { <li><button type="button" class="btn btn-outline-primary" on:click=move |_| take(Some(near.clone()))>{shown}</button></li> }
    };
    let mut options = vec![("label", t(key::place::MAP_LABEL).into()), ("onMove", moved.into_js_value())];
    if let Some(point) = form.peek(|draft| draft.report.place.point) {
        let accuracy = point.accuracy_m.unwrap_or_default();
        options.extend([("lat", point.lat.into()), ("lon", point.lon.into()), ("accuracy", accuracy.into())]);
    }
    view! {
        <MapFrame function="pick" arguments=vec![object(&options)]/>
        <p class="filo-note" role="status">{told}</p>
        <button type="button" class="btn btn-primary" disabled=move || !is_inside.get() on:click=move |_| take(None)>{t(key::place::MAP_USE)}</button>
        <ul class="filo-nearby-list" aria-label=t(key::place::NEARBY)>
            {move || if is_inside.get() { near.get().into_iter().map(street).collect_view() } else { Vec::new() }}
        </ul>
    }
}

/// Whether the town has a map at all.
pub fn has_map() -> bool {
    expect_context::<Api>().config().with_value(|config| !config.map.url.is_empty())
}

/// Public reports as points, those the list under it has: others when something else is looked for. One press leads to a report.
#[component]
pub fn ReportsMap(
    /// What is looked for in the list.
    #[prop(into)]
    looked_for: Signal<PublicQuery>,
    /// The names of categories.
    guide: Guide,
) -> impl IntoView {
    let points = load(move |api| {
        let query = PublicQuery { limit: None, after: None, ..looked_for.get() };
        async move { api.get::<PublicPoints>(&paths::public_points(&query)).await }
    });
    let navigate = use_navigate();
    let chosen = Closure::<dyn Fn(String)>::new(move |id| {
        navigate(&Route::PublicReport { id: PublicReportId(id) }.to_string(), Default::default());
    });
    let options = object(&[("label", t(key::place::MAP_LABEL).into()), ("onPick", chosen.into_js_value())]);
    let dot = move |point: &PublicPoint| {
        let title = guide.category(&point.category);
        object(&[("id", point.id.0.as_str().into()), ("lat", point.lat.into()), ("lon", point.lon.into()), ("title", title.into())])
    };
    let options = StoredValue::new_local(options);
    view! {
        <Load from=points let:points>
            <p class="filo-note" role="status">{count(key::place::MAP_POINTS, points.items.len() as i64)}</p>
            <MapFrame function="showReports" arguments=vec![points.items.iter().map(&dot).collect::<Array>().into(), options.get_value()]/>
        </Load>
    }
}

/// A JavaScript object.
fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a fresh object cannot fail.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// A map in the page once its script is there, and its zoom buttons; words when it does not come. `function` is one of
/// `public/map/map.js`, called with the element and `arguments`.
#[component]
fn MapFrame(function: &'static str, arguments: Vec<JsValue>) -> impl IntoView {
    let element = NodeRef::<leptos::html::Div>::new();
    let map = StoredValue::new_local(None::<JsValue>);
    let failed = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let all = Array::of1(&element);
        for argument in &arguments {
            all.push(argument);
        }
        spawn_local(async move {
            match script::open("map", function, &all).await {
                // The page may have been left meanwhile: then nobody else closes it.
                Some(made) => {
                    if let Some(Some(made)) = map.try_set_value(Some(made)) {
                        script::call(&made, "close", &JsValue::UNDEFINED);
                    }
                }
                None => drop(failed.try_set(true)),
            }
        });
    });
    let ask = move |what: &str, argument: f64| {
        // What the map cannot do it leaves undone.
        map.try_with_value(|map| map.as_ref().and_then(|map| script::call(map, what, &argument.into())));
    };
    on_cleanup(move || ask("close", 0.0));
    view! {
        <p role="alert" class="filo-field-error">{move || failed.get().then(|| t(key::place::MAP_FAILED))}</p>
        <div class="filo-map" hidden=move || failed.get()>
            <div class="filo-map-ground" node_ref=element></div>
            <div class="filo-map-zoom">
                <button type="button" class="btn btn-outline-primary" on:click=move |_| ask("zoom", 1.0)>{t(key::place::MAP_ZOOM_IN)}</button>
                <button type="button" class="btn btn-outline-primary" on:click=move |_| ask("zoom", -1.0)>{t(key::place::MAP_ZOOM_OUT)}</button>
            </div>
        </div>
    }
}
