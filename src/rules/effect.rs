//! What a decision asks for: a closed list, each with the rule and the causes behind it.

use crate::domain::case::{Phase, Risk};
use crate::domain::contact::DirectoryKind;
use crate::domain::deadline::{Due, Formula, Reckoned, Step};
use crate::domain::diary::{AppointmentKind, DiaryState};
use crate::domain::explanation::Cause;
use crate::domain::hearing::{ArrangementKind, ArrangementState, AttendanceState};
use crate::domain::ids::{DutyId, HearingId, MessageId, ParticipantId, TaskId};
use crate::domain::person::EnhancedCategory;
use crate::domain::task::Priority;
use crate::rules::pack::{By, EmitAt, Owner};
use chrono::{DateTime, Utc};

/// A counted clock: the instant, or what it waits for, and how it was counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counted {
    /// The instant. None while it waits.
    pub at: Option<DateTime<Utc>>,
    /// What it waits for, in words.
    pub waits_for: Option<String>,
    /// How it was counted.
    pub steps: Vec<Step>,
    /// What to count it by again.
    pub formula: Option<Formula>,
}

impl From<Reckoned> for Counted {
    fn from(reckoned: Reckoned) -> Self {
        let at = reckoned.due.at();
        let waits_for = match &reckoned.due {
            Due::At(_) => None,
            waits => Some(waits.to_string()),
        };
        Self { at, waits_for, steps: reckoned.steps, formula: None }
    }
}

/// For whom a message is, once a decision has found them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// A participant.
    Participant(ParticipantId),
    /// The resource teams of these participants: one message a team.
    ResourceTeamsOf(Vec<ParticipantId>),
    /// A directory entry of this kind.
    Directory(DirectoryKind),
}

/// One thing a decision asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Somebody is owed something.
    Owe {
        /// A kind of duty.
        kind: String,
        /// To whom.
        to: ParticipantId,
        /// The kind of task that it is gathered in; the pack's gathering kind where none.
        task: Option<String>,
        /// Which hearing it is about.
        hearing: Option<HearingId>,
        /// The local target.
        target: Option<Counted>,
        /// The statutory clock, where there is one.
        due: Option<Counted>,
        /// How urgent.
        priority: Priority,
        /// How it is met.
        by: By,
    },
    /// Work for a person.
    Task {
        /// A kind of task.
        kind: String,
        /// Whom it is about.
        about: Option<ParticipantId>,
        /// Which hearing it is about.
        hearing: Option<HearingId>,
        /// What further makes it the same task.
        key: Option<String>,
        /// The local target.
        target: Option<Counted>,
        /// When it is due.
        due: Option<Counted>,
        /// How urgent.
        priority: Priority,
        /// Who gets it; the kind's policy where none.
        owner: Option<Owner>,
    },
    /// A piece of correspondence.
    Message {
        /// A template.
        template: String,
        /// For whom.
        to: Addressee,
        /// Whom alone it is about.
        about: Option<ParticipantId>,
        /// Which hearing it is about.
        hearing: Option<HearingId>,
        /// The kind of task whose completion releases it.
        after: Option<String>,
    },
    /// How a hearing is shown in the diary.
    Diary {
        /// Which hearing.
        hearing: HearingId,
        /// How.
        state: DiaryState,
    },
    /// A point in time that becomes an event.
    Timer {
        /// The event it becomes.
        raises: String,
        /// When.
        at: Counted,
        /// The deadline's text, to count anew when the hearing moves.
        deadline: String,
        /// Whom it is about.
        about: Option<ParticipantId>,
        /// Which hearing it counts from.
        hearing: Option<HearingId>,
    },
    /// A timer that is no longer wanted.
    StopTimer {
        /// The event it would have become.
        raises: String,
        /// Whom it is about; every one of that name where none.
        about: Option<ParticipantId>,
        /// Which hearing; any where none.
        hearing: Option<HearingId>,
    },
    /// Somebody's attendance at the present listing of a hearing.
    Attendance {
        /// Whose.
        of: ParticipantId,
        /// At which hearing.
        hearing: HearingId,
        /// To which state.
        state: AttendanceState,
    },
    /// What is booked for a listing of a hearing.
    Arrangement {
        /// For whom, where it is for one participant.
        of: Option<ParticipantId>,
        /// For which hearing: its present listing; every listing where it is called off.
        hearing: HearingId,
        /// What.
        kind: ArrangementKind,
        /// To which state.
        state: ArrangementState,
    },
    /// How far the case has come.
    Phase(Phase),
    /// Duties that are not owed after all.
    Excuse {
        /// Which.
        duties: Vec<DutyId>,
        /// Why.
        reason: String,
    },
    /// Duties whose clocks have become shorter.
    Shorten {
        /// Which.
        duties: Vec<DutyId>,
        /// The local target.
        target: Option<Counted>,
        /// The statutory clock.
        due: Option<Counted>,
        /// How urgent they are at least.
        priority: Priority,
    },
    /// Messages that are not to leave.
    Stop {
        /// Which.
        messages: Vec<MessageId>,
        /// Why.
        reason: String,
    },
    /// A diary entry.
    Appointment {
        /// What.
        kind: AppointmentKind,
        /// What it says.
        words: String,
        /// When.
        at: DateTime<Utc>,
        /// With whom, or about whom.
        with: Option<ParticipantId>,
        /// What further makes it the same entry.
        key: Option<String>,
    },
    /// Diary entries that rules made, taken out.
    CallOff {
        /// What.
        kind: AppointmentKind,
        /// With whom, or about whom; everybody's where none.
        with: Option<ParticipantId>,
        /// Which of them; all where none.
        key: Option<String>,
    },
    /// What followed from the causes is undone.
    Withdraw,
    /// Tasks that need not be done.
    Cancel {
        /// Which.
        tasks: Vec<TaskId>,
        /// Why.
        reason: String,
    },
    /// Tasks that have become more urgent.
    Hurry {
        /// Which.
        tasks: Vec<TaskId>,
        /// How urgent they are at least.
        priority: Priority,
    },
    /// A flag on the case, for a person to confirm.
    Propose {
        /// The flag.
        flag: String,
    },
    /// The case's risk, raised.
    RaiseRisk(Risk),
    /// Enhanced Rights, for a person to confirm.
    ProposeEnhanced {
        /// Whose.
        to: ParticipantId,
        /// Why.
        category: EnhancedCategory,
    },
    /// A further event.
    Emit {
        /// Its name.
        name: String,
        /// Where it happens.
        at: EmitAt,
        /// Whom it is about.
        about: Option<ParticipantId>,
        /// Which hearing it is about.
        hearing: Option<HearingId>,
    },
}

/// An effect with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The rule that asks for it.
    pub rule: String,
    /// What the rule rests on.
    pub cites: Option<String>,
    /// The causes.
    pub causes: Vec<Cause>,
    /// What it asks for.
    pub effect: Effect,
}
