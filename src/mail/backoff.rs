//! How long to wait before trying again: doubling, capped, jittered. Pure.

use std::time::Duration;

use serde::Deserialize;

use super::settings::seconds;

/// Waits that double from `first` up to `cap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backoff {
    /// The wait after the first failure, before jitter.
    #[serde(deserialize_with = "seconds")]
    pub first: Duration,
    /// The longest wait, before jitter.
    #[serde(deserialize_with = "seconds")]
    pub cap: Duration,
}

impl Backoff {
    /// The wait after failure number `attempt` (counted from 1), spread by `jitter` in 0..1.
    ///
    /// The spread covers the upper half of the wait, so that mails which failed together do not come back together,
    /// and none comes back at once.
    pub fn delay(&self, attempt: u32, jitter: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let whole = self.first.saturating_mul(1 << doublings).min(self.cap);
        let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.0 };
        whole.mul_f64(0.5 + 0.5 * jitter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { first: Duration::from_secs(60), cap: Duration::from_secs(3600) };

    #[test]
    fn waits_double_up_to_the_cap() {
        let table =
            [(0, 60), (1, 60), (2, 120), (3, 240), (6, 1920), (7, 3600), (40, 3600), (u32::MAX, 3600)];
        for (attempt, seconds) in table {
            assert_eq!(BACKOFF.delay(attempt, 1.0), Duration::from_secs(seconds), "attempt {attempt}");
        }
    }

    #[test]
    fn jitter_spreads_over_the_upper_half() {
        let table = [(0.0, 30.0), (0.5, 45.0), (1.0, 60.0), (-3.0, 30.0), (7.0, 60.0), (f64::NAN, 30.0)];
        for (jitter, seconds) in table {
            assert_eq!(BACKOFF.delay(1, jitter), Duration::from_secs_f64(seconds), "jitter {jitter}");
        }
    }

    #[test]
    fn no_setting_overflows() {
        let endless = Backoff { first: Duration::from_secs(u64::MAX / 4), cap: Duration::from_secs(86_400) };
        assert_eq!(endless.delay(u32::MAX, 1.0), Duration::from_secs(86_400));
    }
}
