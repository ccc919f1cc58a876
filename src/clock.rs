//! Time and ids, which come in by argument everywhere so that a week can be simulated in a second.
//!
//! This is the one module that may ask the operating system what time it is or for a random id.

use chrono::{DateTime, TimeDelta, Utc};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

/// What time it is.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The system's.
    System,
    /// The system's, so much later or earlier: for a demonstration, whose day goes on from where its story ends.
    Moved(TimeDelta),
    /// A clock that stands still until it is set.
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn standing_at(at: DateTime<Utc>) -> Self {
        Self::Set(Arc::new(Mutex::new(at)))
    }

    /// A clock that shows `at` just now, and goes on from there.
    #[must_use]
    pub fn going_from(at: DateTime<Utc>) -> Self {
        Self::Moved(at - Self::System.now())
    }

    /// Now, to the millisecond: what is stored compares equal to what was decided.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the place where time comes in")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match self {
            Self::System => Utc::now(),
            Self::Moved(by) => Utc::now() + *by,
            Self::Set(at) => *at.lock().expect("no holder of the clock panics"),
        };
        DateTime::from_timestamp_millis(now.timestamp_millis()).unwrap_or(now)
    }

    /// Moves a standing clock; does nothing to the system's.
    pub fn set(&self, to: DateTime<Utc>) {
        if let Self::Set(at) = self {
            *at.lock().expect("no holder of the clock panics") = to;
        }
    }

    /// Moves a standing clock on by `by`.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

/// Where ids come from: UUIDv7, so that rows made together lie together.
#[derive(Clone, Debug)]
pub enum Ids {
    /// From the system's randomness.
    Random,
    /// The same row of ids for the same seed.
    Seeded(Arc<AtomicU64>),
}

impl Ids {
    /// The same row of ids for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::Seeded(Arc::new(AtomicU64::new(seed)))
    }

    /// A new id, made at `at`.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the place where ids come in")]
    pub fn next(&self, at: DateTime<Utc>) -> Uuid {
        let random = match self {
            Self::Random => *Uuid::new_v4().as_bytes(),
            Self::Seeded(seed) => {
                let nth = seed.fetch_add(1, Ordering::Relaxed);
                *Uuid::from_u64_pair(splitmix(nth), splitmix(nth ^ 0x9e37_79b9_7f4a_7c15)).as_bytes()
            }
        };
        let millis = u64::try_from(at.timestamp_millis()).unwrap_or(0);
        let tail: [u8; 10] = random[..10].try_into().expect("ten of sixteen bytes");
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}

/// One step of the SplitMix64 generator: spreads a counter over 64 bits.
fn splitmix(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standing_clock_moves_only_when_it_is_moved() {
        let clock = Clock::standing_at(DateTime::from_timestamp_millis(1_000).unwrap());
        clock.advance(TimeDelta::seconds(2));
        assert_eq!(clock.now().timestamp_millis(), 3_000);
    }

    #[test]
    fn the_same_seed_gives_the_same_ids_and_never_one_twice() {
        let at = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        let row = |seed| {
            let ids = Ids::seeded(seed);
            (0..100).map(|_| ids.next(at)).collect::<Vec<_>>()
        };
        assert_eq!(row(7), row(7));
        let mut unique = row(7);
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), 100);
    }
}
