//! Work that comes in rounds: do all that is due, sleep until more is, be woken by a commit.
//!
//! The wake-up carries no data and may be missed, so every round looks for itself, and no sleep is longer than
//! [`SLEEP_MAX`]. A round that fails, as a rule because the database is away, is told to the log once, tried again at
//! growing distances, and told once more when it is over.

use std::fmt::Display;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The longest sleep: a clock that is set, and a row that another process wrote, are noticed within it.
pub const SLEEP_MAX: Duration = Duration::from_secs(1);

/// The shortest sleep, so that something due now and not doable now does not spin.
const SLEEP_MIN: Duration = Duration::from_millis(5);

/// The shortest distance between a wake-up and the end of the round before: under load there is a commit every few
/// milliseconds, and looking after each would slow them down.
const PACE: Duration = Duration::from_millis(40);

/// The longest distance between tries while rounds fail.
const FAILING_SLEEP_MAX: Duration = Duration::from_secs(5);

/// Work that comes in rounds.
pub trait Rounds: Sync {
    /// Why a round fails.
    type Error: Display;

    /// Does all that is due now; says how long there is nothing more to do as far as it knows. From `closing` on,
    /// nothing new is begun.
    ///
    /// # Errors
    /// What kept it from being done: the next round tries again.
    fn round(
        &self,
        closing: &CancellationToken,
    ) -> impl Future<Output = Result<Duration, Self::Error>> + Send;
}

/// Runs rounds until `closing`; `wake` cuts the sleep between them short.
pub async fn run<R: Rounds>(
    name: &'static str,
    work: &R,
    closing: &CancellationToken,
    mut wake: watch::Receiver<u64>,
) {
    let mut failures: u32 = 0;
    while !closing.is_cancelled() {
        // Seen before the round looks: a commit in the middle of it wakes the next one at once.
        wake.mark_unchanged();
        let sleep = match work.round(closing).await {
            Ok(idle) => {
                if failures > 0 {
                    tracing::info!(name, failures, "the rounds go on");
                }
                failures = 0;
                idle.clamp(SLEEP_MIN, SLEEP_MAX)
            }
            Err(error) => {
                if failures == 0 {
                    tracing::error!(name, %error, "a round failed: trying again until it succeeds");
                }
                failures = failures.saturating_add(1);
                (SLEEP_MIN * 20 * 2u32.pow(failures.min(6))).min(FAILING_SLEEP_MAX)
            }
        };
        let woken = async {
            // While rounds fail, commits are not worth waking for; and an engine that is gone wakes nobody.
            if failures > 0 || wake.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(PACE).await;
        };
        tokio::select! {
            () = closing.cancelled() => {}
            () = woken => {}
            () = tokio::time::sleep(sleep) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Counting {
        rounds: AtomicU32,
        commits: watch::Sender<u64>,
    }

    impl Rounds for Counting {
        type Error = &'static str;

        async fn round(&self, closing: &CancellationToken) -> Result<Duration, &'static str> {
            match self.rounds.fetch_add(1, Ordering::Relaxed) {
                0 => drop(self.commits.send_replace(1)),
                1 => return Err("the database is away"),
                _ => closing.cancel(),
            }
            Ok(Duration::from_secs(60))
        }
    }

    #[tokio::test]
    async fn a_commit_cuts_the_sleep_short_and_a_failure_does_not_end_the_rounds() {
        let work = Counting { rounds: 0.into(), commits: watch::Sender::new(0) };
        let begun = std::time::Instant::now();
        run("test", &work, &CancellationToken::new(), work.commits.subscribe()).await;
        assert_eq!(work.rounds.into_inner(), 3);
        assert!(begun.elapsed() < SLEEP_MAX, "it slept through a commit");
    }
}
