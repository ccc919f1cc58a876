//! What is kept about one event: what became of it for each case, on what it was decided, and where it still waits.

use super::entity::{event, handling, unlinked};
use super::rows::instant;
use super::seal::Keys;
use super::{Error, Store, read, waiting};
use crate::domain::event::Event;
use crate::domain::ids::{CaseId, CourtCaseId, EventId};
use crate::domain::receipt::Outcome;
use crate::domain::words;
use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// An event as it was handled for one case.
#[derive(Debug, Clone)]
pub struct KeptHandling {
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
    /// The facts that were decided on, as JSON; none where nothing was to be decided, or they are no longer kept.
    pub input: Option<Vec<u8>>,
    /// Which rules were asked and what was done, as JSON.
    pub trace: Vec<u8>,
}

/// A case of the court's for which an event waits, or waited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWait {
    /// The court's id of it.
    pub court_case: CourtCaseId,
    /// Its URN.
    pub urn: Option<String>,
    /// The case for which it was handled since.
    pub case: Option<CaseId>,
}

/// All that is kept about an event.
#[derive(Debug, Clone)]
pub struct Account {
    /// The event.
    pub event: Event,
    /// What became of it as a whole.
    pub outcome: Outcome,
    /// How many effects it had.
    pub effects: i64,
    /// How it was handled, for each case.
    pub handlings: Vec<KeptHandling>,
    /// For which cases it waits.
    pub waits: Vec<KeptWait>,
    /// Further events that followed from it.
    pub followed: Vec<(EventId, String)>,
}

/// All that is kept about the event with this id; none where there is no such event.
///
/// # Errors
/// [`Error::Database`], [`Error::Seal`], [`Error::Word`].
pub async fn account(store: &Store, id: EventId) -> Result<Option<Account>, Error> {
    let conn = store.reader();
    let Some(row) = event::Entity::find_by_id(id.0).one(conn).await? else { return Ok(None) };
    let (outcome, effects, unit) = (words::parse(&row.state)?, row.effects, row.unit);
    let mut keys = Keys::new(store.ring());
    let event = waiting::opened(conn, &mut keys, std::slice::from_ref(&row)).await?.remove(0);
    let rows = handling::Entity::find()
        .filter(handling::Column::Event.eq(id.0))
        .order_by_asc(handling::Column::CaseId)
        .all(conn)
        .await?;
    read::keys(conn, &mut keys, rows.iter().map(|row| row.case_id)).await?;
    let handlings = rows.into_iter().map(|row| {
        let input = row.input.as_ref().map(|input| keys.open_bytes("handlings.input", input));
        Ok(KeptHandling {
            case: CaseId(row.case_id),
            sequence: row.sequence,
            outcome: words::parse(&row.outcome)?,
            effects: row.effects,
            pack: row.pack,
            handled_at: instant(row.handled_at),
            input: input.transpose()?,
            trace: keys.open_bytes("handlings.trace", &row.trace)?,
        })
    });
    let waits = unlinked::Entity::find().filter(unlinked::Column::Event.eq(id.0)).all(conn).await?;
    let waits = waits.into_iter().map(|row| KeptWait {
        court_case: CourtCaseId(row.court_case),
        urn: row.urn,
        case: row.case_id.map(CaseId),
    });
    Ok(Some(Account {
        event,
        outcome,
        effects,
        handlings: handlings.collect::<Result<_, Error>>()?,
        waits: waits.collect(),
        followed: followed(store, unit, id).await?,
    }))
}

/// Events that followed: the engine and the rules write their parent into the reference.
async fn followed(store: &Store, unit: Uuid, id: EventId) -> Result<Vec<(EventId, String)>, Error> {
    use event::{Column, Entity};
    let of_engine = ["event.parked", "result.unlinked"].map(|name| format!("{name}/{id}"));
    let by_engine = Column::Source.eq("usher:engine").and(Column::Reference.is_in(of_engine));
    let by_rules = Column::Source.eq("usher:rules").and(Column::Reference.starts_with(format!("{id}/")));
    let find = Entity::find()
        .select_only()
        .columns([Column::Id, Column::Kind])
        .filter(Column::Unit.eq(unit))
        .filter(by_engine.or(by_rules))
        .order_by_asc(Column::Id);
    let rows: Vec<(Uuid, String)> = find.into_tuple().all(store.reader()).await?;
    Ok(rows.into_iter().map(|(id, kind)| (EventId(id), kind)).collect())
}
