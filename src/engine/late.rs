//! Results and other messages of courts that waited for their case: handled when it is opened or linked, as of when they first reached the unit.

use crate::domain::case::{Reference, ReferenceKind};
use crate::domain::event::{Event, Payload};
use crate::domain::ids::UnitId;
use crate::store::seal::Keys;
use crate::store::{self, Transaction, waiting};

/// The references that an event makes a case's own.
pub(super) fn gained(payload: &Payload) -> &[Reference] {
    match payload {
        Payload::CaseOpened { case } | Payload::CaseBrought { case, .. } => &case.references,
        Payload::CaseLinked { references } => references,
        _ => &[],
    }
}

/// The events that wait for a case with one of these references, oldest share first; what else courts say comes after
/// the shares that it is about.
pub(super) async fn events(
    txn: &Transaction,
    keys: &mut Keys<'_>,
    unit: UnitId,
    references: &[Reference],
) -> Result<Vec<Event>, store::Error> {
    let of =
        |kind| references.iter().filter(move |known| known.kind == kind).map(|known| known.value.as_str());
    let urns: Vec<&str> = of(ReferenceKind::Urn).collect();
    let court_cases: Vec<uuid::Uuid> =
        of(ReferenceKind::CourtCase).filter_map(|id| id.parse().ok()).collect();
    let mut events = waiting::events(txn, keys, unit, &urns, &court_cases).await?;
    events.sort_by_key(|event| (shared_at(event).is_none(), shared_at(event), event.id));
    Ok(events)
}

fn shared_at(event: &Event) -> Option<chrono::DateTime<chrono::Utc>> {
    match &event.payload {
        Payload::HearingResulted { share } => Some(share.shared_at),
        _ => None,
    }
}
