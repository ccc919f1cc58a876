//! Events that wait in the inbox: kept by the commit they follow from, handled in one of their own.
//!
//! A commit wakes the loop; a look every second finds what another process left, or one that was killed. An event is
//! taken by locking its row while it still waits, so that several processes handle it once.

use super::{Ask, Inner};
use crate::store::waiting;
use std::sync::Weak;
use std::time::Duration;
use tokio::sync::mpsc;

/// How many are handed over at a time.
const LOT: u64 = 256;
/// How long to rest where nothing wakes it.
const REST: Duration = Duration::from_secs(1);

/// Runs until the engine is gone.
pub(super) async fn run(inner: Weak<Inner>, lane: mpsc::WeakSender<Ask>) {
    loop {
        let Some(held) = inner.upgrade() else { return };
        let found = waiting::inbox(held.store.reader(), LOT).await;
        let found = found.unwrap_or_else(|error| {
            tracing::warn!(%error, "the inbox cannot be read just now");
            Vec::new()
        });
        let full = u64::try_from(found.len()).is_ok_and(|found| found == LOT);
        for (unit, event) in found {
            let Some(lane) = lane.upgrade() else { return };
            if lane.send(Ask::Waiting(unit, event)).await.is_err() {
                return;
            }
        }
        if !full {
            // A wake-up that came while it looked is kept by the notifier.
            let woken = held.inbox.notified();
            drop(tokio::time::timeout(REST, woken).await);
        } else {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
