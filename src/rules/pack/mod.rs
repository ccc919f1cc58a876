//! A pack: all that a unit may change without a release, read, checked and hashed as a whole.
//!
//! What is here is the compiled form. Every name in it has been found, every condition and deadline has been
//! checked against the facts, so that nothing is left to fail at three in the afternoon but the facts themselves.

mod effects;
mod fault;
mod listening;
mod load;
mod reader;
mod source;
#[cfg(test)]
mod tests;
pub mod told;
pub mod yaml;

pub use effects::{EffectRule, EmitAt, To};
pub use fault::{Excerpt, Fault, Faults, Severity, Warning};
pub use listening::Listening;
pub use load::{TemplateCheck, TemplateFault, TemplatePart};

use super::condition::{Condition, Schema, Selection};
use super::form::Question;
use super::outcomes::Outcomes;
use crate::domain::briefing::BriefingKind;
use crate::domain::calendar::Calendar;
use crate::domain::deadline::{Amount, Deadline, WeeklyHours};
use crate::domain::message::{Audience, CalendarUse, Medium};
use crate::words;
use chrono::{NaiveDate, TimeDelta};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A checked pack.
#[derive(Debug, Clone)]
pub struct Pack {
    /// Its id, such as `england-and-wales`.
    pub id: String,
    /// Its version, as its authors number it.
    pub version: String,
    /// What it is, for lists.
    pub title: String,
    /// The first day on which it may be active.
    pub effective_from: Option<NaiveDate>,
    /// SHA-256 over its files, hex: what is kept with everything it decides.
    pub hash: String,
    /// How long outcome messages wait for the court to correct itself.
    pub settle: TimeDelta,
    /// How many cases before charge one person takes on in a day, at most.
    pub cases_a_day: usize,
    /// The templates of the lists that people get of work which went to others, or to nobody.
    pub lists: BTreeMap<List, String>,
    /// Working days.
    pub calendar: Calendar,
    /// When the unit is open.
    pub unit_hours: WeeklyHours,
    /// How the unit signs.
    pub letterhead: crate::domain::letterhead::Letterhead,
    /// Why a trial may be taken out before its day, in its words; any word will do where there are none.
    pub taken_out_for: Vec<String>,
    /// What may come up in a contact: each word with its name for people.
    pub contact_topics: BTreeMap<String, String>,
    /// Those words, by Common Platform's ids of its reasons for vacating a trial.
    pub vacated_for: BTreeMap<uuid::Uuid, String>,
    /// Its named figures.
    pub limits: BTreeMap<String, Limit>,
    /// What the court's codes mean.
    pub outcomes: Outcomes,
    /// Kinds of task.
    pub task_kinds: BTreeMap<String, TaskKind>,
    /// Kinds of duty.
    pub duty_kinds: BTreeMap<String, DutyKind>,
    /// Its rules, in the order of files and of lines.
    pub rules: Vec<Rule>,
    /// Which rules to ask of an event, by their place in `rules`.
    pub listening: Listening,
    /// Its schedule.
    pub schedule: Vec<ScheduleLine>,
    /// Its templates.
    pub templates: BTreeMap<String, Template>,
    /// The events it raises itself: by timers, by its schedule, by retries that ran out, by `emit`.
    pub raises: BTreeSet<String>,
    /// Its scenarios as trees, by path: what they say is read where they are run.
    pub scenarios: Vec<(String, yaml::Node)>,
    /// What its conditions may ask, its own words included.
    pub schema: Schema,
    /// Its files by path within the pack, as they were read.
    pub files: BTreeMap<String, String>,
}

/// A named figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// The figure.
    pub amount: Amount,
    /// What it rests on.
    pub cites: Option<String>,
    /// What it is for.
    pub about: String,
}

/// Where something stands in the pack's files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, by its path within the pack.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// A rule: when it listens, for whom, on what condition, and what follows.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name: an imperative in kebab-case, shown to people.
    pub name: String,
    /// What it rests on, such as a paragraph of the Victims' Code.
    pub cites: Option<String>,
    /// Why it is there, in a sentence.
    pub because: Option<String>,
    /// Rows of the acceptance table that it serves.
    pub rows: Vec<u32>,
    /// The kinds of event it listens to.
    pub on: Vec<String>,
    /// For each of whom or what it asks.
    pub each: Option<Selection>,
    /// Whether it speaks.
    pub when: Option<Condition>,
    /// What follows.
    pub effects: Vec<EffectRule>,
    /// Where it stands.
    pub place: Place,
}

/// A deadline chosen by conditions: the first whose condition holds.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Each with its condition; one without always holds.
    pub choices: Vec<(Option<Condition>, Reckonable)>,
}

/// A deadline with the conditions that its anchors stand for.
#[derive(Debug, Clone)]
pub struct Reckonable {
    /// The deadline.
    pub deadline: Deadline,
    /// What each anchor's name stands for: an instant, a day or a hearing.
    pub anchors: Vec<(String, Condition)>,
}

words! {
    /// A list of work that people get, by whatever rule the work came.
    pub enum List as "list of work" {
        /// For whoever covers for somebody who is away.
        Cover = "cover",
        /// For whoever is back, of what comes back to them and what does not.
        Return = "return",
        /// For whoever covered, of what goes back to whose it was.
        TakenBack = "taken-back",
        /// For the new owner of a leaver's cases.
        Transfer = "transfer",
        /// For whoever a team leader gave work to.
        Reassignment = "reassignment",
        /// For whoever takes on cases before charge today.
        Allocation = "allocation",
        /// For a team leader, at once, of work that nobody who may and can is there for.
        Stranded = "stranded",
        /// For one of the unit's people, as their shift begins.
        ShiftBegins = "shift-begins",
        /// For one of the unit's people, before their shift ends.
        ShiftEnds = "shift-ends",
        /// For a team leader, of urgent work whose owner has not looked at it.
        UrgentUnread = "urgent-unread",
        /// For a team leader, of work for today that nobody is there to do.
        Uncovered = "uncovered",
    }
}

