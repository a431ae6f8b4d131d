//! QR codes (ISO/IEC 18004): a text of up to 106 bytes as black and white squares, for a phone's camera to read from paper.
//!
//! Byte mode, error correction M (15 % of it may be dirty), versions 1 to 6: none of these needs more than one alignment pattern or a
//! version field, and the blocks of each are of one length. Why this and not a crate: docs/adr/0011.

/// White squares around the code, without which no camera finds it.
pub const QUIET: usize = 4;
/// For each version from 1 on: blocks, bytes of data in a block, bytes of correction in a block.
const BLOCKS: [(usize, usize, usize); 6] = [(1, 16, 10), (1, 28, 16), (1, 44, 26), (2, 32, 18), (2, 43, 24), (4, 27, 16)];
/// The bits that say "byte mode".
const BYTES: u32 = 0b0100;
/// What fills the rest of the data.
const PADDING: [u8; 2] = [0xEC, 0x11];
/// How a finder pattern looks in a row, with its white side; a code has nothing like it elsewhere, if it can help it.
const LIKE_A_FINDER: [bool; 11] = [true, false, true, true, true, false, true, false, false, false, false];

/// A code: its squares, row by row, `true` for a dark one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    size: usize,
    dark: Vec<bool>,
    /// Squares that carry no data: they look the same whatever is written.
    fixed: Vec<bool>,
}

/// The code of a text; `None` when it is too long.
pub fn code(text: &str) -> Option<Code> {
    let version = 1 + BLOCKS.iter().position(|(blocks, data, _)| text.len() + 2 <= blocks * data)?;
    let words = codewords(text.as_bytes(), BLOCKS[version - 1]);
    let masked = (0..8).map(|mask| draw(version, &words, mask));
    masked.min_by_key(Code::ugliness)
}

impl Code {
    /// Squares on a side, without the quiet ones around.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether a square is dark.
    pub fn is_dark(&self, row: usize, column: usize) -> bool {
        self.dark[row * self.size + column]
    }

    /// The dark squares as the path of an SVG whose unit is one square, [`QUIET`] from its edges.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for row in 0..self.size {
            let mut column = 0;
            while column < self.size {
                let run = (column..self.size).take_while(|at| self.is_dark(row, *at)).count();
                if run > 0 {
                    path.push_str(&format!("M{} {}h{run}v1h-{run}z", column + QUIET, row + QUIET));
                }
                column += run.max(1);
            }
        }
        path
    }

    fn empty(version: usize) -> Self {
        let size = 17 + 4 * version;
        let mut code = Self { size, dark: vec![false; size * size], fixed: vec![false; size * size] };
        for at in 0..size {
            code.fix(6, at, at % 2 == 0);
            code.fix(at, 6, at % 2 == 0);
        }
        let far = size - 7;
        for (top, left) in [(0, 0), (0, far), (far, 0)] {
            code.finder(top, left);
        }
        if version > 1 {
            for (row, column) in (0..25_usize).map(|n| (n / 5, n % 5)) {
                let from_middle = row.abs_diff(2).max(column.abs_diff(2));
                code.fix(size - 9 + row, size - 9 + column, from_middle != 1);
            }
        }
        code
    }

    /// A finder pattern and the white squares around it.
    fn finder(&mut self, top: usize, left: usize) {
        for (row, column) in (0..81_usize).map(|n| (n / 9, n % 9)) {
            let from_middle = row.abs_diff(4).max(column.abs_diff(4));
            let (row, column) = ((top + row).wrapping_sub(1), (left + column).wrapping_sub(1));
            if row < self.size && column < self.size {
                self.fix(row, column, from_middle != 2 && from_middle != 4);
            }
        }
    }

    fn fix(&mut self, row: usize, column: usize, dark: bool) {
        let at = row * self.size + column;
        self.dark[at] = dark;
        self.fixed[at] = true;
    }

    /// Which mask was taken and how much is corrected, twice, and the square that is always dark.
    fn format(&mut self, mask: usize) {
        // M is 00; ten bits of a BCH code behind it, and a pattern over all so that it is never empty.
        let data = mask as u32;
        let rest = (0..10).fold(data, |rest, _| (rest << 1) ^ if rest & 0x200 == 0 { 0 } else { 0x537 });
        let bits = (data << 10 | (rest & 0x3FF)) ^ 0x5412;
        let last = self.size - 1;
        for bit in 0..15 {
            let dark = bits >> bit & 1 == 1;
            let first = match bit {
                0..=5 => (bit, 8),
                6 => (7, 8),
                7 => (8, 8),
                8 => (8, 7),
                _ => (8, 14 - bit),
            };
            self.fix(first.0, first.1, dark);
            let second = if bit < 8 { (8, last - bit) } else { (last - 14 + bit, 8) };
            self.fix(second.0, second.1, dark);
        }
        self.fix(last - 7, 8, true);
    }

    /// How hard it is for a camera: long lines, blocks, what looks like a finder, and too much of one colour.
    fn ugliness(&self) -> usize {
        let size = self.size;
        let mut points = 0;
        for line in 0..size {
            let row: Vec<bool> = (0..size).map(|at| self.is_dark(line, at)).collect();
            let column: Vec<bool> = (0..size).map(|at| self.is_dark(at, line)).collect();
            for squares in [row, column] {
                points += squares.chunk_by(|one, next| one == next).map(|run| if run.len() < 5 { 0 } else { run.len() - 2 }).sum::<usize>();
                let like = |part: &&[bool]| part.iter().eq(&LIKE_A_FINDER) || part.iter().rev().eq(&LIKE_A_FINDER);
                points += 40 * squares.windows(LIKE_A_FINDER.len()).filter(like).count();
            }
        }
        for (row, column) in (0..(size - 1) * (size - 1)).map(|n| (n / (size - 1), n % (size - 1))) {
            let square = [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, right)| self.is_dark(row + down, column + right));
            if square.iter().all(|dark| *dark == square[0]) {
                points += 3;
            }
        }
        let percent = self.dark.iter().filter(|dark| **dark).count() * 100 / self.dark.len();
        points + percent.abs_diff(50) / 5 * 10
    }
}

