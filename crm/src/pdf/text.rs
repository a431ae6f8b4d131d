//! From any text to lines that the typeface can draw: cleaned, measured, broken.
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

static REGULAR: &[u8] = include_bytes!("../../assets/fonts/titillium-web-regular.ttf");
static SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/titillium-web-semibold.ttf");

/// How heavy the letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Semibold,
}

/// Titillium Web in two weights.
pub(super) struct Typeface {
    regular: Face,
    semibold: Face,
}

/// One weight: to measure and to draw.
pub(super) struct Face {
    shaper: rustybuzz::Face<'static>,
    /// What the PDF embeds (only the letters used).
    pub(super) font: Font,
}

/// A word: what is drawn, and what was meant when that is something else.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    drawn: String,
    meant: String,
}

/// A line that fits. A line that goes on in the next one ends with a space, so that copied words stay apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The characters to draw.
    pub(super) drawn: String,
    /// The original characters, when some could not be drawn.
    pub(super) meant: Option<String>,
}

impl Typeface {
    /// Reads the two weights; none when the files compiled in are damaged.
    pub(super) fn new() -> Option<Self> {
        let face = |bytes: &'static [u8]| Some(Face { shaper: rustybuzz::Face::from_slice(bytes, 0)?, font: Font::new(bytes.into(), 0)? });
        Some(Self { regular: face(REGULAR)?, semibold: face(SEMIBOLD)? })
    }

    /// One of the weights.
    pub(super) fn face(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Semibold => &self.semibold,
        }
    }
}

impl Face {
    /// The letterforms of a text, with kerning and ligatures.
    pub(super) fn shape(&self, text: &str) -> Vec<KrillaGlyph> {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(&self.shaper, &[], buffer);
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        let unit = self.font.units_per_em();
        let glyphs = infos.iter().zip(positions).enumerate().map(|(index, (info, position))| {
            let start = info.cluster as usize;
            let end = infos.iter().skip(index + 1).map(|next| next.cluster as usize).find(|next| *next != start).unwrap_or(text.len());
            KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                position.x_advance as f32 / unit,
                position.x_offset as f32 / unit,
                position.y_offset as f32 / unit,
                position.y_advance as f32 / unit,
                start..end,
                None,
            )
        });
        glyphs.collect()
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, text: &str, size: f32) -> f32 {
        self.shape(text).iter().map(|glyph| glyph.x_advance * size).sum()
    }

    fn has(&self, character: char) -> bool {
        self.shaper.glyph_index(character).is_some_and(|glyph| glyph.0 != 0)
    }

    /// How wide one letter is by itself, in points.
    fn letter_width(&self, character: char, size: f32) -> f32 {
        let advance = self.shaper.glyph_index(character).and_then(|glyph| self.shaper.glyph_hor_advance(glyph)).unwrap_or_default();
        f32::from(advance) / self.font.units_per_em() * size
    }

    /// Appends what is drawn for a character.
    fn draw(&self, character: char, drawn: &mut String) {
        if self.has(character) {
            drawn.push(character);
            return;
        }
        let before = drawn.len();
        match stand_in(character) {
            Some(text) => drawn.push_str(text),
            None => decompose_compatible(character, |part| {
                if self.has(part) && !is_combining_mark(part) {
                    drawn.push(part);
                }
            }),
        }
        if drawn.len() == before && !is_combining_mark(character) {
            drawn.push('?');
        }
    }

    /// Breaks a text at its spaces (and long words anywhere) into lines of at most `width` points. No text gives no line.
    pub(super) fn lines(&self, text: &str, size: f32, width: f32) -> Vec<Line> {
        let space = self.letter_width(' ', size);
        let mut lines = Vec::new();
        for words in self.words(text) {
            let mut line: Vec<Word> = Vec::new();
            let mut used = 0.0;
            for word in words.into_iter().flat_map(|word| self.pieces(word, size, width)) {
                let (word, goes_on) = word;
                let wide = self.width(&word.drawn, size);
                if !line.is_empty() && used + space + wide > width {
                    lines.push(join(&line, true));
                    line.clear();
                    used = 0.0;
                }
                used += if line.is_empty() { wide } else { space + wide };
                line.push(word);
                if goes_on {
                    lines.push(join(&line, false));
                    line.clear();
                    used = 0.0;
                }
            }
            if !line.is_empty() {
                lines.push(join(&line, false));
            }
        }
        lines
    }

    /// The words of a text, line by line: composed (NFC), without characters that are not seen.
    fn words(&self, text: &str) -> Vec<Vec<Word>> {
        let composed: String = text.replace("\r\n", "\n").nfc().collect();
        let is_break = |character: char| matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
        let lines = composed.split(is_break).map(|line| {
            let words = line.split(|character: char| character.is_whitespace() && !is_fixed_space(character));
            let words = words.map(|word| {
                let meant: String = word.chars().filter(|character| !is_unseen(*character)).collect();
                let mut drawn = String::new();
                meant.chars().for_each(|character| self.draw(character, &mut drawn));
                Word { drawn, meant }
            });
            words.filter(|word| !word.drawn.trim().is_empty()).collect::<Vec<_>>()
        });
        lines.filter(|words| !words.is_empty()).collect()
    }

    /// A word in pieces that fit; `true` beside each piece that goes on in the next line. A word broken so is kept as drawn.
    fn pieces(&self, word: Word, size: f32, width: f32) -> Vec<(Word, bool)> {
        if self.width(&word.drawn, size) <= width {
            return vec![(word, false)];
        }
        let mut pieces: Vec<String> = vec![String::new()];
        let mut used = 0.0;
        for character in word.drawn.chars() {
            let wide = self.letter_width(character, size);
            if used + wide > width && used > 0.0 && !is_combining_mark(character) {
                pieces.push(String::new());
                used = 0.0;
            }
            used += wide;
            if let Some(piece) = pieces.last_mut() {
                piece.push(character);
            }
        }
        let last = pieces.len() - 1;
        let whole = |(index, drawn): (usize, String)| (Word { meant: drawn.clone(), drawn }, index != last);
        pieces.into_iter().enumerate().map(whole).collect()
    }

    /// A text on one line, cut with an ellipsis when it is wider than `width` points.
    pub(super) fn one_line(&self, text: &str, size: f32, width: f32) -> String {
        let words: Vec<Word> = self.words(text).into_iter().flatten().collect();
        let whole = join(&words, false).drawn;
        if self.width(&whole, size) <= width {
            return whole;
        }
        let mut cut = String::new();
        let mut used = self.letter_width('…', size);
        for character in whole.chars() {
            used += self.letter_width(character, size);
            if used > width {
                break;
            }
            cut.push(character);
        }
        format!("{}…", cut.trim_end())
    }
}

