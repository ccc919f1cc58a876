//! What came in, what became of it, and how it was handled for each case.

use super::{Page, after};
use crate::domain::event::Event;
use crate::domain::ids::{CaseId, EventId, UnitId};
use crate::domain::receipt::Outcome;
use crate::domain::words;
use crate::store::entity::{event, handling};
use crate::store::rows::{instant, millis};
use crate::store::seal::{self, Keys};
use crate::store::{Error, Store, read, waiting};
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An event as it stands, without its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its id.
    pub id: EventId,
    /// Who recorded it.
    pub source: String,
    /// Under which reference.
    pub reference: String,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it first reached the unit.
    pub received_at: DateTime<Utc>,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// What became of it.
    pub outcome: Outcome,
    /// How many effects it had.
    pub effects: i64,
}

impl Held {
    fn of(row: &event::Model) -> Result<Self, Error> {
        Ok(Self {
            id: EventId(row.id),
            source: row.source.clone(),
            reference: row.reference.clone(),
            kind: row.kind.clone(),
            occurred_at: row.occurred_at.map(instant),
            received_at: instant(row.received_at),
            recorded_at: instant(row.recorded_at),
            outcome: words::parse(&row.state)?,
            effects: row.effects,
        })
    }
}

/// By what an event is asked for.
#[derive(Debug, Clone)]
pub enum Name {
    /// Its id.
    Id(EventId),
    /// Its source and reference.
    Reference(String, String),
}

async fn row(store: &Store, unit: UnitId, name: &Name) -> Result<Option<event::Model>, Error> {
    use event::{Column, Entity};
    let find = Entity::find().filter(Column::Unit.eq(unit.0));
    let find = match name {
        Name::Id(id) => find.filter(Column::Id.eq(id.0)),
        Name::Reference(source, reference) => {
            find.filter(Column::Source.eq(source)).filter(Column::Reference.eq(reference))
        }
    };
    Ok(find.one(store.reader()).await?)
}

/// An event of a unit as it stands.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn held(store: &Store, unit: UnitId, name: &Name) -> Result<Option<Held>, Error> {
    row(store, unit, name).await?.map(|row| Held::of(&row)).transpose()
}

/// An event of a unit as it was recorded.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn event(store: &Store, unit: UnitId, name: &Name) -> Result<Option<Event>, Error> {
    let Some(row) = row(store, unit, name).await? else { return Ok(None) };
    let mut keys = Keys::new(store.ring());
    Ok(waiting::opened(store.reader(), &mut keys, &[row]).await?.pop())
}

/// The events of a unit that a source recorded under these references.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn of_references(
    store: &Store,
    unit: UnitId,
    source: &str,
    references: &[String],
) -> Result<Vec<Event>, Error> {
    use event::{Column, Entity};
    let mut keys = Keys::new(store.ring());
    let mut found = Vec::new();
    for some in references.chunks(5_000) {
        let find = Entity::find()
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Source.eq(source))
            .filter(Column::Reference.is_in(some));
        let rows = find.all(store.reader()).await?;
        found.extend(waiting::opened(store.reader(), &mut keys, &rows).await?);
    }
    Ok(found)
}

/// The body that an event came in, byte for byte, where it is still kept.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`].
pub async fn raw(store: &Store, unit: UnitId, id: EventId) -> Result<Option<Vec<u8>>, Error> {
    let Some(sealed) = row(store, unit, &Name::Id(id)).await?.and_then(|row| row.raw) else {
        return Ok(None);
    };
    let mut keys = Keys::new(store.ring());
    read::keys(store.reader(), &mut keys, [seal::key_of("events.raw", &sealed)?]).await?;
    Ok(Some(keys.open_bytes("events.raw", &sealed)?))
}

/// How an event was handled for one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handling {
    /// The event.
    pub event: EventId,
    /// The case.
    pub case: CaseId,
    /// Its number in the case's order.
    pub sequence: i64,
    /// What became of it there.
    pub outcome: Outcome,
    /// How many effects it had there.
    pub effects: i64,
    /// The content hash of the pack that decided.
    pub pack: String,
    /// When.
    pub handled_at: DateTime<Utc>,
    /// What was asked and done, as JSON.
    pub trace: Vec<u8>,
}

async fn opened(store: &Store, rows: Vec<handling::Model>) -> Result<Vec<Handling>, Error> {
    let mut keys = Keys::new(store.ring());
    read::keys(store.reader(), &mut keys, rows.iter().map(|row| row.case_id)).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Handling {
                event: EventId(row.event),
                case: CaseId(row.case_id),
                sequence: row.sequence,
                outcome: words::parse(&row.outcome)?,
                effects: row.effects,
                pack: row.pack,
                handled_at: instant(row.handled_at),
                trace: keys.open_bytes("handlings.trace", &row.trace)?,
            })
        })
        .collect()
}

