//! Photos and PDF documents that a citizen sends: what is accepted, and what the CRM answers.
use crate::calendar::UtcTime;
use crate::id::AttachmentId;
use crate::problem::FieldProblem;
use serde::{Deserialize, Serialize};

/// Most bytes of one file as it is sent.
pub const BYTES_MAX: u64 = 15 * 1024 * 1024;
/// Most pixels of an image as it is sent (width × height), counted before it is decoded.
pub const PIXELS_MAX: u64 = 64_000_000;
/// The longest side of a photo after shrinking, in pixels.
pub const SIDE_PIXELS_MAX: u32 = 2048;

/// What a file is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    /// A photo.
    #[default]
    Photo,
    /// A PDF document.
    Document,
    /// A kind this version does not know.
    #[serde(other)]
    Unknown,
}

/// How far a file has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AttachmentState {
    /// Announced, or on its way: there is nothing to show yet.
    Travelling,
    /// Whole, checked and kept.
    #[default]
    Ready,
    /// It arrived and cannot be kept; [`Attachment::problem`] says why.
    Refused,
    /// A state this version does not know.
    #[serde(other)]
    Unknown,
}

/// A file that a citizen has sent, is sending or has announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attachment {
    /// To name it in a report, and in its URL.
    pub id: AttachmentId,
    /// What it is for.
    #[serde(default)]
    pub kind: AttachmentKind,
    /// How far it has come.
    #[serde(default)]
    pub state: AttachmentState,
    /// Why it was refused; its field is `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<FieldProblem>,
    /// File name as the person knows it, made harmless.
    pub name: String,
    /// `image/jpeg` (photos are always re-encoded) or `application/pdf`; empty until it is ready.
    pub media_type: String,
    /// Bytes as kept; until it is ready, as they are sent.
    pub bytes: u64,
    /// SHA-256 of the bytes that were sent, lower-case hexadecimal: the device may tick the file only when it matches. Empty while they travel.
    pub sent_sha256: String,
    /// Width in pixels; 0 for a PDF and until it is ready.
    pub width: u32,
    /// Height in pixels; 0 for a PDF and until it is ready.
    pub height: u32,
    /// When it was announced or arrived.
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
