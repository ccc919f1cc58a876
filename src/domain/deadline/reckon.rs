//! What reckoning takes and what it answers.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::count::{Counting, Stop};
use super::steps::Steps;
use super::{Deadline, Hours, Step};
use crate::domain::calendar::Calendar;
use crate::domain::london::{self, Instant};

/// How many days without a shift or opening are looked through before giving up.
pub const LOOK_AHEAD_DAYS: usize = 60;

/// Everything a deadline is counted against.
#[derive(Clone, Copy)]
pub struct Reckoning<'a> {
    /// Working days.
    pub calendar: &'a Calendar,
    /// When the unit is open: for `unit hours`, `opening`, `next working day`, the other half.
    pub unit_hours: &'a dyn Hours,
    /// The shifts that count: the owner's, or anybody's for time on shift. `None` where nobody owns the work yet; the
    /// unit's hours stand in, and a step says so.
    pub shifts: Option<&'a dyn Hours>,
    /// What the anchors stand for.
    pub anchors: &'a dyn Anchors,
}

/// What an anchor stands for in the facts at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// A fixed moment.
    At(Instant),
    /// A London day without a time.
    Day(NaiveDate),
    /// The week of this day, as courts list trials; counts from its Monday.
    Week(NaiveDate),
    /// It exists, but has no date yet: the deadline waits.
    Unfixed,
    /// There is no such thing: a mistake of the rule, not of the facts.
    Missing,
}

/// Where anchors are looked up. A closure from a name to an [`Anchor`] is one.
pub trait Anchors {
    /// What `name` stands for.
    fn anchor(&self, name: &str) -> Anchor;
}

impl<F: Fn(&str) -> Anchor> Anchors for F {
    fn anchor(&self, name: &str) -> Anchor {
        self(name)
    }
}

/// When something is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// At this instant.
    At(Instant),
    /// Not before this anchor has a date.
    WaitsForDate {
        /// The anchor without a date.
        anchor: String,
    },
    /// Not before the bank holidays of this year are loaded.
    NeedsCalendar {
        /// The first year that is missing.
        year: i32,
    },
}

/// When something is due, and how that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// The answer.
    pub due: Due,
    /// The way to it, in order.
    pub steps: Vec<Step>,
}

impl Reckoned {
    /// One line for lists: `due Tue 5 Jan 2027 23:59`.
    pub fn summary(&self) -> String {
        self.due.to_string()
    }
}

impl Due {
    /// The instant, where there is one.
    pub fn at(&self) -> Option<Instant> {
        match self {
            Due::At(at) => Some(*at),
            Due::WaitsForDate { .. } | Due::NeedsCalendar { .. } => None,
        }
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Due::At(at) => write!(f, "due {}", london::human(*at)),
            Due::WaitsForDate { anchor } => write!(f, "waits for the date of {anchor}"),
            Due::NeedsCalendar { year } => write!(f, "waits for the bank holidays of {year}"),
        }
    }
}

/// A deadline that can never be counted with what was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReckonError {
    /// The anchor is not among the facts.
    #[error("the deadline counts from `{anchor}`, which these facts do not have")]
    MissingAnchor {
        /// The name that was asked for.
        anchor: String,
    },
    /// No shift to end or to count in.
    #[error("no shift within {LOOK_AHEAD_DAYS} days of {}: give the owner shifts or count in unit hours", london::human(*.from))]
    NoShift {
        /// The moment searched from.
        from: Instant,
    },
    /// The unit never opens.
    #[error("the unit is not open within {LOOK_AHEAD_DAYS} days of {}: check its hours", london::human(*.from))]
    NeverOpen {
        /// The moment searched from.
        from: Instant,
    },
    /// Beyond the dates a computer knows, or a comparison of nothing.
    #[error("the deadline `{deadline}` leads beyond all dates")]
    OutOfRange {
        /// The part that does, in canonical words.
        deadline: String,
    },
}

impl Deadline {
    /// Counts the deadline out and explains how.
    ///
    /// # Errors
    /// [`ReckonError`] where it can never be counted. What will be known later is no error but a [`Due`] that waits.
    pub fn reckon(&self, with: &Reckoning<'_>) -> Result<Reckoned, ReckonError> {
        self.count(with, Steps::Wanted(Vec::new()))
    }

    /// Counts the deadline out without making sentences: the fast way where only the instant matters.
    ///
    /// # Errors
    /// As [`Deadline::reckon`].
    pub fn due(&self, with: &Reckoning<'_>) -> Result<Due, ReckonError> {
        self.count(with, Steps::Unwanted).map(|reckoned| reckoned.due)
    }

    fn count(&self, with: &Reckoning<'_>, steps: Steps) -> Result<Reckoned, ReckonError> {
        let mut counting = Counting { with, steps };
        let due = match counting.instant(self) {
            Ok(at) => Due::At(at),
            Err(Stop::Waits { anchor }) => Due::WaitsForDate { anchor },
            Err(Stop::Needs { year }) => Due::NeedsCalendar { year },
            Err(Stop::Failed(error)) => return Err(error),
        };
        Ok(Reckoned { due, steps: counting.steps.into_vec() })
    }
}
