//! Pictures of choices: files of the town's own, beside the words and never instead of them.

use crate::check::{Finding, finding};
use crate::definition::{Element, Kind};

/// How the name of a picture ends.
const ENDINGS: [&str; 6] = [".png", ".jpg", ".jpeg", ".webp", ".avif", ".svg"];

/// Whether it is a place among the files that come with the app: nothing of another site, nothing that the address makes of it.
fn is_own(place: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    let parts = place.strip_prefix('/').map(|rest| rest.split('/').all(|part| !part.is_empty() && part.bytes().any(|byte| byte != b'.')));
    let ends = ENDINGS.iter().any(|ending| place.to_ascii_lowercase().ends_with(ending));
    place.bytes().all(is_plain) && parts == Some(true) && ends && !place.starts_with("/api/")
}

/// Says which pictures cannot be shown: those of another site, and those of what is no choice.
pub(crate) fn check(element: &Element, found: &mut Vec<Finding>) {
    let takes = matches!(element.kind, Kind::Radiogroup | Kind::Checkbox);
    for choice in element.question.choices.iter().chain(&element.question.rows).chain(&element.question.rates) {
        if choice.picture.is_empty() {
            continue;
        }
        if !takes {
            found.push(finding(choice.place, "only choices of radiogroup and checkbox have pictures", ""));
        } else if !is_own(&choice.picture) {
            let what = format!("the picture \"{}\" is none of the town's own files", choice.picture);
            found.push(finding(choice.place, what, "like /town/pictures/bench.webp, among the files of the app"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_file_of_the_town() {
        assert!(is_own("/town/pictures/panchina-1.webp") && is_own("/icons/filo-192.png"));
        for other in [
            "https://example.org/a.png",
            "//example.org/a.png",
            "/a/../b.png",
            "/a//b.png",
            "a.png",
            "/a.html",
            "/a.png?b",
            "/a.png#b",
            "/a b.png",
            "/\\example.org/a.png",
            "data:image/png;base64,AA",
            "/api/v1/attachments/1.png",
        ] {
            assert!(!is_own(other), "{other}");
        }
    }
}
