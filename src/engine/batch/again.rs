//! Handling without recording: what would become of an event, and an event that is recorded handled once more.

use super::{Batch, Parking, Which, Worked, without_case};
use crate::domain::event::{Event, Payload};
use crate::domain::ids::{EventId, UnitId};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::engine::lane::new_chain;
use crate::engine::{Error, Inner, NewEvent};
use crate::store::{self, waiting};
use std::collections::BTreeMap;

/// Works one event and takes nothing of it: what would become of it.
///
/// # Errors
/// [`store::Error`].
pub(in crate::engine) async fn foresee(
    inner: &Inner,
    event: &NewEvent,
) -> Result<Result<Receipt, Error>, store::Error> {
    let (parked, refused) = (BTreeMap::new(), BTreeMap::new());
    let txn = inner.store.begin().await?;
    let news = std::slice::from_ref(event);
    let worked = Batch::new(inner, event.unit, news, &[], &parked, &refused).work(&txn).await;
    txn.rollback().await.map_err(store::Error::from)?;
    Ok(match worked? {
        Worked::Done(mut results) => results.remove(0),
        Worked::Refuses(_, refusal) => Err(Error::Refused(refusal)),
        Worked::Parks(_, reason) => {
            Ok(Receipt::of(EventId(uuid::Uuid::nil()), vec![without_case(Outcome::Parked, reason)]))
        }
    })
}

/// What is kept of handling an event again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What it changed.
    Changes,
    /// Nothing: it is only shown.
    Nothing,
}

/// Handles an event again that is recorded already, in the transaction that locks it; gives what was done, a line
/// each, beside the receipt.
///
/// # Errors
/// [`store::Error`].
pub(in crate::engine) async fn again(
    inner: &Inner,
    unit: UnitId,
    id: EventId,
    payload: Option<Payload>,
    keep: Keep,
) -> Result<Result<(Receipt, Vec<String>), Error>, store::Error> {
    let mut parked: BTreeMap<Which, Parking> = BTreeMap::new();
    let refused = BTreeMap::new();
    loop {
        let txn = inner.store.begin().await?;
        let Some(mut event) = waiting::event_locked(&txn, inner.store.ring(), unit, id).await? else {
            return Ok(Err(Error::Refused(Refusal::not_found("event", id))));
        };
        if let Some(payload) = &payload {
            put_right(&mut event, payload);
        }
        let mut batch = Batch::new(inner, unit, &[], &[], &parked, &refused);
        batch.again = Some(event);
        match batch.work(&txn).await? {
            Worked::Parks(which, reason) => {
                txn.rollback().await.map_err(store::Error::from)?;
                let silently = parked.contains_key(&which);
                parked.insert(which, Parking { reason, silently });
            }
            Worked::Refuses(_, refusal) => {
                txn.rollback().await.map_err(store::Error::from)?;
                return Ok(Err(Error::Refused(refusal)));
            }
            Worked::Done(_) => {
                let done = batch.told.take();
                match keep {
                    Keep::Changes => batch.commit(txn, &mut new_chain(inner)).await?,
                    Keep::Nothing => txn.rollback().await.map_err(store::Error::from)?,
                }
                return Ok(done.ok_or(Error::Refused(Refusal::not_found("event", id))));
            }
        }
    }
}

/// Makes a kept event what it should have been.
pub(super) fn put_right(event: &mut Event, payload: &Payload) {
    event.payload = payload.clone();
    if let Some(subject) = event.payload.own_subject() {
        event.subject = subject;
    }
}
