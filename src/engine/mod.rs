//! Record and handle: the one transaction in which an event is kept and takes effect.
//!
//! Whoever causes something calls [`Engine::record`] and is answered after the commit that holds the event *and* its
//! effects. Calls that wait together are committed together (`lane`): duplicates and references are resolved for
//! all of them, their cases are locked in one order and read in a query a table, each event is worked in memory
//! ([`crate::casework`]), and what changed is written in a few statements (`batch`).
//!
//! Invariants
//! - An event has its effects once: it is unique by unit, source and reference, in the same transaction.
//! - One case, one event at a time, in the order of its sequence numbers, which are given under the case's lock.
//! - A refused event leaves nothing behind. One that cannot be handled is parked whole, alone, and blocks nobody.
//! - A caller who goes away changes nothing: what was handed over is committed.

mod batch;
pub mod found;
mod inbox;
mod lane;
mod late;
pub mod lookout;
mod remembered;
mod resolve;
pub mod rulesets;

pub use crate::casework::{Mode, Trace};
use crate::clock::{Clock, Ids};
use crate::domain::event::{Actor, Payload, Subject};
use crate::domain::ids::{CaseId, EventId, UnitId};
use crate::domain::receipt::{Outcome, Receipt};
use crate::domain::refusal::Refusal;
use crate::domain::state::CaseState;
use crate::store::{self, Store};
pub use batch::Keep;
use chrono::{DateTime, Utc};
use rulesets::Rulesets;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::{mpsc, oneshot, watch};

/// Something that happened, as whoever saw it hands it over.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// The unit it happened to.
    pub unit: UnitId,
    /// Where it came from, by the caller's identity.
    pub source: String,
    /// The source's reference: what makes a repeat the same event.
    pub reference: String,
    /// Who caused it.
    pub actor: Actor,
    /// When it happened in the world.
    pub occurred_at: Option<DateTime<Utc>>,
    /// When it first reached the unit; now where none.
    pub received_at: Option<DateTime<Utc>>,
    /// What it is about.
    pub subject: Subject,
    /// What happened.
    pub payload: Payload,
    /// The body it came in, where it came in one.
    pub raw: Option<bytes::Bytes>,
    /// Whether work follows.
    pub mode: Mode,
}

/// Why an event was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is refused; nothing was recorded.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// More waits than is taken on at once; try again a little later.
    #[error("the queue is full: try again in {}", humane(*after))]
    Busy {
        /// After how long.
        after: std::time::Duration,
    },
    /// The database cannot be reached, or went away before it said that it had committed. Repeat the call under
    /// the same reference: if it was committed, the repeat says so.
    #[error("the database cannot be reached just now: repeat the call under the same reference")]
    Unavailable(#[source] Arc<store::Error>),
    /// The engine is shutting down.
    #[error("usher is shutting down: repeat the call under the same reference")]
    Closing,
}

fn humane(duration: std::time::Duration) -> String {
    format!("{} ms", duration.as_millis())
}

/// What the engine may be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many events may wait to be recorded.
    pub queue_max: usize,
    /// How many are committed together at most.
    pub batch_max: usize,
    /// How many batches run at a time; one on SQLite.
    pub lanes: usize,
    /// The domain in the Message-IDs of mail.
    pub mail_domain: String,
    /// How many cases that were handled lately are kept in memory: some fifty kilobytes each.
    pub remembered_max: usize,
    /// How long decision inputs are worth keeping: none are kept where false.
    pub keep_inputs: KeepInputs,
}

/// Whether decision inputs are kept, so that a new pack can be simulated against them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeepInputs {
    /// They are.
    Yes,
    /// They are not.
    No,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            queue_max: 8_192,
            batch_max: 256,
            lanes: 2,
            remembered_max: 2_048,
            mail_domain: "usher.invalid".to_owned(),
            keep_inputs: KeepInputs::Yes,
        }
    }
}

