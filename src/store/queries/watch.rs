//! What changes among a unit's tasks: first all that match a filter, then every change as it is committed.
//!
//! Whoever watches holds a [`Cursor`] and nothing else: it says where they are, can be given away as text and taken up
//! again by any process over the same database, and costs nothing while nobody looks. Each look reads one page from
//! there. The order is that of [`crate::store::stamps`], within a stamp that of ids.
//!
//! The horizon is taken before the list begins, so that what changes while the list is read in pages, and is passed over
//! because its place in the list moved, follows as a change. A task may so come twice; its version tells.
//!
//! A cursor that lies further behind than is worth catching up is told to begin again ([`Lost`]): nothing is kept for it.

use super::after;
use super::tasks::{self, Filter, Mark};
use crate::domain::ids::{TaskId, UnitId};
use crate::domain::task::Task;
use crate::store::entity::task::{Column, Entity};
use crate::store::stamps::{self, Stamp};
use crate::store::{Error, Store};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Where somebody who watches goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// In the list of what matches: behind `after`, or at its beginning. What changed from `horizon` on follows it.
    List {
        /// The horizon when the list began.
        horizon: i64,
        /// The last task that was seen.
        after: Option<Mark>,
    },
    /// Behind a change: that of the task `id` by the transaction `stamp`.
    Changes {
        /// The transaction.
        stamp: i64,
        /// The task; nil before the first of the transaction.
        id: Uuid,
    },
}

impl Cursor {
    /// The same without the list, where it is known that nothing is on it.
    #[must_use]
    pub fn past_the_list(self) -> Self {
        match self {
            Self::List { horizon, .. } => Self::first_of(horizon),
            changes @ Self::Changes { .. } => changes,
        }
    }

    /// Before the first change of a transaction.
    fn first_of(stamp: i64) -> Self {
        Self::Changes { stamp, id: Uuid::nil() }
    }

    /// The earliest stamp of what has not been seen.
    fn stamp(&self) -> i64 {
        match self {
            Self::List { horizon: stamp, .. } | Self::Changes { stamp, .. } => *stamp,
        }
    }
}

/// What a watch says of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It matches the filter now.
    Matches(Box<Task>),
    /// It changed and does not match the filter now.
    Left {
        /// Which task.
        id: TaskId,
        /// The version at which it was found not to match, or an earlier one.
        version: i64,
    },
}

/// What a look found.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The changes in order, each with the cursor behind it.
    pub changes: Vec<(Change, Cursor)>,
    /// Where to look next.
    pub next: Cursor,
    /// Whether this was all that there was: the list is through, or no further change was there to be seen.
    pub is_all: bool,
}

/// Why nobody can go on from a cursor: begin again without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// More has changed since than is worth catching up.
    Behind,
    /// It lies ahead of the database: that was restored from a backup.
    Ahead,
}

/// How much a look does.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Tasks of one page at most.
    pub page: usize,
    /// Changed tasks that may lie ahead of a cursor.
    pub behind_max: u64,
}

/// A cursor at the beginning: nothing has been seen.
///
/// # Errors
/// [`Error::Database`].
pub async fn begin(store: &Store, unit: UnitId) -> Result<Cursor, Error> {
    let Stamp(horizon) = stamps::horizon(store.reader(), unit).await?;
    Ok(Cursor::List { horizon, after: None })
}

/// Whether one can go on from a cursor that was away: it must not lie ahead of the database. How far it lies behind,
/// the next look says.
///
/// # Errors
/// [`Error::Database`].
pub async fn resume(store: &Store, unit: UnitId, cursor: &Cursor) -> Result<Result<(), Lost>, Error> {
    let Stamp(horizon) = stamps::horizon(store.reader(), unit).await?;
    Ok(if cursor.stamp() > horizon { Err(Lost::Ahead) } else { Ok(()) })
}

/// Reads the page that follows a cursor.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn look(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    cursor: &Cursor,
    limits: Limits,
) -> Result<Result<Seen, Lost>, Error> {
    match cursor {
        Cursor::List { horizon, after } => {
            Ok(Ok(list(store, unit, filter, *horizon, after.clone(), limits.page).await?))
        }
        Cursor::Changes { stamp, id } => changes(store, unit, filter, (*stamp, *id), limits).await,
    }
}

async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    horizon: i64,
    after: Option<Mark>,
    size: usize,
) -> Result<Seen, Error> {
    let page = tasks::list(store, unit, filter, after, size).await?;
    let is_all = page.next.is_none();
    let behind = |task: Task| {
        let cursor = Cursor::List { horizon, after: Some(Mark::of(&task)) };
        (Change::Matches(Box::new(task)), cursor)
    };
    let next = match page.next {
        Some(mark) => Cursor::List { horizon, after: Some(mark) },
        None => Cursor::first_of(horizon),
    };
    Ok(Seen { changes: page.items.into_iter().map(behind).collect(), next, is_all })
}

async fn changes(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    from: (i64, Uuid),
    limits: Limits,
) -> Result<Result<Seen, Lost>, Error> {
    // Both questions in one, so that they are answered of the same instant; the second is asked only where there are rows.
    let too_many =
        since(store, unit, from).select_only().expr(Expr::val(1)).offset(limits.behind_max).limit(1);
    let rows = since(store, unit, from)
        .select_only()
        .columns([Column::Id, Column::Version, Column::Changed])
        .expr_as(Expr::exists(too_many.into_query()), "too_many")
        .limit(limits.page as u64)
        .into_tuple::<(Uuid, i64, i64, bool)>()
        .all(store.reader())
        .await?;
    if rows.iter().any(|(_, _, _, too_many)| *too_many) {
        return Ok(Err(Lost::Behind));
    }
    let ids: Vec<TaskId> = rows.iter().map(|(id, ..)| TaskId(*id)).collect();
    let matching = tasks::matching(store, unit, filter, &ids).await?;
    let mut matching: HashMap<TaskId, Task> = matching.into_iter().map(|task| (task.id, task)).collect();
    let is_all = rows.len() < limits.page;
    let change = |(id, version, stamp, _): (Uuid, i64, i64, bool)| {
        let change = match matching.remove(&TaskId(id)) {
            Some(task) => Change::Matches(Box::new(task)),
            None => Change::Left { id: TaskId(id), version },
        };
        (change, Cursor::Changes { stamp, id })
    };
    let changes: Vec<_> = rows.into_iter().map(change).collect();
    let next = changes.last().map(|(_, cursor)| cursor.clone());
    let next = next.unwrap_or(Cursor::Changes { stamp: from.0, id: from.1 });
    Ok(Ok(Seen { changes, next, is_all }))
}

/// The tasks of a unit that changed since, in order, up to the horizon.
fn since(store: &Store, unit: UnitId, (stamp, id): (i64, Uuid)) -> Select<Entity> {
    let mut find = Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(after::above(&[Column::Changed, Column::Id], vec![stamp.into(), id.into()]));
    if let Some(ceiling) = stamps::ceiling(store.backend()) {
        find = find.filter(Column::Changed.into_expr().lt(ceiling));
    }
    find.order_by_asc(Column::Changed).order_by_asc(Column::Id)
}
