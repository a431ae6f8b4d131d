//! The journey of one piece: written to the disk as it comes, acknowledged only once it is safe there, and with the last
//! piece the whole file is checked and becomes an attachment.
use super::lanes::Turn;
use super::protocol::{Checksum, expiry};
use crate::attachments::metadata::with_extension;
use crate::attachments::{self, FIELD, KeptFiles, kind_of};
use crate::error::{Error, Result};
use crate::files::Piece;
use crate::state::Crm;
use crate::{secret, word};
use axum::body::Body;
use contract::FieldProblem;
use contract::attachments::{AttachmentKind, AttachmentState};
use contract::id::{AttachmentId, CitizenId};
use contract::problem::FieldRule;
use futures_util::StreamExt;
use sqlx::Row;
use sqlx::any::AnyRow;

/// After so many bytes of one piece they are flushed and acknowledged, whatever follows.
const SAFE_EVERY: u64 = 256 * 1024;

/// An upload as it stands in the database.
pub struct Upload {
    /// Its identifier, which is the attachment's.
    pub id: AttachmentId,
    /// Whose it is.
    pub owner: CitizenId,
    /// Bytes of the whole file.
    pub length: u64,
    /// Bytes that are safe.
    pub received: u64,
    /// How far it has come.
    pub state: AttachmentState,
    /// Until when it can go on; none when no upload has begun.
    pub expires_at: Option<String>,
    /// `Upload-Metadata` as it came.
    pub metadata: String,
    /// What the file is for.
    pub kind: AttachmentKind,
    name: String,
    file: String,
}

/// The columns that [`Upload::from`] reads.
pub const COLUMNS: &str = "id, owner_id, length, received, state, expires_at, metadata, kind, name, file";

impl Upload {
    /// A row as an upload.
    ///
    /// # Errors
    /// When a column is not what it should be.
    pub fn from(row: &AnyRow) -> Result<Self> {
        let count = |column: &str| Ok::<u64, Error>(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or_default());
        Ok(Self {
            id: AttachmentId(row.try_get("id")?),
            owner: CitizenId(row.try_get("owner_id")?),
            length: count("length")?,
            received: count("received")?,
            state: word::from(row.try_get("state")?)?,
            expires_at: row.try_get("expires_at")?,
            metadata: row.try_get::<Option<String>, _>("metadata")?.unwrap_or_default(),
            kind: word::from(row.try_get("kind")?)?,
            name: row.try_get("name")?,
            file: row.try_get("file")?,
        })
    }

    /// Whether its time is over; none when it has not begun.
    pub fn has_expired(&self, crm: &Crm) -> Option<bool> {
        self.expires_at.as_ref().map(|end| *end < crm.clock.utc().0)
    }

    /// The file of what has arrived; empty when nothing has.
    pub fn file(&self) -> &str {
        &self.file
    }
}

/// How the body of a piece ended.
#[derive(PartialEq, Eq)]
enum End {
    /// All of it came.
    Whole,
    /// The connection broke, or nothing came for too long.
    Cut,
    /// Somebody newer took over.
    Overtaken,
}

/// Takes a piece that begins where the upload stands; how many bytes are safe now. What came before a cut is kept,
/// unless the piece has a checksum, which nothing but the whole piece can meet.
///
/// # Errors
/// [`Error::Checksum`], [`Error::TooLarge`] for more bytes than the file has, [`Error::Conflict`] when somebody newer took
/// over, or what the disk or the database say.
pub async fn piece(crm: &Crm, turn: Turn, mut upload: Upload, body: Body, checksum: Option<Checksum>) -> Result<u64> {
    let name = (!upload.file.is_empty()).then_some(upload.file.as_str());
    let Some(mut piece) = crm.files.resume(name, upload.received).await? else {
        // The disk has less than what was acknowledged: better the whole file again than a hole in it.
        begin_again(crm, &upload).await?;
        return Err(Error::Conflict);
    };
    let taken = take(crm, turn, &mut upload, &mut piece, (body, checksum)).await;
    if matches!(taken, Err(Error::Checksum | Error::TooLarge(_))) && upload.file.is_empty() {
        crm.files.forget(&piece.name).await;
    }
    taken
}

