//! Photos and PDF documents that a citizen sends: what is accepted, and what the CRM answers.
use crate::calendar::UtcTime;
use crate::id::AttachmentId;
use serde::{Deserialize, Serialize};

/// Most bytes of one file as it is sent.
pub const BYTES_MAX: u64 = 15 * 1024 * 1024;
/// Most pixels of an image as it is sent (width × height), counted before it is decoded.
pub const PIXELS_MAX: u64 = 64_000_000;
/// The longest side of a photo after shrinking, in pixels.
pub const SIDE_PIXELS_MAX: u32 = 2048;

/// A file that the CRM has accepted and kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// To name it in a report, and in its URL.
    pub id: AttachmentId,
    /// File name as the person knows it, made harmless.
    pub name: String,
    /// `image/jpeg` (photos are always re-encoded) or `application/pdf`.
    pub media_type: String,
    /// Bytes as kept.
    pub bytes: u64,
    /// SHA-256 of the bytes that were sent, lower-case hexadecimal: the device may tick the file only when it matches.
    pub sent_sha256: String,
    /// Width in pixels; 0 for a PDF.
    pub width: u32,
    /// Height in pixels; 0 for a PDF.
    pub height: u32,
    /// When it arrived.
    pub added_at: UtcTime,
}

/// What a file is, by its first bytes. Names and declared types are not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// JPEG image.
    Jpeg,
    /// PNG image.
    Png,
    /// WebP image.
    Webp,
    /// HEIC/HEIF image (iPhone): the browser must turn it into JPEG, and not every browser can.
    Heic,
    /// PDF document.
    Pdf,
    /// Anything else.
    Other,
}

/// Tells a file's kind from its first bytes (at least 12 of them).
pub fn sniff(bytes: &[u8]) -> FileKind {
    let at = |offset: usize, mark: &[u8]| bytes.get(offset..offset + mark.len()) == Some(mark);
    if at(0, &[0xFF, 0xD8, 0xFF]) {
        FileKind::Jpeg
    } else if at(0, b"\x89PNG\r\n\x1a\n") {
        FileKind::Png
    } else if at(0, b"RIFF") && at(8, b"WEBP") {
        FileKind::Webp
    } else if at(4, b"ftyp") && [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"].iter().any(|brand| at(8, *brand)) {
        FileKind::Heic
    } else if at(0, b"%PDF-") {
        FileKind::Pdf
    } else {
        FileKind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_bytes() {
        assert_eq!(sniff(&[0xFF, 0xD8, 0xFF, 0xE0]), FileKind::Jpeg);
        assert_eq!(sniff(b"\0\0\0\x18ftypheic\0\0"), FileKind::Heic);
        assert_eq!(sniff(b"RIFF\0\0\0\0WEBPVP8 "), FileKind::Webp);
        assert_eq!(sniff(b"%PDF-1.7"), FileKind::Pdf);
        assert_eq!(sniff(b"<html>"), FileKind::Other);
        assert_eq!(sniff(b""), FileKind::Other);
    }
}
