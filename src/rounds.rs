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

/// Runs rounds until `closing`. A round says how long there is nothing to do as far as it knows; `wake` cuts the
/// sleep short.
pub async fn run<E: Display>(
    name: &'static str,
    closing: &CancellationToken,
    mut wake: watch::Receiver<u64>,
    mut round: impl AsyncFnMut() -> Result<Duration, E>,
) {
    let mut failures: u32 = 0;
    while !closing.is_cancelled() {
        // Seen before the round looks: a commit in the middle of it wakes the next one at once.
        wake.mark_unchanged();
        let sleep = match round().await {
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

    #[tokio::test(start_paused = true)]
    async fn a_commit_cuts_the_sleep_short_and_a_failure_does_not_end_the_rounds() {
        let commits = watch::Sender::new(0);
        let closing = CancellationToken::new();
        let (mut rounds, begun) = (0, tokio::time::Instant::now());
        run("test", &closing, commits.subscribe(), async || {
            rounds += 1;
            match rounds {
                1 => commits.send_replace(1),
                2 => return Err("the database is away"),
                3 => 0,
                _ => {
                    closing.cancel();
                    0
                }
            };
            Ok(Duration::from_secs(60))
        })
        .await;
        assert_eq!(rounds, 4);
        // Woken after 40 ms, then 200 ms after the failure, then a whole second.
        assert_eq!(begun.elapsed().as_millis() / 100, 12);
    }
}
