//! Deadlines: a small text grammar a sergeant can read, and the one engine that counts it out.
//!
//! A pack says *when* in words: `end of 5 working days after event.received_at`. The words are parsed once, when the
//! pack is loaded ([`Deadline::parse`]), and reckoned many times ([`Deadline::reckon`], [`Deadline::due`]). Both are
//! pure. Reckoning answers with an instant *and* with the sentences that explain it, because a deadline nobody can
//! recount by hand is a deadline nobody believes.
//!
//! # The grammar
//!
//! | write | it means |
//! | --- | --- |
//! | `24 hours after X`, `15 minutes after X` | elapsed time, counted on UTC: across a clock change the local time shifts |
//! | `3 unit hours after X`, `30 unit minutes after X` | counted only while the unit is open |
//! | `15 minutes on shift after X`, `2 hours on shift after X` | counted only while a shift runs (`15 shift minutes` is read too) |
//! | `2 days after X`, `2 weeks after X`, `3 months after X` | the same London time on that day; a month too short ends on its last day |
//! | `5 working days after X` | the same London time on the 5th working day; the day of X is day 0, working day or not |
//! | `end of …` | 23:59:59 London on the day of whatever follows: `end of 5 working days after X`, `end of X`, `end of the next working day` |
//! | `end of today`, `end of day` | 23:59:59 London today |
//! | `24 hours before X` | elapsed, unit and shift time count back from X itself |
//! | `10 working days before X`, `4 weeks before X` | the day of X is day 0; due by the *end* of the day counted to |
//! | `14:00 on X`, `17:00 today` | that London time on the day of X, or today |
//! | `12:00 on the day before X`, `… the day after X` | that London time on the neighbouring day |
//! | `17:00 on the working day before X` | that London time on the last working day before X |
//! | `next working day 14:00` | that London time on the next working day |
//! | `next working day` | when the unit opens on the next working day |
//! | `opening on X`, `opening today` | when the unit opens on that day |
//! | `end of shift` | the end of the shift that runs, else of the next one to come |
//! | `30 minutes before end of shift` | any form may follow `after`, `before` and `on` |
//! | `the other half of the next working day` | from a morning: 12:00; from an afternoon: the unit's opening. The *start* of that half |
//! | `earlier of (A, B, …)`, `later of (A, B, …)` | of whole deadlines, nested as needed |
//! | `X` | the anchor itself |
//!
//! **X** is an anchor, a dotted name such as `received`, `event.received_at`, `p.attendance.hearing`; `the hearing`
//! reads as `hearing`. `next working day`, `end of shift` and `the other half …` count from `now` unless `after X`
//! follows. Wherever an amount stands, a named limit may: `limit.other_outcome_due after X`. Keywords may be in any
//! case, white space is free, numbers run from 1 to 10,000.
//!
//! # What was decided, and why
//!
//! - *Counting back protects the victim by being plain:* what is owed ten working days before a hearing is done by
//!   the end of that day, 23:59:59, whatever the hour of the hearing.
//! - *A day the unit alone is closed* never makes a deadline later. It counts where something is owed (forward
//!   counts, `end of …`), but no work is placed on it (`next working day`, `opening`, the other half), and counts
//!   back step over it.
//! - *An anchor that is only a day* has no time to keep: days counted forward from it run to the end of the day
//!   counted to; everything else starts from its first moment, so its half is the morning. A week counts from its
//!   Monday.
//! - *An anchor without a date* makes the deadline wait ([`Due::WaitsForDate`]). `earlier of` goes by the parts it
//!   knows, `later of` waits for all. An anchor that does not exist is an error everywhere: the rule is wrong.
//! - *A year without a calendar* makes only what counts working days in it wait ([`Due::NeedsCalendar`]).
//! - *`30 minutes before end of shift` may be past* when it is counted late in the shift; what then follows is the
//!   caller's business.
//! - *A shift is a window of the rota.* Breaks are not windows: list 08:00–16:00, not two halves around lunch.
//!
//! # Example
//!
//! ```
//! use usher::domain::calendar::Calendar;
//! use usher::domain::deadline::{Anchor, Deadline, NoLimits, Reckoning, WeeklyHours};
//! use usher::domain::london;
//!
//! let calendar = Calendar::parse(include_str!("../../../config/packs/england-and-wales/calendar.json"))?;
//! let received = london::parse("2026-12-24T15:00")?;
//! let deadline = Deadline::parse("end of 5 working days after received", &NoLimits)?;
//! let reckoned = deadline.reckon(&Reckoning {
//!     calendar: &calendar,
//!     unit_hours: &WeeklyHours::default(),
//!     shifts: None,
//!     anchors: &|_: &str| Anchor::At(received),
//! })?;
//! assert_eq!(reckoned.summary(), "due Tue 5 Jan 2027 23:59");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod amount;
mod compare;
mod count;
mod cursor;
mod days;
mod error;
mod formula;
mod hours;
mod lex;
mod parse;
mod reckon;
mod show;
mod steps;
#[cfg(test)]
mod tests;

