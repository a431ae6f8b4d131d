//! Reads from an image's bytes, without decoding it: how many pixels it has, and whether it is whole.
use contract::attachments::FileKind;

/// Width and height as stored (before turning upright). `None` when the header is missing or damaged.
pub fn dimensions(kind: FileKind, bytes: &[u8]) -> Option<(u32, u32)> {
    match kind {
        FileKind::Jpeg => jpeg(bytes).map(|(size, _)| size),
        FileKind::Png => Some((be32(bytes, 16)?, be32(bytes, 20)?)),
        FileKind::Webp => webp(bytes),
        FileKind::Heic | FileKind::Pdf | FileKind::Other => None,
    }
}

/// Whether a JPEG has its end, looked for from behind, where it is: one that was cut short decodes to a picture with a grey bottom, without any error.
pub fn is_whole(kind: FileKind, bytes: &[u8]) -> bool {
    match kind {
        FileKind::Jpeg => jpeg(bytes)
            .is_some_and(|(_, scan)| bytes.get(scan..).is_some_and(|rest| rest.windows(2).rev().any(|pair| pair == [0xFF, 0xD9]))),
        FileKind::Png => bytes.windows(4).rev().take(64).any(|name| name == b"IEND"),
        _ => true,
    }
}

/// Walks a JPEG's segments: its size from the frame header, and where its picture data begin (ITU T.81 annex B).
fn jpeg(bytes: &[u8]) -> Option<((u32, u32), usize)> {
    let mut at = 2;
    let mut size = None;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        match marker {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD7 => at += 2,
            0xDA => return Some((size?, at)),
            _ => {
                if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
                    size = Some((be16(bytes, at + 7)?, be16(bytes, at + 5)?));
                }
                at += 2 + be16(bytes, at + 2)? as usize;
            }
        }
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let byte = |at: usize| bytes.get(at).map(|byte| u32::from(*byte));
    match bytes.get(12..16)? {
        b"VP8X" => Some((1 + byte(24)? + (byte(25)? << 8) + (byte(26)? << 16), 1 + byte(27)? + (byte(28)? << 8) + (byte(29)? << 16))),
        b"VP8L" => {
            let bits = byte(21)? | byte(22)? << 8 | byte(23)? << 16 | byte(24)? << 24;
            Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        }
        b"VP8 " => Some(((byte(26)? | byte(27)? << 8) & 0x3FFF, (byte(28)? | byte(29)? << 8) & 0x3FFF)),
        _ => None,
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    let pair: [u8; 2] = bytes.get(at..at + 2)?.try_into().ok()?;
    Some(u32::from(u16::from_be_bytes(pair)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    let four: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
    Some(u32::from_be_bytes(four))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG's skeleton: an EXIF segment with a whole small JPEG inside, a frame header 640×480, a scan.
    fn jpeg_bytes() -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1, 0x00, 0x06, 0xFF, 0xD8, 0xFF, 0xD9];
        bytes.extend([0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x01, 0xE0, 0x02, 0x80, 0x01, 0x01, 0x11, 0x00]);
        bytes.extend([0xFF, 0xDA, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 0xFF, 0xD9]);
        bytes
    }

    #[test]
    fn a_jpeg_tells_its_size_and_whether_it_was_cut_short() {
        let whole = jpeg_bytes();
        assert_eq!(dimensions(FileKind::Jpeg, &whole), Some((640, 480)));
        assert!(is_whole(FileKind::Jpeg, &whole));
        // The end mark of the small picture inside the EXIF segment must not count.
        let cut = &whole[..whole.len() - 2];
        assert!(!is_whole(FileKind::Jpeg, cut));
    }

    #[test]
    fn damaged_headers_have_no_size() {
        let whole = jpeg_bytes();
        for length in 0..whole.len() {
            // Whatever the length, nothing panics.
            let _ = (
                dimensions(FileKind::Jpeg, &whole[..length]),
                dimensions(FileKind::Webp, &whole[..length]),
                is_whole(FileKind::Png, &whole[..length]),
            );
        }
        assert_eq!(dimensions(FileKind::Jpeg, &[0xFF, 0xD8, 0xFF]), None);
        assert_eq!(dimensions(FileKind::Png, b"\x89PNG\r\n\x1a\n"), None);
    }

    #[test]
    fn a_png_tells_its_size() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 0x2E, 0xE0, 0, 0, 0x2E, 0xE0]);
        assert_eq!(dimensions(FileKind::Png, &png), Some((12_000, 12_000)));
    }
}
