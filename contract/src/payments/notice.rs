//! A payment notice (avviso pagoPA) as it stands on paper: its number, its creditor, its QR code.
//!
//! Source: pagoPA, "L'avviso di pagamento analogico": number of 18 digits, QR text `PAGOPA|002|number|creditor|cents`. Check digits are
//! looked at to warn: they never refuse, because real notices with others exist.
use serde::{Deserialize, Serialize};

/// Digits of a notice's number.
pub const NUMBER_DIGITS: usize = 18;
/// Digits of a creditor's fiscal code.
pub const CREDITOR_DIGITS: usize = 11;
/// Most characters of a text that can be a notice's QR code.
const QR_CHARS_MAX: usize = 64;

/// The number of a notice (codice avviso, NAV): 18 digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct NoticeNumber(pub String);

impl NoticeNumber {
    /// Reads a number as people write it, in groups or not. `None` when it is not 18 digits.
    pub fn read(text: &str) -> Option<Self> {
        digits(text, NUMBER_DIGITS).map(Self)
    }

    /// In groups of four, as it stands on paper: `3020 3200 2700 0002 51`.
    pub fn grouped(&self) -> String {
        let mut grouped = String::with_capacity(self.0.len() + 4);
        for (place, digit) in self.0.chars().enumerate() {
            if place > 0 && place.is_multiple_of(4) {
                grouped.push(' ');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// Whether the check digits fit (the first sixteen modulo 93); true for a number that has none (it begins with 1).
    pub fn check_fits(&self) -> bool {
        let (Some(body), Some(check)) = (self.0.get(..16), self.0.get(16..)) else { return false };
        self.0.starts_with('1') || body.parse::<u64>().ok().zip(check.parse::<u64>().ok()).is_some_and(|(body, check)| body % 93 == check)
    }

    /// The creditor's reference in it (IUV): the last 17 digits, 15 behind an application code.
    pub fn iuv(&self) -> &str {
        self.0.get(if self.0.starts_with('0') { 3.. } else { 1.. }).unwrap_or_default()
    }
}

/// So many digits, with spaces and the like between them.
fn digits(text: &str, count: usize) -> Option<String> {
    let plain: String = text.chars().filter(|character| !character.is_whitespace() && !matches!(character, '-' | '.' | '/')).collect();
    (plain.len() == count && plain.bytes().all(|byte| byte.is_ascii_digit())).then_some(plain)
}

/// Reads a creditor's fiscal code. `None` when it is not 11 digits.
pub fn creditor(text: &str) -> Option<String> {
    digits(text, CREDITOR_DIGITS)
}

/// Whether a creditor's check digit fits (the algorithm of the partita IVA). Known creditors of tests do without.
pub fn creditor_fits(code: &str) -> bool {
    let sum: u32 =
        code.chars().enumerate().filter_map(|(place, digit)| Some((place, digit.to_digit(10)?))).fold(0, |sum, (place, digit)| {
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            sum + if doubled > 9 { doubled - 9 } else { doubled }
        });
    code.len() == CREDITOR_DIGITS && sum.is_multiple_of(10)
}

/// What the QR code of a notice says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrNotice {
    /// Its number.
    pub number: NoticeNumber,
    /// The creditor's fiscal code.
    pub creditor: String,
    /// Amount in euro cents, as printed; the creditor may have changed it since.
    pub amount: i64,
}

/// Why a QR code is not a notice's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QrProblem {
    /// Something else: a web address, say.
    NotANotice,
    /// A notice's code that is damaged, or of a version that does not exist.
    Damaged,
}

impl QrNotice {
    /// Reads the text of a QR code.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Self, QrProblem> {
        let text = text.trim();
        let Some(rest) = text.strip_prefix("PAGOPA|") else { return Err(QrProblem::NotANotice) };
        if text.len() > QR_CHARS_MAX {
            return Err(QrProblem::Damaged);
        }
        let [version, number, creditor, amount] = *rest.split('|').collect::<Vec<_>>().as_slice() else { return Err(QrProblem::Damaged) };
        let is_plain = |text: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        let is_right = version == "002"
            && is_plain(number, NUMBER_DIGITS..=NUMBER_DIGITS)
            && is_plain(creditor, CREDITOR_DIGITS..=CREDITOR_DIGITS)
            && is_plain(amount, 1..=10);
        let amount = amount.parse().ok().filter(|_| is_right).ok_or(QrProblem::Damaged)?;
        Ok(Self { number: NoticeNumber(number.to_owned()), creditor: creditor.to_owned(), amount })
    }
}

