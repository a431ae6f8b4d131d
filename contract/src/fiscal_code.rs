//! The Italian fiscal code (codice fiscale): is it well formed? Source: D.M. 23 December 1976, Agenzia delle Entrate's rules for omocodia.
use crate::calendar::Date;

const ODD: [u32; 26] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
/// Letters that stand for 0…9 where two people would share a code (omocodia).
const OMOCODE: &str = "LMNPQRSTUV";

fn value(character: char) -> Option<u32> {
    match character {
        '0'..='9' => character.to_digit(10),
        'A'..='Z' => Some(u32::from(character) - u32::from('A')),
        _ => None,
    }
}

/// The check letter of the first fifteen characters; `None` when one is neither digit nor capital letter.
pub fn check_letter(first_fifteen: &str) -> Option<char> {
    let mut sum = 0;
    for (index, character) in first_fifteen.chars().take(15).enumerate() {
        let value = value(character)?;
        sum += if index % 2 == 0 { *ODD.get(value as usize)? } else { value };
    }
    char::from_u32(u32::from('A') + sum % 26)
}

/// Whether a text is a well-formed codice fiscale of sixteen characters, omocodia included. Spaces around and small letters are accepted.
pub fn is_valid(text: &str) -> bool {
    let code = text.trim().to_ascii_uppercase();
    let characters: Vec<char> = code.chars().collect();
    let [.., check] = characters.as_slice() else { return false };
    if characters.len() != 16 {
        return false;
    }
    let digit = |c: &char| c.is_ascii_digit() || OMOCODE.contains(*c);
    let shaped = characters.iter().enumerate().all(|(index, c)| match index {
        6 | 7 | 9 | 10 | 12..=14 => digit(c),
        8 => "ABCDEHLMPRST".contains(*c),
        _ => c.is_ascii_uppercase(),
    });
    shaped && check_letter(&code) == Some(*check)
}

/// The months as the ninth character names them, January first.
const MONTHS: &str = "ABCDEHLMPRST";

/// The birthday in a well-formed codice fiscale. The code has two digits of the year: the latest such day that is not after `today`.
pub fn born_on(code: &str, today: &Date) -> Option<Date> {
    let code = code.trim().to_ascii_uppercase();
    if !is_valid(&code) {
        return None;
    }
    let characters: Vec<char> = code.chars().collect();
    let digit = |index: usize| {
        let character = characters.get(index)?;
        character.to_digit(10).or_else(|| u32::try_from(OMOCODE.find(*character)?).ok())
    };
    let (year, day) = (digit(6)? * 10 + digit(7)?, digit(9)? * 10 + digit(10)?);
    let month = MONTHS.find(*characters.get(8)?)? + 1;
    // A woman's day is counted from forty.
    let day = if day > 40 { day - 40 } else { day };
    let born = [2000, 1900].map(|century| Date(format!("{:04}-{month:02}-{day:02}", century + year)));
    born.into_iter().find(|day| day.day_number().is_some() && day <= today)
}

/// Whole years from a birthday to a day; who was born on 29 February grows older on 1 March. `None` when either is not a day.
pub fn age_on(born: &Date, day: &Date) -> Option<u32> {
    let (Some(_), Some(_)) = (born.day_number(), day.day_number()) else { return None };
    let year = |date: &Date| date.0.get(..4)?.parse::<u32>().ok();
    let before_birthday = day.0.get(5..)? < born.0.get(5..)?;
    year(day)?.checked_sub(year(born)? + u32::from(before_birthday))
}

#[cfg(test)]
mod tests {
    use super::{age_on, born_on, is_valid};
    use crate::calendar::Date;

    #[test]
    fn the_birthday_is_in_the_code() {
        let today = Date("2026-11-22".into());
        let born = |code| born_on(code, &today).map(|day| day.0);
        assert_eq!(born("RSSMRA70A01H501S").as_deref(), Some("1970-01-01"));
        assert_eq!(born("rssmra70a41h501w").as_deref(), Some("1970-01-01"), "a woman");
        assert_eq!(born("RSSMRATLALMHRLMB").as_deref(), Some("1970-01-01"), "omocodia");
        assert_eq!(born("ZZZXXX00A01Z404F").as_deref(), Some("2000-01-01"), "of this century");
        assert_eq!(born("RSSMRA70A01H501X"), None);
    }

    #[test]
    fn somebody_grows_older_on_their_birthday() {
        let age = |born: &str, day: &str| age_on(&Date(born.into()), &Date(day.into()));
        assert_eq!(age("1970-05-10", "2026-05-09"), Some(55));
        assert_eq!(age("1970-05-10", "2026-05-10"), Some(56));
        assert_eq!(age("2004-02-29", "2026-02-28"), Some(21));
        assert_eq!((age("2027-01-01", "2026-01-01"), age("soon", "2026-01-01")), (None, None));
    }

    #[test]
    fn valid_codes_and_omocodes_pass() {
        for code in [
            "RSSMRA70A01H501S",
            "RSSMRA70A41H501W",
            "BNCGLI85T50F205Z",
            "VRDLGU90M15D612B",
            "MRTMTT91D08F205J",
            "ZZZXXX00A01Z404F",
            "RSSMRA70A01H50MK",
            "RSSMRA70A01H5LMV",
            "RSSMRATLALMHRLMB",
            "BRNPRZ72D52F83VC",
            "MRTMTTVMDLUFNLRM",
            " rssmra70a01h501s ",
        ] {
            assert!(is_valid(code), "{code}");
        }
    }

    #[test]
    fn codes_with_a_wrong_check_or_shape_fail() {
        for code in
            ["GLABNC72H25H501Y", "SPNDNL80R13C555X", "ABCXYZ00W00Z000Z", "AAAAAA00A00A000A", "AATTTJDFKSKDF89", "", "RSSMRA70A01H501"]
        {
            assert!(!is_valid(code), "{code}");
        }
    }
}
