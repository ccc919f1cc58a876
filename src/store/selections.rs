//! What a line of the schedule may go through: a closed list of indexed queries, a page at a time.

use super::entity::hearing::{Column, Entity};
use super::{Error, Store};
use crate::domain::duty::DutyState;
use crate::domain::hearing::HearingState;
use crate::domain::ids::{CaseId, HearingId, UnitId};
use crate::domain::task::TaskState;
use crate::domain::words::Word;
use chrono::NaiveDate;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// A hearing that a selection found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected {
    /// The hearing.
    pub hearing: HearingId,
    /// Its present listing.
    pub listing: i64,
    /// Its case.
    pub case: CaseId,
}

/// At most `max` of the unit's hearings that are listed for `day`, a day in Europe/London, and have no result; in
/// the order of ids, after the last of the page before.
///
/// # Errors
/// [`Error::Database`].
pub async fn hearings_on(
    store: &Store,
    unit: UnitId,
    day: NaiveDate,
    after: Option<HearingId>,
    max: u64,
) -> Result<Vec<Selected>, Error> {
    page(store, unit, Column::Day.eq(day.to_string()), after, max).await
}

/// At most `max` of the unit's hearings whose day lies before `day` and whose result never came; in the order of
/// ids, after the last of the page before. A trial
/// that is listed for a week without a day is left out: nothing says that its day has passed.
///
/// # Errors
/// [`Error::Database`].
pub async fn hearings_without_result_before(
    store: &Store,
    unit: UnitId,
    day: NaiveDate,
    after: Option<HearingId>,
    max: u64,
) -> Result<Vec<Selected>, Error> {
    // Days are stored as YYYY-MM-DD, whose order as text is their order in time.
    page(store, unit, Column::Day.lt(day.to_string()).and(Column::At.is_not_null()), after, max).await
}

/// At most `max` of the unit's cases, its desk included, in which work is open or something is owed; in the order of
/// ids, after the last of the page before.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_with_open_clocks(
    store: &Store,
    unit: UnitId,
    after: Option<CaseId>,
    max: u64,
) -> Result<Vec<CaseId>, Error> {
    use super::entity::{duty, task};
    let after = after.map_or(Uuid::nil(), |after| after.0);
    let tasks = task::Entity::find()
        .select_only()
        .column(task::Column::CaseId)
        .distinct()
        .filter(task::Column::Unit.eq(unit.0))
        .filter(task::Column::State.is_in(TaskState::OPEN))
        .filter(task::Column::CaseId.gt(after))
        .order_by_asc(task::Column::CaseId)
        .limit(max);
    let duties = duty::Entity::find()
        .select_only()
        .column(duty::Column::CaseId)
        .distinct()
        .filter(duty::Column::Unit.eq(unit.0))
        .filter(duty::Column::State.eq(DutyState::Open.word()))
        .filter(duty::Column::CaseId.gt(after))
        .order_by_asc(duty::Column::CaseId)
        .limit(max);
    let mut cases = tasks.into_tuple::<Uuid>().all(&store.read).await?;
    cases.extend(duties.into_tuple::<Uuid>().all(&store.read).await?);
    cases.sort_unstable();
    cases.dedup();
    cases.truncate(usize::try_from(max).unwrap_or(usize::MAX));
    Ok(cases.into_iter().map(CaseId).collect())
}

async fn page(
    store: &Store,
    unit: UnitId,
    days: Expr,
    after: Option<HearingId>,
    max: u64,
) -> Result<Vec<Selected>, Error> {
    let mut which = Condition::all()
        .add(Column::Unit.eq(unit.0))
        .add(Column::State.eq(HearingState::Listed.word()))
        .add(days);
    if let Some(after) = after {
        which = which.add(Column::Id.gt(after.0));
    }
    let rows = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Listing, Column::CaseId])
        .filter(which)
        .order_by_asc(Column::Id)
        .limit(max)
        .into_tuple::<(Uuid, i64, Uuid)>()
        .all(&store.read)
        .await?;
    let selected = |(id, listing, case)| Selected { hearing: HearingId(id), listing, case: CaseId(case) };
    Ok(rows.into_iter().map(selected).collect())
}
