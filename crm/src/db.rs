//! The database: SQLite or PostgreSQL behind the same SQL text.
//!
//! SQLite has one writing connection whose transactions begin with BEGIN IMMEDIATE (a deferred one that turns into a
//! writer fails at once, whatever the busy timeout), and a pool of readers beside it. PostgreSQL has one pool.
use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyPool, Executor, Transaction};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Connections that only read, on SQLite.
const READERS: u32 = 8;
/// Connections on PostgreSQL.
const CONNECTIONS: u32 = 16;

const WRITER_PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000";
const READER_PRAGMAS: &str = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA query_only = ON";

/// A change under way: all of it happens at [`Transaction::commit`], or nothing when it is dropped.
pub type Change = Transaction<'static, Any>;

/// An open database.
#[derive(Clone)]
pub struct Db {
    reader: AnyPool,
    writer: AnyPool,
    begin: &'static str,
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
        self.writer.begin_with(self.begin).await
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
    Ok(Db { reader, writer, begin: "BEGIN IMMEDIATE" })
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
    Ok(Db { reader: pool.clone(), writer: pool, begin: "BEGIN" })
}

fn limits(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(Duration::from_secs(10))
}

/// A new identifier (UUIDv7): sorts by when it was made.
pub fn new_id() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// Whether a text can be an identifier at all. What cannot never reaches the database (PostgreSQL refuses a NUL, for one).
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
