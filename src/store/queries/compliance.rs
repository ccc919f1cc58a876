//! How duties ended, counted by kind and by the week in which they fell due.

use crate::domain::duty::DutyState;
use crate::domain::ids::UnitId;
use crate::domain::london;
use crate::domain::words;
use crate::store::entity::duty::{Column, Entity};
use crate::store::rows::{instant, millis};
use crate::store::{Error, Store};
use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::collections::BTreeMap;

/// How the duties of one kind that fell due in one week stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Met in time.
    pub met: i64,
    /// Met late.
    pub late: i64,
    /// Excused.
    pub excused: i64,
    /// Owed and past due.
    pub overdue: i64,
    /// Owed, and not due yet.
    pub open: i64,
}

/// Counts the duties that fall due from `from` until before `to`, by kind and by their week's Monday.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn count(
    store: &Store,
    unit: UnitId,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<BTreeMap<(String, NaiveDate), Count>, Error> {
    // Grouped by instant: most duties fall due at the end of a day, and weeks begin at midnight in London, which a
    // database does not know.
    let find = Entity::find()
        .select_only()
        .column(Column::Kind)
        .column(Column::State)
        .column(Column::DueAt)
        .column_as(Expr::cust("COUNT(*)"), "duties")
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::State.ne(DutyState::Withdrawn.to_string()))
        .filter(Column::DueAt.gte(millis(from)))
        .filter(Column::DueAt.lt(millis(to)))
        .group_by(Column::Kind)
        .group_by(Column::State)
        .group_by(Column::DueAt);
    let rows = find.into_tuple::<(String, String, i64, i64)>().all(store.reader()).await?;
    let mut counts: BTreeMap<(String, NaiveDate), Count> = BTreeMap::new();
    for (kind, state, due_at, duties) in rows {
        let due = instant(due_at);
        let count = counts.entry((kind, london::monday_of(london::date(due)))).or_default();
        let state: DutyState = words::parse(&state)?;
        *match state {
            DutyState::Met => &mut count.met,
            DutyState::Late => &mut count.late,
            DutyState::Excused => &mut count.excused,
            DutyState::Open if due <= now => &mut count.overdue,
            DutyState::Open | DutyState::Withdrawn => &mut count.open,
        } += duties;
    }
    Ok(counts)
}