/// Counts since the engine began, for statistics and the bench.
#[derive(Debug, Default)]
pub struct Counts {
    /// Transactions committed.
    pub commits: AtomicU64,
    /// Events handled, emitted ones included.
    pub events: AtomicU64,
    /// Rows written.
    pub rows: AtomicU64,
    /// Statements they took.
    pub statements: AtomicU64,
    /// Nanoseconds spent resolving and reading.
    pub read_ns: AtomicU64,
    /// Nanoseconds spent working cases in memory.
    pub work_ns: AtomicU64,
    /// Nanoseconds spent making rows: written out, compressed, sealed.
    pub draft_ns: AtomicU64,
    /// Nanoseconds spent writing.
    pub write_ns: AtomicU64,
    /// Nanoseconds spent committing.
    pub commit_ns: AtomicU64,
}

impl Counts {
    fn add(counter: &AtomicU64, by: u64) {
        counter.fetch_add(by, Ordering::Relaxed);
    }
}

/// What a lane is asked.
enum Ask {
    /// Record an event, and answer.
    New(Box<NewEvent>, oneshot::Sender<Result<Receipt, Error>>),
    /// Handle an event that waits in the inbox.
    Waiting(UnitId, EventId),
}

/// The engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
    lanes: Arc<[mpsc::Sender<Ask>]>,
}

/// What the lanes share.
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) rulesets: Rulesets,
    pub(crate) clock: Clock,
    pub(crate) ids: Ids,
    pub(crate) settings: Settings,
    pub(crate) counts: Counts,
    rosters: resolve::Rosters,
    remembered: remembered::Remembered,
    committed: watch::Sender<u64>,
    /// Woken when a commit left events waiting in the inbox.
    inbox: tokio::sync::Notify,
}

impl Engine {
    /// Starts the lanes on the running tokio runtime.
    #[must_use]
    pub fn start(store: Store, rulesets: Rulesets, clock: Clock, ids: Ids, settings: Settings) -> Self {
        let lanes = if store.backend() == store::Backend::Sqlite { 1 } else { settings.lanes.max(1) };
        let remembered = remembered::Remembered::new(settings.remembered_max);
        let inner = Arc::new(Inner {
            store,
            rulesets,
            clock,
            ids,
            settings,
            counts: Counts::default(),
            rosters: resolve::Rosters::default(),
            remembered,
            committed: watch::Sender::new(0),
            inbox: tokio::sync::Notify::new(),
        });
        let lanes = (0..lanes).map(|_| {
            let (sender, receiver) = mpsc::channel(inner.settings.queue_max);
            tokio::spawn(lane::run(inner.clone(), receiver));
            sender
        });
        let lanes: Arc<[_]> = lanes.collect();
        tokio::spawn(inbox::run(Arc::downgrade(&inner), lanes[0].downgrade()));
        Self { inner, lanes }
    }

    /// Records an event; answers once it and its effects are committed. Waits while the queue is full.
    ///
    /// # Errors
    /// [`Error`]; after [`Error::Unavailable`] repeat the call under the same reference.
    pub async fn record(&self, event: NewEvent) -> Result<Receipt, Error> {
        let (reply, answer) = oneshot::channel();
        let lane = self.lane_of(&event);
        lane.send(Ask::New(Box::new(event), reply)).await.map_err(|_| Error::Closing)?;
        answer.await.map_err(|_| Error::Closing)?
    }

