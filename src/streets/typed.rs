//! What is typed of a street's name, held against the names: words in any order, abbreviations, accents left out, one slip of the finger.

/// The abbreviations of street signs and letters, dots left out.
const SHORT: [(&str, &str); 22] = [
    ("v", "via"),
    ("vl", "viale"),
    ("vle", "viale"),
    ("p", "piazza"),
    ("pz", "piazza"),
    ("pza", "piazza"),
    ("pzza", "piazza"),
    ("pzz", "piazza"),
    ("ple", "piazzale"),
    ("pzle", "piazzale"),
    ("ptta", "piazzetta"),
    ("pzta", "piazzetta"),
    ("l", "largo"),
    ("lgo", "largo"),
    ("lno", "lungarno"),
    ("lungno", "lungarno"),
    ("cso", "corso"),
    ("bgo", "borgo"),
    ("vlo", "vicolo"),
    ("sta", "santa"),
    ("sto", "santo"),
    ("flli", "fratelli"),
];
/// Words that people leave out or put in: their absence from a name is no hindrance.
const SMALL: [&str; 18] =
    ["di", "de", "del", "dei", "dello", "della", "delle", "degli", "dell", "da", "dal", "la", "le", "lo", "il", "l", "d", "i"];
/// The shortest word in which a slip of the finger is looked for.
const SLIP_LETTERS_MIN: usize = 4;

/// A word that was typed, and what it may be short for.
struct Word {
    text: String,
    full: Option<&'static str>,
}

/// Small letters without accents, words parted by one space; apostrophes, dots, hyphens and commas are spaces.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        let plain = match character {
            'à' | 'á' | 'â' | 'ä' | 'ã' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            // An accent that came as a character of its own.
            '\u{300}'..='\u{36f}' => continue,
            other if other.is_alphanumeric() => other,
            _ => ' ',
        };
        if plain != ' ' || !folded.ends_with([' ']) && !folded.is_empty() {
            folded.push(plain);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The words typed. A piece with dots in it ("p.za", "s.") is an abbreviation when it is known as one, else its parts are words.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    for piece in text.split_whitespace() {
        let joined = fold(&piece.replace('.', ""));
        let full = SHORT.iter().find(|(short, _)| *short == joined).map(|(_, full)| *full);
        if full.is_some() {
            words.push(Word { text: joined, full });
        } else {
            words.extend(fold(piece).split(' ').filter(|part| !part.is_empty()).map(|part| Word { text: part.to_owned(), full: None }));
        }
    }
    words
}

/// The indexes of the names that the text may mean, best first. With a house number behind it the text means the same street.
pub fn search(names: &[String], text: &str, most: usize) -> Vec<usize> {
    let mut words = words(text);
    if words.iter().map(|word| word.text.len()).sum::<usize>() < 2 {
        return Vec::new();
    }
    loop {
        for slips in [0, 1] {
            let mut found: Vec<(u32, usize)> =
                names.iter().enumerate().filter_map(|(index, name)| Some((score(name, &words, slips)?, index))).collect();
            if !found.is_empty() {
                found.sort_unstable();
                return found.into_iter().take(most).map(|(_, index)| index).collect();
            }
        }
        let number = words.iter().rposition(|word| word.text.as_bytes().first().is_some_and(u8::is_ascii_digit));
        match number {
            Some(at) if at > 0 => words.truncate(at),
            _ => return Vec::new(),
        }
    }
}

/// How badly a name fits what is typed, 0 at best; none when it does not. Each typed word takes a word of the name of its own.
fn score(name: &str, words: &[Word], mut slips: u32) -> Option<u32> {
    let parts: Vec<&str> = name.split(' ').collect();
    let mut taken = 0u64;
    let (mut sum, mut before) = (0, 0);
    for word in words {
        let mut best = None::<(u32, usize, usize)>;
        for at in (0..parts.len().min(64)).filter(|at| taken & (1 << at) == 0) {
            let rest = parts.get(at..).unwrap_or_default();
            let fit = if word.full == rest.first().copied() {
                Some((0, 1))
            } else if let Some(fit) = begins(rest, &word.text) {
                Some(fit)
            } else {
                let slip = slips > 0 && word.text.len() >= SLIP_LETTERS_MIN && rest.first().is_some_and(|part| slipped(&word.text, part));
                slip.then_some((8, 1))
            };
            if let Some((cost, count)) = fit {
                best = best.filter(|best| best.0 <= cost).or(Some((cost, at, count)));
            }
        }
        let Some((cost, at, count)) = best else {
            if SMALL.contains(&word.text.as_str()) {
                sum += 16;
                continue;
            }
            return None;
        };
        slips -= u32::from(cost == 8);
        sum += cost * 8 + if at < before { 4 } else { 0 };
        before = at;
        for part in at..at + count {
            taken |= 1 << part;
        }
    }
    // What the name has besides counts against it, a small word least.
    let left = parts.iter().enumerate().filter(|(at, _)| *at < 64 && taken & (1 << at) == 0);
    Some(sum + left.map(|(_, part)| if SMALL.contains(part) { 1 } else { 2 }).sum::<u32>())
}

/// Whether the words of a name, written together, begin with what is typed ("dellorto" for "dell'Orto"): how badly, and how many
/// words it takes. 0 when it ends where a word ends.
fn begins(parts: &[&str], typed: &str) -> Option<(u32, usize)> {
    let mut rest = typed;
    for (count, part) in parts.iter().enumerate() {
        if let Some(more) = rest.strip_prefix(part) {
            rest = more;
            if rest.is_empty() {
                return Some((0, count + 1));
            }
        } else {
            return part.starts_with(rest).then_some((1, count + 1));
        }
    }
    None
}

/// Whether a word begins with what is typed when one letter is added, left out, changed, or two are swapped.
fn slipped(typed: &str, word: &str) -> bool {
    let (typed, word) = (typed.as_bytes(), word.as_bytes());
    let same = typed.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (typed, word) = (typed.get(same..).unwrap_or_default(), word.get(same..).unwrap_or_default());
    let tail = |of: &'_ [u8], from: usize| of.get(from..).map(<[u8]>::to_vec).unwrap_or_default();
    let starts = |from: usize, with: usize| typed.len() >= with && tail(word, from).starts_with(&tail(typed, with));
    starts(1, 1)
        || starts(0, 1)
        || starts(1, 0)
        || (typed.len() > 1 && word.len() > 1 && typed[0] == word[1] && typed[1] == word[0] && starts(2, 2))
}
