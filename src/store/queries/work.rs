//! Open work as planning needs it: whose, of what case, by when, without opening a sealed body.

use super::also_of;
use super::tasks::{Filter, select};
use crate::domain::case::Risk;
use crate::domain::ids::{AbsenceId, CaseId, PersonId, StaffId, TaskId, TeamId, UnitId};
use crate::domain::task::{Priority, Task, TaskState};
use crate::domain::words;
use crate::store::among::among;
use crate::store::entity::{case, participant, task};
use crate::store::rows::instant;
use crate::store::{Error, Store};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// An open task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenTask {
    /// Its id.
    pub id: TaskId,
    /// Its case; the desk's id for a desk task.
    pub case: CaseId,
    /// Its version.
    pub version: i64,
    /// Its kind, a word of the pack.
    pub kind: String,
    /// Where it stands.
    pub state: TaskState,
    /// How urgent it is.
    pub priority: Priority,
    /// Who has it.
    pub assignee: Option<StaffId>,
    /// Whose queue it is in.
    pub team: Option<TeamId>,
    /// The local target.
    pub target_at: Option<DateTime<Utc>>,
    /// The clock it must not miss.
    pub due_at: Option<DateTime<Utc>>,
    /// When to try again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// How long it takes.
    pub minutes: u32,
}

impl OpenTask {
    /// The earliest of its clocks.
    #[must_use]
    pub fn by(&self) -> Option<DateTime<Utc>> {
        [self.target_at, self.due_at, self.next_attempt_at].into_iter().flatten().min()
    }
}

/// What is known of the cases of some work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Around {
    /// What each case is known by.
    pub label: Option<String>,
    /// Who owns it, with the case's version.
    pub owner: Option<StaffId>,
    /// The team that holds it.
    pub team: Option<TeamId>,
    /// Its version.
    pub version: i64,
    /// Risk to the victim.
    pub risk: Risk,
    /// The people in it.
    pub people: Vec<PersonId>,
    /// Who has or had work in it.
    pub familiar: Vec<StaffId>,
}

/// A case of which nothing is known yet.
const UNKNOWN: Around = Around {
    label: None,
    owner: None,
    team: None,
    version: 0,
    risk: Risk::Low,
    people: Vec::new(),
    familiar: Vec::new(),
};

/// The open tasks that somebody has, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_of(store: &Store, unit: UnitId, staff: StaffId) -> Result<Vec<OpenTask>, Error> {
    open_where(store, also_of(task::Column::Unit, unit), task::Column::Assignee.eq(staff.0)).await
}

/// The open tasks of a unit, whoever has them, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_all(store: &Store, unit: UnitId) -> Result<Vec<OpenTask>, Error> {
    open_where(store, task::Column::Unit.eq(unit.0), Expr::val(true)).await
}

/// The open tasks of a unit of this priority, whoever has them, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_of_priority(
    store: &Store,
    unit: UnitId,
    priority: Priority,
) -> Result<Vec<OpenTask>, Error> {
    open_where(store, task::Column::Unit.eq(unit.0), task::Column::Priority.eq(priority.to_string())).await
}

/// Those of these tasks that are open, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_among(store: &Store, unit: UnitId, ids: &[TaskId]) -> Result<Vec<OpenTask>, Error> {
    let these = among(store.reader(), task::Column::Id, ids.iter().map(|id| id.0));
    open_where(store, also_of(task::Column::Unit, unit), these).await
}

/// The columns of an open task.
#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    case_id: Uuid,
    version: i64,
    kind: String,
    state: String,
    priority: String,
    assignee: Option<Uuid>,
    team: Option<Uuid>,
    target_at: Option<i64>,
    due_at: Option<i64>,
    next_attempt_at: Option<i64>,
    raised_at: i64,
    minutes: i64,
}

async fn open_where(store: &Store, of_unit: Expr, which: Expr) -> Result<Vec<OpenTask>, Error> {
    let find =
        task::Entity::find().filter(of_unit).filter(task::Column::State.is_in(TaskState::OPEN)).filter(which);
    read(store, find).await
}

/// The open tasks that a filter finds, in order of id, and no more than `max`.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_by(
    store: &Store,
    unit: UnitId,
    filter: &Filter,
    max: usize,
) -> Result<Vec<OpenTask>, Error> {
    read(store, select(unit, filter).limit(max as u64)).await
}

