//! Cases that were handled lately, as they were committed, so that they need not be read again.
//!
//! Events come in twos and threes: a result, then the call it leads to, then the mail that was sent. Reading and
//! opening a whole case costs more than deciding and writing, so a case that was just committed is kept until others
//! push it out. The database stays the truth: a remembered case is used only under its lock and only if its sequence
//! number is still the one that is stored, and what moves without that lock (a message that the outbox took, a person
//! who was put right in another case) is looked at each time ([`crate::store::read::refresh`]).
//!
//! A case is taken out to be worked on and comes back once the transaction has committed, so that what was changed
//! and then not committed is never seen again.

use crate::domain::ids::CaseId;
use crate::domain::state::CaseState;
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard};

/// The remembered cases of one process; none are where it was told to remember none.
pub(super) struct Remembered(Option<Mutex<LruCache<CaseId, Box<CaseState>>>>);

impl Remembered {
    /// Remembers at most `max` cases.
    pub(super) fn new(max: usize) -> Self {
        Self(NonZeroUsize::new(max).map(|max| Mutex::new(LruCache::new(max))))
    }

    fn held(&self) -> Option<MutexGuard<'_, LruCache<CaseId, Box<CaseState>>>> {
        Some(self.0.as_ref()?.lock().expect("no holder of the remembered cases panics"))
    }

    /// Takes a case out, if it is remembered as of `sequence`.
    pub(super) fn take(&self, case: CaseId, sequence: i64) -> Option<CaseState> {
        let held = self.held()?.pop(&case)?;
        (held.case.sequence == sequence).then_some(*held)
    }

    /// Remembers cases as they were just committed.
    pub(super) fn keep(&self, states: impl IntoIterator<Item = CaseState>) {
        if self.0.is_none() {
            return;
        }
        for mut state in states {
            state.settle();
            state.forget_what_is_seldom_asked();
            state.in_order();
            let Some(mut held) = self.held() else { return };
            // Another lane may have committed after us and been quicker to say so.
            let newest = held.peek(&state.case.id).map_or(0, |held| held.case.sequence);
            if newest <= state.case.sequence {
                held.put(state.case.id, Box::new(state));
            }
        }
    }

    /// What is remembered of a case.
    pub(super) fn look(&self, case: CaseId) -> Option<CaseState> {
        Some((**self.held()?.peek(&case)?).clone())
    }
}
