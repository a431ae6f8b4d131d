//! A zip file that is written on a thread of its own, piece by piece: what stands in it is never in memory as a whole.
use crate::error::{Error, Result};
use crate::state::Crm;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinHandle;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, result::ZipError};

/// Pieces that wait to be written, at most.
const WAITING: usize = 16;
/// Most characters of a file's name in the archive.
const NAME_CHARS_MAX: usize = 80;

/// A piece of the archive.
enum Piece {
    /// A file begins; whether it is worth packing.
    Begin(String, bool),
    /// More of it.
    Bytes(Vec<u8>),
    /// All of it.
    Whole(File),
    /// Nothing more.
    End,
}

/// An archive that is being written.
pub struct Archive {
    name: String,
    pieces: Sender<Piece>,
    writer: JoinHandle<io::Result<u64>>,
    taken: HashSet<String>,
}

impl Archive {
    /// Begins one among the CRM's files.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn begin(crm: &Crm) -> Result<Self> {
        let (name, file) = crm.files.begin().await?;
        let (pieces, waiting) = mpsc::channel(WAITING);
        Ok(Self { name, pieces, writer: tokio::task::spawn_blocking(move || write(file, waiting)), taken: HashSet::new() })
    }

    /// Its name among the CRM's files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Begins a file of text.
    ///
    /// # Errors
    /// When the disk has refused what came before.
    pub async fn text(&mut self, path: &str) -> Result<()> {
        self.put(Piece::Begin(path.to_owned(), true)).await
    }

    /// More of it.
    ///
    /// # Errors
    /// When the disk has refused what came before.
    pub async fn more(&mut self, bytes: Vec<u8>) -> Result<()> {
        self.put(Piece::Bytes(bytes)).await
    }

    /// A file of the CRM as it is, below a folder; its path in the archive. Two that are called the same are told apart.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not there, or what the disk says.
    pub async fn kept(&mut self, crm: &Crm, (folder, name): (&str, &str), kept: &str) -> Result<String> {
        let file = crm.files.open_kept(kept).await?;
        let path = self.free(folder, name);
        self.put(Piece::Begin(path.clone(), false)).await?;
        self.put(Piece::Whole(file)).await?;
        Ok(path)
    }

    /// Bytes as a file below a folder; its path in the archive.
    ///
    /// # Errors
    /// When the disk has refused what came before.
    pub async fn bytes(&mut self, (folder, name): (&str, &str), bytes: Vec<u8>) -> Result<String> {
        let path = self.free(folder, name);
        self.put(Piece::Begin(path.clone(), false)).await?;
        self.put(Piece::Bytes(bytes)).await?;
        Ok(path)
    }

    /// Ends it; how many bytes it has. Only now it is whole, and safe on the disk.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn end(mut self) -> Result<u64> {
        self.put(Piece::End).await?;
        Ok(self.writer.await??)
    }

    async fn put(&mut self, piece: Piece) -> Result<()> {
        if self.pieces.send(piece).await.is_ok() {
            return Ok(());
        }
        // The writer has given up: it knows why.
        match (&mut self.writer).await? {
            Err(error) => Err(error.into()),
            Ok(_) => Err(Error::Internal("an archive that ended too early".to_owned())),
        }
    }

    /// A path that is still free. What stands in a name leads nowhere else, on no system.
    fn free(&mut self, folder: &str, name: &str) -> String {
        let name = plain(name);
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() && ending.len() <= 5 => (stem, format!(".{ending}")),
            _ => (name.as_str(), String::new()),
        };
        let mut path = format!("{}/{stem}{ending}", plain(folder));
        let mut count = 1;
        while !self.taken.insert(path.to_lowercase()) {
            count += 1;
            path = format!("{}/{stem} ({count}){ending}", plain(folder));
        }
        path
    }
}

/// A name without what means something to a file system.
fn plain(name: &str) -> String {
    let kept = |c: char| if c.is_control() || "/\\:*?\"<>|%#".contains(c) || !contract::text::is_safe(c) { '_' } else { c };
    let name: String = name.trim().trim_start_matches('.').chars().map(kept).take(NAME_CHARS_MAX).collect();
    let name = name.trim().trim_end_matches('.').to_owned();
    if name.is_empty() { "file".to_owned() } else { name }
}

fn write(file: File, mut pieces: Receiver<Piece>) -> io::Result<u64> {
    let mut zip = ZipWriter::new(BufWriter::new(file));
    let options = SimpleFileOptions::default().large_file(true).unix_permissions(0o600);
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Piece::Begin(path, is_text) => {
                let method = if is_text { CompressionMethod::Deflated } else { CompressionMethod::Stored };
                zip.start_file(path, options.compression_method(method)).map_err(broken)?;
            }
            Piece::Bytes(bytes) => zip.write_all(&bytes)?,
            Piece::Whole(mut file) => drop(io::copy(&mut file, &mut zip)?),
            Piece::End => {
                let file = zip.finish().map_err(broken)?.into_inner().map_err(|error| error.into_error())?;
                file.sync_all()?;
                return Ok(file.metadata()?.len());
            }
        }
    }
    Err(io::Error::other("nobody writes this archive any more"))
}

fn broken(error: ZipError) -> io::Error {
    match error {
        ZipError::Io(error) => error,
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn a_name_in_the_archive_leads_nowhere_else() {
        assert_eq!(plain("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(plain("C:\\x\u{0}.pdf"), "C__x_.pdf");
        assert_eq!(plain(" . "), "file");
        assert_eq!(plain("Età (copia).pdf"), "Età (copia).pdf");
    }
}
