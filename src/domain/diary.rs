//! The diary, and the points in time at which something must be looked at again.
//!
//! An entry shows a hearing, an appointment or reminder that staff made, or the day on which something ends. What was
//! moved keeps a line on its old day, struck out.

use super::explanation::Explanation;
use super::hearing::When;
use super::ids::{DiaryEntryId, HearingId, ParticipantId, StaffId, TaskId, TimerId};
use crate::words;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// How a diary entry is shown: each state has a colour and a second sign on the board.
    pub enum DiaryState as "diary state" {
        /// Listed; nobody to warn, or nobody warned yet.
        Listed = "listed",
        /// A trial whose witnesses are not yet warned.
        NotYetWarned = "not-yet-warned",
        /// Sat, and its result is awaited.
        AwaitingResult = "awaiting-result",
        /// A warrant is out: no date.
        Warrant = "warrant",
        /// The trial ended without being tried.
        Cracked = "cracked",
        /// The trial was not heard on the day.
        Ineffective = "ineffective",
        /// Taken out: a trial by the court, an appointment by whoever called it off.
        Vacated = "vacated",
        /// The case is waiting for a decision on a retrial.
        RetrialPending = "retrial-pending",
        /// Moved to another date; kept, struck through.
        Moved = "moved",
        /// Over: sentenced, acquitted or otherwise ended.
        Closed = "closed",
    }
}

words! {
    /// What staff put into the diary themselves.
    pub enum AppointmentKind as "appointment kind" {
        /// A call about a Victim Personal Statement.
        VictimPersonalStatement = "victim-personal-statement",
        /// A visit to the court before the trial.
        PreTrialVisit = "pre-trial-visit",
        /// Another call that was arranged.
        Call = "call",
        /// A meeting.
        Meeting = "meeting",
        /// Something to be remembered; nobody is met.
        Reminder = "reminder",
        /// Something ends: an order, a marker, a time on bail.
        Expiry = "expiry",
    }
}

/// An appointment or a reminder. Sealed where it is stored; its words are never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// What.
    pub kind: AppointmentKind,
    /// With whom of the case.
    pub with: Option<ParticipantId>,
    /// Whose it is; the case owner's where none.
    pub staff: Option<StaffId>,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
    /// Where, what to bring, what is to be asked.
    pub words: String,
}

impl AppointmentKind {
    /// The kind of the diary entry that shows it.
    #[must_use]
    pub fn entry(self) -> &'static str {
        match self {
            Self::Reminder => REMINDER,
            Self::Expiry => EXPIRY,
            _ => APPOINTMENT,
        }
    }
}

impl std::fmt::Debug for Appointment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Appointment({})", self.kind)
    }
}

/// The kind of an entry that shows a hearing.
pub const HEARING: &str = "hearing";
/// The kind of an entry that shows an appointment.
pub const APPOINTMENT: &str = "appointment";
/// The kind of an entry that shows a reminder.
pub const REMINDER: &str = "reminder";
/// The kind of an entry that shows the day on which something ends, such as an adviser's consent.
pub const EXPIRY: &str = "expiry";

/// One line of the diary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiaryEntry {
    /// Its id.
    pub id: DiaryEntryId,
    /// What makes it the same entry.
    pub key: String,
    /// What sort of entry: [`HEARING`], [`APPOINTMENT`], [`REMINDER`] or [`EXPIRY`].
    pub kind: String,
    /// The hearing it shows.
    pub hearing: Option<HearingId>,
    /// When.
    pub when: When,
    /// How it is shown.
    pub state: DiaryState,
    /// When it was before, oldest first.
    pub earlier: Vec<When>,
    /// What it shows where staff made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// Rises with every change that staff make.
    #[serde(default)]
    pub version: i64,
    /// Why it is there, and why it moved.
    pub because: Vec<Explanation>,
}

words! {
    /// Where a timer stands.
    pub enum TimerState as "timer state" {
        /// Waits for its instant.
        Waiting = "waiting",
        /// It became an event.
        Fired = "fired",
        /// No longer wanted.
        Stopped = "stopped",
    }
}

/// A point in time that becomes an event. It keeps the deadline it was made from, so that a hearing that moves
/// counts it anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// Its id.
    pub id: TimerId,
    /// What makes it the same timer.
    pub key: String,
    /// The kind of event it becomes, a word of the pack such as `vps-due`.
    pub raises: String,
    /// When. None while it waits for a hearing's date.
    pub due_at: Option<DateTime<Utc>>,
    /// The deadline's text.
    pub deadline: String,
    /// The hearing and listing it counts from, where it counts from one.
    pub hearing: Option<(HearingId, i32)>,
    /// Whom it is about.
    pub about: Option<ParticipantId>,
    /// The task it looks after.
    pub task: Option<TaskId>,
    /// Where it stands.
    pub state: TimerState,
    /// Why it is there.
    pub because: Vec<Explanation>,
}
