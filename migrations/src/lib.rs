//! The schema of usher's database, as an append-only list of migrations for SQLite and PostgreSQL.
//!
//! This crate never imports the other: a migration that ran last year must not change because a type did today.
//! Habits that hold on both databases: ids are UUIDs, instants are BIGINT unix milliseconds, days are TEXT
//! `YYYY-MM-DD`, words are TEXT, whatever can hold personal data is a BLOB named `body`, `raw`, `input` or `trace`
//! that arrives sealed. There are no foreign keys: every write is made by the one transaction in which the engine
//! holds the case, and checking them would cost a look-up for each row.
//!
//! [`Migrator`] takes no lock itself: take one around it (`usher migrate` does).

pub use sea_orm_migration;
use sea_orm_migration::prelude::*;

mod m0001_spine;
mod m0002_cover;
mod m0003_changes;
mod m0004_notices;
mod m0005_documents;
mod m0006_feeds;
mod m0007_board;
mod m0008_counts;
mod table;

/// Every migration, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_spine::Migration),
            Box::new(m0002_cover::Migration),
            Box::new(m0003_changes::Migration),
            Box::new(m0004_notices::Migration),
            Box::new(m0005_documents::Migration),
            Box::new(m0006_feeds::Migration),
            Box::new(m0007_board::Migration),
            Box::new(m0008_counts::Migration),
        ]
    }
}
