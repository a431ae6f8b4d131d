//! The ground a report stands on: the town's streets and outline for whoever needs them, and a point that becomes the report's place.
use super::draft::Draft;
use super::page::Town;
use crate::api::Api;
use crate::config::Config;
use crate::form::Form;
use crate::streets::{Near, StreetPoints, Streets};
use contract::place::{Place, Point};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Within this many metres of a point a street is the point's own, however exact the point is.
const OWN_M: f64 = 80.0;
/// How exact a spot is that a person points at, in metres.
pub const POINTED_M: f64 = 10.0;

/// Writes a street of the list, with the number that is next to the point: one of another street is nothing here. What is no number
/// ("davanti alla scuola") stays.
pub fn name_street(place: &mut Place, near: &Near) {
    let is_other = !place.street.trim().is_empty() && place.street != near.name;
    let is_number = place.house_number.trim_start().starts_with(|first: char| first.is_ascii_digit());
    if place.house_number.trim().is_empty() || (is_other && is_number) {
        place.house_number.clone_from(&near.number);
    }
    place.street.clone_from(&near.name);
}

/// Streets and outline, as far as they are there.
#[derive(Clone, Copy)]
pub struct Ground {
    town: StoredValue<Town>,
    along: StoredValue<Option<Arc<StreetPoints>>>,
    api: Api,
}

impl Ground {
    /// The ground of a town. What only positions need is fetched when there is one.
    pub fn of(town: Town) -> Self {
        Self { town: StoredValue::new(town), along: StoredValue::new(None), api: expect_context() }
    }

    /// A look at the streets. Before they are there, and when they could not be read, there are none.
    pub fn streets<R: Default>(self, look: impl FnOnce(&Streets) -> R) -> R {
        self.town.try_with_value(|town| look(&town.streets)).unwrap_or_default()
    }

    /// Whether a point lies in the municipality; true when its outline is not known here (the CRM asks again).
    pub fn is_inside(self, point: Point) -> bool {
        self.town.try_with_value(|town| town.boundary.as_ref().is_none_or(|boundary| boundary.contains(point))).unwrap_or(true)
    }

    /// Whether the town has a map.
    pub fn has_map(self) -> bool {
        self.api.config().with_value(|config| !config.map.url.is_empty())
    }

    /// A file of the town's data, by its path in the settings. None when it does not come.
    pub async fn file<T: DeserializeOwned>(self, path: fn(&Config) -> String) -> Option<T> {
        let path = self.api.config().with_value(path);
        self.api.get::<T>(&path).await.ok()
    }

    /// The streets nearest to a point, at most `most`.
    pub async fn nearest(self, point: Point, most: usize) -> Vec<Near> {
        if self.along.try_get_value().flatten().is_none() {
            // Without them the middle of each street must do.
            let along = self.file::<StreetPoints>(|config| config.street_points.clone()).await.map(Arc::new);
            self.along.try_set_value(along);
        }
        self.streets(|streets| streets.nearest(point, self.along.try_get_value().flatten().as_deref(), most))
    }

    /// Takes a point as the place. The street is written when there is none yet, or when the one of the list is elsewhere.
    pub fn take(self, form: Form<Draft>, point: Point, near: Option<&Near>) {
        form.edit("place.street", |draft| {
            let place = &mut draft.report.place;
            place.point = Some(point);
            if let Some(near) = near
                && (place.street.trim().is_empty() || !self.fits(&place.street, point))
            {
                name_street(place, near);
            }
        });
        form.edit("place.point", |_| {});
    }

    /// Forgets the point; the street's own takes its place.
    pub fn forget(self, form: Form<Draft>) {
        form.edit("place.point", |draft| {
            let place = &mut draft.report.place;
            place.point = self.streets(|streets| streets.point(&place.street, &place.house_number));
        });
    }

    /// Writes a street, as typed or chosen. A point that was measured or pointed at stays as long as the street is there; one that came
    /// from another street's name goes.
    pub fn name(self, form: Form<Draft>, street: String) {
        form.edit("place.street", |draft| {
            let place = &mut draft.report.place;
            if place.point.is_none_or(|point| point.accuracy_m.is_none() || !self.fits(&street, point)) {
                place.point = self.streets(|streets| streets.point(&street, &place.house_number));
            }
            place.street = street;
        });
    }

    fn fits(self, street: &str, point: Point) -> bool {
        let reach = point.accuracy_m.unwrap_or_default().max(OWN_M);
        let along = self.along.try_get_value().flatten();
        // Without the points along the streets nothing can be said of a long one.
        along.is_none() || self.streets(|streets| streets.passes(street, point, along.as_deref(), reach))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(street: &str, number: &str) -> (String, String) {
        let mut place = Place { street: street.into(), house_number: number.into(), ..Place::default() };
        let near = Near { name: "Via Romana".into(), number: "12".into(), metres: 4.0 };
        name_street(&mut place, &near);
        (place.street, place.house_number)
    }

    #[test]
    fn the_number_of_one_street_does_not_stay_with_another() {
        let own = |number: &str| ("Via Romana".to_owned(), number.to_owned());
        assert_eq!(named("Borgo Pinti", "99r"), own("12"));
        assert_eq!(named("Borgo Pinti", "davanti alla scuola"), own("davanti alla scuola"));
        assert_eq!(named("Via Romana", "99"), own("99"));
        // Typed before any street: of whichever comes.
        assert_eq!(named(" ", "7"), own("7"));
        assert_eq!(named("", ""), own("12"));
    }
}
