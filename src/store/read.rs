//! Reading under the engine's locks: whole cases, a query a table for all cases of a batch.

use super::entity;
use super::rows::{Stored, instant};
use super::seal::Keys;
use super::{Error, Store};
use crate::domain::case::{Case, Reference, ReferenceKind};
use crate::domain::ids::{AbsenceId, CaseId, DutyId, EventId, MessageId, StaffId, TaskId, TeamId, UnitId};
use crate::domain::receipt::Outcome;
use crate::domain::record::Record;
use crate::domain::staff::{Absence, Roster, Team, Unit};
use crate::domain::state::{CaseState, Tracked};
use crate::domain::words::{self, Word};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
use std::collections::HashMap;
use uuid::Uuid;

/// An event that is recorded already.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its id.
    pub id: EventId,
    /// What became of it.
    pub outcome: Outcome,
    /// Digest of what was recorded, to tell a repeat from a reference used for something else.
    pub digest: Option<String>,
}

/// Of these references, those under which an event is recorded.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn events_known(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    references: &[(&str, &str)],
) -> Result<HashMap<(String, String), Known>, Error> {
    use entity::event::{Column, Entity};
    let mut known = HashMap::new();
    let mut by_source: HashMap<&str, Vec<&str>> = HashMap::new();
    for (source, reference) in references {
        by_source.entry(source).or_default().push(reference);
    }
    for (source, references) in by_source {
        let rows = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Source, Column::Reference, Column::State, Column::Digest])
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Source.eq(source))
            .filter(Column::Reference.is_in(references))
            .into_tuple::<(Uuid, String, String, String, Option<String>)>()
            .all(conn);
        for (id, source, reference, state, digest) in rows.await? {
            let outcome = words::parse(&state)?;
            known.insert((source, reference), Known { id: EventId(id), outcome, digest });
        }
    }
    Ok(known)
}

/// Of these ids, those under which an event is recorded.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn events_by_id(
    conn: &impl ConnectionTrait,
    ids: &[EventId],
) -> Result<HashMap<EventId, Known>, Error> {
    use entity::event::{Column, Entity};
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::Digest])
        .filter(Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple::<(Uuid, String, Option<String>)>();
    let rows = rows.all(conn).await?.into_iter();
    rows.map(|(id, state, digest)| {
        Ok((EventId(id), Known { id: EventId(id), outcome: words::parse(&state)?, digest }))
    })
    .collect()
}

/// The cases that these references find.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_by_reference(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    references: &[Reference],
) -> Result<HashMap<Reference, CaseId>, Error> {
    use entity::case_reference::{Column, Entity};
    if references.is_empty() {
        return Ok(HashMap::new());
    }
    let mut any = Condition::any();
    for kind in
        [ReferenceKind::Urn, ReferenceKind::CourtCase, ReferenceKind::Authority, ReferenceKind::Occurrence]
    {
        let values: Vec<&str> =
            references.iter().filter(|reference| reference.kind == kind).map(|r| r.value.as_str()).collect();
        if !values.is_empty() {
            any = any.add(Column::Kind.eq(kind.word()).and(Column::Value.is_in(values)));
        }
    }
    let rows = Entity::find().filter(Column::Unit.eq(unit.0)).filter(any).all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let kind = words::parse(&row.kind)?;
            Ok((Reference { kind, value: row.value }, CaseId(row.case_id)))
        })
        .collect()
}

/// The cases that these tasks belong to.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_of_tasks(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    tasks: &[TaskId],
) -> Result<HashMap<TaskId, CaseId>, Error> {
    use entity::task::{Column, Entity};
    let ids = tasks.iter().map(|task| task.0);
    let found =
        owners::<Entity>(conn, unit, Column::Id.is_in(ids), [Column::Id, Column::CaseId], Column::Unit);
    Ok(found.await?.into_iter().map(|(task, case)| (TaskId(task), case)).collect())
}

