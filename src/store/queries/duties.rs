//! Lists of what is and was owed.

use super::{Page, after, also_of, opened};
use crate::domain::duty::{Duty, DutyState};
use crate::domain::ids::{CaseId, ParticipantId, TaskId, UnitId};
use crate::store::entity::duty::{Column, Entity};
use crate::store::rows::millis;
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which duties; what is none or empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of none of these cases.
    pub not_cases: Vec<CaseId>,
    /// To this participant.
    pub participant: Option<ParticipantId>,
    /// Gathered in this task.
    pub task: Option<TaskId>,
    /// That stand so; open ones where none.
    pub states: Vec<DutyState>,
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// Due before this.
    pub due_before: Option<DateTime<Utc>>,
    /// Due at this instant or later.
    pub due_after: Option<DateTime<Utc>>,
}

/// Where a duty stands in the order of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(i64, Uuid);

fn clock() -> SimpleExpr {
    Expr::cust(format!("COALESCE(due_at, {})", i64::MAX))
}

/// A page of a unit's duties with their cases, earliest due first, those that wait for a date last.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    from: Option<Mark>,
    size: usize,
) -> Result<Page<(CaseId, Duty), Mark>, Error> {
    let states: Vec<String> = if filter.states.is_empty() {
        vec![DutyState::Open.to_string()]
    } else {
        filter.states.iter().map(ToString::to_string).collect()
    };
    let of_unit = if filter.case.is_some() { also_of(Column::Unit, unit) } else { Column::Unit.eq(unit.0) };
    let mut find = Entity::find().filter(of_unit).filter(Column::State.is_in(states));
    if let Some(case) = filter.case {
        find = find.filter(Column::CaseId.eq(case.0));
    }
    if !filter.not_cases.is_empty() {
        find = find.filter(Column::CaseId.is_not_in(filter.not_cases.iter().map(|case| case.0)));
    }
    if let Some(participant) = filter.participant {
        find = find.filter(Column::Participant.eq(participant.0));
    }
    if let Some(task) = filter.task {
        find = find.filter(Column::Task.eq(task.0));
    }
    if !filter.kinds.is_empty() {
        find = find.filter(Column::Kind.is_in(&filter.kinds));
    }
    if let Some(before) = filter.due_before {
        find = find.filter(Column::DueAt.lt(millis(before)));
    }
    if let Some(after) = filter.due_after {
        find = find.filter(Column::DueAt.gte(millis(after)));
    }
    if let Some(Mark(due, id)) = from {
        let order = Expr::tuple([clock(), Expr::col(Column::Id)]);
        find = find.filter(order.gt(after::given(vec![due.into(), id.into()])));
    }
    let mut rows = find
        .order_by(clock(), Order::Asc)
        .order_by_asc(Column::Id)
        .limit(size as u64 + 1)
        .all(store.reader())
        .await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| Mark(row.due_at.unwrap_or(i64::MAX), row.id));
    let duties: Vec<Duty> = opened(store, &rows).await?;
    let items = rows.iter().map(|row| CaseId(row.case_id)).zip(duties).collect();
    Ok(Page { items, next })
}