    /// Records an event, or says at once that too many wait.
    ///
    /// # Errors
    /// [`Error::Busy`] where the queue is full; otherwise as [`Engine::record`].
    pub async fn record_or_busy(&self, event: NewEvent) -> Result<Receipt, Error> {
        let (reply, answer) = oneshot::channel();
        let lane = self.lane_of(&event);
        match lane.try_send(Ask::New(Box::new(event), reply)) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_)) => {
                return Err(Error::Busy { after: std::time::Duration::from_millis(250) });
            }
            Err(mpsc::error::TrySendError::Closed(_)) => return Err(Error::Closing),
        }
        answer.await.map_err(|_| Error::Closing)?
    }

    /// Hands an event over and gives the place where its receipt will be: for streams, which keep many in hand.
    ///
    /// # Errors
    /// [`Error::Closing`].
    pub async fn hand_over(
        &self,
        event: NewEvent,
    ) -> Result<oneshot::Receiver<Result<Receipt, Error>>, Error> {
        let (reply, answer) = oneshot::channel();
        let lane = self.lane_of(&event);
        lane.send(Ask::New(Box::new(event), reply)).await.map_err(|_| Error::Closing)?;
        Ok(answer)
    }

    /// What would become of an event: nothing is recorded. What it would lead to is not told; an event that would be
    /// handled is said to wait.
    ///
    /// # Errors
    /// [`Error::Refused`] as [`Engine::record`] would, [`Error::Unavailable`].
    pub async fn foresee(&self, event: NewEvent) -> Result<Receipt, Error> {
        let unavailable = |error| Error::Unavailable(Arc::new(error));
        let mut receipt = batch::foresee(&self.inner, &event).await.map_err(unavailable)??;
        let expected = |outcome: Outcome| match outcome {
            Outcome::Applied | Outcome::Nothing => Outcome::Waiting,
            other => other,
        };
        receipt.outcome = expected(receipt.outcome);
        for case in &mut receipt.cases {
            case.outcome = expected(case.outcome);
            case.effects = 0;
        }
        Ok(receipt)
    }

    /// Handles an event again that is recorded already, with its own `received_at` and the rules that are active now;
    /// with `payload` in place of its own, where what it came in can be read by now. Gives the receipt and what was
    /// done, a line each.
    ///
    /// # Errors
    /// [`Error::Refused`] where no such event is held, [`Error::Unavailable`].
    pub async fn again(
        &self,
        unit: UnitId,
        event: EventId,
        payload: Option<Payload>,
        keep: Keep,
    ) -> Result<(Receipt, Vec<String>), Error> {
        let unavailable = |error| Error::Unavailable(Arc::new(error));
        let done = batch::again(&self.inner, unit, event, payload, keep).await.map_err(unavailable)??;
        self.inner.committed.send_modify(|commits| *commits += 1);
        Ok(done)
    }

    /// Events about one thing take one lane, so that they keep their order.
    fn lane_of(&self, event: &NewEvent) -> &mpsc::Sender<Ask> {
        if let [only] = &*self.lanes {
            return only;
        }
        let about = match &event.subject {
            Subject::Case(case) => case.0.as_u128(),
            Subject::Task(task) => task.0.as_u128(),
            Subject::Duty(duty) => duty.0.as_u128(),
            Subject::Message(message) => message.0.as_u128(),
            Subject::Reference(_) | Subject::Share | Subject::Handover | Subject::Desk => {
                match &event.payload {
                    Payload::HearingResulted { share } => share.hearing.0.as_u128(),
                    Payload::TrialVacated { vacated } => vacated.hearing.0.as_u128(),
                    Payload::CourtListed { listed } => listed.hearing.0.as_u128(),
                    other => other.opening().map_or(event.unit.0, |case| case.id.0).as_u128(),
                }
            }
        };
        let lanes = u128::try_from(self.lanes.len()).unwrap_or(1);
        let index = usize::try_from((about ^ (about >> 64)) % lanes).unwrap_or(0);
        &self.lanes[index]
    }

    /// A case as this process remembers it, if it does: the same as what is stored, which tests ask.
    #[must_use]
    pub fn remembered(&self, case: CaseId) -> Option<CaseState> {
        self.inner.remembered.look(case)
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The rules in force.
    #[must_use]
    pub fn rulesets(&self) -> &Rulesets {
        &self.inner.rulesets
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Where ids come from.
    #[must_use]
    pub fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    /// Counts since the engine began.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.inner.counts
    }

    /// Rises with every commit: watch it to look again.
    #[must_use]
    pub fn commits(&self) -> watch::Receiver<u64> {
        self.inner.committed.subscribe()
    }

    /// The domain in the Message-IDs of mail.
    #[must_use]
    pub fn mail_domain(&self) -> &str {
        &self.inner.settings.mail_domain
    }
}
