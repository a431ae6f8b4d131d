//! An object near the place (a bench, a bin, a fountain): from the town's own list, nearest first, chosen with one press.
use super::draft::Draft;
use super::gps::whole;
use super::ground::{Ground, POINTED_M};
use crate::form::{Form, focus};
use crate::markup::view;
use crate::streets::{at, metres};
use crate::words::{Key, fill, key, t};
use contract::place::{HOUSE_NUMBER_CHARS_MAX, Point};
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many objects are listed.
const LISTED_MAX: usize = 12;
/// How far an object may be, in metres.
const NEAR_M: f64 = 500.0;
/// The kinds there are words for, as the list names them (OpenStreetMap's `amenity`).
const KINDS: [(&str, Key); 8] = [
    ("bench", key::place::BENCH),
    ("waste_basket", key::place::WASTE_BASKET),
    ("recycling", key::place::RECYCLING),
    ("waste_disposal", key::place::WASTE_DISPOSAL),
    ("drinking_water", key::place::DRINKING_WATER),
    ("fountain", key::place::FOUNTAIN),
    ("toilets", key::place::TOILETS),
    ("bicycle_parking", key::place::BICYCLE_PARKING),
];
const TOGGLE: &str = "objects-toggle";

/// The list as the town publishes it (`public/town/assets.json`).
#[derive(Debug, Default, Deserialize)]
struct Assets {
    /// Of each kind: longitude, latitude (WGS84 degrees), and a name for the few that have one.
    objects: BTreeMap<String, Vec<Object>>,
}

