//! What is owed to somebody: a duty, apart from the task in which it is met.
//!
//! The Victims' Code is kept and reported in duties. All open duties to one person gather in one contact task, and
//! one call can meet them all.

use super::explanation::{Cause, ClockMoved, Explanation};
use super::ids::{DutyId, ParticipantId, StaffId, TaskId};
use super::task::Priority;
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How a duty stands or ended.
    pub enum DutyState as "duty state" {
        /// Still owed.
        Open = "open",
        /// Done in time.
        Met = "met",
        /// Done after it was due.
        Late = "late",
        /// Not owed after all, with a reason.
        Excused = "excused",
        /// What it rested on was removed before anybody was told.
        Withdrawn = "withdrawn",
    }
}

/// How a duty was met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// When the person was told.
    pub at: DateTime<Utc>,
    /// By what means, such as `call`.
    pub channel: String,
    /// By whom; nobody where a message met it.
    pub by: Option<StaffId>,
    /// What was said, or why it was excused. Sealed where it is stored.
    pub words: Option<String>,
}

/// Something owed to a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// What makes it the same duty.
    pub key: String,
    /// Its kind, a word of the pack: outcome, date, bail, warrant, required to attend…
    pub kind: String,
    /// To whom.
    pub to: ParticipantId,
    /// How it stands.
    pub state: DutyState,
    /// How urgent it is.
    pub priority: Priority,
    /// The local target, where there is one.
    pub target_at: Option<DateTime<Utc>>,
    /// The statutory clock. None while it waits for a hearing's date or for the calendar.
    pub due_at: Option<DateTime<Utc>>,
    /// What it waits for where `due_at` is none, in words.
    pub waits_for: Option<String>,
    /// The task it is gathered in.
    pub task: Option<TaskId>,
    /// When the unit first knew.
    pub arose_at: DateTime<Utc>,
    /// How it was met, or why it was excused.
    pub met: Option<Met>,
    /// What its clocks were before they were counted anew, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<ClockMoved>,
    /// Why it is owed.
    pub because: Vec<Explanation>,
}

impl Duty {
    /// Everything the duty rests on.
    pub fn causes(&self) -> impl Iterator<Item = &Cause> {
        self.because.iter().flat_map(|why| why.causes.iter())
    }
}