async fn take(
    crm: &Crm,
    mut turn: Turn,
    upload: &mut Upload,
    piece: &mut Piece,
    (body, mut checksum): (Body, Option<Checksum>),
) -> Result<u64> {
    let start = upload.received;
    let mut stream = body.into_data_stream();
    let (mut total, mut safe) = (start, start);
    let end = loop {
        let chunk = tokio::select! {
            chunk = tokio::time::timeout(crm.config.request_time, stream.next()) => chunk,
            () = turn.overtaken() => break End::Overtaken,
        };
        let chunk = match chunk {
            Ok(Some(Ok(chunk))) => chunk,
            Ok(None) => break End::Whole,
            Ok(Some(Err(_))) | Err(_) => break End::Cut,
        };
        total += chunk.len() as u64;
        if total > upload.length {
            return Err(too_much(upload.length));
        }
        piece.write(&chunk).await?;
        match &mut checksum {
            Some(checksum) => checksum.add(&chunk),
            None if total - safe >= SAFE_EVERY && total < upload.length => {
                acknowledge(crm, upload, piece, total).await?;
                safe = total;
            }
            None => {}
        }
    };
    if let Some(checksum) = checksum {
        if end != End::Whole {
            total = start;
        } else if !checksum.fits() {
            return Err(Error::Checksum);
        }
    }
    if total == upload.length {
        piece.sync().await?;
        finish(crm, upload, &piece.name).await?;
        return Ok(total);
    }
    if total > safe || upload.file.is_empty() {
        acknowledge(crm, upload, piece, total).await?;
    }
    match end {
        End::Whole => Ok(total),
        End::Cut => Err(Error::Malformed(vec![FieldProblem::new(FIELD, FieldRule::FileDamaged)])),
        End::Overtaken => Err(Error::Conflict),
    }
}

/// A piece with more bytes than are missing.
pub fn too_much(length: u64) -> Error {
    Error::TooLarge(vec![FieldProblem::new(FIELD, FieldRule::FileTooLarge).with("max", length)])
}

/// Flushes what came and writes down how much it is.
async fn acknowledge(crm: &Crm, upload: &mut Upload, piece: &mut Piece, total: u64) -> Result<()> {
    piece.sync().await?;
    let mut change = crm.db.begin().await?;
    let done = sqlx::query(
        "UPDATE attachments SET received = $1, file = $2, expires_at = $3
         WHERE owner_id = $4 AND id = $5 AND state = 'travelling' AND received = $6 AND file = $7",
    )
    .bind(i64::try_from(total).unwrap_or(i64::MAX))
    .bind(&piece.name)
    .bind(expiry(crm).0)
    .bind(upload.owner.as_str())
    .bind(upload.id.as_str())
    .bind(i64::try_from(upload.received).unwrap_or(i64::MAX))
    .bind(&upload.file)
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    if done.rows_affected() == 0 {
        return Err(Error::Conflict);
    }
    (upload.received, upload.file) = (total, piece.name.clone());
    Ok(())
}

/// What became of a whole file.
struct Outcome {
    files: KeptFiles,
    state: AttachmentState,
    problem: Option<FieldProblem>,
    kind: AttachmentKind,
    media_type: &'static str,
    bytes: usize,
    width: u32,
    height: u32,
}

/// Checks the whole file and makes it an attachment, or says why it is refused. A file that is not the one announced is
/// thrown away and can come again from its beginning.
async fn finish(crm: &Crm, upload: &Upload, partial: &str) -> Result<()> {
    let sent = crm.files.read(partial).await?;
    let sha256 = secret::sha256_hex(&sent);
    if !is_announced(crm, upload, &sha256).await? {
        begin_again(crm, upload).await?;
        return Err(Error::Checksum);
    }
    let outcome = judge(crm, upload, sent).await?;
    let settled = settle(crm, upload, &outcome, &sha256).await;
    match settled {
        Ok(true) => crm.files.forget(partial).await,
        _ => outcome.files.forget(crm).await,
    }
    if settled? { Ok(()) } else { Err(Error::Conflict) }
}

