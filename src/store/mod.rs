//! What we keep: the only module that knows sea-orm.
//!
//! One schema on SQLite and PostgreSQL. The engine reads whole cases under their locks ([`read`]), changes them in
//! memory and writes what changed ([`mod@write`]) in few statements of many rows; everything else here is for asking.
//! SQLite has one connection for writing, opened with `BEGIN IMMEDIATE`, and several for reading.

pub mod accounts;
mod address;
mod among;
pub mod audit;
pub mod clock;
mod court_facts;
pub mod entity;
pub mod outbox;
pub mod own_lines;
pub mod packs;
pub mod queries;
pub mod read;
mod rosters;
pub mod rows;
pub mod scratch;
pub mod seal;
pub mod selections;
pub mod sign_ins;
pub mod stamps;
pub mod tape;
pub mod waiting;
pub mod write;

pub use address::DatabaseUrl;
pub use court_facts::{CourtFacts, court_facts};
/// A transaction of the store's.
pub use sea_orm::DatabaseTransaction as Transaction;
/// Which database it is.
pub use sea_orm::DbBackend as Backend;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    EntityTrait, QueryOrder, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use seal::Keyring;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;
use usher_migrations::Migrator;
use usher_migrations::sea_orm_migration::{MigratorTrait, SchemaManager, seaql_migrations};

/// The number of PostgreSQL's advisory lock around migrations: "usher" in ASCII.
const MIGRATION_LOCK: i64 = 0x0075_7368_6572;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database's own error.
    #[error("the database: {0}")]
    Database(#[from] DbErr),
    /// Something sealed could not be made or opened.
    #[error("{0}")]
    Seal(#[from] seal::Error),
    /// The address names no database that usher can use.
    #[error("{0} is no database address: expected sqlite:PATH, sqlite::memory: or postgres://…")]
    Address(DatabaseUrl),
    /// The schema is newer than this binary.
    #[error(
        "the database has migration {found}, which this version of usher does not know: run the version that \
         made it, or a newer one"
    )]
    NewerSchema {
        /// The unknown migration.
        found: String,
    },
    /// The schema is older than this binary.
    #[error("the database lacks migration {missing}: run `usher migrate` first")]
    OlderSchema {
        /// The first migration that is missing.
        missing: String,
    },
    /// A file beside the database could not be used.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// A row holds what its column's list of words does not have.
    #[error(transparent)]
    Word(#[from] crate::domain::words::UnknownWord),
    /// A row that must be there is not.
    #[error("no {what} {id} is stored")]
    Missing {
        /// What.
        what: &'static str,
        /// Which.
        id: String,
    },
}

impl Error {
    /// Whether the database answered that what was asked is wrong, rather than that it cannot be reached: a batch
    /// with one such event in it is worth doing one by one.
    #[must_use]
    pub fn is_bug(&self) -> bool {
        match self {
            Self::Database(error) => {
                error.sql_err().is_some()
                    || matches!(error, DbErr::RecordNotInserted | DbErr::Query(_) | DbErr::Exec(_))
            }
            Self::Seal(_) | Self::Word(_) | Self::Missing { .. } => true,
            Self::Address(_) | Self::NewerSchema { .. } | Self::OlderSchema { .. } | Self::File { .. } => {
                false
            }
        }
    }
}

/// The database, with the keys to what is sealed in it.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    ring: Arc<Keyring>,
    tape: Option<Arc<tape::Tape>>,
    /// Gone with the last clone: what works for the store in the background ends then.
    #[allow(dead_code, reason = "its end is what is looked at")]
    alive: Arc<()>,
}

impl Store {
    /// Opens the database at `address`, which need not have a schema yet.
    ///
    /// # Errors
    /// [`Error::Address`], [`Error::Database`].
    pub async fn open(address: &str, ring: Arc<Keyring>) -> Result<Self, Error> {
        let alive = Arc::new(());
        if let Some(path) = address.strip_prefix("sqlite:") {
            let path = path.trim_start_matches("//");
            let address = format!("sqlite:{path}?mode=rwc");
            let write = Database::connect(sqlite(&address, 1)).await?;
            // A database in memory lives as long as its one connection.
            if path.starts_with(':') {
                return Ok(Self { read: write.clone(), write, ring, tape: None, alive });
            }
            let read = Database::connect(sqlite(&address, 4)).await?;
            tokio::spawn(checkpoint(read.clone(), Arc::downgrade(&alive)));
            Ok(Self { write, read, ring, tape: None, alive })
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let write = Database::connect(postgres(address)).await?;
            Ok(Self { read: write.clone(), write, ring, tape: None, alive })
        } else {
            Err(Error::Address(address.into()))
        }
    }

    /// Brings the schema up to this binary's, behind a lock: of several processes that start at once, one does it.
    ///
    /// # Errors
    /// [`Error::NewerSchema`] if the database is ahead, [`Error::Database`], [`Error::File`].
    pub async fn migrate(&self) -> Result<(), Error> {
        match self.backend() {
            DbBackend::Postgres => {
                let txn = self.write.begin().await?;
                txn.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
                self.refuse_newer().await?;
                Migrator::up(&self.write, None).await?;
                txn.commit().await?;
            }
            _ => {
                let _held = self.file_lock().await?;
                self.refuse_newer().await?;
                Migrator::up(&self.write, None).await?;
            }
        }
        Ok(())
    }

