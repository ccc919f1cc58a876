//! When it is worth looking again for what was committed: for whoever shows work as it changes.
//!
//! A commit of this process wakes; one of another process over the same database is found by looking once a second. The
//! wake-up carries no data and may be missed or come in vain.

use super::Engine;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The longest between two looks: what another process wrote is noticed within it.
const LOOKS_APART_MAX: Duration = Duration::from_secs(1);

/// The shortest between two looks: under load there is a commit every few milliseconds, and a person who watches a list
/// needs no more than four a second.
const LOOKS_APART: Duration = Duration::from_millis(250);

/// Says when to look again. It counts from when it was made: look once before waiting for it.
#[derive(Debug)]
pub struct Lookout {
    commits: watch::Receiver<u64>,
    looked_at: Instant,
}

impl Engine {
    /// Looks out for what is committed from now on.
    #[must_use]
    pub fn lookout(&self) -> Lookout {
        Lookout { commits: self.commits(), looked_at: Instant::now() }
    }
}

impl Lookout {
    /// Waits until it is worth looking again. May be dropped at any time and asked once more.
    pub async fn wait(&mut self) {
        sleep_until(self.looked_at + LOOKS_APART).await;
        // Where nobody commits any more, there may still be others to look for.
        drop(timeout_at(self.looked_at + LOOKS_APART_MAX, self.commits.changed()).await);
        self.looked_at = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_looks_more_than_four_times_a_second_nor_less_than_once() {
        let (commits, begun) = (watch::Sender::new(0), Instant::now());
        let mut lookout = Lookout { commits: commits.subscribe(), looked_at: begun };
        let mut waited = async |commits: Option<&watch::Sender<u64>>| {
            commits.into_iter().for_each(|commits| commits.send_modify(|commits| *commits += 1));
            let begun = Instant::now();
            lookout.wait().await;
            begun.elapsed().as_millis()
        };
        assert_eq!(waited(None).await, 1_000);
        assert_eq!(waited(Some(&commits)).await, 250);
        assert_eq!(waited(Some(&commits)).await, 250);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert_eq!(waited(None).await, 0, "who was away for long looks at once");
    }
}
