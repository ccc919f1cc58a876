//! Working days of England and Wales: which days count, which do not, and how far ahead anybody can know.
//!
//! A working day is Monday to Friday except the bank holidays of England and Wales (Victims' Code, glossary; the
//! *business day* of the Criminal Procedure Rules is the same set, so one calendar serves both). Bank holidays are
//! proclaimed, not computed: a year that is not in the file is *unknown*, never free of holidays, and a count that
//! would enter it ends in [`NeedsCalendar`] instead of in a date that looks right.
//!
//! The unit's own closed days are kept apart, because a training day does not stop the Code's clock. A day on which
//! only the unit is closed still counts where something is owed ([`Days::Statutory`]), but no work is placed on it,
//! and what must be done before a hearing is done before it ([`Days::Unit`]). So it never makes a deadline later.
//!
//! All days of the covered years are kept as two sorted lists: counting is a binary search, not a walk.

mod feed;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{Datelike, NaiveDate, Weekday};

use super::london::{self, Instant};

/// Every year since 1978 has had at least these many bank holidays in England and Wales. A year listing fewer (one
/// early proclamation, a truncated file) is not covered.
const HOLIDAYS_A_YEAR_MIN: usize = 8;

/// The bank holidays and closed days a unit knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i32>,
    bank_holidays: BTreeMap<NaiveDate, String>,
    closed_days: BTreeMap<NaiveDate, String>,
    statutory: Vec<NaiveDate>,
    unit: Vec<NaiveDate>,
}

/// Which days a count is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// Working days as the law has them: Monday to Friday except bank holidays.
    Statutory,
    /// Those of them on which the unit works: its own closed days are left out too.
    Unit,
}

/// Why a day is not a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest<'a> {
    /// Saturday or Sunday.
    Weekend,
    /// A bank holiday, by its title.
    BankHoliday(&'a str),
    /// A day on which only the unit is closed, by its title; the law still counts it.
    UnitClosed(&'a str),
}

/// The answer depends on a year whose bank holidays are not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bank holidays of {year} are not loaded: renew the pack's calendar.json")]
pub struct NeedsCalendar {
    /// The first year, in the direction of counting, that is missing.
    pub year: i32,
}

/// The calendar file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// Not JSON in GOV.UK's shape; the cause says line and column.
    #[error("the calendar is not in the shape of GOV.UK's bank-holidays.json")]
    Shape(#[source] serde_json::Error),
    /// There is no `england-and-wales` division, for instance because the file is a single division's.
    #[error(
        "the calendar has no division \"england-and-wales\": take the whole of GOV.UK's bank-holidays.json"
    )]
    NoDivision,
    /// No year is complete.
    #[error("the calendar covers no year: a year needs at least {HOLIDAYS_A_YEAR_MIN} bank holidays")]
    NoYear,
}

impl Calendar {
    /// Reads a calendar file: GOV.UK's shape, and optionally a division `unit` with the unit's own closed days.
    ///
    /// # Errors
    /// [`CalendarError`] where the file is not that, or covers no year.
    pub fn parse(text: &str) -> Result<Calendar, CalendarError> {
        let feed = feed::read(text)?;
        let division = feed.england_and_wales.ok_or(CalendarError::NoDivision)?;
        let named = |entries: Vec<feed::Entry>| entries.into_iter().map(|entry| (entry.date, entry.name()));
        let own = feed.unit.map(|unit| unit.events).unwrap_or_default();
        Calendar::new(named(division.events), named(own))
    }

    /// A calendar from bank holidays and the unit's closed days, each with its title.
    ///
    /// # Errors
    /// [`CalendarError::NoYear`] where no year has enough bank holidays to be believed.
    pub fn new(
        bank_holidays: impl IntoIterator<Item = (NaiveDate, String)>,
        closed_days: impl IntoIterator<Item = (NaiveDate, String)>,
    ) -> Result<Calendar, CalendarError> {
        let bank_holidays: BTreeMap<_, _> = bank_holidays.into_iter().collect();
        let closed_days: BTreeMap<_, _> = closed_days.into_iter().collect();
        let mut listed: BTreeMap<i32, usize> = BTreeMap::new();
        for day in bank_holidays.keys() {
            *listed.entry(day.year()).or_default() += 1;
        }
        let years: BTreeSet<i32> = listed
            .into_iter()
            .filter(|(_, count)| *count >= HOLIDAYS_A_YEAR_MIN)
            .map(|(year, _)| year)
            .collect();
        if years.is_empty() {
            return Err(CalendarError::NoYear);
        }
        let statutory: Vec<NaiveDate> = years
            .iter()
            .flat_map(|year| days_of(*year))
            .filter(|day| !is_weekend(*day) && !bank_holidays.contains_key(day))
            .collect();
        let unit = statutory.iter().copied().filter(|day| !closed_days.contains_key(day)).collect();
        Ok(Calendar { years, bank_holidays, closed_days, statutory, unit })
    }

