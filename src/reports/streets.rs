//! The town's streets: finding one by what is typed, and the nearest one to a point.
use contract::place::Point;
use serde::Deserialize;

/// The list as the town publishes it (`public/town/streets.json`).
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Streets {
    /// Name, longitude, latitude (WGS84 degrees).
    streets: Vec<(String, f64, f64)>,
}

/// Metres in a degree of latitude.
const METRES_PER_DEGREE: f64 = 111_195.0;

impl Streets {
    /// The names that contain every word typed; those that begin with the text come first.
    pub fn matching(&self, typed: &str, most: usize) -> Vec<String> {
        let wanted = fold(typed);
        let words: Vec<&str> = wanted.split(' ').filter(|word| !word.is_empty()).collect();
        if wanted.trim().chars().count() < 2 {
            return Vec::new();
        }
        let mut found: Vec<(usize, &str)> = Vec::new();
        for (name, _, _) in &self.streets {
            let folded = fold(name);
            if words.iter().all(|word| begins_a_word(&folded, word)) {
                let at = folded.find(wanted.trim()).unwrap_or(folded.len());
                found.push((at, name));
            }
        }
        found.sort();
        found.into_iter().take(most).map(|(_, name)| name.to_owned()).collect()
    }

    /// The point of a street, by its exact name.
    pub fn point(&self, name: &str) -> Option<Point> {
        let (_, lon, lat) = self.streets.iter().find(|(known, _, _)| known == name)?;
        Some(Point { lon: *lon, lat: *lat, accuracy_m: None })
    }

    /// The street nearest to a point.
    pub fn nearest(&self, point: Point) -> Option<&str> {
        // A degree of longitude is that much shorter than one of latitude between 43° and 44° north; near enough to rank streets.
        let shrink = 0.72;
        let metres = |lon: f64, lat: f64| ((lon - point.lon) * shrink).hypot(lat - point.lat) * METRES_PER_DEGREE;
        let nearest = self.streets.iter().min_by(|a, b| metres(a.1, a.2).total_cmp(&metres(b.1, b.2)))?;
        (metres(nearest.1, nearest.2) < 500.0).then_some(nearest.0.as_str())
    }
}

fn begins_a_word(text: &str, word: &str) -> bool {
    text.split(' ').any(|part| part.starts_with(word))
}

/// Small letters without accents; apostrophes, dots and hyphens are spaces; the abbreviations of street signs are written out.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        folded.push(match character {
            'à' | 'á' | 'â' | 'ä' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            '\'' | '’' | '.' | '-' | '/' | ',' | '\u{a0}' => ' ',
            other => other,
        });
    }
    let words = folded.split(' ').filter(|word| !word.is_empty()).map(|word| match word {
        "v" => "via",
        "p" | "pza" | "piazz" | "p za" => "piazza",
        "vle" => "viale",
        "s" => "san",
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streets() -> Streets {
        let names = [
            "Via Maggio",
            "Via dei Calzaiuoli",
            "Piazza San Marco",
            "Via Sant'Egidio",
            "Borgo Santi Apostoli",
            "Lungarno Amerigo Vespucci",
        ];
        Streets { streets: names.iter().enumerate().map(|(n, name)| ((*name).to_owned(), 11.25 + n as f64 / 100.0, 43.77)).collect() }
    }

    #[test]
    fn a_street_is_found_by_parts_without_accents_and_by_its_abbreviation() {
        for (typed, name) in
            [("magg", "Via Maggio"), ("calz via", "Via dei Calzaiuoli"), ("p. s. marco", "Piazza San Marco"), ("EGIDIO", "Via Sant'Egidio")]
        {
            assert_eq!(streets().matching(typed, 8).first().map(String::as_str), Some(name), "{typed}");
        }
    }

    #[test]
    fn one_letter_is_too_little_and_nonsense_finds_nothing() {
        assert!(streets().matching("v", 8).len() <= 8);
        assert!(streets().matching("", 8).is_empty());
        assert!(streets().matching("xyzzy", 8).is_empty());
        assert_eq!(streets().matching("via", 2).len(), 2);
    }

    #[test]
    fn the_nearest_street_is_near() {
        let at = |lon, lat| Point { lon, lat, accuracy_m: None };
        assert_eq!(streets().nearest(at(11.2601, 43.7701)), Some("Via dei Calzaiuoli"));
        assert_eq!(streets().nearest(at(9.19, 45.46)), None);
    }
}
