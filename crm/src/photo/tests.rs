//! Files made to deceive, and ordinary ones: what is kept has pixels and nothing else, what is refused says why.
#![allow(clippy::unwrap_used)]
use super::*;
use image::{Rgb, RgbaImage};
use std::time::{Duration, Instant};

/// A mark that must be in no file that is kept.
const MARK: &[u8] = b"STOWAWAY-43.7696N-11.2558E";

/// A picture whose four corners tell how it is turned: red, green, blue, white from the upper left, row by row.
fn corners(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([220, 20, 20]),
        (false, true) => Rgb([20, 200, 20]),
        (true, false) => Rgb([20, 20, 220]),
        (false, false) => Rgb([250, 250, 250]),
    })
}

/// A picture as a file of some format.
fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg_file(width: u32, height: u32) -> Vec<u8> {
    file(&DynamicImage::ImageRgb8(corners(width, height)), ImageFormat::Jpeg)
}

/// Puts an EXIF segment after the start mark: how the picture is turned, the maker (with the mark) and a GPS place.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut tiff = b"II\x2a\0\x08\0\0\0\x03\0".to_vec();
    tiff.extend([0x0f, 0x01, 2, 0, MARK.len() as u8, 0, 0, 0, 50, 0, 0, 0]);
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]);
    tiff.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 80, 0, 0, 0, 0, 0, 0, 0]);
    tiff.extend(MARK);
    tiff.resize(80, 0);
    tiff.extend([1, 0, 1, 0, 2, 0, 2, 0, 0, 0, b'N', 0, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat()
}

fn holds(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|here| here == word)
}

fn rule(bytes: &[u8]) -> FieldRule {
    accept(bytes).unwrap_err().rule
}

fn reason(bytes: &[u8]) -> (FieldRule, String) {
    let refused = accept(bytes).unwrap_err();
    (refused.rule, refused.params.get("reason").cloned().unwrap_or_default())
}

/// What is kept of a picture, decoded, after checking that there is nothing in it but a picture.
fn kept(bytes: &[u8]) -> RgbImage {
    let accepted = accept(bytes).unwrap();
    assert_eq!(accepted.media_type, "image/jpeg");
    for bytes in [&accepted.bytes, accepted.thumbnail.as_ref().unwrap()] {
        assert!(!holds(bytes, MARK) && !holds(bytes, b"Exif") && !holds(bytes, b"http://ns.adobe.com") && !holds(bytes, b"ICC_PROFILE"));
        assert!(bytes.ends_with(&[0xFF, 0xD9]));
    }
    let thumbnail = image::load_from_memory(accepted.thumbnail.as_ref().unwrap()).unwrap();
    assert!(thumbnail.width().max(thumbnail.height()) <= THUMBNAIL_SIDE_MAX);
    let image = image::load_from_memory(&accepted.bytes).unwrap().into_rgb8();
    assert_eq!((image.width(), image.height()), (accepted.width, accepted.height));
    image
}

/// The picture shows [`corners`] upright.
fn assert_upright(image: &RgbImage, what: &str) {
    let (width, height) = image.dimensions();
    let wanted = corners(width, height);
    for (x, y) in [(width / 4, height / 4), (width * 3 / 4, height / 4), (width / 4, height * 3 / 4), (width * 3 / 4, height * 3 / 4)] {
        let apart = (0..3).map(|color| image.get_pixel(x, y)[color].abs_diff(wanted.get_pixel(x, y)[color])).max().unwrap();
        assert!(apart < 24, "{what}: {:?} at {x},{y}", image.get_pixel(x, y));
    }
}

#[test]
fn photos_of_every_format_are_written_anew() {
    let picture = DynamicImage::ImageRgb8(corners(600, 400));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let image = kept(&file(&picture, format));
        assert_eq!(image.dimensions(), (600, 400));
        assert_upright(&image, &format!("{format:?}"));
    }
    assert_upright(&kept(&file(&DynamicImage::ImageRgb16(picture.to_rgb16()), ImageFormat::Png)), "16 bit");
}

