//! What the clock asks and moves: timers that are due, and how far each line of the schedule has come.
//!
//! Timers are found through the index over state and due time, so that those not due cost nothing. Cursors move by
//! compare-and-set: of several processes one moves each, and one that came too late sees that it did.

use super::entity::{cursor, timer};
use super::rows::{instant, millis};
use super::{Error, Store};
use crate::domain::diary::TimerState;
use crate::domain::ids::{CaseId, TimerId, UnitId};
use crate::domain::words::Word;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// A timer whose instant has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueTimer {
    /// The timer.
    pub timer: TimerId,
    /// Its unit.
    pub unit: UnitId,
    /// Its case, or the unit's desk.
    pub case: CaseId,
    /// Its instant.
    pub due_at: DateTime<Utc>,
}

/// At most `max` timers of all units that are due at `now`, in the order of their instants, after the last of the
/// page before.
///
/// # Errors
/// [`Error::Database`].
pub async fn timers_due(
    store: &Store,
    now: DateTime<Utc>,
    after: Option<DueTimer>,
    max: u64,
) -> Result<Vec<DueTimer>, Error> {
    use timer::{Column, Entity};
    let mut find = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Unit, Column::CaseId, Column::DueAt])
        .filter(Column::State.eq(TimerState::Waiting.word()))
        .filter(Column::DueAt.lte(millis(now)))
        .order_by_asc(Column::DueAt)
        .order_by_asc(Column::Id)
        .limit(max);
    if let Some(after) = after {
        let at = millis(after.due_at);
        let same = Condition::all().add(Column::DueAt.eq(at)).add(Column::Id.gt(after.timer.0));
        find = find.filter(Condition::any().add(Column::DueAt.gt(at)).add(same));
    }
    let rows = find.into_tuple::<(Uuid, Uuid, Uuid, i64)>().all(&store.read).await?;
    let due = |(id, unit, case, due_at)| DueTimer {
        timer: TimerId(id),
        unit: UnitId(unit),
        case: CaseId(case),
        due_at: instant(due_at),
    };
    Ok(rows.into_iter().map(due).collect())
}

/// The instant of the next timer, which may have passed; none where none waits.
///
/// # Errors
/// [`Error::Database`].
pub async fn next_timer_at(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    use timer::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .column(Column::DueAt)
        .filter(Column::State.eq(TimerState::Waiting.word()))
        .filter(Column::DueAt.is_not_null())
        .order_by_asc(Column::DueAt)
        .limit(1);
    Ok(find.into_tuple::<i64>().one(&store.read).await?.map(instant))
}

/// Passes a timer over whose event was recorded and not handled, so that it does not come due for ever. Its body
/// still says that it waits: what is parked fires it once it is retried, and a move makes it wait again.
///
/// # Errors
/// [`Error::Database`].
pub async fn pass_over(store: &Store, due: DueTimer) -> Result<(), Error> {
    use timer::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::State, Expr::value(TimerState::Fired.word()))
        .filter(Column::Id.eq(due.timer.0))
        .filter(Column::State.eq(TimerState::Waiting.word()))
        .filter(Column::DueAt.eq(millis(due.due_at)))
        .exec(&store.write)
        .await?;
    Ok(())
}

/// How far a cursor has come; one that is new begins at `now`.
///
/// # Errors
/// [`Error::Database`].
pub async fn cursor(
    store: &Store,
    unit: UnitId,
    name: &str,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>, Error> {
    use cursor::{Column, Entity, Model};
    let find = || Entity::find_by_id((unit.0, name.to_owned()));
    if let Some(row) = find().one(&store.read).await? {
        return Ok(instant(row.at));
    }
    let row = Model { unit: unit.0, name: name.to_owned(), at: millis(now) };
    let keep = OnConflict::columns([Column::Unit, Column::Name]).do_nothing().to_owned();
    Entity::insert(row.into_active_model()).on_conflict(keep).exec_without_returning(&store.write).await?;
    // Whoever was first has said where it begins.
    Ok(find().one(&store.write).await?.map_or(now, |row| instant(row.at)))
}

/// Moves a cursor that still stands at `from`; gives whether it did.
///
/// # Errors
/// [`Error::Database`].
pub async fn move_cursor(
    store: &Store,
    unit: UnitId,
    name: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<bool, Error> {
    use cursor::{Column, Entity};
    let moved = Entity::update_many()
        .col_expr(Column::At, Expr::value(millis(to)))
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Name.eq(name))
        .filter(Column::At.eq(millis(from)))
        .exec(&store.write);
    Ok(moved.await?.rows_affected > 0)
}
