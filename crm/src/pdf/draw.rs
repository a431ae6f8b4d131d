//! Draws the sheets and tells what each line is: heading, table cell, paragraph, or mere decoration.
use super::Letter;
use super::layout::{Ink, MARGIN, PAPER, Placed, Role, Sheet, WIDTH};
use super::text::{Typeface, Weight, plain};
use krilla::color::rgb;
use krilla::destination::XyzDestination;
use krilla::error::KrillaResult;
use krilla::geom::{PathBuilder, Point, Rect, Size};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree};
use krilla::text::GlyphId;
use krilla::{Document, SerializeSettings};
use std::collections::BTreeMap;
use std::num::NonZeroU16;

/// Where the running head and the foot stand, in points from the top.
const HEAD_BASELINE: f32 = 58.0;
const FOOT_BASELINE: f32 = 800.0;
/// Size of the running head and the foot.
const SMALL: f32 = 8.5;

/// The parts of the page content by what they belong to.
type Parts = BTreeMap<Role, Vec<Identifier>>;

/// The whole file.
pub(super) fn document(
    letter: &Letter,
    sheets: &[Sheet],
    typeface: &Typeface,
    settings: SerializeSettings,
    notes: Metadata,
) -> KrillaResult<Vec<u8>> {
    let mut document = Document::new_with(settings);
    let mut parts = Parts::new();
    let (town, title) = (plain(letter.town), title(letter));
    for (index, sheet) in sheets.iter().enumerate() {
        let size = Size::from_wh(PAPER.0, PAPER.1);
        let mut page = document.start_page_with(size.map(PageSettings::new).unwrap_or_default());
        let mut surface = page.surface();
        decoration(&mut surface, sheet, index == 0);
        for placed in &sheet.lines {
            let identifier = line(&mut surface, placed, typeface);
            parts.entry(placed.role).or_default().push(identifier);
        }
        let number = format!("{}/{}", index + 1, sheets.len());
        if index > 0 {
            aside(&mut surface, typeface, ArtifactType::Header, (&town, ""), HEAD_BASELINE);
        }
        aside(&mut surface, typeface, ArtifactType::Footer, (&title, &number), FOOT_BASELINE);
    }
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    document.set_tag_tree(tree(letter, &title, parts));
    document.set_metadata(notes);
    document.finish()
}

/// The notes in the file: title, author, language, moment of creation (UTC).
pub(super) fn notes(letter: &Letter, made_at: jiff::Timestamp) -> Metadata {
    let at = made_at.to_zoned(jiff::tz::TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let notes = Metadata::new().title(title(letter)).language(letter.language.to_owned()).creation_date(date).creator("Filo".to_owned());
    let town = plain(letter.town);
    if town.is_empty() { notes } else { notes.authors(vec![town]) }
}

/// The title of the file: what the letter says, or who wrote it, because a file without a title is not accessible.
fn title(letter: &Letter) -> String {
    let texts = [letter.title, letter.town, letter.issued_on].map(plain);
    texts.into_iter().find(|text| !text.is_empty()).unwrap_or_else(|| "PDF".to_owned())
}

/// The bar over the first page and the hairlines, which nobody needs to hear of.
fn decoration(surface: &mut Surface, sheet: &Sheet, first: bool) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    if first {
        rectangle(surface, (0.0, 0.0, PAPER.0, 10.0), Ink::Blue);
    }
    for y in &sheet.hairlines {
        rectangle(surface, (MARGIN, *y, WIDTH, 0.6), Ink::Faint);
    }
    rectangle(surface, (MARGIN, FOOT_BASELINE - 17.0, WIDTH, 0.6), Ink::Faint);
    surface.end_tagged();
}

/// A filled rectangle: left, top, width, height in points.
fn rectangle(surface: &mut Surface, (left, top, width, height): (f32, f32, f32, f32), ink: Ink) {
    let mut path = PathBuilder::new();
    if let Some(area) = Rect::from_xywh(left, top, width, height) {
        path.push_rect(area);
    }
    if let Some(path) = path.finish() {
        surface.set_fill(Some(fill(ink)));
        surface.draw_path(&path);
    }
}

