//! Personal data in a text that others may read: phone numbers, e-mail addresses, plates, codici fiscali.
//!
//! A pattern cannot see a name. What it finds is pointed out before sending and withheld before publishing; what it does
//! not find, the office reads.
use crate::{contact, fiscal_code};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Personal {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// The number plate of a vehicle.
    Plate,
    /// A codice fiscale.
    FiscalCode,
}

/// Something found: what it is, and the bytes of the text it stands in (`from..to`, on character boundaries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub what: Personal,
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
}

/// Everything a text seems to give away, in its order.
pub fn find(text: &str) -> Vec<Found> {
    let words = words(text);
    let mut found = Vec::new();
    let mut index = 0;
    while let Some((from, word)) = words.get(index) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
        let from = from + word.find(bare).unwrap_or(0);
        let single = if contact::is_email(bare) {
            Some(Personal::Email)
        } else if fiscal_code::is_valid(bare) {
            Some(Personal::FiscalCode)
        } else {
            None
        };
        let (what, used, to) = match single {
            Some(what) => (Some(what), 1, from + bare.len()),
            None => many(&words, index, text.len()),
        };
        if let Some(what) = what {
            found.push(Found { what, from, to });
        }
        index += used;
    }
    found
}

/// Words with where they begin. Brackets and quotes part words too, so that "(055123456)" is one.
fn words(text: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut begin = None;
    for (place, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let parts = c.is_whitespace() || "()[]<>\"«»“”,;:".contains(c);
        match (begin, parts) {
            (None, false) => begin = Some(place),
            (Some(from), true) => {
                words.extend(text.get(from..place).map(|word| (from, word)));
                begin = None;
            }
            _ => {}
        }
    }
    words
}

/// A plate or a phone number that begins with this word and may be written with spaces; how many words it takes.
fn many(words: &[(usize, &str)], index: usize, end: usize) -> (Option<Personal>, usize, usize) {
    let mut joined = String::new();
    let mut best = (None, 1, end);
    for (count, (from, word)) in words.iter().skip(index).take(6).enumerate() {
        let bare = word.trim_matches(['.', '!', '?', '-', '\'']);
        if !bare.chars().all(|c| c.is_ascii_alphanumeric() || "+./-".contains(c)) || bare.is_empty() {
            break;
        }
        joined.extend(bare.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
        let to = from + word.find(bare).unwrap_or(0) + bare.len();
        if count < 3 && is_plate(&joined) && (count > 0 || !bare.contains(['/', '.'])) {
            best = (Some(Personal::Plate), count + 1, to);
        } else if is_phone(&joined) {
            best = (Some(Personal::Phone), count + 1, to);
        }
    }
    best
}

/// Two letters, three digits, two letters (D.P.R. 495/1992 art. 255: no I, O, Q, U): cars since 1994. Motorcycles have two
/// letters and five digits.
fn is_plate(text: &str) -> bool {
    let letter = |b: &u8| b.is_ascii_uppercase() && !b"IOQU".contains(b);
    match text.as_bytes() {
        [a, b, rest @ .., y, z] if text.len() == 7 && rest.iter().all(u8::is_ascii_digit) => {
            letter(a) && letter(b) && ((letter(y) && letter(z)) || (y.is_ascii_digit() && z.is_ascii_digit()))
        }
        _ => false,
    }
}

/// Italian numbers as people write them: mobiles begin with 3 and have 9 or 10 digits, others begin with 0 and have 8 to 11;
/// with 39 or 0039 in front, too.
fn is_phone(digits: &str) -> bool {
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let national = |text: &str| match text.as_bytes() {
        [b'3', ..] => (9..=10).contains(&text.len()),
        [b'0', b'1'..=b'9', ..] => (8..=11).contains(&text.len()),
        _ => false,
    };
    let abroad = digits.strip_prefix("0039").or_else(|| digits.strip_prefix("39"));
    national(digits) || abroad.is_some_and(national)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Personal, &str)> {
        find(text).into_iter().map(|one| (one.what, &text[one.from..one.to])).collect()
    }

    #[test]
    fn what_gives_somebody_away_is_found_where_it_stands() {
        assert_eq!(found("Chiamami al 333 1234567, grazie"), [(Personal::Phone, "333 1234567")]);
        assert_eq!(found("Tel. (055) 12.34.567 dopo le 18"), [(Personal::Phone, "055) 12.34.567")]);
        assert_eq!(found("+39 055 123 4567"), [(Personal::Phone, "+39 055 123 4567")]);
        assert_eq!(found("L'auto AB 123 CD è sempre lì"), [(Personal::Plate, "AB 123 CD")]);
        assert_eq!(found("targa ab123cd."), [(Personal::Plate, "ab123cd")]);
        assert_eq!(found("moto AB12345"), [(Personal::Plate, "AB12345")]);
        assert_eq!(found("Scrivi a maria.rossi@example.org!"), [(Personal::Email, "maria.rossi@example.org")]);
        assert_eq!(found("cf RSSMRA70A41H501W"), [(Personal::FiscalCode, "RSSMRA70A41H501W")]);
        assert_eq!(found("è di GINO, 3331234567 o gino@example.org").len(), 2);
    }

    #[test]
    fn what_gives_nobody_away_is_left_alone() {
        for text in [
            "",
            "Lampione spento da 3 giorni in via Maggio 12/R",
            "Palo n. 045231, davanti al 150",
            "Dal 22/11/2026 alle 18:30",
            "Buca di 30 cm, profonda 10",
            "Il bus 23 non passa dal 2024",
            "È così: l'acqua scende à go go — «sempre»",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
