//! Where a command's database is, the key to what is sealed in it, and the lock under which the command line writes.
//!
//! The key comes from `USHER_KEY`, or from the file that `--key-file` or `USHER_KEY_FILE` names. An SQLite database without either has its key in a file beside it,
//! made with the database and readable by its owner alone: enough to begin with, and a copy of the one without the
//! other opens nothing.

use crate::domain::staff::Unit;
use crate::store::seal::Keyring;
use crate::store::{DatabaseUrl, Store, read};
use anyhow::{Context, bail, ensure};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A database and its key.
#[derive(Debug, Clone, clap::Args)]
pub struct Address {
    /// sqlite:PATH or postgres://USER@HOST/DATABASE
    #[arg(
        long,
        value_name = "URL",
        env = "USHER_DATABASE",
        hide_env_values = true,
        default_value = "sqlite:usher.sqlite"
    )]
    pub database: DatabaseUrl,
    /// A file with the master key, unless USHER_KEY holds the key itself; for SQLite, the file beside the database
    /// where both are left out
    #[arg(long, value_name = "FILE", env = "USHER_KEY_FILE")]
    pub key_file: Option<PathBuf>,
}

/// Held while the command line writes to an SQLite database; PostgreSQL needs none.
#[derive(Debug)]
pub struct WriteLock(#[allow(dead_code, reason = "the lock lives as long as the file is open")] Option<File>);

impl Address {
    /// A database with the key beside it.
    #[must_use]
    pub fn sqlite(path: &Path) -> Self {
        Self { database: format!("sqlite:{}", path.display()).into(), key_file: None }
    }

    /// Opens a database that is there, with this version's schema, to ask it something.
    ///
    /// # Errors
    /// Where it is not there, cannot be reached, has another schema or another key.
    pub async fn open(&self) -> anyhow::Result<Store> {
        if let Some(path) = self.database.file() {
            ensure!(
                path.exists(),
                "{}: there is no such database; `usher migrate` makes one",
                path.display()
            );
        }
        let store = self.connect(Missing::Refuse).await?;
        store.check_schema().await?;
        Ok(store)
    }

    /// Opens a database that is there to change it, under the lock.
    ///
    /// # Errors
    /// As [`Address::open`], and where another process writes to it.
    pub async fn open_to_write(&self) -> anyhow::Result<(Store, WriteLock)> {
        let lock = self.lock()?;
        Ok((self.open().await?, lock))
    }

    /// Opens a database to change it, made and brought up to this version where it is not there, under the lock.
    ///
    /// # Errors
    /// As [`Address::open_to_write`].
    pub async fn make_to_write(&self) -> anyhow::Result<(Store, WriteLock)> {
        let lock = self.lock()?;
        Ok((self.make().await?, lock))
    }

    /// Opens a database, made and brought up to this version where it is not there.
    ///
    /// # Errors
    /// As [`Address::open`].
    pub async fn make(&self) -> anyhow::Result<Store> {
        let store = self.connect(Missing::Make).await?;
        store.migrate().await?;
        Ok(store)
    }

    async fn connect(&self, missing: Missing) -> anyhow::Result<Store> {
        self.database.check()?;
        let ring = Arc::new(self.ring(missing)?);
        Ok(Store::open(self.database.expose(), ring).await?)
    }

    fn ring(&self, missing: Missing) -> anyhow::Result<Keyring> {
        if let Ok(key) = std::env::var("USHER_KEY") {
            return Keyring::parse(&key).context("USHER_KEY");
        }
        let beside = self.database.file().map(|file| file.with_extension("key"));
        let Some(path) = self.key_file.clone().or(beside) else {
            bail!(
                "the key to {} is missing: give --key-file, or set USHER_KEY_FILE to its file or USHER_KEY to the key",
                self.database
            );
        };
        if missing == Missing::Make {
            make_key(&path, self.database.file())?;
        }
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Keyring::parse(&text).with_context(|| path.display().to_string())
    }

    /// Takes the lock beside an SQLite database.
    fn lock(&self) -> anyhow::Result<WriteLock> {
        let Some(path) = self.database.file() else { return Ok(WriteLock(None)) };
        let path = path.with_extension("write-lock");
        let file = File::create(&path).with_context(|| path.display().to_string())?;
        match file.try_lock() {
            Ok(()) => Ok(WriteLock(Some(file))),
            Err(TryLockError::WouldBlock) => bail!(
                "another usher writes to {}: stop it, or send what you have to it over its API",
                self.database
            ),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| path.display().to_string()),
        }
    }
}

/// What to do where a key is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Make,
    Refuse,
}

/// Makes a key where there is none yet, for a database that is not there yet either.
///
/// # Errors
/// Where the database is there: only the key that was lost opens it.
pub fn make_key(path: &Path, database: Option<&Path>) -> anyhow::Result<()> {
    if path.exists() {
        return Ok(());
    }
    ensure!(
        !database.is_some_and(Path::exists),
        "{}: the key is missing, and without it the database cannot be opened",
        path.display()
    );
    new_key(path).with_context(|| path.display().to_string())
}

fn new_key(path: &Path) -> anyhow::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{}", Keyring::generate()?)?;
    Ok(file.sync_all()?)
}

/// The unit called `wanted`, by id or name; the only one where none is named.
///
/// # Errors
/// Where there is none, or several and none is named.
pub async fn unit(store: &Store, wanted: Option<&str>) -> anyhow::Result<Unit> {
    let units = read::units(store.reader()).await?;
    let names = || units.iter().map(|unit| unit.name.as_str()).collect::<Vec<_>>().join(", ");
    let is = |unit: &&Unit| wanted.is_none_or(|wanted| unit.name == wanted || unit.id.to_string() == wanted);
    let mut found = units.iter().filter(is);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only.clone()),
        (Some(_), Some(_)) => bail!("the database has several units: choose one with --unit ({})", names()),
        (None, _) if units.is_empty() => bail!("the database has no unit yet"),
        (None, _) => bail!("the database has no such unit: it has {}", names()),
    }
}
