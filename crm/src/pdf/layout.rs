//! Where everything goes: the lines of a letter set on sheets of paper, before anything is drawn.
use super::text::{Line, Typeface, Weight};
use super::{Letter, PAGES_MAX};

/// A4, in points.
pub(super) const PAPER: (f32, f32) = (595.28, 841.89);
/// Space to the left and right of the text, in points.
pub(super) const MARGIN: f32 = 62.0;
/// Width of the text, in points.
pub(super) const WIDTH: f32 = PAPER.0 - 2.0 * MARGIN;
/// Where the text of a page that follows another begins, and where every page ends, in points from the top.
const TOP: f32 = 92.0;
const BOTTOM: f32 = 762.0;
/// Width of the names of the facts, and where their values begin.
const NAME_WIDTH: f32 = 138.0;
const VALUE_LEFT: f32 = MARGIN + 154.0;

/// The inks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// The text.
    Dark,
    /// Less important text, still 6:1 on white.
    Soft,
    /// The municipality's name.
    Blue,
    /// Hairlines.
    Faint,
}

/// What a line belongs to, in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// Who writes.
    Town,
    /// The title.
    Title,
    /// Where and when.
    IssuedOn,
    /// The name in a row of the table.
    Name(usize),
    /// The value in a row of the table.
    Value(usize),
    /// A paragraph.
    Paragraph(usize),
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    pub(super) weight: Weight,
    pub(super) size: f32,
    leading: f32,
    pub(super) ink: Ink,
}

const TOWN: Look = Look { weight: Weight::Semibold, size: 14.0, leading: 18.0, ink: Ink::Blue };
const TITLE: Look = Look { weight: Weight::Semibold, size: 23.0, leading: 28.0, ink: Ink::Dark };
const ISSUED_ON: Look = Look { weight: Weight::Regular, size: 10.5, leading: 15.0, ink: Ink::Soft };
const NAME: Look = Look { weight: Weight::Semibold, size: 10.5, leading: 16.0, ink: Ink::Soft };
const VALUE: Look = Look { weight: Weight::Regular, size: 11.0, leading: 16.0, ink: Ink::Dark };
const PARAGRAPH: Look = Look { weight: Weight::Regular, size: 11.0, leading: 17.0, ink: Ink::Dark };

/// A line in its place: the left end of its baseline, in points from the paper's upper left corner.
pub(super) struct Placed {
    pub(super) role: Role,
    pub(super) line: Line,
    pub(super) look: Look,
    pub(super) x: f32,
    pub(super) baseline: f32,
}

/// One page.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Placed>,
    /// Heights of the hairlines across the text, in points from the top.
    pub(super) hairlines: Vec<f32>,
}

/// The pages being filled, and how far down the last one is.
struct Setter<'a> {
    typeface: &'a Typeface,
    sheets: Vec<Sheet>,
    y: f32,
}

/// Sets the letter; none when it takes too many pages.
pub(super) fn sheets(letter: &Letter, typeface: &Typeface) -> Option<Vec<Sheet>> {
    let mut setter = Setter { typeface, sheets: vec![Sheet::default()], y: 62.0 };
    setter.text(Role::Town, letter.town, TOWN)?;
    setter.y += 12.0;
    setter.hairline();
    setter.y += 30.0;
    setter.text(Role::Title, letter.title, TITLE)?;
    setter.y += 4.0;
    setter.text(Role::IssuedOn, letter.issued_on, ISSUED_ON)?;
    setter.y += 18.0;
    setter.table(letter.rows)?;
    for (index, paragraph) in letter.paragraphs.iter().enumerate() {
        let before = setter.y;
        setter.text(Role::Paragraph(index), paragraph, PARAGRAPH)?;
        setter.y += if setter.y == before { 0.0 } else { 9.0 };
    }
    Some(setter.sheets)
}

impl Setter<'_> {
    /// Begins a new page unless `height` points are free on this one; none when there are too many pages.
    fn room(&mut self, height: f32) -> Option<()> {
        if self.y + height > BOTTOM {
            self.sheets.push(Sheet::default());
            self.y = TOP;
        }
        (self.sheets.len() <= PAGES_MAX).then_some(())
    }

    /// Puts a line on this page with its baseline in the line's height, without moving on.
    fn place(&mut self, role: Role, line: Line, look: Look, x: f32) {
        let baseline = self.y + look.leading * 0.5 + look.size * 0.35;
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.lines.push(Placed { role, line, look, x, baseline });
        }
    }

    /// A hairline across the page, here.
    fn hairline(&mut self) {
        let y = self.y;
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.hairlines.push(y);
        }
    }

    /// Text over the whole width; neither its first nor its last line is left alone on a page.
    fn text(&mut self, role: Role, text: &str, look: Look) -> Option<()> {
        let lines = self.typeface.face(look.weight).lines(text, look.size, WIDTH);
        let count = lines.len();
        for (index, line) in lines.into_iter().enumerate() {
            let together = if index == 0 || index + 2 == count { count.min(2) } else { 1 };
            self.room(look.leading * together as f32)?;
            self.place(role, line, look, MARGIN);
            self.y += look.leading;
        }
        Some(())
    }

    /// The facts: names to the left, values to the right, hairlines between; a row may go on in the next page.
    fn table(&mut self, rows: &[(String, String)]) -> Option<()> {
        let set = |look: Look, text: &str, width: f32| {
            let lines = self.typeface.face(look.weight).lines(text, look.size, width);
            if lines.is_empty() { vec![Line { drawn: "–".to_owned(), meant: None }] } else { lines }
        };
        let rows: Vec<_> =
            rows.iter().map(|(name, value)| (set(NAME, name, NAME_WIDTH), set(VALUE, value, PAPER.0 - MARGIN - VALUE_LEFT))).collect();
        for (row, (names, values)) in rows.iter().enumerate() {
            let height = names.len().max(values.len());
            self.room(12.0 + VALUE.leading * height.min(3) as f32)?;
            self.hairline();
            self.y += 6.0;
            for index in 0..height {
                self.room(VALUE.leading)?;
                if let Some(line) = names.get(index) {
                    self.place(Role::Name(row), line.clone(), NAME, MARGIN);
                }
                if let Some(line) = values.get(index) {
                    self.place(Role::Value(row), line.clone(), VALUE, VALUE_LEFT);
                }
                self.y += VALUE.leading;
            }
            self.y += 6.0;
        }
        if !rows.is_empty() {
            self.hairline();
            self.y += 22.0;
        }
        Some(())
    }
}