/// The cases that these duties belong to.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_of_duties(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    duties: &[DutyId],
) -> Result<HashMap<DutyId, CaseId>, Error> {
    use entity::duty::{Column, Entity};
    let ids = duties.iter().map(|duty| duty.0);
    let found =
        owners::<Entity>(conn, unit, Column::Id.is_in(ids), [Column::Id, Column::CaseId], Column::Unit);
    Ok(found.await?.into_iter().map(|(duty, case)| (DutyId(duty), case)).collect())
}

/// The cases that these messages belong to.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_of_messages(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    messages: &[MessageId],
) -> Result<HashMap<MessageId, CaseId>, Error> {
    use entity::message::{Column, Entity};
    let ids = messages.iter().map(|message| message.0);
    let found =
        owners::<Entity>(conn, unit, Column::Id.is_in(ids), [Column::Id, Column::CaseId], Column::Unit);
    Ok(found.await?.into_iter().map(|(message, case)| (MessageId(message), case)).collect())
}

async fn owners<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    which: Expr,
    columns: [E::Column; 2],
    unit_column: E::Column,
) -> Result<Vec<(Uuid, CaseId)>, Error> {
    let rows = E::find().select_only().columns(columns).filter(unit_column.eq(unit.0)).filter(which);
    let rows = rows.into_tuple::<(Uuid, Uuid)>().all(conn).await?;
    Ok(rows.into_iter().map(|(id, case)| (id, CaseId(case))).collect())
}

/// Reads the wrapped keys that are wanted and not at hand.
///
/// # Errors
/// [`super::seal::Error::Erased`] for a destroyed key; a key that is not stored is left for the caller to miss.
pub async fn keys(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    ids: impl IntoIterator<Item = Uuid>,
) -> Result<(), Error> {
    use entity::data_key::{Column, Entity};
    let missing = keys.want(ids);
    for some in missing.chunks(5_000) {
        for row in Entity::find().filter(Column::Id.is_in(some.iter().copied())).all(conn).await? {
            let wrapped = row.wrapped.ok_or(super::seal::Error::Erased(row.id))?;
            keys.admit(row.id, &wrapped)?;
        }
    }
    Ok(())
}

/// Whether to read what only a court's share needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Snapshots {
    /// Read them.
    Read,
    /// Leave them.
    Leave,
}

/// Whether to read what was said to and by people, which grows with a case and is asked for only to correct it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contacts {
    /// Read them.
    Read,
    /// Leave them.
    Leave,
}