    /// Refuses a database whose schema is not exactly this binary's.
    ///
    /// # Errors
    /// [`Error::NewerSchema`], [`Error::OlderSchema`], [`Error::Database`].
    pub async fn check_schema(&self) -> Result<(), Error> {
        self.refuse_newer().await?;
        let applied = self.migrations_applied().await?;
        match Migrator::migrations()
            .iter()
            .find(|known| !applied.iter().any(|applied| applied == known.name()))
        {
            Some(missing) => Err(Error::OlderSchema { missing: missing.name().to_owned() }),
            None => Ok(()),
        }
    }

    async fn refuse_newer(&self) -> Result<(), Error> {
        let known = Migrator::migrations();
        let mut applied = self.migrations_applied().await?.into_iter();
        match applied.find(|applied| !known.iter().any(|known| known.name() == applied)) {
            Some(found) => Err(Error::NewerSchema { found }),
            None => Ok(()),
        }
    }

    /// The names of the migrations that have run here; read without making the table that lists them, so that looking
    /// at a database needs no right to change it and two processes that look at once do not both make it.
    async fn migrations_applied(&self) -> Result<Vec<String>, Error> {
        if !SchemaManager::new(&self.write).has_table(Migrator::migration_table_name().to_string()).await? {
            return Ok(Vec::new());
        }
        let find = seaql_migrations::Entity::find().order_by_asc(seaql_migrations::Column::Version);
        Ok(find.all(&self.write).await?.into_iter().map(|applied| applied.version).collect())
    }

    /// Holds a lock file beside an SQLite database while it lives.
    async fn file_lock(&self) -> Result<Option<std::fs::File>, Error> {
        let row = self.write.query_one_raw(sea_orm::Statement::from_string(
            self.backend(),
            "SELECT file FROM pragma_database_list WHERE name = 'main'",
        ));
        let file: String = row.await?.and_then(|row| row.try_get("", "file").ok()).unwrap_or_default();
        if file.is_empty() {
            return Ok(None);
        }
        let path = Path::new(&file).with_extension("migration-lock");
        let lock = tokio::task::spawn_blocking(move || {
            let file =
                std::fs::File::create(&path).map_err(|cause| Error::File { path: path.clone(), cause })?;
            file.lock().map_err(|cause| Error::File { path, cause })?;
            Ok::<_, Error>(file)
        });
        lock.await.expect("taking a file lock does not panic").map(Some)
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.write.get_database_backend()
    }

    /// The keys.
    #[must_use]
    pub fn ring(&self) -> &Keyring {
        &self.ring
    }

    /// The same store, which keeps what the engine writes on `tape` as well: for the bench.
    #[must_use]
    pub fn taped(self, tape: Arc<tape::Tape>) -> Self {
        Self { tape: Some(tape), ..self }
    }

    /// The tape, where there is one.
    #[must_use]
    pub fn tape(&self) -> Option<&tape::Tape> {
        self.tape.as_deref()
    }

    /// The connection for asking.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.read
    }

    /// Begins the one sort of transaction that writes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        let options = match self.backend() {
            DbBackend::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions::default(),
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Asks the database for a sign of life.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.read.ping().await?)
    }
}

/// How often what was committed is brought from SQLite's log into its file.
const CHECKPOINTS: Duration = Duration::from_millis(250);

/// Pages that may lie in the log before a commit must bring them into the file itself: 64 MB.
const LOG_PAGES_MAX: &str = "16384";

/// Brings what was committed from the log into the file, beside the one who writes, so that no commit has to wait for
/// it. Ends with the store.
async fn checkpoint(conn: DatabaseConnection, store: Weak<()>) {
    loop {
        tokio::time::sleep(CHECKPOINTS).await;
        if store.strong_count() == 0 {
            return;
        }
        match conn.execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)").await {
            Ok(_) => {}
            Err(DbErr::ConnectionAcquire(_)) => return,
            Err(error) => tracing::warn!(%error, "the log cannot be brought into the file just now"),
        }
    }
}

/// Statements a connection keeps prepared: all of them.
const STATEMENTS: usize = 512;

fn sqlite(address: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(address);
    options.max_connections(connections).min_connections(1).sqlx_logging(false);
    // A file does not go away between two questions: no need to ask whether it is there before each.
    options.acquire_timeout(Duration::from_secs(30)).test_before_acquire(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("foreign_keys", "OFF")
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", LOG_PAGES_MAX)
            .busy_timeout(Duration::from_secs(30))
            // Rows come over from SQLite's own thread: a short queue makes the two wait for each other.
            .row_buffer_size(1_024)
            .statement_cache_capacity(STATEMENTS)
    });
    options
}

fn postgres(address: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(address);
    options.max_connections(16).min_connections(1).sqlx_logging(false);
    options.acquire_timeout(Duration::from_secs(10)).test_before_acquire(true);
    options.map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(STATEMENTS));
    options
}
