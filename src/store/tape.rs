//! What a run wrote, statement by statement, so that the bench can write the same again without deciding anything.
//!
//! The floor that the engine is measured against is its own rows: the same statements of the same rows in the same
//! transactions, as many of them at a time. A store without a tape keeps nothing.

use super::write::{insert_rows, upsert_rows};
use super::{Error, Store, Transaction};
use async_trait::async_trait;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// One statement as it was sent.
#[async_trait]
trait Sent: Send + Sync {
    async fn send(self: Box<Self>, txn: &Transaction) -> Result<(), Error>;
}

struct Insert<E: EntityTrait>(Vec<E::Model>);
struct Upsert<E: EntityTrait>(Vec<E::Model>, Vec<E::Column>);

#[async_trait]
impl<E: EntityTrait> Sent for Insert<E>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    async fn send(self: Box<Self>, txn: &Transaction) -> Result<(), Error> {
        insert_rows::<E>(txn, self.0).await
    }
}

#[async_trait]
impl<E: EntityTrait> Sent for Upsert<E>
where
    E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    E::Column: Send + Sync,
{
    async fn send(self: Box<Self>, txn: &Transaction) -> Result<(), Error> {
        upsert_rows::<E>(txn, self.0, &self.1).await
    }
}

/// The statements of one transaction.
pub struct Lot {
    /// How many transactions had committed when it began.
    after: usize,
    statements: Vec<Box<dyn Sent>>,
}

impl Lot {
    pub(super) fn insert<E: EntityTrait>(&mut self, rows: &[E::Model])
    where
        E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
    {
        self.statements.push(Box::new(Insert::<E>(rows.to_vec())));
    }

    pub(super) fn upsert<E: EntityTrait>(&mut self, rows: &[E::Model], keep: &[E::Column])
    where
        E::Model: IntoActiveModel<E::ActiveModel> + Send + Sync,
        E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
        E::Column: Send + Sync,
    {
        self.statements.push(Box::new(Upsert::<E>(rows.to_vec(), keep.to_vec())));
    }
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
    /// A transaction begins.
    #[must_use]
    pub fn begin(&self) -> Lot {
        Lot { after: self.len(), statements: Vec::new() }
    }

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
        statement.send(&txn).await?;
    }
    Ok(txn.commit().await?)
}