/// How these events were handled, in order of event and case.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn handlings(store: &Store, events: &[EventId]) -> Result<Vec<Handling>, Error> {
    use handling::{Column, Entity};
    let find = Entity::find().filter(Column::Event.is_in(events.iter().map(|id| id.0)));
    let find = find.order_by_asc(Column::Event).order_by_asc(Column::CaseId);
    opened(store, find.all(store.reader()).await?).await
}

/// A page of a case's history, newest first: each handling with its event. `before` is the sequence to go on from.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn timeline(
    store: &Store,
    case: CaseId,
    before: Option<i64>,
    size: usize,
) -> Result<Page<(Handling, Event), i64>, Error> {
    use handling::{Column, Entity};
    let mut find = Entity::find().filter(Column::CaseId.eq(case.0));
    if let Some(before) = before {
        find = find.filter(Column::Sequence.lt(before));
    }
    let mut rows = find.order_by_desc(Column::Sequence).limit(size as u64 + 1).all(store.reader()).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| row.sequence);
    let ids: Vec<Uuid> = rows.iter().map(|row| row.event).collect();
    let events = event::Entity::find().filter(event::Column::Id.is_in(ids)).all(store.reader()).await?;
    let mut keys = Keys::new(store.ring());
    let events = waiting::opened(store.reader(), &mut keys, &events).await?;
    let handlings = opened(store, rows).await?;
    let items = handlings.into_iter().filter_map(|handling| {
        let event = events.iter().find(|event| event.id == handling.event)?.clone();
        Some((handling, event))
    });
    Ok(Page { items: items.collect(), next })
}

/// Where a parked event stands in the order of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParkedMark(i64, Uuid);

/// A page of a unit's parked events, longest parked first.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn parked(
    store: &Store,
    unit: UnitId,
    source: Option<&str>,
    kind: Option<&str>,
    from: Option<ParkedMark>,
    size: usize,
) -> Result<Page<Held, ParkedMark>, Error> {
    use event::{Column, Entity};
    let parked = Outcome::Parked.to_string();
    let mut find = Entity::find().filter(Column::Unit.eq(unit.0)).filter(Column::State.eq(parked));
    if let Some(source) = source {
        find = find.filter(Column::Source.eq(source));
    }
    if let Some(kind) = kind {
        find = find.filter(Column::Kind.eq(kind));
    }
    if let Some(ParkedMark(recorded, id)) = from {
        let values = vec![recorded.into(), id.into()];
        find = find.filter(after::above(&[Column::RecordedAt, Column::Id], values));
    }
    let find = find.order_by_asc(Column::RecordedAt).order_by_asc(Column::Id).limit(size as u64 + 1);
    let mut rows = find.all(store.reader()).await?;
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| ParkedMark(row.recorded_at, row.id));
    let items = rows.iter().map(Held::of).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

/// How a source's events of a period ended: how many in each way.
///
/// # Errors
/// [`Error::Database`], [`Error::Word`].
pub async fn outcomes(
    store: &Store,
    unit: UnitId,
    source: &str,
    period: (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<(Outcome, i64)>, Error> {
    use event::{Column, Entity};
    let rows = Entity::find()
        .select_only()
        .column(Column::State)
        .column_as(Expr::col(Column::Id).count(), "events")
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Source.eq(source))
        .filter(Column::ReceivedAt.gte(millis(period.0)))
        .filter(Column::ReceivedAt.lt(millis(period.1)))
        .group_by(Column::State)
        .into_tuple::<(String, i64)>()
        .all(store.reader())
        .await?;
    rows.into_iter().map(|(state, count)| Ok((words::parse(&state)?, count))).collect()
}

/// The references of a source's events of a period, in order, at most `limit`.
///
/// # Errors
/// [`Error::Database`].
pub async fn references(
    store: &Store,
    unit: UnitId,
    source: &str,
    period: (DateTime<Utc>, DateTime<Utc>),
    limit: u64,
) -> Result<Vec<String>, Error> {
    use event::{Column, Entity};
    let find = Entity::find()
        .select_only()
        .column(Column::Reference)
        .filter(Column::Unit.eq(unit.0))
        .filter(Column::Source.eq(source))
        .filter(Column::ReceivedAt.gte(millis(period.0)))
        .filter(Column::ReceivedAt.lt(millis(period.1)))
        .order_by_asc(Column::Reference)
        .limit(limit);
    Ok(find.into_tuple::<String>().all(store.reader()).await?)
}

/// Of these references of a source, those that are recorded.
///
/// # Errors
/// [`Error::Database`].
pub async fn recorded(
    store: &Store,
    unit: UnitId,
    source: &str,
    references: &[String],
) -> Result<Vec<String>, Error> {
    use event::{Column, Entity};
    let mut found = Vec::new();
    for some in references.chunks(5_000) {
        let find = Entity::find()
            .select_only()
            .column(Column::Reference)
            .filter(Column::Unit.eq(unit.0))
            .filter(Column::Source.eq(source))
            .filter(Column::Reference.is_in(some));
        found.extend(find.into_tuple::<String>().all(store.reader()).await?);
    }
    Ok(found)
}
