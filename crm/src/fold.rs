//! Folding text for searching: small letters, no accents, words apart.
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Small letters without accents; everything that is neither letter nor digit becomes one space.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|character| !is_combining_mark(*character)).flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            folded.push(character);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The folded words of a search, at most eight.
pub fn words(text: &str) -> Vec<String> {
    fold(text).split(' ').filter(|word| !word.is_empty()).take(8).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_capitals_and_punctuation_do_not_matter() {
        assert_eq!(fold("Città: l’ASILO  nido!"), "citta l asilo nido");
        assert_eq!(fold("FI-2026-000123-K"), "fi 2026 000123 k");
        assert_eq!(words("  È 100% "), ["e", "100"]);
        assert_eq!(fold("ﬁorentino"), "fiorentino");
    }
}
