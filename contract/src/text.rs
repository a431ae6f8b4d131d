//! Rules for text that people type.
use crate::problem::{FieldProblem, FieldRule};

/// Whether a character may stand in text that others will read: no control characters but the line break and the
/// tab, none of the invisible marks that turn the direction of writing (Unicode Bidi_Control, also U+2028/2029).
pub fn is_safe(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => false,
        other => !other.is_control(),
    }
}

/// The problems of a text field: missing when `required`, longer than `chars_max` characters, unsafe characters.
pub fn problems(field: &str, text: &str, required: bool, chars_max: usize) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let text = text.trim();
    if required && text.is_empty() {
        problems.push(FieldProblem::new(field, FieldRule::Required));
    }
    let chars = text.chars().count();
    if chars > chars_max {
        problems.push(FieldProblem::new(field, FieldRule::TooLong).with("max", chars_max).with("actual", chars));
    }
    if text.chars().any(|c| !is_safe(c)) {
        problems.push(FieldProblem::new(field, FieldRule::UnsafeCharacters));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<FieldRule> {
        problems("title", text, true, 10).into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn a_plain_title_has_no_problem() {
        assert_eq!(rules("Lampione è"), vec![]);
        assert_eq!(rules("  due\nrighe "), vec![]);
    }

    #[test]
    fn missing_long_and_deceiving_texts_are_refused() {
        assert_eq!(rules("   "), vec![FieldRule::Required]);
        assert_eq!(rules("Lampione spento"), vec![FieldRule::TooLong]);
        assert_eq!(rules("a\u{202E}b"), vec![FieldRule::UnsafeCharacters]);
        assert_eq!(rules("a\u{0007}b"), vec![FieldRule::UnsafeCharacters]);
    }

    #[test]
    fn characters_are_counted_not_bytes() {
        assert_eq!(rules("èèèèèèèèèè"), vec![]);
    }
}