async fn read(store: &Store, find: sea_orm::Select<task::Entity>) -> Result<Vec<OpenTask>, Error> {
    use task::Column;
    let find = find
        .select_only()
        .columns([
            Column::Id,
            Column::CaseId,
            Column::Version,
            Column::Kind,
            Column::State,
            Column::Priority,
            Column::Assignee,
            Column::Team,
            Column::TargetAt,
            Column::DueAt,
            Column::NextAttemptAt,
            Column::RaisedAt,
            Column::Minutes,
        ])
        .order_by_asc(Column::Id);
    let rows = find.into_model::<Row>().all(store.reader()).await?;
    let task = |row: Row| {
        Ok(OpenTask {
            id: TaskId(row.id),
            case: CaseId(row.case_id),
            version: row.version,
            kind: row.kind,
            state: words::parse(&row.state)?,
            priority: words::parse(&row.priority)?,
            assignee: row.assignee.map(StaffId),
            team: row.team.map(TeamId),
            target_at: row.target_at.map(instant),
            due_at: row.due_at.map(instant),
            next_attempt_at: row.next_attempt_at.map(instant),
            raised_at: instant(row.raised_at),
            minutes: u32::try_from(row.minutes).unwrap_or(u32::MAX),
        })
    };
    rows.into_iter().map(task).collect()
}

/// The open tasks that are kept for somebody who is away by this absence, whole, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn covered_by(store: &Store, unit: UnitId, absence: AbsenceId) -> Result<Vec<Task>, Error> {
    use task::Column;
    let rows = task::Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::CoveredFor.is_not_null())
        .filter(Column::State.is_in(TaskState::OPEN))
        .order_by_asc(Column::Id)
        .all(store.reader())
        .await?;
    let mut tasks: Vec<Task> = super::opened(store, &rows).await?;
    tasks.retain(|task| task.covered.iter().any(|covered| covered.absence == absence));
    Ok(tasks)
}

/// What planning asks about these cases.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn around(store: &Store, cases: &BTreeSet<CaseId>) -> Result<BTreeMap<CaseId, Around>, Error> {
    let mut around: BTreeMap<CaseId, Around> = cases.iter().map(|case| (*case, UNKNOWN)).collect();
    if cases.is_empty() {
        return Ok(around);
    }
    let conn = store.reader();
    let ids = || cases.iter().map(|case| case.0);
    let rows = case::Entity::find()
        .select_only()
        .columns([
            case::Column::Id,
            case::Column::Owner,
            case::Column::Team,
            case::Column::Version,
            case::Column::Risk,
        ])
        .filter(among(conn, case::Column::Id, ids()));
    for (id, owner, team, version, risk) in
        rows.into_tuple::<(Uuid, Option<Uuid>, Option<Uuid>, i64, String)>().all(conn).await?
    {
        if let Some(held) = around.get_mut(&CaseId(id)) {
            (held.owner, held.team, held.version) = (owner.map(StaffId), team.map(TeamId), version);
            held.risk = words::parse(&risk)?;
        }
    }
    for (case, label) in super::cases::labels(store, cases.iter().copied()).await? {
        if let Some(held) = around.get_mut(&case) {
            held.label = Some(label);
        }
    }
    let rows = participant::Entity::find()
        .select_only()
        .columns([participant::Column::CaseId, participant::Column::Person])
        .filter(among(conn, participant::Column::CaseId, ids()))
        .order_by_asc(participant::Column::Person);
    for (case, person) in rows.into_tuple::<(Uuid, Uuid)>().all(conn).await? {
        if let Some(held) = around.get_mut(&CaseId(case)) {
            held.people.push(PersonId(person));
        }
    }
    let rows = task::Entity::find()
        .select_only()
        .columns([task::Column::CaseId, task::Column::Assignee])
        .filter(among(conn, task::Column::CaseId, ids()))
        .filter(task::Column::Assignee.is_not_null())
        .distinct()
        .order_by_asc(task::Column::Assignee);
    for (case, staff) in rows.into_tuple::<(Uuid, Uuid)>().all(conn).await? {
        if let Some(held) = around.get_mut(&CaseId(case)) {
            held.familiar.push(StaffId(staff));
        }
    }
    Ok(around)
}

/// The cases that somebody owns and that are not concluded, in order of id.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_of_owner(store: &Store, unit: UnitId, owner: StaffId) -> Result<Vec<CaseId>, Error> {
    use case::Column;
    let find = case::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Owner.eq(owner.0))
        .filter(Column::Phase.ne("concluded"))
        .order_by_asc(Column::Id);
    Ok(find.into_tuple::<Uuid>().all(store.reader()).await?.into_iter().map(CaseId).collect())
}

/// The open tasks of these cases, in order of id.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn open_in(store: &Store, unit: UnitId, cases: &[CaseId]) -> Result<Vec<OpenTask>, Error> {
    let these = among(store.reader(), task::Column::CaseId, cases.iter().map(|case| case.0));
    open_where(store, also_of(task::Column::Unit, unit), these).await
}