/// A code of a version with these words, under a mask.
fn draw(version: usize, words: &[u8], mask: usize) -> Code {
    let mut code = Code::empty(version);
    code.format(mask);
    let mut bits = words.iter().flat_map(|word| (0..8).rev().map(move |bit| word >> bit & 1 == 1));
    // Two columns at a time from the right, upwards and downwards in turn, past the line of every second square.
    let pairs = (0..code.size / 2).map(|pair| code.size - 1 - 2 * pair).map(|right| if right <= 6 { right - 1 } else { right });
    for (turn, right) in pairs.enumerate() {
        for step in 0..code.size {
            let row = if turn % 2 == 0 { code.size - 1 - step } else { step };
            for column in [right, right - 1] {
                let at = row * code.size + column;
                if !code.fixed[at] {
                    code.dark[at] = bits.next().unwrap_or_default() ^ is_masked(mask, row, column);
                }
            }
        }
    }
    code
}

fn is_masked(mask: usize, row: usize, column: usize) -> bool {
    let product = row * column;
    let sum = match mask {
        0 => row + column,
        1 => row,
        2 => return column.is_multiple_of(3),
        3 => return (row + column).is_multiple_of(3),
        4 => row / 2 + column / 3,
        5 | 6 => product % 2 + product % 3,
        _ => (row + column) % 2 + product % 3,
    };
    if mask == 5 { sum == 0 } else { sum % 2 == 0 }
}

/// The text as data, cut into blocks, each with its correction, one byte of each in turn.
fn codewords(text: &[u8], (blocks, data, correction): (usize, usize, usize)) -> Vec<u8> {
    let mut bits: Vec<bool> = Vec::new();
    let mut put = |value: u32, length: u32| bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    put(BYTES, 4);
    put(text.len() as u32, 8);
    for byte in text {
        put(u32::from(*byte), 8);
    }
    put(0, 4);
    let mut words: Vec<u8> = bits.chunks(8).map(|eight| eight.iter().fold(0, |word, bit| word << 1 | u8::from(*bit))).collect();
    let missing = blocks * data - words.len().min(blocks * data);
    words.extend(PADDING.iter().cycle().take(missing));
    let divisor = divisor(correction);
    let parts: Vec<Vec<u8>> = words.chunks(data).map(|block| remainder(block, &divisor)).collect();
    let in_turn = |length: usize, of: &dyn Fn(usize, usize) -> u8| -> Vec<u8> {
        (0..length).flat_map(|at| (0..blocks).map(move |block| (block, at))).map(|(block, at)| of(block, at)).collect()
    };
    let mut all = in_turn(data, &|block, at| words[block * data + at]);
    all.extend(in_turn(correction, &|block, at| parts[block][at]));
    all
}

