//! The database: SQLite or PostgreSQL behind the same SQL text.
//!
//! SQLite has one writing connection whose transactions begin with BEGIN IMMEDIATE (a deferred one that turns into a
//! writer fails at once, whatever the busy timeout), and a pool of readers beside it. PostgreSQL has one pool.
use crate::events::{self, Happened};
use crate::live::Live;
use contract::id::CitizenId;
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Executor, Transaction};
use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Connections that only read, on SQLite.
const READERS: u32 = 8;
/// Connections on PostgreSQL.
const CONNECTIONS: u32 = 16;

const WRITER_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";
const READER_PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

/// A change under way: all of it happens at [`Change::commit`], or nothing when it is dropped.
pub struct Change {
    transaction: Transaction<'static, Any>,
    /// What it means to citizens who are watching, each with their own.
    happened: BTreeMap<CitizenId, Vec<Happened>>,
    db: Db,
}

impl Deref for Change {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}

impl Change {
    /// Something in this change that a citizen who is watching sees at once.
    pub fn tell(&mut self, citizen: &CitizenId, happened: Happened) {
        self.happened.entry(citizen.clone()).or_default().push(happened);
    }

    /// Makes everything happen, then wakes who is watching. Citizens' lines are locked here alone, last and in one order.
    ///
    /// # Errors
    /// When the database fails; then nothing has happened.
    pub async fn commit(mut self) -> sqlx::Result<()> {
        for (citizen, happened) in &self.happened {
            events::write(&mut self.transaction, citizen, happened, self.db.is_shared).await?;
        }
        self.transaction.commit().await?;
        for citizen in self.happened.keys() {
            self.db.live.wake(citizen);
        }
        Ok(())
    }

    /// Makes nothing happen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rollback(self) -> sqlx::Result<()> {
        self.transaction.rollback().await
    }
}

/// An open database.
#[derive(Clone)]
pub struct Db {
    reader: AnyPool,
    writer: AnyPool,
    begin: &'static str,
    /// Several processes may work on it: PostgreSQL.
    is_shared: bool,
    live: Arc<Live>,
}

impl Db {
    /// Opens the database and brings its tables up to date. A missing SQLite file is made, with its folder.
    ///
    /// # Errors
    /// When it cannot be reached or a migration fails.
    pub async fn open(url: &str) -> sqlx::Result<Self> {
        sqlx::any::install_default_drivers();
        let db = if url.starts_with("sqlite:") { open_sqlite(url).await? } else { open_postgres(url).await? };
        MIGRATIONS.run(&db.writer).await?;
        Ok(db)
    }

    /// For questions.
    pub fn reader(&self) -> &AnyPool {
        &self.reader
    }

    /// Begins a change.
    ///
    /// # Errors
    /// When no connection is free in time.
    pub async fn begin(&self) -> sqlx::Result<Change> {
        let transaction = match self.writer.begin_with(self.begin).await {
            // SQLite ends a transaction by itself when the disk is full or broken; then the driver counts one too many, for ever.
            Err(sqlx::Error::InvalidSavePointStatement | sqlx::Error::BeginFailed) => {
                self.writer.acquire().await?.close().await?;
                self.writer.begin_with(self.begin).await?
            }
            begun => begun?,
        };
        Ok(Change { transaction, happened: BTreeMap::new(), db: self.clone() })
    }

    /// Who is watching, in this process.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// Whether several processes may work on it: PostgreSQL.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Closes all connections; changes under way are waited for.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

async fn open_sqlite(url: &str) -> sqlx::Result<Db> {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let options = AnyConnectOptions::from_str(&format!("sqlite:{path}?mode=rwc"))?;
    let writer = pool(1, WRITER_PRAGMAS).connect_with(options.clone()).await?;
    let reader = pool(READERS, READER_PRAGMAS).connect_with(options).await?;
    Ok(Db { reader, writer, begin: "BEGIN IMMEDIATE", is_shared: false, live: Arc::default() })
}

fn pool(connections: u32, pragmas: &'static str) -> AnyPoolOptions {
    limits(connections).after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(pragmas).await?;
            Ok(())
        })
    })
}

async fn open_postgres(url: &str) -> sqlx::Result<Db> {
    let pool = limits(CONNECTIONS).connect(url).await?;
    Ok(Db { reader: pool.clone(), writer: pool, begin: "BEGIN", is_shared: true, live: Arc::default() })
}

fn limits(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(10))
}

/// A new identifier (UUIDv7): sorts by when it was made.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// A number that may be absent, for a `CAST($1 AS DOUBLE PRECISION)`. As it is it must not be bound: the driver (sqlx 0.8.6) tells PostgreSQL that
/// a missing one is a `real`, and the statement it keeps for that then refuses those that are there.
pub fn decimal(number: Option<f64>) -> Option<String> {
    number.map(|number| number.to_string())
}

/// Whether a text can be an identifier at all. What cannot never reaches the database (PostgreSQL refuses a NUL, for one).
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use sqlx::Row;

    #[tokio::test]
    async fn a_change_that_the_database_ended_by_itself_stops_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&format!("sqlite:{}", folder.path().join("filo.db").display())).await.unwrap();
        let insert = "INSERT INTO counters (name, value) VALUES ('x', 1)";
        let mut change = db.begin().await.unwrap();
        change.execute(insert).await.unwrap();
        // As a full disk does.
        change.execute("ROLLBACK").await.unwrap();
        assert!(change.commit().await.is_err());
        let mut change = db.begin().await.unwrap();
        change.execute(insert).await.unwrap();
        change.commit().await.unwrap();
        let row = sqlx::query("SELECT COUNT(*) FROM counters").fetch_one(db.reader()).await.unwrap();
        assert_eq!(row.try_get::<i64, _>(0).unwrap(), 1);
    }
}
