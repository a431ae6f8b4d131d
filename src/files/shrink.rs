//! Makes a chosen file ready on the device (feature X8): read, upright, smaller, without hidden data, and checked; never silence.
use super::image_bytes::{dimensions, is_whole};
use super::{ReadyFile, exif};
use crate::words::size;
use contract::attachments::{BYTES_MAX, FileKind, PIXELS_MAX, SIDE_PIXELS_MAX, sniff};
use contract::problem::{FieldProblem, FieldRule};
use js_sys::{Array, Promise, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, CanvasRenderingContext2d, File, HtmlCanvasElement, ImageBitmap};

/// Most bytes of a photo before it is made smaller.
const ORIGINAL_BYTES_MAX: u64 = 25 * 1024 * 1024;
/// JPEG quality: details of a broken kerb stay, the size is a tenth.
const QUALITY: f64 = 0.82;
/// Side of the tiny pictures whose brightness is compared.
const SAMPLE: u32 = 16;
/// Most difference in mean brightness (of 255) between the photo and what came out. Canvases that are too large come out black
/// on iPhones without any error.
const BRIGHTNESS_MAX: f64 = 25.0;

/// A photo: decoded, turned upright, at most 2048 pixels on its longer side, JPEG, nothing hidden in it.
pub async fn photo(file: &File) -> Result<ReadyFile, FieldProblem> {
    let original = read(file, ORIGINAL_BYTES_MAX).await?;
    let bytes = original.to_vec();
    let kind = sniff(&bytes);
    match kind {
        FileKind::Jpeg | FileKind::Png | FileKind::Webp => {
            let (width, height) = dimensions(kind, &bytes).ok_or_else(|| refused(FieldRule::FileDamaged))?;
            if u64::from(width) * u64::from(height) > PIXELS_MAX {
                return Err(refused(FieldRule::TooManyPixels).with("max", PIXELS_MAX / 1_000_000));
            }
            if !is_whole(kind, &bytes) {
                return Err(refused(FieldRule::FileDamaged));
            }
        }
        FileKind::Heic => {}
        FileKind::Pdf | FileKind::Other => return Err(refused(FieldRule::FileType)),
    }
    let unreadable = if kind == FileKind::Heic { FieldRule::PhotoUnreadable } else { FieldRule::FileDamaged };
    let place = exif::place(&bytes);
    drop(bytes);
    let bitmap = decode(&original).await.ok_or_else(|| refused(unreadable))?;
    let (jpeg, canvas) = draw(&bitmap).await.ok_or_else(|| refused(FieldRule::FileDamaged))?;
    let as_it_was = brightness(&bitmap);
    let as_it_is = brightness_of_canvas(&canvas);
    bitmap.close();
    if as_it_was.zip(as_it_is).is_none_or(|(before, after)| (before - after).abs() > BRIGHTNESS_MAX) {
        return Err(refused(FieldRule::FileDamaged));
    }
    let ready = bytes_of(&jpeg).await.ok_or_else(|| refused(FieldRule::FileDamaged))?;
    Ok(ReadyFile::new(ready.to_vec(), true, place).await)
}

/// A PDF document: sent as it is.
pub async fn pdf(file: &File) -> Result<ReadyFile, FieldProblem> {
    let bytes = read(file, BYTES_MAX).await?.to_vec();
    match sniff(&bytes) {
        FileKind::Pdf => Ok(ReadyFile::new(bytes, false, None).await),
        _ => Err(refused(FieldRule::FileType)),
    }
}

fn refused(rule: FieldRule) -> FieldProblem {
    FieldProblem::new("photos", rule)
}

/// The file as it is now. From here on only these bytes count: it may grow, or go, while we work.
async fn read(file: &File, bytes_max: u64) -> Result<Uint8Array, FieldProblem> {
    if file.size() < 1.0 {
        // One that has gone from the disk has no bytes either, but cannot be read.
        return Err(refused(if bytes_of(file).await.is_some() { FieldRule::EmptyFile } else { FieldRule::FileChanged }));
    }
    if file.size() > bytes_max as f64 {
        return Err(refused(FieldRule::FileTooLarge).with("max", size(bytes_max)));
    }
    // A browser does not read a file that is not any more what was chosen.
    bytes_of(file).await.ok_or_else(|| refused(FieldRule::FileChanged))
}

async fn bytes_of(blob: &Blob) -> Option<Uint8Array> {
    let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
    Some(Uint8Array::new(&buffer))
}

/// Decodes and turns upright.
async fn decode(bytes: &Uint8Array) -> Option<ImageBitmap> {
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(bytes)).ok()?;
    let options = web_sys::ImageBitmapOptions::new();
    options.set_image_orientation(web_sys::ImageOrientation::FromImage);
    let promise = window().create_image_bitmap_with_blob_and_image_bitmap_options(&blob, &options).ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// Draws at most 2048 pixels on the longer side, as JPEG.
async fn draw(bitmap: &ImageBitmap) -> Option<(Blob, HtmlCanvasElement)> {
    let longest = bitmap.width().max(bitmap.height()).max(1);
    let scale = (f64::from(SIDE_PIXELS_MAX) / f64::from(longest)).min(1.0);
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
    let (width, height) = (side(bitmap.width()), side(bitmap.height()));
    let (canvas, context) = canvas(width, height)?;
    // Photos with transparent parts would turn black: paper is white.
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, width.into(), height.into());
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, width.into(), height.into()).ok()?;
    let blob = jpeg(&canvas).await.filter(|blob| blob.type_() == "image/jpeg")?;
    Some((blob, canvas))
}

async fn jpeg(canvas: &HtmlCanvasElement) -> Option<Blob> {
    let promise = Promise::new(&mut |resolve, _| {
        // A canvas that cannot be read never calls back: the promise is answered here.
        if canvas.to_blob_with_type_and_encoder_options(&resolve, "image/jpeg", &QUALITY.into()).is_err() {
            drop(resolve.call0(&JsValue::NULL));
        }
    });
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

fn canvas(width: u32, height: u32) -> Option<(HtmlCanvasElement, CanvasRenderingContext2d)> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    Some((canvas, context))
}

fn brightness(bitmap: &ImageBitmap) -> Option<f64> {
    let (_, context) = canvas(SAMPLE, SAMPLE)?;
    context.set_fill_style_str("#fff");
    context.fill_rect(0.0, 0.0, SAMPLE.into(), SAMPLE.into());
    context.draw_image_with_image_bitmap_and_dw_and_dh(bitmap, 0.0, 0.0, SAMPLE.into(), SAMPLE.into()).ok()?;
    mean(&context)
}

fn brightness_of_canvas(drawn: &HtmlCanvasElement) -> Option<f64> {
    let (_, context) = canvas(SAMPLE, SAMPLE)?;
    context.draw_image_with_html_canvas_element_and_dw_and_dh(drawn, 0.0, 0.0, SAMPLE.into(), SAMPLE.into()).ok()?;
    mean(&context)
}

fn mean(context: &CanvasRenderingContext2d) -> Option<f64> {
    let pixels = context.get_image_data(0.0, 0.0, SAMPLE.into(), SAMPLE.into()).ok()?.data();
    let colours = pixels.chunks_exact(4).flat_map(|pixel| pixel.iter().take(3));
    Some(colours.map(|value| f64::from(*value)).sum::<f64>() / f64::from(SAMPLE * SAMPLE * 3))
}

/// The name a photo gets after it was made JPEG.
pub fn jpeg_name(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}.jpg")
}