/// A line of the letter, told apart for the structure; what could not be drawn is kept as the text it stands for.
fn line(surface: &mut Surface, placed: &Placed, typeface: &Typeface) -> Identifier {
    let span = SpanTag::empty().with_actual_text(placed.line.meant.as_deref());
    let identifier = surface.start_tagged(ContentTag::Span(span));
    write(surface, typeface, (&placed.line.drawn, placed.look.weight, placed.look.size, placed.look.ink), (placed.x, placed.baseline));
    surface.end_tagged();
    identifier
}

/// Head or foot of a page: a text to the left and one to the right, neither part of what the letter says.
fn aside(surface: &mut Surface, typeface: &Typeface, kind: ArtifactType, (left, right): (&str, &str), baseline: f32) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
    let face = typeface.face(Weight::Regular);
    let right_width = face.width(right, SMALL);
    let left = face.one_line(left, SMALL, WIDTH - right_width - 20.0);
    write(surface, typeface, (&left, Weight::Regular, SMALL, Ink::Soft), (MARGIN, baseline));
    write(surface, typeface, (right, Weight::Regular, SMALL, Ink::Soft), (MARGIN + WIDTH - right_width, baseline));
    surface.end_tagged();
}

/// Draws letters from the left end of their baseline. A letter that is missing after all is left out, never drawn as a box.
fn write(surface: &mut Surface, typeface: &Typeface, (text, weight, size, ink): (&str, Weight, f32, Ink), (x, y): (f32, f32)) {
    let face = typeface.face(weight);
    let mut glyphs = face.shape(text);
    glyphs.retain(|glyph| glyph.glyph_id != GlyphId::new(0));
    if !glyphs.is_empty() {
        surface.set_fill(Some(fill(ink)));
        surface.draw_glyphs(Point::from_xy(x, y), &glyphs, face.font.clone(), text, size, false);
    }
}

fn fill(ink: Ink) -> Fill {
    let color = match ink {
        Ink::Dark => rgb::Color::new(0x17, 0x32, 0x4d),
        Ink::Soft => rgb::Color::new(0x45, 0x57, 0x67),
        Ink::Blue => rgb::Color::new(0x00, 0x66, 0xcc),
        Ink::Faint => rgb::Color::new(0xc9, 0xd3, 0xdc),
    };
    Fill { paint: color.into(), ..Fill::default() }
}

/// The structure: who writes, the title as heading 1, where and when, the table with a heading cell in each row, the paragraphs.
fn tree(letter: &Letter, title: &str, mut parts: Parts) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(letter.language.to_owned()));
    let mut take = |role: Role| parts.remove(&role).filter(|parts| !parts.is_empty());
    if let Some(parts) = take(Role::Town) {
        tree.push(filled(TagGroup::new(Tag::P), parts));
    }
    if let Some(parts) = take(Role::Title) {
        tree.push(filled(TagGroup::new(Tag::Hn(NonZeroU16::MIN, Some(title.to_owned()))), parts));
    }
    if let Some(parts) = take(Role::IssuedOn) {
        tree.push(filled(TagGroup::new(Tag::P), parts));
    }
    let mut body = TagGroup::new(Tag::TBody);
    for row in 0..letter.rows.len() {
        let mut cells = TagGroup::new(Tag::TR);
        cells.push(filled(TagGroup::new(Tag::TH(TableHeaderScope::Row)), take(Role::Name(row)).unwrap_or_default()));
        cells.push(filled(TagGroup::new(Tag::TD), take(Role::Value(row)).unwrap_or_default()));
        body.push(cells);
    }
    if !letter.rows.is_empty() {
        let mut table = TagGroup::new(Tag::Table.with_summary(Some(title.to_owned())));
        table.push(body);
        tree.push(table);
    }
    for paragraph in 0..letter.paragraphs.len() {
        if let Some(parts) = take(Role::Paragraph(paragraph)) {
            tree.push(filled(TagGroup::new(Tag::P), parts));
        }
    }
    tree
}

/// A group with its content.
fn filled(mut group: TagGroup, parts: Vec<Identifier>) -> TagGroup {
    for part in parts {
        group.push(part);
    }
    group
}
