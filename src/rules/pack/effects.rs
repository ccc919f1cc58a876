//! What a rule may ask for, as it is written: the expressions of each effect, checked.

use super::{By, Clock, Owner};
use crate::domain::case::{Phase, Risk};
use crate::domain::contact::DirectoryKind;
use crate::domain::diary::AppointmentKind;
use crate::domain::hearing::{ArrangementKind, ArrangementState, AttendanceState};
use crate::rules::condition::Condition;
use crate::words;

/// What a rule asks for.
#[derive(Debug, Clone)]
pub enum EffectRule {
    /// Somebody is owed something.
    Owe {
        /// A kind of duty.
        kind: String,
        /// To whom.
        to: Condition,
        /// The kind of task that it is gathered in; the gathering kind where none.
        task: Option<String>,
        /// What it rests on.
        causes: Option<Condition>,
        /// Which hearing it is about.
        hearing: Option<Condition>,
        /// The local target.
        target: Option<Clock>,
        /// The statutory clock; what only a local standard asks for has none.
        due: Option<Clock>,
        /// How urgent.
        priority: Condition,
        /// How it is met.
        by: By,
    },
    /// Work for a person.
    Task {
        /// A kind of task.
        kind: String,
        /// Whom it is about.
        about: Option<Condition>,
        /// Which hearing it is about.
        hearing: Option<Condition>,
        /// What it rests on.
        causes: Option<Condition>,
        /// What further makes it the same task.
        key: Option<Condition>,
        /// The local target.
        target: Option<Clock>,
        /// When it is due.
        due: Option<Clock>,
        /// How urgent.
        priority: Condition,
        /// Who gets it; the kind's policy where none.
        owner: Option<Owner>,
    },
    /// A piece of correspondence.
    Message {
        /// A template.
        template: String,
        /// For whom.
        to: To,
        /// Whom alone it is about; those the recipient has to do with where none.
        about: Option<Condition>,
        /// What it rests on.
        causes: Option<Condition>,
        /// Which hearing it is about.
        hearing: Option<Condition>,
        /// The kind of task whose completion releases it: it is a draft on the open one about the same person.
        after: Option<String>,
    },
    /// How a hearing is shown in the diary.
    Diary {
        /// Which hearings: one, or a list.
        hearing: Condition,
        /// How: a word of the diary's states.
        state: Condition,
    },
    /// A point in time that becomes an event.
    Timer {
        /// The event it becomes.
        raises: String,
        /// When.
        at: Clock,
        /// Whom it is about.
        about: Option<Condition>,
        /// Which hearing it counts from.
        hearing: Option<Condition>,
    },
    /// A timer that is no longer wanted.
    StopTimer {
        /// The event it would have become.
        raises: String,
        /// Whom it is about; every one of that name where none.
        about: Option<Condition>,
        /// Which hearing; any where none.
        hearing: Option<Condition>,
    },
    /// Somebody's attendance at the present listing of a hearing.
    Attendance {
        /// Whose: a participant, or a list.
        of: Condition,
        /// At which hearing.
        hearing: Condition,
        /// To which state.
        state: AttendanceState,
    },
    /// What is booked for a listing of a hearing.
    Arrangement {
        /// For whom: a participant, or a list; for nobody in particular where none.
        of: Option<Condition>,
        /// For which hearing, or hearings.
        hearing: Condition,
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
        duties: Condition,
        /// Why.
        reason: String,
    },
    /// Open duties whose clocks have become shorter: each keeps the earlier of both, and the higher priority.
    Shorten {
        /// Which.
        duties: Condition,
        /// The local target.
        target: Option<Clock>,
        /// The statutory clock.
        due: Option<Clock>,
        /// How urgent.
        priority: Condition,
    },
    /// Messages that have not left and are not to leave.
    Stop {
        /// Which; those that have left stay as they are.
        messages: Condition,
        /// Why.
        reason: String,
    },
    /// A diary entry beside those of hearings; the same one moves where it is there already.
    Appointment {
        /// What.
        kind: AppointmentKind,
        /// What it says.
        words: String,
        /// When.
        at: Clock,
        /// With whom, or about whom.
        with: Option<Condition>,
        /// What further makes it the same entry.
        key: Option<Condition>,
    },
    /// Entries of that kind which rules made, taken out of the diary.
    CallOff {
        /// What.
        kind: AppointmentKind,
        /// With whom, or about whom; everybody's where none.
        with: Option<Condition>,
        /// Which of them; all where none.
        key: Option<Condition>,
    },
    /// Undo what followed from causes: open work is withdrawn, unsent messages are stopped.
    Withdraw {
        /// From which.
        causes: Condition,
    },
    /// Tasks that need not be done.
    Cancel {
        /// Which.
        tasks: Condition,
        /// Why.
        reason: String,
    },
    /// Open tasks that have become more urgent: their priority rises, and never falls.
    Hurry {
        /// Which.
        tasks: Condition,
        /// To what.
        priority: Condition,
    },
    /// A flag on the case, for a person to confirm; it counts until refused.
    Propose {
        /// The flag.
        flag: String,
    },
    /// The case's risk, raised at once; a person may lower it again. Never lowered by a rule.
    RaiseRisk(Risk),
    /// Enhanced Rights for a participant, for a person to confirm; they count until refused.
    ProposeEnhanced {
        /// Whose.
        to: Condition,
        /// Why: a word of the categories.
        category: Condition,
    },
    /// A further event.
    Emit {
        /// Its name.
        name: String,
        /// Where it happens.
        at: EmitAt,
        /// Whom it is about.
        about: Option<Condition>,
        /// Which hearing it is about.
        hearing: Option<Condition>,
        /// What it rests on.
        causes: Option<Condition>,
    },
}

words! {
    /// Where a further event happens.
    pub enum EmitAt as "place of an event" {
        /// On the same case, in the same commit.
        Case = "case",
        /// At the unit's desk, as an event of its own.
        Desk = "desk",
        /// On every other case of the people it is about, as an event of its own for each.
        OtherCases = "other-cases",
    }
}

/// For whom a message is.
#[derive(Debug, Clone)]
pub enum To {
    /// A participant, or each of a list.
    Participants(Condition),
    /// The resource team of each of a list of participants: one message a team, for all of its own.
    ResourceTeamsOf(Condition),
    /// The directory's entry of this kind, at the court of the hearing where it belongs to one.
    Directory(DirectoryKind),
}
