//! What is asked for showing: lists in pages, counts, and what an event led to. Nothing here locks or writes.
//!
//! Pages go on from the last thing seen, never by counting rows from the start, so that page 400 costs what page 1
//! does and nothing is seen twice when something is added meanwhile. What only the sealed body knows is asked of each
//! value after it was opened; a list then reads on until its page is full.

pub mod after;
pub mod calendar_entries;
pub mod cases;
pub mod compliance;
pub mod contacts;
pub mod diary;
pub mod documents;
pub mod duties;
pub mod events;
pub mod feeds;
pub mod hearings;
pub mod messages;
pub mod notices;
pub mod people;
pub mod search;
pub mod stats;
pub mod tasks;
pub mod trend;
pub mod unlinked;
pub mod watch;
pub mod whose;
pub mod work;

use super::rows::Stored;
use super::seal::Keys;
use super::{Error, Store, read, seal};
use crate::domain::ids::UnitId;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait};
use uuid::Uuid;

/// One page of a list, with the mark to go on from where there is more.
#[derive(Debug, Clone)]
pub struct Page<T, M> {
    /// What is on it.
    pub items: Vec<T>,
    /// From where the next page goes on.
    pub next: Option<M>,
}

/// Rows read at a time where values are left out after opening.
const CHUNK: u64 = 200;
/// Chunks read for one page at most: a page may come short, and says where to go on.
const CHUNKS_MAX: usize = 50;

/// That rows are of this unit, asked of those that another column finds. SQLite, which keeps no counts, would otherwise read
/// all that the unit has in a state rather than the little that one case or one member of staff has.
fn also_of(column: impl ColumnTrait, unit: UnitId) -> SimpleExpr {
    let column = || Expr::col(column.as_column_ref());
    Expr::expr(Func::coalesce([column(), column()])).eq(unit.0)
}

/// The values of rows, each with the case it belongs to.
async fn opened<T: Stored>(
    store: &Store,
    rows: &[<T::Entity as EntityTrait>::Model],
) -> Result<Vec<T>, Error> {
    let mut keys = Keys::new(store.ring());
    let owners =
        rows.iter().map(|row| seal::key_of(T::PURPOSE, T::body(row))).collect::<Result<Vec<Uuid>, _>>()?;
    read::keys(store.reader(), &mut keys, owners).await?;
    Ok(rows.iter().map(|row| T::value(row, &keys)).collect::<Result<Vec<_>, _>>()?)
}
