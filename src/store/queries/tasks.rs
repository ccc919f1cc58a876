//! Lists of work, in the order in which it is to be done.

use super::{CHUNK, CHUNKS_MAX, Page, after, also_of, opened};
use crate::domain::ids::{CaseId, ParticipantId, StaffId, TaskId, TeamId, UnitId};
use crate::domain::task::{Priority, Task, TaskState};
use crate::store::among::among;
use crate::store::entity::task::{Column, Entity, Model};
use crate::store::rows::{EARLIER_CLOCK, millis};
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{
    ColumnTrait, EntityName, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which tasks; what is none or empty asks nothing.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this member of staff.
    pub assignee: Option<StaffId>,
    /// Without an owner.
    pub unassigned: Option<Unassigned>,
    /// Of this team.
    pub team: Option<TeamId>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Of none of these cases.
    pub not_cases: Vec<CaseId>,
    /// About this participant.
    pub participant: Option<ParticipantId>,
    /// In one of these states; open ones where none.
    pub states: Vec<TaskState>,
    /// Of one of these kinds.
    pub kinds: Vec<String>,
    /// With one of these priorities.
    pub priorities: Vec<Priority>,
    /// Due before this.
    pub due_before: Option<DateTime<Utc>>,
    /// Due at this instant or later.
    pub due_after: Option<DateTime<Utc>>,
    /// To be tried again before this.
    pub try_before: Option<DateTime<Utc>>,
    /// Raised after this.
    pub raised_after: Option<DateTime<Utc>>,
    /// Which comes first.
    pub order: Order,
}

/// In what order tasks are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// As they are to be done: by priority, then the earlier of target and due, then age.
    #[default]
    ToBeDone,
    /// As they ended, the latest first.
    LatestEnded,
}

impl Filter {
    /// Whether there is an index to what it asks that finds less than all open work of the unit, or of its next days.
    fn is_narrow(&self) -> bool {
        let by_team = self.team.is_some() && self.due_before.is_none();
        self.case.is_some() || self.assignee.is_some() || by_team
    }
}

/// Only work that nobody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unassigned;

/// Where a task stands in the order of a list: by what it is ordered by, and its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark(String, i64, i64, Uuid);

impl Mark {
    /// Where this task stands in the order in which work is to be done.
    #[must_use]
    pub fn of(task: &Task) -> Self {
        let clock = task.clock().map_or(NEVER, millis);
        Self(task.priority.to_string(), clock, millis(task.raised_at), task.id.0)
    }
}

/// What a task without a clock counts as: after every other.
const NEVER: i64 = i64::MAX;

/// The earlier of target and due.
fn clock() -> SimpleExpr {
    Expr::cust(format!("COALESCE({EARLIER_CLOCK}, {NEVER})"))
}

impl Order {
    /// What a list is ordered by, each ascending, before the id.
    fn keys(self) -> [SimpleExpr; 3] {
        match self {
            Self::ToBeDone => [Expr::col(Column::Priority), clock(), Expr::col(Column::RaisedAt)],
            Self::LatestEnded => {
                let ended = Expr::cust("-COALESCE(ended_at, 0)");
                [Expr::val(""), ended, Expr::col(Column::RaisedAt)]
            }
        }
    }

    /// The same of a row.
    fn mark(self, row: &Model) -> Mark {
        let clock = match (row.target_at, row.due_at) {
            (Some(target), Some(due)) => std::cmp::min(target, due),
            (target, due) => due.or(target).unwrap_or(NEVER),
        };
        match self {
            Self::ToBeDone => Mark(row.priority.clone(), clock, row.raised_at, row.id),
            Self::LatestEnded => Mark(String::new(), -row.ended_at.unwrap_or(0), row.raised_at, row.id),
        }
    }
}