#[derive(Clone, Debug, Deserialize)]
struct Object(f64, f64, #[serde(default)] String);

/// An object that is near.
#[derive(Clone, Debug, PartialEq)]
struct Near {
    kind: Key,
    name: String,
    point: Point,
    metres: f64,
}

impl Assets {
    /// The objects nearest to a point, of one kind or (without one) of all.
    fn nearest(&self, from: Point, wanted: &str) -> Vec<Near> {
        let mut found = Vec::new();
        for (name, kind) in KINDS {
            if !wanted.is_empty() && wanted != name {
                continue;
            }
            for Object(lon, lat, own) in self.objects.get(name).into_iter().flatten() {
                let (point, away) = (at(*lon, *lat), metres(from, at(*lon, *lat)));
                if away < NEAR_M {
                    found.push(Near { kind, name: own.clone(), point, metres: away });
                }
            }
        }
        found.sort_by(|a, b| a.metres.total_cmp(&b.metres));
        found.truncate(LISTED_MAX);
        found
    }
}

/// How far the list is.
#[derive(Clone)]
enum List {
    Closed,
    Coming,
    Failed,
    Open(Arc<Assets>),
}

/// "Scegli un oggetto qui vicino", and the list it opens.
#[component]
pub fn NearObjects(form: Form<Draft>, ground: Ground) -> impl IntoView {
    let list = RwSignal::new(List::Closed);
    let toggle = move |_| {
        if !matches!(list.get_untracked(), List::Closed) {
            return list.set(List::Closed);
        }
        list.set(List::Coming);
        spawn_local(async move {
            let found = ground.file::<Assets>(|config| config.assets.clone()).await;
            list.try_set(found.map_or(List::Failed, |assets| List::Open(Arc::new(assets))));
        });
    };
    let is_open = move || !matches!(*list.read(), List::Closed);
    view! {
        <div class="filo-nearby">
            <button type="button" class="btn btn-outline-primary" id=TOGGLE aria-expanded=move || is_open().to_string() on:click=toggle>
                {move || t(if is_open() { key::place::OBJECTS_CLOSE } else { key::place::OBJECTS_OPEN })}
            </button>
            <p class="filo-note" role="status">{move || match *list.read() {
                List::Coming => t(key::common::LOADING),
                List::Failed => t(key::place::OBJECTS_FAILED),
                _ => "",
            }}</p>
            {move || match list.get() {
                List::Open(assets) => view! { <Objects form ground list assets/> }.into_any(),
                _ => ().into_any(),
            }}
        </div>
    }
}

/// What is near the place, as buttons.
#[component]
fn Objects(form: Form<Draft>, ground: Ground, list: RwSignal<List>, assets: Arc<Assets>) -> impl IntoView {
    let kind = RwSignal::new(String::new());
    let from = Memo::new(move |_| form.with(|draft| draft.report.place.point));
    let near = Memo::new(move |_| from.get().map(|from| kind.with(|kind| assets.nearest(from, kind))));
    let row = move |object: Near| {
        let shown = fill(key::place::OBJECT_AT, &[("object", &named(&object)), ("metres", &about(object.metres))]);
        let choose = move |_| {
            let object = object.clone();
            list.set(List::Closed);
            focus(TOGGLE);
            spawn_local(async move { take(form, ground, &object).await });
        };
        view! { <li><button type="button" class="btn btn-outline-primary" on:click=choose>{shown}</button></li> }
    };
    let option = |(name, words): (&'static str, Key)| view! { <option value=name>{t(words)}</option> };
    view! {
        <div class="form-group filo-field">
            <label for="objects-kind">{t(key::place::OBJECTS_KIND)}</label>
            <select class="form-control" id="objects-kind" on:change:target=move |event| kind.set(event.target().value())>
                <option value="">{t(key::place::OBJECTS_ALL)}</option>
                {KINDS.into_iter().map(option).collect_view()}
            </select>
        </div>
        <p class="filo-note" role="status">{move || match near.read().as_ref().map(Vec::len) {
            None => t(key::place::OBJECTS_FIRST),
            Some(0) => t(key::place::OBJECTS_NONE),
            Some(_) => "",
        }}</p>
        <ul class="filo-nearby-list" aria-label=t(key::place::OBJECTS_TITLE)>{move || near.get().unwrap_or_default().into_iter().map(row).collect_view()}</ul>
    }
}

/// What an object is called: its kind, and its own name where it has one.
fn named(object: &Near) -> String {
    if object.name.is_empty() { t(object.kind).to_owned() } else { format!("{} {}", t(object.kind), object.name) }
}

/// The object becomes the place: its point, the street it stands in, and its words where the house number goes.
async fn take(form: Form<Draft>, ground: Ground, object: &Near) {
    let point = Point { accuracy_m: Some(POINTED_M), ..object.point };
    let near = ground.nearest(point, 1).await;
    let before = form.peek(|draft| draft.report.place.house_number.clone());
    ground.take(form, point, near.first());
    form.edit("place.house_number", |draft| draft.report.place.house_number = joined(&before, &named(object)));
}

/// What was written and an object's words; of an object chosen before, only the new one stays.
fn joined(before: &str, object: &str) -> String {
    let typed = before.split(", ").filter(|part| !KINDS.iter().any(|(_, kind)| !t(*kind).is_empty() && part.starts_with(t(*kind))));
    let mut words = typed.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    if !words.is_empty() {
        words.push_str(", ");
    }
    words.push_str(object);
    if words.chars().count() > HOUSE_NUMBER_CHARS_MAX { object.chars().take(HOUSE_NUMBER_CHARS_MAX).collect() } else { words }
}

/// A distance as people say it: steps of five metres.
pub fn about(metres: f64) -> String {
    whole((metres / 5.0).round().max(1.0) * 5.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn assets() -> Assets {
        serde_json::from_str(include_str!("../../public/town/assets.json")).unwrap()
    }

    #[test]
    fn the_nearest_objects_come_first_and_a_kind_keeps_to_itself() {
        let assets = assets();
        let signoria = at(11.2556, 43.7696);
        let all = assets.nearest(signoria, "");
        assert_eq!(all.len(), LISTED_MAX);
        assert!(all.windows(2).all(|pair| pair[0].metres <= pair[1].metres));
        let fountains = assets.nearest(signoria, "fountain");
        assert!(!fountains.is_empty() && fountains.iter().all(|object| object.kind == key::place::FOUNTAIN && object.metres < NEAR_M));
        assert_eq!(assets.nearest(at(9.19, 45.46), ""), vec![], "Milan");
        assert_eq!(assets.nearest(signoria, "nonsense"), vec![]);
    }

    #[test]
    fn every_kind_of_the_list_has_words_and_every_object_lies_in_the_town() {
        let assets = assets();
        let known: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        assert!(assets.objects.keys().all(|kind| known.contains(&kind.as_str())), "{:?}", assets.objects.keys());
        let boundary: contract::place::Boundary = serde_json::from_str(include_str!("../../public/town/boundary.json")).unwrap();
        assert!(assets.objects.values().flatten().all(|object| boundary.contains(at(object.0, object.1))));
    }

    #[test]
    fn what_was_written_stays_beside_the_object_and_never_grows_too_long() {
        assert_eq!(joined("", "Panchina"), "Panchina");
        assert_eq!(joined("12 rosso", "Panchina"), "12 rosso, Panchina");
        assert_eq!(joined("davanti alla scuola elementare", "Rastrelliera per bici"), "Rastrelliera per bici");
        assert_eq!(joined("", &"à".repeat(90)).chars().count(), HOUSE_NUMBER_CHARS_MAX);
    }

    #[test]
    fn distances_are_said_in_steps() {
        assert_eq!([0.0, 7.4, 7.6, 118.0].map(about), ["5", "5", "10", "120"]);
    }
}
