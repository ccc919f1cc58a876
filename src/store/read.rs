//! Reading under the engine's locks: whole cases, a query a table for all cases of a batch.

use super::among::among;
use super::entity;
pub use super::rosters::{open_work, roster, roster_version, units};
use super::rows::{Stored, instant};
use super::seal::Keys;
use super::{Error, Store};
use crate::domain::case::{Case, Reference, ReferenceKind};
use crate::domain::ids::{CaseId, DutyId, EventId, MessageId, PersonId, TaskId, UnitId, derived};
use crate::domain::message::{BRIEFING_KEY, Message, MessageState};
use crate::domain::person::Person;
use crate::domain::receipt::Outcome;
use crate::domain::record::Record;
use crate::domain::state::{CaseState, Here, Tracked};
use crate::domain::words::{self, Word};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select, Statement,
};
use std::collections::{BTreeSet, HashMap};
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
        let references = references.into_iter().map(str::to_owned);
        let rows = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Source, Column::Reference, Column::State, Column::Digest])
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Source.eq(source))
            .filter(among(conn, Column::Reference, references))
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
        .filter(among(conn, Column::Id, ids.iter().map(|id| id.0)))
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
        let of_kind = references.iter().filter(|reference| reference.kind == kind);
        let values: Vec<String> = of_kind.map(|reference| reference.value.clone()).collect();
        if !values.is_empty() {
            any = any.add(Column::Kind.eq(kind.word()).and(among(conn, Column::Value, values)));
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
    let which = among(conn, Column::Id, tasks.iter().map(|task| task.0));
    let found = owners::<Entity>(conn, unit, which, [Column::Id, Column::CaseId], Column::Unit);
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
    let which = among(conn, Column::Id, duties.iter().map(|duty| duty.0));
    let found = owners::<Entity>(conn, unit, which, [Column::Id, Column::CaseId], Column::Unit);
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
    let which = among(conn, Column::Id, messages.iter().map(|message| message.0));
    let found = owners::<Entity>(conn, unit, which, [Column::Id, Column::CaseId], Column::Unit);
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
        for row in Entity::find().filter(among(conn, Column::Id, some.iter().copied())).all(conn).await? {
            let wrapped = row.wrapped.ok_or(super::seal::Error::Erased(row.id))?;
            keys.admit(row.id, &wrapped)?;
        }
    }
    Ok(())
}

/// Locks references, so that what is found by them stays as it is until the transaction ends: a result that finds no
/// case and the opening of that case see each other, whoever is first. PostgreSQL alone has such locks.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock_references(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    references: &[Reference],
) -> Result<(), Error> {
    if references.is_empty() {
        return Ok(());
    }
    let number = |reference: &Reference| {
        let kind = reference.kind.to_string();
        let name = derived(&[b"reference", unit.as_bytes(), kind.as_bytes(), reference.value.as_bytes()]);
        name.as_u64_pair().0.cast_signed()
    };
    let numbers: BTreeSet<i64> = references.iter().map(number).collect();
    let numbers: Vec<i64> = numbers.into_iter().collect();
    let sql = "SELECT pg_advisory_xact_lock(number) FROM unnest($1::bigint[]) AS number";
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, sql, [numbers.into()]);
    conn.query_all_raw(lock).await?;
    Ok(())
}

/// Where these messages stand: their states and when they may leave.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn messages_standing(
    conn: &impl ConnectionTrait,
    ids: impl IntoIterator<Item = MessageId>,
) -> Result<HashMap<MessageId, (MessageState, DateTime<Utc>)>, Error> {
    use entity::message::{Column, Entity};
    let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let find = Entity::find()
        .select_only()
        .columns([Column::Id, Column::State, Column::NotBefore])
        .filter(among(conn, Column::Id, ids));
    let rows = locked(conn, find).into_tuple::<(Uuid, String, i64)>().all(conn).await?.into_iter();
    rows.map(|(id, state, at)| Ok((MessageId(id), (words::parse(&state)?, instant(at))))).collect()
}

/// Locks these cases in order of id and gives their sequence numbers. A case that is not held is left out.
///
/// # Errors
/// [`Error::Database`].
pub async fn lock(conn: &impl ConnectionTrait, ids: &[CaseId]) -> Result<Vec<(CaseId, i64)>, Error> {
    use entity::case::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Sequence])
        .filter(among(conn, Column::Id, ids.iter().map(|case| case.0)))
        .order_by_asc(Column::Id);
    let rows = locked(conn, find).into_tuple::<(Uuid, i64)>().all(conn).await?;
    Ok(rows.into_iter().map(|(case, sequence)| (CaseId(case), sequence)).collect())
}