use chrono::NaiveTime;

pub use amount::{Amount, COUNT_MAX, Limits, NoLimits, Unit};
pub use error::ParseError;
pub use formula::Formula;
pub use hours::{Hours, OpenExceptHolidays, WeeklyHours, Window};
pub use parse::{DEPTH_MAX, Mention, PARTS_MAX, TEXT_MAX};
pub use reckon::{Anchor, Anchors, Due, LOOK_AHEAD_DAYS, ReckonError, Reckoned, Reckoning};
pub use steps::Step;

/// The anchor that a form without `after X` counts from.
pub const NOW: &str = "now";

/// A deadline, as the grammar of this module has it.
///
/// [`Deadline::parse`] makes it, `Display` writes it back in canonical words, and parsing those gives the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deadline {
    /// `X`: a fact by its dotted name.
    Anchor(String),
    /// `24 hours after …`
    After {
        /// How much later.
        amount: Quantity,
        /// What it counts from.
        from: Box<Deadline>,
    },
    /// `10 working days before …`
    Before {
        /// How much earlier.
        amount: Quantity,
        /// What it counts back from.
        from: Box<Deadline>,
    },
    /// A moment of a day: `end of X`, `17:00 on the working day before X`, `next working day`.
    On {
        /// When on that day.
        moment: Moment,
        /// Which day, seen from `of`.
        day: Which,
        /// What the day is found from.
        of: Box<Deadline>,
    },
    /// `end of shift`
    EndOfShift {
        /// The moment whose running or coming shift is meant.
        from: Box<Deadline>,
    },
    /// `the other half of the next working day`
    OtherHalf {
        /// The moment whose half is *not* meant.
        from: Box<Deadline>,
    },
    /// `earlier of (A, B)`
    EarlierOf(Vec<Deadline>),
    /// `later of (A, B)`
    LaterOf(Vec<Deadline>),
}

/// An amount, spelt out or by the name of a limit of the pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quantity {
    /// `5 working days`
    Plain(Amount),
    /// `limit.other_outcome_due`
    Limit {
        /// The limit's name, without `limit.`.
        name: String,
        /// What it stood for when the pack was loaded. A pack never changes after that.
        amount: Amount,
    },
}

/// A moment of a London day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A London time of day.
    At(NaiveTime),
    /// When the unit opens; the first moment of the day where it does not.
    Opening,
    /// 23:59:59.
    End,
}

/// A day, seen from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// That day itself.
    Same,
    /// The calendar day before it.
    DayBefore,
    /// The calendar day after it.
    DayAfter,
    /// The last working day before it.
    WorkingDayBefore,
    /// The first working day after it.
    NextWorkingDay,
}

impl Quantity {
    /// The amount, whichever way it is written.
    pub fn amount(&self) -> Amount {
        match self {
            Quantity::Plain(amount) | Quantity::Limit { amount, .. } => *amount,
        }
    }
}

impl Deadline {
    /// Reads a deadline.
    ///
    /// # Errors
    /// [`ParseError`] with the place in the text, what was expected there, and a suggestion where one is near.
    pub fn parse(text: &str, limits: &dyn Limits) -> Result<Deadline, ParseError> {
        parse::deadline(text, limits).map(|(deadline, _)| deadline)
    }

    /// Reads a deadline and notes where in the text its anchors stand, so that a checker can point at one.
    ///
    /// # Errors
    /// As [`Deadline::parse`].
    pub fn parse_noting(text: &str, limits: &dyn Limits) -> Result<(Deadline, Vec<Mention>), ParseError> {
        parse::deadline(text, limits)
    }

    /// The anchors it needs, sorted, each once; [`NOW`] among them where it counts from now.
    pub fn anchors(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Deadline::Anchor(name) = part {
                names.push(name.as_str());
            }
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The limits it names, without `limit.`, sorted, each once.
    pub fn limits(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.visit(&mut |part| {
            if let Deadline::After { amount: Quantity::Limit { name, .. }, .. }
            | Deadline::Before { amount: Quantity::Limit { name, .. }, .. } = part
            {
                names.push(name.as_str());
            }
        });
        names.sort_unstable();
        names.dedup();
        names
    }

    fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Deadline)) {
        see(self);
        match self {
            Deadline::Anchor(_) => {}
            Deadline::After { from, .. }
            | Deadline::Before { from, .. }
            | Deadline::EndOfShift { from }
            | Deadline::OtherHalf { from }
            | Deadline::On { of: from, .. } => from.visit(see),
            Deadline::EarlierOf(parts) | Deadline::LaterOf(parts) => {
                parts.iter().for_each(|part| part.visit(see))
            }
        }
    }
}
