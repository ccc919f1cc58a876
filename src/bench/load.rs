//! Load: many callers, each of whom waits for the answer to one event before handing over the next.

use super::machine;
use crate::domain::receipt::Outcome;
use crate::engine::{Engine, Error, NewEvent};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a load came to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Measured {
    /// Events handed over.
    pub(super) events: usize,
    /// In seconds.
    pub(super) seconds: f64,
    /// Each second.
    pub(super) events_per_second: f64,
    /// What became of them.
    pub(super) outcomes: BTreeMap<String, usize>,
    /// For each event handed over.
    pub(super) per_event: PerEvent,
}

/// Figures for each event.
#[derive(Debug, Clone, Serialize)]
pub(super) struct PerEvent {
    /// Rows written.
    pub(super) rows: f64,
    /// Statements that wrote them.
    pub(super) statements: f64,
    /// Transactions.
    pub(super) commits: f64,
    /// Of this process, in microseconds.
    pub(super) cpu_us: f64,
    /// Time in the lanes by stage, in microseconds; the database's own work is in it, and lanes run side by side.
    pub(super) read_us: f64,
    pub(super) work_us: f64,
    pub(super) draft_us: f64,
    pub(super) write_us: f64,
    pub(super) commit_us: f64,
}

/// Hands over every event that `make` gives for 0, 1, 2 …, by `callers` at a time.
pub(super) async fn run(
    engine: &Engine,
    events: usize,
    callers: usize,
    make: impl Fn(usize) -> NewEvent + Send + Sync + 'static,
) -> anyhow::Result<Measured> {
    let before = Counters::of(engine);
    let cpu = machine::cpu();
    let begun = Instant::now();
    let make = Arc::new(make);
    let next = Arc::new(AtomicUsize::new(0));
    let outcomes: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
    let callers = (0..callers.min(events)).map(|_| {
        let (engine, make, next, outcomes) = (engine.clone(), make.clone(), next.clone(), outcomes.clone());
        tokio::spawn(async move {
            let mut seen: BTreeMap<Outcome, usize> = BTreeMap::new();
            loop {
                let nth = next.fetch_add(1, Ordering::Relaxed);
                if nth >= events {
                    break;
                }
                let receipt = insist(&engine, make(nth)).await?;
                *seen.entry(receipt).or_default() += 1;
            }
            let mut all = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
            seen.into_iter()
                .for_each(|(outcome, count)| *all.entry(outcome.to_string()).or_default() += count);
            Ok::<(), Error>(())
        })
    });
    for caller in futures::future::join_all(callers).await {
        caller??;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let cpu = machine::cpu().saturating_sub(cpu);
    let after = Counters::of(engine);
    let outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Measured {
        events,
        seconds,
        events_per_second: events as f64 / seconds,
        outcomes,
        per_event: after.since(&before, cpu, events),
    })
}

async fn insist(engine: &Engine, event: NewEvent) -> Result<Outcome, Error> {
    loop {
        match engine.record(event.clone()).await {
            Err(Error::Busy { after }) => tokio::time::sleep(after).await,
            other => return Ok(other?.outcome),
        }
    }
}

/// The engine's counters at one time.
struct Counters([u64; 8]);

impl Counters {
    fn of(engine: &Engine) -> Self {
        let counts = engine.counts();
        let all = [
            &counts.rows,
            &counts.statements,
            &counts.commits,
            &counts.read_ns,
            &counts.work_ns,
            &counts.draft_ns,
            &counts.write_ns,
            &counts.commit_ns,
        ];
        Self(all.map(|count: &AtomicU64| count.load(Ordering::Relaxed)))
    }

    fn since(&self, before: &Self, cpu: Duration, events: usize) -> PerEvent {
        let each = |nth: usize| (self.0[nth] - before.0[nth]) as f64 / events as f64;
        PerEvent {
            rows: each(0),
            statements: each(1),
            commits: each(2),
            cpu_us: cpu.as_secs_f64() * 1e6 / events as f64,
            read_us: each(3) / 1e3,
            work_us: each(4) / 1e3,
            draft_us: each(5) / 1e3,
            write_us: each(6) / 1e3,
            commit_us: each(7) / 1e3,
        }
    }
}
