//! The state of a unit's machinery in numbers.

use super::whose::Whose;
use crate::domain::ids::{StaffId, TeamId, UnitId};
use crate::domain::london;
use crate::domain::message::MessageState;
use crate::domain::receipt::Outcome;
use crate::domain::state::CaseState;
use crate::domain::task::Priority;
use crate::domain::words;
use crate::store::entity::{case, duty, event, message, task, timer, unlinked};
use crate::store::rows::{IS_OPEN, instant, millis};
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

/// Numbers at one instant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Events recorded and not yet handled.
    pub events_waiting: u64,
    /// When the longest waiting was recorded.
    pub oldest_waiting_at: Option<DateTime<Utc>>,
    /// Events parked.
    pub events_parked: u64,
    /// Court results that wait for a case.
    pub results_unlinked: u64,
    /// Cases not concluded.
    pub cases_open: u64,
    /// Tasks open.
    pub tasks_open: u64,
    /// Of these, past due.
    pub tasks_overdue: u64,
    /// Of these, without an owner.
    pub tasks_unassigned: u64,
    /// Duties open.
    pub duties_open: u64,
    /// Of these, past due.
    pub duties_overdue: u64,
    /// Messages by state.
    pub messages: Vec<(MessageState, i64)>,
    /// Timers that wait.
    pub timers_waiting: u64,
    /// When the longest overdue was due.
    pub oldest_timer_at: Option<DateTime<Utc>>,
}

/// Open tasks of one member of staff or queue with one priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCount {
    /// Who has them; none for a queue.
    pub assignee: Option<StaffId>,
    /// Whose queue, or the team of whoever has them.
    pub team: Option<TeamId>,
    /// Their priority.
    pub priority: Priority,
    /// How many.
    pub open: u64,
    /// Of these: due today, and not overdue. Due is the statutory clock, or the target where there is none.
    pub due_today: u64,
    /// Of these: past due.
    pub overdue: u64,
    /// Minutes that they take together.
    pub minutes: u32,
}

/// Counts a unit's open tasks by who has them, team and priority, at `now`.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_work(
    store: &Store,
    unit: UnitId,
    whose: &Whose,
    now: DateTime<Utc>,
) -> Result<Vec<OpenCount>, Error> {
    use task::Column;
    let (now, ends) = (millis(now), millis(london::end_of_day(london::date(now))));
    // What has no statutory clock is held to its target. The instants are ours, so that they may stand in the text.
    let counted =
        |when: String| Expr::cust(format!("CAST(SUM(CASE WHEN {when} THEN 1 ELSE 0 END) AS BIGINT)"));
    let clock = "COALESCE(due_at, target_at)";
    let conn = store.reader();
    let mut counts = Vec::new();
    for theirs in whose.conditions(conn, unit) {
        let find = task::Entity::find()
            .select_only()
            .columns([Column::Assignee, Column::Team, Column::Priority])
            // Not the id, which is not in the index.
            .column_as(Expr::cust("COUNT(*)"), "open")
            .column_as(counted(format!("{clock} >= {now} AND {clock} <= {ends}")), "due_today")
            .column_as(counted(format!("{clock} < {now}")), "overdue")
            .column_as(Expr::cust("CAST(SUM(minutes) AS BIGINT)"), "minutes")
            .filter(theirs)
            .filter(Expr::cust(IS_OPEN))
            .group_by(Column::Assignee)
            .group_by(Column::Team)
            .group_by(Column::Priority);
        for row in find.into_tuple::<Row>().all(conn).await? {
            counts.push(one(row)?);
        }
    }
    Ok(counts)
}

/// As many open tasks as a row counts: who has them, team, priority, how many, due today, overdue, minutes.
type Row = (Option<Uuid>, Option<Uuid>, String, i64, i64, i64, i64);

fn one((assignee, team, priority, open, due_today, overdue, minutes): Row) -> Result<OpenCount, Error> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(OpenCount {
        assignee: assignee.map(StaffId),
        team: team.map(TeamId),
        priority: words::parse(&priority)?,
        open: count(open),
        due_today: count(due_today),
        overdue: count(overdue),
        minutes: u32::try_from(minutes).unwrap_or(u32::MAX),
    })
}

/// Counts a unit's work at `now`.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn count(store: &Store, unit: UnitId, now: DateTime<Utc>) -> Result<Stats, Error> {
    let conn = store.reader();
    let now = millis(now);
    let events = |state: Outcome| {
        event::Entity::find()
            .filter(event::Column::Unit.eq(unit.0))
            .filter(event::Column::State.eq(state.to_string()))
    };
    let oldest = events(Outcome::Waiting)
        .select_only()
        .column_as(Expr::col(event::Column::RecordedAt).min(), "oldest")
        .into_tuple::<Option<i64>>();
    let unlinked = unlinked::Entity::find()
        .filter(unlinked::Column::Unit.eq(unit.0))
        .filter(unlinked::Column::CaseId.is_null());
    let cases = case::Entity::find()
        .filter(case::Column::Unit.eq(unit.0))
        .filter(case::Column::Id.ne(CaseState::desk_of(unit).0))
        .filter(case::Column::Phase.ne("concluded"));
    let tasks = || {
        task::Entity::find().filter(task::Column::Unit.eq(unit.0)).filter(task::Column::State.is_in([
            "open",
            "acknowledged",
            "in-progress",
        ]))
    };
    let duties =
        || duty::Entity::find().filter(duty::Column::Unit.eq(unit.0)).filter(duty::Column::State.eq("open"));
    let timers = || {
        timer::Entity::find()
            .filter(timer::Column::Unit.eq(unit.0))
            .filter(timer::Column::State.eq("waiting"))
    };
    let late = timers()
        .filter(timer::Column::DueAt.lte(now))
        .select_only()
        .column_as(Expr::col(timer::Column::DueAt).min(), "oldest")
        .into_tuple::<Option<i64>>();
    let messages = message::Entity::find()
        .select_only()
        .column(message::Column::State)
        .column_as(Expr::col(message::Column::Id).count(), "messages")
        .filter(message::Column::Unit.eq(unit.0))
        .group_by(message::Column::State)
        .into_tuple::<(String, i64)>()
        .all(conn)
        .await?;
    let messages = messages
        .into_iter()
        .map(|(state, count)| Ok((words::parse(&state)?, count)))
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Stats {
        events_waiting: events(Outcome::Waiting).count(conn).await?,
        oldest_waiting_at: oldest.one(conn).await?.flatten().map(instant),
        events_parked: events(Outcome::Parked).count(conn).await?,
        results_unlinked: unlinked.count(conn).await?,
        cases_open: cases.count(conn).await?,
        tasks_open: tasks().count(conn).await?,
        tasks_overdue: tasks().filter(task::Column::DueAt.lt(now)).count(conn).await?,
        tasks_unassigned: tasks().filter(task::Column::Assignee.is_null()).count(conn).await?,
        duties_open: duties().count(conn).await?,
        duties_overdue: duties().filter(duty::Column::DueAt.lt(now)).count(conn).await?,
        messages,
        timers_waiting: timers().count(conn).await?,
        oldest_timer_at: late.one(conn).await?.flatten().map(instant),
    })
}
