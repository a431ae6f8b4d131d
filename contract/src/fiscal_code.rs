//! The Italian fiscal code (codice fiscale): is it well formed? Source: D.M. 23 December 1976, Agenzia delle Entrate's rules for omocodia.

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

#[cfg(test)]
mod tests {
    use super::is_valid;

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
