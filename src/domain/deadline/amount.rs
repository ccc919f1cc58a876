//! Amounts of time as people state them: `24 hours`, `5 working days`.
//!
//! An amount is not a duration. How long five working days are depends on where they start, so an amount keeps its
//! unit until it is counted out against a calendar.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{ParseError, parse};

/// The largest number an amount may have: more is a slip of the finger.
pub const COUNT_MAX: u32 = 10_000;

/// What an amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Elapsed minutes, on UTC.
    Minutes,
    /// Elapsed hours, on UTC.
    Hours,
    /// Minutes while the unit is open.
    UnitMinutes,
    /// Hours while the unit is open.
    UnitHours,
    /// Minutes while a shift runs.
    ShiftMinutes,
    /// Hours while a shift runs.
    ShiftHours,
    /// Calendar days in London.
    Days,
    /// Working days of England and Wales.
    WorkingDays,
    /// Seven calendar days each.
    Weeks,
    /// Calendar months.
    Months,
}

/// So many of a [`Unit`]: from 1 to [`COUNT_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Amount {
    count: u32,
    unit: Unit,
}

impl Amount {
    /// An amount, or `None` where `count` is not between 1 and [`COUNT_MAX`].
    pub fn new(count: u32, unit: Unit) -> Option<Amount> {
        (1..=COUNT_MAX).contains(&count).then_some(Amount { count, unit })
    }

    /// How many.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Of what.
    pub fn unit(self) -> Unit {
        self.unit
    }
}

impl FromStr for Amount {
    type Err = ParseError;

    /// Reads an amount: `24 hours`, `1 working day`, `15 minutes on shift`.
    fn from_str(text: &str) -> Result<Amount, ParseError> {
        parse::amount(text)
    }
}

impl TryFrom<String> for Amount {
    type Error = ParseError;

    fn try_from(text: String) -> Result<Amount, ParseError> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> String {
        amount.to_string()
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (one, many) = match self.unit {
            Unit::Minutes => ("minute", "minutes"),
            Unit::Hours => ("hour", "hours"),
            Unit::UnitMinutes => ("unit minute", "unit minutes"),
            Unit::UnitHours => ("unit hour", "unit hours"),
            Unit::ShiftMinutes => ("minute on shift", "minutes on shift"),
            Unit::ShiftHours => ("hour on shift", "hours on shift"),
            Unit::Days => ("day", "days"),
            Unit::WorkingDays => ("working day", "working days"),
            Unit::Weeks => ("week", "weeks"),
            Unit::Months => ("month", "months"),
        };
        write!(f, "{} {}", self.count, if self.count == 1 { one } else { many })
    }
}

/// The pack's named amounts, asked by name without `limit.`.
pub trait Limits {
    /// The amount behind a name.
    fn amount(&self, name: &str) -> Option<Amount>;

    /// All names, for "did you mean".
    fn names(&self) -> Vec<String>;
}

/// No limits at all: for texts that must spell their amounts out.
#[derive(Debug, Clone, Copy)]
pub struct NoLimits;

impl Limits for NoLimits {
    fn amount(&self, _: &str) -> Option<Amount> {
        None
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Limits for BTreeMap<String, Amount> {
    fn amount(&self, name: &str) -> Option<Amount> {
        self.get(name).copied()
    }

    fn names(&self) -> Vec<String> {
        self.keys().cloned().collect()
    }
}