async fn is_announced(crm: &Crm, upload: &Upload, sha256: &str) -> Result<bool> {
    let row = sqlx::query("SELECT announced_sha256 FROM attachments WHERE owner_id = $1 AND id = $2")
        .bind(upload.owner.as_str())
        .bind(upload.id.as_str())
        .fetch_optional(crm.db.reader())
        .await?
        .ok_or(Error::NotFound)?;
    Ok(row.try_get::<Option<String>, _>("announced_sha256")?.is_none_or(|announced| announced == sha256))
}

/// Forgets all that came: the next piece begins at 0.
async fn begin_again(crm: &Crm, upload: &Upload) -> Result<()> {
    let mut change = crm.db.begin().await?;
    sqlx::query("UPDATE attachments SET received = 0, file = '' WHERE owner_id = $1 AND id = $2 AND state = 'travelling'")
        .bind(upload.owner.as_str())
        .bind(upload.id.as_str())
        .execute(&mut *change)
        .await?;
    change.commit().await?;
    crm.files.forget(&upload.file).await;
    Ok(())
}

/// Looks at the bytes. Only what the CRM itself cannot do is an error.
async fn judge(crm: &Crm, upload: &Upload, sent: Vec<u8>) -> Result<Outcome> {
    let length = sent.len();
    let refused = |problem: FieldProblem| Outcome {
        files: KeptFiles { file: String::new(), thumbnail: None },
        state: AttachmentState::Refused,
        problem: Some(problem),
        kind: upload.kind,
        media_type: "",
        bytes: length,
        width: 0,
        height: 0,
    };
    let accepted = match attachments::accept(crm, sent).await? {
        Ok(accepted) => accepted,
        Err(why) => return Ok(refused(why.at(FIELD))),
    };
    let kind = kind_of(accepted.media_type);
    if upload.kind != AttachmentKind::Unknown && upload.kind != kind {
        return Ok(refused(FieldProblem::new(FIELD, FieldRule::FileType)));
    }
    Ok(Outcome {
        files: attachments::keep(crm, &accepted).await?,
        state: AttachmentState::Ready,
        problem: None,
        kind,
        media_type: accepted.media_type,
        bytes: accepted.bytes.len(),
        width: accepted.width,
        height: accepted.height,
    })
}

/// Writes down what became of it; false when it is no longer travelling, or a report has announced other bytes meanwhile.
async fn settle(crm: &Crm, upload: &Upload, outcome: &Outcome, sha256: &str) -> Result<bool> {
    let problem = outcome.problem.as_ref().map(serde_json::to_string).transpose()?;
    let name = if outcome.media_type.is_empty() { upload.name.clone() } else { with_extension(&upload.name, outcome.media_type) };
    let mut change = crm.db.begin().await?;
    let done = sqlx::query(
        "UPDATE attachments SET state = $1, problem = $2, kind = $3, name = $4, media_type = $5, bytes = $6, sent_sha256 = $7,
                width = $8, height = $9, added_at = $10, file = $11, thumbnail = $12, received = length
         WHERE owner_id = $13 AND id = $14 AND state = 'travelling' AND COALESCE(announced_sha256, $7) = $7",
    )
    .bind(word::to(&outcome.state)?)
    .bind(problem)
    .bind(word::to(&outcome.kind)?)
    .bind(name)
    .bind(outcome.media_type)
    .bind(i64::try_from(outcome.bytes).unwrap_or(i64::MAX))
    .bind(sha256)
    .bind(i64::from(outcome.width))
    .bind(i64::from(outcome.height))
    .bind(crm.clock.utc().0)
    .bind(&outcome.files.file)
    .bind(&outcome.files.thumbnail)
    .bind(upload.owner.as_str())
    .bind(upload.id.as_str())
    .execute(&mut *change)
    .await?;
    change.commit().await?;
    Ok(done.rows_affected() == 1)
}