/// Words with a space between, and one after when the text goes on.
fn join(words: &[Word], goes_on: bool) -> Line {
    let all = |part: fn(&Word) -> &str| words.iter().map(part).collect::<Vec<_>>().join(" ") + if goes_on { " " } else { "" };
    let (drawn, meant) = (all(|word| &word.drawn), all(|word| &word.meant));
    let meant = (meant != drawn).then_some(meant);
    Line { drawn, meant }
}

/// A text for the file's own notes (title): one line, without what is not seen, at most 200 characters.
pub(super) fn plain(text: &str) -> String {
    let seen: String = text.nfc().filter(|character| character.is_whitespace() || !is_unseen(*character)).collect();
    seen.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// Spaces at which a line is not broken.
fn is_fixed_space(character: char) -> bool {
    matches!(character, '\u{a0}' | '\u{202f}' | '\u{2007}')
}

/// Characters without a shape of their own: controls, direction marks, joiners, variation selectors, tags, noncharacters.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
        || (u32::from(character) & 0xfffe) == 0xfffe
        || is_private(character)
}

/// Private use: they mean nothing outside one company, and PDF/A forbids them.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

/// What is drawn for characters that people do write and the typeface lacks.
fn stand_in(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}' => "-",
        '\u{2015}' | '\u{2e3a}' => "—",
        '\u{202f}' | '\u{2007}' => "\u{a0}",
        '№' => "n.",
        '→' | '➔' | '➜' => "->",
        '←' => "<-",
        '✓' | '✔' | '☑' | '✅' => "v",
        '✗' | '✘' | '❌' => "x",
        '′' | 'ʹ' | 'ʼ' | 'ʻ' | '‛' => "’",
        '″' => "”",
        '●' | '▪' | '◦' | '‣' | '∙' | '⁃' => "•",
        '≤' => "<=",
        '≥' => ">=",
        _ => return None,
    })
}
