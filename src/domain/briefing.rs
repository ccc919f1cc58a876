//! Briefings: what one of the unit's people is told of work at a moment: their day as their shift begins, a team
//! leader of what nobody has read or nobody does.
//!
//! A briefing is made from what is there at that moment and is then as it is. It names cases by their reference and
//! nobody who is in them: it is mailed, and read over shoulders.

use super::handover::Listed;
use super::ids::{NoticeId, StaffId, TaskId};
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// What somebody is told.
    pub enum BriefingKind as "kind of briefing" {
        /// Their day, as their shift begins: what is urgent, what is due, trials, notices.
        ShiftBegins = "shift-begins",
        /// What is left, before their shift ends: what is urgent still, what comes tomorrow, letters to be printed.
        ShiftEnds = "shift-ends",
        /// A team leader, of urgent work whose owner has not looked at it since their shift began.
        UrgentUnread = "urgent-unread",
        /// A team leader, of work for today that nobody has or whose owner is not there to do it.
        Uncovered = "uncovered",
    }
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Open tasks.
    pub open: u32,
    /// Of these: P1 and P2.
    pub urgent: u32,
    /// Of these: due by the end of today, and not overdue.
    pub due_today: u32,
    /// Of these: overdue.
    pub overdue: u32,
    /// Of these: due after today, and by the end of the day on which the reader is next at work.
    #[serde(default)]
    pub due_next: u32,
    /// Letters of their cases that wait to be printed.
    #[serde(default)]
    pub letters: u32,
}

/// A task of a briefing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefedTask {
    /// Which.
    pub task: TaskId,
    /// What there is to say of it.
    pub listed: Listed,
    /// When to try again, where somebody could not be reached.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Whose it is, where it is not the reader's own; none where it is nobody's.
    pub with: Option<StaffId>,
}

/// A trial of today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefedTrial {
    /// What its case is known by.
    pub case: String,
    /// The court.
    pub court: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A notice of a briefing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BriefedNotice {
    /// Which.
    pub notice: NoticeId,
    /// Who posted it.
    pub from: Option<StaffId>,
    /// What it says.
    pub words: String,
    /// For a team leader who posted it: who had a shift since and has not read it. Empty for whoever is to read it.
    pub unread_by: Vec<StaffId>,
}

/// What one of the unit's people is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Briefing {
    /// What.
    pub kind: BriefingKind,
    /// Whom.
    pub to: StaffId,
    /// How much work they have; for a team leader's alert, how much it speaks of.
    pub counts: Counts,
    /// The tasks to be named, in the order in which they are to be done.
    pub tasks: Vec<BriefedTask>,
    /// Trials of today, the earliest first; of the day on which they are next at work, as a shift ends.
    pub trials: Vec<BriefedTrial>,
    /// Notices, the latest first.
    pub notices: Vec<BriefedNotice>,
}

impl Briefing {
    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.counts == Counts::default()
            && self.tasks.is_empty()
            && self.trials.is_empty()
            && self.notices.is_empty()
    }
}
