//! Files that people send: photos are decoded and written anew, PDF documents are looked through, everything else is refused.
mod document;

use contract::attachments::{BYTES_MAX, FileKind, PIXELS_MAX, SIDE_PIXELS_MAX, sniff};
use contract::problem::{FieldProblem, FieldRule};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};
use std::collections::BTreeMap;
use std::io::Cursor;

/// Most bytes that decoding one image may take.
const MEMORY_MAX: u64 = 256 * 1024 * 1024;
/// Most pixels of a progressive JPEG: its decoder keeps every coefficient, about ten bytes for each pixel.
const PROGRESSIVE_PIXELS_MAX: u64 = 24_000_000;
/// The longest side of the small image for lists, in pixels.
pub const THUMBNAIL_SIDE_MAX: u32 = 320;
/// JPEG quality of what is kept: shop signs stay readable, a 2048 px photo stays under a megabyte.
const QUALITY: u8 = 82;
/// JPEG quality of the small image.
const THUMBNAIL_QUALITY: u8 = 76;

/// A file as it is going to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The new JPEG, or the PDF unchanged.
    pub bytes: Vec<u8>,
    /// `image/jpeg` or `application/pdf`.
    pub media_type: &'static str,
    /// Width in pixels; 0 for a PDF.
    pub width: u32,
    /// Height in pixels; 0 for a PDF.
    pub height: u32,
    /// A JPEG of at most [`THUMBNAIL_SIDE_MAX`] pixels on its long side; none for a PDF.
    pub thumbnail: Option<Vec<u8>>,
}

/// Why a file is not kept.
///
/// `EmptyFile` · `FileTooLarge` and `TooManyPixels` with `max` and (when known) `actual` · `FileDamaged` · `FileType`, with
/// `reason` `heic` (an iPhone photo that the browser did not convert), `active` (a PDF with scripts, programs or other
/// files in it) or `encrypted` (a PDF that cannot be looked through) where it is one of these. `FileDamaged` has the `reason` `slow`
/// for a file that would keep a processor busy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The rule that is broken.
    pub rule: FieldRule,
    /// Numbers and words for the sentence.
    pub params: BTreeMap<String, String>,
}

impl Refused {
    /// A broken rule without numbers.
    fn new(rule: FieldRule) -> Self {
        Self { rule, params: BTreeMap::new() }
    }

    /// The same, with a number or word for the sentence.
    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The file takes longer to check than any honest one.
    pub fn slow() -> Self {
        damaged().with("reason", "slow")
    }

    /// The problem of the field with this name (`photos.2`).
    pub fn at(self, field: impl Into<String>) -> FieldProblem {
        FieldProblem { field: field.into(), code: self.rule, params: self.params }
    }
}

impl From<Refused> for FieldProblem {
    /// The problem of a file sent by itself: its field is `file`.
    fn from(refused: Refused) -> Self {
        refused.at("file")
    }
}

/// Takes a file as it was sent and gives what is kept, or why it is refused. Names and declared types are not asked for: the
/// bytes say what the file is.
///
/// A photo is always written anew (at most [`SIDE_PIXELS_MAX`] px, upright, nothing in it but pixels: no place, no maker, no
/// stowaway after the end). Sizes are checked before decoding. Whatever goes wrong inside a decoder, the file is refused.
/// It takes up to seconds and [`MEMORY_MAX`] bytes: call it off the asynchronous threads, few at a time.
///
/// # Errors
/// See [`Refused`].
pub fn accept(bytes: &[u8]) -> Result<Accepted, Refused> {
    if bytes.is_empty() {
        return Err(Refused::new(FieldRule::EmptyFile));
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Refused::new(FieldRule::FileTooLarge).with("max", BYTES_MAX).with("actual", bytes.len()));
    }
    // A decoder that panics on a crafted file must refuse it, not take the request down.
    std::panic::catch_unwind(|| look(bytes)).unwrap_or_else(|_| Err(damaged()))
}

