//! The clock: timers and lines of the schedule that come due become events.
//!
//! Any number of processes may run it at once. Nothing here elects one of them: every event has a reference made
//! from what came due and when, so that it is recorded once, and cursors move by compare-and-set.
//!
//! - `timers`: points in time that rules have set.
//! - `recount`: open clocks counted anew once another pack is in force.
//! - `lines`: cron lines of each unit's active pack, over selections.
//! - [`cron`]: when a line fires, by the clock on the wall.
//!
//! The clock may be set either way. Set forward, what came due is late, and lines follow their policy for missed
//! runs. Set back, nothing fires twice, because its instant has been recorded, and a line whose cursor was left in
//! the future goes on from now.

pub mod cron;
mod lines;
mod recount;
mod timers;

use crate::domain::ids::UnitId;
use crate::domain::london::Instant;
use crate::engine::{self, Engine};
use crate::rounds;
use crate::store;
use chrono::TimeDelta;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often one tick looks for timers that its own events have set for now.
const PASSES_MAX: usize = 8;

/// Why a round ended early. Nothing is lost: what came due is still due.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// An event was not recorded.
    #[error(transparent)]
    Engine(#[from] engine::Error),
}

/// What a tick came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tick {
    /// Timers that became events.
    pub timers: u64,
    /// Runs of lines of the schedule.
    pub runs: u64,
}

/// How late what came due became events, since the process began.
#[derive(Debug, Default)]
pub struct Lag {
    fired: AtomicU64,
    sum_ms: AtomicU64,
    max_ms: AtomicU64,
}

impl Lag {
    fn note(&self, late: TimeDelta) {
        let late = u64::try_from(late.num_milliseconds()).unwrap_or(0);
        self.fired.fetch_add(1, Ordering::Relaxed);
        self.sum_ms.fetch_add(late, Ordering::Relaxed);
        self.max_ms.fetch_max(late, Ordering::Relaxed);
    }

    /// How many timers and runs there were.
    #[must_use]
    pub fn fired(&self) -> u64 {
        self.fired.load(Ordering::Relaxed)
    }

    /// How late they were in the mean.
    #[must_use]
    pub fn mean(&self) -> Duration {
        Duration::from_millis(self.sum_ms.load(Ordering::Relaxed) / self.fired().max(1))
    }

    /// How late the latest was.
    #[must_use]
    pub fn max(&self) -> Duration {
        Duration::from_millis(self.max_ms.load(Ordering::Relaxed))
    }
}

/// The clock of one process. Cheap to clone; clones share what they measure.
#[derive(Clone)]
pub struct Clockwork {
    engine: Engine,
    lag: Arc<Lag>,
    /// When the lines were looked at last, and until when none of them is due as far as was seen then.
    looked: Arc<Mutex<Option<(Instant, Instant)>>>,
    /// Under which pack a unit's open clocks were counted last, as far as this process knows.
    recounted: Arc<Mutex<HashMap<UnitId, String>>>,
}

/// Whether a round looks at the lines of the schedule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lines {
    /// It does.
    Look,
    /// Only if one may be due, or the last look is a second old: rounds are woken by every commit, and packs change
    /// rarely.
    LookIfDue,
}

impl Clockwork {
    /// A clock that hands to `engine` what comes due by the engine's own clock.
    #[must_use]
    pub fn new(engine: Engine) -> Self {
        Self { engine, lag: Arc::default(), looked: Arc::default(), recounted: Arc::default() }
    }

    /// Turns everything that is due now into events; answers when they are committed.
    ///
    /// # Errors
    /// [`Error`] if the database is away; what was not done is still due.
    pub async fn tick(&self) -> Result<Tick, Error> {
        Ok(self.pass(Lines::Look).await?.0)
    }

    /// Ticks until `closing`, woken by the engine's commits.
    pub async fn run(&self, closing: &CancellationToken) {
        rounds::run("clock", self, closing, self.engine.commits()).await;
    }

    /// How late what came due became events.
    #[must_use]
    pub fn lag(&self) -> &Lag {
        &self.lag
    }

    /// Whether the open clocks of a unit were counted last under this pack, as far as this process knows.
    fn is_recounted(&self, unit: UnitId, hash: &str) -> bool {
        let known = self.recounted.lock().expect("no holder of the packs panics");
        known.get(&unit).is_some_and(|known| known == hash)
    }

    fn note_recounted(&self, unit: UnitId, hash: &str) {
        let mut known = self.recounted.lock().expect("no holder of the packs panics");
        known.insert(unit, hash.to_owned());
    }

    /// How long none of the lines is due, if that is known well enough at `now`.
    fn lines_rest(&self, now: Instant) -> Option<Duration> {
        let (looked, until) = (*self.looked.lock().expect("no holder of the look panics"))?;
        let age = (now - looked).to_std().ok()?;
        let rest = (until - now).to_std().ok()?;
        (age < rounds::SLEEP_MAX && !rest.is_zero()).then_some(rest)
    }

    async fn lines(&self, look: Lines) -> Result<lines::Ticked, Error> {
        let now = self.engine.clock().now();
        if look == Lines::LookIfDue
            && let Some(rest) = self.lines_rest(now)
        {
            return Ok(lines::Ticked { runs: 0, idle: Some(rest) });
        }
        let ticked = lines::tick(self).await?;
        let rest = ticked.idle.unwrap_or(rounds::SLEEP_MAX).min(rounds::SLEEP_MAX);
        let until = now + TimeDelta::from_std(rest).unwrap_or(TimeDelta::zero());
        *self.looked.lock().expect("no holder of the look panics") = Some((now, until));
        Ok(ticked)
    }

    async fn pass(&self, look: Lines) -> Result<(Tick, Duration), Error> {
        let mut tick = Tick::default();
        let lines = self.lines(look).await;
        for _ in 0..PASSES_MAX {
            let fired = timers::fire(self).await?;
            tick.timers += fired;
            if fired == 0 {
                break;
            }
        }
        // A unit whose pack cannot be read does not keep the others' timers waiting.
        let lines = lines?;
        tick.runs = lines.runs;
        let next = store::clock::next_timer_at(self.engine.store()).await?;
        let now = self.engine.clock().now();
        let until_timer = next.map(|next| (next - now).to_std().unwrap_or_default());
        let idle = until_timer.into_iter().chain(lines.idle).min().unwrap_or(rounds::SLEEP_MAX);
        Ok((tick, idle))
    }
}

impl rounds::Rounds for Clockwork {
    type Error = Error;

    async fn round(&self, _: &CancellationToken) -> Result<Duration, Error> {
        Ok(self.pass(Lines::LookIfDue).await?.1)
    }
}
