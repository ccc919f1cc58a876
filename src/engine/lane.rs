//! A lane: drains what waits, commits it together, answers everybody.
//!
//! A database that goes away is met here: the batch's callers are told to repeat, and the lane goes on.

use super::{Ask, Error, Inner, batch};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Runs until every sender is gone.
pub(super) async fn run(inner: Arc<Inner>, mut receiver: mpsc::Receiver<Ask>) {
    let mut asks = Vec::with_capacity(inner.settings.batch_max);
    loop {
        asks.clear();
        if receiver.recv_many(&mut asks, inner.settings.batch_max).await == 0 {
            return;
        }
        // Events of different units have nothing in common; a batch is of one.
        while !asks.is_empty() {
            let unit = asks[0].event.unit;
            let (mine, others): (Vec<Ask>, Vec<Ask>) = asks.drain(..).partition(|ask| ask.event.unit == unit);
            asks = others;
            answer(&inner, mine).await;
        }
    }
}

async fn answer(inner: &Inner, asks: Vec<Ask>) {
    let (events, replies): (Vec<_>, Vec<_>) = asks.into_iter().map(|ask| (ask.event, ask.reply)).unzip();
    let results = match batch::run(inner, &events).await {
        Ok(results) => results,
        Err(error) if error.is_bug() && events.len() > 1 => {
            tracing::warn!(%error, events = events.len(), "a batch failed as a whole: doing it one by one");
            let mut results = Vec::with_capacity(events.len());
            for event in &events {
                let alone = batch::run(inner, std::slice::from_ref(event)).await;
                results.push(alone.map_or_else(|error| Err(unavailable(error)), |mut one| one.remove(0)));
            }
            results
        }
        Err(error) => {
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

fn unavailable(error: crate::store::Error) -> Error {
    tracing::error!(%error, "an event was not committed");
    Error::Unavailable(Arc::new(error))
}