/// Locks these cases in order of id and reads all that is held of them. A case that is not held is left out.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn cases_locked(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    ids: &[CaseId],
    snapshots: Snapshots,
    contacts: Contacts,
) -> Result<Vec<CaseState>, Error> {
    let mut ids: Vec<Uuid> = ids.iter().map(|case| case.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let find = entity::case::Entity::find()
        .filter(entity::case::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(entity::case::Column::Id);
    let rows = locked(conn, find).all(conn).await?;
    states(conn, keys, rows, snapshots, contacts).await
}

/// Reads all that is held of these cases without locking them: to show, never to change.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn cases(store: &Store, ids: &[CaseId]) -> Result<Vec<CaseState>, Error> {
    let mut keys = Keys::new(store.ring());
    let find = entity::case::Entity::find()
        .filter(entity::case::Column::Id.is_in(ids.iter().map(|case| case.0)))
        .order_by_asc(entity::case::Column::Id);
    let rows = find.all(store.reader()).await?;
    states(store.reader(), &mut keys, rows, Snapshots::Read, Contacts::Read).await
}

/// `FOR UPDATE` where the database has it; SQLite's one writer holds everything anyway.
pub(super) fn locked<E: EntityTrait>(conn: &impl ConnectionTrait, find: Select<E>) -> Select<E> {
    if conn.get_database_backend() == DbBackend::Postgres { find.lock(LockType::Update) } else { find }
}

async fn states(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    rows: Vec<entity::case::Model>,
    snapshots: Snapshots,
    contacts: Contacts,
) -> Result<Vec<CaseState>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    self::keys(conn, keys, ids.iter().copied()).await?;
    let mut states = Vec::with_capacity(rows.len());
    let mut place: HashMap<Uuid, usize> = HashMap::with_capacity(rows.len());
    for row in rows {
        let case: Case = keys.open("cases.body", &row.body)?;
        let record: Record = keys.open("cases.record", &row.record)?;
        place.insert(row.id, states.len());
        let mut state = CaseState::new(Tracked::read(case));
        state.record = Tracked::read(record);
        states.push(state);
    }
    macro_rules! read {
        ($entity:ident, $field:ident, $lock:expr) => {
            let find = entity::$entity::Entity::find()
                .filter(entity::$entity::Column::CaseId.is_in(ids.iter().copied()));
            let find = if $lock { locked(conn, find) } else { find };
            for row in find.all(conn).await? {
                let state = &mut states[place[&row.case_id]];
                state.$field.push(Tracked::read(Stored::value(&row, keys)?));
            }
        };
    }
    read!(participant, participants, false);
    read!(hearing, hearings, false);
    read!(attendance, attendances, false);
    read!(arrangement, arrangements, false);
    read!(duty, duties, false);
    read!(task, tasks, false);
    // The outbox moves a message without the case's lock, so its row is locked here before it is believed.
    read!(message, messages, true);
    read!(diary_entry, diary, false);
    read!(timer, timers, false);
    if contacts == Contacts::Read {
        read!(contact, contacts, false);
    }
    if snapshots == Snapshots::Read {
        read!(snapshot, snapshots, false);
    }
    people(conn, keys, &mut states).await?;
    for state in &mut states {
        state.in_order();
    }
    Ok(states)
}

async fn people(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    states: &mut [CaseState],
) -> Result<(), Error> {
    use entity::person::{Column, Entity};
    let mut ids: Vec<Uuid> = states
        .iter()
        .flat_map(|state| state.participants.iter().map(|participant| participant.person.0))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    self::keys(conn, keys, ids.iter().copied()).await?;
    let mut held = HashMap::with_capacity(ids.len());
    for row in Entity::find().filter(Column::Id.is_in(ids)).all(conn).await? {
        held.insert(row.id, keys.open::<crate::domain::person::Person>("people.body", &row.body)?);
    }
    for state in states {
        let mut theirs: Vec<Uuid> =
            state.participants.iter().map(|participant| participant.person.0).collect();
        theirs.sort_unstable();
        theirs.dedup();
        state.people.extend(theirs.iter().filter_map(|id| held.get(id)).cloned().map(Tracked::read));
    }
    Ok(())
}

/// The cases in which these people play a part, in order of id.
///
/// # Errors
/// [`Error::Database`].
pub async fn cases_of_people(
    conn: &impl ConnectionTrait,
    people: &[crate::domain::ids::PersonId],
) -> Result<Vec<CaseId>, Error> {
    use entity::participant::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(Column::Person.is_in(people.iter().map(|person| person.0)))
        .distinct()
        .order_by_asc(Column::CaseId);
    Ok(find.into_tuple::<Uuid>().all(conn).await?.into_iter().map(CaseId).collect())
}

/// Those of these people who are held.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn people_by_id(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    ids: &[crate::domain::ids::PersonId],
) -> Result<Vec<crate::domain::person::Person>, Error> {
    use entity::person::{Column, Entity};
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(Column::Id.is_in(ids.iter().map(|id| id.0))).all(conn).await?;
    self::keys(conn, keys, rows.iter().map(|row| row.id)).await?;
    rows.iter().map(|row| Ok(keys.open("people.body", &row.body)?)).collect()
}

