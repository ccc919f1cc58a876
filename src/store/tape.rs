//! What a run wrote, statement by statement, so that the bench can write the same again without deciding anything.
//!
//! The floor that the engine is measured against is its own rows: the same statements of the same rows in the same
//! transactions, as many of them at a time. A store without a tape keeps nothing.

use super::{Error, Store};
use sea_orm::{ConnectionTrait, Statement};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The statements of one transaction.
pub struct Lot {
    /// How many transactions had committed when it began.
    pub after: usize,
    /// What it sent.
    pub statements: Vec<Statement>,
}

/// Every transaction of a run, in the order in which they committed.
#[derive(Default)]
pub struct Tape(Mutex<Vec<Lot>>);

impl std::fmt::Debug for Tape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tape({} transactions)", self.len())
    }
}

impl Tape {
    /// A transaction has committed.
    pub fn keep(&self, lot: Lot) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(lot);
    }

    /// How many transactions have committed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Writes everything again into `store`, `lanes` transactions at a time; a transaction waits for those that had
    /// committed when it first began. The first `before` transactions are written ahead of `begin`, which is called
    /// once they are there.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn replay(
        &self,
        store: &Store,
        lanes: usize,
        before: usize,
        begin: impl FnOnce(),
    ) -> Result<(), Error> {
        let mut lots = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let timed = lots.split_off(before.min(lots.len()));
        for lot in lots {
            write(store, lot).await?;
        }
        begin();
        let timed: Arc<Vec<Mutex<Option<Lot>>>> =
            Arc::new(timed.into_iter().map(|lot| Mutex::new(Some(lot))).collect());
        let next = Arc::new(AtomicUsize::new(0));
        let done = watch::Sender::new(vec![false; timed.len()]);
        let lanes = (0..lanes.max(1)).map(|_| {
            let (timed, next, done, store) = (timed.clone(), next.clone(), done.clone(), store.clone());
            tokio::spawn(async move {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(lot) = timed.get(index) else { return Ok::<(), Error>(()) };
                    let lot = lot.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let Some(lot) = lot else { continue };
                    let earlier = lot.after.saturating_sub(before);
                    let there = |done: &Vec<bool>| done.iter().take(earlier).all(|done| *done);
                    // The sender is ours: it cannot be gone.
                    let _ = done.subscribe().wait_for(there).await;
                    write(&store, lot).await?;
                    done.send_modify(|done| done[index] = true);
                }
            })
        });
        for lane in futures::future::join_all(lanes).await {
            lane.expect("writing rows does not panic")?;
        }
        Ok(())
    }
}

async fn write(store: &Store, lot: Lot) -> Result<(), Error> {
    let txn = store.begin().await?;
    for statement in lot.statements {
        txn.execute_raw(statement).await?;
    }
    Ok(txn.commit().await?)
}
