//! A lane: drains what waits, commits it together, answers everybody.
//!
//! A database that goes away is met here: the batch's callers are told to repeat, and the lane goes on.

use super::batch::{self, Results};
use super::{Ask, Error, Inner, NewEvent};
use crate::domain::ids::{EventId, UnitId};
use crate::domain::receipt::Receipt;
use crate::store;
use crate::store::audit::Chain;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How often an event that fails alone is tried before its caller is told: another process may have got in between.
const TRIES: usize = 3;

/// Runs until every sender is gone.
pub(super) async fn run(inner: Arc<Inner>, mut receiver: mpsc::Receiver<Ask>) {
    let mut asks = Vec::with_capacity(inner.settings.batch_max);
    let mut chain = new_chain(&inner);
    loop {
        asks.clear();
        if receiver.recv_many(&mut asks, inner.settings.batch_max).await == 0 {
            return;
        }
        // Events of different units have nothing in common; a batch is of one.
        while let Some(unit) = asks.first().map(unit_of) {
            let (mine, others): (Vec<Ask>, Vec<Ask>) = asks.drain(..).partition(|ask| unit_of(ask) == unit);
            asks = others;
            answer(&inner, unit, mine, &mut chain).await;
        }
    }
}

fn unit_of(ask: &Ask) -> UnitId {
    match ask {
        Ask::New(event, _) => event.unit,
        Ask::Waiting(unit, _) => *unit,
    }
}

/// A chain of audit entries that nobody has written to yet.
pub(super) fn new_chain(inner: &Inner) -> Chain {
    Chain::new(format!("engine:{}", inner.ids.next(inner.clock.now())))
}

async fn answer(inner: &Inner, unit: UnitId, asks: Vec<Ask>, chain: &mut Chain) {
    let mut events: Vec<NewEvent> = Vec::with_capacity(asks.len());
    let mut replies: Vec<oneshot::Sender<Result<Receipt, Error>>> = Vec::with_capacity(asks.len());
    let mut waiting: Vec<EventId> = Vec::new();
    for ask in asks {
        match ask {
            Ask::New(event, reply) => {
                events.push(*event);
                replies.push(reply);
            }
            Ask::Waiting(_, event) => waiting.push(event),
        }
    }
    let results = match batch::run(inner, unit, &events, &waiting, chain).await {
        Ok(results) => results,
        Err(error) if error.is_bug() => one_by_one(inner, unit, &events, &waiting, &error, chain).await,
        Err(error) => {
            // Whether the batch was committed may not be known: a chain of its own begins.
            *chain = new_chain(inner);
            let error = Arc::new(error);
            tracing::error!(%error, events = events.len(), "a batch was not committed");
            events.iter().map(|_| Err(Error::Unavailable(error.clone()))).collect()
        }
    };
    inner.committed.send_modify(|commits| *commits += 1);
    for (reply, result) in replies.into_iter().zip(results) {
        // A caller who went away is no longer there to be told; what they asked for is committed.
        drop(reply.send(result));
    }
}

/// Does a batch that failed as a whole event by event, so that one of them cannot keep the others from being done.
async fn one_by_one(
    inner: &Inner,
    unit: UnitId,
    events: &[NewEvent],
    waiting: &[EventId],
    error: &store::Error,
    chain: &mut Chain,
) -> Results {
    tracing::warn!(%error, events = events.len(), "a batch failed as a whole: doing it one by one");
    let mut results = Vec::with_capacity(events.len());
    for event in events {
        results.push(match alone(inner, unit, std::slice::from_ref(event), &[], chain).await {
            Ok(mut one) => one.remove(0),
            Err(error) => Err(Error::Unavailable(Arc::new(error))),
        });
    }
    for event in waiting {
        // It stays in the inbox and is taken up again.
        drop(alone(inner, unit, &[], std::slice::from_ref(event), chain).await);
    }
    results
}

async fn alone(
    inner: &Inner,
    unit: UnitId,
    event: &[NewEvent],
    waiting: &[EventId],
    chain: &mut Chain,
) -> Result<Results, store::Error> {
    let mut tries = 1;
    loop {
        match batch::run(inner, unit, event, waiting, chain).await {
            Err(error) if error.is_bug() && tries < TRIES => tries += 1,
            Err(error) if error.is_bug() => {
                tracing::error!(%error, "an event cannot be written and is parked");
                let why =
                    "what follows from it cannot be written: this is a fault of usher's, and it is logged";
                return batch::park(inner, unit, event, waiting, why, chain).await;
            }
            done => return done,
        }
    }
}