#[test]
fn large_photos_are_shrunk_and_keep_their_shape() {
    let image = kept(&jpeg_file(5000, 2500));
    assert_eq!(image.dimensions(), (2048, 1024));
    assert_upright(&image, "large");
    assert_eq!(kept(&jpeg_file(30, 2100)).dimensions(), (29, 2048));
    assert_eq!(kept(&jpeg_file(1, 1)).dimensions(), (1, 1));
    let accepted = accept(&jpeg_file(640, 480)).unwrap();
    assert_eq!(image::load_from_memory(&accepted.thumbnail.unwrap()).unwrap().width(), 320);
}

#[test]
fn photos_are_turned_upright_and_say_no_place() {
    let inverse = [1, 2, 3, 4, 5, 8, 7, 6];
    for orientation in 1..=8_u8 {
        let mut turned = DynamicImage::ImageRgb8(corners(600, 400));
        turned.apply_orientation(Orientation::from_exif(inverse[usize::from(orientation) - 1]).unwrap());
        let sent = with_exif(&file(&turned, ImageFormat::Jpeg), orientation);
        assert!(holds(&sent, MARK));
        let image = kept(&sent);
        assert_eq!(image.dimensions(), (600, 400), "orientation {orientation}");
        assert_upright(&image, &format!("orientation {orientation}"));
    }
    assert_eq!(kept(&with_exif(&jpeg_file(60, 40), 99)).dimensions(), (60, 40), "a turn that does not exist is no turn");
}

#[test]
fn what_is_transparent_becomes_white() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(40, 40, image::Rgba([0, 0, 0, 0])));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        assert!(kept(&file(&clear, format)).pixels().all(|pixel| pixel.0.iter().all(|color| *color > 250)));
    }
}

#[test]
fn nothing_travels_behind_or_inside_a_photo() {
    let tail = [&jpeg_file(80, 60), MARK, b"<script>alert(1)</script>".as_slice()].concat();
    assert!(!holds(&accept(&tail).unwrap().bytes, b"<script>"));
    kept(&tail);
    let plain = jpeg_file(80, 60);
    let comment = [&plain[..2], &[0xFF, 0xFE, 0, 28], MARK, &plain[2..]].concat();
    kept(&comment);
    let png = file(&DynamicImage::ImageRgb8(corners(80, 60)), ImageFormat::Png);
    kept(&[&png, MARK].concat());
}

#[test]
fn files_that_are_no_photos_say_why() {
    assert_eq!(rule(b""), FieldRule::EmptyFile);
    assert_eq!(reason(b"<!doctype html><script>alert(1)</script>"), (FieldRule::FileType, String::new()));
    assert_eq!(reason(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), (FieldRule::FileType, "heic".to_owned()));
    for other in [&b"GIF89a\x01\0\x01\0"[..], b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04", b"BM\0\0", b"\xFF\xD8", b"II*\0"]
    {
        assert_eq!(rule(other), FieldRule::FileType);
    }
    let large = accept(&vec![0xFF; usize::try_from(BYTES_MAX).unwrap() + 1]).unwrap_err();
    assert_eq!(
        (large.rule, large.params["max"].as_str(), large.params["actual"].as_str()),
        (FieldRule::FileTooLarge, "15728640", "15728641")
    );
    let problem = accept(b"").unwrap_err().at("photos.2");
    assert_eq!((problem.field.as_str(), problem.code), ("photos.2", FieldRule::EmptyFile));
    assert_eq!(FieldProblem::from(large).field, "file");
}

#[test]
fn photos_cut_short_are_refused_wherever_they_are_cut() {
    let picture = DynamicImage::ImageRgb8(corners(300, 200));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = with_noise(&picture, format);
        for part in 1..40 {
            let cut = &whole[..whole.len() * part / 40];
            let rule = rule(cut);
            assert!(rule == FieldRule::FileDamaged || (cut.len() < 16 && rule == FieldRule::FileType), "{format:?} {part}/40: {rule:?}");
        }
    }
    let thumbnail_inside = [&jpeg_file(80, 60)[..200], &jpeg_file(10, 10)[..]].concat();
    assert!(accept(&thumbnail_inside[..thumbnail_inside.len() - 2]).is_err());
}