/// Takes the file for what its bytes say it is.
fn look(bytes: &[u8]) -> Result<Accepted, Refused> {
    match sniff(bytes) {
        FileKind::Jpeg => picture(bytes, ImageFormat::Jpeg),
        FileKind::Png => picture(bytes, ImageFormat::Png),
        FileKind::Webp => picture(bytes, ImageFormat::WebP),
        FileKind::Pdf => {
            document::check(bytes)?;
            Ok(Accepted { bytes: bytes.to_vec(), media_type: "application/pdf", width: 0, height: 0, thumbnail: None })
        }
        FileKind::Heic => Err(Refused::new(FieldRule::FileType).with("reason", "heic")),
        FileKind::Other => Err(Refused::new(FieldRule::FileType)),
    }
}

/// The file cannot be read to its end.
fn damaged() -> Refused {
    Refused::new(FieldRule::FileDamaged)
}

/// Decodes an image within the limits and writes it anew.
fn picture(bytes: &[u8], format: ImageFormat) -> Result<Accepted, Refused> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let progressive = format == ImageFormat::Jpeg && jpeg_is_progressive(bytes).ok_or_else(damaged)?;
    let most = if progressive { PROGRESSIVE_PIXELS_MAX } else { PIXELS_MAX };
    if pixels > most || decoder.total_bytes() > MEMORY_MAX {
        return Err(Refused::new(FieldRule::TooManyPixels).with("max", most).with("actual", pixels));
    }
    if pixels == 0 {
        return Err(damaged());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    let mut image = DynamicImage::ImageRgb8(on_white(shrink(image, SIDE_PIXELS_MAX)));
    image.apply_orientation(orientation);
    let small = shrink(image.clone(), THUMBNAIL_SIDE_MAX);
    Ok(Accepted {
        width: image.width(),
        height: image.height(),
        thumbnail: Some(jpeg(&small, THUMBNAIL_QUALITY)?),
        bytes: jpeg(&image, QUALITY)?,
        media_type: "image/jpeg",
    })
}

/// What a decoder may use.
fn limits() -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MEMORY_MAX);
    limits
}

/// What a decoder's error means for who sent the file.
fn refusal(error: ImageError) -> Refused {
    match error {
        ImageError::Limits(_) => Refused::new(FieldRule::TooManyPixels).with("max", PIXELS_MAX),
        ImageError::Unsupported(_) => Refused::new(FieldRule::FileType),
        _ => damaged(),
    }
}

/// The image with its long side at most `side` pixels: first by averaging (quick on large photos), then with a sharper filter.
fn shrink(image: DynamicImage, side: u32) -> DynamicImage {
    let long = image.width().max(image.height());
    if long <= side {
        return image;
    }
    let near = if long > side * 2 { image.thumbnail(side * 2, side * 2) } else { image };
    near.resize(side, side, FilterType::CatmullRom)
}

/// Eight bits per colour on white paper where the image is transparent (JPEG knows no transparency).
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let seen = image.into_rgba8();
    let mut paper = RgbImage::new(seen.width(), seen.height());
    for (to, from) in paper.pixels_mut().zip(seen.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        let blend = |color: u32| u8::try_from((color * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        to.0 = [blend(red), blend(green), blend(blue)];
    }
    paper
}

/// The image as JPEG, with nothing in it but pixels.
fn jpeg(image: &DynamicImage, quality: u8) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality).encode_image(image).map_err(refusal)?;
    Ok(bytes)
}

/// Walks the segments of a JPEG to its end mark; none when it is cut short (the decoder would fill the rest with grey).
/// Tells whether it is progressive (ITU-T T.81, table B.1).
fn jpeg_is_progressive(bytes: &[u8]) -> Option<bool> {
    let mut progressive = false;
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.windows(2).position(|pair| matches!(pair, [0xFF, mark] if !matches!(mark, 0x00 | 0xFF | 0xD0..=0xD7)))?;
        match *bytes.get(at + 1)? {
            0xD9 => return Some(progressive),
            0x01 | 0xD8 => at += 2,
            mark => {
                progressive |= matches!(mark, 0xC2 | 0xC6 | 0xCA | 0xCE);
                let length = u16::from_be_bytes([*bytes.get(at + 2)?, *bytes.get(at + 3)?]);
                at += 2 + usize::from(length.max(2));
            }
        }
    }
}

#[cfg(test)]
mod tests;