/// The version of a unit's roster, which rises with every change to it; none where there is no such unit.
///
/// # Errors
/// [`Error::Database`].
pub async fn roster_version(conn: &impl ConnectionTrait, unit: UnitId) -> Result<Option<i64>, Error> {
    use entity::unit::{Column, Entity};
    let find = Entity::find_by_id(unit.0).select_only().column(Column::Version);
    Ok(find.into_tuple::<i64>().one(conn).await?)
}

/// The units.
///
/// # Errors
/// [`Error::Database`], [`Error::Missing`] if a row is not what it should be.
pub async fn units(conn: &impl ConnectionTrait) -> Result<Vec<Unit>, Error> {
    let rows = entity::unit::Entity::find().order_by_asc(entity::unit::Column::Id).all(conn).await?;
    rows.into_iter().map(unit_of).collect()
}

fn unit_of(row: entity::unit::Model) -> Result<Unit, Error> {
    let broken = |_| Error::Missing { what: "readable unit", id: row.id.to_string() };
    Ok(Unit { version: row.version, ..serde_json::from_str(&row.body).map_err(broken)? })
}

/// A unit with its teams, staff, absences and directory.
///
/// # Errors
/// [`Error::Missing`] if there is no such unit, [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn roster(conn: &impl ConnectionTrait, store: &Store, unit: UnitId) -> Result<Roster, Error> {
    let row = entity::unit::Entity::find_by_id(unit.0).one(conn).await?;
    let unit = unit_of(row.ok_or_else(|| Error::Missing { what: "unit", id: unit.to_string() })?)?;
    let mut keys = Keys::new(store.ring());
    self::keys(conn, &mut keys, [unit.id.0]).await?;
    let teams =
        entity::team::Entity::find().filter(entity::team::Column::Unit.eq(unit.id.0)).all(conn).await?;
    let teams = teams.into_iter().map(|row| Team { id: TeamId(row.id), name: row.name });
    let staff = entity::staff::Entity::find()
        .filter(entity::staff::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::staff::Column::Id)
        .all(conn)
        .await?;
    let staff = staff.iter().map(|row| keys.open("staff.body", &row.body)).collect::<Result<_, _>>()?;
    let absences = entity::absence::Entity::find()
        .filter(entity::absence::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::absence::Column::FromAt)
        .all(conn)
        .await?;
    let absences = absences.into_iter().map(|row| {
        Ok(Absence {
            id: AbsenceId(row.id),
            staff: StaffId(row.staff),
            kind: words::parse(&row.kind)?,
            from: instant(row.from_at),
            until: row.until_at.map(instant),
        })
    });
    let absences = absences.collect::<Result<_, Error>>()?;
    let directory = entity::directory::Entity::find()
        .filter(entity::directory::Column::Unit.eq(unit.id.0))
        .order_by_asc(entity::directory::Column::Id)
        .all(conn)
        .await?;
    let directory =
        directory.iter().map(|row| keys.open("directory.body", &row.body)).collect::<Result<_, _>>()?;
    let load = open_tasks_by_assignee(conn, unit.id).await?;
    Ok(Roster { unit, teams: teams.collect(), staff, absences, directory, load })
}

/// How many open tasks each member of staff has.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_tasks_by_assignee(
    conn: &impl ConnectionTrait,
    unit: UnitId,
) -> Result<Vec<(StaffId, i64)>, Error> {
    use entity::task::{Column, Entity};
    let rows = Entity::find()
        .select_only()
        .column(Column::Assignee)
        .column_as(Expr::col(Column::Id).count(), "open")
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Assignee.is_not_null())
        .filter(Column::State.is_in(["open", "acknowledged", "in-progress"]))
        .group_by(Column::Assignee)
        .order_by_asc(Column::Assignee);
    let rows = rows.into_tuple::<(Uuid, i64)>().all(conn).await?;
    Ok(rows.into_iter().map(|(staff, open)| (StaffId(staff), open)).collect())
}