/// A file that does not compress to nearly nothing.
fn with_noise(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut picture = picture.to_rgb8();
    let mut chance = Chance(7);
    picture.pixels_mut().for_each(|pixel| pixel.0[1] = chance.next() as u8);
    file(&DynamicImage::ImageRgb8(picture), format)
}

#[test]
fn bombs_are_refused_before_they_are_decoded() {
    let mut png = file(&DynamicImage::ImageRgb8(corners(8, 8)), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    let mut jpeg = jpeg_file(8, 8);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xC3, 0x50, 0xC3, 0x50]);
    let webp = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xffVP8L\x06\0\0\0\x2f\xff\xff\xff\xff\x07";
    for bomb in [&png[..], &jpeg, webp] {
        let start = Instant::now();
        let refused = accept(bomb).unwrap_err();
        assert!(matches!(refused.rule, FieldRule::TooManyPixels | FieldRule::FileDamaged), "{:?}", refused.rule);
        assert!(start.elapsed() < Duration::from_millis(500), "{:?}", start.elapsed());
    }
    assert_eq!(rule(&png), FieldRule::TooManyPixels);
    assert_eq!((rule(&jpeg), accept(&jpeg).unwrap_err().params["actual"].as_str()), (FieldRule::TooManyPixels, "2500000000"));
}

#[test]
fn twelve_thousand_pixels_square_are_too_many() {
    let mut jpeg = jpeg_file(8, 8);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x2E, 0xE0, 0x2E, 0xE0]);
    let refused = accept(&jpeg).unwrap_err();
    assert_eq!(
        (refused.rule, refused.params["max"].as_str(), refused.params["actual"].as_str()),
        (FieldRule::TooManyPixels, "64000000", "144000000")
    );
}

/// Numbers that look random and are the same in every run.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap() % end
    }
}

#[test]
fn damaged_files_never_panic_and_what_is_kept_stays_clean() {
    let picture = DynamicImage::ImageRgb8(corners(64, 48));
    let mut seeds: Vec<Vec<u8>> = [ImageFormat::Png, ImageFormat::WebP].map(|format| with_noise(&picture, format)).to_vec();
    seeds.push(with_exif(&with_noise(&picture, ImageFormat::Jpeg), 6));
    let paragraphs = ["Ciao".to_owned()];
    seeds.push(
        crate::pdf::letter(&crate::pdf::Letter {
            language: "it",
            title: "T",
            town: "C",
            paragraphs: &paragraphs,
            rows: &[],
            issued_on: "",
        })
        .unwrap(),
    );
    let mut chance = Chance(2026);
    let mut outcomes = [0_u32; 2];
    for round in 0..600 {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=chance.below(6) {
            let at = chance.below(bytes.len());
            match chance.below(5) {
                0 => bytes[at] ^= 1 << chance.below(8),
                1 => bytes[at] = chance.next() as u8,
                2 => bytes.truncate(at.max(12)),
                3 => drop(bytes.splice(at..at, MARK.iter().copied())),
                _ => bytes.copy_within(at.., at / 2),
            }
        }
        match std::panic::catch_unwind(|| look(&bytes)).unwrap() {
            Ok(accepted) => {
                outcomes[0] += 1;
                assert!(accepted.media_type == "application/pdf" || !holds(&accepted.bytes, MARK), "round {round}");
            }
            Err(refused) => {
                outcomes[1] += 1;
                assert_ne!(refused.rule, FieldRule::Unknown);
            }
        }
    }
    assert!(outcomes.iter().all(|count| *count > 20), "{outcomes:?}");
}

