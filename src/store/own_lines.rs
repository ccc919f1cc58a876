//! What members of staff put on top of their own day: pins and reminders, in their own order.
//!
//! Nobody's work follows from them, so they are rows of their own beside the engine. Words may name people: they are sealed
//! under the desk's key. A line's place is a number with room on both sides, so that moving one line writes one row.

use super::entity::own_line::{Column, Entity, Model};
use super::rows::{instant, millis};
use super::seal::Keys;
use super::{Error, Store, read};
use crate::domain::ids::{StaffId, TaskId, UnitId};
use crate::domain::state::CaseState;
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

/// What somebody put on top of their own day.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnLine {
    /// Its id.
    pub id: Uuid,
    /// The task it pins; none for a reminder.
    pub task: Option<TaskId>,
    /// A reminder's words.
    pub words: String,
    /// The day a reminder is for.
    pub day: Option<NaiveDate>,
    /// Its place: lines are in the order of these.
    pub place: i64,
    /// When it was ticked off.
    pub done_at: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for OwnLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OwnLine({})", self.id)
    }
}

/// What a line's words are sealed for.
const PURPOSE: &str = "own_lines.body";

/// Somebody's lines in their order: those that stand, and those that were ticked off since.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn of(
    store: &Store,
    unit: UnitId,
    staff: StaffId,
    done_since: Option<DateTime<Utc>>,
) -> Result<Vec<OwnLine>, Error> {
    let mut standing = Condition::any().add(Column::DoneAt.is_null());
    if let Some(since) = done_since {
        standing = standing.add(Column::DoneAt.gte(millis(since)));
    }
    let find =
        Entity::find().filter(Column::Unit.eq(unit.0)).filter(Column::Staff.eq(staff.0)).filter(standing);
    let rows = find.order_by_asc(Column::Place).order_by_asc(Column::Id).all(store.reader()).await?;
    let mut keys = Keys::new(store.ring());
    if rows.iter().any(|row| row.body.is_some()) {
        read::keys(store.reader(), &mut keys, [CaseState::desk_of(unit).0]).await?;
    }
    rows.into_iter()
        .map(|row| {
            let words = row.body.as_ref().map(|body| keys.open(PURPOSE, body)).transpose()?;
            Ok(OwnLine {
                id: row.id,
                task: row.task.map(TaskId),
                words: words.unwrap_or_default(),
                day: row.day.and_then(|day| day.parse().ok()),
                place: row.place,
                done_at: row.done_at.map(instant),
            })
        })
        .collect()
}

/// Keeps these lines of somebody's as they are to be.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn put(store: &Store, unit: UnitId, staff: StaffId, lines: &[OwnLine]) -> Result<(), Error> {
    let desk = CaseState::desk_of(unit).0;
    let mut keys = Keys::new(store.ring());
    read::keys(store.reader(), &mut keys, [desk]).await?;
    let mut rows = Vec::new();
    for line in lines {
        let body = (!line.words.is_empty()).then(|| keys.seal(desk, PURPOSE, &line.words)).transpose()?;
        rows.push(
            Model {
                id: line.id,
                unit: unit.0,
                staff: staff.0,
                task: line.task.map(|task| task.0),
                day: line.day.map(|day| day.to_string()),
                place: line.place,
                done_at: line.done_at.map(millis),
                body,
            }
            .into_active_model(),
        );
    }
    if rows.is_empty() {
        return Ok(());
    }
    let tx = store.begin().await?;
    let changed = [Column::Day, Column::Place, Column::DoneAt, Column::Body];
    Entity::insert_many(rows)
        .on_conflict(OnConflict::column(Column::Id).update_columns(changed).to_owned())
        .exec_without_returning(&tx)
        .await?;
    Ok(tx.commit().await?)
}
