//! Work for a person.
//!
//! ```text
//! open → acknowledged → in-progress → done
//!   └────────┴──────────────┴──────→ cancelled | withdrawn
//! done → open (reopened)
//! ```
//! A deferred task, or one that waits for its next attempt, stays in its state and says until when.

use super::explanation::{ClockMoved, Explanation};
use super::ids::{AbsenceId, CaseId, HearingId, MessageId, ParticipantId, StaffId, TaskId, TeamId, UnitId};
use super::staff::Work;
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// How urgent work is.
    pub enum Priority as "priority" {
        /// Now: trial today, or somebody's safety.
        P1 = "P1",
        /// Today.
        P2 = "P2",
        /// By its due time.
        P3 = "P3",
        /// Routine.
        P4 = "P4",
    }
}

words! {
    /// Where a task stands.
    pub enum TaskState as "task state" {
        /// Nobody has looked at it.
        Open = "open",
        /// Its owner has seen it.
        Acknowledged = "acknowledged",
        /// Somebody is at it.
        InProgress = "in-progress",
        /// Finished, with an outcome.
        Done = "done",
        /// A person decided it need not be done.
        Cancelled = "cancelled",
        /// What it rested on was removed.
        Withdrawn = "withdrawn",
    }
}

impl TaskState {
    /// The words of the states in which work is still to be done, for queries.
    pub const OPEN: [&str; 3] = ["open", "acknowledged", "in-progress"];

    /// Whether work is still to be done.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Acknowledged | Self::InProgress)
    }
}

/// One try at a task that did not finish it, such as a call that was not answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
    /// What came of it, a word of the kind's outcomes.
    pub outcome: String,
}

/// A task kept for somebody who is away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The absence.
    pub absence: AbsenceId,
    /// Whose it was; none where it was in a queue.
    pub from: Option<StaffId>,
    /// Who covers it; none for the team's queue.
    pub to: Option<StaffId>,
    /// Since when.
    pub at: DateTime<Utc>,
    /// Where it stood before.
    pub state: TaskState,
    /// Why it was theirs.
    pub because: String,
}

/// What a task counts as that was raised before minutes were kept with it.
fn minutes_unknown() -> u32 {
    15
}

/// Work for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The unit whose work it is.
    pub unit: UnitId,
    /// The case it belongs to; desk tasks have none.
    pub case: Option<CaseId>,
    /// What makes it the same task.
    pub key: String,
    /// Its kind, a word of the pack.
    pub kind: String,
    /// Whom it is about.
    pub about: Option<ParticipantId>,
    /// Which hearing it is about.
    pub hearing: Option<HearingId>,
    /// Where it stands.
    pub state: TaskState,
    /// How urgent it is.
    pub priority: Priority,
    /// Who is to do it.
    pub assignee: Option<StaffId>,
    /// Whose queue it is in; the assignee's team, or the team's own queue where there is no assignee.
    pub team: Option<TeamId>,
    /// Why it went to them.
    pub assigned_because: String,
    /// Whether it is in a queue for want of somebody who may and can do it.
    #[serde(default)]
    pub stranded: bool,
    /// For whom it is covered, the latest last: it goes back to them.
    #[serde(default)]
    pub covered: Vec<Covered>,
    /// How long it takes, in minutes, by its kind.
    #[serde(default = "minutes_unknown")]
    pub minutes: u32,
    /// The local target.
    pub target_at: Option<DateTime<Utc>>,
    /// The clock it must not miss. None while it waits for a date.
    pub due_at: Option<DateTime<Utc>>,
    /// What it waits for where `due_at` is none, in words.
    pub waits_for: Option<String>,
    /// When to try again.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Not before this, by its owner's wish.
    pub deferred_until: Option<DateTime<Utc>>,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended, a word of the kind's outcomes.
    pub outcome: Option<String>,
    /// Tries so far.
    pub attempts: Vec<Attempt>,
    /// Answers to the kind's questions.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// Drafts that completing it releases.
    pub drafts: Vec<MessageId>,
    /// The content hash of the pack whose form, retry and escalation it keeps.
    pub pack: String,
    /// What its clocks were before they were counted anew, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<ClockMoved>,
    /// Why it is there.
    pub because: Vec<Explanation>,
    /// Rises with every change; a change names the version it was made against.
    pub version: i64,
}

impl Task {
    /// The earlier of target and due: by when it should be done.
    #[must_use]
    pub fn clock(&self) -> Option<DateTime<Utc>> {
        [self.target_at, self.due_at].into_iter().flatten().min()
    }

    /// Whether whoever covers it has begun it, or has given it away.
    #[must_use]
    pub fn is_begun_since(&self, covered: &Covered) -> bool {
        let with = self.covered.last().and_then(|covered| covered.to);
        self.state == TaskState::InProgress
            || self.assignee != with
            || self.attempts.iter().any(|attempt| attempt.at >= covered.at)
    }

    /// What it adds to the work of `staff`.
    #[must_use]
    pub fn work(&self, staff: StaffId) -> Work {
        Work { staff, by: self.clock(), tasks: 1, minutes: self.minutes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::words::Word;

    #[test]
    fn queries_and_code_agree_on_what_is_open() {
        let open = |word: &&&str| TaskState::from_word(word).is_some_and(TaskState::is_open);
        let open: Vec<&str> = TaskState::WORDS.iter().filter(open).copied().collect();
        assert_eq!(open, TaskState::OPEN);
    }
}
