//! What people and other services do to a task.

use super::ids::{DutyId, StaffId, TeamId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What completing a task says beyond its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Completion {
    /// A word of the kind's outcomes.
    pub outcome: String,
    /// Answers to the kind's questions.
    pub answers: BTreeMap<String, serde_json::Value>,
    /// The duties that were met; all of the task's open ones where left out.
    pub duties: Option<Vec<DutyId>>,
    /// By what means the person was told.
    pub channel: Option<String>,
    /// What was said.
    pub words: Option<String>,
    /// When it was done, if not now.
    pub at: Option<DateTime<Utc>>,
}

/// What a person or another service asks of a task; `version` is the task's as the caller last saw it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaskAction {
    /// The owner has seen it.
    Acknowledge,
    /// The caller takes it from the team's queue.
    Claim {
        /// Who.
        staff: StaffId,
    },
    /// Back to the team's queue.
    Release,
    /// A team leader gives it to somebody.
    Assign {
        /// To whom; none for the team's queue.
        staff: Option<StaffId>,
        /// Whose queue.
        team: Option<TeamId>,
        /// Why.
        reason: String,
    },
    /// Somebody begins.
    Start,
    /// A try that did not finish it.
    Attempt {
        /// A word of the kind's outcomes for attempts, such as `no-answer`.
        outcome: String,
        /// When; as it was recorded where none.
        at: Option<DateTime<Utc>>,
        /// What was noticed.
        words: Option<String>,
    },
    /// Answers are kept before it is finished.
    Answer {
        /// Answers to the kind's questions.
        answers: BTreeMap<String, serde_json::Value>,
    },
    /// Finished.
    Complete(Completion),
    /// Not finished after all.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Not before an instant. Deadlines do not move.
    Defer {
        /// The instant.
        until: DateTime<Utc>,
        /// Why.
        reason: String,
    },
    /// Need not be done.
    Cancel {
        /// Why.
        reason: String,
    },
}

impl TaskAction {
    /// What whoever did it wrote: notes, or why.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        match self {
            Self::Assign { reason, .. }
            | Self::Reopen { reason }
            | Self::Defer { reason, .. }
            | Self::Cancel { reason } => Some(reason),
            Self::Attempt { words, .. } => words.as_deref(),
            Self::Complete(completion) => completion.words.as_deref(),
            Self::Acknowledge | Self::Claim { .. } | Self::Release | Self::Start | Self::Answer { .. } => {
                None
            }
        }
    }

    /// The kind of event that it makes.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Acknowledge => "task.acknowledged",
            Self::Claim { .. } => "task.claimed",
            Self::Release => "task.released",
            Self::Assign { .. } => "task.assigned",
            Self::Start => "task.started",
            Self::Attempt { .. } => "task.attempted",
            Self::Answer { .. } => "task.answered",
            Self::Complete(_) => "task.completed",
            Self::Reopen { .. } => "task.reopened",
            Self::Defer { .. } => "task.deferred",
            Self::Cancel { .. } => "task.cancelled",
        }
    }
}
