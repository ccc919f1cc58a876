//! How a test gets a database: a new one for each test, written once and run on SQLite and on PostgreSQL.
//!
//! ```ignore
//! on_both_databases! {
//!     async fn a_unit_begins_without_cases(store: Store) { … }
//! }
//! ```
//!
//! makes the tests `a_unit_begins_without_cases::sqlite` and `a_unit_begins_without_cases::postgres`, so that a failure
//! names the database. What is given depends on the argument's type: see [`Given`].

mod postgres;
mod sqlite;

pub use postgres::on_postgres;
pub use sqlite::on_sqlite;

use std::sync::Arc;
use usher::store::{Store, seal::Keyring};

/// Whether a database is to hold a schema when the test gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// This binary's.
    Migrated,
    /// None at all.
    None,
}

/// Where a database is.
#[derive(Debug, Clone)]
pub struct Address(String);

impl Address {
    /// Opens it once more, as a further process would.
    pub async fn open(&self) -> Store {
        let ring = Arc::new(Keyring::new(&[7; 32]));
        Store::open(&self.0, ring).await.expect("a database made for this test opens")
    }
}

/// What a test can ask for by the type of its argument.
pub trait Given: Sized {
    /// The schema the database has.
    const SCHEMA: Schema;

    /// What the test gets.
    async fn given(address: Address) -> Self;
}

/// A database with its schema, opened.
impl Given for Store {
    const SCHEMA: Schema = Schema::Migrated;

    async fn given(address: Address) -> Self {
        address.open().await
    }
}

/// A database with its schema, for tests that open it several times.
pub struct Migrated(pub Address);

impl Given for Migrated {
    const SCHEMA: Schema = Schema::Migrated;

    async fn given(address: Address) -> Self {
        Self(address)
    }
}

/// A database with nothing in it.
pub struct Empty(pub Address);

impl Given for Empty {
    const SCHEMA: Schema = Schema::None;

    async fn given(address: Address) -> Self {
        Self(address)
    }
}

/// Makes two tests of each function: see the module.
macro_rules! on_both_databases {
    ($($(#[$attribute:meta])* async fn $name:ident($argument:ident: $given:ty) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "the test may need nothing from around it")]
            use super::*;

            $(#[$attribute])*
            async fn test($argument: $given) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::database::on_sqlite(test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::database::on_postgres(test).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
