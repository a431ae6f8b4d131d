//! A CRM of one's own for each test: database, files, clock and provider.
use crate::people::Who;
use contract::id::CitizenId;
use contract::import::ImportFile;
use contract::paths;
use contract::session::{Device, Scheme, VaultKey};
use crm::clock::Clock;
use crm::config::Config;
use crm::import;
use crm::state::{Crm, State};
use jiff::Timestamp;
use sqlx::{Connection, Executor, Row};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tempfile::TempDir;

pub const PUBLIC_URL: &str = "http://filo.test";
pub const OFFICE_TOKEN: &str = "token-of-the-desk";
pub const ISSUER: &str = "https://id.test";

/// A CRM and what it stands on.
pub struct House {
    pub crm: Crm,
    pub app: axum::Router,
    pub settings: HashMap<String, String>,
    now: Arc<AtomicI64>,
    _folder: TempDir,
}

impl House {
    /// With nobody and nothing in it.
    pub async fn empty() -> Self {
        Self::with(&[]).await
    }

    /// With the people and cases of [`crate::people::file`].
    pub async fn new() -> Self {
        let house = Self::empty().await;
        house.bring(&crate::people::file()).await;
        house
    }

    /// With settings of its own.
    pub async fn with(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seed");
        let path = |name: &str| folder.path().join(name).display().to_string();
        let database = match std::env::var("FILO_TEST_POSTGRES_URL") {
            Ok(url) => fresh_schema(&url).await,
            Err(_) => format!("sqlite:{}", path("filo.db")),
        };
        let mut settings: HashMap<String, String> = [
            ("FILO_DATABASE_URL", database),
            ("FILO_FILES", path("files")),
            ("FILO_APP", path("dist")),
            ("FILO_SEED", seed.display().to_string()),
            ("FILO_BOUNDARY", seed.join("boundary.json").display().to_string()),
            ("FILO_PUBLIC_URL", PUBLIC_URL.to_owned()),
            ("FILO_OFFICE_TOKENS", format!("desk:{OFFICE_TOKEN}")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        settings.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let now = Arc::new(AtomicI64::new("2026-11-22T09:00:00Z".parse::<Timestamp>().unwrap().as_second()));
        let crm = open(&settings, &now).await;
        Self { app: crm::app(Arc::clone(&crm)).unwrap(), crm, settings, now, _folder: folder }
    }

    /// The same house after the CRM has been stopped and started again.
    pub async fn restart(&mut self) {
        self.crm.db.close().await;
        self.crm = open(&self.settings, &self.now).await;
        self.app = crm::app(Arc::clone(&self.crm)).unwrap();
    }

    /// Another process on the same database.
    pub async fn again(&self) -> Crm {
        open(&self.settings, &self.now).await
    }

    pub async fn bring(&self, file: &ImportFile) -> import::Imported {
        import::import(&self.crm, file).await.unwrap()
    }

    pub fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn now(&self) -> i64 {
        self.now.load(Ordering::SeqCst)
    }

    /// Somebody who has just signed in.
    pub async fn signed_in(&self, subject: &str, device: Device) -> Who {
        let id = self.citizen(subject).await;
        let mut change = self.crm.db.begin().await.unwrap();
        let secret = crm::session::open(&self.crm, &mut change, &id, (Scheme::Spid, device), None).await.unwrap();
        change.commit().await.unwrap();
        Who::new(&self.app).cookie(&secret)
    }

    /// Maria has cases.
    pub async fn maria(&self) -> Who {
        self.signed_in("maria", Device::Mine).await
    }

    /// Maria's own device when her session there is over: it has its send-only credential and no cookie.
    pub async fn sender(&self) -> Who {
        let key: VaultKey = self.maria().await.post(paths::SESSION_VAULT, &()).await.is(200).json();
        self.anyone().bearer(&key.send.unwrap().token)
    }

    /// Luca has one too.
    pub async fn luca(&self) -> Who {
        self.signed_in("luca", Device::Mine).await
    }

    /// A volunteer of the help desk who has just signed in.
    pub async fn volunteer(&self, subject: &str) -> Who {
        let mut change = self.crm.db.begin().await.unwrap();
        let opened = crm::help_desk::volunteers::open(&self.crm, &mut change, (ISSUER, subject, subject), None).await.unwrap();
        change.commit().await.unwrap();
        Who::new(&self.app).with("cookie", &format!("{}={}", crm::help_desk::volunteers::COOKIE, opened.unwrap()))
    }

    /// Nobody in particular.
    pub fn anyone(&self) -> Who {
        Who::new(&self.app)
    }

    /// The desk's tool, with its token.
    pub fn desk(&self) -> Who {
        Who::new(&self.app).bearer(OFFICE_TOKEN)
    }

    async fn citizen(&self, subject: &str) -> CitizenId {
        let row = sqlx::query("SELECT id FROM citizens WHERE subject = $1").bind(subject).fetch_one(self.crm.db.reader()).await.unwrap();
        CitizenId(row.get(0))
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> i64 {
        sqlx::query(&format!("SELECT COUNT(*) FROM {table}")).fetch_one(self.crm.db.reader()).await.unwrap().get(0)
    }

    /// Does something to the database behind everybody's back.
    pub async fn sql(&self, statement: &str) {
        let mut change = self.crm.db.begin().await.unwrap();
        sqlx::query(statement).execute(&mut *change).await.unwrap();
        change.commit().await.unwrap();
    }

    /// Keeps a table as it is, under another name.
    pub async fn copy_of(&self, table: &str) -> String {
        let copy = format!("{table}_{}", uuid::Uuid::now_v7().simple());
        self.sql(&format!("CREATE TABLE {copy} AS SELECT * FROM {table}")).await;
        copy
    }

    /// Brings a table back to what was kept.
    pub async fn restore(&self, table: &str, copy: &str) {
        self.sql(&format!("DELETE FROM {table}")).await;
        self.sql(&format!("INSERT INTO {table} SELECT * FROM {copy}")).await;
    }

    /// How many files are kept.
    pub fn files(&self) -> usize {
        let folders = std::fs::read_dir(&self.settings["FILO_FILES"]).unwrap();
        folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
    }
}

async fn open(settings: &HashMap<String, String>, now: &Arc<AtomicI64>) -> Crm {
    let now = Arc::clone(now);
    let clock = Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap());
    let config = Config::read(|name| settings.get(name).cloned()).unwrap();
    State::open(config, clock).await.unwrap()
}

/// A schema of its own in the PostgreSQL of the tests; the URL to reach it.
async fn fresh_schema(url: &str) -> String {
    sqlx::any::install_default_drivers();
    let schema = format!("t{}", uuid::Uuid::now_v7().simple());
    let mut connection = sqlx::AnyConnection::connect(url).await.unwrap();
    connection.execute(format!("CREATE SCHEMA {schema}").as_str()).await.unwrap();
    connection.close().await.unwrap();
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options=-csearch_path%3D{schema}")
}
