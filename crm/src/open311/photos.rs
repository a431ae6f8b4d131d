//! Photos that come with a request: checked and written anew like everybody's, and part of the report in the same change.
use super::sent::Media;
use super::wire::Refused;
use crate::attachments::{self, KeptFiles, metadata};
use crate::db::Change;
use crate::error::Error;
use crate::secret;
use crate::state::Crm;
use crate::word;
use axum::http::StatusCode;
use contract::attachments::{Attachment, AttachmentKind};
use contract::id::{AttachmentId, CitizenId};

/// A photo that was accepted; its files are kept, and nothing names them yet.
pub(super) struct Photo {
    attachment: Attachment,
    files: KeptFiles,
    length: usize,
}

/// Checks and keeps them all, or none.
pub(super) async fn check(crm: &Crm, media: Vec<Media>) -> Result<Vec<Photo>, Refused> {
    let mut photos = Vec::new();
    for one in media {
        match check_one(crm, one).await {
            Ok(photo) => photos.push(photo),
            Err(refused) => {
                forget(crm, &photos).await;
                return Err(refused);
            }
        }
    }
    Ok(photos)
}

async fn check_one(crm: &Crm, Media { name, bytes }: Media) -> Result<Photo, Refused> {
    let (length, sha256) = (bytes.len(), secret::sha256_hex(&bytes));
    let accepted = attachments::accept(crm, bytes).await?.map_err(|refused| {
        let rule = word::to(&refused.rule).unwrap_or_default().replace('_', " ");
        Refused::new(StatusCode::BAD_REQUEST, &format!("media: {rule}"))
    })?;
    let attachment = attachments::accepted_as(crm, &metadata::harmless(&name), sha256, &accepted);
    if attachment.kind != AttachmentKind::Photo {
        return Err(Refused::new(StatusCode::BAD_REQUEST, "media: a photo is wanted (JPEG, PNG, WebP)"));
    }
    let files = attachments::keep(crm, &accepted).await?;
    Ok(Photo { attachment, files, length })
}

/// Makes their rows; what the report names them by.
pub(super) async fn put(change: &mut Change, owner: &CitizenId, photos: &[Photo]) -> Result<Vec<AttachmentId>, Error> {
    for photo in photos {
        attachments::put(change, (owner, ""), &photo.attachment, (&photo.files, photo.length)).await?;
    }
    Ok(photos.iter().map(|photo| photo.attachment.id.clone()).collect())
}

/// Forgets the files of photos that became nobody's.
pub(super) async fn forget(crm: &Crm, photos: &[Photo]) {
    for photo in photos {
        photo.files.forget(crm).await;
    }
}
