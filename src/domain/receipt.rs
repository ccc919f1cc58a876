//! What became of an event: every input ends as one of these, and nothing is dropped.

use super::ids::{CaseId, EventId};
use crate::words;
use serde::{Deserialize, Serialize};

words! {
    /// What became of an event, for one case or as a whole.
    pub enum Outcome as "outcome" {
        /// It was handled, and had effects.
        Applied = "applied",
        /// It was handled, and nothing followed from it.
        Nothing = "nothing",
        /// It was recorded before, or adds nothing to what stands.
        Duplicate = "duplicate",
        /// Newer news of the same hearing day is held already.
        Stale = "stale",
        /// It concerns no case of the unit's force.
        NotOurs = "not-ours",
        /// It concerns a case that may be the unit's but is not held; kept until the case is opened or linked.
        Unlinked = "unlinked",
        /// It cannot be handled; kept whole until a person retries, edits or discards it.
        Parked = "parked",
        /// It waits to be handled.
        Waiting = "waiting",
        /// It was parked, and a person discarded it.
        Discarded = "discarded",
    }
}

/// What became of an event for one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseReceipt {
    /// The case, where one is held.
    pub case: Option<CaseId>,
    /// What became of it there.
    pub outcome: Outcome,
    /// How many effects it had there.
    pub effects: i64,
    /// Why nothing followed, why it was parked, or what else there is to say; never personal data.
    pub reason: Option<String>,
}

/// The answer to whoever recorded an event: given after the commit that holds the event and its effects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The event; for a repeated one, the event as it was first recorded.
    pub event: EventId,
    /// What became of it as a whole: the weightiest of its cases'.
    pub outcome: Outcome,
    /// What became of it for each case.
    pub cases: Vec<CaseReceipt>,
}

impl Receipt {
    /// The receipt of an event whose cases fared as `cases` say.
    #[must_use]
    pub fn of(event: EventId, cases: Vec<CaseReceipt>) -> Self {
        /// From weightiest to lightest.
        const WEIGHT: [Outcome; 9] = [
            Outcome::Parked,
            Outcome::Applied,
            Outcome::Waiting,
            Outcome::Unlinked,
            Outcome::Nothing,
            Outcome::Stale,
            Outcome::Duplicate,
            Outcome::NotOurs,
            Outcome::Discarded,
        ];
        let outcome = WEIGHT.into_iter().find(|outcome| cases.iter().any(|case| case.outcome == *outcome));
        Self { event, outcome: outcome.unwrap_or(Outcome::Nothing), cases }
    }

    /// How many effects it had in all.
    #[must_use]
    pub fn effects(&self) -> i64 {
        self.cases.iter().map(|case| case.effects).sum()
    }
}
