//! Writing what a batch drafted, and committing it.

use super::{Batch, nanos};
use crate::engine::Counts;
use crate::store::audit::{Chain, Entry, Verb};
use crate::store::tape::Lot;
use crate::store::{self, Transaction};
use std::time::Instant as Stopwatch;

impl Batch<'_> {
    /// Writes what was drafted and commits, with one entry of the audit for all that was changed: who changed what
    /// stands with each event.
    pub(super) async fn commit(mut self, txn: Transaction, chain: &mut Chain) -> Result<(), store::Error> {
        // Each writer counts for itself: two processes never wait for each other over how often a rule spoke.
        self.draft.rules_spoke(self.inner.clock.now(), chain.writer(), &self.spoke);
        let size = self.draft.size();
        let begun = Stopwatch::now();
        let kept = self.inner.store.tape().map(|_| self.draft.statements().to_vec());
        self.draft.send(&txn).await?;
        self.write_ns += nanos(begun);
        let begun = Stopwatch::now();
        let mut end = None;
        if size.rows > 0 {
            let entry = Entry {
                at: self.inner.clock.now(),
                unit: self.unit,
                actor: "usher:engine".to_owned(),
                verb: Verb::Alter,
                subject_kind: "events",
                subject: None,
                count: i64::try_from(self.events).unwrap_or(i64::MAX),
            };
            self.entries.insert(0, entry);
            end = Some(chain.append(&txn, &self.entries).await?);
        }
        txn.commit().await.map_err(store::Error::from)?;
        let commit_ns = nanos(begun);
        if let Some(end) = end {
            *chain = end;
        }
        if let (Some(tape), Some(statements)) = (self.inner.store.tape(), kept) {
            tape.keep(Lot { after: self.after, statements });
        }
        self.keys.keep();
        // One that nothing happened to was made for an event that was then refused.
        self.inner.remembered.keep(self.states.into_values().filter(|state| state.case.sequence > 0));
        if let Some(roster) = self.lent.or(self.roster) {
            self.inner.rosters.put(roster);
        }
        let counts = &self.inner.counts;
        Counts::add(&counts.commit_ns, commit_ns);
        Counts::add(&counts.read_ns, self.read_ns);
        Counts::add(&counts.work_ns, self.work_ns);
        Counts::add(&counts.draft_ns, self.draft_ns);
        Counts::add(&counts.write_ns, self.write_ns);
        Counts::add(&counts.events, self.events);
        Counts::add(&counts.rows, size.rows);
        Counts::add(&counts.statements, size.statements);
        Counts::add(&counts.commits, 1);
        if self.leaves > 0 {
            self.inner.inbox.notify_one();
        }
        Ok(())
    }
}