    /// The years whose bank holidays are known, in order.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// Whether the bank holidays of `year` are known.
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// Whether `day` is a working day.
    ///
    /// # Errors
    /// [`NeedsCalendar`] where its year is not covered, even at a weekend.
    pub fn is_working_day(&self, days: Days, day: NaiveDate) -> Result<bool, NeedsCalendar> {
        if self.covers(day.year()) {
            Ok(self.list(days).binary_search(&day).is_ok())
        } else {
            Err(NeedsCalendar { year: day.year() })
        }
    }

    /// Why `day` is no ordinary working day, or `None` where it is one (or its year is not covered).
    pub fn rest(&self, day: NaiveDate) -> Option<Rest<'_>> {
        if is_weekend(day) {
            return Some(Rest::Weekend);
        }
        let holiday = self.bank_holidays.get(&day).map(|title| Rest::BankHoliday(title));
        holiday.or_else(|| self.closed_days.get(&day).map(|title| Rest::UnitClosed(title)))
    }

    /// Whether `day` is a bank holiday or one of the unit's closed days, be it at a weekend or not.
    pub fn is_shut(&self, day: NaiveDate) -> bool {
        self.bank_holidays.contains_key(&day) || self.closed_days.contains_key(&day)
    }

    /// The `n`-th working day after `day`. `day` itself is day 0 whether it is a working day or not.
    ///
    /// # Errors
    /// [`NeedsCalendar`] where the count enters a year that is not covered.
    pub fn working_day_after(&self, days: Days, day: NaiveDate, n: u32) -> Result<NaiveDate, NeedsCalendar> {
        if n == 0 {
            return Ok(day);
        }
        let first = day.succ_opt().ok_or(NeedsCalendar { year: day.year() })?;
        let unknown = self.unknown_year_from(first.year());
        let list = self.list(days);
        let start = list.partition_point(|working| *working <= day);
        match list.get(start + n as usize - 1) {
            Some(found) if found.year() < unknown => Ok(*found),
            _ => Err(NeedsCalendar { year: unknown }),
        }
    }

    /// The `n`-th working day before `day`. `day` itself is day 0 whether it is a working day or not.
    ///
    /// # Errors
    /// [`NeedsCalendar`] where the count enters a year that is not covered.
    pub fn working_day_before(&self, days: Days, day: NaiveDate, n: u32) -> Result<NaiveDate, NeedsCalendar> {
        if n == 0 {
            return Ok(day);
        }
        let first = day.pred_opt().ok_or(NeedsCalendar { year: day.year() })?;
        let unknown = self.unknown_year_back_from(first.year());
        let list = self.list(days);
        let end = list.partition_point(|working| *working < day);
        match end.checked_sub(n as usize).and_then(|at| list.get(at)) {
            Some(found) if found.year() > unknown => Ok(*found),
            _ => Err(NeedsCalendar { year: unknown }),
        }
    }

    fn list(&self, days: Days) -> &[NaiveDate] {
        match days {
            Days::Statutory => &self.statutory,
            Days::Unit => &self.unit,
        }
    }

    fn unknown_year_from(&self, year: i32) -> i32 {
        self.years.range(year..).fold(year, |next, known| if *known == next { next + 1 } else { next })
    }

    fn unknown_year_back_from(&self, year: i32) -> i32 {
        self.years.range(..=year).rev().fold(year, |next, known| if *known == next { next - 1 } else { next })
    }
}

/// How many working days are left from the London day of `from` to `day`, for conditions such as "the trial is
/// five working days away or less".
///
/// The day of `from` is day 0, so the answer is the `n` for which `day` is the n-th working day after it; a `day`
/// that is none counts as the working day before it. Negative where `day` is past: working days since then.
///
/// # Errors
/// [`NeedsCalendar`] where a year in between is not covered.
pub fn working_days_until(from: Instant, day: NaiveDate, calendar: &Calendar) -> Result<i64, NeedsCalendar> {
    let today = london::date(from);
    // Only the days counted need a calendar: today is day 0 and is not.
    let counted = if day > today {
        today.succ_opt().map(|first| (first, day))
    } else {
        today.pred_opt().filter(|last| day <= *last).map(|last| (day, last))
    };
    if let Some((first, last)) = counted {
        let unknown = calendar.unknown_year_from(first.year());
        if unknown <= last.year() {
            return Err(NeedsCalendar { year: unknown });
        }
    }
    let list = calendar.list(Days::Statutory);
    let count = |days: usize| i64::try_from(days).unwrap_or(i64::MAX);
    if day >= today {
        let after_today = list.partition_point(|working| *working <= today);
        let up_to_day = list.partition_point(|working| *working <= day);
        Ok(count(up_to_day - after_today))
    } else {
        let before_day = list.partition_point(|working| *working < day);
        let before_today = list.partition_point(|working| *working < today);
        Ok(-count(before_today - before_day))
    }
}

impl fmt::Display for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rest::Weekend => f.write_str("weekend"),
            Rest::BankHoliday(title) => f.write_str(title),
            Rest::UnitClosed(title) => write!(f, "a day the unit is closed ({title})"),
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    NaiveDate::from_ymd_opt(year, 1, 1)
        .into_iter()
        .flat_map(|first| first.iter_days())
        .take_while(move |day| day.year() == year)
}