/// The text of a notice's QR code. `amount` in euro cents, two digits at least.
pub fn qr_text(number: &NoticeNumber, creditor: &str, amount: i64) -> String {
    format!("PAGOPA|002|{}|{creditor}|{amount:02}", number.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_people_write_it_and_as_nothing_else() {
        let number = NoticeNumber::read(" 3020 3200 2700 0002 51 ").expect("a number");
        assert_eq!(
            (number.0.as_str(), number.grouped().as_str(), number.iuv()),
            ("302032002700000251", "3020 3200 2700 0002 51", "02032002700000251")
        );
        assert_eq!(NoticeNumber::read("302032002700000251").as_ref(), Some(&number));
        assert_eq!(NoticeNumber::read("001032002700000251").expect("a number").iuv(), "032002700000251");
        for wrong in [
            "",
            "30203200270000025",
            "3020320027000002511",
            "30203200270000025A",
            "３０２０３２００２７０００００２５１",
            "3020|3200|2700|0002|51",
        ] {
            assert_eq!(NoticeNumber::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn check_digits_tell_a_misread_number_and_only_warn() {
        for fits in ["302032002700000251", "302000000000000184", "347123456789012389", "312202600000004219", "100000000000000099"] {
            assert!(NoticeNumber(fits.into()).check_fits(), "{fits}");
        }
        for wrong in ["302012387654312384", "302000100000009424", "302001069073736640", "344012345678901233", "302032002700000252"] {
            assert!(!NoticeNumber(wrong.into()).check_fits(), "{wrong}");
            assert!(NoticeNumber::read(wrong).is_some(), "{wrong}");
        }
        for fits in ["01234567897", "77777777770", "80015230487", "01769700210", "00743110157", "15376371009"] {
            assert!(creditor_fits(fits), "{fits}");
        }
        assert!(!creditor_fits("77777777777") && creditor("777 7777 7777").is_some() && creditor("7777777777").is_none());
    }

    #[test]
    fn the_qr_code_of_a_notice_is_read_and_other_codes_are_named() {
        let read = QrNotice::read("PAGOPA|002|302032002700000251|01234567897|3842").expect("a notice");
        assert_eq!((read.number.0.as_str(), read.creditor.as_str(), read.amount), ("302032002700000251", "01234567897", 3842));
        assert_eq!(QrNotice::read(&qr_text(&read.number, &read.creditor, 1)).map(|read| read.amount), Ok(1));
        assert_eq!(qr_text(&read.number, &read.creditor, 3842), "PAGOPA|002|302032002700000251|01234567897|3842");
        assert_eq!(QrNotice::read("https://evil.example/PAGOPA|002|302032002700000251|01234567897|3842"), Err(QrProblem::NotANotice));
        assert_eq!(QrNotice::read(&"x".repeat(3000)), Err(QrProblem::NotANotice));
        for damaged in [
            "PAGOPA|001|302032002700000251|01234567897|3842",
            "PAGOPA|002|30203200270000025|01234567897|3842",
            "PAGOPA|002|302032002700000251|0123456789|3842",
            "PAGOPA|002|302032002700000251|01234567897|",
            "PAGOPA|002|302032002700000251|01234567897|-3842",
            "PAGOPA|002|302032002700000251|01234567897|38,42",
            "PAGOPA|002|302032002700000251|01234567897|12345678901",
            "PAGOPA|002|302032002700000251|01234567897",
            "PAGOPA|002|302032002700000251|01234567897|3842|1",
        ] {
            assert_eq!(QrNotice::read(damaged), Err(QrProblem::Damaged), "{damaged}");
        }
        assert_eq!(QrNotice::read(&format!("PAGOPA|002|302032002700000251|01234567897|{}", "1".repeat(3000))), Err(QrProblem::Damaged));
    }
}
