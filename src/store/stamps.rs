//! Stamps: in which order transactions changed a unit's tasks, so that one who watches can go on behind the last change
//! they saw and miss none, whichever process made it.
//!
//! Every task's row says in `changed` which transaction wrote it last. Such a number is of use only if nothing turns up
//! later with a lower one than has been passed already, and the two databases keep that in their own ways.
//!
//! SQLite has one writer at a time: the stamp is one more than the highest there is, read inside the transaction, so the
//! order of stamps is the order of commits.
//!
//! PostgreSQL has many writers: the stamp is the transaction's own number, which it has before it commits, so a lower
//! number may commit after a higher one. Whoever watches therefore reads only below the *horizon*, the lowest number
//! that was under way when they looked (`pg_snapshot_xmin`): what lies below it has ended for good, and what was
//! committed of it is there to be seen. What lies at the horizon or above is left for a later look, even if it is
//! committed.
//!
//! So a transaction that stays open holds the horizon back: everybody's changes come later, once it has ended, in the
//! same order and complete. That is true of any transaction on the PostgreSQL server that writes, in whichever database,
//! and of a prepared one; one that only reads, such as a backup's, has no number and holds nothing back. Ours last as
//! long as a batch.
//!
//! A database that is restored from a backup may count anew from below. A place ahead of the horizon shows that
//! ([`horizon`]); rows whose stamp lies ahead are seen again once they change, or once the count has come that far.

use super::Error;
use super::entity::task::{Column, Entity};
use crate::domain::ids::UnitId;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, Statement};

/// The number of a transaction that changes tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Stamp(pub i64);

/// PostgreSQL's horizon, for use in a query: of the snapshot in which the query itself is answered.
const XMIN: &str = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint";

/// The stamp of the transaction that `txn` is.
///
/// # Errors
/// [`Error::Database`].
pub async fn next(txn: &impl ConnectionTrait, unit: UnitId) -> Result<Stamp, Error> {
    match txn.get_database_backend() {
        DbBackend::Postgres => number(txn, "pg_current_xact_id()::text::bigint").await,
        _ => after_the_highest(txn, unit).await,
    }
}

/// The horizon: every stamp below it is there to be seen, every change that is not seen yet will have it or a higher
/// one.
///
/// # Errors
/// [`Error::Database`].
pub async fn horizon(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Stamp, Error> {
    match conn.get_database_backend() {
        DbBackend::Postgres => number(conn, XMIN).await,
        _ => after_the_highest(conn, unit).await,
    }
}

/// What a row must lie below to be taken by a look; nothing on SQLite, where all that is seen is committed in order.
pub(super) fn ceiling(backend: DbBackend) -> Option<SimpleExpr> {
    (backend == DbBackend::Postgres).then(|| Expr::cust(XMIN))
}

async fn number(conn: &impl ConnectionTrait, expression: &str) -> Result<Stamp, Error> {
    let sql = format!("SELECT {expression} AS stamp");
    let row = conn.query_one_raw(Statement::from_string(conn.get_database_backend(), sql)).await?;
    let row = row.ok_or_else(|| Error::Missing { what: "transaction", id: "number".to_owned() })?;
    Ok(Stamp(row.try_get("", "stamp")?))
}

async fn after_the_highest(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Stamp, Error> {
    let highest = Entity::find()
        .select_only()
        .column_as(Column::Changed.max(), "highest")
        .filter(Column::Unit.eq(unit.0))
        .into_tuple::<Option<i64>>();
    Ok(Stamp(highest.one(conn).await?.flatten().unwrap_or(0) + 1))
}