impl List {
    /// The list that a briefing is written by.
    #[must_use]
    pub fn of(kind: BriefingKind) -> Self {
        match kind {
            BriefingKind::ShiftBegins => Self::ShiftBegins,
            BriefingKind::ShiftEnds => Self::ShiftEnds,
            BriefingKind::UrgentUnread => Self::UrgentUnread,
            BriefingKind::Uncovered => Self::Uncovered,
        }
    }
}

words! {
    /// How a duty is met.
    pub enum By as "way of telling" {
        /// In person: it is gathered in a task.
        Person = "person",
        /// By a message that the same rule writes: it becomes work only if that does not arrive.
        Message = "message",
    }
}

/// Who gets a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// The case's owner; whoever covers for them, or the team's queue, where they are away.
    CaseOwner,
    /// The team's queue.
    Team,
    /// A team leader who is present.
    TeamLeader,
    /// A manager who is present.
    Manager,
    /// Somebody present with this skill.
    Skill(String),
}

/// A kind of task.
#[derive(Debug, Clone)]
pub struct TaskKind {
    /// Its name.
    pub name: String,
    /// Its title; `{about}` and `{hearing}` are filled in for the reader.
    pub title: String,
    /// How it is done.
    pub guidance: Option<String>,
    /// Whether all open duties to one person gather in it. Exactly one kind of a pack does.
    pub gathers: bool,
    /// Whether staff may make one by hand: not one that gathers what usher finds owed.
    pub by_hand: bool,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// Skills it needs.
    pub skills: Vec<String>,
    /// Who gets it.
    pub owner: Owner,
    /// How it may end or be attempted, by word.
    pub outcomes: BTreeMap<String, TaskOutcome>,
    /// What happens when an attempt fails.
    pub retry: Option<Retry>,
    /// Who hears when its clocks pass.
    pub escalation: Vec<Escalation>,
    /// What it asks.
    pub form: Vec<Question>,
}

/// One way in which a task may end or be attempted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskOutcome {
    /// Its name for people.
    pub title: String,
    /// Whether it ends the task; an attempt otherwise.
    pub ends: bool,
    /// Whether it meets the duties gathered in the task.
    pub meets: bool,
}

/// What happens when an attempt fails.
#[derive(Debug, Clone)]
pub struct Retry {
    /// When to try again; counts from `now`.
    pub again: Deadline,
    /// When to try again if the statutory clock would run out before that.
    pub sooner: Option<Deadline>,
    /// After how many attempts to stop.
    pub attempts_max: u32,
    /// The event that is raised then.
    pub then: String,
}

/// A step of escalation.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// When: counts from `target`, `due` or `raised`.
    pub at: Deadline,
    /// Who hears.
    pub tell: Owner,
    /// The template of the alert.
    pub template: String,
}

/// A kind of duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyKind {
    /// Its name.
    pub name: String,
    /// What is to be told, for lists.
    pub title: String,
    /// What it rests on.
    pub cites: Option<String>,
}

words! {
    /// What a schedule's missed runs come to.
    pub enum Missed as "policy for missed runs" {
        /// One run stands for all that were missed.
        Coalesce = "coalesce",
        /// Each missed run is made up for, oldest first.
        CatchUp = "catch-up",
        /// Missed runs are left out.
        Skip = "skip",
    }
}

words! {
    /// A closed list of what a schedule's line may go through.
    pub enum Subjects as "selection" {
        /// Hearings that are listed for today.
        HearingsToday = "hearings-today",
        /// Hearings whose day has passed without a result.
        HearingsWithoutResult = "hearings-without-result",
        /// Cases before charge that nobody owns: they are shared out among those at work, and the event is raised on
        /// the most pressing of those that wait on.
        CasesBeforeCharge = "cases-before-charge",
    }
}

/// A line of the schedule.
#[derive(Debug, Clone)]
pub struct ScheduleLine {
    /// Its name.
    pub name: String,
    /// When, on the wall clock of Europe/London: seconds, minutes, hours, day, month, weekday by name.
    pub cron: String,
    /// What missed runs come to.
    pub missed: Missed,
    /// What it does.
    pub does: Run,
}

/// What a run of a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Raises an event for each subject of a selection.
    Raise {
        /// What it goes through.
        over: Subjects,
        /// The event's name.
        name: String,
    },
    /// Briefs those of the unit's people whom it concerns.
    Brief {
        /// Of what.
        kind: BriefingKind,
        /// How long after their shift began, or before it ends, where it goes by that.
        after: TimeDelta,
    },
}

/// A template of correspondence.
#[derive(Debug, Clone)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// How it travels.
    pub medium: Medium,
    /// Whom it is written for.
    pub audience: Audience,
    /// The marking line, such as `OFFICIAL-SENSITIVE`.
    pub marking: String,
    /// Whether it waits for the court to settle.
    pub settles: bool,
    /// What it does to its reader's calendar.
    pub calendar: Option<CalendarUse>,
    /// Its subject, a template.
    pub subject: String,
    /// Its text, a template.
    pub body: String,
}
