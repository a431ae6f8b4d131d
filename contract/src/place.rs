//! Where something is: a street and number in words, a point, or both; and whether it lies in the municipality.
use crate::problem::{FieldProblem, FieldRule};
use crate::text;
use serde::{Deserialize, Serialize};

/// A point on the ground, WGS84 degrees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Point {
    /// Longitude, degrees east.
    pub lon: f64,
    /// Latitude, degrees north.
    pub lat: f64,
    /// Radius of 68 % confidence in metres when the device measured it (W3C Geolocation); absent for a point from a street list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
}

/// A place as a citizen gives it: at least a street or a point.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Place {
    /// The street, as the gazetteer spells it or in the person's own words.
    #[serde(default)]
    pub street: String,
    /// House number or kilometre, as text ("12/R", "di fronte al 7").
    #[serde(default)]
    pub house_number: String,
    /// The point, from the device or from the chosen street.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
}

/// Most characters of a street.
pub const STREET_CHARS_MAX: usize = 120;
/// Most characters of a house number.
pub const HOUSE_NUMBER_CHARS_MAX: usize = 40;

/// The outline of a municipality: rings of `[lon, lat]`, the first and last point equal or not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Boundary {
    /// One ring for each separate piece of land.
    pub rings: Vec<Vec<[f64; 2]>>,
}

impl Boundary {
    /// Whether a point lies inside one of the rings (even-odd rule).
    pub fn contains(&self, point: Point) -> bool {
        self.rings.iter().any(|ring| inside(ring, point))
    }
}

fn inside(ring: &[[f64; 2]], point: Point) -> bool {
    let mut inside = false;
    for (index, [x1, y1]) in ring.iter().enumerate() {
        let Some([x2, y2]) = ring.get((index + 1) % ring.len()) else { continue };
        let crosses = (*y1 > point.lat) != (*y2 > point.lat);
        if crosses && point.lon < (x2 - x1) * (point.lat - y1) / (y2 - y1) + x1 {
            inside = !inside;
        }
    }
    inside
}

impl Place {
    /// The rules of a place. Without a `boundary` the question whether it lies in the municipality is left to the other side.
    pub fn problems(&self, field: &str, boundary: Option<&Boundary>) -> Vec<FieldProblem> {
        let mut problems = text::problems(&format!("{field}.street"), &self.street, self.point.is_none(), STREET_CHARS_MAX);
        problems.extend(text::problems(&format!("{field}.house_number"), &self.house_number, false, HOUSE_NUMBER_CHARS_MAX));
        if let Some(point) = self.point {
            let sane = (-180.0..=180.0).contains(&point.lon)
                && (-90.0..=90.0).contains(&point.lat)
                && point.accuracy_m.is_none_or(|m| m.is_finite() && m >= 0.0);
            if !sane {
                problems.push(FieldProblem::new(format!("{field}.point"), FieldRule::NotAPlace));
            } else if boundary.is_some_and(|b| !b.contains(point)) {
                problems.push(FieldProblem::new(format!("{field}.point"), FieldRule::OutsideTown));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Boundary {
        Boundary { rings: vec![vec![[11.0, 43.0], [12.0, 43.0], [12.0, 44.0], [11.0, 44.0]]] }
    }
    fn at(lon: f64, lat: f64) -> Place {
        Place { point: Some(Point { lon, lat, accuracy_m: None }), ..Place::default() }
    }
    fn rules(place: &Place) -> Vec<FieldRule> {
        place.problems("place", Some(&square())).into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn a_point_inside_needs_no_street_and_a_street_needs_no_point() {
        assert_eq!(rules(&at(11.25, 43.77)), vec![]);
        assert_eq!(rules(&Place { street: "Via dei Calzaiuoli".into(), ..Place::default() }), vec![]);
    }

    #[test]
    fn nowhere_outside_and_impossible_are_refused() {
        assert_eq!(rules(&Place::default()), vec![FieldRule::Required]);
        assert_eq!(rules(&at(9.19, 45.46)), vec![FieldRule::OutsideTown]);
        assert_eq!(rules(&at(500.0, f64::NAN)), vec![FieldRule::NotAPlace]);
    }
}