/// A product in the field of 256 elements that QR codes count in (x⁸ + x⁴ + x³ + x² + 1).
fn times(one: u8, other: u8) -> u8 {
    (0..8).rev().fold(0, |sum, bit| {
        let doubled = sum << 1 ^ if sum & 0x80 == 0 { 0 } else { 0x1D };
        doubled ^ if other >> bit & 1 == 1 { one } else { 0 }
    })
}

/// The polynomial (x − 1)(x − 2)(x − 4)… of a degree, without its leading 1.
fn divisor(degree: usize) -> Vec<u8> {
    let mut polynomial = vec![0; degree];
    polynomial[degree - 1] = 1;
    let mut root = 1;
    for _ in 0..degree {
        for at in 0..degree {
            polynomial[at] = times(polynomial[at], root) ^ polynomial.get(at + 1).copied().unwrap_or_default();
        }
        root = times(root, 2);
    }
    polynomial
}

/// What is left of a block divided by a polynomial: its correction (Reed and Solomon).
fn remainder(block: &[u8], divisor: &[u8]) -> Vec<u8> {
    let mut rest = vec![0; divisor.len()];
    for byte in block {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (at, coefficient) in divisor.iter().enumerate() {
            rest[at] ^= times(*coefficient, factor);
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A code's rows as hexadecimal numbers.
    fn rows(code: &Code) -> String {
        let row = |row| (0..code.size()).fold(0_u64, |bits, column| bits << 1 | u64::from(code.is_dark(row, column)));
        (0..code.size()).map(|at| format!("{:x}", row(at))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn codes_are_those_that_another_encoder_draws() {
        // Drawn by the Python package qrcode 8, byte mode, correction M, under the mask named.
        let small = "1fd97f 104a41 174d5d 17595d 17575d 105941 1fd57f 1c00 1171f9 1fb9c2 6f582 119f21 9ce71 172b 1fde7a 1044d0 1751c1 1745cb \
         174d84 104b28 1fd675";
        assert_eq!(rows(&draw(1, &codewords(b"Filo", BLOCKS[0]), 4)), small);
        let text = "https://filo.example.org/reports/track#AB2CD-EF3GH-J4KM, e molte altre parole in coda al testo";
        let large = "1fd6dd4087f 105846d0741 1753835e75d 174e1517b5d 175f3b27a5d 1045e024041 1fd5555557f 46308500 13f56c37a97 939fe62610 \
         af629fec94 13838a32bd9 c7f4ba51c3 1f01f61b57c 9e094cf2d9 1a2f96144be 1166636a383 69cc70ef9e ceef3f2af5 149c5e544de \
         1a5e70df9cd 1e90ec3ce34 16cbb0f7db8 19b56b23958 869e263368 1211482e575 4fb2f02fdb 1e85364625c c581611309 15a4f022f1d \
         1960be56aa1 1e3ee32e354 195faa37ff5 1ab6f6518 1fd4cc66b54 10573be5b10 17562dbf3fb 175a7a8a922 1743170a1b5 10447b7369d \
         1fd2a178350";
        assert_eq!(rows(&draw(6, &codewords(text.as_bytes(), BLOCKS[5]), 6)), large);
    }

    #[test]
    fn a_text_takes_the_smallest_version_that_holds_it_and_too_long_a_one_none() {
        for (bytes, size) in [(0, 21), (14, 21), (15, 25), (42, 29), (43, 33), (84, 37), (85, 41), (106, 41)] {
            assert_eq!(code(&"a".repeat(bytes)).map(|code| code.size()), Some(size), "{bytes}");
        }
        assert_eq!(code(&"a".repeat(107)), None);
    }

    #[test]
    fn the_path_covers_the_dark_squares_and_no_other() {
        let code = code("Filo").expect("short");
        let path = code.path();
        let squares: usize = path.split('h').skip(1).step_by(2).filter_map(|rest| rest.split('v').next()?.parse::<usize>().ok()).sum();
        assert_eq!(squares, code.dark.iter().filter(|dark| **dark).count());
        assert!(path.starts_with("M4 4h7v1h-7z"), "{path}");
    }
}
