//! What waits: results for their case to be opened or linked, parked events for a person.

use super::among::among;
use super::entity::{event, unlinked};
use super::seal::Keys;
use super::{Error, read};
use crate::domain::event::Event;
use crate::domain::ids::{EventId, UnitId};
use crate::domain::receipt::Outcome;
use crate::domain::refusal::Refusal;
use crate::domain::words::Word;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The events that wait for a case with one of these references.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn events(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    unit: UnitId,
    urns: &[&str],
    court_cases: &[Uuid],
) -> Result<Vec<Event>, Error> {
    use unlinked::{Column, Entity};
    if urns.is_empty() && court_cases.is_empty() {
        return Ok(Vec::new());
    }
    let by = Condition::any()
        .add(Column::Urn.is_in(urns.iter().copied()))
        .add(Column::CourtCase.is_in(court_cases.iter().copied()));
    let rows = Entity::find()
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::CaseId.is_null())
        .filter(by)
        .all(conn)
        .await?;
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.event).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(conn).await?;
    opened(conn, keys, &rows).await
}

/// The events of rows.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn opened(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    rows: &[event::Model],
) -> Result<Vec<Event>, Error> {
    let owners = rows
        .iter()
        .map(|row| super::seal::key_of("events.body", &row.body))
        .collect::<Result<Vec<_>, _>>()?;
    read::keys(conn, keys, owners).await?;
    Ok(rows.iter().map(|row| keys.open("events.body", &row.body)).collect::<Result<Vec<_>, _>>()?)
}

/// Events that wait in the inbox to be handled, oldest first, with their units.
///
/// # Errors
/// [`Error::Database`].
pub async fn inbox(conn: &impl ConnectionTrait, most: u64) -> Result<Vec<(UnitId, EventId)>, Error> {
    use event::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .columns([Column::Unit, Column::Id])
        .filter(Column::State.eq(Outcome::Waiting.word()))
        .order_by_asc(Column::RecordedAt)
        .order_by_asc(Column::Id)
        .limit(most);
    let rows = find.into_tuple::<(Uuid, Uuid)>().all(conn).await?;
    Ok(rows.into_iter().map(|(unit, event)| (UnitId(unit), EventId(event))).collect())
}

/// Of these events those that still wait, taken: no other process takes them while this transaction lives.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn taken(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    unit: UnitId,
    ids: &[EventId],
) -> Result<Vec<Event>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let find = event::Entity::find()
        .filter(event::Column::Unit.eq(unit.0))
        .filter(among(conn, event::Column::Id, ids.iter().map(|id| id.0)))
        .filter(event::Column::State.eq(Outcome::Waiting.word()))
        .order_by_asc(event::Column::Id);
    let rows = read::locked(conn, find).all(conn).await?;
    opened(conn, keys, &rows).await
}

/// A parked event, to be handled again.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn parked(
    conn: &impl ConnectionTrait,
    keys: &mut Keys<'_>,
    unit: UnitId,
    id: EventId,
) -> Result<Option<Event>, Error> {
    let rows = event::Entity::find_by_id(id.0)
        .filter(event::Column::Unit.eq(unit.0))
        .filter(event::Column::State.eq(Outcome::Parked.word()))
        .all(conn)
        .await?;
    Ok(opened(conn, keys, &rows).await?.pop())
}

/// An event of a unit, locked until the transaction ends.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn event_locked(
    conn: &impl ConnectionTrait,
    ring: &super::seal::Keyring,
    unit: UnitId,
    id: EventId,
) -> Result<Option<Event>, Error> {
    use event::{Column, Entity};
    let find = Entity::find_by_id(id.0).filter(Column::Unit.eq(unit.0));
    let Some(row) = read::locked(conn, find).one(conn).await? else { return Ok(None) };
    Ok(opened(conn, &mut Keys::new(ring), &[row]).await?.pop())
}

/// Why nothing can be done about an event as a parked one; none where it is parked. Its row is locked.
///
/// # Errors
/// [`Error::Database`].
pub async fn not_parked(
    conn: &impl ConnectionTrait,
    unit: UnitId,
    id: EventId,
) -> Result<Option<Refusal>, Error> {
    use event::{Column, Entity};
    let find = Entity::find_by_id(id.0).filter(Column::Unit.eq(unit.0));
    let row = read::locked(conn, find).one(conn).await?;
    Ok(match row {
        None => Some(Refusal::not_found("event", id)),
        Some(row) if row.state != Outcome::Parked.to_string() => Some(Refusal::IllegalMove {
            what: "event".to_owned(),
            id: id.to_string(),
            state: row.state,
            wanted: "only a parked event can be retried or discarded".to_owned(),
        }),
        Some(_) => None,
    })
}
