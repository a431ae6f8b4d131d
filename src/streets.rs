//! The town's streets: finding one by what is typed (`streets/typed.rs`), where it is, and the nearest ones to a point.
mod typed;

use contract::place::Point;
use serde::Deserialize;
use std::sync::OnceLock;

/// The list as the town publishes it (`public/town/streets.json`).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Streets {
    streets: Vec<Street>,
    /// The names as they are compared, made at the first question.
    #[serde(skip)]
    folded: OnceLock<Vec<String>>,
}

/// A street: name, longitude, latitude (WGS84 degrees), and its house numbers where the town knows them.
#[derive(Clone, Debug, Deserialize)]
struct Street(String, f64, f64, #[serde(default)] Vec<(String, f64, f64)>);

/// More points along each street, in the order of the list (`public/town/street_points.json`): the street at hand is not the one
/// whose middle is nearest.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct StreetPoints {
    /// Longitude and latitude by turns, in hundred-thousandths of a degree from the street's own point.
    points: Vec<Vec<i32>>,
}

/// A street that is near.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    /// Its name.
    pub name: String,
    /// The house number next to the point, where the town knows it.
    pub number: String,
    /// How far its nearest known point is, in metres.
    pub metres: f64,
}

/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;
/// Nothing further away than this is "near", in metres.
const NEAR_M: f64 = 500.0;

/// Metres between two points of the same town (an equirectangular projection: exact to a few centimetres in a kilometre).
pub fn metres(a: Point, b: Point) -> f64 {
    let shrink = a.lat.to_radians().cos();
    ((a.lon - b.lon) * shrink).hypot(a.lat - b.lat) * METRES_PER_DEGREE
}

/// A point that no device has measured.
pub fn at(lon: f64, lat: f64) -> Point {
    Point { lon, lat, accuracy_m: None }
}

impl Streets {
    /// The names that what is typed may mean, best first, at most `most`. A house number behind the name is not looked at.
    pub fn matching(&self, text: &str, most: usize) -> Vec<String> {
        let folded = self.folded.get_or_init(|| self.streets.iter().map(|street| typed::fold(&street.0)).collect());
        let found = typed::search(folded, text, most);
        found.into_iter().filter_map(|index| self.streets.get(index)).map(|street| street.0.clone()).collect()
    }

    /// The point of a street by its exact name, or of that house number in it. Of a number the town does not know: the nearest lower one.
    pub fn point(&self, name: &str, number: &str) -> Option<Point> {
        let Street(_, lon, lat, numbers) = self.streets.iter().find(|street| street.0 == name)?;
        let wanted = number.trim();
        let exact = numbers.iter().find(|known| known.0.eq_ignore_ascii_case(wanted));
        let lower = || numbers.iter().filter(|known| leading(&known.0) <= leading(wanted)).max_by_key(|known| leading(&known.0));
        let house = if leading(wanted) == 0 { None } else { exact.or_else(lower) };
        Some(house.map_or(at(*lon, *lat), |house| at(house.1, house.2)))
    }

    /// The streets nearest to a point, at most `most`, each with how far it is.
    pub fn nearest(&self, point: Point, along: Option<&StreetPoints>, most: usize) -> Vec<Near> {
        let mut found: Vec<(f64, &Street)> = Vec::new();
        for (index, street) in self.streets.iter().enumerate() {
            let (lon, lat) = (street.1, street.2);
            let mut least = metres(point, at(lon, lat));
            let more = along.and_then(|along| along.points.get(index)).map_or(&[][..], Vec::as_slice);
            for pair in more.as_chunks::<2>().0 {
                least = least.min(metres(point, at(lon + f64::from(pair[0]) / 1e5, lat + f64::from(pair[1]) / 1e5)));
            }
            if least < NEAR_M {
                found.push((least, street));
            }
        }
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found
            .into_iter()
            .take(most)
            .map(|(metres, street)| Near { name: street.0.clone(), number: number_near(street, point), metres })
            .collect()
    }

    /// Whether a street of that name passes within `reach` metres of a point; true when the name is not in the list.
    pub fn passes(&self, name: &str, point: Point, along: Option<&StreetPoints>, reach: f64) -> bool {
        !self.streets.iter().any(|street| street.0 == name)
            || self.nearest(point, along, usize::MAX).iter().any(|near| near.name == name && near.metres <= reach)
    }
}

/// The house number that is next to a point.
fn number_near(street: &Street, point: Point) -> String {
    let away = |house: &&(String, f64, f64)| metres(point, at(house.1, house.2));
    let nearest = street.3.iter().min_by(|a, b| away(a).total_cmp(&away(b)));
    nearest.map_or_else(String::new, |house| house.0.clone())
}

/// The digits a house number begins with; 0 when there are none.
fn leading(number: &str) -> u32 {
    number.bytes().take_while(u8::is_ascii_digit).take(6).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
}

#[cfg(test)]
#[path = "streets/tests.rs"]
mod tests;