/// A page of a unit's tasks, in the order of the filter.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn list(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    mut from: Option<Mark>,
    size: usize,
) -> Result<Page<Task, Mark>, Error> {
    let mut items = Vec::new();
    for _ in 0..CHUNKS_MAX {
        let chunk = if filter.participant.is_some() { CHUNK } else { size as u64 + 1 };
        let mut find = select(unit, filter);
        if let Some(Mark(priority, clock_at, raised, id)) = &from {
            let [first, second, third] = filter.order.keys();
            let order = Expr::tuple([first, second, third, Expr::col(Column::Id)]);
            let values = vec![priority.clone().into(), (*clock_at).into(), (*raised).into(), (*id).into()];
            find = find.filter(order.gt(after::given(values)));
        }
        for key in filter.order.keys() {
            find = find.order_by(key, sea_orm::Order::Asc);
        }
        let rows = find.order_by_asc(Column::Id).limit(chunk).all(store.reader()).await?;
        let is_last = (rows.len() as u64) < chunk;
        let tasks: Vec<Task> = opened(store, &rows).await?;
        for (row, task) in rows.iter().zip(tasks) {
            if items.len() == size {
                return Ok(Page { items, next: from });
            }
            from = Some(filter.order.mark(row));
            if is_about(filter, &task) {
                items.push(task);
            }
        }
        if is_last {
            return Ok(Page { items, next: None });
        }
    }
    Ok(Page { items, next: from })
}

/// Those of these tasks that match a filter, in no order.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn matching(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    ids: &[TaskId],
) -> Result<Vec<Task>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let these = among(store.reader(), Column::Id, ids.iter().map(|id| id.0));
    // Looked up by id before anything else is asked of them: SQLite, which keeps no counts, would rather read all work of
    // the unit that is in one of the states.
    let these = Entity::find().filter(these).limit(ids.len() as u64).into_query();
    let mut find = select(unit, filter);
    QueryTrait::query(&mut find).from_clear().from_subquery(these, Entity.table_name());
    let rows = find.all(store.reader()).await?;
    let mut tasks: Vec<Task> = opened(store, &rows).await?;
    tasks.retain(|task| is_about(filter, task));
    Ok(tasks)
}

/// What only the opened body says of whether a task matches.
fn is_about(filter: &Filter, task: &Task) -> bool {
    filter.participant.is_none_or(|about| task.about == Some(about))
}

pub(super) fn select(unit: UnitId, filter: &Filter) -> sea_orm::Select<Entity> {
    let states: Vec<String> = if filter.states.is_empty() {
        [TaskState::Open, TaskState::Acknowledged, TaskState::InProgress]
            .iter()
            .map(ToString::to_string)
            .collect()
    } else {
        filter.states.iter().map(ToString::to_string).collect()
    };
    let of_unit = if filter.is_narrow() { also_of(Column::Unit, unit) } else { Column::Unit.eq(unit.0) };
    let mut find = Entity::find().filter(of_unit).filter(Column::State.is_in(states));
    if let Some(assignee) = filter.assignee {
        find = find.filter(Column::Assignee.eq(assignee.0));
    }
    if filter.unassigned.is_some() {
        find = find.filter(Column::Assignee.is_null());
    }
    if let Some(team) = filter.team {
        find = find.filter(Column::Team.eq(team.0));
    }
    if let Some(case) = filter.case {
        find = find.filter(Column::CaseId.eq(case.0));
    }
    if !filter.not_cases.is_empty() {
        find = find.filter(Column::CaseId.is_not_in(filter.not_cases.iter().map(|case| case.0)));
    }
    if !filter.kinds.is_empty() {
        find = find.filter(Column::Kind.is_in(&filter.kinds));
    }
    if !filter.priorities.is_empty() {
        find = find.filter(Column::Priority.is_in(filter.priorities.iter().map(ToString::to_string)));
    }
    if let Some(before) = filter.due_before {
        find = find.filter(Column::DueAt.lt(millis(before)));
    }
    if let Some(after) = filter.due_after {
        find = find.filter(Column::DueAt.gte(millis(after)));
    }
    if let Some(before) = filter.try_before {
        find = find.filter(Column::NextAttemptAt.lt(millis(before)));
    }
    if let Some(after) = filter.raised_after {
        find = find.filter(Column::RaisedAt.gt(millis(after)));
    }
    find
}

/// How many open tasks a unit has.
///
/// # Errors
/// [`Error::Database`].
pub async fn count_open(store: &Store, unit: UnitId) -> Result<u64, Error> {
    Ok(select(unit, &Filter::default()).count(store.reader()).await?)
}
