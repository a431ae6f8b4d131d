//! Photos and documents on disk: the only file of the CRM that reads or writes them.
//!
//! Each is kept under a random name of its own, two letters deep. A file is written whole and flushed to the disk
//! before the row that names it; what a crash leaves without a row is swept away later.
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::io::{ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::fs;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

/// A file without a row is swept away when it is older than this: a younger one may still be getting its row.
const SWEPT_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A file that is being written.
pub struct Piece {
    /// Its name.
    pub name: String,
    file: fs::File,
}

impl Piece {
    /// Writes on.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.file.write_all(bytes).await?)
    }

    /// Flushes to the disk all that was written: only then may it be acknowledged.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn sync(&mut self) -> Result<()> {
        self.file.flush().await?;
        Ok(self.file.sync_data().await?)
    }
}

/// The folder of files.
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Makes the folder when it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn open(folder: PathBuf) -> std::io::Result<Self> {
        fs::create_dir_all(&folder).await?;
        Ok(Self { folder })
    }

    /// Keeps some bytes; the name to ask for them again.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn keep(&self, bytes: &[u8]) -> Result<String> {
        let name = uuid::Uuid::new_v4().simple().to_string();
        let path = self.path(&name)?;
        let folder = path.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&folder).await?;
        let mut file = fs::File::create_new(&path).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::File::open(&folder).await?.sync_all().await?;
        Ok(name)
    }

    /// Goes on writing a file that arrives in pieces: what lies behind `offset` was never acknowledged and goes.
    /// Without a name a new file begins. None when the disk has fewer bytes than `offset`.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn resume(&self, name: Option<&str>, offset: u64) -> Result<Option<Piece>> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.keep(&[]).await?,
        };
        let mut file = match fs::File::options().write(true).open(self.path(&name)?).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        if file.metadata().await?.len() < offset {
            return Ok(None);
        }
        file.set_len(offset).await?;
        file.seek(SeekFrom::Start(offset)).await?;
        Ok(Some(Piece { name, file }))
    }

    /// Begins a file that is written on a thread of its own; its name.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn begin(&self) -> Result<(String, std::fs::File)> {
        let name = self.keep(&[]).await?;
        let file = fs::File::options().write(true).open(self.path(&name)?).await?;
        Ok((name, file.into_std().await))
    }

    /// The file kept under a name, to be read on a thread of its own.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, else what the disk says.
    pub async fn open_kept(&self, name: &str) -> Result<std::fs::File> {
        Ok(self.open_to_read(name).await?.into_std().await)
    }

    /// The file kept under a name, to be read piece by piece.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none, else what the disk says.
    pub async fn open_to_read(&self, name: &str) -> Result<fs::File> {
        match fs::File::open(self.path(name)?).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NotFound),
            opened => Ok(opened?),
        }
    }

    /// The bytes kept under a name.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there are none, else what the disk says.
    pub async fn read(&self, name: &str) -> Result<Vec<u8>> {
        match fs::read(self.path(name)?).await {
            Err(error) if error.kind() == ErrorKind::NotFound => Err(Error::NotFound),
            read => Ok(read?),
        }
    }

    /// Forgets what is kept under a name; nothing happens when it is gone already.
    pub async fn forget(&self, name: &str) {
        let Ok(path) = self.path(name) else { return };
        if let Err(error) = fs::remove_file(&path).await
            && error.kind() != ErrorKind::NotFound
        {
            tracing::warn!("a file could not be removed: {error}");
        }
    }

    /// Removes files older than a day that no row names.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn sweep(&self, named: &HashSet<String>, now: SystemTime) -> Result<u32> {
        let mut removed = 0;
        let mut folders = fs::read_dir(&self.folder).await?;
        while let Some(folder) = folders.next_entry().await? {
            if !folder.file_type().await?.is_dir() {
                continue;
            }
            let mut entries = fs::read_dir(folder.path()).await?;
            while let Some(entry) = entries.next_entry().await? {
                let name = entry.file_name().to_string_lossy().into_owned();
                let age = now.duration_since(entry.metadata().await?.modified()?).unwrap_or_default();
                if age > SWEPT_AFTER && self.path(&name).is_ok() && !named.contains(&name) {
                    self.forget(&name).await;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    /// Where a name is kept. Names are ours: 32 hexadecimal digits and nothing that could lead elsewhere.
    fn path(&self, name: &str) -> Result<PathBuf> {
        match name.get(..2) {
            Some(start) if name.len() == 32 && name.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(Path::new(&self.folder).join(start).join(name))
            }
            _ => Err(Error::Internal("a file name that is not ours".to_owned())),
        }
    }
}
