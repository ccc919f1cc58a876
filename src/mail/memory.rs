//! The transport that keeps mails in memory, for tests, with outcomes set in advance.
//!
//! Clones share their contents: a test keeps one and gives the other away.

use std::{
    collections::VecDeque,
    iter,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{Mail, Outcome, Phase, Reason};

/// Mails in memory.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    arrived: Vec<Mail>,
    next: VecDeque<(Arrival, Outcome)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Arrival {
    Arrives,
    IsLost,
}

impl Memory {
    /// Empty, taking everything.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next `times` sends end in `outcome`. The mail arrives only if that is `Sent`.
    pub fn answer_next(&self, times: usize, outcome: Outcome) {
        let arrival =
            if matches!(outcome, Outcome::Sent { .. }) { Arrival::Arrives } else { Arrival::IsLost };
        self.lock().next.extend(iter::repeat_n((arrival, outcome), times));
    }

    /// The next `times` sends arrive, and nobody says so: the outcome is unknown.
    pub fn lose_reply_next(&self, times: usize) {
        let outcome = Outcome::Unknown { reason: Reason::own(Phase::Reply, "the answer was lost") };
        self.lock().next.extend(iter::repeat_n((Arrival::Arrives, outcome), times));
    }

    /// What has arrived, oldest first, second copies included.
    pub fn arrived(&self) -> Vec<Mail> {
        self.lock().arrived.clone()
    }

    /// Takes out what has arrived.
    pub fn take_arrived(&self) -> Vec<Mail> {
        std::mem::take(&mut self.lock().arrived)
    }

    /// Takes `mail`, or does as it was told.
    pub async fn send(&self, mail: &Mail) -> Outcome {
        if let Err(error) = mail.to_bytes() {
            return Outcome::Refused { reason: Reason::own(Phase::Compose, error.to_string()) };
        }
        let mut inner = self.lock();
        let taken = || (Arrival::Arrives, Outcome::Sent { response: "kept in memory".to_owned() });
        let (arrival, outcome) = inner.next.pop_front().unwrap_or_else(taken);
        if arrival == Arrival::Arrives {
            inner.arrived.push(mail.clone());
        }
        outcome
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A test that panicked elsewhere leaves whole values behind.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{Fault, example};

    #[tokio::test]
    async fn it_does_as_told_and_then_takes_everything() {
        let memory = Memory::new();
        let deferred =
            Outcome::Deferred { reason: Reason::own(Phase::Recipient, "busy"), fault: Fault::Mail };
        memory.answer_next(2, deferred.clone());
        memory.lose_reply_next(1);
        let mail = example::mail();
        assert_eq!(memory.send(&mail).await, deferred);
        assert_eq!(memory.clone().send(&mail).await, deferred);
        assert_eq!(memory.arrived().len(), 0);
        assert!(matches!(memory.send(&mail).await, Outcome::Unknown { .. }));
        assert!(matches!(memory.send(&mail).await, Outcome::Sent { .. }));
        assert_eq!(memory.take_arrived(), [mail.clone(), mail]);
        assert_eq!(memory.arrived().len(), 0);
    }
}
