//! Work that goes from some people to others in one go, all of it or none: cover and its return, a leaver's cases, a
//! change in bulk.
//!
//! Each line names the version that it was decided on. If one of them is another by now, somebody has been there
//! meanwhile, and nothing of the handover takes place.

use super::case::Risk;
use super::ids::{AbsenceId, CaseId, StaffId, TaskId, TeamId};
use super::task::Priority;
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Why work goes to others.
    pub enum HandoverKind as "kind of handover" {
        /// Its owner is away.
        Cover = "cover",
        /// Its owner is back, or was given cover by mistake.
        Return = "return",
        /// A case goes to another owner for good, with its open work.
        Transfer = "transfer",
        /// A team leader gives tasks to others.
        Reassignment = "reassignment",
        /// Cases before charge are taken on, in the daily share or by a team leader's word.
        Allocation = "allocation",
    }
}

/// One task of a handover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLine {
    /// Which task.
    pub task: TaskId,
    /// Its version as it was decided on.
    pub version: i64,
    /// Whose it was; none where it was in a queue.
    pub from: Option<StaffId>,
    /// Whose it is to be; none for a team's queue. In a return, whoever has it where it stays with them.
    pub to: Option<StaffId>,
    /// Whose queue; the new owner's team where none.
    pub team: Option<TeamId>,
    /// Why it goes to them.
    pub because: String,
    /// What lists of it say.
    pub listed: Listed,
}

/// What a list says of a task whose case is not at hand: nobody's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// What the case is known by; none for work of the desk.
    pub case: Option<String>,
    /// Its kind, a word of the pack.
    pub kind: String,
    /// How urgent it is.
    pub priority: Priority,
    /// The local target.
    pub target_at: Option<DateTime<Utc>>,
    /// The clock it must not miss.
    pub due_at: Option<DateTime<Utc>>,
}

/// One case of a handover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseLine {
    /// Which case.
    pub case: CaseId,
    /// Its version as it was decided on.
    pub version: i64,
    /// Who is to own it.
    pub to: StaffId,
    /// Why it goes to them.
    pub because: String,
    /// How many open tasks go with it.
    pub tasks: u32,
    /// What it is known by.
    pub label: Option<String>,
    /// Risk to the victim.
    pub risk: Risk,
}

/// Work that goes to others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    /// Why.
    pub kind: HandoverKind,
    /// The absence that it is for, in a cover or a return.
    pub absence: Option<AbsenceId>,
    /// Why, in a team leader's words.
    pub words: String,
    /// What was asked for, as a digest: by it a repeat of the call is known, whatever usher would propose by then. Empty
    /// where nobody asked.
    #[serde(default)]
    pub asked: String,
    /// The tasks.
    pub tasks: Vec<TaskLine>,
    /// The cases that go to another owner.
    pub cases: Vec<CaseLine>,
}

impl Handover {
    /// Those who lose something by it, in order of id.
    #[must_use]
    pub fn givers(&self) -> Vec<StaffId> {
        let given = self.tasks.iter().filter(|line| line.to != line.from).filter_map(|line| line.from);
        let mut givers: Vec<StaffId> = given.collect();
        givers.sort_unstable();
        givers.dedup();
        givers
    }

    /// Those who get something by it, in order of id.
    #[must_use]
    pub fn receivers(&self) -> Vec<StaffId> {
        let given = self.tasks.iter().filter(|line| line.to != line.from).filter_map(|line| line.to);
        let mut receivers: Vec<StaffId> = given.chain(self.cases.iter().map(|line| line.to)).collect();
        receivers.sort_unstable();
        receivers.dedup();
        receivers
    }
}
