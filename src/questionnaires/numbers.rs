//! Numbers as people write them: in Italian a comma before the decimals and points between the thousands, in English the other way round.
use crate::words::language;
use questionnaire::Value;

/// The number that a text says in a language; `None` when it says none. Either sign may stand before decimals where it cannot be one between thousands.
pub fn read(text: &str, language: &str) -> Option<f64> {
    let (thousands, decimal) = if language == "en" { (',', '.') } else { ('.', ',') };
    let text = text.trim();
    let whole = text.split(decimal).next().unwrap_or_default();
    let plain = if is_grouped(whole.trim_start_matches('-'), thousands) { text.replace(thousands, "") } else { text.to_owned() };
    plain.replace(',', ".").parse::<f64>().ok().filter(|number| number.is_finite())
}

/// Whether digits stand in groups: one to three that do not begin with a zero, then always three.
fn is_grouped(digits: &str, thousands: char) -> bool {
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let Some((first, rest)) = digits.split_once(thousands) else { return false };
    (1..=3).contains(&first.len())
        && is_digits(first)
        && !first.starts_with('0')
        && rest.split(thousands).all(|group| group.len() == 3 && is_digits(group))
}

/// A value in words, its decimals behind the sign of the language that is read.
pub fn written(value: &Value) -> String {
    let text = value.to_text();
    if matches!(value, Value::Number(_)) && language() != "en" { text.replace('.', ",") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_and_commas_are_read_as_the_language_writes_them() {
        for (text, number) in
            [("12", 12.0), ("1,5", 1.5), ("1.5", 1.5), ("1.500", 1500.0), ("-1.500,25", -1500.25), ("1.500.000", 1_500_000.0)]
        {
            assert_eq!(read(text, "it"), Some(number), "{text}");
        }
        for (text, number) in [("1,500", 1500.0), ("1.500", 1.5), ("0,500", 0.5), ("1,5", 1.5), (" 7 ", 7.0)] {
            assert_eq!(read(text, "en"), Some(number), "{text}");
        }
        assert_eq!(read("0.500", "it"), Some(0.5));
        assert_eq!(read("15.00", "it"), Some(15.0));
        for text in ["", "dodici", "1.5.0", "1.500.00", "NaN", "inf", "1,5,0", "1.50x"] {
            assert_eq!(read(text, "it"), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again_as_the_same() {
        for number in [1.5, 1.555, 1500.0, 0.25] {
            assert_eq!(read(&written(&Value::Number(number)), "it"), Some(number));
        }
        assert_eq!(written(&Value::Text("1.5".into())), "1.5");
    }
}