/// The files of `FILO_PHOTOS_DIR`, or of the photos that come with the design where they are at hand, by name.
fn real_files() -> Vec<(String, Vec<u8>)> {
    let beside = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/photos");
    let named = std::env::var_os("FILO_PHOTOS_DIR").map(std::path::PathBuf::from);
    let folder = named.clone().unwrap_or(beside);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        assert!(named.is_none(), "FILO_PHOTOS_DIR names no folder: {}", folder.display());
        eprintln!("SKIPPED: FILO_PHOTOS_DIR names no folder with photos");
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut files: Vec<_> =
        paths.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn every_real_file_is_kept_clean_and_upright_or_refused_for_a_reason() {
    for (name, bytes) in real_files() {
        let limit = u64::from(SIDE_PIXELS_MAX);
        match std::panic::catch_unwind(|| look(&bytes)).unwrap_or_else(|_| panic!("{name} makes a decoder panic")) {
            Ok(accepted) if accepted.media_type == "application/pdf" => assert_eq!(accepted.bytes, bytes, "{name}"),
            Ok(accepted) => {
                let small = accepted.thumbnail.as_ref().unwrap();
                for (jpeg, side) in [(&accepted.bytes, limit), (small, u64::from(THUMBNAIL_SIDE_MAX))] {
                    let image = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
                    assert!(u64::from(image.width().max(image.height())) <= side, "{name}");
                    assert!(jpeg.len() as u64 <= BYTES_MAX, "{name}");
                    assert_eq!(segments(jpeg), ["E0"], "{name}: nothing but JFIF beside the pixels");
                    for word in [&b"Exif"[..], b"http://ns.adobe.com", b"xpacket", b"ICC_PROFILE", b"Photoshop"] {
                        assert!(!holds(jpeg, word), "{name} keeps {}", String::from_utf8_lossy(word));
                    }
                }
                // Upright by the pixels themselves: as wide and high as the picture is once turned.
                let mut decoder = ImageReader::new(Cursor::new(&bytes)).with_guessed_format().unwrap().into_decoder().unwrap();
                let mut turned = DynamicImage::new_luma8(decoder.dimensions().0, decoder.dimensions().1);
                turned.apply_orientation(decoder.orientation().unwrap_or(Orientation::NoTransforms));
                assert_eq!(turned.width() > turned.height(), accepted.width > accepted.height, "{name}");
            }
            Err(refused) => {
                assert!(!matches!(refused.rule, FieldRule::Unknown | FieldRule::Required), "{name}: {refused:?}");
                let is_heic = sniff(&bytes) == FileKind::Heic;
                assert_eq!(is_heic, refused.params.get("reason").is_some_and(|reason| reason == "heic"), "{name}: {refused:?}");
            }
        }
    }
}

/// The application segments and comments of a JPEG, by their marks.
fn segments(jpeg: &[u8]) -> Vec<String> {
    let (mut found, mut at) = (Vec::new(), 2);
    while jpeg[at] == 0xFF && jpeg[at + 1] != 0xDA {
        if matches!(jpeg[at + 1], 0xE0..=0xEF | 0xFE) {
            found.push(format!("{:X}", jpeg[at + 1]));
        }
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

#[test]
fn the_same_real_photo_turned_eight_ways_is_kept_the_same() {
    let mut upright: Vec<(String, RgbImage)> = Vec::new();
    // Files of a series: `landscape_1.jpg` to `landscape_8.jpg` carry the eight orientations of Exif.
    for (name, bytes) in real_files().into_iter().filter(|(name, _)| name.starts_with("landscape_")) {
        let image = kept(&bytes);
        assert!(image.width() > image.height(), "{name}");
        upright.push((name, image::imageops::thumbnail(&image, 30, 20)));
    }
    let apart = |one: &RgbImage, other: &RgbImage| {
        one.iter().zip(other.iter()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum::<u64>() / (30 * 20 * 3)
    };
    let Some(((_, first), others)) = upright.split_first() else { return };
    for (name, other) in others {
        assert!(apart(first, other) < 20, "{name}: the same photo looks different");
        assert!(apart(first, &image::imageops::flip_horizontal(other)) > 30, "{name}: and its mirror image the same");
        assert!(apart(first, &image::imageops::rotate180(other)) > 30, "{name}: or upside down");
    }
}
