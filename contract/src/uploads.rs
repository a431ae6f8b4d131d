//! Files that travel in pieces (tus 1.0): how they are announced, and the words of the protocol.
//!
//! A report is accepted with its files still on their way. Each is announced with an identifier that the device chose;
//! the upload that brings it names the same identifier in its metadata, before or after the report.
use crate::attachments::{AttachmentKind, BYTES_MAX};
use crate::id::AttachmentId;
use crate::problem::{FieldProblem, FieldRule};
use crate::reports::{DOCUMENTS_MAX, PHOTOS_MAX};
use serde::{Deserialize, Serialize};

/// The version of the protocol that is spoken.
pub const TUS_VERSION: &str = "1.0.0";
/// The extensions that are spoken, as `OPTIONS` lists them.
pub const TUS_EXTENSIONS: &str = "creation,creation-with-upload,checksum,expiration,termination";
/// The algorithms of `Upload-Checksum`.
pub const CHECKSUM_ALGORITHMS: &str = "sha1,sha256";
/// The media type of a piece.
pub const PIECE_MEDIA_TYPE: &str = "application/offset+octet-stream";
/// The status of an answer to a piece, or a whole file, that is not what its checksum says: nothing of it was kept.
pub const CHECKSUM_MISMATCH: u16 = 460;

/// Key in `Upload-Metadata`: the file's name.
pub const METADATA_NAME: &str = "filename";
/// Key in `Upload-Metadata`: `photo` or `document`; without it the bytes decide.
pub const METADATA_KIND: &str = "kind";
/// Key in `Upload-Metadata`: the identifier the device chose; without it the CRM chooses one.
pub const METADATA_ATTACHMENT: &str = "attachment";

/// A file that will come: what the device knows of it when it sends the report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Announced {
    /// Chosen by the device (UUIDv7), the same in the upload's metadata.
    pub id: AttachmentId,
    /// What it is for.
    pub kind: AttachmentKind,
    /// File name as the person knows it.
    #[serde(default)]
    pub name: String,
    /// Bytes that will be sent.
    pub bytes: u64,
    /// SHA-256 of those bytes, lower-case hexadecimal.
    pub sha256: String,
}

impl Announced {
    /// What is wrong with an announced file; `field` is its place (`files.2`).
    pub fn problem(&self, field: &str) -> Option<FieldProblem> {
        let hexadecimal = self.sha256.len() == 64 && self.sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if self.bytes == 0 {
            Some(FieldProblem::new(field, FieldRule::EmptyFile))
        } else if self.bytes > BYTES_MAX {
            Some(FieldProblem::new(field, FieldRule::FileTooLarge).with("max", BYTES_MAX).with("actual", self.bytes))
        } else if !hexadecimal {
            Some(FieldProblem::new(field, FieldRule::FileDamaged))
        } else if self.kind == AttachmentKind::Unknown {
            Some(FieldProblem::new(field, FieldRule::FileType))
        } else {
            None
        }
    }
}

/// What is wrong with announced files, one by one and as too many, beside photos and documents sent already.
pub fn problems(files: &[Announced], photos: usize, documents: usize) -> Vec<FieldProblem> {
    let mut problems = Vec::new();
    let announced = |kind| files.iter().filter(|file| file.kind == kind).count();
    let photos = photos + announced(AttachmentKind::Photo);
    let documents = documents + announced(AttachmentKind::Document);
    for (field, count, max) in [("photos", photos, PHOTOS_MAX), ("documents", documents, DOCUMENTS_MAX)] {
        if count > max {
            problems.push(FieldProblem::new(field, FieldRule::TooManyItems).with("max", max));
        }
    }
    problems.extend(files.iter().enumerate().filter_map(|(index, file)| file.problem(&format!("files.{index}"))));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(change: impl FnOnce(&mut Announced)) -> Option<FieldRule> {
        let mut file = Announced { bytes: 10, sha256: "a0".repeat(32), ..Announced::default() };
        change(&mut file);
        file.problem("files.0").map(|problem| problem.code)
    }

    #[test]
    fn what_cannot_arrive_is_not_announced() {
        assert_eq!(rule(|_| ()), None);
        assert_eq!(rule(|file| file.bytes = 0), Some(FieldRule::EmptyFile));
        assert_eq!(rule(|file| file.bytes = BYTES_MAX + 1), Some(FieldRule::FileTooLarge));
        assert_eq!(rule(|file| file.sha256 = "A0".repeat(32)), Some(FieldRule::FileDamaged));
        assert_eq!(rule(|file| file.sha256.clear()), Some(FieldRule::FileDamaged));
        assert_eq!(rule(|file| file.kind = AttachmentKind::Unknown), Some(FieldRule::FileType));
    }
}
