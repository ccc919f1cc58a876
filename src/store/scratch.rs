//! A database for one run of the bench: made for it and dropped after it, never one that was there before.

use super::{Error, Store};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use std::path::{Path, PathBuf};

/// A database that goes away again.
#[derive(Debug)]
pub struct Scratch {
    address: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Sqlite(PathBuf),
    Postgres(DatabaseConnection, String),
}

impl Scratch {
    /// Makes a database called `name`: on the PostgreSQL server at `address`, or in the folder that `sqlite:FOLDER`
    /// names.
    ///
    /// # Errors
    /// [`Error::Database`] where the server does not let us, [`Error::File`] where something of that name is there,
    /// [`Error::Address`].
    pub async fn make(address: &str, name: &str) -> Result<Self, Error> {
        if let Some(folder) = address.strip_prefix("sqlite:") {
            let folder = Path::new(folder.trim_start_matches("//")).join(name);
            let fault = |cause| Error::File { path: folder.clone(), cause };
            std::fs::create_dir(&folder).map_err(fault)?;
            let address = format!("sqlite:{}", folder.join("usher.sqlite").display());
            return Ok(Self { address, kind: Kind::Sqlite(folder) });
        }
        super::DatabaseUrl::from(address).check()?;
        let server = Database::connect(super::postgres(address)).await?;
        server.execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        Ok(Self { address: within(address, name), kind: Kind::Postgres(server, name.to_owned()) })
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Does what PostgreSQL does by itself once much was written: in a database that has stood for a year it was done long
    /// ago, and beside what is measured it would be measured as well.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keep_house(&self, store: &Store) -> Result<(), Error> {
        if matches!(self.kind, Kind::Postgres(..)) {
            store.write.execute_unprepared("VACUUM ANALYZE").await?;
        }
        Ok(())
    }

    /// Drops it, with every connection that is still open.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::File`].
    pub async fn destroy(self, store: Store) -> Result<(), Error> {
        store.read.close_by_ref().await?;
        store.write.close_by_ref().await?;
        match self.kind {
            Kind::Sqlite(folder) => {
                std::fs::remove_dir_all(&folder).map_err(|cause| Error::File { path: folder, cause })
            }
            Kind::Postgres(server, name) => {
                server.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await?;
                Ok(())
            }
        }
    }
}

/// The address of another database on the same server.
fn within(server: &str, name: &str) -> String {
    let (address, options) =
        server.split_once('?').map_or((server, None), |(address, rest)| (address, Some(rest)));
    let scheme = address.find("://").map_or(0, |at| at + 3);
    let host = address[scheme..].find('/').map_or(address, |at| &address[..scheme + at]);
    options.map_or_else(|| format!("{host}/{name}"), |options| format!("{host}/{name}?{options}"))
}