/// Reads all that is held of these cases, which are locked, but for the lists that are not wanted.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn cases_locked(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    ids: &[CaseId],
    wanted: Here,
) -> Result<Vec<CaseState>, Error> {
    let find = entity::case::Entity::find()
        .filter(among(conn, entity::case::Column::Id, ids.iter().map(|case| case.0)))
        .order_by_asc(entity::case::Column::Id);
    let rows = find.all(conn).await?;
    states(conn, keys, rows, wanted).await
}

/// Reads the lists that are wanted and not here yet.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn complete(
    conn: &impl ConnectionTrait,
    keys: &Keys<'_>,
    states: &mut [CaseState],
    wanted: Here,
) -> Result<(), Error> {
    macro_rules! read {
        ($list:ident) => {
            if wanted.$list {
                let lack = states.iter().filter(|state| !state.here.$list);
                let lack: Vec<Uuid> = lack.map(|state| state.case.id.0).collect();
                let found = if lack.is_empty() { Vec::new() } else { values(conn, keys, &lack).await? };
                let mut found = by_case(found);
                for state in states.iter_mut().filter(|state| !state.here.$list) {
                    state.$list = found.remove(&state.case.id.0).unwrap_or_default();
                    state.here.$list = true;
                    state.in_order();
                }
            }
        };
    }
    read!(contacts);
    read!(documents);
    read!(snapshots);
    read!(notices);
    read!(feeds);
    Ok(())
}

fn by_case<T>(values: Vec<(Uuid, T)>) -> HashMap<Uuid, Vec<Tracked<T>>> {
    let mut found: HashMap<Uuid, Vec<Tracked<T>>> = HashMap::new();
    for (case, value) in values {
        found.entry(case).or_default().push(Tracked::read(value));
    }
    found
}

/// Brings remembered cases, which are locked and have not changed since, up to date with what moves without their
/// lock: messages that the outbox moved, people who were changed in another case of theirs.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn refresh(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    states: &mut [CaseState],
) -> Result<(), Error> {
    self::keys(conn, keys, states.iter().map(|state| state.case.id.0)).await?;
    let messages = states.iter().flat_map(|state| &state.messages);
    let may_move = messages.filter(|message| message.state.is_with_outbox()).map(|message| message.id);
    let moved = messages_standing(conn, may_move).await?;
    let people: BTreeSet<Uuid> =
        states.iter().flat_map(|state| &state.people).map(|person| person.id.0).collect();
    let mut versions: HashMap<Uuid, i64> = HashMap::with_capacity(people.len());
    if !people.is_empty() {
        use entity::person::{Column, Entity};
        let find = Entity::find().select_only().columns([Column::Id, Column::Version]);
        let find = find.filter(among(conn, Column::Id, people)).into_tuple::<(Uuid, i64)>();
        versions.extend(find.all(conn).await?);
    }
    let is_old = |person: &Tracked<Person>| versions.get(&person.id.0) != Some(&person.version);
    let old = states.iter().flat_map(|state| &state.people).filter(|person| is_old(person));
    let old: Vec<PersonId> = old.map(|person| person.id).collect();
    let fresh = people_by_id(conn, keys, &old).await?;
    for state in states {
        for message in state.messages.iter_mut() {
            if let Some(at) = moved.get(&message.id)
                && *at != (message.state, message.not_before)
            {
                *message = Tracked::read(Message { state: at.0, not_before: at.1, ..(**message).clone() });
            }
        }
        for person in state.people.iter_mut() {
            if let Some(now) = fresh.iter().find(|now| now.id == person.id) {
                *person = Tracked::read(now.clone());
            }
        }
    }
    Ok(())
}

/// Reads all that is held of these cases without locking them: to show, never to change.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn cases(store: &Store, ids: &[CaseId]) -> Result<Vec<CaseState>, Error> {
    let mut keys = Keys::new(store.ring());
    let find = entity::case::Entity::find()
        .filter(among(store.reader(), entity::case::Column::Id, ids.iter().map(|case| case.0)))
        .order_by_asc(entity::case::Column::Id);
    let rows = find.all(store.reader()).await?;
    states(store.reader(), &mut keys, rows, Here::ALL).await
}

/// `FOR UPDATE` where the database has it; SQLite's one writer holds everything anyway.
pub(super) fn locked<E: EntityTrait>(conn: &impl ConnectionTrait, find: Select<E>) -> Select<E> {
    if conn.get_database_backend() == DbBackend::Postgres { find.lock(LockType::Update) } else { find }
}

