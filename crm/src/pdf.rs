//! Letters and receipts as tagged PDF (PDF/UA-1 and PDF/A-2a): read aloud in the right order, kept for decades.
mod draw;
mod layout;
mod text;

use krilla::SerializeSettings;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};

/// What a letter says. Any text is taken: control characters are left out, and a character that the typeface lacks is drawn as
/// its plain letter or `?` while the original stays in the file for who copies it or has it read aloud.
#[derive(Clone, Debug)]
pub struct Letter<'a> {
    /// BCP 47 language of the text (`it`, `pt-BR`).
    pub language: &'a str,
    /// What the document is; also the title of the window that shows it.
    pub title: &'a str,
    /// Who writes: the municipality's name, on top of the first page and small on the others.
    pub town: &'a str,
    /// The text; a line break inside a paragraph is kept.
    pub paragraphs: &'a [String],
    /// Facts as name and value, drawn as a table before the text.
    pub rows: &'a [(String, String)],
    /// Where and when it was written, in words (`Firenze, 22 novembre 2026`).
    pub issued_on: &'a str,
}

/// Why a letter could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a language tag: screen readers would not know how to speak.
    #[error("not a language tag: {0:?}")]
    Language(String),
    /// More than [`PAGES_MAX`] pages.
    #[error("more than {PAGES_MAX} pages")]
    TooLong,
    /// The typeface compiled in cannot be read.
    #[error("the typeface cannot be read")]
    Typeface,
    /// The file would break a rule of PDF/UA-1 or PDF/A-2a.
    #[error("the PDF would not be accessible or durable: {0}")]
    Rules(String),
}

/// Most pages of a letter: far more than any real one, little enough to be made at once.
pub const PAGES_MAX: usize = 500;

/// Makes the letter: the bytes of a PDF, created now.
///
/// # Errors
/// See [`Error`]; no text by itself makes it fail, except by its length.
pub fn letter(letter: &Letter) -> Result<Vec<u8>, Error> {
    letter_made_at(letter, jiff::Timestamp::now())
}

/// Makes the letter with a given moment of creation in the file's notes: the same letter then gives the same bytes.
///
/// # Errors
/// See [`Error`].
pub fn letter_made_at(letter: &Letter, made_at: jiff::Timestamp) -> Result<Vec<u8>, Error> {
    if !is_language(letter.language) {
        return Err(Error::Language(letter.language.to_owned()));
    }
    let typeface = text::Typeface::new().ok_or(Error::Typeface)?;
    let sheets = layout::sheets(letter, &typeface).ok_or(Error::TooLong)?;
    let configuration = ConfigurationBuilder::new()
        .with_accessibility_validator(Accessibility::UA1)
        .with_archival_validator(Archival::A2_A)
        .finish()
        .map_err(|error| Error::Rules(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let notes = draw::notes(letter, made_at);
    draw::document(letter, &sheets, &typeface, settings, notes).map_err(|error| Error::Rules(format!("{error:?}")))
}

/// The shape of a language tag: letters and digits between dashes, a language of 2-3 letters first.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic()));
    first && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests;