async fn states(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    rows: Vec<entity::case::Model>,
    wanted: Here,
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
        // Only a desk has notices, feeds and briefings.
        let none = !state.is_desk();
        state.here = Here { notices: none, feeds: none, briefings: none || wanted.briefings, ..Here::NONE };
        states.push(state);
    }
    macro_rules! read {
        ($field:ident) => {
            for (case, value) in values(conn, keys, &ids).await? {
                states[place[&case]].$field.push(Tracked::read(value));
            }
        };
    }
    read!(participants);
    read!(hearings);
    read!(attendances);
    read!(arrangements);
    read!(duties);
    read!(tasks);
    read!(diary);
    read!(timers);
    for (case, message) in messages(conn, keys, &ids, wanted).await? {
        states[place[&case]].messages.push(Tracked::read(message));
    }
    people(conn, keys, &mut states).await?;
    complete(conn, keys, &mut states, wanted).await?;
    for state in &mut states {
        state.in_order();
    }
    Ok(states)
}

/// The values of one table that belong to these cases, each with its case. What is not the body is not asked for: a
/// column read costs as much as a body opened.
async fn values<T: Stored>(
    conn: &impl ConnectionTrait,
    keys: &Keys<'_>,
    cases: &[Uuid],
) -> Result<Vec<(Uuid, T)>, Error> {
    let find = T::Entity::find().select_only().columns([T::case_column(), T::body_column()]).filter(among(
        conn,
        T::case_column(),
        cases.iter().copied(),
    ));
    let rows = find.into_tuple::<(Uuid, Vec<u8>)>().all(conn).await?;
    rows.into_iter().map(|(case, body)| Ok((case, keys.open(T::PURPOSE, &body)?))).collect()
}

/// The messages of these cases. The outbox moves a message without the case's lock, so its row is locked here before
/// it is believed.
async fn messages(
    conn: &impl ConnectionTrait,
    keys: &Keys<'_>,
    cases: &[Uuid],
    wanted: Here,
) -> Result<Vec<(Uuid, Message)>, Error> {
    use entity::message::Column;
    let mut which = Condition::all().add(among(conn, Column::CaseId, cases.iter().copied()));
    if !wanted.briefings {
        let with_outbox =
            |word: &&&str| MessageState::from_word(word).is_some_and(MessageState::is_with_outbox);
        let may_move = Column::State.is_in(MessageState::WORDS.iter().filter(with_outbox).copied());
        let briefs = Column::Key.starts_with(BRIEFING_KEY);
        which = which.add(Condition::any().add(may_move).add(briefs.not()));
    }
    messages_where(conn, keys, which).await
}

/// The message of this case, whose key is at hand, with this id.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn message(
    conn: &impl ConnectionTrait,
    keys: &Keys<'_>,
    case: CaseId,
    id: MessageId,
) -> Result<Option<Message>, Error> {
    use entity::message::Column;
    let which = Condition::all().add(Column::Id.eq(id.0)).add(Column::CaseId.eq(case.0));
    Ok(messages_where(conn, keys, which).await?.pop().map(|(_, message)| message))
}

async fn messages_where(
    conn: &impl ConnectionTrait,
    keys: &Keys<'_>,
    which: Condition,
) -> Result<Vec<(Uuid, Message)>, Error> {
    use entity::message::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .columns([Column::CaseId, Column::State, Column::NotBefore, Column::Body])
        .filter(which);
    let rows = locked(conn, find).into_tuple::<(Uuid, String, i64, Vec<u8>)>().all(conn).await?;
    rows.into_iter()
        .map(|(case, state, not_before, body)| {
            let mut message: Message = keys.open(Message::PURPOSE, &body)?;
            message.state = words::parse(&state)?;
            message.not_before = instant(not_before);
            Ok((case, message))
        })
        .collect()
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
    for row in Entity::find().filter(among(conn, Column::Id, ids)).all(conn).await? {
        held.insert(row.id, keys.open::<Person>("people.body", &row.body)?);
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
pub async fn cases_of_people(conn: &impl ConnectionTrait, people: &[PersonId]) -> Result<Vec<CaseId>, Error> {
    use entity::participant::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .column(Column::CaseId)
        .filter(among(conn, Column::Person, people.iter().map(|person| person.0)))
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
    ids: &[PersonId],
) -> Result<Vec<Person>, Error> {
    use entity::person::{Column, Entity};
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Entity::find().filter(among(conn, Column::Id, ids.iter().map(|id| id.0))).all(conn).await?;
    self::keys(conn, keys, rows.iter().map(|row| row.id)).await?;
    rows.iter().map(|row| Ok(keys.open("people.body", &row.body)?)).collect()
}
